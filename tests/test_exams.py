"""Sittings below the screens: started, closed to everything else, left, resumed, taken over, settled."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from studyapp.core.exam.events import Finished, Released
from studyapp.exam_errors import ExamError, ExamRunningError, SeatTakenError
from studyapp.exams import Exams
from tests.core.exam.papers import LIMIT, SECOND, paper
from tests.exam_room import THREE, exams, gone, log_of, sit
from tests.studying import NOON, Clock, library

ROOT = Path(__file__).parents[1]

# --- starting -------------------------------------------------------------------------------------


def test_rule_15_every_sitting_gets_an_end(room: Path) -> None:
    """Rule 15: a quarter more than its limits by default; so many minutes, times the extra time; or an official end."""
    clock = Clock()
    with exams(room, clock) as terminal:
        longer = paper(3, extra_time=1.5)
        assert terminal.length(THREE, NOON) == round(1.25 * 3 * LIMIT)
        assert terminal.length(longer, NOON) == round(1.25 * 3 * 1.5 * LIMIT)
        assert terminal.length(THREE, NOON, minutes=10) == 600 * SECOND
        assert terminal.length(longer, NOON, minutes=10) == 900 * SECOND
        assert terminal.length(longer, NOON, ends=NOON + timedelta(minutes=7)) == 420 * SECOND
        sitting_id = terminal.start(THREE, minutes=2)
        assert terminal.load(sitting_id).sitting.end == 120 * SECOND


@pytest.mark.parametrize("minutes", [0, -1, 0.000001])
def test_rule_29_an_exam_needs_time(room: Path, minutes: float) -> None:
    """Rule 29: no minutes, or an official end that has passed, are refused, and nothing was started."""
    with exams(room) as terminal:
        with pytest.raises(ExamError, match="an exam needs time; give --minutes above zero"):
            terminal.start(THREE, minutes=minutes)
        with pytest.raises(ExamError, match=r"the official end, \d\d:\d\d, has passed; give a later --ends"):
            terminal.start(THREE, ends=NOON + timedelta(minutes=minutes - 1))
        assert terminal.sittings() == []


def test_one_sitting_runs_at_a_time(room: Path) -> None:
    """Rule 10: a second exam is refused while one runs, and the error says which one and how to get to it."""
    with exams(room) as terminal:
        first = terminal.start(THREE)
        with pytest.raises(ExamRunningError, match=r"an exam is running \(A paper\); `studyapp exam` resumes it") as e:
            terminal.start(THREE)
        assert e.value.row.id == first
        sit(terminal, first, finish=True)
        assert terminal.start(THREE) != first


# --- rule 10: closed book -------------------------------------------------------------------------


def test_rule_10_the_book_is_closed_while_an_exam_runs(room: Path) -> None:
    """Rule 10: also for another terminal with the same store, until it is finished."""
    clock = Clock()
    with library(room, clock) as one, library(room, clock) as other:
        one.closed_book()
        sitting_id = one.exams.start(THREE)
        for opened in (one, other):
            with pytest.raises(ExamRunningError):
                opened.closed_book()
        sit(one.exams, sitting_id, 0, finish=True)
        one.closed_book()
        other.closed_book()


def test_rule_15_a_forgotten_sitting_never_locks_the_app(room: Path) -> None:
    """Rule 15: at its end it is finished by whoever asks, and the book is open again."""
    clock = Clock()
    with library(room, clock) as opened:
        sitting_id = opened.exams.start(THREE)
        clock.forward(milliseconds=THREE.natural_end - 1)
        with pytest.raises(ExamRunningError):
            opened.closed_book()
        clock.forward(milliseconds=1)
        opened.closed_book()
        assert opened.exams.load(sitting_id).sitting.finished_at == THREE.natural_end


# --- rules 21, 22, 16, 17: leaving and coming back ------------------------------------------------


def test_rule_21_resuming_finds_the_question_and_the_time_left(room: Path) -> None:
    """Rule 21: the same question, what was picked and saved, and what is left of its time."""
    clock = Clock()

    async def before(terminal: Exams, sitting_id: str) -> None:
        session = terminal.resume(sitting_id)
        session.show(0)
        session.pick(1)
        session.save()
        session.show(1)
        session.pick(2)
        session.guess()
        await gone(session, terminal)

    async def later(terminal: Exams, sitting_id: str) -> None:
        session = terminal.resume(sitting_id)
        assert (session.current, session.left) == (1, LIMIT - 20 * SECOND)
        assert session.tick() is None
        assert session.sitting.attempts[0].saved is not None
        assert (session.sitting.attempts[1].picked, session.sitting.attempts[1].guess) == (2, True)
        await gone(session, terminal)

    with exams(room, clock) as terminal:
        sitting_id = terminal.start(THREE)
        asyncio.run(before(terminal, sitting_id))
    clock.forward(seconds=20)
    with exams(room, clock) as terminal:
        asyncio.run(later(terminal, sitting_id))


@pytest.mark.parametrize("reboot", [False, True])
def test_rule_16_time_goes_on_while_nobody_is_there(room: Path, reboot: bool) -> None:
    """Rule 16: over quitting, and over a reboot, with the wall clock's word for how long the machine was off."""
    clock = Clock()
    with exams(room, clock) as terminal:
        sitting_id = terminal.start(THREE)
        sit(terminal, sitting_id, 0)
    clock.boot = "second boot" if reboot else clock.boot
    clock.forward(seconds=50)
    with exams(room, clock) as terminal:
        kept = terminal.load(sitting_id)
        assert kept.clock.at(clock.reading()) == 50 * SECOND
        assert kept.sitting.left(0, kept.clock.at(clock.reading())) == 10 * SECOND


