"""Curves, points and many bars in braille dots, two by four to a cell, with a sign for each where there are several."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from studyapp.tui.card_lines import Line, Look
from studyapp.tui.plot_scale import Scale

SIGNS = "●○▲△■□◆◇"
COLOURS = ("$primary", "$warning", "$success", "$error", "$accent", "$secondary")

# The dots of a cell in Unicode's order: by row from the top, left and right.
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BLANK = 0x2800
_MOST_POINTS = 4_000
_GAPPED = 6
"""Bars of so many dots and more have a gap between them."""
_FEW_POINTS = 40
"""So many points get a sign each; more are dots."""


class Shape(Enum):
    """How a series is drawn."""

    LINE = auto()
    POINTS = auto()
    BARS = auto()


@dataclass(frozen=True, slots=True)
class Series:
    """Points to be drawn, what they are called, and as what."""

    shape: Shape
    points: Sequence[tuple[float, float]]
    label: str = ""


def sign(number: int) -> str:
    """The sign of a series among several; the ninth has the first one's again, in another colour."""
    return SIGNS[number % len(SIGNS)]


def colour(number: int) -> Look:
    """The colour of a series, which only helps the sign."""
    return COLOURS[number % len(COLOURS)]


class Canvas:
    """So many cells, the axes along them, and the dots and signs in them."""

    def __init__(self, x: Scale, y: Scale, columns: int, rows: int) -> None:
        """Begin with nothing drawn; columns and rows are at least 1."""
        self.x, self.y, self.columns, self.rows = x, y, columns, rows
        self.dots = [[0] * columns for _ in range(rows)]
        self.owners = [[0] * columns for _ in range(rows)]
        self.signs: dict[tuple[int, int], int] = {}

    def draw(self, series: Sequence[Series]) -> None:
        """Draw all series, later ones over earlier ones, and mark each if there are several."""
        several = len(series) > 1
        paths: list[dict[int, int]] = []
        for number, one in enumerate(series):
            path: dict[int, int] = {}
            places = [self.place(a, b) for a, b in one.points]
            for column, row in self.drawn(one, places, several):
                self.dots[row // 4][column // 2] |= _BITS[row % 4][column % 2]
                self.owners[row // 4][column // 2] = number
                path[column // 2] = row // 4
            if one.shape is Shape.POINTS and len(places) <= _FEW_POINTS:
                self.signs |= {(place[1] // 4, place[0] // 2): number for place in places if place}
            paths.append(path)
        if several:
            for number, path in enumerate(paths):
                self.mark(path, number, len(series))

    def place(self, a: float, b: float) -> tuple[int, int] | None:
        """The dot of a point, counted from the top left; None for a point that an axis cannot show."""
        across, up = self.x.place(a), self.y.place(b)
        if across is None or up is None:
            return None
        return round(across * (self.columns * 2 - 1)), round((1 - up) * (self.rows * 4 - 1))

    def drawn(
        self, series: Series, places: Sequence[tuple[int, int] | None], several: bool
    ) -> Iterator[tuple[int, int]]:
        """The dots of a series."""
        match series.shape:
            case Shape.LINE:
                last: tuple[int, int] | None = None
                for place in places:
                    if place is not None:
                        yield from _segment(last or place, place)
                    last = place
            case Shape.POINTS:
                if len(places) > _FEW_POINTS:
                    yield from (place for place in places if place)
            case Shape.BARS:
                yield from self.columns_of(series, several)

    def columns_of(self, series: Series, several: bool) -> Iterator[tuple[int, int]]:
        """The dots of bars standing side by side from zero; of several series only the tops."""
        dots = self.columns * 2
        half = (self.x.high - self.x.low) / max(1, len(series.points)) / 2
        floor = self.place(self.x.low, 0.0)
        for a, b in series.points:
            place = self.place(a, b)
            if place is None:
                continue
            left, right = (int((self.x.place(edge) or 0.0) * dots + 0.5) for edge in (a - half, a + half))
            left, right = min(left, dots - 1), right - (right - left >= _GAPPED)
            ends = sorted((place[1], place[1] if several else floor[1] if floor else self.rows * 4 - 1))
            yield from (
                (column, row)
                for column in range(left, min(dots, max(left + 1, right)))
                for row in range(ends[0], ends[1] + 1)
            )

    def mark(self, path: dict[int, int], number: int, total: int) -> None:
        """Put a series' sign on its curve, every so often and beside the others' signs."""
        if not path or number in self.signs.values():
            return
        times = max(1, self.columns // (8 * total))
        wanted = [round((turn * total + number + 0.5) * self.columns / (times * total)) for turn in range(times)]
        nearest = [min(path, key=lambda column: abs(column - one)) for one in wanted]
        for tried, column in enumerate((*nearest, *path), 1):  # anywhere else, if others' signs stand at all of those
            self.signs.setdefault((path[column], column), number)
            if tried >= times and number in self.signs.values():
                return

    def lines(self, coloured: bool) -> list[Line]:
        """The rows of cells from the top, neighbours of one colour as one run."""
        found: list[Line] = []
        for row in range(self.rows):
            line: Line = []
            for column in range(self.columns):
                cell = row, column
                dots = self.dots[row][column]
                owner = self.signs.get(cell, self.owners[row][column])
                text = sign(owner) if cell in self.signs else chr(_BLANK + dots) if dots else " "
                looks = (colour(owner),) if coloured and text != " " else ()
                if line and line[-1][1] == looks:
                    line[-1] = (line[-1][0] + text, looks)
                else:
                    line.append((text, looks))
            found.append(line)
        return found


def _segment(start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The dots from one to another, both included."""
    (a, b), (c, d) = start, end
    steps = max(abs(c - a), abs(d - b))
    for step in range(steps + 1):
        share = step / steps if steps else 0.0
        yield round(a + (c - a) * share), round(b + (d - b) * share)


def thinned(points: Sequence[tuple[float, float]], shape: Shape) -> Sequence[tuple[float, float]]:
    """No more points than a terminal can show: of each stretch of a long curve the lowest and the highest."""
    if len(points) <= _MOST_POINTS:
        return points
    if shape is Shape.POINTS:
        return points[:: math.ceil(len(points) / _MOST_POINTS)]
    stretch = math.ceil(2 * len(points) / _MOST_POINTS)
    found: list[tuple[float, float]] = []
    for start in range(0, len(points), stretch):
        part = [point for point in points[start : start + stretch] if math.isfinite(point[1])]
        if part:
            ends = {min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])}
            found += sorted(ends)
    return found
