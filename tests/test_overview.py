"""Rules of what Home shows: what waits within the day's limits, and how it has been going."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.library import Library
from studyapp.model import Answered, Flagged, Kind, Mode, Placed
from studyapp.overview import AWAY_DAYS, Row, overview
from tests.studying import CHOICE, Clock, basic_deck, library


def answer(opened: Library, card: str, grade: int = 4, milliseconds: int = 0) -> None:
    """Grade a card."""
    event = Answered(card, Mode.SPACED, Kind.BASIC, grade, 1, milliseconds=milliseconds)
    opened.store.append([event], at=opened.now(), day=opened.today)


def make_due(opened: Library, cards: int, days_ago: int = 0) -> None:
    """Put cards of a basic deck where they are due."""
    events = [Placed(f"c{i}", 3, 30, 250, opened.today - days_ago) for i in range(cards)]
    opened.store.append(events, at=opened.now(), day=opened.today)


def test_nothing_was_studied_yet(tmp_path: Path) -> None:
    """All is new, as far as the day's limit lets in."""
    with library(tmp_path, Clock(), plain=basic_deck(30), choice=CHOICE) as opened:
        seen = overview(opened)
        assert [(row.path, row.title, row.due, row.new) for row in seen.rows] == [
            ("choice.md", "Choice", 0, 1),
            ("plain.md", "Plain", 0, 20),
        ]
        assert (seen.all.path, seen.all.title, seen.all.due, seen.all.new) == ("", "All decks", 0, 20)
        assert (seen.studied_before, seen.studied_days, seen.done_today, seen.days_away) == (False, 0, 0, 0)
        assert not seen.welcome_back
        assert seen.week == (0,) * 7


def test_an_empty_library_has_nothing(tmp_path: Path) -> None:
    """No division by nothing."""
    with library(tmp_path, Clock()) as opened:
        seen = overview(opened)
        assert (seen.rows, seen.all.due, seen.all.new, seen.all.mastery, seen.needed_minutes) == ((), 0, 0, 0.0, 0.0)


def test_new_cards_of_today_use_up_the_days_limit(tmp_path: Path) -> None:
    """Over all decks together; tomorrow brings more."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(30), choice=CHOICE) as opened:
        for i in range(15):
            answer(opened, f"c{i}")
        seen = overview(opened)
        assert (seen.all.new, seen.done_today) == (5, 15)
        assert [row.new for row in seen.rows] == [1, 5]
        opened.set(new_a_day=3)
        assert overview(opened).all.new == 0
        clock.forward(days=1)
        assert overview(opened).all.new == 3
        assert overview(opened).all.due == 15


def test_what_is_asked_again_today_is_due(tmp_path: Path) -> None:
    """Until it is known; suspended and buried cards are not."""
    with library(tmp_path, Clock(), plain=basic_deck(3)) as opened:
        make_due(opened, 2)
        answer(opened, "c2", grade=3)
        assert overview(opened).all.due == 3
        answer(opened, "c2")
        flags = [Flagged("c0", suspended=True), Flagged("c1", buried_until=opened.today + 1)]
        opened.store.append(flags, at=opened.now(), day=opened.today)
        assert overview(opened).all.due == 0


def test_the_week_counts_from_tomorrow(tmp_path: Path) -> None:
    """Seven days; what is due today or later than that is not in it."""
    with library(tmp_path, Clock(), plain=basic_deck(5)) as opened:
        days = [opened.today + ahead for ahead in (0, 1, 1, 7, 8)]
        events = [Placed(f"c{i}", 3, 30, 250, day) for i, day in enumerate(days)]
        opened.store.append(events, at=opened.now(), day=opened.today)
        assert overview(opened).week == (2, 0, 0, 0, 0, 0, 1)


def test_mastery_is_the_mean_level(tmp_path: Path) -> None:
    """From 0, all new, to 1, all at the highest; an empty deck has none."""
    assert Row("", "", 0, 0, (0, 0, 0, 0, 0)).mastery == 0
    assert Row("", "", 0, 0, (7, 0, 0, 0, 0)).mastery == 0
    assert Row("", "", 0, 0, (0, 0, 0, 0, 7)).mastery == 1
    assert Row("", "", 0, 0, (1, 0, 0, 0, 1)).mastery == 0.5
    with library(tmp_path, Clock(), plain=basic_deck(4)) as opened:
        answer(opened, "c0", grade=1)
        seen = overview(opened)
        assert seen.all.levels == (3, 1, 0, 0, 0)
        assert seen.all.mastery == pytest.approx(1 / 16)


def test_time_needed_follows_the_learners_own_answers(tmp_path: Path) -> None:
    """A minute each needs twice the time of half a minute each."""
    needed = []
    for seconds in (30, 60):
        with library(tmp_path / str(seconds), Clock(), plain=basic_deck(40)) as opened:
            for i in range(20):
                answer(opened, f"c{i}", milliseconds=1000 * seconds)
            make_due(opened, 40)
            needed.append(overview(opened).needed_minutes)
    assert needed[1] > needed[0] > 0


def test_a_learner_who_was_away_is_welcomed_back(tmp_path: Path) -> None:
    """After a week, if more waits than one session holds; with the days until it is level."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(150)) as opened:
        make_due(opened, 150)
        answer(opened, "c0")
        assert overview(opened).days_away == 0
        clock.forward(days=AWAY_DAYS - 1)
        assert not overview(opened).welcome_back
        clock.forward(days=1)
        seen = overview(opened)
        assert (seen.days_away, seen.welcome_back) == (AWAY_DAYS, True)
        assert seen.level_in_days is not None
        assert seen.level_in_days >= 1
        opened.set(minutes=240)
        assert not overview(opened).welcome_back
        assert overview(opened).level_in_days == 0


def test_a_backlog_too_large_is_never_level(tmp_path: Path) -> None:
    """If every day brings more than is done; without a backlog it is level now."""
    with library(tmp_path, Clock(), plain=basic_deck(400)) as opened:
        assert overview(opened).level_in_days == 0
        events = [Placed(f"c{i}", 3, 30, 250, opened.today + i % 8) for i in range(400)]
        opened.store.append(events, at=opened.now(), day=opened.today)
        opened.set(minutes=1)
        assert overview(opened).level_in_days is None


def test_studied_days_are_counted_over_a_month(tmp_path: Path) -> None:
    """The last thirty, today among them; an answer taken back counts for nothing."""
    clock = Clock()
    with library(tmp_path, clock, plain=basic_deck(5)) as opened:
        answer(opened, "c0")
        clock.forward(days=29)
        answer(opened, "c1")
        assert overview(opened).studied_days == 2
        clock.forward(days=1)
        answer(opened, "c2")
        assert overview(opened).studied_days == 2
        opened.undo()
        assert overview(opened).studied_days == 1


def test_problems_are_counted(tmp_path: Path) -> None:
    """As they were found when the files were read."""
    with library(tmp_path, Clock(), plain=basic_deck(1), bad="no heading\n") as opened:
        assert overview(opened).problems == 1
