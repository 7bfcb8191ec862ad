"""`studyapp draft`: from lecture notes to draft cards, and what of the notes is in none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from studyapp.cli.common import Call, common, json_option
from studyapp.cli.printing import counted, one_line, print_json, say, shortened
from studyapp.core.text import harmless

if TYPE_CHECKING:
    from studyapp.drafts import Written

UNCOUNTED = ("code", "to do")
"""Kinds whose names have no plural."""
SHOWN = 60
"""Columns of a line of the notes that is quoted."""


@click.command(short_help="Draft cards from lecture notes.")
@click.argument("notes")
@click.option("--deck", metavar="NAME", default="", help="Name of the deck, instead of that of the notes.")
@click.option("--encoding", metavar="NAME", default="", help="How the notes are encoded, if not as UTF-8.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print the deck and write nothing.")
@json_option
@common
def draft(call: Call, notes: str, deck: str, encoding: str, to_stdout: bool, as_json: bool) -> None:
    """Make a deck of drafts from NOTES, a text or Markdown file: a card for each item, with its source line.

    Drafts are not asked before you accept them, with d on Home. No file is overwritten: a second run on the same notes
    adds what is new in them. What is in no card is listed: empty sections, pages skipped, lines left out.

    \b
    studyapp draft lesson-1.txt
    studyapp draft lesson-1.txt --stdout
    studyapp draft old.txt --deck lesson-1.md --encoding cp1252

    JSON: {deck, file, written, title, drafts: [{id, kind, part, lines, tags, markdown}], kinds: {question: n, ...},
    known, empty: [{line, title}], skipped: [{first, last}], left_out: [{line, text, why}]}; `known` items were proposed
    before, `skipped` are pages.
    """
    with call.library() as library:
        make = library.drafts.preview if to_stdout else library.drafts.write
        made = make(Path(notes).expanduser(), deck=deck, encoding=encoding)
        home = library.here("studyapp")
    if as_json:
        print_json(_told(made, written=not to_stdout and bool(made.drafted.proposals)))
        return
    if to_stdout:
        say(made.drafted.markdown().rstrip("\n"))
        click.echo(harmless(f"{_summary(made)}\n{_coverage(made)}".rstrip()), err=True)
        return
    number = len(made.drafted.proposals)
    if not number:
        say(f"{made.file}: nothing new; {_known(made)}")
    elif made.new:
        say(f"{made.file}: {_summary(made)}")
    else:
        known = f"; {_known(made)}" if made.drafted.known else ""
        say(f"{made.file}: {_summary(made)} added below what was there{known}")
    if coverage := _coverage(made):
        say(coverage)
    if number:
        say(f"Accept them one by one: {home}, then d.")


def _known(made: Written) -> str:
    known = made.drafted.known
    return f"{counted(known, 'item')} {'was' if known == 1 else 'were'} proposed before"


def _summary(made: Written) -> str:
    """How many drafts of which kinds."""
    kinds = ", ".join(
        f"{number} {kind}" if kind in UNCOUNTED else counted(number, kind)
        for kind, number in made.drafted.kinds.items()
    )
    return f"{counted(len(made.drafted.proposals), 'draft')}" + (f" ({kinds})" if kinds else "")


def _coverage(made: Written) -> str:
    """What of the notes is in no card, one line each."""
    drafted = made.drafted
    lines = [f"  line {line}  empty section  {_quoted(title)}" for line, title in drafted.empty]
    for first, last in drafted.skipped:
        pages = f"page {first}" if first == last else f"pages {first} to {last}"
        lines.append(f"  {pages}  between the ranges at the sections' heads")
    lines += [f"  line {one.line}  {one.why}  {_quoted(one.text)}".rstrip() for one in drafted.left_out]
    return "\n".join(["In no card:", *lines]) if lines else ""


def _quoted(text: str) -> str:
    return shortened(one_line(text), SHOWN)


def _told(made: Written, *, written: bool) -> dict[str, object]:
    drafted = made.drafted
    return {
        "deck": made.deck,
        "file": str(made.file),
        "written": written,
        "title": drafted.title,
        "drafts": [
            {
                "id": one.id,
                "kind": one.kind.value,
                "part": one.part,
                "lines": list(one.lines),
                "tags": list(one.tags),
                "markdown": one.markdown,
            }
            for one in drafted.proposals
        ],
        "kinds": dict(drafted.kinds),
        "known": drafted.known,
        "empty": [{"line": line, "title": title} for line, title in drafted.empty],
        "skipped": [{"first": first, "last": last} for first, last in drafted.skipped],
        "left_out": [{"line": one.line, "text": one.text, "why": one.why} for one in drafted.left_out],
    }
