"""The command line: `studyapp` opens Home, and every other command prints and exits."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

from studyapp import __version__
from studyapp.cli.common import Call, Group, common, failures
from studyapp.cli.printing import one_line, warn

COMMANDS = {
    "study": "study",
    "exam": "exam",
    "exams": "exams",
    "run": "run",
    "verify": "verify",
    "new": "new",
    "draft": "draft",
    "check": "files",
    "stamp": "files",
    "relink": "files",
    "sm2": "reports",
    "due": "answers",
    "log": "answers",
    "stats": "reports",
    "doctor": "reports",
}
"""Where each command is written; a module is imported when one of its commands is called."""

INTERRUPTED = 130
"""The exit status after Ctrl-C, as shells have it: 128 and the number of the signal."""


class Commands(Group):
    """The commands, each imported when it is needed: a start pays for what it uses."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in the order of the manual."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name, or None."""
        if name not in COMMANDS:
            return None
        command = getattr(import_module(f"studyapp.cli.{COMMANDS[name]}"), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="studyapp")
@common
def studyapp(call: Call) -> None:
    """Study every day in the terminal, with answers backed by live computation.

    Without a command Home opens: Enter starts to study what is due.

    \b
    studyapp                                   open Home
    studyapp study training --minutes 15       study one deck for a quarter of an hour
    studyapp run softmax_output --temperature 2
    studyapp verify                            run every simulation that a card relies on
    studyapp --home ~/course due --json        another data folder; for scripts
    """
    if click.get_current_context().invoked_subcommand is None:
        from studyapp.cli.study import home

        home(call)


def main() -> None:
    """Run the command line and exit: 0 done, 1 something was wrong, 2 wrong usage, 130 interrupted."""
    gc.disable()  # nothing imported at the start is garbage, and looking for some costs a tenth of it: see Call.library
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a sign is no reason to fail
    debug = "--debug" in sys.argv
    sys.exit(outcome(lambda: studyapp.main(prog_name="studyapp", standalone_mode=False), debug=debug))


def outcome(run: Callable[[], Any], *, debug: bool) -> int:
    """The exit status of a command; what went wrong is said in one line, with a traceback only for `--debug`."""
    try:
        status = run()
    except click.exceptions.Exit as wanted:
        return wanted.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.UsageError as error:
        return complain(usage(error), error.exit_code)
    except click.ClickException as error:
        return complain(error.format_message(), error.exit_code)
    except Exception as error:
        if debug:
            raise
        if isinstance(error, failures()):
            return complain(str(error), 1)
        if isinstance(error, OSError) and error.strerror:
            return complain(f"{error.filename or 'input or output'}: {error.strerror} (--debug shows where)", 1)
        return complain(f"unexpected {type(error).__name__}: {error} (--debug shows where)", 1)
    return status if isinstance(status, int) else 0


def usage(error: click.UsageError) -> str:
    """Wrong usage as one line: what is wrong, and which help says what is right."""
    said = one_line(error.format_message()).rstrip(".")
    said = said[0].lower() + said[1:] if said[1:2].islower() else said
    command = error.ctx.command_path if error.ctx is not None else "studyapp"
    name = command.removeprefix("studyapp").strip()
    see = "" if "; " in said else f"; see `{command} --help`"
    return (f"{name}: " if name else "") + said + see


def complain(what: str, status: int) -> int:
    """Say what is wrong; returns the exit status."""
    warn(what)
    return status
