"""What was handed in of one sitting: each question's answer, when it was saved, the time it took, what locked it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from studyapp.core import durations
from studyapp.core.exam.submission import Lock, Submission, submissions
from studyapp.exams import Kept
from studyapp.tui import exam_wording, wording
from studyapp.tui.card_text import content, plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.list_screen import ListScreen
from studyapp.tui.review_text import BOLD, DIM, LETTERS

NUMBER, ANSWER, AT, USED, LOCK = 4, 14, 10, 14, 17
NARROWEST = 12
BLANK = {
    Lock.TO_COME: "-",
    Lock.OPEN: "nothing yet",
    Lock.MOVED_ON: "left blank",
    Lock.FINISHED: "left blank",
    Lock.TIME_UP: "timed out",
    Lock.EXAM_OVER: "timed out",
    Lock.NOT_REACHED: "-",
}
"""What stands for a question without an answer."""


class SubmissionScreen(ListScreen):
    """One sitting, without right and wrong: it may be looked at while results wait."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "its report; a running exam is resumed"),
        Binding("u", "app.undo", "take the last act back"),
        Binding("U", "app.redo", "do it again"),
        Binding("q,escape", "app.pop_screen", "back"),
    ]

    def __init__(self, sitting_id: str) -> None:
        super().__init__()
        self._sitting_id = sitting_id
        self._kept: Kept | None = None
        self._submitted: tuple[Submission, ...] = ()

    def on_mount(self) -> None:
        """Time goes on while one looks."""
        with self.study_app.guard():
            self.library.tell_of(self._sitting_id)
        self.set_interval(1, self._look)

    def _look(self) -> None:
        if self._kept is not None and self._kept.sitting.released_at is None and self.app.screen is self:
            self.renew()

    def on_screen_resume(self) -> None:
        """Read it afresh."""
        self.renew()

    def renew(self) -> None:
        """Read the sitting as it is now."""
        exams = self.library.exams
        with self.study_app.guard():
            self._kept = kept = exams.settle(exams.load(self._sitting_id))
            self._submitted = submissions(kept.sitting, kept.clock.at(exams.read()))
        self.lay_out()

    def lay_out(self) -> None:
        """Show the sitting as it was read."""
        kept, width = self._kept, self.text_width
        if kept is None:
            return
        paper, now = kept.sitting.paper, self.library.now()
        self.static("bar").update(plain(f"Handed in · {paper.title} · {exam_wording.instant(kept.started, now)}"))
        waits = self.library.exams.results_wait_until(kept) is not None
        state = exam_wording.waits(kept.started, kept.sitting.end, now) if waits else _state(kept)
        said = Content.styled(state, BOLD)
        lines = [*said.wrap(width), *plain(told(kept)).stylize(DIM).wrap(width), Content()]
        self.above(*lines, heading(width))
        shown, number = self.rows, len(self._submitted)
        shown.show(lambda place: line(kept, self._submitted[place], width), number, range(number), shown.row)
        enter = "the report" if kept.sitting.released_at is not None else "" if kept.sitting.finished else "resume it"
        self.query_one(Hints).show(
            [
                *([Hint("Enter", enter, "screen.open")] if enter else []),
                Hint("↑↓", "scroll"),
                Hint("?", "keys", "app.keys"),
                Hint("q", "back", "app.pop_screen"),
            ]
        )

    def action_open(self) -> None:
        """Open the report; resume a running exam; say until when results wait."""
        from studyapp.tui.exam_report import ReportScreen
        from studyapp.tui.exam_running import RunningScreen

        kept = self._kept
        if kept is None:
            return
        if not kept.sitting.finished:
            self.app.push_screen(RunningScreen(kept.id))
        elif kept.sitting.released_at is None:
            self.study_app.say("Results wait for the official end.")
        elif any(isinstance(screen, ReportScreen) for screen in self.app.screen_stack):
            self.app.pop_screen()  # it was opened from its report
        else:
            self.app.push_screen(ReportScreen(kept.id))


# --- its texts ------------------------------------------------------------------------------------


def _state(kept: Kept) -> str:
    sitting = kept.sitting
    if sitting.finished_at is None:
        return "Running: the time does not stop."
    at, took = exam_wording.moment(kept.started, sitting.finished_at), durations.clock(sitting.finished_at / 1000)
    how = "Its time ran out" if sitting.expired else "Finished"
    saved = f"{sitting.saved_answers} of {wording.counted(len(sitting.attempts), 'question')} saved"
    return f"{how} at {at}, after {took}; {saved}."


def told(kept: Kept) -> str:
    """The rules it was sat under, as far as they say something about this table."""
    sitting = kept.sitting
    rules = sitting.paper.rules
    found = ["rehearsal"] * rules.rehearsal + ["practice"] * (rules.practice and not rules.rehearsal)
    found.append("forward only" if rules.forward_only else "back and forth")
    found += [f"extra time × {rules.extra_time:g}"] * (rules.extra_time != 1)
    if rules.email:
        given = {True: "given", False: "left out", None: "not reached"}[sitting.emailed]
        found.append(f"e-mail address {given} (kept nowhere)")
    return " · ".join(found)


def _prompt_width(width: int) -> int:
    return max(NARROWEST, width - NUMBER - ANSWER - AT - USED - LOCK)


def heading(width: int) -> Content:
    """The names of the columns."""
    text = "    Question".ljust(NUMBER + _prompt_width(width)) + "answer".ljust(ANSWER) + "saved at".ljust(AT)
    return Content.styled(text + "time used".ljust(USED) + "locked when", DIM)


def line(kept: Kept, one: Submission, width: int) -> Content:
    """One question on one line; one that was not shown says nothing of itself, nor any of a running exam."""
    shown, room = one.lock not in (Lock.TO_COME, Lock.NOT_REACHED), _prompt_width(width)
    hidden = not kept.sitting.finished or (not shown and kept.sitting.released_at is None)
    question = kept.sitting.paper.questions[one.number]
    prompt = Content("-") if hidden else content(question.prompt).first_line.truncate(room - 1, ellipsis=True)
    at = exam_wording.moment(kept.started, one.saved.at) if one.saved is not None else "-"
    used = f"{durations.clock(one.used / 1000)} of {durations.clock(one.limit / 1000)}" if shown else "-"
    return Content.assemble(
        f"{one.number + 1:>2}  ",
        prompt,
        " " * max(1, room - prompt.cell_length),
        _answer(one).ljust(ANSWER),
        at.ljust(AT),
        used.ljust(USED),
        one.lock.value,
    )


def _answer(one: Submission) -> str:
    """What counts; else what was picked and does not, or why there is nothing."""
    if one.saved is not None:
        return LETTERS[one.saved.option] + (", a guess" if one.saved.guess else "")
    if one.picked is not None:
        return f"{LETTERS[one.picked]} {exam_wording.NOT_SAVED}"
    return BLANK[one.lock]
