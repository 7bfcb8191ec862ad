"""Rules of the counts over the log."""

from __future__ import annotations

from datetime import UTC, datetime

from studyapp.core.statistics import Share, statistics
from studyapp.model import Answered, Entry, Flagged, Kind, Mode

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)


def entry(grade: int, *, sure: bool | None = None, mode: Mode = Mode.SPACED, day: int = 1, ms: int = 1000) -> Entry:
    """An answer as a row of the log."""
    event = Answered("c", mode, Kind.CHOICE, grade, 1, grade >= 3, sure, ms)
    return Entry("i", "i", "d", AT, day, event)


def test_answers_are_counted_by_grade_day_and_confidence() -> None:
    """Grades, days, and how often sure and guessed answers were right."""
    found = statistics(
        [entry(4, sure=True), entry(1, sure=True, day=2), entry(3, sure=False), entry(5), entry(1, sure=False)]
    )
    assert (found.answers, found.cards, found.days) == (5, 1, (1, 2))
    assert found.grades == {0: 0, 1: 2, 2: 0, 3: 1, 4: 1, 5: 1}
    assert (found.sure, found.guess) == (Share(1, 2), Share(1, 2))


def test_a_long_pause_is_not_study() -> None:
    """An answer counts two minutes at most."""
    assert statistics([entry(4, ms=3_600_000)]).seconds == 120


def test_other_modes_and_other_events_do_not_count() -> None:
    """Only answers in Spaced."""
    flag = Entry("f", "f", "d", AT, 1, Flagged("c", suspended=True))
    assert statistics([entry(4, mode=Mode.LEARN), flag]).answers == 0
