"""`studyapp exams`: the sittings there are, the report of one, and how questions fared over all of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from studyapp.cli.arguments import Whole, Written
from studyapp.cli.common import Call, Group, common, json_option
from studyapp.cli.printing import counted, one_line, print_json, print_table, say, shortened, table_lines, width
from studyapp.core.text import json_text

if TYPE_CHECKING:
    from studyapp.core.exam.history import Facility
    from studyapp.exam_pages.blocks import Block
    from studyapp.library import Library
    from studyapp.store import SittingRow

ON_SCREEN = 50
"""So many sittings are printed for reading."""

LEAST_WORDS = 12
"""A question's words keep so many columns on any terminal."""

FORMATS = {".json": "json", ".md": "md", ".html": "html"}


@click.group(cls=Group, invoke_without_command=True, short_help="List sittings, show one, or question statistics.")
@click.option("--limit", type=Whole(1, 10**9), help=f"At most so many sittings ({ON_SCREEN} on screen, all as JSON).")
@json_option
@common
def exams(call: Call, limit: int | None, as_json: bool) -> None:
    """List the exams that were sat, newest first; `show` and `questions` say more.

    \b
    studyapp exams
    studyapp exams --json
    studyapp exams show 20261118-143207-59de --out report.html
    studyapp exams questions

    JSON: [{id, started, title, kind, state, hidden_until, questions, saved, right}, ...]; `kind` is "exam", "practice"
    or "rehearsal", `state` "running", "waiting" (results are hidden until the official end, `hidden_until`), "finished"
    or "expired"; `saved` and `right` count answers and are null as long as they may not be known.
    """
    if click.get_current_context().invoked_subcommand is not None:
        if as_json or limit is not None:
            own = "give a command its own, as in `studyapp exams show ID --json`"
            raise click.UsageError(f"--json and --limit are for the list; {own}")
        return
    with call.library(closed_book=False) as library:
        rows = library.exams.sittings(limit or (None if as_json else ON_SCREEN))
    if as_json:
        print_json([_row_json(row) for row in rows])
        return
    if not rows:
        say("No exam was sat yet; `studyapp exam` starts one.")
        return
    shown = [
        (row.id, f"{row.started.astimezone():%Y-%m-%d %H:%M}", row.title, _kind(row), _state(row), _score(row))
        for row in rows
    ]
    print_table(("id", "started", "title", "kind", "state", "score"), shown)
    if limit is None and len(rows) == ON_SCREEN:
        say(f"The newest {counted(ON_SCREEN, 'sitting')}; --limit N shows more.")


def _kind(row: SittingRow) -> str:
    return "rehearsal" if row.rehearsal else "practice" if row.practice else "exam"


def _hidden_until(row: SittingRow) -> datetime | None:
    if row.finished_at is None or row.right is not None:
        return None
    return row.started.astimezone(UTC) + timedelta(milliseconds=row.end)


def _state(row: SittingRow) -> str:
    until = _hidden_until(row)
    if until is not None:
        return f"results wait until {until.astimezone():%H:%M}"
    return "running" if row.finished_at is None else "expired" if row.expired else "finished"


def _score(row: SittingRow) -> str:
    return f"{row.right} of {row.questions}, {100 * row.right / row.questions:.0f} %" if row.right is not None else ""


def _row_json(row: SittingRow) -> dict[str, Any]:
    until = _hidden_until(row)
    return {
        "id": row.id,
        "started": row.started.astimezone(UTC).isoformat(),
        "title": one_line(row.title),
        "kind": _kind(row),
        "state": _state(row) if until is None else "waiting",
        "hidden_until": until.isoformat() if until is not None else None,
        "questions": row.questions,
        "saved": row.saved,
        "right": row.right,
    }


# --- one sitting ----------------------------------------------------------------------------------


@exams.command(short_help="Show one sitting, or write its report to a file.")
@click.argument("identity", metavar="ID")
@click.option("--json", "how", flag_value="json", help="Everything, as JSON.")
@click.option("--md", "how", flag_value="md", help="Everything, as Markdown.")
@click.option("--html", "how", flag_value="html", help="Everything, as one HTML page that prints well.")
@click.option("--out", type=Written("report"), help="Write it to this file, as its name's ending says.")
@common
def show(call: Call, identity: str, how: str | None, out: Path | None) -> None:
    """Show the report of the sitting ID: score, topics, habits and each question; --md and --html have them in full.

    While it runs, or until its official end, only what was saved and when.

    \b
    studyapp exams show 20261118-143207-59de
    studyapp exams show 20261118-143207-59de --json
    studyapp exams show 20261118-143207-59de --out report.html

    JSON: {id, title, state, started, finished, end, official, preset, practice, rehearsal, forward_only, extra_time,
    email, seed, versions, score: {right, of, share, low, high}, by_chance, expected: {...}, unseen: {...}, seen: {...},
    guessed: {...}, topics: [{topic, right, of, share, low, high, milliseconds, sure_and_wrong}], start_with, habits:
    {picked_not_saved, picked_and_right, changed, became_right, became_wrong, left_blank, timed_out, sure_and_wrong,
    first_save}, explained: {"number": rating}, questions: [{number, card, deck, kind, topic, seen, sealed, prompt,
    front, options: [{letter, text, correct, reason, mistake, struck}], outcome, key, saved, guess, draft, saves: [{at,
    letter, guess}], shown_at, used, limit, explanation, source, simulation, parameters, claims, run}]}. `low` and
    `high` are the exact binomial interval at 95 %; `expected`, of a real exam, comes from questions never seen in
    study, and is null without any; times are milliseconds since the start, or lengths. As long as results may not be
    known, after `versions` only {left, hidden_until, questions: [{number, saved, saved_at, guess, draft, used, limit,
    lock}]}.
    """
    how = how or (FORMATS.get(out.suffix.lower()) if out is not None else "text")
    if how is None:
        raise click.UsageError(f"{out} does not say what to write; give --json, --md or --html, or such an ending")
    with call.library(closed_book=False) as library:
        running = library.exams.running()
        if running is not None and running.id != identity:
            library.closed_book()  # an old paper has keys too
        found = _look_up(library, identity)
    if out is not None:
        from studyapp.decks import atomic

        atomic(out.absolute(), f"{found.written(how)}\n".encode())
        say(f"{identity} written to {out}")
    elif how == "json":
        print_json(found.told)
    else:
        say(found.written(how))


