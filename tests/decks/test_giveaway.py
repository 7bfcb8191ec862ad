"""Rules of what gives an answer away: read in the question word for word, and not met there by chance."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from studyapp.decks import parse
from studyapp.decks.giveaway import given_away
from studyapp.model import Card

SETTINGS = """
[simulation]
name = "any"
parameters = { units = 3 }
"""
WORDS = st.text(string.ascii_lowercase, min_size=3, max_size=12).map(lambda letters: f"q{letters}")
"""None that is left out or fits everywhere."""
NUMBERS = st.integers(0, 10_000).map(str) | st.decimals(0, 100, places=2).map(str)


def cards(text: str) -> tuple[Card, ...]:
    """The cards of a text."""
    deck = parse(f"# Deck\n\n{text}".encode(), "d.md")
    assert deck.problems == ()
    return deck.cards


def told(text: str) -> list[tuple[str, str, str]]:
    """Which cards are given away, where and by what."""
    return [(card.id, *given_away(card)) for card in cards(text) if any(given_away(card))]


def typed(prompt: str, *accept: str, front: str = "The matter is this.") -> str:
    """A card whose answers are typed, with a parameter `units`."""
    answers = ", ".join(f"'{one}'" for one in accept)
    return f"## {prompt} {{#a}}\n\n{front}\n\n---\n\nSo. And why.\n\n```toml\naccept = [{answers}]\n{SETTINGS}```\n"


def choice(prompt: str, *options: str) -> str:
    """A card with options, of which the first is right."""
    return f"## {prompt} {{#a}}\n\n" + "\n".join(f"- [{' ' if n else 'x'}] {one}" for n, one in enumerate(options))


def gap(text: str, title: str = "Title") -> str:
    """A cloze text."""
    return f"## {title} {{#a}}\n\n{text}\n"


# --- typed answers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Which activations, sigmoids or others, end a binary classifier?", "the sigmoid"),
        ("Is it the mean of the losses that counts?", "mean of loss"),
        ("Where is *saddle point* written?", "Saddle points"),
        ("Is cross-entropy the loss here?", "Cross-Entropy"),
        ("What is 0.5 of it?", "0.5"),
        ("What is $0.5$ of it?", "0.5"),
        ("Of 1,000 rows 90 % are right. Which share?", "90%"),
        ("Does + mean plus here?", "+"),
        ("Is it of type L2?", "l2"),
        ("Are $n$ units enough, or is it $n + 1$?", "$n+1$"),
        ("Is it true that $y = 1 - p$?", "$1 - p$"),
        ("Is it true that $\\sum_{i=1}^{n} x_i = y$?", "$\\sum_{i=1}^{n} x_i$"),
        ("Are @{units} units enough?", "@{units} units"),
    ],
)
def test_an_answer_in_one_piece_is_given_away(prompt: str, answer: str) -> None:
    """In any case, singular or plural, with or without articles; numbers, signs and formulas are words as well."""
    assert told(typed(prompt, "quite another", answer)) == [("a", "prompt", answer)]
    assert told(typed("What?", "quite another", answer, front=prompt)) == [("a", "prompt", answer)]
    assert told(f"# {prompt}\n\n{typed('What?', answer)}") == [("a", "title of the part", answer)]


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("What becomes of a non-linear function?", "linear"),  # a part of a word
        ("What becomes of the mini-batch?", "batch"),
        ("What is a regularised loss?", "regular"),
        ("Is the rate of 0.01 learning anything?", "learning rate"),  # not in one piece
        ("What holds at 0.5?", "5"),  # another number
        ("What holds at 10 and at -1?", "1"),
        ("What is 3-1?", "-1"),
        ("What holds at $a = 1$, and of $1/c$?", "1"),  # numbers with another meaning
        ("What holds for $c > 0$ and $x_0$?", "0"),
        ("What is $p$ in $n + 1 - p$?", "$1 - p$"),  # a part of a formula
        ("For a weight $w$ the penalty is $R$. What is left?", "$w$"),  # a symbol has to be named
        ("What is it that both are not, and which one is the same as the other?", "the same"),  # fits everywhere
        ("What is it that both are not, and which one is the same as the other?", "no"),
        ("Which of these is it, then?", "it is this"),  # nothing is left of it
        ("What is it?", "!?"),
    ],
)
def test_what_only_looks_like_the_answer_is_not(prompt: str, answer: str) -> None:
    """Parts of words, numbers and formulas, words apart, and what any text has."""
    assert told(typed(prompt, answer)) == []


def test_all_of_the_back_is_the_answer_where_none_is_listed() -> None:
    """With a reason beside it, it is more than what the question says."""
    assert told("## What is cheaper, ridge or lasso? {#a}\n\nRidge.") == [("a", "prompt", "Ridge.")]
    assert told("## What is cheaper, ridge or lasso? {#a}\n\nRidge. It has a formula.") == []


@given(WORDS, st.lists(WORDS), st.lists(WORDS))
def test_a_word_of_the_prompt_is_no_answer(word: str, before: list[str], after: list[str]) -> None:
    """Wherever it stands and however it is written; what only contains it is another word."""
    assume(word not in {*before, *after})
    prompt = " ".join([*before, word.upper(), *after])
    assert told(typed(f"Q: {prompt}?", f"a {word}")) == [("a", "prompt", f"a {word}")]
    assert told(typed(f"Q: {prompt}?", f"x{word}")) == []
    assert told(typed(f"Q: {prompt}?", f"{word}ng")) == [] or f"{word}ng" in {*before, *after}


@given(NUMBERS)
def test_a_number_counts_on_its_own(number: str) -> None:
    """Among words, or as a whole formula; within one it has another meaning, and one digit more is another number."""
    given = [("a", "prompt", number)]
    assert told(typed(f"What has {number} units?", number)) == given
    assert told(typed(f"What has ${number}$ units?", number)) == given
    assert told(typed(f"What has $n = {number}$ units?", number)) == []
    assert told(typed(f"What has 1{number} units?", number)) == []


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_can_be_looked_at(text: str, answer: str) -> None:
    """Never an error, and an answer is never found in nothing."""
    for card in parse(f"# D\n\n## {text}\n\n{text}\n\n---\n\n{answer} {{{{c1::{text}}}}}".encode(), "d.md").cards:
        given_away(card)
    for card in parse(f"# D\n\n## ?\n\n{answer}".encode(), "d.md").cards:
        assert given_away(card) == ("", "")


# --- gaps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (gap("A step goes against the {{c1::gradients}}.", "The gradient"), "prompt"),
        (gap("The gradient tells where to go: against the {{c1::gradients}}."), "text"),
        (gap("A step goes against the {{c1::gradients}}, not along the gradient."), "text"),
        (f"# Gradients\n\n{gap('A step goes against the {{c1::gradients}}.')}", "title of the part"),
        (gap("What is kept is divided by $1 - p$, or multiplied by {{c1::$1 - p$}}."), "text"),
        (gap("It is $y = 1 - p$; so $1 - y$ is not ${{c1::1 - p}}$."), "text"),
        (gap("Of 16 functions {{c1::16}} are too many."), "text"),
        (gap("It is {{c1::flat::neither steep nor flat}}, flat as a board."), "text"),
        (gap("It is {{c1::flat::the flat one}}."), "text"),
    ],
)
def test_a_gap_is_not_filled_by_what_stands_around_it(text: str, place: str) -> None:
    """Neither in the heading, the text, a hint that gives no choice, nor the title of the part."""
    ((_, where, _),) = told(text)
    assert where == place


@pytest.mark.parametrize(
    "text",
    [
        gap("A step goes against the {{c1::gradients}}.\n\nA gradient tells where the loss rises."),
        gap("It grows, {{c1::or}} it falls, or it stays."),
        gap("It is {{c1::smaller::smaller or larger}}."),
        gap("Of $x^2$ the slope is ${{c1::2 x}}$, and ${{c1::2 x}}$ is a line."),
        gap("For $a = 1$, a linear unit, it is {{c1::1}}."),
        gap("The penalty $\\lambda |w|$ adds {{c1::$\\lambda$}}."),
        gap("{{c1::Sharing}} of weights") + "\n## What does sharing of weights save? {#b}\n\nMemory. So it is.\n",
    ],
)
def test_a_gap_may_be_explained_afterwards_and_asked_for_elsewhere(text: str) -> None:
    """Not counted are the explanation, other places of the gap, words that any text has, and other cards."""
    assert told(text) == []


def test_each_gap_is_looked_at_with_the_others_filled_in() -> None:
    """Two that hold the same give each other away."""
    assert told(gap("Both {{c1::means}} and {{c2::means}} count.")) == [
        ("a:c1", "text", "means"),
        ("a:c2", "text", "means"),
    ]


# --- options --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompt", "options"),
    [
        ("What keeps the variance of weights level?", ("the weights' variance", "the mean of the weights")),
        ("Is it $0.5$ at the end?", ("0.5", "0.25")),
        ("Does it begin with +?", ("+", "-")),
        ("How is an L2 penalty called?", ("L2", "L1")),
        ("Is not all of it lost?", ("not all", "nothing")),
    ],
)
def test_a_key_is_not_told_by_its_words(prompt: str, options: tuple[str, ...]) -> None:
    """In any order, short ones and numbers as well."""
    assert told(choice(prompt, *options)) == [("a", "prompt", options[0])]
    assert told(f"# {prompt}\n\n{choice('Which?', *options)}") == [("a", "title of the part", options[0])]


@pytest.mark.parametrize(
    ("prompt", "options"),
    [
        ("Which grows, weights or variance?", ("variance", "weights")),
        ("Of means of 0 and scales of 1 none is standardised, nor not. Why?", ("their means are not 0", "the scales")),
        ("Weights are shared, biases not. What is learned?", ("weights that are not shared", "a scale")),
        ("What is 5 of 10?", ("10 of 5", "2 of 1")),
        ("How many of the 10 layers?", ("2 layers", "3 layers")),
        ("Which of the two is it, a or b?", ("a", "b")),
        ("Where is $c > 0$?", ("0", "1")),
    ],
)
def test_a_key_may_share_words_with_its_question(prompt: str, options: tuple[str, ...]) -> None:
    """If a wrong option does so too, or if a number or a "not" stands elsewhere than in the key."""
    assert told(choice(prompt, *options)) == []


def test_computed_answers_and_steps_have_no_words() -> None:
    """They are never given away."""
    steps = "## On paper: the sum is 2 {#s .steps}\n\n1. the sum is 2\n"
    computed = (
        "## Is it 2? {#n}\n\n2\n\n```toml\n[simulation]\nname = 'any'\n[answer]\nvalue = 'x'\nabsolute = 1\n```\n"
    )
    assert told(steps + "\n" + computed) == []
