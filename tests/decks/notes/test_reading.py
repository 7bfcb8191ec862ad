"""Rules of reading lecture notes: how lines make a tree, and that no line is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.decks.notes.kinds import NoteKind
from studyapp.decks.notes.reading import DEEPEST, Item, read_notes
from tests.decks.notes.lecture_notes import ALL, FLASHCARDS, FLAT, HASTY, OUTLINE, PROSE


def told(text: str) -> list[str]:
    """Each item on a line of its own, indented as deep as it stands: kind, first line, text."""
    return [line for item in read_notes(text).items for line in _told(item, 0)]


def _told(item: Item, depth: int) -> Iterator[str]:
    term = f"{item.term} | " if item.term else ""
    yield f"{'  ' * depth}{item.kind.value} {item.lines[0]} {term}{item.text}"
    for child in item.children:
        yield from _told(child, depth + 1)


# --- the five habits --------------------------------------------------------------------------------


def test_short_lines_open_what_follows_where_there_are_no_bullets() -> None:
    """A title stands above longer lines; one above another title has nothing under it; the first line names all."""
    notes = read_notes(HASTY)
    assert (notes.title, notes.title_line) == ("Databases, lesson 3", 1)
    sections = [(item.lines[0], item.text, len(item.children)) for item in notes.items]
    assert sections == [
        (2, "Index", 1),
        (4, "Transactions", 2),
        (8, "Isolation levels", 2),
        (10, "Recovery", 4),
        (15, "Hashing", 1),
    ]


def test_a_title_with_nothing_below_it_is_a_paper_among_papers() -> None:
    """Where its section names a paper to read, and it has as many words as papers' titles; else it is empty."""
    log = read_notes(HASTY).items[3]
    assert [(item.kind, item.text) for item in log.children[2:]] == [
        (NoteKind.PAPER, "large scale logging paper to read"),
        (NoteKind.PAPER, "Sharding the hot spot problem"),
    ]
    unread = HASTY.replace("large scale logging paper to read", "Logs are read from their end after a crash")
    assert [item.text for item in read_notes(unread).items if not item.children] == ["Sharding the hot spot problem"]
    short = HASTY.replace("Sharding the hot spot problem", "Hot spots")
    assert [item.text for item in read_notes(short).items if not item.children] == ["Hot spots"]


def test_what_stands_under_a_quiz_is_asked() -> None:
    """The quiz itself belongs to the section that it stands in."""
    quiz = read_notes(HASTY).items[1].children[1]
    assert (quiz.quiz, quiz.text, [child.kind for child in quiz.children]) == (True, "Quizz", [NoteKind.QUESTION])
    assert told("Questions:\n- the order of growth\n- a proof")[1:] == [
        "  question 2 the order of growth",
        "  question 3 a proof",
    ]


def test_indentation_makes_the_tree() -> None:
    """By spaces, tabs or both; what has others under it is their head, and the outermost ones are sections."""
    assert told(OUTLINE) == [
        "section 5 reasons to sort",
        "  statement 6 lookup, grouping, merging",
        "section 7 quicksort",
        "  list 8 pivot",
        "    statement 9 splits the list",
        "    statement 10 chosen at random",
        "    statement 11 read once per level, which keeps the cost of a level linear in the length of the list and is"
        " easy to see",
        "  list 12 kinds",
        "    definition 13 in place | swaps elements inside one array",
        "    definition 14 stable | keeps equal elements in their order",
        "section 15 in practice",
        "  list 16 hybrid",
        "    statement 17 falls back to insertion sort",
        "  question 18 how does the choice of the pivot change the depth of the recursion",
        "section 20 References",
    ]


def test_flat_bullets_stand_under_the_nearest_colon() -> None:
    """And under page ranges; a bullet that names what the next ones are about is a head too."""
    assert told(FLAT) == [
        "section 1 Caches",
        "  list 2 Why",
        "    statement 3 Hide the latency of memory",
        "  list 4 Types",
        "    definition 5 direct | one place for each block",
        "  list 6 LRU",
        "    formula 7 $\\large t = h + m \\cdot p$",
        "    statement 8 Used when places are many",
        "  list 9 Set associative",
        "    formula 10 $\\frac{1}{$",
        "  list 11 Advantages",
        "    statement 12 small tags",
        "    statement 13 cheap",
        "section 14 Pipelines",
        "  list 15 Hazards",
        "    list 16 Data hazard",
        "      formula 17 $c = n + 4$",
        "section 18 Branch tables in assembler",
    ]
    assert [item.pages for item in read_notes(FLAT).items] == [(3, 9), (11, 15), (20, 22)]


