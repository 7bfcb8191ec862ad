"""Recurrent networks forget exponentially; gates keep a gradient alive where the forget gate stays near 1.

How long does a recurrent network remember? Its state h is updated at every step, here from u = x W + b:

    RNN    h' = tanh(u + h U)                                                  (Elman 1990)
    GRU    r, z = sigmoid(u + h U),   n = tanh(u + (r h) U),   h' = z h + (1 - z) n     (Cho et al. 2014, eq. 5-8)
    LSTM   i, f, o = sigmoid(u + h U),   g = tanh(u + h U),   c' = f c + i g,   h' = o tanh(c')   (Gers et al. 2000)

each gate with its own columns of W, U and b. Over T steps a gradient meets T Jacobians: it goes with rho^T if the RNN
is linear and U is rho times an orthogonal matrix, and so vanishes or explodes (Bengio et al. 1994). Along the cell c of
an LSTM the factor is the product of the forget gates, sigmoid(b)^T at a forget bias b. That is about 1/e at b = ln T,
so that a memory over T steps wants a forget bias of about ln T from the start (Tallec & Ollivier 2018).

A gate of 1 keeps and one of 0 forgets; the unit with two gates is a GRU, no GNU. Columns are in PyTorch's order: i, f,
g, o and r, z, n. There is one bias a gate (PyTorch has two), and the reset gate acts before U as in the paper (PyTorch:
after). Arrays are u (..., B, gates x H), h (..., B, H) and U (H, gates x H); leading axes count copies.

The latch: the first of 50 inputs is +-1, the label; the others are N(0, 1), noise. An LSTM with H = 16 learns it from
the last h by logistic regression: weights N(0, 1/(1 + H)), Adam with rate 0.01, 400 batches of 32, float32. With half
of the noise a bias of 1 learns it in most seeds, too, and a plain RNN can learn such latches: no law follows from it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studyapp.simulation import (
    Axis,
    Check,
    Figure,
    Line,
    Progress,
    Result,
    about,
    above,
    below,
    claim,
    expected,
    main,
    mistake,
    parameter,
)

TITLE = "Recurrent networks and their gates"
TOPIC = "Recurrence"

Array = NDArray[Any]
State = tuple[Array, ...]  # (h,), or (h, c) of an LSTM
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Parameters:
    """A recurrent cell, the time that it has to bridge, and the bias of its forget gate."""

    cell: str = parameter("lstm", choices=("rnn", "gru", "lstm"), help="whose parameters are counted")
    inputs: int = parameter(32, low=1, high=512, scale="log", help="D: numbers in one input")
    hidden: int = parameter(64, low=4, high=128, scale="log", help="H: units of the state")
    steps: int = parameter(100, low=1, high=200, help="T: steps to bridge")
    forget_bias: float = parameter(4.6, low=0.0, high=6.0, help="b of the forget gate")
    forget_gate: float = parameter(0.9, low=0.01, high=0.999, help="a constant forget gate f")
    half_life: int = parameter(10, low=1, high=1000, scale="log", help="steps in which half of the cell is to remain")
    spectral_radius: float = parameter(0.9, low=0.1, high=2.0, help="rho of the linear network")
    gain: float = parameter(1.0, low=0.1, high=3.0, help="recurrent weights are N(0, gain^2 / H)")
    latch: bool = parameter(False, help="train LSTMs on the latch, which takes seconds")


def rnn(u: Array, state: State, U: Array) -> tuple[State, Any]:
    """h' = tanh(u + h U); returned with what the way back needs, as by all cells."""
    new = np.tanh(u + state[0] @ U)
    return (new,), new


def rnn_back(g: State, new: Any, U: Array) -> tuple[Array, State]:
    """dL/du and the gradient at the old state, from that at the new one."""
    du = g[0] * (1 - new * new)
    return du, (du @ U.swapaxes(-1, -2),)


def gru(u: Array, state: State, U: Array) -> tuple[State, Any]:
    """The reset gate guards the way into the candidate, the update gate mixes old state and candidate."""
    (h,), H = state, U.shape[-2]
    rz = 0.5 + 0.5 * np.tanh(0.5 * (u[..., : 2 * H] + h @ U[..., : 2 * H]))  # sigmoid, without overflow
    r, z = rz[..., :H], rz[..., H:]
    n = np.tanh(u[..., 2 * H :] + (r * h) @ U[..., 2 * H :])
    return (z * h + (1 - z) * n,), (h, r, z, n)


