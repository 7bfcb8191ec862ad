"""One worker process as its parent sees it: started apart from everything, spoken to over a socket, ended for sure."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from studyapp.runs import frames
from studyapp.runs.errors import SimulationError, one_line

PLACE = "worker process"
_STARTS_WITHIN = 60.0  # seconds; 0.2 is usual, but a cold disk and a busy machine are slow to import NumPy
_SAYS_WHERE_WITHIN = 0.3  # seconds from asking a process where it is to killing it

# -I keeps the learner's environment, folders and user packages out; what studyapp itself needs is named.
_PROGRAM = """
import sys
sys.path += [folder for folder in sys.argv[2:] if folder not in sys.path]
from studyapp.runs.child import serve
serve(int(sys.argv[1]))
"""


class EndedError(Exception):
    """The process is gone, or no longer speaks."""


class Process:
    """A started child in a session of its own. Make one with `start`; `end` kills it with all that it started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._errors: int | None = None
        self._watch: asyncio.Task[None] | None = None
        self.ended = False
        self.code: int | None = None
        self.last_words = ""

    @property
    def pid(self) -> int:
        """The process's id, which is its group's too."""
        assert self._process is not None
        return self._process.pid

    @classmethod
    async def start(cls, scratch: Path) -> Self:
        """A child that has been started but may not be ready yet; a SimulationError if that fails.

        Its working folder is new, empty and inside `scratch`, where matplotlib's font cache stays too.
        """
        try:
            scratch.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix="run-", dir=scratch)).absolute()
        except OSError as error:
            why = error.strerror or str(error)
            raise SimulationError(str(scratch), f"cannot be written: {why}", "make it writable") from error
        process = cls(folder)
        try:
            await process._start(scratch)
        except BaseException as error:
            process.end()
            if isinstance(error, OSError):
                remedy = "install studyapp anew"
                raise SimulationError(PLACE, f"cannot be started: {error}", remedy) from error
            raise
        return process

    async def _start(self, scratch: Path) -> None:
        ours, theirs = socket.socketpair()
        self._errors, their_errors = os.pipe()
        try:
            # What nobody reads is dropped once the pipe is full: a process never waits for its own messages.
            os.set_blocking(self._errors, False)
            os.set_blocking(their_errors, False)
            # Under -I a folder is on the path only if Python put it there; NumPy may come from the user's packages.
            arguments = ["-I", "-X", "utf8", "-c", _PROGRAM, str(theirs.fileno()), *_folders()]
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=their_errors,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                cwd=self._folder,
                env=_environment(self._folder, scratch.absolute()),
            )
            self._watch = asyncio.create_task(self._wait(self._process))
            self._reader, self._writer = await asyncio.open_unix_connection(sock=ours, limit=2**20)
        finally:
            theirs.close()
            os.close(their_errors)
            if self._writer is None:
                ours.close()

    async def ready(self) -> str:
        """NumPy's version, once the child has imported it; EndedError if it ended instead."""
        async with asyncio.timeout(_STARTS_WITHIN):
            return str((await self.receive())["ready"])

    async def send(self, message: Mapping[str, Any]) -> None:
        """Send one frame; EndedError if nobody reads it."""
        assert self._writer is not None
        try:
            self._writer.write(frames.pack(message))
            await self._writer.drain()
        except OSError as error:
            raise EndedError from error

    async def receive(self) -> dict[str, Any]:
        """The next frame; EndedError if there is none, or no proper one."""
        assert self._reader is not None
        try:
            size = frames.length(await self._reader.readexactly(frames.HEADER.size))
            return frames.unpack(await self._reader.readexactly(size))
        except (asyncio.IncompleteReadError, OSError, ValueError) as error:
            raise EndedError from error

    def forget(self) -> None:
        """Drop what was said so far, so that there is room for a crash to say where it was."""
        if self._errors is not None and not self.ended:
            with contextlib.suppress(OSError):
                os.read(self._errors, 2**16)

    async def stop(self) -> None:
        """End the process, but let it leave the place in the simulation where it was, for `line`."""
        if self._process is not None and not self.ended:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGXCPU)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SAYS_WHERE_WITHIN):
                    await self._process.wait()
        await self.over()

    async def over(self) -> None:
        """End the process and wait until it is gone."""
        self.end()
        if self._watch is not None:
            await asyncio.shield(self._watch)

    def end(self) -> None:
        """Kill the process, its group, and what left the group; at once, and as often as one likes."""
        if self.ended:
            return
        self.ended = True
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            _kill_marked(self._folder)
        if self._writer is not None:
            self._writer.transport.abort()
        if self._errors is not None:
            with contextlib.suppress(OSError):
                self.last_words = os.read(self._errors, 2**16).decode("utf-8", "replace")
            os.close(self._errors)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _wait(self, process: asyncio.subprocess.Process) -> None:
        self.code = await process.wait()
        # A forked copy may hold the line open: without this nobody would hear that the process is gone.
        self.end()

    def line(self, path: Path | None) -> int:
        """The line of the file where the process was when it crashed or was stopped, else 0."""
        # faulthandler writes names in ASCII, most recent call first.
        name = re.escape(str(path).encode("ascii", "backslashreplace").decode())
        found = re.search(rf'File "{name}", line (\d+) in', self.last_words)
        return int(found[1]) if found else 0

    def died(self) -> str:
        """How the process ended by itself, in words."""
        if self.code is None or self.code == -signal.SIGKILL:
            return "was killed, perhaps because the machine ran out of memory"
        if self.code < 0:
            return f"crashed ({signal.Signals(-self.code).name})"
        said = one_line(self.last_words[-300:])
        return f"ended its own process with exit code {self.code}" + (f" ({said})" if said else "")


def _folders() -> list[str]:
    """Where studyapp and what a worker imports lie, found without importing them."""
    folders = [str(Path(__file__).parents[2])]
    for name in ("numpy", "matplotlib"):
        found = importlib.util.find_spec(name)
        if found is not None and found.origin is not None:
            folders.append(str(Path(found.origin).parents[1]))
    return list(dict.fromkeys(folders))


def _environment(folder: Path, scratch: Path) -> dict[str, str]:
    """All that a child's environment holds. The first name marks whatever it starts, see `_kill_marked`."""
    threads = ("OPENBLAS", "OMP", "MKL", "BLIS", "NUMEXPR")
    return {
        "STUDYAPP_RUN": str(folder),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "MPLCONFIGDIR": str(scratch / "matplotlib"),
        "MPLBACKEND": "agg",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "VECLIB_MAXIMUM_THREADS": "1",
        **{f"{name}_NUM_THREADS": "1" for name in threads},
    }


def _kill_marked(folder: Path) -> None:
    """Kill the processes that left their group but still carry its mark (Linux: elsewhere the group must do).

    Until no new one is found: one may have forked another while they were looked for.
    """
    mark = b"STUDYAPP_RUN=" + os.fsencode(folder) + b"\0"
    killed: set[int] = set()
    while marked := _processes_with(mark) - killed:
        killed |= marked
        for pid in marked:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def _processes_with(mark: bytes) -> set[int]:
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (folder / "environ").read_bytes():
                found.add(int(folder.name))
    return found