def test_a_long_paragraph_is_several_thoughts_of_one_line() -> None:
    """Under lectures, and under short lines below them, which stand apart."""
    lecture = read_notes(PROSE).items[1]
    assert (lecture.text, [child.lines for child in lecture.children]) == (
        "Lecture 1: Packets and routes",
        [(10,), (10,), (12,)],
    )
    assert lecture.children[2].kind is NoteKind.SECTION
    assert [item.text for item in read_notes(PROSE).items[2:]] == ["Lecture 2", "Lecture 3"]


def test_answers_stand_below_their_questions() -> None:
    """Up to the next question; a question right after another has none."""
    asked = read_notes(FLASHCARDS).items
    assert [(item.kind, len(item.children)) for item in asked] == [(NoteKind.QUESTION, n) for n in (2, 0, 3)]
    assert [item.lines for item in asked[2].whole()] == [(8,), (9,), (10,), (11,)]


def test_what_is_about_the_course_is_left_out() -> None:
    """Above the first of several lectures; below it, and where there are none, such words are of the matter."""
    course = (
        "Networks\n\n1. Seminar: you present a\n   paper once\n\nThe exam is written.\n\nPlease read the book.\n\n"
        "Routers forward packets of any size.\n\n"
    )
    lectures = "Lecture 1: Mail\n\nAn email is sent in packets.\n\nLecture 2: More\n\nServers keep it.\n"
    notes = read_notes(course + lectures)
    assert [(one.line, one.why) for one in notes.left_out] == [
        (line, "about the course, not its matter") for line in (3, 4, 6, 8)
    ]
    assert told(course + lectures) == [
        "statement 10 Routers forward packets of any size.",
        "section 12 Lecture 1: Mail",
        "  statement 14 An email is sent in packets.",
        "section 16 Lecture 2: More",
        "  statement 18 Servers keep it.",
    ]
    assert read_notes(course).left_out == ()


# --- single rules -----------------------------------------------------------------------------------


def test_markdown_headings_nest() -> None:
    """By the number of their signs; the first one names the notes."""
    notes = read_notes("# All\n\n## One\n\nIt is so and so.\n\n### Deep\n\n- a b\n\n## Two\n")
    assert (notes.title, notes.title_line) == ("All", 1)
    assert [(item.text, [child.text for child in item.children]) for item in notes.items] == [
        ("One", ["It is so and so.", "Deep"]),
        ("Two", []),
    ]


def test_broken_lines_are_put_together() -> None:
    """An indented rest of a bullet, and the rest of a long line that begins with a small letter."""
    (item, other) = read_notes("- one thing that is\n  not over yet\n- other thing here\n").items
    assert (item.text, item.lines, other.lines) == ("one thing that is not over yet", (1, 2), (3,))
    (item,) = read_notes("This line was broken by an editor at some column\nand goes on here.\n").items
    assert item.lines == (1, 2)


def test_a_term_with_its_meaning_is_no_head() -> None:
    """What stands below it is about the term; a lecture, and a word or two behind a colon, are heads all the same."""
    assert told(
        "Trees\n\n- heap: a tree in an array\n  - sift down walks from the root\n- Lecture 2: all the rest\n  - x y\n"
    ) == [
        "definition 3 heap | a tree in an array",
        "  statement 4 sift down walks from the root",
        "section 5 Lecture 2: all the rest",
        "  statement 6 x y",
    ]
    assert told("Trees\n\n- heap — a tree in an array\n  - sift down\n")[0] == "definition 3 heap | a tree in an array"
    assert told("Trees\n\n- heap: once more\n  - sift down walks from the root\n")[0] == "section 3 heap: once more"


