"""The parts and tags that an exam can be about, and one clear line on a name that is none of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from studyapp.core.exam.making import Blueprint
from studyapp.core.exam.paper import PaperError
from studyapp.model import Card

MOST = 20
"""So many of the known names are told."""


@dataclass(frozen=True, slots=True)
class Names:
    """The parts and tags of some cards, in the order of the decks."""

    parts: tuple[str, ...]
    tags: tuple[str, ...]


def names(cards: Iterable[Card], decks: Collection[str] = ()) -> Names:
    """What cards of these decks can be chosen by; of all, where none is named."""
    parts, tags = dict[str, None](), dict[str, None]()
    for card in cards:
        if not decks or card.deck in decks:
            parts |= dict.fromkeys([card.part] if card.part else [])
            tags |= dict.fromkeys(card.tags)
    return Names(tuple(parts), tuple(tags))


def refuse_unknown(cards: Iterable[Card], blueprint: Blueprint) -> None:
    """PaperError for a part or tag that no card of the blueprint's decks has: the nearest, and those there are.

    Upper and lower case make no difference to parts, as in `Blueprint.wants`.
    """
    if blueprint.cards or not (blueprint.parts or blueprint.tags):
        return
    known = names(cards, blueprint.decks)
    where = "in these decks" if blueprint.decks else "in any deck"
    by_case = {part.casefold(): part for part in known.parts}
    for part in blueprint.parts:
        if part.casefold() not in by_case:
            raise PaperError(_unknown("part", part, where, by_case, part.casefold()))
    for tag in blueprint.tags:
        if tag not in known.tags:
            raise PaperError(_unknown("tag", tag, where, {one: one for one in known.tags}, tag))


def _unknown(kind: str, name: str, where: str, known: dict[str, str], like: str) -> str:
    near = get_close_matches(like, known, n=1)
    meant = f"did you mean {known[near[0]]!r}? " if near else ""
    told = list(known.values())
    rest = [f"and {len(told) - MOST} more"] * (len(told) > MOST)
    there = f"there is {', '.join([*told[:MOST], *rest])}" if told else f"there are no {kind}s"
    return f"no question {where} has the {kind} {name!r:.60}; {meant}{there}"
