"""Has simulations run in a warm process beside this one, within limits, so that none can hang or crash the app."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from studyapp.runs import frames
from studyapp.runs.errors import LESS, Cancelled, SimulationError
from studyapp.runs.finder import Source, text_of
from studyapp.runs.frames import WordT
from studyapp.runs.process import PLACE, EndedError, Process
from studyapp.simulation import Description, Figure, Key, Progress, Run


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may take: wall-clock seconds, seconds of processor time, bytes of address space.

    Processor time counts in whole seconds, rounded up. macOS does not hold the memory limit.
    """

    seconds: float = 30.0
    cpu: float = 30.0
    memory: int = 2 * 2**30


class Worker:
    """Runs simulations, one task at a time, in a child process that stays warm and is replaced when it is spoilt.

    `scratch` is a folder of its own that is made if need be: working folders that come and go, and matplotlib's font
    cache. A learner's own file shares its process with no other, so that it cannot alter what the shipped ones find.
    To be used in one event loop, and closed. Every failure is a SimulationError of one line; the next task works.
    """

    def __init__(self, scratch: Path, limits: Limits | None = None) -> None:
        self._scratch = scratch
        self._limits = limits or Limits()
        self._lock = asyncio.Lock()
        self._process: Process | None = None
        self._owner = ""
        self._numpy = ""
        self._cancelled = False
        self._closed = False
        self._tasks = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    @property
    def pid(self) -> int | None:
        """The process's id while there is one."""
        return None if self._process is None or self._process.ended else self._process.pid

    @property
    def numpy(self) -> str:
        """The NumPy version of the latest process, empty before the first."""
        return self._numpy

    async def warm(self) -> None:
        """Start the process ahead of the first task (0.1 to 0.2 s, which this process is free to use)."""
        async with self._lock:
            self._cancelled = False
            await self._ready(self._owner)

    async def describe(self, source: Source) -> Description:
        """What a simulation is about; its top level is executed for that, so consent comes first."""
        return self._restored(Description, source.path, await self._ask_of(source, "describe", {}))

    async def keys(
        self,
        source: Source,
        parameter_sets: Sequence[Mapping[str, Any]],
        value: str,
        index: int | None = None,
        mistakes: Sequence[str] = (),
    ) -> list[Key]:
        """The exact value at each set of parameters, of an array its element `index`, with what the mistakes give."""
        found = await self._keys(source, parameter_sets, value, index, mistakes, where_it_applies=False)
        return [key for key in found if key is not None]

    async def keys_where_it_applies(
        self,
        source: Source,
        parameter_sets: Sequence[Mapping[str, Any]],
        value: str,
        index: int | None = None,
        mistakes: Sequence[str] = (),
    ) -> list[Key | None]:
        """The same, with None for a set where the value does not apply or the parameters do not go together."""
        return await self._keys(source, parameter_sets, value, index, mistakes, where_it_applies=True)

    async def _keys(
        self,
        source: Source,
        parameter_sets: Sequence[Mapping[str, Any]],
        value: str,
        index: int | None,
        mistakes: Sequence[str],
        *,
        where_it_applies: bool,
    ) -> list[Key | None]:
        asked = {
            "sets": [dict(one) for one in parameter_sets],
            "value": value,
            "index": index,
            "mistakes": list(mistakes),
            "where_it_applies": where_it_applies,
        }
        told = await self._ask_of(source, "keys", asked)
        return [None if one is None else self._restored(Key, source.path, one) for one in told]

    async def applying(self, source: Source, parameter_sets: Sequence[Mapping[str, Any]]) -> list[frozenset[str]]:
        """The names of the claims that apply at each set of parameters; nothing is run for that."""
        told = await self._ask_of(source, "applying", {"sets": [dict(one) for one in parameter_sets]})
        return [frozenset(names) for names in told]

    async def beside(self, source: Source, parameters: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The exact values that mistakes are about at these parameters, and what each mistake gives instead."""
        told = await self._ask_of(source, "beside", {"parameters": dict(parameters)})
        return told["exact"], told["wrong"]

    async def run(
        self, source: Source, parameters: Mapping[str, Any], seed: int, progress: Progress | None = None
    ) -> Run:
        """One run, with defaults for the parameters not given. Progress arrives at most 20 times a second."""
        asked = {"parameters": dict(parameters), "seed": seed}
        return self._restored(Run, source.path, await self._ask_of(source, "run", asked, progress))

    async def draw(self, figure: Figure, path: Path) -> None:
        """Write a figure to a .png or .svg file, whole or not at all."""
        target = path.absolute()
        message = {"op": "draw", "figure": frames.plain(figure), "path": str(target), "place": path.name}
        await self._ask(self._owner, message, None, path)

    async def cancel(self) -> None:
        """Stop the running task at once: whoever awaits it gets Cancelled. Without one nothing happens."""
        if self._lock.locked():
            self._cancelled = True
            if self._process is not None:
                await self._process.over()

    async def close(self) -> None:
        """End the process and everything it started; tasks that wait get Cancelled, and so do later ones."""
        self._closed = self._cancelled = True
        if self._process is not None:
            await self._process.over()
        # A process may be on its way: whoever started it ends it before letting the lock go.
        async with self._lock:
            pass

    # --- one task -------------------------------------------------------------------------------

    async def _ask_of(self, source: Source, op: str, asked: dict[str, Any], progress: Progress | None = None) -> Any:
        path = source.path.absolute()
        message = {
            "op": op,
            "name": source.name,
            "path": str(path),
            "place": source.path.name,
            "sha256": source.sha256,
            "code": text_of(source.code, source.path),
            **asked,
        }
        return await self._ask("" if source.shipped else source.sha256, message, progress, path)

    async def _ask(self, owner: str, message: dict[str, Any], progress: Progress | None, path: Path) -> Any:
        """Have one task done; whatever happens, the process is either fit for the next one afterwards or gone."""
        async with self._lock:
            self._cancelled = False
            process = await self._ready(owner)
            process.forget()
            fit = False
            try:
                async with asyncio.timeout(self._limits.seconds):
                    answer = await self._exchange(process, message, progress)
                fit = bool(answer["fit"])
            except TimeoutError as error:
                await process.stop()
                limit = f"took longer than {self._limits.seconds:g} s and was stopped"
                raise self._stopped(process, path, limit) from error
            except EndedError as error:
                await process.over()
                raise self._lost(process, path) from error
            finally:
                if not fit:
                    await process.over()
        if "error" in answer:
            raise SimulationError(**answer["error"])
        return answer["result"]

    async def _exchange(
        self, process: Process, message: dict[str, Any], progress: Callable[[float], None] | None
    ) -> dict[str, Any]:
        self._tasks += 1
        limits = {"cpu": self._limits.cpu, "memory": self._limits.memory}
        try:
            await process.send({**message, **limits, "task": self._tasks})
        except (TypeError, ValueError) as error:
            raise SimulationError(message["place"], f"cannot be asked that: {error}", "give finite numbers") from error
        while True:
            answer = await process.receive()
            if answer.get("task") != self._tasks:
                raise EndedError
            if "progress" not in answer:
                return answer
            if progress is not None:
                progress(answer["progress"])

    async def _ready(self, owner: str) -> Process:
        """The process for an owner's code, started or replaced if need be. The lock is held."""
        if self._closed:
            raise Cancelled(PLACE)
        process = self._process
        if process is not None and not process.ended and owner == self._owner:
            return process
        if process is not None:
            await process.over()
        self._process = process = await Process.start(self._scratch)
        self._owner = owner
        try:
            if not (self._cancelled or self._closed):
                self._numpy = await process.ready()
                return process
            raise EndedError
        except (EndedError, TimeoutError) as error:
            await process.over()
            if self._cancelled:
                raise Cancelled(PLACE) from error
            raise SimulationError(PLACE, f"did not start: {process.died()}", "install studyapp anew") from error
        except BaseException:
            await process.over()
            raise

    # --- how it can end -------------------------------------------------------------------------

    def _lost(self, process: Process, path: Path) -> SimulationError:
        if self._cancelled:
            return Cancelled(path.name)
        if process.code == -signal.SIGXCPU:
            return self._stopped(process, path, f"used more than {self._limits.cpu:g} s of processor time")
        return SimulationError(path.name, process.died(), "correct it there", line=process.line(path))

    def _stopped(self, process: Process, path: Path, what: str) -> SimulationError:
        if self._cancelled:
            return Cancelled(path.name)
        return SimulationError(path.name, what, LESS, line=process.line(path))

    def _restored(self, kind: type[WordT], path: Path, told: Any) -> WordT:
        try:
            return frames.restore(kind, told)
        except ValueError as error:
            raise SimulationError(path.name, f"gave no proper {kind.__name__}: {error}", "correct it") from error
