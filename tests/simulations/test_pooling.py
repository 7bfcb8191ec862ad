"""Pooling: every claim over seeds and digits, every key and gradient against plain loops."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import Bars, HeatMap, Line, ParameterError
from studyapp.simulation.digits import digits
from tests.simulations.loading import confirm, expected_here, load, made, marked, mistakes_here, outcome

POOLING = load("pooling")
SEEDS = range(20)
MODES = ["max", "average"]

# The corners of the domains, with the claims that speak there.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, {1, 2, 3, 4, 5, 6}),
    ({"mode": "average"}, {1, 2, 3, 4, 5, 6}),
    ({"side": 9}, {1, 2, 3, 4, 6}),
    ({"side": 4, "size": 4, "stride": 4, "mode": "average"}, {1, 2, 3, 4, 6}),  # one window
    ({"side": 4, "size": 4, "stride": 1}, {1, 2, 3, 4, 6}),
    ({"size": 2, "stride": 4}, {1, 2, 3, 4}),  # pixels are left out
    ({"size": 3, "stride": 2, "layer_sizes": [1], "layer_strides": [4]}, {1, 2, 3, 4, 6}),
    ({"side": 31, "size": 3, "stride": 2, "channels": 512}, {1, 2, 3, 4, 6}),
]

chosen_ones = st.fixed_dictionaries(
    {
        "size": st.integers(2, 4),
        "stride": st.integers(1, 4),
        "mode": st.sampled_from(MODES),
        "side": st.integers(4, 12),
        "image": st.integers(0, 1796),
        "channels": st.integers(1, 20),
        "layer_sizes": st.lists(st.integers(1, 5), min_size=1, max_size=4),
        "layer_strides": st.lists(st.integers(1, 3), min_size=1, max_size=4),
    }
)


def plain_pool(X: list[list[float]], k: int, s: int, mode: str) -> list[list[float]]:
    """Window after window; no NumPy."""
    starts = range(0, len(X) - k + 1, s)
    rows = [[[X[i + a][j + b] for a, b in product(range(k), repeat=2)] for j in starts] for i in starts]
    return [[max(one) if mode == "max" else sum(one) / len(one) for one in row] for row in rows]


def plain_backward(X: list[list[float]], G: list[list[float]], k: int, s: int, mode: str) -> list[list[float]]:
    """Each window's gradient to its first largest pixel, or in equal shares to all of them."""
    found = [[0.0] * len(X) for _ in X]
    for i, j in product(range(len(G)), repeat=2):
        places = [(s * i + a, s * j + b) for a, b in product(range(k), repeat=2)]
        reached = [max(places, key=lambda at: X[at[0]][at[1]])] if mode == "max" else places
        for a, b in reached:
            found[a][b] += G[i][j] / len(reached)
    return found


def plain_field(sizes: list[int], strides: list[int]) -> int:
    """The pixels that reach one unit, by asking of every window of every layer which units lie under it."""
    units = {0}
    for k, s in list(zip(sizes, strides, strict=True))[::-1]:
        units = {unit * s + place for unit in units for place in range(k)}
    return max(units) - min(units) + 1


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """Each speaks in its domain only, and holds there; keys and measurements agree."""
    confirm(POOLING, parameters, speak, 1)


@pytest.mark.slow
@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_for_every_seed(parameters: dict[str, Any], speak: set[int]) -> None:
    """20 digits with other noise and other gradients."""
    for seed in SEEDS:
        confirm(POOLING, {**parameters, "image": 90 * seed}, speak, seed)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(chosen_ones, st.integers(0, 10**6))
def test_claims_hold_anywhere(chosen: dict[str, Any], seed: int) -> None:
    """For all sizes, strides and layers."""
    values, claims = outcome(POOLING, seed, **chosen)
    assert [(mark.name, check) for mark, check in claims if check is not None and not check.holds] == []
    for name, key in expected_here(POOLING, made(POOLING, chosen)).items():
        assert values[name] == pytest.approx(key, rel=1e-12), name


@pytest.mark.slow
@pytest.mark.parametrize(("size", "stride"), [(k, s) for k, s in product((2, 3, 4), (1, 2, 3, 4)) if s <= k])
def test_most_digits_change_less_for_all_windows_of_the_domain(size: int, stride: int) -> None:
    """Claim 6 has no randomness: these are all its cases. The least share is 0.9839, of 4 x 4 means in steps of 4."""
    for mode in MODES:
        raw, pooled = POOLING.changes(made(POOLING, {"size": size, "stride": stride, "mode": mode}))
        assert (pooled < raw).mean(axis=0).min() > 0.983


def test_pixels_that_are_left_out_may_spoil_it() -> None:
    """Why claim 6 wants a stride of at most the size: 2 x 2 windows in steps of 4."""
    raw, pooled = POOLING.changes(made(POOLING, {"size": 2, "stride": 4}))
    assert (pooled < raw).mean(axis=0).min() == pytest.approx(0.634, abs=0.001)


