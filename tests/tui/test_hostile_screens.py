"""On every screen a deck's, a simulation's and a learner's words are text: shown as written, obeyed by nobody.

A screen that no way leads to fails the last test, so that a new one cannot be forgotten here.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Sequence
from dataclasses import dataclass
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
from studyapp.tui.ask import AskLine, AskPrediction, AskYesNo
from studyapp.tui.card_screen import CardScreen
from studyapp.tui.exam_answer import AnswerScreen
from studyapp.tui.exam_form import ExamFormScreen
from studyapp.tui.exam_lobby import LobbyScreen
from studyapp.tui.exam_oral import OralScreen
from studyapp.tui.exam_question import QuestionScreen
from studyapp.tui.exam_report import ReportScreen
from studyapp.tui.exam_running import ExamGate, OverScreen, RunningScreen
from studyapp.tui.exam_statistics import ExamStatisticsScreen
from studyapp.tui.exam_submission import SubmissionScreen
from studyapp.tui.exam_submissions import SubmissionsScreen
from studyapp.tui.find import FindScreen
from studyapp.tui.history import HistoryScreen
from studyapp.tui.home import HomeScreen
from studyapp.tui.keys import KeysScreen
from studyapp.tui.lab import LabScreen
from studyapp.tui.lab_actions import LabActions
from studyapp.tui.lab_compare import CompareScreen
from studyapp.tui.lab_draw import DrawScreen
from studyapp.tui.lab_experiment import ExperimentScreen
from studyapp.tui.lab_list import LabListScreen
from studyapp.tui.lab_mistakes import MistakesScreen
from studyapp.tui.lab_seeds import SeedsScreen
from studyapp.tui.lab_sweep import AskSweep, SweepScreen
from studyapp.tui.list_screen import ListScreen
from studyapp.tui.problems import ProblemsScreen
from studyapp.tui.review import ReviewScreen
from studyapp.tui.screen import StudyScreen
from studyapp.tui.source import SourceScreen
from studyapp.tui.statistics import StatisticsScreen
from studyapp.tui.summary import SummaryScreen
from tests.sitting import sit
from tests.studying import Clock
from tests.tui.hostile import (
    CARDS,
    CODES,
    FILE,
    FOLDER,
    MARKUP,
    OBEYED,
    TEXT,
    ZOO_SHOWN,
    assert_harmless,
    hostile_library,
    shown,
    squeezed,
    text,
    told,
)
from tests.tui.screens import Seat, at_home, in_review, running


@dataclass(frozen=True, slots=True)
class See:
    """A screen that is in front now, and what stands on it, blanks aside."""

    screen: type[Screen[Any]]
    shows: Sequence[str] = ()


Step = str | re.Pattern[str] | events.Paste | See
"""Keys with blanks between; what to wait for; a text from the clipboard; or what is to be seen."""
PASTE = events.Paste(TEXT)
CLEAR = "ctrl+u"
WIDE = (200, 60)


def wait(pattern: str) -> Step:
    """Go on when this stands on the screen."""
    return re.compile(pattern)


def fields(*names: str) -> tuple[str, ...]:
    """These fields of a card or a simulation, in full."""
    return tuple(shown(text(name)) for name in names)


FOLDED = fields("analogy", "source")
HINTED = fields("front", "hint")
ANSWERED = wait("Space (next|read on)")

FILTERED: Sequence[Step] = ["x", wait("Lab · [0-9]+"), "/"]
TO_LAB: Sequence[Step] = [
    *FILTERED,
    events.Paste("a_hostile"),
    wait("1 of"),
    See(LabListScreen, [told("simulation")]),
    "enter",
    wait("2 run"),
]

FROM_HOME: dict[str, Sequence[Step]] = {
    "home, problems": [
        "down down down down down",
        See(HomeScreen, [shown(text("deck choice"))[:30], shown(FILE)[:30], f"study{shown(FILE)[:30]}"]),
        "! pagedown",
        wait("has a control character"),
        See(ProblemsScreen, [shown(FILE), "@{nothing}:thecardhasnoparameter"]),
    ],
    "find, cards, nearest simulations": [
        "/",
        See(FindScreen, fields("front")),
        events.Paste("recall"),
        "enter",
        See(CardScreen, [*HINTED, *fields("more", "back"), *ZOO_SHOWN, *FOLDED]),
        "x",
        wait("a_hostile"),
        See(LabListScreen, [*fields("front"), told("simulation")]),
        f"q q {CLEAR}",
        events.Paste("choice"),
        "enter",
        See(CardScreen, fields("front", "right", "wrong", "back", "hint")),
        f"q {CLEAR}",
        events.Paste("steps"),
        "enter",
        See(CardScreen, fields("front", "first", "last", "back")),
        f"q {CLEAR}",
        events.Paste("unstamped"),
        "enter",
        See(CardScreen, [*fields("unstamped", "back"), shown(FILE)]),
        f"q {CLEAR}",
        PASTE,
        See(FindScreen, [shown(MARKUP), "nocardhasallthesewords"]),
    ],
    "palette": [
        ": u n d o",
        See(CommandPalette, ["Undo"]),
        PASTE,
        See(CommandPalette, [f"undo{shown(MARKUP)}"]),
    ],
    "lab": [
        *TO_LAB,
        See(LabScreen, [told("summary"), *fields("meaning"), shown(text("fast"))[:20], shown(text("helps"))[:20]]),
        "d",
        See(AskPrediction, fields("meaning")),
        PASTE,
        See(AskPrediction, [shown(MARKUP)]),
        "escape x",
        wait("holds here"),
        See(LabScreen, [*fields("claims", "silent"), shown(text("figure"))[:40]]),
        "f",
        PASTE,
        See(AskLine, [shown(CODES)]),
        "escape v",
        See(SourceScreen, [*fields("summary"), shown(FOLDER)]),
        "q .",
        events.Paste("95"),
        "enter x",
        wait("! a_hostile"),
        See(LabScreen, [told("went")]),
    ],
    "consent": [
        *FILTERED,
        events.Paste("b_unread"),
        wait("your own file"),
        "enter",
        wait("y run it"),
        See(SourceScreen, fields("summary")),
    ],
    "draw": [
        *TO_LAB,
        "D",
        wait("How will"),
        See(DrawScreen, [shown(text("figure"))[:40], shown(text("up"))[:40]]),
        "up enter g",
        wait("off by"),
        See(DrawScreen, [shown(text("curve"))[:20]]),
    ],
    "sweep": [
        *TO_LAB,
        "s",
        See(AskSweep, fields("meaning")),
        f"{CLEAR} 0 space 0 . 8 space 3 enter",
        wait("3 runs"),
        See(SweepScreen, fields("meaning")),
    ],
    "seeds, mistakes, two at once": [
        *TO_LAB,
        "m",
        wait("a mistake beside the truth"),
        See(MistakesScreen, fields("misconception")),
        "q x",
        wait("holds here"),
        "c right",
        wait("holds here"),
        "c",
        See(CompareScreen, [shown(text("figure"))[:20]]),
        "q X",
        wait("seeds 0 to 99"),
        See(SeedsScreen, fields("claims")),
    ],
    "statistics": ["s", See(StatisticsScreen, ["Predictionsbeforearun"])],
}
FROM_CARD: dict[str, Sequence[Step]] = {
    "choice": [
        "i",
        See(ReviewScreen, [*HINTED, *fields("more", "right", "wrong"), shown(text("deck choice"))]),
        "a enter",
        ANSWERED,
        "w",
        See(ReviewScreen, [*fields("right", "wrong", "reason", "back"), *FOLDED]),
        "h",
        See(HistoryScreen, [shown(TEXT)]),
    ],
    "recall": [
        "i",
        See(ReviewScreen, [*HINTED, *fields("more")]),
        "space w",
        See(ReviewScreen, [*fields("front", "more", "back"), *ZOO_SHOWN, *FOLDED]),
        "?",
        See(KeysScreen, ["quitatonce"]),
        "q !",
        wait("Suspended"),
        See(SummaryScreen),
    ],
    "typed": [
        PASTE,
        See(ReviewScreen, [*fields("front"), shown(MARKUP)]),
        "enter",
        ANSWERED,
        "w",
        See(ReviewScreen, [shown(MARKUP), *fields("back", "accepted"), *FOLDED]),
        "h",
        See(HistoryScreen, [shown(MARKUP)]),
    ],
    "cloze": [
        "i",
        See(ReviewScreen, [*HINTED, *fields("clue", "after")]),
        "space w",
        See(ReviewScreen, [*fields("gap", "after"), *FOLDED]),
    ],
    "steps": [
        "space space",
        See(ReviewScreen, fields("front", "more", "first", "last")),
        "space",
        See(ReviewScreen, fields("first", "last", "back")),
    ],
    "refute": [
        "space w",
        wait("claims"),
        See(ReviewScreen, [*fields("front", "back", "claims"), *FOLDED, shown(text("figure"))[:40]]),
        "x",
        wait("2 run"),
        See(LabScreen, fields("front")),
    ],
    "computed": [
        wait("front"),
        events.Paste("0.25"),
        "enter",
        ANSWERED,
        "w",
        See(ReviewScreen, [*fields("back", "share unit"), *FOLDED]),
    ],
    "failing": ["space", wait("did not run"), See(ReviewScreen, [*fields("front", "back"), told("went")])],
    "unstamped": ["space 3", wait("no id"), See(AskYesNo, [shown(FILE), *map(shown, FOLDER.split())])],
}
"""The ways from the first card, by the kind of the deck."""

OPTIONS = fields("right", "wrong")
FROM_SUBMISSIONS: dict[str, Sequence[Step]] = {
    "report": [
        See(SubmissionsScreen, [shown(text("deck choice"))[:30]]),
        "enter",
        See(SubmissionScreen, [shown(text("deck choice"))[:30], shown(text("front"))[:30]]),
        "enter",
        See(ReportScreen, [shown(text("part"))[:30], shown(text("front"))[:20], shown(text("reason"))[:20]]),
        "end enter",
        See(AnswerScreen, [*fields("front", "more", "reason", "back", "source"), *OPTIONS, shown(text("part"))]),
    ],
    "oral": [
        "enter enter o",
        See(OralScreen, [*fields("front", "more"), *OPTIONS]),
        PASTE,
        See(OralScreen, [shown(MARKUP)]),
        "escape space",
        See(OralScreen, [shown(MARKUP), *fields("front", "more", "right", "reason", "back", "source")]),
        "3",
        See(OralScreen, [shown(text("front"))[:30]]),
    ],
    "statistics": ["s", See(ExamStatisticsScreen, [shown(text("front"))[:20]])],
}
"""The ways from the list of sittings, one of which asked the choice card and got a wrong answer."""

TITLE = shown(text("deck choice"))[:30]
FROM_EXAM: dict[str, Sequence[Step]] = {
    "form": [
        "p up up space",
        See(ExamFormScreen, [f"[x]{TITLE}"]),
        "down down down 1 enter",
        wait("Enter start"),
        See(LobbyScreen, [TITLE]),
        "enter y",
        wait("before question 1"),
        PASTE,
        See(QuestionScreen, [shown(MARKUP)]),
        "enter",
        wait("1 of 1"),
        See(QuestionScreen, [*fields("front", "more"), *OPTIONS]),
    ],
    "running": [See(RunningScreen, [TITLE]), "enter", wait("1 of 1"), "?", See(QuestionScreen, ["strikeanoptionout"])],
    "over": [See(OverScreen, [TITLE])],
}
"""The ways through an exam on the choice card: from Home, or from one that was started before and runs or is over."""


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
    bases = {StudyScreen, ListScreen, LabActions, ExperimentScreen}
    assert known - bases - {ExamGate} == visited - {CommandPalette}  # the gate has nothing on it
