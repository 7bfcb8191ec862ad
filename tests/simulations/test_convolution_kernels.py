"""Kernels on images: every claim over seeds and pictures, every key against plain loops."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import Bars, HeatMap, ParameterError
from studyapp.simulation.digits import digits
from tests.simulations.loading import expected_here, load, made, marked, mistakes_here, outcome

KERNELS = load("convolution_kernels")
SEEDS = range(20)
NAMES = ["vertical_edge", "horizontal_edge", "corner", "spot", "blur"]
PICTURES = ["digit", "vertical_bar", "horizontal_bar", "noise"]
WEIGHTS: dict[str, list[list[float]]] = {
    "vertical_edge": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "horizontal_edge": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "corner": [[1, 0, -1], [0, 0, 0], [-1, 0, 1]],
    "spot": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "blur": [[1 / 9] * 3] * 3,
}

chosen_ones = st.fixed_dictionaries(
    {
        "kernel": st.sampled_from(NAMES),
        "picture": st.sampled_from(PICTURES),
        "image": st.integers(0, 1796),
        "activation": st.sampled_from(["relu", "tanh", "identity"]),
        "stride": st.integers(1, 4),
        "padding": st.integers(0, 2),
        "patch": st.lists(st.integers(-9, 9), min_size=1, max_size=40),
        "channels": st.integers(1, 4),
    }
)


def act(name: str, z: float) -> float:
    """One activation in plain Python."""
    return {"relu": max(z, 0.0), "tanh": math.tanh(z), "identity": z}[name]


def plain_map(X: list[list[float]], W: list[list[float]], stride: int, padding: int) -> list[list[float]]:
    """The sums of the definition, place after place; no NumPy."""
    n = len(X)

    def pixel(i: int, j: int) -> float:
        return X[i][j] if 0 <= i < n and 0 <= j < n else 0.0

    starts = range(-padding, n + padding - 2, stride)
    both = list(product(range(3), repeat=2))
    return [[sum(W[a][b] * pixel(i + a, j + b) for a, b in both) for j in starts] for i in starts]


@pytest.mark.parametrize("picture", PICTURES)
def test_claims_hold_for_every_seed(picture: str) -> None:
    """20 digits, noises and brightnesses; all three always speak."""
    for seed in SEEDS:
        claims = outcome(KERNELS, seed, picture=picture, image=90 * seed, stride=1 + seed % 4, padding=seed % 3)[1]
        assert [(mark.name, seed, check) for mark, check in claims if check is None or not check.holds] == []


@pytest.mark.slow
def test_claims_hold_for_a_third_of_all_digits() -> None:
    """None is so empty that its sum would be lost in rounding errors."""
    for image in range(0, 1797, 3):
        claims = outcome(KERNELS, image, image=image)[1]
        assert [(mark.name, image, check) for mark, check in claims if check is None or not check.holds] == []


@settings(max_examples=60, deadline=None)
@given(chosen_ones)
def test_measured_values_are_their_keys(chosen: dict[str, Any]) -> None:
    """Also the largest response to a bar, which the run finds by sliding over bars at every place."""
    values, _ = outcome(KERNELS, **chosen)
    for name, key in expected_here(KERNELS, made(KERNELS, chosen)).items():
        assert values[name] == pytest.approx(key, rel=1e-12, abs=1e-12), name


@settings(max_examples=30, deadline=None)
@given(chosen_ones)
def test_maps_are_those_of_plain_sums(chosen: dict[str, Any]) -> None:
    """Map, its size and the patch's response against loops over channels, rows and columns."""
    chosen["picture"] = "digit"
    values, _ = outcome(KERNELS, **chosen)
    X, W = digits()[0][chosen["image"]].tolist(), WEIGHTS[chosen["kernel"]]
    wanted = plain_map(X, W, chosen["stride"], chosen["padding"])
    wanted = [[act(chosen["activation"], z) for z in row] for row in wanted]
    assert values["map"] == pytest.approx(np.array(wanted), abs=1e-12)
    assert values["map_side"] == len(wanted) == len(wanted[0])
    pixels = [chosen["patch"][i % len(chosen["patch"])] for i in range(9 * chosen["channels"])]
    response = sum(one * W[i % 9 // 3][i % 3] for i, one in enumerate(pixels))
    assert values["response"] == pytest.approx(response, abs=1e-12)
    assert values["activated_response"] == pytest.approx(act(chosen["activation"], response), abs=1e-12)


def test_the_default_patch_by_hand() -> None:
    """(1, 2, 4 / 0, 3, 5 / 2, 2, 6): right minus left 15 - 3; below minus above 10 - 7; the mean 25 / 9."""
    wanted = {"vertical_edge": 12, "horizontal_edge": 3, "corner": 1, "spot": 2, "blur": 25 / 9}
    for kernel, response in wanted.items():
        assert outcome(KERNELS, kernel=kernel)[0]["response"] == pytest.approx(response, abs=1e-12)
    assert outcome(KERNELS, patch=[4, 0, 1], activation="relu")[0]["activated_response"] == 0
    assert outcome(KERNELS, patch=[4, 0, 1], activation="identity")[0]["activated_response"] == -9


def test_a_kernel_answers_to_its_feature_only() -> None:
    """Edges to their bars, the corner to neither, the spot and the blur to both alike."""
    found = {name: outcome(KERNELS, kernel=name)[0]["bar_responses"].tolist() for name in NAMES}
    assert found["vertical_edge"] == [3, 0]
    assert found["horizontal_edge"] == [0, 3]
    assert found["corner"] == [0, 0]
    assert found["spot"] == [6, 6]
    assert found["blur"] == pytest.approx([1 / 3, 1 / 3])


def test_relu_maps_have_no_negatives_and_others_may() -> None:
    """Shown, not claimed: the stack has a map for each kernel."""
    assert outcome(KERNELS)[0]["map"].min() == 0
    assert outcome(KERNELS, activation="identity")[0]["map"].min() < 0
    assert outcome(KERNELS)[0]["numbers_in_stack"] == 5 * 36


def test_without_a_frame_blur_changes_the_sum() -> None:
    """Why claim 2 is about rings and full frames: pixels at the border lie under fewer than nine weights."""
    X = np.random.default_rng(0).random((8, 8))
    for padding in (0, 1):
        blurred = KERNELS.slide(np.pad(X, padding), KERNELS.KERNELS["blur"])
        assert abs(blurred.sum() / X.sum() - 1) > 0.05
        assert padding == 1 or abs(blurred.mean() / X.mean() - 1) > 1e-3


def test_every_mistake_differs_from_its_key() -> None:
    """Each is more than twice a 2 % tolerance away from its key, at one of these places."""
    places = [
        {"channels": 3, "patch": [*range(1, 10), 3, -1, 4, 1, -5, 9, 2, 6, 5], "padding": 1, "stride": 2},
        {"patch": [4, 0, 1], "channels": 2, "padding": 2},
    ]
    seen = set()
    for at in [made(KERNELS, place) for place in places]:
        for value, key in expected_here(KERNELS, at).items():
            for name, wrong in mistakes_here(KERNELS, at, value).items():
                if np.any(np.abs(np.asarray(wrong) - key) > 0.04 * np.abs(key)):
                    seen.add(name)
    assert seen == {one.mistake.name for one in marked(KERNELS, "mistake")}


def test_mistakes_by_hand() -> None:
    """Two channels of the same falling patch, (4, 0, 1) in each row: -9 each, -18 together."""
    at = made(KERNELS, {"patch": [4, 0, 1], "channels": 2})
    assert KERNELS.response(at) == -18
    assert mistakes_here(KERNELS, at, "response") == {
        "averages_the_channels": -9,
        "sees_one_channel": -9,
        "turns_the_kernel": 18,
        "swaps_rows_and_columns": 0,
    }
    assert mistakes_here(KERNELS, at, "activated_response") == {"keeps_negatives": -18, "drops_the_sign": 18}
    assert KERNELS.finds_everything(at).tolist() == [3, 3]
    assert KERNELS.confuses_the_directions(at).tolist() == [0, 3]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"image": 1797}, r"0 \.\. 1796"),
        ({"kernel": "edge"}, "vertical_edge, horizontal_edge"),
        ({"stride": 0}, r"1 \.\. 4"),
        ({"patch": []}, "between 1 and 1000 numbers"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(KERNELS, parameters)


@pytest.mark.parametrize(
    ("claim", "value", "wrong"),
    [
        ("answers_to_one_direction", "vertical_edge_on_bars", lambda found: found[::-1]),
        ("answers_to_one_direction", "vertical_edge_on_bars", lambda found: found + 1e-9),
        ("blur_keeps_the_sum", "sums_of_blurred_image", lambda found: found * (1 + 1e-11)),
        ("blur_keeps_a_constant", "blurred_constant", lambda found: found - 1e-11),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, value: str, wrong: Any) -> None:
    """The claims can fail."""
    values, _ = outcome(KERNELS)
    assert not vars(KERNELS)[claim](made(KERNELS, {}), values | {value: wrong(values[value])}).holds


def test_figures_show_the_image_its_maps_and_the_features() -> None:
    """The image stands beside its map, three more beside each other; each is scaled to its largest number."""
    for padding, activation in product(range(3), ["relu", "identity"]):
        parameters = made(KERNELS, {"padding": padding, "activation": activation})
        seen, maps, bars = KERNELS.run(parameters, np.random.default_rng(0)).figures
        side = 6 + 2 * padding
        for figure, sides in ((seen, [8, side]), (maps, [side] * 3)):
            assert all(isinstance(mark, HeatMap) for mark in figure.marks)
            assert [np.shape(mark.z) for mark in figure.marks] == [(one, one) for one in sides]
            assert [np.abs(mark.z).max() for mark in figure.marks] == [1] * len(sides)
        assert np.asarray(seen.marks[0].z) == pytest.approx(digits()[0][0] / digits()[0][0].max())
        assert all(isinstance(mark, Bars) and len(mark.names) == 5 for mark in bars.marks)


def test_the_same_seed_gives_the_same_bits() -> None:
    """The seed draws the noise and the constant's brightness, and nothing of a digit's map."""
    first, again, other = (outcome(KERNELS, seed, picture="noise")[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["map"], other["map"])
    assert np.array_equal(outcome(KERNELS, 7)[0]["map"], outcome(KERNELS, 8)[0]["map"])
