"""What is wrong in the decks: where, what, and what to do."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.screen import StudyScreen

MOST = 500


class ProblemsScreen(StudyScreen):
    """The problems found when the decks were read."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "app.pop_screen", "back")]
    CSS = """
    ProblemsScreen VerticalScroll { padding: 1 2; }
    ProblemsScreen #list { height: auto; }
    """

    def compose(self) -> ComposeResult:
        """One paragraph per problem."""
        problems = self.library.problems()
        yield Static(plain(f"Problems in the decks · {len(problems)}"), classes="bar")
        with VerticalScroll():
            yield Static(Content("\n\n").join([plain(str(one)) for one in problems[:MOST]]), id="list")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Say how to go on."""
        self.query_one(Hints).show(
            [Hint("q", "back", "app.pop_screen"), Hint("studyapp check", "also checks the simulations behind cards")]
        )
