"""Rules of the Lab: predict, run, compare; consent, cancel, figures, the command that makes the same run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from studyapp.library import Library
from studyapp.model import Predicted
from studyapp.tui.lab import LabScreen
from tests.studying import COMPUTED, Clock, library
from tests.tui.samples import OWN_SIMULATION, SIMULATED, own_card
from tests.tui.screens import Seat, at_home, in_review
from tests.tui.test_run_panel import own_simulation


async def open_own(seat: Seat, opened: Library, text: str = OWN_SIMULATION) -> None:
    """Open the learner's own simulation from Home's list, allowed to run, by words of its name."""
    own_simulation(opened, text=text)
    opened.laboratory.refresh()
    await choose(seat, "doubling")
    await seat.wait("2 run")


async def choose(seat: Seat, name: str) -> None:
    """From Home, open a simulation of the Lab's list by its name."""
    await seat.press("x")
    await seat.wait("↑|Enter open")
    await seat.press("/")
    await seat.type(name)
    await seat.wait(rf"{name} +\w")
    await seat.press("enter")


def predictions(opened: Library) -> list[Predicted]:
    """What was logged, oldest first."""
    rows = opened.store.entries(newest_first=False)
    return [row.entry.event for row in rows if isinstance(row.entry.event, Predicted)]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_before_the_first_run(tmp_path: Path, size: tuple[int, int]) -> None:
    """The form, what the simulation is about, which values it computes, and what to do; every hint is in sight."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, size) as seat:
            await open_own(seat, opened)
            seat.see("Lab · doubling", r"▸x +├─+●─+┤ 2\b", r"n +├─+●─+┤ 10\b", "way +●add  shift", "round_off +off")
            seat.see("x: what is doubled in m", "Values to predict", "twice +the double", "1 predict .d.   2 run")
            seat.see("Doubles a number", "x runs it, and its plot stands here", "q back")
            assert all(len(line) <= size[0] for line in seat.lines)
            await seat.press("f")
            seat.see("Run it first: x")
            await seat.press("g", "R", "pagedown", "pageup")
            seat.see("2 run")


async def test_predict_run_compare(tmp_path: Path) -> None:
    """A prediction with how sure one is, then the run, then both side by side and the error; all of it is logged."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await open_own(seat, opened)
            await seat.press("d")
            seat.see("What will twice be", "the double, in m", "Esc no prediction")
            await seat.press("enter")
            seat.see("empty|type a number|nothing")
            await seat.type("2^4")
            await seat.press("enter")
            seat.see("twice = 16: how sure are you", "s sure   f fairly sure   g a guess")
            await seat.press("z")
            await seat.click("f fairly sure")
            seat.see("You said twice = 16, fairly sure. Not kept yet: x runs it, and keeps both")
            assert predictions(opened) == []
            await seat.press("x")
            await seat.wait("1 claim holds here")
            seat.see("You said   16, fairly sure   kept", r"Measured   4   expected 4   twice", "0.6 decades too high")
            seat.see("✓ holds: it is the double", r"both +\[4, 4\]")
        (one,) = predictions(opened)
        assert (one.simulation, one.value, one.predicted, one.measured) == ("doubling", "twice", 16.0, 4.0)
        assert (one.confidence, one.card, one.parameters["x"]) == ("fairly sure", "", 2.0)


async def test_a_run_that_was_seen_is_not_predicted(tmp_path: Path) -> None:
    """After a run d asks for other parameters first; until the prediction nothing runs, and lists are not offered."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await open_own(seat, opened)
            await seat.press("x")
            await seat.wait("1 claim holds here")
            await seat.press("d")
            seat.see("Seen already: the next change waits; then d predicts, x runs it")
            await seat.press("right")
            seat.see("changed: d predicts, x runs it", r"twice +4 ")
            await seat.press("d")
            seat.see("What will twice be")
            assert not seat.shows("another value")
            await seat.press(*"5", "enter", "s", "left")
            seat.see("changed back: your prediction was for other parameters; this run was seen")
            await seat.press("right", "d", *"5", "enter", "g", "x")
            await seat.wait("Your error none|Your error 0|too (high|low)")
            seat.see("You said   5, a guess", "Measured   5")
            await seat.press("d", "right", "d", "escape", "x")
            await seat.wait("Measured", gone=True)
        assert [(one.predicted, one.measured) for one in predictions(opened)] == [(5.0, 5.0)]


async def test_a_value_without_a_number_here_is_said(tmp_path: Path) -> None:
    """As after a change of parameters: the comparison says so, and logs nothing."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await open_own(seat, opened)
            lab = seat.screen
            assert isinstance(lab, LabScreen)
            await seat.until(lambda: bool(lab._single))
            lab._single = {"both"}
            await seat.press("d")
            seat.see("What will both be")
            await seat.press(*"4", "enter", "s", "x")
            await seat.wait("both is a list of numbers; predict another")
        assert predictions(opened) == []