def test_the_shift_is_by_one_pixel_and_zeros_follow() -> None:
    """The change of the map against a digit moved by hand, to the right."""
    raw, pooled = POOLING.changes(made(POOLING, {}))
    X = digits()[0][7]
    moved = np.hstack([np.zeros((8, 1)), X[:, :-1]])
    assert raw[7, 0] == pytest.approx(np.linalg.norm(moved - X) / np.linalg.norm(X))
    plain, other = (np.array(plain_pool(one.tolist(), 2, 2, "max")) for one in (X, moved))
    assert pooled[7, 0] == pytest.approx(np.linalg.norm(other - plain) / np.linalg.norm(plain))


@settings(max_examples=6, deadline=None)
@given(chosen_ones)
def test_measured_values_are_their_keys(chosen: dict[str, Any]) -> None:
    """Sizes, counts, shares and fields."""
    values, _ = outcome(POOLING, **chosen)
    for name, key in expected_here(POOLING, made(POOLING, chosen)).items():
        assert values[name] == pytest.approx(key, rel=1e-12), name


@settings(max_examples=20, deadline=None)
@given(chosen_ones, st.integers(0, 10**6))
def test_pooling_and_its_gradient_are_those_of_plain_loops(chosen: dict[str, Any], seed: int) -> None:
    """Forward and backward, with whole numbers and thus with ties: the first of the largest pixels gets it all."""
    rng = np.random.default_rng(seed)
    k, s, mode = chosen["size"], chosen["stride"], chosen["mode"]
    X = rng.integers(0, 4, (chosen["side"], chosen["side"])).astype(float)
    Y = POOLING.pool(X, made(POOLING, chosen))
    assert pytest.approx(np.array(plain_pool(X.tolist(), k, s, mode)), rel=1e-12) == Y
    G = rng.normal(size=Y.shape)
    wanted = plain_backward(X.tolist(), G.tolist(), k, s, mode)
    assert POOLING.backward(X, G, k, s, mode) == pytest.approx(np.array(wanted), abs=1e-12)


@pytest.mark.parametrize("mode", MODES)
def test_gradients_agree_with_central_differences(mode: str) -> None:
    """Of the sum of all outputs, each weighted; windows overlap."""
    rng = np.random.default_rng(0)
    at = made(POOLING, {"size": 3, "stride": 2, "mode": mode})
    X, G, step = rng.normal(size=(7, 7)), rng.normal(size=(3, 3)), 1e-6
    nudged = X + step * np.eye(49).reshape(49, 7, 7)
    lowered = X - step * np.eye(49).reshape(49, 7, 7)
    difference = ((POOLING.pool(nudged, at) - POOLING.pool(lowered, at)) * G).sum(axis=(1, 2)) / (2 * step)
    assert POOLING.backward(X, G, 3, 2, mode).ravel() == pytest.approx(difference, abs=1e-8)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 7), st.integers(1, 4)), min_size=1, max_size=4))
def test_the_receptive_field_is_that_of_plain_sets(layers: list[tuple[int, int]]) -> None:
    """Measured and key, for a unit of each layer."""
    sizes, strides = [k for k, _ in layers], [s for _, s in layers]
    wanted = [plain_field(sizes[:n], strides[:n]) for n in range(1, len(layers) + 1)]
    at = made(POOLING, {"layer_sizes": sizes, "layer_strides": strides})
    assert POOLING.receptive_fields(at).tolist() == wanted
    assert POOLING.receptive_fields_of(sizes, strides) == wanted


def test_the_receptive_field_is_what_a_unit_depends_on() -> None:
    """The lecture's layers in one dimension: 18 of 40 inputs change the first output, and no others."""
    found = []
    for i in range(40):
        x = np.zeros(40)
        x[i] = 1
        for k, s in zip(*POOLING.LECTURE, strict=True):
            x = np.lib.stride_tricks.sliding_window_view(x, k)[::s].sum(axis=1)
        found.append(x[0] != 0)
    assert found == [True] * 18 + [False] * 22


def test_pooling_by_hand() -> None:
    """2 x 2 in steps of 2 of 1 .. 16."""
    X = np.arange(1.0, 17).reshape(4, 4)
    assert POOLING.pool(X, made(POOLING, {})).tolist() == [[6, 8], [14, 16]]
    assert POOLING.pool(X, made(POOLING, {"mode": "average"})).tolist() == [[3.5, 5.5], [11.5, 13.5]]
    G = np.array([[1.0, 2], [3, 4]])
    back = POOLING.backward(X, G, 2, 2, "max")
    assert back[1::2, 1::2].tolist() == G.tolist()
    assert np.count_nonzero(back) == 4
    assert POOLING.backward(X, G, 2, 2, "average") == pytest.approx(np.kron(G, np.full((2, 2), 0.25)))


