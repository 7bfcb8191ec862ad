"""Activation functions and their slopes against PyTorch's functions and its automatic derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.simulations.loading import load

pytestmark = pytest.mark.slow

ACTIVATION = load("activation_saturation")
sums = arrays.arrays(np.float64, arrays.array_shapes(max_dims=3, max_side=6), elements=st.floats(-700, 700))


def theirs(torch: Any, name: str) -> Callable[[Any], Any]:
    """PyTorch's function of that name, in our convention: exact GELU, softplus never cut off, a leak of 1/100."""
    functions = torch.nn.functional
    found: dict[str, Callable[[Any], Any]] = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky": lambda z: functions.leaky_relu(z, 0.01),
        "gelu": lambda z: functions.gelu(z, approximate="none"),
        "swish": functions.silu,
        "softplus": lambda z: functions.softplus(z, threshold=700),
        "identity": lambda z: z * 1,
    }
    return found[name]


@pytest.mark.parametrize("name", list(ACTIVATION.ACTIVATIONS))
def test_outputs_and_slopes_are_those_of_pytorch(torch: Any, name: str) -> None:
    """Of every shape, at every size of z that does not overflow, and at the kink."""

    @settings(max_examples=25, deadline=None)
    @given(sums)
    def compare(z: Any) -> None:
        f, slope = ACTIVATION.ACTIVATIONS[name]
        given_ = torch.tensor(z, requires_grad=True)
        wanted = theirs(torch, name)(given_)
        wanted.sum().backward()
        assert f(z) == pytest.approx(wanted.detach().numpy(), rel=1e-9, abs=1e-14)
        assert slope(z) == pytest.approx(given_.grad.numpy(), rel=1e-9, abs=1e-14)

    compare()
    z = np.zeros(1)
    at_kink = torch.zeros(1, requires_grad=True)
    theirs(torch, name)(at_kink).sum().backward()
    assert ACTIVATION.ACTIVATIONS[name][1](z) == pytest.approx(at_kink.grad.numpy())
