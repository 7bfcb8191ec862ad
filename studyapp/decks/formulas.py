"""Formulas on cards that cannot be read as LaTeX, or only in part: found before a learner meets them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from studyapp.decks.texts import tokens
from studyapp.formulas import fault, unknown_macros
from studyapp.model import Card, Problem

_PARAMETER = re.compile(r"@\{[^{}]*\}")
_LONGEST = 40
"""So many characters of a formula are enough to find it by."""


def unreadable(card: Card, lines: Sequence[str]) -> list[Problem]:
    """A problem for each formula on the card that would be shown as it stands, at its line among these of its file."""
    found: list[Problem] = []
    for latex in _formulas(card):
        if why := fault(_filled(latex)):
            what = f"the formula {_short(latex)} cannot be read: {why}"
            line, remedy = _line(latex, card, lines), "correct it, or write it in code"
            found.append(Problem(card.deck, line, card.id, what, remedy))
    return found


def words_of_macros(card: Card) -> tuple[str, ...]:
    """The unknown macros of all formulas on the card, which it shows as words; each once, without its backslash."""
    found = (name for latex in _formulas(card) for name in unknown_macros(_filled(latex)))
    return tuple(dict.fromkeys(found))


def _filled(latex: str) -> str:
    """With a number for each parameter."""
    return _PARAMETER.sub("1", latex)


def _formulas(card: Card) -> Iterator[str]:
    reasons = (text for option in card.options for text in (option.text, option.reason))
    fields = (card.hint, card.analogy, card.source)
    for text in (card.prompt, card.front, *reasons, *card.steps, card.back, *fields):
        if "$" in text or "math" in text:
            for token in tokens(text):
                if token.type == "math_block" or (token.type == "fence" and token.info.strip() == "math"):
                    yield token.content
                yield from (one.content for one in token.children or () if one.type == "math_inline")


def _line(latex: str, card: Card, lines: Sequence[str]) -> int:
    """The line where the formula begins, from the card's heading on; the heading's if it is not found."""
    lines = lines[card.line - 1 :]
    first = latex.strip("\n").split("\n")[0]
    if first == latex:
        found = (number for number, line in enumerate(lines) if f"${first}$" in line)
    else:  # over several lines: its first is the rest of a line after a dollar, or a line of its own
        own = first.strip()
        ends = (f"${own}", f"$ {own}")
        found = (n for n, line in enumerate(lines) if line.strip(" \t>") == own or line.rstrip().endswith(ends))
    return card.line + next(found, 0)


def _short(latex: str) -> str:
    text = " ".join(latex.split())
    return f"${text}$" if len(text) <= _LONGEST else f"${text[:_LONGEST]}..."
