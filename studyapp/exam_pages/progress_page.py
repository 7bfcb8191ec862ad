"""A sitting whose results may not be shown yet: what was saved when, and what is locked, without any key."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from studyapp.core.exam.submission import Lock, Submission, submissions
from studyapp.exam_pages.blocks import Block, Command, Table, Words, clock, counted, letter
from studyapp.exam_pages.report_page import heading, moment

if TYPE_CHECKING:
    from studyapp.exams import Kept


def progress_page(kept: Kept, at: int, hidden_until: datetime | None) -> list[Block]:
    """The sitting at this exam time; `hidden_until` is the official end that a finished one waits for."""
    sitting = kept.sitting
    if hidden_until is not None:
        said = f"Results are hidden until the official end at {hidden_until.astimezone():%H:%M}; stay reachable."
    else:
        left = clock(max(0, sitting.end - at))
        said = f"It is running, with {left} left at most; the time does not stop."
    lines = submissions(sitting, at)
    saved = sum(line.saved is not None for line in lines)
    told = Words(f"{counted(saved, 'answer')} saved of {counted(len(lines), 'question')}.")
    rows = [_row(kept, line) for line in lines]
    table = Table(("", "saved", "at", "used", "limit", "locked"), rows, frozenset({0, 3, 4}))
    how = [] if sitting.finished else [Command("Resume it", "studyapp exam")]
    return [*heading(kept, "Sitting"), Words(said, strong=True), *how, told, table]


def _row(kept: Kept, line: Submission) -> tuple[str, ...]:
    saved = line.saved
    shown = line.lock not in (Lock.TO_COME, Lock.NOT_REACHED)
    return (
        str(line.number + 1),
        letter(saved.option) + (" guess" if saved.guess else "") if saved is not None else "",
        moment(kept.started, saved.at) if saved is not None else "",
        clock(line.used) if shown else "",
        clock(line.limit),
        f"no, {line.lock}" if line.lock in (Lock.OPEN, Lock.TO_COME) else line.lock.value,
    )
