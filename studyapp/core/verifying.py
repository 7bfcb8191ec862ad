"""What a verification runs, and what each run says of the cards that rely on it and of the simulation's own claims."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from studyapp.core.experiments.target import measured as target_measured
from studyapp.core.experiments.target import met, named, wanted
from studyapp.core.linking import margin, nearest
from studyapp.core.questions import draw
from studyapp.model import Card, ParameterValue
from studyapp.simulation import Claim, Description, ParameterError, Run, Verdict, claim_numbers


@dataclass(frozen=True, slots=True)
class Wanted:
    """One run: a simulation, the parameters that are given to it, a seed, and the cards that rely on it."""

    simulation: str
    parameters: Mapping[str, ParameterValue]
    seed: int
    cards: tuple[Card, ...] = ()

    @property
    def place(self) -> str:
        """The simulation with its parameters, in one word that is the same for the same ones."""
        return json.dumps([self.simulation, sorted(self.parameters.items())])


@dataclass(frozen=True, slots=True)
class Failure:
    """What a run did not bear out: where, with what, and what was measured against what.

    It is about a card, or about a claim of the simulation alone if `card` is empty. `parameters` are all that the run
    had, and `given` those that it was given; the rest had their defaults. Without `claim` there was no run.
    """

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
    given: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of `verify`: how much was run, and what failed."""

    cards: int
    runs: int
    claims: int
    failures: tuple[Failure, ...]


# --- which runs -----------------------------------------------------------------------------------


def relied_on(cards: Iterable[Card], seeds: int) -> list[Wanted]:
    """The runs that cards rely on, each once: the parameters that every card draws for every seed, and where it has
    something to be found, those that meet it."""
    return _shared(
        Wanted(card.simulation.name, {**draw(card, seed), **changed}, seed, (card,))
        for card in cards
        if card.simulation is not None
        for seed in range(seeds)
        for changed in ({}, *([card.target.solution] if card.target is not None else []))
    )


def everything(known: Mapping[str, Description], cards: Iterable[Card], seeds: int) -> list[Wanted]:
    """Every simulation at its defaults and at each place that its claims name, and what cards rely on, each run once.

    Parameters that have their default value are left out, so that it does not matter who wrote them down.
    """
    own = (
        Wanted(name, place, seed)
        for name, description in known.items()
        for place in ({}, *(place for claim in description.claims for place in claim.at))
        for seed in range(seeds)
    )
    every = [*own, *relied_on(cards, seeds)]
    return _shared(Wanted(one.simulation, _changes(known, one), one.seed, one.cards) for one in every)


def _changes(known: Mapping[str, Description], wanted: Wanted) -> Mapping[str, ParameterValue]:
    """What differs from the defaults; all that was given, if it is not known or does not fit: the run will tell."""
    try:
        description = known[wanted.simulation]
        accepted = description.accept(wanted.parameters)
    except (KeyError, ParameterError):
        return wanted.parameters
    defaults = description.accept({})
    return {name: value for name, value in accepted.items() if value != defaults[name]}


def _shared(every: Iterable[Wanted]) -> list[Wanted]:
    """Each run once, with all the cards that rely on it."""
    found: dict[tuple[str, int], Wanted] = {}
    for one in every:
        before = found.get((one.place, one.seed))
        cards = (*before.cards, *one.cards) if before is not None else one.cards
        found[one.place, one.seed] = Wanted(one.simulation, one.parameters, one.seed, cards)
    return list(found.values())


# --- what a run says ------------------------------------------------------------------------------


def failures(wanted: Wanted, outcome: Run | Exception) -> list[Failure]:
    """Where a run, or what was raised instead of one, does not bear out the cards that rely on it."""
    if isinstance(outcome, Run):
        return [failure for card in wanted.cards for failure in judged(card, outcome, wanted.parameters)]
    return [
        Failure(card.id, wanted.simulation, wanted.parameters, wanted.seed, "", str(outcome), given=wanted.parameters)
        for card in wanted.cards
    ]


