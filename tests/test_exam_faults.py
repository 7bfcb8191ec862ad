"""What an exam survives, with real processes: kill -9, a stopped process, a locked store, a full disk, false clocks."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from studyapp.clocks import reading
from studyapp.core.exam.paper import Paper
from studyapp.exams import Kept
from tests.sitter import opened, paper

ROOT = Path(__file__).parents[1]


class Learner:
    """A process that sits exams on one home, told what to do line by line."""

    def __init__(self, home: Path, env: dict[str, str] | None = None) -> None:
        self.home = home
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.sitter", str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
        )
        self.pid = 0

    def hear(self) -> str:
        """The next line it says."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def tell(self, line: str) -> None:
        """Say something to it without waiting for an answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")

    def ask(self, line: str) -> list[str]:
        """Say something to it; its answer in words: question, milliseconds left, state, running or not, trouble."""
        self.tell(line)
        return self.hear().split(maxsplit=4)

    def sit(self, sitting: str, *, over: bool = False) -> list[str]:
        """Take a sitting; how it stands."""
        self.tell(f"sit {sitting}{' over' if over else ''}")
        self.pid = int(self.hear().removeprefix("learner "))
        return self.hear().split(maxsplit=4)

    def kill(self) -> list[str]:
        """End the learner at once, as kill -9 does; the lines that it had said before."""
        os.kill(self.pid, signal.SIGKILL)
        heard = []
        while (line := self.hear()) != "dead":
            heard.append(line)
        return heard

    def end(self) -> None:
        """End it all."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


@contextmanager
def learner(home: Path, env: dict[str, str] | None = None) -> Iterator[Learner]:
    """A learner for one home, ended at the end."""
    one = Learner(home, env)
    try:
        yield one
    finally:
        one.end()


def started(home: Path, asked: Paper, minutes: float | None = None) -> str:
    """A sitting that has just begun."""
    with opened(home) as library:
        return library.exams.start(asked, minutes=minutes)


def kept(home: Path, sitting: str) -> Kept:
    """What the log has of it."""
    with opened(home) as library:
        return library.exams.load(sitting)


# --- kill -9 --------------------------------------------------------------------------------------


def kill_learners(home: Path, kills: int) -> int:
    """Kill a learner so many times at random moments, and check after each; how many saves were reported before."""
    chance, reported = random.Random(kills), list[tuple[int, int, int]]()
    sitting, deadlines = started(home, paper(300, 1.0)), dict[int, int | None]()
    shown = -1
    with learner(home) as one:
        for number in range(kills):
            stood = one.sit(sitting)
            assert stood[3] == "running"
            assert int(stood[0]) >= shown
            one.tell(f"auto {number}")
            time.sleep(chance.uniform(0.0, 0.2))
            for line in one.kill():
                match line.split():
                    case ["saved", question, option, at]:
                        reported.append((int(question), int(option), int(at)))
                    case ["shown", question]:
                        shown = int(question)
            check(kept(home, sitting), reported, shown, deadlines)
    with opened(home) as library:
        assert library.store.refold() == []
        assert library.store.integrity() == []
    return len(reported)


def check(now: Kept, reported: list[tuple[int, int, int]], shown: int, deadlines: dict[int, int | None]) -> None:
    """Nothing that was reported as saved is lost, the question is the right one, and no deadline has moved."""
    sitting = now.sitting
    for question, option, at in reported:
        assert (at, option) in [(save.at, save.option) for save in sitting.attempts[question].saves]
    assert sitting.current >= shown
    for question in range(sitting.current + 1):
        assert deadlines.setdefault(question, sitting.deadline(question)) == sitting.deadline(question)
    deadline = sitting.deadline(sitting.current) if sitting.current >= 0 else None
    if deadline is not None and sitting.attempts[sitting.current].left_at is None:
        at = now.clock.at(reading())
        assert sitting.left(sitting.current, at) == max(0, deadline - at)


def test_8_kills(tmp_path: Path) -> None:
    """Rule 21: after a crash within the time the sitting goes on at the same question with the time that is left."""
    assert kill_learners(tmp_path / "home", 8) >= 8


@pytest.mark.slow
def test_200_kills(tmp_path: Path) -> None:
    """Rule 21, at 200 random moments of a running exam: nothing that was reported as saved is ever lost."""
    assert kill_learners(tmp_path / "home", 200) >= 200


# --- time that passes without us ------------------------------------------------------------------


