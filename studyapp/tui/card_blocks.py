"""From Markdown's tokens to lines: paragraphs, lists with hanging indentation, quotations, code, tables, formulas."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token
from textual.style import Style

from studyapp.decks.texts import DEEPEST, tokens
from studyapp.formulas import displayed, linear
from studyapp.tui.card_lines import BLANK, TIE, Line, Look, Run, indented, wrap
from studyapp.tui.card_table import Alignment, table

BOLD = Style(bold=True)
ITALIC = Style(italic=True)
STRUCK = Style(strike=True)
CODE = "$text-accent on $boost"

_LOOKS: dict[str, Look] = {"strong": BOLD, "em": ITALIC, "s": STRUCK}
_RULE = 24
"""A line across the text takes as many cells, or the width."""
_NARROWEST = 4
"""However deep a list is nested, its text keeps this many cells."""
_TIED = 24
_RELATION = re.compile(r" (?=[=≈≠<>≤≥∝∼→] )")
"""Where a longer formula breaks first: before a relation."""
"""Formulas in a paragraph up to this length, or half the width, are not broken over two lines."""
_TAB = "    "
_SPACES = re.compile(r"[ \t]+")


def lines_of(text: str, width: int | None) -> list[Line] | None:
    """The text's lines, wrapped to the width if there is one; None for a text nested too deep to be laid out."""
    found = tokens(text)
    if any(token.level >= DEEPEST for token in found):
        return None
    return _Blocks(found).lines(0, len(found), width)


class _Blocks:
    """The tokens of one text, and for each that opens something the place of the one that closes it."""

    def __init__(self, found: Sequence[Token]) -> None:
        self.tokens = found
        self.closing: dict[int, int] = {}
        unclosed: list[int] = []
        for place, token in enumerate(found):
            if token.nesting > 0:
                unclosed.append(place)
            elif token.nesting < 0:
                self.closing[unclosed.pop()] = place

    def lines(self, start: int, end: int, width: int | None) -> list[Line]:
        """The blocks between two places, one under the other, with a blank line after all but those of a tight list."""
        found: list[Line] = []
        place = start
        apart = False
        while place < end:
            token = self.tokens[place]
            block = self.block(place, width)
            if found and apart and block:
                found.append(BLANK)
            found += block
            apart = not token.hidden
            place = self.closing.get(place, place) + 1
        return found

    def block(self, place: int, width: int | None) -> list[Line]:
        """The lines of the block that starts at a place."""
        token, end = self.tokens[place], self.closing.get(place, place)
        match token.type:
            case "paragraph_open":
                return wrap(inline(self.tokens[place + 1], width), width)
            case "heading_open":
                return wrap([(text, (BOLD, *looks)) for text, looks in inline(self.tokens[place + 1], width)], width)
            case "bullet_list_open" | "ordered_list_open":
                return self.items(place, end, width)
            case "blockquote_open":
                inner = self.lines(place + 1, end, _less(width, 2))
                return indented(inner, ("│ ", ()), ("│ ", ()))
            case "fence" if token.info.strip() == "math":
                return _display(token.content, width)
            case "fence" | "code_block":
                return _code(token.content, width)
            case "math_block":
                return _display(token.content, width)
            case "hr":
                return [[("─" * min(_RULE, width or _RULE), ())]]
            case "table_open":
                return self.table(place, end, width)
        return wrap([(token.content, ())], width) if token.content else []

    def items(self, start: int, end: int, width: int | None) -> list[Line]:
        """Items under their bullets or numbers, all numbers as wide as the widest."""
        places = [place for place in range(start, end) if self._is_item(place, start)]
        first = int(self.tokens[start].attrGet("start") or 1) if self.tokens[start].type.startswith("ordered") else None
        marks = ["•" if first is None else f"{first + number}." for number in range(len(places))]
        indent = max((len(mark) for mark in marks), default=0) + 1
        loose = any(
            token.type == "paragraph_open" and not token.hidden and token.level == self.tokens[start].level + 2
            for token in self.tokens[start:end]
        )
        found: list[Line] = []
        for mark, place in zip(marks, places, strict=True):
            inner = self.lines(place + 1, self.closing[place], _less(width, indent)) or [BLANK]
            if found and loose:
                found.append(BLANK)
            mark = mark.rjust(indent - 1) + " "
            found += indented(inner, (mark, ()), (" " * indent, ()))
        return found

    def _is_item(self, place: int, start: int) -> bool:
        token = self.tokens[place]
        return token.type == "list_item_open" and token.level == self.tokens[start].level + 1

    def table(self, start: int, end: int, width: int | None) -> list[Line]:
        """A table's rows, the first of them its head."""
        rows: list[list[list[Run]]] = []
        alignments: list[Alignment] = []
        for place in range(start, end):
            token = self.tokens[place]
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                cell = inline(self.tokens[place + 1])
                if token.type == "th_open":
                    alignments.append(_alignment(token))
                    cell = [(text, (BOLD, *looks)) for text, looks in cell]
                rows[-1].append(cell)
        return table(rows, alignments, width)


