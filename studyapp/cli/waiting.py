"""One line for a person who waits: what is being done, for how long, and how much of it; gone when it is over."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

import click

from studyapp.cli.printing import one_line, wipe

PATIENCE = 1.0
"""Seconds in which nobody wonders: what is over by then says nothing."""

EVERY = 0.2
"""Seconds between two looks at the clock."""

WIDTH = 20


class Waiting:
    """The line on the terminal's stderr, rewritten in place; to be used in an `async with`.

    `quiet`, or where stderr is no terminal, nothing is written.
    """

    def __init__(self, doing: str, *, quiet: bool = False) -> None:
        self._doing = one_line(doing)
        self._quiet = quiet or not sys.stderr.isatty()
        self._fraction: float | None = None
        self._shown = False
        self._clock: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if not self._quiet:
            self._clock = asyncio.create_task(self._tick(time.monotonic()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._clock is not None:
            self._clock.cancel()
            with suppress(asyncio.CancelledError):
                await self._clock
        if self._shown:
            wipe()

    def show(self, fraction: float) -> None:
        """Take note of a fraction from 0 to 1; it is shown with the seconds."""
        self._fraction = fraction

    async def _tick(self, begun: float) -> None:
        await asyncio.sleep(PATIENCE)
        while True:
            self._shown = True
            line = self.line(time.monotonic() - begun)[: shutil.get_terminal_size().columns - 1]
            click.echo(f"\r\x1b[K{line}", err=True, nl=False)
            await asyncio.sleep(EVERY)

    def line(self, seconds: float) -> str:
        """What is said after so many seconds."""
        parts = [f"{self._doing} ... {int(seconds)} s"]
        if self._fraction is not None:
            filled = round(WIDTH * self._fraction)
            parts.append(f"{'█' * filled}{'░' * (WIDTH - filled)} {100 * self._fraction:.0f} %")
        return "   ".join([*parts, "Ctrl-C stops it"])
