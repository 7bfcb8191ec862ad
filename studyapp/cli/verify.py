"""`studyapp verify`: every simulation that a card relies on, run for several seeds on all cores."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import click

from studyapp.cli.arguments import Whole
from studyapp.cli.common import Call, common, json_option
from studyapp.cli.printing import Bar, counted, finite, one_line, plain, print_json, say
from studyapp.library import Library
from studyapp.model import Card, SimulationLink
from studyapp.verification import Failure, Verification
from studyapp.verification import verify as verified


@click.command(short_help="Run every simulation that a card relies on.")
@click.argument("deck", nargs=-1)
@click.option("--seeds", type=Whole(1, 10_000), default=1, show_default=True, help="Draws of each card.")
@json_option
@common
def verify(call: Call, deck: tuple[str, ...], seeds: int, as_json: bool) -> int:
    """Run every simulation that a card of the DECKs (all, if none is named) relies on; exit 1 if a claim fails.

    \b
    studyapp verify
    studyapp verify lesson-1 --seeds 20

    JSON: {cards, runs, claims, seeds, seconds, failures: [{card, simulation, parameters, seed, claim, what, measured,
    expected, low, high}]}.
    """
    begun = time.perf_counter()
    with call.library() as library:
        chosen = set(library.matching(deck))
        cards = [card for card in library.store.cards() if not chosen or card.deck in chosen]
        found = asyncio.run(_verified(library, cards, seeds))
        library.verified(cards, seeds, found)
    seconds = time.perf_counter() - begun
    if as_json:
        print_json(verification_json(found, seeds, seconds))
    else:
        links = {card.id: card.simulation for card in cards if card.simulation is not None}
        for failure in found.failures:
            say(one_line(_failure_line(failure, links[failure.card])))
        failed = len({failure.card for failure in found.failures})
        verdict = f"{failed} of {counted(found.cards, 'card')} failed" if failed else _all_hold(found.cards)
        work = f"{counted(found.runs, 'run')}, {counted(found.claims, 'claim')}, {counted(seeds, 'seed')}"
        say(f"{verdict}: {work}, {seconds:.1f} s")
    return 1 if found.failures else 0


async def _verified(library: Library, cards: list[Card], seeds: int) -> Verification:
    laboratories = [library.another_laboratory() for _ in range(max(1, os.cpu_count() or 1))]
    try:
        with Bar() as bar:
            return await verified(laboratories, cards, seeds, bar.count)
    finally:
        await asyncio.gather(*(one.close() for one in laboratories))


def _all_hold(cards: int) -> str:
    return f"all {cards} cards hold" if cards > 1 else "the card holds" if cards else "no card has a simulation"


def _failure_line(failure: Failure, link: SimulationLink) -> str:
    if "; " in failure.what:
        return f"✗ {failure.card}: {failure.what}"
    chosen = {name: value for name, value in failure.parameters.items() if name in {*link.parameters, *link.vary}}
    options = "".join(f" --{name}={plain(value)}" for name, value in chosen.items())
    again = f"`studyapp run {failure.simulation}{options} --seed {failure.seed}` shows it"
    return f"✗ {failure.card}: {failure.what}; {again}"


def verification_json(found: Verification, seeds: int, seconds: float) -> dict[str, Any]:
    """A verification as `studyapp verify --json` prints it."""
    return {
        "cards": found.cards,
        "runs": found.runs,
        "claims": found.claims,
        "seeds": seeds,
        "seconds": round(seconds, 3),
        "failures": [
            {
                "card": failure.card,
                "simulation": failure.simulation,
                "parameters": dict(failure.parameters),
                "seed": failure.seed,
                "claim": failure.claim,
                "what": failure.what,
                "measured": finite(failure.measured),
                "expected": finite(failure.expected),
                "low": finite(failure.low),
                "high": finite(failure.high),
            }
            for failure in found.failures
        ],
    }
