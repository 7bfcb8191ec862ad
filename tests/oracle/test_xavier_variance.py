"""The laws of the weights against torch.nn.init, and the signals and gradients against autograd."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made

pytestmark = pytest.mark.slow

XAVIER = load("xavier_variance")

fans = st.integers(4, 200)


def drawn_by(torch: Any, initialise: Any, n_in: int, n_out: int) -> Any:
    """A matrix (n_out, n_in), as PyTorch keeps it, from a fixed seed."""
    torch.manual_seed(0)
    return initialise(torch.empty(n_out, n_in))


@settings(max_examples=40, deadline=None)
@given(fans, fans)
def test_bounds_and_deviations_are_those_of_torch(torch: Any, n_in: int, n_out: int) -> None:
    """The same random numbers, once through torch.nn.init and once through our bound or standard deviation."""
    init = torch.nn.init
    theirs = {
        "glorot_uniform": init.xavier_uniform_,
        "glorot_normal": init.xavier_normal_,
        "he_normal": lambda W: init.kaiming_normal_(W, nonlinearity="relu"),
        "lecun_normal": lambda W: init.kaiming_normal_(W, nonlinearity="linear"),
        "fan_in_uniform": lambda W: init.kaiming_uniform_(W, a=math.sqrt(5)),  # what torch.nn.Linear begins with
    }
    for name, initialise in theirs.items():
        at = made(XAVIER, {"initialiser": name, "fan_in": n_in, "fan_out": n_out})
        if name.endswith("uniform"):
            a = XAVIER.weight_limit(at)
            ours = drawn_by(torch, lambda W, a=a: init.uniform_(W, -a, a), n_in, n_out)
        else:
            sigma = XAVIER.weight_standard_deviation(at)
            ours = drawn_by(torch, lambda W, sigma=sigma: init.normal_(W, 0, sigma), n_in, n_out)
        wanted = drawn_by(torch, initialise, n_in, n_out)
        assert np.allclose(ours.numpy(), wanted.numpy(), rtol=1e-12, atol=1e-15), name


def test_a_fresh_linear_layer_has_the_old_heuristic(torch: Any) -> None:
    """torch.nn.Linear draws its weights from +-1/sqrt(n_in), where a third of the mean square remains."""
    at = made(XAVIER, {"initialiser": "fan_in_uniform", "fan_in": 400, "fan_out": 500})
    torch.manual_seed(0)
    W = torch.nn.Linear(400, 500).weight.detach().numpy()
    limit = XAVIER.weight_limit(at)
    assert limit == pytest.approx(1 / 20)
    assert 0.999 * limit < np.abs(W).max() <= limit
    assert XAVIER.weight_variance(at) == pytest.approx(np.mean(W**2), rel=0.01)


@settings(max_examples=25, deadline=None)
@given(
    widths=st.lists(st.integers(2, 12), min_size=2, max_size=6),
    activation=st.sampled_from(["identity", "tanh", "relu"]),
    batch=st.integers(1, 8),
    seed=st.integers(0, 10**6),
)
def test_signals_and_gradients_are_those_of_autograd(
    torch: Any, widths: list[int], activation: str, batch: int, seed: int
) -> None:
    """Mean squares of h_l and of dL/dh_l, for a random gradient at the top."""
    rng = np.random.default_rng(seed)
    W = [rng.normal(0, (2 / n) ** 0.5, (n, m)) for n, m in pairwise(widths)]
    x, top = rng.normal(size=(batch, widths[0])), rng.normal(size=(batch, widths[-1]))
    signals, gradients = XAVIER.through(activation, W, x, top)
    act = {"identity": torch.clone, "tanh": torch.tanh, "relu": torch.relu}[activation]
    h = [torch.from_numpy(x).requires_grad_()]
    for weights in W:
        h.append(act(h[-1] @ torch.from_numpy(weights)))
        h[-1].retain_grad()
    h[-1].backward(torch.from_numpy(top))
    wanted = [[float(one.detach().square().mean()) for one in h], [float(one.grad.square().mean()) for one in h]]
    assert signals == pytest.approx(wanted[0], rel=1e-10, abs=1e-300)
    assert gradients == pytest.approx(wanted[1], rel=1e-10, abs=1e-300)
