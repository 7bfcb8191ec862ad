"""A network of one hidden layer with softmax cross-entropy, for the simulations that train one.

h = act(X W1 + b1), z = (h mask) W2 + b2, p = softmax(z); the loss is the mean over the batch of -sum_k y_k ln p_k, in
nats, and its gradient at the logits is (p - y) / batch (Goodfellow et al. 2016, section 6.2.2 and algorithm 6.4).

Apart from `studyapp.simulation`, since it needs NumPy: `from studyapp.simulation.network import gradients, initial`.
Every function is pure, keeps the dtype, and maps over leading axes of the weights, of X or of both: of one network with
X of shape (n, 1, n_in) and y of (n, 1, n_out), `gradients` gives those of each example.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]

ACTIVATIONS: dict[
    str, tuple[Callable[[Array], Array], Callable[[Array], Any]]
] = {  # act(a), which may be written over a; act'(a) from act(a)
    "relu": (lambda a: np.maximum(a, 0, out=a), lambda h: h > 0),
    "tanh": (np.tanh, lambda h: 1 - h * h),
    "sigmoid": (lambda a: 0.5 + 0.5 * np.tanh(0.5 * a), lambda h: h * (1 - h)),  # no overflow
    "identity": (lambda a: a, lambda _: 1),
}

INITIALISERS: dict[str, Callable[[int, int], float]] = {  # the variance of a weight from n_in and n_out
    "he_normal": lambda n_in, _: 2 / n_in,
    "lecun_normal": lambda n_in, _: 1 / n_in,
    "glorot_normal": lambda n_in, n_out: 2 / (n_in + n_out),
    "glorot_uniform": lambda n_in, n_out: 2 / (n_in + n_out),
}


class Weights(NamedTuple):
    """All parameters of the network, or their gradients: iterate over both alike for an update."""

    W1: Array  # (..., n_in, hidden)
    b1: Array  # (..., hidden)
    W2: Array  # (..., hidden, n_out)
    b2: Array  # (..., n_out)


def initial(
    rng: np.random.Generator,
    n_in: int,
    hidden: int,
    n_out: int,
    initialiser: str = "he_normal",
    dtype: DTypeLike = np.float64,
) -> Weights:
    """Random weights and biases of 0; drawn in float64, so that every dtype has the same network."""

    def matrix(*shape: int) -> Array:
        sigma = math.sqrt(INITIALISERS[initialiser](*shape))
        side = math.sqrt(3) * sigma  # the variance of a uniform law on [-a, a] is a^2 / 3
        W = rng.uniform(-side, side, shape) if initialiser.endswith("uniform") else rng.normal(0, sigma, shape)
        return W.astype(dtype)

    return Weights(matrix(n_in, hidden), np.zeros(hidden, dtype), matrix(hidden, n_out), np.zeros(n_out, dtype))


def forward(weights: Weights, X: Array, activation: str = "relu", mask: Any = None) -> tuple[Array, Array]:
    """The hidden layer (..., batch, hidden) before the mask, and the logits (..., batch, n_out).

    The mask of (inverted) dropout multiplies the hidden layer: 0 where a unit is dropped, 1 / (1 - p) where it is kept.
    """
    W1, b1, W2, b2 = weights
    a = X @ W1
    a += b1[..., None, :]  # in place, as is ReLU: new memory costs as much as the product
    h = ACTIVATIONS[activation][0](a)
    return h, (h if mask is None else h * mask) @ W2 + b2[..., None, :]


def softmax(z: Array) -> Array:
    """Probabilities over the last axis, without overflow."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def cross_entropy(z: Array, y: Array) -> Any:
    """The mean loss of logits and targets, both (..., batch, n_out); each target, hard or soft, sums to 1."""
    shifted = z - z.max(axis=-1, keepdims=True)
    return (np.log(np.exp(shifted).sum(axis=-1)) - (y * shifted).sum(axis=-1)).mean(axis=-1)


def gradients(weights: Weights, X: Array, y: Array, activation: str = "relu", mask: Any = None) -> Weights:
    """The gradient of the mean loss of a batch by every parameter, in the shapes of the weights."""
    h, z = forward(weights, X, activation, mask)
    above = (softmax(z) - y) / X.shape[-2]
    below = above @ weights.W2.swapaxes(-1, -2) * ACTIVATIONS[activation][1](h)
    if mask is not None:  # what was dropped has no part in the loss
        h, below = h * mask, below * mask
    turned = h.swapaxes(-1, -2), X.swapaxes(-1, -2)
    return Weights(turned[1] @ below, below.sum(axis=-2), turned[0] @ above, above.sum(axis=-2))
