"""Rules of the sweep: what is asked, what comes in, and that nothing is left running."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.library import Library
from studyapp.tui.lab_sweep import Range, SweepScreen
from tests.runs.writing import alive, all_gone
from tests.studying import Clock, library
from tests.tui.experiments import SIMULATION, at_lab, fits
from tests.tui.screens import Seat, at_home

FAILING = SIMULATION.replace("    if parameters.broken:", "    if parameters.x > 5:")


def pids(seat: Seat, opened: Library) -> list[int]:
    """The processes that make the runs of the sweep in front."""
    screen = seat.screen
    assert isinstance(screen, SweepScreen)
    laboratories = [opened.laboratory, *screen._others]
    found = [pid for one in laboratories if (pid := one._worker.pid) is not None]
    assert all(map(alive, found))
    return found


async def sweep(seat: Seat, given: str) -> None:
    """Sweep the highlighted parameter through this range."""
    await seat.press("s")
    seat.see("From, to, and in how many places")
    await seat.press("ctrl+u")
    await seat.type(given)
    await seat.press("enter")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_value_against_a_parameter(tmp_path: Path, size: tuple[int, int]) -> None:
    """Points as they come in, the exact values as a line; at any size, and the run of the Lab stays as it was."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, size) as seat:
            await at_lab(seat, opened)
            await seat.press("s")
            seat.see(
                "How does twice change with x", "▸ twice  the double, in m", "From, to", r"0 10 15", "Esc no sweep"
            )
            await seat.press("enter")
            await seat.wait(r"(?m)^ 15 runs")
            seat.see("Lab · doubling · twice by x", "● measured   ○ expected", "x in m")
            seat.see("the double, in m; seed 1, all else as in the Lab", "f save   . keys   q back to the Lab")
            fits(seat, size[0])
            screen = seat.screen
            assert isinstance(screen, SweepScreen)
            readings = [screen._readings[number] for number in sorted(screen._readings)]
            assert [one.at for one in readings] == list(screen._asked.places)
            assert all(one.measured == one.expected == 2 * float(str(one.at)) for one in readings)
            await seat.resize(40, 12)
            seat.see("15 runs", "q back to the Lab")
            await seat.press("escape")  # it may have been meant for the runs
            seat.see("Nothing runs any more: Esc once more leads back", "15 runs")
            await seat.press("escape")
            seat.see("Lab · doubling", "2 run|seed")


async def test_a_range_that_does_not_fit_is_asked_again(tmp_path: Path) -> None:
    """With one line that says why; nothing is run meanwhile, and Esc sweeps nothing."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            await seat.press("s")
            for given, why in {
                "": "give two numbers and, if you like, how many places",
                "5": "give two numbers",
                "a b": "give two numbers",
                "0 10 5 7": "give two numbers",
                "0 10 2.5": "give two numbers",
                "0 nan": "'nan' does not fit, a finite number is wanted",
                "0 11": "'11.0' does not fit, it lies outside 0 .. 10",
                "5 1": "5 to 1 is no range; give the smaller number first",
                "0 10 1": "a sweep has 2 to 100 places, not 1",
                "0 10 101": "a sweep has 2 to 100 places, not 101",
                "0,5 3": "write a point in place of a comma, and spaces between the numbers",
            }.items():
                await seat.press("ctrl+u")
                await seat.type(given)
                await seat.press("enter")
                seat.see(why)
                fits(seat, 80)
            await seat.press("ctrl+u")
            await seat.type("1, 2, 3")
            await seat.press("enter")
            await seat.wait(r"(?m)^ 3 runs")
            await seat.press("q", "s", "escape")
            seat.see("Lab · doubling", "d predict")


async def test_the_range_that_is_offered_fits(tmp_path: Path) -> None:
    """However many digits the bounds have."""
    text = SIMULATION.replace("low=0.0, high=10.0, help", "low=0.12345678, high=12345678.9, help")
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened, text)
            await seat.press("s", "enter")
            await seat.wait(r"(?m)^ 15 runs")


async def test_a_choice_and_a_switch_go_through_all_they_have(tmp_path: Path) -> None:
    """Nothing is asked but the value; bars by name."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            await seat.press("down", "down", "s")
            seat.see("How does twice change with way")
            assert not seat.shows("From, to")
            await seat.press("enter")
            await seat.wait(r"(?m)^ 2 runs")
            seat.see(r"add +█+", "shift", "measured")
            await seat.press("q", "down", "s", "enter")
            await seat.wait(r"(?m)^ 2 runs")
            seat.see(r"off +█+.*4\.00", r"on +█+.*4\.00")


async def test_what_has_no_range_is_not_swept(tmp_path: Path) -> None:
    """A list of numbers, and the seed: another one may be chosen."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            for keys in (["down"] * 4, ["down"] * 3):
                await seat.press(*keys, "s")
                seat.see("choose a parameter with a range first; then s sweeps it")


async def test_a_list_of_numbers_is_no_value_to_follow(tmp_path: Path) -> None:
    """It is not offered; where a number becomes a list it is said, and there is nothing to save."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            await seat.press("s", "down")
            seat.see("How does twice change with x")
            await seat.press("escape")
            parameter = (await opened.laboratory.describe("doubling")).parameters[0]
            asked = Range("both", [1.0, 2.0, 3.0])
            seat.app.push_screen(SweepScreen("doubling", parameter, asked, "the doubles", {}, 1))
            await seat.wait(r"(?m)^ 3 runs")
            seat.see("! both is no single number here; choose another value")
            await seat.press("f")
            seat.see("There is nothing to save yet")


