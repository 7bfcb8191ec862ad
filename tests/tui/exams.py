"""A learner who sits an exam: a paper made by hand, and a clock that moves on with every key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from studyapp.core.exam.paper import ExamOption, ExamQuestion, ExamRules, Paper
from studyapp.exam_session import ExamSession
from studyapp.library import Library
from studyapp.model import Kind
from studyapp.tui.app import StudyApp
from studyapp.tui.exam_question import QuestionScreen
from studyapp.tui.exam_running import RunningScreen
from tests.studying import Clock
from tests.tui.screens import Seat, running


def question(name: str, *, prompt: str = "", front: str = "", seconds: float = 60.0, options: int = 4) -> ExamQuestion:
    """A question whose options are `one of NAME`, `two of NAME`, ...; the second is right."""
    words = ("one", "two", "three", "four", "five", "six")[:options]
    texts = tuple(ExamOption(f"{word} of {name}", correct=word == "two") for word in words)
    return ExamQuestion(name, Kind.CHOICE, "plain.md", "Topic", prompt or f"What is {name}?", texts, seconds, front)


def paper(*names: str | ExamQuestion, **rules: Any) -> Paper:
    """A paper of such questions, by default of three."""
    asked = [question(one) if isinstance(one, str) else one for one in names or ("alpha", "beta", "gamma")]
    return Paper("A paper", 1, ExamRules(**rules), tuple(asked))


@dataclass
class Sitting:
    """The question screen in front of a learner whose clock stands still between two keys."""

    seat: Seat
    clock: Clock

    @property
    def screen(self) -> QuestionScreen:
        """The screen in front, which is the question."""
        assert isinstance(self.seat.screen, QuestionScreen), self.seat.text
        return self.seat.screen

    @property
    def session(self) -> ExamSession:
        """What the screen shows."""
        return self.screen.session

    async def press(self, *keys: str) -> None:
        """Press keys, a second apart."""
        for key in keys:
            self.clock.forward(seconds=1)
            await self.seat.press(key)

    async def click(self, pattern: str) -> None:
        """Click, a second later."""
        self.clock.forward(seconds=1)
        await self.seat.click(pattern)

    async def pass_time(self, **units: float) -> None:
        """Let time pass, as the screen's timer notices."""
        self.clock.forward(**units)
        if isinstance(self.seat.screen, QuestionScreen):
            self.seat.screen._tick()
        await self.seat.settle()

    async def saved(self) -> None:
        """Wait until the box says that the answer is saved."""
        await self.seat.wait("─ SAVED ─")

    def see(self, *patterns: str) -> None:
        """Fail, with the screen, unless it has a match of each."""
        self.seat.see(*patterns)


@asynccontextmanager
async def sitting(
    library: Library,
    clock: Clock,
    asked: Paper | None = None,
    *,
    size: tuple[int, int] = (80, 24),
    minutes: float | None = None,
    ends: datetime | None = None,
) -> AsyncIterator[Sitting]:
    """An exam that was just started, gone on with as `studyapp exam` does."""
    library.exams.start(asked or paper(), minutes=minutes, ends=ends)
    async with running(StudyApp(library, start="exam", debug=True), size) as seat:
        assert isinstance(seat.screen, RunningScreen)
        await seat.press("enter")
        await seat.wait("NOTHING SAVED|NOT STARTED")
        yield Sitting(seat, clock)
