"""Tables in characters: columns aligned by cells, and narrowed by wrapping inside them when there is no room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from studyapp.tui.card_lines import Line, Run, cells_of, wrap

Alignment = Literal["left", "center", "right"]

_GAP = "  "
_NARROWEST = 4
"""A column is never narrowed below this many cells, unless even that is too much for all of them."""


def table(rows: Sequence[Sequence[list[Run]]], alignments: Sequence[Alignment], width: int | None) -> list[Line]:
    """A table as lines, a rule under its first row. Cells beyond the head's are left out, as in Markdown."""
    columns = len(alignments)
    wanted = [max((cells_of(row[column]) for row in rows if column < len(row)), default=0) for column in range(columns)]
    widths = _narrowed(wanted, width)
    lines: list[Line] = []
    for number, row in enumerate(rows):
        lines += _row([row[column] if column < len(row) else [] for column in range(columns)], alignments, widths)
        if number == 0:
            lines.append([(_GAP.join("─" * cells for cells in widths), ())])
    return lines


def _narrowed(wanted: Sequence[int], width: int | None) -> list[int]:
    """Column widths that fit: the widest columns give up cells first."""
    widths = [max(1, cells) for cells in wanted]
    if width is None or not widths:
        return widths
    room = width - len(_GAP) * (len(widths) - 1)
    floor = max(1, min(_NARROWEST, room // len(widths)))
    if sum(widths) <= room:
        return widths
    low, high = floor, max(widths)
    while low < high:  # the largest limit on all columns under which they fit
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sum(min(one, middle) for one in widths) <= room else (low, middle - 1)
    return [min(one, low) for one in widths]


def _row(cells: Sequence[list[Run]], alignments: Sequence[Alignment], widths: Sequence[int]) -> list[Line]:
    wrapped = [wrap(cell, cells_wide) for cell, cells_wide in zip(cells, widths, strict=True)]
    lines: list[Line] = []
    for number in range(max((len(cell) for cell in wrapped), default=0)):
        line: Line = []
        for column, cell in enumerate(wrapped):
            part = cell[number] if number < len(cell) else []
            space = max(0, widths[column] - cells_of(part))
            before = {"left": 0, "center": space // 2, "right": space}[alignments[column]]
            after = space - before if column < len(wrapped) - 1 else 0
            gap = _GAP if column < len(wrapped) - 1 else ""
            line += [(" " * before, ()), *part, (" " * after + gap, ())]
        lines.append([run for run in line if run[0]])
    return lines
