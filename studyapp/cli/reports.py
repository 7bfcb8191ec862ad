"""`studyapp sm2`, `due`, `log`, `stats` and `doctor`: what the scheduler does and what the store holds."""

from __future__ import annotations

from typing import Any

import click

from studyapp.cli.common import Call, common, json_option, print_json, print_table, say
from studyapp.core import sm2 as algorithm
from studyapp.core.days import date_of
from studyapp.model import Answered, Schedule


@click.command(short_help="Print what SM-2 makes of a series of grades.")
@click.argument("grades", nargs=-1, required=True, type=click.IntRange(0, 5))
@json_option
@common
def sm2(call: Call, grades: tuple[int, ...], as_json: bool) -> None:  # noqa: ARG001 - every command has a call
    """Grade a new card with GRADES, 0 to 5, one a repetition, and print each step.

    \b
    studyapp sm2 4 4 3 3 4
    studyapp sm2 5 5 5 --json      [[n, interval in days, "EF", again today], ...]
    """
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


@click.command(short_help="Print the cards that are due now.")
@click.argument("deck", nargs=-1)
@json_option
@common
def due(call: Call, deck: tuple[str, ...], as_json: bool) -> None:
    """Print every card that is due now and every new one, whatever a day's limits say.

    JSON: [{card, deck, kind, due, n, interval, ef, state}, ...]; `due` is a study day (whole days since 1970-01-01) or
    null, `state` is "review", "drill" (again today) or "new".
    """
    with call.library() as library:
        today, decks = library.today, library.matching(deck)
        waiting = [(row, "drill") for row in library.store.drilling(today, decks)]
        waiting += [(row, "review") for row in library.store.due(today, decks)]
        waiting += [(row, "new") for row in library.store.unseen(today, decks)]
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
@click.option("--limit", type=click.IntRange(1), help="At most so many rows (50 on screen, all as JSON).")
@json_option
@common
def log(call: Call, card: str | None, limit: int | None, as_json: bool) -> None:
    """Print the answers, of one CARD or all, newest first.

    JSON: [{id, card, at, day, mode, kind, grade, correct, sure, before: {n, interval, ef, due}, after: {...}, seed,
    revoked}, ...]; `day` and `due` are study days, whole days since 1970-01-01; a revoked answer changed nothing.
    """
    with call.library() as library:
        rows = library.store.rows_with_states(card=card, limit=limit or (None if as_json else 50))
    answers = [(row, row.entry.event) for row in rows if isinstance(row.entry.event, Answered)]
    if as_json:
        print_json(
            [
                {
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
                for row, event in answers
            ]
        )
        return
    shown = [
        (
            f"{row.entry.at.astimezone():%Y-%m-%d %H:%M}",
            event.card,
            event.grade,
            {True: "sure", False: "guess", None: ""}[event.sure],
            f"{row.before.interval} -> {row.after.interval} d",
            "taken back" if row.revoked else "",
        )
        for row, event in answers
    ]
    if shown:
        print_table(("at", "card", "grade", "", "interval", ""), shown, frozenset({2}))
    else:
        say("Nothing was answered yet.")


def _state(schedule: Schedule) -> dict[str, Any]:
    return {"n": schedule.n, "interval": schedule.interval, "ef": schedule.ease / 100, "due": schedule.due}


@click.command(short_help="Print how it has been going.")
@json_option
@common
def stats(call: Call, as_json: bool) -> None:
    """Print answers, confidence, time and what is to come.

    JSON: {today, cards, mastery: [cards at level 0, ..., 4], due, new, week: [due tomorrow, ...], answers,
    cards_answered, days, seconds, grades: {"0": n, ...}, sure: {right, of}, guess: {right, of}}.
    """
    from studyapp.core.history import effective
    from studyapp.core.statistics import statistics
    from studyapp.overview import overview

    with call.library() as library:
        seen = overview(library)
        counted = statistics(effective([row.entry for row in library.store.entries(newest_first=False)]))
    if as_json:
        print_json(
            {
                "today": seen.today,
                "cards": sum(seen.all.levels),
                "mastery": list(seen.all.levels),
                "due": seen.all.due,
                "new": seen.all.new,
                "week": list(seen.week),
                "answers": counted.answers,
                "cards_answered": counted.cards,
                "days": list(counted.days),
                "seconds": round(counted.seconds, 1),
                "grades": {str(grade): count for grade, count in counted.grades.items()},
                "sure": {"right": counted.sure.right, "of": counted.sure.of},
                "guess": {"right": counted.guess.right, "of": counted.guess.of},
            }
        )
        return
    mastery = f"{sum(seen.all.levels)} cards, mastery {100 * seen.all.mastery:.0f} %"
    say(f"{mastery}: {seen.all.due} due, {seen.all.new} new today")
    if not counted.answers:
        say("No study sessions yet.")
        return
    passed = sum(count for grade, count in counted.grades.items() if grade >= algorithm.PASS)
    say(f"{counted.answers} answers on {counted.cards} cards, {100 * passed / counted.answers:.0f} % passed")
    minutes = f"{counted.seconds / 60:.0f} minutes in all"
    say(f"studied on {len(counted.days)} days, {minutes}; {seen.studied_days} of the last 30")
    for name, share in (("sure", counted.sure), ("guess", counted.guess)):
        if share.of:
            say(f"when {name}: {share.right} of {share.of} right, {100 * share.right / share.of:.0f} %")
    say("next seven days: " + ", ".join(str(count) for count in seen.week) + " due")


@click.command(short_help="Check the store, and repair what can be rebuilt.")
@json_option
@common
def doctor(call: Call, as_json: bool) -> int:
    """Check both database files, fold the whole log anew, compare, and repair the cache.

    Exit 1 if the log itself is damaged; the cache is always rebuilt. JSON: {entries, cards, repaired: [...],
    problems: [...]}.
    """
    with call.library() as library:
        problems = library.store.integrity()
        repaired = library.store.refold() if not problems else []
        entries, cards = library.store.entry_count(), sum(deck.cards for deck in library.store.decks())
    if as_json:
        print_json({"entries": entries, "cards": cards, "repaired": repaired, "problems": problems})
    else:
        for problem in problems:
            say(problem)
        for card in repaired:
            say(f"repaired: {card}")
        state = "the log is damaged" if problems else "the log is sound"
        mended = f"{len(repaired)} cards repaired" if repaired else "the schedule agrees with the log"
        say(f"{state}: {entries} entries; {mended}; {cards} cards in the decks")
    return 1 if problems else 0
