"""Find: which cards have the words, and which of them come first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.model import Answered, Card, Deck, Flagged, Kind, Mode
from studyapp.store import Store
from tests.store.samples import TODAY, at, opened, read_in


def card(
    identity: str, prompt: str, back: str = "It is so.", *, deck: str = "a.md", tags: tuple[str, ...] = ()
) -> Card:
    """A card with these texts."""
    return Card(identity, Kind.BASIC, prompt, deck, 1, back=back, tags=tags)


def found(store: Store, words: str, *, limit: int = 200, suspended: bool = False) -> list[str]:
    """The ids of the cards that have the words, in their order."""
    return [row.card for row in store.find(words.split(), limit=limit, suspended=suspended)]


CARDS = (
    card("first", "What is shared?", "The mean of squares is what a norm measures."),
    card("mean-of-squares", "How large is it?", "Its root is the norm."),
    card("squares", "Which mean has squares in it?"),
    card("second", "What is an average of squares?", "A mean."),
    card("third", "Mean"),
    card("mean", "What is the centre of mass?"),
    card("rows:c1", "Mean of rows", "{{c1::Sums}} over {{c2::the number}}."),
    card("rows:c2", "Mean of rows", "{{c1::Sums}} over {{c2::the number}}."),
)


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("mean", "mean third mean-of-squares squares rows:c1 rows:c2 first second"),
        ("MEAN", "mean third mean-of-squares squares rows:c1 rows:c2 first second"),
        ("squares", "squares mean-of-squares second first"),
        ("mean squares", "mean-of-squares squares first second"),
        ("mean-of-squares", "mean-of-squares"),
        ("mean of rows", "rows:c1 rows:c2"),
        ("rows", "rows:c1 rows:c2"),
        ("rows:c2", "rows:c2"),
        ("norm", "first mean-of-squares"),
        ("what is an average of squares?", "second"),
        ("mean norm", "first mean-of-squares"),
        ("nowhere", ""),
        ("%", ""),
    ],
)
def test_what_is_meant_comes_first(store: Store, words: str, ids: str) -> None:
    """The card of that id, that of that prompt, those with all words in prompt or id, and the rest by their decks."""
    read_in(store, Deck("a.md", "A", CARDS))
    assert found(store, words) == ids.split()


def test_the_order_holds_across_decks_and_a_short_list_has_the_first(store: Store) -> None:
    """However many cards there are before it: the limit cuts what comes last."""
    many = tuple(card(f"m{i}", f"How often is a gradient computed, {i}?", deck="a.md") for i in range(30))
    last = (card("last", "Gradient", deck="z.md"), card("gradient", "What shrinks?", deck="z.md"))
    told = tuple(card(f"t{i}", f"What shrinks, {i}?", "The gradient.", deck="a.md") for i in range(3))
    read_in(store, Deck("a.md", "A", (*told, *many)), Deck("z.md", "Z", last))
    assert found(store, "gradient", limit=4) == ["gradient", "last", "m0", "m1"]
    assert found(store, "gradient") == ["gradient", "last", *(f"m{i}" for i in range(30)), "t0", "t1", "t2"]
    assert found(store, "gradient", limit=33) == found(store, "gradient")[:33]
    assert found(store, "", limit=4) == ["t0", "t1", "t2", "m0"]


def test_only_what_may_be_found_is_found_by_its_prompt_too(store: Store) -> None:
    """Sealed cards not before an exam asked them; drafts, but not beside their cards; suspended ones if so wanted."""
    texts = {
        "kept": ("sealed",),
        "draft": ("draft",),
        "plain": (),
    }
    cards = tuple(card(name, f"The word {name}", tags=tags) for name, tags in texts.items())
    twin = replace(card("plain", "The word again", deck="b.md", tags=("draft",)))
    read_in(store, Deck("a.md", "A", cards), Deck("b.md", "B", (twin,)))
    assert found(store, "word") == ["draft", "plain"]
    assert found(store, "kept") == []
    assert found(store, "word", suspended=True) == []
    store.append([Flagged("plain", suspended=True)], at=at(), day=TODAY)
    assert found(store, "word", suspended=True) == found(store, "", suspended=True) == ["plain"]
    store.append([Answered("kept", Mode.SPACED, Kind.BASIC, 4, 1)], at=at(1), day=TODAY)
    assert found(store, "kept") == ["kept"]


@pytest.mark.parametrize("words", ['"the', 'saying "the mean"?', r"\frac{1}{2}", "wrong"])
def test_marks_are_found_as_they_stand(store: Store, words: str) -> None:
    """Quotation marks and backslashes are parts of words."""
    read_in(store, Deck("a.md", "A", (card("one", 'What is wrong with saying "the mean"?', r"It is $\frac{1}{2}$."),)))
    assert found(store, words) == ["one"]


def test_a_capital_beyond_ascii_is_found_as_it_stands(store: Store) -> None:
    """And in a prompt in any case."""
    read_in(store, Deck("a.md", "A", (card("one", "Überanpassung"), card("two", "What is it?", "Die Überanpassung."))))
    assert found(store, "Überanpassung") == ["one", "two"]
    assert found(store, "überanpassung") == ["one"]


@settings(max_examples=40, deadline=None)
@given(words=st.lists(st.text("abc-", min_size=1, max_size=3), min_size=1, max_size=2), data=st.data())
def test_every_card_with_all_the_words_is_found_once(
    new_home: Callable[[], Path], words: list[str], data: st.DataObject
) -> None:
    """Whatever the order, and wherever they are."""
    texts = st.text("abc- ", max_size=8)
    cards = tuple(
        card(f"x{i}{data.draw(st.text('abc-', max_size=3))}", data.draw(texts), data.draw(texts)) for i in range(5)
    )
    wanted = {one.id for one in cards if all(w in f"{one.id}\n{one.prompt}\n{one.back}" for w in words)}
    named = [one.id for one in cards if all(w in f"{one.id}\n{one.prompt}" for w in words)]
    with opened(new_home()) as store:
        read_in(store, Deck("d.md", "D", tuple(replace(one, deck="d.md") for one in cards)))
        ids = [row.card for row in store.find(words)]
    assert len(ids) == len(set(ids))
    assert wanted <= set(ids)
    assert set(ids[: len(named)]) == set(named)
