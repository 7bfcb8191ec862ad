"""Schedules: every claim at the corners, rates against plain Python, the exact second moment against simulated runs."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import Line, ParameterError
from tests.simulations.loading import confirm, expected_here, load, made, marked, mistakes_here, outcome

SCHEDULES = load("learning_rate_schedules")
ALWAYS = {1, 2, 4, 5, 6, 7}

# The corners of the domains, with the claims that speak there besides.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, set()),
    ({"steps": 200, "start": 5.0}, {3}),
    ({"steps": 200, "start": 0.0, "noise": 0.01}, {3}),
    ({"steps": 201, "start": -10.0, "noise": 2.0, "kind": "one_cycle", "peak": 0.95}, {3}),
    ({"steps": 199}, set()),
    ({"steps": 2, "step": 2, "kind": "step", "period": 1, "factor": 0.01, "base": 1.0}, set()),
    ({"steps": 3, "step": 0, "kind": "warm_up", "warm_up": 1000, "minimum": 0.1}, set()),
    ({"steps": 500, "kind": "exponential", "decay": 0.5, "noise": 0.0, "start": 0.0, "threshold": 0.0001}, set()),
    ({"steps": 700, "kind": "inverse", "base": 1.0, "minimum": 0.7, "threshold": 1.0}, set()),
]

kinds = st.sampled_from(SCHEDULES.KINDS)


def plain_rate(at: Any, kind: str, t: int) -> Any:
    """The rate at a step, case by case in plain Python."""
    if kind == "step":
        rate = at.base
        for _ in range(t // at.period):
            rate *= at.factor
        return rate
    if kind == "exponential":
        return math.prod([at.decay] * t, start=at.base)
    if kind == "inverse":
        return 1 / (1 / at.base + t)
    if kind == "cosine":
        return at.minimum + (at.base - at.minimum) * math.cos(math.pi * t / at.steps / 2) ** 2  # (1 + cos x) / 2
    if kind == "warm_up":
        return at.base if t + 1 >= at.warm_up else at.base * (t + 1) / at.warm_up
    if kind == "one_cycle":
        if t <= at.summit:
            return at.base / 25 + (at.base - at.base / 25) * t / at.summit
        return at.base - (at.base - at.minimum) * (t - at.summit) / (at.steps - at.summit)
    return at.base


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """Each speaks in its domain only and holds there; keys and measurements agree. The seed plays no part."""
    confirm(SCHEDULES, parameters, speak | ALWAYS, 1)


@pytest.mark.slow
def test_claims_hold_for_random_parameters() -> None:
    """100 sets from all ranges, to 10,000 steps: claim 1 is off by 4e-13 of the allowed 1e-12 at most, by one_cycle."""
    rng = np.random.default_rng(2)
    for _ in range(100):
        steps = int(10 ** rng.uniform(0.31, rng.choice([2.5, 4])))
        base = float(rng.choice([0.1, 10 ** rng.uniform(-3, 0)]))
        parameters: dict[str, Any] = {
            "kind": str(rng.choice(SCHEDULES.KINDS)),
            "base": base,
            "steps": steps,
            "minimum": float(rng.choice([0, rng.uniform(0, base)])),
            "period": int(10 ** rng.uniform(0, 3)),
            "factor": float(rng.choice([0.5, 0.01, 1, rng.uniform(0.1, 1)])),
            "decay": float(rng.choice([0.5, 1, rng.uniform(0.9, 1)])),
            "warm_up": int(10 ** rng.uniform(0, 3)),
            "peak": float(rng.uniform(0.05, 0.95)),
            "start": float(rng.uniform(-10, 10)),
            "noise": float(rng.choice([0, 1, 10])),
            "step": int(rng.integers(steps + 1)),
            "threshold": float(10 ** rng.uniform(-4, 0)),
        }
        values, claims = outcome(SCHEDULES, **parameters)
        assert [(mark.name, check, parameters) for mark, check in claims if check and not check.holds] == []
        for name, key in expected_here(SCHEDULES, made(SCHEDULES, parameters)).items():
            assert values[name] == pytest.approx(key, rel=1e-9, abs=1e-12), (name, parameters)


@pytest.mark.slow
def test_cosine_beats_a_constant_rate_in_the_whole_domain_of_claim_3() -> None:
    """The ratio is largest, 0.195, for the farthest start and the shortest training."""
    found = {}
    for T in (200, 250, 300, 500, 1000, 3000):
        for start in (0.0, 2.5, 5.0):
            found[T, start] = outcome(SCHEDULES, steps=T, start=start)[0]["loss_over_constant"]
    assert max(found, key=lambda one: found[one]) == (200, 5.0)
    assert found[200, 5.0] == pytest.approx(0.194, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(kinds, st.floats(0.001, 1), st.floats(0, 1), st.integers(2, 60), st.integers(0, 60), st.integers(1, 30))
def test_rates_are_those_of_plain_python(
    kind: str, base: float, share: float, steps: int, step: int, length: int
) -> None:
    """The rates made step by step, the key, and the closed form."""
    given = {"kind": kind, "base": base, "minimum": share * base, "steps": steps, "step": min(step, steps)}
    at = made(SCHEDULES, {**given, "period": length, "warm_up": length})
    wanted = [plain_rate(at, kind, t) for t in range(steps + 1)]
    assert SCHEDULES.step_by_step(at, kind) == pytest.approx(wanted, rel=1e-9, abs=1e-12)
    assert SCHEDULES.rate(at) == pytest.approx(wanted[at.step], rel=1e-12, abs=1e-15)
    assert max(wanted) <= base * (1 + 1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 99), min_size=1, max_size=6), st.integers(-5, 5), st.integers(0, 3))
def test_the_second_moment_is_exact(percent: list[int], start: int, noise: int) -> None:
    """Both ways to compute it, against the recursion in exact fractions."""
    m = Fraction(start) ** 2
    for p in percent:
        m = (1 - Fraction(p, 100)) ** 2 * m + Fraction(p, 100) ** 2 * noise**2
    rates = np.array(percent) / 100
    assert SCHEDULES.moments(rates, start, noise)[-1] == pytest.approx(float(m), rel=1e-12, abs=1e-300)
    assert SCHEDULES.final_moment(rates, start, noise) == pytest.approx(float(m), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("kind", SCHEDULES.KINDS)
def test_the_second_moment_is_that_of_simulated_runs(kind: str) -> None:
    """20,000 runs of SGD with each schedule, within 5 standard errors."""
    at = made(SCHEDULES, {"kind": kind, "start": 3.0})
    rng, w = np.random.default_rng(4), np.full(20_000, 3.0)
    for t in range(at.steps):
        w -= plain_rate(at, kind, t) * (w + rng.normal(size=w.size))
    error = (w * w).std() / math.sqrt(w.size)
    assert 2 * SCHEDULES.final_loss(at) == pytest.approx((w * w).mean(), abs=5 * error)


@settings(max_examples=40, deadline=None)
@given(kinds, st.floats(0.0001, 0.2), st.integers(2, 200))
def test_the_step_below_the_threshold_is_the_first(kind: str, threshold: float, steps: int) -> None:
    """Found by going through plain Python's rates; where there is none, no card may ask."""
    parameters = {"kind": kind, "threshold": threshold, "steps": steps, "step": 0}
    at, keys = made(SCHEDULES, parameters), expected_here(SCHEDULES, made(SCHEDULES, parameters))
    found = [t for t in range(steps + 1) if plain_rate(at, kind, t) < threshold * (1 - 1e-9)]
    assert keys.get("steps_until_below") == (found[0] if found else None)


