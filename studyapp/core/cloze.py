"""Gaps in a text, `{{c1::answer::hint}}`: which there are, and how each is asked and revealed.

Braces balance, so LaTeX may stand inside a gap; `\\{` and `\\}` are no braces; code spans and fences are left alone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# A fence may stand in a list item or a quotation, hence the markers before it.
_FENCE = re.compile(r"^(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*(`{3,}(?=[^`\n]*$)|~{3,})", re.M)
_TICKS = re.compile(r"\\.|`+", re.S)
# A code span ends with its block: at a blank line, a list item or a heading.
_BLOCK_END = re.compile(r"\n(?=[ \t]*(?:\n|[-+*][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]))")
# GitHub's rules: no space just inside the dollars, no digit just after them ("costs $5 and $9" is text).
_MATHS = re.compile(
    r"\\.|(?P<maths>\$\$(?:\\.|[^\\$])+\$\$|\$(?![\s$])(?:\\.|[^\\$\n]|\n(?![ \t]*\n))*?(?<!\s)\$(?![\d$]))", re.S
)
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
_OPENING = re.compile(r"\\.|\{\{c([0-9]+):(:?)", re.S)
_BRACE = re.compile(r"\\.|[{}]", re.S)


class ClozeError(ValueError):
    """A gap that cannot be read; `offset` is the place in the text, counted in characters."""

    def __init__(self, message: str, offset: int = 0) -> None:
        """Say what is wrong in one line, and where."""
        super().__init__(message)
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Gap:
    """One `{{c1::answer::hint}}`, from offset `start` up to `end`; `hint` may be empty, `answer` never is."""

    number: int
    start: int
    end: int
    answer: str
    hint: str = ""


def code_ranges(text: str) -> list[tuple[int, int]]:
    """Where code stands, as (start, end) offsets: fences whole with their fence lines, code spans with backticks."""
    if "`" not in text and "~~~" not in text:
        return []
    ranges: list[tuple[int, int]] = []
    position = 0
    while fence := _FENCE.search(text, position):
        ranges += _spans(text, position, fence.start(1))
        marker = fence[1]
        closing = re.compile(rf"^[ \t>]*{marker[0]}{{{len(marker)},}}[ \t]*$", re.M)
        newline = text.find("\n", fence.end())
        end = closing.search(text, newline + 1) if newline >= 0 else None
        position = end.end() if end else len(text)
        ranges.append((fence.start(1), position))
    return ranges + _spans(text, position, len(text))


def _spans(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    """Code spans between two offsets: a run of backticks up to the next run of the same length in the same block."""
    found: list[tuple[int, int]] = []
    while opening := _TICKS.search(text, start, stop):
        start = opening.end()
        if text[opening.start()] == "\\":
            continue
        block_end = _BLOCK_END.search(text, start, stop)
        limit = block_end.start() if block_end else stop
        closing = re.compile(rf"(?<!`){opening[0]}(?!`)").search(text, start, limit)
        if closing:
            start = closing.end()
            found.append((opening.start(), start))
    return found


def without_code(text: str) -> str:
    """The text with U+FFFC for each character of code: offsets stay, and a search finds nothing inside code."""
    return _masked(text, code_ranges(text))


def maths_ranges(text: str) -> list[tuple[int, int]]:
    """Where `$...$` and `$$...$$` stand outside code, as (start, end) offsets with their dollars, by GitHub's rules."""
    if "$" not in text:
        return []
    return [m.span() for m in _MATHS.finditer(without_code(text)) if m["maths"]]


