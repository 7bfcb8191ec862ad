"""Which brackets and bars belong together, so that what stands between them counts as one thing."""

from __future__ import annotations

from studyapp.formulas.nodes import Fenced, Node, Row, Scripted, Sign
from studyapp.formulas.symbols import Role

_BEFORE_AN_OPENING = {
    Role.BINARY,
    Role.ADDITIVE,
    Role.RELATION,
    Role.PUNCTUATION,
    Role.WORD,
    Role.BIG,
    Role.SLASH,
    Role.SPACE,
}


def paired(nodes: list[Node]) -> Row:
    """The row with each bracket and the next one that closes it as one Fenced; the rest stays as it is.

    Any opening bracket pairs with any closing one, for half-open intervals. Scripts of the closing one become the
    pair's.
    """
    open_rows: list[tuple[Sign, list[Node]]] = []
    row: list[Node] = []
    for node in nodes:
        sign = _sign(node)
        if sign and sign.role is Role.OPEN and sign is node:
            open_rows.append((sign, row))
            row = []
        elif sign and sign.role is Role.CLOSE and open_rows:
            opening, outer = open_rows.pop()
            outer.append(_fenced(opening.text, _bars(row), node))
            row = outer
        else:
            row.append(node)
    while open_rows:
        opening, outer = open_rows.pop()
        row = [*outer, opening, *row]
    return _bars(row)


def _sign(node: Node) -> Sign | None:
    if isinstance(node, Scripted):
        node = node.base
    return node if isinstance(node, Sign) else None


def _fenced(opening: str, body: Row, closing: Node) -> Node:
    sign = _sign(closing)
    assert sign is not None
    pair = Fenced(opening, sign.text, body)
    return Scripted(pair, closing.below, closing.above) if isinstance(closing, Scripted) else pair


def _bars(row: list[Node]) -> Row:
    for bar in ("|", "‖"):
        places = [place for place, node in enumerate(row) if (sign := _sign(node)) and _is_bar(sign, bar)]
        if places and _pair_up(row, places):
            for start, end in reversed(list(zip(places[::2], places[1::2], strict=True))):
                row[start : end + 1] = [_fenced(bar, tuple(row[start + 1 : end]), row[end])]
    return tuple(row)


def _is_bar(sign: Sign, bar: str) -> bool:
    return sign.role is Role.BAR and sign.text == bar


def _pair_up(row: list[Node], places: list[int]) -> bool:
    """Whether the bars are clearly |a|, |b|, ...: an even number, something in each pair, each in a place to open."""
    if len(places) % 2:
        return False
    for start, end in zip(places[::2], places[1::2], strict=True):
        if end == start + 1 or not isinstance(row[start], Sign):
            return False
        before = _sign(row[start - 1]) if start else None
        if start and start - 1 not in places and not (before and before.role in _BEFORE_AN_OPENING):
            return False
        last = _sign(row[end - 1])
        if last and last.role in _BEFORE_AN_OPENING - {Role.SPACE}:
            return False
    return True
