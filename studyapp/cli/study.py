"""`studyapp` and `studyapp study`: the screens, or a few plain lines where there is no terminal."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

from studyapp.cli.arguments import Whole
from studyapp.cli.common import Call, common, on_terminal, warn_of_problems
from studyapp.cli.printing import print_table, warn

if TYPE_CHECKING:
    from studyapp.library import Library
    from studyapp.tui.app import StudyApp


def home(call: Call) -> None:
    """Open Home; without a terminal, print what is due."""
    if on_terminal():
        show(call, "home")
    else:
        print_due(call)


@click.command(short_help="Study what is due, in all decks or some.")
@click.argument("deck", nargs=-1)
@click.option("--minutes", type=Whole(1, 240), help="How long the session is; kept in the app with + and -.")
@common
def study(call: Call, deck: tuple[str, ...], minutes: int | None) -> None:
    """Study what is due, mixed over all decks, or only in the DECKs named by title or file.

    \b
    studyapp study
    studyapp study lesson-1 --minutes 20
    """
    if not on_terminal():
        raise click.ClickException("studying needs a terminal; `studyapp due` prints what is due")
    show(call, "review", deck, minutes)


def show(call: Call, start: str, decks: tuple[str, ...] = (), minutes: int | None = None) -> None:
    """Run the application until it is left; exits 1 with one line if it failed."""
    from studyapp.tui.app import StudyApp

    import_module(f"studyapp.tui.{start}")  # before the store is opened, see Call.library
    with call.library(closed_book=False) as library:  # it shows a running exam, and nothing else
        app = StudyApp(library, start=start, decks=library.matching(decks), minutes=minutes, debug=call.debug)
        app.run()
        tell_of_exam(library)
    ended(call, app)


def tell_of_exam(library: Library) -> None:
    """One line on the exam that runs on while nobody looks at it, and how to go on."""
    running = library.exams.running() if library.store.unreleased_sittings() else None
    if running is not None:
        warn(f"{running.title} runs on; `{library.here('studyapp exam')}` goes on with what is left")


def ended(call: Call, app: StudyApp) -> None:
    """Say why the application ended, if it was not left: one line, or its traceback was shown already."""
    if app.failure is not None:
        if call.debug:
            raise SystemExit(1)
        raise app.failure
    if app.return_code:
        raise SystemExit(app.return_code)


def print_due(call: Call) -> None:
    """What waits in each deck, as plain lines."""
    from studyapp.overview import overview

    with call.library() as library:
        seen = overview(library)
        warn_of_problems(library)
    rows = [(row.title, f"{100 * row.mastery:.0f} %", row.due, row.new) for row in (seen.all, *seen.rows)]
    print_table(("deck", "mastery", "due", "new"), rows, frozenset({1, 2, 3}))
