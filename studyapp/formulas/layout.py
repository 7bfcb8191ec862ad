"""From nodes to two dimensions: stacked fractions, roots with a bar, limits over and under, brackets that grow.

What one line of Unicode says rightly without brackets of its own stays on one line, just as `writing` has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from studyapp.formulas import shapes
from studyapp.formulas.boxes import EMPTY, Alignment, Box, beside, blank, bracket, stacked, table
from studyapp.formulas.nodes import (
    Accent,
    Call,
    Fenced,
    Fraction,
    Grid,
    Hidden,
    Layout,
    Node,
    Root,
    Row,
    Scripted,
    Sign,
    Text,
)
from studyapp.formulas.shapes import left, opened, right, spliced
from studyapp.formulas.spacing import Piece, gaps, is_space
from studyapp.formulas.symbols import LOWERED, RAISED, Role
from studyapp.formulas.writing import ROOTS, piece, stands_under, write

_DASHES = "─−-_"
"""What a fraction's bar must not touch, since it would look longer than it is."""
_OVER = {
    "overline": ("", "_", "_"),
    "bar": ("", "_", "_"),
    "vec": ("", "─", "→"),
    "overrightarrow": ("", "─", "→"),
    "tilde": ("", "~", "~"),
    "hat": ("/", "‾", "\\"),
}
"""How an accent over more than one letter begins, goes on and ends: as long as what it covers, lest it seem to stand
over one letter of it."""
_TALL_OVER = {"overline", "bar", "vec", "overrightarrow"}
"""Of these, what can stand over several lines."""


def lay_out(row: Row, tight: bool = False) -> Box:
    """The row in two dimensions; `tight` leaves out the spaces around operators, as scripts do."""
    found = opened(row)
    nodes = [node for node, _ in found]
    boxes: list[Box] = []
    pieces: list[Piece | None] = []
    for place, node in enumerate(nodes):
        if is_space(node):
            boxes.append(EMPTY)
            pieces.append(None)
        elif _is_flat(node):
            written = piece(nodes, place, tight)
            boxes.append(Box.line(written.text))
            pieces.append(written)
        else:
            boxes.append(_tall(node, tight))
            pieces.append(_met(node, boxes[-1]))
    parts: list[tuple[Box, Box, Hidden | None]] = []
    last: Node | None = None
    for box, one, space, (node, hides) in zip(boxes, pieces, gaps(nodes, pieces, tight), found, strict=True):
        if one is not None:
            if last is not None:
                space += " " * _is_close(last, parts[-1][1], box, space)
            parts.append((Box.line(space), box, hides))
            last = node
    shown: list[Box] = []
    for hides, run in groupby(parts, key=lambda part: part[2]):
        (before, first, _), *rest = run
        whole = beside([first, *(one for gap, box, _ in rest for one in (gap, box))])
        shown += [before, whole if hides is None else blank(whole)]
    return beside(shown)


def _met(node: Node, box: Box) -> Piece:
    """How a node of several lines meets its neighbours: by its middle; a bracket as if it had not grown."""
    match node:
        case Call("binom"):
            return Piece("()", Role.OPEN, Role.CLOSE)
        case Fenced(opening) | Grid(_, _, opening) | Scripted(Fenced(opening) | Grid(_, _, opening)):
            return Piece(opening, left(node), right(node))
    return Piece(box.middle, left(node), right(node), alone=isinstance(node, Fraction | Call | Accent))


def _is_close(last: Node, before: Box, box: Box, space: str) -> bool:
    """Whether two neighbours need a blank more, lest one of them seem to go on in the other.

    The bar of a fraction and a minus; a limit of a sum and a denominator, a script and a bracket.
    """
    if not (before.width and box.width) or before.height == box.height == 1:
        return False
    if not space and before.middle[-1] in _DASHES and box.middle[0] in _DASHES:
        return True
    if not isinstance(last, Scripted) or (space and not stands_under(last.base)):
        return False
    rows = range(-min(before.baseline, box.baseline), min(before.below, box.below) + 1)
    sides = ((before.lines[before.baseline + at][-1], box.lines[box.baseline + at][0]) for at in rows if at)
    return any(" " not in signs for signs in sides)


# --- what stays on one line ---------------------------------------------------------------------------------------


def _is_flat(node: Node) -> bool:
    """Whether one line shows a node without brackets that only the line needs."""
    match node:
        case Sign() | Text():
            return True
        case Scripted(base, below, above):
            if not (_is_flat(base) and shapes.takes_scripts(base)):
                return False
            if stands_under(base):
                return not above and _script(below, LOWERED) is not None and len(write(below, tight=True)) == 1
            return above == _DEGREE or (_script(below, LOWERED) is not None and _script(above, RAISED) is not None)
        case Root(body, index):
            return shapes.is_letter(body) and write(index, tight=True) in ROOTS
        case Accent():
            return shapes.accented_letter(node) is not None
        case Fenced(_, _, body):
            return _is_flat_row(body)
        case Call(name, arguments):
            return name not in ("binom", "atop") and all(map(_is_flat_row, arguments))
    return False


_DEGREE: Row = (Sign("∘", Role.BINARY),)


def _is_flat_row(row: Row) -> bool:
    return all(map(_is_flat, spliced(row)))


def _script(row: Row, letters: dict[str, str]) -> str | None:
    """A script in Unicode's small letters; None if one of them is missing."""
    text = write(row, tight=True)
    return "".join(letters[one] for one in text) if letters.keys() >= set(text) and _is_flat_row(row) else None


# --- what does not ------------------------------------------------------------------------------------------------


