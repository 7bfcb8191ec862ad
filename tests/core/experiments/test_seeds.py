"""Rules of a claim over many seeds: how often it held, and the histogram of what it measured."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.core.experiments.seeds import BINS, Trials, figure
from studyapp.simulation import Claim, Figure, Line, Verdict

finite = st.floats(allow_nan=False, allow_infinity=False)


def claim(
    measured: float | None,
    verdict: Verdict = Verdict.HOLDS,
    *,
    low: float | None = None,
    high: float | None = None,
    expected: float | None = None,
) -> Claim:
    """What one run says of a claim."""
    return Claim("s.1", "steady", "it is steady", verdict, measured, expected, low, high)


def trials(*measured: float | None, low: float | None = None, high: float | None = None) -> Trials:
    """A claim that held in runs that measured this."""
    return Trials(tuple(claim(one, low=low, high=high) for one in measured))


def outline(shown: Figure) -> tuple[list[float], list[float]]:
    """The edges of the bins, and how many measurements lie in each."""
    line = shown.marks[0]
    assert isinstance(line, Line)
    xs, ys = [float(one) for one in line.x], [float(one) for one in line.y]
    assert ys[0] == ys[-1] == 0
    assert xs[::2] == xs[1::2]
    assert ys[1:-1:2] == ys[2:-1:2]
    return xs[::2], ys[1:-1:2]


@settings(deadline=None)
@given(st.lists(finite, min_size=1, max_size=100))
def test_every_measurement_is_counted_once(measured: list[float]) -> None:
    """Whatever they are: the counts sum to their number, over finite edges in order around all of them."""
    shown = figure(trials(*measured))
    if len(set(measured)) == 1:
        upright = shown.marks[0]
        assert isinstance(upright, Line)
        assert (list(upright.x), list(upright.y)) == ([measured[0]] * 2, [0.0, float(len(measured))])
        return
    edges, counts = outline(shown)
    assert sum(counts) == len(measured)
    assert len(counts) <= BINS
    assert all(math.isfinite(edge) for edge in edges)
    assert all(before < after for before, after in pairwise(edges))
    tolerance = 1e-9 * max(map(abs, measured))
    assert edges[0] <= min(measured) + tolerance
    assert edges[-1] >= max(measured) - tolerance


@settings(deadline=None)
@given(st.lists(st.floats(1e-300, 1e300), min_size=2, max_size=100))
def test_bins_of_what_spans_many_decades_are_of_equal_ratio(measured: list[float]) -> None:
    """Else all but one of them would be empty."""
    shown = figure(trials(*measured))
    wide = max(measured) > 100 * min(measured)
    assert shown.x.scale == ("log" if wide else "linear")
    if wide:
        edges, _ = outline(shown)
        ratios = [math.log(after) - math.log(before) for before, after in pairwise(edges)]
        assert max(ratios) == pytest.approx(min(ratios), rel=1e-6)


def test_counts_are_those_of_the_bins() -> None:
    """Ten bins for a hundred: the last one has its upper edge too."""
    edges, counts = outline(figure(trials(*(float(one) for one in range(101)))))
    assert len(counts) == 11
    assert edges[0] == 0
    assert edges[-1] == 100
    assert [sum(low <= one < high for one in range(100)) for low, high in pairwise(edges)][:-1] == counts[:-1]
    (alike,) = figure(trials(2.0, 2.0, 2.0)).marks[:1]
    assert alike == Line([2.0, 2.0], [0.0, 3.0], "3 seeds, all alike")


def test_bounds_stand_in_the_figure_where_they_fit() -> None:
    """Far away they would leave no room for the measurements; one that binds on both sides is the expected value."""

    def labels(*measured: float, low: float | None, high: float | None, expected: float | None = None) -> list[str]:
        claims = tuple(claim(one, low=low, high=high, expected=expected) for one in measured)
        return [mark.label for mark in figure(Trials(claims)).marks[1:] if isinstance(mark, Line)]

    assert labels(1.0, 2.0, low=0.5, high=2.5, expected=1.5) == ["lower bound", "upper bound", "expected"]
    assert labels(1.0, 2.0, low=0.5, high=99.0) == ["lower bound"]
    assert labels(1.0, 2.0, low=None, high=None) == []
    assert labels(1.0, 2.0, low=1.0, high=1.0, expected=1.0) == ["expected"]
    assert labels(1e-9, 1.0, low=0.0, high=10.0) == ["upper bound"]
    assert labels(1.0, 2.0, low=-math.inf, high=math.inf) == []


def test_the_summary_says_how_often_it_held_and_how_it_is_spread() -> None:
    """The median, and from where to where the middle nine tenths lie."""
    held = [claim(float(one)) for one in range(90)]
    failed = [claim(float(one), Verdict.FAILS) for one in range(90, 101)]
    words = Trials((*held, *failed)).summary()
    assert words == "held on 90 of 101 seeds: median 50, 5 to 95 % from 5 to 95"
    assert trials(1.0, 1.0).summary() == "held on 2 of 2 seeds, measured 1 each time"


def test_what_is_not_finite_is_no_measurement() -> None:
    """It counts among the verdicts only; without any measurement there is nothing to draw."""
    lost = Trials((claim(None, Verdict.FAILS), claim(2.0)))
    assert lost.measured == [2.0]
    assert lost.summary() == "held on 1 of 2 seeds, measured 2 each time"
    none = Trials((claim(None, Verdict.FAILS),))
    assert none.summary() == "held on 0 of 1 seeds"
    assert figure(none).marks == []


def test_a_claim_that_is_silent_everywhere_has_no_verdict() -> None:
    """Nor a figure; one that is silent on some seeds is judged on the others."""
    silent = claim(None, Verdict.SILENT)
    assert Trials((silent, silent)).summary() == "the claim does not apply at these parameters"
    assert figure(Trials((silent,))).marks == []
    assert figure(Trials(())).marks == []
    assert Trials((silent, claim(1.0))).summary() == "held on 1 of 1 seeds, measured 1 each time"