def judged(card: Card, run: Run, given: Mapping[str, ParameterValue]) -> list[Failure]:
    """Where a run does not bear a card out.

    A claim that backs a card must hold (one that does not apply there backs nothing, so that is a failure too); a
    computed card's measurement must lie within half its tolerance of the key. Cards that only illustrate must run.
    """
    return list(_judged(card, run, given))


def _judged(card: Card, run: Run, given: Mapping[str, ParameterValue]) -> Iterator[Failure]:
    assert card.simulation is not None
    target = card.target
    if target is not None:
        solved = all(run.parameters.get(name) == value for name, value in target.solution.items())
        number = target_measured(target, run)
        if met(target, run) is not solved:
            found = f"is {number:.4g}" if number is not None else "has no number"
            where = f"at the solution; wanted is {wanted(target)}" if solved else "before any change, which meets it"
            yield Failure(
                card.id,
                run.simulation,
                run.parameters,
                run.seed,
                target.value,
                f"{named(target)} {found} {where}",
                *(number, None, target.above, target.below),
                given=given,
            )
        if solved:
            return  # the claims that back the card are about its own parameters
    by_name = {claim.name: claim for claim in run.claims}
    for name in card.simulation.claims:
        claim = by_name.get(name)
        if claim is None:
            what = f"there is no claim {name!r}; {nearest(name, by_name)}"
            yield Failure(card.id, run.simulation, run.parameters, run.seed, name, what, given=given)
        elif claim.verdict is not Verdict.HOLDS:
            yield _failed(card.id, run, claim, given)
    asked = card.answer
    if asked is None:
        return
    measured, expected = (_element(values, asked.value, asked.index) for values in (run.values, run.expected))
    if measured is None or expected is None:
        what = f"no measured and expected value {asked.value!r} at these parameters"
        yield Failure(card.id, run.simulation, run.parameters, run.seed, asked.value, what, given=given)
    elif abs(measured - expected) > (half := margin(expected, asked) / 2):
        what = f"measured {measured:.6g} is not within half the tolerance of the key {expected:.6g}"
        told = (measured, expected, expected - half, expected + half)
        yield Failure(card.id, run.simulation, run.parameters, run.seed, asked.value, what, *told, given=given)


def false_claims(run: Run, given: Mapping[str, ParameterValue]) -> list[Failure]:
    """The claims of the simulation that the run does not bear out, whether or not a card relies on them.

    Those about a share of the seeds are left to `Tally`: one run says little of them.
    """
    failed = [claim for claim in run.claims if claim.verdict is Verdict.FAILS and claim.share >= 1]
    return [_failed("", run, claim, given) for claim in failed]


def too_few(run: Run, claim: Claim, given: Mapping[str, ParameterValue], held: int, spoken: int) -> Failure:
    """That a claim about a share of the seeds held on too few of them; the run is one in which it did not."""
    what = f"claim {claim.name} ({claim.id}) holds on {held} of {spoken} seeds, and {100 * claim.share:g} % are claimed"
    return replace(_failed("", run, claim, given), what=what)


def _failed(card: str, run: Run, claim: Claim, given: Mapping[str, ParameterValue]) -> Failure:
    what = f"claim {claim.name} ({claim.id}) {claim.verdict}"
    if claim.verdict is Verdict.FAILS:
        what += f": {claim_numbers(claim)}"
    numbers = (claim.measured, claim.expected, claim.low, claim.high)
    return Failure(card, run.simulation, run.parameters, run.seed, claim.name, what, *numbers, given=given)


def _element(values: Mapping[str, Any], name: str, index: int | None) -> float | None:
    value = values.get(name)
    if index is not None and isinstance(value, Sequence) and -len(value) <= index < len(value):
        value = value[index]
    return float(value) if isinstance(value, int | float) else None