def test_a_stopped_process_does_not_stop_the_time(tmp_path: Path) -> None:
    """Rule 16: SIGSTOP and SIGCONT, as Ctrl-Z gives them, count as time; the question expires meanwhile."""
    home = tmp_path / "home"
    sitting = started(home, paper(3, 0.6), minutes=1)
    with learner(home) as one:
        one.sit(sitting)
        assert one.ask("show 0")[0] == "0"
        os.kill(one.pid, signal.SIGSTOP)
        time.sleep(0.9)
        os.kill(one.pid, signal.SIGCONT)
        question, left, *_ = one.ask("wait 0")
    assert question == "1"
    assert 0 < int(left) <= 600


@pytest.mark.slow
def test_a_start_after_expiry_finishes_once(tmp_path: Path) -> None:
    """Rule 22: two processes that find an expired sitting finish it once, with the deadline as the finish time."""
    home = tmp_path / "home"
    sitting = started(home, paper(2, 1.6))
    with learner(home) as one:
        one.sit(sitting)
        one.ask("show 0")
        one.kill()
        time.sleep(4.0)
        assert one.sit(sitting)[0] == "ExamError"
    with opened(home) as library:
        library.exams.sittings()
        before = library.store.sitting_length(sitting)
        found = library.exams.load(sitting)
        library.exams.sittings()
        assert library.store.sitting_length(sitting) == before
    assert found.sitting.finished_at == found.sitting.end == 4000
    assert found.sitting.expired


# --- the store in the way -------------------------------------------------------------------------


def test_a_locked_store_delays_a_save_and_does_not_lose_it(tmp_path: Path) -> None:
    """Rules 2 and 20: what was received in time is written as soon as it can be, even after the deadline."""
    home = tmp_path / "home"
    sitting = started(home, paper(2, 1.0), minutes=1)
    with learner(home) as one:
        one.sit(sitting)
        one.ask("show 0")
        one.ask("stored 5")
        holder = sqlite3.connect(home / "log.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        one.ask("pick 2")
        assert one.ask("save")[2] == "RECEIVED"
        time.sleep(1.3)
        assert one.ask("state")[0] == "1"  # time went on
        holder.execute("ROLLBACK")
        holder.close()
        one.ask("stored 8")
        one.kill()
    found = kept(home, sitting).sitting
    saved, deadline = found.attempts[0].saved, found.deadline(0)
    assert saved is not None
    assert deadline is not None
    assert saved.option == 2
    assert saved.at < deadline


def test_a_full_disk_is_said_and_the_save_comes_through_later(tmp_path: Path) -> None:
    """Rule 20: a failed save is told, kept, and tried again until there is room."""
    home = tmp_path / "home"
    sitting = started(home, paper(2, 30.0))
    with learner(home) as one:
        one.sit(sitting)
        one.ask("show 0")
        one.ask("stored 5")
        one.ask("limit 1")
        one.ask("pick 1")
        one.ask("save")
        full = one.ask("wait 0.4")
        assert full[2] == "FAILED"
        assert "disk" in full[4]
        one.ask("limit 0")
        assert one.ask("stored 8")[2] == "SAVED"
        one.kill()
    saved = kept(home, sitting).sitting.attempts[0].saved
    assert saved is not None
    assert saved.option == 1


def test_a_second_terminal_is_refused_or_takes_over(tmp_path: Path) -> None:
    """Rule 23: one writer; after an explicit take-over the first one writes nothing more, and knows it."""
    home = tmp_path / "home"
    sitting = started(home, paper(2, 30.0))
    with learner(home) as first, learner(home) as second:
        first.sit(sitting)
        first.ask("show 0")
        first.ask("stored 5")
        assert second.sit(sitting)[0] == "SeatTakenError"
        assert second.hear() == "dead"
        assert second.sit(sitting, over=True)[3] == "running"
        second.ask("pick 3")
        second.ask("save")
        assert second.ask("stored 5")[2] == "SAVED"
        first.ask("pick 0")
        first.ask("save")
        assert first.ask("wait 0.2")[3] == "lost"
    (save,) = kept(home, sitting).sitting.attempts[0].saves
    assert save.option == 3


# --- false clocks ---------------------------------------------------------------------------------

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None) if shutil.which("faketime") else None


@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed")
@pytest.mark.parametrize("offset", ["-1h", "+1h"])
def test_setting_the_wall_clock_changes_nothing(tmp_path: Path, offset: str) -> None:
    """Rule 17: within one boot the wall clock gives no time and takes none."""
    home, file = tmp_path / "home", tmp_path / "time"
    file.write_text("+0s\n")
    env = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    sitting = started(home, paper(2, 20.0))
    with learner(home, env) as one:
        one.sit(sitting)
        before = int(one.ask("show 0")[1])
        file.write_text(f"{offset}\n")
        after = int(one.ask("wait 0.2")[1])
        assert before - 5000 < after <= before - 150
        one.ask("stored 5")
        one.kill()
        assert before - 10_000 < int(one.sit(sitting)[1]) <= after
