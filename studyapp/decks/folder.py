"""The Markdown files of a decks folder: which there are, and their bytes."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from studyapp.decks.errors import DeckError, unreadable
from studyapp.model import Problem

LARGEST = 16 * 1024 * 1024
"""Bytes; a larger file is no deck, and would hold up the start."""


def is_deck_name(name: str) -> bool:
    """Whether a new file of this name, with its `.md`, is looked for as a deck, and may lie on any system."""
    stem = name.removesuffix(".md")
    plain = name.isprintable() and not set(name) & set('/\\:*?"<>|~') and len(name.encode(errors="replace")) <= 200
    return plain and stem not in ("", name) and stem == stem.strip() and stem[0] != "." and stem.lower() != "readme"


def scan(root: Path, report: Callable[[Problem], None] | None = None) -> Iterator[tuple[str, os.stat_result]]:
    """Every deck below a folder, with its status, in order of its path relative to `root` (with `/`).

    A deck is a regular file whose name ends in `.md`, other than README.md; names that start with a dot are left alone.
    Links are followed, each folder once. What cannot be read below `root` goes to `report`; without one, and for `root`
    itself, it is a DeckError.
    """
    yield from sorted(_walk(root, "", set(), report))


def _walk(
    root: Path, under: str, visited: set[tuple[int, int]], report: Callable[[Problem], None] | None
) -> Iterator[tuple[str, os.stat_result]]:
    folder = root / under if under else root
    try:
        status = folder.stat()
        # Where the system numbers no files (0), the paths are all there is to go by.
        mark = (status.st_dev, status.st_ino)
        if mark in visited:
            return
        if status.st_ino:
            visited.add(mark)
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        if report is None or not under:
            raise unreadable(folder, error) from error
        report(_problem(under, unreadable(under, error)))
        return
    for entry in found:
        name = entry.name
        path = f"{under}/{name}" if under else name
        is_deck = name.lower().endswith(".md") and name.lower() != "readme.md"
        try:
            if name.startswith("."):
                continue
            if entry.is_dir():
                yield from _walk(root, path, visited, report)
            elif is_deck and stat.S_ISREG((status := entry.stat()).st_mode):
                path.encode()
                yield path, status
        except UnicodeEncodeError:
            shown = path.encode(errors="surrogateescape").decode(errors="replace")
            _tell(report, Problem(shown, 0, "", "the file's name is not UTF-8", "rename it"))
        except OSError as error:
            _tell(report, _problem(path, unreadable(path, error)))


def _problem(path: str, error: DeckError) -> Problem:
    what, _, remedy = str(error).removeprefix(f"{path}: ").partition("; ")
    return Problem(path, 0, "", what, remedy)


def _tell(report: Callable[[Problem], None] | None, problem: Problem) -> None:
    if report is None:
        raise DeckError(str(problem))
    report(problem)


def read(root: Path, path: str) -> bytes:
    """The bytes of the deck at a path relative to `root`; DeckError where it vanished or may not be read."""
    return read_file(root / path)


def read_file(path: Path) -> bytes:
    """The bytes of a file; DeckError where it is none, is larger than LARGEST, vanished or may not be read."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise OSError(errno.EISDIR, "is a folder")
        if not stat.S_ISREG(status.st_mode):
            raise DeckError(f"{path}: is not a regular file; give a Markdown file")
        if status.st_size > LARGEST:
            raise DeckError(f"{path}: has more than {LARGEST >> 20} MiB, too much for a deck; split it")
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
