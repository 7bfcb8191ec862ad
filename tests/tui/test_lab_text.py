"""Rules of the Lab's texts: predictions beside what was measured, and the command that makes the same run."""

from __future__ import annotations

import shlex

import pytest

from studyapp.model import ParameterValue
from studyapp.simulation import Run
from studyapp.tui.lab_prediction import Prediction, compared, error, measured
from studyapp.tui.lab_text import command, typed


@pytest.mark.parametrize(
    ("predicted", "found", "words"),
    [
        (4.0, 4.0, "none"),
        (5.0, 4.0, "25 % too high"),
        (3.0, 4.0, "25 % too low"),
        (400.0, 4.0, "2.0 decades too high"),
        (4e-7, 4.0, "7.0 decades too low"),
        (-4.0, 4.0, "200 % too low"),
        (0.0, 4.0, "100 % too low"),
        (0.25, 0.0, "0.25"),
    ],
)
def test_how_far_off_a_prediction_was(predicted: float, found: float, words: str) -> None:
    """In decades beyond a factor of two between positive numbers, in per cent below, as it is beside a zero."""
    assert error(predicted, found) == words


def run(**values: object) -> Run:
    """A run with these values, whose formula says 2 for each."""
    return Run("one", "", {}, 7, values, dict.fromkeys(values, 2.0), (), (), "2", 0.1)


def test_a_prediction_stands_beside_what_was_measured() -> None:
    """What was said and how sure, measured and expected, the error; a list or a missing value is said to be none."""
    said = Prediction("twice", 3.0, "sure")
    assert compared(said, run(twice=2.0), None, 80).plain.split("\n") == [
        "You said   3, sure   kept",
        "Measured   2   expected 2   twice",
        "Your error 50 % too high",
    ]
    assert compared(said, run(twice=2.0), None, 80, "not kept: full").plain.split("\n")[::3] == [
        "You said   3, sure",
        "! not kept: full; x tries it again",
    ]
    assert "is a list of numbers" in compared(said, run(twice=[1.0]), None, 80).plain
    assert "has no value at these parameters" in compared(said, run(other=1.0), None, 80).plain
    assert "kept" not in compared(said, run(other=1.0), None, 80).plain
    assert measured("twice", run(twice=[1.0]), None) is None


def test_a_command_has_every_digit_of_what_differs() -> None:
    """Defaults are left out; numbers, lists, switches and names as the command line reads them."""
    given: dict[str, ParameterValue] = {"a": 0.1 + 0.2, "b": 3, "c": (1.0, -2.5), "d": True, "e": "relu", "same": 1.0}
    words = shlex.split(command("one", given, {"same": 1.0}, 7))
    assert words == [
        *("studyapp", "run", "one", "--a", "0.30000000000000004", "--b", "3", "--c", "1,-2.5"),
        *("--d", "true", "--e", "relu", "--seed", "7"),
    ]


def test_a_value_is_typed_as_it_is_read() -> None:
    """Whole floats without a point, exponents as they are."""
    assert [typed(value) for value in (1.0, 1e-12, 2.5e20, False)] == ["1", "1e-12", "2.5e+20", "false"]
