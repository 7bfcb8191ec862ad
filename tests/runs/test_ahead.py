"""Rules of runs that are made ahead: each once, kept for a moment, ended when nobody wants it or others wait."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from studyapp.runs import ahead
from studyapp.runs.ahead import KEPT, Ahead, Identity
from studyapp.simulation import Run


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for takes hundredths of a second in these tests."""
    monkeypatch.setattr(ahead, "GRACE", 0.02)


def identity(seed: int) -> Identity:
    """One of many runs of a file."""
    return ("ab", "[]", seed)


@dataclass
class Kitchen:
    """Makes runs, and notes what was begun, finished and ended before its time."""

    begun: list[int] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)

    async def make(self, seed: int, seconds: float = 0.0, error: Exception | None = None) -> Run:
        """A run of that seed, after so many seconds."""
        self.begun.append(seed)
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self.ended.append(seed)
            raise
        if error is not None:
            raise error
        self.done.append(seed)
        return Run("one", "ab", {}, seed, {}, {}, (), (), "2", seconds)


def do(work: Coroutine[Any, Any, None]) -> None:
    """Run a test's work in a loop that reports what nobody looked at."""

    async def watched() -> None:
        reported: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
        await work
        await asyncio.sleep(0)
        assert reported == []

    asyncio.run(watched())


def test_a_run_is_made_once_however_many_wait_for_it() -> None:
    """Ahead, beside the answer, and again after an undo."""

    async def work() -> None:
        kitchen, made = Kitchen(), Ahead()
        assert made.finished(identity(1)) is None
        waiting = asyncio.create_task(made.make(identity(1), lambda: kitchen.make(1, 0.05)))
        await asyncio.sleep(0.01)
        assert made.finished(identity(1)) is None
        first = await made.get(identity(1), lambda: kitchen.make(1))
        await waiting
        second = await made.get(identity(1), lambda: kitchen.make(1))
        assert first is not None
        assert first is second is made.finished(identity(1))
        assert kitchen.begun == [1]

    do(work())


def test_the_latest_are_kept() -> None:
    """And no more than a few."""

    async def work() -> None:
        kitchen, made = Kitchen(), Ahead()
        for seed in range(KEPT + 2):
            await made.make(identity(seed), partial(kitchen.make, seed))
        kept = [seed for seed in range(KEPT + 2) if made.finished(identity(seed)) is not None]
        assert kept == list(range(2, KEPT + 2))

    do(work())


def test_an_error_is_kept_until_it_was_told() -> None:
    """Who makes ahead hears nothing of it; who shows does, once; then it is tried again."""

    async def work() -> None:
        kitchen, made = Kitchen(), Ahead()
        await made.make(identity(1), lambda: kitchen.make(1, error=ValueError("broken")))
        assert made.finished(identity(1)) is None
        with pytest.raises(ValueError, match="broken"):
            await made.get(identity(1), lambda: kitchen.make(1))
        assert kitchen.begun == [1]
        assert await made.get(identity(1), lambda: kitchen.make(1)) is not None
        assert kitchen.begun == [1, 1]

    do(work())


def test_an_error_that_nobody_asks_for_is_silent() -> None:
    """asyncio would print it on the learner's screen."""

    async def work() -> None:
        made = Ahead()
        await made.make(identity(1), lambda: Kitchen().make(1, error=ValueError("broken")))
        await made.close()

    do(work())


def test_a_run_that_nobody_waits_for_any_more_is_ended() -> None:
    """After a moment, in which a quick one is over by itself."""

    async def work() -> None:
        kitchen, made = Kitchen(), Ahead()
        tasks = [
            asyncio.create_task(made.make(identity(seed), partial(kitchen.make, seed, seconds)))
            for seed, seconds in ((1, 60.0), (2, 0.015))
        ]
        await asyncio.sleep(0.005)
        for task in tasks:
            task.cancel()
        await asyncio.sleep(0.1)
        assert (kitchen.done, kitchen.ended) == ([2], [1])
        assert made.finished(identity(2)) is not None
        assert await made.get(identity(1), lambda: kitchen.make(1)) is not None

    do(work())


def test_a_run_that_another_waits_for_goes_on() -> None:
    """The screen that made it ahead may go while the answer still waits for it."""

    async def work() -> None:
        kitchen, made = Kitchen(), Ahead()
        making = asyncio.create_task(made.make(identity(1), lambda: kitchen.make(1, 0.1)))
        await asyncio.sleep(0.01)
        showing = asyncio.create_task(made.get(identity(1), lambda: kitchen.make(1)))
        await asyncio.sleep(0)
        making.cancel()
        assert await showing is not None
        assert kitchen.ended == []

    do(work())


def test_room_is_made_for_what_is_waited_for() -> None:
    """A moment is granted, then the run is ended, and who was to show it gets nothing; later it is made anew."""

    async def work() -> None:
        kitchen, made = Kitchen(), Ahead()
        await made.room()
        quick = asyncio.create_task(made.get(identity(1), lambda: kitchen.make(1, 0.01)))
        await asyncio.sleep(0)
        await made.room()
        assert (await quick) is not None
        slow = asyncio.create_task(made.get(identity(2), lambda: kitchen.make(2, 60)))
        await asyncio.sleep(0.001)
        await made.room()
        assert kitchen.ended == [2]
        assert await slow is None
        assert await made.get(identity(2), lambda: kitchen.make(2)) is not None

    do(work())


def test_a_run_does_not_make_room_for_itself() -> None:
    """It asks the worker like everybody."""

    async def work() -> None:
        made = Ahead()

        async def making() -> Run:
            await made.room()
            return await Kitchen().make(1)

        assert await made.get(identity(1), making) is not None

    do(work())


def test_closing_ends_all() -> None:
    """Nothing is under way afterwards, and nothing is kept."""

    async def work() -> None:
        kitchen, made = Kitchen(), Ahead()
        await made.make(identity(1), lambda: kitchen.make(1))
        waiting = asyncio.create_task(made.make(identity(2), lambda: kitchen.make(2, 60)))
        await asyncio.sleep(0.001)
        await made.close()
        await waiting
        assert kitchen.ended == [2]
        assert made.finished(identity(1)) is None
        assert asyncio.all_tasks() == {asyncio.current_task()}

    do(work())
