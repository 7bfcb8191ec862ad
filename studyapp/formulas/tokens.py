"""The tokens of a formula: pylatexenc's macros, braces and environments, and all other characters one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pylatexenc.latexwalker import LatexWalker, LatexWalkerError  # type: ignore[import-untyped]

from studyapp.formulas import symbols, syntax

_PLACE = re.compile(r" *@ *\(.*\)$")
"""Where pylatexenc found the error: not a place in any file."""


class UnreadableError(ValueError):
    """The formula is not LaTeX that TeX would accept; the message says why in a few words."""


def tokens(nodes: Sequence[Any]) -> list[Any]:
    r"""Characters one by one, white space as single spaces; macros, braces and environments as pylatexenc has them."""
    found: list[Any] = []
    for node in nodes:
        match kind(node):
            case "Chars":
                found += re.sub(r"\s+", " ", node.chars)
            case "Comment":
                if "\n" not in node.comment_post_space:
                    raise UnreadableError(r"a comment hides the rest of the formula; a percent sign is written \%")
            case _:
                found.append(node)
    return found


def kind(token: Any) -> str:
    """Which of pylatexenc's nodes a token is: Chars, Group, Macro, Environment, Specials, Math, Comment; or empty."""
    return "" if isinstance(token, str) else type(token).__name__.removeprefix("Latex").removesuffix("Node")


def macro(token: Any) -> str:
    """The name of a macro, without its backslash; empty for any other token."""
    return str(token.macroname) if kind(token) == "Macro" else ""


def character_of(token: Any) -> str:
    """The character that a token is; empty for any other token."""
    return token if isinstance(token, str) else ""


def is_nothing(token: Any) -> bool:
    """Whether a token only concerns looks: white space, a size."""
    return character_of(token) == " " or macro(token) in symbols.DROPPED


def parsed(latex: str) -> Sequence[Any]:
    """What pylatexenc makes of a formula; UnreadableError for what is no LaTeX."""
    try:
        nodes, _, _ = LatexWalker(latex, latex_context=syntax.context(), tolerant_parsing=False).get_latex_nodes()
    except (LatexWalkerError, ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        # All but the first are pylatexenc's own mistakes on input that no author would write.
        why = _PLACE.sub("", str(error).partition("\n")[0]) or "it is no LaTeX"
        raise UnreadableError(why[0].lower() + why[1:]) from None
    found: Sequence[Any] = nodes
    return found
