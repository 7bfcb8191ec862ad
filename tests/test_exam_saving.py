"""Saving in an exam: "saved" is said only of what is on the disk, and a write that fails or waits loses nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from studyapp.core.exam.events import Picked, Saved, Shown
from studyapp.exam_session import GRACE, ExamSession, SaveState
from studyapp.exams import Exams
from studyapp.store import Store, StoreError
from tests.core.exam.papers import LIMIT
from tests.exam_room import gone, in_session, in_session_left, log_of
from tests.studying import Clock


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that is about to happen; five seconds at most."""
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never happened")


def saves_in(folder: Path) -> int:
    """How many saves are committed, as another connection to the log sees it."""
    with closing(sqlite3.connect(folder / "home" / "log.db")) as log:
        (number,) = log.execute("""SELECT count(*) FROM entry WHERE detail LIKE '%"what":"saved"%'""").fetchone()
    return int(number)


def test_rule_19_saved_is_said_only_when_it_is_on_the_disk(room: Path) -> None:
    """Rule 19: whenever the state is "saved", another connection already reads the save from the log."""
    seen: list[tuple[SaveState, int]] = []

    async def script(session: ExamSession, _: Exams) -> None:
        session.changed = lambda: seen.append((session.state(0), saves_in(room)))
        session.show(0)
        assert session.state(0) is SaveState.BLANK
        session.pick(1)
        assert session.state(0) is SaveState.NOT_SAVED
        assert await session.stored_all(5)
        session.save()
        assert session.state(0) is SaveState.RECEIVED
        await until(lambda: any(state is SaveState.SAVED for state, _ in seen))  # whoever shows it was told
        assert session.state(0) is SaveState.SAVED
        assert saves_in(room) == 1
        session.pick(2)
        assert session.state(0) is SaveState.NOT_SAVED
        session.pick(1)
        assert session.state(0) is SaveState.SAVED
        session.guess()
        assert session.state(0) is SaveState.NOT_SAVED

    in_session(room, Clock(), script)
    assert any(state is SaveState.SAVED for state, _ in seen)
    assert all(saves == 1 for state, saves in seen if state is SaveState.SAVED)


def test_rule_19_a_save_of_before_is_saved_after_resuming(room: Path) -> None:
    """Rule 19: what came from the log is on the disk."""

    async def script(session: ExamSession, terminal: Exams) -> None:
        session.show(0)
        session.pick(1)
        session.save()
        await gone(session, terminal)
        again = terminal.resume(session.id)
        assert again.state(0) is SaveState.SAVED
        assert again.state(1) is SaveState.BLANK
        await gone(again, terminal)

    in_session_left(room, script)


def test_rule_20_a_locked_store_keeps_the_draft_and_is_tried_again(room: Path) -> None:
    """Rule 20: another process keeps the store locked: it is said, the draft stays, and later it is stored, past the
    deadline too: rule 2."""
    clock = Clock()
    seen: list[SaveState] = []

    async def script(session: ExamSession, terminal: Exams) -> None:
        session.store = lambda: Store.open(room / "home", timeout=0.02)
        session.show(0)
        assert await session.stored_all(5)
        session.changed = lambda: seen.append(session.state(0))
        with closing(sqlite3.connect(room / "home" / "log.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            session.pick(1)
            session.save()
            await until(lambda: session.state(0) is SaveState.FAILED)
            assert "locked" in session.trouble
            assert session.pending == 2
            assert session.sitting.attempts[0].saved is not None
            clock.forward(milliseconds=LIMIT + GRACE)
            assert session.tick() == Shown(LIMIT + GRACE, 1)
            assert session.state(0) is SaveState.FAILED
            assert not await session.stored_all(0.3)
            other.execute("ROLLBACK")
        assert await session.stored_all(5)
        assert (session.state(0), session.trouble, session.pending) == (SaveState.SAVED, "", 0)
        saved = terminal.load(session.id).sitting.attempts[0].saved
        assert saved is not None
        assert (saved.at, saved.option) == (0, 1)

    in_session(room, clock, script)
    assert seen.count(SaveState.FAILED) >= 2  # tried again, and said again
    assert seen[-1] is SaveState.SAVED


class Failing(Store):
    """A store whose writes fail or wait as long as a test wants."""

    broken = False
    gate = threading.Event()

    def sit(self, *args: object, **named: object) -> object:  # type: ignore[override]
        """Write, once the gate is open, unless it is broken."""
        assert self.gate.wait(10)
        if self.broken:
            raise StoreError("the disk is full, nothing was changed; free some space and try again")
        return super().sit(*args, **named)  # type: ignore[arg-type]


@pytest.fixture
def failing() -> Iterator[type[Failing]]:
    """A store of a test's own to be broken."""

    class Own(Failing):
        gate = threading.Event()

    yield Own
    Own.gate.set()


def test_rule_20_a_full_disk_is_loud_and_nothing_is_lost(room: Path, failing: type[Failing]) -> None:
    """Rule 20: the state says that it failed, the trouble says why, every key stays, and all is stored in order."""
    failing.gate.set()

    async def script(session: ExamSession, terminal: Exams) -> None:
        session.store = lambda: failing.open(room / "home")
        failing.broken = True
        session.show(0)
        session.pick(1)
        session.save()
        await until(lambda: session.trouble != "")
        assert session.state(0) is SaveState.FAILED
        assert session.trouble == "the disk is full, nothing was changed; free some space and try again"
        session.pick(2)
        assert session.state(0) is SaveState.NOT_SAVED
        session.save()
        assert session.state(0) is SaveState.FAILED
        failing.broken = False
        assert await session.stored_all(5)
        assert (session.state(0), session.trouble) == (SaveState.SAVED, "")
        told = log_of(terminal, session.id)[2:]
        assert told == [Shown(0, 0), Picked(0, 0, 1), Saved(0, 0, 1), Picked(0, 0, 2), Saved(0, 0, 2)]

    in_session(room, Clock(), script)


def test_rule_2_a_slow_store_stops_neither_keys_nor_time(room: Path, failing: type[Failing]) -> None:
    """Rule 2: received and not yet stored is what it says meanwhile; the time goes on, and in the end it counts."""
    clock = Clock()

    async def script(session: ExamSession, terminal: Exams) -> None:
        session.store = lambda: failing.open(room / "home")
        session.show(0)
        session.pick(1)
        session.save()
        await asyncio.sleep(0.05)
        assert session.state(0) is SaveState.RECEIVED
        clock.forward(milliseconds=LIMIT + GRACE)
        session.tick()
        session.pick(0)
        assert (session.current, session.pending, session.state(0)) == (1, 5, SaveState.RECEIVED)
        failing.gate.set()
        assert await session.stored_all(5)
        assert session.state(0) is SaveState.SAVED
        assert terminal.load(session.id).sitting == session.sitting

    in_session(room, clock, script)


def test_rule_2_what_was_not_stored_when_the_process_died_is_not_counted(room: Path, failing: type[Failing]) -> None:
    """Rule 2: as the screen said: the next start finds what was stored, and nothing half."""
    failing.gate.set()

    async def script(session: ExamSession, terminal: Exams) -> None:
        session.store = lambda: failing.open(room / "home")
        session.show(0)
        assert await session.stored_all(5)
        failing.broken = True
        session.pick(1)
        session.save()
        assert not await session.stored_all(0.1)
        await session.close()
        terminal.leave_seat()
        attempt = terminal.load(session.id).sitting.attempts[0]
        assert (attempt.shown_at, attempt.picked, attempt.saved) == (0, None, None)

    in_session_left(room, script)
