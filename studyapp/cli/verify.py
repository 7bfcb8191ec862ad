"""`studyapp verify`: the simulations that cards rely on, or all there are, run for several seeds on all cores."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import click

from studyapp.cli import INTERRUPTED
from studyapp.cli.arguments import Whole
from studyapp.cli.common import Call, common, json_option
from studyapp.cli.printing import Bar, counted, one_line, print_json, print_table, say, warn
from studyapp.cli.verify_text import (
    HEADING,
    card_line,
    cards_hold,
    failed_lines,
    left_lines,
    rows,
    survey_json,
    verdict,
    verification_json,
)
from studyapp.core.verifying import Verification
from studyapp.lab import Laboratory
from studyapp.library import Library
from studyapp.verification import Survey, Surveying
from studyapp.verification import verify as verified

T = TypeVar("T")


@click.command(short_help="Run every simulation that a card relies on.")
@click.argument("deck", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Judge every claim of every simulation, and all cards.")
@click.option(
    "--seeds", type=Whole(1, 10_000), default=1, show_default=True, help="Draws of each card, and runs of each place."
)
@json_option
@common
def verify(call: Call, deck: tuple[str, ...], every: bool, seeds: int, as_json: bool) -> int:
    """Run every simulation that a card of the DECKs (all, if none is named) relies on; exit 1 if a claim fails.

    With --all every simulation is run at its defaults and wherever its claims say (`at=`), for each seed, and every
    claim is judged in every run; your own simulations too, if you have allowed them.

    \b
    studyapp verify
    studyapp verify lesson-1 --seeds 20
    studyapp verify --all --seeds 3

    JSON: {cards, runs, claims, seeds, seconds, failures: [{card, simulation, parameters, seed, claim, what, measured,
    expected, low, high}]}; with --all also {simulations: [{simulation, runs, held, failed, silent, slowest, error}],
    not_run, problems: [{path, line, card, what, remedy}]}, and the card of a failure may be null.
    """
    if every and deck:
        raise click.UsageError("--all is about all decks; leave the decks out, or --all")
    begun = time.perf_counter()
    with call.library() as library:
        if every:
            return _all(library, seeds, as_json, begun)
        chosen = set(library.matching(deck))
        cards = [card for card in library.store.cards() if not chosen or card.deck in chosen]
        found = asyncio.run(_with_laboratories(library, lambda them, bar: verified(them, cards, seeds, bar.count)))
        library.verified(cards, seeds, found)
        return _told(library, found, seeds, time.perf_counter() - begun, as_json)


async def _with_laboratories(library: Library, work: Callable[[Sequence[Laboratory], Bar], Awaitable[T]]) -> T:
    """Do some work with a laboratory for each core, which are closed whatever happens."""
    laboratories = [library.another_laboratory() for _ in range(max(1, os.cpu_count() or 1))]
    try:
        with Bar() as bar:
            return await work(laboratories, bar)
    finally:
        await asyncio.gather(*(one.close() for one in laboratories))


# --- the cards ------------------------------------------------------------------------------------


def _told(library: Library, found: Verification, seeds: int, seconds: float, as_json: bool) -> int:
    if as_json:
        print_json(verification_json(found, seeds, seconds))
    else:
        for failure in found.failures:
            say(one_line(card_line(failure, library.here)))
        failed = len({failure.card for failure in found.failures})
        outcome = f"{failed} of {counted(found.cards, 'card')} failed" if failed else cards_hold(found.cards)
        work = f"{counted(found.runs, 'run')}, {counted(found.claims, 'claim')}, {counted(seeds, 'seed')}"
        say(f"{outcome}: {work}, {seconds:.1f} s")
    return 1 if found.failures else 0


# --- all simulations ------------------------------------------------------------------------------


def _all(library: Library, seeds: int, as_json: bool, begun: float) -> int:
    cards = list(library.store.cards())
    surveying = Surveying(cards, seeds)
    try:
        asyncio.run(_with_laboratories(library, lambda them, bar: surveying.run(them, bar.show)))
    except KeyboardInterrupt:
        return _stopped(library, surveying.survey(), surveying.wanted, as_json)
    found, seconds = surveying.survey(), time.perf_counter() - begun
    library.verified(cards, seeds, found.verification)
    if as_json:
        print_json(survey_json(found, seeds, seconds))
    else:
        print_table(HEADING, rows(found.records), right=frozenset(range(1, len(HEADING))))
        say("")
        for line in (*failed_lines(found, library.here), *left_lines(found, library.here)):
            say(one_line(line))
        runs, simulations = found.verification.runs, len(found.records)
        work = f"{counted(simulations, 'simulation')}, {counted(runs, 'run')}, {counted(seeds, 'seed')}"
        say(f"{verdict(found)}: {work}, {seconds:.1f} s")
    return 0 if found.holds else 1


def _stopped(library: Library, found: Survey, wanted: int, as_json: bool) -> int:
    """Say how far it came, and what had failed by then."""
    if not as_json:
        for line in failed_lines(found, library.here):
            say(one_line(line))
    nothing = ", nothing had failed" if found.holds else ""
    after = (
        f"after {found.verification.runs} of {counted(wanted, 'run')}{nothing}" if wanted else "before the first run"
    )
    warn(f"verify: stopped {after}")
    return INTERRUPTED
