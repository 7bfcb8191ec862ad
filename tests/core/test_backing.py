"""The three honest kinds of backing."""

from __future__ import annotations

from studyapp.core.backing import Backing, backing
from studyapp.model import Asked, Card, Kind, SimulationLink


def card(link: SimulationLink | None, asked: Asked | None = None) -> Card:
    """A card with this simulation and answer."""
    return Card(id="c", kind=Kind.BASIC, prompt="P", deck="d.md", line=7, simulation=link, answer=asked)


def test_the_three_honest_kinds() -> None:
    """Computed by its answer, backed by claims, else illustrated; a card without a simulation has none."""
    assert backing(card(SimulationLink("coin"), Asked("share", 0.1))) is Backing.COMPUTED
    assert backing(card(SimulationLink("coin", claims=("fair",)))) is Backing.BACKED
    assert backing(card(SimulationLink("coin"))) is Backing.ILLUSTRATED
    assert backing(card(None)) is Backing.NONE
