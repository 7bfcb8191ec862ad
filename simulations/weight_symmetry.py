"""A network has many equal copies of itself: reorder its hidden units, and not a single output changes.

Can the weights be read off from the function? No: a network with one hidden layer is a sum over its units j,

    f(x) = sum_j v_j act(w_j . x + b_j),

and a sum has no order. Each of the n! orderings of the units is the same function, exactly. An odd activation such as
tanh allows v_j, w_j, b_j -> -v_j, -w_j, -b_j as well, which makes n! 2^n copies (Goodfellow et al. 2016, section 8.2.2;
Bishop 2006, section 5.1.1; no others exist for tanh in general: Sussmann 1992). ReLU, homogeneous, has a continuum:
w_j, b_j -> c w_j, c b_j and v_j -> v_j / c for every c > 0. The copies of a good minimum are as good, but their
mean is not: the loss has no single valley and is not convex.

Units that start alike stay alike, since they get the same gradient: n of them are then no better than a single one.
That is why weights start at random.

A network is the array of its units, (n, 4): incoming weights of two inputs, bias, outgoing weight. X is (m, 3), its
last column 1; leading axes count networks. There is no output bias. The loss is the mean of (f - y)^2 / 2, trained
by gradient descent with rate 0.1 and momentum 0.9 on 40 points of y = sin(2 x_1) + x_2^2 / 2 - 1/2.
"""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studyapp.simulation import (
    Axis,
    Check,
    Figure,
    Line,
    Points,
    Result,
    about,
    above,
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
)

TITLE = "Weight symmetries"
TOPIC = "Loss surfaces"

STEPS = 500  # of the training from a random start
SHARES = np.linspace(0, 1, 41)  # of the copy, on the way from a network to it; the middle one is 1/2

Array = NDArray[Any]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Parameters:
    """A network with one hidden layer, a second layer that is only counted, and the factor of a unit's weights."""

    hidden: int = parameter(4, low=1, high=10, help="n: hidden units")
    second_hidden: int = parameter(3, low=1, high=10, help="units of a second hidden layer, for its count only")
    activation: str = parameter("tanh", choices=("tanh", "relu"), help="of the hidden units")
    factor: float = parameter(3.0, low=0.1, high=10.0, scale="log", help="c: a unit's incoming weights become c times")


def layer(units: Array, X: Array, activation: str) -> Array:
    """What the units (..., n, 4) make of the inputs (m, 3): (..., m, n)."""
    z = X @ units[..., :-1].swapaxes(-1, -2)
    return np.asarray(np.tanh(z) if activation == "tanh" else np.maximum(z, 0))


def output(units: Array, X: Array, activation: str) -> Array:
    """f(x) of each network and input, (..., m)."""
    return np.asarray((layer(units, X, activation) @ units[..., -1:])[..., 0])


def loss(units: Array, X: Array, y: Array, activation: str) -> Array:
    """The mean of (f - y)^2 / 2 over the inputs, (...)."""
    return np.asarray(((output(units, X, activation) - y) ** 2).mean(axis=-1) / 2)


def gradient(units: Array, X: Array, y: Array, activation: str) -> Array:
    """The derivative of the loss by each number of one network (n, 4)."""
    h = layer(units, X, activation)
    error = (h @ units[:, -1] - y) / len(y)
    slope = 1 - h * h if activation == "tanh" else h > 0
    return np.column_stack([(np.outer(error, units[:, -1]) * slope).T @ X, h.T @ error])


def train(units: Array, X: Array, y: Array, activation: str, steps: int) -> Array:
    """The networks on the way, (steps + 1, n, 4)."""
    path, velocity = [units], np.zeros_like(units)
    for _ in range(steps):
        velocity = 0.9 * velocity - 0.1 * gradient(path[-1], X, y, activation)
        path.append(path[-1] + velocity)
    return np.array(path)


def equal_networks(units: Array, X: Array, activation: str) -> Array:
    """All reordered and flipped networks whose outputs are the same, each once: (copies, n, 4)."""
    n = len(units)
    orders = np.array(list(itertools.permutations(range(n))))
    signs = np.array(list(itertools.product([1, -1], repeat=n)))
    candidates = (units[orders][:, None] * signs[:, :, None]).reshape(-1, n, 4)
    same = np.abs(output(candidates, X, activation) - output(units, X, activation)).max(axis=1) < 1e-9
    return np.unique(candidates[same], axis=0)


