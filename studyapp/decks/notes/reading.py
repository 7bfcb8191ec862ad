"""Lecture notes as they are written, as a tree: sections, heads of lists, questions with answers, statements, papers.

Indentation makes the tree where there is any. In flat notes a line that ends with a colon, a page range or a short line
before longer ones opens what follows. Nothing is lost: each line is in the tree, is the title, or is left out and says
why.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, pairwise

from studyapp.decks.notes.kinds import ANSWER, QUESTION, WONDERS, NoteKind, explains, is_whole_question, kind_of
from studyapp.decks.notes.lines import (
    LeftOut,
    Line,
    chrome,
    front_matter,
    is_about_course,
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
from studyapp.decks.notes.pieces import FIELD, Piece, joined, without_blocks

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
    lines = read_lines(text)
    matter = front_matter(lines)
    left = [LeftOut(one.number, one.text, "front matter") for one in lines[:matter]]
    lines, code = without_blocks(lines[matter:])
    kept: list[Line] = []
    for at, line in enumerate(lines):
        why = chrome(line.text, lines[at + 1].text if at + 1 < len(lines) else "") if line.number not in code else ""
        if why:
            left.append(LeftOut(line.number, line.text, why))
        else:
            kept.append(line)
    drafts = joined(kept, code)
    title = _title(drafts)
    if title is not None:
        drafts = drafts[1:]
    course, drafts = _course_apart(drafts)
    left += [LeftOut(at, one.text, "about the course, not its matter") for one in course for at in one.numbers]
    roots = _tree(drafts)
    items = tuple(item for root in roots for item in _items(root))
    left += [LeftOut(at, "", "a mark without words") for one in drafts if one.empty for at in one.numbers]
    left.sort(key=lambda one: one.line)
    return Notes(title.line.text.rstrip(" :") if title else "", title.line.number if title else 0, items, tuple(left))


# --- the title, and what is none of the matter ----------------------------------------------------


def _title(drafts: Sequence[Piece]) -> Piece | None:
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


def _course_apart(drafts: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """What stands above the first of several lectures and is about exams, dates and duties; and all the rest."""
    lectures = [at for at, one in enumerate(drafts) if one.plain and is_numbered(one.text)]
    first = lectures[0] if len(lectures) > 1 else 0
    course = [not one.code and is_about_course(one.text) for one in drafts[:first]]
    rest = [one for one, is_one in zip(drafts[:first], course, strict=True) if not is_one]
    return list(compress(drafts, course)), rest + drafts[first:]


# --- the tree -------------------------------------------------------------------------------------

_LECTURES, _TITLES, _HEADS, _ASKED, _PLAIN, _BULLETS = 10.0, 20.0, 30.0, 80.0, 90.0, 100.0
"""Depths: a line stands under the nearest one above it that is less deep. `#` headings have 1 to 6, bullets more by
their indentation."""


def _tree(drafts: Sequence[Piece]) -> list[Piece]:
    """The drafts that stand under nothing, with all others below them."""
    flat = len({one.line.indent for one in drafts if one.line.bullet}) <= 1
    _judge(drafts, {one.text[:-1].casefold() for one in drafts if one.text.endswith(":")} if flat else None)
    _find_papers(drafts)
    roots: list[Piece] = []
    stack: list[Piece] = []
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
            if root.children and root.line.bullet and root.kind is not NoteKind.QUESTION and not _is_term(root.text):
                root.kind = NoteKind.SECTION
    return roots


def _is_term(text: str) -> bool:
    return explains(text) and not is_numbered(text)


def _answered(question: Piece, draft: Piece) -> bool:
    """Whether a plain line below a question is no answer to it any more."""
    if question.depth != _ASKED or not question.children or not draft.plain or FIELD.match(draft.text):
        return False
    close = not question.line.apart or not question.children[0].line.apart
    return (draft.line.apart and close) or len(question.children) >= MOST_ANSWER_LINES


def _judge(drafts: Sequence[Piece], heads: Container[str] | None) -> None:
    """Give each draft its depth, and its kind where it opens something; from the last on, for what follows decides.

    `heads` are what stands before colons in notes whose bullets have one indentation, None for all others.
    """
    following: Piece | None = None
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


PAPER_WORDS = 5
"""A title of so many words, with nothing below it, is a paper's where its section names papers to read."""


