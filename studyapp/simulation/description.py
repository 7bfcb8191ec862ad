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
    """All that is known of a simulation without running it. `summary` is the docstring's first paragraph.

    `topic` is the heading under which the Lab lists it; empty where the file has no TOPIC.
    """

    name: str
    title: str
    summary: str
    parameters: tuple[Parameter, ...]
    values: tuple[ExpectedMark, ...]
    claims: tuple[ClaimMark, ...]
    mistakes: tuple[MistakeMark, ...]
    topic: str = ""

    def accept(self, given: Mapping[str, object]) -> dict[str, Scalar | tuple[float, ...]]:
        """Every parameter's value, given or default; a ParameterError for an unknown name or a value out of bounds."""
        for error in self.errors(given):
            raise error
        return {one.name: one.accept(given.get(one.name, one.default)) for one in self.parameters}

    def errors(self, given: Mapping[str, object]) -> list[ParameterError]:
        """All that is wrong with a set of parameters: the unknown names first, then the values that do not fit."""
        known = {one.name: one for one in self.parameters}
        found = [self._unknown(name) for name in given if name not in known]
        for name, one in known.items():
            if name in given:
                try:
                    one.accept(given[name])
                except ParameterError as error:
                    found.append(error)
        return found

    def _unknown(self, name: str) -> ParameterError:
        known = [one.name for one in self.parameters]
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(known) or 'none'}"
        return ParameterError(f"{self.name} has no parameter {name!r}", hint)


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it came back from the worker: plain numbers and lists, ready to show, log or print.

    `seconds` of wall-clock time are those of the simulation's `run` alone. `printed` counts the characters that the
    simulation printed, of which nothing is shown.
    """

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
    printed: int = 0

    @property
    def remark(self) -> str:
        """What the author should know of this run, in one line; empty if it printed nothing."""
        if not self.printed:
            return ""
        what = "1 character, which is" if self.printed == 1 else f"{self.printed:,} characters, which are"
        return f"it printed {what} not shown; return values instead"


@dataclass(frozen=True, slots=True)
class Key:
    """The exact value a computed card asks for, and what each named mistake gives instead."""

    value: float
    mistakes: Mapping[str, float]
    unit: str = ""
