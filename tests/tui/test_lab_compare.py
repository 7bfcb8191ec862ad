"""Rules of two settings side by side: the run that was kept, the latest, and what differs between them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.model import ParameterValue
from studyapp.simulation import Run
from studyapp.tui.lab_compare import CompareScreen, side_by_side
from tests.studying import Clock, library
from tests.tui.experiments import at_lab, fill, fits
from tests.tui.screens import at_home


def run(values: Mapping[str, object], parameters: Mapping[str, ParameterValue], seed: int = 1) -> Run:
    """A run that gave these values."""
    return Run("s", "0" * 64, parameters, seed, values, {}, (), (), "2", 0.1)


def rows(kept: Run, latest: Run, width: int = 80) -> list[str]:
    """The lines of the table."""
    return [line.rstrip() for line in side_by_side(kept, latest, width).plain.split("\n")]


def test_what_differs_comes_first_then_every_value() -> None:
    """The seed and the parameters that are not alike; of single numbers the ratio; what one has not is a dash."""
    kept = run({"loss": 2.0, "both": [1.0, 2.0], "old": 1.0}, {"x": 1.0, "n": 3, "way": "add"})
    latest = run({"loss": 5.0, "both": [3.0, 4.0], "new": 0.0}, {"x": 2.5, "n": 3, "way": "shift"}, seed=2)
    assert rows(kept, latest) == [
        "      A         B",
        "seed  1         2",
        "x     1         2.5",
        "way   add       shift",
        "loss  2         5         B is 2.5 × A",
        "both  [1, 2]    [3, 4]",
        "old   1         -",
        "new   -         0",
    ]


@pytest.mark.parametrize(("one", "other"), [(0.0, 5.0), (5.0, 0.0), (-1.0, 1.0), ([1.0], 2.0)])
def test_a_ratio_is_told_only_where_it_says_something(one: object, other: object) -> None:
    """Not of zero, of another sign or of lists."""
    assert "×" not in rows(run({"v": one}, {}), run({"v": other}, {}))[-1]


def test_a_name_that_an_author_chose_is_shown_as_text() -> None:
    """No control character of it reaches the terminal, and nothing in it is markup."""
    shown = "\n".join(rows(run({"\x1b[2J\u202e[b]v": 1.0}, {}), run({}, {})))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[b]v" in shown


values = st.dictionaries(
    st.text("abcdefghij_", min_size=1, max_size=30),
    st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.lists(st.floats(-9e9, 9e9), max_size=9)),
    max_size=4,
)


@settings(deadline=None, max_examples=50)
@given(values, values, st.integers(20, 120))
def test_the_table_never_is_wider_than_the_terminal(
    one: dict[str, object], other: dict[str, object], width: int
) -> None:
    """Every value of both has a line, whatever the names and numbers are."""
    lines = rows(run(one, {}), run(other, {}), width)
    assert len(lines) == 1 + len({*one, *other})
    assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_two_runs_side_by_side(tmp_path: Path, size: tuple[int, int]) -> None:
    """c keeps one, then shows it beside the next; g both next figures, C keeps another one."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, size) as seat:
            await at_lab(seat, opened)
            await seat.press("c")
            seat.see("Run it first: x. Then c keeps that run")
            await seat.press("C")
            seat.see("Run it first: x")
            await seat.press("x")
            await seat.wait("1 claim holds")
            await seat.press("c")
            seat.see("Kept as A: change a parameter and run; then c puts both side by side")
            await seat.press("c")
            seat.see("This run is A already: change a parameter and run")
            await seat.press("right")
            await seat.wait(r"twice +5 ")
            await seat.press("c")
            seat.see("two settings side by side", r"A +Twice.*B +Twice", r"x +2 +2\.5", r"twice +4 +5 +B is 1\.25 × A")
            fits(seat, size[0])
            await seat.press("g", "pagedown", "pageup")
            seat.see(r"A +Again.*B +Again")
            await seat.resize(40, 12)
            seat.see("A +Again", "back")
            await seat.resize(*size)
            await seat.press("q", "C")
            seat.see("Kept as A")
            await seat.press("c")
            seat.see("Lab · doubling", "This run is A already")


async def test_both_runs_are_saved_apart(tmp_path: Path) -> None:
    """The table names the run of each number; runs without figures have nothing to save."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened, run=True)
            await seat.press("c", "right")
            await seat.wait(r"twice +5 ")
            await seat.press("c", "f")
            seat.see("doubling_compared.png")
            await fill(seat, str(tmp_path / "both.csv"))
            await seat.until((tmp_path / "both.csv").exists)
            table = list(csv.reader((tmp_path / "both.csv").read_text().splitlines()))
            assert [row for row in table if row[1:2] == ["x"]] == [
                ["A parameter", "x", "", "", "2.0"],
                ["B parameter", "x", "", "", "2.5"],
            ]
            assert [row for row in table if row[0].endswith("Twice") and row[2] == "1"] == [
                ["A Twice", "twice", "1", "2.0", "4.0"],
                ["B Twice", "twice", "1", "2.5", "5.0"],
            ]
            bare = run({"v": 1.0}, {})
            seat.app.push_screen(CompareScreen(bare, bare))
            await seat.settle()
            await seat.press("g", "f")
            seat.see("These runs have no figure to save")
