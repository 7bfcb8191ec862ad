"""What decks, parts and cards have in common: their one settings block, and lines that an open block swallows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from studyapp.decks.blocks import Block, Fence, Html, Indented
from studyapp.decks.settings import Place, Settings, read_settings

_CARD = re.compile(r" {0,3}##(?=[ \t]|$)")


class Report(Protocol):
    """Takes a problem: its line from 1, what is wrong, and what to do."""

    def __call__(self, line: int, what: str, remedy: str, /) -> None:
        """Take it."""


def settings_of(
    lines: Sequence[str], blocks: Iterable[Block], place: Place, report: Report
) -> tuple[Settings, Fence | None, bool]:
    """The settings among some blocks, the fence they stand in, and whether they could be read without a fault."""
    settings, found, sound = Settings(), None, True
    for block in blocks:
        match block:
            case Fence(start, end, "toml", closed):
                if found is not None:
                    what = f"a second toml block; the settings stand on line {found.start + 1} already"
                    report(start + 1, what, "put both into one block")
                    continue
                found = block
                if not closed and _hidden(lines, start, end):
                    sound = False
                    continue
                settings, faults = read_settings(lines[start + 1 : end - 1 if closed else end], start + 2, place)
                sound = not faults
                for fault in faults:
                    report(*fault)
            case Indented(start):
                what = "this toml block stands inside a list or a quotation, so it is no settings"
                report(start + 1, what, "start it at the beginning of the line")
            case _:
                pass
    return settings, found, sound


def report_hidden(lines: Sequence[str], blocks: Iterable[Block], report: Report) -> None:
    """Report each open fence, comment or HTML block that hides lines starting with `##`, with their number."""
    for block in blocks:
        match block:
            case Fence(start, end, _, closed=False) if count := _hidden(lines, start, end):
                marker = lines[start].strip(" \t")
                marker = marker[: len(marker) - len(marker.lstrip(marker[0]))]
                report(start + 1, f"the fence opened here is never closed and hides {count}", f"close it with {marker}")
            case Html(start, end, closed=False) if count := _hidden(lines, start, end):
                if lines[start].lstrip(" ").startswith("<!--"):
                    report(start + 1, f"the comment opened here is never closed and hides {count}", "close it with -->")
                else:
                    report(start + 1, f"the HTML block here hides {count}", "end it with a blank line before them")
            case _:
                pass


def never_closed(lines: Sequence[str], blocks: Iterable[Block]) -> Iterator[tuple[int, str]]:
    """Where fences and comments begin that go on to the end, and would hide what is written below them later."""
    for block in blocks:
        match block:
            case Fence(start, closed=False):
                yield start, "fence"
            case Html(start, closed=False) if lines[start].lstrip(" ").startswith("<!--"):
                yield start, "comment"
            case _:
                pass


def _hidden(lines: Sequence[str], start: int, end: int) -> str:
    count = sum(_CARD.match(lines[number]) is not None for number in range(start + 1, end))
    if not count:
        return ""
    return f"{count} line{'s' if count > 1 else ''} starting with '##'"
