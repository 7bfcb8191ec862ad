"""A claim over many seeds: on how many it holds, and how what it measures is spread."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from studyapp.simulation import Axis, Claim, Figure, Line, Verdict, borne_out

BINS = 16
"""Bins of the histogram, at most."""

WIDE = 100.0
"""Positive measurements that span more than this factor are counted in bins of equal ratio."""

FAR = 3.0
"""A bound further away than so many times the spread of the measurements would leave them no room in the figure."""


@dataclass(frozen=True, slots=True)
class Trials:
    """One claim, judged in runs that differ in the seed only. A claim that was silent in all has no verdict at all."""

    claims: tuple[Claim, ...]

    @property
    def spoken(self) -> list[Claim]:
        """The claims that applied."""
        return [one for one in self.claims if one.verdict is not Verdict.SILENT]

    @property
    def held(self) -> int:
        """On how many seeds it held."""
        return sum(one.verdict is Verdict.HOLDS for one in self.claims)

    @property
    def measured(self) -> list[float]:
        """What was measured, in ascending order, without what is not finite."""
        return sorted(one.measured for one in self.spoken if one.measured is not None)

    @property
    def borne_out(self) -> bool:
        """Whether it held on all seeds, or on the share of them that it speaks of."""
        return borne_out(self.held, len(self.spoken), self.claims[-1].share if self.claims else 1.0)

    def summary(self) -> str:
        """The verdict in one line: how often it held, the median, and the middle 90 %."""
        spoken, found = self.spoken, self.measured
        if not spoken:
            return "the claim does not apply at these parameters"
        words = f"held on {self.held} of {len(spoken)} seeds"
        if not found or found[0] == found[-1]:
            return f"{words}, measured {found[0]:.4g} each time" if found else words
        low, high = (found[round(share * (len(found) - 1))] for share in (0.05, 0.95))
        return f"{words}: median {median(found):.4g}, 5 to 95 % from {low:.4g} to {high:.4g}"


def figure(trials: Trials) -> Figure:
    """The histogram of what was measured, with the bounds and the expected value as upright lines where they fit."""
    found = trials.measured
    spoken = trials.spoken
    if not found:
        return Figure("", Axis("measured"), Axis("seeds"), [])
    edges, logarithmic = _edges(found)
    if found[0] == found[-1]:  # the seed plays no part: one upright line, not a bar that would look like a spread
        counts = [len(found)]
        marks = [Line([found[0], found[0]], [0.0, float(len(found))], f"{len(found)} seeds, all alike")]
    else:
        counts = [0] * (len(edges) - 1)
        for one in found:
            counts[_bin(one, edges)] += 1
        outline_x = [edge for edge in edges for _ in (0, 1)]
        outline_y = [0.0, *(float(count) for count in counts for _ in (0, 1)), 0.0]
        marks = [Line(outline_x, outline_y, f"{len(found)} seeds")]
    last = spoken[-1]
    bounds = {"lower bound": last.low, "upper bound": last.high, "expected": last.expected}
    if last.low == last.high:
        bounds = {"expected": last.expected}
    for label, bound in bounds.items():
        if bound is not None and _fits(bound, edges, logarithmic):
            marks.append(Line([bound, bound], [0.0, float(max(counts))], label))
    return Figure(last.name, Axis("measured", "log" if logarithmic else "linear"), Axis("number of seeds"), marks)


def _edges(found: Sequence[float]) -> tuple[list[float], bool]:
    """Edges of equal bins around sorted numbers, and whether they are of equal ratio."""
    low, high = found[0], found[-1]
    bins = max(1, min(BINS, math.ceil(math.sqrt(len(found)))))
    if low > 0 and high > WIDE * low:
        first, last = math.log(low), math.log(high)
        return [math.exp(first + (last - first) * step / bins) for step in range(bins + 1)], True
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
        half = 0.5 * abs(low) or 0.5
        return [max(-sys.float_info.max, low - half), min(sys.float_info.max, high + half)], False
    return [(1 - step / bins) * low + step / bins * high for step in range(bins + 1)], False


def _bin(one: float, edges: Sequence[float]) -> int:
    """The bin in which a number lies; the last includes its upper edge, and no rounding leads outside."""
    later = sum(one >= edge for edge in edges) - 1
    return min(max(later, 0), len(edges) - 2)


def _fits(bound: float, edges: Sequence[float], logarithmic: bool) -> bool:
    low, high = edges[0], edges[-1]
    if logarithmic:
        if bound <= 0:
            return False
        low, high, bound = math.log(low), math.log(high), math.log(bound)
    room = FAR * (high - low)
    return math.isfinite(bound) and low - room <= bound <= high + room
