"""Moving averages: every claim over seeds, averages against exact fractions, the bounds against their derivation."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import ParameterError
from tests.simulations.loading import confirm, expected_here, load, made, marked, mistakes_here, outcome

AVERAGES = load("moving_averages")
SEEDS = range(20)
ALWAYS = {2, 3, 4}

# The corners of the domains, with the claims that speak there besides.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, set()),
    ({"length": 20_000, "window": 5}, {1, 5}),
    ({"length": 20_000, "window": 4, "beta": 0.0}, {1}),
    ({"length": 20_000, "window": 200, "beta": 0.99, "trend": 1.0}, {1, 5}),
    ({"length": 19_999}, set()),
    ({"length": 2, "window": 1, "step": 1, "beta": 0.0, "noise": 0.0}, set()),
    ({"length": 1000, "beta": 0.99, "mean": -10.0, "trend": -1.0, "noise": 10.0, "step": 1000}, set()),
    ({"length": 600, "beta": 0.99, "mean": 0.0, "trend": 0.0}, set()),
]

series = st.lists(st.integers(-1000, 1000), min_size=1, max_size=12)
percents = st.integers(0, 99)


def exact(x: list[int], percent: int) -> list[Fraction]:
    """m_1 .. m_n in exact fractions."""
    m, found, beta = Fraction(0), [], Fraction(percent, 100)
    for one in x:
        m = beta * m + (1 - beta) * one
        found.append(m)
    return found


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """Each speaks in its domain only and holds there; keys and measurements agree."""
    confirm(AVERAGES, parameters, speak | ALWAYS, 1, relative=1e-10, absolute=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_for_every_seed(parameters: dict[str, Any], speak: set[int]) -> None:
    """The bounds of claims 1 and 5 are five standard errors; the others are exact but for rounding."""
    for seed in SEEDS:
        confirm(AVERAGES, parameters, speak | ALWAYS, seed, relative=1e-10, absolute=1e-10)


@pytest.mark.slow
def test_long_series_confirm_every_claim() -> None:
    """n = 100,000 at the longest memories."""
    longest: dict[str, Any] = {"length": 100_000, "beta": 0.99, "window": 200, "trend": 1.0, "mean": 10.0}
    confirm(AVERAGES, longest, {1, 2, 3, 4, 5}, 0, relative=1e-10, absolute=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.97])
def test_the_standard_errors_of_claims_1_and_5_are_right(beta: float) -> None:
    """Over 1,000 series of 2,000 values the deviations in standard errors have a size of 1 (0.9 to 1.1)."""
    rng, n, k = np.random.default_rng(0), 2000, 20
    white = rng.normal(size=(1000, n + 700))
    variances = (AVERAGES.exponential(white, beta)[:, 700:] ** 2).mean(axis=1)
    error = math.sqrt(2 * (1 + beta**2) / (n * (1 - beta**2)))
    assert (variances / ((1 - beta) / (1 + beta)) - 1).std() / error == pytest.approx(1, abs=0.1)
    variances = (AVERAGES.simple(white[:, :n], k) ** 2).mean(axis=1)
    assert (variances * k - 1).std() / math.sqrt(4 * k / (3 * n)) == pytest.approx(1, abs=0.1)


@settings(max_examples=50, deadline=None)
@given(series, percents)
def test_exponential_averages_are_exact(x: list[int], percent: int) -> None:
    """Uncorrected, corrected and the keys, against fractions."""
    beta, wanted = percent / 100, exact(x, percent)
    found = AVERAGES.exponential(np.array(x, dtype=float), beta)
    assert found == pytest.approx([float(one) for one in wanted], rel=1e-9, abs=1e-9)
    right = [float(m / (1 - Fraction(percent, 100) ** (t + 1))) for t, m in enumerate(wanted)]
    assert AVERAGES.corrected(found, beta) == pytest.approx(right, rel=1e-9, abs=1e-9)
    at = made(AVERAGES, {"observations": [float(one) for one in x], "beta": beta})
    assert AVERAGES.average(at) == pytest.approx(float(wanted[-1]), rel=1e-9, abs=1e-9)
    assert AVERAGES.corrected_average(at) == pytest.approx(right[-1], rel=1e-9, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(series, st.integers(1, 12))
def test_simple_averages_are_means_of_windows(x: list[int], k: int) -> None:
    """One after the other in plain Python; a leading axis only stacks."""
    k = min(k, len(x))
    wanted = [math.fsum(x[i : i + k]) / k for i in range(len(x) - k + 1)]
    both = AVERAGES.simple(np.array([x, [2 * one for one in x]], dtype=float), k)
    assert both[0] == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    assert both[1] == pytest.approx([2 * one for one in wanted], rel=1e-9, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(series, st.integers(-1000, 1000), percents)
def test_a_corrected_average_keeps_the_level(x: list[int], level: int, percent: int) -> None:
    """Adding a constant to the series adds it to the corrected average; so that of a constant is the constant."""

    def of(one: Any) -> Any:
        return AVERAGES.corrected(AVERAGES.exponential(one, percent / 100), percent / 100)

    values = np.array(x, dtype=float)
    assert of(values + level) == pytest.approx(of(values) + level, rel=1e-9, abs=1e-7)


@pytest.mark.parametrize("age", [1, 4, 24])
def test_both_averages_pay_the_same_for_smoothness(age: int) -> None:
    """At a mean age a both leave 1 / (1 + 2 a) of the variance: beta = a / (1 + a), k = 1 + 2 a."""
    at = made(AVERAGES, {"beta": age / (1 + age), "trend": 1.0})
    assert AVERAGES.lag(at) == pytest.approx(age)
    assert AVERAGES.variance_factor(at) == pytest.approx(1 / (1 + 2 * age))
    ramp = np.arange(1000.0)
    assert ramp[-1] - AVERAGES.simple(ramp, 1 + 2 * age)[-1] == pytest.approx(age)


def test_the_keys_by_hand() -> None:
    """0.5 of 2, then 4, then 8: 1, 2.5, 5.25; 1/19 of the variance and 9 slopes behind at beta 0.9; half-life 6.58."""
    values, _ = outcome(AVERAGES, beta=0.5, observations=[2, 4, 8])
    assert values["average"] == pytest.approx(5.25)
    assert values["corrected_average"] == pytest.approx(6)
    values, _ = outcome(AVERAGES, trend=1.0, step=2)
    assert values["variance_factor"] == pytest.approx(1 / 19)
    assert values["lag"] == pytest.approx(9)
    assert values["start_up_share"] == pytest.approx(0.19)
    assert values["half_life"] == pytest.approx(6.579, abs=1e-3)


def test_every_mistake_differs_from_the_key() -> None:
    """Each is more than twice a 5 % tolerance away from its key."""
    at, seen = made(AVERAGES, {"beta": 0.8}), set()
    for value, key in expected_here(AVERAGES, at).items():
        for name, wrong in mistakes_here(AVERAGES, at, value).items():
            if abs(wrong - key) > 0.1 * abs(key):
                seen.add(name)
    assert seen == {one.mistake.name for one in marked(AVERAGES, "mistake")}


@pytest.mark.parametrize(
    ("claim", "value", "wrong"),
    [
        ("exponential_smoothing", "variance_of_exponential", lambda variance: variance * 1.3),
        ("corrected_from_the_start", "corrected_averages", lambda averages: averages * 0.9),
        ("too_small_at_first", "averages_of_constant", lambda averages: averages + 1e-11),
        ("behind_the_trend", "lags_on_ramp", lambda lags: lags * 1.03),
        ("behind_the_trend", "lags_on_ramp", lambda lags: lags + 0.01 * (np.arange(lags.size) < 3)),
        ("simple_smoothing", "variance_of_simple", lambda variance: variance * 1.3),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, value: str, wrong: Any) -> None:
    """The claims can fail."""
    values, _ = outcome(AVERAGES, length=20_000)
    check = vars(AVERAGES)[claim](made(AVERAGES, {"length": 20_000}), values | {value: wrong(values[value])})
    assert not check.holds


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"length": 5}, "a window of 10 or step 5 does not fit into 5 values"),
        ({"beta": 1}, "0 .. 0.99"),
        ({"observations": []}, "between 1 and 1000 numbers"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(AVERAGES, parameters)


@pytest.mark.parametrize(
    "parameters", [{}, {"length": 2, "window": 2, "step": 1}, {"length": 20_000, "window": 200, "beta": 0.99}]
)
def test_figures_show_what_the_claims_are_about(parameters: dict[str, Any]) -> None:
    """The series with its averages, the weights of the past, which add up to 1, and the price of smoothness."""
    at = made(AVERAGES, parameters)
    figures = AVERAGES.run(at, np.random.default_rng(0)).figures
    assert [figure.y.scale for figure in figures] == ["linear", "linear", "log"]
    for figure in figures:
        for mark in figure.marks:
            assert len(mark.x) == len(mark.y) <= 500
            assert np.isfinite(mark.y).all()
    exponential, simple = figures[1].marks
    assert sum(exponential.y) == pytest.approx(1, abs=0.01)
    assert sum(simple.y) == pytest.approx(1)


def test_the_same_seed_gives_the_same_bits() -> None:
    """The seed draws the noise."""
    first, again, other = (outcome(AVERAGES, seed)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["series"], other["series"])
