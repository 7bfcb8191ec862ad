"""Whether the simulations bear the cards out: every claim a card relies on, run for many seeds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studyapp.core.linking import margin, nearest
from studyapp.core.questions import draw
from studyapp.lab import Laboratory
from studyapp.model import Card, ParameterValue
from studyapp.runs.errors import SimulationError
from studyapp.simulation import Claim, Run, Verdict, claim_numbers


@dataclass(frozen=True, slots=True)
class Failure:
    """A card whose simulation did not bear it out: where, with what, and what was measured against what."""

    card: str
    simulation: str
    parameters: Mapping[str, object]
    seed: int
    claim: str
    what: str
    measured: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of `verify`: how much was run, and what failed."""

    cards: int
    runs: int
    claims: int
    failures: tuple[Failure, ...]


async def verify(
    laboratories: Sequence[Laboratory],
    cards: Iterable[Card],
    seeds: int,
    progress: Callable[[int, int], None],
) -> Verification:
    """Run every simulation that cards rely on, at each card's parameters drawn for each seed, and judge the outcome.

    A claim that backs a card must hold (one that does not apply there backs nothing, so that is a failure too); a
    computed card's measurement must lie within half its tolerance of the key. Cards that only illustrate must run.
    Runs that several cards share are made once; the laboratories, one process each, share the work.
    """
    wanted: dict[str, tuple[str, Mapping[str, ParameterValue], int, list[Card]]] = {}
    cards = [card for card in cards if card.simulation is not None]
    for card in cards:
        assert card.simulation is not None
        for seed in range(seeds):
            parameters = draw(card, seed)
            identity = json.dumps([card.simulation.name, sorted(parameters.items()), seed])
            wanted.setdefault(identity, (card.simulation.name, parameters, seed, []))[3].append(card)
    work = list(wanted.values())
    claims, done, failures = 0, 0, list[Failure]()
    queue = iter(work)

    async def worked(laboratory: Laboratory) -> None:
        nonlocal claims, done
        for name, parameters, seed, relying in queue:
            try:
                run = await laboratory.run(name, parameters, seed)
            except (SimulationError, ValueError) as error:
                failures.extend(Failure(card.id, name, parameters, seed, "", str(error)) for card in relying)
            else:
                for card in relying:
                    claims += len(card.simulation.claims) if card.simulation else 0
                    failures.extend(judged(card, run))
            done += 1
            progress(done, len(work))

    await asyncio.gather(*(worked(laboratory) for laboratory in laboratories))
    order = {card.id: position for position, card in enumerate(cards)}
    failures.sort(key=lambda one: (order[one.card], one.seed))
    return Verification(len(cards), len(work), claims, tuple(failures))


def judged(card: Card, run: Run) -> list[Failure]:
    """Where a run does not bear a card out."""
    assert card.simulation is not None
    found = []
    by_name = {claim.name: claim for claim in run.claims}
    for name in card.simulation.claims:
        claim = by_name.get(name)
        if claim is None:
            what = f"there is no claim {name!r}; {nearest(name, by_name)}"
            found.append(Failure(card.id, run.simulation, run.parameters, run.seed, name, what))
        elif claim.verdict is not Verdict.HOLDS:
            found.append(_failed(card, run, claim))
    asked = card.answer
    if asked is not None:
        measured, expected = (
            _element(run.values, asked.value, asked.index),
            _element(run.expected, asked.value, asked.index),
        )
        if measured is None or expected is None:
            what = f"no measured and expected value {asked.value!r} at these parameters"
            found.append(Failure(card.id, run.simulation, run.parameters, run.seed, asked.value, what))
        elif abs(measured - expected) > (half := margin(expected, asked) / 2):
            what = f"measured {measured:.6g} is not within half the tolerance of the key {expected:.6g}"
            bounds = (expected - half, expected + half)
            found.append(
                Failure(
                    card.id, run.simulation, run.parameters, run.seed, asked.value, what, measured, expected, *bounds
                )
            )
    return found


def _failed(card: Card, run: Run, claim: Claim) -> Failure:
    what = f"claim {claim.name} ({claim.id}) {claim.verdict}"
    if claim.verdict is Verdict.FAILS:
        what += f": {claim_numbers(claim)}"
    numbers = (claim.measured, claim.expected, claim.low, claim.high)
    return Failure(card.id, run.simulation, run.parameters, run.seed, claim.name, what, *numbers)


def _element(values: Mapping[str, Any], name: str, index: int | None) -> float | None:
    value = values.get(name)
    if index is not None and isinstance(value, Sequence) and -len(value) <= index < len(value):
        value = value[index]
    return float(value) if isinstance(value, int | float) else None
