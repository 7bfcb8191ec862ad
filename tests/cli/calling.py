"""Calls the command line: inside this process, which is quick, or in one of its own where that is what is tested."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from studyapp.cli import outcome, studyapp
from studyapp.clocks import reading
from studyapp.library import Library
from studyapp.runs.consent import Consent
from studyapp.runs.finder import read_source

ROOT = Path(__file__).parents[2]
UNSET = ("STUDYAPP_HOME", "PYTHONDONTWRITEBYTECODE", "PYTHONIOENCODING", "NO_COLOR")


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, which must be JSON and nothing else."""
        return json.loads(self.out)

    def refusal(self, status: int = 1) -> str:
        """The one clear line on stderr of a command that failed."""
        assert self.status == status, (self.status, self.out, self.err)
        assert self.err.startswith("studyapp: "), self.err
        assert self.err.endswith("\n"), self.err
        line = self.err[len("studyapp: ") : -1]
        assert line, self.err
        assert line.isprintable(), self.err
        assert "Traceback" not in line
        return line


def call(home: Path | None, *arguments: str) -> Done:
    """A command inside this process, with no terminal."""
    out, err = io.StringIO(), io.StringIO()
    words = [*arguments] if home is None else ["--home", str(home), *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = outcome(lambda: studyapp.main(words, "studyapp", standalone_mode=False), debug=False)
    return Done(status, out.getvalue(), err.getvalue())


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what would change the command line's behaviour."""
    return {name: value for name, value in os.environ.items() if name not in UNSET} | more


def start(*arguments: str, program: Sequence[str] = ("-m", "studyapp"), **env: str) -> Done:
    """A command in a process of its own, with no terminal."""
    done = subprocess.run(
        [sys.executable, *program, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        env=environment(**env),
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


AS_NOBODY = """
import contextlib, io, os, sys
from studyapp.cli import outcome, studyapp
def call(*words):
    return outcome(lambda: studyapp.main(list(words), "studyapp", standalone_mode=False), debug=False)
with contextlib.redirect_stdout(io.StringIO()):
    for words in (["due"], ["check"], ["stats"], ["log"], ["exams"]):  # all modules, which nobody may not read
        call("--home", sys.argv[1], *words)
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.exit(call(*sys.argv[2:]))
"""


def as_nobody(warm: Path, *arguments: str) -> Done:
    """A command in a process without root's rights, for which permissions hold; `warm` is a folder for a first call."""
    if any(not folder.stat().st_mode & 0o001 for folder in (ROOT, *ROOT.parents)):
        pytest.skip("the code lies in a folder that another user may not enter")
    return start(str(warm), *arguments, program=("-c", AS_NOBODY))


# --- what a learner has ---------------------------------------------------------------------------


def own_deck(home: Path, text: str, name: str = "mine.md") -> Path:
    """A deck of the learner's own."""
    path = home / "decks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def own_simulation(home: Path, text: str, name: str = "mine", *, consent: bool = True) -> Path:
    """A simulation of the learner's own, which may run unless said otherwise."""
    path = home / "simulations" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if consent:
        Consent(home / "consent.json").give(read_source(path))
    return path


@contextlib.contextmanager
def studying(home: Path, *, days_ago: float = 0) -> Iterator[Library]:
    """The library of a home, so many days ago."""
    now = datetime.now(UTC) - timedelta(days=days_ago)
    with Library.open(home, now=lambda: now, seeds=lambda: 7, clocks=reading) as library:
        yield library