def test_the_keys_by_hand() -> None:
    """Cosine half-way; three drops by 0.5 after 30 steps; 0.95^t < 0.2 from t = 32 on; a constant rate hovers."""
    assert outcome(SCHEDULES, step=25)[0]["rate"] == pytest.approx(0.05)
    assert outcome(SCHEDULES, kind="step", step=30)[0]["rate"] == pytest.approx(0.0125)
    assert outcome(SCHEDULES, kind="exponential")[0]["steps_until_below"] == 32
    assert outcome(SCHEDULES, kind="warm_up", step=0)[0]["rate"] == pytest.approx(0.01)
    assert outcome(SCHEDULES, kind="one_cycle", step=15)[0]["rate"] == pytest.approx(0.1)
    floor = outcome(SCHEDULES, kind="constant", steps=1000)[0]["final_loss"]
    assert floor == pytest.approx(0.1 / (2 * 1.9))


def test_a_decay_that_begins_too_early_loses() -> None:
    """The catalogue's note: at T = 50 cosine ends at 0.43 x constant from w_0 = 0, but at 2.8 x from 5."""
    assert outcome(SCHEDULES, start=0.0)[0]["loss_over_constant"] == pytest.approx(0.43, abs=0.005)
    assert outcome(SCHEDULES, start=5.0)[0]["loss_over_constant"] == pytest.approx(2.8, abs=0.05)


