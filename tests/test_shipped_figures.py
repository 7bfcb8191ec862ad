"""Rules of the figures that shipped cards choose: each is there whatever is drawn, so that none is replaced unseen."""

from __future__ import annotations

import pytest

from studyapp.core.linking import combinations
from studyapp.decks import parse
from studyapp.library import shipped_content
from tests.simulations.loading import load, ran

DECKS = [parse(path.read_bytes(), path.name) for path in sorted((shipped_content() / "decks").glob("*.md"))]
LINKS = {card.id: card.simulation for deck in DECKS for card in deck.cards if card.simulation}
CHOOSING = {name: link for name, link in LINKS.items() if link.figure}


def test_cards_choose_figures() -> None:
    """So that the rule below is about something."""
    assert len(CHOOSING) > 100


@pytest.mark.slow
@pytest.mark.parametrize("card", CHOOSING)
def test_the_chosen_figure_is_there(card: str) -> None:
    """At each combination one title begins as the card says, and no other: which figure is meant is clear."""
    link = CHOOSING[card]
    for parameters in combinations(link):
        found = [figure.title for figure in ran(load(link.name), 0, **parameters).figures]
        assert sum(title.startswith(link.figure) for title in found) == 1, (parameters, found)
