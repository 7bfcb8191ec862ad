"""Short ways for the tests of decks to write a deck and to see what came of it."""

from __future__ import annotations

from studyapp.decks import parse
from studyapp.model import Card, Deck

TOP = "# Deck\n\n"
"""What stands above the card in `card_deck`: the card's heading is on line 3."""


def deck(text: str) -> Deck:
    """A deck of this text, as `d.md`."""
    return parse(text.encode(), "d.md")


def card_deck(text: str) -> Deck:
    """A deck of one card, whose heading is on line 3."""
    return deck(TOP + text)


def card(text: str) -> Card:
    """The only card of a deck without problems."""
    found = card_deck(text)
    assert [str(problem) for problem in found.problems] == []
    (only,) = found.cards
    return only


def problems(text: str) -> list[str]:
    """The problems of a deck of one card, whose heading is on line 3; broken cards are left out."""
    found = card_deck(text)
    assert found.cards == ()
    return [str(problem) for problem in found.problems]
