"""mixup's loss against PyTorch's cross-entropy with soft targets, its gradients and its Beta law."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation.network import Weights, cross_entropy, gradients, initial
from tests.simulations.loading import expected_here, load, made

pytestmark = pytest.mark.slow

MIX = load("mixup_cutmix")


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 1), st.floats(0.001, 0.6), st.floats(0.001, 0.39), st.integers(3, 10), st.data())
def test_the_key_of_the_loss_is_the_cross_entropy_with_a_soft_target(
    torch: Any, weight: float, p_a: float, p_b: float, classes: int, data: st.DataObject
) -> None:
    """From the logarithms of the prediction as logits; and both hard-label losses, mixed, give the same."""
    one = st.integers(0, classes - 1)
    sizes: dict[str, object] = {"classes": classes, "first_class": data.draw(one), "second_class": data.draw(one)}
    at = made(MIX, sizes | {"mixing_weight": weight, "predicted": [p_a, p_b]})
    keys, logits = expected_here(MIX, at), torch.log(torch.tensor(at.prediction))
    soft = torch.nn.functional.cross_entropy(logits, torch.tensor(keys["mixed_label"]))
    hard = [torch.nn.functional.cross_entropy(logits, torch.tensor(a)) for a in (at.first_class, at.second_class)]
    assert keys["loss"] == pytest.approx(float(soft), rel=1e-10)
    assert float(weight * hard[0] + (1 - weight) * hard[1]) == pytest.approx(float(soft), rel=1e-10)
    assert MIX.loss_of(at.prediction, keys["mixed_label"]) == pytest.approx(float(soft), rel=1e-10)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 8), st.integers(2, 12), st.integers(1, 16), st.floats(0.1, 4), st.integers(0, 999))
def test_a_training_step_on_mixed_labels_has_the_gradients_of_autograd(
    torch: Any, classes: int, features: int, batch: int, alpha: float, seed: int
) -> None:
    """Loss and all gradients of the network that the simulation trains, over random shapes and mixtures."""
    rng = np.random.default_rng(seed)
    theta, x = initial(rng, features, 5, classes), rng.normal(size=(batch, features))
    y, lam = np.eye(classes)[rng.integers(0, classes, batch)], rng.beta(alpha, alpha, (batch, 1))
    x, y = (lam * one + (1 - lam) * np.roll(one, 1, axis=0) for one in (x, y))
    W1, b1, W2, b2 = theirs = [torch.tensor(one, requires_grad=True) for one in theta]
    logits = torch.relu(torch.tensor(x) @ W1 + b1) @ W2 + b2
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(y))
    loss.backward()
    assert cross_entropy(logits.detach().numpy(), y) == pytest.approx(loss.item(), rel=1e-10)
    for ours, one in zip(gradients(Weights(*theta), x, y), theirs, strict=True):
        assert ours == pytest.approx(one.grad.numpy(), rel=1e-9, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.1, 4))
def test_the_variance_of_lambda_is_that_of_the_beta_distribution(torch: Any, alpha: float) -> None:
    """torch.distributions.Beta knows it in closed form."""
    wanted = torch.distributions.Beta(torch.tensor(alpha), torch.tensor(alpha)).variance
    assert expected_here(MIX, made(MIX, {"alpha": alpha}))["weight_variance"] == pytest.approx(float(wanted), rel=1e-12)
