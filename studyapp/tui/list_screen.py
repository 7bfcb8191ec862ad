"""What the screens of rows have alike: a bar, a head, a list of which Enter or a second click opens a row, the keys."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from studyapp.tui.hints import Hints
from studyapp.tui.line_list import MOVES, LineList
from studyapp.tui.screen import StudyScreen


class ListScreen(StudyScreen):
    """A screen of rows. It shows them in `lay_out`, and opens the highlighted one in `action_open`."""

    OTHER_KEYS: ClassVar[dict[str, str]] = MOVES
    DEFAULT_CSS = """
    ListScreen #head { height: auto; padding: 1 1 0 1; }
    """

    def compose(self) -> ComposeResult:
        """The bar, what is to be known of the whole, the rows, the keys."""
        yield Static(id="bar", classes="bar")
        yield Static(id="head")
        yield LineList()
        yield Hints(id="hints")

    @property
    def rows(self) -> LineList:
        """The rows and which of them is highlighted."""
        return self.query_one(LineList)

    def above(self, *lines: Content) -> None:
        """Show these lines above the rows."""
        self.static("head").update(Content("\n").join(lines))

    def on_resize(self) -> None:
        """Lay everything out anew."""
        self.lay_out()

    def lay_out(self) -> None:
        """Show what was read last."""

    def on_line_list_opened(self) -> None:
        """A second click opens."""
        self.action_open()

    def action_open(self) -> None:
        """Open the highlighted row."""
