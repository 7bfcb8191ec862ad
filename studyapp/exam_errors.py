"""What can go wrong with an exam, as one family whose message is one clear line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studyapp.store import SittingRow


class ExamError(Exception):
    """An exam that cannot be made, sat or shown; the message is one clear line."""


class SeatTakenError(ExamError):
    """Another terminal has this sitting open right now; it can be taken over."""


class ExamRunningError(ExamError):
    """An exam is running, and it is closed book: nothing else opens until it is over."""

    def __init__(self, row: SittingRow) -> None:
        super().__init__(f"an exam is running ({row.title}); `studyapp exam` resumes it, where it can also be finished")
        self.row = row
