"""Terminals on one home and learners who sit there: shared by the tests of exams below the screens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from studyapp.core.exam.events import SittingEvent, heard
from studyapp.core.exam.paper import Paper
from studyapp.exam_session import ExamSession
from studyapp.exams import Exams
from studyapp.model import Answered, Sat
from tests.core.exam.papers import paper
from tests.studying import Clock, library

THREE = paper(3)
"""Three questions of a minute; by itself it ends after 225 seconds."""


@contextmanager
def exams(folder: Path, clock: Clock | None = None) -> Iterator[Exams]:
    """The exams of a home without decks, as one terminal has them."""
    with library(folder, clock or Clock()) as opened:
        yield opened.exams


def sit(terminal: Exams, sitting_id: str, *saves: int | None, finish: bool = False, over: bool = False) -> None:
    """Resume, show one question after the other, save these options (None: leave it blank), and go away."""

    async def sitting() -> None:
        session = terminal.resume(sitting_id, take_over=over)
        for option in saves:
            session.show(session.current + 1)
            if option is not None:
                session.pick(option)
                session.save()
        if finish:
            session.finish()
        await gone(session, terminal)

    asyncio.run(sitting())


async def gone(session: ExamSession, terminal: Exams) -> None:
    """The learner leaves the sitting, with everything stored."""
    assert await session.stored_all(5)
    await session.close()
    terminal.leave_seat()


def log_of(terminal: Exams, sitting_id: str) -> list[SittingEvent]:
    """A sitting's events, as the log has them."""
    entries = [one.event for one in terminal.store.sitting(sitting_id)]
    return [heard(one.event)[0] for one in entries if isinstance(one, Sat)]


def answered(terminal: Exams) -> list[Answered]:
    """The answers in the log, which is what `studyapp log` prints."""
    found = [row.entry.event for row in terminal.store.entries(newest_first=False)]
    return [one for one in found if isinstance(one, Answered)]


def in_session(
    folder: Path, clock: Clock, script: Callable[[ExamSession, Exams], Awaitable[None]], of: Paper = THREE
) -> None:
    """Start a sitting, resume it, do the script, and leave with everything stored."""

    async def sitting() -> None:
        with exams(folder, clock) as terminal:
            session = terminal.resume(terminal.start(of))
            await script(session, terminal)
            if session.lost:
                await session.close()
            else:
                await gone(session, terminal)

    asyncio.run(sitting())


def in_session_left(folder: Path, script: Callable[[ExamSession, Exams], Awaitable[None]]) -> None:
    """As `in_session`, where the script itself leaves."""

    async def sitting() -> None:
        with exams(folder) as terminal:
            await script(terminal.resume(terminal.start(THREE)), terminal)

    asyncio.run(sitting())
