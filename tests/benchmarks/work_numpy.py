"""What the simulations do, with their own code, for `tests.benchmarks.simulations` to time beside `work_torch`."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tests.benchmarks.apart import serve
from tests.simulations.loading import load, made

BATCH, WIDTH, DEPTH = 256, 512, 50
ADAM_STEPS = 10_000
TRIALS = 50


def layers(dtype: str) -> Callable[[], object]:
    """Forward and backward through 50 tanh layers: the norm of each dL/dh, and each dL/dW."""
    gradients = load("exploding_gradients")
    parameters = made(gradients, {"depth": DEPTH, "width": WIDTH, "batch": BATCH})
    rng = np.random.default_rng(0)
    W = (rng.standard_normal((DEPTH, WIDTH, WIDTH)) / math.sqrt(WIDTH)).astype(dtype)
    x, top = rng.standard_normal((2, BATCH, WIDTH)).astype(dtype)

    def both_ways() -> object:
        h, a = gradients.forward(parameters, W, x)
        norms, at_z = gradients.backward(parameters, W, a, top)
        return norms, [signal.T @ delta for signal, delta in zip(h[:-1], at_z, strict=True)]

    return both_ways


def digits() -> Callable[[], object]:
    """20 epochs at the defaults: 64-128-10, ReLU, batches of 32, gradient descent, both parts scored in each epoch."""
    network = load("digits_network")
    parameters = network.Parameters()

    def trained() -> object:
        rng = np.random.default_rng(0)
        training, _, test = network.split(parameters, rng)
        return network.train(parameters, training, test, rng, lambda _: None)

    return trained


def adam() -> Callable[[], object]:
    """One descent with Adam on the quadratic of two weights that is the default."""
    optimisers = load("optimisers")
    parameters = optimisers.Parameters()
    _, slope, _ = optimisers.landscape(parameters)
    start = np.array(parameters.start)
    return lambda: optimisers.descend(optimisers.rule("adam", 0.05), lambda w, _: slope(w), start, ADAM_STEPS)


def descent() -> Callable[[], object]:
    """The shortest weights and those of ridge for every p of the default sweep, of 50 training sets."""
    double = load("double_descent")
    parameters = made(double, {"trials": TRIALS})
    rng = np.random.default_rng(0)
    F = rng.standard_normal((TRIALS, parameters.features, parameters.examples))
    y = rng.standard_normal((TRIALS, parameters.examples))
    chunks = [slice(first, first + double.CHUNK) for first in range(0, TRIALS, double.CHUNK)]
    return lambda: [list(double.sweep(F[c], y[c], parameters.counts, parameters.penalty)) for c in chunks]


if __name__ == "__main__":
    both = {f"layers, {dtype}": layers(dtype) for dtype in ("float64", "float32")}
    serve({**both, "digits": digits(), "adam": adam(), "descent": descent()})
