"""Runs made ahead, while the learner thinks: each is made once, kept for a moment, and never in anybody's way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from studyapp.simulation import Run

GRACE = 0.2
"""A run that is in the way, or that nobody waits for any more, is given so many seconds to end by itself: to end it
costs a new process, which takes about as long."""

KEPT = 4
"""So many runs are kept, so that an answer taken back is shown with its run; one may hold millions of numbers."""

Identity = tuple[str, str, int]
"""What makes one run: the hash of the file, the parameters, the seed."""

Making = Callable[[], Coroutine[Any, Any, Run]]


@dataclass(slots=True)
class _Made:
    task: asyncio.Task[Run]
    waiting: int = 0


class Ahead:
    """The latest runs that were made ahead, finished or under way. To be used in one event loop, and closed."""

    def __init__(self) -> None:
        self._made: dict[Identity, _Made] = {}

    async def make(self, identity: Identity, making: Making) -> None:
        """Start the run unless it was started before, and wait until it is over; what it raises is kept for `get`.

        A run that all stop waiting for before it is over is ended after `GRACE`.
        """
        await self._over(identity, making)

    async def get(self, identity: Identity, making: Making) -> Run | None:
        """The run, made unless it was made ahead; None if it had to make room. What it raises is raised once."""
        task = await self._over(identity, making)
        if task.cancelled():
            return None
        if task.exception() is not None:
            self._forget(task)  # the next time it is tried again
        return task.result()

    def finished(self, identity: Identity) -> Run | None:
        """The run, if it is over and went well."""
        made = self._made.get(identity)
        if made is None or not made.task.done() or made.task.cancelled() or made.task.exception() is not None:
            return None
        return made.task.result()

    async def room(self) -> None:
        """Have the worker free for what is waited for now: a run under way is ended unless it is over in a moment."""
        others = [task for task in self._under_way() if task is not asyncio.current_task()]
        if others:
            await asyncio.wait(others, timeout=GRACE)
            await self._end(others)

    async def close(self) -> None:
        """End what is under way and forget all."""
        await self._end(self._under_way())
        self._made.clear()

    async def _over(self, identity: Identity, making: Making) -> asyncio.Task[Run]:
        made = self._made.get(identity)
        if made is None:
            made = self._made[identity] = _Made(asyncio.create_task(making()))
            made.task.add_done_callback(_look)
            for old in list(self._made)[:-KEPT]:
                if self._made[old].task.done():
                    del self._made[old]
        made.waiting += 1
        try:
            if not made.task.done():
                await asyncio.wait([made.task])
        finally:
            made.waiting -= 1
            if not made.task.done():
                asyncio.get_running_loop().call_later(GRACE, self._abandon, made)
        return made.task

    def _under_way(self) -> list[asyncio.Task[Run]]:
        return [made.task for made in self._made.values() if not made.task.done()]

    def _abandon(self, made: _Made) -> None:
        if not made.waiting and not made.task.done():
            self._forget(made.task)
            made.task.cancel()

    def _forget(self, task: asyncio.Task[Run]) -> None:
        self._made = {identity: made for identity, made in self._made.items() if made.task is not task}

    async def _end(self, tasks: Iterable[asyncio.Task[Run]]) -> None:
        late = [task for task in tasks if not task.done()]
        for task in late:
            self._forget(task)
            task.cancel()
        if late:
            await asyncio.wait(late)


def _look(task: asyncio.Task[Run]) -> None:
    """Look at what a run raised: asyncio reports what nobody looked at, and the learner may never ask for it."""
    if not task.cancelled():
        task.exception()
