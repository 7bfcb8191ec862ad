"""Rules of drawing: the run is made unseen, the curve drawn by keys, and how far it was off is logged."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.library import Library
from studyapp.model import Predicting
from studyapp.tui.lab import LabScreen
from studyapp.tui.lab_draw import DrawScreen
from tests.studying import Clock, library
from tests.tui.experiments import SIMULATION, at_lab, fits, full, predictions
from tests.tui.samples import OWN_SIMULATION, own_card
from tests.tui.screens import Seat, at_home, in_review
from tests.tui.test_run_panel import own_simulation


def heights(seat: Seat) -> list[float]:
    """Where the handles stand."""
    assert isinstance(seat.screen, DrawScreen)
    return seat.screen._drawing.handles()[1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_draw_then_see(tmp_path: Path, size: tuple[int, int]) -> None:
    """Handles by arrow keys, how sure, then the measured curve over the drawn one; the Lab shows the run afterwards."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, size) as seat:
            await at_lab(seat, opened)
            await seat.press("D")
            await seat.wait("handle 1 of 5")
            seat.see(
                "draw the curve, then see it",
                "Curves: up",
                "How will height run along step",
                "● you drew   ○ handles   ▲ this one moves",
            )
            seat.see("← → handle", "↑ ↓ move it", "Enter that is it", "g another curve", "q back")
            assert not seat.shows("measured|it is the double")
            fits(seat, size[0])
            level = heights(seat)
            await seat.press("right", "up", "up", "pageup")
            seat.see("handle 2 of 5 at")
            moved = heights(seat)
            assert moved[1] > level[1]
            assert moved[:1] + moved[2:] == level[:1] + level[2:]
            await seat.press("pagedown", "down", "down", "left", "left")
            seat.see("handle 5 of 5")
            assert heights(seat) == pytest.approx(level)
            await seat.press("enter")
            seat.see("How sure are you of this curve", "s sure   f fairly sure   g a guess", "Esc back to the handles")
            await seat.press("up", "right", "escape")
            seat.see("handle 5 of 5")
            assert heights(seat) == pytest.approx(level)
            await seat.press("enter", "g")
            seat.see(
                r"Your curve is off by \d+ % of its span, root mean square   kept",
                "● you drew   ○ handles   ■ measured",
            )
            assert predictions(opened) != []
            await seat.resize(40, 12)
            seat.see("Your curve is off by")
            await seat.resize(*size)
            await seat.press("s", "up", "enter")
            seat.see("1 claim holds here", r"twice +4 ")
        (one,) = predictions(opened)
        assert (one.form, one.value, one.confidence, one.scale) == (Predicting.CURVE, "Curves: up", "a guess", "")
        assert one.found == pytest.approx((5, 8, 11, 14, 17))
        assert one.drawn == pytest.approx(level)
        assert one.measured == 0
        assert one.predicted > 0
        assert one.parameters["x"] == 2.0


async def test_another_curve_along_a_logarithm(tmp_path: Path) -> None:
    """g chooses it; the error is in decades, and the log says so."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            await seat.press("D")
            await seat.wait("handle 1 of 5")
            await seat.press("g")
            seat.see("Decades: down", r"height \(log\)")
            await seat.press("g")
            seat.see("Curves: up")
            await seat.press("g", "enter", "s")
            seat.see(r"Your curve is off by \d\.\d\d decades")
        (one,) = predictions(opened)
        assert (one.value, one.scale, one.confidence) == ("Decades: down", "log", "sure")
        assert one.found == pytest.approx((0.1, 10**-1.75, 10**-2.5, 10**-3.25, 1e-4))


async def test_leaving_before_the_curve_was_seen_logs_nothing(tmp_path: Path) -> None:
    """The run stays unseen: it may be drawn again, or predicted."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            for key in ("q", "escape"):
                await seat.press("D")
                await seat.wait("handle 1 of 5")
                await seat.press(key)
                seat.see("Values to predict")
                assert not seat.shows("holds here|✓")
            await seat.press("d")
            seat.see("What will twice be")
        assert predictions(opened) == []


async def test_a_curve_that_was_seen_is_not_drawn(tmp_path: Path) -> None:
    """Other parameters first; then the curve of the run before stands beside the handles."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened, run=True)
            await seat.press("D")
            seat.see("Seen already: the next change waits; then D draws its curve")
            await seat.press("right")
            seat.see("changed: d predicts, x runs it", r"twice +4 ")
            await seat.press("D")
            await seat.wait("handle 1 of 5")
            seat.see("the run before")


async def test_a_simulation_without_a_curve(tmp_path: Path) -> None:
    """It is said, and what else can be predicted; nothing was shown of the run."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened, OWN_SIMULATION)
            await seat.press("D")
            await seat.wait("This simulation has no curve to draw; d predicts a number")
            assert not seat.shows("✓")


async def test_a_run_that_fails_or_is_stopped_is_not_drawn(tmp_path: Path) -> None:
    """One line, as of any run."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            lab = seat.screen
            assert isinstance(lab, LabScreen)
            await seat.until(lambda: bool(lab._single))
            await seat.press("up", "up", "right", "D")
            await seat.wait(r"! doubling\.py:\d+.*it is broken")
            await seat.press("left", "up", *"20", "enter", "D")
            await seat.wait("making the run, unseen")
            await seat.press("escape")
            await seat.wait("! .*(stopped|cancelled)")
        assert predictions(opened) == []


async def test_a_drawn_curve_counts_for_its_card(tmp_path: Path) -> None:
    """From a card, the log names it."""
    with library(tmp_path, Clock(), own=own_card()) as opened:
        own_simulation(opened, text=SIMULATION)
        async with in_review(opened) as seat:
            await seat.press("x")
            await seat.wait("2 run")
            await seat.press("D")
            await seat.wait("handle 1 of 5")
            await seat.press("enter", "f")
            seat.see("Your curve is off by")
        assert [(one.card, one.confidence) for one in predictions(opened)] == [("own", "fairly sure")]


async def test_a_curve_that_could_not_be_kept_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown beside the measured one all the same, and for as long as it is the line stays."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            await seat.press("D")
            await seat.wait("handle 1 of 5")
            monkeypatch.setattr(Library, "predict", full)
            await seat.press("enter", "s", "left")
            seat.see("Your curve is off by", "! not kept: home: the disk could not be read or written", "■ measured")
            assert not seat.shows("square   kept")
        assert predictions(opened) == []


async def test_a_curve_that_cannot_be_seen_is_not_kept(tmp_path: Path) -> None:
    """In a terminal without room for the plot, which says so; in a larger one the same handles go on."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (30, 8)) as seat:
            await at_lab(seat, opened)
            await seat.press("D")
            await seat.wait("handle 1 of 5")
            seat.see("! make the window larger", "How will height run along step", "You see it when you are done")
            await seat.press("enter")
            seat.see("Make the window larger: a curve that you cannot see is not kept")
            assert not seat.shows("How sure")
            await seat.press("s")
            assert predictions(opened) == []
            await seat.resize(80, 24)
            await seat.press("enter", "s")
            seat.see("Your curve is off by")
        assert len(predictions(opened)) == 1


async def test_every_mark_keeps_its_sign(tmp_path: Path) -> None:
    """What was drawn, its handles and the run before look the same whatever else is there."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened, run=True)
            await seat.press("d", "right", "D")
            await seat.wait("handle 1 of 5")
            seat.see("● you drew   ○ handles   ▲ this one moves   △ the run before")
            await seat.press("enter", "s")
            seat.see("● you drew   ○ handles   ■ measured")
            await seat.press("q", "right")
            seat.see("changed: d predicts, x runs it")
