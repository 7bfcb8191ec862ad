"""What is asked in a session and in which order: a plan made once, and a queue that misses come back into."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from studyapp.model import Day

SIBLINGS_APART = 5
"""Cards of one family (the clozes of one text) have at least so many others between them, where there are as many."""

AGAIN_AFTER = 4
"""A card graded below 4 comes back after so many other cards."""

SURE_AND_WRONG_AFTER = 5
"""Sure and wrong comes back one later: long enough to be recalled, not repeated."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A card that could be asked: `due` is None for a new one; `seconds` is what it is expected to take."""

    card: str
    family: str
    due: Day | None
    seconds: float
    seen_elsewhere: bool = False


def plan(due: Sequence[Waiting], new: Sequence[Waiting], *, seconds: float, seed: int) -> tuple[str, ...]:
    """The cards of a session of so many seconds: what is due by date first, new ones as far as the time fits.

    Cards due on the same day are mixed by the seed over all decks; new cards are spread evenly among the reviews and
    keep their order, which is the lecture's. Cards seen elsewhere today come last. At least one card is planned.
    """
    shuffled = list({one.card: one for one in due}.values())
    random.Random(seed).shuffle(shuffled)
    by_date = sorted(shuffled, key=lambda one: (one.seen_elsewhere, one.due or 0))
    chosen = list(_fitting([*by_date, *new], seconds))
    reviews = [one for one in chosen if one.due is not None]
    return tuple(one.card for one in _siblings_apart(_spread(reviews, [one for one in chosen if one.due is None])))


def _fitting(cards: Iterable[Waiting], seconds: float) -> Iterable[Waiting]:
    used = 0.0
    for one in cards:
        if used and used + one.seconds > seconds:
            return
        used += one.seconds
        yield one


def _spread(reviews: Sequence[Waiting], new: Sequence[Waiting]) -> list[Waiting]:
    """Both in their own order, the new ones at even distances among the reviews."""
    placed = [((i + 1) / (len(reviews) + 1), 0, one) for i, one in enumerate(reviews)]
    placed += [((i + 0.5) / len(new), 1, one) for i, one in enumerate(new)]
    return [one for _, _, one in sorted(placed, key=lambda place: place[:2])]


def _siblings_apart(cards: Sequence[Waiting]) -> list[Waiting]:
    """The same cards, each put off until its siblings are far enough behind, as long as others are left.

    A family that would not fit any more behind what is left if it waited goes first.
    """
    left, placed = list(cards), list[Waiting]()
    members = Counter(one.family for one in left)
    while left:
        recent = {one.family for one in placed[-SIBLINGS_APART:]}
        free = [i for i, one in enumerate(left) if one.family not in recent]
        pressing = (i for i in free if (members[left[i].family] - 1) * (SIBLINGS_APART + 1) + 1 >= len(left))
        chosen = left.pop(next(pressing, free[0] if free else 0))
        members[chosen.family] -= 1
        if not members[chosen.family]:
            del members[chosen.family]
        placed.append(chosen)
    return placed


@dataclass(frozen=True, slots=True)
class Queue:
    """The cards still to be asked, the next one first. A card stands in it at most once."""

    waiting: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.waiting)

    @property
    def next_card(self) -> str | None:
        """The card to ask now, or None when nothing is left."""
        return self.waiting[0] if self.waiting else None

    def without(self, card: str) -> Queue:
        """The queue once a card is done, buried or suspended."""
        return replace(self, waiting=tuple(one for one in self.waiting if one != card))

    def again(self, card: str, after: int) -> Queue:
        """The queue with a card to come back after so many others, or at the end if fewer are left."""
        others = self.without(card).waiting
        return replace(self, waiting=(*others[:after], card, *others[after:]))

    def first(self, card: str) -> Queue:
        """The queue with a card to be asked next, as after an undo."""
        return self.again(card, 0)

    def extended(self, cards: Iterable[str]) -> Queue:
        """The queue with more cards behind; those that wait already are not asked twice."""
        waiting = set(self.waiting)
        return replace(self, waiting=(*self.waiting, *(one for one in cards if one not in waiting)))