@pytest.mark.parametrize("late", [0, 1, 3_600_000, 10**9])
def test_rule_22_a_start_after_expiry_finalises_once(room: Path, late: int) -> None:
    """Rule 22: with the deadline as finish time, however late; looking again writes nothing more."""
    clock = Clock()
    with exams(room, clock) as terminal:
        sitting_id = terminal.start(paper(1))
        clock.forward(seconds=3)
        sit(terminal, sitting_id, 0)
    clock.forward(milliseconds=LIMIT + late)
    with exams(room, clock) as terminal:
        assert terminal.running() is None
        kept = terminal.load(sitting_id)
        assert (kept.sitting.finished_at, kept.sitting.expired) == (3 * SECOND + LIMIT, True)
        entries = terminal.store.entry_count()
        assert terminal.settle(kept) == kept
        assert terminal.report(sitting_id)[1].score.right == 1
        assert terminal.sittings()[0].expired
        assert terminal.store.entry_count() == entries
        assert sum(isinstance(one, Finished) for one in log_of(terminal, sitting_id)) == 1
        with pytest.raises(ExamError, match=f"{sitting_id} is over; `studyapp exams show {sitting_id}`"):
            terminal.resume(sitting_id)


def test_rule_22_an_expired_question_waits_where_others_are_to_come(room: Path) -> None:
    """Rule 22: only what is over is finished: the next question's clock starts when the learner sees it."""
    clock = Clock()

    async def back(terminal: Exams, sitting_id: str) -> None:
        session = terminal.resume(sitting_id)
        assert session.left == 0
        session.tick()
        assert (session.current, session.left) == (1, LIMIT)
        await gone(session, terminal)

    with exams(room, clock) as terminal:
        sitting_id = terminal.start(THREE)
        sit(terminal, sitting_id, None)
        clock.forward(milliseconds=LIMIT + 5 * SECOND)
        row = terminal.running()
        assert row is not None
        assert not terminal.load(sitting_id).sitting.finished
        asyncio.run(back(terminal, sitting_id))


def test_rule_22_two_terminals_finish_it_once(room: Path) -> None:
    """Rule 22: who comes second finds it finished, and takes what the first one wrote."""
    clock = Clock()
    with exams(room, clock) as one, exams(room, clock) as other:
        sitting_id = one.start(THREE)
        kept = other.load(sitting_id)
        clock.forward(hours=1)
        settled = one.settle(one.load(sitting_id))
        assert other.settle(kept).sitting == settled.sitting
        events = log_of(other, sitting_id)
        assert [type(event) for event in events[1:]] == [Finished, Released]


def test_rule_2_a_terminal_that_may_still_write_is_left_to_finish(room: Path) -> None:
    """Rule 2: another one never finishes a sitting that is open elsewhere: a save received in time may still be on its
    way to the disk. Nobody is locked out meanwhile, and what its process leaves behind is finished."""
    clock = Clock()
    with exams(room, clock) as one, exams(room, clock) as other:
        sitting_id = one.start(THREE)
        assert one.take_seat()
        clock.forward(milliseconds=THREE.natural_end - 1)
        assert other.running() is not None
        clock.forward(hours=1)
        assert other.attend() == (None, [])
        assert not other.load(sitting_id).sitting.finished
        one.leave_seat()
        assert other.attend() == (None, [sitting_id])
        assert other.load(sitting_id).sitting.finished_at == THREE.natural_end


# --- rule 23: one writer --------------------------------------------------------------------------


def test_rule_23_a_second_terminal_is_refused_or_takes_over(room: Path) -> None:
    """Rule 23: while one terminal has it, another is refused unless it takes over; then the first has lost it."""
    clock = Clock()

    async def both(one: Exams, other: Exams, sitting_id: str) -> None:
        first = one.resume(sitting_id)
        first.show(0)
        assert await first.stored_all(5)
        with pytest.raises(SeatTakenError, match=r"another terminal has this exam open; .*--take-over"):
            other.resume(sitting_id)
        second = other.resume(sitting_id, take_over=True)
        first.pick(1)
        await first.stored_all(5)
        assert first.lost
        second.pick(2)
        await gone(second, other)
        await first.close()
        one.leave_seat()
        assert one.load(sitting_id).sitting.attempts[0].picked == 2
        assert one.load(sitting_id).sitting.writer == second.sitting.writer != first.sitting.writer

    with exams(room, clock) as one, exams(room, clock) as other:
        asyncio.run(both(one, other, one.start(THREE)))


HOLD = """
import sys
from pathlib import Path
from tests.studying import Clock, library
with library(Path(sys.argv[1]), Clock()) as opened:
    print(opened.exams.take_seat(), flush=True)
    sys.stdin.readline()
"""


def test_rule_23_the_seat_is_free_once_its_process_is_gone(room: Path) -> None:
    """Rule 23: a process that holds it keeps another one out, and one that was killed does not."""
    with exams(room) as terminal:
        sitting_id = terminal.start(THREE)
        command = [sys.executable, "-c", HOLD, str(room)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "True\n"
            with pytest.raises(SeatTakenError):
                terminal.resume(sitting_id)
            holder.kill()
        sit(terminal, sitting_id, 0)
        assert terminal.load(sitting_id).sitting.saved_answers == 1
