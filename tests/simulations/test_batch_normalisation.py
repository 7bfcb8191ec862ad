"""Batch normalisation: every claim over seeds, the keys against plain Python, the gradients against differences."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import ParameterError, Points
from tests.simulations.loading import confirm, expected_here, load, made, marked, mistakes_here, outcome

BATCH = load("batch_normalisation")
SEEDS = range(20)
ALL = set(range(1, 18))

# The corners of the domains, with the claims that speak there.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, ALL),
    ({"batch": 2, "gamma": 10, "epsilon": 1e-12, "momentum": 1, "weight_scale": 0.1}, {1, 4, 5, 7, 13}),
    ({"batch": 2, "features": 1, "depth": 2, "epsilon": 1e-12}, {1, 4, 7, 13}),  # a gradient of 0 in many seeds
    ({"batch": 15, "depth": 19, "epsilon": 0.01}, {1, 4, 7}),
    ({"batch": 16, "depth": 2, "features": 1, "weight_scale": 0.1}, ALL - {5, 6, 9, 11, 12}),
    ({"batch": 16, "weight_scale": 0.1, "epsilon": 0.01, "gamma": 10}, ALL - {9, 11, 12, 13}),
    ({"batch": 16, "weight_scale": 0.5, "gamma": 0}, ALL - {11, 12}),
    ({"batch": 16, "weight_scale": 10, "learning_rate": 1, "epsilon": 1e-12}, ALL - {9, 11, 12}),
    ({"batch": 16, "weight_scale": 10, "features": 128}, ALL - {11, 12}),
    ({"batch": 64, "weight_scale": 0.1, "learning_rate": 1, "momentum": 0.01}, ALL - {9}),
]
LARGE: list[tuple[dict[str, Any], set[int]]] = [
    ({"batch": 16, "depth": 40, "weight_scale": 0.1}, ALL - {9, 11, 12}),
    ({"batch": 65, "depth": 40}, ALL - {12}),
    ({"batch": 256, "depth": 2, "features": 128, "weight_scale": 0.5}, ALL - {5, 6, 12}),
    ({"batch": 256, "depth": 40, "features": 128, "updates": 1000, "weight_scale": 10}, ALL - {12}),
]

numbers = st.lists(st.floats(-100, 100), min_size=2, max_size=12)


def plain_normalised(z: list[float], epsilon: float) -> list[float]:
    """Algorithm 1 of Ioffe & Szegedy, in plain Python."""
    mean = math.fsum(z) / len(z)
    variance = math.fsum((x - mean) ** 2 for x in z) / len(z)
    return [(x - mean) / math.sqrt(variance + epsilon) for x in z]


def plain_output_variance(X: Any, W: Any, scale: float, epsilon: float) -> float:
    """Of a deep ReLU network with batch normalisation, unit by unit in plain Python."""
    rows = X.tolist()
    for layer in (scale * W).tolist():
        columns = [[sum(row[i] * layer[i][j] for i in range(len(row))) for row in rows] for j in range(len(layer[0]))]
        columns = [plain_normalised(column, epsilon) for column in columns]
        rows = [[max(column[b], 0.0) for column in columns] for b in range(len(rows))]
    flat = [x for row in rows for x in row]
    mean = math.fsum(flat) / len(flat)
    return math.fsum((x - mean) ** 2 for x in flat) / len(flat)


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """One seed of each."""
    confirm(BATCH, parameters, speak, 1, absolute=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_for_every_seed(parameters: dict[str, Any], speak: set[int]) -> None:
    """20 layers, networks and batches each."""
    for seed in SEEDS:
        confirm(BATCH, parameters, speak, seed, absolute=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("parameters", "speak"), LARGE)
def test_claims_hold_for_large_layers(parameters: dict[str, Any], speak: set[int]) -> None:
    """The largest batches, layers and depths, 20 seeds."""
    for seed in SEEDS:
        confirm(BATCH, parameters, speak, seed, absolute=1e-9)


@settings(max_examples=50, deadline=None)
@given(numbers, st.floats(1e-12, 0.01))
def test_normalising_is_that_of_plain_python(z: list[float], epsilon: float) -> None:
    """For every batch of one feature, the key as well as the run's."""
    wanted = plain_normalised(z, epsilon)
    size = 1e-9 + 1e-13 * max(map(abs, z)) / math.sqrt(epsilon)  # rounding of the mean
    chosen = made(BATCH, {"batch_values": z, "epsilon": epsilon})
    assert BATCH.normalise(np.array(z)[:, None], epsilon)[0][:, 0] == pytest.approx(wanted, rel=1e-6, abs=size)
    assert BATCH.normalised(chosen) == pytest.approx(wanted, rel=1e-6, abs=size)


