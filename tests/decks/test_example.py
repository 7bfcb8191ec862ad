"""One deck with everything in it is read without a problem, and each text goes to its place."""

from __future__ import annotations

from pathlib import Path

from studyapp.decks import parse
from studyapp.model import Asked, Deck, Kind, Option, SimulationLink

EXAMPLE = Path(__file__).with_name("example.md")


def example() -> Deck:
    """The example deck, parsed."""
    return parse(EXAMPLE.read_bytes(), "week2/example.md")


def test_the_deck() -> None:
    """Title, source and tags come from the first heading and the settings below it; no problem is found."""
    deck = example()
    assert deck.problems == ()
    assert (deck.path, deck.title, deck.source, deck.tags) == (
        "week2/example.md",
        "Scales and signals",
        "Own notes, week 2",
        ("course",),
    )
    assert [(card.id, card.line) for card in deck.cards] == [
        ("why-standardise", 10),
        ("listing-bug", 22),
        ("flattest", 47),
        ("softmax-is-argmax", 71),
        ("he-rule:c1", 81),
        ("he-rule:c2", 81),
        ("growth", 86),
        ("variance-of-sum", 104),
        ("an-id-is-proposed-for-this-heading", 116),
    ]


def test_basic_card_with_all_fields() -> None:
    """Fields are taken out of the answer."""
    card = example().cards[0]
    assert card.kind is Kind.BASIC
    assert card.prompt == "Why do we standardise inputs before training?"
    assert card.front == ""
    assert card.back.startswith("So that no feature")
    assert card.back.endswith(r"$$z = \frac{x - \mu}{s}$$")
    assert card.analogy == "converting all prices to one currency before comparing shops."
    assert card.hint == "think of metres and millimetres."
    assert card.source == "own notes, page 3"
    assert card.tags == ("course", "inputs")
    assert card.part == ""
    assert card.simulation is None
    assert card.stamped


def test_rule_ends_the_front_and_a_second_one_is_content() -> None:
    """`---` separates a longer front from the answer, once; `##` in a fence is no heading."""
    card = example().cards[1]
    assert card.front == "Read it from top to bottom.\n\n```python\n## not a heading\nx = x / x.max()\n```"
    assert card.back == (
        "The maximum comes from the training set and must be stored.\n\n---\n\nA second rule is content."
    )


def test_choice_card() -> None:
    """Options have reasons, the text before them is the front, that after them the explanation."""
    card = example().cards[2]
    assert card.kind is Kind.CHOICE
    assert card.front == "Temperatures divide the logits."
    assert card.back == "Large temperatures shrink all differences."
    assert card.options == (
        Option("0.5", reason="It sharpens: differences of logits double."),
        Option("20", correct=True),
        Option(
            "1,\nthe usual one",
            reason="It changes nothing:\n\n1. dividing by one\n2. leaves all logits",
        ),
        Option("0"),
    )
    assert card.part == "Output layers"
    assert card.tags == ("course", "softmax")


def test_simulation_comes_from_the_part() -> None:
    """A card with claims only, or without settings, has its part's simulation and parameters."""
    choice, refute = example().cards[2:4]
    assert choice.simulation == SimulationLink(
        "softmax_output", {"temperature": 1.0}, claims=("high_temperature_flattens",), line=67
    )
    assert refute.simulation == SimulationLink("softmax_output", {"temperature": 1.0}, line=42)


def test_refute_card() -> None:
    """`.refute` is a kind, not a tag."""
    card = example().cards[3]
    assert card.kind is Kind.REFUTE
    assert card.accept == ("it weighs", "it does not pick")
    assert card.tags == ("course", "softmax", "myth")


def test_cloze_siblings() -> None:
    """One card per number, all with the whole text; code has no gaps."""
    first, second = example().cards[4:6]
    assert (first.kind, first.cloze, second.cloze) == (Kind.CLOZE, 1, 2)
    assert first.family == second.family == "he-rule"
    assert first.back == second.back
    assert first.back.startswith("He draws")
    assert first.back.endswith("`{{c3::code}}` is left alone.")
    assert first.simulation is None


def test_computed_card() -> None:
    """`[answer]` says what is asked, and how near counts."""
    card = example().cards[6]
    assert card.kind is Kind.COMPUTED
    assert card.simulation == SimulationLink("exploding_gradients", {"depth": 4}, {"width": (32, 64)}, line=91)
    assert card.answer == Asked(
        "growth", tolerance=0.02, mistakes=("forgets_the_square",), unit="times", index=0, line=96
    )
    assert card.back == "Each unit sums @{width} terms; `@{nothing}` in code is left alone."


def test_steps_card() -> None:
    """Each step keeps its formula, the text around is front and explanation."""
    card = example().cards[7]
    assert card.kind is Kind.STEPS
    assert card.front == "Independent terms, mean zero."
    assert card.steps == (
        "Write the square of the sum as a double sum.",
        "Mixed terms vanish:\n\n$$E[x_i x_j] = 0$$",
        "$n$ equal terms stay.",
    )
    assert card.back == "Independence was needed in step two only."


def test_a_card_without_id_has_its_slug() -> None:
    """The heading's slug is a proposal, and the card says so."""
    card = example().cards[8]
    assert not card.stamped
    assert card.id == "an-id-is-proposed-for-this-heading"
    assert all(one.stamped for one in example().cards[:8])
