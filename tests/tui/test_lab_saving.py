"""Rules of saving from the Lab: the ending of the name says what is written, whole or not at all."""

from __future__ import annotations

import asyncio
import csv
import json
import re
from pathlib import Path
from typing import cast

import pytest

from studyapp.decks import DeckError
from studyapp.lab import Laboratory
from studyapp.runs.errors import SimulationError
from studyapp.simulation import Axis, Figure, Line, Run
from studyapp.tui.lab_saving import save
from tests.studying import Clock, library
from tests.tui.experiments import at_lab, fill
from tests.tui.screens import at_home

FIGURE = Figure("F", Axis("x"), Axis("y"), [Line([1.0, 2.0], [3.0, 4.0], "a")])
OTHER = Figure("G", Axis("x"), Axis("y"), [Line([1.0], [9.0], "b")])
RUN = Run("s", "0" * 64, {"x": 1.0}, 7, {"v": 2.0}, {"v": 2.5}, (FIGURE, OTHER), (), "2", 0.1)


class Painter:
    """A laboratory that only draws."""

    def __init__(self) -> None:
        self.drawn: list[tuple[Figure, Path]] = []

    async def draw(self, figure: Figure, file: Path) -> None:
        """Remember it."""
        self.drawn.append((figure, file))


def saved(file: Path, figures: list[Figure], runs: list[Run]) -> str:
    """What is in the file after it was saved."""
    asyncio.run(save(file, cast(Laboratory, Painter()), FIGURE, figures, runs))
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["a.png", "a.svg", "a.PNG"])
def test_a_picture_is_of_the_figure_that_is_shown(tmp_path: Path, name: str) -> None:
    """And only of that."""
    painter = Painter()
    asyncio.run(save(tmp_path / name, cast(Laboratory, painter), OTHER, [FIGURE, OTHER], [RUN]))
    assert painter.drawn == [(OTHER, tmp_path / name)]


def test_a_table_has_the_run_and_all_its_figures(tmp_path: Path) -> None:
    """Of an experiment, whose runs have no figures of their own, the figure that was made of them."""
    rows = list(csv.reader(saved(tmp_path / "a.csv", [FIGURE, OTHER], [RUN]).splitlines()))
    assert rows[0] == ["part", "name", "index", "x", "y"]
    assert ["value", "v", "", "", "2.0"] in rows
    assert [row for row in rows if row[0] in "FG"] == [
        ["F", "a", "0", "1.0", "3.0"],
        ["F", "a", "1", "2.0", "4.0"],
        ["G", "b", "0", "1.0", "9.0"],
    ]


def test_a_run_as_json_is_what_the_command_line_tells(tmp_path: Path) -> None:
    """With everything that is needed to repeat it."""
    told = json.loads(saved(tmp_path / "a.json", [FIGURE], [RUN]))
    assert (told["simulation"], told["seed"], told["parameters"]) == ("s", 7, {"x": 1.0})
    assert (told["values"], told["expected"]) == ({"v": 2.0}, {"v": 2.5})
    assert [figure["title"] for figure in told["figures"]] == ["F", "G"]


def test_many_runs_as_json_stand_beside_what_was_made_of_them(tmp_path: Path) -> None:
    """Also if only one of them came in."""
    bare = Run("s", "0" * 64, {}, 8, {"v": 3.0}, {}, (), (), "2", 0.1)
    for runs in ([RUN, bare], [bare]):
        told = json.loads(saved(tmp_path / "a.json", [OTHER], runs))
        assert [one["seed"] for one in told["runs"]] == [one.seed for one in runs]
        assert [figure["title"] for figure in told["figures"]] == ["G"]


def test_many_runs_as_a_table_tell_how_each_was_made(tmp_path: Path) -> None:
    """One row for each run, with its seed; two runs that have figures keep those, and their own rows before them."""
    bare = [Run("s", "0" * 64, {"x": 1.0}, seed, {"v": 3.0}, {}, (), (), "2", 0.1) for seed in (8, 9)]
    assert saved(tmp_path / "a.csv", [OTHER], bare) == "seed,parameter x,value v\n8,1.0,3.0\n9,1.0,3.0\n"
    both = saved(tmp_path / "b.csv", [FIGURE, OTHER], [RUN, RUN]).splitlines()
    assert {"A seed,s,,,7", "B seed,s,,,7", "F,a,0,1.0,3.0", "G,b,0,1.0,9.0"} <= set(both)


