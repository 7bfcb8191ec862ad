"""Double descent's solves against torch.linalg: the shortest solution and ridge, for every number of features."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load

pytestmark = pytest.mark.slow

DESCENT = load("double_descent")


def problem(n: int, features: int, trials: int, seed: int) -> tuple[Any, Any]:
    """F = X' of shape (trials, features, n) and y of shape (trials, n)."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((trials, features, n)), rng.standard_normal((trials, n))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 20), st.integers(1, 40), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_min_norm_is_that_of_an_svd(torch: Any, n: int, features: int, trials: int, seed: int) -> None:
    """torch.linalg.lstsq with gelsd, the shortest least-squares solution; off by the condition number squared."""
    features = max(features, n)
    F, y = problem(n, features, trials, seed)
    counts = np.arange(1, features + 1)
    for p, (w, _) in zip(counts.tolist(), DESCENT.sweep(F, y, counts, 1.0), strict=True):
        X = torch.tensor(F[:, :p]).mT
        wanted = torch.linalg.lstsq(X, torch.tensor(y)[..., None], driver="gelsd").solution[..., 0].numpy()
        condition = torch.linalg.cond(X).numpy()[:, None]
        scale = np.linalg.norm(wanted, axis=1, keepdims=True) + np.linalg.norm(y, axis=1, keepdims=True)
        assert (np.abs(w - wanted) <= 1e-13 * condition**2 * scale).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 20), st.integers(1, 40), st.floats(1e-3, 1e3), st.integers(0, 2**32 - 1))
def test_ridge_is_least_squares_with_more_rows(torch: Any, n: int, features: int, lam: float, seed: int) -> None:
    """The rows sqrt(lam) I with the targets 0, solved by torch.linalg.lstsq."""
    features = max(features, n)
    F, y = problem(n, features, 3, seed)
    counts = np.arange(1, features + 1)
    for p, (_, shrunk) in zip(counts.tolist(), DESCENT.sweep(F, y, counts, lam), strict=True):
        rows = torch.sqrt(torch.tensor(lam)) * torch.eye(p).expand(3, p, p)
        X = torch.cat([torch.tensor(F[:, :p]).mT, rows], dim=1)
        targets = torch.cat([torch.tensor(y), torch.zeros(3, p)], dim=1)[..., None]
        assert shrunk == pytest.approx(torch.linalg.lstsq(X, targets).solution[..., 0].numpy(), rel=1e-8, abs=1e-9)


def test_a_whole_default_sweep_agrees(torch: Any) -> None:
    """40 examples of 400 features: the min-norm weights are those of the pseudo-inverse."""
    F, y = problem(40, 400, 5, 0)
    counts = np.array([2, 10, 30, 38, 40, 42, 50, 100, 400])
    for p, (w, _) in zip(counts.tolist(), DESCENT.sweep(F, y, counts, 1.0), strict=True):
        wanted = (torch.linalg.pinv(torch.tensor(F[:, :p]).mT) @ torch.tensor(y)[..., None])[..., 0].numpy()
        assert w == pytest.approx(wanted, rel=1e-6, abs=1e-8)
