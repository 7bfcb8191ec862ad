"""How all commands print: text that no terminal obeys, columns, JSON on a stdout of its own, progress on stderr."""

from __future__ import annotations

import math
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self
from unicodedata import combining, east_asian_width

import click

from studyapp.core.text import OBEYED, harmless, json_text, one_line

__all__ = [
    "Bar",
    "brief",
    "counted",
    "finite",
    "one_line",
    "plain",
    "print_json",
    "print_table",
    "say",
    "shortened",
    "table_lines",
    "visible",
    "warn",
    "width",
    "wipe",
]

LONGEST = 6
"""So many numbers of an array are shown; of a longer one the ends."""


def say(text: str) -> None:
    """Print text as text: nothing in it is obeyed by the terminal."""
    click.echo(harmless(text))


def warn(text: str) -> None:
    """Say in one line on stderr what is wrong."""
    click.echo(f"studyapp: {one_line(text)}", err=True)


def visible(text: str) -> str:
    """The text with all that a terminal would obey written out, as in `\\x1b`: it is to be judged, not only read."""
    return OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode(), text.replace("\r\n", "\n"))


def print_json(value: object) -> None:
    """Print a value as JSON; numbers that JSON does not know must have been replaced by null before."""
    click.echo(json_text(value, unicode=(sys.stdout.encoding or "").lower().replace("-", "") == "utf8"))


def print_table(heading: Sequence[str], rows: Sequence[Sequence[object]], right: frozenset[int] = frozenset()) -> None:
    """Print rows in columns under a heading; the columns in `right` are set flush right."""
    for line in table_lines(heading, rows, right):
        say(line)


def table_lines(
    heading: Sequence[str], rows: Sequence[Sequence[object]], right: frozenset[int] = frozenset()
) -> Iterator[str]:
    """The lines of such a table, of harmless text."""
    cells = [[one_line(str(cell)) for cell in row] for row in (heading, *rows)]
    widths = [max(width(row[i]) for row in cells) for i in range(len(heading))]
    for row in cells:
        padded = []
        for position, (cell, wide) in enumerate(zip(row, widths, strict=True)):
            gap = " " * (wide - width(cell))
            padded.append(gap + cell if position in right else cell + gap)
        yield "  ".join(padded).rstrip()


def width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def shortened(text: str, columns: int) -> str:
    """The text, with three dots at its end if it takes more columns than these, four at least."""
    if width(text) <= columns:
        return text
    while width(text) > columns - 3:
        text = text[:-1]
    return f"{text.rstrip()}..."


# --- numbers --------------------------------------------------------------------------------------


def counted(number: int, one: str, many: str = "") -> str:
    """So many things: `1 card`, `2 cards`, `no cards`; `many` where the plural is not made by an s."""
    return f"{number or 'no'} {one if number == 1 else many or one + 's'}"


def plain(value: object) -> str:
    """A parameter's value as it is written on the command line."""
    match value:
        case bool():
            return str(value).lower()
        case float():
            return f"{value:.10g}"
        case tuple() | list():
            return ",".join(f"{one:.10g}" for one in value)
    return str(value)


def brief(value: object) -> str:
    """A measured value in few characters: a number, or an array by its ends; nothing for None."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float():
            return f"{value:.5g}"
        case list() if len(value) > LONGEST:
            ends = [_element(one) for one in (*value[:3], *value[-2:])]
            return f"[{', '.join([*ends[:3], '...', *ends[3:]])}] ({len(value)})"
        case list():
            return f"[{', '.join(_element(one) for one in value)}]"
    return str(value)


def _element(value: object) -> str:
    return "-" if value is None else brief(value)


def finite(value: float | None) -> float | None:
    """The number, or None (null in JSON) for what JSON has no word for."""
    return value if value is not None and math.isfinite(value) else None


# --- progress -------------------------------------------------------------------------------------


def wipe() -> None:
    """Empty the terminal's line of progress."""
    click.echo("\r\x1b[K", err=True, nl=False)


class Bar:
    """A progress bar on one line of the terminal, redrawn ten times a second at most; to be used in a `with`.

    Where stderr is no terminal nobody watches, and nothing is written.
    """

    WIDTH = 30

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()
        self._shown = 0.0
        self._doing: Sequence[str] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._shown:
            wipe()

    def show(self, fraction: float, doing: Sequence[str] = ()) -> None:
        """Show a fraction from 0 to 1, and as many of the names of what is being done as the line has room for."""
        if self._watched and (time.monotonic() - self._shown > 0.1 or doing != self._doing):
            self._shown, self._doing = time.monotonic(), doing
            filled = round(self.WIDTH * fraction)
            line = f"{'█' * filled}{'░' * (self.WIDTH - filled)} {100 * fraction:3.0f} %"
            room = shutil.get_terminal_size().columns - 1
            for position, name in enumerate(doing):
                longer = line + (", " if position else "  ") + one_line(name)
                line = longer if width(longer) <= room else line
            click.echo(f"\r\x1b[K{line}", err=True, nl=False)

    def count(self, done: int, of: int) -> None:
        """Show that so many of so many are done."""
        self.show(done / of)
