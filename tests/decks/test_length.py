"""Rules of how many lines an answer takes on a screen of 74 columns."""

from __future__ import annotations

import pytest

from studyapp.decks.length import COLUMNS, answer_lines
from studyapp.tui.card_text import content
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
        ("one\n\n```\na\n\nb\n```\n\ntwo", 7),
        ("one\n\n$$x^2$$\n\ntwo", 5),
        ("$$\nx\n$$", 1),
        ("one\n\n$$\\frac{a}{b}$$", 5),
        ("- one\n\n  two\n- three", 5),
        ("1. one\n2. two\n\nthree", 4),
        ("| a | b |\n|---|---|\n| c | d |", 3),
        ("> quoted\n> twice", 1),
    ],
)
def test_paragraphs_flow_and_everything_else_takes_what_it_takes_on_the_screen(back: str, lines: int) -> None:
    """Wrapped at 74 columns; blank lines count, and formulas have their height."""
    assert answer_lines(card(f"## Q\n\n{back}")) == lines
    assert content(back, width=COLUMNS).plain.count("\n") + 1 == lines


def test_of_a_choice_card_the_explanation_counts() -> None:
    """Its options do not; without an explanation there is nothing."""
    assert answer_lines(card("## Q\n\n- [x] a\n- [ ] b")) == 0
    assert answer_lines(card("## Q\n\n- [x] a\n- [ ] b\n\nSo.")) == 1
