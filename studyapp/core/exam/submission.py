"""What was handed in so far: of each question what was saved and when, the time used, and whether it is locked.

It says nothing of right and wrong, so that it may be shown while an exam runs and while its results wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from studyapp.core.exam.sitting import Save, Sitting


class Lock(StrEnum):
    """Whether a question can still be answered, and if not, what ended it."""

    TO_COME = "to come"
    OPEN = "open"
    MOVED_ON = "you moved on"
    TIME_UP = "its time was up"
    FINISHED = "you finished"
    EXAM_OVER = "the exam was over"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Submission:
    """One question as it was handed in. `used` is the time since it was shown, in milliseconds, until it was locked.

    `picked` is an option that was chosen and not saved as it stood: it does not count.
    """

    number: int
    saved: Save | None
    picked: int | None
    used: int
    limit: int
    lock: Lock


def submissions(sitting: Sitting, at: int) -> tuple[Submission, ...]:
    """All questions of a sitting at a moment of exam time; of a finished one, at its finish."""
    at = at if sitting.finished_at is None else sitting.finished_at
    return tuple(_submission(sitting, number, at) for number in range(len(sitting.attempts)))


def _submission(sitting: Sitting, number: int, at: int) -> Submission:
    attempt = sitting.attempts[number]
    closes = min(sitting.closes(number), at)
    used = max(0, closes - attempt.shown_at) if attempt.shown_at is not None else 0
    picked = attempt.picked if attempt.unsaved else None
    limit = sitting.paper.limit(number)
    return Submission(number, attempt.saved, picked, used, limit, _lock(sitting, number, at))


def _lock(sitting: Sitting, number: int, at: int) -> Lock:
    deadline, left_at = sitting.deadline(number), sitting.attempts[number].left_at
    if deadline is None:
        return Lock.NOT_REACHED if sitting.finished else Lock.TO_COME
    if left_at is not None and left_at < deadline:
        return Lock.MOVED_ON
    if at >= deadline:
        return Lock.EXAM_OVER if sitting.bound_by_end(number) else Lock.TIME_UP
    return Lock.FINISHED if sitting.finished else Lock.OPEN
