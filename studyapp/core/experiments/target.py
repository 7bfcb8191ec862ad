"""A target: parameters to be found at which a value crosses a bound, in a few runs, and confirmed on other seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studyapp.model import ParameterValue, Target
from studyapp.simulation import Run

RUNS = 5
"""Runs in which a target is to be met."""

CONFIRMED_BY = 5
"""Further seeds on which what met the target has to meet it again."""


def measured(target: Target, run: Run) -> float | None:
    """The number that the target is about; None if the run has none."""
    value = run.values.get(target.value)
    if isinstance(value, Sequence) and target.index is not None and target.index < len(value):
        value = value[target.index]
    return float(value) if isinstance(value, int | float) else None


def met(target: Target, run: Run) -> bool:
    """Whether a run's number lies where the target wants it."""
    number = measured(target, run)
    if number is None:
        return False
    return (target.above is None or number >= target.above) and (target.below is None or number <= target.below)


def named(target: Target) -> str:
    """The value that the target is about, with its element: `ratio`, `probabilities[1]`."""
    return target.value if target.index is None else f"{target.value}[{target.index}]"


def wanted(target: Target) -> str:
    """The bound in words: `ratio at most 1e-06`."""
    if target.above is not None and target.above == target.below:
        return f"{named(target)} exactly {target.above:g}"
    bounds = [f"at least {target.above:g}"] if target.above is not None else []
    bounds += [f"at most {target.below:g}"] if target.below is not None else []
    return f"{named(target)} {' and '.join(bounds)}"


def bound(target: Target) -> float:
    """The number that was to be crossed, or reached."""
    return target.above if target.above is not None else target.below if target.below is not None else 0.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far a learner is with a target: runs made, and what came of the last one."""

    target: Target
    given: Mapping[str, ParameterValue]
    runs: int = 0
    confirmed: bool = False

    def foreign(self, parameters: Mapping[str, ParameterValue]) -> list[str]:
        """The parameters that were changed although they may not be."""
        return [
            name
            for name, value in parameters.items()
            if name not in self.target.change and name in self.given and self.given[name] != value
        ]

    @property
    def left(self) -> int:
        """Runs that are left."""
        return max(0, RUNS - self.runs)

    @property
    def over(self) -> bool:
        """Whether it was met, or no run is left."""
        return self.confirmed or self.left == 0
