"""Wrong options for cards without any: of the same shape, about as long, from near by, and never also true."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.exam.distractors import LONGEST, MOST, SHORTEST, AnswerPool, answer_of
from studyapp.model import Card, Kind, Option


def card(name: str, back: str, **facts: object) -> Card:
    """A basic card of part "Part" in deck d.md with some facts changed."""
    given: dict[str, object] = {"kind": Kind.BASIC, "prompt": f"P {name}?", "deck": "d.md", "line": 1, "part": "Part"}
    return Card(id=name, back=back, **given | facts)  # type: ignore[arg-type]


def borrowed(asked: Card, *others: Card) -> list[str]:
    """The wrong options that a card gets from a pool of these and itself."""
    return [one.text for one in AnswerPool([asked, *others]).distractors(asked)]


ASKED = card("asked", "momentum")


def test_options_come_with_the_question_that_they_answer() -> None:
    """Each carries the prompt it would be right for, to be told after the exam."""
    (one,) = AnswerPool([ASKED, card("b", "dropout")]).distractors(ASKED)
    assert (one.text, one.prompt) == ("dropout", "P b?")


def test_three_at_most() -> None:
    """Three wrong options at most, the nearest in length."""
    others = [card(f"c{i}", word) for i, word in enumerate(["gradient", "dropout", "variance", "matrices", "kernels"])]
    found = borrowed(ASKED, *others)
    assert len(found) == MOST == 3
    assert {"gradient", "variance", "matrices"} == set(found)


def test_the_length_stays_near_the_keys() -> None:
    """0.6 to 1.6 times as long as the right one: 5 to 12 letters beside eight."""
    lengths = {length: f"{'bcdfghjkmnpq'[length % 12]}" * length for length in range(2, 16)}
    found = {
        length for length, word in lengths.items() if borrowed(ASKED, card("b", word))
    }  # one at a time, so that none is crowded out
    assert found == {length for length in lengths if SHORTEST * 8 <= length <= LONGEST * 8} == set(range(5, 13))


def test_the_same_part_comes_before_other_parts_and_other_decks() -> None:
    """Other cards of the same part, then of the deck, then of all decks."""
    part = card("near", "dropout")
    deck = card("beside", "variance", part="Another")
    far = [card(f"far{i}", word, deck="e.md") for i, word in enumerate(["gradients", "spectrum", "entropies"])]
    assert borrowed(ASKED, *far, deck, part)[:2] == ["dropout", "variance"]
    assert len(borrowed(ASKED, *far, deck, part)) == 3


def test_the_shape_is_the_same() -> None:
    """Words beside words, numbers beside numbers, formulas, code, names with a capital: nothing gives itself away."""
    shapes = {
        "words": ["momentum", "variance"],
        "Capital": ["Momentum", "Variance"],
        "number": ["12.5", "-3.7"],
        "formula": ["$2x + 1$", "$7y - 3$"],
        "code": ["`relu(w)`", "`norm(v)`"],
    }
    for name, (asked, alike) in shapes.items():
        others = [card(f"{kind}{i}", one) for kind, both in shapes.items() for i, one in enumerate(both)]
        found = borrowed(card(name, asked), *others)
        assert found == [alike], name


def test_nothing_that_is_also_true() -> None:
    """Not what is accepted, nor contained in it, nor all but the same letters, nor what the card itself mentions."""
    asked = card("asked", "momentum", accept=("momentum", "velocity"), prompt="Not dropout, but?", hint="no variance")
    for wrong in ("Momentum", "momentums", "a momentum", "momenta", "velocity", "velocitys", "dropout", "variance"):
        assert borrowed(asked, card("b", wrong)) == [], wrong
    assert borrowed(asked, card("b", "gradient")) == ["gradient"]


def test_two_wrong_options_are_never_alike() -> None:
    """The same answer on two cards is borrowed once, and so is one that reads all but the same."""
    assert len(borrowed(ASKED, card("b", "gradient"), card("c", "gradient"), card("d", "gradients"))) == 1


def test_a_siblings_answer_is_no_option() -> None:
    """The gaps of one text are often true for one another."""
    text = "{{c1::momentum}} helps {{c2::gradient}} steps"
    one, two = (card(f"x:c{i}", text, kind=Kind.CLOZE, cloze=i, prompt="Gaps?") for i in (1, 2))
    assert answer_of(one) == "momentum"
    assert borrowed(one, two) == []


def test_what_has_a_short_answer() -> None:
    """One line of eight words at most: a basic card's answer or the first accepted one, a cloze card's only gap."""
    assert answer_of(card("a", "  words \n")) == "words"
    assert answer_of(card("a", "long " * 9)) == ""
    assert answer_of(card("a", "two\n\nparagraphs")) == ""
    assert answer_of(card("a", "The long story of it.", accept=("momentum",))) == "momentum"
    assert answer_of(card("a", "{{c1::x}} and {{c1::y}}", kind=Kind.CLOZE, cloze=1)) == ""
    assert answer_of(card("a", "why", kind=Kind.CHOICE, options=(Option("a", True), Option("b")))) == ""
    assert answer_of(card("a", "why", kind=Kind.STEPS, steps=("a",))) == ""
    assert AnswerPool([]).distractors(card("a", "two\n\nparagraphs")) == []


words = st.text("abcdefgh", min_size=4, max_size=9)


@given(words, st.lists(st.tuples(words, st.sampled_from(["Part", "Another"])), max_size=12), st.randoms())
def test_the_pool_does_not_depend_on_the_order_of_the_cards(
    right: str, others: list[tuple[str, str]], random: object
) -> None:
    """The same cards in any order give the same options, none of them the right one, all of them different."""
    asked = card("asked", right)
    cards = [asked, *(card(f"c{i}", word, part=part) for i, (word, part) in enumerate(others))]
    found = AnswerPool(cards).distractors(asked)
    random.shuffle(cards)  # type: ignore[attr-defined]
    assert AnswerPool(cards).distractors(asked) == found
    assert len({one.text for one in found} | {right}) == len(found) + 1
