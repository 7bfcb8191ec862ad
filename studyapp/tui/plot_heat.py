"""Matrices as shades, dark to light, which can be told apart without any colour, their rows and columns numbered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.style import Style

from studyapp.tui.card_lines import TIE, Line, fitted, padded, wrap
from studyapp.tui.plot_scale import Scale, scale, short

DIM = Style(dim=True)

_SHADES = " ░▒▓█"
# The same shades as two by two dots of braille, in the upper and in the lower half of a cell.
_UPPER, _LOWER = (0x00, 0x01, 0x11, 0x13, 0x1B), (0x00, 0x04, 0x44, 0x64, 0xE4)
_BLANK = 0x2800
_GAP, _BETWEEN = "   ", "  "
_ROOM_FOR_NAMES = 7  # lines, for what the axes of a small map are


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of numbers from the top, what they are called, and what the outer columns and rows stand for, if said."""

    rows: Sequence[Sequence[float]]
    label: str = ""
    x: Sequence[float] | None = None
    y: Sequence[float] | None = None


def heat(maps: Sequence[Matrix], across: str, down: str, *, width: int, height: int) -> list[Line] | None:
    """Labelled matrices side by side with one scale; None without a number or without room.

    An element is a square: two cells by one or several times that, or two by two dots where there is less room; several
    share one, as their mean, where there is not even that. Below stands what columns, rows and shades mean.
    """
    along = scale([value for one in maps for row in one.rows for value in row])
    if along is None:
        return None
    named = len(maps) > 1 and any(one.label for one in maps)
    label = "" if named else next((f"{one.label}: " for one in maps if one.label), "")
    names = [f"{sign} {text}" for sign, text in (("↓", down), ("→", across)) if text]
    most_rows, columns = max(len(one.rows) for one in maps), sum(_columns(one.rows) for one in maps)
    # What the axes are is left out before the elements get small.
    for told, gap in ((names, _GAP), (names, " "), ([], _GAP)):
        below = _below([*told, label + _key(along, _SHADES)], gap, width)
        room = height - named - 1 - len(below)
        for size in range(room // most_rows, 0, -1):
            blocks = [_block(one, _squares(one.rows, along, size), 1 / size, 0.5 / size, named) for one in maps]
            if cell_len(_beside(blocks)[0]) <= width:
                return _lines(blocks, below, named)
    told = names if height >= _ROOM_FOR_NAMES else []
    below = _below([*told, label + _key(along, [_dots(dots) for dots in _UPPER])], " ", width)
    room = height - named - 1 - len(below)
    if room < 1:
        return None
    rows_each = math.ceil(most_rows / (2 * room))
    free = width + len(_BETWEEN) - sum(_longest(one.y, len(one.rows)) + len("│" + _BETWEEN) for one in maps)
    for columns_each in range(math.ceil(columns / max(1, free)), columns + 1):
        small = [_dotted(_reduced(one.rows, rows_each, columns_each), along) for one in maps]
        blocks = [
            _block(one, drawn, 2 * rows_each, columns_each, named) for one, drawn in zip(maps, small, strict=True)
        ]
        if cell_len(_beside(blocks)[0]) <= width:
            return _lines(blocks, below, named)
    return None


def _key(along: Scale, shades: Sequence[str]) -> str:
    return f"{short(along.low, 3)} {''.join(shades)} {short(along.high, 3)}"


def _below(parts: Sequence[str], gap: str, width: int) -> list[Line]:
    """Parts on as few lines as they need, each in one piece."""
    return wrap([(gap.join(fitted(part, width).replace(" ", TIE) for part in parts), (DIM,))], width)


def _lines(blocks: Sequence[list[str]], below: Sequence[Line], named: bool) -> list[Line]:
    """The blocks beside each other, their labels and the numbers at the foot of the tallest dim."""
    rows = [text.rstrip() for text in _beside(blocks)]
    quiet = {len(rows) - 1, *([0] if named else [])}
    drawn: list[Line] = [[(text, (DIM,) if number in quiet else ())] for number, text in enumerate(rows)]
    return [*drawn, *below]


def _beside(blocks: Sequence[list[str]]) -> list[str]:
    tallest = max(len(block) for block in blocks)
    return [
        _BETWEEN.join(block[row] if row < len(block) else " " * cell_len(block[0]) for block in blocks)
        for row in range(tallest)
    ]


def _block(one: Matrix, drawn: list[str], rows_each: float, columns_each: float, named: bool) -> list[str]:
    """A drawn matrix, so many rows to a line and columns to a cell, with their numbers at the left and below."""
    cells = max((len(text) for text in drawn), default=0)
    rows = {int(middle / rows_each): label for middle, label in _numbers(one.y, len(one.rows), len(drawn))}
    margin = max((len(label) for label in rows.values()), default=0)
    block = [f"{rows.get(row, ''):>{margin}}{'┤' if row in rows else '│'}{text}" for row, text in enumerate(drawn)]
    columns = _columns(one.rows)
    block_cells = margin + 1 + cells
    below = ""
    for middle, label in _numbers(one.x, columns, cells // (_longest(one.x, columns) + 1)):
        start = margin + 1 + math.ceil(middle / columns_each - (len(label) + 1) / 2)
        start = max(0, min(start, block_cells - len(label)))
        if (start > len(below) or not below) and len(label) <= block_cells:
            below = below.ljust(start) + label
    block.append(below)
    if named:
        block.insert(0, fitted(one.label, block_cells))
    return [padded(text, block_cells) for text in block]


def _longest(ends: Sequence[float] | None, count: int) -> int:
    """Characters of the longer number at an end."""
    return max(len(short(end)) for end in ends or (count - 1,))


def _numbers(ends: Sequence[float] | None, count: int, most: int) -> list[tuple[float, str]]:
    """Round numbers for so many rows or columns, each with where its middle is, the first one being from 0 to 1."""
    first, last = ends or (0, count - 1)
    axis = scale((first, last))
    if count < 2 or axis is None or most < 2:
        return [(0.5, short(first))]
    return [
        (0.5 + (count - 1) * (share if first < last else 1 - share), label)
        for value, label in axis.ticks(min(most, count))
        if (share := axis.place(value)) is not None
    ]


def _squares(rows: Sequence[Sequence[float]], along: Scale, size: int) -> list[str]:
    """Each element as twice `size` cells in each of `size` lines."""
    lines = ["".join(_shade(along, value) * 2 * size for value in row) for row in rows]
    return [line for line in lines for _ in range(size)]


def _shade(along: Scale, value: float) -> str:
    level = _level(along, value)
    return "·" if level is None else _SHADES[level]


def _level(along: Scale, value: float) -> int | None:
    place = along.place(value)
    return None if place is None else min(len(_SHADES) - 1, int(place * len(_SHADES)))


def _dotted(rows: Sequence[Sequence[float]], along: Scale) -> list[str]:
    """Each element as half a cell."""
    columns = _columns(rows)
    levels = [[_level(along, value) or 0 for value in row] + [0] * (columns - len(row)) for row in rows]
    pairs = zip(levels[::2], [*levels[1::2], [0] * columns], strict=False)
    return ["".join(_dots(_UPPER[a] + _LOWER[b]) for a, b in zip(*pair, strict=True)) for pair in pairs]


def _dots(dots: int) -> str:
    return chr(_BLANK + dots) if dots else " "


def _reduced(rows: Sequence[Sequence[float]], down: int, across: int) -> list[list[float]]:
    """The matrix with so many rows and columns in one, each element the mean of those it stands for."""
    return [
        [
            _mean([value for row in rows[top : top + down] for value in row[left : left + across]])
            for left in range(0, _columns(rows), across)
        ]
        for top in range(0, len(rows), down)
    ]


def _columns(rows: Sequence[Sequence[float]]) -> int:
    return max((len(row) for row in rows), default=0)


def _mean(values: Sequence[float]) -> float:
    finite = [value / len(values) for value in values if math.isfinite(value)]
    return sum(finite) * len(values) / len(finite) if finite else math.nan