def _find_papers(drafts: Sequence[Piece]) -> None:
    """Take empty titles in sections that name papers for papers too: they were noted one below the other."""
    among = False
    for draft, following in pairwise(drafts):
        if draft.depth != _TITLES:
            among = (among and draft.kind is not NoteKind.SECTION) or is_paper(draft.text)
            continue
        empty = following.kind is NoteKind.SECTION and following.depth <= _TITLES
        if among and empty and len(draft.text.split()) >= PAPER_WORDS:
            draft.kind, draft.depth = NoteKind.PAPER, _PLAIN
        else:
            among = False


def _judge_plain(draft: Piece, above: Piece | None, following: Piece | None) -> None:
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
    elif is_head(text) and not FIELD.match(text):
        draft.kind, draft.depth = NoteKind.SECTION, _HEADS
    elif QUESTION.match(text) or is_whole_question(text):
        draft.kind, draft.depth = NoteKind.QUESTION, _ASKED
    elif draft.kind is NoteKind.STATEMENT and _opens(draft, above, following):
        draft.kind, draft.depth = NoteKind.SECTION, _TITLES
    else:
        draft.depth = _PLAIN
    draft.quiz = draft.kind is NoteKind.SECTION and is_quiz(draft.text)


def _opens(draft: Piece, above: Piece | None, following: Piece | None) -> bool:
    """Whether a plain line is a title: what follows is longer, a bullet, or a section itself."""
    if following is None or not looks_like_title(draft.text) or is_paper(draft.text):
        return False
    if above is not None and not draft.line.apart and is_whole_question(above.text):
        return False
    if following.line.bullet or following.kind is NoteKind.SECTION:
        return True
    words, more = len(draft.text.split()), len(following.text.split())
    return not FIELD.match(following.text) and more >= 4 and more >= 1.5 * words


def _judge_bullet(draft: Piece, following: Piece | None, heads: Container[str] | None) -> None:
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


def _items(draft: Piece, asked: bool = False) -> Iterator[Item]:
    """What a draft comes to: one item, or of a paragraph as many as it has thoughts; the last has the children.

    `asked` where it stands under a quiz.
    """
    quiz, question = asked or draft.quiz, _is_question(draft, asked)
    children = tuple(child for one in draft.children for child in (_answers if question else _items)(one, quiz))
    lines = tuple(draft.numbers)
    if draft.code:
        yield Item(NoteKind.CODE, draft.code, lines)
        return
    head = children and draft.line.bullet and len(draft.text.split()) <= MOST_HEAD_WORDS and not explains(draft.text)
    if draft.kind is NoteKind.SECTION or (not question and (head or (children and draft.text.endswith(":")))):
        kind = NoteKind.SECTION if draft.kind is NoteKind.SECTION else NoteKind.LIST
        text = draft.text.rstrip(" :.") or draft.text
        yield Item(kind, text, lines, children, pages=draft.pages, todo=draft.todo, quiz=draft.quiz)
        return
    parts = [draft.text] if question or draft.kind is NoteKind.CHORE else thoughts(draft.text)
    for at, part in enumerate(parts):
        kind, text, term = kind_of(part, draft.kind, question)
        todo = draft.todo or "??" in part
        yield Item(kind, text, lines, children if at == len(parts) - 1 else (), term, todo=todo)


def _answers(draft: Piece, asked: bool) -> Iterator[Item]:
    """What stands below a question, as it stands."""
    children = tuple(child for one in draft.children for child in _answers(one, asked))
    text = ANSWER.sub("", draft.text, count=1) or draft.text
    yield Item(NoteKind.CODE if draft.code else NoteKind.STATEMENT, draft.code or text, tuple(draft.numbers), children)


def _is_question(draft: Piece, asked: bool) -> bool:
    if draft.code or draft.kind in (NoteKind.SECTION, NoteKind.CHORE):
        return False
    whole = draft.kind is NoteKind.QUESTION or (asked and not draft.quiz) or QUESTION.match(draft.text) is not None
    return whole or is_whole_question(draft.text) or WONDERS.match(draft.text) is not None
