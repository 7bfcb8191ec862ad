"""The network that reads digits against PyTorch: gradients of a batch, and an epoch with every optimiser."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulations.loading import load, made

pytestmark = pytest.mark.slow

DIGITS = load("digits_network")


def in_torch(torch: Any, theta: Any, activation: str) -> tuple[Any, Any]:
    """The same network as modules of PyTorch, with the optimiser's groups: weights, which decay, and biases."""
    act = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid, "identity": torch.nn.Identity}
    first, last = torch.nn.Linear(64, theta.b1.size), torch.nn.Linear(theta.b1.size, 10)
    net = torch.nn.Sequential(first, act[activation](), last)
    with torch.no_grad():
        for mine, one in ((theta.W1.T, first.weight), (theta.W2.T, last.weight), (theta.b1, first.bias)):
            one.copy_(torch.tensor(mine))
        last.bias.copy_(torch.tensor(theta.b2))
    return net, [[first.weight, last.weight], [first.bias, last.bias]]


def flat(groups: Any, gradient: bool) -> Any:
    """All parameters or their gradients in the order of the simulation's vector."""
    found = [(one.grad if gradient else one).detach().numpy() for group in groups for one in group]
    return np.concatenate([one.T.ravel() for one in found])


@settings(deadline=None, max_examples=25)
@given(st.integers(8, 256), st.sampled_from(sorted(DIGITS.ACTIVATIONS)), st.integers(1, 64), st.integers(0, 99))
def test_gradients_are_those_of_autograd(torch: Any, width: int, activation: str, batch: int, seed: int) -> None:
    """Of every parameter of a network with random biases, for a batch of any size."""
    at, rng = made(DIGITS, {"width": width, "activation": activation}), np.random.default_rng(seed)
    X, Y = (one[:batch] for one in DIGITS.split(at, rng)[0])
    theta, gradient = DIGITS.initial(at, rng), DIGITS.layers(at)
    theta.vector[-width - 10 :] = rng.normal(size=width + 10)
    DIGITS.backward(theta, X, Y, activation, None, gradient)
    net, groups = in_torch(torch, theta, activation)
    loss = torch.nn.functional.cross_entropy(net(torch.tensor(X)), torch.tensor(Y.argmax(axis=1)))
    loss.backward()
    assert -(Y * DIGITS.forward(theta, X, activation)[1]).sum() / batch == pytest.approx(loss.item(), rel=1e-12)
    assert gradient.vector == pytest.approx(flat(groups, True), rel=1e-9, abs=1e-14)


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from(["sgd", "momentum", "adam"]),
    st.floats(0.001, 0.05),
    st.sampled_from([0.0, 0.05]),
    st.integers(16, 1437),
    st.sampled_from(["relu", "tanh"]),
    st.integers(0, 99),
)
def test_one_epoch_is_that_of_torch(
    torch: Any, name: str, rate: float, decay: float, batch: int, activation: str, seed: int
) -> None:
    """SGD with a penalty, momentum without, and AdamW, where PyTorch's decay is 2 lambda: the same weights."""
    decay = 0.0 if name == "momentum" else decay  # PyTorch's SGD has no decoupled decay
    at = made(
        DIGITS,
        {"optimiser": name, "learning_rate": rate, "batch_size": batch, "epochs": 1, "width": 32}
        | {"weight_decay": decay, "activation": activation},
    )
    rng, same = np.random.default_rng(seed), np.random.default_rng(seed)
    training, _, test = DIGITS.split(at, rng)
    trained, history = DIGITS.train(at, training, test, rng, lambda _: None)

    X, Y = (torch.tensor(one) for one in DIGITS.split(at, same)[0])
    net, groups = in_torch(torch, DIGITS.initial(at, same), activation)
    options = [{"params": groups[0], "weight_decay": 2 * decay}, {"params": groups[1], "weight_decay": 0.0}]
    if name == "adam":
        optimiser = torch.optim.AdamW(options, lr=rate)
    else:
        optimiser = torch.optim.SGD(options, lr=rate, momentum=0.9 if name == "momentum" else 0.0)
    for rows in torch.tensor(same.permutation(len(X))).split(batch):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(net(X[rows]), Y[rows].argmax(dim=1)).backward()
        optimiser.step()
    # Adam divides by the size of the gradient: where that is nearly 0, a rounding error shows.
    assert trained.vector == pytest.approx(flat(groups, False), rel=1e-6, abs=1e-7)
    with torch.no_grad():
        loss = torch.nn.functional.cross_entropy(net(X), Y.argmax(dim=1)).item()
    assert history[1, 0, 0] == pytest.approx(loss, rel=1e-8)
