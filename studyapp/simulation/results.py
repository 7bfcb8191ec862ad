"""What a run gives back: named values, and figures in words that the terminal and matplotlib draw alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]
    Numbers = Sequence[float] | Array
else:
    Numbers = Sequence[float]

Progress = Callable[[float], None]
"""Called by a long run with the fraction done, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a figure: a label with its unit, and a linear or logarithmic scale.

    With `zero` a linear axis shows 0 whatever the numbers are, as a density's should; under bars it always does.
    """

    label: str
    scale: Literal["linear", "log"] = "linear"
    zero: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A curve through (x, y); both 1-D of one length."""

    x: Numbers
    y: Numbers
    label: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """Separate points (x, y); both 1-D of one length."""

    x: Numbers
    y: Numbers
    label: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """One bar per name, of the given height."""

    names: Sequence[str]
    heights: Numbers
    label: str = ""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A matrix shown as colours, its elements as squares; row 0 on top. `z` is 2-D.

    Several stand side by side with one scale. `x` is what the first and the last column stand for, `y` the same of the
    rows, two numbers that differ; without them columns and rows are counted from 0.
    """

    z: Sequence[Numbers] | Numbers
    label: str = ""
    x: Sequence[float] | None = None
    y: Sequence[float] | None = None


Mark = Line | Points | Bars | HeatMap


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in words, drawn alike by the terminal and by matplotlib."""

    title: str
    x: Axis
    y: Axis
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Result:
    """What `run` returns: named finite numbers or arrays, and figures (the first is the one shown beside a card)."""

    values: Mapping[str, Any]
    figures: Sequence[Figure] = ()