def gru_back(g: State, kept: Any, U: Array) -> tuple[Array, State]:
    """The state reaches the next one directly, through the candidate, and through both gates."""
    (dh,), (h, r, z, n), H = g, kept, U.shape[-2]
    dn = dh * (1 - z) * (1 - n * n)
    reset = dn @ U[..., 2 * H :].swapaxes(-1, -2)  # at r h
    gates = np.concatenate([reset * h * r * (1 - r), dh * (h - n) * z * (1 - z)], axis=-1)
    return np.concatenate([gates, dn], axis=-1), (dh * z + reset * r + gates @ U[..., : 2 * H].swapaxes(-1, -2),)


def lstm(u: Array, state: State, U: Array) -> tuple[State, Any]:
    """Input and forget gate, candidate, output gate; the cell takes its share of the old and of the new."""
    (h, c), H = state, U.shape[-2]
    a = u + h @ U
    gates, g = 0.5 + 0.5 * np.tanh(0.5 * a), np.tanh(a[..., 2 * H : 3 * H])  # sigmoid, and tanh for the candidate
    i, f, o = gates[..., :H], gates[..., H : 2 * H], gates[..., 3 * H :]
    cell = f * c + i * g
    squashed = np.tanh(cell)
    return (o * squashed, cell), (c, i, f, g, o, squashed)


def lstm_back(gradient: State, kept: Any, U: Array) -> tuple[Array, State]:
    """Along the cell only the forget gate stands in the way."""
    (dh, dc), (c, i, f, g, o, squashed) = gradient, kept
    dc = dc + dh * o * (1 - squashed * squashed)
    gates = dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g * g), dh * squashed * o * (1 - o)
    du = np.concatenate(gates, axis=-1)
    return du, (du @ U.swapaxes(-1, -2), dc * f)


CELLS: dict[str, tuple[int, Callable[..., Any], Callable[..., Any]]] = {  # gates, candidate included; the two ways
    "rnn": (1, rnn, rnn_back),
    "gru": (3, gru, gru_back),
    "lstm": (4, lstm, lstm_back),
}


def unroll(cell: str, u: Array, state: State, U: Array) -> tuple[list[State], list[Any]]:
    """All states, the first included, and what the way back needs; u is (T, ..., B, gates x H)."""
    states, kept = [state], []
    for one in u:
        state, needed = CELLS[cell][1](one, state, U)
        states.append(state)
        kept.append(needed)
    return states, kept


def jacobians(cell: str, u: Array, state: State, U: Array) -> tuple[Array, Array]:
    """Root mean square size (T + 1,) of a unit gradient at the last h (or c) after every lag; d last / d first."""
    kept = unroll(cell, u, state, U)[1]
    g = (0 * U[:, : len(U)], np.eye(len(U)))[-len(state) :]
    sizes = [1.0]
    for needed in kept[::-1]:
        g = CELLS[cell][2](g, needed, U)[1]
        sizes.append(math.sqrt(sum((part * part).sum() for part in g) / len(U)))
    return np.array(sizes), g[-1]


def by_equations(cell: str, x: list[float], state: list[list[float]], W: Any, U: Any, b: Any) -> list[list[float]]:
    """One step, unit by unit from the published equations, without any of the above; all are nested lists."""
    h, units = state[0], range(len(state[0]))

    def total(gate: int, j: int, h: list[float]) -> float:
        column = gate * len(h) + j
        drive = sum(x[i] * W[i][column] for i in range(len(x)))
        return float(drive + sum(h[i] * U[i][column] for i in units) + b[column])

    if cell == "rnn":
        return [[math.tanh(total(0, j, h)) for j in units]]
    if cell == "gru":
        r, z = ([1 / (1 + math.exp(-total(gate, j, h))) for j in units] for gate in (0, 1))
        reset = [r[j] * h[j] for j in units]
        return [[z[j] * h[j] + (1 - z[j]) * math.tanh(total(2, j, reset)) for j in units]]
    i, f, o = ([1 / (1 + math.exp(-total(gate, j, h))) for j in units] for gate in (0, 1, 3))
    c = [f[j] * state[1][j] + i[j] * math.tanh(total(2, j, h)) for j in units]
    return [[o[j] * math.tanh(c[j]) for j in units], c]


