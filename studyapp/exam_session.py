"""A sitting in progress: every key press is stamped, judged by the state machine, and written until it is stored.

Writing happens beside the screen: a slow disk never stops the countdown, and a full one loses nothing that was received
in time as long as this process lives. What is reported as saved is on the disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from studyapp.core.exam.clock import ExamClock, Reading
from studyapp.core.exam.events import (
    Emailed,
    Finished,
    Guessed,
    Picked,
    Released,
    Saved,
    Shown,
    SittingEvent,
    Struck,
    told,
)
from studyapp.core.exam.outcome import answers
from studyapp.core.exam.sitting import Refusal, Sitting, advance, due, following, refusal
from studyapp.model import Answered, Day
from studyapp.store import StaleError, Store, StoreError

RETRY = 0.25
"""Seconds until a write that failed is tried again."""

GRACE = 100
"""Milliseconds that an expired question stays on the screen, for keys received in time to be handled before it goes."""


class SaveState(StrEnum):
    """What is to be read beside a question at every moment, never by colour alone."""

    BLANK = "nothing saved"
    NOT_SAVED = "not saved"
    RECEIVED = "received, not yet stored"
    FAILED = "not stored, trying again"
    SAVED = "saved"


@dataclass(frozen=True, slots=True)
class _Pending:
    event: SittingEvent
    reading: Reading
    others: tuple[Answered, ...] = ()


@dataclass(slots=True)
class ExamSession:
    """One terminal's hold on a running sitting.

    `sitting` is what was received, `stored` how many of its events are on the disk. `trouble` is one line on the last
    write, empty when it went well; `lost` says that another terminal has the sitting now, and nothing more is written.
    `store` is opened for this session alone: only its writing thread uses it. `seat` takes the lock that keeps other
    terminals out, if it is free. `changed` is called after every write.
    """

    id: str
    sitting: Sitting
    clock: ExamClock
    store: Callable[[], Store]
    read: Callable[[], Reading]
    now: Callable[[], datetime]
    study_day: Callable[[datetime], Day]
    stored: int
    seat: Callable[[], bool] = lambda: True
    changed: Callable[[], None] = lambda: None
    trouble: str = ""
    lost: bool = False
    _pending: list[_Pending] = field(default_factory=list)
    _save_numbers: dict[int, int] = field(default_factory=dict)
    _writing: asyncio.Task[None] | None = None
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "exam"))
    _own: Store | None = None

    # --- time -------------------------------------------------------------------------------------

    def at(self, ago: float = 0.0) -> int:
        """The exam time, or what it was so many seconds ago, when a key press was received."""
        return max(0, self.clock.at(self.read()) - round(1000 * ago))

    @property
    def current(self) -> int:
        """The question on the screen; -1 before the first."""
        return self.sitting.current

    @property
    def left(self) -> int:
        """The milliseconds left for the question on the screen: its deadline minus now."""
        return self.sitting.left(self.current, self.at()) if self.current >= 0 else 0

    def tick(self) -> Shown | Finished | None:
        """Do what time has made necessary; returns the last of it. How often this is called makes no difference."""
        done = None
        while due(self.sitting, self.at() - GRACE) is not None and not self.lost:
            event = due(self.sitting, self.at())
            if event is None or self._do(event) is not None:
                break
            done = event
        return done

    # --- what the learner does --------------------------------------------------------------------
    # Each says why it was refused, or returns None. `ago` is how many seconds ago the key press was received.

    def pick(self, option: int, ago: float = 0.0) -> Refusal | None:
        """Choose an option; the one already picked is let go of. It does not count until saved."""
        chosen = None if self.sitting.attempts[self.current].picked == option else option
        return self._do(Picked(self.at(ago), self.current, chosen))

    def strike(self, option: int, ago: float = 0.0) -> Refusal | None:
        """Strike an option out, or take it back in."""
        out = option not in self.sitting.attempts[self.current].struck
        return self._do(Struck(self.at(ago), self.current, option, out))

    def guess(self, ago: float = 0.0) -> Refusal | None:
        """Mark the answer as a guess, or no longer."""
        return self._do(Guessed(self.at(ago), self.current, not self.sitting.attempts[self.current].guess))

    def save(self, ago: float = 0.0) -> Refusal | None:
        """Save what is picked, if it was received in time; it counts from then on, once it is stored."""
        attempt = self.sitting.attempts[self.current]
        if attempt.picked is None:
            return Refusal.NO_OPTION
        return self._do(Saved(self.at(ago), self.current, attempt.picked, attempt.guess))

    def email(self, given: bool) -> Refusal | None:
        """Answer the first item. The address never gets here."""
        return self._do(Emailed(self.at(), given))

    def show(self, question: int) -> Refusal | None:
        """Show a question; its clock starts if it was never shown."""
        return self._do(Shown(self.at(), question))

    def next(self) -> int | None:
        """The question that moving on leads to, None from the last open one."""
        return following(self.sitting, self.at())

    def finish(self) -> Refusal | None:
        """End the sitting for good."""
        return self._do(Finished(min(self.at(), self.sitting.end)))

    # --- what became of it ------------------------------------------------------------------------

    def state(self, question: int) -> SaveState:
        """Whether what was chosen for a question is on the disk."""
        attempt = self.sitting.attempts[question]
        if attempt.unsaved:
            return SaveState.NOT_SAVED
        if attempt.saved is None:
            return SaveState.BLANK
        if self._save_numbers.get(question, -1) < self.stored:
            return SaveState.SAVED
        return SaveState.FAILED if self.trouble else SaveState.RECEIVED

    @property
    def pending(self) -> int:
        """How many events are received and not yet stored."""
        return len(self._pending)

    # --- writing ----------------------------------------------------------------------------------

    def _do(self, event: SittingEvent) -> Refusal | None:
        if self.lost:
            return Refusal.NOT_ASKED
        refused = refusal(self.sitting, event)
        if refused is not None:
            return refused
        reading = self.read()
        self.clock = self.clock.after(reading)  # as the log will have it: from here time can only go on
        if isinstance(event, Saved):
            self._save_numbers[event.question] = self.stored + len(self._pending)
        self.sitting = advance(self.sitting, event)
        self._pending.append(_Pending(event, reading))
        if isinstance(event, Finished) and not self.sitting.official:
            released = Released(event.at)
            self.sitting = advance(self.sitting, released)
            self._pending.append(_Pending(released, reading, answers(self.id, self.sitting)))
        self._start_writing()
        return None

    def _start_writing(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._pending and not self.lost:
            batch = tuple(self._pending)
            now = self.now()
            try:
                await loop.run_in_executor(self._thread, self._store_batch, self.stored, batch, now)
            except StaleError as error:
                self.lost, self.trouble = True, str(error)
            except StoreError as error:
                self.trouble = str(error)
                self._tell()
                await asyncio.sleep(RETRY)
                continue
            else:
                self.stored += len(batch)
                del self._pending[: len(batch)]
                self.trouble = ""
            self._tell()

    def _tell(self) -> None:
        """Call `changed` by itself: a screen that fails, or is being taken down, never stops the writing."""
        asyncio.get_running_loop().call_soon(lambda: self.changed())

    def _store_batch(self, number: int, batch: Sequence[_Pending], now: datetime) -> None:
        if self._own is None:
            self._own = self.store()
        events = [told(one.event, one.reading) for one in batch]
        others = [answer for one in batch for answer in one.others]
        self._own.sit(self.id, number, events, at=now, day=self.study_day(now), others=others)

    async def look(self) -> None:
        """Find out whether another terminal has taken the sitting over; take the seat that one taken over leaves."""
        if self.lost:
            return
        self.seat()
        if self._pending:
            return
        loop = asyncio.get_running_loop()
        try:
            known = await loop.run_in_executor(self._thread, self._length)
        except StoreError:
            return  # it cannot be read now: the next write says so
        if known > self.stored and not self._pending:
            self.lost = True
            self._tell()

    def _length(self) -> int:
        if self._own is None:
            self._own = self.store()
        return self._own.sitting_length(self.id)

    async def stored_all(self, seconds: float) -> bool:
        """Wait until everything received is stored, so many seconds at most; whether it is."""
        if self._writing is not None:
            await asyncio.wait([self._writing], timeout=seconds)
        return not self._pending

    async def close(self) -> None:
        """Let go of the store. What could not be stored until now is lost with this process, as the screen said."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait([self._writing])
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._close_store)
        self._thread.shutdown()

    def _close_store(self) -> None:
        if self._own is not None:
            self._own.close()
            self._own = None
