"""Writes small real simulations into a test's folder, and does tasks on a worker from tests that are not async."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from studyapp.runs import Limits, SimulationError, Source, Worker, read_source

T = TypeVar("T")

HEAD = '''"""Tosses a coin.

The rest is for those who read on.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studyapp.simulation import *

TITLE = "A coin"


@dataclass(frozen=True)
class Parameters:
    chance: float = parameter(0.5, low=0.0, high=1.0, help="probability of heads")
    tosses: int = parameter(1000, low=1, high=100_000, scale="log", help="number of tosses")


'''

RUN = """def run(parameters, rng):
    heads = rng.random(parameters.tosses) < parameters.chance
    return Result(values={"share": heads.mean()})


"""

COIN = (
    HEAD
    + RUN
    + """@expected("share of heads", unit="heads per toss")
def share(parameters):
    return parameters.chance


@mistake("share", "heads and tails are mixed up")
def share_of_tails(parameters):
    return 1 - parameters.chance


@claim(1, "the share of heads is the chance within five standard errors")
def share_is_chance(parameters, values):
    error = (parameters.chance * (1 - parameters.chance) / parameters.tosses) ** 0.5
    return about(values["share"], parameters.chance, absolute=5 * error)


@claim(2, "it is fair", applies=lambda parameters: parameters.chance == 0.5, domain="chance 0.5")
def fair(parameters, values):
    return between(values["share"], 0.4, 0.6)
"""
)


LOOP = (
    HEAD
    + """def run(parameters, rng, progress):
    progress(0.0)
    while True:
        pass
"""
)


def write(folder: Path, text: str, name: str = "coin", *, shipped: bool = True) -> Source:
    """The text as a simulation's file; shipped ones share their process, which keeps tests quick."""
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return read_source(path, shipped=shipped)


def run_of(body: str) -> str:
    """A simulation whose `run(parameters, rng, progress)` has this body."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{HEAD}def run(parameters, rng, progress):\n{lines}"


def line_with(source: Source, text: str) -> int:
    """The number of the file's first line that has the text."""
    lines = source.code.decode().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


class Bench:
    """A worker on an event loop that stays between the tests of a module."""

    def __init__(self, scratch: Path, limits: Limits | None = None) -> None:
        self.runner = asyncio.Runner()
        self.worker = Worker(scratch, limits)

    def do(self, task: Coroutine[Any, Any, T]) -> T:
        """What the task gives."""
        return self.runner.run(task)

    def error(self, task: Coroutine[Any, Any, Any]) -> str:
        """The one clear line of the SimulationError that the task ends with."""
        try:
            self.runner.run(task)
        except SimulationError as error:
            line = str(error)
            assert line.isprintable()
            assert len(line) < 700
            return line
        raise AssertionError("no SimulationError")

    def still_works(self, folder: Path) -> None:
        """The next task is done as if nothing had been."""
        run = self.do(self.worker.run(write(folder, COIN, "after"), {}, seed=0))
        assert 0 < run.values["share"] < 1

    def close(self) -> None:
        """End the worker and the loop."""
        self.runner.run(self.worker.close())
        self.runner.close()


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def all_gone(pids: list[int]) -> bool:
    """Whether all the processes end within three seconds."""
    end = time.monotonic() + 3
    while any(alive(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.01)
    return not any(alive(pid) for pid in pids)
