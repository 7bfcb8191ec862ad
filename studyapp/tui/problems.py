"""What is wrong in the decks: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from studyapp.model import Problem
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

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self._problems = problems

    def compose(self) -> ComposeResult:
        """One paragraph per problem."""
        yield Static(plain(f"Problems in the decks · {len(self._problems)}"), classes="bar")
        with VerticalScroll():
            yield Static(Content("\n\n").join([plain(str(one)) for one in self._problems[:MOST]]), id="list")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Say how to go on, and let the keys scroll."""
        self.query_one(Hints).show(
            [
                Hint("q", "back", "app.pop_screen"),
                Hint("↑↓", "scroll"),
                Hint("studyapp check", "also looks at the simulations behind cards"),
            ]
        )
        self.query_one(VerticalScroll).focus()
