"""Rules of a parameter moved by hand: it stays within its bounds, and every step leads somewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.sliders import at, fraction, slides, step
from studyapp.simulation import Parameter

PARAMETERS = [
    Parameter("depth", "int", 50, "", low=2, high=100),
    Parameter("width", "int", 256, "", low=16, high=1024, scale="log"),
    Parameter("gain", "float", 1.0, "", low=0.1, high=3.0),
    Parameter("rate", "float", 0.5, "", low=0.001, high=1.0, scale="log"),
    Parameter("clip", "float", 0.0, "", low=0.0, high=100.0, scale="log"),
]


@given(st.sampled_from(PARAMETERS), st.floats(-1, 2))
def test_every_place_is_a_value_that_fits(parameter: Parameter, place: float) -> None:
    """A slider cannot leave the bounds."""
    assert parameter.accept(at(parameter, place)) == at(parameter, place)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda one: one.name)
def test_stepping_up_reaches_the_upper_bound_and_down_the_lower(parameter: Parameter) -> None:
    """From any start the arrow keys reach both bounds, each step changing the value until then."""
    for direction, bound in ((1, parameter.high), (-1, parameter.low)):
        value = parameter.default
        for _ in range(60):
            moved = step(parameter, value, direction)
            assert parameter.accept(moved) == moved
            if moved == value:
                break
            value = moved
        assert value == bound


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda one: one.name)
def test_fraction_is_where_at_puts_it(parameter: Parameter) -> None:
    """A place and its value belong together, up to rounding."""
    for place in (0.0, 0.25, 0.5, 1.0):
        assert fraction(parameter, at(parameter, place)) == pytest.approx(place, abs=0.03)


def test_switches_turn_and_choices_go_round() -> None:
    """A switch has two sides; the last choice is followed by the first."""
    switch = Parameter("on", "bool", False, "")
    assert step(switch, False, 1) is True
    choice = Parameter("activation", "choice", "a", "", choices=("a", "b", "c"))
    assert [step(choice, one, 1) for one in "abc"] == ["b", "c", "a"]
    assert step(choice, "a", -1) == "c"


def test_lists_and_numbers_without_bounds_are_typed() -> None:
    """They have no slider and a step leaves them."""
    numbers = Parameter("scores", "numbers", (1.0, 2.0), "")
    free = Parameter("shift", "float", 1.0, "")
    assert not slides(numbers)
    assert not slides(free)
    assert step(numbers, (1.0, 2.0), 1) == (1.0, 2.0)
    assert step(free, 1.0, 1) == 1.0
