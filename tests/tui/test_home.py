"""Rules of Home: what waits, where to begin, and what to do when there is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.tui.home import HomeScreen
from tests.studying import Clock, basic_deck, library
from tests.tui.screens import Seat, at_home


def deck(cards: int, title: str) -> str:
    """A deck whose cards have ids of their own."""
    return basic_deck(cards, title).replace("{#c", "{#" + title.split()[0].lower())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_home_without_history(tmp_path: Path, size: tuple[int, int]) -> None:
    """Every deck with its name, mastery and what waits in it, one line on how to begin, and the keys."""
    with library(tmp_path, Clock(), a=deck(3, "First deck"), b=deck(30, "Second deck")) as opened:
        async with at_home(opened, size) as seat:
            seat.see(r"^ studyapp +Mon 2 Mar · 10 min")
            seat.see(r"Name +Mastery +Learn +Test +Matching +Spaced")
            seat.see(r"▸ All decks +░{8} +0 % +-  .* 20 new")
            seat.see(r"First deck +░{8} +0 % .* 3 new")
            seat.see(r"No study sessions yet\. Enter starts; 20 new cards wait")
            seat.see("Today   20 new, about 10 minutes")
            for hint in ("Enter study everything due, mixed", "x lab", "/ find", ": commands", "? keys", "q quit"):
                assert hint in seat.text
            assert not seat.shows("problem")
            await seat.press("!")
            seat.see("looking at formulas and simulations")


async def test_minutes_are_kept(tmp_path: Path) -> None:
    """+ and - change how long a session is, by key and by mouse; the next start still has it."""
    with library(tmp_path, Clock(), plain=basic_deck(30)) as opened:
        async with at_home(opened) as seat:
            await seat.press("+", "=")
            seat.see("· 20 min")
            await seat.press("-")
            await seat.click(r"\+ more")
            await seat.click(r"\+ more")
            seat.see("· 30 min")
            for _ in range(9):
                await seat.press("-")
            seat.see("· 5 min")
            await seat.click("- less")
            seat.see("· 5 min")
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            seat.see("· 5 min")
            await seat.press("enter")
            seat.see("5:00 left of 5 min")


async def test_a_row_is_chosen_and_studied(tmp_path: Path) -> None:
    """Arrows or j and k highlight, a click too; Enter, Space or a second click studies that deck alone."""
    with library(tmp_path, Clock(), a=deck(3, "First deck"), b=deck(2, "Second deck")) as opened:
        async with at_home(opened) as seat:
            await seat.press("down", "j")
            seat.see("▸ Second deck")
            seat.see("Enter study Second deck")
            await seat.press("down", "up", "k")
            seat.see("▸ First deck")
            await seat.press("enter")
            seat.see("Review · First deck +1 of 3")
            await seat.press("q", "space")
            seat.see("Review · First deck +1 of 3")
            await seat.press("q")
            await seat.click("Second deck")
            seat.see("▸ Second deck")
            await seat.click("Second deck")
            seat.see("Review · Second deck +1 of 2")


async def test_without_any_deck(tmp_path: Path) -> None:
    """Home says where decks go, and no key of it leads astray."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            seat.see("No cards yet. Put decks, which are Markdown files, into this folder")
            seat.see("home/decks")
            seat.see("▸ All decks")
            await seat.press("down", "up", "u", "U", "enter")
            seat.see("(?s)Session over.*Nothing is due now")
            await seat.press("+")
            seat.see("Nothing more is due")
            await seat.press("enter", "/")
            seat.see("no card has all these words|0 cards")
            await seat.press("escape")
            assert isinstance(seat.screen, HomeScreen)


async def test_problems_are_listed(tmp_path: Path) -> None:
    """Home counts what is wrong in the decks; ! shows where, what and what to do."""
    with library(tmp_path, Clock(), bad="# Bad\n\n## Front {#one}\n\nBack.\n\n## Other {#one}\n\nBack.\n") as opened:
        async with at_home(opened) as seat:
            seat.see("! 1 problem in decks")
            await seat.press("!")
            seat.see(r"Problems in the decks · 1")
            seat.see(r"bad\.md:\d+: one")
            await seat.press("q")
            await seat.click("! 1 problem")
            seat.see("Problems in the decks")


async def study(seat: Seat, cards: int) -> None:
    """Answer so many cards, each Good."""
    await seat.press("enter", *["space", "space"] * cards, "q")


async def test_a_day_of_study_shows(tmp_path: Path) -> None:
    """What was done today, what is left, the week to come, the days studied; no word of a first session."""
    with library(tmp_path, Clock(), plain=basic_deck(7)) as opened:
        async with at_home(opened) as seat:
            await study(seat, 3)
            seat.see("Today   4 new, about 2 minutes · 3 cards done")
            seat.see("Week    Tu 3 █   We 0 ▁")
            seat.see("Lately  studied 1 of the last 30 days")
            assert not seat.shows("No study sessions yet|Welcome back")
            await study(seat, 4)
            seat.see("Today   nothing more is due; 7 cards done")


async def test_after_weeks_away(tmp_path: Path) -> None:
    """A learner who comes back is told when all is level again, and that new cards wait; never a wall of cards."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(80)) as opened:
        opened.set(new_a_day=80, minutes=240)
        session = opened.study()
        while await session.next() is not None:
            session.reveal()
            session.grade(4)
        opened.set(minutes=10)
        clock.forward(days=21)
        async with at_home(opened) as seat:
            seat.see(r"Welcome back: \d+ due\. At 10 minutes a day you are level on \d+ \w+; new cards\s+wait\.")
            await seat.press("enter")
            assert seat.review.session.left < 40


async def test_a_new_study_day_begins_while_home_is_open(tmp_path: Path) -> None:
    """At 04:00 what is due changes, and Home notices."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(2)) as opened:
        async with at_home(opened) as seat:
            await study(seat, 2)
            seat.see("nothing more is due")
            clock.forward(hours=17)
            home = seat.screen
            assert isinstance(home, HomeScreen)
            home._new_day()
            await seat.settle()
            seat.see("Tue 3 Mar")
            seat.see("2 due")
