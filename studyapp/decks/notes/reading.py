"""Lecture notes as they are written, as a tree: sections, heads of lists, questions with answers, statements, papers.

Indentation makes the tree where there is any. In flat notes a line that ends with a colon, a page range or a short line
before longer ones opens what follows. Nothing is lost: each line is in the tree, is the title, or is left out and says
why.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from studyapp.decks.notes.kinds import ANSWER, QUESTION, WONDERS, NoteKind, is_whole_question, kind_of
from studyapp.decks.notes.lines import (
    LeftOut,
    Line,
    chrome,
    is_head,
    is_numbered,
    is_paper,
    is_quiz,
    looks_like_title,
    page_range,
    read_lines,
    thoughts,
    unmarked,
)

DEEPEST = 20
"""Levels of the tree; what is deeper stands on the last one."""
MOST_ANSWER_LINES = 12
"""Plain lines below a question that are its answer; what follows stands for itself."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its text without bullet, marks and final colon, and the numbers of its own lines, from 1.

    A definition has its `term`, and `text` is what the term means. `pages` are those at a section's head. `todo` says
    that the notes have a mark at it, `quiz` that questions stand under it.
    """

    kind: NoteKind
    text: str
    lines: tuple[int, ...]
    children: tuple[Item, ...] = ()
    term: str = ""
    pages: tuple[int, int] | None = None
    todo: bool = False
    quiz: bool = False

    def whole(self) -> Iterator[Item]:
        """The item and all below it."""
        yield self
        for child in self.children:
            yield from child.whole()


@dataclass(frozen=True, slots=True)
class Notes:
    """All of the notes; `title_line` is 0 where no line is the title."""

    title: str
    title_line: int
    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...]


def read_notes(text: str) -> Notes:
    """Read notes; never raises. The tree is at most DEEPEST levels deep."""
    lines, code = _without_code(read_lines(text))
    kept: list[Line] = []
    left: list[LeftOut] = []
    for at, line in enumerate(lines):
        why = chrome(line.text, lines[at + 1].text if at + 1 < len(lines) else "") if line.number not in code else ""
        if why:
            left.append(LeftOut(line.number, line.text, why))
        else:
            kept.append(line)
    drafts = _joined(kept, code)
    title = _title(drafts)
    if title is not None:
        drafts = drafts[1:]
    roots = _tree(drafts)
    items = tuple(item for root in roots for item in _items(root))
    left += [LeftOut(at, "", "a mark without words") for one in drafts if one.empty for at in one.numbers]
    left.sort(key=lambda one: one.line)
    return Notes(title.line.text.rstrip(" :") if title else "", title.line.number if title else 0, items, tuple(left))


@dataclass(slots=True)
class _Draft:
    """A line on its way into the tree, with those that go on with it."""

    line: Line
    text: str
    numbers: list[int]
    depth: float = 0.0
    kind: NoteKind = NoteKind.STATEMENT
    code: str = ""
    pages: tuple[int, int] | None = None
    todo: bool = False
    quiz: bool = False
    children: list[_Draft] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not any(letter.isalnum() for letter in self.text) and not self.code

    @property
    def plain(self) -> bool:
        return not self.line.bullet


# --- lines ----------------------------------------------------------------------------------------

_FENCE = re.compile(r"(`{3,}|~{3,})\s*[\w+-]*")
_FIELD = re.compile(r"(?:Analogy|Hint|Source|Example)\s*:", re.I)
LONG_LINE = 40
"""Characters from which on a line that ends in no full stop may go on in the next."""


def _without_code(lines: list[Line]) -> tuple[list[Line], dict[int, list[Line]]]:
    """The lines, of a fenced block only its first; and by that line's number the lines between the fences."""
    kept: list[Line] = []
    code: dict[int, list[Line]] = {}
    fences = [at for at, line in enumerate(lines) if _FENCE.fullmatch(line.text) and not line.bullet]
    closing = dict(zip(fences[::2], fences[1::2], strict=False))
    at = 0
    while at < len(lines):
        end = closing.get(at, at)
        kept.append(lines[at])
        if end > at + 1:
            code[lines[at].number] = lines[at + 1 : end + 1]
            at = end
        at += 1
    return kept, code


def _joined(lines: Sequence[Line], code: dict[int, list[Line]]) -> list[_Draft]:
    """Lines that were broken by an editor put together again: the rest is indented, or begins with a small letter."""
    found: list[_Draft] = []
    for line in lines:
        above = found[-1] if found else None
        if line.number in code:
            inside = code[line.number]
            there = {one.number: one.whole for one in inside[:-1]}
            text = "\n".join(there.get(number, "") for number in range(min(there), max(there) + 1))
            numbers = [line.number, *(one.number for one in inside)]
            found.append(_Draft(line, "", numbers, code=text))
        elif above is not None and not above.code and not line.apart and not line.bullet and _goes_on(above, line):
            above.text += f" {line.text}"
            above.numbers.append(line.number)
        else:
            found.append(_Draft(line, line.text, [line.number]))
    return found


