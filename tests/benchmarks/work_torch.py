"""The same as `work_numpy`, written for PyTorch as its users write it: eager, with autograd and its own optimisers."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from studyapp.simulation.digits import digits as handwritten
from tests.benchmarks.apart import serve
from tests.benchmarks.work_numpy import ADAM_STEPS, BATCH, DEPTH, TRIALS, WIDTH
from tests.simulations.loading import load, made

torch: Any = importlib.import_module("torch")  # an extra, which the type checker may not find


def layers(dtype: Any) -> Callable[[], object]:
    """Forward and backward through 50 tanh layers: the norm of each dL/dh, and each dL/dW."""
    W = [(torch.randn(WIDTH, WIDTH, dtype=dtype) / math.sqrt(WIDTH)).requires_grad_() for _ in range(DEPTH)]
    x, top = torch.randn(BATCH, WIDTH, dtype=dtype, requires_grad=True), torch.randn(BATCH, WIDTH, dtype=dtype)

    def both_ways() -> object:
        h = [x]
        for weights in W:
            h.append(torch.tanh(h[-1] @ weights))
        at_W_and_h = torch.autograd.grad(h[-1], [*W, *h[:-1]], top)
        return [torch.linalg.vector_norm(one) for one in at_W_and_h[DEPTH:]], at_W_and_h[:DEPTH]

    return both_ways


def digits() -> Callable[[], object]:
    """20 epochs of a network with the simulation's sizes, rate, batches, precision and scoring."""
    parameters, test = load("digits_network").Parameters(), load("digits_network").TEST
    images, labels = handwritten()
    X, y = torch.tensor(images.reshape(-1, 64)), torch.tensor(labels)
    loss = torch.nn.CrossEntropyLoss()

    def scored(network: Any, X: Any, y: Any) -> tuple[float, float]:
        with torch.no_grad():
            z = network(X)
            return loss(z, y).item(), (z.argmax(dim=1) == y).double().mean().item()

    def trained() -> object:
        order = torch.randperm(len(y))
        parts = (X[order[:-test]], y[order[:-test]]), (X[order[-test:]], y[order[-test:]])
        width = parameters.width
        network = torch.nn.Sequential(torch.nn.Linear(64, width), torch.nn.ReLU(), torch.nn.Linear(width, 10)).double()
        torch.nn.init.kaiming_normal_(network[0].weight, nonlinearity="relu")
        optimiser = torch.optim.SGD(network.parameters(), lr=parameters.learning_rate)
        history = []
        for _ in range(parameters.epochs):
            for rows in torch.randperm(len(parts[0][1])).split(parameters.batch_size):
                optimiser.zero_grad()
                loss(network(parts[0][0][rows]), parts[0][1][rows]).backward()
                optimiser.step()
            history.append([scored(network, *part) for part in parts])
        return history

    return trained


def adam(*, given: bool) -> Callable[[], object]:
    """`torch.optim.Adam` on the same quadratic; `given` leaves autograd out, and hands it the gradient."""
    parameters = load("optimisers").Parameters()
    H = torch.diag(torch.tensor([1.0, parameters.condition], dtype=torch.float64))

    def descended() -> object:
        w = torch.tensor(parameters.start, dtype=torch.float64, requires_grad=True)
        optimiser = torch.optim.Adam([w], lr=0.05)
        for _ in range(ADAM_STEPS):
            if given:
                w.grad = w.detach() @ H
            else:
                optimiser.zero_grad()
                (0.5 * ((w @ H) * w).sum()).backward()
            optimiser.step()
        return w

    return descended


def descent() -> Callable[[], object]:
    """Batched `torch.linalg.solve` of the smaller Gram matrix, without and with the penalty, for every p.

    As in the simulation, each Gram matrix is a part of one for all p, or grows with p.
    """
    parameters = made(load("double_descent"), {"trials": TRIALS})
    rng = np.random.default_rng(0)
    n, lam = parameters.examples, parameters.penalty
    F = torch.tensor(rng.standard_normal((TRIALS, parameters.features, n)))
    y = torch.tensor(rng.standard_normal((TRIALS, n, 1)))

    def solved() -> object:
        found = []
        inner, moment = F[:, :n] @ F[:, :n].mT, F[:, :n] @ y
        outer, done = torch.zeros_like(inner), 0
        for p in parameters.counts.tolist():
            outer, done = outer + F[:, done:p].mT @ F[:, done:p], p
            gram, right = (inner[:, :p, :p], moment[:, :p]) if p < n else (outer, y)
            ridged = gram + lam * torch.eye(len(gram[0]), dtype=gram.dtype)
            both = [torch.linalg.solve(one, right) for one in (gram, ridged)]
            found.append(both if p < n else [F[:, :p] @ one for one in both])
        return found

    return solved


if __name__ == "__main__":
    torch.set_num_threads(1)
    both = {f"layers, {name}": layers(getattr(torch, name)) for name in ("float64", "float32")}
    adams = {"adam": adam(given=False), "adam, gradient given": adam(given=True)}
    serve({**both, "digits": digits(), **adams, "descent": descent()})
