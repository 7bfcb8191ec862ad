"""Making a paper: reproducible, balanced over topics, the best origins first, one card of a family, one best answer."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studyapp.core.exam.distractors import AnswerPool
from studyapp.core.exam.making import (
    Blueprint,
    Candidate,
    Origin,
    candidates,
    choose,
    exam_question,
    ordered,
)
from studyapp.core.exam.paper import PaperError
from studyapp.core.questions import draw
from studyapp.model import Asked, Card, Kind, Option, SimulationLink
from studyapp.simulation import Key
from tests.core.exam.papers import question

SEEDS = st.integers(0, 2**31 - 1)
EMPTY = AnswerPool([])


def card(name: str, **facts: object) -> Card:
    """A choice card with some facts changed."""
    options = (Option("right", True), Option("wrong", reason="It is not."), Option("other"), Option("none"))
    given: dict[str, object] = {"kind": Kind.CHOICE, "prompt": "P", "deck": "d.md", "line": 1, "options": options}
    return Card(id=name, **given | facts)  # type: ignore[arg-type]


def computed(name: str = "ratio", mistakes: tuple[str, ...] = ("m", "n"), **facts: object) -> Card:
    """A computed card that draws a width."""
    link = SimulationLink("net", {"gain": 2}, {"width": (16, 32, 64, 128, 256)}, ("claimed",))
    asked = Asked("growth", tolerance=0.1, mistakes=mistakes)
    given: dict[str, object] = {"kind": Kind.COMPUTED, "prompt": "Width @{width}?", "back": "It is @{width}."}
    return card(name, options=(), simulation=link, answer=asked, **given | facts)


def made_of(sizes: list[int]) -> list[Candidate]:
    """So many candidates of topics t0, t1, ..."""
    return [
        Candidate(card(f"{topic}-{place}"), f"t{topic}", Origin.OWN)
        for topic, size in enumerate(sizes)
        for place in range(size)
    ]


# --- choosing -------------------------------------------------------------------------------------

sizes = st.lists(st.integers(1, 30), min_size=1, max_size=7)


@given(sizes, st.data(), SEEDS)
@settings(max_examples=80, deadline=None)
def test_topics_are_balanced_by_largest_remainders(per_topic: list[int], data: st.DataObject, seed: int) -> None:
    """Each topic gets its quota rounded down or up, those with the larger remainders up; one at least if it can."""
    number = data.draw(st.integers(1, sum(per_topic)))
    chosen = choose(made_of(per_topic), number, seed)
    assert len({one.card.id for one in chosen}) == len(chosen) == number
    given_to = Counter(one.topic for one in chosen)
    shares = [given_to[f"t{topic}"] for topic in range(len(per_topic))]
    quotas = [Fraction(number * size, sum(per_topic)) for size in per_topic]
    assert all(share <= size for share, size in zip(shares, per_topic, strict=True))
    if number >= len(per_topic):
        assert min(shares) >= 1
        assert all(share <= max(1, ceil(quota)) for share, quota in zip(shares, quotas, strict=True))
    assume(number < len(per_topic) or min(quotas) >= 1)  # where nobody is lifted to one, it is the textbook's method
    up = [share > floor(quota) for share, quota in zip(shares, quotas, strict=True)]
    assert all(floor(quota) <= share <= ceil(quota) for share, quota in zip(shares, quotas, strict=True))
    lifted = [quota % 1 for quota, one in zip(quotas, up, strict=True) if one]
    left = [quota % 1 for quota, one in zip(quotas, up, strict=True) if not one]
    assert not lifted or not left or min(lifted) >= max(left)


@given(st.lists(st.tuples(st.sampled_from(Origin), st.integers(0, 2)), min_size=4, max_size=20), st.data(), SEEDS)
@settings(max_examples=80, deadline=None)
def test_within_a_topic_the_best_origins_come_first(
    origins: list[tuple[Origin, int]], data: st.DataObject, seed: int
) -> None:
    """Sealed, then written, then computed, then borrowed options: none is passed over for a lesser one."""
    found = [Candidate(card(f"c{i}"), f"t{topic}", origin) for i, (origin, topic) in enumerate(origins)]
    chosen = choose(found, data.draw(st.integers(1, len(found))), seed)
    for topic in {one.topic for one in found}:
        taken = [one.origin for one in chosen if one.topic == topic]
        passed = [one.origin for one in found if one.topic == topic and one not in chosen]
        assert not taken or not passed or max(taken) <= min(passed)


@given(SEEDS)
def test_siblings_never_meet_in_a_paper(seed: int) -> None:
    """One card of a family: the gaps of one text answer each other."""
    found = [
        Candidate(card(f"text{family}:c{gap}"), "t", Origin.BORROWED) for family in range(5) for gap in range(1, 4)
    ]
    chosen = choose(found, 5, seed)
    assert len({one.card.family for one in chosen}) == 5
    with pytest.raises(PaperError):
        choose(found, 6, seed)


@pytest.mark.parametrize(("there", "wanted"), [(0, 1), (3, 4), (3, 24)])
def test_too_few_cards_are_refused_in_a_clear_line(there: int, wanted: int) -> None:
    """It says how many there are and what to do."""
    with pytest.raises(PaperError, match=f"^there are {there} questions to choose from, not {wanted}; ask fewer"):
        choose(made_of([there] if there else []), wanted, 1)


@given(sizes, SEEDS, st.randoms())
@settings(max_examples=50, deadline=None)
def test_rule_8_a_seed_chooses_the_same_cards(per_topic: list[int], seed: int, shuffler: random.Random) -> None:
    """Rule 8: the same seed gives the same choice and order, in whatever order the decks are read."""
    found = made_of(per_topic)
    number = max(1, sum(per_topic) // 2)
    chosen = {one.card.id for one in choose(found, number, seed)}
    shuffled = shuffler.sample(found, len(found))
    assert {one.card.id for one in choose(shuffled, number, seed)} == chosen
    questions = [question(one) for one in chosen]
    assert ordered(questions, seed) == ordered(shuffler.sample(questions, len(questions)), seed)


def test_rule_8_the_order_is_random() -> None:
    """Rule 8: over the seeds every question comes to every place about equally often."""
    questions = [question(f"q{place}") for place in range(4)]
    places = Counter((one.card, place) for seed in range(400) for place, one in enumerate(ordered(questions, seed)))
    assert len(places) == 16
    assert all(70 <= times <= 130 for times in places.values())


# --- what can be asked ----------------------------------------------------------------------------


def test_where_options_come_from() -> None:
    """Sealed choice and computed cards first, then written, then computed ones with two named mistakes, then others."""
    words = [card(f"w{i}", kind=Kind.BASIC, options=(), back=word) for i, word in enumerate(["momentum", "variance"])]
    cards = [
        card("sealed", tags=("sealed",)),
        card("written"),
        computed("computed"),
        computed("sealed-computed", tags=("sealed",)),
        computed("one-mistake", mistakes=("m",)),
        card("steps", kind=Kind.STEPS, options=(), steps=("a", "b")),
        card("alone", kind=Kind.BASIC, options=(), back="`code`"),
        *words,
        card("w2", kind=Kind.BASIC, options=(), back="gradient"),
    ]
    found = candidates(cards, Blueprint(), {"d.md": "A deck"}, AnswerPool(cards))
    assert {one.card.id: one.origin for one in found} == {
        "sealed": Origin.SEALED,
        "sealed-computed": Origin.SEALED,
        "written": Origin.OWN,
        "computed": Origin.OWN,
        "w0": Origin.BORROWED,
        "w1": Origin.BORROWED,
        "w2": Origin.BORROWED,
    }
    assert sorted(Origin) == [Origin.SEALED, Origin.OWN, Origin.BORROWED]


def test_a_topic_is_the_part_or_the_decks_title() -> None:
    """A card without a part belongs to the topic of its deck."""
    found = candidates([card("a", part="Losses"), card("b")], Blueprint(), {"d.md": "A deck"}, EMPTY)
    assert [one.topic for one in found] == ["Losses", "A deck"]


def test_a_blueprint_takes_decks_parts_tags_or_the_very_cards() -> None:
    """Where several kinds are named, a card fits all of them; cards by name need nothing else."""
    here = card("a", part="Losses", tags=("week2",))
    assert Blueprint().wants(here)
    assert Blueprint(decks=("d.md",), parts=("losses",), tags=("x", "week2")).wants(here)
    for other in (Blueprint(decks=("e.md",)), Blueprint(parts=("Model",)), Blueprint(tags=("x",))):
        assert not other.wants(here)
    assert Blueprint(cards=("a",), decks=("e.md",)).wants(here)
    assert not Blueprint(cards=("b",)).wants(here)


# --- one question ---------------------------------------------------------------------------------


@given(SEEDS)
@settings(deadline=None)
def test_rule_8_options_are_shuffled_on_a_stream_of_their_own(seed: int) -> None:
    """Rule 8: a card's options stand the same way whatever else is in the paper, and keep text, key and reason."""
    asked = exam_question(Candidate(card("a"), "t", Origin.OWN), seed, 60, EMPTY)
    assert exam_question(Candidate(card("a"), "other topic", Origin.SEALED), seed, 90, EMPTY).options == asked.options
    assert {(one.text, one.correct, one.reason) for one in asked.options} == {
        (one.text, one.correct, one.reason) for one in card("a").options
    }


