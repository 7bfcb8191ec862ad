"""From nodes to one line: where the second dimension is lost, brackets say what it said.

A fraction beside anything but a plus, a minus, a relation or a bracket gets brackets, and so does a denominator of more
than one thing. A root without brackets covers one thing, and nothing follows that it could be taken to cover.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import groupby

from studyapp.formulas import shapes
from studyapp.formulas.boxes import Box, blank
from studyapp.formulas.nodes import (
    Accent,
    Call,
    Fenced,
    Fraction,
    Grid,
    Layout,
    Node,
    Root,
    Row,
    Scripted,
    Sign,
    Text,
)
from studyapp.formulas.shapes import before, left, opened, right
from studyapp.formulas.spacing import Piece, gaps, is_sign, is_space
from studyapp.formulas.symbols import LOWERED, RAISED, Role

_LIMITS = frozenset({"lim", "max", "min", "sup", "inf", "lim sup", "lim inf", "arg max", "arg min", "argmax", "argmin"})
ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_PRIMES = {"′′′′": "⁗", "′′′": "‴", "′′": "″"}
# Beside these a fraction needs no brackets.
_LOOSE = {None, Role.ADDITIVE, Role.RELATION, Role.PUNCTUATION, Role.SPACE}


def write(row: Row, tight: bool = False) -> str:
    """The row on one line; `tight` leaves out the spaces around operators, as scripts do."""
    found = opened(row)
    nodes = [node for node, _ in found]
    pieces = [None if is_space(node) else piece(nodes, place, tight) for place, node in enumerate(nodes)]
    between = gaps(nodes, pieces, tight)
    parts = [
        (gap, one.text, hides) for gap, one, (_, hides) in zip(between, pieces, found, strict=True) if one is not None
    ]
    shown: list[str] = []
    for hides, run in groupby(parts, key=lambda part: part[2]):
        (before, first, _), *rest = run
        whole = first + "".join(gap + text for gap, text, _ in rest)
        shown += [before, whole if hides is None else blank(Box.line(whole)).middle]
    return "".join(shown).strip()


def piece(nodes: Sequence[Node], place: int, tight: bool) -> Piece:
    """The node at a place on one line, with the brackets that its neighbours ask for."""
    node = nodes[place]
    after = shapes.after(nodes, place)
    match node:
        case Sign(text, role):
            if role is Role.ADDITIVE and is_sign(before(nodes, place), after):
                role = Role.SIGN
            return Piece(text, role, role)
        case Fraction():
            text = _fraction(node, tight)
            if shapes.starts_a_term(nodes, place) and (after in _LOOSE or after is Role.CLOSE):
                return Piece(text, Role.ORDINARY, Role.ORDINARY)
            return Piece(f"({text})", Role.OPEN, Role.CLOSE, alone=True)
        case Root():
            # Without spaces, √x−1 could be a root of x−1.
            bare = after in (None, Role.CLOSE) or (not tight and (after in _LOOSE or after is Role.BINARY))
            return Piece(_root(node, tight, bare), left(node), Role.CLOSE, open_ended=True)
        case Scripted():
            text, open_ended, raised = _scripted(node, tight)
            return Piece(text, left(node), right(node), open_ended, raised)
        case Text(text):
            return Piece(text, left(node), right(node))
        case _:
            named = left(node) is Role.WORD
            return Piece(_enclosed(node, tight), left(node), right(node), open_ended=named)


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
    if index not in ROOTS:
        return _scripted(shapes.as_power(root), tight)[0]
    text = write(root.body, tight)
    covered = shapes.is_in_round_brackets(root.body) or (bare and shapes.is_letter(root.body))
    return ROOTS[index] + (text if covered else f"({text})")


def _scripted(node: Scripted, tight: bool) -> tuple[str, bool, bool]:
    """The text with its scripts, and whether it is open-ended, or raised at its end (see `Piece`)."""
    base = _base(node.base, tight)
    primes = sum(1 for one in node.above if one == Sign("′"))
    above = node.above[primes:]
    mark = _PRIMES.get("′" * primes, "′" * primes)
    lower, upper = write(node.below, tight=True), write(above, tight=True)
    if above == (Sign("∘", Role.BINARY),):
        return f"{base}{mark}{_low(node.below, lower, lone=False)}°", False, False
    if stands_under(node.base) and not (_is_plain(lower) and _is_plain(upper)):
        text = base + mark
        text += f"_{_bracketed(node.below, lower)}" if lower else ""
        text += f"^{_bracketed(above, upper)}" if upper else ""
        return text, True, False
    low = _low(node.below, lower, lone=not above)
    text = base + mark + low  # a prime behind the subscript could be the subscript's own
    if not upper:
        return text, low[:1] == "_" and low[-1:] != ")", False
    if RAISED.keys() >= set(upper):
        return text + "".join(RAISED[one] for one in upper), False, False
    high = _bracketed(above, upper)
    return f"{text}^{high}", True, not high.endswith(")")


def _low(row: Row, text: str, lone: bool) -> str:
    """A subscript: in Unicode where it has all characters; bare where nothing follows at its height."""
    if LOWERED.keys() >= set(text):
        return "".join(LOWERED[one] for one in text)
    return f"_{_bracketed(row, text) if lone else f'({text})'}"


def _bracketed(row: Row, text: str) -> str:
    return text if shapes.is_lone(row) else f"({text})"


def stands_under(base: Node) -> bool:
    """Whether scripts of a base are limits, which stand over and under it: a sum, lim, max."""
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
