"""Rules of the shipped decks: complete, backed by simulations, fit for the screen, options without a tell."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from studyapp.core.backing import Backing, backing
from studyapp.core.questions import pose
from studyapp.decks import parse
from studyapp.library import shipped_content
from studyapp.model import Card, Deck, Kind
from studyapp.tui.card_text import content
from tests.cli.calling import call
from tests.cli.conftest import no_environment, read_home

__all__ = ["no_environment", "read_home"]

FOLDER = shipped_content() / "decks"
DECKS = [parse(path.read_bytes(), path.name) for path in sorted(FOLDER.glob("*.md"))]
CARDS = [card for deck in DECKS for card in deck.cards]
CHOICES = [card for card in CARDS if card.options]
AT_LEAST = {Kind.CHOICE: 120, Kind.CLOZE: 60, Kind.COMPUTED: 80, Kind.STEPS: 8, Kind.REFUTE: 60}
WITHOUT_MISTAKES = {"adagrad-step", "momentum-by-hand", "running-mean"}
"""Of these, no mistake that has a name is a number that somebody would get."""
COLUMNS, LINES = 74, 12


def named(cards: Iterator[Card]) -> list[str]:
    """Their ids, for a failure that says which."""
    return [f"{card.deck}:{card.line}: {card.id}" for card in cards]


# --- what there is --------------------------------------------------------------------------------


@pytest.mark.parametrize("deck", DECKS, ids=lambda deck: deck.path)
def test_a_deck_has_no_problem(deck: Deck) -> None:
    """And says where it comes from."""
    assert deck.problems == ()
    assert deck.source
    assert deck.tags


def test_there_are_enough_cards_of_every_kind() -> None:
    """Five lectures, the papers and the formulas; kinds by their number, computed over nearly all simulations."""
    kinds = Counter(card.kind for card in CARDS)
    assert len(DECKS) == 7
    assert {kind: kinds[kind] for kind in AT_LEAST if kinds[kind] < AT_LEAST[kind]} == {}
    assert len({card.simulation.name for card in CARDS if card.answer is not None and card.simulation}) >= 30


def test_every_card_is_stamped_with_an_id_of_its_own() -> None:
    """Over all decks."""
    assert named(card for card in CARDS if not card.stamped) == []
    assert [one for one, times in Counter(card.id for card in CARDS).items() if times > 1] == []


def test_every_card_launches_a_simulation() -> None:
    """Computed, backed or illustrated."""
    assert named(card for card in CARDS if backing(card) is Backing.NONE) == []
    found = Counter(backing(card) for card in CARDS)
    assert min(found[one] for one in (Backing.COMPUTED, Backing.BACKED, Backing.ILLUSTRATED)) > 0


def test_every_card_explains() -> None:
    """An answer or an explanation of more than a word or two; a wrong option says why it is wrong."""
    assert named(card for card in CARDS if len(card.back.split()) < 3) == []
    assert named(card for card in CHOICES if any(not (one.correct or one.reason) for one in card.options)) == []


def test_computed_cards_know_what_goes_wrong() -> None:
    """At least one named mistake each, but for three."""
    without = {card.id for card in CARDS if card.answer is not None and not card.answer.mistakes}
    assert without == WITHOUT_MISTAKES


# --- how it is shown ------------------------------------------------------------------------------


def test_no_answer_is_too_long_for_the_screen() -> None:
    """At most 12 lines at 74 columns, laid out as they are shown."""

    def lines(card: Card) -> int:
        return content(card.back, width=COLUMNS).plain.count("\n") + 1

    assert named(card for card in CARDS if lines(card) > LINES) == []


def test_numbers_drawn_for_a_question_are_all_filled_in() -> None:
    """No `@{...}` is left in any text of any card, whatever the seed."""
    for card in CARDS:
        for seed in range(3):
            question = pose(card, seed)
            texts = [question.prompt, question.front, question.back, *(one.text for one in question.options)]
            assert not any("@{" in text for text in texts), card.id


def test_an_option_is_one_of_three_or_four() -> None:
    """And never refers to the others."""
    assert named(card for card in CHOICES if not 3 <= len(card.options) <= 4) == []
    words = ("all of the above", "none of the above", "all of these", "none of these", "both of these")
    assert named(card for card in CHOICES if any(w in one.text.lower() for one in card.options for w in words)) == []


# --- no tell --------------------------------------------------------------------------------------


def by_chance(hits: list[float], observed: int, *, draws: int = 20_000) -> float:
    """How often as many hits or more would come about by chance, each with its own probability."""
    rng = random.Random(1)
    return sum(sum(rng.random() < one for one in hits) >= observed for _ in range(draws)) / draws


def test_the_key_is_not_the_longest_option_more_often_than_chance() -> None:
    """Nor the shortest: length tells nothing."""
    for longest in (max, min):
        hits = 0
        for card in CHOICES:
            (key,) = [one for one in card.options if one.correct]
            lengths = [len(one.text) for one in card.options]
            hits += len(key.text) == longest(lengths) and lengths.count(len(key.text)) == 1
        assert by_chance([1 / len(card.options) for card in CHOICES], hits) > 0.05, (longest.__name__, hits)


def test_options_are_alike_in_length() -> None:
    """No option has more than four times the characters of another, but for single words and numbers."""

    def unlike(card: Card) -> bool:
        lengths = sorted(len(one.text) for one in card.options)
        return lengths[-1] > 24 and lengths[-1] > 4 * lengths[0]

    assert named(card for card in CHOICES if unlike(card)) == []


def test_positions_of_keys_are_balanced() -> None:
    """In the files no place is preferred; on the screen options are shuffled anyway."""
    places = Counter(next(i for i, one in enumerate(card.options) if one.correct) for card in CHOICES)
    for place in range(max(len(card.options) for card in CHOICES)):
        chances = [1 / len(card.options) for card in CHOICES if place < len(card.options)]
        assert by_chance(chances, places[place]) > 0.02, places
        assert by_chance([1 - one for one in chances], len(chances) - places[place]) > 0.02, places


def test_keys_are_shuffled_evenly_on_the_screen() -> None:
    """Over many seeds each place has the key about as often."""
    for card in CHOICES:
        places = Counter(pose(card, seed).right for seed in range(300))
        assert set(places) == set(range(len(card.options)))
        assert max(places.values()) < 2 * min(places.values())


# --- whether it is so -----------------------------------------------------------------------------


def test_check_finds_nothing(read_home: Path) -> None:
    """As `studyapp check` looks at decks and simulations together."""
    done = call(read_home, "check", "--json")
    assert done.json["problems"] == []
    assert done.status == 0
    assert done.json["cards"] == len(CARDS)


def test_the_simulations_bear_every_card_out(read_home: Path) -> None:
    """With one draw of each card."""
    done = call(read_home, "verify", "--json")
    assert done.json["failures"] == []
    assert (done.status, done.json["cards"]) == (0, len(CARDS))


@pytest.mark.slow
def test_they_do_so_for_twenty_draws(read_home: Path) -> None:
    """Claims hold for many seeds, and measurements lie within half the tolerance of the keys."""
    assert call(read_home, "verify", "--seeds", "20", "--json").json["failures"] == []
