"""The Textual applications that studyapp's start is measured against: `reference.py bare|card|store`.

`bare` shows one line. `card` has a header, a card and a footer with keys. `store` is the same after importing
SQLAlchemy Core and click, which studyapp cannot do without.
"""

import sys

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Footer, Header, Static

if sys.argv[1] == "store":
    import click  # noqa: F401
    import sqlalchemy  # noqa: F401


class Bare(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("Question 1: what is it?")


class Card(App[None]):
    """A header, a card, a footer."""

    BINDINGS = [  # noqa: RUF012 Textual's own way
        Binding("space", "show", "Show the answer"),
        Binding("minus", "bury", "Not today"),
        Binding("u", "undo", "Undo"),
        Binding("q", "quit", "Back"),
    ]

    def compose(self) -> ComposeResult:
        """The three parts."""
        yield Header()
        with VerticalScroll():
            yield Static("Question 1: what is it?")
        yield Footer()


if __name__ == "__main__":
    (Bare if sys.argv[1] == "bare" else Card)().run()
