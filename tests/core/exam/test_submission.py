"""Rules of "Your submissions": what each question says of itself while an exam runs and after it."""

from __future__ import annotations

import pytest

from studyapp.core.exam.events import Finished, Guessed, Picked, Saved, Shown, SittingEvent, Started
from studyapp.core.exam.paper import ExamOption, ExamQuestion, ExamRules, Paper
from studyapp.core.exam.sitting import Save, Sitting, replay
from studyapp.core.exam.submission import Lock, submissions
from studyapp.model import Kind

END = 200_000


def sitting(*events: SittingEvent, forward_only: bool = True, end: int = END) -> Sitting:
    """A sitting of three questions of 60 seconds each, after these events."""
    options = (ExamOption("yes", correct=True), ExamOption("no"))
    asked = tuple(ExamQuestion(f"c{one}", Kind.CHOICE, "a.md", "T", "?", options, 60) for one in range(3))
    return replay([Started(0, Paper("P", 1, ExamRules(forward_only=forward_only), asked), end), *events])


def locks(of: Sitting, at: int) -> list[Lock]:
    """What is said of each question's lock."""
    return [one.lock for one in submissions(of, at)]


def test_a_question_is_open_until_its_deadline() -> None:
    """Rules 2 and 12: half-open, so that at the deadline itself it is locked."""
    running = sitting(Shown(1_000, 0))
    assert locks(running, 60_999) == [Lock.OPEN, Lock.TO_COME, Lock.TO_COME]
    assert locks(running, 61_000) == [Lock.TIME_UP, Lock.TO_COME, Lock.TO_COME]


def test_what_ended_a_question_is_told() -> None:
    """Rule 12: moving on, its own limit, the exam's end, or the finish; those never shown were not reached."""
    running = sitting(Shown(0, 0), Shown(10_000, 1), Shown(70_000, 2))
    assert locks(running, 80_000) == [Lock.MOVED_ON, Lock.TIME_UP, Lock.OPEN]
    assert locks(sitting(Shown(0, 0), Finished(5_000)), END) == [Lock.FINISHED, Lock.NOT_REACHED, Lock.NOT_REACHED]
    short = sitting(Shown(0, 0), Finished(30_000, expired=True), end=30_000)
    assert locks(short, 30_000)[0] is Lock.EXAM_OVER


def test_without_forward_only_leaving_locks_nothing() -> None:
    """Rule 1: the clock of a question that was left runs on, and it stays open."""
    running = sitting(Shown(0, 0), Shown(10_000, 1), forward_only=False)
    assert locks(running, 20_000) == [Lock.OPEN, Lock.OPEN, Lock.TO_COME]
    assert [one.used for one in submissions(running, 20_000)] == [20_000, 10_000, 0]


@pytest.mark.parametrize(("at", "used"), [(5_000, 5_000), (60_000, 60_000), (90_000, 60_000)])
def test_the_time_used_ends_with_the_lock(at: int, used: int) -> None:
    """Rule 12: time runs from the showing until the question is locked, and no further."""
    assert submissions(sitting(Shown(0, 0)), at)[0].used == used


def test_what_was_saved_and_what_was_only_picked() -> None:
    """Rules 3, 4 and 12: the last save counts, with its time; what is picked and differs from it is a draft."""
    picked_anew: list[SittingEvent] = [Shown(0, 0), Picked(1, 0, 1), Saved(2, 0, 1), Picked(3, 0, 0)]
    events = [*picked_anew, Guessed(3, 0, guess=True), Saved(4, 0, 0, guess=True)]
    (one, *_) = submissions(sitting(*events), 5)
    assert (one.saved, one.picked, one.limit) == (Save(4, 0, guess=True), None, 60_000)
    (one, *_) = submissions(sitting(*picked_anew), 5)
    assert (one.saved, one.picked) == (Save(2, 1), 0)


def test_after_the_finish_nothing_changes() -> None:
    """Rule 24: what was handed in is the same at any later time."""
    over = sitting(Shown(0, 0), Saved(2, 0, 1), Shown(10_000, 1), Finished(15_000))
    assert submissions(over, 15_000) == submissions(over, 10**9) == submissions(over, 0)
    assert [one.used for one in submissions(over, 0)] == [10_000, 5_000, 0]
