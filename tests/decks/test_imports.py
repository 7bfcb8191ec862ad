"""What importing the package costs: nothing that is not needed before a file is parsed."""

from __future__ import annotations

import subprocess
import sys

import studyapp.decks


def modules_after(program: str) -> set[str]:
    """The modules that a fresh interpreter has after a program."""
    program += "\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_markdown_it_is_imported_when_something_needs_it() -> None:
    """Neither the import nor a deck of plain cards does; a quotation needs it."""
    plain = "from studyapp.decks import *; parse(b'# D\\n\\n## A\\n\\na\\n', 'd.md')"
    assert not {"markdown_it", "tomllib", "difflib"} & modules_after(plain)
    assert "markdown_it" in modules_after(plain.replace("na", "n> a"))


def test_scanning_a_folder_needs_no_parser() -> None:
    """A start without a changed file only looks at the folder."""
    assert "studyapp.decks.parser" not in modules_after("from studyapp.decks import scan")


def test_every_public_name_is_there() -> None:
    """Each is imported when first used."""
    for name in studyapp.decks.__all__:
        assert getattr(studyapp.decks, name).__name__ == name
