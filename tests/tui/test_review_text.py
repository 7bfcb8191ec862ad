"""Rules of the texts of Review and of how numbers, days and grades are worded, without a screen."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from studyapp.core.questions import pose
from studyapp.core.sm2 import LONGEST, Outlook
from studyapp.study import StudySession
from studyapp.tui import review_text, wording
from tests.studying import COMPUTED, Clock, basic_deck, library
from tests.tui.samples import CHOICE, STEPS

WIDTHS = (36, 60, 76, 96)


def asked(session: StudySession) -> StudySession:
    """Ask the next card."""
    assert asyncio.run(session.next()) is not None
    return session


@pytest.mark.parametrize("six", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_grade_row_keeps_to_three_lines_of_the_width(tmp_path: Path, width: int, six: bool) -> None:
    """From a new card to a mature one, every grade is there, and the columns stand under each other."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(1)) as opened:
        for days in (0, 1, 6, 15, 38, 95, 238):
            clock.forward(days=days)
            session = asked(opened.study())
            session.reveal()
            lines = review_text.grade_row(session, six, width).plain.split("\n")
            assert len(lines) == 3
            assert all(len(line) <= width + 3 for line in lines)
            names = wording.SIX_GRADES if six else wording.GRADES
            row = next(line for line in lines if "Har" in line)
            starts = [row.index(name[:3]) for name in names.values()]
            assert len({b - a for a, b in pairwise(starts)}) == 1
            if width >= 76:
                assert "today" in lines[2]
            session.grade(4)


def test_a_drill_says_that_it_moves_no_date(tmp_path: Path) -> None:
    """What is asked again the same day ends for today with Good, and comes back below it."""
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        session = asked(opened.study())
        session.reveal()
        session.grade(3)
        asked(session).reveal()
        lines = review_text.grade_row(session, False, 76).plain.split("\n")
        assert lines[0] == " A drill: it moves no date, and Good ends it for today."
        assert lines[2].split("  ")[1:] != []
        assert "again today" in lines[2]
        assert "done for today" in lines[2]


@pytest.mark.parametrize("name", ["all decks", "a long title " * 9, "長い題名" * 20, "e\u0301" * 90])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_bar_is_as_wide_as_the_screen(tmp_path: Path, width: int, name: str) -> None:
    """A title that has no room ends in an ellipsis; place and time are never cut."""
    with library(tmp_path, Clock(), plain=basic_deck(2)) as opened:
        session = asked(opened.study())
        line = review_text.bar(session, name, width)
        where = "1 of 2 · 10:00 left of 10 min"
        assert line.plain.endswith(where)
        assert line.cell_length == width
        title = f"Review · {name}".strip()
        shown = line.plain.removesuffix(where).rstrip()
        assert shown == title or (shown[-1:] == "…" and title.startswith(shown[:-1]))


def test_the_bar_says_how_many_cards_come_back(tmp_path: Path) -> None:
    """A card that was missed is not done, so the place stays: the bar says why, until all of them are had."""
    with library(tmp_path, Clock(), plain=basic_deck(3)) as opened:
        session = opened.study()

        def graded(grade: int) -> str:
            asked(session).reveal()
            session.grade(grade)
            return review_text.bar(session, "all decks", 76).plain.split("  ")[-1].partition(" · ")[0].strip()

        assert [graded(grade) for grade in (1, 4, 3)] == ["1 of 3, 1 again", "1 of 3, 1 again", "2 of 3, 2 again"]
        assert [graded(grade) for grade in (4, 4)] == ["2 of 3, 1 again", "3 of 3"]


@pytest.mark.parametrize("six", [False, True])
def test_a_verdict_never_says_a_word_twice(tmp_path: Path, six: bool) -> None:
    """Wrong, where that is the grade's name, needs no "wrong" after it."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        session = asked(opened.study())
        wrong = next(i for i, one in enumerate(session.question.options) if not one.correct)  # type: ignore[union-attr]
        session.choose(wrong, sure=False)
        words = review_text.grade_row(session, six, 76).plain.split("\n")[0]
        assert words.startswith(" Wrong; back today, " if six else " Again: wrong; back today, ")
        if six:
            session.grade(0)
            assert review_text.grade_row(session, six, 76).plain.startswith(" Blackout: wrong; back today, ")


def test_before_the_answer_nothing_is_marked(tmp_path: Path) -> None:
    """Options wear letters only, steps are counted, a computed card's number is nowhere."""
    with library(tmp_path, Clock(), a=CHOICE, b=STEPS) as opened:
        session = asked(opened.study())
        text = review_text.asked(session, None, 0, False, 76).plain
        assert "✓" not in text
        assert "The root is missing" not in text
        assert review_text.asked(session, 1, 0, False, 76).plain.count("▸") == 1
        session.choose(0, sure=True)
        answer = review_text.answer(session, False, 76).plain
        assert answer.count("✓") == 1
        assert answer.count("your answer, sure") == 1
        asked(session)
        assert "2 steps to go" in review_text.asked(session, None, 0, False, 76).plain


def test_what_backs_a_card_is_said(tmp_path: Path) -> None:
    """Computed, backed or illustrated: in which sense the simulation stands behind the card."""
    backed = CHOICE + '\n```toml\n[simulation]\nname = "softmax_output"\nclaims = ["sums_to_one"]\n```\n'
    shown = basic_deck(1) + '\n```toml\n[simulation]\nname = "softmax_output"\n```\n'
    for deck, words in ((COMPUTED, "computed: the answer"), (backed, "backed: `sums_to_one`"), (shown, "illustrated:")):
        with library(tmp_path, Clock(), deck=deck) as opened:
            card = next(opened.store.cards())
            assert review_text.backing_words(pose(card, 1)).startswith(words)


@pytest.mark.parametrize(
    ("outlook", "room", "words"),
    [
        (Outlook(None, 6, True, 250), 20, "again today"),
        (Outlook(None, 6, False, 250), 9, "done"),
        (Outlook(1, 6, False, 250), 20, "6 d"),
        (Outlook(1, 1, True, 250), 20, "today, then 1 d"),
        (Outlook(1, 1, True, 250), 11, "today, 1 d"),
        (Outlook(15, 36, True, 250), 20, "36 d, and today"),
        (Outlook(15, 36, True, 250), 11, "36 d, today"),
        (Outlook(150, 360, True, 250), 11, "360 d"),
        (Outlook(LONGEST, LONGEST, False, 250), 11, "99.9 years"),
    ],
)
def test_what_a_grade_would_do_fits_its_column(outlook: Outlook, room: int, words: str) -> None:
    """In full where there is room, else shorter, never cut."""
    assert wording.consequence(outlook, room) == words


@pytest.mark.parametrize(
    ("days", "words"), [(1, "1 d"), (399, "399 d"), (400, "13 months"), (729, "24 months"), (730, "2.0 years")]
)
def test_intervals_are_worded_by_their_size(days: int, words: str) -> None:
    """Days, then months, then years."""
    assert wording.interval(days) == words


def test_numbers_of_things() -> None:
    """One card, two cards, thousands apart; four digits of a computed number."""
    assert [wording.counted(n, "card") for n in (0, 1, 2, 1234)] == ["0 cards", "1 card", "2 cards", "1 234 cards"]
    assert [review_text.number(x) for x in (7.0, 0.123456, 1.2e9, -0.5)] == ["7", "0.1235", "1.2e+09", "−0.5"]