@dataclass(frozen=True, slots=True)
class _Found:
    """A sitting as it may be shown: as JSON, in brief for a terminal, and in full."""

    told: dict[str, Any]
    brief: list[Block]
    full: list[Block]

    def written(self, how: str) -> str:
        """All of it as a text in a format, without the newline at its end."""
        from studyapp.exam_pages.html import html
        from studyapp.exam_pages.markdown import markdown

        match how:
            case "json":
                return json_text(self.told)
            case "md":
                return markdown(self.full).rstrip("\n")
            case "html":
                return html(self.told["title"], self.full).rstrip("\n")
        return "\n".join(_lines(self.brief))


def _look_up(library: Library, identity: str) -> _Found:
    """A sitting's report or, as long as that is hidden, what was saved."""
    from studyapp.exam_pages.progress_page import progress_page
    from studyapp.exam_pages.report_page import report_page, summary
    from studyapp.exam_pages.told import progress_json, report_json

    exams = library.exams
    kept = exams.settle(exams.load(identity))
    hidden = exams.results_wait_until(kept)
    if kept.sitting.finished and hidden is None:
        kept, report = exams.report(identity)
        return _Found(report_json(kept, report), summary(kept, report), report_page(kept, report))
    at = kept.clock.at(exams.read())
    page = progress_page(kept, at, hidden)
    return _Found(progress_json(kept, at, hidden), page, page)


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    """Blocks of our own words as lines for a terminal."""
    from studyapp.exam_pages.blocks import Command, Heading, Table, Words

    for block in blocks:
        match block:
            case Heading(level, text):
                yield from ["", one_line(text)] if level > 1 else [one_line(text)]
            case Words(text):
                yield one_line(text)
            case Command(does, line):
                yield one_line(f"{does}: {line}")
            case Table(head, rows, right):
                yield from table_lines(head, rows, right)


# --- all of them ----------------------------------------------------------------------------------


@exams.command(short_help="Print how questions and mistakes fared over all sittings.")
@json_option
@common
def questions(call: Call, as_json: bool) -> None:
    """Print how often each question was right and each named mistake was made, practice and rehearsals left out.

    Beside a question's id stand its words, as far as the line goes.

    \b
    studyapp exams questions
    studyapp exams questions --json

    JSON: {sittings, questions: [{card, right, of, share, low, high}, ...], mistakes: [{mistake, made, of, share, low,
    high}, ...]}; `of` counts how often it was asked or offered, `low` and `high` are the Wilson interval at 95 %.
    """
    with call.library() as library:
        found = library.exams.statistics()
        words = {} if as_json else {one.name: _words(library, one.name) for one in found.questions}
    if as_json:
        print_json(
            {
                "sittings": found.sittings,
                "questions": [_facility(one, "card", "right") for one in found.questions],
                "mistakes": [_facility(one, "mistake", "made") for one in found.mistakes],
            }
        )
        return
    if not found.sittings:
        say("No exam counts yet; practice and rehearsals stay out of the statistics.")
        return
    say(f"{counted(found.sittings, 'sitting')}, {counted(len(found.questions), 'question')}")
    for what, times, facilities in (("question", "right", found.questions), ("mistake", "made", found.mistakes)):
        if facilities:
            heading, figures = (what, times, "of", "", "95 % interval"), frozenset({1, 2, 3, 4})
            rows = [_facility_row(one) for one in facilities]
            taken = max(map(width, table_lines(heading, rows, figures))) + 2
            room = max(LEAST_WORDS, shutil.get_terminal_size().columns - taken)
            beside = (shortened(words.get(one.name, ""), room) for one in facilities)
            print_table((*heading, ""), [(*row, said) for row, said in zip(rows, beside, strict=True)], figures)


def _words(library: Library, card_id: str) -> str:
    """A question in one line, as the screens name it."""
    from studyapp.tui.question_line import question_line

    card = library.store.card(card_id)
    return one_line(question_line(card).plain) if card is not None else "(no longer in a deck)"


def _facility(one: Facility, name: str, times: str) -> dict[str, Any]:
    low, high = one.interval
    return {name: one.name, times: one.times, "of": one.of, "share": one.share, "low": low, "high": high}


def _facility_row(one: Facility) -> tuple[object, ...]:
    low, high = one.interval
    return one.name, one.times, one.of, f"{100 * one.share:.0f} %", f"{100 * low:.0f}-{100 * high:.0f} %"