@settings(max_examples=50, deadline=None)
@given(numbers, st.floats(0.01, 1), st.integers(1, 60))
def test_running_averages_are_those_of_exact_fractions(z: list[float], momentum: float, updates: int) -> None:
    """Mean from 0 and unbiased variance from 1, step by step; the key's closed form agrees."""
    exact, m = [Fraction(x) for x in z], Fraction(momentum)
    batch_mean = sum(exact) / len(exact)
    batch_variance = sum((x - batch_mean) ** 2 for x in exact) / (len(exact) - 1)
    mean, variance = 0.0, 1.0
    for _ in range(updates):
        mean = float((1 - m) * Fraction(mean) + m * batch_mean)
        variance = float((1 - m) * Fraction(variance) + m * batch_variance)
    chosen = made(BATCH, {"batch_values": z, "momentum": momentum, "updates": updates})
    measured = BATCH.averaged(np.array(z)[:, None], momentum, updates)[:, 0]
    assert measured == pytest.approx([mean, variance], rel=1e-9, abs=1e-12)
    assert [BATCH.running_mean(chosen), BATCH.running_variance(chosen)] == pytest.approx(measured, rel=1e-9, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 9), st.integers(1, 4), st.floats(1e-6, 0.01), st.integers(0, 1000))
def test_the_gradient_agrees_with_central_differences(rows: int, features: int, epsilon: float, seed: int) -> None:
    """Through mean and variance, of a random linear loss."""
    rng = np.random.default_rng(seed)
    Z, g, step = rng.normal(size=(rows, features)), rng.normal(size=(rows, features)), 1e-6
    n, s = BATCH.normalise(Z, epsilon)
    moves = step * np.eye(Z.size).reshape(-1, *Z.shape)
    losses = [(BATCH.normalise(Z + side * moves, epsilon)[0] * g).sum(axis=(1, 2)) for side in (1, -1)]
    wanted = ((losses[0] - losses[1]) / (2 * step)).reshape(Z.shape)
    assert BATCH.back(g, n, s) == pytest.approx(wanted, rel=1e-4, abs=1e-4 * float((1 / s**3).max()))


def test_the_descent_follows_the_gradient_of_its_loss() -> None:
    """Central differences of the mean over the rows of |n - T|^2 / 2; each copy takes its own rate."""
    rng = np.random.default_rng(5)
    X, T, W = rng.normal(size=(12, 4)), rng.normal(size=(12, 2)), rng.normal(size=(4, 2))

    def loss(W: Any) -> float:
        return float(((BATCH.normalise(X @ W, 1e-12)[0] - T) ** 2).sum(axis=1).mean() / 2)

    path, gradients = BATCH.descend(np.array([W, W]), np.array([0.1, 0.3]), X, T)
    for i, j in np.ndindex(4, 2):
        move = np.zeros((4, 2))
        move[i, j] = 1e-6
        assert gradients[0, 0, i, j] == pytest.approx((loss(W + move) - loss(W - move)) / 2e-6, abs=1e-7)
    assert path[1, 1] == pytest.approx(W - 0.3 * gradients[0, 1])
    assert loss(path[-1, 1]) < loss(path[-1, 0]) < loss(W)


