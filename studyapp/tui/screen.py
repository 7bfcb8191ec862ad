"""What every screen of studyapp has: the application by its own type, and a width that reads well."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker

if TYPE_CHECKING:
    from studyapp.library import Library
    from studyapp.model import Entry
    from studyapp.tui.app import StudyApp

WIDEST = 100
"""Text runs over so many columns at most: longer lines are hard to follow."""

LOW = 18
"""A screen of fewer lines is low: what can be done without leaves its room to what cannot."""


class StudyScreen(Screen[None]):
    """A screen of studyapp. From one of a running exam (`closed_book`) no other opens, nor over an `unsaved` text."""

    closed_book: ClassVar[bool] = False
    unsaved: ClassVar[bool] = False

    @property
    def study_app(self) -> StudyApp:
        """The application."""
        return cast("StudyApp", self.app)

    @property
    def library(self) -> Library:
        """Decks, store and simulations."""
        return self.study_app.library

    @property
    def text_width(self) -> int:
        """The columns that text may fill, inside the screen's margins."""
        return max(30, min(self.app.size.width, WIDEST) - 4)

    def deck_meant(self, words: str) -> str:
        """The path of the deck that has this title; else the words, a file's name."""
        titles = {deck.title.casefold(): deck.path for deck in self.library.store.decks()}
        return titles.get(words.casefold(), words)

    async def follow(self, entries: tuple[Entry, ...], *, undone: bool) -> None:  # noqa: ARG002 - of use to sessions
        """Something was taken back or done again while this screen was open: show things as they are now."""
        self.renew()

    def refuse(self) -> None:
        """Say why nothing else opens from this screen."""

    def renew(self) -> None:
        """Read afresh what this screen shows."""

    def on_worker_state_changed(self, message: Worker.StateChanged) -> None:
        """Say what went wrong beside the screen."""
        self.study_app.on_worker_state_changed(message)

    def static(self, name: str) -> Static:
        """One of this screen's texts by its id."""
        return self.query_one(f"#{name}", Static)
