"""Whose history an entry is: a relink moves all that was logged for one id to another, from that moment on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Relink:
    """One relink of the log: the entry's own id, from which card to which, and whether it still counts."""

    id: str
    card: str
    now: str
    counts: bool = True


class Relinks:
    """All relinks of a log. `Relinks(())` leaves everything where it was logged."""

    def __init__(self, relinks: Iterable[Relink]) -> None:
        self._all = tuple(sorted(relinks, key=lambda one: one.id))

    def __bool__(self) -> bool:
        return bool(self._all)

    def owner(self, card: str, entry: str) -> str:
        """The card that an entry logged for `card` belongs to today."""
        for one in self._all:
            if one.counts and one.id > entry and one.card == card:
                card = one.now
        return card

    def kin(self, cards: Iterable[str]) -> list[str]:
        """These cards and all whose history may have to do with theirs, in order."""
        found = set(cards)
        grown = bool(self._all)
        while grown:
            size = len(found)
            for one in self._all:
                if one.card in found or one.now in found:
                    found |= {one.card, one.now}
            grown = len(found) > size
        return sorted(found)


def chunks(items: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    """The items in pieces of a size that every database takes as parameters of one query."""
    return (items[start : start + size] for start in range(0, len(items), size))
