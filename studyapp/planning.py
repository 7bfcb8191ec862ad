"""Which cards a session gets: what the store says is waiting, within the day's limits and the session's minutes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studyapp.core.queue import Waiting, plan
from studyapp.model import Day, Kind
from studyapp.store import Store

SECONDS = {
    Kind.BASIC: 20.0,
    Kind.CHOICE: 20.0,
    Kind.CLOZE: 15.0,
    Kind.COMPUTED: 45.0,
    Kind.STEPS: 90.0,
    Kind.REFUTE: 25.0,
}
"""What a card of each kind is expected to take until the learner's own answers say better."""

LONGEST_SECONDS = 120
"""A longer answer was a pause, not study: it counts as this much in what a card is expected to take."""


NEW_TAKES = 1.5
"""A new card takes so many times as long as a review of its kind."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a day may bring over all decks together: new cards and reviews."""

    new: int = 20
    reviews: int = 200


def seconds_by_kind(store: Store) -> dict[Kind, float]:
    """What a card of each kind is expected to take, from the learner's own answers where there are any."""
    return {**SECONDS, **store.median_seconds(LONGEST_SECONDS)}


def planned(
    store: Store, today: Day, decks: Iterable[str], limits: Limits, *, minutes: float, seed: int
) -> tuple[str, ...]:
    """The cards of a session over some decks (all, if none is named), in the order they are asked.

    What is asked again today always belongs to it; reviews and new cards as far as the day's limits are not used up.
    """
    decks = tuple(decks)
    new_done, reviews_done = store.done_on(today)
    seconds = seconds_by_kind(store)
    due = store.drilling(today, decks) + store.due(today, decks, limit=max(0, limits.reviews - reviews_done))
    reviews = [Waiting(row.card, row.family, row.due, seconds[row.kind], row.seen_on == today) for row in due]
    unseen = store.unseen(today, decks, limit=max(0, limits.new - new_done))
    new = [Waiting(row.card, row.family, None, NEW_TAKES * seconds[row.kind]) for row in unseen]
    return plan(reviews, new, seconds=60.0 * minutes, seed=seed)


def waiting_minutes(store: Store, today: Day, new: int) -> tuple[float, float]:
    """How many minutes all that is due is expected to take, and so many new cards, as a session counts them."""
    seconds = seconds_by_kind(store)
    due = sum(number * seconds[kind] for kind, number in store.due_kinds(today).items())
    unseen = store.unseen(today, limit=new) if new else []
    return due / 60, sum(NEW_TAKES * seconds[row.kind] for row in unseen) / 60


def expected_minutes(store: Store, cards: Iterable[str]) -> float:
    """How long these cards are expected to take."""
    seconds = seconds_by_kind(store)
    return sum(seconds[card.kind] for one in cards if (card := store.card(one)) is not None) / 60
