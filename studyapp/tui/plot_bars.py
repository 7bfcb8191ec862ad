"""Bars lying down, so that their names can be read: to an eighth of a cell, with the number beside each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len
from textual.style import Style

from studyapp.tui.card_lines import Line, fitted, padded, wrap
from studyapp.tui.plot_scale import Scale, alike, scale

DIM = Style(dim=True)

_EIGHTHS = " ▏▎▍▌▋▊▉"
_GAP = "  "
_SHORTEST, _LONGEST = 4, 40
"""A bar has at least and at most so many cells; with less room, bars stand below each other."""


@dataclass(frozen=True, slots=True)
class BarSet:
    """Bars that belong together: a number for each name."""

    names: Sequence[str]
    heights: Sequence[float]
    label: str = ""


def bars(sets: Sequence[BarSet], log: bool, *, width: int, height: int) -> list[Line] | None:
    """Sets of bars with one scale, side by side if they have the same names and room; None where they have none.

    What has no room below is counted in the last line.
    """
    along = scale([value for one in sets for value in one.heights], log, zero=True)
    if along is None:
        return None
    beside = all(list(one.names) == list(sets[0].names) for one in sets)
    lines = _block(sets, along, width) if beside else None
    if lines is None:
        blocks = [_block([one], along, width) for one in sets]
        if any(block is None for block in blocks):
            return None
        lines = [line for block in blocks for line in block or []]
    if len(lines) <= height:
        return lines
    return [*lines[: height - 1], [(fitted(f"… {len(lines) - height + 1} more", width), (DIM,))]]


def _block(sets: Sequence[BarSet], along: Scale, width: int) -> list[Line] | None:
    """One set, or several with the same names, side by side under their labels; None if the bars got too short."""
    names = [fitted(str(name), max(4, width // 3)) for name in sets[0].names]
    numbers = [alike(one.heights) for one in sets]
    first = max((cell_len(name) for name in names), default=0)
    widest = [max((len(text) for text in texts), default=0) for texts in numbers]
    fixed = first + 2 + sum(widest) + len(sets) + len(_GAP) * (len(sets) - 1)
    cells = min(_LONGEST, (width - fixed) // len(sets))
    if cells < _SHORTEST:
        return None
    rooms = [cells + 1 + number_cells for number_cells in widest]
    labels = [_wrapped(one.label, room) if one.label else [] for one, room in zip(sets, rooms, strict=True)]
    lines: list[Line] = []
    for parts in zip_longest(*labels, fillvalue=""):
        line = _GAP.join(padded(part, room) for part, room in zip(parts, rooms, strict=True))
        lines.append([(" " * (first + 2) + line.rstrip(), (DIM,))])
    for place, name in enumerate(names):
        row: Line = [(padded(name, first + 2), ())]
        for one, texts, number_cells in zip(sets, numbers, widest, strict=True):
            number = texts[place] if place < len(texts) else ""
            value = one.heights[place] if place < len(one.heights) else math.nan
            row.append((f"{bar(value, along, cells)} {number.rjust(number_cells)}{_GAP}", ()))
        lines.append([*row[:-1], (row[-1][0].rstrip(), ())])
    return lines


def _wrapped(text: str, cells: int) -> list[str]:
    """A text on lines of at most so many cells, each of which is whole words where it can be."""
    return ["".join(part for part, _ in line) for line in wrap([(fitted(text, 3 * cells), ())], cells)]


def bar(value: float, along: Scale, cells: int) -> str:
    """One bar from zero, or from the left end of a logarithmic scale, as exactly so many cells."""
    end = along.place(value)
    if end is None:
        return " " * cells
    start = along.place(0.0) or 0.0
    if value < 0:
        left, right = round(end * cells * 2), round(start * cells * 2)
        left = min(left, right - 1)
        return (" " * (left // 2) + "▐" * (left % 2) + "█" * (right // 2 - (left + 1) // 2)).ljust(cells)[:cells]
    before = round(start * cells)
    eighths = round((end - start) * cells * 8)
    if eighths == 0 and value > 0:
        eighths = 1
    full, rest = divmod(eighths, 8)
    return (" " * before + "█" * full + (_EIGHTHS[rest] if rest else "")).ljust(cells)[:cells]
