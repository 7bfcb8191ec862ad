"""The forward pass by hand: each unit weighs its inputs, sums them with its bias, and applies the activation.

What does a feed-forward network do with an input, and how many parameters has it? Layer by layer, with h_0 = x
(Goodfellow et al. 2016, algorithm 6.3; Bishop 2006, eq. 5.2 to 5.4),

    z_l = h_{l-1} W_l + b_l,     h_l = act(z_l),

so that a dense layer has n_in n_out weights, one for each connection, and n_out biases, one for each unit:

    parameters = sum over the layers of (n_in + 1) n_out.

Input nodes compute nothing and have no bias. A bias is the weight of a constant input 1, which makes a layer one
product, [h, 1] [W; b]; it is minus the threshold that the weighted sum has to reach. Rows of a batch never meet.

Shapes: X is (B, n_0), W_l (n_{l-1}, n_l), b_l (n_l,), z_l and h_l (B, n_l). The list of weights has W_1 row by row
(all that leaves input 1, then input 2 ..), b_1, W_2 and so on; lists begin anew at their end. Drawn numbers are whole,
from -3 to 3. The last layer has the activation only if `activate_output`; step(z) is 1 where z >= 0, else 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from itertools import product as pairs
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studyapp.simulation import (
    Axis,
    Bars,
    Check,
    Figure,
    Line,
    ParameterError,
    Points,
    Result,
    about,
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
)

TITLE = "The forward pass by hand"
TOPIC = "Foundations"

Array = NDArray[Any]
Values = Mapping[str, Any]
Layers = list[tuple[Array, Array]]

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda z: np.maximum(z, 0),
    "step": lambda z: np.where(np.asarray(z) >= 0, 1.0, 0.0),
    "sigmoid": lambda z: (1 + np.tanh(z / 2)) / 2,  # 1 / (1 + exp(-z)), without overflow
    "tanh": np.tanh,
    "identity": lambda z: z,
}


@dataclass(frozen=True)
class Parameters:
    """A dense network and its inputs, from the lists or drawn."""

    sizes: tuple[float, ...] = parameter((2, 2, 1), low=1, high=1024, help="units per layer, the inputs first")
    activation: str = parameter("relu", choices=tuple(ACTIVATIONS), help="of the hidden layers")
    activate_output: bool = parameter(False, help="apply the activation in the last layer, too")
    weights: tuple[float, ...] = parameter(
        (1, -2, 3, 1, -1, 2, 2, -1, 1), low=-3, high=3, help="W_1 row by row, b_1, W_2 .."
    )
    inputs: tuple[float, ...] = parameter((2, 1, -1, 3, 0.5, -2), low=-10, high=10, help="X, row by row")
    batch: int = parameter(3, low=1, high=64, help="rows of X")
    drawn: bool = parameter(False, help="draw weights and inputs instead of the lists")

    def __post_init__(self) -> None:
        """Refuse what is no network."""
        if not 2 <= len(self.sizes) <= 5 or any(n % 1 for n in self.sizes):
            raise ParameterError("sizes are 2 to 5 whole numbers", "as in 2,2,1")

    @property
    def widths(self) -> list[int]:
        """The sizes as whole numbers."""
        return [int(n) for n in self.sizes]

    @property
    def count(self) -> int:
        """The number of all parameters."""
        return sum((n + 1) * m for n, m in pairwise(self.widths))

    @property
    def network(self) -> Layers:
        """The layers of the list."""
        return layers(self, np.resize(self.weights, self.count))

    @property
    def X(self) -> Array:  # noqa: N802 - its name in the literature
        """The inputs of the list, of shape (B, n_0)."""
        return np.resize(self.inputs, (self.batch, self.widths[0]))

    def act(self, layer: int, z: Any) -> Any:
        """The activation after a layer, counted from 1."""
        silent = layer == len(self.sizes) - 1 and not self.activate_output
        return z if silent else ACTIVATIONS[self.activation](z)


def layers(p: Parameters, theta: Array) -> Layers:
    """W of shape (n_in, n_out) and b of shape (n_out,) of each layer, from all parameters in one row."""
    ends = np.cumsum([(n + 1) * m for n, m in pairwise(p.widths)])[:-1]
    blocks = zip(np.split(theta, ends), p.widths[1:], strict=True)
    return [((block := one.reshape(-1, m))[:-1], block[-1]) for one, m in blocks]


def forward(p: Parameters, network: Layers, X: Array) -> tuple[list[Array], list[Array]]:
    """z_1 .. z_L and h_0 .. h_L for inputs of shape (..., n_0)."""
    z, h = [], [X]
    for layer, (W, b) in enumerate(network, 1):
        z.append(h[-1] @ W + b)
        h.append(p.act(layer, z[-1]))
    return z, h


def by_loops(p: Parameters, network: Layers, x: Array) -> list[float]:
    """The outputs for one input of shape (n_0,), one multiplication after the other."""
    h: list[float] = x.tolist()
    for layer, (W, b) in enumerate(network, 1):
        output = []
        for j, bias in enumerate(b.tolist()):
            z = bias
            for i, one in enumerate(h):
                z += one * float(W[i, j])
            output.append(float(p.act(layer, z)))
        h = output
    return h


def small(p: Parameters) -> bool:
    """Small enough to look at every number, and for loops in Python."""
    return max(p.sizes) <= 16


def run(p: Parameters, rng: np.random.Generator) -> Result:
    """One forward pass of the batch; of a small network with every number on the way."""
    network, X = p.network, p.X
    if p.drawn:
        network = layers(p, rng.integers(-3, 4, p.count).astype(float))
        X = rng.integers(-3, 4, X.shape).astype(float)
    z, h = forward(p, network, X)
    values: dict[str, Any] = {
        "outputs": h[-1].ravel(),
        "parameter_count": sum(W.size + b.size for W, b in network),
        "multiplications": sum(W.size for W, _ in network),
        "first_sums": z[0][0],
        "first_activations": h[1][0],
        "largest_sum": max(np.abs(one).max() for one in z),
    }
    if small(p):
        values["outputs_by_loops"] = np.concatenate([by_loops(p, network, x) for x in X])
        values["outputs_one_by_one"] = np.concatenate([forward(p, network, x)[1][-1] for x in X])
        for layer, ((W, b), sums, outputs) in enumerate(zip(network, z, h[1:], strict=True), 1):
            values |= {
                f"weights_{layer}": W,
                f"biases_{layer}": b,
                f"products_{layer}": h[layer - 1][0, :, None] * W + 0,
            }
            values |= {f"z_{layer}": sums, f"h_{layer}": outputs}
        values["thresholds_reached"] = X @ network[0][0] >= -network[0][1]

    shown = [(layer, j) for layer, n in enumerate(p.widths[1:], 1) for j in range(min(n, 8))]
    names = [f"{layer}.{j + 1}" for layer, j in shown]
    sums_shown = Bars(names, [z[layer - 1][0, j] for layer, j in shown], "z: sum")
    outputs_shown = Bars(names, [h[layer][0, j] for layer, j in shown], "h: act(z)")
    unit, value = Axis("layer.unit, up to 8 of a layer"), Axis("value for the first row")
    numbers = Figure("Sums and activations", unit, value, [sums_shown, outputs_shown])
    return Result(values, (numbers, diagram(p)))


def diagram(p: Parameters) -> Figure:
    """The network drawn: a point for each unit, a line for each connection, for up to 8 units of a layer."""
    drawn = [np.arange(k := min(n, 8)) - (k - 1) / 2 for n in p.widths]
    marks: list[Any] = []
    for layer, (left, right) in enumerate(pairwise(drawn)):
        ends = np.array([((layer, a), (layer + 1, b)) for a, b in pairs(left, right)]).reshape(-1, 2)
        marks.append(Line(ends[:, 0], ends[:, 1], f"W_{layer + 1}"))  # there and back: every step is a connection
    places = np.repeat(np.arange(len(drawn)), [one.size for one in drawn])
    marks.append(Points(places, np.concatenate(drawn), "units"))
    return Figure("The network, up to 8 units of a layer", Axis("layer"), Axis("place of the unit"), marks)


# --- what a card may ask ------------------------------------------------------------------------------------------


def listed(p: Parameters) -> bool:
    """The lists are the network: its outputs follow from the parameters."""
    return not p.drawn


@expected("outputs of the last layer, row by row", applies=listed)
def outputs(p: Parameters) -> Any:
    h = p.X
    for layer, (W, b) in enumerate(p.network, 1):  # the bias as the weight of a constant input 1
        h = p.act(layer, np.column_stack([h, np.ones(p.batch)]) @ np.vstack([W, b]))
    return h.ravel()


@expected("weighted sums z with biases in layer 1, for the first row", applies=listed)
def first_sums(p: Parameters) -> Any:
    W, b = p.network[0]
    return b + (p.X[0][:, None] * W).sum(axis=0)


@expected("outputs h of layer 1, for the first row", applies=listed)
def first_activations(p: Parameters) -> Any:
    return p.act(1, first_sums(p))


@expected("number of parameters: weights and biases")
def parameter_count(p: Parameters) -> int:
    return p.count


@expected("multiplications of weights with their inputs, for one row")
def multiplications(p: Parameters) -> int:
    return sum(n * m for n, m in pairwise(p.widths))


# --- what goes wrong ----------------------------------------------------------------------------------------------


def changed(p: Parameters, scale: float) -> Any:
    """The outputs if every bias is multiplied by a number."""
    return forward(p, [(W, scale * b) for W, b in p.network], p.X)[1][-1].ravel()


@mistake("outputs", "one forgets the biases")
def forgets_the_bias(p: Parameters) -> Any:
    return changed(p, 0)


@mistake("outputs", "one subtracts the bias as if it were the threshold")
def subtracts_the_bias(p: Parameters) -> Any:
    return changed(p, -1)


@mistake("outputs", "one applies the activation to every product, before the sum")
def activates_before_the_sum(p: Parameters) -> Any:
    h = p.X
    for layer, (W, b) in enumerate(p.network, 1):
        h = p.act(layer, h[:, :, None] * W).sum(axis=1) + b
    return h.ravel()


@mistake("outputs", "one forgets the activation")
def forgets_the_activation(p: Parameters) -> Any:
    h = p.X
    for W, b in p.network:
        h = h @ W + b
    return h.ravel()


@mistake("outputs", "one treats the last layer the other way: with an activation where it has none")
def mistakes_the_last_layer(p: Parameters) -> Any:
    z, _ = forward(p, p.network, p.X)
    return (z[-1] if p.activate_output else ACTIVATIONS[p.activation](z[-1])).ravel()


@mistake("first_sums", "one forgets the bias")
def sums_without_the_bias(p: Parameters) -> Any:
    return first_sums(p) - p.network[0][1]


@mistake("first_sums", "one applies the activation already, and takes h for z")
def activations_for_sums(p: Parameters) -> Any:
    return first_activations(p)


@mistake("first_activations", "one takes the sum z, before the activation")
def sums_for_activations(p: Parameters) -> Any:
    return first_sums(p)


@mistake("first_activations", "one forgets the bias")
def activations_without_the_bias(p: Parameters) -> Any:
    return p.act(1, sums_without_the_bias(p))


@mistake("parameter_count", "one gives the input nodes a bias, too")
def biases_on_inputs(p: Parameters) -> int:
    return p.count + p.widths[0]


@mistake("parameter_count", "one counts n_in + n_out weights per layer instead of n_in times n_out")
def adds_instead_of_multiplying(p: Parameters) -> int:
    return sum(n + m + m for n, m in pairwise(p.widths))


@mistake("parameter_count", "one counts the connections and forgets the biases")
def counts_weights_only(p: Parameters) -> int:
    return multiplications(p)


@mistake("parameter_count", "one counts one bias per layer instead of one per unit")
def one_bias_per_layer(p: Parameters) -> int:
    return multiplications(p) + len(p.sizes) - 1


@mistake("multiplications", "one counts the biases, which are added only")
def multiplies_the_biases(p: Parameters) -> int:
    return p.count


# --- claims -------------------------------------------------------------------------------------------------------


def comparable(p: Parameters) -> bool:
    """Sums round by their order, of which a step could make 1; whole numbers leave it nothing to round."""
    whole = p.drawn or not any(one % 1 for one in (*p.weights, *p.inputs))
    return small(p) and (whole or p.activation != "step")


SMALL: Any = {"applies": comparable, "domain": "up to 16 units per layer; with a step, whole weights and inputs"}


@claim(1, "nested loops give what the matrix products give, up to 1e-12 of the largest sum", **SMALL)
def loops_equal_products(p: Parameters, values: Values) -> Check:
    error = np.abs(values["outputs_by_loops"] - values["outputs"]).max()
    return below(error, 1e-12 * max(1, values["largest_sum"]))


@claim(2, "the parameters are (n_in + 1) n_out of each layer, added up")
def counts_its_parameters(p: Parameters, values: Values) -> Check:
    return about(values["parameter_count"], sum((n + 1) * m for n, m in pairwise(p.widths)), absolute=0)


@claim(3, "a row's outputs are the same in a batch and alone, up to 1e-12 of the largest sum", **SMALL)
def rows_do_not_meet(p: Parameters, values: Values) -> Check:
    error = np.abs(values["outputs_one_by_one"] - values["outputs"]).max()
    return below(error, 1e-12 * max(1, values["largest_sum"]))


@claim(
    4,
    "a unit of layer 1 with a step is on where w . x reaches -b, and nowhere else",
    applies=lambda p: p.activation == "step" and small(p) and (len(p.sizes) > 2 or p.activate_output),
    domain="a step in layer 1, up to 16 units per layer",
    at={"activation": "step"},
)
def bias_is_minus_the_threshold(p: Parameters, values: Values) -> Check:
    """The share of rows and units; rounding plays no part, as s + b has the sign of the exact sum of both numbers."""
    return about((values["thresholds_reached"] == (values["h_1"] == 1)).mean(), 1, absolute=0)


if __name__ == "__main__":
    main()
