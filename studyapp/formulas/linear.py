"""One line of Unicode for a formula, because a false fraction on a study card is worse than an ugly one."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 4_000
"""Formulas of more characters are shown as they stand; the parser is not made for them."""
DEEPEST = 40
"""So deep may brackets nest; deeper formulas are shown as they stand."""

# C0, DEL, C1, line and paragraph separators, and the controls that change the direction of text.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def linear(latex: str) -> str:
    r"""The formula on one line with explicit brackets: `\frac{1}{1+e^{-x}}` becomes `1/(1 + e⁻ˣ)`.

    What cannot be read as LaTeX comes back as it is. Never raises; the result has no control characters.
    """
    return _read(latex)[0]


def fault(latex: str) -> str:
    """Why `linear` gives a formula back as it is, in a few words; empty where it can be read."""
    return _read(latex)[1]


@lru_cache(maxsize=4096)
def _read(latex: str) -> tuple[str, str]:
    """The formula on one line, and what is wrong with it."""
    source = _CONTROL.sub(" ", latex).strip()
    if len(source) > LONGEST:
        return source, f"it has more than {LONGEST} characters"
    if _depth(source) > DEEPEST:
        return source, f"its brackets nest deeper than {DEEPEST}"
    from studyapp.formulas.reading import read
    from studyapp.formulas.tokens import UnreadableError
    from studyapp.formulas.writing import write

    try:
        text = write(read(_CONTROL.sub(_kept, latex).strip()))
    except UnreadableError as error:
        return source, str(error)
    except RecursionError:
        return source, "it is nested too deeply"
    return (text, "") if text else (source, "nothing of it would be seen")


def _kept(control: re.Match[str]) -> str:
    """Line ends stay for the parser, since a comment ends there."""
    return "\n" if control[0] == "\n" else " "


def _depth(source: str) -> int:
    depth = deepest = 0
    for character in source:
        if character in "{[(":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "}])":
            depth = max(0, depth - 1)
    return deepest
