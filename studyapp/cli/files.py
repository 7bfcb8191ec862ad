"""`studyapp check`, `stamp` and `relink`: deck files, their problems and their cards' ids."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from studyapp.authoring import read_deck
from studyapp.checking import CheckReport
from studyapp.cli.arguments import Existing
from studyapp.cli.common import Call, common, json_option
from studyapp.cli.printing import counted, one_line, print_json, say, warn
from studyapp.decks import DeckError, scan
from studyapp.decks import stamp as stamped
from studyapp.library import Library


@click.command(short_help="Find everything that is wrong in decks.")
@click.argument("path", nargs=-1, type=Existing())
@click.option("--remarks", is_flag=True, help="Say too what could be written better.")
@json_option
@common
def check(call: Call, path: tuple[Path, ...], remarks: bool, as_json: bool) -> int:
    """Parse the decks at PATHs (files or folders; all decks, if none is given) and hold them against the simulations.

    Exit 1 if there is a problem; each says where, what, and what to do. A remark is no problem: an answer that its
    question gives away, an explanation that is missing, cards that ask the same. Neither is a newer one of a shipped
    deck that you copied by editing it: it is told with the cards that have changed.

    \b
    studyapp check
    studyapp check --remarks
    studyapp check notes/lesson-2.md --json

    JSON: {cards, kinds: {basic: n, ...}, problems: [{path, line, card, what, remedy}], remarks: [as problems],
    outdated: [as problems]}.
    """

    async def work() -> CheckReport:
        with call.library() as library:
            try:
                return await library.check(path)
            finally:
                await library.close_laboratory()

    found = asyncio.run(work())
    if as_json:
        lists = {"problems": found.problems, "remarks": found.remarks, "outdated": found.outdated}
        told = {name: [asdict(one) for one in listed] for name, listed in lists.items()}
        print_json({"cards": found.cards, "kinds": dict(found.kinds), **told})
    else:
        for problem in found.problems:
            say(one_line(str(problem)))
        for remark in found.remarks if remarks else ():
            say(one_line(f"remark: {remark}"))
        for newer in found.outdated:
            say(one_line(f"newer: {newer}"))
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.kinds.items()))
        cards = counted(found.cards, "card") + (f" ({kinds})" if kinds else "")
        more = f", {counted(len(found.remarks), 'remark')}" if found.remarks else ""
        hint = "" if remarks or not more else " (--remarks tells)"
        say(f"{cards}: {counted(len(found.problems), 'problem')}{more}{hint}")
    return 1 if found.problems else 0


@click.command(short_help="Write ids into the headings of your own decks.")
@click.argument("path", nargs=-1, type=Existing())
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
@common
def stamp(call: Call, path: tuple[Path, ...], dry_run: bool) -> int:
    """Give each card without one its id, in the files at PATHs or in all your own decks.

    The id keeps a card's history when its text changes. Nothing else in a file is touched.

    \b
    studyapp stamp --dry-run
    studyapp stamp notes/lesson-2.md
    """
    total, failed, changed = 0, 0, 0
    with call.library() as library:
        files = list(_files(path or (library.places.decks,)))
        taken = _ids(library)
        for file in files:
            others = {one for place, ids in taken.items() if place != file.resolve() for one in ids}
            try:
                written = stamped(file, dry=dry_run, taken=others)
            except DeckError as error:
                failed += 1
                warn(str(error))
                continue
            taken.setdefault(file.resolve(), set()).update(identity for _, identity in written)
            total += len(written)
            changed += bool(written)
            for line, identity in written:
                say(f"{file}:{line}: {{#{identity}}}")
        library.synchronise()
    say(f"{counted(total, 'id')} {'would be written' if dry_run else 'written'} in {counted(changed, 'file')}")
    return 1 if failed else 0


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (path / name for name, _ in scan(path, lambda problem: warn(str(problem))))
        elif path.exists():
            yield path


def _ids(library: Library) -> dict[Path, set[str]]:
    """The ids that stand in every deck file: a new one must differ from those of all other files."""
    decks = {file.resolve(): read_deck(file, name)[0] for name, (file, _) in library.files().items()}
    return {file: {card.family for card in deck.cards if card.stamped} for file, deck in decks.items()}


@click.command(short_help="Give one card's history to another id.")
@click.argument("old")
@click.argument("new")
@common
def relink(call: Call, old: str, new: str) -> None:
    """Say that everything learned under the id OLD belongs to the card NEW from now on.

    For a card whose id was changed by hand; `studyapp log OLD` shows what was learned.

    \b
    studyapp relink softmax-is-what softmax-definition
    """
    with call.library() as library:
        moved = library.relink(old, new)
    say(f"{counted(moved, 'entry', 'entries')} of {old} moved to {new}")
