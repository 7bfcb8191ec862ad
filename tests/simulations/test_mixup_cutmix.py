"""mixup and CutMix: every claim over seeds, labels and boxes against plain Python, the training over seeds."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import HeatMap, Line, ParameterError
from studyapp.simulation.digits import digits
from tests.simulations.loading import expected_here, load, made, mistakes_here, outcome

MIX = load("mixup_cutmix")
SEEDS = range(20)
ALWAYS = {1, 2, 3, 4, 5}

# The corners of the domains; claim 6 trains networks and speaks in slow tests only.
CORNERS: list[dict[str, Any]] = [
    {},
    {"alpha": 0.1},
    {"alpha": 4},
    {"mixing_weight": 0},
    {"mixing_weight": 1, "predicted": [0.999, 0.001]},
    {"mixing_weight": 0.5, "predicted": [0.001, 0.001]},
    {"first_class": 4, "second_class": 4, "predicted": [0.2, 0.7]},
    {"first_class": 2, "second_class": 0, "classes": 3, "predicted": [0.7, 0.3]},
    {"height": 32, "width": 4, "box_height": 32, "box_width": 32, "box_row": 31, "box_column": 0},
    {"height": 5, "width": 31, "box_height": 1, "box_width": 1, "box_row": 0, "box_column": 30},
    {"height": 4, "width": 4, "box_height": 32, "box_width": 32, "box_row": 2, "box_column": 1},  # nothing is left of a
]


def plain_box(at: Any) -> int:
    """The pixels of CutMix's box that lie inside the image, counted one by one."""
    top, left = at.box_row - at.box_height // 2, at.box_column - at.box_width // 2
    places = itertools.product(range(top, top + at.box_height), range(left, left + at.box_width))
    return sum(0 <= i < at.height and 0 <= j < at.width for i, j in places)


def plain_cross_entropy(p: list[float], y: list[float]) -> float:
    """- sum y ln p in plain Python."""
    return sum(-share * math.log(chance) for chance, share in zip(p, y, strict=True) if share)


@pytest.mark.parametrize("parameters", CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any]) -> None:
    """That of the training is silent without it; keys and measurements agree."""
    for seed in (0, 1):
        values, claims = outcome(MIX, seed, **parameters)
        assert {mark.number for mark, check in claims if check is not None} == ALWAYS
        assert [(mark.name, seed, check) for mark, check in claims if check is not None and not check.holds] == []
        for name, key in expected_here(MIX, made(MIX, parameters)).items():
            tolerance = 0.03 if name == "weight_variance" else 1e-12
            assert values[name] == pytest.approx(key, rel=tolerance, abs=1e-12), name


@pytest.mark.slow
@pytest.mark.parametrize("parameters", CORNERS)
def test_claims_hold_for_every_seed(parameters: dict[str, Any]) -> None:
    """20 seeds at each corner; for claim 5 the standard error of the variance is 0.2 % at alpha 0.1 and 0.6 % at 4."""
    for seed in SEEDS:
        claims = outcome(MIX, seed, **parameters)[1]
        assert [(mark.name, seed, check) for mark, check in claims if check is not None and not check.holds] == []


@pytest.mark.slow
@pytest.mark.parametrize("alpha", [0.4, 4])
def test_mixup_ends_with_the_lower_test_loss(alpha: float) -> None:
    """At both corners of claim 6, each seed with the mean of two splits.

    Over 20 seeds the difference was -0.36 with a standard deviation of 0.07 at alpha 0.4, and -0.45 with 0.09 at
    alpha 4. Of 40 single splits none was lost, at a larger rate and for longer than where the catalogue counts one loss
    in ten.
    """
    for seed in SEEDS:
        claims = outcome(MIX, seed, train=True, alpha=alpha)[1]
        assert [(mark.name, seed, check) for mark, check in claims if check is None or not check.holds] == []


