"""Lines of notes put together: code between fences, formulas on lines of their own, sentences that an editor broke."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from studyapp.decks.notes.kinds import NoteKind
from studyapp.decks.notes.lines import Line


@dataclass(slots=True)
class Piece:
    """A line on its way into the tree, with those that go on with it."""

    line: Line
    text: str
    numbers: list[int]
    depth: float = 0.0
    kind: NoteKind = NoteKind.STATEMENT
    code: str = ""
    pages: tuple[int, int] | None = None
    todo: bool = False
    quiz: bool = False
    children: list[Piece] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing is left of it but marks."""
        return not any(letter.isalnum() for letter in self.text) and not self.code

    @property
    def plain(self) -> bool:
        """Whether it has no bullet."""
        return not self.line.bullet


_FENCE = re.compile(r"(`{3,}|~{3,})\s*[\w+-]*")
FIELD = re.compile(r"(?:Analogy|Hint|Source|Example)\s*:", re.I)
"""What begins a line that belongs to the question above it."""
_DISPLAYS = {"$$": "$$", "\\[": "\\]"}
"""What ends a formula that stands on lines of its own, by what begins it."""
LONG_LINE = 40
"""Characters from which on a line that ends in no full stop may go on in the next."""


def without_blocks(lines: list[Line]) -> tuple[list[Line], dict[int, list[Line]]]:
    """The lines, of a fenced block or a displayed formula only its first; and by that line's number those below it."""
    kept: list[Line] = []
    code: dict[int, list[Line]] = {}
    ends: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        if not line.bullet:
            ends.setdefault("code" if _FENCE.fullmatch(line.text) else line.text, []).append(at)
    at = 0
    while at < len(lines):
        line = lines[at]
        end = "" if line.bullet else "code" if _FENCE.fullmatch(line.text) else _DISPLAYS.get(line.text, "")
        later = ends.get(end, [])
        place = bisect_right(later, at)
        last = later[place] if place < len(later) else at
        kept.append(line)
        if last > at + 1:
            code[line.number] = lines[at + 1 : last + 1]
        elif last == at + 1:
            kept.append(lines[last])
        at = last + 1
    return kept, code


def joined(lines: Sequence[Line], code: dict[int, list[Line]]) -> list[Piece]:
    """Lines that were broken by an editor put together again: the rest is indented, or begins with a small letter."""
    found: list[Piece] = []
    for line in lines:
        above = found[-1] if found else None
        if line.number in code:
            inside = code[line.number]
            there = {one.number: one.whole for one in inside[:-1]}
            text = "\n".join(there.get(number, "") for number in range(min(there), max(there) + 1))
            numbers = [line.number, *(one.number for one in inside)]
            if line.text in _DISPLAYS:
                found.append(Piece(line, f"${' '.join(text.split())}$", numbers))
            else:
                found.append(Piece(line, "", numbers, code=text))
        elif above is not None and not above.code and not line.apart and not line.bullet and _goes_on(above, line):
            above.text += f" {line.text}"
            above.numbers.append(line.number)
        else:
            found.append(Piece(line, line.text, [line.number]))
    return found


def _goes_on(above: Piece, line: Line) -> bool:
    if FIELD.match(line.text) or above.text[-1:] in ".?!:;" or above.line.bullet.startswith("#"):
        return (
            above.line.bullet in ("-", "*", "+", "•") and line.indent > above.line.indent + 1 and line.text[0].islower()
        )
    hanging = bool(above.line.bullet) and line.indent > above.line.indent
    return hanging or (len(above.text) >= LONG_LINE and line.text[0].islower() and line.indent >= above.line.indent)
