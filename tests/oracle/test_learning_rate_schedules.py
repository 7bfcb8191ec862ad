"""The schedules beside those of torch.optim.lr_scheduler, where both have the same convention."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made

SCHEDULES = load("learning_rate_schedules")

pytestmark = pytest.mark.slow


def scheduler(torch: Any, at: Any, optimiser: Any) -> Any:
    """PyTorch's schedule with the same parameters."""
    schedules, T = torch.optim.lr_scheduler, at.steps
    match at.kind:
        case "step":
            return schedules.StepLR(optimiser, at.period, at.factor)
        case "exponential":
            return schedules.ExponentialLR(optimiser, at.decay)
        case "inverse":
            return schedules.LambdaLR(optimiser, lambda t: 1 / (1 + at.base * t))
        case "cosine":
            return schedules.CosineAnnealingLR(optimiser, T, at.minimum)
        case "warm_up":
            return schedules.LinearLR(optimiser, 1 / at.warm_up, 1.0, max(at.warm_up - 1, 1))
        case "one_cycle":  # its phases end at share * total - 1 and total - 1; it ends at base / 25 / final_div_factor
            final = np.float64(at.base / 25) / at.minimum if at.minimum else np.inf
            return schedules.OneCycleLR(
                optimiser,
                at.base,
                total_steps=T + 1,
                pct_start=(at.summit + 1) / (T + 1),
                anneal_strategy="linear",
                cycle_momentum=False,
                final_div_factor=final,
            )
    return schedules.ConstantLR(optimiser, 1.0)


@pytest.mark.parametrize("kind", SCHEDULES.KINDS)
@settings(max_examples=25, deadline=None)
@given(
    base=st.floats(0.001, 1),
    share=st.sampled_from([0.0, 0.01, 0.3, 0.9]),
    steps=st.integers(2, 80),
    length=st.integers(1, 30),
    factor=st.floats(0.01, 1),
    decay=st.floats(0.5, 1),
    peak=st.floats(0.05, 0.95),
)
def test_rates_are_those_of_pytorch(
    torch: Any, kind: str, base: float, share: float, steps: int, length: int, factor: float, decay: float, peak: float
) -> None:
    """At the steps 0 .. T, within 1e-9 of the base: as a training loop meets them, a step of the optimiser between."""
    parameters: dict[str, Any] = {"kind": kind, "base": base, "minimum": share * base, "steps": steps, "step": 0}
    shape = {"period": length, "warm_up": length, "factor": factor, "decay": decay, "peak": peak}
    at = made(SCHEDULES, parameters | shape)
    w = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=base)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        schedule, rates = scheduler(torch, at, optimiser), []
        for t in range(steps + 1):
            rates.append(float(optimiser.param_groups[0]["lr"]))
            optimiser.step()
            if t < steps:
                schedule.step()
    assert SCHEDULES.step_by_step(at, kind) == pytest.approx(np.array(rates), rel=1e-9, abs=1e-9 * base)
