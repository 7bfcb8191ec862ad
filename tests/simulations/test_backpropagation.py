"""Backpropagation: every claim over seeds, every gradient against a plain network that knows no chain rule."""

from __future__ import annotations

import math
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import HeatMap, Line, ParameterError
from tests.simulations.loading import check_of, confirm, expected_here, load, made, marked, mistakes_here, outcome

BACKPROP = load("backpropagation")
SEEDS = range(20)

EVERY = {4, 6}
SMALL = {"loss_after_going_up", "updates_while_going_back"}  # mistakes that differ by one step of gradient descent
BY_HAND: dict[str, Any] = {"sizes": [1, 1, 1], "activation": "relu", "head": "mse", "batch": 1}
BY_HAND |= {"weights": [0.5, 0, 3, 0], "inputs": [2], "targets": [1]}
# The corners of the domains, with the claims that speak there.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, EVERY | {1, 2}),
    ({"drawn": True}, EVERY | {1, 2}),
    ({"drawn": True, "batch": 1}, EVERY | {1, 2}),
    ({"drawn": True, "sizes": [2, 2], "learning_rate": 0.01}, EVERY | {1}),
    ({"drawn": True, "sizes": [1, 3, 2], "activation": "sigmoid", "batch": 1}, EVERY | {1, 2}),
    ({"drawn": True, "sizes": [8, 3, 3, 3, 2]}, EVERY | {1, 2}),
    ({"drawn": True, "sizes": [8, 2, 2]}, EVERY | {1}),
    ({"drawn": True, "activation": "relu", "nudge": 1e-4}, EVERY | {5}),
    ({"drawn": True, "activation": "relu", "sizes": [2, 1, 1, 1, 2]}, EVERY | {1, 5}),
    ({"drawn": True, "activation": "relu", "sizes": [2, 3, 3, 3, 2]}, EVERY | {1, 5}),
    ({"weights": [2, -1, 1], "inputs": [1, -0.5]}, EVERY | {1}),
    ({"weights": [5], "inputs": [10], "sizes": [8, 8, 8, 8, 8], "activation": "relu"}, EVERY | {5}),
    ({"learning_rate": 0.01}, EVERY | {1, 2, 3}),
    ({"learning_rate": 0.01, "activation": "relu"}, EVERY | {1, 3, 5}),
    ({"learning_rate": 0.01, "activation": "sigmoid"}, EVERY | {1, 2, 3}),
    ({"learning_rate": 1e-4, "drawn": True, "batch": 32}, EVERY | {1, 2, 3}),
]

whole = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=12)
networks = st.fixed_dictionaries(
    {
        "sizes": st.lists(st.integers(1, 4), min_size=1, max_size=3).map(lambda sizes: [*sizes, 2]),
        "activation": st.sampled_from(["tanh", "sigmoid", "relu"]),
        "head": st.sampled_from(["mse", "ce", "bce"]),
        "batch": st.integers(1, 4),
        "weights": whole,
        "inputs": whole,
        "targets": st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=5),
    }
)


def plain_loss(chosen: dict[str, Any], theta: list[float]) -> float:
    """The mean loss by loops over single units, without NumPy and without a single matrix."""

    def activated(z: float) -> float:
        match chosen["activation"]:
            case "tanh":
                return math.tanh(z)
            case "sigmoid":
                return 1 / (1 + math.exp(-z))
        return max(z, 0.0)

    sizes, batch = chosen["sizes"], chosen["batch"]
    total = 0.0
    for row in range(batch):
        h = [chosen["inputs"][(row * sizes[0] + i) % len(chosen["inputs"])] for i in range(sizes[0])]
        at, z = 0, h
        for n, m in pairwise(sizes):
            z = [theta[at + n * m + j] + sum(h[i] * theta[at + i * m + j] for i in range(n)) for j in range(m)]
            h = [activated(one) for one in z]
            at += (n + 1) * m
        m, targets = sizes[-1], chosen["targets"]
        y = [targets[(row * m + j) % len(targets)] for j in range(m)]
        match chosen["head"]:
            case "mse":
                total += sum((a - b) ** 2 for a, b in zip(z, y, strict=True)) / 2
            case "ce":
                total -= math.log(math.exp(z[int(targets[row % len(targets)])]) / sum(math.exp(one) for one in z))
            case "bce":
                p = [1 / (1 + math.exp(-one)) for one in z]
                total -= sum(b * math.log(a) + (1 - b) * math.log(1 - a) for a, b in zip(p, y, strict=True))
    return float(total / batch)