def _masked(text: str, ranges: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    position = 0
    for start, end in ranges:
        pieces += [text[position:start], "\ufffc" * (end - start)]
        position = end
    return "".join([*pieces, text[position:]])


def gaps(text: str) -> tuple[Gap, ...]:
    """All gaps in order of appearance; ClozeError for one that is unbalanced, nested, empty or numbered 0."""
    if "{{c" not in text:
        return ()
    visible = without_code(text)
    found: list[Gap] = []
    position = 0
    while opening := _OPENING.search(visible, position):
        position = opening.end()
        if opening[1] is None:
            continue
        if not opening[2]:
            raise ClozeError(f"gap c{opening[1]} has one colon, a gap is written {{{{c1::text}}}}", opening.start())
        end = _closing(visible, opening)
        found.append(_gap(text, visible, opening, end))
        position = end
    return tuple(found)


def _closing(visible: str, opening: re.Match[str]) -> int:
    """The offset after the `}}` that closes a gap."""
    depth = 0
    position = opening.end()
    while brace := _BRACE.search(visible, position):
        position = brace.end()
        match brace[0]:
            case "{":
                if (nested := _OPENING.match(visible, brace.start())) and nested[1]:
                    raise ClozeError(f"gap c{nested[1]} stands inside gap c{opening[1]}", brace.start())
                depth += 1
            case "}" if depth:
                depth -= 1
            case "}" if visible.startswith("}", position):
                return position + 1
            case "}":
                break
    raise ClozeError(f"gap c{opening[1]} is never closed, its braces do not balance", opening.start())


def _gap(text: str, visible: str, opening: re.Match[str], end: int) -> Gap:
    start, stop = opening.end(), end - 2
    inside = _masked(visible[start:stop], maths_ranges(visible[start:stop]))
    at = inside.rfind("::")
    answer = (text[start : start + at] if at >= 0 else text[start:stop]).strip()
    hint = " ".join(text[start + at + 2 : stop].split()) if at >= 0 else ""
    number = int(opening[1][:9])
    if not answer:
        raise ClozeError(f"gap c{opening[1]} is empty", opening.start())
    if not 1 <= number <= 999:
        raise ClozeError(f"gap c{opening[1]}: gaps are numbered from 1 to 999", opening.start())
    return Gap(number, opening.start(), end, answer, hint)


def cloze_numbers(text: str) -> tuple[int, ...]:
    """The numbers of the gaps in a text, each once, ascending: one card each; ClozeError as `gaps`."""
    return tuple(sorted({gap.number for gap in gaps(text)}))


def cloze_answer(text: str, n: int) -> tuple[str, ...]:
    """What stands in the gaps of number `n`, in order; several gaps may share a number. Empty when there is none."""
    return tuple(gap.answer for gap in gaps(text) if gap.number == n)


def cloze(text: str, number: int, *, reveal: bool) -> str:
    r"""The text, as Markdown, asking for one gap as `[…]` or `[hint]`, all other gaps filled in.

    Paragraphs after the last one with a gap are the explanation: they are left out until the answer is revealed. Inside
    a formula a gap without a hint is `{\hidden{answer}}`, which keeps the place of the answer and shows nothing.

    Revealed, the answer is bold; a formula stays `$...$`, since bold maths would not be read as maths. ClozeError when
    the text has no gap of that number.
    """
    found = gaps(text)
    if found and not reveal:
        after = _PARAGRAPH_END.search(without_code(text), found[-1].end)
        text = text[: after.start()] if after else text
    if number not in {gap.number for gap in found}:
        raise ClozeError(f"there is no gap c{number}")
    maths = maths_ranges(text)
    pieces: list[str] = []
    position = 0
    for gap in found:
        pieces.append(text[position : gap.start])
        position = gap.end
        in_maths = any(start < gap.start and gap.end < end for start, end in maths)
        if gap.number != number or (reveal and in_maths):
            pieces.append(gap.answer)
        elif in_maths and not gap.hint:
            pieces.append(rf"{{\hidden{{{gap.answer}}}}}")
        elif not reveal:
            pieces.append(_asked(gap, text[position : position + 1]))
        else:
            pieces.append(_bold(gap.answer, "".join(pieces)[-1:], text[position : position + 1]))
    return "".join([*pieces, text[position:]])


def _asked(gap: Gap, after: str) -> str:
    # "[…](" would start a link, "[…]:" a link's definition: a backslash keeps them text.
    backslash = "\\" if after and after in "([:" else ""
    return f"{backslash}[{gap.hint or '…'}{backslash}]"


def _bold(answer: str, before: str, after: str) -> str:
    """The answer in `**`, or as it is where CommonMark would show the asterisks or where it is a formula."""
    formula = maths_ranges(answer) == [(0, len(answer))]
    opens = not _punctuation(answer[0]) or not before or before.isspace() or _punctuation(before)
    closes = not _punctuation(answer[-1]) or not after or after.isspace() or _punctuation(after)
    if formula or not opens or not closes or re.search(r"\n[ \t]*\n", answer):
        return answer
    return f"**{answer}**"


def _punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"
