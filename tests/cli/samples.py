"""Small simulations and decks of a learner's own, for the command line's tests."""

from __future__ import annotations

HEAD = '''"""Halves a number.

The rest is for those who read on.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from studyapp.simulation import *

TITLE = "A half"


@dataclass(frozen=True)
class Parameters:
    """What is halved."""

    number: float = parameter(3.0, low=0.0, high=10.0, help="what is halved")
    two_step: bool = parameter(False, help="by halving the root")
    weights_of: tuple[float, ...] = parameter((1.0, 2.0), low=-5.0, high=5.0, help="some numbers")
    way: str = parameter("slow", choices=("slow", "fast"), help="how")


'''

HALF = (
    HEAD
    + '''def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Halve it, with an error of 0.001 at most."""
    half = parameters.number / 2 + rng.uniform(-1, 1) / 1000
    line = Line([0, 1], [0, half], "half")
    values = {"half": half, "switch": float(parameters.two_step), "numbers": np.array(parameters.weights_of)}
    return Result(values, [Figure("A half", Axis("x"), Axis("y"), [line])])


@expected("half the number")
def half(parameters: Parameters) -> float:
    return parameters.number / 2


@mistake("half", "one doubles")
def doubles(parameters: Parameters) -> float:
    return parameters.number * 2


@claim(1, "half is less than the whole", applies=lambda at: at.number > 1, domain="number above 1")
def is_less(parameters: Parameters, values: Any) -> Check:
    return below(values["half"], parameters.number)


@claim(2, "half is never more than 4")
def is_small(parameters: Parameters, values: Any) -> Check:
    return below(values["half"], 4)


if __name__ == "__main__":
    main()
'''
)


def doing(body: str) -> str:
    """A simulation whose `run(parameters, rng)` has this body."""
    return HEAD + "def run(parameters, rng):\n" + "".join(f"    {line}\n" for line in body.splitlines())


def card(identity: str, settings: str, prompt: str = "What is half of it?", back: str = "Half.") -> str:
    """A card with settings, as Markdown."""
    return f"## {prompt} {{#{identity}}}\n\n{back}\n\n```toml\n{settings}\n```\n\n"


BACKED = card("backed", '[simulation]\nname = "mine"\nclaims = ["is_less"]')
COMPUTED = card(
    "computed",
    '[simulation]\nname = "mine"\nvary = { number = [4.0, 6.0] }\n\n'
    '[answer]\nvalue = "half"\ntolerance = 0.01\nmistakes = ["doubles"]',
    prompt="What is half of @{number}?",
)
