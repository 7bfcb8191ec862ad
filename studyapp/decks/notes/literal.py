"""Plain text as Markdown that shows exactly that text; formulas stay formulas where they can be read as such."""

from __future__ import annotations

import re
from functools import lru_cache

from studyapp.formulas import fault

# Whatever Markdown, a gap or a parameter could begin with; `_` between letters and `*` between blanks are text anyway.
_SIGNS = re.compile(r"[\\`\[\]<>$~{}|]|(?<!\s)\*|\*(?!\s)|_(?![^\W_])|(?<![^\W_])_|&(?=[#\w]+;)|:(?=:)|(?<=:):|!(?=\[)")
_START = re.compile(r"(?:[-+*>=]|#{1,6}(?=\s|$))|(\d{1,9})([.)])(?=\s|$)|(?:Analogy|Hint|Source)(?=:)")
_MATHS = re.compile(r"(?<![\w$])(\$\$?)(?!\$)([^$`\n]+)\1(?![\d$])")
_SIZES = re.compile(
    r"\\(?:tiny|scriptsize|footnotesize|small|normalsize|large|Large|LARGE|huge|Huge|displaystyle)\b\s*"
)
_LATEX = re.compile(r"[\\^_=<>]")
_GAP = re.compile(r"::|\{\{c\d")


def literal(text: str) -> str:
    """The text with a backslash before every sign that would be more than itself; one line stays one line."""
    escaped = _SIGNS.sub(lambda found: "\\" + found[0], text)
    start = _START.match(escaped)
    if start is None:
        return escaped
    if start[1]:
        return f"{start[1]}\\{escaped[start.start(2) :]}"
    if start[0][0].isalpha():
        return f"{start[0]}\\{escaped[start.end() :]}"
    return f"\\{escaped}"


def maths(text: str) -> list[tuple[int, int, str]]:
    """Where formulas between dollars stand, with the LaTeX inside; "costs $5 and $9" has none."""
    found = []
    for one in _MATHS.finditer(text):
        inside = one[2].strip()
        tight = inside == one[2] and not (one.end() < len(text) and text[one.end()].isalnum())
        if inside and (tight or _LATEX.search(inside)):
            found.append((one.start(), one.end(), _SIZES.sub("", inside).strip() or inside))
    return found


def inline(text: str, *, begins: bool = True) -> str:
    """A text of notes as Markdown on one line: formulas as `$...$`, as code if they cannot be read; all else literal.

    `begins` says that it begins the line, where a hyphen or a number would begin a list.
    """
    pieces: list[str] = []
    at = 0
    for start, end, latex in maths(text):
        pieces += [_plain(text[at:start], begins and at == 0), _formula(latex)]
        at = end
    return "".join([*pieces, _plain(text[at:], begins and at == 0)])


def _plain(text: str, begins: bool) -> str:
    return literal(text) if begins else _SIGNS.sub(lambda found: "\\" + found[0], text)


def _formula(latex: str) -> str:
    if readable(latex):
        return f"${latex}$"
    return code(latex)


@lru_cache(maxsize=4096)
def readable(latex: str) -> bool:
    """Whether a formula can be laid out, and holds nothing that a card would take for a gap or a parameter."""
    return "@{" not in latex and not _GAP.search(latex) and latex.isprintable() and balanced(latex) and not fault(latex)


def balanced(text: str) -> bool:
    """Whether its braces balance; those after a backslash are no braces."""
    depth = 0
    for sign in re.findall(r"\\.|[{}]", text, re.DOTALL):
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def code(text: str) -> str:
    """The text as a span of code."""
    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"
