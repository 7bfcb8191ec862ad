"""Recurrent cells: every claim over seeds, the cells against scalar loops, their gradients against differences."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import ParameterError
from tests.simulations.loading import confirm, expected_here, load, made, marked, mistakes_here, outcome

GATES = load("recurrent_gates")
SEEDS = range(20)
ALWAYS = {1, 2, 4, 5}

# The corners of the domains, with the claims that speak there.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, ALWAYS | {3}),
    ({"hidden": 4, "steps": 1, "forget_bias": 0, "spectral_radius": 0.1, "half_life": 1}, ALWAYS),
    ({"hidden": 4, "steps": 200, "forget_bias": 0, "spectral_radius": 0.1, "half_life": 1000}, ALWAYS),
    ({"hidden": 5, "steps": 200, "forget_bias": 6, "spectral_radius": 2, "gain": 3, "cell": "gru"}, ALWAYS),
    ({"hidden": 32, "gain": 0.1, "cell": "rnn", "inputs": 1}, ALWAYS | {3}),
    ({"hidden": 32, "steps": 99}, ALWAYS),
    ({"hidden": 31}, ALWAYS),
    ({"hidden": 32}, ALWAYS | {3}),
]
LARGE: list[tuple[dict[str, Any], set[int]]] = [
    ({"hidden": 128, "steps": 200}, ALWAYS | {3}),
    ({"hidden": 128, "gain": 2.5}, ALWAYS | {7}),
    ({"hidden": 128, "gain": 3}, ALWAYS | {7}),
    ({"hidden": 128, "gain": 2}, ALWAYS),
    ({"hidden": 127, "gain": 3}, ALWAYS),
]


def plain_lstm(x: list[float], h: list[float], c: list[float], V: list[list[float]]) -> tuple[list[float], list[float]]:
    """One step in plain Python; V (D + H + 1, 4 H) has the rows of x, of h and of the bias."""
    row, H = [*x, *h, 1.0], len(h)
    a = [sum(row[i] * V[i][k] for i in range(len(row))) for k in range(4 * H)]
    new_c = [c[j] / (1 + math.exp(-a[H + j])) + math.tanh(a[2 * H + j]) / (1 + math.exp(-a[j])) for j in range(H)]
    return [math.tanh(new_c[j]) / (1 + math.exp(-a[3 * H + j])) for j in range(H)], new_c


def plain_gru(x: list[float], h: list[float], V: list[list[float]]) -> list[float]:
    """The same for the GRU of Cho et al., whose reset gate acts before the recurrent weights."""
    H = len(h)

    def total(k: int, h: list[float]) -> float:
        row = [*x, *h, 1.0]
        return sum(row[i] * V[i][k] for i in range(len(row)))

    r = [1 / (1 + math.exp(-total(j, h))) for j in range(H)]
    z = [1 / (1 + math.exp(-total(H + j, h))) for j in range(H)]
    n = [math.tanh(total(2 * H + j, [a * b for a, b in zip(r, h, strict=True)])) for j in range(H)]
    return [z[j] * h[j] + (1 - z[j]) * n[j] for j in range(H)]


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """One seed of each."""
    confirm(GATES, parameters, speak, 1)


@pytest.mark.slow
@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_for_every_seed(parameters: dict[str, Any], speak: set[int]) -> None:
    """Claim 3: of 16,000 networks of 4 to 12 units 0.1 % missed it, of 12,000 of 16 units 4, of 3,000 of 32 none."""
    for seed in SEEDS:
        confirm(GATES, parameters, speak, seed)


@pytest.mark.slow
@pytest.mark.parametrize(("parameters", "speak"), LARGE)
def test_claims_hold_for_large_networks(parameters: dict[str, Any], speak: set[int]) -> None:
    """Claim 7: of 300 networks of gain 2 two missed it, of 360 of gain 2.5 the least had 5e5, of 340 of gain 3 2e11."""
    for seed in SEEDS:
        confirm(GATES, parameters, speak, seed)


@pytest.mark.slow
def test_without_inputs_most_networks_of_gain_two_explode() -> None:
    """At gain 2 it is only most of them: here 9 of 10 or more over 20 seeds, with 128 units and 100 steps."""
    found = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        U, h = rng.normal(0, 2 / 128**0.5, (128, 128)), rng.normal(size=(1, 128))
        found.append(np.linalg.norm(GATES.jacobians("rnn", np.zeros((100, 1, 128)), (h,), U)[1], 2) > 1e3)
    assert np.mean(found) >= 0.9


def test_without_inputs_the_gradient_of_gain_one_does_not_vanish() -> None:
    """It is the inputs that make it vanish at gain 1, not the recurrence alone."""
    values, _ = outcome(GATES)
    assert values["driven_norm"] < 1e-10
    assert values["undriven_norm"] > 1e-3


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(1, 4), st.integers(0, 10**6))
def test_the_cells_are_those_of_plain_python(inputs: int, hidden: int, seed: int) -> None:
    """For all shapes and weights, one step from a random state."""
    rng = np.random.default_rng(seed)
    x, h, c = rng.normal(size=inputs), rng.normal(size=hidden), rng.normal(size=hidden)

    def weights(gates: int) -> Any:
        return rng.normal(size=(inputs + hidden + 1, gates * hidden))

    def drive(V: Any) -> Any:
        return x @ V[:inputs] + V[-1]

    V = weights(1)
    assert GATES.rnn(drive(V), (h,), V[inputs:-1])[0][0] == pytest.approx(np.tanh(np.array([*x, *h, 1]) @ V))
    V = weights(3)
    wanted = plain_gru(x.tolist(), h.tolist(), V.tolist())
    assert GATES.gru(drive(V), (h,), V[inputs:-1])[0][0] == pytest.approx(np.array(wanted), rel=1e-9, abs=1e-12)
    V = weights(4)
    both = plain_lstm(x.tolist(), h.tolist(), c.tolist(), V.tolist())
    measured = np.array(GATES.lstm(drive(V), (h, c), V[inputs:-1])[0])
    assert measured == pytest.approx(np.array(both), rel=1e-9, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["rnn", "gru", "lstm"]), st.integers(1, 4), st.integers(0, 10**6))
def test_the_way_back_agrees_with_central_differences(cell: str, hidden: int, seed: int) -> None:
    """dL/du and dL/dstate of a random linear loss of the new state, for a batch of 3."""
    rng = np.random.default_rng(seed)
    gates, forth, back = GATES.CELLS[cell]
    parts = 2 if cell == "lstm" else 1
    U, u = rng.normal(size=(hidden, gates * hidden)), rng.normal(size=(3, gates * hidden))
    state, g = (tuple(rng.normal(size=(parts, 3, hidden))) for _ in range(2))

    def loss(u: Any, state: Any) -> float:
        return float(sum((one * slope).sum() for one, slope in zip(forth(u, state, U)[0], g, strict=True)))

    du, dstate = back(g, forth(u, state, U)[1], U)
    for index in np.ndindex(*u.shape):
        move = np.zeros_like(u)
        move[index] = 1e-6
        assert du[index] == pytest.approx((loss(u + move, state) - loss(u - move, state)) / 2e-6, abs=1e-7)
    for part in range(parts):
        for index in np.ndindex(3, hidden):
            move = np.zeros((parts, 3, hidden))
            move[(part, *index)] = 1e-6
            moved = [loss(u, tuple(np.array(state) + side * move)) for side in (1, -1)]
            assert dstate[part][index] == pytest.approx((moved[0] - moved[1]) / 2e-6, abs=1e-7)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_jacobians_through_time_agree_with_central_differences(cell: str) -> None:
    """d last / d first over 4 steps: of h, or of c for an LSTM; the sizes are root mean squares over directions."""
    rng = np.random.default_rng(3)
    gates, parts = GATES.CELLS[cell][0], 2 if cell == "lstm" else 1
    U, u, state = rng.normal(size=(3, gates * 3)), rng.normal(size=(4, 1, gates * 3)), rng.normal(size=(parts, 1, 3))
    sizes, J = GATES.jacobians(cell, u, tuple(state), U)
    wanted = np.zeros((parts, 3, 3))
    for part, j in np.ndindex(parts, 3):
        move = np.zeros_like(state)
        move[part, 0, j] = 1e-6
        ends = [GATES.unroll(cell, u, tuple(state + side * move), U)[0][-1][-1][0] for side in (1, -1)]
        wanted[part, :, j] = (ends[0] - ends[1]) / 2e-6
    assert np.abs(J - wanted[-1]).max() < 1e-7
    assert sizes[-1] == pytest.approx(math.sqrt((wanted**2).sum() / 3), rel=1e-6)
    assert sizes[0] == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_way_back_through_the_latch_agrees_with_central_differences(count: int) -> None:
    """Each entry of V and of the read-out, for two copies that differ, by the mean cross-entropy of plain sigmoids."""
    rng = np.random.default_rng(4)
    V, r = rng.normal(size=(2, 5, 12)), rng.normal(size=(2, 5, 1))
    r[:, :2] = 0  # the last of (1, x, h) is h alone
    x, y = rng.normal(size=(4, 1, count, 1)), rng.integers(0, 2, size=(1, count, 1)) > 0

    def losses(V: Any, r: Any) -> Any:
        p = 1 / (1 + np.exp(-GATES.latch_slopes(V, r, x, y)[0]))
        return -np.where(y, np.log(p), np.log(1 - p)).mean(axis=(1, 2))

    z, (at_V, at_r) = GATES.latch_slopes(V, r, x, y)
    for copy in range(2):  # the logits are those of the cell in plain Python, step by step
        W = [V[copy, 1].tolist(), *V[copy, 2:].tolist(), V[copy, 0].tolist()]
        for row in range(count):
            h, c = [0.0] * 3, [0.0] * 3
            for t in range(4):
                h, c = plain_lstm([float(x[t, 0, row, 0])], h, c, W)
            assert z[copy, row, 0] == pytest.approx(float(np.dot(h, r[copy, 2:, 0])), rel=1e-9)
    for index in np.ndindex(5, 12):
        move = np.zeros((5, 12))
        move[index] = 1e-6
        assert at_V[:, *index] == pytest.approx((losses(V + move, r) - losses(V - move, r)) / 2e-6, abs=1e-7)
    for row in range(2, 5):
        move = np.zeros((5, 1))
        move[row] = 1e-6
        assert at_r[:, row, 0] == pytest.approx((losses(V, r + move) - losses(V, r - move)) / 2e-6, abs=1e-7)


def test_the_latch_is_trained_by_adam(monkeypatch: pytest.MonkeyPatch) -> None:
    """With slopes that are known, the weights go the way of Kingma and Ba's algorithm 1 in plain Python."""
    seen: list[tuple[float, float]] = []

    def slopes(V: Any, r: Any, x: Any, y: Any) -> Any:
        assert x.shape == (50, 1, y.size, 1)
        assert (x[0] > 0).tolist() == y.tolist()
        seen.append((float(V[1, 3, 7]), float(r[0, 4, 0])))
        return np.zeros((2, y.size, 1)), (V * V + 0.5, r - 3)

    monkeypatch.setattr(GATES, "latch_slopes", slopes)
    GATES.train_latches((1.0, 2.0), np.random.default_rng(0), lambda _: None)
    assert len(seen) == 401
    for part in (0, 1):
        w, m, v = seen[0][part], 0.0, 0.0
        for step in range(1, 101):
            g = w - 3 if part else w * w + 0.5
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            w -= 0.01 * (m / (1 - 0.9**step)) / (math.sqrt(v / (1 - 0.999**step)) + 1e-8)
            assert seen[step][part] == pytest.approx(w, rel=1e-4, abs=1e-5)


