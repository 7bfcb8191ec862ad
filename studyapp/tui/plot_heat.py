"""Matrices as shades, dark to light, which can be told apart without any colour."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.cells import cell_len
from textual.style import Style

from studyapp.tui.card_lines import Line, fitted, padded
from studyapp.tui.plot_scale import scale, short

DIM = Style(dim=True)

_SHADES = " ░▒▓█"
_GAP = "   "


def heat(maps: Sequence[tuple[str, list[list[float]]]], *, width: int, height: int) -> list[Line] | None:
    """Labelled matrices side by side with one scale, row 0 on top; None without a number or without room.

    An element takes two cells by one, several elements share them where there is no room.
    """
    along = scale([value for _, rows in maps for row in rows for value in row])
    labelled = any(label for label, _ in maps)
    each = (width - len(_GAP) * (len(maps) - 1)) // len(maps)
    room = height - 1 - labelled
    if along is None or each < 2 or room < 1:
        return None
    blocks: list[list[str]] = []
    for label, rows in maps:
        small = _reduced(rows, room, max(1, each // 2))
        cells = 2 if max((len(row) for row in small), default=0) * 2 <= each else 1
        drawn = ["".join(_shade(along.place(value)) * cells for value in row) for row in small]
        block = [fitted(label, each), *drawn] if labelled else drawn
        across = max((cell_len(text) for text in block), default=0)
        blocks.append([padded(text, across) for text in block])
    lines: list[Line] = []
    for number in range(max(len(block) for block in blocks)):
        parts = [
            block[number] if number < len(block) else " " * cell_len(block[0] if block else "") for block in blocks
        ]
        looks = (DIM,) if labelled and number == 0 else ()
        lines.append([(_GAP.join(parts).rstrip(), looks)])
    low, high = short(along.low), short(along.high)
    key = f"blank {low}   ░ ▒ ▓   █ {high}"
    lines.append([(fitted(key if cell_len(key) <= width else f"{low} ░▒▓█ {high}", width), (DIM,))])
    return lines


def _shade(place: float | None) -> str:
    if place is None:
        return "·"
    return _SHADES[min(len(_SHADES) - 1, int(place * len(_SHADES)))]


def _reduced(rows: list[list[float]], most_rows: int, most_columns: int) -> list[list[float]]:
    """The matrix with as many rows and columns as there is room for, each element the mean of those it stands for."""
    columns = max((len(row) for row in rows), default=0)
    down, across = math.ceil(len(rows) / most_rows) or 1, math.ceil(columns / most_columns) or 1
    return [
        [
            _mean([value for row in rows[top : top + down] for value in row[left : left + across]])
            for left in range(0, columns, across)
        ]
        for top in range(0, len(rows), down)
    ]


def _mean(values: Sequence[float]) -> float:
    finite = [value / len(values) for value in values if math.isfinite(value)]
    return sum(finite) * len(values) / len(finite) if finite else math.nan