@pytest.mark.slow
def test_training_reports_progress_and_is_reproducible() -> None:
    """From 0 to 1, and the same bits for the same seed."""
    told: list[float] = []
    first = MIX.compare(0.4, np.random.default_rng(0), told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    assert np.array_equal(first, MIX.compare(0.4, np.random.default_rng(0), lambda _: None))
    assert first.shape == (MIX.EPOCHS, 2)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_weight_of_cutmix_counts_the_pixels_of_the_box(data: st.DataObject) -> None:
    """Whatever the image and the box: 1 - pixels / area, in exact fractions, and as many pixels are pasted."""
    height, width = data.draw(st.integers(4, 12)), data.draw(st.integers(4, 12))
    at = made(
        MIX,
        {
            "height": height,
            "width": width,
            "box_height": data.draw(st.integers(1, 15)),
            "box_width": data.draw(st.integers(1, 15)),
            "box_row": data.draw(st.integers(0, height - 1)),
            "box_column": data.draw(st.integers(0, width - 1)),
        },
    )
    wanted = 1 - Fraction(plain_box(at), height * width)
    assert MIX.cutmix_weight(at) == pytest.approx(float(wanted), abs=1e-15)
    values = MIX.run(at, np.random.default_rng(0), lambda _: None).values
    assert values["cutmix_weight"] == MIX.cutmix_weight(at)
    assert values["cutmix_label"].sum() == pytest.approx(1)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1), st.floats(0.001, 0.6), st.floats(0.001, 0.4), st.integers(3, 10), st.data())
def test_label_and_loss_are_those_of_plain_python(weight: float, p_a: float, p_b: float, k: int, data: Any) -> None:
    """Also where both images are of one class, whose share is then 1."""
    a, b = data.draw(st.integers(0, k - 1)), data.draw(st.integers(0, k - 1))
    y = [weight * (c == a) + (1 - weight) * (c == b) for c in range(k)]
    given_ = {"mixing_weight": weight, "predicted": [p_a, p_b], "classes": k, "first_class": a, "second_class": b}
    p = [(1 - p_a) / (k - 1) if a == b else (1 - p_a - p_b) / (k - 2)] * k
    p[b] = p_b
    p[a] = p_a
    keys = expected_here(MIX, made(MIX, given_))
    assert keys["mixed_label"] == pytest.approx(y)
    assert keys["loss"] == pytest.approx(plain_cross_entropy(p, y))
    assert made(MIX, given_).prediction == pytest.approx(p)
    assert sum(p) == pytest.approx(1)


@pytest.mark.parametrize("weight", [0.0, 0.1, 0.5, 0.7, 1.0])
def test_no_prediction_of_a_fine_grid_has_a_smaller_loss_than_the_entropy(weight: float) -> None:
    """All p_a + p_b <= 1 in steps of 1/200; the best one is p_a = lambda."""
    grid = [(i / 200, j / 200) for i in range(1, 200) for j in range(1, 201 - i)]
    losses = [plain_cross_entropy([*one], [weight, 1 - weight]) for one in grid]
    key = MIX.least_loss(made(MIX, {"mixing_weight": weight}))
    assert key - 1e-12 <= min(losses) < key + 0.006
    assert grid[int(np.argmin(losses))][0] == pytest.approx(weight, abs=0.006)


def test_the_variance_of_the_beta_law_is_that_of_its_density() -> None:
    """By quadrature of x^(a-1) (1-x)^(a-1), for a >= 1."""
    x = (np.arange(100_000) + 0.5) / 100_000
    for alpha in (1.0, 1.7, 4.0):
        density = (x * (1 - x)) ** (alpha - 1)
        wanted = ((x - 0.5) ** 2 * density).sum() / density.sum()
        assert MIX.weight_variance(made(MIX, {"alpha": alpha})) == pytest.approx(wanted, rel=1e-6)


def test_the_images_are_two_different_digits_of_the_classes() -> None:
    """For all pairs of classes, at all sizes: the line between them, which claim 1 measures, has a length."""
    images, labels = digits()
    for a, b in itertools.product(range(10), repeat=2):
        first, second = MIX.two_images(made(MIX, {"first_class": a, "second_class": b}))
        assert (images[labels == a] == first).all(axis=(1, 2)).any()
        assert (images[labels == b] == second).all(axis=(1, 2)).any()
        small = made(MIX, {"first_class": a, "second_class": b, "height": 4, "width": 4, "box_column": 0})
        assert np.abs(np.subtract(*MIX.two_images(small))).max() > 0.3


def test_enlarging_repeats_pixels() -> None:
    """16 x 24 shows each pixel of 8 x 8 in two rows and three columns."""
    small = MIX.two_images(made(MIX, {}))
    large = MIX.two_images(made(MIX, {"height": 16, "width": 24}))
    assert np.array_equal(large, small.repeat(2, axis=1).repeat(3, axis=2))


