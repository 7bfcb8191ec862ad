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
    pieces = joined(kept, code)
    title = _title(pieces)
    if title is not None:
        pieces = pieces[1:]
    course, pieces = _course_apart(pieces)
    left += [LeftOut(at, one.text, "about the course, not its matter") for one in course for at in one.numbers]
    roots = _tree(pieces)
    items = tuple(item for root in roots for item in _items(root))
    left += [LeftOut(at, "", "a mark without words") for one in pieces if one.empty for at in one.numbers]
    left.sort(key=lambda one: one.line)
    return Notes(title.line.text.rstrip(" :") if title else "", title.line.number if title else 0, items, tuple(left))


# --- the title, and what is none of the matter ----------------------------------------------------


def _title(pieces: Sequence[Piece]) -> Piece | None:
    """The first line, if it is short and stands apart, or above a line that opens a section."""
    if not pieces:
        return None
    first, following = pieces[0], pieces[1] if len(pieces) > 1 else None
    if first.line.bullet == "#" or first.code:
        return first if first.line.bullet == "#" and first.text and not page_range(first.text) else None
    short = first.plain and len(first.text.split()) <= 10 and first.text[-1] not in ".?!:" and "=" not in first.text
    if not short or page_range(first.text) or is_numbered(first.text) or following is None:
        return None
    opens = following.plain and (is_head(following.text) or looks_like_title(following.text))
    return first if following.line.apart or opens or page_range(following.text) else None