def test_front_matter_is_left_out() -> None:
    """Between two lines of hyphens at the top, if it is nothing but keys and values."""
    notes = read_notes("---\ntitle: Heaps\ntags:\n  - trees\n---\n\n# Heaps\n\nHeaps are trees in arrays.\n")
    assert (notes.title, [one.lines for one in notes.items]) == ("Heaps", [(9,)])
    assert [(one.line, one.why) for one in notes.left_out] == [(line, "front matter") for line in range(1, 6)]
    for text in ("---\nHeaps are trees in arrays.\n---\n\nMore.\n", "---\ntitle: Heaps\n", "x\n---\na: b c\n---\n"):
        assert not [one for one in read_notes(text).left_out if one.why == "front matter"]


def test_code_is_one_item() -> None:
    """From fence to fence, as it stands; an open fence hides nothing."""
    (item,) = read_notes("```python\nx = 1\n\n- y\n```\n").items
    assert (item.kind, item.text, item.lines) == (NoteKind.CODE, "x = 1\n\n- y", (1, 2, 4, 5))
    assert [one.text for one in read_notes("```\nwords stand here\n").items] == ["words stand here"]


def test_a_formula_over_several_lines_is_one() -> None:
    """Between dollars or brackets on lines of their own, or in brackets on one line; an open one hides nothing."""
    for begin, end in (("$$", "$$"), ("\\[", "\\]")):
        (item, rest) = read_notes(f"# T\n\n{begin}\nw = \\sum_i\n\n  w_i\n{end}\n\nTrees have weights, as said\n").items
        assert (item.kind, item.text, item.lines) == (NoteKind.FORMULA, "$w = \\sum_i w_i$", (3, 4, 6, 7))
        assert rest.lines == (9,)
        opened = read_notes(f"# T\n\n{begin}\nw is what it weighs\n\nTrees have weights, as said\n").items
        assert [one.lines for one in opened] == [(4,), (6,)]
    assert told("The weight \\(w(T)\\) is small\n\\[ w \\le 1 \\]") == [
        "statement 1 The weight $w(T)$ is small",
        "formula 2 $w \\le 1$",
    ]
    assert [one.kind for one in read_notes("```\n$$\n```\n\n$$\na = b\n$$\n").items] == [
        NoteKind.CODE,
        NoteKind.FORMULA,
    ]


def test_quotations_are_text() -> None:
    """Their sign is none of it; what is compared stays."""
    assert told("Graphs\n\n> A cut is a partition.\n\n> > - of the nodes\n\n> 0.5 is large") == [
        "statement 3 A cut is a partition.",
        "statement 5 of the nodes",
        "statement 7 > 0.5 is large",
    ]


def test_what_follows_a_blank_line_is_no_answer() -> None:
    """Where the answer stood right below its question; where a blank line was above that too, it is."""
    close = read_notes("Heaps\n\nWhy are heaps so very fast?\n- they are shallow\n\nSorting is done in place.\n").items
    assert [item.lines for item in close] == [(3,), (6,)]
    wide = read_notes("Heaps\n\nWhy are heaps so very fast?\n\nThey are shallow.\n\nThey are arrays.\n").items
    assert [[one.lines for one in item.whole()] for item in wide] == [[(3,), (5,), (7,)]]


def test_question_and_answer_marks() -> None:
    """Q: and A: are no part of the text."""
    assert told("Q: What is it?\nA: A thing.\nQ2. And that?\nA2. Another.") == [
        "question 1 What is it?",
        "  statement 2 A thing.",
        "question 3 And that?",
        "  statement 4 Another.",
    ]


@pytest.mark.parametrize("text", ["Sort all data. Then go on", "Ask the FAQ. It tells", "What is data. Or so?"])
def test_question_and_answer_marks_stand_at_the_beginning(text: str) -> None:
    """A sentence may end with these letters."""
    for before in ("- ", "Why is it so?\n", "- Why is it so?\n  - "):
        (*_, last) = read_notes(f"# T\n\n{before}{text}\n").items[0].whole()
        assert last.text == text


