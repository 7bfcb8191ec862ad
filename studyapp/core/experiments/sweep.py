"""A sweep: one parameter through its range, everything else and the seed kept, and a value against it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from studyapp.core.sliders import ParameterValue
from studyapp.simulation import Axis, Bars, Figure, Line, Parameter, Points, Run

MOST = 100
"""Places of one sweep, at most."""

LEVEL = 0.01
"""The axis of the readings spans this share of their size at least, so that what is level but for rounding looks so."""

WIDE = 100.0
"""Positive values that span more than this factor are drawn on a logarithmic axis."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one run of a sweep measured of the value, and what it expected if that is known there."""

    at: ParameterValue
    measured: float
    expected: float | None


def sweepable(parameter: Parameter) -> bool:
    """Whether there is a range to go through: a switch, a choice, or a number with two bounds."""
    bounded = parameter.low is not None and parameter.high is not None
    return parameter.kind in ("bool", "choice") or (parameter.kind in ("int", "float") and bounded)


def ends_of(parameter: Parameter) -> list[ParameterValue]:
    """All that a switch or a choice has; the bounds of a number that is `sweepable`."""
    return places(parameter, parameter.low or 0.0, parameter.high or 0.0, 2)


def places(parameter: Parameter, low: float, high: float, count: int) -> list[ParameterValue]:
    """The values to run at, each once: even along the parameter's own scale from `low` to `high`, both included.

    Those between are rounded to three digits, or to as many as tell them apart. A switch or a choice goes through all
    it has, whatever the bounds. A ValueError for bounds that are not the parameter's, that do not lie apart, or for
    fewer than two or more than `MOST` places.
    """
    if parameter.kind == "bool":
        return [False, True]
    if parameter.kind == "choice":
        return list(parameter.choices)
    ends = [float(_number(parameter.accept(one))) for one in (low, high)]
    if not ends[0] < ends[1]:
        raise ValueError(f"{low:g} to {high:g} is no range; give the smaller number first")
    if not 2 <= count <= MOST:
        raise ValueError(f"a sweep has 2 to {MOST} places, not {count}")
    inner = _between(ends[0], ends[1], count, logarithmic=parameter.scale == "log" and ends[0] > 0)
    if parameter.kind == "int":
        return sorted({int(ends[0]), *map(round, inner), int(ends[1])})
    rounded: list[float] = []
    for digits in range(3, 18):
        rounded = [min(ends[1], max(ends[0], float(f"{one:.{digits}g}"))) for one in inner]
        if len({ends[0], *rounded, ends[1]}) == count:
            break
    return sorted({ends[0], *rounded, ends[1]})


def _between(low: float, high: float, count: int, *, logarithmic: bool) -> list[float]:
    """The places between both ends, even along a linear or logarithmic scale; weights, as a span may be too large."""
    if logarithmic:
        return [math.exp(one) for one in _between(math.log(low), math.log(high), count, logarithmic=False)]
    shares = [step / (count - 1) for step in range(1, count - 1)]
    return [(1 - share) * low + share * high for share in shares]


def reading(place: ParameterValue, value: str, run: Run) -> Reading | None:
    """A run's value as one number; None if it has none, as where the value is an array."""
    measured, expected = run.values.get(value), run.expected.get(value)
    if not isinstance(measured, int | float):
        return None
    return Reading(place, float(measured), float(expected) if isinstance(expected, int | float) else None)


def depends(exact: Sequence[float]) -> bool:
    """Whether a value changes along a range, of whose ends, or all places, these are the exact numbers."""
    return any(not math.isclose(one, exact[0], rel_tol=1e-9) for one in exact)


def levels(readings: Sequence[Reading]) -> tuple[float, float] | None:
    """What the axis of the readings shows at least, around their middle; None without any, or where all are 0.

    Twice as far above as below: in the middle of the axis a rounding error would lie between two lines of a plot.
    """
    numbers = [one.measured for one in readings] + [one.expected for one in readings if one.expected is not None]
    size = max(map(abs, numbers), default=0.0)
    if not 0 < size < math.inf:
        return None
    middle = min(numbers) / 2 + max(numbers) / 2
    return middle - LEVEL * size / 3, middle + 2 * LEVEL * size / 3


def figure(parameter: Parameter, value: str, meaning: str, readings: Sequence[Reading]) -> Figure:
    """The readings so far: points with the expected values as a line, or bars where the parameter is no number."""
    title = f"{value} by {parameter.name}"
    if not readings:
        return Figure(title, Axis(parameter.name), Axis(meaning), [])
    numbers = [one.measured for one in readings] + [one.expected for one in readings if one.expected is not None]
    positive = bool(numbers) and min(numbers) > 0
    up = Axis(meaning, "log" if positive and max(numbers) > WIDE * min(numbers) else "linear")
    across = Axis(f"{parameter.name}{f' in {parameter.unit}' if parameter.unit else ''}", "linear")
    known = [one for one in readings if one.expected is not None]
    if parameter.kind in ("bool", "choice"):
        bars = [Bars([_named(one.at) for one in readings], [one.measured for one in readings], "measured")]
        if known and len(known) == len(readings):
            bars.append(Bars([_named(one.at) for one in known], [one.expected or 0.0 for one in known], "expected"))
        return Figure(title, across, up, bars)
    if parameter.scale == "log" and min((_number(one.at) for one in readings), default=0) > 0:
        across = Axis(across.label, "log")
    marks: list[Points | Line] = [
        Points([_number(one.at) for one in readings], [one.measured for one in readings], "measured")
    ]
    if known:
        marks.append(Line([_number(one.at) for one in known], [one.expected or 0.0 for one in known], "expected"))
    return Figure(title, across, up, marks)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def _named(value: ParameterValue) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
