"""Rules of a sweep: where it measures, and the figure of what came in."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studyapp.core.experiments.sweep import (
    LEVEL,
    MOST,
    Reading,
    depends,
    ends_of,
    figure,
    levels,
    places,
    reading,
    sweepable,
)
from studyapp.simulation import Bars, Line, Parameter, Points, Run

RATE = Parameter("rate", "float", 0.1, "step", low=1e-4, high=10.0, scale="log", unit="1/s")
DEPTH = Parameter("depth", "int", 3, "layers", low=1, high=50)
BIASED = Parameter("bias", "bool", False, "whether")
NAMED = Parameter("activation", "choice", "relu", "which", choices=("relu", "tanh", "identity"))
LIST = Parameter("logits", "numbers", (1.0, 2.0), "which", low=0.0, high=9.0)

finite = st.floats(allow_nan=False, allow_infinity=False)


def run(**values: object) -> Run:
    """A run that gave these values, of which each single number was expected to be twice as large."""
    exact = {name: 2 * value for name, value in values.items() if isinstance(value, float)}
    return Run("s", "0" * 64, {}, 1, values, exact, (), (), "2", 0.1)


def at(*numbers: float, expected: bool = True) -> list[Reading]:
    """Readings of a value that is one more than where it was measured."""
    return [Reading(one, one + 1, one + 1 if expected else None) for one in numbers]


@pytest.mark.parametrize(
    ("parameter", "found"),
    [(RATE, True), (DEPTH, True), (BIASED, True), (NAMED, True), (LIST, False)],
    ids=lambda one: getattr(one, "kind", None),
)
def test_what_has_a_range_can_be_swept(parameter: Parameter, found: bool) -> None:
    """A switch, a choice, a number with two bounds; no list, and no number that is open at one end."""
    assert sweepable(parameter) is found


def test_a_number_without_both_bounds_has_no_range() -> None:
    """Whichever is missing."""
    assert not sweepable(Parameter("n", "int", 1, "n", low=0))
    assert not sweepable(Parameter("n", "float", 1.0, "n", high=0.0))


@settings(deadline=None)
@given(
    st.sampled_from(["int", "float"]),
    st.sampled_from(["linear", "log"]),
    finite,
    finite,
    st.integers(2, MOST),
)
def test_places_lie_within_the_bounds_distinct_and_in_order(
    kind: str, scale: str, one: float, other: float, count: int
) -> None:
    """Both ends among them, at most as many as were asked for; whatever the bounds are."""
    low, high = sorted((math.trunc(one), math.trunc(other)) if kind == "int" else (one, other))
    assume(low < high)
    parameter = Parameter("p", kind, low, "", low=low, high=high, scale=scale)  # type: ignore[arg-type]
    found = [float(str(place)) for place in places(parameter, low, high, count)]
    assert found[0] == low
    assert found[-1] == high
    assert all(before < after for before, after in pairwise(found))
    assert len(found) <= count
    assert all(type(place) is (int if kind == "int" else float) for place in places(parameter, low, high, count))


@settings(deadline=None)
@given(st.floats(0.001, 1e6), st.floats(1e-6, 1e6), st.integers(2, MOST), st.sampled_from(["linear", "log"]))
def test_a_number_is_measured_at_as_many_places_as_asked(low: float, width: float, count: int, scale: str) -> None:
    """Also in a range so narrow that three digits do not tell its places apart; and evenly along its scale."""
    high = low + width
    assume(width > 1e-9 * low)
    parameter = Parameter("p", "float", low, "", low=low, high=high, scale=scale)  # type: ignore[arg-type]
    found = [float(str(one)) for one in places(parameter, low, high, count)]
    assert len(found) == count
    along = [math.log(one) for one in found] if scale == "log" else found
    step = (along[-1] - along[0]) / (count - 1)
    assert all(
        abs(one - (along[0] + number * step)) <= step + 0.006 * max(1.0, abs(one)) for number, one in enumerate(along)
    )


def test_places_are_numbers_that_one_would_choose() -> None:
    """Rounded to three digits; whole numbers once each; along the parameter's own scale."""
    assert places(DEPTH, 1, 5, 9) == [1, 2, 3, 4, 5]
    assert places(RATE, 0.001, 1, 4) == [0.001, 0.01, 0.1, 1.0]
    assert places(Parameter("x", "float", 0.0, "", low=0, high=1), 0, 1, 4) == [0.0, 0.333, 0.667, 1.0]
    assert places(Parameter("x", "float", 0.0, "", low=0, high=2000), 1000, 1010, 6) == [
        *(1000.0, 1002.0, 1004.0),
        *(1006.0, 1008.0, 1010.0),
    ]


def test_a_switch_and_a_choice_go_through_all_they_have() -> None:
    """Whatever the bounds."""
    assert places(BIASED, math.nan, math.nan, 0) == [False, True]
    assert places(NAMED, 5, 1, -3) == ["relu", "tanh", "identity"]