def test_marks_and_papers() -> None:
    """A mark goes to its item; a bare TODO is a chore; papers are told by their words."""
    notes = read_notes(
        "- Tries share prefixes @TODO ANKI\n- TODO: read about radix trees\n- Knuth et al, 1973\n- TODO\n"
    )
    assert [(item.kind, item.todo, item.text) for item in notes.items] == [
        (NoteKind.STATEMENT, True, "Tries share prefixes"),
        (NoteKind.CHORE, True, "read about radix trees"),
        (NoteKind.PAPER, False, "Knuth et al, 1973"),
    ]
    assert [(one.line, one.why) for one in notes.left_out] == [(4, "a mark without words")]
    assert [one.line for one in read_notes("- TODO\n  TODO\n").left_out] == [1, 2]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("1/24", "a counter"),
        ("Page 3 of 12", "a page's number"),
        ("Monday, September 29, 2023", "a date"),
        ("29 Sep 2023", "a date"),
        ("2023-09-29", "a date"),
        ("Jump to navigation Jump to search", "a web page's navigation"),
        ("Post Views: 1,043", "written by a web page"),
        ("Comments are closed.", "written by a web page"),
        ("© 2024 The University", "a licence"),
        ("Content is licensed under CC BY", "a licence"),
        ("| a | b |", "a row of a table"),
        ("Name | Learn | Test |", "a row of a table"),
        ("-----", "has no words"),
        ("- ", "has no words"),
    ],
)
def test_what_is_no_part_of_the_notes_is_left_out(line: str, why: str) -> None:
    """And says why."""
    notes = read_notes(f"{line}\nHeaps are trees in arrays.\n")
    assert [(one.line, one.why) for one in notes.left_out] == [(1, why)]
    assert [item.text for item in notes.items] == ["Heaps are trees in arrays."]


@pytest.mark.parametrize(
    "line",
    ["P(A|B) = P(A)", "12 colours suffice here", "Next, the heap is rebuilt", "Σ = 1", "Search trees", "-∞ ≤ x ≤ 1"],
)
def test_what_may_be_part_of_the_notes_stays(line: str) -> None:
    """Only what is clearly none of them goes."""
    assert read_notes(f"- {line}\n- other words here\n").left_out == ()


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("momentum: a running mean of gradients", NoteKind.DEFINITION),
        ("GD = gradient descent method", NoteKind.DEFINITION),
        ("heap (a tree that lies in an array)", NoteKind.DEFINITION),
        ("y = f(x, θ)", NoteKind.FORMULA),
        ("$E = mc^2$", NoteKind.FORMULA),
        ("http://x.org/a.pdf", NoteKind.PAPER),
        ("a talk on heaps by somebody, http://x.org/a", NoteKind.PAPER),
        ("Heaps lie in arrays (a.png) See [the book](http://x.org/a)", NoteKind.STATEMENT),
        ("heaps are trees that lie in arrays, and so are their sons, http://x.org/a", NoteKind.STATEMENT),
        ("Merging and splitting are inverse (each undoes the other one)", NoteKind.STATEMENT),
        ("Sorting is stable: equal elements keep their order", NoteKind.STATEMENT),
        ("weights (usually small and random)", NoteKind.STATEMENT),
        ("Note: heaps are trees", NoteKind.STATEMENT),
        ("Why are heaps trees?", NoteKind.QUESTION),
        ("A heap is a tree. Or is it?", NoteKind.QUESTION),
    ],
)
def test_kinds_are_told_by_the_words(line: str, kind: NoteKind) -> None:
    """Of a line with nothing under it."""
    (item,) = read_notes(f"- {line}").items
    assert item.kind is kind


# --- any text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_line_ends_make_no_difference(name: str) -> None:
    """LF, CRLF, CR, and a BOM."""
    plain = read_notes(ALL[name])
    for end in ("\r\n", "\r"):
        assert read_notes("\ufeff" + ALL[name].replace("\n", end)) == plain


def test_no_depth_is_too_deep() -> None:
    """What is deeper stands on the last level."""
    notes = read_notes("\n".join(f"{' ' * depth}- step {depth} of it" for depth in range(1000)))

    def depth(item: Item) -> int:
        return 1 + max((depth(child) for child in item.children), default=0)

    assert max(depth(item) for item in notes.items) == DEEPEST
    assert sum(1 for item in notes.items for _ in item.whole()) == 1000


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """Without an exception; lines of items ascend."""
    notes = read_notes(text)
    firsts = [item.lines[0] for root in notes.items for item in root.whole()]
    assert firsts == sorted(firsts)
