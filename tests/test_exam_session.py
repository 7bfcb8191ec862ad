"""A sitting in progress: keys stamped on receipt, time that goes on, the other terminal, and nothing after the end."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from studyapp.core.exam.clock import ExamClock, Reading
from studyapp.core.exam.events import (
    Emailed,
    Finished,
    Guessed,
    Opened,
    Picked,
    Released,
    Saved,
    Shown,
    Started,
    Struck,
)
from studyapp.core.exam.sitting import Attempt, Refusal
from studyapp.exam_session import GRACE, ExamSession
from studyapp.exams import Exams
from tests.core.exam.papers import LIMIT, SECOND, paper
from tests.exam_room import THREE, answered, gone, in_session, log_of
from tests.studying import Clock

# --- what a key does, and when it was received ----------------------------------------------------


@pytest.mark.parametrize(("received", "counts"), [(-1, True), (0, False), (1, False)])
def test_rule_2_a_key_counts_when_it_was_received(room: Path, received: int, counts: bool) -> None:
    """Rule 2: handled half a second later it counts iff it was received before the deadline, to the millisecond."""
    clock = Clock()

    async def script(session: ExamSession, _: Exams) -> None:
        session.show(0)
        session.pick(1)
        clock.forward(milliseconds=LIMIT + received + 500)
        assert session.save(ago=0.5) is (None if counts else Refusal.TIME_IS_UP)
        assert (session.sitting.attempts[0].saved is not None) is counts

    in_session(room, clock, script)


def test_rule_2_an_expired_question_stays_a_moment(room: Path) -> None:
    """Rule 2: keys received in time are handled before the screen moves on; the next clock starts when it does."""
    clock = Clock()

    async def script(session: ExamSession, _: Exams) -> None:
        session.show(0)
        clock.forward(milliseconds=LIMIT + GRACE - 1)
        assert session.tick() is None
        assert session.pick(1, ago=GRACE / 1000) is None
        assert session.save(ago=GRACE / 1000) is None
        assert session.pick(2) is Refusal.TIME_IS_UP
        clock.forward(milliseconds=1)
        assert session.tick() == Shown(LIMIT + GRACE, 1)
        assert session.left == LIMIT

    in_session(room, clock, script)


def test_picks_strikes_and_guesses(room: Path) -> None:
    """Also: the same key again takes each back; a struck option is not picked; all of it is in the log."""

    async def script(session: ExamSession, terminal: Exams) -> None:
        session.show(0)
        assert session.pick(1) is session.pick(1) is session.strike(2) is session.guess() is None
        assert session.sitting.attempts[0] == Attempt(0, guess=True, struck=frozenset({2}))
        session.strike(2)
        session.guess()
        assert session.save() is Refusal.NO_OPTION
        session.pick(3)
        assert session.save() is None
        assert await session.stored_all(5)
        told = [type(event) for event in log_of(terminal, session.id)]
        keys = [Picked, Picked, Struck, Guessed, Struck, Guessed, Picked, Saved]
        assert told == [Started, Opened, Shown, *keys]
        assert terminal.load(session.id).sitting == session.sitting

    in_session(room, Clock(), script)


def test_before_the_first_question_no_key_answers(room: Path) -> None:
    """Also: with no question on the screen there is nothing to pick, strike, mark or save."""

    async def script(session: ExamSession, _: Exams) -> None:
        assert (session.current, session.left) == (-1, 0)
        assert session.pick(0) is session.strike(0) is session.guess() is Refusal.NOT_SHOWN
        assert session.save() is Refusal.NO_OPTION
        assert session.tick() is None
        assert session.next() == 0

    in_session(room, Clock(), script)


def test_rule_9_the_email_item_holds_back_the_first_question_only(room: Path) -> None:
    """Rule 9: answered or left empty, and then the first question comes."""

    async def script(session: ExamSession, terminal: Exams) -> None:
        assert session.show(0) is Refusal.NOT_ASKED
        assert session.email(False) is None
        assert session.email(True) is Refusal.NOT_ASKED
        assert session.show(0) is None
        assert await session.stored_all(5)
        assert [event for event in log_of(terminal, session.id) if isinstance(event, Emailed)] == [Emailed(0, False)]

    in_session(room, Clock(), script, paper(1, email=True))


# --- time -----------------------------------------------------------------------------------------


def test_rule_18_extra_ticks_change_nothing(room: Path) -> None:
    """Rule 18: a screen that ticks a hundred times between two keys, and one that never does, log the same."""

    async def script(session: ExamSession, _: Exams) -> None:
        ticks = 100 if ticking else 0
        for place, option in enumerate((1, 0, 2)):
            session.show(place)
            for _number in range(ticks):
                clock.forward(milliseconds=100)
                assert session.tick() is None
            clock.forward(milliseconds=10_000 - 100 * ticks)
            session.pick(option)
            session.save()
        session.finish()
        sittings.append(session.sitting)

    sittings: list[object] = []
    for ticking in (False, True):
        clock = Clock()
        in_session(room / str(ticking), clock, script)
    assert len(sittings) == 2
    one, other = ([getattr(sitting, name) for name in ("attempts", "finished_at", "latest")] for sitting in sittings)
    assert one == other


def test_rule_26_expiry_moves_on_and_the_last_one_finishes(room: Path) -> None:
    """Rule 26: left alone it goes through all questions and ends by itself, at the last deadline, with its results."""
    clock = Clock()

    async def script(session: ExamSession, terminal: Exams) -> None:
        session.show(0)
        shown = []
        while not session.sitting.finished:
            clock.forward(milliseconds=50)
            done = session.tick()
            if done is not None:
                shown.append(done)
        assert shown == [Shown(LIMIT + GRACE, 1), Finished(2 * LIMIT + GRACE, expired=True)]
        assert await session.stored_all(5)
        kept, report = terminal.report(session.id)
        assert kept.sitting.expired
        assert report.habits.timed_out == 2

    in_session(room, clock, script, paper(2))


def test_rule_16_a_closed_lid_takes_its_time(room: Path) -> None:
    """Rule 16: nothing ran for an hour: at the first tick afterwards the exam is over, with its end as finish time."""
    clock = Clock()

    async def script(session: ExamSession, _: Exams) -> None:
        session.show(0)
        clock.forward(hours=1)
        assert session.tick() == Finished(THREE.natural_end, expired=True)

    in_session(room, clock, script)


def test_rule_17_without_a_boot_id_setting_the_clock_gives_no_time(room: Path) -> None:
    """Rule 17: where the wall clock counts too, an hour forward is lost, and going back does not give it back."""
    clock, shift = Clock(), 0

    def reading() -> Reading:
        milliseconds = round(clock.now.timestamp() * 1000)
        return Reading("", milliseconds, milliseconds + shift)

    async def script(session: ExamSession, _: Exams) -> None:
        nonlocal shift
        session.read, session.clock = reading, ExamClock.started(reading())
        shift = 3600 * SECOND
        session.show(0)
        left = session.left
        for seconds in (0, 30):
            shift -= 1800 * SECOND
            clock.forward(seconds=seconds)
            assert session.left == left - seconds * SECOND

    in_session(room, clock, script, paper(1, seconds=7200))


@pytest.mark.parametrize("boot", ["a boot", ""])
def test_rule_21_the_clock_in_hand_is_that_of_the_log(room: Path, boot: str) -> None:
    """Rule 21: after every event a crash and a resume would give the very time that the session has."""
    clock = Clock(boot=boot)

    async def script(session: ExamSession, terminal: Exams) -> None:
        for place in range(3):
            clock.forward(seconds=7.5)
            session.show(place)
            assert await session.stored_all(5)
            kept = terminal.load(session.id)
            assert (kept.clock, kept.sitting) == (session.clock, session.sitting)

    in_session(room, clock, script)


# --- rules 23 and 24: the other terminal, and the end ---------------------------------------------


def test_rule_23_who_lost_the_sitting_is_told_and_writes_nothing(room: Path) -> None:
    """Rule 23: found out by looking, before any key; from then on no key does anything."""

    async def script(session: ExamSession, terminal: Exams) -> None:
        session.show(0)
        assert await session.stored_all(5)
        await session.look()
        assert not session.lost
        other = terminal.resume(session.id, take_over=True)
        await session.look()
        assert session.lost
        assert session.pick(1) is session.finish() is Refusal.NOT_ASKED
        assert session.tick() is None
        events = log_of(terminal, session.id)
        await gone(other, terminal)
        assert log_of(terminal, session.id) == events

    in_session(room, Clock(), script)


def test_rule_24_after_the_finish_no_key_does_anything(room: Path) -> None:
    """Rule 24: finished once, results and answers in the same act; whatever is pressed then, nothing is written."""
    clock = Clock()

    async def script(session: ExamSession, terminal: Exams) -> None:
        session.show(0)
        session.pick(0)
        session.save()
        clock.forward(seconds=5)
        assert session.finish() is None
        assert session.sitting.released_at == 5 * SECOND
        assert session.pick(1) is session.save() is session.finish() is session.show(1) is Refusal.FINISHED
        assert session.strike(1) is session.guess() is session.email(True) is Refusal.FINISHED
        clock.forward(hours=2)
        assert session.tick() is None
        assert await session.stored_all(5)
        assert log_of(terminal, session.id)[-2:] == [Finished(5 * SECOND), Released(5 * SECOND)]
        assert [(one.card, one.grade) for one in answered(terminal)] == [("q0", 4)]
        assert terminal.store.answer_count(10) == 1

    in_session(room, clock, script)


def test_rule_25_forward_only_holds_for_every_key(room: Path) -> None:
    """Rule 25: "next" leads forward alone, no number leads back, and at the last question there is no next."""

    async def script(session: ExamSession, _: Exams) -> None:
        for place in range(3):
            assert session.next() == place
            session.show(place)
        assert session.next() is None
        assert [session.show(place) for place in (0, 1)] == [Refusal.FORWARD_ONLY] * 2
        assert session.show(2) is Refusal.NOT_ASKED

    in_session(room, Clock(), script)


def test_nothing_is_left_running(room: Path) -> None:
    """Also: a session that was closed leaves no thread behind, even while it is remembered."""
    before = set(threading.enumerate())
    kept: list[ExamSession] = []

    async def script(session: ExamSession, _: Exams) -> None:
        kept.append(session)
        session.show(0)
        session.pick(1)

    in_session(room, Clock(), script)
    assert set(threading.enumerate()) <= before