def random_network(rng: np.random.Generator, **fixed: Any) -> dict[str, Any]:
    """A network of random numbers, none of which is whole, so that no ReLU sits on its kink."""
    sizes = [*(int(n) for n in rng.integers(1, 5, rng.integers(1, 4))), 2]
    count = sum((n + 1) * m for n, m in pairwise(sizes))
    targets = [float(one) for one in rng.integers(0, 2, 8)]
    theta, inputs = rng.uniform(-1.5, 1.5, count).tolist(), rng.uniform(-1.5, 1.5, 4 * sizes[0]).tolist()
    return {"sizes": sizes, "batch": 4, "weights": theta, "inputs": inputs, "targets": targets, **fixed}


@pytest.mark.parametrize("head", ["mse", "ce", "bce"])
@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_for_every_seed_at_the_corners_of_their_domains(
    parameters: dict[str, Any], speak: set[int], head: str
) -> None:
    """Each speaks in its domain only, and holds there for all seeds and losses."""
    several = SEEDS if head == "ce" else SEEDS[:7]  # the default loss most often; all of them in the slow test
    for seed in several if parameters.get("drawn") else [0]:
        confirm(BACKPROP, {**parameters, "head": head}, speak, seed, absolute=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sizes", "seeds"),
    [
        *(([2, 3, 2], 20), ([1, 1, 2], 20), ([2, 2], 20), ([1, 3, 2], 20), ([8, 1, 2], 20), ([2, 1, 1, 1, 2], 20)),
        ([8, 8, 8, 8, 8], 1),  # the largest, which take as long as all of the others
    ],
)
def test_claims_hold_for_many_networks(sizes: list[int], seeds: int) -> None:
    """Every activation, loss and batch size, at the largest learning rate of claim 3: 27 settings for each seed."""
    for activation, head, batch in product(["tanh", "sigmoid", "relu"], ["mse", "ce", "bce"], [1, 4, 32]):
        chosen = {"sizes": sizes, "activation": activation, "head": head, "batch": batch, "learning_rate": 0.01}
        for seed in range(seeds):
            for mark, check in outcome(BACKPROP, seed, drawn=True, **chosen)[1]:
                assert check is None or check.holds, (mark.name, chosen, seed, check)


