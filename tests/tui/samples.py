"""Cards for the tests of screens: one of each way to answer, with hints, reasons, and runs beside the answer."""

from __future__ import annotations

CHOICE = """# Choice

## Which gain keeps the level of a ReLU layer? {#gain}

- [x] the root of two
- [ ] one

  That is right for the identity.
- [ ] two

  The root is missing.

Half of the inputs become 0.

Hint: which share of the second moment survives?

Analogy: a tap that is half closed needs more pressure.

Source: He et al. 2015.
"""

TYPED = """# Typed

## Which word names the vector of first derivatives? {#word}

gradient

Hint: it starts with a g.
"""

STEPS = """# Steps

## Derive the gradient {#derive .steps}

1. The first step.
2. The second step.

The result.
"""

LONG = "# Long\n\n## What is long? {#long}\n\nThe beginning.\n\n" + "\n".join(f"- item {i}" for i in range(40)) + "\n"

SIMULATED = """# Simulated

## What does softmax do? {#softmax}

It turns scores into probabilities.

```toml
[simulation]
name = "softmax_output"
parameters = { logits = [2.0, 1.0, 0.0] }
claims = ["sums_to_one"]
```
"""

OWN_SIMULATION = '''"""Doubles a number: a simulation of the learner's own.

The mean of n noisy copies, times two.
"""

import time
from dataclasses import dataclass

from studyapp.simulation import Axis, Figure, Line, Result, about, claim, expected, main, parameter

TITLE = "Doubling"


@dataclass(frozen=True)
class Parameters:
    """What can be changed."""

    x: float = parameter(2.0, low=0.0, high=10.0, help="what is doubled", unit="m")
    n: int = parameter(10, low=1, high=1000, scale="log", help="copies")
    way: str = parameter("add", choices=("add", "shift"), help="how")
    round_off: bool = parameter(False, help="whether to round")
    weights: tuple[float, ...] = parameter((1.0, 2.0), help="numbers")
    seconds: float = parameter(0.0, low=0.0, high=20.0, help="how long it takes")
    broken: bool = parameter(False, help="whether it fails")


def run(parameters, rng, progress):
    """Double it."""
    end = time.monotonic() + parameters.seconds
    while time.monotonic() < end:
        progress(1 - (end - time.monotonic()) / parameters.seconds)
        time.sleep(0.01)
    if parameters.broken:
        raise ValueError("it is broken")
    twice = 2 * parameters.x + (rng.normal() if parameters.way == "shift" else 0.0)
    line = Line([0, parameters.x], [0, twice], "twice")
    figures = [Figure("Twice", Axis("x"), Axis("y"), [line]), Figure("Again", Axis("x"), Axis("y"), [line])]
    return Result({"twice": twice, "both": [twice, twice]}, figures)


@expected("the double", unit="m")
def twice(parameters):
    """Exactly."""
    return 2 * parameters.x


@expected("the double, twice")
def both(parameters):
    """Exactly."""
    return [2 * parameters.x, 2 * parameters.x]


@claim(1, "it is the double", domain="where it adds", applies=lambda parameters: parameters.way == "add")
def doubles(parameters, values):
    """By addition."""
    return about(values["twice"], 2 * parameters.x, absolute=1e-9)


if __name__ == "__main__":
    main()
'''


def own_card(name: str = "doubling", parameters: str = "") -> str:
    """A deck with one card that launches a simulation of the learner's own."""
    given = f"parameters = {{ {parameters} }}\n" if parameters else ""
    settings = f'```toml\n[simulation]\nname = "{name}"\n{given}```\n'
    return f"# Own\n\n## What is doubled? {{#own}}\n\nA number it is that the learner thought of.\n\n{settings}"
