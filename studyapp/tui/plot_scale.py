"""Where a number lies between the ends of an axis, and which round numbers stand beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LEAST = 5e-324
_FEWEST = 2  # numbers that tell a logarithmic axis' scale
HUGE = 1e300
"""Numbers beyond this are drawn at it, so that a difference of two is a number."""


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `low` to `high`, which differ; on a logarithmic one both are positive."""

    low: float
    high: float
    log: bool = False

    def place(self, value: float) -> float | None:
        """How far up the axis a number lies, from 0 to 1; None for what has no place on it."""
        if not math.isfinite(value) or (self.log and value <= 0):
            return None
        low, high = self._along(self.low), self._along(self.high)
        along = self._along(max(-HUGE, min(HUGE, value)))
        return max(0.0, min(1.0, (along - low) / (high - low)))

    def _along(self, value: float) -> float:
        return math.log10(value) if self.log else value

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """At most so many numbers on the axis with their labels, ascending: round ones, or the ends; at least one."""
        values = self._logarithmic(most) if self.log else []
        if len(values) < _FEWEST:
            values = round_numbers(self.low, self.high, most)
        if len(values) < min(most, _FEWEST):
            values = [self.low, self.high]
        values = values or [self.low]
        for digits in (4, 6, 9, 12):
            labels = [short(value, digits) for value in values]
            if len(set(labels)) == len(labels):
                return list(zip(values, labels, strict=True))
        return [(values[0], labels[0])]

    def _logarithmic(self, most: int) -> list[float]:
        """Powers of ten, or 1, 2 and 5 times them where there are fewer than two."""
        first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
        if last - first + 1 >= _FEWEST:
            every = max(1, math.ceil((last - first + 1) / max(1, most)))
            return [10.0**power for power in range(first, last + 1, every)]
        steps = [times * 10.0**power for power in range(first - 1, last + 1) for times in (1, 2, 5)]
        found = [one for one in steps if self.low <= one <= self.high]
        return found if len(found) <= most else found[:: max(1, len(found) - 1)]


def scale(values: Iterable[float], log: bool = False, zero: bool = False) -> Scale | None:
    """The axis that holds all values; None when there is none that it could show. `zero` puts 0 on a linear one."""
    shown = [max(-HUGE, min(HUGE, value)) for value in values if math.isfinite(value) and not (log and value <= 0)]
    if not shown:
        return None
    low, high = min(shown), max(shown)
    if log:
        return Scale(low, high, log) if high / low > 1 + 1e-12 else Scale(max(low / 2, _LEAST), high * 2, log)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        margin = 0.1 * abs(low) or 1.0
        low, high = low - margin, high + margin
    return Scale(low, high)


def round_numbers(low: float, high: float, most: int) -> list[float]:
    """At most so many multiples of 1, 2 or 5 times a power of ten between two different numbers, ascending."""
    rough = (high - low) / max(1, most)
    if rough < 1e-300:
        return []
    power = 10.0 ** math.floor(math.log10(rough))
    for step in (power, 2 * power, 5 * power, 10 * power, 20 * power):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            return [number * step for number in range(first, last + 1)]
    return []


def short(value: float, digits: int = 4) -> str:
    """A number in few characters: `0.25`, `1.7e-18`, `2500`, `2.5e6`."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "-∞" if value < 0 else "?"
    text = f"{value:.0f}" if 10**digits <= abs(value) < 1e6 else f"{value:.{digits}g}"
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else "0" if text == "-0" else text


def alike(values: Sequence[float]) -> list[str]:
    """Numbers with the same number of decimals, three digits for the largest; one by one where some would read 0."""
    finite = [abs(value) for value in values if math.isfinite(value) and value]
    if finite and 1e-3 <= max(finite) < 1e6:
        decimals = max(0, 2 - math.floor(math.log10(max(finite))))
        if min(finite) >= 0.5 * 10.0**-decimals:
            return [f"{value:.{decimals}f}" if math.isfinite(value) else short(value) for value in values]
    return [short(value, 3) for value in values]
