"""SM-2 agrees with the published algorithm: golden cases, anchors, and rules that hold for every card."""

from __future__ import annotations

import json
from dataclasses import astuple
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.history import fold
from studyapp.core.sm2 import LONGEST, LOWEST_EASE, START_EASE, Outlook, Step, preview, repeat
from studyapp.model import UNSEEN, Answered, Kind, Mode, Schedule

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent.parent / "sm2_golden.json").read_text("utf-8"))
GRADES = st.integers(0, 5)


def course(grades: list[int]) -> list[Step]:
    """The steps of a new card that is graded so, repetition by repetition."""
    steps, last = [], Step(0, 0, START_EASE, False)
    for grade in grades:
        last = repeat(last.n, last.interval, last.ease, grade)
        steps.append(last)
    return steps


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: "".join(map(str, case["grades"])))
def test_golden_cases(case: dict[str, Any]) -> None:
    """Every golden sequence gives its [n, interval, EF, again today] after each grade."""
    assert GOLDEN["fields"] == ["n", "interval_days", "EF", "repeat_today"]
    steps = course(case["grades"])
    assert [[s.n, s.interval, f"{s.ease / 100:.4f}", s.again_today] for s in steps] == case["text"]


@pytest.mark.parametrize("case", GOLDEN["drill_cases"], ids=lambda case: case["id"])
def test_golden_drill_cases(case: dict[str, Any]) -> None:
    """After the day's repetition, drill grades change neither n, interval nor EF, and a 4 ends them."""
    answers = [(100, Answered("card", Mode.SPACED, Kind.BASIC, grade, seed=0)) for _, grade in case["events"]]
    after = [fold(answers[: place + 1]) for place in range(len(answers))]
    assert [[s.n, s.interval, f"{s.ease / 100:.4f}", s.drilling] for s in after] == case["after"]


@pytest.mark.parametrize(
    ("grades", "intervals", "ease"),
    [
        ([4, 4, 4, 4, 4], [1, 6, 15, 38, 95], 250),
        ([5, 5, 5, 5, 5], [1, 6, 17, 48, 140], 300),
        ([3] * 9, [1, 6, 14, 30, 59, 107, 178, 271, 374], 130),
        ([4, 4, 3, 3, 4], [1, 6, 15, 36, 80], 222),
    ],
)
def test_anchors(grades: list[int], intervals: list[int], ease: int) -> None:
    """The sequences that anyone can check by hand."""
    steps = course(grades)
    assert [step.interval for step in steps] == intervals
    assert steps[-1].ease == ease


def test_an_exact_product_is_not_rounded_up() -> None:
    """Six 5s give 420 days; 140 x (2.5 + 0.1 + ... + 0.1) in binary floats gives 421."""
    assert course([5] * 6)[-1].interval == 420


@given(st.integers(0, 40), st.integers(1, 10**6), st.integers(LOWEST_EASE, 900), GRADES)
def test_one_repetition_is_the_published_formula(n: int, interval: int, ease: int, grade: int) -> None:
    """In exact fractions: I(n) = I(n-1) x EF, rounded up, and EF' = EF + 0.1 - (5 - q)(0.08 + (5 - q) 0.02)."""
    step = repeat(n, interval, ease, grade)
    factor = Fraction(ease, 100)
    if grade < 3:
        assert step == Step(0, 1, ease, True)
        return
    changed = factor + Fraction(1, 10) - (5 - grade) * (Fraction(8, 100) + (5 - grade) * Fraction(2, 100))
    assert step.n == n + 1
    assert step.interval == {0: 1, 1: 6}.get(n, ceil(interval * factor))
    assert Fraction(step.ease, 100) == max(changed, Fraction(13, 10))
    assert step.again_today == (grade < 4)


@given(st.lists(GRADES, max_size=30))
def test_a_card_stays_within_bounds(grades: list[int]) -> None:
    """EF is never below 1.3, an interval never below a day, and n counts the passes since the last failure."""
    steps = course(grades)
    assert all(step.ease >= LOWEST_EASE and step.interval >= 1 for step in steps)
    since = next((i for i, grade in enumerate(reversed(grades)) if grade < 3), len(grades))
    assert not steps or steps[-1].n == since


@given(st.lists(GRADES, max_size=20))
def test_every_pass_gives_the_same_next_interval(grades: list[int]) -> None:
    """Hard, Good and Easy differ only in the interval after it: the old EF makes this one."""
    last = course([4, *grades])[-1]
    assert len({repeat(last.n, last.interval, last.ease, grade).interval for grade in (3, 4, 5)}) == 1


@pytest.mark.parametrize("grade", [-1, 6, 2.5])
def test_other_grades_are_refused(grade: int) -> None:
    """Only the six grades mean something."""
    with pytest.raises(ValueError, match="from 0 to 5"):
        repeat(2, 6, 250, grade)


def test_an_interval_of_zero_cannot_stand_still() -> None:
    """An import may claim n = 5 with interval 0; the card would be due today for ever."""
    assert repeat(5, 0, 250, 4).interval == 1


def test_the_grade_row_of_a_third_repetition() -> None:
    """Every pass brings it back in 15 days; the time after that is 36, 38 or 39, and Hard is asked again today."""
    row = preview(Schedule(n=2, interval=6, ease=250, due=20, answered_on=14), day=20)
    assert row[1] == Outlook(applied=1, after=1, again_today=True, ease=250)
    assert row[3] == Outlook(applied=15, after=36, again_today=True, ease=236)
    assert row[4] == Outlook(applied=15, after=38, again_today=False, ease=250)
    assert row[5] == Outlook(applied=15, after=39, again_today=False, ease=260)


def test_the_grade_row_of_a_drill() -> None:
    """On a day that has had its repetition nothing moves: no interval is applied and EF stays."""
    row = preview(Schedule(n=1, interval=1, ease=236, due=21, answered_on=20, drilling=True), day=20)
    assert row[4] == Outlook(applied=None, after=6, again_today=False, ease=236)
    assert row[3] == Outlook(applied=None, after=6, again_today=True, ease=236)


def test_no_interval_is_shown_above_a_hundred_years() -> None:
    """What is shown is what is applied: 36,500 days at most."""
    row = preview(Schedule(n=9, interval=13_752, ease=340, due=20, answered_on=1), day=20)
    assert (row[5].applied, row[5].after) == (LONGEST, LONGEST)


@given(st.lists(GRADES, max_size=12), GRADES)
def test_the_grade_row_says_what_grading_does(grades: list[int], grade: int) -> None:
    """The outlook of a grade is the due day, EF and drill that this grade then gives."""
    day, schedule = 100, UNSEEN
    for one in grades:
        schedule = fold([(day, Answered("card", Mode.SPACED, Kind.BASIC, one, seed=0))], schedule)
        day = schedule.due or day
    outlook = preview(schedule, day)[grade]
    after = fold([(day, Answered("card", Mode.SPACED, Kind.BASIC, grade, seed=0))], schedule)
    assert after.due is not None
    assert outlook.applied == after.due - day
    assert (outlook.ease, outlook.again_today) == (after.ease, after.drilling)
    good = fold([(after.due, Answered("card", Mode.SPACED, Kind.BASIC, 4, seed=0))], after)
    assert good.due is not None
    assert outlook.after == good.due - after.due
    assert len(astuple(outlook)) == 4
