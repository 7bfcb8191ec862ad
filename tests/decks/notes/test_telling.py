"""Rules of choosing what to ask of a statement: the telling words in order, and none rather than senseless ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.decks.notes.telling import counted_words, stem, telling, words_of


def asked(text: str, avoid: str = "", often: dict[str, int] | None = None) -> str | None:
    """The words that are asked for."""
    found = telling(text, words_of(avoid), often or {})
    return text[slice(*found)] if found is not None else None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[1.3, 5.2] -> softmax -> [0.02, 0.98], and so it goes on and on", "[0.02, 0.98]"),
        ("A heap is a tree that lies in an array", "heap"),
        ("Shifting and convolving is commutative", "commutative"),
        ("We say that it is ‘left leaning’ in that case", "left leaning"),
        ("It spreads the keys by consistent hashing, server after server", "consistent hashing"),
        ("Nobody would sort small arrays like that but Tim", "Tim"),
        ("It is done and over after 42 of them", "42"),
        ("They all suffer from saturation", "saturation"),
        ("$$$ is a threshold, and the same one for all", "threshold"),
        ("By splitting nodes, the depth of it can be kept small", "splitting nodes"),
        ("Then it goes on and on, with the whole of it being lazy deletion", "lazy deletion"),
        ("Then one may look at a small tree. Rotations are what keeps it low.", "Rotations"),
        ("Put two keys in one node. Then split the keys, as a way of keeping keys in balance", "balance"),
        ("choose small buckets (usually empty, but there are exceptions to this)", "buckets"),
        ("Leaves lie next to a few blocks of them. Nodes may be in memory", "blocks"),
        ("so one has to admit that all readers wait here for long", "readers"),
        ("It goes through tree.walk of 1,000 nodes or so, one by one", "tree.walk"),
        ("It is as close to the actual optimum as it gets", "optimum"),
    ],
)
def test_the_most_telling_words_are_asked_for(text: str, wanted: str) -> None:
    """What an arrow leads to, a subject, quoted words, what follows a cue, a name, a number, the name of a thing."""
    assert asked(text) == wanted


def test_what_the_question_says_is_not_asked_for() -> None:
    """In any number of the word."""
    assert asked("A heap is a tree that lies in an array", "Heaps") != "heap"
    assert asked("Heaps of heaps are heaps of heaps") is None


def test_where_nothing_stands_out_nothing_is_asked_for() -> None:
    """Too few words, or none that says anything."""
    assert [asked(text) for text in ("", "Fast", "so it is", "it is what it may be")] == [None] * 4
    assert asked("It is important to have an appropriate value") is None
    assert asked("It uses methods, such as these") is None
    assert asked("It is a kind of number") is None


def test_words_of_the_heads_and_rare_ones_are_preferred() -> None:
    """As they are counted in the whole notes."""
    often = counted_words(["the pivot splits lists", "lists of lists are lists"], ["Pivot"])
    assert (often["lists"], often["pivot"]) == (4, -1)
    assert asked("somewhere lists meet the pivot", often=often) == "pivot"
    assert asked("somewhere lists meet the leaf", often=counted_words([], ["Leaf"])) == "leaf"


def test_a_plural_is_its_word() -> None:
    """Not so what ends in two of them."""
    assert [stem(word) for word in ("Heaps", "class", "is")] == ["heap", "class", "is"]


@given(st.text(max_size=60))
def test_a_gap_leaves_something_to_ask(text: str) -> None:
    """It is a part of the text, never all of its words."""
    found = telling(text, set(), {})
    if found is not None:
        assert 0 <= found[0] < found[1] <= len(text)
        assert words_of(text[: found[0]] + " " + text[found[1] :])
