"""Rules of how many lines an answer takes on a screen of 74 columns."""

from __future__ import annotations

import pytest

from studyapp.decks.length import answer_lines
from tests.decks.samples import card

WORDS = "word " * 32  # 160 columns


@pytest.mark.parametrize(
    ("back", "lines"),
    [
        ("One.", 1),
        (WORDS, 3),
        ("one\ntwo\nthree", 1),
        ("one\n\ntwo", 3),
        ("one\n\n- two\n- three\n  goes on", 4),
        ("one\n\n```\na\n\nb\n```\n\ntwo", 9),
        ("one\n\n$$x^2$$\n\ntwo", 5),
        ("$$\nx\n$$", 3),
        ("| a | b |\n|---|---|\n| c | d |", 3),
        ("> quoted\n> twice", 2),
    ],
)
def test_paragraphs_flow_and_everything_else_stands_as_it_is(back: str, lines: int) -> None:
    """Wrapped at 74 columns; blank lines count."""
    assert answer_lines(card(f"## Q\n\n{back}")) == lines


def test_of_a_choice_card_the_explanation_counts() -> None:
    """Its options do not; without an explanation there is nothing."""
    assert answer_lines(card("## Q\n\n- [x] a\n- [ ] b")) == 0
    assert answer_lines(card("## Q\n\n- [x] a\n- [ ] b\n\nSo.")) == 1