@pytest.mark.parametrize("name", ["a", "a.gif", "a.csv.txt", ".json"])
def test_any_other_ending_is_refused(tmp_path: Path, name: str) -> None:
    """With those there are; nothing is written."""
    with pytest.raises(SimulationError, match=r"ends in \.png, \.svg, \.csv or \.json"):
        saved(tmp_path / name, [FIGURE], [RUN])
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_makes_way_only_for_a_whole_one(tmp_path: Path) -> None:
    """And a folder that is not there is an error, not a crash."""
    (tmp_path / "a.csv").write_text("old")
    assert saved(tmp_path / "a.csv", [FIGURE], [RUN]).startswith("part,")
    with pytest.raises(DeckError, match="nowhere"):
        saved(tmp_path / "nowhere" / "a.csv", [FIGURE], [RUN])


async def test_a_file_that_is_there_makes_way_only_after_a_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A no, and Esc, lead back to the name, which may be changed."""
    monkeypatch.chdir(tmp_path)
    file = Path("run.json")
    file.write_text("mine")
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await at_lab(seat, opened, run=True)
            await seat.press("f")
            await fill(seat, str(file))
            seat.see(r"run\.json is there already, in", "y replace it   n another name")
            for key in ("n", "escape"):
                await seat.press(key)
                seat.see("Save as", r"run\.json")
                await seat.press("enter")
                seat.see("is there already")
            await seat.press("n")
            await fill(seat, "other.json")
            await seat.wait(r"Saved as .*other\.json")
            assert file.read_text() == "mine"
            await seat.press("f")
            await fill(seat, str(file))
            await seat.press("y")
            await seat.wait(r"Saved as .*run\.json")
        assert json.loads(file.read_text())["seed"] == json.loads(Path("other.json").read_text())["seed"]


async def test_a_name_that_will_not_do_stays_to_be_changed(
    tmp_path: Path, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why stands above it in one line, and no key reaches the Lab; the folder of a bare name is told."""
    monkeypatch.chdir(room)
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await at_lab(seat, opened, run=True)
            await seat.press("f")
            seat.see("ending, in", re.escape(str(room)))
            for name, why in {
                "..": r"! \.\.: this is a folder; name a file in it",
                f"{'a' * 400}.csv": "! a+….*: this cannot be the name of a|File name too long; shorten it",
                "table.xls": r"! table\.xls: this is no kind of figure or table",
            }.items():
                await fill(seat, name)
                await seat.wait(why)
            await seat.press("home", *["delete"] * 9)
            await seat.type("rxn.csv")
            await seat.press("enter")
            await seat.wait(r"Saved as .*rxn\.csv")
        assert (room / "rxn.csv").read_text().startswith("part,")


async def test_numbers_are_saved_from_the_lab_and_from_a_sweep(tmp_path: Path, room: Path) -> None:
    """By the name's ending; what cannot be written is one line, and no name at all saves nothing."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await at_lab(seat, opened, run=True)
            for name, said in {
                str(room / "run.json"): r"Saved as .*run\.json",
                str(room / "nowhere" / "run.csv"): "nowhere",
                str(room / "run"): r"this is no kind of figure or table; give it a name that ends in",
                "~nobody-of-this-name/run.csv": "there is no such home folder",
            }.items():
                await seat.press("f")
                seat.see("Save as .png or .svg .this figure., .csv or .json .the numbers.", "doubling.png")
                await fill(seat, name)
                await seat.wait(said)
                await seat.press("escape")
            await seat.press("f", "ctrl+u", "enter")
            seat.see("Lab · doubling")
            await seat.press("s", "ctrl+u")
            await seat.type("1 2 2")
            await seat.press("enter")
            await seat.wait(r"(?m)^ 2 runs")
            await seat.press("f")
            seat.see("doubling_sweep.png")
            await fill(seat, str(room / "sweep.json"))
            await seat.wait(r"Saved as .*sweep\.json")
        told = json.loads((room / "run.json").read_text())
        assert told["values"]["twice"] == 4.0
        swept = json.loads((room / "sweep.json").read_text())
        assert [one["parameters"]["x"] for one in swept["runs"]] == [1.0, 2.0]
        assert [mark["label"] for mark in swept["figures"][0]["marks"]] == ["measured", "expected"]
