"""Rules of `studyapp check`: files read afresh, shipped decks held to more, problems in the order of the files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from studyapp import checking
from studyapp.checking import CheckReport
from studyapp.library import Library
from studyapp.model import Card, Problem
from tests.studying import COMPUTED, Clock, basic_deck, library, own


def check(opened: Library, *paths: Path) -> list[str]:
    """The problems that are found, as lines."""

    async def work() -> list[str]:
        try:
            return [str(one) for one in (await opened.check(paths)).problems]
        finally:
            await opened.close_laboratory()

    return asyncio.run(work())


def test_check_looks_at_files_afresh(tmp_path: Path) -> None:
    """Not at the cache; cards are counted by kind."""
    with library(tmp_path, Clock(), computed=COMPUTED) as opened:
        report = asyncio.run(checked(opened))
        assert (report.cards, dict(report.kinds), report.problems) == (1, {"computed": 1}, ())


async def checked(opened: Library) -> CheckReport:
    """A check, with its worker ended."""
    try:
        return await opened.check()
    finally:
        await opened.close_laboratory()


def test_a_check_that_nobody_waits_for_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes seconds for thousands of cards, and gives way between any two decks: a screen goes on taking keys."""
    looked: list[int] = []

    async def work(opened: Library) -> None:
        checked = asyncio.create_task(opened.check())

        def lint(cards: Sequence[Card]) -> list[Problem]:
            looked.append(len(cards))
            checked.cancel()
            return []

        monkeypatch.setattr(checking, "lint", lint)
        with pytest.raises(asyncio.CancelledError):
            await checked
        await opened.close_laboratory()

    with library(tmp_path, Clock(), a=basic_deck(2), b=COMPUTED) as opened:
        asyncio.run(work(opened))
    assert looked == [2]


def test_a_shipped_card_without_a_simulation_is_a_problem(tmp_path: Path) -> None:
    """On a learner's own it is not."""
    path = own(tmp_path, "# Mine\n\n## Q? {#mine}\n\nA.\n")
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        assert check(opened) == [
            "plain.md:3: c0: a shipped card launches a simulation; name one in a [simulation] table",
            "plain.md:3: c0: nothing explains the answer; say why it is so",
        ]
        assert check(opened, path, path.parent) == []


def test_a_formula_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    """Once for all cards of a text, with the file's line."""
    path = own(tmp_path, "# Mine\n\n## Q? {#mine}\n\n{{c1::One}} and {{c2::two}},\nwhich is $x_$.\n")
    told = "mine.md:6: mine:c1: the formula $x_$ cannot be read: a script without anything in it; correct it"
    with library(tmp_path, Clock()) as opened:
        (line,) = check(opened)
        assert line.startswith(told)
        (line,) = check(opened, path)
        assert told in line


def test_problems_come_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    """From all sources alike."""
    wrong = "\n## Q? {#x .y z}\n\nA.\n\n```toml\n[simulation]\nname = 'none'\n```\n"
    own(tmp_path, "# B\n" + wrong, "b.md")
    own(
        tmp_path, "# A\n" + wrong.replace("#x .y z", "#c") + wrong.replace("#x .y z", "#d").replace("none", "x"), "a.md"
    )
    with library(tmp_path, Clock()) as opened:
        places = [line.split(":")[:2] for line in check(opened)]
        assert places == sorted(places, key=lambda place: (place[0], int(place[1])))
        assert len(places) >= 3
