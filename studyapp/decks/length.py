"""How long a card's texts are on a screen, so that one that would have to be scrolled is found while it is written."""

from __future__ import annotations

from textwrap import wrap

from markdown_it.token import Token

from studyapp.decks.texts import seen, tokens
from studyapp.formulas import displayed, linear
from studyapp.model import Card

COLUMNS = 74
MOST_LINES = 20
"""More lines than this are a problem in any deck."""
MOST_SHIPPED = 12
"""More lines than this are a problem in a shipped deck."""

_INDENT = 4
"""Columns that a formula of its own, or the text of a list's item, stands in at most."""


def answer_lines(card: Card) -> int:
    """How many lines of 74 columns a card's back takes, of a choice card its explanation."""
    return lines_of(card.back)


def lines_of(text: str) -> int:
    """How many lines of 74 columns a text takes as it is shown: blank lines count, formulas have their height."""
    count = 0
    apart = False
    in_cell = False
    for token in tokens(text):
        lines = 0 if in_cell else _lines(token)
        in_cell = token.type in ("th_open", "td_open")
        if lines:
            count += lines + (apart and count > 0)
            apart = False
        # The text of a tight list stands close together; after all else comes a blank line.
        if token.type == "paragraph_close":
            apart = not token.hidden
        elif token.level == 0 and token.nesting <= 0:
            apart = True
    return count


def _lines(token: Token) -> int:
    match token.type:
        case "inline":
            return max(1, len(wrap(seen(token), COLUMNS - (_INDENT if token.level > 1 else 0))))
        case "math_block":
            room = COLUMNS - _INDENT
            return len(displayed(token.content, room) or wrap(linear(token.content), room))
        case "fence" | "code_block":
            return token.content.count("\n")
        case "hr" | "thead_close" | "tr_open":
            return 1
    return 0
