"""The parameters of a simulation: declared once in its own file, and every front end is made from them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Scalar = bool | int | float | str

RESERVED = frozenset({"seed", "json", "figure", "home", "debug"})
"""Names that every command line uses itself, so that no parameter may bear them."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as every front end needs it. `kind` is "bool", "int", "float", "choice" or "numbers" (a list).

    `low` and `high` are inclusive and hold for each number of a list.
    """

    name: str
    kind: Literal["bool", "int", "float", "choice", "numbers"]
    default: Scalar | tuple[float, ...]
    help: str
    low: float | None = None
    high: float | None = None
    scale: Literal["linear", "log"] = "linear"
    choices: tuple[str, ...] = ()
    unit: str = ""

    def accept(self, value: object) -> Scalar | tuple[float, ...]:
        """The value as this parameter's type, or a ParameterError that names the bounds. Text is read as numbers."""
        match self.kind:
            case "bool":
                return self._switch(value)
            case "choice":
                if value in self.choices:
                    return str(value)
                raise self._refused(value, f"choose one of {', '.join(self.choices)}")
            case "numbers":
                return self._numbers(value)
            case "int":
                number = self._number(value)
                if number != int(number):
                    raise self._refused(value, "a whole number is wanted")
                return int(number)
            case _:
                return self._number(value)

    def _switch(self, value: object) -> bool:
        if isinstance(value, bool):
            return value
        match str(value).lower():
            case "true" | "yes" | "on" | "1":
                return True
            case "false" | "no" | "off" | "0":
                return False
        raise self._refused(value, "say true or false")

    def _numbers(self, value: object) -> tuple[float, ...]:
        if isinstance(value, str):
            value = [part for part in value.replace("[", " ").replace("]", " ").replace(",", " ").split() if part]
        if not isinstance(value, Sequence) or len(value) == 0 or len(value) > 1000:
            raise self._refused(value, "give between 1 and 1000 numbers, as in 1.3,5.2,2.2")
        return tuple(self._number(one) for one in value)

    def _number(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise self._refused(value, "a number is wanted")
        try:
            number = float(value)
        except (ValueError, OverflowError):
            raise self._refused(value, "a number is wanted") from None
        if not math.isfinite(number):
            raise self._refused(value, "a finite number is wanted")
        if (self.low is not None and number < self.low) or (self.high is not None and number > self.high):
            raise self._refused(value, f"it lies outside {self.bounds}")
        return number

    @property
    def bounds(self) -> str:
        """The bounds in words, such as `0.1 .. 3`, or the choices."""
        if self.choices:
            return ", ".join(self.choices)
        if self.kind == "bool":
            return "true, false"
        low = "-inf" if self.low is None else f"{self.low:g}"
        high = "inf" if self.high is None else f"{self.high:g}"
        return f"{low} .. {high}"

    def _refused(self, value: object, why: str) -> ParameterError:
        return ParameterError(f"parameter {self.name}: {str(value)[:60]!r} does not fit, {why}")


class ParameterError(ValueError):
    """A parameter that does not exist, or a value out of its bounds; the message is one clear line.

    `remedy` is empty where `what` already says which values fit.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what}; {remedy}" if remedy else what)
        self.what = what
        self.remedy = remedy


def parameter(
    default: Scalar | Sequence[float],
    *,
    help: str,
    low: float | None = None,
    high: float | None = None,
    scale: Literal["linear", "log"] = "linear",
    choices: Sequence[str] = (),
    unit: str = "",
) -> Any:
    """A field of `Parameters`; its kind follows from the default (a list or tuple of numbers makes a list)."""
    value = tuple(float(x) for x in default) if isinstance(default, list | tuple) else default
    facts = {"help": help, "low": low, "high": high, "scale": scale, "choices": tuple(choices), "unit": unit}
    return dataclasses.field(default=value, metadata={"parameter": facts})


def parameters_of(declared: type) -> tuple[Parameter, ...]:
    """The parameters that a `Parameters` dataclass declares; a TypeError names a field that is no parameter."""
    found = []
    for one in dataclasses.fields(declared):
        if "parameter" not in one.metadata:
            raise TypeError(f"Parameters.{one.name} is not declared with parameter(...)")
        if one.name in RESERVED:
            raise TypeError(f"Parameters.{one.name}: the name is reserved ({', '.join(sorted(RESERVED))})")
        facts = one.metadata["parameter"]
        default: Any = one.default
        made = Parameter(name=one.name, kind=_kind(default, facts["choices"]), default=default, **facts)
        made.accept(default)
        found.append(made)
    return tuple(found)


def _kind(default: object, choices: tuple[str, ...]) -> Literal["bool", "int", "float", "choice", "numbers"]:
    if choices:
        return "choice"
    match default:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
        case tuple():
            return "numbers"
    raise TypeError(f"{default!r} is no default for a parameter: a switch, number, list of numbers or choice is")
