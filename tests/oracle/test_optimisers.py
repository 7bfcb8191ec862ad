"""The optimisers beside those of torch.optim, whose conventions are the same, but for lambda: its decay is 2 lambda."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made

OPTIMISERS = load("optimisers")

pytestmark = pytest.mark.slow

shares = st.sampled_from([0.0, 0.5, 0.9, 0.99])


def of_torch(torch: Any, at: Any, w: Any) -> Any:
    """Its optimiser with the same parameters."""
    decay, lr = 2 * at.weight_decay, at.learning_rate
    match at.optimiser:
        case "sgd":
            return torch.optim.SGD([w], lr, weight_decay=decay)
        case "momentum" | "nesterov":
            ahead = at.optimiser == "nesterov"
            return torch.optim.SGD([w], lr, momentum=at.beta1, nesterov=ahead, weight_decay=decay)
        case "adagrad":
            return torch.optim.Adagrad([w], lr, eps=at.epsilon, weight_decay=decay)
        case "adadelta":
            return torch.optim.Adadelta([w], 1.0, rho=at.rho, eps=at.epsilon, weight_decay=decay)
        case "rmsprop":
            return torch.optim.RMSprop([w], lr, alpha=at.rho, eps=at.epsilon, weight_decay=decay)
    kind = torch.optim.AdamW if at.optimiser == "adamw" else torch.optim.Adam
    return kind([w], lr, betas=(at.beta1, at.beta2), eps=at.epsilon, weight_decay=decay)


@pytest.mark.parametrize("name", OPTIMISERS.OPTIMISERS)
@settings(max_examples=25, deadline=None)
@given(
    lr=st.floats(0.0001, 0.02),
    beta1=shares.filter(bool),
    beta2=shares,
    rho=shares,
    epsilon=st.sampled_from([1e-10, 1e-6, 0.01]),
    weight_decay=st.sampled_from([0.0, 0.01, 0.5]),
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    seed=st.integers(0, 1000),
)
def test_paths_are_those_of_pytorch(
    torch: Any,
    name: str,
    lr: float,
    beta1: float,
    beta2: float,
    rho: float,
    epsilon: float,
    weight_decay: float,
    shape: list[int],
    seed: int,
) -> None:
    """30 steps with the gradient of a random quartic bowl, by PyTorch's own differentiation, within 1e-9."""
    hyper = {"learning_rate": lr, "beta1": beta1, "beta2": beta2, "rho": rho, "epsilon": epsilon}
    at = made(OPTIMISERS, {"optimiser": name, "weight_decay": weight_decay, **hyper})
    rng = np.random.default_rng(seed)
    start, curvature = rng.normal(size=shape), rng.uniform(0.1, 2, size=shape)
    w = torch.tensor(start, requires_grad=True)
    optimiser, wanted = of_torch(torch, at, w), [start]
    for _ in range(30):
        optimiser.zero_grad()
        (torch.tensor(curvature) * (w**2 / 2 + w**4 / 4)).sum().backward()
        optimiser.step()
        wanted.append(w.detach().numpy().copy())
    penalty, shrink = (0, at.shrink) if name == "adamw" else (2 * weight_decay, 1.0)
    path = OPTIMISERS.descend(
        OPTIMISERS.rule(name, lr, *at.hyper), lambda w, _: curvature * (w + w**3) + penalty * w, start, 30, shrink
    )[0]
    assert path == pytest.approx(np.array(wanted), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("problem", ["rotated", "rosenbrock"])
def test_gradients_are_those_of_pytorch(torch: Any, problem: str) -> None:
    """The landscape's gradient by automatic differentiation of its loss."""
    loss, slope, _ = OPTIMISERS.landscape(made(OPTIMISERS, {"problem": problem}))
    points = np.random.default_rng(1).normal(size=(50, 2))
    w = torch.tensor(points, requires_grad=True)
    if problem == "rosenbrock":
        total = loss(w).sum()
    else:
        H = torch.tensor(slope(np.eye(2)))
        total = 0.5 * ((w @ H) * w).sum()
    total.backward()
    assert slope(points) == pytest.approx(w.grad.numpy(), rel=1e-12, abs=1e-12)
