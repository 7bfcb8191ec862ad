"""Dropout: every claim over seeds, every key against a sum over masks in plain Python."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import Line, ParameterError
from tests.simulations.loading import check_of, confirm, expected_here, load, made, mistakes_here, outcome

DROPOUT = load("dropout")
SEEDS = range(20)
ALWAYS, HALF = {1, 2, 3, 6, 7, 10}, {1, 2, 3, 6, 7, 10, 11, 12}

# The corners of the domains, with the claims that speak there.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, HALF),
    ({"passes": 10_000}, HALF | {9}),
    ({"probability": 0.2, "passes": 10_000, "units": 2, "classes": 10}, HALF | {9}),
    ({"probability": 0.5, "passes": 1000, "inputs": [3], "weights": [-2], "samples": 1000}, HALF | {9}),
    ({"probability": 0.2, "passes": 999, "units": 2, "classes": 2, "inputs": [0], "weights": [0]}, HALF),
    ({"probability": 0.19, "passes": 10_000, "units": 3}, ALWAYS),
    ({"probability": 0.9, "units": 5, "samples": 1000, "steps": 1000, "inputs": [1] * 12, "weights": [5] * 12}, ALWAYS),
    ({"probability": 0.01, "units": 2, "classes": 2}, ALWAYS),
    ({"probability": 0, "units": 2, "passes": 10, "steps": 1}, ALWAYS),
]

probabilities = st.floats(0, 0.9)
numbers = st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=5)


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """Each speaks in its domain only and holds there, for 20 seeds; keys and measurements agree."""
    for seed in SEEDS:
        confirm(DROPOUT, parameters, speak, seed)


@pytest.mark.slow
@pytest.mark.parametrize("probability", [0.2, 0.5])
def test_claims_hold_for_the_widest_layer(probability: float) -> None:
    """All 4096 masks of 12 units and 10 classes, for 20 seeds."""
    for seed in SEEDS:
        confirm(DROPOUT, {"units": 12, "classes": 10, "probability": probability}, HALF, seed)


@pytest.mark.slow
def test_dropout_helps_on_digits_with_wrong_labels_for_every_seed() -> None:
    """Claim 8 over 20 seeds, where the catalogue asks for 5."""
    for seed in SEEDS:
        confirm(DROPOUT, {"units": 2, "train_on_digits": True}, HALF | {8}, seed)


@given(numbers, probabilities)
@settings(deadline=None, max_examples=40)
def test_keys_are_sums_over_masks(pairs: list[tuple[float, float]], p: float) -> None:
    """Mean and variance of a linear output and of its units, mask by mask in plain Python."""
    x, w = zip(*pairs, strict=True)
    at = made(DROPOUT, {"inputs": list(x), "weights": list(w), "probability": p})
    mean = square = 0.0
    unit = [0.0] * len(x)
    for mask in itertools.product((0, 1), repeat=len(x)):
        chance = math.prod(1 - p if one else p for one in mask)
        kept = [one * value / (1 - p) for one, value in zip(mask, x, strict=True)]
        output = sum(a * b for a, b in zip(kept, w, strict=True))
        mean, square = mean + chance * output, square + chance * output**2
        unit = [total + chance * (a - value) ** 2 for total, a, value in zip(unit, kept, x, strict=True)]
    scale = max(1.0, square)
    assert DROPOUT.mean_output(at) == pytest.approx(mean, abs=1e-9 * scale)
    assert DROPOUT.output_variance(at) == pytest.approx(square - mean**2, abs=1e-9 * scale)
    assert DROPOUT.unit_variance(at) == pytest.approx(np.array(unit), abs=1e-9 * scale)


@given(st.integers(2, 12), st.integers(0, 9), st.integers(1, 1000))
def test_counts_are_exact(units: int, tenths: int, steps: int) -> None:
    """Sub-networks, the binomial variance of the dropped units, and p^T, in exact fractions."""
    p = Fraction(tenths, 10)
    at = made(DROPOUT, {"units": units, "probability": tenths / 10, "steps": steps})
    binomial = [math.comb(units, k) * p**k * (1 - p) ** (units - k) for k in range(units + 1)]
    mean = sum(k * chance for k, chance in enumerate(binomial))
    assert DROPOUT.dropped_variance(at) == pytest.approx(
        float(sum((k - mean) ** 2 * chance for k, chance in enumerate(binomial)))
    )
    assert DROPOUT.subnetworks(at) == len(list(itertools.product((0, 1), repeat=units)))
    assert DROPOUT.never_used(at) == pytest.approx(float(p**steps), rel=1e-9, abs=1e-300)
    assert DROPOUT.scale(at) == pytest.approx(float(1 / (1 - p)))


@pytest.mark.parametrize("p", [0.0, 0.3, 0.9])
def test_every_mask_is_there_once_with_its_probability(p: float) -> None:
    """The first keeps nothing, the last everything; the probabilities sum to 1."""
    masks, chance = DROPOUT.every_mask(5, p)
    assert len({tuple(mask) for mask in masks}) == 32
    assert not masks[0].any()
    assert masks[-1].all()
    assert chance.sum() == pytest.approx(1)
    for mask, one in zip(masks, chance, strict=True):
        kept = int((mask > 0).sum())
        assert one == pytest.approx(p ** (5 - kept) * (1 - p) ** kept)


def test_ensembles_are_those_of_plain_python() -> None:
    """The geometric and arithmetic means over the masks, product by product."""
    p, rng = 0.3, np.random.default_rng(0)
    x, W = rng.standard_normal(4), rng.standard_normal((4, 3))
    geometric, arithmetic = [1.0] * 3, [0.0] * 3
    for mask in itertools.product((0, 1), repeat=4):
        chance = math.prod(1 - p if one else p for one in mask)
        e = [math.exp(sum(m * x[j] * W[j, k] / (1 - p) for j, m in enumerate(mask))) for k in range(3)]
        for k in range(3):
            geometric[k] *= (e[k] / sum(e)) ** chance
            arithmetic[k] += chance * e[k] / sum(e)
    values, _ = outcome(DROPOUT, 0, units=4, classes=3, probability=p)
    assert values["x"] == pytest.approx(x)
    assert values["geometric_mean"] == pytest.approx(np.array(geometric) / sum(geometric))
    assert values["arithmetic_mean"] == pytest.approx(np.array(arithmetic))
    assert values["masks_off"] == pytest.approx(values["geometric_mean"])


def test_votes_by_hand() -> None:
    """Two units that vote for two classes: with both the stronger wins; without any the vote is divided."""
    masks, chance = DROPOUT.every_mask(2, 0.25)
    z = masks @ np.array([[3.0, 0.0], [0.0, 1.0]])
    both, one, none = 0.75**2, 0.25 * 0.75, 0.25**2
    assert DROPOUT.votes(z, chance) == pytest.approx(np.array([both + one + none / 2, one + none / 2]))


def test_a_regression_by_hand() -> None:
    """The error over all masks of one feature: y^2 when it is dropped, (y - 2 x w)^2 when it is kept, p = 1/2."""
    w = np.array([0.7])
    over_masks, _ = DROPOUT.regression(w, 0.5, np.random.default_rng(3))
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((20, 1)), rng.standard_normal(20)
    assert over_masks == pytest.approx(0.5 * (y**2).sum() + 0.5 * ((y - 2 * 0.7 * X[:, 0]) ** 2).sum())


@pytest.mark.slow
def test_training_without_dropout_is_the_same_start() -> None:
    """The same digits and first weights: the first epochs are alike, the last are not; the same seed, the same bits."""
    told: list[float] = []
    without = DROPOUT.train(0.0, np.random.default_rng(1), told.append)
    half = DROPOUT.train(0.5, np.random.default_rng(1), lambda _: None)
    assert told == pytest.approx(np.arange(1, 151) / 150)
    assert without.shape == half.shape == (150,)
    assert without[0] == pytest.approx(half[0], rel=0.5)
    assert half[-10:].mean() < without[-10:].mean()
    assert np.array_equal(without, DROPOUT.train(0.0, np.random.default_rng(1), lambda _: None))


def test_every_mistake_differs_from_the_key() -> None:
    """By more than twice a 5 % tolerance."""
    at = made(DROPOUT, {"probability": 0.3})
    for value, key in expected_here(DROPOUT, at).items():
        for name, wrong in mistakes_here(DROPOUT, at, value).items():
            assert (np.abs(np.asarray(wrong) - key) > 0.1 * np.abs(key)).all(), name


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"inputs": [1, 2], "weights": [1]}, "as many weights as inputs"),
        ({"inputs": [1] * 13, "weights": [1] * 13}, "up to 12"),
        ({"probability": 1}, "0 .. 0.9"),
        ({"units": 13}, "2 .. 12"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(DROPOUT, parameters)


@pytest.mark.parametrize(
    ("claim", "value", "wrong"),
    [
        ("keeps_the_mean", "mean", lambda mean: mean + 1e-11),
        ("keeps_the_mean", "sampled_mean", lambda mean: mean + 0.1),
        ("variance_of_a_unit", "variance", lambda variance: variance + 1e-11),
        ("geometric_mean_is_exact", "geometric_mean", lambda mean: mean + 1e-9),
        ("geometric_mean_is_exact", "masks_off", lambda _: outcome(DROPOUT)[0]["arithmetic_mean"]),
        ("adds_a_ridge_penalty", "regression", lambda both: both * [1, 1.001]),
        ("tests_repeat", "test_passes", lambda passes: [passes[0], passes[1] + 1e-12]),
        ("lowers_the_test_loss", "test_loss", lambda loss: loss + 1),
        ("passes_have_the_mean", "passes_mean", lambda mean: mean + 0.5),
        ("variance_of_a_linear_output", "output_variance", lambda variance: variance * (1 + 1e-9)),
        ("variance_of_a_linear_output", "passes_variance", lambda variance: variance * 1.2),
        ("masks_vote", "far_votes", lambda share: share[::-1]),
        ("masks_keep_a_doubt", "far_mean", lambda mean: mean * 0 + 1),
        ("masks_keep_a_doubt", "far_masks_off", lambda off: off * 0.9),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, value: str, wrong: Any) -> None:
    """The claims can fail."""
    values = outcome(DROPOUT, passes=10_000)[0] | {"test_loss": 0.5, "test_loss_without": 0.7}
    at = made(DROPOUT, {"passes": 10_000})
    assert vars(DROPOUT)[claim](at, values).holds
    assert not vars(DROPOUT)[claim](at, values | {value: wrong(values[value])}).holds


def test_passes_that_keep_their_masks_do_not_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Claim 7 fails if a test drops units, too: two passes are then two of the 2^8 networks."""
    draw = DROPOUT.random_masks
    monkeypatch.setattr(DROPOUT, "random_masks", lambda shape, p, rng: draw(shape, p or 0.5, rng))
    found = [check_of(DROPOUT, "tests_repeat", seed) for seed in SEEDS]
    assert [check.holds for check in found if check is not None] == [False] * len(SEEDS)


