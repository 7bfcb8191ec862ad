"""How sure a share of right answers makes us: exact and approximate intervals for a proportion, at 95 %."""

from __future__ import annotations

from collections.abc import Callable
from math import comb, sqrt

LEVEL = 0.95
_NORMAL = 1.959963984540054  # the 97.5 % point of the standard normal distribution


def exact(right: int, of: int) -> tuple[float, float]:
    """The exact binomial interval of a share (Clopper and Pearson, 1934): its ends leave 2.5 % on each side."""
    tail = (1 - LEVEL) / 2
    low = 0.0 if right == 0 else _root(lambda share: _at_least(right, of, share) - tail)
    high = 1.0 if right == of else _root(lambda share: tail - (1 - _at_least(right + 1, of, share)))
    return low, high


def wilson(right: int, of: int) -> tuple[float, float]:
    """The score interval of a share (Wilson, 1927, eq. 4), which stays sensible for few trials; (0, 1) for none."""
    if of == 0:
        return 0.0, 1.0
    share, extra = right / of, _NORMAL**2 / of
    middle = share + extra / 2
    half = _NORMAL * sqrt(share * (1 - share) / of + extra / (4 * of))
    low = 0.0 if right == 0 else (middle - half) / (1 + extra)
    high = 1.0 if right == of else (middle + half) / (1 + extra)
    return low, high


def _at_least(right: int, of: int, share: float) -> float:
    return sum(comb(of, hits) * share**hits * (1 - share) ** (of - hits) for hits in range(right, of + 1))


def _root(rising: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):  # halves the error each time, down to the last binary digit
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2
