"""Parameters moved by hand: where a value stands between its bounds, and which value is one step further."""

from __future__ import annotations

import math

from studyapp.simulation import Parameter, Scalar

STEPS = 20
"""A slider goes from its lower to its upper bound in so many steps."""

ParameterValue = Scalar | tuple[float, ...]


def slides(parameter: Parameter) -> bool:
    """Whether the parameter is a number between two bounds."""
    return parameter.kind in ("int", "float") and parameter.low is not None and parameter.high is not None


def fraction(parameter: Parameter, value: ParameterValue) -> float:
    """Where a value stands between the bounds, 0 to 1, along the parameter's linear or logarithmic scale."""
    if not slides(parameter) or isinstance(value, str | tuple):
        return 0.0
    low, high = _scaled(parameter, parameter.low), _scaled(parameter, parameter.high)
    return min(1.0, max(0.0, (_scaled(parameter, float(value)) - low) / (high - low))) if high > low else 0.0


def at(parameter: Parameter, place: float) -> ParameterValue:
    """The value at a place 0 to 1 between the bounds, rounded to three digits and never beyond a bound."""
    assert slides(parameter)
    assert parameter.low is not None
    assert parameter.high is not None
    low, high = _scaled(parameter, parameter.low), _scaled(parameter, parameter.high)
    scaled = low + min(1.0, max(0.0, place)) * (high - low)
    value = math.exp(scaled) if _logarithmic(parameter) else scaled
    if parameter.kind == "int":
        return int(min(parameter.high, max(parameter.low, round(value))))
    return float(min(parameter.high, max(parameter.low, float(f"{value:.3g}"))))


def step(parameter: Parameter, value: ParameterValue, direction: int) -> ParameterValue:
    """The next value in a direction (+1 or -1): a twentieth of the way, the other side of a switch, the next choice.

    A whole number moves by one at least. A list, or a number without bounds, stays: it is typed.
    """
    if parameter.kind == "bool":
        return not value
    if parameter.kind == "choice":
        position = parameter.choices.index(str(value)) + direction
        return parameter.choices[position % len(parameter.choices)]
    if not slides(parameter) or isinstance(value, str | tuple):
        return value
    place = round(STEPS * fraction(parameter, value)) + direction
    moved = at(parameter, place / STEPS)
    assert isinstance(moved, int | float)
    if parameter.kind == "int" and (moved - value) * direction < 1:
        assert parameter.low is not None
        assert parameter.high is not None
        return int(min(parameter.high, max(parameter.low, int(value) + direction)))
    return moved


def _logarithmic(parameter: Parameter) -> bool:
    return parameter.scale == "log" and parameter.low is not None and parameter.low > 0


def _scaled(parameter: Parameter, value: float | None) -> float:
    assert value is not None
    return math.log(value) if _logarithmic(parameter) else value
