"""Recurrent cells against torch.nn: states after several steps, and the gradients of all weights and inputs.

Torch has two biases a gate, of which one is set to 0, and its weights are (gates x H, D). Its GRU resets after the
recurrent weights instead of before: both agree where these are diagonal; for others autograd runs the published form.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load

pytestmark = pytest.mark.slow

GATES = load("recurrent_gates")
sizes = st.tuples(st.integers(1, 6), st.integers(1, 5), st.integers(1, 8), st.integers(1, 6))  # T, B, H, D
several = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def drawn(cell: str, size: tuple[int, int, int, int], seed: int) -> tuple[Any, ...]:
    """Inputs, first state, weights, and the gradient at the last h."""
    T, B, H, D = size
    rng, columns = np.random.default_rng(seed), GATES.CELLS[cell][0] * H
    X, state = rng.normal(size=(T, B, D)), tuple(rng.normal(size=(2 if cell == "lstm" else 1, B, H)))
    return (
        X,
        state,
        rng.normal(size=(D, columns)),
        rng.normal(size=(H, columns)),
        rng.normal(size=columns),
        rng.normal(size=(B, H)),
    )


def ours(cell: str, X: Any, state: Any, W: Any, U: Any, b: Any, top: Any) -> dict[str, Any]:
    """The last state, and the gradients of sum(top h_T)."""
    states, kept = GATES.unroll(cell, X @ W + b, state, U)
    g, du = (top, 0 * top)[: len(state)], []
    for one in kept[::-1]:
        back, g = GATES.CELLS[cell][2](g, one, U)
        du.append(back)
    D, h = np.array(du[::-1]), np.array([one[0] for one in states[:-1]])
    dU = (h.swapaxes(1, 2) @ D).sum(axis=0)
    if cell == "gru":  # the candidate sees r h
        H = len(U)
        reset = np.array([r * old for old, r, _, _ in kept])
        dU[:, 2 * H :] = (reset.swapaxes(1, 2) @ D[..., 2 * H :]).sum(axis=0)
    found = {
        "h": states[-1][0],
        "X": D @ W.T,
        "W": (X.swapaxes(1, 2) @ D).sum(axis=0),
        "U": dU,
        "b": D.sum(axis=(0, 1)),
    }
    return found | {f"state {k}": one for k, one in enumerate(g)}


def torch_module(torch: Any, cell: str, X: Any, state: Any, W: Any, U: Any, b: Any, top: Any) -> dict[str, Any]:
    """The same by torch.nn.RNN, LSTM or GRU."""
    module = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](W.shape[0], U.shape[0])
    for name, one in (("weight_ih_l0", W.T), ("weight_hh_l0", U.T), ("bias_ih_l0", b), ("bias_hh_l0", 0 * b)):
        getattr(module, name).data = torch.tensor(np.ascontiguousarray(one))
    inputs = torch.tensor(X, requires_grad=True)
    start = [torch.tensor(one[None], requires_grad=True) for one in state]
    outputs, _ = module(inputs, tuple(start) if cell == "lstm" else start[0])
    (outputs[-1] * torch.tensor(top)).sum().backward()
    found = {
        "h": outputs[-1].detach(),
        "X": inputs.grad,
        "W": module.weight_ih_l0.grad.T,
        "U": module.weight_hh_l0.grad.T,
        "b": module.bias_ih_l0.grad,
    }
    found |= {f"state {k}": one.grad[0] for k, one in enumerate(start)}
    return {name: one.numpy() for name, one in found.items()}


def compare(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """All parts, relative to the largest number of each."""
    assert found.keys() == wanted.keys()
    for name, one in wanted.items():
        assert found[name] == pytest.approx(one, rel=1e-9, abs=1e-10 * (1 + float(np.abs(one).max()))), name


@several
@given(st.sampled_from(["rnn", "lstm"]), sizes, st.integers(0, 10**6))
def test_rnn_and_lstm_are_those_of_torch(torch: Any, cell: str, size: tuple[int, int, int, int], seed: int) -> None:
    """States and all gradients, through time."""
    given_ = drawn(cell, size, seed)
    compare(ours(cell, *given_), torch_module(torch, cell, *given_))


@several
@given(sizes, st.integers(0, 10**6))
def test_the_gru_is_that_of_torch_with_diagonal_weights(torch: Any, size: tuple[int, int, int, int], seed: int) -> None:
    """Where the order of reset gate and recurrent weights makes no difference; those of the gates are full."""
    X, state, W, U, b, top = drawn("gru", size, seed)
    H = size[2]
    U[:, 2 * H :] *= np.eye(H)
    found, wanted = ours("gru", X, state, W, U, b, top), torch_module(torch, "gru", X, state, W, U, b, top)
    for one in (found, wanted):  # off the diagonal the two orders have different gradients
        one["U"][:, 2 * H :] *= np.eye(H)
    compare(found, wanted)


@several
@given(sizes, st.integers(0, 10**6))
def test_gradients_of_the_published_gru_are_those_of_autograd(
    torch: Any, size: tuple[int, int, int, int], seed: int
) -> None:
    """Cho et al.: the reset gate acts before the recurrent weights, whatever these are."""
    X, state, W, U, b, top = drawn("gru", size, seed)
    H = size[2]
    leaves = [torch.tensor(one, requires_grad=True) for one in (X, W, U, b, state[0])]
    x, w, recurrent, bias, h = leaves
    for one in x:
        u = one @ w + bias
        r, z = (torch.sigmoid(u + h @ recurrent[:, :])[:, k * H : (k + 1) * H] for k in (0, 1))
        n = torch.tanh(u[:, 2 * H :] + (r * h) @ recurrent[:, 2 * H :])
        h = z * h + (1 - z) * n
    (h * torch.tensor(top)).sum().backward()
    slopes = {name: one.grad.numpy() for name, one in zip(("X", "W", "U", "b", "state 0"), leaves, strict=True)}
    compare(ours("gru", X, state, W, U, b, top), {"h": h.detach().numpy()} | slopes)


@pytest.mark.parametrize(("cell", "gates"), [("rnn", 1), ("gru", 3), ("lstm", 4)])
def test_parameter_counts_are_those_of_torch_with_one_bias(torch: Any, cell: str, gates: int) -> None:
    """Torch counts a second bias of each gate."""
    module = {"rnn": torch.nn.RNNCell, "lstm": torch.nn.LSTMCell, "gru": torch.nn.GRUCell}[cell](32, 64)
    total = sum(one.numel() for one in module.parameters())
    assert total - gates * 64 == GATES.parameter_count(GATES.Parameters(cell=cell))
