"""Rules of a mistake beside the truth: both on the same input, as numbers, as bars and as code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studyapp.simulation import Bars, MistakeMark
from studyapp.tui.lab_mistakes import MOST_BARS, MistakesScreen, beside_each_other, in_columns
from tests.studying import COMPUTED, Clock, library
from tests.tui.experiments import SIMULATION, at_lab, fits
from tests.tui.samples import OWN_SIMULATION
from tests.tui.screens import at_home, in_review

MARK = MistakeMark("adds", "twice", "one adds")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_mistake_beside_the_truth(tmp_path: Path, size: tuple[int, int]) -> None:
    """What one misunderstands, in full; what both give at the Lab's parameters; and the code of both."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, size) as seat:
            await at_lab(seat, opened)
            await seat.press("right", "m")
            await seat.wait("the misconception: one adds two")
            seat.see("1 of 2 .*which is the same for two alone", r"✓ twice +5\n", r"✗ adds_two +4\.5\n")
            seat.see(r"twice +█+ 5\.00 +█+\S? +4\.50", "✓ the truth", r"return 2 \* parameters\.x", "def adds_two")
            fits(seat, size[0])
            assert seat.row(r"5\.00 +█+\S? +4\.50") < seat.row("✓ the truth")
            await seat.press("down")
            seat.see("2 of 2 +the misconception: one squares both", r"✓ both +\[5, 5\]", r"✗ squares +\[6\.25, 6\.25\]")
            seat.see(r"0 +█+\S? +5\.00 +█+ 6\.25", r"1 +█+\S? +5\.00 +█+ 6\.25")
            await seat.press("down", "pagedown", "pageup")
            seat.see("1 of 2")
            await seat.resize(40, 12)
            await seat.wait("q back")
            seat.see("the misconception", "✗ adds_two")
            await seat.press("m")
            seat.see("Lab · doubling")


async def test_where_both_are_the_same_it_is_said(tmp_path: Path) -> None:
    """As of 2 + 2 and 2 · 2, until a parameter is another one; and what both call is shown below them."""
    text = SIMULATION.replace("return parameters.x + 2", "return added(parameters.x)").replace(
        "@claim(1", "def added(number):\n    return number + 2\n\n\n@claim(1"
    )
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await at_lab(seat, opened, text)
            await seat.press("m")
            await seat.wait("the misconception: one adds two")
            seat.see("✗ adds_two +4\n", "the same here: change a parameter in the Lab")
            seat.see("· what they call", r"1  def added\(number\):\n +2 +return number \+ 2")
            await seat.press("q", "right", "m")
            await seat.wait("the misconception: one adds two")
            assert not seat.shows("the same here")


def test_values_stand_in_one_column() -> None:
    """However long the names are; names get half the width, the values what is left."""
    short, long = in_columns([("a", 1.0), ("a" * 90, [2.0, 3.0])], 80)
    assert short.plain == f"a{' ' * 41}1"
    assert long.plain == f"{'a' * 39}…  [2, 3]"
    assert [line.plain for line in in_columns([("ab", 1.0), ("c", 2.0)], 80)] == ["ab  1", "c   2"]


async def test_what_has_no_mistake_says_so(tmp_path: Path) -> None:
    """A simulation that names none, and one whose values do not apply."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened, OWN_SIMULATION)
            assert not seat.shows("m mistakes")
            await seat.press("m")
            seat.see("This simulation names no mistake")


async def test_a_mistake_about_a_value_that_is_not_there(tmp_path: Path) -> None:
    """Where none applies it is said; one that fails is one line of the file."""
    text = (
        SIMULATION.replace('the double", unit="m")', 'the double", unit="m", applies=lambda p: p.x > 5)')
        .replace('@expected("the double, twice")', '@expected("the double, twice", applies=lambda p: p.x > 5)')
        .replace("return parameters.x + 2", "return parameters.x / (8 - parameters.x)")
    )
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened, text)
            await seat.press("m")
            await seat.wait("No mistake is about a value that these parameters have")
            await seat.press("8", "enter", "m")
            await seat.wait(r"! doubling\.py:\d+.*ZeroDivisionError")


async def test_from_a_card_its_own_mistakes_come_first(tmp_path: Path) -> None:
    """Of all that the simulation names."""
    with library(tmp_path, Clock(), computed=COMPUTED) as opened:
        async with in_review(opened) as seat:
            await seat.press("enter", "enter", "x")
            await seat.wait("2 run")
            await seat.press("m")
            await seat.wait("the misconception")
            screen = seat.screen
            assert isinstance(screen, MistakesScreen)
            assert screen._mistakes[0].name == "forgets_to_exponentiate"
            seat.see("✓ ratio_of_probabilities", "✗ forgets_to_exponentiate", "def forgets_to_exponentiate")


@pytest.mark.parametrize(
    ("exact", "wrong", "names", "right", "mistaken"),
    [
        (4.0, 5.0, ["twice"], [4.0], [5.0]),
        (True, 0, ["twice"], [1.0], [0.0]),
        ([1.0, 2.0], [3.0, 4.0], ["0", "1"], [1.0, 2.0], [3.0, 4.0]),
        ([1.0, 2.0], 3.0, ["0", "1"], [1.0, 2.0], [3.0, 3.0]),
        ([1.0, 2.0, 3.0], [4.0], ["0"], [1.0], [4.0]),
        ([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]], ["0 0", "0 1", "1 0", "1 1"], [1, 2, 3, 4], [5, 6, 7, 8]),
    ],
)
def test_both_as_bars(exact: Any, wrong: Any, names: list[str], right: list[float], mistaken: list[float]) -> None:
    """One for each element that both have; a mistake that is one number stands beside every element."""
    assert beside_each_other(MARK, exact, wrong).marks == [
        Bars(names, right, "right"),
        Bars(names, mistaken, "mistake"),
    ]


def test_only_the_first_elements_are_bars() -> None:
    """And of an empty array, or of one that has no element of the other, there is nothing to draw."""
    first, _ = beside_each_other(MARK, [1.0] * 99, [2.0] * 99).marks
    assert isinstance(first, Bars)
    assert len(first.names) == MOST_BARS
    assert beside_each_other(MARK, [], []).marks == []
    assert beside_each_other(MARK, [], 5.0).marks == []
    assert beside_each_other(MARK, 5.0, [1.0]).marks == []
