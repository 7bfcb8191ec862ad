"""On every screen a deck's, a simulation's and a learner's words are text: shown as written, obeyed by nobody.

A screen that no way leads to fails the last test, so that a new one cannot be forgotten here.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text
from textual import events
from textual.command import CommandPalette
from textual.content import Content
from textual.screen import Screen

import studyapp.tui
from studyapp.core.exam.making import Blueprint
from studyapp.core.exam.paper import ExamRules
from studyapp.tui.app import StudyApp
from studyapp.tui.card_acts import CardActs
from studyapp.tui.exam_running import ExamGate
from studyapp.tui.lab_actions import LabActions
from studyapp.tui.lab_experiment import ExperimentScreen
from studyapp.tui.list_screen import ListScreen
from studyapp.tui.screen import StudyScreen
from tests.sitting import sit
from tests.studying import Clock
from tests.tui.hostile import (
    CARDS,
    OBEYED,
    assert_harmless,
    hostile_library,
    squeezed,
)
from tests.tui.screens import Seat, at_home, in_review, running
from tests.tui.ways import FROM_CARD, FROM_EXAM, FROM_HOME, FROM_SUBMISSIONS, WIDE, See, Step


async def go(seat: Seat, steps: Sequence[Step]) -> None:
    """Take the steps, and look at every screen that is named among them."""
    for step in steps:
        match step:
            case str():
                await seat.press(*step.split())
            case events.Paste():
                seat.app.post_message(events.Paste(step.text))
                await seat.settle()
            case See(screen, shows):
                assert type(seat.screen) is screen, seat.text
                assert_harmless(seat)
                on_screen = squeezed(seat.text)
                for wanted in shows:
                    assert squeezed(wanted) in on_screen, f"{wanted!r} is not on the screen:\n{seat.text}"
            case _:
                await seat.wait(step.pattern)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that was parsed as markup."""
    texts: list[str] = []
    for kind in (Content, Text):
        original = kind.from_markup

        def recorded(markup: object, *rest: object, original: object = original, **more: object) -> object:
            texts.append(str(markup))
            return original(markup, *rest, **more)  # type: ignore[operator]

        monkeypatch.setattr(kind, "from_markup", recorded)
    return texts


def obeyed(parsed: Sequence[str]) -> list[str]:
    """What of our texts was parsed as markup."""
    return [one for one in parsed if "app.quit" in one or "[red]" in one or OBEYED.search(one)]


@pytest.mark.parametrize("name", FROM_HOME)
async def test_from_home_every_text_is_shown_as_it_is_written(tmp_path: Path, parsed: list[str], name: str) -> None:
    """Character by character, with no style, no link and no button that comes from a text; in a small window too."""
    with hostile_library(tmp_path, *CARDS) as opened:
        async with at_home(opened, WIDE) as seat:
            await go(seat, FROM_HOME[name])
            await seat.resize(36, 11)
            assert_harmless(seat)
    assert not obeyed(parsed)


@pytest.mark.parametrize("kind", FROM_CARD)
async def test_from_a_card_every_text_is_shown_as_it_is_written(tmp_path: Path, parsed: list[str], kind: str) -> None:
    """Both sides of every kind of card, and the screens that open from there."""
    with hostile_library(tmp_path, *{kind} & CARDS.keys()) as opened:
        async with in_review(opened, [f"{kind}.md"] if kind in CARDS else [], size=WIDE) as seat:
            await go(seat, FROM_CARD[kind])
            await seat.resize(36, 11)
            assert_harmless(seat)
    assert not obeyed(parsed)


@pytest.mark.parametrize("name", FROM_SUBMISSIONS)
async def test_after_an_exam_every_text_is_shown_as_it_is_written(tmp_path: Path, parsed: list[str], name: str) -> None:
    """The list of sittings, reports, questions in full and explanations."""
    with hostile_library(tmp_path, "choice") as opened:
        asked = await opened.exams.make(Blueprint(1, decks=("choice.md",)), ExamRules(), seed=1)
        assert isinstance(opened.now, Clock)
        await sit(opened, opened.now, "wrong", asked=asked.paper)
        async with at_home(opened, WIDE) as seat:
            seat.app.open_submissions()
            await seat.settle()
            await go(seat, FROM_SUBMISSIONS[name])
            await seat.resize(36, 11)
            assert_harmless(seat)
    assert not obeyed(parsed)


@pytest.mark.parametrize("name", FROM_EXAM)
async def test_in_an_exam_every_text_is_shown_as_it_is_written(tmp_path: Path, parsed: list[str], name: str) -> None:
    """The form, the lobby, the question, and what stands over everything while an exam runs or when it is over."""
    with hostile_library(tmp_path, "choice") as opened:
        assert isinstance(opened.now, Clock)
        if name != "form":
            asked = await opened.exams.make(Blueprint(1, decks=("choice.md",)), ExamRules(), seed=1)
            opened.exams.start(asked.paper)
        opened.now.forward(hours=name == "over")
        async with running(StudyApp(opened, debug=True), WIDE) as seat:
            await go(seat, FROM_EXAM[name])
            await seat.resize(36, 11)
            assert_harmless(seat)
    assert not obeyed(parsed)


def test_every_screen_is_visited() -> None:
    """Whoever adds a screen says here how one gets there and which texts it shows."""
    for module in pkgutil.walk_packages(studyapp.tui.__path__, "studyapp.tui."):
        importlib.import_module(module.name)
    found: list[type[Screen[Any]]] = [Screen]
    known: set[type[Screen[Any]]] = set()
    while found:
        one = found.pop()
        found += one.__subclasses__()
        known |= {one} if one.__module__.startswith("studyapp.tui.") else set()
    steps = [step for way in (*FROM_HOME.values(), *FROM_CARD.values(), *FROM_SUBMISSIONS.values()) for step in way]
    steps += [step for way in FROM_EXAM.values() for step in way]
    visited = {step.screen for step in steps if isinstance(step, See)}
    bases = {StudyScreen, ListScreen, LabActions, ExperimentScreen, CardActs}
    assert known - bases - {ExamGate} == visited - {CommandPalette}  # the gate has nothing on it