def test_only_a_dense_layer_loses_parameters() -> None:
    """16 maps of 28 x 28, pooled to 14 x 14: the convolution keeps 2,320, the dense layer falls from 125,450."""
    values, _ = outcome(POOLING, side=28)
    assert values["conv_parameters"] == values["conv_parameters_before"] == 2320
    assert values["dense_parameters"] == 10 * (16 * 14 * 14 + 1) == 31_370
    assert POOLING.learned(16, 28) == (0, 2320, 125_450)
    assert values["pooling_parameters"] == 0
    assert values["memory_ratio"] == 4


def test_every_mistake_differs_from_its_key() -> None:
    """Each is more than twice a 2 % tolerance away from its key, at one of these places."""
    seen = set()
    places: list[dict[str, Any]] = [{"side": 9, "size": 3, "stride": 2}, {"mode": "average"}]
    for place in places:
        at = made(POOLING, place)
        for value, key in expected_here(POOLING, at).items():
            for name, wrong in mistakes_here(POOLING, at, value).items():
                if np.any(np.abs(np.asarray(wrong) - key) > 0.04 * np.abs(key)):
                    seen.add(name)
    assert seen == {one.mistake.name for one in marked(POOLING, "mistake")}


def test_mistakes_by_hand() -> None:
    """The defaults: 8 x 8 to 4 x 4, and the lecture's layers."""
    at = made(POOLING, {})
    assert mistakes_here(POOLING, at, "pooled_side") == {"one_window_short": 3, "divides_by_the_size": 4}
    assert mistakes_here(POOLING, at, "memory_ratio") == {"halves_the_area": 2, "keeps_the_size": 1}
    assert mistakes_here(POOLING, at, "conv_parameters") == {
        "smaller_map_fewer_weights": 580,
        "one_kernel_per_map": 160,
    }
    fields = mistakes_here(POOLING, at, "receptive_fields")
    assert fields["forgets_the_strides"].tolist() == [3, 4, 6, 7, 9]
    assert fields["multiplies_the_sizes"].tolist() == [3, 6, 18, 36, 108]
    assert fields["sees_one_window"].tolist() == [3, 2, 3, 2, 3]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"layer_sizes": [3] * 7}, "1 to 6 whole numbers"),
        ({"layer_sizes": [2.5]}, "1 to 6 whole numbers"),
        ({"layer_strides": [1.5]}, "1 to 6 whole numbers"),
        ({"size": 5}, r"2 \.\. 4"),
        ({"mode": "mean"}, "max, average"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(POOLING, parameters)


@pytest.mark.parametrize(
    ("claim", "value", "wrong"),
    [
        ("windows_that_fit", "pooled_side", lambda side: side + 1),
        ("gradient_of_the_maximum", "pixels_with_gradient", lambda count: count + 1),
        ("gradient_of_the_maximum", "slopes_of_maximum", lambda slopes: slopes / 2),
        ("gradient_of_the_maximum", "sums_of_gradients", lambda sums: sums + np.array([0, 1e-9, 0])),
        ("gradient_of_the_mean", "slopes_of_mean", lambda slopes: slopes * [1, 1.001]),
        ("pooling_widens_the_view", "receptive_fields_of_the_lecture", lambda fields: fields + 1),
        ("pooling_widens_the_view", "receptive_fields", lambda fields: fields[:-1]),
        ("activations_and_not_weights", "memory_ratio", lambda ratio: ratio / 2),
        ("activations_and_not_weights", "conv_parameters", lambda count: count // 4),
        ("tolerates_small_shifts", "share_that_changes_less", lambda share: share - [0, 0, 0, 0.11]),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, value: str, wrong: Any) -> None:
    """The claims can fail."""
    values, _ = outcome(POOLING)
    assert not vars(POOLING)[claim](made(POOLING, {}), values | {value: wrong(values[value])}).holds


def test_figures_show_what_the_claims_are_about() -> None:
    """The map and what is left, the gradient, the receptive field, the shift, and the sizes."""
    for mode, side in zip(MODES, (9, 16), strict=True):
        parameters = made(POOLING, {"mode": mode, "side": side})
        result = POOLING.run(parameters, np.random.default_rng(0))
        both, gradient, field, shift, sizes = result.figures
        assert all(isinstance(mark, HeatMap) for mark in both.marks)
        left = result.values["pooled_side"]
        assert [np.shape(mark.z) for mark in both.marks] == [(side, side), (left, left)]
        assert np.asarray(both.marks[1].z) == pytest.approx(result.values["pooled"])
        assert np.asarray(gradient.marks[0].z).sum() == pytest.approx(left * left)
        assert all(isinstance(mark, Line) for mark in field.marks)
        assert len(shift.marks) == 2
        assert sizes.y.scale == "log"
        assert all(isinstance(mark, Bars) and min(mark.heights) > 0 for mark in sizes.marks)


def test_the_same_seed_gives_the_same_bits() -> None:
    """The seed draws the gradient and the noise, and nothing of the pooled map."""
    first, again, other = (outcome(POOLING, seed)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["sums_of_gradients"], other["sums_of_gradients"])
    assert np.array_equal(first["pooled"], other["pooled"])