def difference_from_equations(cell: str, rng: np.random.Generator) -> float:
    """Of five steps of a small network."""
    columns = 4 * CELLS[cell][0]
    W, U, b, X = (rng.normal(size=shape) for shape in ((3, columns), (4, columns), columns, (5, 3)))
    state: State = (np.zeros(4),) * (2 if cell == "lstm" else 1)
    plain, worst = [one.tolist() for one in state], 0.0
    for x in X:
        state = CELLS[cell][1](x @ W + b, state, U)[0]
        plain = by_equations(cell, x.tolist(), plain, W.tolist(), U.tolist(), b.tolist())
        worst = max(worst, float(np.abs(np.array(state) - plain).max()))
    return worst


def latch_slopes(V: Array, r: Array, x: Array, y: Array) -> tuple[Array, tuple[Array, Array]]:
    """The logits (copies, B, 1) of inputs x (T, 1, B, 1), and the gradients at V and r of the mean cross-entropy.

    V (copies, 2 + H, 4 H) stacks b, W and U, since u + h U = (1, x, h) V; r is the read-out, labels are y (1, B, 1).
    """
    zeros = np.zeros((len(V), y.size, V.shape[1] - 2), dtype=V.dtype)
    states, kept = unroll("lstm", V[:, :1] + x * V[:, 1:2], (zeros, zeros), V[:, 2:])
    seen = np.zeros((len(states), len(V), y.size, V.shape[1]), dtype=V.dtype)
    seen[..., 0], seen[:-1, ..., 1:2], seen[..., 2:] = 1, x, [h for h, _ in states]
    z = seen[-1] @ r
    error = (0.5 + 0.5 * np.tanh(0.5 * z) - y) / y.size
    g: State = error @ r[:, 2:].swapaxes(-1, -2), zeros
    du = [error] * len(x)
    for t in range(len(x))[::-1]:
        du[t], g = lstm_back(g, kept[t], V[:, 2:])
    return z, ((seen[:-1].swapaxes(-1, -2) @ np.array(du)).sum(axis=0), seen[-1].swapaxes(-1, -2) @ error)


def train_latches(biases: tuple[float, ...], rng: np.random.Generator, progress: Progress) -> tuple[Array, Array]:
    """Accuracies in the test (biases,) and in training (400, biases), all from the same start with the same data."""
    H, T, copies = 16, 50, len(biases)
    V, r = (rng.normal(0, (1 + H) ** -0.5, (2 + H, n)).astype(np.float32) for n in (4 * H, 1))
    V[0], r[:2] = 0, 0
    V, r = np.tile(V, (copies, 1, 1)), np.tile(r, (copies, 1, 1))
    V[:, 0, H : 2 * H] = np.array(biases)[:, None]
    moments = [(0 * one, 0 * one) for one in (V, r)]

    def sequences(count: int) -> tuple[Array, Array]:
        x = rng.normal(size=(T, 1, count, 1))
        x[0] = rng.integers(0, 2, size=(1, count, 1)) * 2 - 1
        return x.astype(np.float32), x[0] > 0

    history = np.empty((400, copies))
    for step in range(400):
        x, y = sequences(32)
        z, slopes = latch_slopes(V, r, x, y)
        history[step] = ((z > 0) == y).mean(axis=(1, 2))
        for weights, slope, (m, v) in zip((V, r), slopes, moments, strict=True):  # Adam (Kingma & Ba 2015)
            m += 0.1 * (slope - m)
            v += 0.001 * (slope * slope - v)
            weights -= 0.01 * m / (1 - 0.9 ** (step + 1)) / (np.sqrt(v / (1 - 0.999 ** (step + 1))) + 1e-8)
        progress(step / 400)
    x, y = sequences(1000)
    return ((latch_slopes(V, r, x, y)[0] > 0) == y).mean(axis=(1, 2)), history