@pytest.mark.slow
def test_gradients_of_lists_agree_with_differences() -> None:
    """Claim 1 on lists of whole numbers and of decimals, wherever it speaks."""
    rng, spoken = np.random.default_rng(0), 0
    for number in range(500):
        activation, head = ["tanh", "sigmoid", "relu"][number % 3], ["mse", "ce", "bce"][number // 3 % 3]
        chosen = random_network(rng, activation=activation, head=head)
        if number % 2:
            chosen |= {"weights": rng.integers(-3, 4, 40).tolist(), "inputs": rng.integers(-3, 4, 8).tolist()}
        check = check_of(BACKPROP, "agrees_with_differences", **chosen)
        spoken += check is not None
        assert check is None or check.holds, (chosen, check)
    assert spoken > 250


def test_the_lesson_by_hand() -> None:
    """h = max(0, w_1 x), y = w_2 h with x = 2, target 1, w_1 = 0.5, w_2 = 3: dL/dw_1 = 12 and dL/dw_2 = 2."""
    values, _ = outcome(BACKPROP, **BY_HAND, learning_rate=0.1)
    assert values["loss"] == pytest.approx(2)
    assert values["gradient"] == pytest.approx([12, 6, 2, 2])
    assert values["output_delta"] == pytest.approx([2])
    assert values["loss_after"] == pytest.approx(0.72)  # w_1 = -0.7, b_1 = -0.6: the ReLU dies, y = b_2 = -0.2
    assert list(values["order_of_layers"]) == [2, 1]
    assert values["cost_in_forwards"] == 2.5
    assert values["cost_of_differences_in_forwards"] == 8


@pytest.mark.parametrize(("activation", "head"), list(product(["tanh", "sigmoid", "relu"], ["mse", "ce", "bce"])))
def test_loss_and_gradient_are_those_of_a_plain_network(activation: str, head: str) -> None:
    """Both, measured and key, against loops over units and central differences of their loss."""
    rng = np.random.default_rng(1)
    for _ in range(5):
        chosen = random_network(rng, activation=activation, head=head)
        theta = chosen["weights"]
        wanted = []
        for i in range(len(theta)):
            up, down = ([one + sign * (j == i) for j, one in enumerate(theta)] for sign in (1e-6, -1e-6))
            wanted.append((plain_loss(chosen, up) - plain_loss(chosen, down)) / 2e-6)
        values, _ = outcome(BACKPROP, **chosen)
        assert values["loss"] == pytest.approx(plain_loss(chosen, theta), rel=1e-12)
        assert values["gradient"] == pytest.approx(wanted, rel=1e-6, abs=1e-8)
        stepped = [one - 0.1 * slope for one, slope in zip(theta, values["gradient"], strict=True)]
        assert values["loss_after"] == pytest.approx(plain_loss(chosen, stepped), rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(networks)
def test_measured_values_are_their_keys(chosen: dict[str, Any]) -> None:
    """Backpropagation against complex steps, and the delta the other way round, also where a ReLU is at its kink."""
    values, _ = outcome(BACKPROP, **chosen)
    for name, key in expected_here(BACKPROP, made(BACKPROP, chosen)).items():
        assert values[name] == pytest.approx(key, rel=1e-9, abs=1e-9), name


def test_keys_that_depend_on_numbers_are_for_the_lists_only() -> None:
    """What is drawn is no function of the parameters; order and cost may be asked all the same."""
    here = set(expected_here(BACKPROP, made(BACKPROP, {"drawn": True})))
    assert here == {"order_of_layers", "cost_in_forwards", "cost_of_differences_in_forwards"}


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
@pytest.mark.parametrize("head", ["mse", "ce", "bce"])
def test_every_mistake_differs_from_the_key(activation: str, head: str) -> None:
    """In the element that is farthest off by more than twice a 5 % tolerance; what a step changes by a hundredth."""
    chosen = made(BACKPROP, {"activation": activation, "head": head, "learning_rate": 1.0})
    seen = set()
    for value, key in expected_here(BACKPROP, chosen).items():
        for name, wrong in mistakes_here(BACKPROP, chosen, value).items():
            off = np.abs(np.asarray(wrong) - key) / np.abs(key).max()
            assert off.max() > (0.01 if name in SMALL else 0.1), name
            assert np.shape(wrong) == np.shape(key)
            seen.add(name)
    assert seen == {one.mistake.name for one in marked(BACKPROP, "mistake")}


def test_mistakes_leave_the_last_layer_right_where_it_is() -> None:
    """Slope and order of updates matter on the way back only: the last layer's weights get their true gradient."""
    chosen = made(BACKPROP, {})
    key = BACKPROP.gradient(chosen)
    for wrong in (BACKPROP.output_for_the_slope(chosen), BACKPROP.updates_while_going_back(chosen)):
        assert wrong[9:] == pytest.approx(key[9:])
        assert wrong[:9] != pytest.approx(key[:9])


def test_a_parameter_whose_nudge_passes_a_kink_is_left_out() -> None:
    """z = w x + b = 5e-6 changes its sign within 1e-5 of b, but not within 1e-5 of the weight behind it."""
    chosen = {**BY_HAND, "weights": [0.5, -1 + 5e-6, 3, 0]}
    p = made(BACKPROP, chosen)
    _, smooth = BACKPROP.differences(p, *p.lists, 1e-5, [])
    assert smooth.tolist() == [False, False, True, True]
    assert outcome(BACKPROP, **chosen)[0]["difference_error"] < 1e-9


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"sizes": [3]}, "2 to 5 whole numbers"),
        ({"sizes": [1, 2, 2, 2, 2, 2]}, "2 to 5 whole numbers"),
        ({"sizes": [2, 2.5]}, "2 to 5 whole numbers"),
        ({"sizes": [2, 9]}, "outside 1 .. 8"),
        ({"sizes": [2, 1]}, "two outputs"),
        ({"targets": [0, 2]}, "from 0 to 1"),
        ({"targets": [0.5]}, "classes"),
        ({"targets": [-1], "head": "bce"}, "probabilities"),
        ({"batch": 0}, "outside 1 .. 32"),
        ({"weights": [6]}, "outside -5 .. 5"),
    ],
)
def test_bad_input_is_refused_in_one_line(chosen: dict[str, Any], said: str) -> None:
    """The message says what fits."""
    with pytest.raises(ParameterError, match=said):
        made(BACKPROP, chosen)