async def test_a_changed_parameter_shows_at_once(tmp_path: Path) -> None:
    """After the first run a change runs again by itself, with the same seed; the reset too."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await open_own(seat, opened)
            await seat.press("right")
            seat.see("2 run")
            await seat.press("x")
            await seat.wait(r"twice +5 ")
            seat.see("1 claim holds here .* a change runs at once")
            seed = re.findall(r"seed (\d+),", seat.text)
            await seat.press("right")
            await seat.wait(r"twice +6 ")
            assert re.findall(r"seed (\d+),", seat.text) == seed
            await seat.press("n")
            await seat.wait(rf"seed (?!{seed[0]},)\d+,")
            await seat.press("R")
            await seat.wait(r"twice +4 ")
            seat.see("Twice   y")
            await seat.press("g")
            seat.see("Again   y", "g next figure")
            await seat.press("down", "down", "right")
            await seat.wait("no claim speaks of this")
            seat.see("Claims about other parameters", "· doubles: where it adds")


async def test_a_long_run_is_stopped(tmp_path: Path) -> None:
    """Progress is shown; Esc stops the run and keeps the Lab, changes made meanwhile run when it is over."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await open_own(seat, opened)
            await seat.press(*["down"] * 5, *"20", "enter", "x")
            await seat.wait(r"running █*░+ +\d+ %   Esc stops it")
            await seat.press("escape")
            await seat.wait("! .*(stopped|cancelled)")
            seat.see("Lab · doubling")
            seed = int(re.findall(r"seed +(\d+)", seat.text)[-1])
            await seat.press(".", *"2", "enter", "x")
            await seat.wait("running")
            await seat.press("n")
            await seat.wait(rf"1 claim holds here   seed (?!{seed},)\d+")
            await seat.press("escape")  # it may have been meant for the run
            seat.see("Nothing runs any more: Esc once more leads back", "▸seconds")
            await seat.press("escape")
            seat.see(r"Lab · [\d of]*simulations")


async def test_a_run_that_fails_leaves_the_lab_usable(tmp_path: Path) -> None:
    """The line names the file and the line of it; the next run works."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await open_own(seat, opened)
            await seat.press("up", "up", "right", "x")
            await seat.wait(r"! doubling\.py:\d+.*it is broken")
            assert not seat.shows("run before")
            await seat.press("left", "x")
            await seat.wait("1 claim holds here")
            assert not seat.shows("run before")


async def test_what_stands_below_a_failed_run_is_the_run_befores(tmp_path: Path) -> None:
    """Values, claims and plot stay, and say whose they are, until a run succeeds; also after one that was stopped."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await open_own(seat, opened)
            await seat.press("x")
            await seat.wait("1 claim holds here")
            (seed,) = re.findall(r"seed (\d+), ", seat.text)
            assert not seat.shows("run before")
            await seat.press("up", "up", "right")
            await seat.wait("it is broken")
            seat.see(rf"! The run before this one: seed {seed}, x 2, n 10, way add,", "✓ holds: it is the double")
            seat.see(r"Twice \(of the run before\)   y")
            await seat.resize(100, 30)
            seat.see("The run before this one")
            await seat.press("left")
            await seat.wait("run before", gone=True)
            await seat.press("up", *"20", "enter")
            await seat.wait("running")
            await seat.press("escape")
            await seat.wait("! .*(stopped|cancelled)")
            seat.see(rf"! The run before this one: seed {seed}, x 2")


