"""Rules of predictions: a trend against the run before, an option among what mistakes give, and what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.library import Library
from studyapp.model import Predicting
from tests.studying import Clock, library
from tests.tui.experiments import at_lab, full, predictions
from tests.tui.screens import at_home


async def test_a_trend_is_predicted_against_the_run_before(tmp_path: Path) -> None:
    """With + - or =, once there was a run; the comparison says what came, and what the value was."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await at_lab(seat, opened)
            await seat.press("d")
            assert not seat.shows("in the run before")
            await seat.press("+", "enter")
            seat.see("a number is missing at the end")
            await seat.press("escape", "x")
            await seat.wait("1 claim holds here")
            for typed, key, said, verdict in (
                ("+", "s", "it grows, sure", "none: it grows"),
                ("-", "g", "it falls, a guess", "wrong: it grows"),
                ("=", "f", "it stays, fairly sure", "wrong: it grows"),
            ):
                await seat.press("d", "right", "d")
                seat.see(r"It was \d+(\.\d+)? in the run before: \+ grows, - falls, = stays")
                await seat.type(typed)
                await seat.press("enter")
                seat.see("twice: it (grows|falls|stays): how sure are you")
                await seat.press(key)
                await seat.wait(f"You said twice: {said}. Not kept yet: x runs it, and keeps both")
                await seat.press("x")
                await seat.wait(f"You said +{said}")
                seat.see(rf"Measured .* before +twice\n Your error {verdict}")
        made = predictions(opened)
        assert [(one.form, one.predicted, one.measured) for one in made] == [
            (Predicting.TREND, 1, 1),
            (Predicting.TREND, -1, 1),
            (Predicting.TREND, 0, 1),
        ]


async def test_an_option_is_chosen_among_what_mistakes_give(tmp_path: Path) -> None:
    """Tab shows them in ascending order, which tells nothing; a wrong one is a mistake that m shows."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await at_lab(seat, opened)
            await seat.press("right", "d")
            await seat.wait("Tab options")
            await seat.press(*"12", "tab")
            seat.see("▸ a   4.5", "  b   5", "↑ ↓ option   Enter take it   Tab type a number")
            assert not seat.typing
            await seat.press("c", "tab")
            assert seat.typing
            await seat.press("tab", "a")
            seat.see("twice = 4.5: how sure are you")
            await seat.press("tab", "s")
            await seat.wait("You said twice = 4.5, sure")
            await seat.press("x")
            await seat.wait("Your error wrong: a mistake gives that, and m shows which")
            seat.see("You said   4.5, sure", "Measured   5   expected 5")
            await seat.press("d", "right", "d")
            await seat.wait("Tab options")
            await seat.press("tab", "down", "up", "up")
            seat.see("▸ b   6")
            await seat.press("enter", "f")
            await seat.wait("You said twice = 6, fairly sure")
            await seat.press("x")
            await seat.wait("Your error none")
        assert [(one.form, one.predicted, one.measured, one.confidence) for one in predictions(opened)] == [
            (Predicting.CHOICE, 4.5, 5.0, "sure"),
            (Predicting.CHOICE, 6.0, 6.0, "fairly sure"),
        ]


async def test_options_that_are_alike_are_not_offered(tmp_path: Path) -> None:
    """Where the mistake gives the same number, or none is known, only a number can be said."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened)
            await seat.press("d")
            seat.see("What will twice be")
            asking = seat.screen
            await seat.until(lambda: not any(one.is_running for one in seat.app.workers if one.node is asking))
            await seat.press("tab")
            seat.see("What will twice be", "Enter go on")
            assert not seat.shows("Tab|a   4")


async def test_a_prediction_that_could_not_be_kept_says_so_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For as long as it is not on the disk; the next run keeps it, once."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await at_lab(seat, opened)
            await seat.press("d", *"5", "enter", "s")
            seat.see("Not kept yet: x runs it, and keeps both")
            with monkeypatch.context() as patched:
                patched.setattr(Library, "predict", full)
                await seat.press("x")
                await seat.wait("1 claim holds here")
                await seat.press("pagedown", "pageup")
                seat.see("! not kept: home: the disk could not be read or written for doubling; x tries it again")
                assert not seat.shows("sure   kept")
            assert predictions(opened) == []
            await seat.press("x")
            await seat.wait("You said   5, sure   kept")
            assert not seat.shows("not kept")
            await seat.press("x")
            await seat.wait("1 claim holds here")
        assert [(one.predicted, one.measured) for one in predictions(opened)] == [(5.0, 4.0)]


async def test_for_who_predicts_changes_wait_until_a_run_without_a_prediction(tmp_path: Path) -> None:
    """The line below a run says which of both it is; d always has something to predict after a change that waited."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await at_lab(seat, opened)
            await seat.press("x")
            await seat.wait("seed .* a change runs at once")
            await seat.press("right")
            await seat.wait(r"twice +5 ")
            for key, number in (("right", 6), ("right", 7), ("left", 6)):
                await seat.press("d")
                if not seat.shows("What will twice be"):
                    seat.see("Seen already: the next change waits; then d predicts, x runs it")
                    await seat.press(key)
                    seat.see("changed: d predicts, x runs it")
                    await seat.press("d")
                await seat.press(*str(number), "enter", "s", "x")
                await seat.wait(rf"seed .* a change waits for x(?s:.*)You said   {number}, sure   kept")
            await seat.press("right")
            seat.see("changed: d predicts, x runs it", r"twice +6 ")
            await seat.press("left")
            seat.see("1 claim holds here .* a change waits for x")
            await seat.press("x")
            await seat.wait("a change runs at once")
            await seat.press("left")
            await seat.wait(r"twice +5 ")
        assert [one.predicted for one in predictions(opened)] == [6.0, 7.0, 6.0]


async def test_what_is_running_is_not_predicted(tmp_path: Path) -> None:
    """Its result may be there before the prediction; the change after it waits."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, (120, 40)) as seat:
            await at_lab(seat, opened)
            await seat.press(*["down"] * 5, *"20", "enter", "x")
            await seat.wait("running")
            await seat.press("d")
            assert not seat.shows("What will twice be")
            await seat.press("escape")
            await seat.wait("! .*(stopped|cancelled)")
            await seat.press("d")
            seat.see("What will twice be")