def _less(width: int | None, indent: int) -> int | None:
    return None if width is None else max(_NARROWEST, width - indent)


def _alignment(token: Token) -> Alignment:
    style = str(token.attrGet("style") or "")
    return "right" if "right" in style else "center" if "center" in style else "left"


def _code(source: str, width: int | None) -> list[Line]:
    """Code as it is, two cells in; what has no room goes on below, four cells in."""
    found: list[Line] = []
    for line in source.removesuffix("\n").split("\n"):
        parts = wrap([(line.replace("\t", _TAB), (CODE,))], None if width is None else max(_NARROWEST, width - 4))
        found += indented(parts, ("  ", ()), ("    ", ()))
    return found


def _display(latex: str, width: int | None) -> list[Line]:
    """A formula of its own in two dimensions; on one line, which may be wrapped, where it has no room."""
    if width is not None and (picture := displayed(latex, width - 4)):
        return [[(f"    {line}".rstrip(), ())] for line in picture]
    lines = wrap([(linear(latex), ())], None if width is None else max(_NARROWEST, width - 6))
    return indented(lines, ("    ", ()), ("      ", ()))


# --- inside a paragraph -------------------------------------------------------------------------------------------


def inline(token: Token, width: int | None = None) -> list[Run]:
    """A paragraph's runs; line breaks in the source are spaces, hard ones line feeds. Short formulas are not broken."""
    runs: list[Run] = []
    looks: list[Look] = []
    links: list[tuple[str, int]] = []
    for child in token.children or []:
        match child.type:
            case "text" | "text_special":
                runs.append((_SPACES.sub(" ", child.content), tuple(looks)))
            case "softbreak":
                runs.append((" ", tuple(looks)))
            case "hardbreak":
                runs.append(("\n", tuple(looks)))
            case "code_inline":
                runs.append((child.content.replace("\t", " "), (*looks, CODE)))
            case "math_inline":
                runs.append((_formula(child.content, width), tuple(looks)))
            case "image":
                runs.append((_image(child), tuple(looks)))
            case "link_open":
                links.append((str(child.attrGet("href") or ""), len(runs)))
            case "link_close":
                runs.append((_address(runs, *links.pop()), tuple(looks)))
            case "strong_open" | "em_open" | "s_open":
                looks.append(_LOOKS[child.type.removesuffix("_open")])
            case "strong_close" | "em_close" | "s_close":
                looks.pop()
            case _:
                runs.append((child.content, tuple(looks)))
    return [run for run in runs if run[0]]


def _formula(latex: str, width: int | None) -> str:
    text = linear(latex)
    if width is None:
        return text
    longest = min(_TIED, width // 2)
    parts = [text] if len(text) <= longest else _RELATION.split(text)
    return " ".join(part.replace(" ", TIE) if len(part) <= longest else part for part in parts)


def _address(runs: Sequence[Run], href: str, start: int) -> str:
    """Where a link leads, unless its text says so already; it can only be read, never clicked."""
    text = "".join(part for part, _ in runs[start:])
    return "" if not href or href in (text, f"mailto:{text}") else f" ({href})"


def _image(token: Token) -> str:
    alt = "".join(" " if child.type == "softbreak" else child.content for child in token.children or [])
    return f"[image: {alt}]" if alt.strip() else "[image]"
