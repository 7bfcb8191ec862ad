"""Rules of the end of a session: what it came to, five minutes more, and undo from there."""

from __future__ import annotations

from pathlib import Path

from studyapp.tui.home import HomeScreen
from tests.studying import Clock, basic_deck, library
from tests.tui.screens import at_home, in_review


async def test_a_session_is_added_up(tmp_path: Path) -> None:
    """Cards, time, what was right the first time, what came back, and what is left today and tomorrow."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(3)) as opened:
        async with at_home(opened) as seat:
            await seat.press("enter", "space", "1", "space", "3", "space", "3")
            clock.forward(minutes=2)
            await seat.press("space", "3")
            seat.see("Session over")
            seat.see("3 cards done in 2:00, 2 right the first time, 3 of them new")
            seat.see("1 card came back until you had it")
            seat.see("Nothing left for today; 3 more tomorrow")
            seat.see(r"Enter home   \+ 5 more minutes   u undo")
            await seat.press("+")
            seat.see("Nothing more is due and today's new cards are done")
            await seat.press("enter")
            assert isinstance(seat.screen, HomeScreen)


async def test_five_more_minutes(tmp_path: Path) -> None:
    """Where something is left the session goes on, with the time added."""
    with library(tmp_path, Clock(), plain=basic_deck(20)) as opened:
        async with in_review(opened, minutes=1) as seat:
            asked = seat.review.session.left
            await seat.press(*["space", "space"] * asked)
            seat.see(f"{asked} cards done")
            await seat.press("+")
            seat.see(rf"Review · all decks +{asked + 1} of \d+ · 6:00 left of 6 min")
            seat.see(f"Question {asked}")


async def test_undo_from_the_summary(tmp_path: Path) -> None:
    """u returns to the answered side of the last card; redo ends the session again, with the same figures."""
    with library(tmp_path, Clock(), plain=basic_deck(2)) as opened:
        async with in_review(opened) as seat:
            await seat.press("space", "3", "space", "3")
            done = "2 cards done in 0:00, 2 right the first time, 2 of them new"
            seat.see(done)
            await seat.press("u")
            seat.see("(?s)Taken back: Good on c1.*Question 1.*1 Again")
            await seat.press("U")
            seat.see(done)
            await seat.press("u", "u")
            seat.see("Question 0")
            await seat.press("U", "U")
            seat.see(done)


async def test_undo_over_the_summary(tmp_path: Path) -> None:
    """Taken back on a screen above it, an answer counts no more, and its card is asked again in five more minutes."""
    with library(tmp_path, Clock(), plain=basic_deck(2)) as opened:
        async with in_review(opened) as seat:
            await seat.press("space", "3", "space", "3", "/", "down", "enter", "u")
            seat.see("Taken back: Good on c1")
            await seat.press("q", "escape")
            seat.see("1 card done")


async def test_leaving_the_summary_without_home(tmp_path: Path) -> None:
    """`studyapp study` ends there."""
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        async with in_review(opened) as seat:
            await seat.press("space", "3")
            seat.see("Enter leave")
            await seat.press("q")
            assert not seat.app.is_running
