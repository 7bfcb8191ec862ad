"""Dropout against PyTorch: the pass without masks, the scale of the masks, and gradients under a mask."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation.network import ACTIVATIONS, Weights, forward, gradients, initial
from tests.simulations.loading import load

pytestmark = pytest.mark.slow

DROPOUT = load("dropout")


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 12), st.integers(2, 10), st.floats(0, 0.9), st.integers(0, 99))
def test_the_pass_without_masks_is_that_of_evaluation(torch: Any, n: int, classes: int, p: float, seed: int) -> None:
    """PyTorch's dropout in evaluation mode before a linear layer; it is the geometric mean of all its masks."""
    rng = np.random.default_rng(seed)
    x, W = rng.standard_normal(n), rng.standard_normal((n, classes))
    linear = torch.nn.Linear(n, classes, bias=False)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor(W.T))
        net = torch.nn.Sequential(torch.nn.Dropout(p), linear, torch.nn.Softmax(dim=-1)).eval()
        wanted = net(torch.tensor(x)).numpy()
        masks, chance = (torch.tensor(one) for one in DROPOUT.every_mask(n, p))
        logs = torch.log_softmax(linear(masks * torch.tensor(x)), dim=-1)
        geometric = torch.softmax(chance @ logs, dim=-1).numpy()
    assert DROPOUT.layer(x, W) == pytest.approx(wanted, rel=1e-12, abs=1e-15)
    assert geometric == pytest.approx(wanted, rel=1e-9, abs=1e-13)


@settings(deadline=None, max_examples=10)
@given(st.floats(0.05, 0.9), st.integers(0, 99))
def test_training_masks_are_scaled_alike(torch: Any, p: float, seed: int) -> None:
    """PyTorch's masks have the same two values, and the same share of zeros within 5 standard errors."""
    torch.manual_seed(seed)
    theirs = torch.nn.functional.dropout(torch.ones(10_000), p, training=True).numpy()
    ours = DROPOUT.random_masks((10_000,), p, np.random.default_rng(seed))
    assert np.unique(ours) == pytest.approx(np.unique(theirs))
    for masks in (ours, theirs):
        assert (masks == 0).mean() == pytest.approx(p, abs=5 * (p * (1 - p) / 10_000) ** 0.5)


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(sorted(ACTIVATIONS)), st.integers(1, 40), st.integers(1, 40), st.floats(0, 0.9))
def test_gradients_under_a_mask_are_those_of_autograd(
    torch: Any, activation: str, batch: int, hidden: int, p: float
) -> None:
    """Of the network that the digits are trained with, at soft targets and random biases."""
    rng = np.random.default_rng(batch + 41 * hidden)
    weights = [one + 0.1 * rng.standard_normal(one.shape) for one in initial(rng, 7, hidden, 5)]
    X, y = rng.standard_normal((batch, 7)), rng.dirichlet(np.ones(5), batch)
    mask = DROPOUT.random_masks((batch, hidden), p, rng)
    W1, b1, W2, b2 = (torch.tensor(one, requires_grad=True) for one in weights)
    act = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "identity": lambda a: a}[activation]
    z = act(torch.tensor(X) @ W1 + b1) * torch.tensor(mask) @ W2 + b2
    torch.nn.functional.cross_entropy(z, torch.tensor(y)).backward()
    ours = Weights(*weights)
    assert forward(ours, X, activation, mask)[1] == pytest.approx(z.detach().numpy(), rel=1e-10, abs=1e-12)
    for mine, one in zip(gradients(ours, X, y, activation, mask), (W1, b1, W2, b2), strict=True):
        assert mine == pytest.approx(one.grad.numpy(), rel=1e-9, abs=1e-13)
