"""A home folder and an open store for each test that asks for one."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studyapp.store import Store
from tests.store.samples import opened


@pytest.fixture(scope="session")
def new_home() -> Iterator[Callable[[], Path]]:
    """Folders that do not exist yet: in memory where that can be, since waiting for a disk proves nothing here."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        numbers = itertools.count()
        yield lambda: Path(folder) / str(next(numbers))


@pytest.fixture
def home(new_home: Callable[[], Path]) -> Path:
    """A folder that does not exist yet."""
    return new_home()


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """An open, empty store."""
    with opened(home) as one:
        yield one
