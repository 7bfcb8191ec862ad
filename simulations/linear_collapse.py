"""Layers without an activation collapse into one affine map: only a non-linearity between them makes depth matter.

What does a stack of layers compute if nothing stands between them? With X of shape (n, n_0), and W_l of shape
(n_(l-1), n_l) and b_l of shape (n_l,) for the layers l = 1 .. L, each layer is h_l = act(h_(l-1) W_l + b_l), but for
the last one, which has no activation. If act is the identity, then (Bishop 2006, section 5.1; Goodfellow et al. 2016,
section 6.1)

    h_L = X W + b,     W = W_1 W_2 ... W_L,     b = b_1 W_2 ... W_L + b_2 W_3 ... W_L + ... + b_L.

Biases do not break this, and depth adds nothing to it. A narrow layer even takes away: rank(A B) <= min(rank A, rank B)
(Horn & Johnson 2013, section 0.4.5), so W has at most the rank of the narrowest layer, input and output included.

How little one affine map can do: of all of them, the best fit of sin on [0, 2 pi] has the mean squared error
var(y) - cov(x, y)^2 / var(x) = 1/2 - 1 / (pi^2 / 3) = 1/2 - 3 / pi^2 = 0.1960. On n midpoints of equal intervals it is

    1/2 - c^2 / v,     c = (pi / n) / sin(pi / n),     v = (pi^2 / 3) (1 - 1 / n^2).

The random stack has W_l ~ N(0, 1 / n_(l-1)), b_l ~ N(0, 1) and X ~ N(0, 1). The fits of sin have one hidden layer of
32 random units, and the weights of the last layer by least squares. The small network for paper and pencil has two
layers of two units; its matrices are given row by row.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studyapp.simulation import (
    Axis,
    Check,
    Figure,
    Line,
    Mark,
    ParameterError,
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

TITLE = "Linear layers collapse"
TOPIC = "Foundations"

Array = NDArray[Any]
Values = Mapping[str, Any]
Layers = Sequence[tuple[Array, Array]]  # W_l and b_l of each layer

SIZES = (3.0, 5.0, 4.0, 2.0)
LIMIT = 0.5 - 3 / math.pi**2  # the error of the best affine fit of sin over the whole interval
HIDDEN = 32

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "identity": lambda z: z,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
}


@dataclass(frozen=True)
class Parameters:
    """A random stack of layers, and a small network of two layers for paper and pencil."""

    sizes: tuple[float, ...] = parameter(SIZES, low=1, high=16, help="units: input, hidden layers, output")
    depth: int = parameter(3, low=1, high=10, help="layers; the hidden sizes are taken in turn")
    activation: str = parameter("identity", choices=tuple(ACTIVATIONS), help="between the layers")
    samples: int = parameter(100, low=10, high=10_000, scale="log", help="random inputs; points of sin")
    example: tuple[float, ...] = parameter((1, 2), low=-100, high=100, help="input of the small network")
    first_weights: tuple[float, ...] = parameter((1, 2, -3, 1), low=-100, high=100, help="its W_1, row by row")
    first_bias: tuple[float, ...] = parameter((1, -1), low=-100, high=100, help="its b_1")
    second_weights: tuple[float, ...] = parameter((2, -1, 1, 3), low=-100, high=100, help="its W_2, row by row")
    second_bias: tuple[float, ...] = parameter((0, 1), low=-100, high=100, help="its b_2")

    def __post_init__(self) -> None:
        """Sizes are whole numbers, and the small network has two units everywhere."""
        if len(self.sizes) < 2 or any(size != int(size) for size in self.sizes):
            raise ParameterError("parameter sizes: it wants 2 or more whole numbers", "as in 3,5,4,2")
        for name, count in (("example", 2), ("first_weights", 4), ("first_bias", 2)):
            for one in (name, name.replace("first", "second")):
                if len(getattr(self, one)) != count:
                    given = len(getattr(self, one))
                    raise ParameterError(f"parameter {one}: it has {given} numbers", f"give {count}")

    @property
    def widths(self) -> tuple[int, ...]:
        """n_0 .. n_L: input and output as given, and between them the hidden sizes in turn (or the input's)."""
        first, *hidden, last = (int(size) for size in self.sizes)
        hidden = hidden or [first]
        return (first, *(hidden[k % len(hidden)] for k in range(self.depth - 1)), last)

    @property
    def small(self) -> Layers:
        """The two layers of the small network."""
        weights = (np.reshape(given, (2, 2)) for given in (self.first_weights, self.second_weights))
        return list(zip(weights, (np.array(self.first_bias), np.array(self.second_bias)), strict=True))


def network(X: Array, layers: Layers, activation: str) -> Array:
    """The outputs (n, n_L) of the inputs X (n, n_0), layer by layer, with the activation between the layers."""
    h = X
    for number, (W, b) in enumerate(layers, 1):
        h = h @ W + b
        if number < len(layers):
            h = ACTIVATIONS[activation](h)
    return h


def collapse(layers: Layers) -> tuple[Array, Array]:
    """The W (n_0, n_L) and b (n_L,) of the one affine map that equals the layers without activations."""
    return reduce(lambda before, layer: (before[0] @ layer[0], before[1] @ layer[0] + layer[1]), layers)


def probe(layers: Layers) -> tuple[Array, Array]:
    """The same W and b, found by asking the network itself: b is its output for 0, and b + W[i] that for axis i."""
    n_in = len(layers[0][0])
    b, *rows = network(np.vstack([np.zeros(n_in), np.eye(n_in)]), layers, "identity")
    return np.array(rows) - b, b


def rank(W: Array) -> int:
    """How many singular values exceed 1e-12 of the largest; rounding leaves about 1e-15 of it where there is none."""
    found = np.linalg.svd(W, compute_uv=False)
    return int((found > 1e-12 * found[0]).sum())


def fits_of_sine(n: int, rng: np.random.Generator) -> tuple[Array, Array, dict[str, Array]]:
    """n midpoints of [0, 2 pi], their sine, and its fit by a network with each activation."""
    x = (np.arange(n) + 0.5) * 2 * math.pi / n
    slopes, centres = rng.normal(0, 3, HIDDEN), rng.uniform(-1, 1, HIDDEN)
    z = slopes * (x[:, None] / math.pi - 1 - centres)
    fits = {}
    for name, act in ACTIVATIONS.items():
        hidden = np.column_stack([act(z), np.ones(n)])
        fits[name] = hidden @ np.linalg.lstsq(hidden, np.sin(x), rcond=1e-10)[0]
    return x, np.sin(x), fits


def run(parameters: Parameters, rng: np.random.Generator) -> Result:
    """Compare a random stack with its one affine map, measure the ranks, and fit sin."""
    n, widths = parameters.samples, parameters.widths
    X = rng.normal(size=(n, widths[0]))
    layers = [
        (rng.normal(0, fan_in**-0.5, (fan_in, fan_out)), rng.normal(size=fan_out))
        for fan_in, fan_out in pairwise(widths)
    ]
    W, b = collapse(layers)
    outputs, affine = network(X, layers, parameters.activation), X @ W + b
    ranks = [rank(collapse(layers[:count])[0]) for count in range(1, len(layers) + 1)]
    x, sine, fits = fits_of_sine(n, rng)
    small_W, small_b = probe(parameters.small)
    values: dict[str, Any] = {
        "outputs_for_the_first_input": np.array([outputs[0], affine[0]]),
        "largest_difference": np.abs(outputs - affine).max(),
        "product": W,
        "bias": b,
        "largest_rank": ranks[-1],
        "rank_by_layer": np.array(ranks),
        "fit_errors": np.array([((fit - sine) ** 2).mean() for fit in fits.values()]),
        "affine_error": ((fits["identity"] - sine) ** 2).mean(),
        "collapsed_weights": small_W.ravel(),
        "collapsed_bias": small_b,
        "output": network(np.array([parameters.example]), parameters.small, parameters.activation)[0],
    }

    lines: list[Mark] = [Line(x, sine, "sin"), *(Line(x, fit, f"{name} units") for name, fit in fits.items())]
    ends = np.array([affine[:, 0].min(), affine[:, 0].max()])
    same: list[Mark] = [
        Line(ends, ends, "the same"),
        Points(affine[:, 0], outputs[:, 0], f"network with {parameters.activation}"),
    ]
    layer = np.arange(len(widths))
    narrow: list[Mark] = [
        Points(layer, np.array(widths), "units"),
        Line(layer[1:], np.array(ranks), "rank of W_1 ... W_l"),
    ]
    figures = (
        Figure(f"Fit of sin with {HIDDEN} hidden units", Axis("x in radians"), Axis("output"), lines),
        Figure("First output of both", Axis("X W + b"), Axis("network"), same),
        Figure("A narrow layer limits the rank", Axis("layer; 0 is the input"), Axis("count"), narrow),
    )
    return Result(values, figures)


# --- what a card may ask ------------------------------------------------------------------------------------------


@expected("W of the one map that equals the small network without activation, row by row")
def collapsed_weights(parameters: Parameters) -> Any:
    (W1, _), (W2, _) = parameters.small
    return (W1 @ W2).ravel()


@expected("b of the one map that equals the small network without activation")
def collapsed_bias(parameters: Parameters) -> Any:
    (_, b1), (W2, b2) = parameters.small
    return b1 @ W2 + b2


@expected("output of the small network for the example")
def output(parameters: Parameters) -> Any:
    (W1, b1), (W2, b2) = parameters.small
    return ACTIVATIONS[parameters.activation](np.array(parameters.example) @ W1 + b1) @ W2 + b2


@expected("rank of the product of all weight matrices", applies=lambda at: at.depth <= 4)
def largest_rank(parameters: Parameters) -> int:
    return min(parameters.widths)


@expected("mean squared error of the best affine fit of sin on [0, 2 pi]")
def affine_error(parameters: Parameters) -> float:
    angle = math.pi / parameters.samples
    return 0.5 - (angle / math.sin(angle)) ** 2 / (math.pi**2 / 3 * (1 - parameters.samples**-2))


# --- what goes wrong ----------------------------------------------------------------------------------------------


@mistake("collapsed_weights", "one multiplies the matrices in the reverse order")
def multiplies_in_reverse(parameters: Parameters) -> Any:
    (W1, _), (W2, _) = parameters.small
    return (W2 @ W1).ravel()


@mistake("collapsed_weights", "one multiplies entry by entry")
def multiplies_entry_by_entry(parameters: Parameters) -> Any:
    (W1, _), (W2, _) = parameters.small
    return (W1 * W2).ravel()


@mistake("collapsed_weights", "one adds the matrices")
def adds_the_matrices(parameters: Parameters) -> Any:
    (W1, _), (W2, _) = parameters.small
    return (W1 + W2).ravel()


@mistake("collapsed_bias", "one adds the biases and forgets that the second layer also multiplies the first one")
def adds_the_biases(parameters: Parameters) -> Any:
    (_, b1), (_, b2) = parameters.small
    return b1 + b2


@mistake("collapsed_bias", "one keeps the bias of the last layer only")
def keeps_the_last_bias(parameters: Parameters) -> Any:
    return np.array(parameters.second_bias)


@mistake("collapsed_bias", "one thinks that biases cannot be part of the one map")
def leaves_the_bias_out(parameters: Parameters) -> Any:
    return np.zeros(2)


@mistake("output", "one collapses the layers although an activation stands between them")
def collapses_anyway(parameters: Parameters) -> Any:
    W, b = collapse(parameters.small)
    return np.array(parameters.example) @ W + b


@mistake("output", "one applies the activation after the last layer as well")
def activates_the_output(parameters: Parameters) -> Any:
    return ACTIVATIONS[parameters.activation](output(parameters))


@mistake("output", "one leaves out the biases")
def output_without_biases(parameters: Parameters) -> Any:
    layers = [(W, 0 * b) for W, b in parameters.small]
    return network(np.array([parameters.example]), layers, parameters.activation)[0]


@mistake("largest_rank", "one thinks that the widest layer decides")
def widest_layer(parameters: Parameters) -> int:
    return max(parameters.widths)


@mistake("largest_rank", "one looks at input and output only")
def ignores_the_hidden_layers(parameters: Parameters) -> int:
    return min(parameters.widths[0], parameters.widths[-1])


@mistake("largest_rank", "one thinks that each layer adds its rank")
def adds_the_ranks(parameters: Parameters) -> int:
    return sum(min(pair) for pair in pairwise(parameters.widths))


@mistake("affine_error", "one thinks that a stack of linear layers becomes expressive by its depth")
def depth_makes_it_perfect(parameters: Parameters) -> float:
    return 0.0


@mistake("affine_error", "one takes the best constant instead of the best line")
def takes_the_best_constant(parameters: Parameters) -> float:
    return 0.5


# --- claims -------------------------------------------------------------------------------------------------------


def linear(at: Parameters) -> bool:
    """Nothing stands between the layers."""
    return at.activation == "identity"


def bent(at: Parameters) -> bool:
    """The default sizes, with an activation between 2 layers or more: with 1 there is no place for it."""
    return at.activation != "identity" and at.sizes == SIZES and at.depth > 1


@claim(1, "without activations the network is one affine map", applies=linear, domain="identity")
def layers_collapse(parameters: Parameters, values: Values) -> Check:
    """Each of the products of at most 16 x 16 rounds by some 1e-15 of numbers of a few tens: 1e-10 is far."""
    return below(values["largest_difference"], 1e-10)


@claim(2, "the product of the weight matrices has at most the rank of the narrowest layer")
def rank_of_the_narrowest(parameters: Parameters, values: Values) -> Check:
    return below(values["largest_rank"], min(parameters.widths))


@claim(
    3,
    "with tanh or ReLU it is not that map",
    applies=bent,
    domain="default sizes, 2 or more layers, tanh or ReLU",
    at=({"activation": "tanh"}, {"activation": "relu"}),
)
def activations_break_the_collapse(parameters: Parameters, values: Values) -> Check:
    return above(values["largest_difference"], 1e-2)


@claim(
    4,
    "the best affine fit of sin on [0, 2 pi] has a mean squared error of 1/2 - 3 / pi^2 = 0.1960, within 0.001",
    applies=lambda at: at.samples >= 100,
    domain="100 points or more",
)
def a_line_is_no_sine(parameters: Parameters, values: Values) -> Check:
    return about(values["affine_error"], LIMIT, absolute=1e-3)


if __name__ == "__main__":
    main()
