"""Activation functions: every claim over seeds, values and slopes against formulas, shares against the normal law."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import Line, ParameterError
from tests.simulations.loading import expected_here, load, made, marked, mistakes_here, outcome

ACTIVATION = load("activation_saturation")
NAMES = list(ACTIVATION.ACTIVATIONS)
SEEDS = range(20)
ALL = {1, 2, 3, 4, 5, 6, 7}
SAMPLED = {"saturated_share"}

# The corners of the domains, with the claims that speak there.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, ALL),
    ({"samples": 99_999}, {1, 2, 3, 6}),
    ({"activation": "tanh", "deviation": 20, "threshold": 0.5, "z": -30}, ALL),
    ({"activation": "relu", "deviation": 0.1, "threshold": 0.001, "z": 0}, ALL),
    ({"activation": "leaky", "z": 0, "threshold": 0.01}, ALL),
    ({"activation": "gelu", "samples": 1000, "z": 30}, {1, 2, 3, 6}),
    ({"activation": "swish", "samples": 1000, "deviation": 20}, {1, 2, 3, 6}),
    ({"activation": "softplus", "deviation": 7, "z": -30}, ALL),
    ({"activation": "identity", "samples": 300_000}, ALL),
]


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """Each speaks in its domain only and holds there; keys and measurements agree."""
    values, claims = outcome(ACTIVATION, 1, **parameters)
    assert {mark.number for mark, check in claims if check is not None} == speak
    assert [(mark.name, check) for mark, check in claims if check is not None and not check.holds] == []
    for name, key in expected_here(ACTIVATION, made(ACTIVATION, parameters)).items():
        assert values[name] == pytest.approx(key, rel=1e-6, abs=0.01 if name in SAMPLED else 1e-12), name


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_claims_hold_for_every_seed(name: str) -> None:
    """Over 20 seeds and spreads from 0.1 to 20, at 5 and at 50 %; the shares of claims 4 and 5 have an se of 0.0016."""
    for seed in SEEDS:
        spread = float(np.geomspace(0.1, 20, 20)[seed])
        chosen = {"activation": name, "deviation": spread, "threshold": (0.05, 0.5)[seed % 2]}
        values, claims = outcome(ACTIVATION, seed, **chosen)
        assert [(mark.name, seed, check) for mark, check in claims if check is not None and not check.holds] == []
        for value, key in expected_here(ACTIVATION, made(ACTIVATION, dict(chosen))).items():
            if value in SAMPLED:
                assert values[value] == pytest.approx(key, abs=0.01), (value, seed)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NAMES), st.floats(-30, 30))
def test_outputs_and_slopes_are_those_of_the_formulas(name: str, z: float) -> None:
    """The vectorised functions against scalar formulas, also where they round."""
    f, slope = ACTIVATION.ACTIVATIONS[name]
    output, wanted = ACTIVATION.by_hand(name, z)
    assert float(f(np.array(z))) == pytest.approx(output, rel=1e-9, abs=1e-12)
    assert float(slope(np.array(z))) == pytest.approx(wanted, rel=1e-9, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(NAMES), st.floats(-20, 20))
def test_slopes_are_central_differences(name: str, z: float) -> None:
    """Away from the kinks."""
    f, slope = ACTIVATION.ACTIVATIONS[name]
    at = np.array([z if abs(z) > 1e-3 else 1.0])
    assert slope(at) == pytest.approx((f(at + 1e-5) - f(at - 1e-5)) / 2e-5, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", NAMES)
def test_no_function_overflows(name: str) -> None:
    """Outputs and slopes are finite up to 1e300, without a warning but for the square in the bell of GELU."""
    with np.errstate(over="ignore"):
        for function in ACTIVATION.ACTIVATIONS[name]:
            assert np.isfinite(function(np.array([-1e300, -800.0, -0.0, 0.0, 800.0, 1e300]))).all()


def test_known_values() -> None:
    """By hand: sigmoid(1) = 0.7311 with slope 0.1966; the steepest slopes; the borders of saturation."""
    values, _ = outcome(ACTIVATION)
    assert values["output"] == pytest.approx(0.731058578630005)
    assert values["slope"] == pytest.approx(0.196611933241482)
    steepest = [ACTIVATION.largest_slope(made(ACTIVATION, {"activation": name})) for name in NAMES]
    assert steepest == pytest.approx([0.25, 1, 1, 1, 1.12890414, 1.09983932, 1, 1], abs=1e-8)
    assert ACTIVATION.flat_beyond("sigmoid", 0.05) == pytest.approx(4.3565, abs=1e-4)
    assert ACTIVATION.flat_beyond("tanh", 0.05) == pytest.approx(2.1783, abs=1e-4)


@pytest.mark.parametrize("threshold", [0.001, 0.05, 0.5])
@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_the_border_of_saturation_is_where_the_slope_is_the_share(name: str, threshold: float) -> None:
    """On both sides of zero."""
    border = ACTIVATION.flat_beyond(name, threshold) * np.array([-1.0, 1.0])
    slope = ACTIVATION.ACTIVATIONS[name][1]
    assert slope(border) == pytest.approx(threshold * ACTIVATION.steepest(name), rel=1e-9)


def test_rounding_reaches_the_bounds_where_the_docstring_says() -> None:
    """Sigmoid 1 from 36.74, tanh 1 near 19, sigmoid 0 below -745 only."""
    sigmoid = ACTIVATION.sigmoid
    assert sigmoid(np.array(36.73)) < 1
    assert sigmoid(np.array(36.74)) == 1
    assert np.tanh(18.5) < 1
    assert np.tanh(19.5) == 1
    assert sigmoid(np.array(-745.0)) > 0
    assert sigmoid(np.array(-746.0)) == 0


def test_saturation_never_falls_with_the_spread_for_any_draw() -> None:
    """The same normals are scaled: what is flat at one sigma is flat at every larger one, whatever the share."""
    for seed in SEEDS:
        sweep = outcome(ACTIVATION, seed, samples=1000, threshold=10 ** -(seed % 3 + 0.5))[0]["sweep"]
        assert (np.diff(sweep) >= 0).all()


def test_every_mistake_differs_from_the_key() -> None:
    """Each is more than twice a 5 % tolerance away from its key somewhere."""
    seen = set()
    corners: list[dict[str, object]] = [
        {"deviation": 10},
        {"activation": "relu", "z": 3},
        {"activation": "tanh", "z": 0.5},
        {"activation": "gelu"},
    ]
    for parameters in corners:
        at = made(ACTIVATION, parameters)
        for value, key in expected_here(ACTIVATION, at).items():
            for name, wrong in mistakes_here(ACTIVATION, at, value).items():
                if abs(wrong - key) > 0.1 * abs(key):
                    seen.add(name)
    assert seen == {one.mistake.name for one in marked(ACTIVATION, "mistake")}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"activation": "step"}, "choose one of sigmoid, tanh"),
        ({"deviation": 0}, "0.1 .. 20"),
        ({"samples": 10}, "1000 .. 300000"),
        ({"threshold": 1}, "0.001 .. 0.5"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(ACTIVATION, parameters)


@pytest.mark.parametrize(
    ("claim", "value", "wrong"),
    [
        ("largest_slopes_at_zero", "largest_slopes", lambda slopes: slopes + 1e-11),
        ("largest_slopes_at_zero", "slopes_at_zero", lambda slopes: slopes - 1e-11),
        ("tanh_is_a_sigmoid", "tanh_against_sigmoid", lambda error: error + 1e-11),
        ("open_intervals", "extremes", np.round),
        ("saturation_grows_with_the_spread", "sweep", lambda sweep: sweep[:, ::-1]),
        ("saturation_grows_with_the_spread", "shares_at_variance_100", lambda shares: shares + 0.02),
        ("relu_makes_half_zero", "zero_share_of_relu", lambda share: share + 0.02),
        ("slopes_are_differences", "difference_of_slopes", lambda error: error + 2e-6),
        ("rectifiers_keep_a_share", "kept_by_rectifiers", lambda kept: kept + 0.025),
        ("rectifiers_keep_a_share", "kept_by_rectifiers", np.sqrt),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, value: str, wrong: Any) -> None:
    """The claims can fail."""
    values, _ = outcome(ACTIVATION)
    check = vars(ACTIVATION)[claim](made(ACTIVATION, {}), values | {value: wrong(values[value])})
    assert not check.holds


@pytest.mark.parametrize("name", NAMES)
def test_figures_show_what_the_claims_are_about(name: str) -> None:
    """The function with its slope, the shares over a logarithmic spread, each function once, and a density."""
    chosen = made(ACTIVATION, {"activation": name, "samples": 1000})
    curves, shares, outputs, rectifiers = ACTIVATION.run(chosen, np.random.default_rng(0)).figures
    assert [mark.label for mark in curves.marks] == ["output y", "slope y'"]
    assert shares.x.scale == "log"
    labels = [mark.label for mark in shares.marks]
    assert labels == list(dict.fromkeys([name, "sigmoid", "tanh", "relu"]))
    (density,) = outputs.marks
    assert isinstance(density, Line)
    assert math.isclose(sum(density.y) * (density.x[1] - density.x[0]), 1)
    formula, measured = rectifiers.marks
    assert measured.y == pytest.approx([0.5, 17 / 32, 5 / 8, 1], abs=0.15), "of 1000 samples"
    assert [formula.y[list(formula.x).index(a)] for a in (0, 0.25, 0.5, 1)] == [0.5, 17 / 32, 5 / 8, 1]


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 1))
def test_a_rectifier_keeps_its_share_of_a_normal_law(a: float) -> None:
    """The integral of max(z, a z)^2 under the density of N(0, 1), by the midpoint rule."""
    z = (np.arange(-8000, 8000) + 0.5) / 1000
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) / 1000
    assert (np.maximum(z, a * z) ** 2 * density).sum() == pytest.approx((1 + a * a) / 2, abs=1e-6)


def test_the_same_seed_gives_the_same_bits() -> None:
    """The seed draws the sums."""
    first, again, other = (outcome(ACTIVATION, seed, deviation=5)[0] for seed in (7, 7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert first["saturated_share"] != other["saturated_share"]
