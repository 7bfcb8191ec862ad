"""What an exam costs: its paper, a key press until "Saved", and a lobby after many exams.

    python -m tests.benchmarks.exam [--runs 11]

`paper` makes 100 questions, 30 of them computed, in a new process each time: the worker starts, and every key is
computed anew. Beside it, 100 questions with written options alone. `listed` asks a store with 10,000 sittings for its
first screenful and settles what is to be settled; beside it, a store with ten. `saved` is a key press in a
pseudo-terminal of 80x24 until the screen says so, which it does once the disk has it; `fsync` is what the disk itself
takes for 4 KiB.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path

from studyapp.core.exam.clock import Reading
from studyapp.core.exam.events import Finished, Released, SittingEvent, Started, told
from studyapp.core.exam.making import Blueprint
from studyapp.core.exam.paper import ExamRules, Paper
from tests.benchmarks.grading import synced
from tests.benchmarks.measuring import CHOICE, alternated, folder, opened, repetitions, report, summary
from tests.benchmarks.start import STUDYAPP
from tests.terminal import Terminal

QUESTIONS, COMPUTED, MANY, FEW = 100, 30, 10_000, 10
ASKED = """\
## Question NUMBER: two scores are @{logits}; what is the ratio of their probabilities? {#qNUMBER}

```toml
[simulation]
name = "softmax_output"
parameters = { temperature = TENTH.5 }
vary = { logits = [[3.0, 1.0], [4.0, 1.0], [5.0, 1.0], [2.0, -2.0]] }

[answer]
value = "ratio_of_probabilities"
tolerance = 0.02
mistakes = ["forgets_to_exponentiate", "exponentiates_in_base_two"]
```
"""
MAKE = """
import asyncio, sys, time
from pathlib import Path
from studyapp.core.exam.making import Blueprint
from studyapp.core.exam.paper import ExamRules
from tests.benchmarks.measuring import opened

async def make():
    begun = time.perf_counter()
    with opened(Path(sys.argv[1])) as library:
        made = await library.exams.make(Blueprint(100, decks=tuple(sys.argv[2:])), ExamRules())
        print(1000 * (time.perf_counter() - begun))
        await library.close_laboratory()

asyncio.run(make())
"""


def decks(home: Path) -> tuple[str, str]:
    """A deck of 70 choice and 30 computed cards, each with a temperature of its own, and one of 100 choice cards."""
    (home / "decks").mkdir(parents=True)
    mixed = [CHOICE.replace("NUMBER", str(number)) for number in range(QUESTIONS - COMPUTED)]
    for number in range(COMPUTED):
        mixed.append(ASKED.replace("NUMBER", str(200 + number)).replace("TENTH", str(1 + number)))
    written = [CHOICE.replace("NUMBER", str(300 + number)) for number in range(QUESTIONS)]
    for name, cards in (("mixed.md", mixed), ("written.md", written)):
        (home / "decks" / name).write_text("\n".join([f"# {name}\n", *cards]))
    opened(home).close()
    return "mixed.md", "written.md"


def made(home: Path, deck: str) -> float:
    """Milliseconds to make a paper, in a new process and with nothing remembered of earlier keys."""
    for file in home.glob("cache.db*"):
        file.unlink()
    opened(home).close()
    done = subprocess.run([sys.executable, "-c", MAKE, str(home), deck], capture_output=True, check=True, text=True)
    return float(done.stdout)


async def paper_of(home: Path) -> Paper:
    """A paper of the shipped decks."""
    with opened(home) as library:
        found = await library.exams.make(Blueprint(), ExamRules(), seed=1)
        await library.close_laboratory()
        return found.paper


def sat(home: Path, number: int, paper: Paper) -> Path:
    """A data folder with so many finished exams, each a quarter of an hour after the one before."""
    begun = datetime.now(UTC) - timedelta(minutes=15 * number + 60)
    with opened(home) as library:
        for place in range(number):
            at = begun + timedelta(minutes=15 * place)
            wall = round(1000 * at.timestamp())
            events: list[SittingEvent] = [Started(0, paper, paper.natural_end), Finished(600_000), Released(600_000)]
            kept = [told(event, Reading("boot", wall + event.at, wall + event.at)) for event in events]
            library.store.sit(f"sitting-{place:05}", 0, kept, at=at, day=library.study_day(at))
    return home


def listed(home: Path) -> float:
    """Milliseconds for the first screenful of a lobby, from an open library."""
    with opened(home) as library:
        begun = time.perf_counter()
        rows = library.exams.sittings(limit=50)
        assert rows
        return 1000 * (time.perf_counter() - begun)


def saved(terminal: Terminal, letters: Iterator[str]) -> float:
    """Milliseconds from Enter to "SAVED", after another option was picked."""
    terminal.press(next(letters))
    terminal.wait("─ NOT SAVED")
    terminal.press("enter")
    return 1000 * terminal.wait("─ SAVED")


def on_screen(home: Path, runs: int) -> dict[str, list[float]]:
    """An exam in a pseudo-terminal whose first question is answered again and again."""
    words = ["exam", "written", "--questions", "3", "--seconds", "3000", "--practice", "--seed", "1"]
    with Terminal([*STUDYAPP, str(home), *words]) as terminal:
        terminal.wait("Enter start")
        terminal.press("enter")
        terminal.wait("y start")
        terminal.press("y")
        terminal.wait("1 of 3")
        measured = alternated(
            {"saved": partial(saved, terminal, cycle("abcd")), "fsync": lambda: synced(home) / 1000}, runs, warm_up=3
        )
    return measured


def main() -> None:
    """Measure and report."""
    runs = repetitions(__doc__, 11)
    with folder() as path:
        mixed, written = decks(path / "papers")
        papers = alternated(
            {
                f"paper, {COMPUTED} of {QUESTIONS} computed": partial(made, path / "papers", mixed),
                f"paper, {QUESTIONS} written": partial(made, path / "papers", written),
            },
            runs,
        )
        paper = asyncio.run(paper_of(path / "few"))
        homes = {number: sat(path / str(number), number, paper) for number in (FEW, MANY)}
        lists = alternated({f"listed, {number} exams": partial(listed, home) for number, home in homes.items()}, runs)
        screen = on_screen(path / "papers", 3 * runs)
        report(
            "exams",
            "ms",
            {name: summary(values, 2) for name, values in (papers | lists | screen).items()},
            wanted={"paper": 3000, "listed": 100, "saved": 60},
        )


if __name__ == "__main__":
    main()
