"""Rules of a drawn curve: handles over a figure's axes, and how far the curve was off."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.core.experiments.drawing import HANDLES, STEPS, Drawing, begin, curves, shown
from studyapp.simulation import Axis, Bars, Figure, Line, Points

finite = st.floats(-1e300, 1e300, allow_subnormal=False)
heights = st.lists(st.floats(0, 1), min_size=HANDLES, max_size=HANDLES).map(tuple)
measured = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=20)


def figure(y: list[float], *, x: list[float] | None = None, across: str = "linear", up: str = "linear") -> Figure:
    """A figure of one line, along these scales; from left to right at 1, 2, 3 and so on."""
    line = Line(x or [float(one + 1) for one in range(len(y))], y, "loss")
    return Figure("Loss", Axis("step", across), Axis("loss", up), [line])  # type: ignore[arg-type]


def drawing(y: list[float], **axes: object) -> Drawing:
    """The level curve that a learner begins with."""
    ((found, line),) = curves([figure(y, **axes)])  # type: ignore[arg-type]
    return begin(found, line)


@settings(deadline=None)
@given(measured, st.integers(0, HANDLES - 1), st.integers(1, STEPS // 2), heights)
def test_a_handle_moved_there_and_back_is_where_it_was(
    y: list[float], chosen: int, steps: int, before: tuple[float, ...]
) -> None:
    """As long as the axis did not have to grow for it; the others never move."""
    lowered = tuple(one / 2 for one in before)
    one = replace(drawing(y), chosen=chosen, heights=lowered)
    there = one.move(steps)
    assert there.heights[chosen] == pytest.approx(lowered[chosen] + steps / STEPS)
    assert there.heights[:chosen] + there.heights[chosen + 1 :] == lowered[:chosen] + lowered[chosen + 1 :]
    assert there.move(-steps).heights == pytest.approx(lowered)


@settings(deadline=None)
@given(measured, st.integers(-60, 60), st.integers(0, HANDLES - 1))
def test_an_axis_grows_so_that_every_handle_stays_in_sight(y: list[float], steps: int, chosen: int) -> None:
    """And where the other handles stand, in the figure's units, it leaves as it was."""
    one = replace(drawing(y), chosen=chosen)
    moved = one.move(steps)
    assert all(-1e-9 <= height <= 1 + 1e-9 for height in moved.heights)
    size = max(map(abs, (one.bottom, one.top, moved.bottom, moved.top)))
    for number, (was, now) in enumerate(zip(one.handles()[1], moved.handles()[1], strict=True)):
        if number != chosen:
            assert now == pytest.approx(was, abs=1e-9 * size)


@pytest.mark.parametrize("up", ["linear", "log"])
def test_no_key_leads_out_of_what_numbers_can_tell(up: str) -> None:
    """A handle held down for long stops before its height is infinite, or no positive number."""
    for steps in (5, -5):
        one = drawing([1.0, 2.0, 4.0], up=up)
        for _ in range(5000):
            one = one.move(steps)
        assert all(math.isfinite(height) for height in one.handles()[1])
        assert up == "linear" or min(one.handles()[1]) > 0
        assert math.isfinite(one.error())


def test_handles_are_chosen_around_the_ends() -> None:
    """As many steps as there are handles lead back."""
    one = drawing([1.0, 2.0, 3.0])
    assert one.choose(-1).chosen == HANDLES - 1
    assert one.choose(HANDLES) == one


@settings(deadline=None)
@given(heights, st.sampled_from(["linear", "log"]), st.sampled_from(["linear", "log"]))
def test_the_error_of_the_measured_curve_itself_is_zero(given: tuple[float, ...], across: str, up: str) -> None:
    """Whatever curve a learner may draw: had it been measured, it would be off by nothing."""
    drawn = replace(drawing([1.0, 10.0, 100.0], across=across, up=up), heights=given)
    line = drawn.curve()
    same = replace(drawn, line=Line(list(line.x), list(line.y)))
    assert same.error() == pytest.approx(0, abs=1e-9)
    assert same.found() == pytest.approx(same.handles()[1])


@settings(deadline=None)
@given(heights, st.lists(st.floats(-10, 10), min_size=3, max_size=9), st.sampled_from([1e-200, 1e-3, 7.0, 1e200]))
def test_the_error_does_not_depend_on_units(given: tuple[float, ...], y: list[float], unit: float) -> None:
    """Neither along x nor along y: in micrometres a drawing is as good as in light years."""
    y = [0.0, 1.0, *y]
    one = replace(drawing(y), heights=given)
    xs = [float(number + 1) for number in range(len(y))]
    other = replace(drawing([unit * height for height in y], x=[unit * x for x in xs]), heights=given)
    assert other.error() == pytest.approx(one.error(), rel=1e-6)


