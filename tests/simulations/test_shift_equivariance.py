"""Shift equivariance: every claim over seeds, every key and layer against plain loops."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import HeatMap, Line, ParameterError, Points
from tests.simulations.loading import confirm, expected_here, load, made, marked, mistakes_here, outcome

SHIFT = load("shift_equivariance")
SEEDS = range(20)
ZERO: dict[str, Any] = {"padding": "zero", "pool": 1}
ORDER: dict[str, Any] = {"random_order": True}

# The corners of the domains, with the claims that speak there.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, {3, 4, 6}),
    ({"stride": 2, "pool": 1}, {3, 4, 6}),
    ({"side": 8, "half_width": 3}, {3, 4, 6}),
    ({"side": 8, "half_width": 1, "shift": 7}, {3, 4, 6}),
    ({"side": 8, "stride": 2, "pool": 1, "half_width": 3}, {3, 4, 6}),
    ({"side": 10}, {3, 4, 6}),
    ({"side": 9}, {4}),
    ({"stride": 2}, {4}),
    ({"pool": 1}, {1, 4}),
    ({"pool": 1, "side": 8, "half_width": 3}, {1, 4}),
    ({"pool": 1, "side": 9}, {1, 4}),
    (ZERO, {2, 5}),
    ({**ZERO, "side": 8, "shift": 1, "half_width": 2}, {2, 5}),
    ({**ZERO, "side": 8, "shift": 1, "half_width": 3}, {5}),  # no inside
    ({**ZERO, "side": 8, "shift": 7, "half_width": 3}, {5}),
    ({**ZERO, "shift": 0}, {2}),
    ({"padding": "zero"}, set()),
    ({"padding": "zero", "random_order": True}, {7}),
    ({"side": 8, "half_width": 3, "random_order": True}, {3, 4, 6, 7}),
    ({"side": 24, "stride": 4, "random_order": True}, {4, 7}),
]

layers: Any = st.fixed_dictionaries(
    {
        "side": st.integers(8, 12),
        "shift": st.integers(0, 7),
        "padding": st.sampled_from(["circular", "zero"]),
        "stride": st.integers(1, 4),
        "pool": st.integers(1, 4),
        "half_width": st.integers(1, 3),
        "random_order": st.booleans(),
    }
)
chosen_ones = layers.filter(lambda chosen: -(-chosen["side"] // chosen["stride"]) >= chosen["pool"])  # a window fits


def plain_layer(X: list[list[float]], w: list[list[float]], padding: str, stride: int, pool: int) -> list[list[float]]:
    """Convolution, stride and pooling of one image, place after place; no NumPy."""
    n, half = len(X), len(w) // 2
    places = list(product(range(len(w)), repeat=2))

    def pixel(i: int, j: int) -> float:
        if padding == "circular":
            return X[i % n][j % n]
        return X[i][j] if 0 <= i < n and 0 <= j < n else 0.0

    def response(i: int, j: int) -> float:
        return sum(w[a][b] * pixel(i + a - half, j + b - half) for a, b in places)

    Z = [[response(i, j) for j in range(0, n, stride)] for i in range(0, n, stride)]
    starts, window = range(0, len(Z) // pool * pool, pool), list(product(range(pool), repeat=2))
    return [[max(Z[i + a][j + b] for a, b in window) for j in starts] for i in starts]


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """Each speaks in its domain only, and holds there; keys and measurements agree."""
    confirm(SHIFT, parameters, speak, 1, relative=0, absolute=0)


@pytest.mark.slow
@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_for_every_seed(parameters: dict[str, Any], speak: set[int]) -> None:
    """20 sets of images and kernels. That a border differs by less than 0.001 has a chance of 1e-40 or so.

    The least difference of an odd shift is the largest of 16 images with 16 numbers or more, and was never below 1.
    """
    for seed in SEEDS:
        values, claims = outcome(SHIFT, seed, **parameters)
        assert {mark.number for mark, check in claims if check is not None} == speak
        assert [(mark.name, seed, check) for mark, check in claims if check is not None and not check.holds] == []
        assert 6 not in speak or values["least_differences"][1::2].min() > 1


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(chosen_ones, st.integers(0, 10**6))
def test_claims_and_keys_hold_anywhere(chosen: dict[str, Any], seed: int) -> None:
    """For all paddings, strides and windows."""
    values, claims = outcome(SHIFT, seed, **chosen)
    assert [(mark.name, check) for mark, check in claims if check is not None and not check.holds] == []
    for name, key in expected_here(SHIFT, made(SHIFT, chosen)).items():
        assert values[name] == key, name


@settings(max_examples=12, deadline=None)
@given(chosen_ones)
def test_measured_values_are_their_keys(chosen: dict[str, Any]) -> None:
    """Counts of shifts and columns, which the run finds by trying."""
    values, _ = outcome(SHIFT, **chosen)
    for name, key in expected_here(SHIFT, made(SHIFT, chosen)).items():
        assert values[name] == key, name


@settings(max_examples=10, deadline=None)
@given(chosen_ones, st.integers(0, 10**6))
def test_the_layer_is_that_of_plain_loops(chosen: dict[str, Any], seed: int) -> None:
    """The convolution at every place, what the stride leaves, and the largest of each window."""
    rng = np.random.default_rng(seed)
    at = made(SHIFT, chosen)
    X, w = rng.normal(size=(at.side,) * 2), rng.normal(size=(2 * at.half_width + 1,) * 2)
    found = SHIFT.pooled(SHIFT.convolve(X, w, at.padding), at)
    wanted = plain_layer(X.tolist(), w.tolist(), at.padding, at.stride, at.pool)
    assert found == pytest.approx(np.array(wanted), abs=1e-12)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_a_dense_layer_is_blind_to_the_order_of_its_inputs(seed: int) -> None:
    """Three pixels, two units, by plain sums: the losses of two steps with pixels and weights in another order."""
    rng = np.random.default_rng(seed)
    X, W, Y = rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), rng.normal(size=(4, 2))
    rate, order, rows = 4 / np.linalg.eigvalsh(X.T @ X)[-1], [2, 0, 1], range(4)
    found = SHIFT.trained_dense(X[:, order], W[order], Y)
    V, losses = W.tolist(), []
    for _ in range(3):
        wrong = [[sum(X[r, i] * V[i][j] for i in range(3)) - Y[r, j] for j in range(2)] for r in rows]
        losses.append(sum(one * one for row in wrong for one in row) / 8)
        V = [[V[i][j] - rate * sum(X[r, i] * wrong[r][j] for r in rows) / 4 for j in range(2)] for i in range(3)]
    assert found[:3] == pytest.approx(losses)


@pytest.mark.parametrize("padding", ["circular", "zero"])
def test_the_best_kernel_is_that_of_the_normal_equations(padding: str) -> None:
    """By every weight's correlation with the map, pixel after pixel; 0 is left of the kernel's own map."""
    at, rng = made(SHIFT, {"side": 8, "padding": padding}), np.random.default_rng(3)
    X, Y = rng.normal(size=(2, 3, 8, 8))
    units = np.eye(9).reshape(9, 3, 3).tolist()
    seen = np.array([[plain_layer(x, one, padding, 1, 1) for x in X.tolist()] for one in units]).reshape(9, -1)
    best = np.linalg.solve(seen @ seen.T, seen @ Y.ravel())
    left = ((best @ seen - Y.ravel()) ** 2).sum() / (Y**2).sum()
    assert SHIFT.left_by_kernels(X, Y, at) == pytest.approx(left, rel=1e-9)
    assert SHIFT.left_by_kernels(X, SHIFT.convolve(X, rng.normal(size=(3, 3)), padding), at) < 1e-12


def test_a_shift_by_hand() -> None:
    """To the right: a ring brings the last column to the front, elsewhere zeros follow."""
    X = np.array([[1, 2, 3], [4, 5, 6]])
    assert SHIFT.shifted(X, 1, "circular").tolist() == [[3, 1, 2], [6, 4, 5]]
    assert SHIFT.shifted(X, 1, "zero").tolist() == [[0, 1, 2], [0, 4, 5]]
    assert SHIFT.shifted(X, 3, "zero").tolist() == [[0, 0, 0], [0, 0, 0]]
    assert SHIFT.shifted(X, 3, "circular").tolist() == X.tolist()


def test_columns_that_zeros_spoil_by_hand() -> None:
    """With a 5 x 5 kernel and a shift of 3, the columns 1, 2, 14 and 15 of 16; with 3 x 3, columns 2 and 15."""
    assert outcome(SHIFT, **ZERO, half_width=2)[0]["differing_columns"] == 4
    assert outcome(SHIFT, **ZERO)[0]["differing_columns"] == 2
    assert outcome(SHIFT, **ZERO, shift=0)[0]["differing_columns"] == 0
    assert outcome(SHIFT, pool=1)[0]["differing_columns"] == 0


def test_stride_and_pooling_multiply() -> None:
    """Stride 2 and pooling by 2: the shifts by 4, 8, 12 and 16 of 16 commute, and the map moves by 1 .. 4."""
    values, _ = outcome(SHIFT, stride=2, pool=2, shift=4)
    assert np.flatnonzero(values["least_differences"] < 1e-10).tolist() == [0, 4, 8, 12, 16]
    assert (values["smallest_commuting_shift"], values["commuting_shifts"], values["output_shift"]) == (4, 4, 1)


def test_equivariant_is_not_invariant() -> None:
    """The map of a shifted image is not the map that was: only the mean of the whole map stays."""
    values, _ = outcome(SHIFT, pool=1)
    assert values["table"][1:-1, 0].min() > 1
    assert values["spread_of_global_averages"] < 1e-12


def test_every_mistake_differs_from_its_key() -> None:
    """Each is another number than its key, at one of these places."""
    places: list[dict[str, Any]] = [{"stride": 2, "shift": 4}, {**ZERO, "half_width": 2}]
    seen = set()
    for at in [made(SHIFT, place) for place in places]:
        for value, key in expected_here(SHIFT, at).items():
            seen |= {name for name, wrong in mistakes_here(SHIFT, at, value).items() if wrong != key}
    assert seen == {one.mistake.name for one in marked(SHIFT, "mistake")} - {"adds_the_steps"}
    assert (
        SHIFT.adds_the_steps(made(SHIFT, {"stride": 4}))
        == 6
        != SHIFT.smallest_commuting_shift(made(SHIFT, {"stride": 4}))
    )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"side": 25}, r"8 \.\. 24"),
        ({"padding": "same"}, "circular, zero"),
        ({"pool": 0}, r"1 \.\. 4"),
        ({"pool": 4, "stride": 4, "side": 12}, "a stride of 4 leaves 3 places a side, too few for pooling by 4"),
        ({"half_width": 1.5}, "whole number"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(SHIFT, parameters)


@pytest.mark.parametrize(
    ("claim", "parameters", "value", "wrong"),
    [
        ("commutes_on_a_ring", {"pool": 1}, "table", lambda table: table + 1e-9),
        ("commutes_inside", ZERO, "difference_inside", lambda size: size + 1e-9),
        ("even_shifts_commute", {}, "table", lambda table: table[::-1]),
        ("average_is_invariant", {}, "spread_of_global_averages", lambda spread: spread + 1e-9),
        ("border_differs", ZERO, "difference_at_the_border", lambda size: size * 1e-9),
        ("odd_shifts_do_not", {}, "least_differences", lambda least: least[1:]),
        ("only_dense_takes_any_order", ORDER, "dense_losses", lambda losses: losses * [[1], [1.001]]),
        ("only_dense_takes_any_order", ORDER, "left_by_best_kernel", lambda left: left[:1].repeat(2)),
        ("only_dense_takes_any_order", ORDER, "left_by_best_kernel", lambda left: left[::-1]),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, parameters: dict[str, Any], value: str, wrong: Any) -> None:
    """The claims can fail."""
    values, _ = outcome(SHIFT, **parameters)
    assert not vars(SHIFT)[claim](made(SHIFT, parameters), values | {value: wrong(values[value])}).holds


@pytest.mark.parametrize("padding", ["circular", "zero"])
def test_figures_show_what_the_claims_are_about(padding: str) -> None:
    """The least difference over shifts, the places that differ, and which shift of the map fits."""
    result = SHIFT.run(made(SHIFT, ORDER | {"padding": padding}), np.random.default_rng(0))
    order, commute, places, fits = result.figures
    bare, mine = commute.marks
    assert isinstance(bare, Points)
    assert isinstance(mine, Points)
    assert np.array_equal(mine.y, result.values["least_differences"])
    assert (max(bare.y) == 0) == (padding == "circular")
    for figure in (places, fits):
        assert isinstance(figure.marks[0], HeatMap)
    assert np.asarray(fits.marks[0].z).shape == (17, 8)
    dense, again, lost = (np.array(mark.y) for mark in order.marks if isinstance(mark, Line | Points))
    assert dense[0] == again[0] == 1 > dense[-1]
    assert again == pytest.approx(dense)
    assert set(lost) == {result.values["left_by_best_kernel"][1]}


def test_the_same_seed_gives_the_same_bits() -> None:
    """The seed draws images and kernel."""
    first, again, other = (outcome(SHIFT, seed)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["table"], other["table"])
