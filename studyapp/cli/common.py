"""What all commands share: the data folder, opening it, and printing."""

from __future__ import annotations

import functools
import json
import os
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from studyapp.core.text import harmless, one_line

if TYPE_CHECKING:
    from studyapp.library import Library

__all__ = ["Call", "common", "failures", "json_option", "one_line", "print_json", "print_table", "say"]

_F = TypeVar("_F", bound=Callable[..., Any])

SLOW_FILES = 20
"""With at least so many changed decks, reading them shows its progress."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the command line: where the data lies, and whether a traceback is wanted."""

    home: Path
    debug: bool

    def library(self) -> Library:
        """Open everything. The clock and the randomness of the whole application enter here."""
        from studyapp.library import Library

        randomness = random.SystemRandom()
        return Library.open(
            self.home,
            now=lambda: datetime.now(UTC),
            seeds=lambda: randomness.randrange(2**31),
            progress=_reading if sys.stderr.isatty() else None,
        )


def _reading(done: int, of: int) -> None:
    if of >= SLOW_FILES:
        last = done + 1 == of
        click.echo(f"\rreading decks: {done + 1} of {of}" + ("\r\x1b[K" if last else ""), err=True, nl=False)


def default_home() -> Path:
    """The data folder: STUDYAPP_HOME, else where this system keeps an application's data."""
    given = os.environ.get("STUDYAPP_HOME")
    if given:
        return Path(given).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("studyapp", appauthor=False))


def common(command: _F) -> _F:
    """Give a command `--home` and `--debug`, which hold before or after its name, and a Call in their place."""

    @click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Data folder (or STUDYAPP_HOME).")
    @click.option("--debug", is_flag=True, help="Show a traceback when something goes wrong.")
    @functools.wraps(command)
    def called(*, home: Path | None, debug: bool, **rest: Any) -> Any:
        context = click.get_current_context()
        outer = context.parent.obj if context.parent is not None else None
        if home is None and isinstance(outer, Call):
            home = outer.home
        call = Call(home or default_home(), debug or (isinstance(outer, Call) and outer.debug))
        context.obj = call
        return command(call, **rest)

    return called  # type: ignore[return-value]


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


def failures() -> tuple[type[Exception], ...]:
    """The errors that are a user's to mend: each is one clear line."""
    from studyapp.decks import DeckError
    from studyapp.library import LibraryError
    from studyapp.runs.errors import SimulationError
    from studyapp.settings import SettingsError
    from studyapp.simulation import ParameterError
    from studyapp.store import StoreError

    return (DeckError, LibraryError, SimulationError, ParameterError, SettingsError, StoreError)


def print_json(value: object) -> None:
    """Print a value as JSON; numbers that JSON does not know must have been replaced by null before."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def say(text: str) -> None:
    """Print text as text: nothing in it is obeyed by the terminal."""
    click.echo(harmless(text))


def print_table(heading: Sequence[str], rows: Sequence[Sequence[object]], right: frozenset[int] = frozenset()) -> None:
    """Print rows in columns under a heading; the columns in `right` are set flush right."""
    cells = [[one_line(str(cell)) for cell in row] for row in (heading, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heading))]
    for row in cells:
        line = "  ".join(
            c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))
        )
        say(line.rstrip())
