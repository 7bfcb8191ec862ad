"""What the front ends hold of a simulation: its description, one run, and the key of a computed card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from studyapp.simulation.claims import Claim, ClaimMark, ExpectedMark, MistakeMark
from studyapp.simulation.parameters import Parameter, ParameterError, Scalar
from studyapp.simulation.results import Figure


@dataclass(frozen=True, slots=True)
class Description:
    """All that is known of a simulation without running it. `summary` is the docstring's first paragraph."""

    name: str
    title: str
    summary: str
    parameters: tuple[Parameter, ...]
    values: tuple[ExpectedMark, ...]
    claims: tuple[ClaimMark, ...]
    mistakes: tuple[MistakeMark, ...]

    def accept(self, given: Mapping[str, object]) -> dict[str, Scalar | tuple[float, ...]]:
        """Every parameter's value, given or default; a ParameterError for an unknown name or a value out of bounds."""
        known = {one.name: one for one in self.parameters}
        for name in given:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known) or 'none'}"
                raise ParameterError(f"{self.name} has no parameter {name!r}; {hint}")
        return {name: one.accept(given.get(name, one.default)) for name, one in known.items()}


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it came back from the worker: plain numbers and lists, ready to show, log or print."""

    simulation: str
    sha256: str
    parameters: Mapping[str, Scalar | tuple[float, ...]]
    seed: int
    values: Mapping[str, Any]
    expected: Mapping[str, Any]
    figures: tuple[Figure, ...]
    claims: tuple[Claim, ...]
    numpy: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Key:
    """The exact value a computed card asks for, and what each named mistake gives instead."""

    value: float
    mistakes: Mapping[str, float]
    unit: str = ""