def run(parameters: Parameters, rng: np.random.Generator, progress: Progress) -> Result:
    """Send gradients back through time, check the cells against their equations, count, and train on request."""
    H, T = parameters.hidden, parameters.steps
    Q, start = np.linalg.qr(rng.normal(size=(H, H)))[0], rng.normal(size=H)
    g = start @ np.linalg.matrix_power(parameters.spectral_radius * Q.T, T)
    logit = math.log(parameters.forget_gate / (1 - parameters.forget_gate))
    bias = np.tile([0, 0, parameters.forget_bias, logit, 0, 0, 0, 0], (T, 1, 1))  # two units, a forget gate for each
    alone = jacobians("lstm", bias, (np.zeros((1, 2)), rng.normal(size=(1, 2))), np.zeros((2, 8)))[1]
    h, found = rng.normal(size=(1, H)), []
    for cell, drive in (("rnn", 1), ("rnn", 0), ("gru", 1), ("lstm", 1)):
        columns = CELLS[cell][0] * H
        U, u = rng.normal(0, parameters.gain / H**0.5, (H, columns)), drive * rng.normal(size=(T, 1, columns))
        u[..., H : 2 * H] += parameters.forget_bias * (cell == "lstm")
        found.append(jacobians(cell, u, (h, 0 * h)[: 2 if cell == "lstm" else 1], U))
    sizes, J = zip(*found, strict=True)
    low, high = -1.0, 20.0
    for _ in range(60):  # bisection
        middle = (low + high) / 2
        low, high = (middle, high) if (1 + math.exp(-middle)) ** -parameters.half_life < 0.5 else (low, middle)
    counts = {name: np.empty((parameters.inputs + H + 1, gates * H)).size for name, (gates, *_) in CELLS.items()}
    values: dict[str, Any] = {
        "linear_gradient": math.hypot(*g) / math.hypot(*start),
        "cell_retention": alone[0, 0],
        "kept_by_gate": alone[1, 1],
        "bias_for_half_life": middle,
        "parameter_count": counts[parameters.cell],
        "parameter_counts": list(counts.values()),  # RNN, GRU, LSTM
        "differences_from_equations": [difference_from_equations(cell, rng) for cell in CELLS],
        "driven_norm": np.linalg.norm(J[0], 2),  # the largest singular value of dh_T/dh_0 of the RNN
        "undriven_norm": np.linalg.norm(J[1], 2),
        "gradient_sizes": np.array(sizes),  # over lags: RNN, RNN without inputs, GRU, LSTM
    }
    figures = draw(parameters, sizes)
    if parameters.latch:
        values["latch_accuracies"], history = train_latches((math.log(50), 1.0), rng, progress)
        blocks = history.reshape(20, 20, 2).mean(axis=1).T
        lines = [Line(np.arange(10, 400, 20), one, name) for one, name in zip(blocks, ("ln 50", "1"), strict=True)]
        figures += (Figure("The latch, by forget bias", Axis("training step"), Axis("accuracy"), lines),)
    return Result(values, figures)


def draw(parameters: Parameters, sizes: tuple[Array, ...]) -> tuple[Figure, ...]:
    """Gradients over the lag, and what a cell keeps."""
    lags, b = np.arange(parameters.steps + 1), parameters.forget_bias
    names = "RNN", "RNN, no input", "GRU", f"LSTM, b = {b:g}"
    lines = [Line(lags, np.maximum(one, 1e-40), name) for one, name in zip(sizes, names, strict=True)]
    kept = [Line(lags, (1 + math.exp(-one)) ** -lags.astype(float), f"b = {one:g}") for one in sorted({0, 1, 2, b})]
    through = Figure("Gradient through time", Axis("lag in steps"), Axis("norm", "log"), lines)
    return through, Figure("What the cell keeps", Axis("step t"), Axis("sigmoid(b)^t", "log"), kept)


# --- what a card may ask, and what goes wrong ---------------------------------------------------------------------


@expected("gradient over the steps of the linear RNN, relative to that at the end")
def linear_gradient(parameters: Parameters) -> float:
    return parameters.spectral_radius**parameters.steps


@expected("share of the cell that an LSTM without weights keeps over the steps, at this forget bias")
def cell_retention(parameters: Parameters) -> float:
    return math.exp(-parameters.steps * math.log1p(math.exp(-parameters.forget_bias)))


@expected("share of the cell that is kept over the steps, at this forget gate")
def kept_by_gate(parameters: Parameters) -> float:
    return parameters.forget_gate**parameters.steps


@expected("forget bias at which half of the cell remains after the half-life")
def bias_for_half_life(parameters: Parameters) -> float:
    return -math.log(math.expm1(math.log(2) / parameters.half_life))


@expected("weights and biases of the cell, one bias a gate")
def parameter_count(parameters: Parameters) -> int:
    return CELLS[parameters.cell][0] * parameters.hidden * (parameters.inputs + parameters.hidden + 1)


