"""Parameters moved by hand: where a value stands between its bounds, and which value is one step further."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from studyapp.simulation import Parameter, Scalar

STEPS = 20
"""A slider goes from its lower to its upper bound in so many steps."""

WIDE = 2
"""Where such a step is more than so many times the default's size, it is a tenth of the value instead."""

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
    return _bounded(parameter, round(value) if parameter.kind == "int" else float(f"{value:.3g}"))


def step(parameter: Parameter, value: ParameterValue, direction: int) -> ParameterValue:
    """The next value in a direction (+1 or -1): a twentieth of the way, the other side of a switch, the next choice.

    A whole number moves by one at least. Between bounds far wider than the default, a step is a tenth of the value. A
    list, or a number without bounds, stays: it is typed.
    """
    if parameter.kind == "bool":
        return not value
    if parameter.kind == "choice":
        position = parameter.choices.index(str(value)) + direction
        return parameter.choices[position % len(parameter.choices)]
    if not slides(parameter) or isinstance(value, str | tuple):
        return value
    if _wide(parameter):
        return _bounded(parameter, _tenth_on(parameter, value, direction))
    place = round(STEPS * fraction(parameter, value)) + direction
    moved = at(parameter, place / STEPS)
    assert isinstance(moved, int | float)
    if parameter.kind == "int" and (moved - value) * direction < 1:
        return _bounded(parameter, int(value) + direction)
    return moved


def _bounded(parameter: Parameter, value: float) -> int | float:
    """The value or the bound beyond which it lies, of the parameter's own kind."""
    assert parameter.low is not None
    assert parameter.high is not None
    bounded = min(parameter.high, max(parameter.low, value))
    return int(bounded) if parameter.kind == "int" else float(bounded)


# --- between wide bounds --------------------------------------------------------------------------


def _wide(parameter: Parameter) -> bool:
    """Whether the bounds of a linear scale say less about its values than the default does; one of 0 says nothing."""
    assert parameter.low is not None
    assert parameter.high is not None
    size = abs(float(parameter.default)) if isinstance(parameter.default, int | float) else 0.0
    way = (parameter.high - parameter.low) / STEPS
    return not _logarithmic(parameter) and 0 < WIDE * size < way


def _tenth_on(parameter: Parameter, value: float, direction: int) -> float:
    """The next multiple of a tenth of the value, rounded down to 1, 2 or 5 times a power of ten: 2, 2.2, ..., 5, 5.5.

    Near 0 it is a tenth of the default, so that steps lead through 0. They go over the same row both ways: where the
    step changes, both the finer and the coarser one arrive. Decimals, because 0.2 three times is not 0.6 in binary.
    """
    size, finest = abs(Decimal(str(value))), _nice(abs(Decimal(str(parameter.default))) / 10)
    if parameter.kind == "int":
        finest = max(finest, Decimal(1))
    grows = value * direction >= 0
    one = max(finest, _nice(size / 10, below=not grows))
    if grows:
        size = ((size / one).to_integral_value(ROUND_FLOOR) + 1) * one
    else:
        size = ((size / one).to_integral_value(ROUND_CEILING) - 1) * one
    return float(size) * (direction if grows else -direction) + 0.0  # and 0 has no sign


def _nice(size: Decimal, *, below: bool = False) -> Decimal:
    """The largest of 1, 2 and 5 times a power of ten that is no larger than a size, or smaller; 0 for 0."""
    if not size:
        return size
    power = Decimal(1).scaleb(size.adjusted())
    return next((n * power for n in (5, 2, 1) if n * power < size or (not below and n * power == size)), power / 2)


def _logarithmic(parameter: Parameter) -> bool:
    return parameter.scale == "log" and parameter.low is not None and parameter.low > 0


def _scaled(parameter: Parameter, value: float | None) -> float:
    assert value is not None
    return math.log(value) if _logarithmic(parameter) else value
