"""Softmax, entropy, and the fitted temperature against PyTorch's softmax, distributions and autograd."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made

pytestmark = pytest.mark.slow

SOFTMAX = load("softmax_output")

vectors = st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=12)
temperatures = st.floats(0.05, 100)


@settings(max_examples=50, deadline=None)
@given(vectors, temperatures)
def test_probabilities_and_entropy_are_those_of_torch(torch: Any, logits: list[float], temperature: float) -> None:
    """Measured and key, at logits at which an exponential would overflow."""
    z = torch.tensor(logits) / temperature
    wanted = torch.softmax(z, 0)
    at = made(SOFTMAX, {"logits": logits, "temperature": temperature})
    looked = SOFTMAX.look(at).values
    assert looked["probabilities"] == pytest.approx(wanted.numpy(), rel=1e-8, abs=1e-300)
    assert SOFTMAX.probabilities(at) == pytest.approx(wanted.numpy(), rel=1e-8, abs=1e-300)
    entropy = torch.distributions.Categorical(logits=z).entropy().item()
    assert looked["entropy"] == pytest.approx(entropy, rel=1e-8, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-20, 20), min_size=2, max_size=8), st.floats(0.2, 10))
def test_the_jacobian_of_the_docstring_is_that_of_autograd(torch: Any, logits: list[float], temperature: float) -> None:
    """dp_i / dz_k = p_i (1[i = k] - p_k) / T, of the simulation's probabilities."""
    p = SOFTMAX.softmax(np.array(logits), temperature)
    wanted = torch.autograd.functional.jacobian(lambda z: torch.softmax(z / temperature, 0), torch.tensor(logits))
    assert (np.diag(p) - np.outer(p, p)) / temperature == pytest.approx(wanted.numpy(), rel=1e-9, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 10), st.floats(0.3, 5), st.integers(0, 10**6))
def test_the_fitted_temperature_is_the_best(torch: Any, classes: int, factor: float, seed: int) -> None:
    """Autograd's slope of the mean negative log-likelihood is 0 there, falling before it and rising after it."""
    rng = np.random.default_rng(seed)
    Z = rng.normal(0, 2, (1000, classes))
    labels = (Z + rng.gumbel(size=Z.shape)).argmax(axis=1)
    fitted = SOFTMAX.best_temperature(factor * Z, labels)

    def slope(temperature: float) -> float:
        T = torch.tensor(temperature, requires_grad=True)
        torch.nn.functional.cross_entropy(torch.from_numpy(factor * Z) / T, torch.from_numpy(labels)).backward()
        return float(T.grad) * temperature

    assert slope(fitted) == pytest.approx(0, abs=1e-7)
    assert slope(0.9 * fitted) < 0 < slope(1.1 * fitted)
