"""Rules of a parameter moved by hand: it stays within its bounds, and every step leads somewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.sliders import ParameterValue, at, fraction, slides, step
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


# --- bounds far wider than the default ------------------------------------------------------------

WIDE = [
    Parameter("prediction", "float", 2.0, "", low=-1000.0, high=1000.0),
    Parameter("offset", "float", -3.0, "", low=-1234.0, high=77777.0),
    Parameter("tiny", "float", 0.004, "", low=0.0, high=1.0),
    Parameter("count", "int", 2, "", low=0, high=1000),
]


def walked(parameter: Parameter, directions: list[int]) -> list[ParameterValue]:
    """The default, then the value after each step."""
    values: list[ParameterValue] = [parameter.default]
    for direction in directions:
        values.append(step(parameter, values[-1], direction))
    return values


def test_a_step_is_a_tenth_of_the_value_where_the_bounds_are_far_wider_than_the_default() -> None:
    """From 2 between ±1000 a step is 0.2 and not 100; it grows with the value, and leads through 0."""
    prediction = WIDE[0]
    assert walked(prediction, [1] * 3) == [2.0, 2.2, 2.4, 2.6]
    assert walked(prediction, [-1] * 12)[-4:] == [0.2, 0.0, -0.2, -0.4]
    assert [step(prediction, value, 1) for value in (4.8, 5.0, 9.5, 10.0, 480.0, 999.0)] == [5, 5.5, 10, 11, 500, 1000]
    assert [step(prediction, value, -1) for value in (5.0, 5.5, 11.0, 500.0)] == [4.8, 5.0, 10.0, 480.0]
    assert walked(WIDE[3], [1] * 4) == [2, 3, 4, 5, 6]


def test_bounds_that_fit_the_default_keep_the_twentieth_of_the_way() -> None:
    """A default of a fortieth of the span or more, or of 0, whose size says nothing."""
    assert step(Parameter("fits", "float", 2.5, "", low=0.0, high=100.0), 2.5, 1) == 5.0
    assert step(Parameter("zero", "float", 0.0, "", low=-100.0, high=100.0), 0.0, 1) == 10.0


@given(st.sampled_from(WIDE), st.lists(st.sampled_from([1, -1]), max_size=200))
def test_steps_between_wide_bounds_stay_within_them_and_lead_back(parameter: Parameter, directions: list[int]) -> None:
    """Wherever steps lead, the value fits, each step moves it the way it was asked or stands at the bound, and the step
    back undoes it."""
    value = walked(parameter, directions)[-1]
    for direction, bound in ((1, parameter.high), (-1, parameter.low)):
        moved = step(parameter, value, direction)
        assert parameter.accept(moved) == moved
        assert type(moved) is type(parameter.default)
        assert isinstance(moved, int | float)
        assert isinstance(value, int | float)
        if value == bound:
            assert moved == bound
        else:
            assert (moved - value) * direction > 0
            assert step(parameter, moved, -direction) == value


@given(st.floats(-1000, 1000), st.sampled_from([1, -1]))
def test_a_typed_value_moves_to_the_next_one_of_the_row(value: float, direction: int) -> None:
    """From a value that no step leads to, the next one is at most a tenth of it, or of the default, away."""
    moved = step(WIDE[0], value, direction)
    assert isinstance(moved, float)
    if abs(value) < 1000:
        assert 0 < (moved - value) * direction <= max(0.2, abs(value) / 10) * (1 + 1e-9)
    assert -1000 <= moved <= 1000


@pytest.mark.parametrize("parameter", WIDE, ids=lambda one: one.name)
def test_wide_bounds_are_reached(parameter: Parameter) -> None:
    """Some hundred steps lead to either bound."""
    assert walked(parameter, [1] * 400)[-1] == parameter.high
    assert walked(parameter, [-1] * 400)[-1] == parameter.low
