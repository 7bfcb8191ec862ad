"""Single signs and what becomes of them: characters, macros that stand for one, letters in a font."""

from __future__ import annotations

import unicodedata

from studyapp.formulas import symbols
from studyapp.formulas.nodes import Group, Node, Row, Scripted, Sign
from studyapp.formulas.symbols import Role
from studyapp.formulas.tokens import UnreadableError

_TABLES = (
    (symbols.ORDINARY, Role.ORDINARY),
    (symbols.RELATION, Role.RELATION),
    (symbols.BINARY, Role.BINARY),
    (symbols.ADDITIVE, Role.ADDITIVE),
    (symbols.BIG, Role.BIG),
    (symbols.OPENING, Role.OPEN),
    (symbols.CLOSING, Role.CLOSE),
    (symbols.BARS, Role.BAR),
    (symbols.SPACES, Role.SPACE),
)


def character(typed: str) -> Node:
    """A character that the author typed as it is; a dash that a word processor put there is a minus."""
    text = "−" if typed in "-–—‐‑‒" else typed
    return Sign(text, symbols.SIGNS.get(text, Role.ORDINARY))


def group(body: Row) -> Node:
    """Braces: around a single thing they only say that a comma or an operator is an ordinary sign here."""
    match body:
        case (Sign(text, Role.BINARY | Role.ADDITIVE | Role.RELATION | Role.PUNCTUATION),):
            return Sign(text)
        case (Scripted(),):
            return Group(body)
        case (only,):
            return only
    return Group(body)


def sign_of(name: str) -> Sign | None:
    """The sign a macro stands for; None for a macro that is none."""
    for table, role in _TABLES:
        if name in table:
            return Sign(table[name], role)
    return Sign(name, Role.WORD) if name in symbols.WORDS else None


def word(body: Row, operator: bool) -> Node:
    """Letters in a row as one name: softmax, arg max; a single letter stays a letter."""
    merged: list[Node] = []
    for node in body:
        last = merged[-1] if merged else None
        if isinstance(node, Sign) and (node.text.isalnum() or (operator and node.text in " -−*")):
            text = "-" if node.text == "−" else node.text
            if isinstance(last, Sign) and last.role is Role.WORD:
                merged[-1] = Sign(last.text + text, Role.WORD)
            elif not text.isspace():
                merged.append(Sign(text, Role.WORD))
        else:
            merged.append(node)
    short = [
        Sign(node.text)
        if isinstance(node, Sign) and node.role is Role.WORD and _is_short(node.text) and not operator
        else node
        for node in merged
    ]
    return group(tuple(short))


def _is_short(text: str) -> bool:
    return len(text) == 1 or text.isdigit()


def restyled(alphabet: str, node: Node) -> Node:
    """A node with its letters in one of the ALPHABETS."""
    match node:
        case Sign(text, Role.ORDINARY):
            return Sign("".join(symbols.styled(alphabet, letter) for letter in text))
        case Scripted(base, below, above):
            return Scripted(restyled(alphabet, base), below, above)
    return node


def negated(body: Row) -> Node:
    r"""A relation struck through, as `\not` does; UnreadableError for more than one sign."""
    match body:
        case (Sign(text, role),):
            return Sign(unicodedata.normalize("NFC", text + symbols.NEGATION), role)
    raise UnreadableError(r"\not stands before more than one sign")
