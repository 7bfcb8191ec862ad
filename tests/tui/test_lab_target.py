"""Rules of a target in the Lab: each run counts, what met it is confirmed on more seeds, and what was found is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from studyapp.library import Library
from studyapp.model import Predicting
from tests.studying import Clock, library
from tests.tui.experiments import full
from tests.tui.screens import Seat, in_review
from tests.tui.test_lab import predictions
from tests.tui.test_run_panel import own_simulation

CARD = """# Refute

## What is wrong with "twice a number is never above 15"? {#never-above .refute}

It is, of 8 for one.

```toml
[simulation]
name = "doubling"
parameters = { x = 3.0 }

[target]
task = "find a number whose double is above 15"
value = "twice"
above = 15.0
change = ["x"]
solution = { x = 8.0 }
```
"""


@asynccontextmanager
async def at_the_target(tmp_path: Path) -> AsyncIterator[tuple[Seat, Library]]:
    """The Lab, opened from a card with a target."""
    with library(tmp_path, Clock(), refute=CARD) as opened:
        own_simulation(opened)
        opened.laboratory.refresh()
        async with in_review(opened, ["refute.md"], size=(120, 40)) as seat:
            await seat.press("space", "x")
            await seat.wait("2 run")
            yield seat, opened


async def test_what_meets_the_target_is_confirmed_and_kept(tmp_path: Path) -> None:
    """A miss says what was measured and what is wanted; a hit is tried on five more seeds; both count as runs."""
    async with at_the_target(tmp_path) as (seat, opened):
        seat.see("Try: find a number whose double is above 15   0 of 5 runs")
        await seat.press("x")
        await seat.wait("1 of 5 runs")
        seat.see("at x 3 twice is 6; wanted is", "twice at least 15", "t try again")
        assert predictions(opened) == []
        await seat.press("9", "enter")
        seat.see("changed: x runs it, which counts", "at x 3 twice is 6")
        await seat.press("x")
        await seat.wait(r"5 of 5 more seeds \(chance plays no part\): refuted")
        seat.see("a change runs at once")
        seat.see("at x 9 twice is 18", "✓")
        (kept,) = predictions(opened)
        assert (kept.form, kept.value, kept.predicted, kept.measured) == (Predicting.TARGET, "twice", 15.0, 18.0)
        await seat.press("left")
        await seat.wait("claim holds here")
        assert len(predictions(opened)) == 1


async def test_what_met_the_target_and_could_not_be_kept_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was found; the log does not have it."""
    async with at_the_target(tmp_path) as (seat, opened):
        monkeypatch.setattr(Library, "predict", full)
        await seat.press("9", "enter", "x")
        await seat.wait("refuted, but not kept: home: the disk could not be read or written")
        assert predictions(opened) == []


async def test_other_parameters_than_those_named_do_not_count(tmp_path: Path) -> None:
    """It is said which one was changed; the run itself is shown."""
    async with at_the_target(tmp_path) as (seat, opened):
        await seat.press("down", "right", "x")
        await seat.wait("not counted")
        seat.see("0 of 5 runs", "n was", "only x may be")
        assert predictions(opened) == []


async def test_after_five_runs_a_solution_is_told(tmp_path: Path) -> None:
    """And t begins anew."""
    async with at_the_target(tmp_path) as (seat, _):
        for number in range(1, 6):
            await seat.press("x")
            await seat.wait(f"{number} of 5 runs")
        seat.see("No run is left; one way is x = 8")
        await seat.press("t")
        seat.see("0 of 5 runs", "X 100 seeds")
        assert not seat.shows("t try again")


async def test_without_a_target_there_is_nothing_to_begin_anew(tmp_path: Path) -> None:
    """The key says so."""
    plain = CARD[: CARD.index("[target]")] + "```\n"
    with library(tmp_path, Clock(), refute=plain) as opened:
        own_simulation(opened)
        async with in_review(opened, ["refute.md"]) as seat:
            await seat.press("space", "x")
            await seat.wait("2 run")
            assert not seat.shows("Try:")
            await seat.press("t")
            seat.see("nothing to be found")
