"""Spatial dropout: every claim over seeds, masks by enumeration, fields against their covariance."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import HeatMap, Line, ParameterError, Points
from tests.simulations.loading import expected_here, load, made, mistakes_here, outcome

DROPOUT = load("spatial_dropout")
SEEDS = range(20)
ALL = {1, 2, 3, 4, 5}

# The corners of the domains, with the claims that speak there.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, ALL),
    ({"examples": 1}, ALL),  # the catalogue's 16 maps of 8 x 8
    ({"examples": 1, "drop_probability": 0.5}, ALL),
    ({"examples": 1, "drop_probability": 0.05}, {1, 3, 4, 5}),
    ({"examples": 1, "channels": 15}, {1, 2, 3, 5}),
    ({"correlation_length": 2.9}, {1, 2, 3, 5}),
    ({"correlation_length": 8, "examples": 1, "height": 16, "width": 16}, ALL),
    ({"correlation_length": 0}, {1, 2, 3, 5}),
    ({"drop_probability": 0.7, "draws": 20_000, "height": 16, "width": 16}, {1, 2, 3, 5}),
    ({"drop_probability": 0.3, "draws": 20_000}, ALL),
    ({"drop_probability": 0.3, "draws": 19_999}, {1, 3, 4, 5}),
    ({"drop_probability": 0.9, "draws": 10_000}, {1, 3, 5}),
    ({"height": 1, "width": 1, "channels": 1, "examples": 1, "pool": 1}, {1, 2, 3, 5}),
    ({"height": 2, "width": 16, "pool": 1}, {1, 2, 3, 5}),
]


def plain_sum_of_neighbours(x: list[list[float]]) -> list[list[float]]:
    """One map in plain Python."""
    found = [[0.0] * len(x[0]) for _ in x]
    for i, j in itertools.product(range(len(x)), range(len(x[0]))):
        for a, b in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
            if 0 <= a < len(x) and 0 <= b < len(x[0]):
                found[i][j] += x[a][b]
    return found


def variances_by_enumeration(pixels: int, p: float) -> tuple[float, float]:
    """Of a constant map's mean, dropped as a whole and pixel by pixel: over all masks with their probabilities."""
    masks = [*itertools.product((0, 1), repeat=pixels)]
    chances = [p ** mask.count(0) * (1 - p) ** mask.count(1) for mask in masks]
    means = [sum(mask) / pixels / (1 - p) for mask in masks]
    single = sum(chance * (mean - 1) ** 2 for chance, mean in zip(chances, means, strict=True))
    return p * (0 - 1) ** 2 + (1 - p) * (1 / (1 - p) - 1) ** 2, single


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """Each speaks in its domain only and holds there; keys and measurements agree."""
    values, claims = outcome(DROPOUT, 1, **parameters)
    assert {mark.number for mark, check in claims if check is not None} == speak
    assert [(mark.name, check) for mark, check in claims if check is not None and not check.holds] == []
    for name, key in expected_here(DROPOUT, made(DROPOUT, parameters)).items():
        assert values[name] == pytest.approx(key, rel=0.1 if "varia" in name else 1e-12), name


@pytest.mark.slow
@pytest.mark.parametrize("parameters", [parameters for parameters, _ in CORNERS])
def test_claims_hold_for_every_seed(parameters: dict[str, Any]) -> None:
    """20 seeds at each corner. Claim 3 allows 4 standard errors, which two means together pass once in 8,000 runs."""
    for seed in SEEDS:
        claims = outcome(DROPOUT, seed, **parameters)[1]
        assert [(mark.name, seed, check) for mark, check in claims if check is not None and not check.holds] == []


@pytest.mark.slow
def test_the_variances_of_the_cards_keep_half_of_a_tolerance_of_5_percent() -> None:
    """40,000 draws of the default leave 0.7 % on the variance, and 0.8 % on the ratio."""
    for seed in range(40):
        values = outcome(DROPOUT, seed)[0]
        for name, key in expected_here(DROPOUT, made(DROPOUT, {})).items():
            assert values[name] == pytest.approx(key, rel=0.025), (name, seed)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.floats(0.05, 0.9))
def test_the_keys_of_the_variances_are_exact(height: int, width: int, p: float) -> None:
    """By enumeration of all masks."""
    at = made(DROPOUT, {"height": height, "width": width, "drop_probability": p, "pool": 1})
    whole, single = variances_by_enumeration(height * width, p)
    assert DROPOUT.spatial_variance(at) == pytest.approx(whole, rel=1e-9)
    assert DROPOUT.element_wise_variance(at) == pytest.approx(single, rel=1e-9)
    assert DROPOUT.variance_ratio(at) == pytest.approx(whole / single, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=4, max_size=4), st.floats(0.05, 0.9), st.integers(0, 99))
