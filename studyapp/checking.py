"""`studyapp check`: every deck parsed afresh, and held against the simulations and what a screen can show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from studyapp.authoring import at_its_key, read_deck
from studyapp.core.backing import Backing, backing
from studyapp.core.linking import combinations, problems, silent, too_close
from studyapp.decks import read_file
from studyapp.decks.alike import alike
from studyapp.decks.clean import clean
from studyapp.decks.formulas import unreadable
from studyapp.decks.length import COLUMNS, MOST_LINES, MOST_SHIPPED, answer_lines
from studyapp.decks.lint import lint
from studyapp.lab import Laboratory
from studyapp.model import DRAFT, Card, Problem, SimulationLink
from studyapp.runs.errors import SimulationError
from studyapp.simulation import Description
from studyapp.store import duplicates

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `studyapp check` found: how many cards of which kinds, every problem, what could be written better, and
    copies of shipped decks that have changed since.
    """

    cards: int
    kinds: Mapping[str, int]
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]
    outdated: tuple[Problem, ...]


async def check(
    files: Mapping[str, Path],
    unread: Iterable[Problem],
    outdated: Iterable[Problem],
    *,
    shipped: Path,
    laboratory: Laboratory,
) -> CheckReport:
    """All that is wrong with the deck files, by their relative paths; `unread` is what could not even be listed.
    `outdated` are copies of shipped decks that have changed since.

    Decks under the folder `shipped` are held to more: each card launches a simulation, each answer fits on one glance,
    and what is only a remark about another deck is a problem of theirs.
    """
    decks = [read_deck(file, name)[0] async for name, file in _in_turn(files.items())]
    cards = [card for deck in decks for card in deck.cards]
    kept = [card for card in cards if DRAFT not in card.tags]  # how a draft is written is judged once it is accepted
    families = list({(card.deck, card.family): card for card in reversed(kept)}.values())  # they share their texts
    ours = {name for name, file in files.items() if file.absolute().is_relative_to(shipped)}
    wrong = [*unread, *(problem for deck in decks for problem in deck.problems), *duplicates(cards)]
    wrong += _without_simulation(cards, ours)
    wrong += [problem async for card in _in_turn(families) for problem in _too_long(card, card.deck in ours)]
    lines = {deck: clean(read_file(files[deck]), deck).lines for deck in {card.deck for card in families}}
    wrong += [problem async for card in _in_turn(families) for problem in unreadable(card, lines[card.deck])]
    found = await check_links(laboratory, cards)
    wrong += [at_its_key(one, read_file(files[one.path])) if one.path in files else one for one in found]
    written = ([card for card in deck.cards if DRAFT not in card.tags] for deck in decks)
    remarks = [remark async for own in _in_turn(written) for remark in lint(own)] + [*alike(kept)]
    wrong += [remark for remark in remarks if remark.path in ours]
    kinds: dict[str, int] = {}
    for card in cards:
        kinds[card.kind.value] = kinds.get(card.kind.value, 0) + 1
    others = _sorted(one for one in remarks if one.path not in ours)
    return CheckReport(len(cards), kinds, _sorted(wrong), others, tuple(outdated))


async def _in_turn(things: Iterable[T]) -> AsyncIterator[T]:
    """One thing after the other, with a turn for everybody else before each: a screen goes on taking keys."""
    for one in things:
        await asyncio.sleep(0)
        yield one


def _sorted(found: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(found, key=lambda one: (one.path, one.line)))


def still_to_mend(
    card: Card, markdown: str, known: Mapping[str, Description], there: Container[str]
) -> tuple[Problem, ...]:
    """What is wrong with the formulas of a sound card, read alone, and with what it says of its simulation.

    `known` are the simulations that could be described; of one that is `there` and may not run, nothing is said.
    """
    found = unreadable(card, markdown.replace("\r\n", "\n").split("\n"))
    unread = card.simulation is not None and card.simulation.name in there and card.simulation.name not in known
    if known and not unread:
        data = markdown.encode(errors="replace")
        found += [at_its_key(one, data) for one in problems([card], known)]
    return tuple(found)


async def check_links(laboratory: Laboratory, cards: Iterable[Card]) -> list[Problem]:
    """What is wrong between cards and simulations.

    Unknown names, values out of bounds, claims that do not apply, keys that cannot be computed, and mistakes too
    close to the key.
    """
    cards = list(cards)
    known, wrong = await laboratory.descriptions()
    untrusted = {name for name, source in laboratory.found.sources.items() if not laboratory.trusted(source)}
    checked = [card for card in cards if card.simulation is None or card.simulation.name not in untrusted]
    wrong += problems(checked, known)
    refused = {(one.path, one.card) for one in wrong}
    for card in checked:
        if card.simulation is not None and (card.deck, card.id) not in refused:
            wrong += await _check_claims(laboratory, card, card.simulation, known[card.simulation.name])
            wrong += await _check_answer(laboratory, card, card.simulation)
    return wrong


async def _check_claims(
    laboratory: Laboratory, card: Card, link: SimulationLink, description: Description
) -> list[Problem]:
    if not link.claims:
        return []
    sets = list(combinations(link))
    try:
        applying = await laboratory.applying(link.name, sets)
    except SimulationError as error:
        return [_failed(card, link.line, "[simulation] claims", error)]
    return silent(card, list(zip(sets, map(sorted, applying), strict=True)), description)


async def _check_answer(laboratory: Laboratory, card: Card, link: SimulationLink) -> list[Problem]:
    if card.answer is None:
        return []
    sets = list(combinations(link))
    try:
        keys = await laboratory.keys(card, sets)
        if card.answer.formula:
            await laboratory.formula_samples(card)
    except SimulationError as error:
        return [_failed(card, card.answer.line, "[answer] value", error)]
    return too_close(card, list(zip(sets, keys, strict=True)))


def _failed(card: Card, line: int, key: str, error: SimulationError) -> Problem:
    """An error that a card's settings led to, at that card: by the key the error names, else by the one given."""
    if error.place.startswith("["):
        what = f"{error.place}: {error.what}"
    else:
        place = f"{error.place}:{error.line}" if error.line else error.place
        what = f"{key}: {place}: {error.what}"
    return Problem(card.deck, line or card.line, card.id, what, error.remedy or "correct the simulation")


def _without_simulation(cards: Iterable[Card], shipped: Container[str]) -> Iterator[Problem]:
    for card in cards:
        if backing(card) is Backing.NONE and card.deck in shipped:
            what, remedy = "a shipped card launches a simulation", "name one in a [simulation] table"
            yield Problem(card.deck, card.line, card.id, what, remedy)


def _too_long(card: Card, shipped: bool) -> Iterator[Problem]:
    """An answer that does not fit on a screen; in a shipped deck, on one glance."""
    most = MOST_SHIPPED if shipped else MOST_LINES
    if (lines := answer_lines(card)) > most:
        what = f"the answer takes {lines} lines of {COLUMNS} columns, and {most} fit"
        yield Problem(card.deck, card.line, card.id, what, "shorten it, or make two cards of it")