@pytest.mark.parametrize("epsilon", [None, 1e-12])
def test_gradient_norms_of_deep_networks_agree_with_central_differences(epsilon: float | None) -> None:
    """A small network of three layers at the middle scale, 1, and at the largest, 10."""
    rng = np.random.default_rng(2)
    X, W, top = rng.normal(size=(6, 4)), rng.normal(size=(3, 4, 4)), rng.normal(size=(6, 4))
    norms = BATCH.deep(X, W, top, epsilon)[1]
    assert norms.shape == (3, BATCH.SCALES.size)

    def loss(W: Any) -> float:
        h = X
        for weights in W:
            h = np.maximum(BATCH.normalise(h @ weights, epsilon)[0], 0)
        return float((h * top).sum())

    for place, scale in ((2, 1.0), (4, 10.0)):
        slopes = np.empty_like(W)
        for index in np.ndindex(*W.shape):
            move = np.zeros_like(W)
            move[index] = 1e-6
            slopes[index] = (loss(scale * W + move) - loss(scale * W - move)) / 2e-6
        assert norms[:, place] == pytest.approx(np.linalg.norm(slopes, axis=(1, 2)), rel=1e-5)


def test_the_output_variance_is_that_of_plain_python() -> None:
    """Of a small network, at all scales of its weights."""
    rng = np.random.default_rng(3)
    X, W = rng.normal(size=(5, 3)), rng.normal(size=(4, 3, 3))
    wanted = [plain_output_variance(X, W, scale, 1e-3) for scale in BATCH.SCALES]
    assert BATCH.deep(X, W, X, 1e-3)[0] == pytest.approx(wanted, rel=1e-9)


def test_without_batch_normalisation_each_layer_multiplies_by_the_scale() -> None:
    """ReLU is homogeneous: the variance goes with scale^(2 depth), each gradient with scale^(depth - 1)."""
    variances, norms = (outcome(BATCH)[0][name][0] for name in ("output_variances", "gradient_norms"))
    assert variances / variances[2] == pytest.approx(BATCH.SCALES**40, rel=1e-9)
    assert norms / norms[:, 2:3] == pytest.approx(np.tile(BATCH.SCALES**19, (20, 1)), rel=1e-9)


def test_roughness_is_the_change_of_the_gradient() -> None:
    """Both gradients as central differences; with batch normalisation a mean of the inputs changes nothing at all."""
    rng = np.random.default_rng(4)
    X, T, W1, W2 = (rng.normal(size=shape) for shape in ((9, 3), (9, 2), (3, 4), (4, 2)))

    def loss(w: Any, epsilon: float | None) -> float:
        h = np.tanh(BATCH.normalise(X @ w[:12].reshape(3, 4), epsilon)[0])
        return float(((h @ w[12:].reshape(4, 2) - T) ** 2).mean())

    def slope(w: Any, epsilon: float | None) -> Any:
        moves = 1e-5 * np.eye(w.size)
        return np.array([(loss(w + one, epsilon) - loss(w - one, epsilon)) / 2e-5 for one in moves])

    w = np.concatenate([W1.ravel(), W2.ravel()])
    for epsilon in (None, 1e-12):
        g = slope(w, epsilon)
        size = 0.5 * np.linalg.norm(w)
        wanted = np.linalg.norm(slope(w - size * g / np.linalg.norm(g), epsilon) - g) / size
        assert BATCH.roughness(W1, W2, X, T, epsilon)[-1] == pytest.approx(wanted, rel=1e-5)
    assert BATCH.roughness(W1, W2, X + 7, T, 1e-12) == pytest.approx(BATCH.roughness(W1, W2, X, T, 1e-12), rel=1e-6)


def test_in_training_a_row_depends_on_the_others() -> None:
    """Which is why evaluation needs other statistics."""
    Z = np.random.default_rng(0).normal(size=(8, 3))
    alone = BATCH.normalise(np.vstack([Z[:1], Z[:0:-1] ** 2]), 1e-5)[0][0]
    assert np.abs(BATCH.normalise(Z, 1e-5)[0][0] - alone).max() > 0.1


def test_the_default_by_hand() -> None:
    """1, 2, 4, 9: mean 4, variance 9.5, unbiased 38/3; ten updates of 0.1 keep 0.9^10 of the start."""
    values, _ = outcome(BATCH)
    kept = 0.9**10
    assert values["normalised"] == pytest.approx(np.array([-3, -2, 0, 5]) / math.sqrt(9.50001))
    assert values["output"] == pytest.approx(1.5 * values["normalised"] + 0.5)
    assert values["running_mean"] == pytest.approx(4 * (1 - kept))
    assert values["running_variance"] == pytest.approx(kept + 38 / 3 * (1 - kept))
    assert values["evaluated"][0] == pytest.approx(
        1.5 * (1 - 4 * (1 - kept)) / math.sqrt(kept + 38 / 3 * (1 - kept) + 1e-5) + 0.5
    )
    assert values["learned_parameters"] == 64


