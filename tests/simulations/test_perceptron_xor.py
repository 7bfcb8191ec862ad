"""The perceptron: every claim over recipes and seeds, every key against plain Python."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import Bars, Line, ParameterError, Points
from tests.simulations.loading import confirm, expected_here, load, made, marked, mistakes_here, outcome

PERCEPTRON = load("perceptron_xor")
NAMES = list(PERCEPTRON.FUNCTIONS)
SEEDS = range(20)
ALWAYS = {2, 3, 4, 5}

# The corners of the domains, with the claims that speak there.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, {1} | ALWAYS),
    ({"function": "AND", "several_outputs": False}, {1} | ALWAYS),
    ({"function": "OR", "several_outputs": False, "epochs": 9}, {1} | ALWAYS),
    ({"function": "XNOR", "several_outputs": False}, ALWAYS),
    ({"function": "NAND"}, {1} | ALWAYS),
    ({"epochs": 8}, ALWAYS),
    ({"epochs": 1, "learning_rate": 0.001}, ALWAYS),
    ({"epochs": 1000, "learning_rate": 1000}, {1} | ALWAYS),
    ({"epochs": 1000, "learning_rate": 0.1}, {1} | ALWAYS),
    ({"order": "shuffled", "learning_rate": 0.7}, ALWAYS),
    ({"labels": "zero_one", "learning_rate": 0.3}, ALWAYS),
]


def plain(name: str, rule: str, epochs: int) -> tuple[list[int], list[int]]:
    """The errors of each epoch and the last weights, in whole numbers; the rule is written as its textbooks do."""
    truth = {(a, b): PERCEPTRON.FUNCTIONS[name][2 * a + b] for a, b in product((0, 1), repeat=2)}
    w1 = w2 = b = 0
    errors = []
    for _ in range(epochs):
        wrong = 0
        for (x1, x2), t in truth.items():
            a = w1 * x1 + w2 * x2 + b
            if rule == "zero_one":
                change = t - (1 if a > 0 else 0)
            else:
                y = 1 if t else -1
                change = y if y * a <= 0 else 0
            w1, w2, b = w1 + change * x1, w2 + change * x2, b + change
            wrong += change != 0
        errors.append(wrong)
    return errors, [w1, w2, b]


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """Each speaks in its domain only and holds there; keys and measurements agree."""
    confirm(PERCEPTRON, parameters, speak, 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_claims_hold_for_every_seed(seed: int) -> None:
    """Shuffled rows, 400 restarts: two tanh units learned XOR in 0.43 to 0.53 of them in 40 seeds, eight in 0.997."""
    shuffled = {"function": ("XOR", "XNOR")[seed % 2], "restarts": 400, "order": "shuffled"}
    confirm(PERCEPTRON, shuffled, ALWAYS | {6}, seed)


@pytest.mark.parametrize(("labels", "counts"), [("plus_minus_one", (9, 18)), ("zero_one", (6, 10))])
def test_the_counts_depend_on_the_recipe(labels: str, counts: tuple[int, int]) -> None:
    """AND: what a sum of exactly 0 means halves the corrections."""
    values, _ = outcome(PERCEPTRON, function="AND", labels=labels)
    assert (values["epochs_needed"], values["updates_needed"]) == counts


@pytest.mark.parametrize("labels", ["plus_minus_one", "zero_one"])
@pytest.mark.parametrize("rate", [0.001, 0.1, 1.0, 1000.0])
def test_all_errors_and_weights_are_those_of_plain_python(labels: str, rate: float) -> None:
    """Of every function and epoch, and the rate only scales the weights: rounding decides no tie."""
    for name in NAMES:
        together = name != "XOR"
        values, _ = outcome(
            PERCEPTRON, function=name, labels=labels, learning_rate=rate, epochs=30, several_outputs=together
        )
        errors, weights = plain(name, labels, 30)
        assert values["errors"][:, NAMES.index(name) if together else 0].tolist() == errors
        assert values["weights"][-1] == pytest.approx([rate * w for w in weights], abs=1e-9 * rate)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(["plus_minus_one", "zero_one"]), st.integers(1, 40))
def test_the_keys_of_the_counts_are_those_of_plain_python(name: str, labels: str, epochs: int) -> None:
    """They are given if and only if an epoch is clean."""
    keys = expected_here(PERCEPTRON, made(PERCEPTRON, {"function": name, "labels": labels, "epochs": epochs}))
    errors, _ = plain(name, labels, epochs)
    assert ("updates_needed" in keys) == (0 in errors)
    if 0 in errors:
        assert (keys["epochs_needed"], keys["updates_needed"]) == (errors.index(0) + 1, sum(errors))


def test_outputs_are_independent() -> None:
    """A unit among sixteen takes the same path as alone, also in the same shuffled order."""
    for name in ("AND", "XOR", "TRUE"):
        both = [outcome(PERCEPTRON, 3, function=name, order="shuffled", several_outputs=k)[0] for k in (True, False)]
        assert np.array_equal(both[0]["weights"], both[1]["weights"])


def test_every_order_ends_within_the_bound_of_novikoff() -> None:
    """(R / gamma)^2 <= 51 for each separable function, by whole weights w with y w . x >= 1: 3 |w|^2."""
    rows = np.array(PERCEPTRON.ROWS)
    weights = np.array(list(product(range(-3, 4), repeat=3)))
    for name, truth in PERCEPTRON.FUNCTIONS.items():
        fits = ((weights @ rows.T * (2 * np.array(truth) - 1)) >= 1).all(axis=1)
        assert fits.any() == (name not in PERCEPTRON.INSEPARABLE)
        if fits.any():
            assert 3 * (weights[fits] ** 2).sum(axis=1).min() <= 51
    for seed in SEEDS:
        values, _ = outcome(PERCEPTRON, seed, order="shuffled", epochs=52)
        corrections = values["errors"].sum(axis=0)
        assert np.delete(corrections, [NAMES.index(name) for name in PERCEPTRON.INSEPARABLE]).max() <= 51
        assert (values["errors"] == 0).any(axis=0).sum() == 14


def test_random_units_find_no_other_function() -> None:
    """100,000 units with normal weights compute the same 14 functions as the 36 units of the claim."""
    W = np.random.default_rng(0).normal(size=(3, 100_000))
    found = {tuple(one) for one in PERCEPTRON.fires(W).T.astype(int).tolist()}
    assert found == {tuple(one) for one in PERCEPTRON.all_units().T.astype(int).tolist()}
    assert len(found) == 14


@pytest.mark.parametrize("name", NAMES)
def test_the_key_of_least_squares_is_that_of_its_normal_equations(name: str) -> None:
    """The interaction of the two inputs is all that an affine map cannot fit."""
    X, t = np.array(PERCEPTRON.ROWS, dtype=float), np.array(PERCEPTRON.FUNCTIONS[name])
    error = ((X @ np.linalg.solve(X.T @ X, X.T @ t) - t) ** 2).mean()
    assert PERCEPTRON.least_squares_error(made(PERCEPTRON, {"function": name})) == pytest.approx(error)
    values, _ = outcome(PERCEPTRON, function=name)
    assert values["least_squares_error"] == pytest.approx(error)


numbers = st.lists(st.integers(-40, 40).map(lambda k: k / 4), min_size=2, max_size=2)


@settings(max_examples=30, deadline=None)
@given(numbers, numbers, st.integers(-40, 40))
def test_the_unit_by_hand_fires_above_its_threshold(weights: Sequence[float], inputs: Sequence[float], k: int) -> None:
    """A sum of exactly 0 is not enough."""
    values, _ = outcome(PERCEPTRON, epochs=1, weights=weights, inputs=inputs, bias=k / 4)
    total = weights[0] * inputs[0] + weights[1] * inputs[1]
    assert values["score"] == total + k / 4
    assert values["output"] == (total > -k / 4)


def plain_training(hidden: int, rng: np.random.Generator) -> float:
    """The share of three restarts that learn XOR, by scalars and the chain rule; same numbers, same order."""
    V, u, c = (rng.normal(size=(3, *shape)) for shape in ((hidden, 3), (hidden, 1), (1,)))
    learned = 0
    for v, w, b in zip(V.tolist(), u[..., 0].tolist(), c[:, 0].tolist(), strict=True):
        for _ in range(1000):
            slopes = [[0.0] * 3 for _ in range(hidden)], [0.0] * hidden, 0.0
            gv, gw, gb = slopes
            right = 0
            for x, t in zip(PERCEPTRON.ROWS, (0, 1, 1, 0), strict=True):
                h = [math.tanh(sum(p * q for p, q in zip(one, x, strict=True))) for one in v]
                p = 1 / (1 + math.exp(-sum(q * r for q, r in zip(w, h, strict=True)) - b))
                d = (p - t) / 4
                for j in range(hidden):
                    gw[j] += d * h[j]
                    for i in range(3):
                        gv[j][i] += d * w[j] * (1 - h[j] ** 2) * x[i]
                gb += d
            v = [[p - 0.5 * q for p, q in zip(one, g, strict=True)] for one, g in zip(v, gv, strict=True)]
            w, b = [p - 0.5 * q for p, q in zip(w, gw, strict=True)], b - 0.5 * gb
        for x, t in zip(PERCEPTRON.ROWS, (0, 1, 1, 0), strict=True):
            h = [math.tanh(sum(p * q for p, q in zip(one, x, strict=True))) for one in v]
            right += (sum(q * r for q, r in zip(w, h, strict=True)) + b > 0) == t
        learned += right == 4
    return learned / 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_hidden_layer_learns_as_in_plain_python(seed: int) -> None:
    """The same restarts succeed."""
    t = np.array(PERCEPTRON.FUNCTIONS["XOR"])
    share = PERCEPTRON.train_hidden(t, 2, 3, np.random.default_rng(seed))
    assert share == pytest.approx(plain_training(2, np.random.default_rng(seed)))


def test_a_few_restarts_measure_but_claim_nothing() -> None:
    """The claim about the success rates wants 400."""
    values, claims = outcome(PERCEPTRON, restarts=1)
    assert values["success_rates"].shape == (3,)
    assert values["success_rates"][0] == 0
    assert 6 not in {mark.number for mark, check in claims if check is not None}


def test_every_mistake_differs_from_the_key() -> None:
    """Each is more than twice a 5 % tolerance away from its key somewhere, a truth value by 1."""
    seen = set()
    corners: list[dict[str, object]] = [{}, {"function": "AND", "learning_rate": 10.0}, {"inputs": [1, 1]}]
    for parameters in corners:
        at = made(PERCEPTRON, parameters)
        for value, key in expected_here(PERCEPTRON, at).items():
            for name, wrong in mistakes_here(PERCEPTRON, at, value).items():
                if abs(wrong - key) > 0.1 * abs(key):
                    seen.add(name)
    assert seen == {one.mistake.name for one in marked(PERCEPTRON, "mistake")}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"weights": [1]}, "weights: it has 1 numbers; give 2"),
        ({"inputs": [1, 2, 3]}, "inputs: it has 3 numbers; give 2"),
        ({"function": "MAYBE"}, "choose one of FALSE, AND"),
        ({"learning_rate": 0}, "0.001 .. 1000"),
        ({"epochs": 1.5}, "whole number"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(PERCEPTRON, parameters)


@pytest.mark.parametrize(
    ("claim", "value", "wrong"),
    [
        ("epochs_and_corrections", "errors", lambda errors: errors[1:]),
        ("xor_never_converges", "best_of_each", np.ones_like),
        ("xor_never_converges", "best_of_each", lambda best: best / 2),
        ("fourteen_are_separable", "separable_functions", lambda count: count + 2),
        ("least_squares_gives_up", "least_squares_fits", lambda fits: fits + 1e-9),
        ("two_relus_are_enough", "answers_of_relu", lambda answers: 1 - answers),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, value: str, wrong: Any) -> None:
    """The claims can fail."""
    values, _ = outcome(PERCEPTRON)
    check = vars(PERCEPTRON)[claim](made(PERCEPTRON, {}), values | {value: wrong(values[value])})
    assert not check.holds


@pytest.mark.parametrize("rates", [(0.01, 0.5, 1), (0, 0.61, 1), (0, 0.37, 1), (0, 0.5, 0.96)])
def test_the_claim_about_hidden_units_can_fail(rates: tuple[float, ...]) -> None:
    """Each of its three shares counts."""
    assert not PERCEPTRON.hidden_units_learn_xor(made(PERCEPTRON, {}), {"success_rates": np.array(rates)}).holds


@pytest.mark.parametrize("function", NAMES)
def test_figures_show_what_was_learned(function: str) -> None:
    """Lines lie within the picture, the last one separates the classes if any does."""
    result = PERCEPTRON.run(made(PERCEPTRON, {"function": function}), np.random.default_rng(0), abs)
    course, plane, hidden = result.figures
    assert course.marks[0].label == function
    assert len({mark.label for mark in course.marks}) == len(course.marks)
    assert sum(len(mark.x) for mark in plane.marks if isinstance(mark, Points)) == 4
    for mark in plane.marks:
        if isinstance(mark, Line):
            w = result.values["weights"][int(mark.label.removeprefix("after "))]
            x = np.stack([mark.x, mark.y], axis=1)
            assert np.abs(x @ w[:2] + w[2]).max() < 1e-9
            assert np.abs(x - 0.5).max() <= 1.5
    (line,) = [mark for mark in hidden.marks if isinstance(mark, Line)]
    assert [x - 2 * y for x, y in zip(line.x, line.y, strict=True)] == [0.5, 0.5]


def test_restarts_are_shown_and_reported() -> None:
    """One bar for each hidden layer, and the fraction done after each."""
    done: list[float] = []
    result = PERCEPTRON.run(made(PERCEPTRON, {"restarts": 1}), np.random.default_rng(0), done.append)
    (bars,) = result.figures[-1].marks
    assert isinstance(bars, Bars)
    assert len(bars.names) == len(bars.heights) == len(done) == 3
    assert done == sorted(done)
    assert done[-1] == 1


def test_the_same_seed_gives_the_same_bits() -> None:
    """Of the shuffled rows and of the hidden layers; in order, the seed plays no part."""
    first, again, other = (outcome(PERCEPTRON, seed, order="shuffled", restarts=1)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["errors"], other["errors"])
    assert np.array_equal(outcome(PERCEPTRON, 7)[0]["weights"], outcome(PERCEPTRON, 8)[0]["weights"])
