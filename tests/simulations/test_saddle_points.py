"""Saddle points: random Hessians against their eigenvalues, the 3-spin model against differences and plain descent.

Measured over 150 draws of the 3-spin model with 400 starts: 56 to 151 critical points, correlation 0.87 to 0.98 (bound
0.75), minima at most 5.5 % of them (bound 10 %), median 2.2 %.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import ParameterError
from tests.simulations.loading import expected_here, load, made, marked, mistakes_here, outcome

SADDLES = load("saddle_points")
QUICK: dict[str, Any] = {"samples": 10_000, "starts": 100}
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, {1, 2, 3, 4, 5, 6, 7, 8, 9}),
    (QUICK | {"shift": -2, "distance": 1e-8, "learning_rate": 0.9}, {1, 2, 3, 4, 5, 6, 7, 8, 9}),
    (QUICK | {"shift": 2, "distance": 1e-4, "curvatures": (-100, 1e-9, 0)}, {1, 2, 3, 4, 5, 6, 7, 8}),
    (QUICK | {"shift": 0, "distance": 0.01, "curvatures": (-100, 2e-7, 0, -2e-7)}, {1, 2, 3, 4, 5, 7, 8, 9}),
    (QUICK | {"learning_rate": 0.005, "dimension": 10}, {1, 2, 3, 4, 5, 6, 7, 8, 9}),
]
once = cache(lambda **parameters: outcome(SADDLES, **(QUICK | parameters)))  # for tests that only look at the values


def tensor(seed: int) -> Any:
    """A symmetric 3-spin tensor, its entries sums over the permutations of their indices."""
    J = np.random.default_rng(seed).standard_normal((8, 8, 8))
    return (
        J + J.swapaxes(1, 2) + J.swapaxes(0, 1) + J.transpose(1, 2, 0) + J.transpose(2, 0, 1) + J.swapaxes(0, 2)
    ) / 48


def plain_loss(T: Any, w: Any) -> float:
    """sum_ijk T_ijk w_i w_j w_k, in plain Python."""
    size = range(len(w))
    return float(sum(T[i, j, k] * w[i] * w[j] * w[k] for i in size for j in size for k in size))


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """Each speaks in its domain only and holds there; keys and measurements agree."""
    values, claims = outcome(SADDLES, 1, **parameters)
    assert {mark.number for mark, check in claims if check is not None} == speak
    assert [(mark.name, check) for mark, check in claims if check is not None and not check.holds] == []
    room = {"index_fraction": 0.0125, "escape_steps": 1e-9, "index": 0}
    spread = 5 * math.sqrt(parameters.get("dimension", 3) / parameters.get("samples", 200_000))
    for name, key in expected_here(SADDLES, made(SADDLES, parameters)).items():
        assert values[name] == pytest.approx(key, rel=0 if name in room else spread, abs=room.get(name, 0)), name


@pytest.mark.slow
@pytest.mark.parametrize("parameters", [parameters for parameters, _ in CORNERS])
def test_claims_hold_for_every_seed(parameters: dict[str, Any]) -> None:
    """25 draws of everything."""
    for seed in range(25):
        claims = outcome(SADDLES, seed, **parameters)[1]
        assert [(mark.name, seed, check) for mark, check in claims if check is not None and not check.holds] == []


@pytest.mark.slow
def test_minima_are_two_percent_of_the_critical_points() -> None:
    """The median over 30 losses with 400 starts."""
    runs = [SADDLES.critical_points(np.random.default_rng(seed), 400)[1] for seed in range(30)]
    assert 0.01 < np.median([(index == 0).mean() for index in runs]) < 0.04


@pytest.mark.slow
def test_keys_of_the_default_are_measured_for_every_seed() -> None:
    """Within 10 % (three dimensions), 0.0125 (the share of negative eigenvalues), 5 % (signs)."""
    for seed in range(20):
        values, _ = outcome(SADDLES, seed, starts=100)
        keys = expected_here(SADDLES, made(SADDLES, {}))
        assert values["all_positive"] == pytest.approx(keys["all_positive"], rel=0.1)
        assert values["all_signs_positive"] == pytest.approx(keys["all_signs_positive"], rel=0.05)
        assert values["index_fraction"] == pytest.approx(keys["index_fraction"], abs=0.0125)


def test_shares_agree_with_the_eigenvalues_of_whole_matrices() -> None:
    """30,000 GOE matrices of 2, 3 and 4 rows by eigvalsh, within 5 standard errors of both samples."""
    rng, samples = np.random.default_rng(0), 30_000
    shares = SADDLES.all_positive_shares(np.random.default_rng(1), samples)
    for N in (2, 3, 4):
        A = rng.standard_normal((samples, N, N))
        share = (np.linalg.eigvalsh((A + A.swapaxes(1, 2)) / 2)[:, 0] > 0).mean()
        assert shares[N - 1] == pytest.approx(share, abs=5 * math.sqrt(2 * share / samples))


def test_the_chance_of_two_by_two_is_an_integral() -> None:
    """[[a, b], [b, c]] is positive if a > 0 and b^2 < ac; with b ~ N(0, 1/2): P = E[erf(sqrt(ac)); a, c > 0]."""
    x = (np.arange(800) + 0.5) / 100
    density = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi) / 100
    inside = np.array([[math.erf(math.sqrt(a * c)) for c in x[::4]] for a in x[::4]])
    weights = 4 * density[::4]
    assert weights @ inside @ weights == pytest.approx(SADDLES.EXACT[1], rel=0.03)
    assert list(SADDLES.EXACT) == pytest.approx([0.5, 0.146447, 0.024921], abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.floats(-2, 2))
def test_the_share_is_the_area_of_the_semicircle(shift: float) -> None:
    """F(-s) by the midpoint rule; at s = 1 it is 0.1955."""
    width = (2 - shift) / 4000
    x = -2 + (np.arange(4000) + 0.5) * width
    area = (np.sqrt(np.maximum(4 - x * x, 0)) * width).sum() / (2 * math.pi)
    assert SADDLES.below_zero(shift) == pytest.approx(area, abs=1e-4)
    assert SADDLES.below_zero(1.0) == pytest.approx(0.1955, abs=5e-5)


def test_the_derivatives_of_the_loss_agree_with_differences() -> None:
    """Gradient and Hessian of L - mu |w|^2 / 2 at fixed mu = 3 L / N, along every axis, by central differences."""
    T, rng = tensor(0), np.random.default_rng(1)
    w = SADDLES.on_sphere(rng.standard_normal((1, 8)))
    hessian, residual, energy = SADDLES.derivatives(T, w)
    assert (w**2).sum() == pytest.approx(8)
    assert energy[0] == pytest.approx(plain_loss(T, w[0]) / 8)
    mu, step = 3 * energy[0], 1e-5
    for i in range(8):
        moved = np.zeros(8)
        moved[i] = step
        up, down = w[0] + moved, w[0] - moved
        slope = (plain_loss(T, up) - plain_loss(T, down)) / (2 * step) - mu * w[0, i]
        assert residual[0, i] == pytest.approx(slope, abs=1e-7)
        gradients = [SADDLES.derivatives(T, at[None])[1][0] + 3 * plain_loss(T, at) / 8 * at for at in (up, down)]
        column = (gradients[0] - gradients[1]) / (2 * step) - mu * np.eye(8)[i]
        assert hessian[0, i] == pytest.approx(column, abs=1e-7)


def test_plain_descent_ends_in_minima_that_newton_finds() -> None:
    """Projected gradient descent in small steps, another algorithm, ends at energies that have index 0."""
    energy, index = SADDLES.critical_points(np.random.default_rng(4), 800)
    minima = energy[index == 0]
    T = tensor(4)
    w = SADDLES.on_sphere(np.random.default_rng(5).standard_normal((10, 8)))
    for _ in range(2000):
        w = SADDLES.on_sphere(w - 0.05 * SADDLES.derivatives(T, w)[1])
    for reached in SADDLES.derivatives(T, w)[2]:
        assert np.abs(minima - reached).min() < 1e-6
    assert energy.min() == minima.min(), "the lowest critical point is a minimum"


def test_critical_points_are_found_once() -> None:
    """All energies of one index differ, and no index is larger than the sphere's dimension, 7."""
    energy, index = SADDLES.critical_points(np.random.default_rng(0), 400)
    assert set(index) <= set(range(8))
    for one in set(index):
        assert np.diff(np.sort(energy[index == one])).min(initial=1) > 1e-9


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-8, 1e-2), st.floats(0.005, 0.9))
def test_the_escape_is_a_logarithm(eps: float, rate: float) -> None:
    """Measured and expected steps differ by one at most, where rounding decides; from 1e-6 at 0.1 it takes 145."""
    wanted = SADDLES.escape_steps(SADDLES.Parameters(distance=eps, learning_rate=rate))
    assert abs(SADDLES.escape_steps_of(eps, rate) - wanted) <= 1
    assert SADDLES.escape_steps_of(1e-6, 0.1) == 145


