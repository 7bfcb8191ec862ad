"""The only way from a text that someone wrote to the screen: Markdown and titles become Content, never markup or codes.

Textual reads a `str` as markup, and passes escape sequences in Content on to the terminal. So card texts, titles, names
and messages go through `content` or `plain`, which build spans and leave out every control character, again, although
decks are cleaned when they are read. What comes by another way, such as a text pasted into a field or a simulation's
names, meets `Harmless`, through which every line of every widget goes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from studyapp.tui.card_lines import BLANK, Line, assemble, harmless, wrap

LONGEST = 20_000
"""Longer texts, in characters, are shown as they stand: 20 times a long card, and Markdown takes time."""
# Anything that Markdown could take for more than words: signs, white space that is no space, hard line breaks, lists,
# headings, quotations, code by indentation.
_MARKED = re.compile(r"[\\`*_\[<&$~|]|[^\S \n]|  \n|^ *(?:[-+#>:=]|[0-9]{1,9}[.)](?: |$))|^ {4,}\S", re.MULTILINE)
# A table of more columns than any terminal has room for, told by the row of dashes under its head.
_TOO_WIDE_A_TABLE = re.compile(r"(?:-:? *\| *:?-*){25}")
_BLANK_LINES = re.compile(r"\n *\n[ \n]*")


class Harmless(LineFilter):
    """Leaves control characters out of each line that goes to the terminal; they have no width, so nothing moves."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        """The same segments, each of harmless text."""
        return [Segment(harmless(text), style, control) for text, style, control in segments]


def plain(text: str) -> Content:
    """Text shown character by character: a title, an id, a name, an error; without controls and bidi overrides."""
    return Content(harmless(text))


def content(markdown: str, *, width: int | None = None) -> Content:
    """Card text as it is shown: Markdown laid out, formulas on one line, everything else as text; never raises.

    With `width`, in cells, lines are wrapped here, so that lists, quotations and code keep their indentation; a word
    wider than that is cut. Without it each paragraph is one line, for a widget to wrap.
    """
    return _laid_out(markdown, width)


@lru_cache(maxsize=512)
def _laid_out(markdown: str, width: int | None) -> Content:
    text = harmless(markdown)
    lines = _plain_lines(text, width)
    return assemble(_markdown_lines(text, width) if lines is None else lines)


def _plain_lines(text: str, width: int | None) -> list[Line] | None:
    """Paragraphs of mere words as the Markdown parser would give them, without loading it; None for anything else."""
    if _MARKED.search(text):
        return None
    lines: list[Line] = []
    for paragraph in _BLANK_LINES.split(text.strip(" \n")):
        words = " ".join(paragraph.split())
        lines += [BLANK, *wrap([(words, ())], width)] if lines else wrap([(words, ())], width)
    return lines


def _markdown_lines(text: str, width: int | None) -> list[Line]:
    from studyapp.tui.card_blocks import lines_of

    if len(text) <= LONGEST and not _TOO_WIDE_A_TABLE.search(text):
        lines = lines_of(text, width)
        if lines is not None:
            return lines if width is None else [part for line in lines for part in wrap(line, width)]
    return [line for source in text.split("\n") for line in wrap([(source, ())], width)]
