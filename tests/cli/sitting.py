"""Sittings of a small quiz, for the command line's tests."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from studyapp.clocks import reading
from studyapp.core.exam.paper import Paper
from studyapp.library import Library
from studyapp.presets import ExamPlan

CHOICE = (
    "## Which is {0}? {{#q-{0}}}\n\n- [x] right of {0}\n- [ ] wrong of {0}: it is not\n- [ ] other of {0}\n\nSo.\n\n"
)
QUIZ = "# A quiz\n\n" + "".join(CHOICE.format(number) for number in range(6))
QUIZZED = ExamPlan(questions=6, decks=("quiz.md",))

SEEDS = itertools.count(1)


@contextlib.contextmanager
def studying(home: Path) -> Iterator[Library]:
    """The library of a home, with seeds that differ."""
    with Library.open(home, now=lambda: datetime.now(UTC), seeds=SEEDS.__next__, clocks=reading) as library:
        yield library


def made(library: Library, chosen: ExamPlan, seed: int) -> Paper:
    """The paper that a sitting of this plan would ask."""

    async def make() -> Paper:
        try:
            return (await library.exams.make(chosen.blueprint(), chosen.rules(), title=chosen.title, seed=seed)).paper
        finally:
            await library.close_laboratory()

    return asyncio.run(make())


def started(home: Path, *, hours: float | None = None, paper: Paper | None = None, **rules: Any) -> str:
    """A sitting of the quiz that runs; with an official end in so many hours."""
    with studying(home) as library:
        found = paper or made(library, dataclasses.replace(QUIZZED, **rules), 5)
        ends = library.now() + timedelta(hours=hours) if hours is not None else None
        return library.exams.start(found, ends=ends)


def sat(home: Path, **how: Any) -> str:
    """A sitting of the quiz in which four were saved, the first three of them right, and which is over."""
    identity = started(home, **how)

    async def sit(library: Library) -> None:
        session = library.exams.resume(identity)
        if session.sitting.asks_email:
            session.email(False)
        for number, question in enumerate(session.sitting.paper.questions):
            session.show(number)
            session.pick(question.right if number < 3 else (question.right + 1) % len(question.options))
            if number < 4:
                session.save()
        session.finish()
        assert await session.stored_all(10)
        await session.close()
        library.exams.leave_seat()

    with studying(home) as library:
        asyncio.run(sit(library))
    return identity


async def finish(library: Library, identity: str) -> None:
    """End a sitting at once."""
    session = library.exams.resume(identity)
    session.finish()
    assert await session.stored_all(10)
    await session.close()
    library.exams.leave_seat()
