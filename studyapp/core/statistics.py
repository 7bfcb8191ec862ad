"""What the log says about a learner: answers, confidence and time, counted from effective entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from studyapp.core.sm2 import PASS
from studyapp.model import Answered, Day, Entry, Mode

LONGEST_SECONDS = 120
"""A longer answer was a pause, not study: it counts as this much."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    right: int
    of: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts over all answers in Spaced; `sure` and `guess` say how many answers given so were right."""

    answers: int
    cards: int
    days: tuple[Day, ...]
    seconds: float
    grades: dict[int, int]
    sure: Share
    guess: Share


def statistics(entries: Iterable[Entry]) -> Statistics:
    """Count the answers given in Spaced; entries taken back must have been left out."""
    grades: Counter[int] = Counter()
    confidence: Counter[tuple[bool, bool]] = Counter()
    cards, days, seconds = set[str](), set[Day](), 0.0
    for entry in entries:
        event = entry.event
        if not isinstance(event, Answered) or event.mode is not Mode.SPACED:
            continue
        grades[event.grade] += 1
        cards.add(event.card)
        days.add(entry.day)
        seconds += min(event.milliseconds / 1000, LONGEST_SECONDS)
        if event.sure is not None:
            confidence[event.sure, event.grade >= PASS] += 1
    return Statistics(
        answers=grades.total(),
        cards=len(cards),
        days=tuple(sorted(days)),
        seconds=seconds,
        grades={grade: grades[grade] for grade in range(6)},
        sure=Share(confidence[True, True], confidence[True, True] + confidence[True, False]),
        guess=Share(confidence[False, True], confidence[False, True] + confidence[False, False]),
    )
