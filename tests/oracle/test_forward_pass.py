"""The forward pass by hand against PyTorch's layers, and how each output depends on the inputs against autograd."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made, outcome

pytestmark = pytest.mark.slow

FORWARD = load("forward_pass")


def network(torch: Any, p: Any, layers: Any) -> Any:
    """The same layers as a Sequential of PyTorch."""
    activations = {"relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh}
    stack = []
    for number, (W, b) in enumerate(layers, 1):
        layer = torch.nn.Linear(*W.shape)
        with torch.no_grad():  # PyTorch keeps W as (n_out, n_in)
            layer.weight.copy_(torch.from_numpy(W.T.copy()))
            layer.bias.copy_(torch.from_numpy(b.copy()))
        last = number == len(layers) and not p.activate_output
        stack += [layer, torch.nn.Identity() if last else activations.get(p.activation, torch.nn.Identity)()]
    return torch.nn.Sequential(*stack)


networks: Any = st.fixed_dictionaries(
    {
        "sizes": st.lists(st.integers(1, 16), min_size=2, max_size=5),
        "activation": st.sampled_from(["relu", "sigmoid", "tanh", "identity"]),
        "activate_output": st.booleans(),
        "weights": st.lists(st.floats(-3, 3), min_size=1, max_size=40),
        "inputs": st.lists(st.floats(-10, 10), min_size=1, max_size=40),
        "batch": st.integers(1, 8),
    }
)


@settings(max_examples=40, deadline=None)
@given(networks)
def test_outputs_and_counts_are_those_of_torch(torch: Any, chosen: dict[str, Any]) -> None:
    """Outputs of all rows, sums and activations of the first layer, and the number of parameters."""
    p, (values, _) = made(FORWARD, chosen), outcome(FORWARD, **chosen)
    layers = network(torch, p, p.network)
    X = torch.from_numpy(p.X.copy())
    with torch.no_grad():
        outputs, sums = layers(X), layers[0](X)
        first = layers[1](sums)
    scale = max(1, values["largest_sum"])
    assert values["outputs"] == pytest.approx(outputs.numpy().ravel(), rel=1e-12, abs=1e-12 * scale)
    assert values["first_sums"] == pytest.approx(sums[0].numpy(), rel=1e-12, abs=1e-12 * scale)
    assert values["first_activations"] == pytest.approx(first[0].numpy(), rel=1e-12, abs=1e-12 * scale)
    assert values["parameter_count"] == sum(one.numel() for one in layers.parameters())
    weights = [one for one in layers.parameters() if one.ndim == 2]
    assert values["multiplications"] == sum(one.numel() for one in weights)


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 16), min_size=2, max_size=5),
    activation=st.sampled_from(["sigmoid", "tanh", "identity"]),
    activate_output=st.booleans(),
    seed=st.integers(0, 10**6),
)
def test_slopes_of_the_outputs_are_those_of_autograd(
    torch: Any, sizes: list[int], activation: str, activate_output: bool, seed: int
) -> None:
    """Central differences of the pass along a random direction, against the product with autograd's Jacobian."""
    p = made(FORWARD, {"sizes": sizes, "activation": activation, "activate_output": activate_output})
    rng = np.random.default_rng(seed)
    count = sum((n + 1) * m for n, m in pairwise(sizes))
    layers = FORWARD.layers(p, rng.normal(0, 0.5, count))
    x, v, h = rng.normal(size=sizes[0]), rng.normal(size=sizes[0]), 1e-5
    up, down = (FORWARD.forward(p, layers, x + sign * h * v)[1][-1] for sign in (1, -1))
    jacobian = torch.autograd.functional.jacobian(network(torch, p, layers), torch.from_numpy(x)).numpy()
    size = 1 + np.abs(jacobian).sum()
    assert (up - down) / (2 * h) == pytest.approx(jacobian @ v, rel=1e-6, abs=1e-8 * size)
