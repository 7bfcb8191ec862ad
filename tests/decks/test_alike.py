"""Which cards ask the same: found in a large library too, without comparing all with all."""

from __future__ import annotations

from studyapp.decks import parse
from studyapp.decks.alike import alike
from studyapp.model import Card


def cards(text: str, path: str = "d.md") -> tuple[Card, ...]:
    """The cards of a deck with this text under its title."""
    return parse(f"# Deck\n\n{text}".encode(), path).cards


def test_a_prompt_in_other_order_or_with_a_word_changed_asks_the_same() -> None:
    """The later card is named, with the place of the earlier one, whichever deck it stands in."""
    one = cards("## Why do deep networks of sigmoid units learn so slowly? {#a}\n\nBecause.")
    two = cards("## Why do deep networks of sigmoid units learn slowly? {#b}\n\nBecause.", "e.md")
    (found,) = alike([*one, *two])
    assert (found.path, found.card) == ("e.md", "b")
    assert found.what == "asks nearly the same as a (d.md:3)"


def test_another_question_is_another_question() -> None:
    """Also in nearly the same words: a short one differs by one of them."""
    text = "## What is a mean? {#a}\n\nA.\n\n## What is a variance? {#b}\n\nB.\n\n## What is a median? {#c}\n\nC."
    assert list(alike(cards(text))) == []


def test_of_a_choice_card_the_options_count_and_siblings_are_one_card() -> None:
    """Which of these ... is a question of its own with each set of options."""
    text = "## Which one is larger? {{#{id}}}\n\n- [x] {a}\n- [ ] {b}\n"
    different = text.format(id="a", a="the mean of ten", b="a sum") + "\n" + text.format(id="b", a="width", b="depth")
    same = text.format(id="a", a="width", b="depth") + "\n" + text.format(id="b", a="depth", b="width")
    assert list(alike(cards(different))) == []
    assert [problem.card for problem in alike(cards(same))] == ["b"]
    assert list(alike(cards("## Sums {#s}\n\nTwo {{c1::and}} two {{c2::make}} four."))) == []


def test_a_large_library_is_not_compared_all_with_all() -> None:
    """20,000 cards that share common words: one likeness is found, by its rare words."""
    prompts = [
        f"## What does the layer number {n} of a network with {n * 7} units do? {{#c{n}}}\n\nThat.\n"
        for n in range(20_000)
    ]
    prompts.append("## What does the layer number 77 of a network with 539 units do? {#again}\n\nThat.\n")
    assert [problem.card for problem in alike(cards("\n".join(prompts)))][-1:] == ["again"]
