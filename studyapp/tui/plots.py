"""A figure in characters: beside a card's answer, and wherever there is no room or no need for a live plot.

Signs and words tell the marks of a figure apart, colours only help; and a figure that cannot be drawn, because it is
empty or the place is too small, is said in words.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from studyapp.simulation import Bars, Figure, HeatMap, Points
from studyapp.simulation import Line as Curve
from studyapp.tui.card_lines import TIE, Line, assemble, fitted, wrap
from studyapp.tui.plot_bars import BarSet, bars
from studyapp.tui.plot_canvas import Canvas, Series, Shape, colour, sign, thinned
from studyapp.tui.plot_heat import Matrix, heat
from studyapp.tui.plot_scale import HUGE, Scale, scale, short

BOLD, DIM = Style(bold=True), Style(dim=True)

_ROOM_FOR_A_TITLE, _ROOM_FOR_TWO, _ROOM_FOR_THREE = 4, 9, 13  # rows, for so many lines of heading
_ROOM_FOR_A_FRAME = 7
_NARROWEST = 12
_ROOM_BESIDE_A_LEGEND = 6  # rows: four of the plot, its frame and the numbers below
_MARGIN = 10  # what stands left of a plot, and the space beside the label of its x axis
_MOST_TICKS = 7


Window = tuple[tuple[float, float] | tuple[()], tuple[float, float] | tuple[()]]
"""What both axes show at least: (left, right) and (bottom, top); () for what there is to see."""


def figure(figure: Figure, *, width: int, height: int, window: Window | None = None) -> Content:
    """The figure in at most so many cells across and lines down; never raises, whatever the numbers are."""
    if width < 1 or height < 1:
        return Content("")
    most = 1 + (height >= _ROOM_FOR_TWO) + (height >= _ROOM_FOR_THREE)
    heading = _heading(figure, width, most) if height >= _ROOM_FOR_A_TITLE else []
    lines = _drawn(figure, width, height - len(heading), window)
    if lines is None:
        return assemble([[(fitted(_in_words(figure), width), ())]])
    return assemble([*heading, *lines])


def _heading(figure: Figure, width: int, most: int) -> list[Line]:
    """The title, and what the numbers are: on one line if they fit, else one below the other in at most so many."""
    only = "".join(one.label for one in figure.marks if len(figure.marks) == 1 and not isinstance(one, Bars))
    log = " (log)" if figure.y.scale == "log" else ""
    rest = " · ".join(text for text in (figure.y.label and f"{figure.y.label}{log}", only) if text)
    if any(isinstance(mark, HeatMap) for mark in figure.marks):
        rest = ""  # it stands below, with what the columns are
    gap = "   " if figure.title and rest else ""
    if most == 1 or cell_len(figure.title + gap + rest) <= width:
        title = fitted(figure.title, width)
        room = width - cell_len(title) - len(gap)
        line: Line = [(title, (BOLD,)), *([(gap + fitted(rest, room), (DIM,))] if rest and room >= 1 else [])]
        return [line] if title or rest else []
    titles = textwrap.wrap(figure.title, width)[: most - bool(rest)]
    lines: list[Line] = [[(fitted(one, width), (BOLD,))] for one in titles]
    return [*lines, [(fitted(rest, width), (DIM,))]] if rest else lines


def _drawn(figure: Figure, width: int, height: int, window: Window | None) -> list[Line] | None:
    """The figure without its heading; None where it cannot be drawn."""
    if width < _NARROWEST or not figure.marks:
        return None
    maps = [Matrix(_matrix(one.z), one.label, one.x, one.y) for one in figure.marks if isinstance(one, HeatMap)]
    if maps:
        return heat(maps, figure.x.label, figure.y.label, width=width, height=height)
    sets = [BarSet([str(name) for name in one.names], _numbers(one.heights), one.label) for one in figure.marks
            if isinstance(one, Bars)]  # fmt: skip
    if len(sets) == len(figure.marks) and max(len(one.names) for one in sets) <= height - any(s.label for s in sets):
        lines = bars(sets, figure.y.scale == "log", width=width, height=height)
        if lines is not None:
            return lines
    return _framed(figure, _series(figure), width, height, window)


def _series(figure: Figure) -> list[Series]:
    found: list[Series] = []
    only_bars = all(isinstance(mark, Bars) for mark in figure.marks)
    for mark in figure.marks:
        match mark:
            case Bars(names, heights, label):
                heights = _numbers(heights)
                found.append(
                    Series(
                        Shape.BARS,
                        list(zip(_positions([] if only_bars else names, len(heights)), heights, strict=False)),
                        label,
                    )
                )
            case Curve(x, y, label) | Points(x, y, label):
                shape = Shape.LINE if isinstance(mark, Curve) else Shape.POINTS
                points = list(zip(_numbers(x), _numbers(y), strict=False))
                found.append(Series(shape, thinned(points, shape), label))
    return found


def _positions(names: Sequence[str], count: int) -> list[float]:
    """Where bars stand: at the numbers that their names are, among curves; else one beside the other."""
    numbers = _numbers(names)
    return numbers if numbers and all(math.isfinite(one) for one in numbers) else [float(one) for one in range(count)]


def _framed(
    figure: Figure, series: Sequence[Series], width: int, height: int, window: Window | None
) -> list[Line] | None:
    """Series on a canvas with both axes, and under it what each sign stands for."""
    x_log, y_log = figure.x.scale == "log", figure.y.scale == "log"
    # A point that one axis cannot show must not stretch the other.
    points = [
        (a, b)
        for one in series
        for a, b in one.points
        if math.isfinite(a) and math.isfinite(b) and not (x_log and a <= 0) and not (y_log and b <= 0)
    ]
    sides, levels = window or ((), ())
    across = scale([*(a for a, _ in points), *sides], x_log, figure.x.zero)
    zero = figure.y.zero or any(one.shape is Shape.BARS for one in series)
    up = scale([*(b for _, b in points), *levels], y_log, zero)
    if across is None or up is None:
        return None
    most = max(1, min(height // 2, height - _ROOM_BESIDE_A_LEGEND))
    legend = _legend(series, width, most) if len(series) > 1 else []
    ends = _ends(figure, across)
    apart = height >= _ROOM_FOR_TWO and cell_len("".join((*ends, _x_label(figure)))) + _MARGIN > width
    rows = height - len(legend) - (2 if height >= _ROOM_FOR_A_FRAME else 1) - apart
    counts = not y_log and all(float(b).is_integer() for b in (up.low, up.high, *(b for _, b in points)))
    ticks = _ticks(up, rows, counts=counts)
    margin = max(len(label) for _, label in ticks)
    columns = width - margin - 2
    if rows < 2 or columns < _NARROWEST // 2:
        return None
    canvas = Canvas(_with_room_for_bars(across, series), up, columns, rows)
    canvas.draw(series)
    labels = {_row(up, value, rows): label for value, label in ticks}
    lines: list[Line] = []
    for row, cells in enumerate(canvas.lines(coloured=len(series) > 1)):
        axis = "┤" if row in labels else "│"
        lines.append([(f"{labels.get(row, ''):>{margin}} {axis}", (DIM,)), *cells])
    if height >= _ROOM_FOR_A_FRAME:
        lines.append([(" " * (margin + 1) + "└" + "─" * columns, (DIM,))])
    return [*lines, *_under(ends, _x_label(figure), margin + 2, columns, apart=apart), *legend]


def _ticks(up: Scale, rows: int, *, counts: bool) -> list[tuple[float, str]]:
    """Some numbers beside so many rows, each in a row of its own; only whole ones on an axis that counts."""
    most = min(_MOST_TICKS, rows - 1, int(up.high - up.low) + 1 if counts else _MOST_TICKS)
    for count in range(most, 1, -1):
        ticks = up.ticks(count)
        if len({_row(up, value, rows) for value, _ in ticks}) == len(ticks):
            return ticks
    return up.ticks(2)


def _row(up: Scale, value: float, rows: int) -> int:
    return round((1 - (up.place(value) or 0.0)) * (rows - 1))


def _with_room_for_bars(across: Scale, series: Sequence[Series]) -> Scale:
    """Half a bar more at both ends, so that the outer bars are as wide as the others."""
    most = max((len(one.points) for one in series if one.shape is Shape.BARS), default=0)
    if most < 2 or across.log:
        return across
    half = (across.high - across.low) / (most - 1) / 2
    return Scale(max(-HUGE, across.low - half), min(HUGE, across.high + half))


def _ends(figure: Figure, across: Scale) -> tuple[str, str]:
    """The ends of the x axis; bars alone have their names there, unless those at both ends are the same."""
    first = figure.marks[0]
    if isinstance(first, Bars) and len(first.names) and all(isinstance(mark, Bars) for mark in figure.marks):
        left, right = str(first.names[0]), str(first.names[-1])
        return (left, right) if left != right else ("", "")
    return short(across.low), short(across.high)


def _x_label(figure: Figure) -> str:
    return figure.x.label + (" (log)" if figure.x.scale == "log" else "")


def _under(ends: tuple[str, str], label: str, margin: int, columns: int, *, apart: bool) -> list[Line]:
    """The ends of the x axis and between them what it measures, or below them where it has no room there."""
    left, right = (fitted(end, columns // 3) for end in ends)
    between = "" if apart else fitted(label, columns - cell_len(left + right) - 2)
    space = max(0, columns - cell_len(left + between + right))
    text = " " * margin + left + " " * (space // 2) + between + " " * (space - space // 2) + right
    lines: list[Line] = [[(fitted(text, margin + columns), (DIM,))]]
    if apart:
        fits = fitted(label, margin + columns)
        free = margin + columns - cell_len(fits)
        lines.append([(" " * min(free, (margin + free) // 2) + fits, (DIM,))])  # in the middle of the axis, if it fits
    return lines


def _legend(series: Sequence[Series], width: int, most: int) -> list[Line]:
    """The sign of each series with its label; unnamed ones are left out beside named ones.

    In at most so many lines: if they are too few, the labels stand closer, and only then are the last left out.
    """
    named = [(number, one) for number, one in enumerate(series) if one.label] or list(enumerate(series))
    lines: list[Line] = []
    for gap, shown in (("   ", len(named)), *((" ", count) for count in range(len(named), -1, -1))):
        runs: Line = []
        for number, one in named[:shown]:
            text = fitted(one.label or f"{number + 1}", max(1, width - 2)).replace(" ", TIE)
            runs += [(gap if runs else "", ()), (sign(number), (colour(number),)), (f"{TIE}{text}", ())]
        if shown < len(named):
            runs += [(gap if runs else "", ()), (f"…{TIE}{len(named) - shown}{TIE}more", ())]
        lines = wrap(runs, width)
        if len(lines) <= most:
            break
    return lines


def _numbers(values: Any) -> list[float]:
    """Numbers as they come from a worker, or from NumPy; what is no number is left undrawn."""
    return [_number(value) for value in values]


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _matrix(rows: Iterable[Any]) -> list[list[float]]:
    return [_numbers(row) if hasattr(row, "__iter__") else [_number(row)] for row in rows]


def _in_words(figure: Figure) -> str:
    """The figure in a few words, where there is nothing or no room to draw."""
    numbers: list[float] = []
    for mark in figure.marks:
        match mark:
            case HeatMap(z):
                numbers += [value for row in _matrix(z) for value in row]
            case Bars(_, heights):
                numbers += _numbers(heights)
            case Curve(_, y) | Points(_, y):
                numbers += _numbers(y)
    finite = [value for value in numbers if math.isfinite(value)]
    words = f"{short(min(finite))} to {short(max(finite))}" if finite else "nothing to draw"
    return f"{figure.title}: {words}" if figure.title else words
