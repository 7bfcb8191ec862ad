"""Checks what a simulation returned before it leaves the process: finite plain numbers, and figures that can be drawn.

Only ever imported in a worker process.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from studyapp.simulation import Axis, Bars, Figure, HeatMap, Line, Mark, Points

MOST_NUMBERS = 2_000_000
"""In one value: what JSON tells within one frame."""


def numbers(value: object) -> Any:
    """A number or array as plain numbers or lists; a ValueError says what it is if it holds anything else."""
    if isinstance(value, bool | int):
        if abs(value) > sys.float_info.max:
            raise ValueError("is a whole number above 1.8e308")
        return value
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise ValueError("is a list of uneven lists") from error
    if array.dtype.kind not in "biuf":
        kind = "complex" if array.dtype.kind == "c" else type(value).__name__
        raise ValueError(f"is not made of numbers ({kind})")
    if array.size > MOST_NUMBERS:
        raise ValueError(f"has {array.size:,} numbers, above {MOST_NUMBERS:,}")
    if array.dtype.kind == "f":
        array = array.astype(np.float64)  # float32 is told exactly, and a long double as the nearest float
        finite = np.isfinite(array)
        if not finite.all():
            where = tuple(int(one) for one in np.argwhere(~finite)[0])
            at = f" at index {', '.join(map(str, where))}" if where else ""
            raise ValueError(f"is {array[where]}{at}")
    return array.tolist()


def drawable(figure: object) -> Figure:
    """The figure with plain lists of finite numbers; a ValueError says what is wrong with it."""
    if not isinstance(figure, Figure):
        raise ValueError(f"{type(figure).__name__} is no Figure")
    for axis in (figure.x, figure.y):
        if not isinstance(axis, Axis) or not isinstance(axis.label, str) or axis.scale not in ("linear", "log"):
            raise ValueError('an axis is Axis("label", "linear") or Axis("label", "log")')
    if not isinstance(figure.title, str) or not isinstance(figure.marks, list | tuple):
        raise ValueError("the title is text and the marks are a list")
    return Figure(figure.title, figure.x, figure.y, tuple(_mark(one) for one in figure.marks))


def _mark(mark: object) -> Mark:
    match mark:
        case Line() | Points():
            x, y = _list(mark.x, "x", 1), _list(mark.y, "y", 1)
            if len(x) != len(y):
                raise ValueError(f"{_called(mark)} has {len(x)} x and {len(y)} y")
            return type(mark)(x, y, str(mark.label))
        case Bars():
            if not isinstance(mark.names, Iterable):
                raise ValueError(f"{_called(mark)} has names that are no list")
            names, heights = [str(name) for name in mark.names], _list(mark.heights, "heights", 1)
            if len(names) != len(heights):
                raise ValueError(f"{_called(mark)} has {len(names)} names and {len(heights)} heights")
            return Bars(names, heights, str(mark.label))
        case HeatMap():
            return HeatMap(_list(mark.z, "z", 2), str(mark.label), _ends(mark.x, "x"), _ends(mark.y, "y"))
    raise ValueError(f"{type(mark).__name__} is no Line, Points, Bars or HeatMap")


def _list(given: object, called: str, dimensions: int) -> Any:
    try:
        plain = numbers(given)
    except ValueError as error:
        raise ValueError(f"{called} {error}") from error
    if np.ndim(plain) != dimensions or np.size(plain) == 0:
        raise ValueError(f"{called} is {shape_of(plain)}, not {'a row' if dimensions == 1 else 'a matrix'} of numbers")
    return plain


def _ends(given: object, called: str) -> Sequence[float] | None:
    """What the first and the last column or row stand for, if that is said."""
    if given is None:
        return None
    ends: list[float] = _list(given, called, 1)
    if len(ends) != 2 or ends[0] == ends[1]:
        raise ValueError(f"{called} of a heat map is two numbers that differ")
    return ends


def _called(mark: Line | Points | Bars) -> str:
    return f"{type(mark).__name__} {mark.label!r}" if mark.label else type(mark).__name__


def shape_of(value: Any) -> str:
    """The shape in words: `one number`, `an array of 3 x 4`."""
    shape = np.shape(value)
    return f"an array of {' x '.join(map(str, shape))}" if shape else "one number"
