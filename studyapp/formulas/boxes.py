"""Boxes of characters with a baseline, and how they are put side by side and one under the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len

Alignment = Literal["left", "center", "right"]

_BRACKETS = {
    "(": "⎛⎜⎜⎝",
    ")": "⎞⎟⎟⎠",
    "[": "⎡⎢⎢⎣",
    "]": "⎤⎥⎥⎦",
    "⌈": "⎡⎢⎢⎢",
    "⌉": "⎤⎥⎥⎥",
    "⌊": "⎢⎢⎢⎣",
    "⌋": "⎥⎥⎥⎦",
    "{": "⎧⎪⎨⎩",
    "}": "⎫⎪⎬⎭",
    "|": "││││",
    "‖": "║║║║",
}
"""A tall bracket's top, its length, its middle and its bottom."""


@dataclass(frozen=True, slots=True)
class Box:
    """Lines of `width` cells each, one of which, `baseline`, stands at the height of what is beside the box."""

    lines: tuple[str, ...]
    width: int
    baseline: int = 0

    @classmethod
    def line(cls, text: str) -> Box:
        """One line of text."""
        return cls((text,), cell_len(text))

    @property
    def height(self) -> int:
        """How many lines it has."""
        return len(self.lines)

    @property
    def middle(self) -> str:
        """The line on the baseline: what neighbours see of it."""
        return self.lines[self.baseline]

    @property
    def below(self) -> int:
        """How many lines stand under the baseline."""
        return self.height - 1 - self.baseline

    def at(self, baseline: int) -> Box:
        """The same box with another line beside its neighbours."""
        return Box(self.lines, self.width, baseline)

    def grown(self, above: int, below: int) -> Box:
        """With so many blank lines more above and below."""
        blank = (" " * self.width,)
        return Box(blank * above + self.lines + blank * below, self.width, self.baseline + above)

    def widened(self, width: int, alignment: Alignment = "center") -> Box:
        """Blanks at its sides up to a width in cells."""
        missing = width - self.width
        before = {"left": 0, "center": missing // 2, "right": missing}[alignment]
        lines = tuple(" " * before + line + " " * (missing - before) for line in self.lines)
        return Box(lines, width, self.baseline)


EMPTY = Box.line("")


def beside(boxes: Sequence[Box]) -> Box:
    """Boxes from left to right, their baselines at one height."""
    above = max((box.baseline for box in boxes), default=0)
    below = max((box.below for box in boxes), default=0)
    grown = [box.grown(above - box.baseline, below - box.below) for box in boxes]
    lines = ("".join(box.lines[at] for box in grown) for at in range(above + 1 + below))
    return Box(tuple(lines), sum(box.width for box in boxes), above)


def stacked(boxes: Sequence[Box], baseline: int, alignment: Alignment = "center") -> Box:
    """Boxes from top to bottom; `baseline` is the line of the whole that stands beside its neighbours."""
    width = max(box.width for box in boxes)
    return Box(tuple(line for box in boxes for line in box.widened(width, alignment).lines), width, baseline)


def table(rows: Sequence[Sequence[Box]], alignments: Sequence[Alignment], gaps: Sequence[int]) -> Box:
    """Cells in columns: each column's alignment, and the blanks before it; the middle of its height is the baseline.

    A blank line keeps rows apart of which one has several lines.
    """
    widths = [max((row[at].width for row in rows if at < len(row)), default=0) for at in range(len(alignments))]
    lines: list[Box] = []
    for row in rows:
        full = [*row, *[EMPTY] * (len(widths) - len(row))]
        line = beside(
            [
                part
                for box, width, alignment, gap in zip(full, widths, alignments, gaps, strict=True)
                for part in (Box.line(" " * gap), box.widened(width, alignment))
            ]
        )
        if lines and max(lines[-1].height, line.height) > 1:
            lines.append(EMPTY)
        lines.append(line)
    whole = stacked(lines, 0, "left")
    return whole.at(lines[0].baseline if len(lines) == 1 else (whole.height - 1) // 2)


def blank(box: Box) -> Box:
    """A gap as large as a box: an ellipsis in brackets as in a text; question marks where there is no room for that.

    An ellipsis alone would say "and so on", `[]` an empty list, and `_` begins a subscript on one line.
    """
    if box.width < 3:
        return Box.line("?" * box.width).grown(box.baseline, box.below)
    inner = Box.line("…".center(box.width - 2)).grown(box.baseline, box.below)
    return beside([bracket("[", inner), inner, bracket("]", inner)])


def bracket(sign: str, box: Box) -> Box:
    """A bracket or bar as high as a box, at its height; one that cannot grow stands on the baseline."""
    if box.height == 1 or not sign:
        return Box.line(sign)
    if sign not in _BRACKETS:
        return Box.line(sign).grown(box.baseline, box.below)
    top, length, middle, bottom = tuple(_BRACKETS[sign])
    if box.height == 2 and middle != length:
        return Box(("⎰", "⎱") if sign == "{" else ("⎱", "⎰"), 1, box.baseline)
    lines = [top, *[length] * (box.height - 2), bottom]
    if middle != length:
        lines[min(max(box.baseline, 1), box.height - 2)] = middle
    return Box(tuple(lines), 1, box.baseline)
