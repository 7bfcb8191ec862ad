"""`studyapp due` and `studyapp log`: which cards wait, and what was answered."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from studyapp.cli.arguments import Whole
from studyapp.cli.common import Call, common, json_option, warn_of_problems
from studyapp.cli.printing import Bar, counted, one_line, print_json, print_table, say
from studyapp.core.days import date_of
from studyapp.model import Answered, Mode, Schedule

if TYPE_CHECKING:
    from studyapp.library import Library
    from studyapp.store.rows import Change

ON_SCREEN = 50
"""So many answers are printed for reading."""


@click.command(short_help="Print the cards that are due now.")
@click.argument("deck", nargs=-1)
@json_option
@common
def due(call: Call, deck: tuple[str, ...], as_json: bool) -> None:
    """Print every card that is due now and every new one, in all decks or the DECKs, whatever a day's limits say.

    \b
    studyapp due
    studyapp due lesson-1 --json

    JSON: [{card, deck, kind, due, n, interval, ef, state}, ...]; `due` is a study day (whole days since 1970-01-01) or
    null, `state` is "review", "drill" (again today) or "new".
    """
    with call.library() as library:
        today, decks = library.today, library.matching(deck)
        waiting = [(row, "drill") for row in library.store.drilling(today, decks)]
        waiting += [(row, "review") for row in library.store.due(today, decks)]
        waiting += [(row, "new") for row in library.store.unseen(today, decks)]
        warn_of_problems(library)
    if as_json:
        print_json(
            [
                {
                    "card": row.card,
                    "deck": row.deck,
                    "kind": row.kind.value,
                    "due": row.due,
                    "n": row.schedule.n,
                    "interval": row.schedule.interval,
                    "ef": row.schedule.ease / 100,
                    "state": state,
                }
                for row, state in waiting
            ]
        )
        return
    rows = [
        (
            row.card,
            row.kind.value,
            state,
            "" if row.due is None else date_of(row.due),
            row.schedule.interval or "",
            f"{row.schedule.ease / 100:.2f}",
        )
        for row, state in waiting
    ]
    if rows:
        print_table(("card", "kind", "state", "due", "days", "EF"), rows, frozenset({4, 5}))
    new = sum(state == "new" for _, state in waiting)
    say(f"{len(waiting) - new} due, {new} new" if waiting else "Nothing is due.")


@click.command(short_help="Print what was answered, newest first.")
@click.argument("card", required=False)
@click.option("--limit", type=Whole(1, 10**9), help=f"At most so many answers ({ON_SCREEN} on screen, all as JSON).")
@click.option(
    "--rerun", is_flag=True, help="Compute their simulations again instead, and compare; exit 1 if one differs."
)
@json_option
@common
def log(call: Call, card: str | None, limit: int | None, rerun: bool, as_json: bool) -> int | None:
    """Print the answers, of one CARD or all, newest first.

    With --rerun the simulations that stood behind them are run once more with the same parameters and seeds: a line for
    each answer that does not agree to 1e-9, and why others cannot be compared.

    \b
    studyapp log
    studyapp log softmax-returns --limit 5
    studyapp log --json
    studyapp log --rerun

    JSON: [{id, card, at, day, mode, kind, grade, correct, sure, before: {n, interval, ef, due}, after: {...}, seed,
    revoked}, ...]; `day` and `due` are study days, whole days since 1970-01-01; `after` is what the answer did when it
    was given, and `revoked` says that it was taken back since.
    """
    if rerun and as_json:
        raise click.UsageError("--rerun prints lines and no JSON; leave one of the two out")
    with call.library() as library:
        answers = _answers(library, card, limit or (None if as_json or rerun else ON_SCREEN))
        if card is not None and not answers:
            _check_known(library, card)
        if rerun:
            computed = [one for one in answers if "simulation" in (one[1].receipt or {}) and not one[0].revoked]
            return asyncio.run(_rerun(library, computed))
    if as_json:
        print_json([_row_json(row, event) for row, event in answers])
        return None
    shown = [
        (
            _moment(row),
            event.card,
            event.grade,
            {True: "sure", False: "guess", None: ""}[event.sure],
            f"{row.before.interval} -> {row.after.interval} d" if event.mode is Mode.SPACED else event.mode.value,
            "taken back" if row.revoked else "",
        )
        for row, event in answers
    ]
    if shown:
        print_table(("at", "card", "grade", "", "interval", ""), shown, frozenset({2}))
    else:
        say("Nothing was answered yet." if card is None else f"{card} was not answered yet.")
    if limit is None and len(shown) == ON_SCREEN:
        say(f"The newest {counted(ON_SCREEN, 'answer')}; --limit N shows more.")
    return None


async def _rerun(library: Library, answers: Sequence[tuple[Change, Answered]]) -> int:
    """Compute the receipts of answers again and print what came of it; 1 if one differs."""
    from studyapp.lab import IncomparableError
    from studyapp.runs.errors import SimulationError
    from studyapp.simulation import ParameterError

    if not answers:
        say("No answer that was logged has a simulation to run again.")
        return 0
    differing, apart = list[str](), Counter[str]()
    try:
        with Bar() as bar:
            for done, (row, event) in enumerate(answers):
                bar.count(done, len(answers))
                try:
                    found = await library.laboratory.again(event.receipt or {})
                except IncomparableError as error:
                    apart[str(error)] += 1
                    continue
                except (SimulationError, ParameterError) as error:
                    found = [f"it cannot be computed any more ({error})"]
                if found:
                    differing.append(f"{_moment(row)} {event.card}: {'; '.join(found)}")
    finally:
        await library.close_laboratory()
    for line in differing:
        say(one_line(line))
    for why, number in apart.items():
        say(one_line(f"{counted(number, 'answer')} cannot be compared: {why}"))
    agreeing = len(answers) - len(differing) - apart.total()
    say(f"{agreeing} of {counted(len(answers), 'answer')} with a simulation agree{'s' if agreeing == 1 else ''}")
    return 1 if differing else 0


def _moment(row: Change) -> str:
    return f"{row.entry.at.astimezone():%Y-%m-%d %H:%M}"


def _answers(library: Library, card: str | None, most: int | None) -> list[tuple[Change, Answered]]:
    """The newest answers, at most so many: entries that are no answers do not count."""
    asked = most
    while True:
        rows = library.store.rows_with_states(card=card, limit=asked)
        found = [(row, row.entry.event) for row in rows if isinstance(row.entry.event, Answered)]
        if most is None or asked is None or len(found) >= most or len(rows) < asked:
            return found[:most]
        asked *= 4


def _check_known(library: Library, card: str) -> None:
    if library.store.card(card) is not None or library.store.entries(card, limit=1):
        return
    from difflib import get_close_matches

    from studyapp.library import LibraryError

    near = get_close_matches(card, [one.id for one in library.store.cards()], n=1)
    remedy = f"did you mean {near[0]!r}?" if near else "`studyapp due` and `studyapp log` show ids"
    raise LibraryError(f"neither the decks nor the log have a card {card!r}; {remedy}")


def _row_json(row: Change, event: Answered) -> dict[str, Any]:
    return {
        "id": row.entry.id,
        "card": event.card,
        "at": row.entry.at.isoformat(),
        "day": row.entry.day,
        "mode": event.mode.value,
        "kind": event.kind.value,
        "grade": event.grade,
        "correct": event.correct,
        "sure": event.sure,
        "before": _state(row.before),
        "after": _state(row.after),
        "seed": event.seed,
        "revoked": row.revoked,
    }


def _state(schedule: Schedule) -> dict[str, Any]:
    return {"n": schedule.n, "interval": schedule.interval, "ef": schedule.ease / 100, "due": schedule.due}
