"""How `studyapp verify` tells what it found: a line for each failure, a table of all simulations, and as JSON."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from studyapp.cli.printing import counted, finite, plain
from studyapp.core.tally import Record
from studyapp.core.verifying import Failure, Verification
from studyapp.verification import Survey

HEADING = ("simulation", "runs", "held", "failed", "silent", "slowest")
"""Runs, then claims: how many held wherever they spoke, failed somewhere, never spoke; then the longest run."""

Here = Callable[[str], str]
"""Makes a command line one that works here: with the data folder, if it is not the usual one."""


def command(failure: Failure) -> str:
    """The command that repeats a failure's run, every parameter written so that it is read as the same number."""
    options = "".join(f" --{name}={shlex.quote(_exact(value))}" for name, value in failure.given.items())
    return f"studyapp run {failure.simulation}{options} --seed {failure.seed}"


def _exact(value: object) -> str:
    match value:
        case float() if float(plain(value)) != value:
            return repr(value)
        case tuple():
            return ",".join(map(_exact, value))
    return plain(value)


def card_line(failure: Failure, here: Here) -> str:
    """A card that is not borne out; what cannot be run says itself what to do."""
    again = "" if "; " in failure.what else f"; `{here(command(failure))}` shows it"
    return f"✗ {failure.card}: {failure.what}{again}"


def simulation_line(failure: Failure, here: Here) -> str:
    """A claim of a simulation that failed, or why the simulation does not run."""
    given = "".join(f", {name}={plain(value)}" for name, value in failure.given.items())
    again = here(command(failure))
    return f"✗ {failure.simulation}{given}, seed {failure.seed}: {failure.what}; `{again}` shows it"


# --- all simulations ------------------------------------------------------------------------------


def rows(records: Sequence[Record]) -> list[tuple[object, ...]]:
    """The table's rows, one for each simulation; where one does not run, nothing is said of its claims."""
    return [
        (
            one.simulation,
            one.runs,
            *(("-", "-", "-") if one.error else map(len, groups)),
            f"{one.slowest:.2f} s" if one.runs else "-",
        )
        for one, groups in zip(records, _groups(records), strict=True)
    ]


def _groups(records: Iterable[Record]) -> list[tuple[tuple[str, ...], ...]]:
    return [(one.held, one.failed, one.silent) for one in records]


def failed_lines(survey: Survey, here: Here) -> Iterator[str]:
    """A line for all that failed, each kind of failure once, with the number of runs that show it."""
    failures = survey.verification.failures
    broken = {record.simulation for record in survey.records if record.error}
    relying = Counter(name for _, name in {(one.card, one.simulation) for one in failures if one.card})
    told = [one for one in failures if not (one.card and not one.claim and one.simulation in broken)]
    times = Counter(map(_kind, told))
    first: dict[tuple[object, ...], Failure] = {}
    for failure in sorted(told, key=lambda one: bool(one.card)):
        first.setdefault(_kind(failure), failure)
    shown = {failure.simulation for failure in told if not failure.card and not failure.claim}
    for record in survey.records:
        if record.error and record.simulation not in shown:
            yield f"✗ {record.simulation}: {record.error}{_relying(relying[record.simulation])}"
    for kind, failure in first.items():
        more = f", and so {'does' if times[kind] == 2 else 'do'} {counted(times[kind] - 1, 'more run')}"
        line = card_line(failure, here) if failure.card else simulation_line(failure, here)
        cards = "" if failure.card or failure.claim else _relying(relying[failure.simulation])
        yield line + (more if times[kind] > 1 else "") + cards
    for problem in survey.problems:
        yield f"✗ {problem}"


def _relying(cards: int) -> str:
    return f"; {counted(cards, 'card relies', 'cards rely')} on it" if cards else ""


def left_lines(survey: Survey, here: Here) -> Iterator[str]:
    """A line for all that was not judged, which is no failure."""
    for record in survey.records:
        for name in record.silent:
            yield f"· {record.simulation}: claim {name} never spoke: give its @claim an `at`"
    for name in survey.not_run:
        yield f"· {name} was not run, as you have not allowed it; `{here(f'studyapp run {name}')}` shows it and asks"


def _kind(failure: Failure) -> tuple[object, ...]:
    """What counts as the same failure, whatever the seed: for a card, also whatever it drew."""
    place = () if failure.card else tuple(failure.given.items())
    return failure.card, failure.simulation, failure.claim, place


def verdict(survey: Survey) -> str:
    """What came of it all, without the figures of the work."""
    records, found = survey.records, survey.verification
    held, failed, silent = (sum(len(one[i]) for one in _groups(records)) for i in range(3))
    broken = sum(bool(record.error) for record in records)
    cards = len({failure.card for failure in found.failures if failure.card})
    wrong = [
        f"{failed} of {counted(held + failed + silent, 'claim')} failed" if failed else "",
        f"{broken} of {counted(len(records), 'simulation')} did not run" if broken else "",
        f"{cards} of {counted(found.cards, 'card')} failed" if cards else "",
        f"{counted(len(survey.problems), 'file')} left out" if survey.problems else "",
    ]
    if any(wrong):
        return ", ".join(filter(None, wrong))
    every = "all " if held > 1 and not silent else ""
    what = counted(held, "claim") + (f" and {counted(found.cards, 'card')}" if found.cards else "")
    never = f", {counted(silent, 'claim')} never spoke" if silent else ""
    return f"{every}{what} {'holds' if held == 1 and not found.cards else 'hold'}{never}"


def cards_hold(cards: int) -> str:
    """That so many cards were borne out."""
    return f"all {cards} cards hold" if cards > 1 else "the card holds" if cards else "no card has a simulation"


def verification_json(found: Verification, seeds: int, seconds: float) -> dict[str, Any]:
    """A verification as `studyapp verify --json` prints it."""
    return {
        "cards": found.cards,
        "runs": found.runs,
        "claims": found.claims,
        "seeds": seeds,
        "seconds": round(seconds, 3),
        "failures": [_failure_json(failure) for failure in found.failures],
    }


def survey_json(survey: Survey, seeds: int, seconds: float) -> dict[str, Any]:
    """The same of all simulations, as `studyapp verify --all --json` prints it."""
    return {
        **verification_json(survey.verification, seeds, seconds),
        "simulations": [{**asdict(record), "slowest": round(record.slowest, 6)} for record in survey.records],
        "not_run": list(survey.not_run),
        "problems": [asdict(problem) for problem in survey.problems],
    }


def _failure_json(failure: Failure) -> Mapping[str, Any]:
    return {
        "card": failure.card or None,
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
