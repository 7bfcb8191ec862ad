"""Rules of the hundred seeds: how each claim fares when only chance changes, and its histogram."""

from __future__ import annotations

from pathlib import Path

from studyapp.tui.lab_seeds import SEEDS, SeedsScreen
from tests.studying import Clock, library
from tests.tui.experiments import SIMULATION, at_lab, fits
from tests.tui.screens import at_home

NOISY = (
    SIMULATION.replace("expected, main", "below, expected, main")
    .replace('parameter("add", choices', 'parameter("shift", choices')
    .replace(
        'if __name__ == "__main__"',
        '''@claim(2, "chance adds nothing, and this sentence is wider than any terminal is, so that it has two lines")
def level(parameters, values):
    """By chance."""
    return below(values["twice"], 2 * parameters.x)


@claim(3, "it has a number")
def numbered(parameters, values):
    """It has none."""
    return about(float("nan"), 1.0, relative=0.1)


if __name__ == "__main__"''',
    )
)


async def test_a_claim_over_a_hundred_seeds(tmp_path: Path) -> None:
    """The histogram with its bounds, on how many seeds it held, and the first on which it fails; ← → the others."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened, NOISY, run=True)
            await seat.press("X")
            await seat.wait(rf"{SEEDS} runs, seeds 0 to {SEEDS - 1}")
            seat.see(
                "Lab · doubling · 100 seeds", "level   1 of 2", "chance adds nothing", "● 100 seeds", "upper bound"
            )
            seat.see(
                r"✗ held on \d\d of 100 seeds: median", r"fails first on seed \d+: measured \d", "← → another claim"
            )
            fits(seat, 80)
            screen = seat.screen
            assert isinstance(screen, SeedsScreen)
            held = sum(claims["level"].verdict == "holds" for claims in screen._found.values())
            first = min(seed for seed, claims in screen._found.items() if claims["level"].verdict == "fails")
            assert 20 < held < 80
            seat.see(rf"held on {held} of 100 seeds", rf"fails first on seed {first}:")
            await seat.press("right")
            seat.see(
                "numbered   2 of 2", "✗ held on 0 of 100 seeds", "fails first on seed 0: measured no finite number"
            )
            assert not seat.shows("number of seeds"), "the histogram of another claim must not stay"
            await seat.press("f")
            seat.see("There is nothing to save yet")
            await seat.press("left")
            seat.see("level   1 of 2", "number of seeds")
            await seat.resize(40, 12)
            seat.see("held on", "back to the Lab")
            await seat.press("q")
            seat.see("Lab · doubling")


async def test_a_claim_that_always_holds(tmp_path: Path) -> None:
    """It has no seed to fail on; only one claim, so no other is offered."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened, run=True)
            await seat.press("X")
            await seat.wait("100 runs, seeds")
            seat.see("✓ held on 100 of 100 seeds, measured 4 each time", "it is the double")
            assert not seat.shows("fails first|another claim|1 of")
            await seat.press("right")
            seat.see("✓ held on 100 of 100 seeds")


async def test_seeds_are_for_claims_that_were_seen_to_apply(tmp_path: Path) -> None:
    """Before a run, after a change and where no claim speaks, it is said what to do first."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(seat, opened, SIMULATION.replace("time.sleep(0.01)", "time.sleep(0.7)"))
            await seat.press("X")
            seat.see("Run it here first .x.: then X tries its claims on 100 seeds")
            await seat.press("down", "down", "right", "x")
            await seat.wait("no claim speaks of this")
            await seat.press("X")
            seat.see("No claim speaks of these parameters")


async def test_stopped_seeds_keep_what_came_in(tmp_path: Path) -> None:
    """The verdict is on those; the next Esc leads back."""
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened) as seat:
            await at_lab(
                seat, opened, SIMULATION.replace("seconds: float = parameter(0.0", "seconds: float = parameter(0.05")
            )
            await seat.press("x")
            await seat.wait("1 claim holds here")
            await seat.press("X")
            await seat.wait(r"[2-9]\d? of 100 runs")
            await seat.press("escape")
            await seat.wait(r"stopped after \d+ of 100 runs")
            screen = seat.screen
            assert isinstance(screen, SeedsScreen)
            count = len(screen._found)
            assert 2 <= count < 100
            seat.see(rf"stopped after {count} of 100", rf"held on {count} of {count} seeds")
            await seat.press("escape")
            seat.see("Lab · doubling", "d predict")
