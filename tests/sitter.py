"""A process that sits an exam without a screen, to be stopped, starved and killed by tests.

    python -m tests.sitter HOME

Each line on its input is one command; each answer is one line. `sit ID [over]` forks a learner into the sitting, whose
process is named by "learner PID"; what it is told afterwards is `show N`, `pick K`, `save`, `next`, `wait SECONDS`,
`stored SECONDS`, `limit BYTES` (the largest file it may write, 0 for any), `state`, and `auto SEED`, which answers at
random until killed.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path

from studyapp.clocks import reading
from studyapp.core.exam.paper import ExamOption, ExamQuestion, ExamRules, Paper
from studyapp.exam_errors import ExamError
from studyapp.exam_session import ExamSession, SaveState
from studyapp.exams import Exams
from studyapp.library import Library
from studyapp.model import Kind
from studyapp.store import acts, filing, folding, sittings  # so that a learner imports nothing

assert acts
assert filing
assert folding
assert sittings


def paper(questions: int, seconds: float, **rules: bool | float) -> Paper:
    """So many questions of four options, the right one in a place that changes."""
    found = tuple(
        ExamQuestion(
            f"q{number}",
            Kind.CHOICE,
            "d.md",
            "topic",
            f"Question {number}?",
            tuple(ExamOption(f"option {place}", correct=place == number % 4) for place in range(4)),
            seconds,
        )
        for number in range(questions)
    )
    return Paper("Faults", 1, ExamRules(**rules), found)  # type: ignore[arg-type]


def opened(home: Path) -> Library:
    """The library of a home, on the true clocks."""
    (home.parent / "shipped" / "decks").mkdir(parents=True, exist_ok=True)
    chance = random.SystemRandom()
    return Library.open(
        home,
        now=lambda: datetime.now(UTC),
        seeds=lambda: chance.randrange(2**31),
        clocks=reading,
        shipped=home.parent / "shipped",
    )


def say(line: str) -> None:
    """One write, so that a kill cannot split it."""
    os.write(1, f"{line}\n".encode())


def describe(session: ExamSession) -> str:
    """The question on the screen, the milliseconds left, and what the screen says of its answer."""
    state = session.state(session.current).name if session.current >= 0 else "NONE"
    over = "finished" if session.sitting.finished else "lost" if session.lost else "running"
    return f"{session.current} {session.left} {state} {over} {session.trouble}".rstrip()


async def obey(session: ExamSession, line: str) -> None:
    """Do one command and say how things stand."""
    command, *rest = line.split()
    match command:
        case "show":
            session.show(int(rest[0]))
        case "pick":
            session.pick(int(rest[0]))
        case "save":
            session.save()
        case "next":
            following = session.next()
            if following is not None:
                session.show(following)
        case "limit":
            soft = int(rest[0]) or resource.RLIM_INFINITY
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))
        case "stored":
            await session.stored_all(float(rest[0]))
        case "wait":
            await asyncio.sleep(float(rest[0]))
        case "auto":
            await answer_at_random(session, random.Random(int(rest[0])))
    session.tick()
    await session.look()
    say(describe(session))


async def answer_at_random(session: ExamSession, chance: random.Random) -> None:
    """Pick, save and go on for ever; say what is on the disk, and only when the session says that it is."""
    if session.current < 0:
        session.show(0)
    while not session.sitting.finished:
        session.tick()
        question = session.current
        match chance.randrange(6):
            case 0:
                session.strike(chance.randrange(4))
            case 1:
                following = session.next()
                if following is not None and chance.random() < 0.5:
                    session.show(following)
                    await session.stored_all(5)
                    say(f"shown {following}")
            case _:
                session.pick(chance.randrange(4))
                if session.save() is None:
                    while session.state(question) in (SaveState.RECEIVED, SaveState.FAILED):
                        await asyncio.sleep(0)
                    saved = session.sitting.attempts[question].saved
                    if saved is not None and session.state(question) is SaveState.SAVED:
                        say(f"saved {question} {saved.option} {saved.at}")
        await asyncio.sleep(chance.choice((0, 0.001, 0.01)))


async def sit(exams: Exams, sitting_id: str, *, take_over: bool) -> None:
    """Be the learner until the input ends."""
    try:
        session = exams.resume(sitting_id, take_over=take_over)
    except ExamError as error:
        say(f"{type(error).__name__} {error}")
        return
    say(describe(session))
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        await obey(session, line)
    await session.close()


def main() -> None:
    """Fork learners, one after the other, until the input ends."""
    home = Path(sys.argv[1])
    while line := sys.stdin.readline():
        command, sitting_id, *over = line.split()
        if command != "sit":
            continue  # meant for a learner who did not live to hear it
        pid = os.fork()
        if pid == 0:
            say(f"learner {os.getpid()}")
            with opened(home) as library:
                asyncio.run(sit(library.exams, sitting_id, take_over=bool(over)))
            os._exit(0)
        os.waitpid(pid, 0)
        say("dead")


if __name__ == "__main__":
    main()
