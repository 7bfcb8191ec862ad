"""Linear layers collapse: every claim over seeds, every key against exact fractions or another route."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from studyapp.simulation import Line, ParameterError, Points
from tests.simulations.loading import check_of, confirm, expected_here, load, made, marked, mistakes_here, outcome

COLLAPSE = load("linear_collapse")
SEEDS = range(20)

# The corners of the domains, with the claims that speak there.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, {1, 2, 4}),
    ({"depth": 1}, {1, 2, 4}),
    ({"depth": 10, "samples": 10}, {1, 2}),
    ({"sizes": [16.0, 16.0], "depth": 10, "samples": 1000}, {1, 2, 4}),
    ({"sizes": [16.0, 1.0, 16.0], "depth": 10}, {1, 2, 4}),
    ({"sizes": [1.0, 16.0, 1.0], "depth": 4, "samples": 99}, {1, 2}),
    ({"sizes": [2.0, 16.0, 16.0, 1.0, 16.0, 5.0], "depth": 7}, {1, 2, 4}),
    ({"activation": "tanh"}, {2, 3, 4}),
    ({"activation": "relu"}, {2, 3, 4}),
    ({"activation": "tanh", "depth": 2, "samples": 10}, {2, 3}),
    ({"activation": "relu", "depth": 2, "samples": 10}, {2, 3}),
    ({"activation": "tanh", "depth": 10, "samples": 10}, {2, 3}),
    ({"activation": "relu", "depth": 10, "samples": 10}, {2, 3}),
    ({"activation": "relu", "depth": 1}, {2, 4}),
    ({"activation": "tanh", "sizes": [3.0, 5.0, 2.0]}, {2, 4}),
]
THOUSANDS: list[tuple[dict[str, Any], set[int]]] = [
    ({"samples": 10_000}, {1, 2, 4}),
    ({"samples": 10_000, "activation": "relu"}, {2, 3, 4}),
]

whole = st.integers(-9, 9)
four = st.lists(whole, min_size=4, max_size=4)
two = st.lists(whole, min_size=2, max_size=2)


def plain_layer(x: list[Any], W: list[list[Any]], b: list[Any]) -> list[Any]:
    """x W + b in plain Python, with any kind of number."""
    return [sum((one * row[k] for one, row in zip(x, W, strict=True)), b[k]) for k in range(len(b))]


def plain_rank(W: list[list[Fraction]]) -> int:
    """The rank by Gauss's elimination in exact fractions."""
    rows, found = [list(row) for row in W], 0
    for column in range(len(rows[0])):
        pivot = next((row for row in rows[found:] if row[column] != 0), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        for row in rows[found + 1 :]:
            factor = row[column] / pivot[column]
            row[:] = [one - factor * other for one, other in zip(row, pivot, strict=True)]
        found += 1
        if found == len(rows):
            break
    return found


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_for_every_seed_at_the_corners_of_their_domains(
    parameters: dict[str, Any], speak: set[int]
) -> None:
    """The bounds leave room.

    Claim 1: 3e-14 of 1e-10 at worst over 3,000 random choices of sizes and depth. Claim 3: 0.11 of 0.01 at least over
    1,500 seeds each of tanh and ReLU with 2, 3, 4, 6 and 10 layers, and 10 or 100 samples.
    """
    for seed in SEEDS:
        confirm(COLLAPSE, parameters, speak, seed)


@pytest.mark.slow
@pytest.mark.parametrize(("parameters", "speak"), THOUSANDS)
def test_claims_hold_for_the_most_samples(parameters: dict[str, Any], speak: set[int]) -> None:
    """The other end of the samples."""
    for seed in SEEDS:
        confirm(COLLAPSE, parameters, speak, seed)


@pytest.mark.slow
def test_claims_hold_for_random_sizes() -> None:
    """Sizes and depths over all of their ranges; up to 4 layers the rank is the narrowest layer's, exactly."""
    rng = np.random.default_rng(0)
    for seed in range(300):
        sizes = rng.integers(1, 17, rng.integers(2, 9)).astype(float).tolist()
        parameters: dict[str, Any] = {"sizes": sizes, "depth": int(rng.integers(1, 11)), "samples": 10}
        values, claims = outcome(COLLAPSE, seed, **parameters)
        assert [(mark.name, check) for mark, check in claims if check is not None and not check.holds] == []
        at = made(COLLAPSE, parameters)
        assert at.depth > 4 or values["largest_rank"] == COLLAPSE.largest_rank(at)


@settings(max_examples=60, deadline=None)
@given(four, two, four, two, two)
def test_the_small_network_is_exact(W1: list[int], b1: list[int], W2: list[int], b2: list[int], x: list[int]) -> None:
    """Whole numbers have whole products: key, network and plain Python agree to the bit, with and without ReLU."""
    chosen: dict[str, Any] = {
        "first_weights": W1,
        "first_bias": b1,
        "second_weights": W2,
        "second_bias": b2,
        "example": x,
    }
    first, second = (W1[:2], W1[2:]), (W2[:2], W2[2:])
    hidden = plain_layer(x, list(first), b1)
    weights = [sum(first[i][k] * second[k][j] for k in range(2)) for i, j in product(range(2), repeat=2)]
    for activation, bent in (("identity", hidden), ("relu", [max(one, 0) for one in hidden])):
        values, _ = outcome(COLLAPSE, activation=activation, samples=10, **chosen)
        keys = expected_here(COLLAPSE, made(COLLAPSE, chosen | {"activation": activation}))
        for found in (values, keys):
            assert found["collapsed_weights"].tolist() == weights
            assert found["collapsed_bias"].tolist() == plain_layer(b1, list(second), b2)
            assert found["output"].tolist() == plain_layer(bent, list(second), b2)


@pytest.mark.parametrize("activation", ["identity", "tanh", "relu"])
def test_a_network_is_its_layers_in_plain_python(activation: str) -> None:
    """The vectorised network against loops; nothing follows the last layer."""
    acts: dict[str, Callable[[float], float]] = {
        "identity": lambda z: z,
        "tanh": math.tanh,
        "relu": lambda z: max(z, 0.0),
    }
    act = acts[activation]
    rng = np.random.default_rng(3)
    layers = [(rng.normal(size=shape), rng.normal(size=shape[1])) for shape in ((3, 5), (5, 4), (4, 2))]
    X = rng.normal(size=(6, 3))
    for x, found in zip(X.tolist(), COLLAPSE.network(X, layers, activation).tolist(), strict=True):
        h = x
        for number, (W, b) in enumerate(layers, 1):
            h = plain_layer(h, W.tolist(), b.tolist())
            if number < 3:
                h = [act(one) for one in h]
        assert found == pytest.approx(h, rel=1e-12)


def test_product_and_probe_find_the_same_map() -> None:
    """The formula of the docstring, sum of b_l W_(l+1) ... W_L, asking the network, and reduction: one and the same."""
    rng = np.random.default_rng(4)
    layers = [(rng.normal(size=shape), rng.normal(size=shape[1])) for shape in ((3, 5), (5, 4), (4, 2))]
    (W1, b1), (W2, b2), (W3, b3) = layers
    for W, b in (COLLAPSE.collapse(layers), COLLAPSE.probe(layers)):
        assert np.allclose(W, W1 @ W2 @ W3, rtol=0, atol=1e-13)
        assert np.allclose(b, b1 @ W2 @ W3 + b2 @ W3 + b3, rtol=0, atol=1e-13)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.data())
