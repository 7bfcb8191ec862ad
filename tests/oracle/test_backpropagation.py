"""Backpropagation by hand against PyTorch's autograd: gradients, deltas, losses, and the step down."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made, outcome

pytestmark = pytest.mark.slow

BACK = load("backpropagation")


def loss_of_torch(torch: Any, head: str, z: Any, y: Any) -> Any:
    """The mean over the rows of PyTorch's own loss of outputs z, summed over the outputs."""
    match head:
        case "mse":
            return torch.nn.functional.mse_loss(z, y, reduction="sum") / (2 * len(z))
        case "ce":
            return torch.nn.functional.cross_entropy(z, y.argmax(dim=1))
    return torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="sum") / len(z)


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(2, 6), min_size=2, max_size=5),
    activation=st.sampled_from(["tanh", "sigmoid", "relu"]),
    head=st.sampled_from(["mse", "ce", "bce"]),
    batch=st.integers(1, 8),
    seed=st.integers(0, 10**6),
)
def test_a_round_of_training_is_that_of_autograd(
    torch: Any, sizes: list[int], activation: str, head: str, batch: int, seed: int
) -> None:
    """The same network of Linear layers: its loss, every gradient, every delta, and the loss after a step of SGD."""
    chosen: dict[str, Any] = {"sizes": sizes, "activation": activation, "head": head, "batch": batch, "drawn": True}
    p = made(BACK, chosen)
    values, _ = outcome(BACK, seed, **chosen)
    theta, X, Y = (torch.from_numpy(one) for one in BACK.draw(p, np.random.default_rng(seed)))
    stack, at = [], 0
    for n, m in pairwise(sizes):
        layer, end = torch.nn.Linear(n, m), at + (n + 1) * m
        with torch.no_grad():  # PyTorch keeps W as (n_out, n_in)
            layer.weight.copy_(theta[at : end - m].reshape(n, m).T)
            layer.bias.copy_(theta[end - m : end])
        stack.append(layer)
        at = end

    def forward() -> list[Any]:
        sums, h = [], X
        for layer in stack:
            sums.append(layer(h))
            h = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu}[activation](sums[-1])
        return sums

    sums = forward()
    for one in sums:
        one.retain_grad()
    loss = loss_of_torch(torch, head, sums[-1], Y)
    loss.backward()
    assert values["loss"] == pytest.approx(loss.item(), rel=1e-10)
    gradient = [part.ravel() for layer in stack for part in (layer.weight.grad.T, layer.bias.grad)]
    assert values["gradient"] == pytest.approx(torch.cat(gradient).numpy(), rel=1e-9, abs=1e-12)
    for number, one in enumerate(sums, 1):
        assert values[f"delta_{number}"] == pytest.approx(one.grad.numpy(), rel=1e-9, abs=1e-12)
    assert values["output_delta"].reshape(batch, -1) == pytest.approx(sums[-1].grad.numpy(), rel=1e-9, abs=1e-12)
    torch.optim.SGD([part for layer in stack for part in layer.parameters()], lr=p.learning_rate).step()
    after = loss_of_torch(torch, head, forward()[-1], Y).item()
    assert values["loss_after"] == pytest.approx(after, rel=1e-9)
