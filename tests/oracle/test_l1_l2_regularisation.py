"""The penalties' gradients, and the weights that they lead to, against autograd and torch.optim."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made

pytestmark = pytest.mark.slow

PENALTIES = load("l1_l2_regularisation")

strengths = st.floats(0.001, 10)
rates = st.floats(0.001, 0.05)
own_weights = st.lists(st.floats(-100, 100), min_size=1, max_size=8)


def gradient(torch: Any, penalty: Any, w: Any) -> Any:
    """Autograd's gradient of a function of the weights."""
    leaf = torch.tensor(np.array(w, dtype=float), requires_grad=True)
    penalty(leaf).backward()
    return leaf.grad.numpy()


def loss_gradient(torch: Any, X: Any, y: Any, w: Any) -> Any:
    """That of |y - X w|^2 / (2 n)."""
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    return gradient(torch, lambda leaf: ((y - X @ leaf) ** 2).sum() / (2 * len(y)), w)


@settings(max_examples=40, deadline=None)
@given(own_weights, strengths, rates)
def test_one_step_of_a_penalty_goes_along_its_gradient(
    torch: Any, weights: list[float], strength: float, rate: float
) -> None:
    """L2 always; L1 where the step does not pass 0, and everywhere it is PyTorch's soft shrinkage."""
    p = made(PENALTIES, {"weights": weights, "strength": strength, "learning_rate": rate})
    l1, l2 = PENALTIES.decay(p, 1)[1]
    w = np.array(weights)
    assert l2 == pytest.approx(w - rate * strength * gradient(torch, lambda v: (v * v).sum(), w), rel=1e-12, abs=1e-12)
    far = np.abs(w) > rate * strength
    straight = w - rate * strength * gradient(torch, lambda v: v.abs().sum(), w)
    assert l1[far] == pytest.approx(straight[far], rel=1e-12, abs=1e-12)
    shrunk = torch.nn.functional.softshrink(torch.from_numpy(w), rate * strength).numpy()
    assert l1 == pytest.approx(shrunk, rel=1e-12, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(own_weights)
def test_the_sizes_of_the_penalties_are_norms_of_torch(torch: Any, weights: list[float]) -> None:
    """Without a factor 1/2 before L2."""
    p, w = made(PENALTIES, {"weights": weights}), torch.tensor(weights)
    assert PENALTIES.l1_penalty(p) == pytest.approx(torch.linalg.norm(w, 1).item(), rel=1e-12)
    assert PENALTIES.l2_penalty(p) == pytest.approx((torch.linalg.norm(w, 2) ** 2).item(), rel=1e-12, abs=1e-300)


@settings(max_examples=25, deadline=None)
@given(
    samples=st.integers(20, 60),
    features=st.integers(2, 10),
    optimiser=st.sampled_from(["proximal", "coordinate"]),
    strength=st.floats(0.01, 10),
    seed=st.integers(0, 10**6),
)
def test_fitted_weights_are_stationary_for_autograd(
    torch: Any, samples: int, features: int, optimiser: str, strength: float, seed: int
) -> None:
    """Ridge: the gradient of loss and penalty is 0. Lasso: -lambda sign(w), and at most lambda where w is 0."""
    p = made(PENALTIES, {"samples": samples, "features": features})
    X, y = PENALTIES.draw(p, np.random.default_rng(seed))
    G, b, lam = X.T @ X / samples, X.T @ y / samples, np.array([strength])
    (ridge,), (lasso,) = (PENALTIES.SOLVERS[optimiser](G, b, lam, name) for name in ("l2", "l1"))
    pull = strength * gradient(torch, lambda w: (w * w).sum(), ridge)
    assert loss_gradient(torch, X, y, ridge) + pull == pytest.approx(np.zeros(features), abs=1e-8)
    slope = loss_gradient(torch, X, y, lasso)
    assert slope[lasso != 0] == pytest.approx(-strength * np.sign(lasso[lasso != 0]), abs=1e-8)
    assert np.abs(slope[lasso == 0]).max(initial=0) <= strength + 1e-8


@settings(max_examples=3, deadline=None)
@given(strength=st.floats(0.01, 1), rate=st.floats(0.005, 0.05), seed=st.integers(0, 10**6))
def test_a_penalty_with_momentum_is_the_weight_decay_of_torch_sgd(
    torch: Any, strength: float, rate: float, seed: int
) -> None:
    """3000 steps of torch.optim.SGD, whose weight_decay is 2 lambda and belongs to the gradient."""
    p = made(PENALTIES, {"features": 4})
    X, y = PENALTIES.draw(p, np.random.default_rng(seed))
    G, b = X.T @ X / len(y), X.T @ y / len(y)
    inside, _ = PENALTIES.heavy_ball(G, b, rate, strength)
    w = torch.zeros(4, requires_grad=True)
    descent = torch.optim.SGD([w], lr=rate, momentum=PENALTIES.MOMENTUM, weight_decay=2 * strength)
    gram, moment = torch.from_numpy(G), torch.from_numpy(b)
    for _ in range(3000):
        w.grad = gram @ w.detach() - moment
        descent.step()
    assert inside == pytest.approx(w.detach().numpy(), rel=1e-9, abs=1e-12)
