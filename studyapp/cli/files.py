"""`studyapp check`, `stamp` and `relink`: deck files, their problems and their cards' ids."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path

import click

from studyapp.cli.common import Call, common, json_option, print_json, say
from studyapp.library import CheckReport


@click.command(short_help="Find everything that is wrong in decks.")
@click.argument("path", nargs=-1, type=click.Path(path_type=Path, exists=True))
@json_option
@common
def check(call: Call, path: tuple[Path, ...], as_json: bool) -> int:
    """Parse the decks at PATHs (files or folders; all decks, if none is given) and hold them against the simulations.

    Exit 1 if there is a problem; each says where, what, and what to do.

    \b
    studyapp check
    studyapp check notes/lesson-2.md --json
    """

    async def work() -> CheckReport:
        with call.library() as library:
            try:
                return await library.check(path)
            finally:
                await library.laboratory.close()

    found = asyncio.run(work())
    if as_json:
        print_json(
            {"cards": found.cards, "kinds": dict(found.kinds), "problems": [asdict(one) for one in found.problems]}
        )
    else:
        for problem in found.problems:
            say(str(problem))
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.kinds.items()))
        problems = f"{len(found.problems)} problems" if found.problems else "no problems"
        say(f"{found.cards} cards" + (f" ({kinds})" if kinds else "") + f": {problems}")
    return 1 if found.problems else 0


@click.command(short_help="Write ids into the headings of your own decks.")
@click.argument("path", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
@common
def stamp(call: Call, path: tuple[Path, ...], dry_run: bool) -> None:
    """Give each card without one its id, in the files at PATHs or in all your own decks.

    The id keeps a card's history when its text changes. Nothing else in a file is touched.
    """
    from studyapp.decks import scan
    from studyapp.decks import stamp as stamped

    with call.library() as library:
        roots = path or ((library.places.decks,) if library.places.decks.is_dir() else ())
        files = [
            file for root in roots for file in ([root / name for name, _ in scan(root)] if root.is_dir() else [root])
        ]
        total = 0
        for file in files:
            for line, identity in stamped(file, dry=dry_run):
                total += 1
                say(f"{file}:{line}: {{#{identity}}}")
        library.synchronise()
    say(f"{total} ids {'would be written' if dry_run else 'written'} in {len(files)} files")


@click.command(short_help="Give one card's history to another id.")
@click.argument("old")
@click.argument("new")
@common
def relink(call: Call, old: str, new: str) -> None:
    """Say that everything learned under the id OLD belongs to the card NEW from now on.

    For a card whose id was changed by hand. `studyapp log` shows both.
    """
    with call.library() as library:
        moved = library.relink(old, new)
    say(f"{moved} entries of {old} now belong to {new}")
