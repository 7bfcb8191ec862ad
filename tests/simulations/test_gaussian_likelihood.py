"""Squared error as a Gaussian likelihood: every claim over seeds, every key against the standard library."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from studyapp.simulation import Line
from tests.simulations.loading import check_of, confirm, expected_here, load, made, marked, mistakes_here, outcome

GAUSSIAN = load("gaussian_likelihood")
SEEDS = range(20)

ONE_SIGMA = {1, 2, 3, 4}
# The corners of the domains, with the claims that speak there; drawn data is another for each seed.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, ONE_SIGMA),
    ({"observations": [3.0]}, ONE_SIGMA),
    ({"observations": [2.0, 2.0, 2.0], "prediction": 2}, ONE_SIGMA),
    ({"observations": [-1000.0, 1000.0, 999.0, 0.0], "sigma": 0.1}, ONE_SIGMA),
    ({"observations": [999.9, 1000.0], "sigma": 10, "prediction": -1000}, ONE_SIGMA),
    ({"samples": 1, "sigma": 10}, ONE_SIGMA),
    ({"samples": 50}, ONE_SIGMA),
    ({"samples": 51, "sigma": 0.1}, ONE_SIGMA),
    ({"samples": 1000, "sigma": 10}, ONE_SIGMA),
    ({"heteroscedastic": True, "sigma": 0.1}, {5}),
    ({"heteroscedastic": True, "observations": [0.0, 1.0]}, {5}),
    ({"heteroscedastic": True, "observations": [0.0, 1.0, 7.0], "sigma": 10, "second_sigma": 0.1}, {5}),
    ({"heteroscedastic": True, "samples": 2, "sigma": 5}, {5}),
    ({"heteroscedastic": True, "samples": 50, "sigma": 0.1}, {5}),
    ({"heteroscedastic": True, "samples": 1000, "sigma": 2, "second_sigma": 1}, {5}),
    ({"heteroscedastic": True, "sigma": 1, "second_sigma": 1.9}, set()),
    ({"heteroscedastic": True, "observations": [5.0]}, set()),
    ({"heteroscedastic": True, "observations": [5.0, 5.0]}, set()),
]

numbers = st.floats(-100, 100)
samples = st.lists(numbers, min_size=1, max_size=9)
sigmas = st.floats(0.1, 10)


def plain_nll(mu: float, y: list[float], s: float) -> float:
    """The mean negative log-likelihood from the standard library's density; close observations only, or it is 0."""
    return -statistics.fmean(math.log(statistics.NormalDist(mu, s).pdf(one)) for one in y)


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_for_every_seed_at_the_corners_of_their_domains(
    parameters: dict[str, Any], speak: set[int]
) -> None:
    """Each speaks in its domain only, and holds there for all seeds; nothing about them is statistical."""
    for seed in SEEDS if parameters.get("samples") else [0]:
        confirm(GAUSSIAN, parameters, speak, seed, relative=1e-4, absolute=1e-4)


def test_a_factor_of_two_between_the_sigmas_moves_the_minimum_by_two_ninths_of_the_gap() -> None:
    """Why claim 5 may say 5 %: of the gap, the mean lies at the share n2/n, the minimum at its precision's share.

    In exact fractions, over halves of n = 2..1000 observations, the least distance at a factor of 2 is 2/9 (n = 3);
    a larger factor moves it further. With sigmas of 0.1 and 10 it is 1/3 at least.
    """

    def least(ratio: Fraction) -> Fraction:
        distances = []
        for n in range(2, 1001):
            first, second = (n + 1) // 2, n // 2
            share = Fraction(second, n)
            for precision in (ratio**2, 1 / ratio**2):
                distances.append(abs(share - second * precision / (first + second * precision)))
        return min(distances)

    assert float(least(Fraction(2))) == pytest.approx(2 / 9)
    assert float(least(Fraction(100))) == pytest.approx(1 / 3, abs=1e-4)


