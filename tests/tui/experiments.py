"""A simulation with claims, curves and mistakes for the experiments of the Lab, and the way there."""

from __future__ import annotations

from textual.widgets import Input

from studyapp.library import Library
from studyapp.model import Predicted
from studyapp.store import StoreError
from studyapp.tui.lab import LabScreen
from tests.tui.samples import OWN_SIMULATION
from tests.tui.screens import Seat
from tests.tui.test_run_panel import own_simulation

MISTAKES = '''
@mistake("twice", "one adds two to the number in place of taking it two times, which is the same for two alone")
def adds_two(parameters):
    """What was added."""
    return parameters.x + 2


@mistake("both", "one squares both")
def squares(parameters):
    return [parameters.x**2, parameters.x**2]


'''
CURVES = """    steps = [1, 2, 3, 4]
    lines = [Line(steps, [twice * one + 1 for one in steps], "up"), Line(steps, [10.0**-one for one in steps], "down")]
    figures += [Figure("Curves", Axis("step"), Axis("height"), lines[:1]),
                Figure("Decades", Axis("step"), Axis("height", "log"), lines[1:])]
"""
SIMULATION = (
    OWN_SIMULATION.replace("expected, main", "expected, main, mistake")
    .replace("@claim(1", MISTAKES.lstrip("\n") + "@claim(1")
    .replace("    return Result(", CURVES + "    return Result(")
)
"""`twice` and `both` with a mistake about each, and two curves to draw: one linear, one over decades."""


async def at_lab(seat: Seat, opened: Library, text: str = SIMULATION, *, run: bool = False) -> None:
    """From Home to the Lab with this simulation, which may run; with `run` after its first run.

    Not by the list, which describes every simulation there is meanwhile, and so keeps the worker.
    """
    own_simulation(opened, text=text)
    opened.laboratory.refresh()
    seat.app.push_screen(LabScreen("doubling", {}, None))
    await seat.wait("2 run")
    if run:
        await seat.press("x")
        await seat.wait(r"claims? holds? here|claims? fails? here|no claim speaks")


async def fill(seat: Seat, line: str) -> None:
    """Put a long line into the field in front, as if it was pasted, and press Enter."""
    seat.screen.query_one(Input).value = line
    await seat.press("enter")


def fits(seat: Seat, columns: int) -> None:
    """Fail, with the screen, where a line is longer than the terminal is wide."""
    assert all(len(line) <= columns for line in seat.lines), seat.text


def predictions(opened: Library) -> list[Predicted]:
    """What was logged, oldest first."""
    rows = opened.store.entries(newest_first=False)
    return [row.entry.event for row in rows if isinstance(row.entry.event, Predicted)]


def full(_: Library, made: Predicted) -> None:
    """A log that takes nothing."""
    raise StoreError(f"home: the disk could not be read or written for {made.simulation}")
