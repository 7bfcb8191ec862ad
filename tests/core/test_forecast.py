"""Rules of the welcome-back line."""

from studyapp.core.forecast import days_until_level


def test_no_backlog_is_level_now() -> None:
    """Nothing overdue, nothing to catch up."""
    assert days_until_level(0, [5, 5], 10) == 0


def test_a_backlog_shrinks_by_what_is_done_beyond_what_arrives() -> None:
    """100 overdue, 30 done a day, 10 more every morning: 70 are left today, 50, 30, 10, and none on the fourth day."""
    assert days_until_level(100, [10] * 7, 30) == 4


def test_what_fits_into_today_is_level_today() -> None:
    """Tomorrow's cards are tomorrow's."""
    assert days_until_level(30, [50] * 7, 30) == 0


def test_more_arriving_than_done_never_levels() -> None:
    """The honest answer is that it does not."""
    assert days_until_level(100, [20] * 7, 15) is None