def test_the_inverse_law_averages_what_it_has_seen() -> None:
    """b / (1 + b t) is 1 / (t + 1 / b): the noise of 200 steps counts alike, and the start as 1 / b - 1 = 9 of them."""
    rates = 0.1 / (1 + 0.1 * np.arange(200))
    assert np.prod(1 - rates) == pytest.approx(9 / 209)
    wanted = [200 / 209**2, (200 + 25 * 9**2) / 209**2]
    assert [SCHEDULES.final_moment(rates, w, 1) for w in (0, 5)] == pytest.approx(wanted, rel=1e-12)


def test_rates_of_convergence_as_they_are_taught() -> None:
    """From w_0 = 2 the 1/t law is at 0.00065 after 1000 steps and at 0.00005 after 10,000; a rate of 0.1 near 0.026."""
    short, long = (outcome(SCHEDULES, kind="inverse", steps=steps)[0] for steps in (1000, 10_000))
    assert short["final_loss"] == pytest.approx(0.00065, abs=5e-6)
    assert long["final_loss"] == pytest.approx(0.00005, abs=5e-6)
    assert 20_000 * long["final_loss"] == pytest.approx(1, rel=0.04), "near s^2 / (2 t)"
    for values in (short, long):
        assert values["losses"][SCHEDULES.KINDS.index("constant"), -1] == pytest.approx(0.026, abs=5e-4)


def test_every_mistake_differs_from_the_key() -> None:
    """Each is more than twice a 5 % tolerance away from its key, for the schedule that it is about."""
    seen = set()
    for kind, step in (("cosine", 10), ("step", 30), ("warm_up", 3), ("inverse", 20)):
        at = made(SCHEDULES, {"kind": kind, "step": step})
        for value, key in expected_here(SCHEDULES, at).items():
            for name, wrong in mistakes_here(SCHEDULES, at, value).items():
                if abs(wrong - key) > 0.1 * key:
                    seen.add(name)
    assert seen == {one.mistake.name for one in marked(SCHEDULES, "mistake")}


@pytest.mark.parametrize(
    ("claim", "value", "wrong", "parameters"),
    [
        ("closed_forms", "rates", lambda rates: rates + 1e-12, {}),
        ("ends_of_the_cosine", "rates", lambda rates: rates[:, ::-1], {}),
        ("cosine_beats_constant", "loss_over_constant", lambda ratio: ratio + 0.2, {"steps": 200}),
        ("drops_once_in_a_period", "rates", lambda rates: rates**2, {}),
        ("drops_once_in_a_period", "rates", lambda rates: np.roll(rates, 1, axis=1), {}),
        ("inverse_forgets_slowly", "inverse_over_constant", lambda ratios: ratios[::-1], {}),
        ("inverse_falls_like_one_over_t", "losses", lambda losses: losses * (1 + 1e-8), {}),
        ("inverse_falls_like_one_over_t", "losses", lambda losses: np.roll(losses, 1, axis=1), {}),
        ("constant_hovers", "losses", lambda losses: losses * (1 + 1e-8), {}),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, value: str, wrong: Any, parameters: dict[str, Any]) -> None:
    """The claims can fail."""
    values, _ = outcome(SCHEDULES, **parameters)
    check = vars(SCHEDULES)[claim](made(SCHEDULES, parameters), values | {value: wrong(values[value])})
    assert not check.holds


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"minimum": 0.2}, "minimum 0.2 is above the base 0.1"),
        ({"step": 51}, "step 51 is after the last one, 50"),
        ({"kind": "linear"}, "choose one of constant"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(SCHEDULES, parameters)


@pytest.mark.parametrize("kind", SCHEDULES.KINDS)
def test_figures_show_what_the_claims_are_about(kind: str) -> None:
    """Rates, losses, and losses over T; the chosen schedule comes first; also where nothing is left of the loss."""
    at = made(SCHEDULES, {"kind": kind, "noise": 0.0, "start": 0.0})
    figures = SCHEDULES.run(at, np.random.default_rng(0)).figures
    assert [figure.y.scale for figure in figures] == ["linear", "log", "log"]
    for figure in figures:
        assert figure.marks[0].label == kind
        for mark in figure.marks:
            assert len(mark.x) == len(mark.y) > 0
            assert figure.y.scale == "linear" or min(mark.y) > 0
    assert isinstance(figures[0].marks[0], Line)
    assert figures[0].marks[0].y[5] == pytest.approx(plain_rate(at, kind, 5))


def test_the_seed_plays_no_part() -> None:
    """The noise is in the exact second moment."""
    first, other = (outcome(SCHEDULES, seed)[0] for seed in (7, 8))
    assert all(np.array_equal(first[name], other[name]) for name in first)
