"""The matrices of convolutions against PyTorch's conv1d and conv2d, and the counts against its layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made

pytestmark = pytest.mark.slow

TOEPLITZ = load("toeplitz_convolution")


@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(7, 12),
    k=st.integers(2, 7),
    mode=st.sampled_from(["valid", "full", "circular"]),
    flip=st.booleans(),
    dimensions=st.integers(1, 2),
    seed=st.integers(0, 10**6),
)
def test_the_matrix_does_what_torch_does(
    torch: Any, n: int, k: int, mode: str, flip: bool, dimensions: int, seed: int
) -> None:
    """PyTorch's convolution is the correlation; that of the flipped kernel is the convolution."""
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(n,) * dimensions), rng.normal(size=(k,) * dimensions)
    kernel = torch.from_numpy(np.flip(w).copy() if flip else w)[None, None]
    signal = torch.from_numpy(x)[None, None]
    if mode == "circular":  # the convolution begins where the flipped kernel ends
        around = (k - 1, 0) if flip else (0, k - 1)
        signal = torch.nn.functional.pad(signal, around * dimensions, mode="circular")
    convolve = torch.nn.functional.conv1d if dimensions == 1 else torch.nn.functional.conv2d
    wanted = convolve(signal, kernel, padding=k - 1 if mode == "full" else 0).numpy()
    found = TOEPLITZ.toeplitz(n, w, mode, flip) @ x.ravel()
    assert found == pytest.approx(wanted.ravel(), abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(
    n=st.integers(7, 12),
    k=st.integers(2, 7),
    c_in=st.integers(1, 4),
    c_out=st.integers(1, 4),
    padding=st.integers(0, 3),
    stride=st.integers(1, 4),
)
def test_counts_are_those_of_torch_layers(
    torch: Any, n: int, k: int, c_in: int, c_out: int, padding: int, stride: int
) -> None:
    """Output size and parameters of Conv2d, and of a Linear layer of the same inputs and outputs."""
    names = {"length": n, "kernel_size": k, "in_channels": c_in, "out_channels": c_out}
    at = made(TOEPLITZ, {**names, "padding": padding, "stride": stride})
    layer = torch.nn.Conv2d(c_in, c_out, k, stride=stride, padding=padding)
    y = layer(torch.zeros(1, c_in, n, n))
    dense = torch.nn.Linear(c_in * n * n, y.numel(), device="meta")
    assert TOEPLITZ.output_size(at) == y.shape[-1]
    assert TOEPLITZ.parameter_count(at) == sum(one.numel() for one in layer.parameters())
    assert TOEPLITZ.dense_parameters(at) == sum(one.numel() for one in dense.parameters())
