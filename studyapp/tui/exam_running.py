"""While an exam runs nothing else opens: where it stands, how to go on with it, and what came of one nobody watched."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from studyapp.core.exam.events import Shown
from studyapp.core.exam.sitting import due
from studyapp.exam_errors import SeatTakenError
from studyapp.exams import Kept
from studyapp.tui import exam_text, wording
from studyapp.tui.app import expected_errors
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.review_text import BOLD, beside, stacked
from studyapp.tui.screen import StudyScreen

if TYPE_CHECKING:
    from studyapp.presets import ExamRequest

CLOSED = "Closed book: decks, search, edits and simulations open again when the exam is over."
SETTLING = 3
"""Seconds that a terminal which took an exam over needs to take its seat too."""

PLACE = """
{name} #text {{ height: 1fr; padding: 1 3; }}
"""


class Whose(Enum):
    """Who has the running exam open, as far as this terminal knows."""

    NOBODY = "Nobody has it open. Enter goes on at once with question {question}."
    ANOTHER = "Another terminal has it open: go on there. T takes it over here, and the other one writes nothing more."
    TAKEN = (
        "Another terminal has taken this exam over. Nothing more is written here; what was saved before is stored. "
        "T takes it back."
    )


class RunningScreen(StudyScreen):
    """An exam is running: it is gone on with, or taken over from another terminal, or the app is left.

    `lost` says that this very terminal had it; `take_over`, that the learner has asked for that already.
    """

    closed_book = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on(False)", "go on with the exam"),
        Binding("T", "go_on(True)", "take it over from another terminal"),
        Binding("q,escape", "app.quit", "quit; the clock runs on"),
    ]
    CSS = PLACE.format(name="RunningScreen")

    def __init__(self, sitting_id: str, *, lost: bool = False, take_over: bool = False) -> None:
        super().__init__()
        self._sitting_id, self._take_over = sitting_id, take_over
        self._whose = Whose.TAKEN if lost else Whose.NOBODY
        self._waits = SETTLING if lost else 0

    def compose(self) -> ComposeResult:
        """The bar, the state of things, the keys."""
        yield Static("An exam is running", classes="bar", markup=False)
        yield Static(id="text")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Time runs on, and the other terminal may finish."""
        if self._whose is Whose.NOBODY:
            self._ask_seat()
        self.set_interval(1.0, self._look_again)
        self.renew()

    def _look_again(self) -> None:
        self._ask_seat()
        self.renew()

    def _ask_seat(self) -> None:
        if self._waits:
            self._waits -= 1
            return
        free = self.library.exams.seat_is_free()
        if free:
            self._whose = Whose.NOBODY
        elif self._whose is Whose.NOBODY:
            self._whose = Whose.ANOTHER

    def on_resize(self) -> None:
        """Lay it out anew."""
        self.renew()

    def renew(self) -> None:
        """Show where the exam stands; once it is over, what came of it."""
        with self.study_app.guard():
            kept = self.library.exams.settle(self.library.exams.load(self._sitting_id))
            if kept.sitting.finished:
                self.app.switch_screen(OverScreen(self._sitting_id))
                return
            question, where = _where(kept, kept.clock.at(self.library.exams.read()))
            whose = plain(self._whose.value.format(question=question + 1)).stylize(BOLD)
            self.static("text").update(_text(kept, where, whose, self.text_width - 2))
            enter = [Hint("Enter", "go on", "screen.go_on(False)")]
            take = [Hint("T", "take it over", "screen.go_on(True)")]
            here = enter if self._whose is Whose.NOBODY or self._take_over else take
            self.query_one(Hints).show([*here, Hint("q", "quit; the clock runs on", "app.quit")])

    def action_go_on(self, take_over: bool) -> None:
        """Take the exam into this terminal."""
        from studyapp.tui.exam_question import QuestionScreen

        with self.study_app.guard():
            try:
                session = self.library.exams.resume(self._sitting_id, take_over=take_over or self._take_over)
            except SeatTakenError:
                self._whose = Whose.ANOTHER
                self.renew()
            else:
                self.app.switch_screen(QuestionScreen(session))

    def refuse(self) -> None:
        """Say why nothing else opens."""
        self.study_app.say(CLOSED)


