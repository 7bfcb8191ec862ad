"""Draw the curve, then run: five handles over a figure's own axes, and how far the drawn curve was off."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studyapp.simulation import Figure, Line

HANDLES = 5
STEPS = 20
"""A handle goes from the bottom to the top of the axis in so many steps."""

FEWEST = 3
"""A line of fewer points is no curve to draw."""

DECADES = 300
HUGE = 1e307
"""The axes end here, in decades and in numbers: what lies further is too near to what no number can tell."""

ROOM = (0.35, 0.7)
"""How much of the measured span is added below and above, so that the axis tells little of what was measured."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A curve as a learner draws it: `heights` of the handles, 0 at the bottom of the axis and 1 at the top.

    The handles stand evenly from `left` to `right`. The ends of both axes are in the units of the figure; along an
    axis with a logarithmic scale everything is even in the logarithm. `chosen` is the handle that the keys move.
    """

    figure: Figure
    line: Line
    left: float
    right: float
    bottom: float
    top: float
    heights: tuple[float, ...] = (0.5,) * HANDLES
    chosen: int = 0

    def choose(self, step: int) -> Drawing:
        """The same with the next handle chosen, or the one before; around the ends."""
        return replace(self, chosen=(self.chosen + step) % HANDLES)

    def move(self, steps: float) -> Drawing:
        """The same with the chosen handle so many steps higher; an axis grows when a handle is moved over its end."""
        heights = list(self.heights)
        heights[self.chosen] += steps / STEPS
        low, high = min(0.0, *heights), max(1.0, *heights)
        if low == 0.0 and high == 1.0:
            return replace(self, heights=tuple(heights))
        ends = [self._value(share) for share in (low, high)]
        if not all(math.isfinite(end) for end in ends) or (self._log_y and min(ends) < 1e-300):
            return self
        fitted = tuple((one - low) / (high - low) for one in heights)
        return replace(self, heights=fitted, bottom=ends[0], top=ends[1])

    def curve(self, points: int = 41) -> Line:
        """The drawn curve, straight between its handles."""
        shares = [step / (points - 1) for step in range(points)]
        return Line([self._place(one) for one in shares], [self._value(self._height(one)) for one in shares], "drawn")

    def handles(self) -> tuple[list[float], list[float]]:
        """Where the handles stand, in the figure's units."""
        places = [self._place(step / (HANDLES - 1)) for step in range(HANDLES)]
        return places, [self._value(one) for one in self.heights]

    def found(self) -> tuple[float, ...]:
        """The measured curve at the handles."""
        return tuple(self._measured(self._scaled_x(x)) for x in self.handles()[0])

    def error(self) -> float:
        """The root mean square distance from the measured curve, at its points.

        In decades where the y axis is logarithmic, else as a share of what the measured curve spans (or of its height
        where it is level).
        """
        points = self._points()
        off = []
        for x, y in points:
            share = (x - self._scaled_x(self.left)) / (self._scaled_x(self.right) - self._scaled_x(self.left))
            off.append(self._scaled_y(self._value(self._height(share))) / 2 - y / 2)
        span = 1.0 if self._log_y else max(_span([y for _, y in points]), 1e-300)
        # By halves, and by hypot: differences and squares of what simulations give may be too large, or too small.
        return math.hypot(*(one / (span / 2) for one in off)) / math.sqrt(len(off))

    @property
    def logarithmic(self) -> bool:
        """Whether the error is in decades."""
        return self._log_y

    # --- scales

    @property
    def _log_x(self) -> bool:
        return self.figure.x.scale == "log"

    @property
    def _log_y(self) -> bool:
        return self.figure.y.scale == "log"

    def _scaled_x(self, x: float) -> float:
        return math.log10(x) if self._log_x else x

    def _scaled_y(self, y: float) -> float:
        return math.log10(y) if self._log_y else y

    def _place(self, share: float) -> float:
        low, high = self._scaled_x(self.left), self._scaled_x(self.right)
        scaled = low + share * (high - low)
        return 10**scaled if self._log_x else scaled

    def _value(self, share: float) -> float:
        low, high = self._scaled_y(self.bottom), self._scaled_y(self.top)
        scaled = low + share * (high - low)
        if not self._log_y:
            return scaled
        return 10**scaled if abs(scaled) < 308 else math.inf if scaled > 0 else 0.0

    def _height(self, share: float) -> float:
        """The drawn height at a share of the way from left to right."""
        place = min(1.0, max(0.0, share)) * (HANDLES - 1)
        before = min(int(place), HANDLES - 2)
        part = place - before
        return (1 - part) * self.heights[before] + part * self.heights[before + 1]

    def _points(self) -> list[tuple[float, float]]:
        """The measured points along both scales."""
        return sorted((self._scaled_x(x), self._scaled_y(y)) for x, y in shown(self.figure, self.line))

    def _measured(self, x: float) -> float:
        """The measured curve at a place along the x scale, straight between its points."""
        points = self._points()
        after = next((number for number, (at, _) in enumerate(points) if at >= x), len(points) - 1)
        (a, low), (b, high) = points[max(after - 1, 0)], points[after]
        part = min(1.0, max(0.0, (x - a) / (b - a))) if b > a else 1.0
        scaled = (1 - part) * low + part * high
        return 10 ** min(scaled, 308.25) if self._log_y else scaled


def shown(figure: Figure, line: Line) -> list[tuple[float, float]]:
    """The points of a line that its figure can show: finite, and above 0 along a logarithmic axis."""
    pairs = zip(map(float, line.x), map(float, line.y), strict=True)
    return [
        (x, y)
        for x, y in pairs
        if math.isfinite(x)
        and math.isfinite(y)
        and (figure.x.scale != "log" or x > 0)
        and (figure.y.scale != "log" or y > 0)
    ]


def curves(figures: Sequence[Figure]) -> list[tuple[Figure, Line]]:
    """The lines of the figures that can be drawn: some points, at different places from left to right."""
    found = []
    for figure in figures:
        for mark in figure.marks:
            if isinstance(mark, Line):
                xs = [x for x, _ in shown(figure, mark)]
                ordered = all(a <= b for a, b in itertools.pairwise(xs))
                if len(xs) >= FEWEST and ordered and 0 < xs[-1] - xs[0] < math.inf:
                    found.append((figure, mark))
    return found


def _span(heights: Sequence[float]) -> float:
    """What a measured curve spans; the height of one that is level but for rounding."""
    span, size = max(heights) - min(heights), max(map(abs, heights))
    return min(span, HUGE) if span > 1e-12 * size else size or 1.0


def begin(figure: Figure, line: Line) -> Drawing:
    """A level curve over the axes of a measured one, in the middle of an axis with room below and above it."""
    points = shown(figure, line)
    if figure.y.scale == "log":
        ys = [math.log10(y) for _, y in points]
        span = (max(ys) - min(ys)) or 1.0
        first = min(max(math.floor(min(ys) - ROOM[0] * span), -DECADES), DECADES - 1)
        last = max(first + 1, min(math.ceil(max(ys) + ROOM[1] * span), DECADES))
        low, high = 10.0**first, 10.0**last
    else:
        ys = [y for _, y in points]
        span = _span(ys)
        low, high = max(-HUGE, min(ys) - ROOM[0] * span), min(HUGE, max(ys) + ROOM[1] * span)
    return Drawing(figure, line, min(x for x, _ in points), max(x for x, _ in points), low, high)
