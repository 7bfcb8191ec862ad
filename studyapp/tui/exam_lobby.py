"""The lobby of an exam: the paper is made, its rules are said, and nothing counts before the learner says start."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from studyapp import presets
from studyapp.core.exam.paper import Paper
from studyapp.presets import ExamPlan
from studyapp.tui import exam_rules, exam_text, wording
from studyapp.tui.app import expected_errors
from studyapp.tui.ask import AskYesNo
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.review_text import BOLD, DIM, beside, stacked
from studyapp.tui.screen import StudyScreen

SAME_PAPER = (
    "Same paper, new numbers: the questions of an exam you sat, in another order; what is computed is drawn anew."
)

PROGRESS = 40
"""The progress bar takes so many cells."""


class LobbyScreen(StudyScreen):
    """Makes the paper of a plan, or takes one that is made of it; `ends` is an official end. `form` says how q goes
    back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "start", "start the exam, after one question"),
        Binding("r", "rehearsal", "rehearse first: two minutes that count nowhere"),
        Binding("down,j", "scroll(1)", "scroll down"),
        Binding("up,k", "scroll(-1)", "scroll up"),
        Binding("q,escape", "leave", "back; nothing has started"),
    ]
    CSS = """
    LobbyScreen #scroll { height: 1fr; padding: 1 2 0 2; }
    LobbyScreen #text { height: auto; }
    """

    def __init__(
        self,
        plan: ExamPlan | None = None,
        paper: Paper | None = None,
        *,
        seed: int | None = None,
        ends: datetime | None = None,
        form: bool = False,
    ) -> None:
        super().__init__()
        self._plan, self._paper = plan or ExamPlan(), paper
        self._seed, self._ends, self._form = seed, ends, form
        self._done, self._of = 0, 0
        self._left_out: tuple[str, ...] = ()
        self._trouble = ""

    def compose(self) -> ComposeResult:
        """The bar, the rules, the keys."""
        yield Static(id="bar", classes="bar")
        with VerticalScroll(id="scroll", can_focus=False):
            yield Static(id="text")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Make the paper beside the screen."""
        self.renew()
        if self._paper is None:
            self.run_worker(self._make(), group="paper", exit_on_error=False)

    async def _make(self) -> None:
        def progress(done: int, of: int) -> None:
            self._done, self._of = done, of
            self.renew()

        plan, library = self._plan, self.library
        try:
            if plan.ends and self._ends is None:
                self._ends = presets.ends_at(plan.ends, library.now())
            plan = replace(plan, decks=library.matching(plan.decks))
            made = await library.exams.make(
                plan.blueprint(), plan.rules(), title=plan.title, seed=self._seed, progress=progress
            )
            library.exams.length(made.paper, library.now(), minutes=plan.minutes, ends=self._ends)
        except expected_errors() as error:
            self._trouble = str(error)
        else:
            self._paper, self._left_out = made.paper, made.left_out
        self.renew()

    # --- showing ----------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Lay it out anew."""
        self.renew()

    def renew(self) -> None:
        """Show how far the paper is, or what it holds."""
        if not self.is_mounted:
            return
        paper, width = self._paper, self.text_width - 2
        if self._trouble:
            title, text = "Exam", self._failed(width)
        elif paper is None:
            title, text = "Exam · the paper is being made", self._making()
        else:
            title, text = f"{exam_text.kind(paper)} · nothing counts before you start it", self._lobby(paper, width)
        self.static("bar").update(plain(title))
        self.static("text").update(text)
        self.call_after_refresh(self._show_hints)

    def _show_hints(self) -> None:
        paper = self._paper
        leave = Hint("q", "back" if paper is not None or self._trouble else "stop", "screen.leave")
        if paper is None or self._trouble:
            self.query_one(Hints).show([leave])
            return
        rehearse = [] if paper.rules.rehearsal else [Hint("r", "rehearse, 2 minutes", "screen.rehearsal")]
        more = [Hint("↑↓", "scroll")] if self.query_one("#scroll").max_scroll_y else []
        start, keys = Hint("Enter", "start", "screen.start"), Hint("?", "keys", "app.keys")
        self.query_one(Hints).show([start, *rehearse, *more, keys, leave])

    def _failed(self, width: int) -> Content:
        return stacked(
            Content.styled("This exam cannot be made.", BOLD), beside(Content(), plain(self._trouble), width)
        )

    def _making(self) -> Content:
        done, of = self._done, max(1, self._of)
        full = PROGRESS * done // of
        gauge = "█" * full + "░" * (PROGRESS - full)
        return stacked(
            plain("Choosing questions, drawing numbers, computing answers:"),
            plain(f"{gauge}  {done} of {self._of or '?'}"),
            Content.styled("Everything is computed now, so that no simulation runs during the exam.", DIM),
        )

    def _lobby(self, paper: Paper, width: int) -> Content:
        number = wording.counted(len(paper.questions), "question")
        said = exam_rules.sentences(paper.rules, len(paper.questions), self._ends)
        left_out = [Content.styled(f"{wording.counted(len(self._left_out), 'card')} could not be asked: ", DIM)]
        left_out += [plain(self._left_out[0]) if self._left_out else Content()]
        return stacked(
            beside(Content(), Content.assemble((plain(paper.title)).stylize(BOLD), f" · {number}"), width),
            beside(Content(), plain(SAME_PAPER), width) if self._plan.cards else None,
            beside(Content(), plain(f"{exam_rules.limits(paper)}. {self._end(paper)}"), width),
            exam_rules.listed(said, width),
            beside(Content(), Content.assemble(*left_out), width) if self._left_out else None,
        )

    def _end(self, paper: Paper) -> str:
        """When the exam is over if it starts now."""
        if self._ends is not None:
            return f"The exam ends at {self._ends.astimezone():%H:%M}, whenever it is started."
        now = self.library.now()
        length = self.library.exams.length(paper, now, minutes=self._plan.minutes)
        ends = (now + timedelta(milliseconds=length)).astimezone()
        return f"The exam ends {exam_text.clock(length)} after its start: now that would be at {ends:%H:%M}."

    # --- keys -------------------------------------------------------------------------------------

    def action_scroll(self, lines: int) -> None:
        """Scroll the rules on a low screen."""
        self.query_one("#scroll").scroll_relative(y=lines, animate=False)

    def action_rehearsal(self) -> None:
        """Rehearse; this paper stays as it is."""
        if self._paper is not None and not self._paper.rules.rehearsal:
            self.study_app.open_rehearsal(self._paper.rules.extra_time)

    def action_leave(self) -> None:
        """Stop making the paper, or put it away; back to the form if that is where it came from."""
        self.workers.cancel_group(self, "paper")
        if self._form:
            from studyapp.tui.exam_form import ExamFormScreen

            self.app.switch_screen(ExamFormScreen(self._plan, self._seed))
        else:
            self.app.pop_screen()

    def action_start(self) -> None:
        """Ask once more: from then on the clock runs."""
        if self._paper is not None:
            question = "Start now? The clock starts at once, and nothing stops it before the end."
            self.app.push_screen(AskYesNo(question, "start", "not yet"), self._confirmed)

    def _confirmed(self, yes: bool | None) -> None:
        if yes:
            self.run_worker(self._start(), group="paper", exclusive=True, exit_on_error=False)

    async def _start(self) -> None:
        from studyapp.tui.exam_question import QuestionScreen

        assert self._paper is not None
        exams = self.library.exams
        await self.library.rest_laboratory()  # no worker beside an exam
        with self.study_app.guard():
            session = exams.resume(exams.start(self._paper, minutes=self._plan.minutes, ends=self._ends))
            self.app.switch_screen(QuestionScreen(session))