def test_masks_hold_0_and_the_scale_and_a_map_shares_its_draw(shape: list[int], p: float, seed: int) -> None:
    """(N, C, H, W) for single pixels and (N, C, 1, 1) for maps; nothing but 0 and 1 / (1 - p)."""
    rng = np.random.default_rng(seed)
    single, whole = (kind(rng, tuple(shape), p) for kind in (DROPOUT.element_wise, DROPOUT.spatial))
    assert single.shape == tuple(shape)
    assert whole.shape == (shape[0], shape[1], 1, 1)
    for mask in (single, whole):
        assert set(mask.ravel().tolist()) <= {0.0, 1 / (1 - p)}


def test_maps_are_dropped_independently_of_each_other() -> None:
    """Of two maps of an image, and of the same map of two images, both are dropped with probability p^2."""
    dropped = DROPOUT.spatial(np.random.default_rng(0), (40_000, 2, 8, 8), 0.3)[:, :, 0, 0] == 0
    assert dropped.mean(axis=0) == pytest.approx([0.3, 0.3], abs=0.01)
    assert (dropped[:, 0] & dropped[:, 1]).mean() == pytest.approx(0.09, abs=0.006)
    assert (dropped[1:, 0] & dropped[:-1, 0]).mean() == pytest.approx(0.09, abs=0.006)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (4, 3)])
def test_the_sum_of_neighbours_is_that_of_plain_python(shape: tuple[int, int]) -> None:
    """Outside the map there is nothing."""
    x = np.random.default_rng(0).normal(size=(2, *shape))
    wanted = [plain_sum_of_neighbours(one.tolist()) for one in x]
    assert DROPOUT.sum_of_neighbours(x) == pytest.approx(np.array(wanted))


@pytest.mark.parametrize("length", [0.0, 0.5, 3.0, 8.0])
def test_random_maps_have_the_covariance_of_the_docstring(length: float) -> None:
    """Between all pixels of a 3 x 4 map, over 20,000 maps: within 5 standard errors of exp(-r^2 / 2 l^2)."""
    maps = DROPOUT.random_maps(np.random.default_rng(1), (20_000, 3, 4), length).reshape(-1, 12)
    for (i, one), (j, other) in itertools.combinations_with_replacement([*enumerate(np.ndindex(3, 4))], 2):
        r = math.dist(one, other)
        wanted = math.exp(-r * r / (2 * length**2)) if length else float(i == j)
        assert (maps[:, i] * maps[:, j]).mean() == pytest.approx(wanted, abs=5 * math.sqrt(2 / 20_000))


def test_the_error_of_the_neighbours_is_that_of_the_covariance() -> None:
    """Why claim 4 holds: at length 3 the closed form is 7.5 % of the deviation, half of what is allowed."""
    at = {0: 1.0, 1: math.exp(-1 / 18), 2: math.exp(-2 / 18), 4: math.exp(-4 / 18)}  # covariance by squared distance
    wanted = math.sqrt(1 - 2 * at[1] + (4 + 8 * at[2] + 4 * at[4]) / 16)
    assert wanted == pytest.approx(0.0754, abs=1e-4)
    values, _ = outcome(DROPOUT, examples=64, channels=64)
    assert values["error_of_neighbours"] == pytest.approx(wanted, rel=0.03)
    assert values["pixels_to_guess"] == pytest.approx(64 * 64 * 36 * 0.3 * 0.7**4, rel=0.05)


def test_white_noise_cannot_be_guessed_from_its_neighbours() -> None:
    """Without correlation the rms error is sqrt(1 + 1/4): worse than the guess 0."""
    values, _ = outcome(DROPOUT, correlation_length=0, examples=64)
    assert values["error_of_neighbours"] == pytest.approx(math.sqrt(1.25), rel=0.05)


@pytest.mark.parametrize("length", [0.0, 1.0, 3.0])
def test_the_measured_ratio_of_noises_is_that_of_theory(length: float) -> None:
    """1 for white noise, towards 1 / (H W) for constant maps; in the mean of 20 seeds within 8 %."""
    at, rng = made(DROPOUT, {"height": 4, "width": 6}), np.random.default_rng(2)
    found = np.mean([DROPOUT.noise_ratios(rng, length, at) for _ in range(20)], axis=0)
    wanted = [DROPOUT.ratio_in_theory(length, *size) for size in ((2, 2), (4, 6))]
    assert found == pytest.approx(wanted, rel=0.08)


