"""This terminal's hold on a running sitting: who else has it, what happens when the terminal goes, letting go of it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress

from studyapp.exam_session import ExamSession
from studyapp.exams import Exams

PATIENCE = 5.0
"""Seconds that letting go waits for what is not stored yet."""

HARDLY = (ValueError, RuntimeError, NotImplementedError)
"""What asyncio raises for signals outside the main thread and on systems that have none."""


class Hold:
    """A session and the seat it was opened with. `leave` ends the program in good order."""

    def __init__(self, session: ExamSession, exams: Exams, leave: Callable[[], None]) -> None:
        self.session, self._exams, self._leave = session, exams, leave
        self._letting_go: asyncio.Task[None] | None = None
        self._looking = False

    async def look(self) -> None:
        """Find out whether another terminal has the exam; one look at a time, however slow the disk."""
        if self._looking:
            return
        self._looking = True
        try:
            await self.session.look()
            if not self.session.lost:
                self._exams.take_seat()  # after a take-over it becomes free a moment later
        finally:
            self._looking = False

    async def let_go(self) -> None:
        """Store what is left, as far as it can be stored, and let another terminal have the exam; done once."""
        if self._letting_go is None:
            self._letting_go = asyncio.create_task(self._let_go())
        await self._letting_go

    async def _let_go(self) -> None:
        if not self.session.lost:
            await self.session.stored_all(PATIENCE)
        await self.session.close()
        self._exams.leave_seat()

    # --- the terminal -----------------------------------------------------------------------------

    def watch_terminal(self) -> None:
        """From now on a terminal that is closed, or an end that is asked for, first stores what was received."""
        with suppress(*HARDLY):
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGHUP, self._hung_up)
            loop.add_signal_handler(signal.SIGTERM, self._leave)

    def unwatch_terminal(self) -> None:
        """Leave both signals to what they did before."""
        with suppress(*HARDLY):
            for number in (signal.SIGHUP, signal.SIGTERM):
                asyncio.get_running_loop().remove_signal_handler(number)

    def _hung_up(self) -> None:
        self._ending = asyncio.create_task(self._store_and_end())

    async def _store_and_end(self) -> None:
        """There is no terminal to be put in order any more: end as a program does that knows nothing of this signal."""
        await self.let_go()
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGHUP)