async def test_what_a_simulation_printed_is_said_below_the_run(tmp_path: Path) -> None:
    """Each run says it of itself."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (80, 24)) as seat:
            printing = OWN_SIMULATION.replace("    twice = ", "    print(parameters.x)\n    twice = ")
            await open_own(seat, opened, printing)
            await seat.press("x")
            await seat.wait("· it printed 4 characters, which are not shown; return values instead")
            seat.see("1 claim holds here")


async def test_only_single_numbers_are_offered_to_predict(tmp_path: Path) -> None:
    """A list cannot be predicted, whatever comes first in the file; after a run all single numbers may be."""
    first, second = OWN_SIMULATION.index('@expected("the double"'), OWN_SIMULATION.index('@expected("the double, twice')
    end = OWN_SIMULATION.index("@claim")
    text = OWN_SIMULATION[:first] + OWN_SIMULATION[second:end] + OWN_SIMULATION[first:second] + OWN_SIMULATION[end:]
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await open_own(seat, opened, text)
            seat.see(r"both +the double, twice\n twice +the double")
            lab = seat.screen
            assert isinstance(lab, LabScreen)
            await seat.until(lambda: bool(lab._single))
            await seat.press("d")
            seat.see("What will twice be")
            await seat.press("down")
            seat.see("What will twice be")


async def test_leaving_stops_the_run(tmp_path: Path) -> None:
    """q leads back to the card at once; what was running is ended."""
    with library(tmp_path, Clock(), own=own_card(parameters="seconds = 20.0")) as opened:
        own_simulation(opened)
        async with in_review(opened) as seat:
            await seat.press("x")
            await seat.wait("2 run")
            seat.see("Lab · doubling    from: What is doubled", r"seconds +├─+●┤ 20", "q back to the card")
            await seat.press("x")
            await seat.wait("running")
            await seat.press("q")
            seat.see("Space show the answer")
            run = await opened.laboratory.run("doubling", {"seconds": 0.0}, 1)
            assert run.values["twice"] == 4.0


async def test_a_file_of_ones_own_asks_first(tmp_path: Path) -> None:
    """Its source is shown with the question; n leads back, y lets it run now and while it is unchanged."""
    with library(tmp_path, Clock()) as opened:
        own_simulation(opened, trusted=False)
        async with at_home(opened) as seat:
            await choose(seat, "doubling")
            await seat.wait("Your own file, not run before in this version")
            seat.see(r'1  """Doubles a number', "not a sandbox", "y run it, now and while it is unchanged")
            await seat.press("n")
            seat.see(r"Lab · [\d of]*simulations")
            assert not opened.laboratory.trusted(opened.laboratory.source("doubling"))
            await seat.press("enter")
            await seat.wait("Your own file")
            await seat.press("pagedown", "y")
            await seat.wait("2 run")
            await seat.press("v")
            seat.see("q back to the Lab")
            assert not seat.shows("y run it")
            await seat.press("y")
            seat.see("q back to the Lab")
            await seat.press("v", "q")
            await seat.wait("doubling +Doubling")
        assert opened.laboratory.trusted(opened.laboratory.source("doubling"))
        (opened.places.simulations / "doubling.py").write_text("# changed\n")
        opened.laboratory.refresh()
        assert not opened.laboratory.trusted(opened.laboratory.source("doubling"))


