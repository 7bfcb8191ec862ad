"""Which macros of a formula nobody told us about: they are shown as words, and may be slips of the author's pen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from studyapp.formulas import symbols, syntax
from studyapp.formulas.signs import sign_of
from studyapp.formulas.tokens import kind, macro, parsed


def unknown(latex: str) -> tuple[str, ...]:
    """The names in the order of the formula, each once; UnreadableError for what is no LaTeX."""
    return tuple(dict.fromkeys(name for name in _macros(parsed(latex)) if not _is_known(name)))


def _is_known(name: str) -> bool:
    return name in syntax.TAKES or name in symbols.DROPPED or name in syntax.STRUCTURE or sign_of(name) is not None


def _macros(nodes: Sequence[Any]) -> Iterator[str]:
    """All macros that are shown, those in braces, arguments and environments too."""
    for node in nodes:
        if name := macro(node):
            yield name
        if kind(node) in ("Group", "Math", "Environment"):
            yield from _macros(node.nodelist)
        elif name and name not in syntax.HIDDEN and node.nodeargd and node.nodeargd.argnlist:
            yield from _macros([one for one in node.nodeargd.argnlist if one is not None])
