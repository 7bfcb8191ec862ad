"""The maps of the kernels against PyTorch's conv1d and conv2d."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made, outcome

pytestmark = pytest.mark.slow

KERNELS = load("convolution_kernels")
NAMES = ["vertical_edge", "horizontal_edge", "corner", "spot", "blur"]


@settings(max_examples=25, deadline=None)
@given(
    kernel=st.sampled_from(NAMES),
    image=st.integers(0, 1796),
    activation=st.sampled_from(["relu", "tanh", "identity"]),
    stride=st.integers(1, 4),
    padding=st.integers(0, 2),
)
def test_the_stack_is_that_of_torch(
    torch: Any, kernel: str, image: int, activation: str, stride: int, padding: int
) -> None:
    """All five kernels in one conv2d, then the activation: the map that is shown, and the size of the stack."""
    chosen: dict[str, Any] = {
        "kernel": kernel,
        "image": image,
        "activation": activation,
        "stride": stride,
        "padding": padding,
    }
    values, _ = outcome(KERNELS, **chosen)
    X = torch.from_numpy(KERNELS.picture(made(KERNELS, chosen), np.random.default_rng(0)).copy())
    W = torch.from_numpy(np.stack(list(KERNELS.KERNELS.values())))
    maps = torch.nn.functional.conv2d(X[None, None], W[:, None], stride=stride, padding=padding)
    maps = {"relu": torch.relu, "tanh": torch.tanh, "identity": torch.clone}[activation](maps)
    assert values["map"] == pytest.approx(maps[0, NAMES.index(kernel)].numpy(), abs=1e-12)
    assert values["numbers_in_stack"] == maps.numel()


@settings(max_examples=25, deadline=None)
@given(
    shape=st.lists(st.integers(3, 9), min_size=2, max_size=2),
    batch=st.integers(1, 4),
    stride=st.integers(1, 4),
    seed=st.integers(0, 10**6),
)
def test_sliding_is_conv2d_of_any_images(torch: Any, shape: list[int], batch: int, stride: int, seed: int) -> None:
    """Random kernels and images that need not be square."""
    rng = np.random.default_rng(seed)
    X, W = rng.normal(size=(batch, *shape)), rng.normal(size=(3, 3))
    wanted = torch.nn.functional.conv2d(torch.from_numpy(X)[:, None], torch.from_numpy(W)[None, None], stride=stride)
    assert KERNELS.slide(X, W, stride) == pytest.approx(wanted[:, 0].numpy(), abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(
    kernel=st.sampled_from(NAMES),
    patch=st.lists(st.floats(-10, 10), min_size=1, max_size=40),
    channels=st.integers(1, 4),
)
def test_the_response_is_a_convolution_with_one_place(
    torch: Any, kernel: str, patch: list[float], channels: int
) -> None:
    """A patch of several channels is summed over them; laid out in a row, it is a conv1d as long as its kernel."""
    at = made(KERNELS, {"kernel": kernel, "patch": patch, "channels": channels})
    X = torch.from_numpy(at.pixels.copy())
    W = torch.from_numpy(np.broadcast_to(at.W, (channels, 3, 3)).copy())
    image = torch.nn.functional.conv2d(X[None], W[None])
    row = torch.nn.functional.conv1d(X.reshape(1, channels, 9), W.reshape(1, channels, 9))
    assert KERNELS.response(at) == pytest.approx(image.item(), abs=1e-11)
    assert KERNELS.response(at) == pytest.approx(row.item(), abs=1e-11)
