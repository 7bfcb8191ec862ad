"""The end of a session: what it came to, what is left, and five minutes more."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from studyapp.core import durations
from studyapp.model import Answered, Entry
from studyapp.study import StudySession
from studyapp.summary import Summary
from studyapp.tui import wording
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.screen import StudyScreen

MORE_MINUTES = 5


class SummaryScreen(StudyScreen):
    """What a finished session came to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q,escape,space", "leave", "back"),
        Binding("plus", "more", "five more minutes"),
        Binding("u", "undo", "take the last answer back"),
    ]
    CSS = """
    SummaryScreen #text { height: 1fr; padding: 1 3; }
    """

    def __init__(self, session: StudySession, *, only: bool) -> None:
        super().__init__()
        self._session, self._only = session, only

    def compose(self) -> ComposeResult:
        """The bar, the figures, the keys."""
        yield Static("Session over", id="bar", classes="bar", markup=False)
        yield Static(id="text")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Add the session up."""
        self.renew()
        back = "leave" if self._only else "home"
        more = [Hint("+", "5 more minutes", "screen.more")]
        self.query_one(Hints).show(
            [
                Hint("Enter", back, "screen.leave"),
                *more,
                Hint("u", "undo", "screen.undo"),
                Hint("?", "keys", "app.keys"),
            ]
        )

    def renew(self) -> None:
        """Show what the session came to."""
        with self.study_app.guard():
            self.static("text").update(words(self._session.summary()))

    async def follow(self, entries: tuple[Entry, ...], *, undone: bool) -> None:
        """An answer was taken back or given again on a screen above."""
        await self._session.follow([one for one in entries if isinstance(one.event, Answered)], undone=undone)
        self.renew()

    def action_leave(self) -> None:
        """Back to Home, or out."""
        if self._only:
            self.app.exit()
        else:
            self.app.pop_screen()

    def action_more(self) -> None:
        """Go on for five minutes more."""
        self._resume(MORE_MINUTES)

    def _resume(self, minutes: int) -> None:
        from studyapp.tui.review import ReviewScreen

        if minutes and not self._session.extend(minutes):
            self.study_app.say("Nothing more is due and today's new cards are done. Enough for today.")
        else:
            self.app.switch_screen(ReviewScreen(self._session, only=self._only))

    async def action_undo(self) -> None:
        """Take the last answer back and return to its card."""
        with self.study_app.guard():
            taken = await self._session.undo()
            self.study_app.taken_back(taken, undone=True)
            if taken:
                self._resume(0)


def words(summary: Summary) -> Content:
    """The summary as the screen shows it."""
    if not summary.answers:
        done = Content.assemble(("Nothing is due now.", Style(bold=True)))
    else:
        done = Content.assemble(
            (f"{wording.counted(summary.cards, 'card')} done", Style(bold=True)),
            f" in {durations.clock(summary.seconds)}, {summary.right} right the first time, {summary.new} of them new.",
        )
    lines = [done]
    if summary.again:
        lines.append(Content(f"{wording.counted(summary.again, 'card')} came back until you had it."))
    lines.append(Content())
    left = (
        f"{wording.counted(summary.due_left, 'card')} still due today" if summary.due_left else "Nothing left for today"
    )
    lines.append(Content(f"{left}; {summary.due_tomorrow} more tomorrow."))
    return Content("\n").join(lines)
