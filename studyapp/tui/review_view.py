"""The card in Review: what is asked on top, the answer in the middle with its run, the grade row at the foot."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from studyapp.core.questions import Asking
from studyapp.study import Stage, StudySession
from studyapp.tui import review_text
from studyapp.tui.answer_box import AnswerBox
from studyapp.tui.card_text import plain
from studyapp.tui.review_text import DIM
from studyapp.tui.run_panel import RunPanel
from studyapp.tui.screen import LOW

if TYPE_CHECKING:
    from studyapp.lab import Laboratory

DEAD_SECONDS = 0.25
"""Grade keys do nothing for so long after a reveal: a second press of Space is not a grade."""


@dataclass(slots=True)
class Turn:
    """How far the learner is with the card in hand; nothing of it is logged. `turned_at` is of a monotonic clock."""

    picked: int | None = None
    steps: int = 0
    uncovered: bool = False
    hinted: bool = False
    unfolded: bool = False
    blank_at: float | None = None
    turned_at: float = field(default_factory=monotonic)

    @property
    def dead(self) -> bool:
        """Whether grade keys are still dead."""
        return monotonic() - self.turned_at < DEAD_SECONDS

    def blank(self) -> bool:
        """An empty line was entered: whether it is the second one, and not the same key held down."""
        before, self.blank_at = self.blank_at, monotonic()
        return before is not None and self.blank_at - before >= DEAD_SECONDS


class CardView(Vertical):
    """Shows the card in hand; the prompt and the grade row stay where they are while the middle scrolls."""

    DEFAULT_CSS = """
    CardView { height: 1fr; }
    CardView #card { height: auto; max-height: 50%; padding: 0 1; margin-top: 1; }
    CardView #middle { height: 1fr; padding: 0 1; border-top: solid $panel-lighten-2;
                       border-bottom: solid $panel-lighten-2; }
    CardView .text { height: auto; link-style: none; link-color: $text; link-background: transparent;
        link-style-hover: underline; link-background-hover: transparent; link-color-hover: $text; }
    CardView #grades { height: 3; padding-right: 1; }
    CardView.low #grades { height: auto; max-height: 3; }
    CardView.low #card, CardView.low AnswerBox { margin-top: 0; }
    """

    class Moved(Message):
        """The caret went elsewhere, or there is more or less to scroll: other keys may do other things now."""

    def compose(self) -> ComposeResult:
        """Card, field, answer and run, grades."""
        with VerticalScroll(id="card", can_focus=False):
            yield Static(id="prompt", classes="text")
        yield AnswerBox(id="field")
        with VerticalScroll(id="middle", can_focus=False):
            yield Static(id="answer", classes="text")
            yield RunPanel()
        yield Static(id="grades", classes="text")

    def on_mount(self) -> None:
        """Notice what scrolls."""
        for moved in ("scroll_y", "virtual_size"):
            self.watch(self._middle, moved, self._moved, init=False)

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _moved(self) -> None:
        self.post_message(self.Moved())

    @property
    def _middle(self) -> VerticalScroll:
        return self.query_one("#middle", VerticalScroll)

    @property
    def field(self) -> AnswerBox:
        """The place of a typed answer."""
        return self.query_one(AnswerBox)

    @property
    def more_below(self) -> bool:
        """Whether a part of the answer has not been scrolled to."""
        return self._middle.scroll_offset.y < self._middle.max_scroll_y

    async def ask(self, session: StudySession) -> None:
        """Make room for another card: no run, everything at its top, and a field if the answer is typed."""
        self.query_one(RunPanel).clear()
        question = session.question
        asked = session.stage is Stage.ASKED and question is not None and not session.trouble
        typed = asked and question is not None and question.asking is Asking.TYPED
        numeric = question is not None and question.card.answer is not None
        symbols = question.card.answer.formula if question is not None and question.card.answer is not None else ()
        await self.field.offer(typed, numeric=numeric, symbols=tuple(symbols))
        self._middle.scroll_home(animate=False)
        self.query_one("#card").scroll_home(animate=False)

    async def turn_over(self) -> None:
        """Take the field away and start the answer at its top."""
        await self.field.offer(False)
        self._middle.scroll_home(animate=False)

    def show(self, session: StudySession, turn: Turn, *, tip: str, six: bool, width: int) -> None:
        """Show the card, asked or answered; the tip stands where the grades will be."""
        question = session.question
        if question is None:
            return
        self.set_class(self.app.size.height < LOW, "low")  # room for the grades when they come, and no tip
        if session.stage is Stage.ASKED:
            middle = review_text.asked(session, turn.picked, turn.steps, turn.uncovered, width)
            helped = bool(tip) and not self.has_class("low")
            foot = review_text.beside(Content(" "), plain(tip).stylize(DIM), width) if helped else Content()
        else:
            middle = review_text.answer(session, turn.unfolded, width)
            foot = review_text.grade_row(session, six, width)
        self.query_one("#prompt", Static).update(review_text.front(question, turn.hinted, width))
        self.query_one("#answer", Static).update(middle)
        self.query_one("#grades", Static).update(foot)

    def run(self, session: StudySession, laboratory: Laboratory) -> None:
        """Run the card's simulation, and show it below the answer."""
        if session.question is not None:
            self.query_one(RunPanel).start(session.question, laboratory)

    def lay_out(self) -> None:
        """Draw the run for the width there is now."""
        self.query_one(RunPanel).lay_out()

    def page(self) -> None:
        """Show the next page of the answer."""
        self._middle.scroll_page_down(animate=False)

    def reach_end(self) -> None:
        """Show the end of the middle, as for the next step of a derivation."""
        self._middle.scroll_end(animate=False)

    def scroll(self, key: str) -> None:
        """Scroll the answer, or a long question where there is nothing else to scroll."""
        scrolled = self._middle if self._middle.max_scroll_y else self.query_one("#card", VerticalScroll)
        match key:
            case "up":
                scrolled.scroll_up(animate=False)
            case "down":
                scrolled.scroll_down(animate=False)
            case "pageup":
                scrolled.scroll_page_up(animate=False)
            case _:
                scrolled.scroll_page_down(animate=False)