@mistake("cell_retention", "one thinks that an LSTM has no vanishing gradient at any bias")
def never_vanishes(parameters: Parameters) -> float:
    return 1.0


@mistake("cell_retention", "one takes the bias for the gate")
def bias_for_gate(parameters: Parameters) -> float:
    return parameters.forget_bias**parameters.steps


@mistake("kept_by_gate", "one thinks that a forget gate of 0 keeps the memory, and 1 erases it")
def zero_keeps(parameters: Parameters) -> float:
    return float((1 - parameters.forget_gate) ** parameters.steps)


@mistake("bias_for_half_life", "one takes ln T, at which 1/e remains")
def rule_of_log_steps(parameters: Parameters) -> float:
    return math.log(parameters.half_life)


@mistake("parameter_count", "one takes a GRU to have four gates like an LSTM, an LSTM three, or an RNN any")
def gates_of_another_cell(parameters: Parameters) -> int:
    return (3 if parameters.cell == "lstm" else 4) * parameter_count(parameters) // CELLS[parameters.cell][0]


@mistake("parameter_count", "one forgets the recurrent weights, from state to state")
def without_recurrent_weights(parameters: Parameters) -> int:
    return CELLS[parameters.cell][0] * parameters.hidden * (parameters.inputs + 1)


# --- claims -------------------------------------------------------------------------------------------------------


WITH_THE_LATCH: dict[str, Any] = {"applies": lambda at: at.latch, "domain": "latch", "at": {"latch": True}}


@claim(1, "the gradient of a linear RNN with U = rho x orthogonal goes with rho^T, 1e-8")
def linear_power(parameters: Parameters, values: Values) -> Check:
    return about(values["linear_gradient"], linear_gradient(parameters), relative=1e-8)


@claim(2, "an LSTM without weights has dc_T/dc_0 = sigmoid(b)^T, 1e-10")
def cell_forgets_by_its_gate(parameters: Parameters, values: Values) -> Check:
    return about(values["cell_retention"], cell_retention(parameters), relative=1e-10)


@claim(
    3,
    "a driven tanh RNN forgets: |dh_T/dh_0| < 1e-10",
    applies=lambda at: at.gain <= 1 and at.hidden >= 32 and at.steps >= 100,
    domain="gain <= 1, 32 units and 100 steps or more",
)
def driven_gradient_vanishes(parameters: Parameters, values: Values) -> Check:
    """With fewer units a few networks in ten thousand stay above: 1e-9 to 6e-6 was found for 4 to 16 units."""
    return below(values["driven_norm"], 1e-10)


@claim(4, "parameters of RNN, GRU and LSTM are as 1 : 3 : 4")
def one_three_four(parameters: Parameters, values: Values) -> Check:
    one, *others = values["parameter_counts"]
    return below(np.abs(np.divide(others, one) - [3, 4]).max(), 0)


@claim(5, "the cells are those of the published equations, unit by unit, 1e-9")
def cells_match_their_equations(parameters: Parameters, values: Values) -> Check:
    return below(max(values["differences_from_equations"]), 1e-9)


@claim(6, "an LSTM with forget bias ln T learns the latch: accuracy >= 0.85", **WITH_THE_LATCH, share=0.6)
def log_bias_learns(parameters: Parameters, values: Values) -> Check:
    return above(values["latch_accuracies"][0], 0.85)


@claim(
    7,
    "without inputs the gradient of a tanh RNN explodes: |dh_T/dh_0| > 1e3",
    applies=lambda at: at.gain >= 2.5 and at.hidden >= 128 and at.steps >= 100,
    domain="gain >= 2.5, 128 units, 100 steps or more",
    at={"hidden": 128, "gain": 3},
)
def undriven_gradient_explodes(parameters: Parameters, values: Values) -> Check:
    """At gain 2 it is so in 298 of 300 networks; the others fall into a stable cycle. At 2.5 the least was 5e5."""
    return above(values["undriven_norm"], 1e3)


@claim(8, "an LSTM with forget bias 1 stays at chance: accuracy < 0.6", **WITH_THE_LATCH, share=0.5)
def small_bias_fails(parameters: Parameters, values: Values) -> Check:
    return below(values["latch_accuracies"][1], 0.6)


if __name__ == "__main__":
    main()
