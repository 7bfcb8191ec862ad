"""Rules of a target: which number it is about, when that number meets it, and how many runs are left."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.core.experiments.target import RUNS, Attempt, bound, measured, met, wanted
from studyapp.model import Target
from studyapp.simulation import Run

finite = st.floats(allow_nan=False, allow_infinity=False)


def target(above: float | None = None, below: float | None = None, index: int | None = None) -> Target:
    """A target about a ratio, for which gain and depth may be changed."""
    return Target("find it", "ratio", ("gain", "depth"), {"gain": 0.5}, above, below, index)


def run(ratio: object) -> Run:
    """A run with this value."""
    return Run("s", "0" * 64, {}, 1, {"ratio": ratio} if ratio is not None else {}, {}, (), (), "2", 0.1)


@settings(deadline=None)
@given(finite, finite, finite)
def test_a_target_is_met_between_its_bounds(number: float, one: float, other: float) -> None:
    """Both included; a bound that is not given does not bind."""
    low, high = sorted((one, other))
    assert met(target(low, high), run(number)) is (low <= number <= high)
    assert met(target(above=low), run(number)) is (number >= low)
    assert met(target(below=high), run(number)) is (number <= high)
    assert met(target(low, high), run(low))


def test_of_an_array_it_is_about_one_element() -> None:
    """An element that is not there, a whole array and a missing value meet nothing."""
    assert measured(target(1.0, index=1), run([0.0, 5.0])) == 5.0
    assert met(target(1.0, index=1), run([0.0, 5.0]))
    for lost in (run([0.0]), run([]), run(None), run([[1.0], [2.0]])):
        assert measured(target(1.0, index=1), lost) is None
        assert not met(target(1.0, index=1), lost)
    assert measured(target(1.0), run([5.0])) is None


@pytest.mark.parametrize(
    ("one", "words", "number"),
    [
        (target(above=2.0), "ratio at least 2", 2.0),
        (target(below=1e-6), "ratio at most 1e-06", 1e-6),
        (target(0.5, 1.5), "ratio at least 0.5 and at most 1.5", 0.5),
        (target(above=0.0, index=3), "ratio[3] at least 0", 0.0),
    ],
)
def test_what_is_wanted_is_said_in_words(one: Target, words: str, number: float) -> None:
    """With its bounds; the one that is logged is the lower, if there is one."""
    assert wanted(one) == words
    assert bound(one) == number


def test_only_what_may_be_changed_is_changed() -> None:
    """The others are named; what the card did not give is not its concern."""
    attempt = Attempt(target(1.0), {"gain": 1.0, "width": 10})
    assert attempt.foreign({"gain": 2.0, "width": 10, "depth": 3, "bias": True}) == []
    assert attempt.foreign({"gain": 2.0, "width": 11}) == ["width"]


def test_an_attempt_is_over_when_confirmed_or_without_runs() -> None:
    """And no sooner."""
    assert [Attempt(target(1.0), {}, runs).left for runs in (0, RUNS - 1, RUNS, RUNS + 3)] == [RUNS, 1, 0, 0]
    assert [Attempt(target(1.0), {}, runs).over for runs in (0, RUNS - 1, RUNS)] == [False, False, True]
    assert Attempt(target(1.0), {}, 1, confirmed=True).over