def choices(n: int, signs: int) -> int:
    """The ways to fill n places one after the other with the units that are left, each in one of its signs."""
    return math.prod((n - place) * signs for place in range(n))


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Transform a random network, enumerate its copies, train one, and train another from equal units."""
    n, act, c = parameters.hidden, parameters.activation, parameters.factor
    X = np.column_stack([rng.normal(size=(40, 2)), np.ones(40)])
    y = np.sin(2 * X[:, 0]) + X[:, 1] ** 2 / 2 - 0.5
    units = rng.normal(size=(n, 4)) * np.array([0.7, 0.7, 0.5, n**-0.5])
    f = output(units, X, act)
    flips = rng.choice([1, -1], size=(100, n, 1)) if act == "tanh" else np.ones((100, n, 1))
    moved = np.array([units[rng.permutation(n)] for _ in range(100)]) * flips
    unit = np.array([[0.5, -0.5, 1, 1]])  # one that no input of interest leaves at 0
    h, scaled = layer(unit, X, act)[:, 0], layer(unit * [c, c, c, 1], X, act)[:, 0]

    path = train(units, X, y, act, STEPS)
    mirrored = path[-1][::-1]
    way = path[-1] + SHARES[:, None, None] * (mirrored - path[-1])
    alike = train(np.full((n, 4), 0.2), X, y, act, STEPS)
    singular = np.linalg.svd(alike[100][:, :-1], compute_uv=False)
    both = 2 if np.allclose(output(-units, X, act), f) else 1  # signs of a unit
    values: dict[str, Any] = {
        "copies": choices(n, both),
        "copies_of_two_layers": choices(n, both) * choices(parameters.second_hidden, both),
        "outgoing_factor": h @ scaled / (scaled @ scaled),  # which outgoing weight gives the old output again
        "change_of_output": np.abs(output(moved, X, act) - f).max(),
        "change_when_rescaled": np.abs(output(units * [c, c, c, 1 / c], X, act) - f).max(),
        "losses_on_the_way": loss(way, X, y, act),
        "distance": np.linalg.norm(mirrored - path[-1]),
        "spread": np.ptp(alike[100], axis=0).max(),
        "rank": (singular > 1e-9 * singular[0]).sum(),
        "final_losses": loss(np.array([path[-1], alike[-1]]), X, y, act),  # from a random start, from equal units
    }
    distances = np.zeros(1)
    if n <= 5:
        found = equal_networks(units, X, act)
        values["enumerated"] = len(found)
        distances = np.sort(np.linalg.norm(found - units, axis=(1, 2)))
    curves = [loss(one, X, y, act) for one in (path, alike)]
    return Result(values, draw(parameters, values["losses_on_the_way"], curves, distances))


def draw(parameters: Parameters, way: Array, curves: list[Array], distances: Array) -> tuple[Figure, ...]:
    """The ridge between two copies, how many there are, what equal units cost, and how far apart copies are."""
    n, steps = np.arange(1, 11), range(STEPS + 1)
    orders = np.array([math.factorial(k) for k in n])
    counts = [Line(n, orders * 2.0**n, "n! 2^n (tanh)"), Line(n, orders, "n! (relu)"), Line(n, 2 * n, "2 n")]
    starts = [Line(steps, one, name) for one, name in zip(curves, ("random start", "equal units"), strict=True)]
    figures = [
        Figure("From a network to its copy", Axis("share of the copy"), Axis("loss"), [Line(SHARES, way)]),
        Figure("Copies of a network", Axis("hidden units n"), Axis("copies", "log"), counts),
        Figure("Training", Axis("step"), Axis("loss"), starts),
    ]
    if distances.size > 1:
        marks = [Points(np.arange(1, distances.size + 1), distances)]
        figures.append(Figure("Copies by distance", Axis("rank of the copy"), Axis("distance"), marks))
    return tuple(figures)


# --- what a card may ask ------------------------------------------------------------------------------------------


def small(at: Parameters) -> bool:
    """There are so few units that all copies can be enumerated."""
    return at.hidden <= 5


def homogeneous(at: Parameters) -> bool:
    """The activation is ReLU, for which act(c z) = c act(z)."""
    return at.activation == "relu"


def signs(at: Parameters) -> int:
    """The signs that a unit may have: two if its activation is odd."""
    return 1 if homogeneous(at) else 2


def arrangements(n: int, signs: int) -> int:
    """n! orders, and a sign for each unit."""
    return math.factorial(n) * int(signs**n)


@expected("networks with the same function, by order and sign of the hidden units, this one included")
def copies(parameters: Parameters) -> int:
    return arrangements(parameters.hidden, signs(parameters))


@expected("the same for two hidden layers")
def copies_of_two_layers(parameters: Parameters) -> int:
    return copies(parameters) * arrangements(parameters.second_hidden, signs(parameters))


@expected("factor of a ReLU unit's outgoing weight that undoes the factor of its incoming ones", applies=homogeneous)
def outgoing_factor(parameters: Parameters) -> float:
    return 1 / parameters.factor


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("copies", "one gives each unit two places")
def two_for_each_unit(parameters: Parameters) -> int:
    return 2 * parameters.hidden


@mistake("copies", "one counts pairs of units")
def square_of_units(parameters: Parameters) -> int:
    return parameters.hidden**2


@mistake("copies", "one thinks that the best weights are unique")
def unique_minimum(parameters: Parameters) -> int:
    return 1


@mistake("copies", "one takes tanh for ReLU or ReLU for tanh: only an odd activation allows a change of sign")
def signs_of_the_other(parameters: Parameters) -> int:
    return arrangements(parameters.hidden, 3 - signs(parameters))


@mistake("copies_of_two_layers", "one orders the units of both layers together")
def orders_both_together(parameters: Parameters) -> int:
    return arrangements(parameters.hidden + parameters.second_hidden, signs(parameters))


@mistake("copies_of_two_layers", "one adds the layers' copies instead of multiplying them")
def adds_the_layers(parameters: Parameters) -> int:
    return copies(parameters) + copies_of_two_layers(parameters) // copies(parameters)


@mistake("outgoing_factor", "one scales both sides of the unit alike")
def scales_both_alike(parameters: Parameters) -> float:
    return parameters.factor


@mistake("outgoing_factor", "one leaves the outgoing weight as it is")
def leaves_the_outgoing_weight(parameters: Parameters) -> float:
    return 1.0


# --- claims -------------------------------------------------------------------------------------------------------


@claim(1, "reordered units, and flipped ones if tanh, give the same outputs, 1e-12")
def order_makes_no_difference(parameters: Parameters, values: Values) -> Check:
    return below(values["change_of_output"], 1e-12)


@claim(2, "enumeration finds n! networks with ReLU and n! 2^n with tanh", applies=small, domain="up to 5 units")
def factorially_many(parameters: Parameters, values: Values) -> Check:
    return about(values["enumerated"], copies(parameters), absolute=0)


@claim(
    3,
    "w, b times c and v / c give the same outputs, 1e-12",
    applies=homogeneous,
    domain="ReLU",
    at={"activation": "relu"},
)
def scale_moves_freely(parameters: Parameters, values: Values) -> Check:
    return below(values["change_when_rescaled"], 1e-12)


@claim(
    4,
    "halfway between a trained network and its copy of reversed order the loss is higher than at both (ratio > 1)",
    applies=lambda at: at.hidden >= (2 if at.activation == "tanh" else 4),
    domain="2 tanh units or more, 4 with ReLU",
)
def worse_between_copies(parameters: Parameters, values: Values) -> Check:
    """With 2 or 3 ReLUs training ends for 3 to 5 % of the seeds with dead units, and their mean does nothing either."""
    way = values["losses_on_the_way"]
    return above(way[SHARES.size // 2] / max(way[0], way[-1]), 1 + 1e-9)


@claim(5, "hidden units that start equal are equal after 100 steps, 1e-11")
def equal_units_stay_equal(parameters: Parameters, values: Values) -> Check:
    return below(values["spread"], 1e-11)


@claim(6, "the incoming weights of these units have rank 1")
def rank_stays_one(parameters: Parameters, values: Values) -> Check:
    return about(values["rank"], 1, absolute=0)


if __name__ == "__main__":
    main()
