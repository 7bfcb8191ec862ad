"""What all commands share: the data folder, opening it, and the errors that a user can mend."""

from __future__ import annotations

import functools
import gc
import os
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from studyapp.cli.printing import wipe

if TYPE_CHECKING:
    from studyapp.library import Library

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
        from studyapp.library import Library, LibraryError

        gc.freeze()  # what was imported until now stays, and need not be looked at again
        gc.enable()
        if self.home.exists() and not self.home.is_dir():
            raise LibraryError(f"{self.home} is not a folder; name another one with --home or STUDYAPP_HOME")
        randomness = random.SystemRandom()
        return Library.open(
            self.home,
            now=lambda: datetime.now(UTC),
            seeds=lambda: randomness.randrange(2**31),
            progress=_reading if sys.stderr.isatty() else None,
        )


def _reading(done: int, of: int) -> None:
    if of >= SLOW_FILES:
        click.echo(f"\rreading decks: {done + 1} of {of}", err=True, nl=False)
        if done + 1 == of:
            wipe()


def default_home() -> Path:
    """The data folder: STUDYAPP_HOME, else where this system keeps an application's data."""
    given = os.environ.get("STUDYAPP_HOME")
    if given:
        return Path(given).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("studyapp", appauthor=False))


def _folder(_context: click.Context, _parameter: click.Parameter, given: str | None) -> Path | None:
    if given is None:
        return None
    if not given:
        raise click.UsageError("--home names no folder; leave it out, or give one")
    return Path(given).expanduser().absolute()


def common(command: _F) -> _F:
    """Give a command `--home` and `--debug`, which hold before or after its name, and a Call in their place."""

    @click.option("--home", metavar="DIR", callback=_folder, help="Data folder (or STUDYAPP_HOME).")
    @click.option("--debug", is_flag=True, help="Show a traceback when something goes wrong.")
    @functools.wraps(command)
    def called(*, home: Path | None, debug: bool, **rest: Any) -> Any:
        context = click.get_current_context()
        outer = context.parent.obj if context.parent is not None else None
        if home is None and isinstance(outer, Call):
            home = outer.home
        call = Call(home or default_home(), debug or (isinstance(outer, Call) and outer.debug))
        context.obj = call
        try:
            done = command(call, **rest)
            sys.stdout.flush()
        except BrokenPipeError:  # `studyapp log | head` is no error
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(0) from None
        return done

    return called  # type: ignore[return-value]


def on_terminal() -> bool:
    """Whether a person sits there: a full-screen program or a question without a terminal would hang."""
    return sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()


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
