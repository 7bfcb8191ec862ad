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

from studyapp.cli.printing import counted, one_line, warn, wipe

if TYPE_CHECKING:
    from studyapp.library import Library

_F = TypeVar("_F", bound=Callable[..., Any])

SLOW_FILES = 20
"""With at least so many changed decks, reading them shows its progress."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the command line: the data folder if one was named, and whether a traceback is wanted."""

    named: Path | None
    debug: bool

    @property
    def home(self) -> Path:
        """Where the data lies."""
        return self.named or default_home()

    def library(self, *, closed_book: bool = True) -> Library:
        """Open everything. The clock and the randomness of the whole application enter here.

        While an exam runs this is refused, by ExamRunningError, but for those who say that they show nothing of use.
        """
        from studyapp.clocks import reading
        from studyapp.library import Library, LibraryError

        gc.freeze()  # what was imported until now stays, and need not be looked at again
        gc.enable()
        home = self.home
        if home.exists() and not home.is_dir():
            raise LibraryError(f"{home} is not a folder; name another one with --home or STUDYAPP_HOME")
        randomness = random.SystemRandom()
        library = Library.open(
            home,
            now=lambda: datetime.now(UTC),
            seeds=lambda: randomness.randrange(2**31),
            clocks=reading,
            progress=_reading if sys.stderr.isatty() else None,
        )
        if self.named is not None:
            library.called = ("studyapp", "--home", str(home))
        try:
            if closed_book:
                library.closed_book()
        except BaseException:
            library.close()
            raise
        return library


def _reading(done: int, of: int) -> None:
    if of >= SLOW_FILES:
        click.echo(f"\rreading decks: {done + 1} of {of}", err=True, nl=False)
        if done + 1 == of:
            wipe()


def home_in_environment() -> Path | None:
    """The data folder that STUDYAPP_HOME names, if it names one."""
    given = os.environ.get("STUDYAPP_HOME")
    return Path(given).expanduser().absolute() if given else None


def default_home() -> Path:
    """The data folder where none is named: where this system keeps an application's data."""
    import platformdirs

    return Path(platformdirs.user_data_dir("studyapp", appauthor=False))


class Group(click.Group):
    """Commands below a command, with the nearest name for one that does not exist."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """As click does, with one clear line for an unknown name."""
        names = self.list_commands(ctx)
        if args and args[0] not in names and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], names, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else f"see `{ctx.command_path} --help`"
            ctx.fail(f"there is no command {one_line(args[0])!r}; {remedy}")
        return super().resolve_command(ctx, args)


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
        above = outer if isinstance(outer, Call) else Call(home_in_environment(), debug=False)
        call = Call(home or above.named, debug or above.debug)
        context.obj = call
        try:
            done = command(call, **rest)
            sys.stdout.flush()
        except BrokenPipeError:  # `studyapp log | head` is no error
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(0) from None
        return done

    return called  # type: ignore[return-value]


def warn_of_problems(library: Library) -> None:
    """Say on stderr, in one line, that something is wrong in the decks: cards may be missing from what is printed."""
    if wrong := len(library.problems()):
        warn(f"{counted(wrong, 'problem')} in the decks: `studyapp check` lists {'it' if wrong == 1 else 'them'}")


def on_terminal() -> bool:
    """Whether a person sits there: a full-screen program or a question without a terminal would hang."""
    return sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


def failures() -> tuple[type[Exception], ...]:
    """The errors that are a user's to mend: each is one clear line."""
    from studyapp.core.exam.paper import PaperError
    from studyapp.decks import DeckError
    from studyapp.exam_errors import ExamError
    from studyapp.library import LibraryError
    from studyapp.presets import PresetError
    from studyapp.runs.errors import SimulationError
    from studyapp.settings import SettingsError
    from studyapp.simulation import ParameterError
    from studyapp.store import StoreError

    exam = (ExamError, PaperError, PresetError)
    return (DeckError, LibraryError, SimulationError, ParameterError, SettingsError, StoreError, *exam)