def test_rule_8_every_option_comes_to_every_place() -> None:
    """Rule 8: over the seeds the right option stands in each place about equally often, apart from the order."""
    asked = [exam_question(Candidate(card("a"), "t", Origin.OWN), seed, 60, EMPTY) for seed in range(400)]
    rights = [one.right for one in asked]
    assert all(70 <= rights.count(place) <= 130 for place in range(4))
    firsts = [ordered([question(f"q{i}") for i in range(4)], seed)[0].card for seed in range(400)]
    together = Counter(zip(rights, firsts, strict=True))
    assert all(10 <= together[place, f"q{i}"] <= 45 for place in range(4) for i in range(4))


def test_rule_8_the_key_of_a_computed_question_comes_to_every_place() -> None:
    """Rule 8: options made of a key and its mistakes are shuffled like written ones."""
    key, asked = Key(4.0, {"m": 2.0, "n": 8.0}), Candidate(computed(), "t", Origin.OWN)
    places = [exam_question(asked, seed, 120, EMPTY, key=key).right for seed in range(300)]
    assert all(70 <= places.count(place) <= 130 for place in range(3))


def test_a_question_has_what_the_report_needs() -> None:
    """Numbers filled in, explanation, source, topic, limit; the simulation with its drawn parameters for "run it"."""
    asked = computed(source="Lecture 3", tags=("sealed",))
    key = Key(4.0, {"m": 2.0, "n": 8.0}, "px")
    made = exam_question(Candidate(asked, "Gain", Origin.SEALED), 5, 120, EMPTY, key=key)
    drawn = draw(asked, 5, exam=True)
    assert made.prompt == f"Width {drawn['width']}?"
    assert made.explanation == f"It is {drawn['width']}."
    assert (made.simulation, made.parameters, made.claims) == ("net", drawn, ("claimed",))
    assert (made.topic, made.source, made.seconds, made.sealed) == ("Gain", "Lecture 3", 120, True)


