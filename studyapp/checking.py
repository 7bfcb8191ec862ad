"""`studyapp check`: every deck parsed afresh, and held against the simulations and what a screen can show."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from studyapp.authoring import at_its_key, read_deck
from studyapp.core.backing import Backing, backing
from studyapp.decks.formulas import unreadable
from studyapp.decks.length import COLUMNS, MOST_LINES, MOST_SHIPPED, answer_lines
from studyapp.lab import Laboratory
from studyapp.model import Card, Problem
from studyapp.store import duplicates


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `studyapp check` found: how many cards of which kinds, and every problem."""

    cards: int
    kinds: Mapping[str, int]
    problems: tuple[Problem, ...]


async def check(
    files: Mapping[str, Path], unread: Iterable[Problem], *, shipped: Path, laboratory: Laboratory
) -> CheckReport:
    """All that is wrong with the deck files, by their relative paths; `unread` is what could not even be listed.

    Decks under the folder `shipped` are held to more: each card launches a simulation, each answer fits on one glance.
    """
    decks = [read_deck(file, name)[0] for name, file in files.items()]
    cards = [card for deck in decks for card in deck.cards]
    families = list({(card.deck, card.family): card for card in reversed(cards)}.values())  # they share their texts
    ours = {name for name, file in files.items() if file.absolute().is_relative_to(shipped)}
    wrong = [*unread, *(problem for deck in decks for problem in deck.problems), *duplicates(cards)]
    wrong += _without_simulation(cards, ours)
    wrong += _too_long(families, ours)
    wrong += [problem for card in families for problem in unreadable(card, files[card.deck])]
    found = await laboratory.check(cards)
    wrong += [at_its_key(problem, files[problem.path]) if problem.path in files else problem for problem in found]
    kinds: dict[str, int] = {}
    for card in cards:
        kinds[card.kind.value] = kinds.get(card.kind.value, 0) + 1
    return CheckReport(len(cards), kinds, tuple(sorted(wrong, key=lambda one: (one.path, one.line))))


def _without_simulation(cards: Iterable[Card], shipped: Container[str]) -> Iterator[Problem]:
    for card in cards:
        if backing(card) is Backing.NONE and card.deck in shipped:
            what, remedy = "a shipped card launches a simulation", "name one in a [simulation] table"
            yield Problem(card.deck, card.line, card.id, what, remedy)


def _too_long(cards: Iterable[Card], shipped: Container[str]) -> Iterator[Problem]:
    """Answers that do not fit on a screen; in a shipped deck, on one glance."""
    for card in cards:
        most = MOST_SHIPPED if card.deck in shipped else MOST_LINES
        if (lines := answer_lines(card)) > most:
            what = f"the answer takes {lines} lines of {COLUMNS} columns, and {most} fit"
            remedy = "shorten it, or make two cards of it"
            yield Problem(card.deck, card.line, card.id, what, remedy)
