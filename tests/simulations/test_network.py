"""The network that simulations share: gradients against central differences, everything against plain Python."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from studyapp.simulation.network import (
    ACTIVATIONS,
    INITIALISERS,
    Weights,
    cross_entropy,
    forward,
    gradients,
    initial,
    softmax,
)

Drawn = tuple[Weights, Any, Any, Any]

PLAIN: dict[str, Callable[[float], float]] = {
    "relu": lambda a: max(a, 0.0),
    "tanh": math.tanh,
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
    "identity": lambda a: a,
}


def drawn(dtype: Any = np.float64) -> Drawn:
    """A small network with biases, a batch of five, soft targets, and a mask that drops some units."""
    rng = np.random.default_rng(4)
    weights = Weights(*(w + rng.normal(size=w.shape).astype(dtype) / 2 for w in initial(rng, 3, 6, 4, dtype=dtype)))
    X, y, mask = rng.normal(size=(5, 3)), rng.dirichlet(np.ones(4), 5), (rng.random((5, 6)) < 0.6) / 0.6
    return weights, X.astype(dtype), y.astype(dtype), mask.astype(dtype)


def loss(weights: Weights, X: Any, y: Any, activation: str, mask: Any) -> Any:
    """The mean loss of a batch."""
    return cross_entropy(forward(weights, X, activation, mask)[1], y)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_loss_is_that_of_plain_python(activation: str) -> None:
    """Unit by unit, with the standard library's functions."""
    weights, X, y, mask = drawn()
    W1, b1, W2, b2 = (w.tolist() for w in weights)
    losses = []
    for x, target, kept in zip(X.tolist(), y.tolist(), mask.tolist(), strict=True):
        h = [PLAIN[activation](b1[j] + sum(x[i] * W1[i][j] for i in range(3))) for j in range(6)]
        e = [math.exp(b2[k] + sum(kept[j] * h[j] * W2[j][k] for j in range(6))) for k in range(4)]
        losses.append(-sum(t * math.log(one / sum(e)) for t, one in zip(target, e, strict=True)))
    assert loss(weights, X, y, activation, mask) == pytest.approx(sum(losses) / 5, rel=1e-12)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_are_central_differences(activation: str, masked: bool) -> None:
    """Of every single parameter."""
    weights, X, y, mask = drawn()
    kept = mask if masked else None
    for place, found in enumerate(gradients(weights, X, y, activation, kept)):
        for index in np.ndindex(found.shape):
            sides = []
            for step in (1e-6, -1e-6):
                moved = [w.copy() for w in weights]
                moved[place][index] += step
                sides.append(loss(Weights(*moved), X, y, activation, kept))
            assert found[index] == pytest.approx((sides[0] - sides[1]) / 2e-6, abs=1e-8)


def test_leading_axes_are_mapped_over() -> None:
    """Several networks at once, on one batch; one network on each example alone, whose mean is the batch's gradient."""
    weights, X, y, _ = drawn()
    both = Weights(*(np.stack([w, 2 * w]) for w in weights))
    twice = Weights(*(2 * w for w in weights))
    assert loss(both, X, y, "tanh", None) == pytest.approx([loss(one, X, y, "tanh", None) for one in (weights, twice)])
    for together, one, other in zip(*(gradients(w, X, y) for w in (both, weights, twice)), strict=True):
        assert together == pytest.approx(np.stack([one, other]))
    each = gradients(weights, X[:, None], y[:, None])
    for of_each, whole in zip(each, gradients(weights, X, y), strict=True):
        assert of_each.shape == (5, *whole.shape)
        assert of_each.mean(axis=0) == pytest.approx(whole)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept(dtype: Any) -> None:
    """Of weights, hidden layer, logits, probabilities, loss and gradients, for every activation."""
    weights, X, y, mask = drawn(dtype)
    for activation in ACTIVATIONS:
        for kept in (None, mask):
            h, z = forward(weights, X, activation, kept)
            arrays = [h, z, softmax(z), cross_entropy(z, y), *weights, *gradients(weights, X, y, activation, kept)]
            assert {one.dtype for one in arrays} == {np.dtype(dtype)}


@pytest.mark.parametrize("initialiser", INITIALISERS)
def test_weights_have_the_variance_of_their_initialiser(initialiser: str) -> None:
    """Within 5 standard errors, 7 % at 10,000 weights; biases are 0, and float32 holds the same network."""
    weights = initial(np.random.default_rng(0), 200, 50, 200, initialiser)
    for W in (weights.W1, weights.W2):
        assert np.var(W) == pytest.approx(INITIALISERS[initialiser](*W.shape), rel=0.07)
    assert not weights.b1.any()
    assert not weights.b2.any()
    short = initial(np.random.default_rng(0), 200, 50, 200, initialiser, np.float32)
    assert np.array_equal(short.W1, weights.W1.astype(np.float32))


def test_large_logits_do_not_overflow() -> None:
    """The loss of a sure mistake is the logits' difference, of a sure hit 0."""
    z = np.array([[1000.0, -1000.0]])
    assert cross_entropy(z, np.array([[0.0, 1.0]])) == 2000
    assert cross_entropy(z, np.array([[1.0, 0.0]])) == 0
    assert softmax(z).tolist() == [[1, 0]]
    W1, b1, W2, b2 = np.array([[1000.0, -1000.0]]), np.zeros(2), np.eye(2), np.zeros(2)
    assert forward(Weights(W1, b1, W2, b2), np.ones((1, 1)), "sigmoid")[0].tolist() == [[1, 0]]
