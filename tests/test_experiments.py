"""Rules of many runs at once: each made once, shared by all processes, ended by the first failure or by leaving."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.experiments import Setting, run_each
from studyapp.lab import Laboratory
from studyapp.library import Library
from studyapp.runs.errors import Cancelled, SimulationError
from studyapp.simulation import ParameterError, Run
from tests.runs.writing import alive, all_gone
from tests.studying import Clock, library


class Bench:
    """A laboratory that makes a run as soon as the event loop comes round so often, and may fail at a seed."""

    def __init__(self, rounds: int = 1, failing: Mapping[int, Exception] | None = None) -> None:
        self.rounds, self.failing = rounds, failing or {}
        self.made: list[int] = []
        self.cancelled = self.busy = 0

    async def run(self, name: str, _given: Mapping[str, object], seed: int) -> Run:
        """A run at this seed."""
        assert self.busy == 0, "a laboratory makes one run at a time"
        self.busy += 1
        try:
            for _ in range(self.rounds):
                await asyncio.sleep(0)
            if seed in self.failing:
                raise self.failing[seed]
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.busy -= 1
        self.made.append(seed)
        return Run(name, "", {}, seed, {"seed": seed}, {}, (), (), "", 0.0)


def seeds(count: int) -> list[Setting]:
    """Settings that differ in the seed, which is ten times their number."""
    return [({}, 10 * number) for number in range(count)]


async def each(benches: list[Bench], settings: list[Setting]) -> list[tuple[int, int]]:
    """The runs as they came in: the number of the setting, and the seed."""
    found: list[tuple[int, int]] = []
    laboratories = cast("list[Laboratory]", benches)
    await run_each(laboratories, "s", settings, lambda number, run: found.append((number, run.seed)))
    return found


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(0, 30))
def test_every_setting_is_run_once(rounds: list[int], count: int) -> None:
    """However many laboratories there are, and however quick each is; a run is told with the number of its setting."""
    benches = [Bench(one) for one in rounds]
    found = asyncio.run(each(benches, seeds(count)))
    assert sorted(found) == [(number, 10 * number) for number in range(count)]
    assert sorted(seed for bench in benches for seed in bench.made) == [10 * number for number in range(count)]


def test_who_is_quicker_makes_more_of_them() -> None:
    """Nobody waits while there is something left to run."""
    quick, slow = Bench(1), Bench(50)
    found = asyncio.run(each([slow, quick], seeds(20)))
    assert len(quick.made) > 10 > len(slow.made) >= 1
    assert found != sorted(found)


@pytest.mark.parametrize(
    "error", [SimulationError("s.py", "it is broken"), ParameterError("x does not fit"), Cancelled("s.py")], ids=type
)
def test_the_first_failure_ends_all_of_it(error: Exception) -> None:
    """It is raised as it is; what came in before was told, the rest is not begun, and nothing stays under way."""
    benches = [Bench(3, {50: error}), Bench(4, {50: error}), Bench(1000)]
    with pytest.raises(type(error)) as raised:
        asyncio.run(each(benches, seeds(100)))
    assert raised.value is error
    assert sum(len(bench.made) for bench in benches) < 10
    assert benches[2].cancelled == 1
    assert not any(bench.busy for bench in benches)


def test_an_error_of_who_is_told_ends_all_of_it() -> None:
    """As of a screen that was taken away."""

    def told(number: int, run: Run) -> None:
        raise RuntimeError(f"gone at {number}, seed {run.seed}")

    benches = [Bench(1), Bench(1000)]
    with pytest.raises(RuntimeError, match="gone at 0, seed 0"):
        asyncio.run(run_each(cast("list[Laboratory]", benches), "s", seeds(9), told))
    assert benches[1].cancelled == 1


def test_leaving_ends_all_of_it() -> None:
    """Whoever stops to wait leaves no run under way."""
    benches = [Bench(1000), Bench(1000)]

    async def left() -> None:
        task = asyncio.create_task(each(benches, seeds(9)))
        while not all(bench.busy for bench in benches):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [bench.cancelled for bench in benches] == [1, 1]
        assert not any(bench.busy for bench in benches)

    asyncio.run(left())


def test_real_processes_share_the_work_and_end(tmp_path: Path) -> None:
    """Two of them give what one gives, and both end."""
    given: list[Setting] = [({"samples": 100 + seed}, seed) for seed in range(6)]
    found: dict[int, Run] = {}

    async def shared(opened: Library) -> None:
        laboratories = [opened.laboratory, opened.another_laboratory()]
        await run_each(laboratories, "softmax_output", given, found.__setitem__)
        alone = await opened.laboratory.run("softmax_output", {"samples": 103}, 3)
        assert found[3].values == alone.values
        pids = [pid for one in laboratories if (pid := one._worker.pid) is not None]
        assert len(pids) == 2
        assert all(map(alive, pids))
        for one in laboratories:
            await one.close()
        assert all_gone(pids)

    with library(tmp_path, Clock()) as opened:
        asyncio.run(shared(opened))
    assert {number: (run.parameters["samples"], run.seed) for number, run in found.items()} == {
        number: (100 + number, number) for number in range(6)
    }
