"""kill -9 at any moment: no entry whose append had returned is lost, and no act is half there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path

import pytest

from studyapp.model import Answered
from tests.store.samples import TODAY, answered, at, opened

ROUNDS_PER_HOME = 10


def kill_writers(folder: Path, kills: int) -> int:
    """Let so many writers run into a kill, ten on each home, and check the home after each; how many ids they said."""
    chance = random.Random(kills)
    command = [sys.executable, "-m", "tests.store.killed"]
    root = Path(__file__).parents[2]
    said = 0
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root, bufsize=1
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        durable: list[str] = []
        for number in range(kills):
            if number % ROUNDS_PER_HOME == 0:
                durable = []
            home = folder / str(number // ROUNDS_PER_HOME)
            server.stdin.write(f"{home} {number}\n")
            writer = int(server.stdout.readline().removeprefix("writer "))
            heard = [server.stdout.readline() for _ in range(chance.randrange(4))]  # none: killed while it opens
            assert "dead\n" not in heard, "the writer ended by itself"
            time.sleep(chance.uniform(0, 0.02))
            os.kill(writer, signal.SIGKILL)
            while (line := server.stdout.readline()) != "dead\n":
                heard.append(line)
            new = " ".join(heard).split()
            durable += new
            said += len(new)
            check(home, durable)
        server.stdin.close()
    return said


def check(home: Path, durable: list[str]) -> None:
    """The home opens; all that was said to be durable is there, each act is whole, the cache is what the log says."""
    with opened(home) as store:
        entries = [row.entry for row in store.entries(newest_first=False)]
        assert set(durable) <= {entry.id for entry in entries}
        for _, act in groupby(entries, key=lambda entry: entry.act):
            sizes = [entry.event.seed for entry in act if isinstance(entry.event, Answered)]
            assert sizes == [] or sizes == [len(sizes)] * len(sizes)
        assert store.refold() == []
        assert store.integrity() == []
        (one,) = store.append([answered("after", seed=1)], at=at(), day=TODAY)
        assert one.id > max(durable, default="")


def test_20_kills(tmp_path: Path) -> None:
    """The short version."""
    assert kill_writers(tmp_path, 20) >= 20


@pytest.mark.slow
def test_200_kills(tmp_path: Path) -> None:
    """Real processes, killed at random moments: while making the store, writing, folding, or reading decks."""
    assert kill_writers(tmp_path, 200) >= 200
