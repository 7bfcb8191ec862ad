"""What any test may ask for."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# One BLAS thread, as in the worker process: the test processes share the cores. NumPy reads this when it is first
# imported, which is after this.
for library in ("OPENBLAS", "MKL", "OMP"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder for a home: in memory where that can be, for tests that write often and prove nothing about a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)
