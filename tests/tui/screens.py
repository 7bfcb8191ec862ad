"""A learner in front of the running app: keys and mouse in, the screen's text out."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen

from studyapp.library import Library
from studyapp.tui.app import StudyApp
from studyapp.tui.home import HomeScreen
from studyapp.tui.review import ReviewScreen

CHARACTERS = {"space": " ", "enter": "\r", "escape": "\x1b"}
ROUNDS = 5
"""A key is passed on from the app to the screen to a widget, and what it changes is drawn at the next idle moment."""
PATIENCE = 10.0
"""So many seconds a test waits for what should be there at once: a busy machine is no failure."""


class Seat:
    """Where the learner sits. Whatever nobody expected to go wrong, goes wrong in the test."""

    def __init__(self, app: StudyApp, pilot: Pilot[None]) -> None:
        self.app, self._pilot = app, pilot

    # --- what is seen -----------------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        """The screen as lines of text, without blanks at their ends."""
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    def row(self, pattern: str) -> int:
        """The first line that has a match, from 0."""
        for row, line in enumerate(self.lines):
            if re.search(pattern, line):
                return row
        raise AssertionError(f"{pattern!r} is not on the screen:\n{self.text}")

    def shows(self, pattern: str) -> bool:
        """Whether the screen has a match, as it stands or with its wrapped lines joined."""
        return any(re.search(pattern, text) for text in (self.text, re.sub(r"\s*\n\s*", " ", self.text)))

    def see(self, *patterns: str) -> None:
        """Fail, with the screen, unless it has a match of each."""
        for pattern in patterns:
            assert self.shows(pattern), f"{pattern!r} is not on the screen:\n{self.text}"

    @property
    def screen(self) -> Screen[object]:
        """The screen in front."""
        return self.app.screen

    @property
    def review(self) -> ReviewScreen:
        """The screen in front, which is Review."""
        assert isinstance(self.app.screen, ReviewScreen)
        return self.app.screen

    @property
    def typing(self) -> bool:
        """Whether a caret is shown."""
        return self.app.focused is not None and hasattr(self.app.focused, "cursor_position")

    # --- what is done -----------------------------------------------------------------------------

    async def press(self, *keys: str) -> None:
        """Press keys, each a character or one of the names below; what they do is done when this returns."""
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            self.app.post_message(events.Key(name, key if len(key) == 1 else CHARACTERS.get(key)))
            await self.settle()

    async def settle(self) -> None:
        """Let all that is under way be done, but for what runs in another process."""
        for _ in range(ROUNDS):
            await self._pilot.pause(0)

    async def type(self, text: str) -> None:
        """Press the keys of a text."""
        await self.press(*text)

    async def wait(self, pattern: str, *, gone: bool = False) -> None:
        """Wait until the screen has a match, or has none any more."""
        deadline = time.monotonic() + PATIENCE
        while self.shows(pattern) is gone:
            if time.monotonic() > deadline:
                raise AssertionError(f"{'still' if gone else 'no'} {pattern!r} on the screen:\n{self.text}")
            await self._pilot.pause(0.01)
        await self.settle()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for what is not seen on the screen."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, self.text
            await self._pilot.pause(0.01)

    async def click(self, pattern: str) -> None:
        """Click the first character of a match."""
        row = self.row(pattern)
        found = re.search(pattern, self.lines[row])
        assert found is not None
        for kind in (events.MouseDown, events.MouseUp):
            x, y = found.start(), row
            self.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, screen_x=x, screen_y=y))
        await self.settle()

    async def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        await self._pilot.resize_terminal(columns, rows)
        await self.settle()

    async def answer_side(self) -> None:
        """Show the answer of a card that is recalled."""
        await self.press("space")
        assert self.shows("1 Again|0 Blackout"), self.text


@asynccontextmanager
async def at_home(library: Library, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Seat]:
    """Home, as `studyapp` opens it."""
    async with running(StudyApp(library, debug=True), size) as seat:
        assert isinstance(seat.screen, HomeScreen)
        yield seat


@asynccontextmanager
async def in_review(
    library: Library, decks: Sequence[str] = (), *, size: tuple[int, int] = (80, 24), minutes: int = 60
) -> AsyncIterator[Seat]:
    """The first card, as `studyapp study` opens it."""
    app = StudyApp(library, start="review", decks=tuple(decks), minutes=minutes, debug=True)
    async with running(app, size) as seat:
        yield seat


@asynccontextmanager
async def running(app: StudyApp, size: tuple[int, int]) -> AsyncIterator[Seat]:
    """An app in a terminal of this size."""
    async with app.run_test(size=size, notifications=True) as pilot:
        seat = Seat(app, pilot)
        await seat.settle()
        yield seat
