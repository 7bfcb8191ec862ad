"""Universal approximation: every claim at its corners, the network against interpolation, keys against plain search."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.simulation import Line, ParameterError
from tests.simulations.loading import confirm, expected_here, load, made, mistakes_here, outcome

UNIVERSAL = load("universal_approximation")
FUNCTIONS: dict[str, Any] = {"sin": math.sin, "square": lambda x: x * x, "exp": math.exp}
ALWAYS = {1, 5, 6}

# The corners of the domains, with the claims that speak there. There is nothing random in this simulation.
CORNERS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, ALWAYS | {2}),
    ({"units": 15}, ALWAYS),
    ({"units": 2, "left": -7, "right": 7}, ALWAYS),
    ({"units": 256, "left": -7, "right": 7}, ALWAYS | {2}),
    ({"units": 256, "left": -0.05, "right": 0.05, "accuracy": 0.0001}, ALWAYS | {2}),
    ({"function": "exp", "left": -2, "right": 2}, ALWAYS | {2}),
    ({"function": "exp", "left": -2, "right": 2, "units": 256}, ALWAYS | {2}),
    ({"function": "exp", "left": 0.6, "right": 7}, ALWAYS | {2}),  # intervals of 0.4
    ({"function": "exp", "left": -7, "right": 7, "units": 35, "accuracy": 0.0001}, ALWAYS | {2}),
    ({"function": "exp", "left": -7, "right": 7, "units": 34}, ALWAYS),
    ({"function": "exp", "left": 6.9, "right": 7, "units": 256}, ALWAYS | {2}),
    ({"function": "square"}, ALWAYS | {2, 3}),
    ({"function": "square", "left": -7, "right": 7, "units": 2}, ALWAYS | {3}),
    ({"function": "square", "left": 6.9, "right": 7, "units": 256}, ALWAYS | {2, 3}),
    ({"depth": 10}, ALWAYS | {2}),
]

settings_of_nets = st.fixed_dictionaries(
    {
        "function": st.sampled_from(list(FUNCTIONS)),
        "units": st.integers(2, 40),
        "left": st.floats(-7, 0),
        "right": st.floats(0.1, 7),
    }
)


def exactly(at: Any) -> float:
    """The largest error by a search in each interval, in plain Python: the chord, and the point furthest from it."""
    f, largest = FUNCTIONS[at.function], 0.0
    h = (at.right - at.left) / at.units
    for k in range(at.units):
        a, b = at.left + k * h, at.left + (k + 1) * h
        for i in range(401):
            x = a + (b - a) * i / 400
            largest = max(largest, abs(f(a) + (f(b) - f(a)) * (x - a) / (b - a) - f(x)))
    return largest


@pytest.mark.parametrize(("parameters", "speak"), CORNERS)
def test_claims_hold_at_the_corners_of_their_domains(parameters: dict[str, Any], speak: set[int]) -> None:
    """Each speaks in its domain only and holds there; keys and measurements agree within 0.1 %."""
    confirm(UNIVERSAL, parameters, speak, 0, relative=1e-3)


@pytest.mark.slow
def test_random_networks_confirm_every_claim() -> None:
    """400 of all widths and intervals. In 3,000 the factor of claim 2 lay within 3.642 (exp) and 4.002."""
    rng = np.random.default_rng(5)
    for _ in range(400):
        left = rng.uniform(-7, 6.8)
        parameters: dict[str, Any] = {
            "function": str(rng.choice(list(FUNCTIONS))),
            "units": int(2 ** rng.uniform(1, 8)),
            "left": left,
            "right": rng.uniform(left + 0.11, 7),
            "accuracy": float(10 ** rng.uniform(-4, 0)),
        }
        values, claims = outcome(UNIVERSAL, **parameters)
        assert [(mark.name, parameters) for mark, check in claims if check is not None and not check.holds] == []
        for name, key in expected_here(UNIVERSAL, made(UNIVERSAL, parameters)).items():
            assert values[name] == pytest.approx(key, rel=2e-3), (name, parameters)


@settings(max_examples=25, deadline=None)
@given(settings_of_nets)
def test_the_network_is_the_polygon_through_the_knots(chosen: dict[str, Any]) -> None:
    """Between them it is NumPy's own linear interpolation."""
    at = made(UNIVERSAL, chosen)
    f, _ = UNIVERSAL.FUNCTIONS[at.function]
    knots, c = UNIVERSAL.interpolant(f, at.left, at.right, at.units)
    x, ends = np.linspace(at.left, at.right, 501), np.append(knots, at.right)
    polygon = np.interp(x, ends, f(ends))
    assert UNIVERSAL.network(x, knots, c, f(at.left)) == pytest.approx(polygon, rel=1e-9, abs=1e-10)


