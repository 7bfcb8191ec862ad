"""In which honest sense a simulation stands behind a card."""

from __future__ import annotations

from enum import StrEnum

from studyapp.model import Card


class Backing(StrEnum):
    """In which honest sense a simulation stands behind a card."""

    COMPUTED = "computed"
    BACKED = "backed"
    ILLUSTRATED = "illustrated"
    NONE = "none"


def backing(card: Card) -> Backing:
    """COMPUTED: its key comes from the run. BACKED: its claims hold in the run. ILLUSTRATED: the run shows the idea."""
    if card.answer is not None:
        return Backing.COMPUTED
    if card.simulation is None:
        return Backing.NONE
    return Backing.BACKED if card.simulation.claims else Backing.ILLUSTRATED
