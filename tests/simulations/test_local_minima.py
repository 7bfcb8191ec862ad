"""Local minima: every claim over starts and seeds, the keys against plain Python, the Hessians against differences."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studyapp.simulation import ParameterError, Points
from tests.simulations.loading import confirm, expected_here, load, made, marked, mistakes_here, outcome

WELL = load("local_minima")
SEEDS = range(20)
ALWAYS = {3, 4, 5, 6}

# The corners of the domains, with the claims that speak there.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, ALWAYS | {1, 2}),
    ({"starts": 2, "steps": 10, "learning_rate": 0.001}, ALWAYS | {2}),
    ({"starts": 41, "steps": 1000, "start": -2}, ALWAYS | {1, 2}),
    ({"starts": 3, "steps": 10, "start": 2}, ALWAYS | {2}),
    ({"steps": 999}, ALWAYS | {2}),
    ({"noise": 0.001, "steps": 100, "start": 0.2}, ALWAYS),
    ({"noise": 1, "learning_rate": 0.05, "steps": 300, "weights": [1, 1]}, ALWAYS),
    ({"learning_rate": 0.011, "steps": 300, "weights": [-3, 3]}, ALWAYS),
]
SLOW: list[tuple[dict[str, Any], set[int]]] = [
    ({"starts": 41, "steps": 10_000, "learning_rate": 0.001}, ALWAYS | {1, 2}),
    ({"starts": 41, "steps": 10_000, "learning_rate": 0.05, "noise": 1}, ALWAYS),
]

weights = st.lists(st.integers(-300, 300).map(lambda k: k / 100), min_size=2, max_size=2)


def plain_end(x: float, rate: float, steps: int) -> float:
    """Gradient descent in plain Python."""
    for _ in range(steps):
        x -= rate * (4 * x**3 - 6 * x + 1)
    return x


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """One seed of each."""
    confirm(WELL, parameters, speak, 1)


@pytest.mark.slow
@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_for_every_seed(parameters: dict[str, Any], speak: set[int]) -> None:
    """The seed draws the noise, and the data of claim 6."""
    for seed in SEEDS:
        confirm(WELL, parameters, speak, seed)


@pytest.mark.slow
@pytest.mark.parametrize(("parameters", "speak"), SLOW)
def test_claims_hold_for_long_descents(parameters: dict[str, Any], speak: set[int]) -> None:
    """All parameters at the end that takes longest."""
    for seed in range(3):
        confirm(WELL, parameters, speak, seed)


def test_a_step_never_crosses_the_maximum() -> None:
    """Why claim 2 needs no more than lr <= 0.01: a step has the slope 1 - lr f''(x), at least 0.58 on [-2, 2].

    f'' = 12 x^2 - 6 is at most 42 there, so that the step is increasing; the maximum is a fixed point, and no step
    leaves [-2, 2], since f' points outwards at its ends.
    """
    x = np.linspace(-2, 2, 4001)
    assert (1 - 0.01 * (12 * x**2 - 6)).min() == pytest.approx(0.58)
    assert WELL.slope(WELL.TOP) == pytest.approx(0, abs=1e-14)
    assert WELL.slope(-2) < 0 < WELL.slope(2)


def test_the_zeros_of_the_slope_are_those_of_numpy() -> None:
    """Viete's formula against the eigenvalues of the companion matrix; the catalogue's digits."""
    zeros = np.sort(np.roots([4, 0, -6, 1]).real)
    assert np.array([WELL.LEFT, WELL.TOP, WELL.RIGHT]) == pytest.approx(zeros, abs=1e-14)
    assert zeros == pytest.approx([-1.30084, 0.16994, 1.13090], abs=5e-6)


@settings(max_examples=40, deadline=None)
@given(st.floats(-2, 2))
def test_the_key_of_the_end_is_that_of_plain_python(start: float) -> None:
    """For every start that is not at the maximum itself."""
    assume(abs(start - WELL.TOP) >= 1e-3)
    chosen = made(WELL, {"start": start})
    assert WELL.minimum_from_start(chosen) == pytest.approx(plain_end(start, 0.01, 2000), abs=1e-9)
    assert WELL.descend(np.array([start]), 0.01, 2000)[0] == pytest.approx(plain_end(start, 0.01, 2000), abs=1e-12)


@settings(max_examples=8, deadline=None)
@given(st.integers(2, 12), st.floats(0.001, 0.05), st.integers(10, 60))
def test_descents_without_noise_are_those_of_plain_python(starts: int, rate: float, steps: int) -> None:
    """Step by step, and for all copies."""
    values, _ = outcome(WELL, starts=starts, learning_rate=rate, steps=steps)
    wanted = [plain_end(x, rate, steps) for x in np.linspace(-2, 2, starts).tolist()]
    assert values["ends"] == pytest.approx(np.tile(wanted, (WELL.COPIES, 1)), rel=1e-9, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(weights)
def test_the_eigenvalues_solve_the_exact_characteristic_polynomial(weights: list[float]) -> None:
    """Trace and determinant of the Hessian in exact fractions; the loss, too."""
    chosen = made(WELL, {"weights": weights})
    w_1, w_2 = (Fraction(w) for w in weights)
    trace, determinant = w_1**2 + w_2**2, w_1**2 * w_2**2 - (2 * w_1 * w_2 - 1) ** 2
    low, high = WELL.eigenvalues(chosen)
    assert low + high == pytest.approx(float(trace), rel=1e-12, abs=1e-12)
    assert low * high == pytest.approx(float(determinant), rel=1e-9, abs=1e-9)
    assert low <= high
    assert WELL.network_loss(chosen) == pytest.approx(float((w_1 * w_2 - 1) ** 2 / 2))
    measured = np.linalg.eigvalsh(WELL.hessian(WELL.network_gradient, np.array(weights)))
    assert measured == pytest.approx([low, high], rel=1e-9, abs=1e-9)


def test_slopes_and_gradients_agree_with_central_differences() -> None:
    """Of the double well and of the linear network."""
    x = np.linspace(-2, 2, 9)
    assert WELL.slope(x) == pytest.approx((WELL.f(x + 1e-6) - WELL.f(x - 1e-6)) / 2e-6, abs=1e-7)

    def loss(w: Any) -> float:
        return float((w[0] * w[1] - 1) ** 2 / 2)

    w = np.array([0.7, -1.2])
    wanted = [(loss(w + one) - loss(w - one)) / 2e-6 for one in 1e-6 * np.eye(2)]
    assert WELL.network_gradient(w) == pytest.approx(wanted, abs=1e-8)
    assert outcome(WELL, weights=[0.7, -1.2])[0]["network_gradient"] == pytest.approx(wanted, abs=1e-8)


@pytest.mark.slow
def test_noise_ends_in_the_deeper_well_more_often() -> None:
    """Over 20 seeds: at full noise more than three quarters of the runs, without noise 5 of 9 starts."""
    shares = [outcome(WELL, seed, noise=1)[0]["share_in_the_deeper"] for seed in SEEDS]
    assert np.mean(shares) > 0.75
    assert outcome(WELL)[0]["share_in_the_deeper"] == pytest.approx(5 / 9)


def test_the_noise_is_that_of_langevin_dynamics() -> None:
    """In a long run with hardly fading noise x is spread as e^(-f / s^2): in the mean of x^2 within 5 %."""
    chosen = made(WELL, {"learning_rate": 0.01, "steps": 10, "noise": 1})
    x = np.linspace(-4, 4, 2001)
    law = np.exp(-WELL.f(x))
    rng = np.random.default_rng(0)
    now = rng.choice(x, p=law / law.sum(), size=20_000)
    noise = np.array([1.0])
    path, ends = WELL.wander(now, noise, chosen, rng, lambda _: None)
    assert path.shape == (11, 20_000)
    assert np.array_equal(path[-1], ends[0])
    step = path[1] - path[0] + 0.01 * WELL.slope(path[0])
    assert step.std() == pytest.approx(math.sqrt(0.02), rel=0.03)
    last = path[-1] - path[-2] + 0.01 * WELL.slope(path[-2])
    assert last.std() == pytest.approx(0.1 * math.sqrt(0.02), rel=0.03)
    assert (path[5] ** 2).mean() == pytest.approx((law * x * x).sum() / law.sum(), rel=0.05)


def test_the_default_by_hand() -> None:
    """From 0.5 to the right, at -1.0702; at (0, 0) the loss is 1/2 and the eigenvalues are -1 and 1."""
    values, _ = outcome(WELL)
    assert values["minimum_from_start"] == pytest.approx(1.13090, abs=5e-6)
    assert values["loss_from_start"] == pytest.approx(-1.0702, abs=1e-4)
    assert values["network_loss"] == 0.5
    assert values["eigenvalues"] == pytest.approx([-1, 1])
    assert not values["network_gradient"].any()


def test_every_mistake_differs_from_the_key() -> None:
    """Each is more than twice a 5 % tolerance away from its key, from a start between the midpoint and the maximum."""
    seen = set()
    for chosen in (made(WELL, {"start": 0}), made(WELL, {"weights": [1, 2]})):
        for value, key in expected_here(WELL, chosen).items():
            for name, wrong in mistakes_here(WELL, chosen, value).items():
                if np.any(np.abs(np.asarray(wrong) - key) > 0.1 * np.abs(key)):
                    seen.add(name)
    assert seen == {one.mistake.name for one in marked(WELL, "mistake")}


def test_no_card_may_ask_where_a_start_at_the_maximum_ends() -> None:
    """It may take for ever; nor how many starts end where if there is noise."""
    keys = expected_here(WELL, made(WELL, {"start": 0.17, "noise": 0.1}))
    assert set(keys) == {"network_loss", "eigenvalues"}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"weights": [1]}, "weights holds 1 numbers; give two, w_1 and w_2"),
        ({"weights": [1, 2, 3]}, "weights holds 3 numbers"),
        ({"weights": [4, 0]}, "-3 .. 3"),
        ({"learning_rate": 0.1}, "0.001 .. 0.05"),
        ({"starts": 1}, "2 .. 41"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(WELL, parameters)


def test_every_claim_fails_for_a_wrong_measurement() -> None:
    """The claims can fail."""
    wrong: dict[int, tuple[str, Any]] = {
        1: ("ends", lambda ends: ends + 2e-6),
        2: ("ends", lambda ends: ends[:, ::-1]),
        3: ("quiet_ends", lambda ends: ends * [[1], [1], [-1]]),
        4: ("minimum_values", lambda found: found + 2e-4),
        5: ("eigenvalues_at_origin", np.abs),
        6: ("least_convex_eigenvalue", lambda _: -2e-10),
    }
    values, _ = outcome(WELL)
    for function in marked(WELL, "claim"):
        name, change = wrong[function.claim.number]
        assert not function(made(WELL, {}), values | {name: change(values[name])}).holds, function.claim.name


@pytest.mark.parametrize("starts", [2, 9, 41])
def test_figures_show_what_the_claims_are_about(starts: int) -> None:
    """The well with starts and ends, up to five paths, the share over the noise, and the linear network."""
    chosen = made(WELL, {"starts": starts, "steps": 100})
    well, paths, noise, network = WELL.run(chosen, np.random.default_rng(0), lambda _: None).figures
    assert [mark.label for mark in well.marks] == ["f", "starts", "ends"]
    assert len(well.marks[2].x) == starts
    assert len(paths.marks) == min(starts, 5)
    assert paths.marks[0].label == "from -2"
    assert paths.x.scale == "log"
    assert min(paths.marks[0].x) == 1
    assert list(noise.marks[0].x) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert isinstance(network.marks[-1], Points)
    minima = np.array(network.marks[0].x) * np.array(network.marks[0].y)
    assert minima == pytest.approx(np.ones(82))
    ends = [mark.x[-1] * mark.y[-1] for mark in network.marks[1:3]]
    assert ends == pytest.approx([0, 1], abs=1e-3), "nudged, it leaves the saddle for the minima"


def test_the_same_seed_gives_the_same_bits() -> None:
    """The seed draws noise and data."""
    first, again, other = (outcome(WELL, seed, noise=0.5, steps=200)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["ends"], other["ends"])
