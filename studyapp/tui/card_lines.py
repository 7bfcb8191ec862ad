"""Lines of styled text: wrapped by cells, indented, and put together as Content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.cells import cell_len, chop_cells, set_cell_size
from textual.content import Content, Span
from textual.style import Style

Look = Style | str
Run = tuple[str, tuple[Look, ...]]
"""A stretch of text and all that is said about its looks."""
Line = list[Run]

BLANK: Line = []
TIE = "\N{NO-BREAK SPACE}"
"""A space at which no line breaks; it is shown as a plain one."""

# C0 but tab and line feed, DEL, C1, bidi embeddings, overrides and isolates; surrogates, which cannot be written.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_WORD = re.compile(r"([^ ]*)( *)")


def harmless(text: str) -> str:
    """The text without what could steer a terminal or turn the direction of other text; CRLF becomes LF."""
    text = text.replace("\r\n", "\n")
    return _HARMFUL.sub("", text) if _HARMFUL.search(text) else text


def wrap(runs: Sequence[Run], width: int | None) -> list[Line]:
    """Runs as lines of at most so many cells, broken at spaces and line feeds; a longer word is cut.

    Without a width only line feeds break. There is always at least one line.
    """
    lines: list[Line] = []
    for line in _at_line_feeds(runs):
        text = "".join(part for part, _ in line)
        if width is None or (len(text) <= width and cell_len(text) <= width):
            lines.append(line)
        else:
            lines += _slices(line, _cuts(text, max(1, width)))
    return lines


def _at_line_feeds(runs: Sequence[Run]) -> list[Line]:
    lines: list[Line] = [[]]
    for text, looks in runs:
        first, *rest = text.split("\n")
        if first:
            lines[-1].append((first, looks))
        lines += [[(part, looks)] if part else [] for part in rest]
    return lines


def _cuts(text: str, width: int) -> list[tuple[int, int]]:
    """The offsets at which each line of a text starts and ends, without the spaces at its end."""
    cuts: list[tuple[int, int]] = []
    start = end = used = 0
    for word in _WORD.finditer(text):
        cells = cell_len(word[1])
        if used and used + cells > width:
            cuts.append((start, end))
            start, used = word.start(), 0
        if cells > width:
            *full, last = _chopped(word[1], width)
            for part in full:
                cuts.append((start, start + len(part)))
                start += len(part)
            cells = cell_len(last)
        end = word.end(1)
        used += cells + len(word[2])
    return _accompanied(text, [*cuts, (start, end)], width)


def _accompanied(text: str, cuts: list[tuple[int, int]], width: int) -> list[tuple[int, int]]:
    """The same lines, but that a last word is not left alone: the word before it comes along if there is room."""
    (above, stop), (start, end) = cuts[-2:] if len(cuts) > 1 else ((0, 0), (0, 0))
    before = text.rfind(" ", above, stop)
    alone = stop < start < end and " " not in text[start:end]
    if alone and " " in text[above:before].strip() and cell_len(text[before + 1 : end]) <= width:
        cuts[-2:] = [(above, len(text[:before].rstrip(" "))), (before + 1, end)]
    return cuts


def _chopped(word: str, width: int) -> list[str]:
    """A long word in parts of at most so many cells; nothing is lost, even of characters without a width."""
    parts = [part for part in chop_cells(word, width) if part]
    missing = word[sum(len(part) for part in parts) :]
    return [*parts, missing] if missing or not parts else parts


def _slices(line: Line, cuts: Iterable[tuple[int, int]]) -> list[Line]:
    """The parts of a line between ascending pairs of offsets."""
    slices: list[Line] = []
    place = offset = 0
    for start, end in cuts:
        part: Line = []
        while place < len(line):
            text, looks = line[place]
            cut = text[max(0, start - offset) : max(0, end - offset)]
            if cut:
                part.append((cut, looks))
            if offset + len(text) > end:
                break
            offset += len(text)
            place += 1
        slices.append(part)
    return slices


def fitted(text: str, cells: int) -> str:
    """A text on one line of at most so many cells; an ellipsis says that something is cut off."""
    text = harmless(text).replace("\n", " ").replace("\t", " ")
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, cells - 1).rstrip() + "…" if cells > 0 else ""


def padded(text: str, cells: int) -> str:
    """A text with spaces after it up to so many cells."""
    return text + " " * (cells - cell_len(text))


def cells_of(line: Line) -> int:
    """How many cells a line takes."""
    return cell_len("".join(text for text, _ in line))


def indented(lines: Iterable[Line], first: Run, rest: Run) -> list[Line]:
    """Lines with something before the first and something as wide before the others; blank lines only if it shows."""
    found: list[Line] = []
    for line in lines:
        before = rest if found else first
        found.append([before, *line] if line or before[0].strip() else line)
    return found


def assemble(lines: Iterable[Line]) -> Content:
    """The lines as one Content, styled by spans alone."""
    parts: list[str] = []
    spans: list[Span] = []
    offset = 0
    for line in lines:
        for text, looks in line:
            # Once more: Markdown has decoded entities such as &#x202e; since the text was looked at.
            text = harmless(text).replace(TIE, " ")
            parts.append(text)
            spans += [Span(offset, offset + len(text), look) for look in looks]
            offset += len(text)
        parts.append("\n")
        offset += 1
    return Content("".join(parts[:-1]), spans)
