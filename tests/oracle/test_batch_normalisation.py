"""Batch normalisation against torch.nn.BatchNorm1d: outputs, running averages and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made

pytestmark = pytest.mark.slow

BATCH = load("batch_normalisation")
shapes = st.tuples(st.integers(2, 40), st.integers(1, 12))
several = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@several
@given(shapes, st.floats(1e-6, 0.01), st.floats(0.1, 10), st.integers(0, 10**6))
def test_outputs_and_gradients_are_those_of_torch(
    torch: Any, shape: tuple[int, int], epsilon: float, size: float, seed: int
) -> None:
    """In training, with learned scale and shift, and a random gradient from above."""
    rng = np.random.default_rng(seed)
    Z, g = size * rng.normal(size=shape), rng.normal(size=shape)
    gamma, beta = rng.normal(size=(2, shape[1]))
    layer = torch.nn.BatchNorm1d(shape[1], eps=epsilon)
    layer.weight.data, layer.bias.data = torch.tensor(gamma), torch.tensor(beta)
    inputs = torch.tensor(Z, requires_grad=True)
    outputs = layer(inputs)
    outputs.backward(torch.tensor(g))
    n, s = BATCH.normalise(Z, epsilon)
    assert gamma * n + beta == pytest.approx(outputs.detach().numpy(), rel=1e-9, abs=1e-9)
    wanted, largest = inputs.grad.numpy(), float((1 / s).max())
    assert BATCH.back(gamma * g, n, s) == pytest.approx(wanted, rel=1e-9, abs=1e-9 * largest)
    assert layer.weight.grad.numpy() == pytest.approx((g * n).sum(axis=0), rel=1e-9, abs=1e-9)
    assert layer.bias.grad.numpy() == pytest.approx(g.sum(axis=0), rel=1e-9, abs=1e-9)


@several
@given(
    st.lists(st.floats(-100, 100), min_size=2, max_size=20),
    st.floats(0.01, 1),
    st.integers(1, 30),
    st.tuples(st.floats(-10, 10), st.floats(-10, 10)),
)
def test_running_averages_and_evaluation_are_those_of_torch(
    torch: Any, z: list[float], momentum: float, updates: int, learned: tuple[float, float]
) -> None:
    """After so many steps with the same batch; momentum means the same there."""
    chosen = made(
        BATCH,
        {"batch_values": z, "momentum": momentum, "updates": updates, "gamma": learned[0], "beta": learned[1]},
    )
    layer = torch.nn.BatchNorm1d(1, eps=chosen.epsilon, momentum=momentum)
    torch.nn.init.constant_(layer.weight, learned[0])
    torch.nn.init.constant_(layer.bias, learned[1])
    batch = torch.tensor(z)[:, None]
    for _ in range(updates):
        layer(batch)
    mean, variance = BATCH.averaged(chosen.z[:, None], momentum, updates)
    assert mean[0] == pytest.approx(layer.running_mean.item(), rel=1e-9, abs=1e-9)
    assert variance[0] == pytest.approx(layer.running_var.item(), rel=1e-9, abs=1e-9)
    layer.eval()
    wanted = layer(batch).detach().numpy()[:, 0]
    assert BATCH.evaluated(chosen) == pytest.approx(wanted, rel=1e-7, abs=1e-7)


@several
@given(st.integers(4, 20), st.integers(1, 4), st.integers(0, 10**6))
def test_gradient_norms_of_deep_networks_are_those_of_torch(torch: Any, rows: int, depth: int, seed: int) -> None:
    """ReLU networks with and without batch normalisation, at every scale of their weights."""
    rng = np.random.default_rng(seed)
    X, W, top = rng.normal(size=(rows, 5)), rng.normal(size=(depth, 5, 5)), rng.normal(size=(rows, 5))
    for epsilon in (None, 1e-3):
        variances, norms = BATCH.deep(X, W, top, epsilon)
        for k, scale in enumerate(BATCH.SCALES):
            weights = [torch.tensor(scale * one, requires_grad=True) for one in W]
            h = torch.tensor(X)
            for one in weights:
                h = h @ one
                h = torch.relu(torch.nn.BatchNorm1d(5, eps=epsilon)(h) if epsilon else h)
            h.backward(torch.tensor(top))
            assert variances[k] == pytest.approx(h.var(unbiased=False).item(), rel=1e-8)
            wanted = [float(one.grad.norm()) for one in weights]
            assert norms[:, k] == pytest.approx(wanted, rel=1e-6, abs=1e-9 * max(wanted))