def _goes_on(above: _Draft, line: Line) -> bool:
    if _FIELD.match(line.text) or above.text[-1:] in ".?!:;" or above.line.bullet.startswith("#"):
        return (
            above.line.bullet in ("-", "*", "+", "•") and line.indent > above.line.indent + 1 and line.text[0].islower()
        )
    hanging = bool(above.line.bullet) and line.indent > above.line.indent
    return hanging or (len(above.text) >= LONG_LINE and line.text[0].islower() and line.indent >= above.line.indent)


def _title(drafts: Sequence[_Draft]) -> _Draft | None:
    """The first line, if it is short and stands apart, or above a line that opens a section."""
    if not drafts:
        return None
    first, following = drafts[0], drafts[1] if len(drafts) > 1 else None
    if first.line.bullet == "#" or first.code:
        return first if first.line.bullet == "#" and first.text and not page_range(first.text) else None
    short = first.plain and len(first.text.split()) <= 10 and first.text[-1] not in ".?!:" and "=" not in first.text
    if not short or page_range(first.text) or is_numbered(first.text) or following is None:
        return None
    opens = following.plain and (is_head(following.text) or looks_like_title(following.text))
    return first if following.line.apart or opens or page_range(following.text) else None


# --- the tree -------------------------------------------------------------------------------------

_LECTURES, _TITLES, _HEADS, _ASKED, _PLAIN, _BULLETS = 10.0, 20.0, 30.0, 80.0, 90.0, 100.0
"""Depths: a line stands under the nearest one above it that is less deep. `#` headings have 1 to 6, bullets more by
their indentation."""


def _tree(drafts: Sequence[_Draft]) -> list[_Draft]:
    """The drafts that stand under nothing, with all others below them."""
    flat = len({one.line.indent for one in drafts if one.line.bullet}) <= 1
    _judge(drafts, {one.text[:-1].casefold() for one in drafts if one.text.endswith(":")} if flat else None)
    roots: list[_Draft] = []
    stack: list[_Draft] = []
    for draft in drafts:
        if draft.empty:
            continue
        while stack and (stack[-1].depth >= draft.depth or _answered(stack[-1], draft)):
            stack.pop()
        del stack[DEEPEST - 1 :]
        (stack[-1].children if stack else roots).append(draft)
        if draft.depth != _PLAIN or draft.text.endswith(":"):
            stack.append(draft)
    if not any(one.kind is NoteKind.SECTION and one.children for one in drafts):
        for root in roots:
            if root.children and root.line.bullet and root.kind is not NoteKind.QUESTION:
                root.kind = NoteKind.SECTION
    return roots


def _answered(question: _Draft, draft: _Draft) -> bool:
    """Whether a plain line below a question is no answer to it any more."""
    if question.depth != _ASKED or not question.children or not draft.plain or _FIELD.match(draft.text):
        return False
    return (draft.line.apart and not question.line.apart) or len(question.children) >= MOST_ANSWER_LINES


def _judge(drafts: Sequence[_Draft], heads: Container[str] | None) -> None:
    """Give each draft its depth, and its kind where it opens something; from the last on, for what follows decides.

    `heads` are what stands before colons in notes whose bullets have one indentation, None for all others.
    """
    following: _Draft | None = None
    for at in range(len(drafts) - 1, -1, -1):
        draft, above = drafts[at], drafts[at - 1] if at else None
        draft.text, draft.todo, chore = unmarked(draft.text)
        if chore:
            draft.kind = NoteKind.CHORE
        if draft.code:
            draft.kind, draft.depth = NoteKind.CODE, _PLAIN if draft.plain else _BULLETS + draft.line.indent
        elif not draft.empty:
            if draft.plain or draft.line.bullet.startswith("#"):
                _judge_plain(draft, above, following)
            else:
                _judge_bullet(draft, following, heads)
        following = draft


