"""Runs one simulation many times, on all cores, for a sweep or for many seeds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from studyapp.lab import Laboratory
from studyapp.model import ParameterValue
from studyapp.simulation import Run

Setting = tuple[Mapping[str, ParameterValue], int]
"""Parameters and a seed."""


async def run_each(
    laboratories: Sequence[Laboratory], name: str, settings: Sequence[Setting], told: Callable[[int, Run], None]
) -> None:
    """Run the simulation at every setting; `told` gets each run, with the number of its setting, as it comes in.

    The laboratories, one process each, share the work. The first SimulationError or ParameterError ends all of it and
    is raised; so does cancelling, which leaves no run behind.
    """
    waiting = iter(enumerate(settings))

    async def worked(laboratory: Laboratory) -> None:
        for number, (parameters, seed) in waiting:
            told(number, await laboratory.run(name, parameters, seed))

    tasks = [asyncio.create_task(worked(laboratory)) for laboratory in laboratories]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