def _course_apart(pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """What stands above the first of several lectures and is about exams, dates and duties; and all the rest."""
    lectures = [at for at, one in enumerate(pieces) if one.plain and is_numbered(one.text)]
    first = lectures[0] if len(lectures) > 1 else 0
    course = [not one.code and is_about_course(one.text) for one in pieces[:first]]
    rest = [one for one, is_one in zip(pieces[:first], course, strict=True) if not is_one]
    return list(compress(pieces, course)), rest + pieces[first:]


# --- the tree -------------------------------------------------------------------------------------

_LECTURES, _TITLES, _HEADS, _ASKED, _PLAIN, _BULLETS = 10.0, 20.0, 30.0, 80.0, 90.0, 100.0
"""Depths: a line stands under the nearest one above it that is less deep. `#` headings have 1 to 6, bullets more by
their indentation."""


def _tree(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces that stand under nothing, with all others below them."""
    flat = len({one.line.indent for one in pieces if one.line.bullet}) <= 1
    _judge(pieces, {one.text[:-1].casefold() for one in pieces if one.text.endswith(":")} if flat else None)
    _find_papers(pieces)
    roots: list[Piece] = []
    stack: list[Piece] = []
    for piece in pieces:
        if piece.empty:
            continue
        while stack and (stack[-1].depth >= piece.depth or _answered(stack[-1], piece)):
            stack.pop()
        del stack[DEEPEST - 1 :]
        (stack[-1].children if stack else roots).append(piece)
        if piece.depth != _PLAIN or piece.text.endswith(":"):
            stack.append(piece)
    if not any(one.kind is NoteKind.SECTION and one.children for one in pieces):
        for root in roots:
            if root.children and root.line.bullet and root.kind is not NoteKind.QUESTION and not _is_term(root.text):
                root.kind = NoteKind.SECTION
    return roots


def _is_term(text: str) -> bool:
    return explains(text) and not is_numbered(text)


def _answered(question: Piece, piece: Piece) -> bool:
    """Whether a plain line below a question is no answer to it any more."""
    if question.depth != _ASKED or not question.children or not piece.plain or FIELD.match(piece.text):
        return False
    close = not question.line.apart or not question.children[0].line.apart
    return (piece.line.apart and close) or len(question.children) >= MOST_ANSWER_LINES


def _judge(pieces: Sequence[Piece], heads: Container[str] | None) -> None:
    """Give each piece its depth, and its kind where it opens something; from the last on, for what follows decides.

    `heads` are what stands before colons in notes whose bullets have one indentation, None for all others.
    """
    following: Piece | None = None
    for at in range(len(pieces) - 1, -1, -1):
        piece, above = pieces[at], pieces[at - 1] if at else None
        piece.text, piece.todo, chore = unmarked(piece.text)
        if chore:
            piece.kind = NoteKind.CHORE
        if piece.code:
            piece.kind, piece.depth = NoteKind.CODE, _PLAIN if piece.plain else _BULLETS + piece.line.indent
        elif not piece.empty:
            if piece.plain or piece.line.bullet.startswith("#"):
                _judge_plain(piece, above, following)
            else:
                _judge_bullet(piece, following, heads)
        following = piece


PAPER_WORDS = 5
"""A title of so many words, with nothing below it, is a paper's where its section names papers to read."""


def _find_papers(pieces: Sequence[Piece]) -> None:
    """Take empty titles in sections that name papers for papers too: they were noted one below the other."""
    among = False
    for piece, following in pairwise(pieces):
        if piece.depth != _TITLES:
            among = (among and piece.kind is not NoteKind.SECTION) or is_paper(piece.text)
            continue
        empty = following.kind is NoteKind.SECTION and following.depth <= _TITLES
        if among and empty and len(piece.text.split()) >= PAPER_WORDS:
            piece.kind, piece.depth = NoteKind.PAPER, _PLAIN
        else:
            among = False


def _judge_plain(piece: Piece, above: Piece | None, following: Piece | None) -> None:
    text = piece.text
    pages = page_range(text)
    if pages is not None:
        piece.pages, piece.text = pages[:2], pages[2]
        piece.kind, piece.depth = NoteKind.SECTION, _LECTURES
        if piece.line.bullet:
            piece.depth = len(piece.line.bullet)
    elif piece.line.bullet:
        piece.kind, piece.depth = NoteKind.SECTION, len(piece.line.bullet)
    elif is_numbered(text):
        piece.kind, piece.depth = NoteKind.SECTION, _LECTURES
    elif is_head(text) and not FIELD.match(text):
        piece.kind, piece.depth = NoteKind.SECTION, _HEADS
    elif QUESTION.match(text) or is_whole_question(text):
        piece.kind, piece.depth = NoteKind.QUESTION, _ASKED
    elif piece.kind is NoteKind.STATEMENT and _opens(piece, above, following):
        piece.kind, piece.depth = NoteKind.SECTION, _TITLES
    else:
        piece.depth = _PLAIN
    piece.quiz = piece.kind is NoteKind.SECTION and is_quiz(piece.text)


def _opens(piece: Piece, above: Piece | None, following: Piece | None) -> bool:
    """Whether a plain line is a title: what follows is longer, a bullet, or a section itself."""
    if following is None or not looks_like_title(piece.text) or is_paper(piece.text):
        return False
    if above is not None and not piece.line.apart and is_whole_question(above.text):
        return False
    if following.line.bullet or following.kind is NoteKind.SECTION:
        return True
    words, more = len(piece.text.split()), len(following.text.split())
    return not FIELD.match(following.text) and more >= 4 and more >= 1.5 * words


def _judge_bullet(piece: Piece, following: Piece | None, heads: Container[str] | None) -> None:
    piece.depth = _BULLETS + 10 * min(piece.line.indent, 1000) + 9
    piece.quiz = is_quiz(piece.text)
    if following is None or not following.line.bullet or following.line.indent != piece.line.indent:
        return
    if piece.text.endswith(":"):
        piece.depth -= 6
    elif heads is not None and following.text and _heads_a_flat_list(piece.text, following.text, heads):
        piece.depth -= 3


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


def _items(piece: Piece, asked: bool = False) -> Iterator[Item]:
    """What a piece comes to: one item, or of a paragraph as many as it has thoughts; the last has the children.

    `asked` where it stands under a quiz.
    """
    quiz, question = asked or piece.quiz, _is_question(piece, asked)
    children = tuple(child for one in piece.children for child in (_answers if question else _items)(one, quiz))
    lines = tuple(piece.numbers)
    if piece.code:
        yield Item(NoteKind.CODE, piece.code, lines)
        return
    head = children and piece.line.bullet and len(piece.text.split()) <= MOST_HEAD_WORDS and not explains(piece.text)
    if piece.kind is NoteKind.SECTION or (not question and (head or (children and piece.text.endswith(":")))):
        kind = NoteKind.SECTION if piece.kind is NoteKind.SECTION else NoteKind.LIST
        text = piece.text.rstrip(" :.") or piece.text
        yield Item(kind, text, lines, children, pages=piece.pages, todo=piece.todo, quiz=piece.quiz)
        return
    parts = [piece.text] if question or piece.kind is NoteKind.CHORE else thoughts(piece.text)
    for at, part in enumerate(parts):
        kind, text, term = kind_of(part, piece.kind, question)
        todo = piece.todo or "??" in part
        yield Item(kind, text, lines, children if at == len(parts) - 1 else (), term, todo=todo)


def _answers(piece: Piece, asked: bool) -> Iterator[Item]:
    """What stands below a question, as it stands."""
    children = tuple(child for one in piece.children for child in _answers(one, asked))
    text = ANSWER.sub("", piece.text, count=1) or piece.text
    yield Item(NoteKind.CODE if piece.code else NoteKind.STATEMENT, piece.code or text, tuple(piece.numbers), children)


def _is_question(piece: Piece, asked: bool) -> bool:
    if piece.code or piece.kind in (NoteKind.SECTION, NoteKind.CHORE):
        return False
    whole = piece.kind is NoteKind.QUESTION or (asked and not piece.quiz) or QUESTION.match(piece.text) is not None
    return whole or is_whole_question(piece.text) or WONDERS.match(piece.text) is not None
