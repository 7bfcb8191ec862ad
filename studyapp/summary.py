"""What a session came to, for the screen at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studyapp.core.sm2 import GOOD, PASS
from studyapp.model import Answered, Day, Schedule
from studyapp.store import Store


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over a session: `right` cards passed at their first answer, `again` were graded below 4 at least once.

    `due_left` are the cards still due today in the session's decks, `due_tomorrow` those that tomorrow adds.
    """

    answers: int
    cards: int
    new: int
    right: int
    again: int
    seconds: float
    due_left: int
    due_tomorrow: int


def summed(
    answers: Sequence[tuple[Answered, Schedule]], store: Store, today: Day, decks: tuple[str, ...], seconds: float
) -> Summary:
    """Add up a session's answers, in order, each with its card's schedule before it."""
    first = {answer.card: (answer, before) for answer, before in reversed(answers)}
    due = store.due_count(today, decks)
    return Summary(
        answers=len(answers),
        cards=len(first),
        new=sum(before.due is None for _, before in first.values()),
        right=sum(answer.grade >= PASS for answer, _ in first.values()),
        again=len({answer.card for answer, _ in answers if answer.grade < GOOD}),
        seconds=seconds,
        due_left=due + len(store.drilling(today, decks)),
        due_tomorrow=store.due_count(today + 1, decks) - due,
    )