def _where(kept: Kept, at: int) -> tuple[int, str]:
    """The question that is gone on with, and how it stands."""
    sitting, following = kept.sitting, due(kept.sitting, at)
    number, current = len(sitting.attempts), kept.sitting.current
    if isinstance(following, Shown):
        left = f"the time of question {current + 1} is up, that of the next one starts when it is shown"
        return following.question, f"Question {following.question + 1} of {number} comes next: {left}."
    if current < 0:
        return 0, f"No question of {number} was shown yet."
    whose = "until the exam ends" if sitting.bound_by_end(current) else "for it"
    left = exam_text.clock(sitting.left(current, at))
    return current, f"Question {current + 1} of {number}, {left} left {whose}; time runs."


def _text(kept: Kept, where: str, whose: Content, width: int) -> Content:
    sitting = kept.sitting
    stored = f"{wording.counted(sitting.saved_answers, 'answer')} saved and stored so far."
    saved = stored if sitting.saved_answers else "No answer is saved so far."
    return stacked(
        Content.assemble((exam_text.kind(sitting.paper), BOLD), " · ", plain(sitting.paper.title)),
        beside(Content(), plain(f"{where}\n{saved}"), width),
        beside(Content(), whose, width),
        beside(Content(), plain(CLOSED), width),
    )


class OverScreen(StudyScreen):
    """An exam is over that nobody watched here to its end: what counts, and where the results are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "results", "show what came of it"),  # not Enter, which may just have been pressed to save
        Binding("q,escape", "app.pop_screen", "back"),
    ]
    CSS = PLACE.format(name="OverScreen")

    def __init__(self, sitting_id: str) -> None:
        super().__init__()
        self._sitting_id = sitting_id
        self._released = False

    def compose(self) -> ComposeResult:
        """The bar, what happened, the keys."""
        yield Static("The exam is over", classes="bar", markup=False)
        yield Static(id="text")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Say how to go on, and remember that it was said."""
        self.query_one(Hints).show(
            [Hint("Space", "what came of it", "screen.results"), Hint("q", "back", "app.pop_screen")]
        )
        self.renew()
        with self.study_app.guard():
            self.library.tell_of(self._sitting_id)

    def on_resize(self) -> None:
        """Lay it out anew."""
        self.renew()

    def renew(self) -> None:
        """Show what happened."""
        with self.study_app.guard():
            exams = self.library.exams
            kept = exams.settle(exams.load(self._sitting_id))
            until = exams.results_wait_until(kept)
            self._released = until is None
            sitting, width = kept.sitting, self.text_width - 2
            how = "Its time ran out" if sitting.expired else "It was finished"
            saved = f"{sitting.saved_answers} of {len(sitting.attempts)} answers were saved and count"
            left = sum(one.unsaved for one in sitting.attempts)
            draft = f"; {wording.counted(left, 'answer')} picked and not saved do not." if left else "."
            wait = f"Results are shown at {until.astimezone():%H:%M}: stay reachable until then." if until else ""
            self.static("text").update(
                stacked(
                    Content.assemble((exam_text.kind(sitting.paper), BOLD), " · ", plain(sitting.paper.title)),
                    beside(Content(), plain(f"{how}. {saved}{draft}"), width),
                    beside(Content(), plain(wait), width) if wait else None,
                )
            )

    def action_results(self) -> None:
        """Show the report, or the list while results wait."""
        self.study_app.show_results(self._sitting_id, released=self._released)


class ExamGate(StudyScreen):
    """Lies below the exam's screens where no Home does: opens them in turn, and ends the app after the last."""

    def __init__(self, request: ExamRequest | None) -> None:
        super().__init__()
        self._request: ExamRequest | None = request
        self._opened = False

    def on_screen_resume(self) -> None:
        """Open the exam that runs, tell of one that is over, then what was asked for; then there is no more."""
        if self._opened:
            self.app.exit()
            return
        try:
            running, settled = self.library.exams.attend()
        except expected_errors() as error:
            self.app.exit(message=plain(str(error)).plain)
            return
        if settled and running is None:
            self.app.push_screen(OverScreen(settled[-1]))
            return
        self._opened = True
        request = self._request
        if running is not None:
            take_over = request is not None and request.take_over
            self.app.push_screen(RunningScreen(running.id, take_over=take_over))
        else:
            self._open(request)

    def _open(self, request: ExamRequest | None) -> None:
        from studyapp.tui.exam_lobby import LobbyScreen

        if request is None:
            self.study_app.open_exam()
        elif request.rehearsal:
            self.study_app.open_rehearsal(request.plan.extra_time, request.seed)
        else:
            self.app.push_screen(LobbyScreen(request.plan, seed=request.seed, ends=request.ends))
