"""What stands between two neighbours of a formula: a space or nothing, by the part that each plays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studyapp.formulas.nodes import Node, Sign
from studyapp.formulas.symbols import Role

_OPERATORS = {Role.BINARY, Role.ADDITIVE, Role.SIGN, Role.RELATION, Role.PUNCTUATION, Role.SLASH, Role.WORD, Role.BIG}


@dataclass(frozen=True, slots=True)
class Piece:
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


def is_sign(previous: Role | None, following: Role | None) -> bool:
    """Whether a plus or minus is a sign and no operation."""
    return (
        previous is None
        or previous in _OPERATORS
        or previous in (Role.OPEN, Role.SPACE)
        or following in (None, Role.RELATION, Role.CLOSE, Role.PUNCTUATION)
    )


def is_space(node: Node) -> bool:
    """Whether a node is a space that the author asked for."""
    return isinstance(node, Sign) and node.role is Role.SPACE


def gaps(nodes: Sequence[Node], pieces: Sequence[Piece | None], tight: bool) -> list[str]:
    """What stands before each piece; there is none for a space that the author asked for, which adds to the next."""
    found: list[str] = []
    last: Piece | None = None
    space = ""
    for node, piece in zip(nodes, pieces, strict=True):
        if piece is None:
            asked = node.text if isinstance(node, Sign) and not tight else ""
            found.append("")
            space = max(space, asked, key=len)
            continue
        asked = "" if piece.left is Role.PUNCTUATION else space
        found.append("" if last is None else max(gap(last, piece, tight), asked, key=len))
        last, space = piece, ""
    return found


def gap(last: Piece, piece: Piece, tight: bool) -> str:
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
            return " " if "mod" in (last.text, piece.text) else space
        case (Role.BIG, _) | (_, Role.BIG):
            return " "
        case (Role.WORD, Role.OPEN) if piece.text[:1] in "([" and last.text[-1:] != ")":
            return ""
        case (Role.WORD, _) | (Role.ORDINARY | Role.CLOSE, Role.WORD):
            return " "
    apart = last.alone or piece.alone or last.raised or (last.open_ended and piece.left is not Role.OPEN)
    return " " if apart else ""
