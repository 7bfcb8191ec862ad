"""An example to change: how far n random steps of 1, left or right, lead away.

The first paragraph is what the Lab says; formulas, shapes and sources follow.
Each step adds 1 to the mean square distance, so that after n of them the root
mean square distance is sqrt(n).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from studyapp.simulation import (
    Axis,
    Check,
    Figure,
    Line,
    Result,
    about,
    claim,
    expected,
    main,
    mistake,
    parameter,
)

TITLE = "A random walk"


@dataclass(frozen=True)
class Parameters:
    """Each is a field in the Lab, and an option of `studyapp run`."""

    steps: int = parameter(100, low=1, high=1000, scale="log", help="steps of a walk")
    walks: int = parameter(1000, low=100, high=10_000, scale="log", help="walks")


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Measure. All randomness comes from `rng`, so that a seed repeats its run."""
    steps = rng.choice((-1.0, 1.0), (parameters.walks, parameters.steps))
    distances = np.sqrt(np.square(steps.cumsum(axis=1)).mean(axis=0))
    n = np.arange(1, parameters.steps + 1)
    lines = [Line(n, distances, "measured"), Line(n, np.sqrt(n), "sqrt(n)")]
    figure = Figure("How far a walk leads", Axis("steps"), Axis("distance"), lines)
    return Result({"distance": distances[-1]}, [figure])


@expected("root mean square distance after the last step")
def distance(parameters: Parameters) -> float:
    """The exact value of the same name: the key of a card that asks for it."""
    return math.sqrt(parameters.steps)


@mistake("distance", "one forgets the root")
def mean_square(parameters: Parameters) -> float:
    """What a misconception gives instead, so that whoever has it is told."""
    return float(parameters.steps)


@claim(1, "the distance is sqrt(n), within five standard errors of sqrt(n / (2 walks))")
def grows_with_the_root(parameters: Parameters, values: Mapping[str, Any]) -> Check:
    """What each run must bear out; `applies` and `at` limit it to some parameters."""
    error = 1 / math.sqrt(2 * parameters.walks)
    return about(values["distance"], distance(parameters), relative=5 * error)


if __name__ == "__main__":
    main()
