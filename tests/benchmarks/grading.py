"""How long from a grade key to the next card on the screen, and how much of that lies below the interface.

    python -m tests.benchmarks.grading [--runs 20]

At 1,000 and at 20,000 cards, a pseudo-terminal of 80x24 each, both open at once and answered in turn. Then the parts
below the interface, without a screen: an answer as `StudySession` gives it (judge, one durable transaction, fold, the
next question), and its pieces. `fsync` is what the disk itself takes to make 4 KiB durable.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from studyapp.core.grading import judge_text
from studyapp.core.history import fold
from studyapp.model import Answered, Event, Kind, Mode
from tests.benchmarks.measuring import alternated, folder, furnished, opened, repetitions, report, summary
from tests.terminal import Terminal

SIZES = (1_000, 20_000)
DEAD = 0.3
"""Grade keys do nothing for 250 ms after a reveal."""


def next_card(terminal: Terminal, key: str) -> float:
    """Milliseconds from a grade key to the next card."""
    now = re.search(r"Question (\d+):", terminal.text)
    assert now is not None
    terminal.press("space")
    terminal.wait("3 Good")
    time.sleep(DEAD)
    terminal.press(key)
    return 1000 * terminal.wait(rf"Question (?!{now[1]}:)\d+:")


def timed(work: Callable[[], object]) -> float:
    """Microseconds that a call takes."""
    begun = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - begun) / 1000


def engine(home: Path, runs: int) -> dict[str, list[float]]:
    """Microseconds of an answer below the interface and of its pieces."""
    found: dict[str, list[float]] = {
        name: [] for name in ("answer and next", "durable commit", "next", "judge", "fold")
    }
    ten = [(day, Answered("q0", Mode.SPACED, Kind.BASIC, 4, 1)) for day in range(0, 200, 20)]
    folded: list[tuple[int, Event]] = list(ten)

    async def answer(of: int) -> None:
        with opened(home) as library:
            session = library.study(minutes=240)
            await session.next()
            for _ in range(of):
                begun = time.perf_counter_ns()
                session.reveal()
                session.grade(4)
                graded = time.perf_counter_ns()
                await session.next()
                found["answer and next"].append((time.perf_counter_ns() - begun) / 1000)
                found["next"].append((time.perf_counter_ns() - graded) / 1000)
            for number in range(of):
                event = Answered(f"q{number + 600}", Mode.SPACED, Kind.BASIC, 4, 1)
                write = partial(library.store.append, [event], at=datetime.now(UTC), day=library.today)
                found["durable commit"].append(timed(write))

    asyncio.run(answer(runs))
    for _ in range(runs):
        found["judge"].append(timed(lambda: judge_text("gradeint", ("gradient", "the gradient"))))
        found["fold"].append(timed(lambda: fold(folded)))
    return found


def synced(path: Path) -> float:
    """Microseconds to make 4 KiB durable."""
    with (path / "synced").open("ab", buffering=0) as file:
        begun = time.perf_counter_ns()
        file.write(b"-" * 4096)
        os.fsync(file.fileno())
        return (time.perf_counter_ns() - begun) / 1000


def main() -> None:
    """Measure and report."""
    runs = repetitions(__doc__, 20)
    with folder() as path:
        homes = {size: furnished(path / str(size), size, size // 2) for size in SIZES}
        command = [sys.executable, "-m", "studyapp", "--home"]
        study = ["study", "--minutes", "30"]
        with (
            Terminal([*command, str(homes[SIZES[0]]), *study]) as few,
            Terminal([*command, str(homes[SIZES[1]]), *study]) as many,
        ):
            for terminal in (few, many):
                terminal.wait(r"Question \d+:")
            screen = alternated(
                {f"{SIZES[0]} cards": partial(next_card, few, "3"), f"{SIZES[1]} cards": partial(next_card, many, "3")},
                runs,
                warm_up=2,
            )
        report(
            "grade key to next card",
            "ms",
            {name: summary(values) for name, values in screen.items()},
            wanted={"median": 50},
        )
        below = {
            f"{name}, {size} cards": summary(values)
            for size, home in homes.items()
            for name, values in engine(home, 5 * runs).items()
        }
        below["fsync"] = summary([synced(path) for _ in range(5 * runs)])
        report("below the interface", "microseconds", below)


if __name__ == "__main__":
    main()
