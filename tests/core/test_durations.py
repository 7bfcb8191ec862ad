"""How long something took is said with one rounding, wherever it is said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.durations import clock, whole
from studyapp.exam_pages import blocks
from studyapp.tui import exam_wording


def test_a_clock_shows_minutes_and_from_an_hour_on_hours() -> None:
    """Seconds to the nearest whole one, never below zero."""
    assert [clock(s) for s in (-3, 0, 59.6, 370, 3725)] == ["0:00", "0:00", "1:00", "6:10", "1:02:05"]


@given(st.integers(0, 10**7))
def test_screen_and_page_say_the_same_time(milliseconds: int) -> None:
    """A time of a report is the same number of seconds on the screen and on the page that is saved of it."""
    on_page = sum(int(part) * 60**place for place, part in enumerate(reversed(blocks.clock(milliseconds).split(":"))))
    assert exam_wording.seconds(milliseconds) == f"{on_page} s"
    assert on_page == whole(milliseconds / 1000)
    assert abs(on_page - milliseconds / 1000) <= 0.5
