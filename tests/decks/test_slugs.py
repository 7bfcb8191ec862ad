"""Slugs: the ids that are proposed for headings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.decks.headings import ID
from studyapp.decks.slugs import LONGEST, free, slug


@pytest.mark.parametrize(
    ("heading", "proposal"),
    [
        ("Why do we standardise inputs?", "why-do-we-standardise-inputs"),
        ("L'Hôpital, Gauß & Łoś", "l-hopital-gauss-los"),
        (r"The $\sigma(x)$ of `x`", "the-sigma-x-of-x"),
        ("Why σ² and not σ?", "why-sigma2-and-not-sigma"),
        ("2 + 2 = ?", "2-2"),
        ("", ""),
        ("  ", ""),
        ("Что такое", "card-" + slug("Что такое")[5:]),
        ("word " * 30, "word-word-word-word-word-word-word-word-word-word-word-word"),
        ("x" * 90, "x" * LONGEST),
    ],
)
def test_slugs(heading: str, proposal: str) -> None:
    """Accents go, formulas are spelled, long headings end at a word."""
    assert slug(heading) == proposal


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_slug_is_an_id_or_empty(heading: str) -> None:
    """A proposal can always be written into the file; only an empty heading has none."""
    proposal = slug(heading)
    assert bool(proposal) is bool(heading.strip())
    assert not proposal or (ID.fullmatch(proposal) and len(proposal) <= LONGEST)


def test_a_taken_proposal_gets_a_number() -> None:
    """The first free one."""
    assert free("a", {"b"}) == "a"
    assert free("a", {"a", "a-2"}) == "a-3"