@settings(max_examples=15, deadline=None)
@given(settings_of_nets)
def test_the_key_of_the_error_is_that_of_a_search(chosen: dict[str, Any]) -> None:
    """The points where f has the slope of the chord are the furthest from it, and nothing exceeds the bound."""
    at = made(UNIVERSAL, chosen)
    found = exactly(at)
    assert UNIVERSAL.largest_error(at) == pytest.approx(found, rel=1e-4, abs=1e-12)
    assert found <= UNIVERSAL.error_bound(at) * (1 + 1e-9) + 1e-12


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(settings_of_nets, st.floats(1e-4, 1))
def test_the_key_of_the_units_is_the_least_that_the_bound_allows(chosen: dict[str, Any], accuracy: float) -> None:
    """Counted up in plain Python, from a curvature that is searched for."""
    at = made(UNIVERSAL, {**chosen, "accuracy": accuracy})
    grid = [at.left + at.width * i / 20_000 for i in range(20_001)]
    size = {"sin": lambda x: abs(math.sin(x)), "square": lambda _: 2.0, "exp": math.exp}[at.function]
    curvature = max(map(size, grid))
    assert UNIVERSAL.curvature_of(at) == pytest.approx(curvature, rel=1e-6)
    units = UNIVERSAL.units_for_accuracy(at)
    assert (at.width / units) ** 2 * curvature / 8 <= accuracy * (1 + 1e-3)
    assert units == 1 or (at.width / (units - 1)) ** 2 * curvature / 8 > accuracy * (1 - 1e-3)


def test_by_hand() -> None:
    """x^2 on [0, 1] with 2 units: slopes 1/2 and 3/2, so c = 1/2, 1, and the error is (1/2)^2 / 4 = 1/16."""
    values, _ = outcome(UNIVERSAL, function="square", left=0, right=1, units=2, accuracy=0.0025)
    assert values["weights"] == pytest.approx([0.5, 1])
    assert values["largest_error"] == pytest.approx(1 / 16, abs=1e-12)
    assert values["units_for_accuracy"] == 10, "exactly 10 are enough: rounding does not make it 11"


@pytest.mark.parametrize("depth", range(1, 11))
def test_the_saw_is_the_tent_map_in_exact_fractions(depth: int) -> None:
    """And its pieces are counted between its corners, which are the multiples of 2^-L."""
    for numerator in range(0, 2 ** (depth + 2) + 1, 1 + 2**depth // 40):
        x = Fraction(numerator, 2 ** (depth + 2))
        y = x
        for _ in range(depth):
            y = 2 * min(y, 1 - y)
        assert float(y) == UNIVERSAL.saw(np.array([float(x)]), depth)[0]
    corners = UNIVERSAL.saw(np.arange(2**depth + 1) / 2**depth, depth)
    assert corners.tolist() == [k % 2 for k in range(2**depth + 1)]


def test_the_affine_map_does_not_learn_sin_at_any_width() -> None:
    """Its error is that of the least squares line: 0.9549 at the ends, whatever the units."""
    for units in (2, 256):
        values, _ = outcome(UNIVERSAL, units=units)
        assert values["error_of_affine_map"] == pytest.approx(3 / math.pi, rel=1e-3)


def test_every_mistake_differs_from_the_key() -> None:
    """Each is more than twice a 5 % tolerance away from its key at the defaults."""
    at = made(UNIVERSAL, {"depth": 5})
    for value, key in expected_here(UNIVERSAL, at).items():
        wrong = mistakes_here(UNIVERSAL, at, value)
        assert wrong, value
        assert [name for name, found in wrong.items() if abs(found - key) < 0.1 * abs(key)] == []


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"left": 1, "right": 1.05}, "right: 1.05 is too near to left, 1; make it larger by 0.1"),
        ({"left": 7}, "too near to left"),
        ({"units": 1}, "2 .. 256"),
        ({"function": "cos"}, "choose one of sin"),
    ],
)
def test_bad_input_is_a_clear_error(parameters: dict[str, Any], message: str) -> None:
    """It names what is wrong or the bounds."""
    with pytest.raises(ParameterError, match=message):
        made(UNIVERSAL, parameters)


@pytest.mark.parametrize(
    ("claim", "value", "wrong"),
    [
        ("within_the_bound", "largest_error", lambda error: 1.01 * error),
        ("twice_the_units_quarter_the_error", "error_of_twice_the_units", lambda error: 2 * error),
        ("equality_for_the_square", "largest_error", lambda error: error + 1e-9),
        ("exact_at_the_knots", "error_at_knots", lambda error: error + 1e-9),
        ("depth_doubles_the_pieces", "pieces_of_each_depth", lambda pieces: pieces - 1),
    ],
)
def test_a_claim_fails_for_a_wrong_measurement(claim: str, value: str, wrong: Any) -> None:
    """The claims can fail."""
    values, _ = outcome(UNIVERSAL, function="square")
    check = vars(UNIVERSAL)[claim](made(UNIVERSAL, {"function": "square"}), values | {value: wrong(values[value])})
    assert not check.holds


@pytest.mark.parametrize("function", list(FUNCTIONS))
def test_figures_show_what_the_claims_are_about(function: str) -> None:
    """The function with both networks; errors over width on log axes, falling but for the affine map; the saw."""
    result = UNIVERSAL.run(made(UNIVERSAL, {"function": function}), np.random.default_rng(0))
    curves, widths, saw = result.figures
    assert [mark.label for mark in curves.marks] == [function, "net", "affine"]
    assert (widths.x.scale, widths.y.scale) == ("log", "log")
    net, bound, affine = (np.array(mark.y) for mark in widths.marks if isinstance(mark, Line))
    assert (np.diff(net) < 0).all()
    assert (net <= 1.001 * bound).all()
    assert np.ptp(affine) == 0
    assert len(saw.marks[0].x) == 1025


def test_the_same_seed_gives_the_same_bits() -> None:
    """And so does any other: nothing is drawn."""
    first, again = (outcome(UNIVERSAL, seed)[0] for seed in (7, 8))
    assert all(np.array_equal(first[name], again[name]) for name in first)