def _judge_plain(draft: _Draft, above: _Draft | None, following: _Draft | None) -> None:
    text = draft.text
    pages = page_range(text)
    if pages is not None:
        draft.pages, draft.text = pages[:2], pages[2]
        draft.kind, draft.depth = NoteKind.SECTION, _LECTURES
        if draft.line.bullet:
            draft.depth = len(draft.line.bullet)
    elif draft.line.bullet:
        draft.kind, draft.depth = NoteKind.SECTION, len(draft.line.bullet)
    elif is_numbered(text):
        draft.kind, draft.depth = NoteKind.SECTION, _LECTURES
    elif is_head(text) and not _FIELD.match(text):
        draft.kind, draft.depth = NoteKind.SECTION, _HEADS
    elif QUESTION.match(text) or is_whole_question(text):
        draft.kind, draft.depth = NoteKind.QUESTION, _ASKED
    elif draft.kind is NoteKind.STATEMENT and _opens(draft, above, following):
        draft.kind, draft.depth = NoteKind.SECTION, _TITLES
    else:
        draft.depth = _PLAIN
    draft.quiz = draft.kind is NoteKind.SECTION and is_quiz(draft.text)


def _opens(draft: _Draft, above: _Draft | None, following: _Draft | None) -> bool:
    """Whether a plain line is a title: what follows is longer, a bullet, or a section itself."""
    if following is None or not looks_like_title(draft.text) or is_paper(draft.text):
        return False
    if above is not None and not draft.line.apart and is_whole_question(above.text):
        return False
    if following.line.bullet or following.kind is NoteKind.SECTION:
        return True
    words, more = len(draft.text.split()), len(following.text.split())
    return not _FIELD.match(following.text) and more >= 4 and more >= 1.5 * words


def _judge_bullet(draft: _Draft, following: _Draft | None, heads: Container[str] | None) -> None:
    draft.depth = _BULLETS + 10 * min(draft.line.indent, 1000) + 9
    draft.quiz = is_quiz(draft.text)
    if following is None or not following.line.bullet or following.line.indent != draft.line.indent:
        return
    if draft.text.endswith(":"):
        draft.depth -= 6
    elif heads is not None and following.text and _heads_a_flat_list(draft.text, following.text, heads):
        draft.depth -= 3


def _heads_a_flat_list(text: str, following: str, known: Container[str]) -> bool:
    """Whether a bullet without a colon, among bullets that are not indented, is the head of those that follow."""
    words, more = text.split(), following.split()
    if len(words) > 4 or not looks_like_title(text) or not text[0].isupper() or following.endswith(":"):
        return False
    if text.casefold() in known or more[0] == words[0]:
        return True
    if len(words) == 1 and text[1:].islower():
        return len(more) >= 6 and not following.startswith("$")
    return following.startswith("$") or (following.count(",") >= 2 and len(more) <= 8)


# --- items -----------------------------------------------------------------------------------------

MOST_HEAD_WORDS = 12
"""A bullet with others below it is their head if it has no more words; a longer one stands for itself too."""


def _items(draft: _Draft, asked: bool = False) -> Iterator[Item]:
    """What a draft comes to: one item, or of a paragraph as many as it has thoughts; the last has the children.

    `asked` where it stands under a quiz.
    """
    quiz, question = asked or draft.quiz, _is_question(draft, asked)
    children = tuple(child for one in draft.children for child in (_answers if question else _items)(one, quiz))
    lines = tuple(draft.numbers)
    if draft.code:
        yield Item(NoteKind.CODE, draft.code, lines)
        return
    head = children and draft.line.bullet and len(draft.text.split()) <= MOST_HEAD_WORDS
    if draft.kind is NoteKind.SECTION or (not question and (head or (children and draft.text.endswith(":")))):
        kind = NoteKind.SECTION if draft.kind is NoteKind.SECTION else NoteKind.LIST
        text = draft.text.rstrip(" :.") or draft.text
        yield Item(kind, text, lines, children, pages=draft.pages, todo=draft.todo, quiz=draft.quiz)
        return
    parts = [draft.text] if question or draft.kind is NoteKind.CHORE else thoughts(draft.text)
    for at, part in enumerate(parts):
        kind, text, term = kind_of(part, draft.kind, question)
        yield Item(kind, text, lines, children if at == len(parts) - 1 else (), term, todo=draft.todo)


def _answers(draft: _Draft, asked: bool) -> Iterator[Item]:
    """What stands below a question, as it stands."""
    children = tuple(child for one in draft.children for child in _answers(one, asked))
    text = ANSWER.sub("", draft.text, count=1) or draft.text
    yield Item(NoteKind.CODE if draft.code else NoteKind.STATEMENT, draft.code or text, tuple(draft.numbers), children)


def _is_question(draft: _Draft, asked: bool) -> bool:
    if draft.code or draft.kind in (NoteKind.SECTION, NoteKind.CHORE):
        return False
    whole = draft.kind is NoteKind.QUESTION or (asked and not draft.quiz) or QUESTION.match(draft.text) is not None
    return whole or is_whole_question(draft.text) or WONDERS.match(draft.text) is not None
