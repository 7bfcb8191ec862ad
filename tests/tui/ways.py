"""The ways by which the tests of hostile texts get to every screen, and what has to stand there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.command import CommandPalette
from textual.screen import Screen

from studyapp.tui.ask import AskLine, AskPrediction, AskYesNo
from studyapp.tui.card_screen import CardScreen
from studyapp.tui.drafts import DraftsScreen
from studyapp.tui.edit import EditScreen
from studyapp.tui.edit_samples import SamplesScreen
from studyapp.tui.exam_answer import AnswerScreen
from studyapp.tui.exam_form import ExamFormScreen
from studyapp.tui.exam_lobby import LobbyScreen
from studyapp.tui.exam_oral import OralScreen
from studyapp.tui.exam_question import QuestionScreen
from studyapp.tui.exam_report import ReportScreen
from studyapp.tui.exam_running import OverScreen, RunningScreen
from studyapp.tui.exam_statistics import ExamStatisticsScreen
from studyapp.tui.exam_submission import SubmissionScreen
from studyapp.tui.exam_submissions import SubmissionsScreen
from studyapp.tui.find import FindScreen
from studyapp.tui.history import HistoryScreen
from studyapp.tui.home import HomeScreen
from studyapp.tui.keys import KeysScreen
from studyapp.tui.lab import LabScreen
from studyapp.tui.lab_compare import CompareScreen
from studyapp.tui.lab_draw import DrawScreen
from studyapp.tui.lab_list import LabListScreen
from studyapp.tui.lab_mistakes import MistakesScreen
from studyapp.tui.lab_seeds import SeedsScreen
from studyapp.tui.lab_sweep import AskSweep, SweepScreen
from studyapp.tui.problems import ProblemsScreen
from studyapp.tui.review import ReviewScreen
from studyapp.tui.source import SourceScreen
from studyapp.tui.statistics import StatisticsScreen
from studyapp.tui.summary import SummaryScreen
from tests.tui.hostile import (
    CODES,
    FILE,
    FOLDER,
    MARKUP,
    TEXT,
    ZOO_SHOWN,
    shown,
    text,
    told,
)


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
    wait(r"a_hostile +simulation"),  # what it is called is known only when the worker has read it
    See(LabListScreen, [told("simulation")]),
    "enter",
    wait("2 run"),
]

FROM_HOME: dict[str, Sequence[Step]] = {
    "home, problems": [
        "down down down down down",
        See(HomeScreen, [shown(text("deck choice"))[:30], shown(FILE)[:30], f"study{shown(FILE)[:30]}"]),
        "!",
        wait("a shipped card launches a simulation"),  # all is found now
        "pagedown pagedown",
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
        "q e",
        wait("F2 save"),
        See(EditScreen, [*fields("front"), *fields("back")[:1]]),
        "f1",
        wait("The answer first"),
        See(SamplesScreen),
        "escape",
        "escape",
        f"q {CLEAR}",
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
    "drafts": [
        "d",
        See(
            DraftsScreen,
            [shown(text("part"))[:30], shown(text("front"))[:40], *fields("more", "back", "hint"), *FOLDED],
        ),
    ],
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