@pytest.mark.parametrize(
    ("low", "high", "count", "why"),
    [
        (1, 51, 5, "'51' does not fit, it lies outside 1 .. 50"),
        (0, 50, 5, "'0' does not fit"),
        (math.nan, 5, 5, "'nan' does not fit, a finite number is wanted"),
        (1, math.inf, 5, "'inf' does not fit, a finite number is wanted"),
        (1.5, 5, 5, "'1.5' does not fit, a whole number is wanted"),
        (5, 5, 5, "5 to 5 is no range; give the smaller number first"),
        (9, 5, 5, "9 to 5 is no range; give the smaller number first"),
        (1, 50, 1, f"a sweep has 2 to {MOST} places, not 1"),
        (1, 50, -7, f"a sweep has 2 to {MOST} places, not -7"),
        (1, 50, MOST + 1, f"a sweep has 2 to {MOST} places, not {MOST + 1}"),
    ],
)
def test_a_range_that_does_not_fit_is_refused(low: float, high: float, count: int, why: str) -> None:
    """With one line that says what to type."""
    with pytest.raises(ValueError, match=why) as error:
        places(DEPTH, low, high, count)
    assert str(error.value).isprintable()


def test_a_reading_is_one_number() -> None:
    """With the exact one where it is known; of a list, and of what the run does not have, there is none."""
    assert reading(3, "loss", run(loss=0.5)) == Reading(3, 0.5, 1.0)
    assert reading(3, "loss", run(loss=2)) == Reading(3, 2.0, None)
    assert reading(3, "loss", run(loss=[0.5, 0.25])) is None
    assert reading(3, "norm", run(loss=0.5)) is None


def test_the_figure_has_what_was_measured_and_what_was_expected() -> None:
    """Points and a line, in the parameter's unit and along its scale."""
    shown = figure(RATE, "loss", "the loss", at(0.001, 0.1, 1.0))
    assert (shown.title, shown.x.label, shown.x.scale, shown.y.label) == (
        *("loss by rate", "rate in 1/s"),
        *("log", "the loss"),
    )
    points, line = shown.marks
    assert points == Points([0.001, 0.1, 1.0], [1.001, 1.1, 2.0], "measured")
    assert line == Line([0.001, 0.1, 1.0], [1.001, 1.1, 2.0], "expected")
    assert len(figure(RATE, "loss", "the loss", at(0.1, expected=False)).marks) == 1


def test_a_choice_is_shown_as_bars_by_name() -> None:
    """A switch as off and on; the expected bars only where every one of them is known."""
    off, on = figure(BIASED, "loss", "", [Reading(False, 1.0, 2.0), Reading(True, 3.0, 4.0)]).marks
    assert off == Bars(["off", "on"], [1.0, 3.0], "measured")
    assert on == Bars(["off", "on"], [2.0, 4.0], "expected")
    assert figure(NAMED, "loss", "", [Reading("relu", 1.0, None), Reading("tanh", 3.0, 4.0)]).marks == [
        Bars(["relu", "tanh"], [1.0, 3.0], "measured")
    ]


@settings(deadline=None)
@given(st.lists(finite, min_size=1, max_size=9))
def test_wide_positive_values_are_shown_along_a_logarithm(values: list[float]) -> None:
    """And nothing that a logarithm cannot show ever is."""
    shown = figure(DEPTH, "v", "", [Reading(number, one, None) for number, one in enumerate(values)])
    wide = min(values) > 0 and max(values) > 100 * min(values)
    assert shown.y.scale == ("log" if wide else "linear")


def test_without_readings_there_is_nothing_to_draw() -> None:
    """As before the first run, or where the value is a list."""
    assert figure(DEPTH, "v", "", []).marks == []


def test_the_ends_are_the_bounds_or_all_there_is() -> None:
    """At them the exact values are compared before a sweep."""
    assert ends_of(RATE) == [1e-4, 10.0]
    assert ends_of(DEPTH) == [1, 50]
    assert ends_of(BIASED) == [False, True]
    assert ends_of(NAMED) == ["relu", "tanh", "identity"]


@pytest.mark.parametrize(
    ("exact", "found"),
    [([1.0, 2.0], True), ([1.0, 1.0, 2.0], True), ([0.0, 1e-30], True), ([2.0, 2.0], False), ([0.3, 0.1 + 0.2], False),
     ([], False)],
)  # fmt: skip
def test_a_value_depends_on_what_changes_it_by_more_than_rounding(exact: list[float], found: bool) -> None:
    """At either end, or at any of the places of a choice."""
    assert depends(exact) is found


@settings(deadline=None)
@given(st.lists(finite.filter(lambda one: abs(one) < 1e300), min_size=1, max_size=9))
def test_the_axis_of_readings_is_never_narrower_than_a_share_of_their_size(numbers: list[float]) -> None:
    """And their middle lies within it."""
    found = levels([Reading(0.0, one, None) for one in numbers])
    size = max(map(abs, numbers))
    assert (found is None) is (size == 0)
    if found is not None and size > 1e-300:
        low, high = found
        assert high - low == pytest.approx(LEVEL * size, rel=1e-6)
        assert low <= (min(numbers) / 2 + max(numbers) / 2) <= high
    assert levels([]) is None
