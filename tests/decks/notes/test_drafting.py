"""Rules of drafting: every proposal is a sound card that says where it comes from, and no line of the notes is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.decks import parse
from studyapp.decks.cards import Surroundings
from studyapp.decks.notes.drafting import Drafted, draft
from studyapp.decks.notes.lines import read_lines
from studyapp.decks.notes.reading import read_notes
from studyapp.decks.notes.wording import NO_ANSWER
from studyapp.decks.parser import parse_card
from studyapp.model import DRAFT, Card, Kind
from tests.decks.notes.lecture_notes import ALL, FLASHCARDS, FLAT, HASTY, OUTLINE


def drafted(text: str, taken: set[str] | None = None) -> Drafted:
    """The drafts of some notes in the file n.txt."""
    return draft(read_notes(text), "n.txt", taken or set())


def cards(text: str) -> list[Card]:
    """What the deck of drafts is when it is read; it has no problems."""
    deck = parse(drafted(text).markdown().encode(), "n.md")
    assert deck.problems == ()
    return list(deck.cards)


def only(text: str) -> tuple[str, str]:
    """Prompt and answer of the one card of some notes."""
    (card,) = cards(text)
    return card.prompt, card.back


# --- kinds ------------------------------------------------------------------------------------------


def test_a_question_is_asked_and_its_answer_told() -> None:
    """With its analogy as a field; without an answer it says so, and is marked."""
    monad, functor, pure = cards(FLASHCARDS)
    assert (monad.prompt, monad.back) == (
        "What is a monad in functional programming?",
        "A type with bind and unit that obeys three laws.",
    )
    assert (monad.analogy, monad.tags) == ("A box that knows how to chain itself.", (DRAFT,))
    assert (functor.back, functor.tags) == (NO_ANSWER, (DRAFT, "todo"))
    assert pure.back.splitlines() == [
        "- They have no state.",
        "- They answer the same each time.",
        "- So nothing has to be set up.",
    ]


def test_a_short_question_says_what_it_is_about() -> None:
    """By its section; what stands before it stands on the front, what follows is its answer."""
    found = {card.prompt: card for card in cards(HASTY)}
    asked = found["Isolation levels: But if we only read, should we pay for it?"]
    assert (asked.front, asked.back) == ("Serialisable used for money.", "We could take a snapshot instead.")
    assert found["Recovery: Link to group commit?"].back == "Checkpoints"
    assert "todo" in found["Hashing: Consistent with virtual nodes?"].tags


def test_a_whole_question_needs_no_more_than_itself() -> None:
    """Not even if it is short, as long as it names what it asks for."""
    asked = [card.prompt for card in cards("# Heaps\n\nWhat is sift down?\nA walk.\nWhy is it fast?\nIt stops early.")]
    assert asked == ["What is sift down?", "Heaps: Why is it fast?"]


def test_an_answer_may_stand_in_the_line_of_its_question() -> None:
    """Its mark is no part of it."""
    assert only("# Paths\n\nQ: What does Bellman-Ford allow? A: Negative weights.\n") == (
        "What does Bellman-Ford allow?",
        "Negative weights.",
    )


def test_doubts_are_marked() -> None:
    """Two question marks or more are one, and say that what follows may be no answer."""
    (doubt,) = cards("# Trees\n\n- Balanced by rotations?? Splay trees do it too\n")
    assert (doubt.prompt, doubt.back) == ("Trees: Balanced by rotations?", "Splay trees do it too")
    assert doubt.tags == (DRAFT, "todo")


def test_definitions_ask_for_the_term() -> None:
    """Unless the question or the meaning has it already."""
    stable = next(card for card in cards(OUTLINE) if card.family.startswith("stable"))
    assert (stable.kind, stable.prompt, stable.back) == (
        Kind.CLOZE,
        "Quicksort, kinds",
        "{{c1::stable}}: keeps equal elements in their order",
    )
    assert only("# Heaps\n- heap: a heap is a tree in an array\n") == (
        "Heaps: what do the notes say?",
        "a heap is a tree in an array",
    )


def test_lists_ask_for_what_is_in_them() -> None:
    """As their head wants it: which there are, why, what is listed, or what is said."""
    prompts = [card.prompt for card in cards(OUTLINE) + cards(FLAT)]
    for wanted in (
        "Quicksort: which kinds are there?",
        "Pivot: what do the notes list?",
        "Reasons to sort: what do the notes say?",
        "Caches: why?",
        "Caches: which advantages are there?",
    ):
        assert wanted in prompts


def test_formulas_ask_for_their_right_side() -> None:
    """In LaTeX or plain signs; sizes go; what cannot be read as LaTeX is code, and asked for whole."""
    found = {card.family: card.back for card in cards(FLAT)}
    assert found["caches-lru-formula"] == "$t = {{c1::h + m \\cdot p}}$"
    assert found["caches-set-associative-formula"] == "`\\frac{1}{`"
    assert only("# Models\n- y = f(x, θ)\n") == ("Models", "y = {{c1::f(x, θ)}}")
    assert only("# Cost\n- It costs $5 and $9 at least today\n")[1].count("\\$") == 2


@pytest.mark.parametrize(
    ("sentence", "gap"),
    [
        ("Kernels are used to filter images.", "Kernels"),
        ("It is trained via stochastic descent, one batch after the other.", "stochastic descent"),
        ("The scores go through softmax -> probabilities", "probabilities"),
        ("Most people start with the well known Adam and never leave it.", "Adam"),
        ("Its output lies in $(0, 1)$ and may stand for a chance of something.", "$(0, 1)$"),
        ("Over a long run the estimate of it suffers from saturation", "saturation"),
    ],
)
def test_statements_ask_for_their_most_telling_words(sentence: str, gap: str) -> None:
    """What is defined, what follows a cue, a name, a formula, the name of a thing."""
    (one,) = drafted(f"# Topic\n\n- {sentence}\n").proposals
    assert f"{{{{c1::{gap}}}}}" in one.markdown


def test_a_gap_is_not_told_elsewhere_in_the_card() -> None:
    """Neither by the heading nor by the rest of the sentence."""
    text = "# Pooling\n\n- Pooling is followed by convolution, and then by convolution before quantisation\n"
    (one,) = drafted(text).proposals
    assert "{{c1::quantisation}}" in one.markdown


def test_papers_and_chores_are_marked() -> None:
    """And wait for what is to be written there."""
    assert [card.prompt for card in cards(HASTY) if "paper" in card.tags] == [
        "What does this paper show: how SNAPSHOT isolation fails to prevent write skew look at the slides?",
        "What does this paper show: large scale logging?",
        "What does this paper show: Sharding the hot spot problem?",
    ]
    (chore,) = cards("- TODO: draw the graph of waits\n")
    assert (chore.prompt, "todo" in chore.tags) == ("To do: draw the graph of waits", True)


def test_code_is_shown_as_code() -> None:
    """Also if it holds what a card would take for something of its own."""
    (card,) = cards("# Loops\n\n```\n## no heading\n{{c1::no gap}} @{x}\n\n  - [x] no option\n```\n")
    assert card.kind is Kind.BASIC
    assert card.back == "```text\n## no heading\n{{c1::no gap}} @{x}\n\n  - [x] no option\n```"


# --- where it comes from ----------------------------------------------------------------------------


def test_a_proposal_says_its_part_and_source() -> None:
    """The line, and the pages of its section."""
    by_id = {card.family: card for card in cards(FLAT)}
    formula = by_id["hazards-data-hazard-formula"]
    assert (formula.part, formula.source) == ("Pipelines", "n.txt, line 17, pages 11-15")


def test_empty_sections_and_skipped_pages_are_told() -> None:
    """With line and title; pages between the ranges."""
    found = drafted(FLAT)
    assert found.empty == ((18, "Branch tables in assembler"),)
    assert found.skipped == ((10, 10), (16, 19))
    assert [(one.line, one.text) for one in found.left_out] == [(19, "Post Views: 7"), (20, "Comments are closed")]
    assert found.kinds == {"list": 3, "formula": 3, "definition": 1}


def test_ids_differ_from_all_others() -> None:
    """From those that are taken, and from each other."""
    found = drafted(
        "# A\n- stacks hold frames of calls\n- Stacks: hold frames, of calls!\n", {"stacks-hold-frames-of-calls"}
    )
    names = [one.id for one in found.proposals]
    assert len(set(names)) == len(names)
    assert "stacks-hold-frames-of-calls" not in names


def test_what_is_said_twice_is_drafted_once() -> None:
    """The other line is left out, and says which one it repeats."""
    line = "- The spanning tree of a graph has no cycle at all, whatever else it has\n"
    found = drafted(f"# G\n{line}- $a = b$\n{line}")
    assert [one.lines for one in found.proposals] == [(2,), (3,)]
    assert [(one.line, one.why) for one in found.left_out] == [(4, "the same as line 2")]


def test_what_is_said_twice_in_a_line_is_drafted_once() -> None:
    """Its line has a card already."""
    found = drafted("# G\n\n" + "The spanning tree of a graph has no cycle at all, whatever else it has. " * 40 + "\n")
    assert [(one.id, one.lines) for one in found.proposals] == [(found.proposals[0].id, (3,))]
    assert found.left_out == ()


def test_every_head_is_told_by_some_card() -> None:
    """One with a single head below it, too, though the cards further down are about that one."""
    text = "# G\n\n" + "\n".join(f"{'  ' * n}- {name}" for n, name in enumerate(("graphs", "trees", "heaps", "piles")))
    found = cards(
        text + "\n        - they lie in an array, one level after the other, from the root down to the leaves\n"
    )
    assert all(
        any(name in f"{one.part} {one.prompt} {one.back}".casefold() for one in found)
        for name in ("graphs", "trees", "heaps", "piles")
    )


def test_what_is_known_is_not_proposed_again() -> None:
    """By the marks of the source texts; only what is new in the notes is."""
    marks = {one.mark for one in drafted(FLAT).proposals}
    again = draft(read_notes(FLAT), "n.txt", set(), known=marks)
    assert (again.proposals, again.known) == ((), 7)
    more = draft(
        read_notes(FLAT + "\n# More\n- A trap is an interrupt that a program asked for\n"), "n.txt", set(), known=marks
    )
    assert [one.lines for one in more.proposals] == [(23,)]


# --- any text ---------------------------------------------------------------------------------------

MARKUP = """
- |  - |1. |# |## |Q: |A: |TODO |@TODO ANKI|Types:|Quizz:|What is it?|Why?|. |$x = y$|$\\frac{1}{$| $5 | = |term: text
x = f(y)|->|{{c1::a}}|{{c1::|}}|{#id .tag}|@{x}|`|```|~~~|<b>|<!--|[x] |[a]: b|---|**bold**|_a_|\\|“q”|(aside here)
&amp;|&#27;|Analogy: like|Source: x|Hint: y|4-13 Title|31-33 More|Lecture 3: Nets|et al 2010|word|convolution|is a
via descent|ReLU|$$|\\[|\\]|\\(x\\)|\\[y = 2\\]|> a cut|title: x|doubt??|Lecture 4: More|the exam is|(|)|
0.5 %|漢字|::|+ |> |2) | | word
"""
"""What notes and cards are made of, between bars or on lines of its own."""
PIECES = st.sampled_from(
    [*re.split(r"[|\n]", MARKUP), "\n", "\n\n", "|", "\t* ", "\u2028", "\x0c", "\x85", "\x1b[31m", "e\u0301"]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=30).map("".join)


def sound(text: str) -> None:
    """Every proposal is one sound card, alone and in its deck, and each line that is not blank is in one place."""
    found = drafted(text)
    deck = parse(found.markdown().encode(), "n.md")
    assert deck.problems == ()
    assert [card.family for card in deck.cards] == [one.id for one in found.proposals]
    assert all(DRAFT in card.tags and card.source.startswith("n.txt, line ") for card in deck.cards)
    for one in found.proposals:
        assert parse_card(one.markdown, Surroundings(""))[1] == ()
    proposed = {line for one in found.proposals for line in one.lines}
    heads, left = set(found.heads), {one.line for one in found.left_out}
    assert sorted([*proposed, *heads, *left]) == [line.number for line in read_lines(text)]


@given(TEXTS)
def test_any_notes_give_sound_cards_and_lose_no_line(text: str) -> None:
    """Whatever stands in them."""
    sound(text)


@pytest.mark.parametrize("name", ALL)
def test_the_five_habits_give_sound_cards_and_lose_no_line(name: str) -> None:
    """Each has some."""
    sound(ALL[name])
    assert drafted(ALL[name]).proposals