def test_the_rank_is_that_of_exact_elimination(rows: int, inner: int, columns: int, data: st.DataObject) -> None:
    """Products of matrices of whole numbers, through a layer of `inner` units."""
    A = [[data.draw(whole) for _ in range(inner)] for _ in range(rows)]
    B = [[data.draw(whole) for _ in range(columns)] for _ in range(inner)]
    W = np.array(A) @ np.array(B)
    wanted = plain_rank([[Fraction(int(one)) for one in row] for row in W])
    assert COLLAPSE.rank(W.astype(float)) == wanted <= inner


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 16), min_size=2, max_size=6),
    st.integers(1, 10),
    st.integers(10, 300),
    st.sampled_from(["identity", "tanh", "relu"]),
)
@example([16, 16], 4, 10, "identity")
@example([16, 1, 16], 10, 100, "relu")
def test_measured_values_are_within_half_of_a_tolerance_of_their_keys(
    sizes: list[int], depth: int, samples: int, activation: str
) -> None:
    """They are far closer: a card may ask for any of them."""
    parameters: dict[str, Any] = {"sizes": sizes, "depth": depth, "samples": samples, "activation": activation}
    values, _ = outcome(COLLAPSE, **parameters)
    for name, key in expected_here(COLLAPSE, made(COLLAPSE, parameters)).items():
        assert np.shape(values[name]) == np.shape(key)
        assert np.asarray(values[name]).tolist() == pytest.approx(np.asarray(key).tolist(), rel=1e-9, abs=1e-12), name


