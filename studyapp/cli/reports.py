"""`studyapp sm2`, `stats` and `doctor`: what the scheduler does, how it has been going, whether the store is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from studyapp.cli.arguments import Whole
from studyapp.cli.common import Call, common, json_option, warn_of_problems
from studyapp.cli.printing import counted, one_line, print_json, print_table, say
from studyapp.core import sm2 as algorithm

if TYPE_CHECKING:
    from studyapp.core.experiments.predictions import Calibration

MOST_GRADES = 500
"""The interval grows like a power: after some thousand grades nothing could print it."""


@click.command(short_help="Print what SM-2 makes of a series of grades.")
@click.argument("grades", nargs=-1, required=True, type=Whole(0, 5))
@json_option
@common
def sm2(call: Call, grades: tuple[int, ...], as_json: bool) -> None:  # noqa: ARG001 - every command has a call
    """Grade a new card with GRADES, 0 to 5, one a repetition, and print each step.

    \b
    studyapp sm2 4 4 3 3 4
    studyapp sm2 5 5 5 --json

    JSON: [[n, interval in days, "EF with 4 decimals", again today], ...], one for each grade.
    """
    if len(grades) > MOST_GRADES:
        raise click.UsageError(f"{len(grades)} grades are too many; give at most {MOST_GRADES}")
    steps = []
    step = algorithm.Step(0, 0, algorithm.START_EASE, False)
    for grade in grades:
        step = algorithm.repeat(step.n, step.interval, step.ease, grade)
        steps.append(step)
    if as_json:
        print_json([[one.n, one.interval, f"{one.ease / 100:.4f}", one.again_today] for one in steps])
        return
    rows = [
        (grade, one.n, f"{one.interval} d", f"{one.ease / 100:.2f}", "again today" if one.again_today else "")
        for grade, one in zip(grades, steps, strict=True)
    ]
    print_table(("grade", "n", "interval", "EF", ""), rows, frozenset({0, 1, 2, 3}))


@click.command(short_help="Print how it has been going.")
@json_option
@common
def stats(call: Call, as_json: bool) -> None:
    """Print answers, confidence, time and what is to come.

    \b
    studyapp stats
    studyapp stats --json

    JSON: {today, cards, mastery: [cards at level 0, ..., 4], due, new, week: [due tomorrow, ...], answers,
    cards_answered, days, seconds, grades: {"0": n, ...}, sure: {right, of}, guess: {right, of}, predictions: {"sure":
    {right, of}, ...}, curves: {drawn, decades, spans}}; `today` and `days` are study days, whole days since 1970-01-01;
    drawn curves are among the predictions too, and their median error is in decades over a logarithmic axis, else a
    share of the curve's span.
    """
    from studyapp.core.experiments.predictions import calibration
    from studyapp.core.history import effective
    from studyapp.core.statistics import statistics
    from studyapp.overview import overview

    with call.library() as library:
        warn_of_problems(library)
        seen = overview(library)
        entries = effective([row.entry for row in library.store.entries(newest_first=False)])
        counts, made = statistics(entries), calibration(entries)
    if as_json:
        print_json(
            {
                "today": seen.today,
                "cards": sum(seen.all.levels),
                "mastery": list(seen.all.levels),
                "due": seen.all.due,
                "new": seen.all.new,
                "week": list(seen.week),
                "answers": counts.answers,
                "cards_answered": counts.cards,
                "days": list(counts.days),
                "seconds": round(counts.seconds, 1),
                "grades": {str(grade): count for grade, count in counts.grades.items()},
                "sure": {"right": counts.sure.right, "of": counts.sure.of},
                "guess": {"right": counts.guess.right, "of": counts.guess.of},
                "predictions": {name: {"right": right, "of": of} for name, (right, of) in made.right.items()},
                "curves": {"drawn": made.drawn, "decades": made.decades, "spans": made.spans},
            }
        )
        return
    mastery = f"{counted(sum(seen.all.levels), 'card')}, mastery {100 * seen.all.mastery:.0f} %"
    say(f"{mastery}: {seen.all.due} due, {seen.all.new} new today")
    if not counts.answers:
        say("No study sessions yet.")
        _say_predictions(made)
        return
    passed = sum(count for grade, count in counts.grades.items() if grade >= algorithm.PASS)
    answers = f"{counted(counts.answers, 'answer')} on {counted(counts.cards, 'card')}"
    say(f"{answers}, {100 * passed / counts.answers:.0f} % passed")
    minutes = counted(round(counts.seconds / 60), "minute")
    say(f"studied on {counted(len(counts.days), 'day')}, {minutes} in all; {seen.studied_days} of the last 30")
    for name, share in (("sure", counts.sure), ("guess", counts.guess)):
        if share.of:
            say(f"when {name}: {share.right} of {share.of} right, {100 * share.right / share.of:.0f} %")
    _say_predictions(made)
    say("next seven days: " + ", ".join(str(count) for count in seen.week) + " due")


def _say_predictions(made: Calibration) -> None:
    """How often predictions in the Lab came true, by confidence, and how far the drawn curves among them were off."""
    from studyapp.core.experiments.predictions import RULE

    for name, (right, of) in made.right.items():
        if of:
            say(f"predictions, {name}: {right} of {of} right, {100 * right / of:.0f} %")
    if made.drawn:
        far = [f"{made.decades:.2f} decades"] if made.decades is not None else []
        far += [f"{100 * made.spans:.0f} % of the span"] if made.spans is not None else []
        say(f"{counted(made.drawn, 'curve')} among them drawn, the middle one {' and '.join(far)} off")
    if made.total[1]:
        say(RULE)


@click.command(short_help="Check the store, and repair what can be rebuilt.")
@json_option
@common
def doctor(call: Call, as_json: bool) -> int:
    """Check both database files, fold the whole log anew, compare, and repair the cache.

    Exit 1 if the log itself is damaged; the cache is always rebuilt.

    \b
    studyapp doctor
    studyapp doctor --json

    JSON: {entries, cards, repaired: [...], problems: [...]}; a log that cannot be opened is a problem, and entries and
    cards are null then.
    """
    from studyapp.store import StoreError

    entries: int | None = None
    cards: int | None = None
    try:
        with call.library(closed_book=False) as library:
            found = library.store.integrity()
            rebuilt = [line for line in found if line.startswith(f"{call.home / 'cache.db'}: ")]
            problems = [line for line in found if line not in rebuilt]
            if library.store.rebuilt and not rebuilt:
                rebuilt = [f"{call.home / 'cache.db'}: was missing, damaged or of an older studyapp; built anew"]
            repaired = rebuilt + (library.store.refold() if not problems else [])
            entries, cards = library.store.entry_count(), sum(deck.cards for deck in library.store.decks())
    except StoreError as error:
        if not as_json or call.debug:
            raise
        repaired, problems = [], [str(error)]
    if as_json:
        print_json({"entries": entries, "cards": cards, "repaired": repaired, "problems": problems})
    else:
        for problem in problems:
            say(one_line(problem))
        for what in repaired:
            say(one_line(f"repaired: {what}"))
        state = "the log is damaged" if problems else "the log is sound"
        mended = counted(len(repaired), "repair") if repaired else "the schedule agrees with the log"
        remedy = "put a backup in its place" if problems else mended
        logged = counted(entries or 0, "entry", "entries")
        say(f"{state}: {logged}; {remedy}; {counted(cards or 0, 'card')} in the decks")
    return 1 if problems else 0
