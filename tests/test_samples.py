"""The samples are what the README says of each kind: sound cards, as check has it too."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from studyapp.checking import CheckReport
from studyapp.decks.cards import Surroundings
from studyapp.decks.formulas import unreadable
from studyapp.decks.parser import parse_card
from studyapp.library import Library
from studyapp.model import Kind
from studyapp.samples import SAMPLES, Sample
from tests.studying import Clock, library, own

KINDS = (
    {Kind.BASIC},
    {Kind.CHOICE},
    {Kind.CLOZE},
    {Kind.COMPUTED},
    {Kind.BASIC},
    {Kind.REFUTE},
    {Kind.STEPS},
    {Kind.BASIC},
)


@pytest.mark.parametrize(("sample", "kinds"), list(zip(SAMPLES, KINDS, strict=True)), ids=[one.name for one in SAMPLES])
def test_a_sample_is_a_sound_card_of_its_kind(sample: Sample, kinds: set[Kind]) -> None:
    """With formulas that can be read."""
    cards, wrong = parse_card(sample.markdown, Surroundings(""))
    assert ({card.kind for card in cards}, wrong) == (kinds, ())
    assert [one for card in cards for one in unreadable(card, sample.markdown.split("\n"))] == []


def test_samples_agree_with_the_simulations(tmp_path: Path) -> None:
    """A deck of all of them has no problem."""
    file = own(tmp_path, "# Samples\n\n" + "\n".join(sample.markdown for sample in SAMPLES))

    async def checked(opened: Library) -> CheckReport:
        try:
            return await opened.check([file])
        finally:
            await opened.close_laboratory()

    with library(tmp_path, Clock()) as opened:
        found = asyncio.run(checked(opened))
    assert (found.cards, found.problems) == (len(SAMPLES) + 1, ())
