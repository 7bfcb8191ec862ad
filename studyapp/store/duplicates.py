"""Two cards with one id: which one counts, and where the others are."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from studyapp.model import DRAFT, Card, Problem


class Place(NamedTuple):
    """Where an id stands."""

    id: str
    deck: str
    line: int
    drafted: bool = False


def duplicates(cards: Iterable[Card | Place]) -> list[Problem]:
    """A problem for each heading whose id an earlier one has, naming both; the first that is no draft counts."""
    places = sorted({(one.id.partition(":")[0], one.id, _is_draft(one), one.deck, one.line) for one in cards})
    found = {}
    for _, same in groupby(places, key=lambda place: place[1]):
        (_, _, _, first, first_line), *others = same
        for name, _, _, path, line in others:
            what = f"has the same id as {first}:{first_line}, which is the one that counts"
            remedy = "give the copy another id: what was learned stays with the card that keeps this one"
            found[path, line] = Problem(path, line, name, what, remedy)
    return list(found.values())


def _is_draft(one: Card | Place) -> bool:
    return one.drafted if isinstance(one, Place) else DRAFT in one.tags
