"""Convolution as a Toeplitz matrix: every claim over seeds, every key and output against plain Python."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import Bars, HeatMap, Line, ParameterError
from tests.simulations.loading import confirm, expected_here, load, made, marked, mistakes_here, outcome

TOEPLITZ = load("toeplitz_convolution")
SEEDS = range(20)
MODES = ["valid", "full", "circular"]
NINE = [1.0, -2.0, 3.0, 0.5, 4.0, -1.0, 2.5, 7.0, -6.0]
MANY = [(-1) ** i * (i + 0.3) for i in range(49)]

# The corners of the domains, with the claims that speak there.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, {1, 2, 3, 5}),
    ({"flip": True}, {1, 2, 3, 5}),
    ({"kernel": [1, 0, 2]}, {1, 2, 5}),
    ({"kernel": [0]}, {1, 2, 5}),
    ({"kernel_size": 4, "length": 4, "kernel": NINE}, {1, 2, 3, 5}),  # one output
    ({"kernel_size": 7, "length": 64, "kernel": MANY}, {1, 2, 3, 5}),
    ({"mode": "full", "kernel_size": 7, "length": 7, "kernel": MANY}, {1, 2, 5}),
    ({"mode": "full", "flip": True, "length": 64}, {1, 2, 5}),
    ({"mode": "circular"}, {1, 2, 4, 5}),
    ({"mode": "circular", "flip": True, "length": 64, "kernel_size": 7, "kernel": MANY}, {1, 2, 4, 5}),
    ({"mode": "circular", "length": 4, "kernel_size": 4, "kernel": NINE}, {1, 2, 4, 5, 6}),
    ({"mode": "circular", "length": 7, "kernel_size": 7, "kernel": MANY, "flip": True}, {1, 2, 4, 5, 6}),
    ({"mode": "circular", "length": 7, "kernel_size": 7, "kernel": [1, 0]}, {1, 2, 4, 5}),
    ({"two_dimensional": True, "kernel": NINE}, {1, 2, 3, 5}),
    ({"two_dimensional": True, "kernel": NINE, "flip": True, "mode": "full", "length": 6}, {1, 2, 5}),
    ({"two_dimensional": True, "kernel": NINE, "mode": "circular", "length": 6}, {1, 2, 4, 5}),
    (
        {"two_dimensional": True, "kernel": MANY, "mode": "circular", "length": 5, "kernel_size": 5, "flip": True},
        {1, 2, 4, 5, 6},
    ),
    ({"kernel": [1e-5, 100, -100], "in_channels": 512, "out_channels": 512, "padding": 3, "stride": 4}, {1, 2, 3, 5}),
]

chosen_ones = st.integers(4, 8).flatmap(
    lambda n: st.fixed_dictionaries(
        {
            "length": st.just(n),
            "kernel_size": st.integers(2, min(n, 4)),
            "kernel": st.lists(st.integers(-5, 5), min_size=1, max_size=16),
            "mode": st.sampled_from(MODES),
            "flip": st.booleans(),
            "two_dimensional": st.booleans(),
            "row": st.integers(0, 9),
            "column": st.integers(0, 9),
            "in_channels": st.integers(1, 4),
            "out_channels": st.integers(1, 4),
            "padding": st.integers(0, 3),
            "stride": st.integers(1, 4),
        }
    )
)


def plain_output(x: list[float], w: list[float], mode: str, flip: bool) -> list[float]:
    """The sums of the definitions for a signal; beyond the ends are zeros, or the other end on a ring."""
    n, k = len(x), len(w)
    sign = -1 if flip else 1
    first, last = {"valid": (0, n - k), "full": (1 - k, n - 1), "circular": (0, n - 1)}[mode]
    late = k - 1 if flip and mode != "circular" else 0  # the convolution reaches back, the correlation forward

    def at(i: int) -> float:
        return x[i % n] if mode == "circular" else x[i] if 0 <= i < n else 0.0

    return [sum(w[m] * at(i + late + sign * m) for m in range(k)) for i in range(first, last + 1)]


def plain_image_output(x: list[list[float]], w: list[list[float]], mode: str, flip: bool) -> list[float]:
    """The same for an image, row by row: the four sums of the definition, one output after the other."""
    n, k, sign = len(x), len(w), -1 if flip else 1
    first, last = {"valid": (0, n - k), "full": (1 - k, n - 1), "circular": (0, n - 1)}[mode]
    late = k - 1 if flip and mode != "circular" else 0

    def at(i: int, j: int) -> float:
        if mode == "circular":
            return x[i % n][j % n]
        return x[i][j] if 0 <= i < n and 0 <= j < n else 0.0

    return [
        sum(w[a][b] * at(i + late + sign * a, j + late + sign * b) for a, b in product(range(k), repeat=2))
        for i, j in product(range(first, last + 1), repeat=2)
    ]


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_for_every_seed_at_the_corners_of_their_domains(
    parameters: dict[str, Any], speak: set[int]
) -> None:
    """Each speaks in its domain only, and holds there for all seeds; counts and entries are exactly their keys."""
    for seed in SEEDS:
        confirm(TOEPLITZ, parameters, speak, seed, relative=0, absolute=0)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(chosen_ones, st.integers(0, 10**6))
def test_claims_hold_anywhere_and_measured_values_are_their_keys(chosen: dict[str, Any], seed: int) -> None:
    """For signals and images, all modes, both directions and all layers."""
    values, claims = outcome(TOEPLITZ, seed, **chosen)
    assert [(mark.name, check) for mark, check in claims if check is not None and not check.holds] == []
    for name, key in expected_here(TOEPLITZ, made(TOEPLITZ, chosen)).items():
        assert values[name] == key, name


@settings(max_examples=40, deadline=None)
@given(chosen_ones, st.integers(0, 10**6))
def test_the_output_is_that_of_plain_sums(chosen: dict[str, Any], seed: int) -> None:
    """T x against loops over the definition; no NumPy."""
    n, k = chosen["length"], chosen["kernel_size"]
    x = np.random.default_rng(seed).normal(size=(n,) * (1 + chosen["two_dimensional"]))
    w = np.resize(chosen["kernel"], (k,) * x.ndim)
    plain: Any = plain_image_output if chosen["two_dimensional"] else plain_output
    wanted = plain(x.tolist(), w.tolist(), chosen["mode"], chosen["flip"])
    assert outcome(TOEPLITZ, seed, **chosen)[0]["output"] == pytest.approx(wanted, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(chosen_ones)
def test_measured_values_are_their_keys(chosen: dict[str, Any]) -> None:
    """Counts and entries are exact."""
    values, _ = outcome(TOEPLITZ, **chosen)
    for name, key in expected_here(TOEPLITZ, made(TOEPLITZ, chosen)).items():
        assert values[name] == key, name


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("mode", ["valid", "full"])
def test_numpy_agrees(mode: str, flip: bool) -> None:
    """np.convolve is the convolution, and np.correlate the correlation, of the same names of modes."""
    values, _ = outcome(TOEPLITZ, 3, mode=mode, flip=flip, kernel=NINE, kernel_size=5)
    x = np.random.default_rng(3).normal(size=10)
    compute: Any = np.convolve if flip else np.correlate
    wanted = compute(x, NINE[:5], mode)
    assert values["output"] == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(("flip", "two_dimensional"), list(product([False, True], repeat=2)))
def test_eigenvalues_are_those_that_numpy_finds(flip: bool, two_dimensional: bool) -> None:
    """Each eigenvalue of T, computed without a Fourier matrix, is one of the FFT, each used once."""
    chosen: dict[str, Any] = {
        "mode": "circular",
        "flip": flip,
        "two_dimensional": two_dimensional,
        "length": 6,
        "kernel": NINE,
    }
    values, _ = outcome(TOEPLITZ, **chosen)
    found = np.linalg.eigvals(values["matrix"])
    left = list(
        np.fft.fftn(made(TOEPLITZ, chosen).w, s=(6,) * (1 + two_dimensional), axes=range(1 + two_dimensional)).flat
    )
    for one in found:
        nearest = min(left, key=lambda other: abs(other - one))
        assert abs(nearest - one) < 1e-10
        left.remove(nearest)


def test_matrices_by_hand() -> None:
    """The correlation with (1, 2, 3) reads it forward along a row, the convolution backward."""
    first = {"length": 4}
    assert outcome(TOEPLITZ, **first)[0]["matrix"].tolist() == [[1, 2, 3, 0], [0, 1, 2, 3]]
    assert outcome(TOEPLITZ, flip=True, **first)[0]["matrix"].tolist() == [[3, 2, 1, 0], [0, 3, 2, 1]]
    full = outcome(TOEPLITZ, flip=True, mode="full", **first)[0]["matrix"]
    assert full[:, 0].tolist() == [1, 2, 3, 0, 0, 0], "the answer to one impulse is the kernel"
    ring = outcome(TOEPLITZ, flip=True, mode="circular", **first)[0]["matrix"]
    assert ring.tolist() == [[1, 0, 3, 2], [2, 1, 0, 3], [3, 2, 1, 0], [0, 3, 2, 1]]


def test_the_layer_of_the_lecture() -> None:
    """28x28, 1 to 16 maps, 5x5: 26 parameters a map; dense (784 + 1) for each of 16 * 24 * 24 outputs."""
    values, _ = outcome(TOEPLITZ, length=28, kernel_size=5)
    assert values["parameter_count"] == 416
    assert values["dense_parameters"] == 785 * 9216 == 7_234_560
    assert values["local_parameters"] == 26 * 9216
    assert values["counts_of_the_lecture"] == (7_234_560, 239_616, 416)
    assert outcome(TOEPLITZ, length=28, kernel_size=3, in_channels=64, out_channels=128)[0]["parameter_count"] == 73_856


def test_in_mode_full_a_long_kernel_still_leaves_zeros() -> None:
    """With k = n a share of (n - 1) / (2 n - 1) is 0: only the wrap-around makes T dense."""
    values, _ = outcome(TOEPLITZ, mode="full", length=7, kernel_size=7)
    assert 1 - values["nonzeros"] / values["matrix"].size == pytest.approx(6 / 13)


def test_every_mistake_differs_from_its_key() -> None:
    """Each is more than twice a 2 % tolerance away from its key, at one of these places."""
    places = [
        {"mode": "circular", "flip": True, "row": 2, "column": 2, "in_channels": 3, "padding": 3},
        {"mode": "valid", "row": 1, "column": 3, "in_channels": 2, "padding": 1, "length": 28, "kernel_size": 2},
    ]
    seen = set()
    for at in [made(TOEPLITZ, place) for place in places]:
        for value, key in expected_here(TOEPLITZ, at).items():
            for name, wrong in mistakes_here(TOEPLITZ, at, value).items():
                if abs(wrong - key) > 0.04 * abs(key):
                    seen.add(name)
    assert seen == {one.mistake.name for one in marked(TOEPLITZ, "mistake")}


def test_mistakes_by_hand() -> None:
    """3 to 16 maps of 5x5 kernels on 28x28: 1,216 parameters; the mistakes about them."""
    at = made(TOEPLITZ, {"length": 28, "kernel_size": 5, "in_channels": 3})
    assert TOEPLITZ.parameter_count(at) == 1216
    assert mistakes_here(TOEPLITZ, at, "parameter_count") == {
        "bias_per_pixel": 1200 + 16 * 576,
        "no_biases": 1200,
        "kernel_of_the_image": 16 * (3 * 784 + 1),
        "shares_nothing": 1216 * 576,
        "forgets_the_input_channels": 416,
    }
    ring = made(TOEPLITZ, {"mode": "circular"})
    assert mistakes_here(TOEPLITZ, ring, "nonzeros") == {
        "every_input_counts": 100,
        "forgets_the_ends": 24,
        "counts_the_weights": 3,
    }
    assert TOEPLITZ.reads_it_backwards(made(TOEPLITZ, {"row": 1, "column": 3})) == 1


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"length": 4, "kernel_size": 5}, "a kernel of 5 does not fit into a length of 4"),
        ({"length": 13, "two_dimensional": True}, "13 x 13 image is too large"),
        ({"mode": "same"}, "valid, full, circular"),
        ({"kernel_size": 8}, r"2 \.\. 7"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(TOEPLITZ, parameters)


@pytest.mark.parametrize(
    ("claim", "value", "wrong"),
    [
        ("matrix_is_the_convolution", "output", lambda y: y + 1e-10),
        ("matrix_is_the_convolution", "convolution_with_flipped_kernel", lambda y: y[::-1]),
        ("constant_along_diagonals", "matrix", lambda T: T + np.eye(len(T))[:1].T),
        ("sparse", "nonzeros", lambda count: count + 1),
        ("eigenvalues_are_the_fourier_transform", "fourier_imaginary", lambda D: -D),
        ("few_parameters", "parameter_count", lambda count: count - 1),
        ("few_parameters", "counts_of_the_lecture", lambda counts: counts[::-1]),
        ("dense_on_a_ring", "nonzeros", lambda count: count - 1),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, value: str, wrong: Any) -> None:
    """The claims can fail."""
    mode = "circular" if "ring" in claim or "fourier" in claim else "valid"
    parameters: dict[str, Any] = {"mode": mode, "length": 7, "kernel_size": 7 if "ring" in claim else 3}
    values, _ = outcome(TOEPLITZ, **parameters)
    check = vars(TOEPLITZ)[claim](made(TOEPLITZ, parameters), values | {value: wrong(values[value])})
    assert not check.holds


def test_figures_show_what_the_claims_are_about() -> None:
    """The matrix first; what comes out; on a ring the frequencies; the counts, on a logarithmic scale."""
    for two, mode in product([False, True], MODES):
        parameters = made(TOEPLITZ, {"mode": mode, "two_dimensional": two})
        figures = TOEPLITZ.run(parameters, np.random.default_rng(0)).figures
        assert isinstance(figures[0].marks[0], HeatMap)
        assert isinstance(figures[1].marks[0], HeatMap if two else Line)
        assert len(figures) == (4 if mode == "circular" else 3)
        assert figures[-1].y.scale == "log"
        bars = figures[-1].marks[0]
        assert isinstance(bars, Bars)
        assert min(bars.heights) > 0
        if mode == "circular":
            line, points = figures[2].marks
            assert np.asarray(points.y) == pytest.approx(np.asarray(line.y), abs=1e-10)


def test_the_same_seed_gives_the_same_bits() -> None:
    """The seed draws the signal; the matrix is that of the parameters."""
    first, again, other = (outcome(TOEPLITZ, seed)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["output"], other["output"])
    assert np.array_equal(first["matrix"], other["matrix"])
    assert math.isfinite(first["entry"])


@pytest.mark.parametrize("size", [5e-324, 1e-310, 1e-200, 100])
def test_claims_hold_for_kernels_of_any_size(size: float) -> None:
    """Also where numbers are so small that they lose digits."""
    for mode, flip in product(MODES, (False, True)):
        claims = outcome(TOEPLITZ, mode=mode, flip=flip, kernel=[size, -size, size])[1]
        assert [(mark.name, check) for mark, check in claims if check is not None and not check.holds] == []
