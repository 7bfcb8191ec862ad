"""What an exam can be about is known by name, and a name that is none is answered with the nearest and all others."""

from __future__ import annotations

import pytest

from studyapp.core.exam.making import Blueprint
from studyapp.core.exam.naming import MOST, Names, names, refuse_unknown
from studyapp.core.exam.paper import PaperError
from tests.core.exam.test_making import card

CARDS = [
    card("a", part="Losses", tags=("week1",)),
    card("b", part="Initialisation", tags=("week2", "sealed")),
    card("c", part="Losses", tags=("week2",), deck="e.md"),
    card("d", deck="e.md"),
]


def test_parts_and_tags_are_those_of_the_chosen_decks_each_once() -> None:
    """In the order of the decks; without a deck, of all."""
    assert names(CARDS) == Names(("Losses", "Initialisation"), ("week1", "week2", "sealed"))
    assert names(CARDS, ("e.md",)) == Names(("Losses",), ("week2",))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            Blueprint(parts=("losses", "initialization")),
            "no question in any deck has the part 'initialization'; did you mean 'Initialisation'? "
            "there is Losses, Initialisation",
        ),
        (Blueprint(parts=("xyz",)), "no question in any deck has the part 'xyz'; there is Losses, Initialisation"),
        (
            Blueprint(tags=("week1",), decks=("e.md",)),
            "no question in these decks has the tag 'week1'; did you mean 'week2'? there is week2",
        ),
        (Blueprint(tags=("Week1",)), "has the tag 'Week1'; did you mean 'week1'? there is week1, week2, sealed"),
        (Blueprint(parts=("x",), decks=("f.md",)), "no question in these decks has the part 'x'; there are no parts"),
        (Blueprint(parts=("\x1b]52;c;eA==\x07",)), r"has the part '\\x1b]52;c;eA==\\x07'; there is"),
    ],
)
def test_an_unknown_name_is_refused_with_those_there_are(asked: Blueprint, told: str) -> None:
    """The nearest is named first, then all; nothing in the name reaches the terminal as it is."""
    with pytest.raises(PaperError) as refused:
        refuse_unknown(CARDS, asked)
    assert told.replace("\\\\", "\\") in str(refused.value)


def test_known_names_and_exact_cards_are_accepted() -> None:
    """Upper and lower case make no difference to parts; a paper of exactly these cards asks for no name."""
    refuse_unknown(CARDS, Blueprint(parts=("LOSSES",), tags=("week2",)))
    refuse_unknown(CARDS, Blueprint(parts=("gone",), cards=("a",)))


def test_of_many_names_some_are_told() -> None:
    """And how many more there are."""
    many = [card(f"c{number}", part=f"Part {number}") for number in range(MOST + 3)]
    with pytest.raises(PaperError, match=rf"Part {MOST - 1}, and 3 more$"):
        refuse_unknown(many, Blueprint(parts=("nosuch",)))
