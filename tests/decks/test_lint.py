"""Remarks about cards and decks: what gives an answer away, and how habit is told from chance."""

from __future__ import annotations

from itertools import product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.decks import parse
from studyapp.decks.lint import lint, tail
from studyapp.model import Card

CHOICE = """## {prompt} {{#c{number}}}

- [{a}] {first}

  That is one thing.
- [{b}] {second}

  That is another.

Because it is.
"""


def cards(text: str) -> tuple[Card, ...]:
    """The cards of a deck with this text under its title."""
    deck = parse(f"# Deck\n\n{text}".encode(), "d.md")
    assert deck.problems == ()
    return deck.cards


def choice(number: int, *, first: str, second: str, key: int = 0, prompt: str = "Which?") -> str:
    """A card with two options."""
    marks = "x " if key == 0 else " x"
    return CHOICE.format(prompt=prompt, number=number, a=marks[0], b=marks[1], first=first, second=second)


def remarks(text: str) -> list[str]:
    """What is said of the cards of a text."""
    return [problem.what for problem in lint(cards(text))]


def test_a_plain_card_gets_no_remark() -> None:
    """Options that differ, each wrong one with its reason, and an explanation."""
    assert remarks(choice(1, first="a wide net", second="a deep net")) == []
    assert remarks("## What is 2 + 2?\n\nFour. Two and two make four.") == []
    assert remarks("## Sums\n\nTwo and two make {{c1::four}}.\n\nAs any two pairs do.") == []


def test_the_answer_stands_in_nothing_that_is_read_before() -> None:
    """Said at the card, with the place and the answer, cut if it is long."""
    key = "the variance of the weights of each layer"
    text = choice(1, first=key, second="the mean", prompt="Is it each layer's weights' variance?")
    short = "'the variance of the weights of'..."
    assert remarks(text) == [f"the prompt gives the answer {short} away"]
    text = choice(1, first=key, second="the mean", prompt="Which?")
    assert remarks(f"# Each layer: variance of weights\n\n{text}") == [
        f"the title of the part gives the answer {short} away"
    ]
    (problem,) = lint(cards("## Sums {#s}\n\nA four: two and two make {{c1::four}}.\n\nAs any two pairs do."))
    assert (problem.card, problem.what) == ("s:c1", "the text gives the answer 'four' away")


def test_every_answer_is_explained() -> None:
    """More is said than the bare answer, and of each wrong option what leads to it."""
    assert remarks("## What is 2 + 2?\n\nFour.") == ["nothing explains the answer"]
    assert remarks("## Which?\n\n- [x] a\n- [ ] b") == ["nothing explains the answer", "the option 'b' has no reason"]


@pytest.mark.parametrize("mark", ["", " {.refute}"])
@pytest.mark.parametrize(
    ("answer", "explained"),
    [
        ("It is a weight.", False),
        ("It is a weight, learned like all the others.", False),
        ("Dauphin et al. found it in small networks.", False),
        ("It is one of two: 1 or 2.", False),
        ("It is this one.\n\n$$y = a x + b x + c x$$", False),
        ("It is a weight. Yes, it is.", True),
        ("It is a weight: training changes it.", True),
        ("It is a weight, because training changes it.", True),
        ("It is a weight\n\n- that training changes", True),
        ("It is a weight!\n\n$$b$$\n\nTraining changes it.", True),
    ],
)
def test_an_answer_says_why(answer: str, explained: bool, mark: str) -> None:
    """Three words or more after its first sentence, its first colon, or a "because"; a formula is no reason."""
    assert remarks(f"## What?{mark}\n\n{answer}") == ([] if explained else ["nothing explains the answer"])


@pytest.mark.parametrize(
    ("after", "explained"),
    [
        ("", False),
        ("\nAs any pairs do.", False),
        ("\n\nAnalogy: Two pairs of shoes.", False),
        ("\n\nAgain: {{c3::eight}}.", False),
        ("\n```\n2 + 2\n\n4\n```", False),
        ("\n\nAs any two pairs do.", True),
        ("\n\n$$2 + 2 = 4$$", True),
    ],
)
def test_a_gap_is_explained_after_the_text(after: str, explained: bool) -> None:
    """By a paragraph after the last gap, since it is shown with the answer only; said once for all gaps of a text."""
    found = list(lint(cards("## Sums {#s}\n\nTwice {{c1::two}} makes {{c2::four}}." + after)))
    told = "say why it is so in a paragraph after the last gap"
    wanted = [] if explained else [("s:c1", "nothing explains the answer", told)]
    assert [(one.card, one.what, one.remedy) for one in found] == wanted


def test_a_question_is_seen_at_once() -> None:
    """Prompt, text and options take 20 lines at most."""
    long = "\n".join(f"- line {number}" for number in range(21))
    text = f"## Which?\n\n{long}\n\n---\n\nNone. They are only lines."
    assert remarks(text) == ["the question takes 23 lines of 74 columns, and 20 fit"]


def test_a_macro_that_nobody_knows_is_told() -> None:
    """Once for a card, with the word that is shown for it; a text's gaps share the remark."""
    text = r"## What? {#s}" + "\n\n" + r"It is $\unk{x} + \frac{\unk}{2}$. It is so since $\nabla \text{unk}$ is."
    (problem,) = lint(cards(text))
    assert (problem.card, problem.what) == ("s", r"the unknown macro \unk is shown as the word 'unk'")
    assert problem.remedy == r"correct it, or write \text{unk} or \operatorname{unk}"
    gaps = r"It is {{c1::$\foo$}} and $\frac{\bra}{{{c2::2\ket}}}$." + "\n\nAs any is."
    assert remarks(f"## Sums {{#s}}\n\n{gaps}") == [
        rf"the unknown macro \{name} is shown as the word '{name}'" for name in ("foo", "bra", "ket")
    ]


def test_keys_are_spread_over_the_places() -> None:
    """Ten keys in a row at one place are no chance; five of ten are."""
    same = [choice(n, first=f"yes{n}", second=f"not{n}") for n in range(10)]
    assert remarks("\n".join(same)) == ["the key is option 1 on 10 of 10 cards"]
    spread = [choice(n, first=f"yes{n}", second=f"not{n}", key=n % 2) for n in range(10)]
    assert remarks("\n".join(spread)) == []


@pytest.mark.parametrize(("right", "name"), [("a much longer answer", "longest"), ("no", "shortest")])
def test_keys_do_not_stand_out_by_their_length(right: str, name: str) -> None:
    """Neither as the longest nor as the shortest option of every card."""
    texts = [(f"{right} {n}", f"a short one {n}")[:: 1 if n % 2 else -1] for n in range(10)]
    text = "\n".join(
        choice(n, first=first, second=second, key=int(second.startswith(right)))
        for n, (first, second) in enumerate(texts)
    )
    assert remarks(text) == [f"the key is the {name} option on 10 of 10 cards"]


@given(st.lists(st.floats(0, 1), max_size=7), st.integers(0, 8))
def test_the_tail_is_the_sum_over_all_outcomes(probabilities: list[float], count: int) -> None:
    """Each outcome of independent events with its probability, those with enough of them added up."""
    outcomes = product([False, True], repeat=len(probabilities))
    expected = sum(
        prod(p if happens else 1 - p for p, happens in zip(probabilities, outcome, strict=True))
        for outcome in outcomes
        if sum(outcome) >= count
    )
    assert tail(probabilities, count) == pytest.approx(expected, abs=1e-12)