async def test_a_file_edited_beside_an_open_lab_asks_before_it_runs(tmp_path: Path) -> None:
    """What runs is what the learner sees in their editor, and at the parameters that they have chosen."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await open_own(seat, opened)
            await seat.press("right", "x")
            await seat.wait("1 claim holds here")
            chosen = seat.lines[seat.row("▸x ")].split("┤")[1].split()[0]
            file = opened.places.simulations / "doubling.py"
            file.write_text(file.read_text() + "# edited\n")
            await seat.press("n")
            await seat.wait("Your own file, not run before in this version")
            await seat.press("y")
            await seat.wait("2 run")
            assert seat.lines[seat.row("▸x ")].split("┤")[1].split()[0] == chosen
            await seat.press("x")
            await seat.wait("1 claim holds here")
            await seat.press("v", "end")
            await seat.wait("# edited")


@pytest.mark.slow
async def test_the_figure_is_saved(tmp_path: Path, room: Path) -> None:
    """As PNG or SVG, by the name's ending; a name that cannot be written is said in one line."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await open_own(seat, opened)
            await seat.press("x")
            await seat.wait("1 claim holds here")
            for name in ("one.png", "two.svg"):
                await seat.press("f")
                seat.see("Save as .png or .svg", "doubling.png", "Enter save it   Esc leave it")
                await seat.press("ctrl+u")
                await seat.type(str(room / name))
                await seat.press("enter")
                await seat.wait(f"Saved as .*{name}")
            await seat.press("f")
            refused = {"three.gif": "! three.gif: this is no kind", "nowhere/four.png": r"four\.png: its folder does"}
            for name, why in refused.items():
                await seat.press("ctrl+u")
                await seat.type(str(room / name))
                await seat.press("enter")
                await seat.wait(why)
                assert not (room / name).exists()
            await seat.press("escape")
            seat.see("Lab · doubling")
        assert (room / "one.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (room / "two.svg").read_text()


async def test_the_copied_command_makes_the_same_run(tmp_path: Path) -> None:
    """`studyapp run` with the copied line gives the very numbers that the Lab shows."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await open_own(seat, opened)
            await seat.press(".", *"1234567890123", "enter", "down", "down", "right", "down", "right")
            await seat.press("down", "enter", "ctrl+u", *"-1.25,0.1234567890123", "enter", "x")
            await seat.wait(r"twice +-?\d")
            await seat.press("y")
            seat.see("Copied: studyapp run doubling --x 0.1234567890123 --way shift --round_off true")
            run = seat.app.screen._run  # type: ignore[attr-defined]
            words = seat.app.clipboard.split()
        assert words[:2] == ["studyapp", "run"]
        assert words[-4:-1] == ["--weights", "-1.25,0.1234567890123", "--seed"]
        command = [sys.executable, "-m", "studyapp", "--home", str(opened.places.home), *words[1:], "--json"]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=True)
        told = json.loads(done.stdout)
        assert told["values"] == run.values
        assert told["seed"] == run.seed
        assert told["parameters"] == json.loads(json.dumps(dict(run.parameters)))


async def test_a_computed_cards_value_is_predicted_first(tmp_path: Path) -> None:
    """From a card the Lab has the card's parameters, and asks for the card's own value before the others."""
    with library(tmp_path, Clock(), computed=COMPUTED) as opened:
        async with in_review(opened) as seat:
            question = seat.review.session.question
            assert question is not None
            await seat.press("enter", "enter", "x")
            await seat.wait("2 run")
            temperature = question.parameters["temperature"]
            seat.see(rf"from: The ratio at temperature {temperature:g}\?", rf"temperature +├.*┤ {temperature:g}\b")
            await seat.press("d")
            seat.see("What will ratio_of_probabilities be")
            await seat.press(*"7", "enter", "s", "x")
            await seat.wait("You said   7, sure")
        assert [(one.card, one.value) for one in predictions(opened)] == [("ratio", "ratio_of_probabilities")]


async def test_the_cards_claims_come_first(tmp_path: Path) -> None:
    """Of all claims, those that back the card stand on top and say so; the results scroll."""
    with library(tmp_path, Clock(), simulated=SIMULATED) as opened:
        async with in_review(opened) as seat:
            await seat.press("space", "x")
            await seat.wait("2 run")
            await seat.press("x")
            await seat.wait("claims hold here")
            foot = seat.lines[seat.row("seed \\d+") + 1 :]
            assert "(backs the card)" in "".join(foot[1:3])
            await seat.press("pagedown")
            assert "(backs the card)" not in seat.text


async def test_a_card_whose_simulation_is_gone(tmp_path: Path) -> None:
    """The Lab says that there is none of this name and which is near; q leads back."""
    with library(tmp_path, Clock(), own=own_card("softmax_outptu")) as opened:
        async with in_review(opened) as seat:
            await seat.press("x")
            await seat.wait("! softmax_outptu: there is no simulation of this name; did you mean 'softmax_output'")
            await seat.press("d", "x", "n", "f", "v", "y", "g", "R", "q")
            seat.see("What is doubled")
