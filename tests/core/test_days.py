"""Study days change at 04:00 by the clock on the wall, whatever the clocks of the world do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.days import date_of, day_of, study_day

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [UTC, BERLIN, *map(ZoneInfo, ["America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati"])]
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


def test_days_are_counted_from_the_epoch() -> None:
    """Day 0 is 1970-01-01, and a day's date is the one on which it begins."""
    assert day_of(date(1970, 1, 1)) == 0
    assert day_of(date(2026, 11, 21)) == 20_778
    assert date_of(20_778) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [(0, 0, 20), (3, 59, 20), (4, 0, 21), (12, 0, 21), (23, 59, 21)],
)
def test_the_small_hours_belong_to_the_evening_before(hour: int, minute: int, expected: int) -> None:
    """Until 04:00 in the learner's zone it is still yesterday."""
    assert date_of(study_day(datetime(2026, 11, 21, hour, minute, tzinfo=BERLIN), BERLIN)).day == expected


def test_the_zone_is_the_learners() -> None:
    """One instant may lie in different study days of two learners."""
    instant = datetime(2026, 6, 1, 3, 30, tzinfo=UTC)
    assert date_of(study_day(instant, UTC)) == date(2026, 5, 31)
    assert date_of(study_day(instant, BERLIN)) == date(2026, 6, 1)


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_day_changes_by_the_wall_clock_when_clocks_change(change: date) -> None:
    """On the days of 23 and of 25 hours, 03:59 is yesterday and 04:00 is today all the same."""
    four = datetime(change.year, change.month, change.day, 4, tzinfo=BERLIN)
    before = datetime(change.year, change.month, change.day, 3, 59, tzinfo=BERLIN)
    assert date_of(study_day(four, BERLIN)) == change
    assert date_of(study_day(before, BERLIN)) == change - timedelta(days=1)


@given(INSTANTS, st.sampled_from(ZONES), st.sampled_from([0, 3, 4, 6]))
def test_the_wall_clock_decides_at_every_instant(instant: datetime, zone: ZoneInfo, hour: int) -> None:
    """From the hour on it is the day of the calendar, before it the day before, in any zone of any year."""
    wall = instant.astimezone(zone)
    began = wall.date() if wall.hour >= hour else wall.date() - timedelta(days=1)
    assert date_of(study_day(instant, zone, hour)) == began


@given(st.dates())
def test_a_day_and_its_date_name_each_other(date: date) -> None:
    """Over the whole calendar."""
    assert date_of(day_of(date)) == date


def test_an_instant_without_a_zone_is_refused() -> None:
    """A naive datetime names no instant, so it has no study day."""
    with pytest.raises(ValueError, match="has no time zone"):
        study_day(datetime(2026, 11, 21, 12), UTC)  # noqa: DTZ001 - that is the point