def test_a_computed_questions_options_are_the_key_and_the_named_mistakes() -> None:
    """The right one is the key, each other one says which mistake gives it and what that mistake does."""
    key = Key(0.088388, {"m": 0.125, "n": 24.0})
    made = exam_question(
        *(Candidate(computed(), "t", Origin.OWN), 1, 120, EMPTY),
        key=key,
        misconceptions={"m": "the square root is forgotten"},
    )
    assert made.options[made.right].text == "0.0884"
    told = {one.text: (one.mistake, one.reason) for one in made.options if not one.correct}
    assert told == {"0.125": ("m", "That is what you get if the square root is forgotten"), "24": ("n", "")}


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (24.0, "", "24"),
        (-0.5, "px", "−0.5 px"),
        (1.3e-19, "", "1.3e-19"),
        (0.1234567, "", "0.123"),
        (2e9, "", "2e9"),
        (-1234.5, "", "−1.23e3"),
    ],
)
def test_how_an_exam_writes_numbers(value: float, unit: str, text: str) -> None:
    """Three significant digits where they suffice, whole numbers whole, a real minus sign, the unit behind."""
    key = Key(value, {"m": value * 7 + 11, "n": value * 3 + 5}, unit)
    made = exam_question(Candidate(computed(), "t", Origin.OWN), 1, 120, EMPTY, key=key)
    assert made.options[made.right].text == text