def test_the_equations_of_the_run_are_independent_of_its_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that is changed no longer agrees with them."""
    rng = np.random.default_rng(0)
    assert GATES.difference_from_equations("gru", rng) < 1e-9
    changed = dict(GATES.CELLS)
    changed["gru"] = (3, lambda u, state, U: ((1.001 * GATES.gru(u, state, U)[0][0],), None), None)
    monkeypatch.setattr(GATES, "CELLS", changed)
    assert GATES.difference_from_equations("gru", rng) > 1e-9


def test_the_default_by_hand() -> None:
    """0.9^100; sigmoid(4.6)^100 = 0.366..; half of the cell after 10 steps: f = 0.933; 4 x 64 x (32 + 64 + 1)."""
    values, _ = outcome(GATES)
    assert values["linear_gradient"] == pytest.approx(0.9**100)
    assert values["cell_retention"] == pytest.approx((1 / (1 + math.exp(-4.6))) ** 100)
    assert values["cell_retention"] == pytest.approx(math.exp(-1), rel=0.02)
    assert values["kept_by_gate"] == pytest.approx(0.9**100)
    assert (1 / (1 + math.exp(-values["bias_for_half_life"]))) ** 10 == pytest.approx(0.5)
    assert values["parameter_count"] == 24_832
    assert values["parameter_counts"] == [6208, 18_624, 24_832]


def test_every_mistake_differs_from_the_key() -> None:
    """Each is more than twice a 5 % tolerance away from its key, for every cell."""
    for cell in ("rnn", "gru", "lstm"):
        chosen = made(GATES, {"cell": cell, "forget_gate": 0.95, "steps": 20, "forget_bias": 2})
        for value, key in expected_here(GATES, chosen).items():
            for name, wrong in mistakes_here(GATES, chosen, value).items():
                assert abs(wrong - key) > 0.1 * abs(key), name


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"hidden": 3}, "4 .. 128"),
        ({"cell": "gnu"}, "rnn, gru, lstm"),
        ({"forget_bias": -1}, "0 .. 6"),
        ({"steps": 1.5}, "whole number"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(GATES, parameters)


def test_every_claim_fails_for_a_wrong_measurement() -> None:
    """The claims can fail, those of the latch too."""
    wrong: dict[int, tuple[str, Any]] = {
        1: ("linear_gradient", lambda ratio: ratio * (1 + 1e-7)),
        2: ("cell_retention", lambda kept: kept * (1 + 1e-9)),
        3: ("driven_norm", lambda _: 2e-10),
        4: ("parameter_counts", lambda counts: [counts[0], 4 * counts[0], 4 * counts[0]]),
        5: ("differences_from_equations", lambda _: [0, 2e-9, 0]),
        6: ("latch_accuracies", lambda _: np.array([0.84, 0.5])),
        7: ("undriven_norm", lambda _: 999),
        8: ("latch_accuracies", lambda _: np.array([0.9, 0.61])),
    }
    values, _ = outcome(GATES, hidden=8)
    for function in marked(GATES, "claim"):
        name, change = wrong[function.claim.number]
        assert not function(made(GATES, {}), values | {name: change(values.get(name))}).holds, function.claim.name


@pytest.mark.parametrize("bias", [0, 1, 4.6])
def test_figures_show_what_the_claims_are_about(bias: float) -> None:
    """Gradients over the lag and what the cell keeps, both logarithmic; a bias that is drawn anyway is drawn once."""
    figures = GATES.run(
        made(GATES, {"forget_bias": bias, "hidden": 8}), np.random.default_rng(0), lambda _: None
    ).figures
    gradients, kept = figures
    assert [figure.y.scale for figure in figures] == ["log", "log"]
    assert [mark.label for mark in gradients.marks] == ["RNN", "RNN, no input", "GRU", f"LSTM, b = {bias:g}"]
    assert len(kept.marks) == (4 if bias == 4.6 else 3)
    assert kept.marks[0].y[1] == pytest.approx(0.5)
    for figure in figures:
        for mark in figure.marks:
            assert min(mark.y) > 0
            assert len(mark.x) == len(mark.y) == 101


@pytest.mark.slow
def test_the_latch_is_learnt_with_a_bias_of_log_t() -> None:
    """30 seeds: at ln 50 more than 0.6 of them reach 0.85, at 1 half of them or more stay below 0.6."""
    log_bias, one = [], []
    for seed in range(30):
        values, claims = outcome(GATES, seed, latch=True, hidden=4, steps=1)
        checks = {mark.number: check for mark, check in claims}
        assert checks[6] is not None
        assert checks[8] is not None
        assert [checks[6].measured, checks[8].measured] == values["latch_accuracies"].tolist()
        log_bias.append(checks[6].holds)
        one.append(checks[8].holds)
    assert np.mean(log_bias) >= 0.6
    assert np.mean(one) >= 0.5


@pytest.mark.slow
def test_the_training_of_the_latch_shows_its_progress_and_figure() -> None:
    """Progress rises from 0 to less than 1; the figure has a line for each bias."""
    seen: list[float] = []
    result = GATES.run(made(GATES, {"latch": True, "hidden": 4}), np.random.default_rng(0), seen.append)
    assert seen == sorted(seen)
    assert 0 <= seen[0] < seen[-1] <= 1
    assert [mark.label for mark in result.figures[-1].marks] == ["ln 50", "1"]


def test_the_same_seed_gives_the_same_bits() -> None:
    """And another seed other networks."""
    first, again, other = (outcome(GATES, seed, hidden=8)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["gradient_sizes"], other["gradient_sizes"])
