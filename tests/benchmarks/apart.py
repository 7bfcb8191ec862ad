"""Work that is timed in a process of its own, so that NumPy's and PyTorch's threads and memory stay apart.

What is measured is processor time, of which one thread uses as much as its work takes: on a busy machine the clock on
the wall counts the turns of others too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

Work = Mapping[str, Callable[[], object]]

ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "MKL", "OMP")}


class Apart:
    """A process that does a module's work, piece by piece and when it is asked to; the module calls `serve`."""

    def __init__(self, module: str) -> None:
        command = [sys.executable, "-m", module]
        environment = {**os.environ, **ONE_THREAD}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.communicate()  # it ends when nobody asks any more

    def milliseconds(self, name: str) -> float:
        """Of processor time for one piece of work."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


def serve(work: Work) -> None:
    """Do the pieces that standard input names, and tell what each took, until it is closed."""
    for line in sys.stdin:
        begun = time.process_time()
        work[line.strip()]()
        print(1000 * (time.process_time() - begun), flush=True)
