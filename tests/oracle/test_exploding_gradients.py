"""The gradients of the deep network, its clipped step and its training against autograd and torch.optim."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made

pytestmark = pytest.mark.slow

EXPLODING = load("exploding_gradients")

networks: Any = st.fixed_dictionaries(
    {
        "activation": st.sampled_from(["identity", "tanh", "relu", "sigmoid"]),
        "depth": st.integers(2, 8),
        "gain": st.floats(0.1, 3),
        "residual": st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    }
)


def signals(torch: Any, p: Any, W: list[Any], x: Any) -> tuple[list[Any], list[Any]]:
    """h_0 .. h_depth and z_1 .. z_depth, of which each keeps its gradient."""
    act = {"identity": torch.clone, "tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}[p.activation]
    h, z = [x.requires_grad_()], []
    for weights in W:
        z.append(h[-1] @ weights)
        h.append(h[-1] + p.residual * act(z[-1]) if p.residual else act(z[-1]))
    for one in (*h[1:], *z):
        one.retain_grad()
    return h, z


def drawn(p: Any, width: int, rows: int, rng: np.random.Generator) -> tuple[Any, Any, Any]:
    """A small network's weights, inputs, and a gradient or target for its top."""
    W = rng.normal(0, p.gain / width**0.5, (p.depth, width, width))
    return W, *rng.standard_normal((2, rows, width))


@settings(max_examples=40, deadline=None)
@given(networks, st.integers(2, 16), st.integers(1, 8), st.integers(0, 10**6))
def test_gradients_of_the_deep_net_are_those_of_autograd(
    torch: Any, chosen: dict[str, Any], width: int, rows: int, seed: int
) -> None:
    """At the sums z and, as norms, at the signals h of every layer, relative to the largest of the network."""
    p = made(EXPLODING, chosen)
    W, x, top = drawn(p, width, rows, np.random.default_rng(seed))
    ours, a = EXPLODING.forward(p, W, x)
    norms, at_z = EXPLODING.backward(p, W, a, top)
    h, z = signals(torch, p, [torch.from_numpy(one) for one in W], torch.from_numpy(x))
    h[-1].backward(torch.from_numpy(top))
    theirs = np.stack([one.detach().numpy() for one in h])
    assert np.stack(ours) == pytest.approx(theirs, rel=1e-9, abs=1e-12 * np.abs(theirs).max())
    wanted = np.array([float(torch.linalg.norm(one.grad)) for one in h])
    assert norms == pytest.approx(wanted, rel=1e-9, abs=1e-300)
    for mine, one in zip(at_z, z, strict=True):
        assert mine == pytest.approx(one.grad.numpy(), rel=1e-9, abs=1e-12 * wanted.max())


@settings(max_examples=25, deadline=None)
@given(networks, st.floats(0.01, 10), st.floats(0.001, 0.1), st.integers(0, 10**6))
def test_the_clipped_step_is_that_of_torch(
    torch: Any, chosen: dict[str, Any], clip_norm: float, learning_rate: float, seed: int
) -> None:
    """clip_grad_norm_ scales all layers as one vector; SGD makes the step, with it and without."""
    p = made(EXPLODING, {**chosen, "clip_norm": clip_norm, "learning_rate": learning_rate})
    W, x, y = drawn(p, 8, 8, np.random.default_rng(seed))
    h, a = EXPLODING.forward(p, W, x)
    p = made(EXPLODING, {**chosen, "clip_norm": clip_norm, "learning_rate": learning_rate, "batch": 8})
    found = EXPLODING.one_step(p, W, h, a, y)
    for clipped in (False, True):
        weights = [torch.from_numpy(one.copy()).requires_grad_() for one in W]

        def loss(weights: list[Any] = weights) -> Any:
            top = signals(torch, p, weights, torch.from_numpy(x.copy()))[0][-1]
            return ((top - torch.from_numpy(y)) ** 2).sum() / (2 * p.batch)

        before = loss()
        before.backward()
        length = torch.nn.utils.clip_grad_norm_(weights, clip_norm if clipped else 1e300)
        assert found["gradient_length"] == pytest.approx(float(length), rel=1e-9)
        torch.optim.SGD(weights, lr=learning_rate).step()
        after = loss().item()
        assert found["loss_before"] == pytest.approx(before.item(), rel=1e-9)
        if np.isfinite(after) and after < 1e100:
            name = "loss_clipped" if clipped else "loss_unclipped"
            assert found[name] == pytest.approx(after, rel=1e-5)  # clip_grad_norm_ adds 1e-6 to the norm
