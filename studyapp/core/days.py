"""Study days: a night owl's 01:30 still belongs to the evening before, so a day changes at 04:00 and not at midnight.

The wall clock decides and not the hours elapsed: on the two days a year when clocks change, the day still changes when
the clock on the wall says 04:00.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from studyapp.model import Day

ROLLOVER_HOUR = 4
"""The hour of the wall clock at which a study day begins, unless a setting says otherwise."""

_EPOCH = date(1970, 1, 1).toordinal()


def study_day(instant: datetime, zone: tzinfo, rollover_hour: int = ROLLOVER_HOUR) -> Day:
    """The study day of an instant for a learner in a zone; ValueError for an instant without an offset."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone: a study day needs an instant")
    wall = instant.astimezone(zone).replace(tzinfo=None)
    return day_of((wall - timedelta(hours=rollover_hour)).date())


def date_of(day: Day) -> date:
    """The calendar date on which a study day begins."""
    return date.fromordinal(_EPOCH + day)


def day_of(date: date) -> Day:
    """The study day that begins on a calendar date."""
    return date.toordinal() - _EPOCH
