"""The forward pass: every claim over seeds, every key against exact fractions and a plain network."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import Bars, Check, Line, ParameterError, Points
from tests.simulations.loading import confirm, expected_here, load, made, marked, mistakes_here, outcome

FORWARD = load("forward_pass")
SEEDS = range(20)
ACTIVATIONS = ["relu", "step", "sigmoid", "tanh", "identity"]

# The corners of the domains, with the claims that speak there.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, {1, 2, 3}),
    ({"sizes": [1, 1], "batch": 1, "drawn": True}, {1, 2, 3}),
    ({"sizes": [4, 4, 3], "batch": 64, "drawn": True}, {1, 2, 3}),
    ({"sizes": [16, 16, 16, 16, 16], "drawn": True}, {1, 2, 3}),
    ({"sizes": [16, 16, 16, 16, 16], "weights": [3, -3, 3], "inputs": [10]}, {1, 2, 3}),
    ({"sizes": [784, 128, 10], "drawn": True}, {2}),
    ({"sizes": [17, 1], "drawn": True}, {2}),
]

wholes = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=9)
networks = st.fixed_dictionaries(
    {
        "sizes": st.lists(st.integers(1, 4), min_size=2, max_size=4),
        "activation": st.sampled_from(ACTIVATIONS),
        "activate_output": st.booleans(),
        "weights": wholes,
        "inputs": wholes,
        "batch": st.integers(1, 3),
    }
)


def plain(chosen: dict[str, Any], number: Any = float) -> list[Any]:
    """The outputs of all rows from the lists, unit by unit, in floats or in fractions; no NumPy."""
    functions: dict[str, Any] = {
        "relu": lambda z: max(z, 0),
        "step": lambda z: 1 if z >= 0 else 0,
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        "tanh": math.tanh,
        "identity": lambda z: z,
    }
    sizes, weights, inputs = chosen["sizes"], chosen["weights"], chosen["inputs"]
    found = []
    for row in range(chosen["batch"]):
        h = [number(inputs[(row * sizes[0] + i) % len(inputs)]) for i in range(sizes[0])]
        at = 0
        for layer, (n, m) in enumerate(pairwise(sizes), 1):
            theta = [number(weights[(at + k) % len(weights)]) for k in range((n + 1) * m)]
            at += len(theta)
            z = [sum(h[i] * theta[i * m + j] for i in range(n)) + theta[n * m + j] for j in range(m)]
            active = layer < len(sizes) - 1 or chosen["activate_output"]
            h = [functions[chosen["activation"]](one) for one in z] if active else z
        found += h
    return found


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_for_every_seed_at_the_corners_of_their_domains(
    parameters: dict[str, Any], speak: set[int], activation: str
) -> None:
    """Each speaks in its domain only, and holds there for all seeds, with and without an activation at the end."""
    once = not parameters.get("drawn")
    for seed in [0] if once else SEEDS:
        chosen = {**parameters, "activation": activation, "activate_output": seed % 2 == 1}
        if once and activation == "step":
            chosen["inputs"] = [2, -1]
        hidden = len(chosen.get("sizes", FORWARD.Parameters().sizes)) > 2
        jumps = activation == "step" and speak != {2} and (hidden or chosen["activate_output"])
        confirm(FORWARD, chosen, speak | ({4} if jumps else set()), seed)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_claims_hold_where_sums_round(activation: str) -> None:
    """Random decimals in the widest and deepest networks of the domain; a step could turn rounding into 1: silent."""
    rng = np.random.default_rng(0)
    for _ in SEEDS:
        weights, inputs = rng.uniform(-3, 3, 900).tolist(), rng.uniform(-10, 10, 64).tolist()
        chosen = {"sizes": [16, 16, 16, 16, 16], "weights": weights, "inputs": inputs, "batch": 4}
        claims = outcome(FORWARD, activation=activation, **chosen)[1]
        checks = [check for mark, check in claims if mark.number in (1, 3)]
        assert all(check is None if activation == "step" else check and check.holds for check in checks), checks
        assert activation != "step" or claims[3][1] == Check(1, 1, 1, 1)


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [[16, 16, 16, 16, 16], [4, 4, 3], [16, 1, 16, 1], [1, 16, 16, 16, 2]])
def test_claims_hold_for_many_lists(sizes: list[int]) -> None:
    """Two hundred of each activation."""
    rng = np.random.default_rng(1)
    for activation, _ in product(ACTIVATIONS, range(200)):
        weights, inputs = rng.uniform(-3, 3, 900).tolist(), rng.uniform(-10, 10, 64).tolist()
        for mark, check in outcome(FORWARD, activation=activation, sizes=sizes, weights=weights, inputs=inputs)[1]:
            assert check is None or check.holds, (mark.name, activation, check)


@settings(max_examples=80, deadline=None)
@given(networks)
def test_outputs_are_those_of_a_plain_network(chosen: dict[str, Any]) -> None:
    """Measured and key against loops over units; where no activation rounds, exactly those of fractions."""
    values, _ = outcome(FORWARD, **chosen)
    key = FORWARD.outputs(made(FORWARD, chosen))
    for found in (values["outputs"], key):
        assert found == pytest.approx(plain(chosen), rel=1e-12, abs=1e-12)
        if chosen["activation"] in ("relu", "step", "identity"):
            assert found.tolist() == [float(one) for one in plain(chosen, Fraction)]


@settings(max_examples=40, deadline=None)
@given(networks)
def test_measured_values_are_their_keys(chosen: dict[str, Any]) -> None:
    """Whole numbers round nowhere before the activation."""
    values, _ = outcome(FORWARD, **chosen)
    for name, key in expected_here(FORWARD, made(FORWARD, chosen)).items():
        assert values[name] == pytest.approx(key, rel=1e-12, abs=1e-12), name


def test_the_default_by_hand() -> None:
    """x = (2, 1): z_1 = (2 + 3 - 1, -4 + 1 + 2) = (4, -1), h_1 = (4, 0), the output 2 * 4 - 0 + 1 = 9."""
    values, _ = outcome(FORWARD)
    assert values["products_1"].tolist() == [[2, -4], [3, 1]]
    assert values["z_1"][0].tolist() == values["first_sums"].tolist() == [4, -1]
    assert values["h_1"][0].tolist() == values["first_activations"].tolist() == [4, 0]
    assert values["products_2"].tolist() == [[8], [0]]
    assert values["outputs"].tolist() == [9, 8, 1]


@pytest.mark.parametrize(
    ("sizes", "count"),
    [([784, 128, 10], 101_770), ([2, 2, 1], 9), ([1, 1], 2), ([4, 4, 3], 35), ([1024] * 5, 4_198_400)],
)
def test_parameters_are_counted(sizes: list[int], count: int) -> None:
    """The numbers of the catalogue and by hand."""
    assert FORWARD.parameter_count(made(FORWARD, {"sizes": sizes})) == count
    assert sum(W.size + b.size for W, b in made(FORWARD, {"sizes": sizes}).network) == count


@pytest.mark.parametrize(("threshold", "table"), [(1.5, [0, 0, 0, 1]), (0.5, [0, 1, 1, 1])])
def test_a_bias_is_minus_the_threshold(threshold: float, table: list[int]) -> None:
    """A single unit with a step and the weights 1, 1: AND at the threshold 1.5, OR at 0.5."""
    chosen: dict[str, Any] = {
        "sizes": [2, 1],
        "activation": "step",
        "activate_output": True,
        "weights": [1, 1, -threshold],
    }
    assert outcome(FORWARD, **chosen, inputs=[0, 0, 0, 1, 1, 0, 1, 1], batch=4)[0]["outputs"].tolist() == table


def test_keys_that_depend_on_numbers_are_for_the_lists_only() -> None:
    """What is drawn is no function of the parameters; counts may be asked all the same."""
    assert set(expected_here(FORWARD, made(FORWARD, {"drawn": True}))) == {"parameter_count", "multiplications"}


@pytest.mark.parametrize("activate_output", [False, True])
def test_every_mistake_differs_from_the_key(activate_output: bool) -> None:
    """By more than twice a 5 % tolerance, and counts by at least 1, in a network where every step matters."""
    weights = [0.5, -1, 1, 0.5, -0.5, 1, 1, -1, 2, -3, -1, 2, -0.5, 0.5]
    numbers: dict[str, Any] = {"weights": weights, "inputs": [1, -0.5, 2], "batch": 1}
    shape = {"sizes": [3, 2, 2], "activation": "sigmoid", "activate_output": activate_output}
    chosen = made(FORWARD, {**numbers, **shape})
    seen = set()
    for value, key in expected_here(FORWARD, chosen).items():
        for name, wrong in mistakes_here(FORWARD, chosen, value).items():
            assert np.shape(wrong) == np.shape(key)
            least = 0 if isinstance(key, int) else 0.1 * np.abs(key).max()
            assert np.abs(np.asarray(wrong) - key).max() > least, name
            seen.add(name)
    assert seen == {one.mistake.name for one in marked(FORWARD, "mistake")}


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"sizes": [3]}, "2 to 5 whole numbers"),
        ({"sizes": [1, 2, 2, 2, 2, 2]}, "2 to 5 whole numbers"),
        ({"sizes": [2, 2.5]}, "2 to 5 whole numbers"),
        ({"sizes": [2, 1025]}, "outside 1 .. 1024"),
        ({"weights": [4]}, "outside -3 .. 3"),
        ({"inputs": []}, "between 1 and 1000 numbers"),
        ({"batch": 0}, "outside 1 .. 64"),
        ({"activation": "softmax"}, "choose one of"),
    ],
)
def test_bad_input_is_refused_in_one_line(chosen: dict[str, Any], said: str) -> None:
    """The message says what fits."""
    with pytest.raises(ParameterError, match=said):
        made(FORWARD, chosen)


def test_claims_fail_for_loops_without_biases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loops are compared with what the run measured."""
    loops = FORWARD.by_loops
    monkeypatch.setattr(FORWARD, "by_loops", lambda p, network, x: loops(p, [(W, 0 * b) for W, b in network], x))
    assert {mark.number for mark, check in outcome(FORWARD)[1] if check and not check.holds} == {1}