values = st.floats(-1e12, 1e12).filter(lambda value: value == 0 or abs(value) > 1e-12)


@given(values, st.lists(values, min_size=2, max_size=4), SEEDS)
@settings(max_examples=150, deadline=None)
def test_computed_options_are_distinct_or_refused(key: float, wrong: list[float], seed: int) -> None:
    """As many digits as it takes to tell them apart; each reads as its value. Where that fails the card is left out."""
    given_key = Key(key, {f"m{place}": value for place, value in enumerate(wrong)})
    candidate = Candidate(computed(), "t", Origin.OWN)
    if len({float(f"{value:.8g}") for value in (key, *wrong)}) <= len(wrong):
        with pytest.raises(PaperError, match="agree to 8 digits"):
            exam_question(candidate, seed, 120, EMPTY, key=given_key)
        return
    made = exam_question(candidate, seed, 120, EMPTY, key=given_key)
    texts = [one.text for one in made.options]
    assert len({float(text.replace("−", "-")) for text in texts}) == len(wrong) + 1
    for one in made.options:
        value = given_key.mistakes[one.mistake] if one.mistake else key
        assert float(one.text.replace("−", "-")) == pytest.approx(value, rel=0.0051)
        assert one.correct is (not one.mistake)


def test_a_card_whose_mistakes_give_the_key_is_refused_in_a_clear_line() -> None:
    """It names the card and says what to choose."""
    with pytest.raises(PaperError, match=r"^ratio: its key and its mistakes agree to 8 digits; choose other mistakes"):
        exam_question(Candidate(computed(), "t", Origin.OWN), 1, 120, EMPTY, key=Key(2.0, {"m": 2.0 + 1e-12, "n": 3.0}))


def test_borrowed_options_say_what_they_answer() -> None:
    """The right one is the card's own short answer; the others tell after the exam which question they belong to."""
    words = ["momentum", "variance", "gradient"]
    cards = [card(f"w{i}", kind=Kind.BASIC, options=(), back=word, prompt=f"P{i}?") for i, word in enumerate(words)]
    made = exam_question(Candidate(cards[0], "t", Origin.BORROWED), 1, 60, AnswerPool(cards))
    assert made.options[made.right].text == "momentum"
    assert {one.reason for one in made.options if not one.correct} == {"That answers: P1?", "That answers: P2?"}


def test_what_cannot_be_a_question_is_refused() -> None:
    """Rule 7: a card whose numbers make two options alike is no question, and says so."""
    link = SimulationLink("net", {}, {"width": (16, 32, 64)})
    alike = replace(
        card("a"), simulation=link, options=(Option("16", True), Option("@{width}"), Option("32"), Option("64"))
    )
    with pytest.raises(PaperError, match="no two alike"):
        exam_question(Candidate(alike, "t", Origin.OWN), 1, 60, EMPTY)
