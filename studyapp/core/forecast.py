"""When a backlog is worked off: for the line that welcomes a learner back."""

from __future__ import annotations

from collections.abc import Sequence


def days_until_level(backlog: int, arriving: Sequence[int], a_day: float) -> int | None:
    """After how many days of `a_day` reviews nothing overdue is left, 0 for today; None where it never is.

    `arriving[i]` more cards come due on the day after i more (0 is tomorrow); beyond them, their mean comes every day.
    What the reviews themselves bring back is not counted: the answer is a fair hope and not a promise.
    """
    usual = sum(arriving) / len(arriving) if arriving else 0.0
    left = float(backlog)
    for day in range(3650):
        left -= a_day
        if left <= 0:
            return day
        left += arriving[day] if day < len(arriving) else usual
    return None