def test_without_masks_a_test_pass_is_the_plain_prediction() -> None:
    """Inverted dropout leaves nothing to scale in a test."""
    values, _ = outcome(DROPOUT)
    assert np.array_equal(values["test_passes"], [values["masks_off"]] * 2)


def test_figures_show_what_the_claims_are_about() -> None:
    """Three predictions; confidence that rises to 1 and one that does not; a distribution from 0 to 1."""
    bars, ray, spread = DROPOUT.run(made(DROPOUT, {}), np.random.default_rng(0), lambda _: None).figures
    assert [mark.label for mark in bars.marks] == ["arithmetic mean", "masks off", "geometric mean"]
    off, mean = ray.marks
    assert isinstance(off, Line)
    assert isinstance(mean, Line)
    assert off.y[-1] > 1 - 1e-6 > 0.95 > mean.y[-1]
    steps = spread.marks[0]
    assert isinstance(steps, Line)
    assert steps.y[0] == 0
    assert steps.y[-1] == pytest.approx(1)
    assert (np.diff(np.asarray(steps.x)) >= 0).all()


def test_the_same_seed_gives_the_same_bits() -> None:
    """Another seed draws another layer and other masks, and leaves the linear output's exact values alone."""
    first, again, other = (outcome(DROPOUT, seed, passes=100)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["x"], other["x"])
    assert first["passes_mean"] != other["passes_mean"]
    assert first["output_variance"] == other["output_variance"]
