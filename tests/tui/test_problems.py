"""Rules of what is wrong in the decks: all that `studyapp check` finds, as soon as it is known, and no word before."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from studyapp.checking import CheckReport
from studyapp.decks import DeckError
from studyapp.library import Library
from studyapp.model import Problem
from studyapp.tui.card_screen import CardScreen
from studyapp.tui.home import HomeScreen
from studyapp.tui.problems import MOST, ProblemsScreen
from tests.studying import COMPUTED, Clock, library, own
from tests.tui.screens import at_home

FINE = "# Fine\n\n## What is a mean? {#mean}\n\nThe sum over the number.\n"
WRONG = """# Wrong

## What is half? {#half}

It is $x_$.

## What does softmax do? {#softmax}

Scores become probabilities.

```toml
[simulation]
name = "softmax_outputs"
```

## Never closed {#open}

A {{c1::gap.
"""


class Held:
    """A check that ends when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.end, self.running, self.error = asyncio.Event(), 0, False
        self.found: tuple[Problem, ...] = ()
        self.newer: tuple[Problem, ...] = ()
        monkeypatch.setattr(Library, "check", lambda _: self._check())

    async def _check(self) -> CheckReport:
        self.running += 1
        try:
            await self.end.wait()
        finally:
            self.running -= 1
        if self.error:
            raise DeckError("mine.md: gone")
        return CheckReport(1, {}, self.found, (), self.newer)


async def test_all_that_a_check_finds_is_listed(tmp_path: Path) -> None:
    """With line and remedy: what reading found at once, formulas and simulations when they were looked at."""
    own(tmp_path, WRONG)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await seat.press("!")
            seat.see("Problems in the decks · 1", "mine.md:18: open: gap c1 is never closed")
            await seat.wait("Problems in the decks · 3")
            seat.see(r"mine\.md:5: half: the formula \$x_\$ cannot be read.*; correct it")
            seat.see("mine.md:13: softmax: .*softmax_outputs.*did you mean .*softmax_output")
            assert not seat.shows("looking at")
            await seat.press("q")
            assert isinstance(seat.screen, HomeScreen)


async def test_nothing_wrong_is_said_only_when_it_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then that it is being looked at."""
    held = Held(monkeypatch)
    own(tmp_path, FINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await seat.press("!")
            seat.see("looking at formulas and simulations …")
            assert not seat.shows("othing|none| 0")
            held.end.set()
            await seat.wait("There is nothing wrong in the decks")
            assert not seat.shows("looking at")


async def test_a_newer_shipped_deck_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no problem, and is not counted as one."""
    held = Held(monkeypatch)
    held.newer = (Problem("fine.md", 0, "", "the deck that came with studyapp has changed", "see what is new"),)
    held.end.set()
    own(tmp_path, FINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await seat.press("!")
            await seat.wait("There is nothing wrong in the decks")
            seat.see("newer: fine.md: the deck that came with studyapp has changed; see what is new")


async def test_what_could_not_be_looked_at_is_not_called_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a file goes away meanwhile: it is said why."""
    held = Held(monkeypatch)
    held.error = True
    held.end.set()
    own(tmp_path, FINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await seat.press("!")
            await seat.wait("mine.md: gone")
            seat.see("Not everything could be looked at")
            assert not seat.shows("othing wrong")


async def test_leaving_ends_the_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for another screen: nothing runs behind the learner's back, and it begins anew on the way back."""
    held = Held(monkeypatch)
    own(tmp_path, WRONG)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await seat.press("!")
            assert held.running == 1
            await seat.press("/")
            assert held.running == 0
            await seat.press("escape")
            assert held.running == 1
            await seat.press("q")
            assert isinstance(seat.screen, HomeScreen)
            assert held.running == 0


async def test_a_card_with_a_problem_is_opened_and_mended(tmp_path: Path) -> None:
    """Enter on its line; back from it the list is as the file is now. A card that could not be read has no screen."""
    file = own(tmp_path, WRONG)
    with library(tmp_path, Clock(), computed=COMPUTED) as opened:
        async with at_home(opened) as seat:
            await seat.press("!")
            await seat.wait("Problems in the decks · [3-9]")
            while not seat.shows("▸mine.md:5"):
                await seat.press("down")
            await seat.press("enter")
            assert isinstance(seat.screen, CardScreen)
            seat.see("Card · half")
            file.write_text(WRONG.replace("$x_$", "$x$"))
            opened.synchronise()
            await seat.press("q")
            await seat.wait("half: the formula", gone=True)
            seat.see("mine.md:18: open")
            while not seat.shows("▸mine.md:18"):
                await seat.press("down")
            await seat.press("enter")
            assert isinstance(seat.screen, ProblemsScreen)
            seat.see("There is no card to open here")
            await seat.press("up")
            seat.see("Enter open the card")
            await seat.press("down")
            assert not seat.shows("Enter open the card")


async def test_a_long_list_is_scrolled_by_its_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The highlighted problem is readable to its last word, and what is not listed is said."""
    held = Held(monkeypatch)
    long = " ".join(["words"] * 30)
    held.found = tuple(Problem("a.md", line, "", f"{long} {line}.", "mend it") for line in range(1, MOST + 11))
    held.end.set()
    own(tmp_path, FINE)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await seat.press("!")
            await seat.wait(f"Problems in the decks · {MOST + 10}")
            for line in range(1, 12):
                seat.see(rf"▸a\.md:{line}: ", rf"words {line}\.; mend it")
                await seat.press("down")
            await seat.press("end")
            seat.see(rf"▸a\.md:{MOST}: ", rf"words {MOST}\.; mend it", "10 more", "studyapp check")