def test_claims_fail_for_a_bias_that_is_the_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit that subtracts its bias switches on elsewhere."""
    forward = FORWARD.forward
    at: dict[str, Any] = {"sizes": [2, 1], "weights": [1, 1, -3], "inputs": [2, 1, 1, 1, 3, 2]}
    values, claims = outcome(FORWARD, activation="step", activate_output=True, **at)
    assert values["outputs"].tolist() == [1, 0, 1], "w . x = 3, 2 and 5, and b = -3"
    assert claims[3][1] == Check(1, 1, 1, 1)
    monkeypatch.setattr(FORWARD, "forward", lambda p, network, X: forward(p, [(W, -b) for W, b in network], X))
    changed = outcome(FORWARD, activation="step", activate_output=True, **at)[1][3][1]
    assert changed is not None
    assert changed.measured == pytest.approx(2 / 3)


def test_claims_fail_for_rows_that_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in batch normalisation, here of the inputs."""
    forward = FORWARD.forward
    monkeypatch.setattr(FORWARD, "forward", lambda p, network, X: forward(p, network, X - X.mean(axis=0)))
    assert {mark.number for mark, check in outcome(FORWARD)[1] if check and not check.holds} == {1, 3}


def test_figures_show_numbers_and_connections() -> None:
    """Bars of z and h, a point per unit, and lines that go along connections only: each step from layer to layer."""
    numbers, network = FORWARD.run(made(FORWARD, {"sizes": [3, 9, 2]}), np.random.default_rng(0)).figures
    assert all(isinstance(one, Bars) and len(one.names) == 8 + 2 for one in numbers.marks)
    *lines, units = network.marks
    assert isinstance(units, Points)
    assert len(units.x) == 3 + 8 + 2
    for line, (n, m) in zip(lines, [(3, 8), (8, 2)], strict=True):
        assert isinstance(line, Line)
        assert set(np.abs(np.diff(line.x))) == {1}
        assert len({frozenset(ends) for ends in pairwise(zip(line.x, line.y, strict=True))}) == n * m


def test_the_same_seed_gives_the_same_bits() -> None:
    """A run is a function of parameters and seed; with the lists the seed plays no part."""
    first, again, other = (outcome(FORWARD, seed, drawn=True)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["weights_1"], other["weights_1"])
    assert np.array_equal(outcome(FORWARD, 7)[0]["outputs"], outcome(FORWARD, 8)[0]["outputs"])