def _tall(node: Node, tight: bool) -> Box:
    match node:
        case Fraction(above, below):
            return _fraction(lay_out(above, tight), lay_out(below, tight))
        case Root(body, index):
            sign = ROOTS.get(write(index, tight=True))
            return _root(sign, lay_out(body, tight)) if sign else _scripted(shapes.as_power(node), tight)
        case Scripted():
            return _scripted(node, tight)
        case Accent(_, name, body):
            return _accent(name, lay_out(body, tight))
        case Fenced(opening, closing, body):
            return _fenced(opening, lay_out(body, tight), closing)
        case Call(name, arguments):
            return _call(name, [lay_out(one, tight) for one in arguments])
        case Grid():
            return _grid(node, tight)
    raise AssertionError(f"{type(node).__name__} is flat, or no part of an opened row")


def _fraction(above: Box, below: Box) -> Box:
    """One over the other; the bar is longer than any bar that touches it."""
    barred = above.height > 1 or below.height > 1
    width = max(above.width, below.width, 1) + (2 if barred else 0)
    return stacked([above, Box.line("─" * width), below], above.height)


def _root(sign: str, body: Box) -> Box:
    """A root with a bar over all that it covers."""
    if body.height == 1:
        return beside([Box.line(sign), stacked([Box.line("_" * body.width), body], 1)])
    body = body.widened(body.width + 2)
    wall = stacked([Box.line("│")] * body.height, body.baseline)
    covered = stacked([Box.line("┌" + "─" * body.width), beside([wall, body])], body.baseline + 1)
    return beside([Box.line(sign).grown(body.height, 0).at(body.baseline + 1), covered])


def _accent(name: str, body: Box) -> Box:
    if name == "underline":
        return stacked([body, Box.line("‾" * body.width)], body.baseline)
    begin, length, end = _OVER.get(name, ("", "", ""))
    if not end or body.width < len(begin + end) or (body.height > 1 and name not in _TALL_OVER):
        return beside([Box.line(name), _fenced("(", body, ")")])
    over = begin + length * (body.width - len(begin + end)) + end
    return stacked([Box.line(over), body], body.baseline + 1)


def _fenced(opening: str, body: Box, closing: str) -> Box:
    """Brackets as high as what they enclose, with a blank inside where they have grown."""
    if body.height == 1:
        return beside([Box.line(opening), body, Box.line(closing)])
    inner = body.widened(body.width + bool(opening) + bool(closing), "center" if opening and closing else "left")
    if opening and not closing:
        inner = body.widened(body.width + 1, "right")
    return beside([bracket(opening, inner), inner, bracket(closing, inner)])


def _call(name: str, arguments: Sequence[Box]) -> Box:
    if name in ("binom", "atop") and len(arguments) == 2:
        above, below = arguments
        # No bar: the bottom of the upper row stands on the baseline, so that a bracket of two lines is enough.
        pile = stacked([above, below], above.height - 1)
        return _fenced("(", pile, ")") if name == "binom" else pile
    commas = [part for one in arguments for part in (Box.line(", "), one)][1:]
    return beside([Box.line(name), _fenced("(", beside(commas), ")")])


def _grid(grid: Grid, tight: bool) -> Box:
    """Rows and columns: centred in a matrix, from the left in cases, at their relations when aligned."""
    rows = [[lay_out(cell, tight) for cell in row] for row in grid.rows]
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        return _fenced(grid.opening, EMPTY, grid.closing)
    alignments: list[Alignment]
    match grid.layout:
        case Layout.MATRIX:
            alignments, gaps_before = ["center"] * columns, [0, *[2] * (columns - 1)]
        case Layout.CASES:
            alignments, gaps_before = ["left"] * columns, [0, *[2] * (columns - 1)]
        case Layout.ALIGNED:
            alignments = [("right", "left")[at % 2] for at in range(columns)]
            gaps_before = [0 if at == 0 else 3 if at % 2 == 0 else 1 for at in range(columns)]
    body = table(rows, alignments, gaps_before)
    closing = "" if grid.layout is Layout.CASES else grid.closing
    return _fenced(grid.opening, body, closing)


# --- scripts ------------------------------------------------------------------------------------------------------


def _scripted(node: Scripted, tight: bool) -> Box:
    """Limits over and under a sum; else scripts in small letters if Unicode has them, or raised and lowered rows."""
    if stands_under(node.base):
        parts = [lay_out(node.above, tight=True), lay_out((node.base,), tight), lay_out(node.below, tight=True)]
        above, base, below = parts
        shown = [*([above] if node.above else []), base, *([below] if node.below else [])]
        return stacked(shown, base.baseline + (above.height if node.above else 0))
    base = lay_out((node.base,), tight)
    if not shapes.takes_scripts(node.base):
        base = _fenced("(", base, ")")
    upper, lower = _script(node.above, RAISED), _script(node.below, LOWERED)
    above = Box.line(upper) if upper is not None else lay_out(node.above, tight=True)
    below = Box.line(lower) if lower is not None else lay_out(node.below, tight=True)
    # A small letter stands in the corner of its base, in the same line; a row stands higher or lower than the base.
    rise = base.baseline + (above.height if upper is None else 0)
    depth = base.below + (below.height if lower is None else 0)
    width = max(above.width, below.width) if upper is None or lower is None or base.height > 1 else 0
    if width == 0:
        return beside([base, below, above])
    corner: list[str] = [" " * width] * (rise + 1 + depth)
    if node.above:
        for at, line in enumerate(above.widened(width, "left").lines):
            corner[at] = line
    if node.below:
        for at, line in enumerate(below.widened(width, "left").lines):
            corner[at - below.height] = line
    return beside([base, Box(tuple(corner), width, rise)])
