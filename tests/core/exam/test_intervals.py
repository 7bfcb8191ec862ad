"""Intervals against what defines them: exact sums of fractions, and the quadratic they solve."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.core.exam.intervals import exact, wilson

Z_SQUARED = 1.959963984540054**2
outcomes = st.integers(1, 60).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def tail(hits: range, of: int, share: float) -> float:
    """The probability of a number of hits in this range, summed exactly."""
    one = Fraction(share)
    return float(sum((comb(of, hit) * one**hit * (1 - one) ** (of - hit) for hit in hits), Fraction(0)))


@given(outcomes)
@settings(max_examples=60, deadline=None)
def test_the_exact_interval_leaves_the_same_tail_on_each_side(outcome: tuple[int, int]) -> None:
    """At the lower end so many right or more have 2.5 %, at the upper end so many or fewer; 0 and 1 are reached."""
    right, of = outcome
    low, high = exact(right, of)
    assert 0 <= low <= right / of <= high <= 1
    assert low == 0 if right == 0 else tail(range(right, of + 1), of, low) == pytest.approx(0.025, rel=1e-6)
    assert high == 1 if right == of else tail(range(right + 1), of, high) == pytest.approx(0.025, rel=1e-6)


@pytest.mark.parametrize("of", [1, 5, 24, 100])
def test_the_exact_interval_of_all_or_nothing(of: int) -> None:
    """All right: the lower end is the n-th root of 2.5 %; none right: the mirror image."""
    assert exact(of, of) == pytest.approx((0.025 ** (1 / of), 1.0))
    assert exact(0, of) == pytest.approx((0.0, 1 - 0.025 ** (1 / of)))


def test_the_exact_interval_of_a_table() -> None:
    """5 of 10 is printed in every table: 0.1871 to 0.8129."""
    assert exact(5, 10) == pytest.approx((0.18709, 0.81291), abs=1e-5)


@given(outcomes)
def test_the_wilson_interval_solves_its_quadratic(outcome: tuple[int, int]) -> None:
    """Its ends are the shares p with (share - p)^2 = z^2 p (1 - p) / n, one on each side."""
    right, of = outcome
    low, high = wilson(right, of)
    assert 0 <= low <= right / of <= high <= 1
    assert low < high
    for end in (low, high):
        assert (right / of - end) ** 2 == pytest.approx(Z_SQUARED * end * (1 - end) / of, abs=1e-12)


def test_the_wilson_interval_of_nothing() -> None:
    """Without a trial every share is possible."""
    assert wilson(0, 0) == (0.0, 1.0)


@given(outcomes)
def test_both_intervals_are_symmetric(outcome: tuple[int, int]) -> None:
    """Counting the wrong ones gives the mirror image."""
    right, of = outcome
    for interval in (exact, wilson):
        low, high = interval(right, of)
        assert interval(of - right, of) == pytest.approx((1 - high, 1 - low), abs=1e-9)
