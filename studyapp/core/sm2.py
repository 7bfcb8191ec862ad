"""SM-2, exactly: what one grade does to the number of repetitions, the interval and the ease factor.

P. A. Wozniak, "Optimization of repetition spacing in the practice of learning", 1990, algorithm SM-2. The ease factor
(EF) is kept in whole hundredths: in binary floats five steps of 0.1 take 2.5 to 3.0000000000000004, and an interval of
140 days grows to 421 in place of 420.
"""

from __future__ import annotations

from dataclasses import dataclass

from studyapp.model import Day, Schedule

START_EASE = 250
LOWEST_EASE = 130
LONGEST = 36_500
"""The longest interval that is ever applied to a due day, in days: a hundred years."""

GRADES = range(6)
PASS = 3
"""The lowest grade that counts as remembered."""
GOOD = 4
"""The lowest grade after which a card is not asked again on the same day."""

FIRST, SECOND = 1, 6
"""The first two intervals, in days."""
EASE_CHANGE = {3: -14, 4: 0, 5: +10}
"""0.1 - (5 - q)(0.08 + (5 - q) 0.02) for a grade q, in hundredths."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a repetition leaves: repetitions in a row, interval in days (not capped), ease in hundredths."""

    n: int
    interval: int
    ease: int
    again_today: bool


def repeat(n: int, interval: int, ease: int, grade: int) -> Step:
    """One repetition of a card that stands at (n, interval, ease), graded 0-5; ValueError for any other grade.

    The interval grows by the ease from before this repetition, any fraction of a day rounded up. A grade below 3 starts
    the repetitions anew and leaves the ease alone.
    """
    return Step(*standing_after(n, interval, ease, grade), again_today=grade < GOOD)


def standing_after(n: int, interval: int, ease: int, grade: int) -> tuple[int, int, int]:
    """The (n, interval, ease) of `repeat`, bare: the fold of a log asks a million times, and half of that was Step."""
    if grade not in GRADES:
        raise ValueError(f"a grade is a whole number from 0 to 5, not {grade!r}")
    if grade < PASS:
        return 0, FIRST, ease
    if n == 0:
        grown = FIRST
    elif n == 1:
        grown = SECOND
    else:
        grown = -(-interval * ease // 100) or FIRST  # rounded up; an import may claim an interval of 0
    changed = ease + EASE_CHANGE[grade]
    return n + 1, grown, changed if changed > LOWEST_EASE else LOWEST_EASE


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a grade would do if given now.

    `applied` is the number of days until the card is due, None where the answer is only a drill and moves nothing.
    `after` is the number of days that a Good (4) would give at the repetition that follows. Both are capped at LONGEST.
    """

    applied: int | None
    after: int
    again_today: bool
    ease: int


def preview(schedule: Schedule, day: Day) -> dict[int, Outlook]:
    """What each grade 0-5 would do to a card answered on this study day."""
    if schedule.answered_on == day:
        after = _after(schedule.n, schedule.interval, schedule.ease)
        return {grade: Outlook(None, after, grade < GOOD, schedule.ease) for grade in GRADES}
    steps = {grade: repeat(schedule.n, schedule.interval, schedule.ease, grade) for grade in GRADES}
    return {
        grade: Outlook(
            min(step.interval, LONGEST), _after(step.n, step.interval, step.ease), step.again_today, step.ease
        )
        for grade, step in steps.items()
    }


def _after(n: int, interval: int, ease: int) -> int:
    return min(repeat(n, interval, ease, GOOD).interval, LONGEST)
