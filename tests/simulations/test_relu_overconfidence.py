"""Confidence far from the data: every claim over seeds, every part of the training against plain Python."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import HeatMap, Line, ParameterError
from studyapp.simulation.network import Weights, cross_entropy, forward, gradients, initial
from tests.simulations.loading import confirm, expected_here, load, made, mistakes_here, outcome

RELU = load("relu_overconfidence")
SEEDS = range(20)
ALL = {1, 2, 3, 5, 6}

# The corners of the domains, with the claims that speak there.
QUICK: list[tuple[dict[str, Any], set[int]]] = [
    ({}, ALL),
    ({"hidden": 15}, {2}),
    ({"directions": 31, "steps": 1}, {2}),
    ({"samples": 50, "hidden": 64, "steps": 10}, {2}),  # more units than samples
    ({"steps": 0, "noise": 0.5}, {2}),
    ({"steps": 0, "hidden": 4, "directions": 64}, {2}),  # on some rays every unit is off, and the logits are 0
    ({"noise": 0, "directions": 64, "learning_rate": 0.1, "rbf_width": 3, "alpha": 1, "classes": 10}, ALL),
]
SLOW: list[dict[str, Any]] = [
    {},
    {"noise": 0},
    {"learning_rate": 0.1},
    {"hidden": 64, "directions": 64},
]


@pytest.mark.parametrize(("parameters", "speak"), QUICK)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """Each speaks in its domain only and holds there; keys and measurements agree."""
    confirm(RELU, parameters, speak, 1, absolute=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("parameters", SLOW)
def test_claims_hold_for_every_seed(parameters: dict[str, Any]) -> None:
    """In 565 trainings here and for longer, 30 of 32 rays or more were sure and rose; the least accuracy was 0.935."""
    for seed in SEEDS:
        confirm(RELU, parameters, ALL, seed, absolute=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_an_untrained_network_is_affine_far_away_too(seed: int) -> None:
    """Claim 2 speaks everywhere; with few units and few steps as well."""
    parameters = {"steps": 20 * (seed % 5), "hidden": 4 + 3 * seed, "samples": 50}
    assert outcome(RELU, seed, **parameters)[0]["bend"] < 1e-12


def test_moons_are_half_circles_that_reach_into_each_other() -> None:
    """Without noise each sample lies on its half circle; half of them in each class."""
    X, y = RELU.two_moons(np.random.default_rng(0), 100, 0.0)
    assert y.sum(axis=0).tolist() == [50, 50]
    outer, inner = X[y[:, 0] == 1], X[y[:, 1] == 1]
    assert np.hypot(*outer.T) == pytest.approx(np.ones(50))
    assert np.hypot(*(inner - [1, 0.5]).T) == pytest.approx(np.ones(50))
    assert outer[:, 1].min() >= 0
    assert inner[:, 1].max() <= 0.5
    noisy = RELU.two_moons(np.random.default_rng(0), 100, 0.2)[0]
    assert np.std(noisy - X) == pytest.approx(0.2, rel=0.2)


@pytest.mark.parametrize("rate", [0.001, 0.1])
def test_adam_is_that_of_the_paper(rate: float) -> None:
    """Algorithm 1 of Kingma and Ba in plain Python, on (w - 3)^2 + w^4 from two starts."""

    def slope(w: Any) -> Any:
        return 2 * (w - 3) + 4 * w**3

    (found,) = RELU.adam(
        [np.array([0.5, -1.0])],
        lambda weights: [slope(weights[0])],
        made(RELU, {"steps": 100, "learning_rate": rate}),
        lambda _: None,
    )
    for start, end in zip((0.5, -1.0), found, strict=True):
        w, m, v = start, 0.0, 0.0
        for t in range(1, 101):
            g = slope(w)
            m = 0.9 * m + 0.1 * g
            v = 0.999 * v + 0.001 * g * g
            w -= rate * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
        assert end == pytest.approx(w, rel=1e-9)


def test_both_networks_descend_their_loss() -> None:
    """The gradients of both are central differences of the mean cross-entropy."""
    rng = np.random.default_rng(3)
    X, y = RELU.two_moons(rng, 50, 0.2)
    weights = initial(rng, 2, 5, 2)
    wanted = gradients(weights, X, y)
    for k, w in enumerate(weights):
        for index in np.ndindex(w.shape):
            losses = []
            for step in (1e-6, -1e-6):
                moved = [one.copy() for one in weights]
                moved[k][index] += step
                losses.append(cross_entropy(forward(Weights(*moved), X)[1], y))
            assert wanted[k][index] == pytest.approx((losses[0] - losses[1]) / 2e-6, abs=1e-6)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 10))
def test_the_fitted_temperature_is_that_of_a_search(seed: int, factor: float) -> None:
    """Of 200 temperatures none has a smaller loss than the golden sections find; scaled logits scale it."""
    rng = np.random.default_rng(seed)
    z, y = factor * rng.normal(size=(200, 2)), np.eye(2)[rng.integers(0, 2, 200)]
    z += factor * y
    found = RELU.fitted_temperature(z, y)
    grid = np.geomspace(0.05, 20, 200)
    losses = [cross_entropy(z / T, y) for T in grid]
    assert cross_entropy(z / found, y) <= min(losses) + 1e-9
    assert found == pytest.approx(grid[np.argmin(losses)], rel=0.04) or found > 15


def test_the_bend_is_measured_beyond_the_last_kink() -> None:
    """A network with one kink at alpha = 700, and none of its own beyond: straight there, bent before."""
    weights = Weights(np.array([[1.0, -1.0], [0.0, 0.0]]), np.array([-700.0, 2.0]), np.eye(2), np.zeros(2))
    assert RELU.bend(weights, np.array([[1.0, 0.0]])) < 1e-12
    alphas = np.array([[500.0, 0], [1000, 0], [1500, 0]])
    assert abs(np.diff(forward(weights, alphas)[1][:, 0], 2)[0]) > 100


logits = st.lists(st.tuples(st.integers(-50, 50), st.integers(-20, 20)), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(logits, st.sampled_from([0.1, 1.0, 7.0, 100.0]))
def test_the_keys_of_the_limit_are_those_of_a_walk_outwards(lines: list[tuple[int, int]], temperature: float) -> None:
    """The softmax of a + b alpha at ever larger alpha, in plain Python, until it stays."""
    offsets, slopes = [float(a) for a, _ in lines], [b / 4 for _, b in lines]
    chosen = made(RELU, {"offsets": offsets, "slopes": slopes, "temperature": temperature})
    z = [(a + b * 1e7) / temperature for a, b in zip(offsets, slopes, strict=True)]
    e = [math.exp(one - max(z)) for one in z]
    assert RELU.limit_confidence(chosen) == pytest.approx(max(e) / sum(e), rel=1e-6)
    assert z[RELU.limit_class(chosen)] == max(z)


def test_the_limit_by_hand() -> None:
    """2 + 0.5 alpha against alpha: class 1 for certain; with equal slopes the offsets decide, 1 / (1 + e^-2)."""
    values, _ = outcome(RELU, steps=0)
    assert (values["limit_class"], values["limit_confidence"]) == (1, 1)
    values, _ = outcome(RELU, steps=0, offsets=[2, 0], slopes=[1, 1])
    assert values["limit_class"] == 0
    assert values["limit_confidence"] == pytest.approx(1 / (1 + math.exp(-2)), rel=1e-6)
    close = made(RELU, {"slopes": [1, 1.001]})
    assert set(expected_here(RELU, close)) == {"rbf_limit"}, "too near to tell at a finite distance"


def test_every_mistake_differs_from_the_key() -> None:
    """Each is more than twice a 5 % tolerance away from its key."""
    at = made(RELU, {"classes": 5, "slopes": [0.5, 1], "temperature": 3})
    for value, key in expected_here(RELU, at).items():
        wrong = mistakes_here(RELU, at, value)
        assert wrong, value
        assert [name for name, found in wrong.items() if abs(found - key) < 0.1 * abs(key)] == []


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"slopes": [1, 2, 3]}, "slopes: 3 do not fit 2 offsets; give one of each"),
        ({"noise": 1}, "0 .. 0.5"),
        ({"alpha": 0}, "1 .. 1000"),
        ({"hidden": 4.5}, "whole number"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(RELU, parameters)


@pytest.mark.parametrize(
    ("claim", "value", "wrong"),
    [
        ("sure_far_away", "sure_share", 0.875),
        ("affine_beyond_the_kinks", "bend", 2e-8),
        ("confidence_never_falls", "rising_share", 0.875),
        ("learns_the_moons", "training_accuracy", 0.875),
        ("temperature_does_not_help", "sure_share_at_temperature", 0.875),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, value: str, wrong: float) -> None:
    """The claims can fail."""
    assert not vars(RELU)[claim](made(RELU, {}), {value: wrong}).holds


@pytest.mark.parametrize("directions", [4, 5, 16, 63])
def test_figures_show_both_networks(directions: int) -> None:
    """At most four rays of the ReLU network and the mean of the other, from 1/2 to 1; a map of each."""
    chosen = made(RELU, {"directions": directions, "steps": 0})
    done: list[float] = []
    rays, *maps = RELU.run(chosen, np.random.default_rng(0), done.append).figures
    assert done == []
    assert rays.x.scale == "log"
    assert 3 <= len(rays.marks) <= 5
    assert rays.marks[-1].label == "RBF, mean"
    for mark in rays.marks:
        assert isinstance(mark, Line)
        assert 0.5 <= min(mark.y) <= max(mark.y) <= 1
    for figure in maps:
        (image,) = figure.marks
        assert isinstance(image, HeatMap)
        assert np.array(image.z).shape == (41, 41)


def test_training_reports_its_progress() -> None:
    """Every hundred steps of each network, up to 1."""
    done: list[float] = []
    RELU.run(made(RELU, {"steps": 200}), np.random.default_rng(0), done.append)
    assert done == [0.25, 0.5, 0.75, 1.0]


def test_the_same_seed_gives_the_same_bits() -> None:
    """Of the samples, the weights and the centres."""
    first, again, other = (outcome(RELU, seed, steps=20)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["confidence_along_rays"], other["confidence_along_rays"])