async def test_a_run_that_fails_in_the_middle_ends_the_sweep(tmp_path: Path) -> None:
    """The line says where in the file; what came in stays, and the Lab goes on."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened, FAILING)
            await sweep(seat, "0 10 6")
            await seat.wait(r"! doubling\.py:\d+.*it is broken")
            seat.see("● measured")
            screen = seat.screen
            assert isinstance(screen, SweepScreen)
            assert set(screen._readings) <= {0, 1, 2}
            assert not screen.busy
            await seat.press("q", "x")
            await seat.wait("1 claim holds here")


async def test_escape_stops_the_runs_and_keeps_what_came_in(tmp_path: Path) -> None:
    """The second Esc leads back; the processes are free for what comes next."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            await seat.press(*["down"] * 5)
            await sweep(seat, "0 20 3")
            await seat.wait(r"1 of 3 runs   Esc stops and keeps")
            await seat.press("escape")
            await seat.wait("stopped after 1 of 3 runs")
            seat.see("● measured")
            await seat.press("escape", "x")
            await seat.wait("1 claim holds here")


async def test_escape_stops_runs_that_wait_for_their_turn_too(tmp_path: Path) -> None:
    """At once after Enter, when the processes are still being started: none of the runs is made later."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            await seat.press(*["down"] * 5)
            await sweep(seat, "10 20 3")
            screen = seat.screen
            assert isinstance(screen, SweepScreen)
            await seat.press("escape")
            seat.see("stopped after 0 of 3 runs")
            await seat.until(lambda: not screen.busy)
            workers = [one._worker for one in (opened.laboratory, *screen._others)]
            await seat.until(lambda: not any(one._lock.locked() for one in workers))
            await seat.press("f")
            seat.see("There is nothing to save yet")


async def test_leaving_ends_the_runs_and_their_processes(tmp_path: Path) -> None:
    """At once, however long they would have taken; the Lab runs anew."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            await seat.press(*["down"] * 5)
            await sweep(seat, "0 20 3")
            await seat.wait("1 of 3 runs")
            assert isinstance(seat.screen, SweepScreen)
            others = [one._worker for one in seat.screen._others]
            under_way = [pid for one in others if (pid := one.pid) is not None]
            await seat.press("q")
            seat.see("Lab · doubling", "d predict")
            await seat.until(lambda: not any(map(alive, under_way)))
            assert all(one._closed for one in others)
            await seat.until(lambda: not opened.laboratory._worker._lock.locked())
            await seat.press("x")
            await seat.wait("1 claim holds here")


async def test_quitting_during_a_sweep_leaves_no_process(tmp_path: Path) -> None:
    """Neither the Lab's own nor the others."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            await seat.press(*["down"] * 5)
            await sweep(seat, "0 20 3")
            await seat.wait("1 of 3 runs")
            under_way = pids(seat, opened)
        await opened.close_laboratory()
        assert all_gone(under_way)


ALWAYS = """@expected("three, whatever there is")
def always(parameters):
    return 3.0


"""
DOUBLE = '@expected("the double", unit="m")'
DEPENDENT = SIMULATION.replace(DOUBLE, ALWAYS + DOUBLE).replace(
    '{"twice": twice,', '{"always": 3.0 + 1e-9 * parameters.x, "twice": twice,'
)


async def test_a_value_that_depends_on_the_parameter_is_offered_first(tmp_path: Path) -> None:
    """Of all those in sight, any of which may be chosen."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened, DEPENDENT)
            await seat.press("s")
            await seat.wait("How does twice change with x")
            seat.see("  always  three, whatever there is", "▸ twice   the double, in m")
            await seat.press("down")
            seat.see("How does always change with x", "▸ always  three")
            await seat.press("escape", "down", "s")
            await seat.wait("How does always change with n")


async def test_what_is_level_but_for_rounding_looks_level(tmp_path: Path) -> None:
    """Measured and expected values stand in the same line, at the same number."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened, DEPENDENT)
            await seat.press("s")
            await seat.wait("How does twice change with x")
            await seat.press("down", "enter")
            await seat.wait(r"(?m)^ 15 runs")
            drawn = [line for line in seat.lines if "●" in line and "measured" not in line]
            assert len(drawn) == 1
            assert drawn[0].count("●") > 5


async def test_without_room_for_a_plot_the_window_is_to_be_larger(tmp_path: Path) -> None:
    """And the keys stay in sight."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            await seat.press("s", "enter")
            await seat.wait(r"(?m)^ 15 runs")
            await seat.resize(30, 8)
            seat.see("! make the window larger", "15 runs", "q")
            await seat.resize(80, 24)
            seat.see("● measured   ○ expected")
