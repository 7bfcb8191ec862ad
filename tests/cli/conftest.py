"""Data folders for the command line's tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.calling import call, own_deck
from tests.cli.sitting import QUIZ


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds the data folder of whoever runs it."""
    monkeypatch.delenv("STUDYAPP_HOME", raising=False)


@pytest.fixture(scope="session")
def read_home() -> Iterator[Path]:
    """A data folder in which the shipped decks have been read: for tests that change nothing in it."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        home = Path(folder) / "home"
        assert call(home, "check").status == 0
        yield home


@pytest.fixture
def home(tmp_path: Path, read_home: Path) -> Path:
    """A data folder of the test's own in which the shipped decks have been read and nothing was done."""
    home = tmp_path / "home"
    shutil.copytree(read_home, home, ignore=shutil.ignore_patterns("scratch"))
    return home


@pytest.fixture
def quiz(home: Path) -> Path:
    """A data folder with a deck of six choice cards."""
    own_deck(home, QUIZ, "quiz.md")
    return home
