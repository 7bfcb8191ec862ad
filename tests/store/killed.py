"""A process that forks writers to be killed: imports once, then each writer costs milliseconds.

A line "HOME SEED" on its input starts a writer, which says "writer PID", then one line of ids after each append that
returned. After the writer's death comes "dead".
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

from studyapp.model import Event
from studyapp.store import acts, filing, folding  # so that a writer imports nothing
from tests.store.samples import TODAY, answered, at, deck, opened, read_in

assert acts
assert filing
assert folding


def say(line: str) -> None:
    """One write, so that a kill cannot split it."""
    os.write(1, f"{line}\n".encode())


def write(home: Path, seed: int) -> None:
    """Open the store, make it if need be, and write until killed."""
    chance = random.Random(seed)
    with opened(home, timeout=30) as store:
        for number in range(10_000):
            size = chance.randint(1, 3)
            events: list[Event] = [
                answered(f"c{chance.randrange(5)}", chance.randrange(6), seed=size) for _ in range(size)
            ]
            match chance.randrange(8):
                case 0:
                    store.undo(at=at(number), day=TODAY)
                case 1:
                    read_in(store, deck("d.md", *(f"c{i}" for i in range(chance.randrange(6)))))
                case _:
                    written = store.append(events, at=at(number), day=TODAY + number // 10)
                    say(" ".join(one.id for one in written))


def main() -> None:
    """Serve until the input ends."""
    for line in sys.stdin:
        home, seed = line.split()
        pid = os.fork()
        if pid == 0:
            say(f"writer {os.getpid()}")
            write(Path(home), int(seed))
            os._exit(0)
        os.waitpid(pid, 0)
        say("dead")


if __name__ == "__main__":
    main()
