"""Pooling and its gradients against PyTorch's max_pool2d and avg_pool2d."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made

pytestmark = pytest.mark.slow

POOLING = load("pooling")


@settings(max_examples=40, deadline=None)
@given(
    size=st.integers(2, 4),
    stride=st.integers(1, 4),
    mode=st.sampled_from(["max", "average"]),
    side=st.integers(4, 16),
    batch=st.integers(1, 3),
    seed=st.integers(0, 10**6),
)
def test_pooling_and_its_gradient_are_those_of_torch(
    torch: Any, size: int, stride: int, mode: str, side: int, batch: int, seed: int
) -> None:
    """Maps forward, a random gradient backward, and the derivative of what remains of each window."""
    rng = np.random.default_rng(seed)
    at = made(POOLING, {"size": size, "stride": stride, "mode": mode, "side": side})
    X = rng.normal(size=(batch, side, side))
    leaf = torch.from_numpy(X).requires_grad_()
    layer = torch.nn.functional.max_pool2d if mode == "max" else torch.nn.functional.avg_pool2d
    outputs = layer(leaf[:, None], size, stride)
    assert POOLING.pool(X, at) == pytest.approx(outputs.detach()[:, 0].numpy(), abs=1e-12)
    assert POOLING.pooled_side(at) == outputs.shape[-1]

    G = rng.normal(size=tuple(outputs.shape))
    outputs.backward(torch.from_numpy(G))
    found = [POOLING.backward(one, g[0], size, stride, mode) for one, g in zip(X, G, strict=True)]
    assert np.array(found) == pytest.approx(leaf.grad.numpy(), abs=1e-12)

    window = torch.from_numpy(X[0, :size, :size].copy()).requires_grad_()
    layer(window[None, None], size).backward()
    slopes = POOLING.slopes(X[0, :size, :size].reshape(-1), mode)
    assert slopes == pytest.approx(window.grad.numpy().ravel(), abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=4))
def test_the_receptive_field_is_where_autograd_arrives(torch: Any, layers: list[tuple[int, int]]) -> None:
    """Convolutions with weights of 1 in a row: the inputs with a gradient, from the first to the last."""
    sizes, strides = [k for k, _ in layers], [s for _, s in layers]
    wanted = POOLING.receptive_field(sizes, strides)
    x = torch.zeros(1, 1, wanted + 5, requires_grad=True)
    y = x
    for k, s in layers:
        y = torch.nn.functional.conv1d(y, torch.ones(1, 1, k), stride=s)
    y[0, 0, 0].backward()
    reached = x.grad[0, 0].nonzero()
    assert int(reached.max() - reached.min()) + 1 == wanted


@settings(max_examples=25, deadline=None)
@given(channels=st.integers(1, 12), side=st.integers(1, 12))
def test_counts_are_those_of_torch_layers(torch: Any, channels: int, side: int) -> None:
    """Pooling has none, a 3 x 3 convolution as many on maps of any side, and a dense layer more on larger ones."""
    layers = torch.nn.MaxPool2d(2), torch.nn.Conv2d(channels, channels, 3), torch.nn.Linear(channels * side**2, 10)
    wanted = tuple(sum(one.numel() for one in layer.parameters()) for layer in layers)
    assert POOLING.learned(channels, side) == wanted
    assert all(a != b for a, b in pairwise(POOLING.learned(channels, n)[2] for n in (side, side + 1)))
