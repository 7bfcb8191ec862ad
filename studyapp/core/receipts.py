"""What an answer was computed from, written down so that it can be computed again and compared."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from studyapp.model import ParameterValue

AGREES = 1e-9
"""Two computations of one number agree within this relative error; rounding differs from machine to machine."""

MOST_NUMBERS = 16
"""Values of more numbers are not logged: a learner sees them as a curve, and they would swell the log."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The run beside an answer: which file (by its hash) at which parameters and seed, and what came out.

    `key` has the number that a computed card was judged against, under the name of its value, of an array the element
    `index`. `values` are the run's measured numbers and short arrays; none if the answer came before the run was over.
    """

    simulation: str
    sha256: str
    parameters: Mapping[str, ParameterValue]
    seed: int
    numpy: str
    key: Mapping[str, float]
    values: Mapping[str, Any]
    index: int | None = None

    def told(self) -> dict[str, object]:
        """As the log keeps it."""
        told: dict[str, object] = {
            "simulation": self.simulation,
            "sha256": self.sha256,
            "parameters": dict(self.parameters),
            "seed": self.seed,
            "numpy": self.numpy,
            "key": dict(self.key),
            "values": dict(self.values),
        }
        return told if self.index is None else {**told, "index": self.index}


def read(told: Mapping[str, Any]) -> Receipt:
    """What `told` gave, as it comes out of the log; a ValueError for anything else.

    The first receipts were of computed cards alone: they had no `key`, and it stood among the values.
    """
    try:
        key, values = (told["key"], told["values"]) if "key" in told else (told["values"], {})
        seed, index = told["seed"], told.get("index")
        if not all(isinstance(one, Mapping) for one in (told["parameters"], key, values)):
            raise ValueError("parameters, key and values are mappings")
        if not isinstance(seed, int) or not isinstance(index, int | None):
            raise ValueError("seed and index are whole numbers")
        return Receipt(
            simulation=str(told["simulation"]),
            sha256=str(told["sha256"]),
            parameters={
                name: tuple(value) if isinstance(value, list) else value for name, value in told["parameters"].items()
            },
            seed=seed,
            numpy=str(told["numpy"]),
            key=key,
            values=values,
            index=index,
        )
    except KeyError as error:
        raise ValueError(f"it has no {error}") from None


def short(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of at most `MOST_NUMBERS` numbers each."""
    return {
        name: value
        for name, value in values.items()
        if sum(1 for _ in islice(_numbers(value), MOST_NUMBERS + 1)) <= MOST_NUMBERS
    }


def differences(logged: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Where what was logged and what was found now disagree, each value in a few words; what was not logged is free."""
    told = []
    for name, was in logged.items():
        if name not in found:
            told.append(f"{name} was {_words(was)}, and has no value now")
        elif not agree(was, found[name]):
            told.append(f"{name} was {_words(was)}, and is {_words(found[name])} now")
    return told


def agree(one: Any, other: Any) -> bool:
    """Whether two numbers, or arrays of one shape, are equal within a relative error of `AGREES` in each number."""
    if isinstance(one, list) or isinstance(other, list):
        alike = isinstance(one, list) and isinstance(other, list) and len(one) == len(other)
        return alike and all(map(agree, one, other))
    try:
        return one == other or math.isclose(one, other, rel_tol=AGREES)
    except (TypeError, OverflowError):  # no numbers, or whole ones beyond all floats
        return False


def _numbers(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _numbers(one)
    else:
        yield value


def _words(value: Any) -> str:
    # Two numbers that differ in the tenth digit must not look alike.
    return f"{value:.12g}" if isinstance(value, float) else str(value)
