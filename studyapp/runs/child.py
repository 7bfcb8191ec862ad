"""The worker process's program: it waits for tasks on its private line, does one after another, and answers.

The UI process never imports it. Nothing that a simulation does may confuse the line: prints are counted and dropped, a
forked copy cannot answer, and when the parent is gone this process ends with all that it started.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import math
import os
import resource
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any, ClassVar

import numpy as np

from studyapp.runs import evaluate, frames
from studyapp.runs.errors import LESS, SimulationError
from studyapp.runs.loading import ForbiddenError, Simulation, line_of, load
from studyapp.runs.results import drawable
from studyapp.simulation import Figure

PROGRESS_EVERY = 0.05
"""Seconds between two reports of progress: what an eye can follow."""

_FORBIDDEN = {"os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.exec", "os.system", "os.kill", "os.killpg"}
_FORBIDDEN |= {"subprocess.Popen", "pty.spawn"}

_PID = os.getpid()

Loaded = dict[tuple[str, str], tuple[Simulation, int]]
"""The simulations executed so far, by the hash and path of their files, and what each printed as it was executed."""


def serve(descriptor: int) -> None:
    """Do the tasks that arrive on a socket's descriptor until it is closed; never returns."""
    line = socket.socket(fileno=descriptor)
    os.register_at_fork(after_in_child=line.close)
    # A crash leaves its traceback, and so the line of the simulation, on descriptor 2: a pipe that never blocks.
    # SIGXCPU comes from the processor time limit, and from the parent when the time is up.
    faulthandler.enable(file=2, all_threads=False)
    faulthandler.register(signal.SIGXCPU, file=2, all_threads=False, chain=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.argv = ["simulation"]
    guard = _Guard()
    sys.addaudithook(guard.hook)
    tasks: SimpleQueue[dict[str, Any]] = SimpleQueue()
    threading.stack_size(512 * 1024)
    threading.Thread(target=_listen, args=(line, tasks, guard, Path.cwd()), daemon=True).start()
    np.random.default_rng(0)  # loads NumPy's generators, 10 ms that the first run would wait for
    _send(line, {"ready": np.__version__})
    loaded: Loaded = {}
    while True:
        task = tasks.get()
        _answer(line, task, guard, loaded)
        del task


def _listen(line: socket.socket, tasks: SimpleQueue[dict[str, Any]], guard: _Guard, folder: Path) -> None:
    # The parent signals only to end what runs, so the main thread is to get it: there the simulation is.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGXCPU})
    # EOFError, or whatever else: without this thread nothing would end the process when its parent is gone.
    with contextlib.suppress(Exception):
        while True:
            size = frames.length(_read(line, frames.HEADER.size))
            tasks.put(frames.unpack(_read(line, size)))
    # The parent is gone, or the simulation closed the line. SIGKILL to the group, because a simulation may have
    # forked; not PR_SET_PDEATHSIG, which would end this process alone, and leave the folder.
    guard.on = False
    with contextlib.suppress(OSError):
        os.chdir("/")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        os.killpg(0, signal.SIGKILL)
    finally:
        os._exit(1)


def _read(line: socket.socket, size: int) -> bytes:
    body = bytearray(size)
    view, got = memoryview(body), 0
    while got < size:
        more = line.recv_into(view[got:])
        if not more:
            raise EOFError
        got += more
    return bytes(body)


def _send(line: socket.socket, message: Mapping[str, Any]) -> None:
    if os.getpid() != _PID:
        os._exit(1)  # a copy that the simulation made of this process came back from its work
    line.sendall(frames.pack(message))


def _answer(line: socket.socket, task: dict[str, Any], guard: _Guard, loaded: Loaded) -> None:
    threads = threading.active_count()
    answer, fit = _outcome(line, task, guard, loaded)
    fit = fit and threading.active_count() == threads
    try:
        _send(line, {"task": task["task"], **answer, "fit": fit})
    except (frames.TooLargeError, MemoryError):
        limit = f"its result is larger than {frames.LARGEST // 2**20} MB"
        error = SimulationError(task["place"], limit, "return fewer numbers and figures with fewer points")
        _send(line, {"task": task["task"], **_told(error), "fit": fit})


def _outcome(line: socket.socket, task: dict[str, Any], guard: _Guard, loaded: Loaded) -> tuple[dict[str, Any], bool]:
    """The answer to a task, and whether this process may do another one."""
    place = task["place"]
    try:
        with _apart(guard, task):
            result = _perform(line, task, loaded)
    except SimulationError as error:
        return _told(error), not _processes()
    except MemoryError as error:
        # What was allocated may still be referred to: only a new process is sure to be rid of it.
        at = line_of(error, task["path"])
        what = f"needs more memory than the limit of {task['memory'] / 2**30:g} GiB"
        return _told(SimulationError(place, what, LESS, line=at)), False
    except Exception as error:
        at = line_of(error, task["path"])
        what = f"gave something that cannot be told: {type(error).__name__}: {error}"
        return _told(SimulationError(place, what, "correct it", line=at)), False
    if _processes():
        what = "left other processes running, which were ended"
        return _told(SimulationError(place, what, "a simulation computes in its own process")), False
    return {"result": result}, True


def _told(error: SimulationError) -> dict[str, Any]:
    return {"error": {"place": error.place, "what": error.what, "remedy": error.remedy, "line": error.line}}


def _perform(line: socket.socket, task: dict[str, Any], loaded: Loaded) -> Any:
    if task["op"] == "draw":
        from studyapp.runs.figures import draw

        try:
            figure = drawable(frames.restore(Figure, task["figure"]))
        except ValueError as error:
            raise SimulationError(task["place"], f"cannot be drawn: {error}", "correct the figure") from error
        return draw(figure, Path(task["path"]))
    file = (task["sha256"], task["path"])  # a copy under another name has its own
    if file not in loaded:
        simulation = load(task["code"], task["name"], task["path"])
        loaded[file] = simulation, _Prints.characters
    simulation, printed = loaded[file]
    match task["op"]:
        case "describe":
            return frames.plain(simulation.description)
        case "keys":
            asked = (task["sets"], task["value"], task["index"], task["mistakes"])
            found = evaluate.keys(simulation, *asked, where_it_applies=task["where_it_applies"])
            return [None if key is None else frames.plain(key) for key in found]
        case "beside":
            return evaluate.beside(simulation, task["parameters"])
        case "applying":
            return evaluate.applying(simulation, task["sets"])
        case _:
            progress = _Progress(line, task["task"])
            _Prints.characters = printed  # the file's own count for each run, whichever task executed it
            run = evaluate.run(simulation, task["parameters"], task["seed"], progress)
            return frames.plain(replace(run, printed=_Prints.characters))


class _Progress:
    """What a simulation calls with the fraction done."""

    def __init__(self, line: socket.socket, task: int) -> None:
        self._line, self._task, self._last = line, task, -math.inf

    def __call__(self, fraction: float) -> None:
        now = time.monotonic()
        if now - self._last >= PROGRESS_EVERY and math.isfinite(fraction):
            self._last = now
            _send(self._line, {"task": self._task, "progress": min(1.0, max(0.0, float(fraction)))})


class _Guard:
    """Refuses to start or signal processes while a simulation runs. No sandbox: it makes accidents plain to see."""

    def __init__(self) -> None:
        self.on = False

    def hook(self, event: str, _arguments: tuple[object, ...]) -> None:
        if event in _FORBIDDEN and self.on:
            raise ForbiddenError(f"{event} starts or signals another process")


class _Prints(io.TextIOWrapper):
    """Counts what is printed in the present task, and drops it: 100 MB take no time and no memory.

    One count for all of them: a simulation may have kept the one of an earlier task. Bytes written past it, to its
    buffer or to a descriptor, go nowhere and are not counted.
    """

    characters: ClassVar[int] = 0

    def write(self, text: str) -> int:
        """Count the characters; also after the simulation closed it."""
        _Prints.characters += len(text)
        return len(text)


@contextlib.contextmanager
def _apart(guard: _Guard, task: Mapping[str, Any]) -> Iterator[None]:
    """One task's surroundings: limits armed anew, prints only counted, and no other process unless it only draws."""
    # New for each task: a simulation may close or replace what it prints to.
    nowhere = Path(os.devnull).open("wb")  # noqa: SIM115 - closed below, by what is wrapped around it
    sys.stdout = sys.stderr = prints = _Prints(nowhere, encoding="utf-8")
    _Prints.characters = 0
    _arm(task["cpu"], task["memory"])
    guard.on = task["op"] != "draw"  # matplotlib asks fc-list for fonts
    try:
        yield
    finally:
        guard.on = False
        _limit(resource.RLIMIT_AS, None)  # room to tell the result
        with contextlib.suppress(OSError, ValueError):  # the simulation took it apart, or closed its descriptor
            prints.close()


def _arm(cpu: float, memory: int) -> None:
    # RLIMIT_CPU counts from the start of the process, and a warm one has used some.
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _limit(resource.RLIMIT_CPU, math.ceil(used + cpu))
    _limit(resource.RLIMIT_AS, memory)


def _limit(which: int, wanted: int | None) -> None:
    """Set a soft limit, or lift it to the hard one."""
    hard = resource.getrlimit(which)[1]
    soft = hard if wanted is None else wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    # macOS knows RLIMIT_AS but may refuse to set it.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(which, (soft, hard))


def _processes() -> bool:
    """Whether a child of this process is alive; finished ones are buried."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        return True
    return False