@pytest.mark.parametrize("sizes", [[1, 2], [8, 8, 8, 8, 8], [8, 1, 1, 1, 2]])
@pytest.mark.parametrize("head", ["mse", "ce", "bce"])
def test_the_largest_numbers_stay_finite(sizes: list[int], head: str) -> None:
    """ReLU layers, weights, inputs and learning rate at their bounds: losses are huge, but they are numbers."""
    chosen: dict[str, Any] = {"sizes": sizes, "head": head, "activation": "relu", "learning_rate": 10}
    values, claims = outcome(BACKPROP, weights=[5, 5, -5], inputs=[10], **chosen)
    assert values["loss"] >= 0
    assert all(check.holds for mark, check in claims if check is not None)


@pytest.mark.parametrize(
    ("claim", "activation", "slope"),
    [
        ("agrees_with_differences", "tanh", lambda z: 1 - z * z),
        ("error_is_v_shaped", "sigmoid", lambda z: np.tanh(z)),
        ("dead_units_do_not_learn", "relu", lambda z: np.where(z > 0, 1, 0.01)),
    ],
)
def test_a_claim_fails_for_a_wrong_slope(
    monkeypatch: pytest.MonkeyPatch, claim: str, activation: str, slope: Any
) -> None:
    """The claims can fail."""
    monkeypatch.setitem(BACKPROP.ACTIVATIONS, activation, (BACKPROP.ACTIVATIONS[activation][0], slope))
    check = check_of(BACKPROP, claim, activation=activation)
    assert check is not None
    assert not check.holds


@pytest.mark.parametrize(
    ("claim", "predicted"),
    [("output_delta_is_the_error", lambda z: z), ("a_small_step_lowers_the_loss", lambda z: -5 * np.ones_like(z))],
)
def test_a_claim_fails_for_a_wrong_prediction(monkeypatch: pytest.MonkeyPatch, claim: str, predicted: Any) -> None:
    """Where p is not that of the loss, delta is no gradient."""
    monkeypatch.setitem(BACKPROP.HEADS, "ce", (BACKPROP.HEADS["ce"][0], predicted))
    check = check_of(BACKPROP, claim, learning_rate=0.01)
    assert check is not None
    assert not check.holds


def test_figures_show_what_the_claims_are_about() -> None:
    """The gradient twice, a heat map per layer, the V on two logarithmic axes, and the loss over the learning rate."""
    figures = BACKPROP.run(made(BACKPROP, {}), np.random.default_rng(0)).figures
    gradient, first, second, error, loss = figures
    assert isinstance(gradient.marks[0], Line)
    assert list(gradient.marks[0].y) == pytest.approx(list(gradient.marks[1].y))
    assert [np.shape(one.marks[0].z) for one in (first, second)] == [(3, 3), (4, 2)]
    assert isinstance(first.marks[0], HeatMap)
    assert (error.x.scale, error.y.scale, loss.x.scale) == ("log", "log", "log")


def test_the_same_seed_gives_the_same_bits() -> None:
    """A run is a function of parameters and seed; with the lists the seed plays no part."""
    first, again, other = (outcome(BACKPROP, seed, drawn=True)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert first["loss"] != other["loss"]
    assert outcome(BACKPROP, 7)[0]["loss"] == outcome(BACKPROP, 8)[0]["loss"]