@settings(deadline=None)
@given(st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=9), st.sampled_from([1e-3, 1e6]))
def test_along_a_logarithm_the_error_is_in_decades(y: list[float], factor: float) -> None:
    """A curve that is everywhere a factor 10 too high is off by one, in any unit."""
    one = drawing([factor * height for height in y], up="log")
    assert one.logarithmic
    level = replace(one, line=Line(one.line.x, [10.0 * one.handles()[1][0]] * len(y)))
    assert level.error() == pytest.approx(1.0)


def test_the_error_is_a_share_of_the_span() -> None:
    """The root mean square at the measured points; of a level curve a share of its height, rounding left alone."""
    one = replace(drawing([0.0, 1.0, 2.0]), bottom=0.0, top=2.0, heights=(0.5,) * HANDLES)
    assert one.error() == pytest.approx(math.sqrt(2 / 3) / 2)
    level = drawing([4.0, 4.0, 4.0])
    assert replace(level, bottom=0.0, top=8.0, heights=(1.0,) * HANDLES).error() == pytest.approx(1.0)
    nearly = drawing([0.3, 0.1 + 0.2, 0.3])
    assert nearly.top - nearly.bottom == pytest.approx(0.3 * 1.05)
    assert nearly.error() < 1
    assert drawing([0.0, 0.0, 0.0]).error() < 1


@settings(deadline=None)
@given(st.lists(st.floats(min_value=0, exclude_min=True, allow_infinity=False), min_size=3, max_size=9))
def test_every_positive_curve_has_a_logarithmic_axis_around_it(y: list[float]) -> None:
    """Full decades; also where numbers end, as for what vanished or exploded."""
    one = drawing(y, up="log")
    assert 0 < one.bottom < one.top < math.inf
    assert one.bottom <= max(min(y), 1e-300)
    assert one.top >= min(max(y), 1e300)
    assert math.isfinite(one.error())
    assert all(math.isfinite(height) for height in one.found())


@settings(deadline=None)
@given(st.lists(finite, min_size=3, max_size=9))
def test_every_curve_can_be_drawn(y: list[float]) -> None:
    """Whatever finite numbers it has: the axis has room below and above, the error is a number."""
    one = drawing(y)
    assert -math.inf < one.bottom < one.top < math.inf
    assert math.isfinite(one.error())
    assert math.isfinite(one.choose(1).move(7).error())
    assert all(math.isfinite(height) for height in [*one.curve().y, *one.found()])


def test_the_axis_does_not_tell_the_curve() -> None:
    """The handles begin level in the middle of an axis that is wider than what was measured."""
    one = drawing([0.0, 1.0, 2.0])
    assert (one.left, one.right) == (1.0, 3.0)
    assert one.bottom < 0
    assert one.top > 2
    assert one.handles()[1] == pytest.approx([(one.bottom + one.top) / 2] * HANDLES)


@settings(deadline=None)
@given(heights, st.sampled_from(["linear", "log"]))
def test_the_curve_goes_through_its_handles(given: tuple[float, ...], scale: str) -> None:
    """From left to right, along both scales."""
    one = replace(drawing([1.0, 10.0, 100.0], across=scale, up=scale), heights=given)
    line = one.curve(points=4 * (HANDLES - 1) + 1)
    places, expected = one.handles()
    assert list(line.x)[::4] == pytest.approx(places)
    assert list(line.y)[::4] == pytest.approx(expected)
    assert all(before < after for before, after in pairwise(line.x))


def test_only_curves_are_drawn() -> None:
    """Lines from left to right with three points or more that the axes show; no bars, loops or upright lines."""
    axes = Axis("x"), Axis("y", "log")
    lines = [
        Line([1, 2, 3], [1, 2, 3], "curve"),
        Line([1, 1, 2], [1, 2, 3], "step"),
        Line([1, 2, 3], [1, -2, 3], "too few along the logarithm"),
        Line([1, 3, 2], [1, 2, 3], "back"),
        Line([2, 2, 2], [1, 2, 3], "upright"),
        Line([1, 2], [1, 2], "short"),
        Line([-1.7e308, 0, 1.7e308], [1, 2, 3], "endless"),
    ]
    other = Figure("F", *axes, [*lines, Points([1, 2, 3], [1, 2, 3]), Bars(["a"], [1.0])])
    assert [line.label for _, line in curves([other, figure([1.0])])] == ["curve", "step"]
    assert curves([]) == []


def test_points_that_the_axes_cannot_show_are_left_out() -> None:
    """They count neither for the axis nor for the error."""
    axes = Axis("x", "log"), Axis("y", "log")
    line = Line([0.0, 1.0, 2.0, 3.0, 4.0], [1.0, 10.0, 0.0, 100.0, 1000.0])
    assert shown(Figure("", *axes, [line]), line) == [(1.0, 10.0), (3.0, 100.0), (4.0, 1000.0)]
    assert begin(Figure("", *axes, [line]), line).left == 1.0