@pytest.mark.parametrize("n", [10, 99, 100, 1000])
def test_the_affine_error_of_sine_is_that_of_plain_regression(n: int) -> None:
    """Variance minus explained variance over the midpoints, in plain Python; the limit is 1/2 - 3 / pi^2."""
    x = [(k + 0.5) * 2 * math.pi / n for k in range(n)]
    y = [math.sin(one) for one in x]
    mean_x, mean_y = math.fsum(x) / n, math.fsum(y) / n
    covariance = math.fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / n
    variances = [math.fsum((one - mean) ** 2 for one in of) / n for of, mean in ((x, mean_x), (y, mean_y))]
    wanted = variances[1] - covariance**2 / variances[0]
    assert COLLAPSE.affine_error(made(COLLAPSE, {"samples": n})) == pytest.approx(wanted, rel=1e-12)
    assert round(COLLAPSE.LIMIT, 5) == 0.19604
    assert wanted == pytest.approx(COLLAPSE.LIMIT, abs=1.4 / n**2)


def test_hidden_units_bend_the_line_for_every_seed() -> None:
    """With 32 identity units sin is missed as by a line; with tanh or ReLU the error is a hundredth at most."""
    for seed in SEEDS:
        line, *bent = outcome(COLLAPSE, seed)[0]["fit_errors"]
        assert line == pytest.approx(0.1959, abs=1e-4)
        assert max(bent) < 0.002


def test_no_affine_map_at_all_equals_a_network_with_activations() -> None:
    """Not the product's only: the best affine fit of the outputs leaves a rest for all seeds, and none for identity."""
    for activation, seed in product(("identity", "tanh", "relu"), SEEDS):
        rng = np.random.default_rng(seed)
        layers = [(rng.normal(0, a**-0.5, (a, b)), rng.normal(size=b)) for a, b in ((3, 5), (5, 4), (4, 2))]
        X = rng.normal(size=(100, 3))
        inputs, outputs = np.column_stack([X, np.ones(100)]), COLLAPSE.network(X, layers, activation)
        rest = np.abs(outputs - inputs @ np.linalg.lstsq(inputs, outputs)[0]).max()
        assert rest < 1e-12 if activation == "identity" else rest > 1e-2


@pytest.mark.parametrize(
    ("sizes", "depth", "widths"),
    [
        ([3, 5, 4, 2], 3, (3, 5, 4, 2)),
        ([3, 5, 4, 2], 1, (3, 2)),
        ([3, 5, 4, 2], 6, (3, 5, 4, 5, 4, 5, 2)),
        ([3, 2], 3, (3, 3, 3, 2)),
    ],
)
def test_hidden_sizes_are_taken_in_turn(sizes: list[int], depth: int, widths: tuple[int, ...]) -> None:
    """Depth counts the weight matrices; without hidden sizes the input's is taken."""
    assert made(COLLAPSE, {"sizes": sizes, "depth": depth}).widths == widths


def test_the_rank_never_recovers_behind_a_narrow_layer() -> None:
    """5 - 8 - 1 - 6 - 4: the rank falls to 1 and stays there, whatever follows."""
    values, _ = outcome(COLLAPSE, sizes=[5.0, 8.0, 1.0, 6.0, 4.0], depth=4)
    assert values["rank_by_layer"].tolist() == [5, 1, 1, 1]


def test_the_default_network_by_hand() -> None:
    """(1, 2) gives (-4, 3) in the hidden layer; ReLU makes (0, 3) of it."""
    values, _ = outcome(COLLAPSE)
    assert values["collapsed_weights"].tolist() == [4, 5, -5, 6]
    assert values["collapsed_bias"].tolist() == [1, -3]
    assert values["output"].tolist() == [-5, 14]
    assert outcome(COLLAPSE, activation="relu")[0]["output"].tolist() == [3, 10]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"sizes": [3.0]}, "2 or more whole numbers"),
        ({"sizes": [3.0, 2.5]}, "2 or more whole numbers"),
        ({"sizes": [3.0, 17.0]}, r"outside 1 \.\. 16"),
        ({"depth": 0}, r"outside 1 \.\. 10"),
        ({"activation": "sigmoid"}, "choose one of identity, tanh, relu"),
        ({"example": [1.0]}, "parameter example: it has 1 numbers; give 2"),
        ({"first_weights": [1.0, 2.0]}, "parameter first_weights: it has 2 numbers; give 4"),
        ({"second_weights": [1.0] * 5}, "parameter second_weights: it has 5 numbers; give 4"),
        ({"first_bias": [1.0]}, "parameter first_bias: it has 1 numbers; give 2"),
        ({"second_bias": [1.0] * 3}, "parameter second_bias: it has 3 numbers; give 2"),
    ],
)
def test_bad_input_is_refused_with_a_clear_line(parameters: dict[str, Any], message: str) -> None:
    """A ParameterError that names the parameter and what would fit."""
    with pytest.raises(ParameterError, match=message):
        made(COLLAPSE, parameters)


