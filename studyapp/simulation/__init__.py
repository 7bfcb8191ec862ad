"""What the author of a simulation imports: parameters, values, figures, claims and mistakes, in one small file.

A simulation is one Python file with a `TITLE`, perhaps a `TOPIC` to be listed under, a frozen dataclass `Parameters`,
a function `run`, and any number of functions marked `@expected`, `@claim` and `@mistake`:

    TITLE = "A coin"

    @dataclass(frozen=True)
    class Parameters:
        chance: float = parameter(0.5, low=0.0, high=1.0, help="probability of heads")
        tosses: int = parameter(1000, low=1, high=100_000, scale="log", help="number of tosses")

    def run(parameters, rng, progress):
        heads = rng.random(parameters.tosses) < parameters.chance
        return Result(values={"share": heads.mean()}, figures=())

    @expected("share of heads")
    def share(parameters):
        return parameters.chance

    @claim(1, "the share of heads is the chance within five standard errors")
    def share_is_chance(parameters, values):
        error = (parameters.chance * (1 - parameters.chance) / parameters.tosses) ** 0.5
        return about(values["share"], parameters.chance, absolute=5 * error)

    @claim(2, "a coin with heads only never shows tails", applies=lambda at: at.chance == 1, at={"chance": 1})
    def only_heads(parameters, values):
        return true(values["share"] == 1)

    if __name__ == "__main__":
        main()

Nothing here imports NumPy at run time: the interface of studyapp uses the same classes to show what a worker process
sent, and must start without it.
"""

from __future__ import annotations

import os
import sys

from studyapp.simulation.claims import (
    Check,
    Claim,
    ClaimMark,
    ExpectedMark,
    MistakeMark,
    Place,
    Verdict,
    about,
    above,
    below,
    between,
    borne_out,
    claim,
    claim_numbers,
    expected,
    mistake,
    true,
)
from studyapp.simulation.description import (
    Description,
    Key,
    Run,
)
from studyapp.simulation.parameters import (
    RESERVED,
    Parameter,
    ParameterError,
    Scalar,
    parameter,
    parameters_of,
)
from studyapp.simulation.results import (
    Axis,
    Bars,
    Figure,
    HeatMap,
    Line,
    Mark,
    Numbers,
    Points,
    Progress,
    Result,
)

__all__ = [
    "RESERVED",
    "Axis",
    "Bars",
    "Check",
    "Claim",
    "ClaimMark",
    "Description",
    "ExpectedMark",
    "Figure",
    "HeatMap",
    "Key",
    "Line",
    "Mark",
    "MistakeMark",
    "Numbers",
    "Parameter",
    "ParameterError",
    "Place",
    "Points",
    "Progress",
    "Result",
    "Run",
    "Scalar",
    "Verdict",
    "about",
    "above",
    "below",
    "between",
    "borne_out",
    "claim",
    "claim_numbers",
    "expected",
    "main",
    "mistake",
    "parameter",
    "parameters_of",
    "true",
]


def main() -> None:
    """Run the file that was started, as `studyapp run FILE` with the same arguments does."""
    file = sys.modules["__main__"].__file__
    assert file is not None
    sys.stdout.flush()
    # In this process's place: a second one beside it would answer Ctrl-C with a traceback.
    os.execv(sys.executable, [sys.executable, "-m", "studyapp", "run", file, *sys.argv[1:]])