@settings(max_examples=80, deadline=None)
@given(samples, numbers, sigmas)
def test_the_likelihood_is_that_of_the_standard_library(y: list[float], mu: float, s: float) -> None:
    """Key and measurement against -ln of statistics.NormalDist's density, where that is not 0."""
    assume(all(abs(one - mu) < 30 * s for one in y))
    parameters: dict[str, Any] = {"observations": y, "prediction": mu, "sigma": s}
    wanted = plain_nll(mu, y, s)
    key = GAUSSIAN.negative_log_likelihood(made(GAUSSIAN, parameters))
    assert key == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    assert outcome(GAUSSIAN, **parameters)[0]["negative_log_likelihood"] == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("s", [0.1, 1.0, 10.0])
def test_both_densities_have_area_one(s: float) -> None:
    """exp(-NLL) over all y, for one prediction: the constants of both likelihoods are right."""
    y = np.linspace(-60 * s, 60 * s, 400_001)
    for loss in (GAUSSIAN.gaussian, GAUSSIAN.laplace):
        density = np.exp(-loss(y, np.zeros(1), np.array([s])))
        assert density.sum() * (y[1] - y[0]) == pytest.approx(1, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(samples, numbers, sigmas)
def test_gradients_are_those_of_central_differences(y: list[float], mu: float, s: float) -> None:
    """The key, the complex step and a central difference of the plain formula agree; the ratio is 1/(2 s^2)."""
    parameters = made(GAUSSIAN, {"observations": y, "prediction": mu, "sigma": s})

    def mse(at: float) -> float:
        return statistics.fmean((one - at) ** 2 for one in y)

    step = 1e-3  # both losses are parabolas: a central difference has no error but rounding
    difference = (mse(mu + step) - mse(mu - step)) / (2 * step)
    assert GAUSSIAN.gradient(parameters) == pytest.approx(difference / (2 * s**2), rel=1e-5, abs=1e-6 / s**2)
    measured = GAUSSIAN.slope(lambda at: GAUSSIAN.gaussian(at, np.array(y), np.full(len(y), s)), mu)
    assert measured == pytest.approx(GAUSSIAN.gradient(parameters), rel=1e-9, abs=1e-9)
    assert GAUSSIAN.gradient_ratio(parameters) == pytest.approx(0.5 / s / s)


@settings(max_examples=60, deadline=None)
@given(samples, sigmas, sigmas)
def test_the_weighted_minimiser_is_exact(y: list[float], s: float, second: float) -> None:
    """sum(y / s^2) / sum(1 / s^2), in exact fractions of the same floats."""
    half = (len(y) + 1) // 2
    weights = [1 / Fraction(s if k < half else second) ** 2 for k in range(len(y))]
    wanted = sum((Fraction(one) * w for one, w in zip(y, weights, strict=True)), Fraction(0)) / sum(weights)
    chosen = {"observations": y, "sigma": s, "second_sigma": second, "heteroscedastic": True}
    assert GAUSSIAN.minimiser(made(GAUSSIAN, chosen)) == pytest.approx(float(wanted), rel=1e-9, abs=1e-9)


@settings(max_examples=80, deadline=None)
@given(samples, numbers, sigmas, sigmas, st.booleans())
@example([1000.0, -1000.0, 1.0], 0.0, 10.0, 0.1, True)
@example([1000.0, 1000.0], 1000.0, 0.1, 10.0, False)
def test_measured_values_are_within_half_of_a_tolerance_of_their_keys(
    y: list[float], mu: float, s: float, second: float, heteroscedastic: bool
) -> None:
    """A card with 2 % tolerance may ask for any of them; a key near 0 has no relative error, 1e-4 is 0 here."""
    chosen: dict[str, Any] = {"observations": y, "prediction": mu, "sigma": s, "second_sigma": second}
    chosen["heteroscedastic"] = heteroscedastic
    values, _ = outcome(GAUSSIAN, **chosen)
    for name, key in expected_here(GAUSSIAN, made(GAUSSIAN, chosen)).items():
        assert values[name] == pytest.approx(key, rel=0.01, abs=1e-4), name


@given(samples.filter(lambda y: len(y) % 2 == 1))
def test_the_laplace_minimiser_is_the_median(y: list[float]) -> None:
    """For an odd number of observations; an even number has a flat valley, and no card may ask."""
    assert GAUSSIAN.laplace_minimiser(made(GAUSSIAN, {"observations": y})) == statistics.median(y)
    assert "laplace_minimiser" not in expected_here(GAUSSIAN, made(GAUSSIAN, {"observations": [*y, 0.0]}))


def test_the_default_observations_by_hand() -> None:
    """Errors -1, 0, 0.5, 2, 6 of the prediction 2: their squares add up to 41.25."""
    values, _ = outcome(GAUSSIAN)
    assert values["mean_squared_error"] == pytest.approx(8.25)
    assert values["negative_log_likelihood"] == pytest.approx(8.25 / 2 + 0.918939, abs=1e-6)
    assert values["minimiser"] == pytest.approx(3.5)
    assert values["laplace_minimiser"] == pytest.approx(2.5)


def test_keys_that_depend_on_the_data_are_for_the_list_only() -> None:
    """What is drawn is no function of the parameters; what does not depend on it may be asked all the same."""
    assert set(expected_here(GAUSSIAN, made(GAUSSIAN, {"samples": 50}))) == {"constant_term", "gradient_ratio"}
    assert set(expected_here(GAUSSIAN, made(GAUSSIAN, {"heteroscedastic": True}))) == {"minimiser"}


def test_every_mistake_differs_from_the_key() -> None:
    """Where sigma is not 1, each mistake is more than twice a 5 % tolerance away from its key."""
    seen = set()
    for heteroscedastic, silent in ((False, {"ignores_the_noise", "weights_by_one_over_sigma"}), (True, set())):
        chosen = made(GAUSSIAN, {"sigma": 2.5, "heteroscedastic": heteroscedastic})
        for value, key in expected_here(GAUSSIAN, chosen).items():
            for name, wrong in mistakes_here(GAUSSIAN, chosen, value).items():
                if name in silent | ({"weights_by_the_variance"} if silent else set()):
                    assert wrong == pytest.approx(key), "with one sigma it is no mistake"
                    continue
                assert abs(wrong - key) > 0.1 * abs(key), name
                seen.add(name)
    assert seen == {one.mistake.name for one in marked(GAUSSIAN, "mistake")}


@pytest.mark.parametrize(
    ("claim", "name", "wrong"),
    [
        ("nll_is_scaled_mse", "gaussian", lambda mu, y, s: ((np.expand_dims(mu, -1) - y) ** 2 / s**2).mean(axis=-1)),
        ("proportional_gradients", "gaussian", lambda mu, y, s: ((np.expand_dims(mu, -1) - y) ** 2 / s).mean(axis=-1)),
        ("same_minimiser", "squared", lambda mu, y: np.median((np.expand_dims(mu, -1) - y) ** 4, axis=-1)),
        ("laplace_gives_the_median", "laplace", lambda mu, y, s: GAUSSIAN.gaussian(mu, y, s)),
    ],
)
def test_a_claim_fails_for_a_wrong_loss(monkeypatch: pytest.MonkeyPatch, claim: str, name: str, wrong: Any) -> None:
    """The claims can fail."""
    monkeypatch.setattr(GAUSSIAN, name, wrong)
    with np.errstate(all="ignore"):
        check = check_of(GAUSSIAN, claim, sigma=2)
    assert check is not None
    assert not check.holds


def test_figures_show_the_curves_that_the_claims_are_about() -> None:
    """The losses over the prediction first; both have their minima under each other, the gradients their zero."""
    figures = GAUSSIAN.run(made(GAUSSIAN, {}), np.random.default_rng(0)).figures
    nll, mse = figures[0].marks[:2]
    assert isinstance(nll, Line)
    assert np.argmin(nll.y) == np.argmin(mse.y)
    assert [figure.x.label for figure in figures] == ["prediction", "prediction"]


def test_the_same_seed_gives_the_same_bits() -> None:
    """A run is a function of parameters and seed; with the list as data the seed plays no part."""
    first, again, other = (outcome(GAUSSIAN, seed, samples=50)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert first["minimiser"] != other["minimiser"]
    assert outcome(GAUSSIAN, 7)[0]["minimiser"] == outcome(GAUSSIAN, 8)[0]["minimiser"]
