"""Spatial dropout against torch.nn.Dropout2d: what is drawn once, what is scaled, and what testing leaves alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import expected_here, load, made

pytestmark = pytest.mark.slow

DROPOUT = load("spatial_dropout")

shapes = st.tuples(st.integers(1, 6), st.integers(1, 8), st.integers(1, 7), st.integers(1, 7))
chances = st.floats(0.05, 0.9)


def torch_mask(torch: Any, layer: Any, shape: tuple[int, ...], seed: int) -> Any:
    """By what a training pass of the layer multiplies each activation, (N, C, H, W)."""
    torch.manual_seed(seed)
    return layer.train()(torch.ones(shape)).numpy()


@settings(max_examples=25, deadline=None)
@given(shapes, chances, st.integers(0, 1000))
def test_shapes_and_scale_are_those_of_dropout2d(torch: Any, shape: Any, p: float, seed: int) -> None:
    """Each map as a whole, 0 or 1 / (1 - p): masks of both have the same entries, in maps of one value."""
    theirs = torch_mask(torch, torch.nn.Dropout2d(p), shape, seed)
    ours = np.broadcast_to(DROPOUT.spatial(np.random.default_rng(seed), shape, p), shape)
    for mask in (theirs, ours):
        assert mask.shape == shape
        assert (np.ptp(mask, axis=(2, 3)) == 0).all()
        assert np.isin(np.round(mask * (1 - p), 12), [0, 1]).all()


@settings(max_examples=25, deadline=None)
@given(shapes, chances, st.integers(0, 1000))
def test_one_draw_for_each_example_and_channel(torch: Any, shape: Any, p: float, seed: int) -> None:
    """Dropout2d is the product with N C Bernoulli draws of the same generator, as many as the key says."""
    n, channels, height, width = shape
    sizes: dict[str, object] = {"examples": n, "channels": channels, "height": height, "width": width, "pool": 1}
    theirs = torch_mask(torch, torch.nn.Dropout2d(p), shape, seed)
    torch.manual_seed(seed)
    draws = torch.empty(n, channels, 1, 1).bernoulli_(1 - p).numpy()
    at = made(DROPOUT, sizes | {"drop_probability": p})
    assert draws.size == expected_here(DROPOUT, at)["independent_draws"]
    assert theirs == pytest.approx(np.broadcast_to(draws * expected_here(DROPOUT, at)["kept_scale"], shape))


@settings(max_examples=25, deadline=None)
@given(shapes, chances, st.integers(0, 1000))
def test_the_same_mask_gives_the_same_outputs_and_gradients(torch: Any, shape: Any, p: float, seed: int) -> None:
    """y = x mask, so the gradient at x is the mask too; in testing both leave x as it is."""
    x, layer = torch.randn(shape, requires_grad=True), torch.nn.Dropout2d(p)
    mask = torch_mask(torch, layer, shape, seed)
    torch.manual_seed(seed)
    y = layer(x)
    y.sum().backward()
    assert y.detach().numpy() == pytest.approx(x.detach().numpy() * mask)
    assert x.grad.numpy() == pytest.approx(mask)
    assert torch.equal(layer.eval()(x), x)


@pytest.mark.parametrize("p", [0.3, 0.6])
def test_the_variances_are_those_of_the_keys(torch: Any, p: float) -> None:
    """Over 40,000 maps of 4 x 4 ones, within 5 %: Dropout2d for whole maps, Dropout for single pixels."""
    at = made(DROPOUT, {"height": 4, "width": 4, "drop_probability": p})
    for layer, name in ((torch.nn.Dropout2d(p), "spatial_variance"), (torch.nn.Dropout(p), "element_wise_variance")):
        means = torch_mask(torch, layer, (40_000, 1, 4, 4), 3).mean(axis=(2, 3))
        assert means.var() == pytest.approx(expected_here(DROPOUT, at)[name], rel=0.05)
