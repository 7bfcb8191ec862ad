"""From nodes to one line: where the second dimension is lost, brackets say what it said.

A fraction beside anything but a plus, a minus, a relation or a bracket gets brackets, and so does a denominator of more
than one thing. A root without brackets covers one thing, and nothing follows that it could be taken to cover.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from studyapp.formulas import shapes
from studyapp.formulas.nodes import Accent, Call, Fenced, Fraction, Grid, Layout, Node, Root, Row, Scripted, Sign, Text
from studyapp.formulas.shapes import before, left, right, spliced
from studyapp.formulas.symbols import LOWERED, RAISED, Role

_LIMITS = frozenset({"lim", "max", "min", "sup", "inf", "lim sup", "lim inf", "arg max", "arg min", "argmax", "argmin"})
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_PRIMES = {"′′′′": "⁗", "′′′": "‴", "′′": "″"}
# Beside these a fraction needs no brackets.
_LOOSE = {None, Role.ADDITIVE, Role.RELATION, Role.PUNCTUATION, Role.SPACE}
_OPERATORS = {Role.BINARY, Role.ADDITIVE, Role.SIGN, Role.RELATION, Role.PUNCTUATION, Role.SLASH, Role.WORD, Role.BIG}


@dataclass(frozen=True, slots=True)
class _Piece:
    """Written text, the roles of its two ends, and what must stand apart from it.

    Letters and numbers keep off its right end if it is `open_ended`, brackets too if it is `raised`, and every factor
    keeps off both ends if it is `alone`.
    """

    text: str
    left: Role
    right: Role
    open_ended: bool = False
    raised: bool = False
    alone: bool = False


def write(row: Row, tight: bool = False) -> str:
    """The row on one line; `tight` leaves out the spaces around operators, as scripts do."""
    nodes = spliced(row)
    parts: list[str] = []
    last: _Piece | None = None
    space = ""
    for place, node in enumerate(nodes):
        if isinstance(node, Sign) and node.role is Role.SPACE:
            space = max(space, "" if tight else node.text, key=len)
            continue
        piece = _piece(nodes, place, tight)
        if last is not None:
            parts.append(max(_gap(last, piece, tight), "" if piece.left is Role.PUNCTUATION else space, key=len))
        parts.append(piece.text)
        last, space = piece, ""
    return "".join(parts).strip()


def _piece(nodes: Sequence[Node], place: int, tight: bool) -> _Piece:
    node = nodes[place]
    after = shapes.after(nodes, place)
    match node:
        case Sign(text, role):
            if role is Role.ADDITIVE and _is_sign(before(nodes, place), after):
                role = Role.SIGN
            return _Piece(text, role, role)
        case Fraction():
            text = _fraction(node, tight)
            if shapes.starts_a_term(nodes, place) and (after in _LOOSE or after is Role.CLOSE):
                return _Piece(text, Role.ORDINARY, Role.ORDINARY)
            return _Piece(f"({text})", Role.OPEN, Role.CLOSE, alone=True)
        case Root():
            # Without spaces, √x−1 could be a root of x−1.
            bare = after in (None, Role.CLOSE) or (not tight and (after in _LOOSE or after is Role.BINARY))
            return _Piece(_root(node, tight, bare), left(node), Role.CLOSE, open_ended=True)
        case Scripted():
            text, open_ended, raised = _scripted(node, tight)
            return _Piece(text, left(node), right(node), open_ended, raised)
        case Text(text):
            return _Piece(text, left(node), right(node))
        case _:
            named = left(node) is Role.WORD
            return _Piece(_enclosed(node, tight), left(node), right(node), open_ended=named)


def _is_sign(previous: Role | None, following: Role | None) -> bool:
    """Whether a plus or minus is a sign and no operation."""
    return (
        previous is None
        or previous in _OPERATORS
        or previous in (Role.OPEN, Role.SPACE)
        or following in (None, Role.RELATION, Role.CLOSE, Role.PUNCTUATION)
    )


def _gap(last: _Piece, piece: _Piece, tight: bool) -> str:
    """What stands between two neighbours: a space or nothing."""
    ends = last.right, piece.left
    space = "" if tight else " "
    match ends:
        case (Role.SPACE | Role.OPEN | Role.SIGN | Role.SLASH, _) | (_, Role.SPACE | Role.CLOSE | Role.SLASH):
            return ""
        case (_, Role.PUNCTUATION) | (Role.RELATION, Role.RELATION):
            return ""
        case (Role.PUNCTUATION, _):
            return space
        case (Role.RELATION | Role.BINARY | Role.ADDITIVE, _) | (_, Role.RELATION | Role.BINARY | Role.ADDITIVE):
            return " " if last.text.isalpha() and piece.text.isalpha() and "mod" in (last.text, piece.text) else space
        case (Role.BIG, _) | (_, Role.BIG):
            return " "
        case (Role.WORD, Role.OPEN) if piece.text[:1] in "([" and last.text[-1:] != ")":
            return ""
        case (Role.WORD, _) | (Role.ORDINARY | Role.CLOSE, Role.WORD):
            return " "
    apart = last.alone or piece.alone or last.raised or (last.open_ended and piece.left is not Role.OPEN)
    return " " if apart else ""


# --- what had two dimensions --------------------------------------------------------------------------------------


def _fraction(fraction: Fraction, tight: bool) -> str:
    above, below = write(fraction.above, tight), write(fraction.below, tight)
    if not shapes.is_product(fraction.above):
        above = f"({above})"
    if not shapes.is_single(fraction.below) and not shapes.is_derivative(fraction.above, fraction.below):
        below = f"({below})"
    return f"{above}/{below}"


def _root(root: Root, tight: bool, bare: bool) -> str:
    index = write(root.index, tight=True)
    if index not in _ROOTS:
        body: Node = Fenced("(", ")", root.body)
        return _scripted(Scripted(body, (), (Fraction((Sign("1"),), root.index),)), tight)[0]
    text = write(root.body, tight)
    covered = shapes.is_in_round_brackets(root.body) or (bare and shapes.is_letter(root.body))
    return _ROOTS[index] + (text if covered else f"({text})")


def _scripted(node: Scripted, tight: bool) -> tuple[str, bool, bool]:
    """The text with its scripts, and whether it is open-ended, or raised at its end (see `_Piece`)."""
    base = _base(node.base, tight)
    primes = sum(1 for one in node.above if one == Sign("′"))
    above = node.above[primes:]
    mark = _PRIMES.get("′" * primes, "′" * primes)
    lower, upper = write(node.below, tight=True), write(above, tight=True)
    if above == (Sign("∘", Role.BINARY),):
        return f"{base}{_low(node.below, lower, lone=False)}{mark}°", False, False
    if _stands_under(node.base) and not (_is_plain(lower) and _is_plain(upper)):
        text = base + mark
        text += f"_{_bracketed(node.below, lower)}" if lower else ""
        text += f"^{_bracketed(above, upper)}" if upper else ""
        return text, True, False
    low = _low(node.below, lower, lone=not node.above)
    if not upper:
        return f"{base}{low}{mark}", low[:1] == "_" and low[-1:] != ")", False
    if RAISED.keys() >= set(upper):
        return f"{base}{low}{mark}" + "".join(RAISED[one] for one in upper), False, False
    high = _bracketed(above, upper)
    return f"{base}{low}{mark}^{high}", True, not high.endswith(")")


def _low(row: Row, text: str, lone: bool) -> str:
    """A subscript: in Unicode where it has all characters; bare where nothing follows at its height."""
    if LOWERED.keys() >= set(text):
        return "".join(LOWERED[one] for one in text)
    return f"_{_bracketed(row, text) if lone else f'({text})'}"


def _bracketed(row: Row, text: str) -> str:
    return text if shapes.is_lone(row) else f"({text})"


def _stands_under(base: Node) -> bool:
    return isinstance(base, Sign) and (base.role is Role.BIG or (base.role is Role.WORD and base.text in _LIMITS))


def _is_plain(text: str) -> bool:
    """Whether a limit is short enough to be read in Unicode: a letter or number, and no equation."""
    return not text or (text.isalnum() and LOWERED.keys() >= set(text) and RAISED.keys() >= set(text))


def _base(node: Node, tight: bool) -> str:
    text = write((node,), tight)
    return text if shapes.takes_scripts(node) else f"({text})"


# --- brackets, calls, tables --------------------------------------------------------------------------------------


def _enclosed(node: Node, tight: bool) -> str:
    match node:
        case Accent(mark, name, body):
            letter = shapes.accented_letter(node)
            if letter is None:
                return f"{name}({write(body, tight)})"
            return unicodedata.normalize("NFC", _enclosed(letter, tight) + mark)
        case Call(name, arguments):
            return f"{name}({(',' if tight else ', ').join(write(one, tight) for one in arguments)})"
        case Fenced():
            return _fenced(node, tight)
        case Grid():
            return f"{shapes.opening(node)}{_grid(node, tight)}{shapes.closing(node)}"
        case Sign(text):
            return text
    return write((node,), tight)


def _fenced(node: Fenced, tight: bool) -> str:
    match node.body:
        case (Grid(Layout.MATRIX, _, "", "") as grid,):
            text = _grid(grid, tight)
        case _:
            text = write(node.body, tight)
    if not node.opening and not shapes.is_single(node.body):
        text = f"({text})"
    closing = "}" if node.opening == "{" and not node.closing else node.closing
    return f"{node.opening}{text}{closing}"


def _grid(grid: Grid, tight: bool) -> str:
    space = "" if tight else " "
    return f";{space}".join(_cells(grid.layout, cells, tight) for cells in grid.rows)


def _cells(layout: Layout, cells: tuple[Row, ...], tight: bool) -> str:
    texts = [write(cell, tight) for cell in cells]
    match layout:
        case Layout.ALIGNED:
            return " ".join(text for text in texts if text)
        case Layout.CASES if len(cells) == 2 and cells[1] and isinstance(cells[1][0], Text):
            return " ".join(texts)
        case Layout.CASES:
            return ", ".join(text.rstrip(",") for text in texts if text)
    return ("," if tight else ", ").join(texts)