def test_the_descent_of_the_well_follows_its_slope() -> None:
    """The first steps by central differences of x^2/2 + (1 - y^2)^2/4; in the end the loss is 0."""

    def well(x: float, y: float) -> float:
        return x * x / 2 + (1 - y * y) ** 2 / 4

    loss, slope = SADDLES.leave(0.01, 0.1)
    x = y = 0.01
    for k in range(30):
        down = [(well(x + 1e-6, y) - well(x - 1e-6, y)) / 2e-6, (well(x, y + 1e-6) - well(x, y - 1e-6)) / 2e-6]
        assert loss[k] == pytest.approx(well(x, y))
        assert slope[k] == pytest.approx(math.hypot(*down), rel=1e-5)
        x, y = x - 0.1 * down[0], y - 0.1 * down[1]
    assert loss[-1] < 1e-6
    assert (loss > 0.24).sum() == pytest.approx(math.log(0.14 / 0.01) / math.log(1.1), abs=2), "the plateau"


@settings(max_examples=40, deadline=None)
@given(st.floats(1e-8, 1e-2), st.floats(-1e-2, 1e-2))
def test_newton_along_the_hill_is_newton_in_the_plane(y: float, x: float) -> None:
    """Of x^2/2 + (1 - y^2)^2/4, with gradient and Hessian written out, in exact fractions: x plays no part."""
    x_0, y_0 = Fraction(x), Fraction(y)
    gradient, hessian = (x_0, y_0**3 - y_0), (Fraction(1), 3 * y_0**2 - 1)  # the mixed derivative is 0
    for found, size in zip(SADDLES.newton_along_the_hill(y), (hessian, tuple(map(abs, hessian))), strict=True):
        there = y_0 - gradient[1] / size[1]
        rise = (1 - there**2) ** 2 / 4 - (1 - y_0**2) ** 2 / 4
        assert x_0 - gradient[0] / size[0] == 0, "to the foot of the valley, either way"
        assert found == pytest.approx([float(abs(there) / y_0), float(rise / y_0**2)], rel=1e-6, abs=1e-15)
    assert SADDLES.newton_along_the_hill(1e-6)[:, 1] == pytest.approx([0.5, -1.5], rel=1e-6)


