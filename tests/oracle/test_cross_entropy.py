"""The three losses and their gradients against PyTorch's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made, outcome

pytestmark = pytest.mark.slow

CROSS = load("cross_entropy")
LOSSES = ["cross_entropy", "binary_cross_entropy", "squared_error_on_sigmoid"]


def of_torch(torch: Any, loss: str, z: Any, y: Any) -> Any:
    """PyTorch's loss of logits (..., K), summed over rows and classes."""
    functional = torch.nn.functional
    match loss:
        case "cross_entropy":
            return functional.cross_entropy(z.reshape(-1, z.shape[-1]), y.reshape(-1, z.shape[-1]), reduction="sum")
        case "binary_cross_entropy":
            return functional.binary_cross_entropy_with_logits(z, y, reduction="sum")
    return functional.mse_loss(torch.sigmoid(z), y, reduction="sum")


@st.composite
def questions(draw: Any) -> dict[str, Any]:
    """Logits with a target for each; they may be soft, and need not sum to 1."""
    size = draw(st.sampled_from([3.0, 30.0, 800.0]))
    logits = draw(st.lists(st.floats(-size, size), min_size=1, max_size=8))
    target = draw(st.lists(st.floats(0, 1), min_size=len(logits), max_size=len(logits)))
    return {"logits": logits, "target": target}


@settings(max_examples=60, deadline=None)
@given(questions(), st.sampled_from(LOSSES))
def test_loss_and_gradient_are_those_of_torch(torch: Any, chosen: dict[str, Any], loss: str) -> None:
    """Whatever the target, and with logits at which an exponential would overflow."""
    values, _ = outcome(CROSS, **chosen, loss=loss)
    z = torch.tensor(chosen["logits"], requires_grad=True)
    found = of_torch(torch, loss, z, torch.tensor(chosen["target"]))
    found.backward()
    assert values["loss"] == pytest.approx(found.item(), rel=1e-12, abs=1e-12)
    assert values["gradient"] == pytest.approx(z.grad.numpy(), rel=1e-9, abs=1e-12)
    assert values["gradients"][LOSSES.index(loss)] == pytest.approx(z.grad.numpy(), rel=1e-9, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=2, max_size=8), st.integers(0, 7))
def test_the_keys_are_those_of_torch(torch: Any, logits: list[float], wanted: int) -> None:
    """Closed forms for a card: loss, gradient and predictions of a one-hot target."""
    wanted %= len(logits)
    target = [float(k == wanted) for k in range(len(logits))]
    for loss in LOSSES:
        at = made(CROSS, {"logits": logits, "target": target, "loss": loss})
        z = torch.tensor(logits, requires_grad=True)
        found = of_torch(torch, loss, z, torch.tensor(target))
        found.backward()
        predicted = torch.softmax(z, 0) if loss == "cross_entropy" else torch.sigmoid(z)
        assert CROSS.loss(at) == pytest.approx(found.item(), rel=1e-10, abs=1e-10)
        assert CROSS.gradient(at) == pytest.approx(z.grad.numpy(), rel=1e-10, abs=1e-12)
        assert CROSS.predictions(at) == pytest.approx(predicted.detach().numpy(), rel=1e-10, abs=1e-300)
        if loss == "cross_entropy":  # a class number is the other way to say the target
            by_class = torch.nn.functional.cross_entropy(z.detach()[None], torch.tensor([wanted])).item()
            assert CROSS.loss(at) == pytest.approx(by_class, rel=1e-10, abs=1e-10)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 10**6))
def test_losses_of_many_rows_are_those_of_torch(torch: Any, rows: int, classes: int, seed: int) -> None:
    """Over a leading axis."""
    rng = np.random.default_rng(seed)
    Z, Y = rng.normal(0, 5, (rows, classes)), rng.dirichlet(np.ones(classes), rows)
    for loss in LOSSES:
        found = of_torch(torch, loss, torch.from_numpy(Z), torch.from_numpy(Y)).item()
        assert CROSS.LOSSES[loss](Z, Y).sum() == pytest.approx(found, rel=1e-12, abs=1e-12)