def test_every_mistake_differs_from_the_key() -> None:
    """Each is more than twice a 5 % tolerance away from its key."""
    chosen = made(BATCH, {"batch_values": [3, 5, 10]})
    for value, key in expected_here(BATCH, chosen).items():
        for name, wrong in mistakes_here(BATCH, chosen, value).items():
            assert np.all(np.abs(np.asarray(wrong) - key) > 0.1 * np.abs(key)), name
    named = {one.mistake.value for one in marked(BATCH, "mistake")}
    assert named == {"normalised", "running_mean", "evaluated", "learned_parameters"}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"batch_values": [1]}, "batch_values holds one number, which has no variance; give two or more"),
        ({"batch": 1}, "2 .. 256"),
        ({"epsilon": 0}, "1e-12 .. 0.01"),
        ({"depth": 2.5}, "whole number"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(BATCH, parameters)


def test_a_batch_of_equal_values_is_normalised_to_zero() -> None:
    """eps keeps the division finite."""
    values, _ = outcome(BATCH, batch_values=[3, 3, 3], momentum=1)
    assert values["normalised"] == pytest.approx(np.zeros(3), abs=1e-12)
    assert values["running_variance"] == pytest.approx(0, abs=1e-12)


def replaced(array: Any, index: Any, factor: float) -> Any:
    """A copy in which one part is multiplied."""
    copy = np.array(array)
    copy[index] = copy[index] * factor
    return copy


def test_every_claim_fails_for_a_wrong_measurement() -> None:
    """The claims can fail."""
    wrong: dict[int, tuple[str, Any]] = {
        1: ("layer_variances", lambda v: replaced(v, 1, 1 + 1e-9)),
        2: ("change_of_output", lambda _: 2e-8),
        3: ("cosines", lambda cosines: cosines + 2e-8),
        4: ("gradient_sums", lambda sums: sums + 2e-10),
        5: ("output_variances", lambda v: v[::-1]),
        6: ("gradient_norms", lambda norms: norms[:, ::-1]),
        7: ("evaluated_row", lambda row: replaced(row, 1, 1 + 1e-9)),
        8: ("change_of_direction", lambda _: 2e-8),
        9: ("angle_factor", lambda factor: factor * 1.02),
        10: ("squared_steps", lambda steps: steps * 1.01),
        11: ("smoothness_gain", lambda gain: gain[::-1]),
        12: ("smoothness_gain", lambda gain: gain[::-1]),
        13: ("pairs", lambda pairs: pairs * 0.99),
        14: ("spread_among_random_rows", lambda spread: spread * 1.2),
        15: ("output_variances", lambda v: v[::-1]),
        16: ("change_of_gradient", lambda _: 2e-8),
        17: ("gradient_norms", lambda norms: replaced(norms, (1, 0, 0), 1.001)),
    }
    values, _ = outcome(BATCH)
    for function in marked(BATCH, "claim"):
        name, change = wrong.pop(function.claim.number)
        assert not function(made(BATCH, {}), values | {name: change(values[name])}).holds, function.claim.name
    assert wrong == {}


@pytest.mark.parametrize("parameters", [{}, {"batch": 2, "depth": 40}])
def test_figures_show_what_the_claims_are_about(parameters: dict[str, Any]) -> None:
    """Gradients over scale and layers, on logarithmic axes that get no zeros; smoothness; the batch by hand."""
    figures = BATCH.run(made(BATCH, parameters), np.random.default_rng(0)).figures
    assert [figure.y.scale for figure in figures] == ["log", "log", "log", "linear"]
    for figure in figures[:3]:
        for mark in figure.marks:
            assert min(mark.y) > 0
            assert len(mark.x) == len(mark.y)
    training, evaluation = figures[3].marks
    assert isinstance(training, Points)
    assert isinstance(evaluation, Points)
    assert list(training.x) == [1, 2, 4, 9]


def test_the_same_seed_gives_the_same_bits() -> None:
    """And another seed other networks."""
    first, again, other = (outcome(BATCH, seed)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["gradient_norms"], other["gradient_norms"])