def test_the_ratio_in_theory_reaches_from_one_to_one_over_the_pixels() -> None:
    """By the mean of the covariance over all pairs of pixels."""
    assert DROPOUT.ratio_in_theory(0, 8, 8) == pytest.approx(1)
    assert DROPOUT.ratio_in_theory(1e6, 8, 8) == pytest.approx(1 / 64)
    pairs = [math.dist(a, b) for a in np.ndindex(3, 5) for b in np.ndindex(3, 5)]
    mean = sum(math.exp(-r * r / (2 * 1.5**2)) for r in pairs) / len(pairs)
    assert DROPOUT.ratio_in_theory(1.5, 3, 5) == pytest.approx(1 / (15 * mean))


def test_the_default_by_hand() -> None:
    """p = 0.3 on 4 x 16 maps of 8 x 8: variances 3/7 and 3/448, 64 draws, kept values times 10/7."""
    at = made(DROPOUT, {})
    assert DROPOUT.spatial_variance(at) == pytest.approx(3 / 7)
    assert DROPOUT.element_wise_variance(at) == pytest.approx(3 / 448)
    assert (DROPOUT.variance_ratio(at), DROPOUT.independent_draws(at)) == (64, 64)
    assert DROPOUT.kept_scale(at) == pytest.approx(10 / 7)


def test_every_mistake_differs_from_the_key() -> None:
    """Each is more than twice a 5 % tolerance away from its key."""
    at = made(DROPOUT, {"height": 4, "width": 6})
    for value, key in expected_here(DROPOUT, at).items():
        found = mistakes_here(DROPOUT, at, value)
        assert found
        for name, wrong in found.items():
            assert abs(wrong - key) > 0.1 * abs(key), name


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"pool": 9}, "9 x 9 does not fit 8 x 8"),
        ({"pool": 3, "height": 2}, "3 x 3 does not fit 2 x 8"),
        ({"drop_probability": 1}, r"0.05 .. 0.9"),
        ({"channels": 0}, "1 .. 64"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(DROPOUT, parameters)


@pytest.mark.parametrize(
    ("claim", "value", "wrong"),
    [
        ("all_or_nothing", "share_of_uniform_maps", lambda share: share - 1 / 64),
        ("noise_of_a_constant_map", "spatial_variance", lambda variance: variance * 0.7),
        ("noise_of_a_constant_map", "element_wise_variance", lambda variance: variance * 8),
        ("the_mean_stays", "means", lambda means: means * 0.7),
        ("neighbours_tell", "error_of_neighbours", lambda error: error * 3),
        ("no_neighbour_is_left", "dropped_beside_kept", lambda number: number + 1),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, value: str, wrong: Any) -> None:
    """The claims can fail."""
    values, _ = outcome(DROPOUT)
    assert not vars(DROPOUT)[claim](made(DROPOUT, {}), values | {value: wrong(values[value])}).holds


def test_element_wise_dropout_leaves_what_spatial_dropout_takes() -> None:
    """The measures of claims 1 and 5 see the difference: pixel by pixel, maps are mixed and neighbours are kept."""
    mask = DROPOUT.element_wise(np.random.default_rng(0), (4, 16, 8, 8), 0.3)
    assert (np.ptp(mask, axis=(2, 3)) == 0).mean() == 0
    assert ((mask == 0) & (DROPOUT.sum_of_neighbours(mask) > 0)).sum() > 1000


@pytest.mark.parametrize("parameters", [{}, {"channels": 1, "height": 2}])
def test_figures_show_what_the_claims_are_about(parameters: dict[str, Any]) -> None:
    """The noise over the correlation length, and the maps, a dropped one and a kept one, where there are two."""
    figures = DROPOUT.run(made(DROPOUT, parameters), np.random.default_rng(0)).figures
    noise, single, whole = figures
    assert [type(mark) for mark in noise.marks] == [Line, Points, Line, Points]
    assert all(min(mark.y) > 0 for mark in noise.marks)
    for figure in (single, whole):
        assert all(isinstance(mark, HeatMap) for mark in figure.marks)
        assert [mark.label for mark in figure.marks] == (["map 0"] if parameters else ["map 0", "map 15"])
        assert all(np.shape(mark.z) == (made(DROPOUT, parameters).height, 8) for mark in figure.marks)
    assert all((np.asarray(mark.z) > 0).any() and (np.asarray(mark.z) == 0).any() for mark in single.marks)
    dropped = [(np.asarray(mark.z) == 0).mean() for mark in whole.marks]
    assert dropped in ([0], [1]) if parameters else dropped == [1, 0]


def test_the_same_seed_gives_the_same_bits() -> None:
    """Another seed drops others."""
    first, again, other = (outcome(DROPOUT, seed)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert first["element_wise_variance"] != other["element_wise_variance"]
