"""Markdown's tokens for a card: CommonMark without raw HTML and underlined headings, with tables and formulas.

Formulas follow GitHub's rules for `$`, so that "costs $5 and $9" is text: no space just inside the dollars, no letter
or digit before the first, no digit after the last, and the next dollar decides. Loaded with the first card that needs
it.
"""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from studyapp.formulas import linear

DEEPEST = 40
"""Blocks nested deeper than this are not laid out (an item in a list counts as two)."""

# A backslash takes the next character with it; code in backticks is no part of a formula.
_INLINE = re.compile(r"\$(?![\s$])((?:\\.|[^\\$`])+)(?<!\s)\$(?![0-9$])", re.DOTALL)
_DISPLAY = re.compile(r"\$\$(?!\$)((?:\\.|[^\\$`])+)\$\$(?!\$)", re.DOTALL)


# Without any of these a text has no marks to leave out.
_MARKED = re.compile(r"[\\`*_\[<&$~|#>+-]|^ *[0-9]+[.)] ", re.MULTILINE)


def tokens(text: str) -> list[Token]:
    """The block tokens of a text; `math_block` and, among a block's children, `math_inline` hold LaTeX."""
    return _parser().parse(text)


def visible(text: str) -> str:
    """The words that a reader sees of a text, on one line: no marks of Markdown, formulas in their linear form."""
    if not _MARKED.search(text):
        return " ".join(text.split())
    return " ".join(" ".join(map(seen, tokens(text))).split())


def seen(token: Token) -> str:
    """What a reader sees of one token, formulas in their linear form; nothing of one that only opens or closes."""
    match token.type:
        case "math_block" | "math_inline":
            return linear(token.content)
        case "inline":
            return "".join(seen(child) for child in token.children or ())
        case "softbreak" | "hardbreak":
            return " "
    return token.content


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST + 10})
    parser.enable(["table", "strikethrough"]).disable("lheading")
    parser.inline.ruler.before("escape", "math_inline", _inline)
    parser.block.ruler.before("fence", "math_block", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    return parser


def _inline(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if state.src[start] != "$":
        return False
    before = state.src[start - 1] if start else " "
    display = state.src.startswith("$$", start)
    found = (_DISPLAY if display else _INLINE).match(state.src, start, state.posMax)
    if found is None or (not display and (before.isalnum() or before == "$")):
        return False
    if not silent:
        token = state.push("math_inline", "", 0)
        token.content = found[1]
    state.pos = found.end()
    return True


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`$$ ... $$` that begins a line and ends one, with no blank line between."""
    if state.is_code_block(start):
        return False
    lines: list[str] = []
    for number in range(start, end):
        line = state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].rstrip()
        if not line or (number > start and state.sCount[number] < state.blkIndent):
            return False
        if number == start:
            if not line.startswith("$$"):
                return False
            line = line[2:]
        if "$$" in line:
            if line.index("$$") != len(line) - 2:
                return False
            lines.append(line[:-2])
            break
        lines.append(line)
    else:
        return False
    latex = "\n".join(lines)
    if not latex.strip():
        return False
    if not silent:
        token = state.push("math_block", "", 0)
        token.content = latex
        token.map = [start, number + 1]
        token.block = True
        state.line = number + 1
    return True