def test_the_figures_show_what_is_mixed() -> None:
    """mixup's pixels between both digits', CutMix's inside the box the second's and outside it the first's."""
    at = made(MIX, {})
    figures = MIX.run(at, np.random.default_rng(0), lambda _: None).figures
    mixed, plain, losses, weights = figures
    assert all(isinstance(mark, HeatMap) for figure in (mixed, plain) for mark in figure.marks)
    (first, second), (blend, patched) = ([np.asarray(mark.z) for mark in one.marks] for one in (plain, mixed))
    assert blend == pytest.approx(0.7 * first + 0.3 * second)
    inside = np.zeros((8, 8), dtype=bool)
    inside[0:4, 3:8] = True
    assert np.array_equal(patched, np.where(inside, second, first))
    of_a, of_b, of_both = losses.marks
    assert isinstance(of_both, Line)
    assert of_both.y == pytest.approx(0.7 * np.asarray(of_a.y) + 0.3 * np.asarray(of_b.y))
    assert sum(weights.marks[0].heights) == pytest.approx(100)


def test_the_default_by_hand() -> None:
    """0.7 of a 3 and 0.3 of an 8; a 4 x 6 box of which 4 x 5 are inside 8 x 8; -0.7 ln 0.6 - 0.3 ln 0.3."""
    at = made(MIX, {})
    keys = expected_here(MIX, at)
    assert [keys["mixed_label"][k] for k in (3, 8)] == pytest.approx([0.7, 0.3])
    assert keys["cutmix_weight"] == 1 - 20 / 64
    assert keys["loss"] == pytest.approx(0.7188, abs=1e-4)
    assert keys["least_loss"] == pytest.approx(0.6109, abs=1e-4)
    assert keys["weight_variance"] == pytest.approx(1 / 7.2)
    assert (keys["mixup_pixel"], keys["cutmix_pixel"]) == (pytest.approx(0.41), 0.9)


def test_every_mistake_differs_from_the_key() -> None:
    """Each is more than twice a 5 % tolerance away from its key, in one entry at least."""
    at = made(MIX, {})
    for value, key in expected_here(MIX, at).items():
        found = mistakes_here(MIX, at, value)
        assert found
        for name, wrong in found.items():
            assert (np.abs(np.asarray(wrong) - key) > 0.1 * np.abs(key)).any() or name == "forgets_to_clip", name
    wide = made(MIX, {"box_width": 8})
    assert MIX.forgets_to_clip(wide) < 0.9 * MIX.cutmix_weight(wide)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"predicted": [0.5]}, "predicted: 1 numbers"),
        ({"pixels": [0, 1, 0]}, "pixels: 3 numbers"),
        ({"predicted": [0.6, 0.5]}, "the sum is 1.1"),
        ({"classes": 8}, "the digit 8 is none of 8 classes"),
        ({"height": 5, "box_row": 5}, "outside the image"),
        ({"alpha": 0}, r"0.1 .. 4"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(MIX, parameters)


@pytest.mark.parametrize(
    ("claim", "value", "wrong"),
    [
        ("convex_combination", "mixed_label", np.rint),
        ("convex_combination", "image_share", lambda share: share + 1e-9),
        ("convex_combination", "off_the_line", lambda distance: distance + 1e-9),
        ("linear_in_the_label", "loss", lambda loss: loss + 1e-9),
        ("least_is_the_entropy", "least_loss", lambda loss: 0 * loss),
        ("weight_is_the_area", "cutmix_weight", lambda weight: 1 - weight),
        ("variance_of_lambda", "weight_variance", lambda variance: 1.05 * variance),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, value: str, wrong: Any) -> None:
    """The claims can fail."""
    values, _ = outcome(MIX)
    assert not vars(MIX)[claim](made(MIX, {}), values | {value: wrong(values[value])}).holds


def test_the_claim_of_the_training_fails_if_mixup_loses() -> None:
    """It compares both final losses; below alpha 0.4 it is silent."""
    at = made(MIX, {"train": True})
    assert MIX.mixup_forgives_wrong_labels(at, {"test_losses": np.array([0.9, 0.6])}).holds
    assert not MIX.mixup_forgives_wrong_labels(at, {"test_losses": np.array([0.6, 0.9])}).holds
    assert not MIX.mixup_forgives_wrong_labels.claim.applies(made(MIX, {"train": True, "alpha": 0.39}))


def test_the_same_seed_gives_the_same_bits() -> None:
    """The seed draws lambda; the two digits do not depend on it."""
    first, again, other = (outcome(MIX, seed)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert first["weight_variance"] != other["weight_variance"]
    assert first["loss"] == other["loss"]