def test_the_index_counts_negative_curvatures() -> None:
    """A curvature of 0 is neither."""
    values, _ = once(curvatures=(0.0, -1.0, 2.0, -3.0, -0.5))
    assert values["index"] == 3


def test_cards_may_ask_where_a_closed_form_is_measured_well() -> None:
    """Beyond three dimensions there is none here; few samples measure it badly; at the edge shares are tiny."""
    assert "all_positive" in expected_here(SADDLES, made(SADDLES, {}))
    assert "all_positive" not in expected_here(SADDLES, made(SADDLES, {"dimension": 4}))
    assert "all_positive" not in expected_here(SADDLES, made(SADDLES, QUICK))
    assert "index_fraction" not in expected_here(SADDLES, made(SADDLES, {"shift": 1.9}))


def test_every_mistake_differs_from_the_key() -> None:
    """Each is more than twice a 10 % tolerance away from its key somewhere."""
    seen = set()
    for at in (made(SADDLES, {"curvatures": [1, -2, 3]}), made(SADDLES, {})):
        for value, key in expected_here(SADDLES, at).items():
            for name, wrong in mistakes_here(SADDLES, at, value).items():
                if abs(wrong - key) > 0.2 * abs(key):
                    seen.add(name)
    assert seen == {one.mistake.name for one in marked(SADDLES, "mistake")}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"distance": 0}, "1e-08 .. 0.01"),
        ({"shift": 3}, "-2 .. 2"),
        ({"samples": 10}, "10000 .. 1e\\+06"),
        ({"dimension": 11}, "1 .. 10"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(SADDLES, parameters)


@pytest.mark.parametrize(
    ("claim", "value", "wrong"),
    [
        ("chance_of_a_minimum", "all_positive_shares", lambda shares: [1.2 * one for one in shares]),
        ("rarer_than_independent", "all_positive_shares", lambda _: [0.5, 0.26]),
        ("index_follows_the_semicircle", "index_fraction_of_one", lambda share: share + 0.04),
        ("index_grows_with_the_loss", "correlation", lambda correlation: -correlation),
        ("escape_takes_a_logarithm", "escape_steps", lambda steps: steps + 2),
        ("flat_but_not_low", "least_slope_on_plateau", lambda slope: 1e4 * slope),
        ("flat_but_not_low", "final_loss", lambda _: 0.25),
        ("minima_are_rare", "minima_share", lambda _: 0.11),
        ("newton_goes_to_the_saddle", "newton_steps", lambda steps: steps[::-1]),
        ("newton_goes_to_the_saddle", "newton_steps", lambda steps: np.stack([steps[0], steps[0]])),
        ("index_counts_the_ways_down", "index", lambda index: index + 1),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, value: str, wrong: Any) -> None:
    """The claims can fail."""
    values, _ = once()
    assert not vars(SADDLES)[claim](made(SADDLES, QUICK), values | {value: wrong(values[value])}).holds


def test_figures_fit_their_axes() -> None:
    """One figure for each experiment; logarithmic axes have positive numbers."""
    figures = SADDLES.run(made(SADDLES, QUICK), np.random.default_rng(0), lambda _: None).figures
    assert [figure.y.scale for figure in figures] == ["log", "linear", "linear", "log"]
    for figure in figures:
        for mark in figure.marks:
            assert len(mark.x) == len(mark.y) > 0
            assert figure.y.scale == "linear" or min(mark.y) > 0


def test_the_same_seed_gives_the_same_bits() -> None:
    """The seed draws the random Hessians and the random loss; the escape does not depend on it."""
    first, again, other = (outcome(SADDLES, seed, **QUICK)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["energies"], other["energies"])
    assert first["escape_steps"] == other["escape_steps"]