def test_every_mistake_differs_from_the_key() -> None:
    """Each entry is more than twice a 5 % tolerance away from the key's, with an activation where one is needed."""
    seen = set()
    for activation, silent in (("identity", {"collapses_anyway", "activates_the_output"}), ("relu", set[str]())):
        at = made(COLLAPSE, {"activation": activation, "sizes": [6.0, 3.0, 5.0], "depth": 2, "example": [0.0, -1.0]})
        for value, key in expected_here(COLLAPSE, at).items():
            for name, wrong in mistakes_here(COLLAPSE, at, value).items():
                assert np.shape(wrong) == np.shape(key)
                if name not in silent:
                    assert np.max(np.abs(np.subtract(wrong, key)) - 0.1 * np.abs(key)) > 0, (activation, name)
                    seen.add(name)
    assert seen == {one.mistake.name for one in marked(COLLAPSE, "mistake")}


def test_the_rank_is_asked_for_a_few_layers_only() -> None:
    """A product of many random matrices may fall below the numerical rank by chance."""
    assert "largest_rank" in expected_here(COLLAPSE, made(COLLAPSE, {"depth": 4}))
    assert "largest_rank" not in expected_here(COLLAPSE, made(COLLAPSE, {"depth": 5}))


def without_biases(layers: Any) -> tuple[Any, Any]:
    """The product of the matrices, with only the last bias: what "biases break the collapse" amounts to."""
    W, _ = RIGHT[0](layers)
    return W, layers[-1][1]


def never_bent(X: Any, layers: Any, _: str) -> Any:
    """A network that ignores its activation."""
    return RIGHT[1](X, layers, "identity")


RIGHT = COLLAPSE.collapse, COLLAPSE.network


@pytest.mark.parametrize(
    ("claim", "parameters", "name", "wrong"),
    [
        ("layers_collapse", {}, "collapse", without_biases),
        ("rank_of_the_narrowest", {"sizes": [3, 1, 3], "depth": 2}, "rank", lambda W: min(W.shape)),
        ("activations_break_the_collapse", {"activation": "tanh"}, "network", never_bent),
        ("a_line_is_no_sine", {}, "ACTIVATIONS", {"identity": np.tanh, "relu": np.abs}),
    ],
)
def test_a_claim_fails_for_a_wrong_network(
    monkeypatch: pytest.MonkeyPatch, claim: str, parameters: dict[str, Any], name: str, wrong: Any
) -> None:
    """The claims can fail."""
    monkeypatch.setattr(COLLAPSE, name, wrong)
    check = check_of(COLLAPSE, claim, **parameters)
    assert check is not None
    assert not check.holds


def test_figures_show_what_the_claims_are_about() -> None:
    """Fits of sin first; identity's is a straight line. A collapsed network lies on the diagonal."""
    figures = COLLAPSE.run(made(COLLAPSE, {}), np.random.default_rng(0)).figures
    assert [mark.label for mark in figures[0].marks] == ["sin", "identity units", "tanh units", "relu units"]
    line = figures[0].marks[1]
    assert isinstance(line, Line)
    assert np.abs(np.diff(line.y, 2)).max() < 1e-12
    points = figures[1].marks[1]
    assert isinstance(points, Points)
    assert np.allclose(points.x, points.y, rtol=0, atol=1e-12)
    assert all(figure.x.label and figure.y.label for figure in figures)


def test_the_same_seed_gives_the_same_bits() -> None:
    """A run is a function of parameters and seed; another seed draws another stack."""
    first, again, other = (outcome(COLLAPSE, seed, activation="tanh")[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert first["largest_difference"] != other["largest_difference"]
    assert first["output"].tolist() == other["output"].tolist()
