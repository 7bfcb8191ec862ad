"""From LaTeX to what a terminal shows: a formula in two dimensions where it has room, else on one line of Unicode."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studyapp.formulas.nodes import Row

LONGEST = 4_000
"""Formulas of more characters are shown as they stand; the parser is not made for them."""
DEEPEST = 40
"""So deep may brackets nest; deeper formulas are shown as they stand."""

HIDDEN = "\\hidden{"
"""What stands in these braces is asked for: it is not shown, and its place is kept."""
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)

# C0, DEL, C1, line and paragraph separators, and the controls that change the direction of text.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def linear(latex: str) -> str:
    r"""The formula on one line with explicit brackets: `\frac{1}{1+e^{-x}}` becomes `1/(1 + e⁻ˣ)`.

    What cannot be read as LaTeX comes back as it is. Never raises; the result has no control characters.
    """
    return _written(latex)[0]


def fault(latex: str) -> str:
    """Why `linear` gives a formula back as it is, in a few words; empty where it can be read."""
    return _written(latex)[1]


def unknown_macros(latex: str) -> tuple[str, ...]:
    r"""The macros that are shown as words since nobody knows them, in order and without backslash: `unk` for `\unk{x}`.

    Each once. None in a formula that has a `fault`, which is shown as it stands; never raises.
    """
    if "\\" not in latex or fault(latex):
        return ()
    from studyapp.formulas.unknown import unknown

    return unknown(_cleaned(latex))


@lru_cache(maxsize=1024)
def displayed(latex: str, width: int) -> tuple[str, ...]:
    """The formula's lines in two dimensions, all as wide; none for one that is wider than `width` cells or unreadable.

    Where nothing is stacked, that is one line. Never raises; the result has no control characters.
    """
    row, _ = _read(latex)
    if row is None or fault(latex):
        return ()
    from studyapp.formulas.layout import lay_out

    box = lay_out(row)
    return box.lines if box.width <= width else ()


@lru_cache(maxsize=4096)
def _written(latex: str) -> tuple[str, str]:
    """The formula on one line, and what is wrong with it."""
    row, wrong = _read(latex)
    if row is None:
        return _source(latex), wrong
    from studyapp.formulas.writing import write

    text = write(row)
    return (text, "") if text else (_source(latex), "nothing of it would be seen")


@lru_cache(maxsize=1024)
def _read(latex: str) -> tuple[Row | None, str]:
    """The formula read; or None, and what is wrong with it."""
    source = _CONTROL.sub(" ", latex).strip()
    if len(source) > LONGEST:
        return None, f"it has more than {LONGEST} characters"
    if _depth(source) > DEEPEST:
        return None, f"its brackets nest deeper than {DEEPEST}"
    from studyapp.formulas.reading import read
    from studyapp.formulas.tokens import UnreadableError

    try:
        return read(_cleaned(latex)), ""
    except UnreadableError as error:
        return None, str(error)
    except RecursionError:
        return None, "it is nested too deeply"


def _source(latex: str) -> str:
    """The formula as it was typed, but for control characters and what is hidden."""
    source = _CONTROL.sub(" ", latex).strip()
    while (start := source.find(HIDDEN)) >= 0:
        source = f"{source[:start]}[…]{source[_closing(source, start + len(HIDDEN)) :]}"
    return source


def _closing(source: str, start: int) -> int:
    """The place after the brace that closes what was opened before `start`; the end where none does."""
    depth = 1
    for brace in _BRACE.finditer(source, start):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            return brace.end()
    return len(source)


def _cleaned(latex: str) -> str:
    """The formula for the parser: without control characters but line ends, since a comment ends there."""
    return _CONTROL.sub(lambda control: "\n" if control[0] == "\n" else " ", latex).strip()


def _depth(source: str) -> int:
    depth = deepest = 0
    for character in source:
        if character in "{[(":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "}])":
            depth = max(0, depth - 1)
    return deepest
