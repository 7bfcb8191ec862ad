"""The schedule is the fold of the log, whatever the order of merging and whichever machine wrote it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import accumulate
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.core.history import effective, fold
from studyapp.core.sm2 import repeat
from studyapp.model import (
    Answered,
    Entry,
    Event,
    Flagged,
    Kind,
    Mode,
    Placed,
    Predicted,
    Relinked,
    Revoked,
    Schedule,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def answered(grade: int, mode: Mode = Mode.SPACED, kind: Kind = Kind.BASIC, correct: bool | None = None) -> Answered:
    """An answer to the one card of these tests."""
    return Answered("card", mode, kind, grade, seed=0, correct=correct)


def predicted(said: float, measured: float) -> Predicted:
    """A prediction on that card's simulation."""
    return Predicted("coin", "share", {}, 0, said, measured, "sure", card="card")


ANSWERS = st.builds(
    Answered,
    card=st.just("card"),
    mode=st.sampled_from(Mode) | st.just(Mode.SPACED),
    kind=st.sampled_from(Kind),
    grade=st.integers(0, 5),
    seed=st.integers(0, 99),
    correct=st.sampled_from([None, True, False]),
    due=st.none() | st.integers(0, 500),
)
PLACED = st.builds(
    Placed, st.just("card"), st.integers(0, 9), st.integers(0, 90), st.integers(130, 300), st.integers(0, 500)
)
FLAGGED = st.builds(Flagged, st.just("card"), st.sampled_from([None, True, False]), st.none() | st.integers(0, 500))
PREDICTED = st.builds(predicted, st.sampled_from([0.0, 0.9, 1.0, 1.1, 1.2, -1.0]), st.sampled_from([0.0, 1.0]))
EVENTS = (
    ANSWERS | ANSWERS | ANSWERS | PLACED | FLAGGED | PREDICTED | st.builds(Relinked, st.just("card"), st.just("card"))
)


@st.composite
def histories(draw: st.DrawFn, events: st.SearchStrategy[Event] = EVENTS) -> list[tuple[int, Event]]:
    """One card's events in the order of their days, often several on one day."""
    length = draw(st.integers(0, 25))
    steps = draw(st.lists(st.tuples(st.sampled_from([0, 0, 1, 6, 30]), events), min_size=length, max_size=length))
    return list(zip(accumulate((gap for gap, _ in steps), initial=100), (event for _, event in steps), strict=False))


# --- the fold against a plain reading of the rules -------------------------------------------------


def reference(history: list[tuple[int, Event]]) -> Schedule:
    """The rules once more, each on its own and over the whole history."""
    spaced = [(day, e) for day, e in history if isinstance(e, Answered) and e.mode == Mode.SPACED]
    first = {id(e): True for day, e in spaced if e is next(one for on, one in spaced if on == day)}
    n, interval, ease, due, drilling, failures = 0, 0, Fraction(5, 2), None, False, 0
    before = {}
    for day, event in history:
        match event:
            case Placed():
                n, interval, ease, due, drilling = event.n, event.interval, Fraction(event.ease, 100), event.due, False
            case Answered(mode=Mode.SPACED, grade=q):
                if id(event) in first:
                    before[id(event)] = interval
                    due = event.due
                    if q < 3:
                        n, interval, failures = 0, 1, failures + 1
                    else:
                        interval = {0: 1, 1: 6}.get(n, max(1, ceil(interval * ease)))
                        n += 1
                        ease = max(Fraction(13, 10), ease + Fraction([0, 0, 0, -14, 0, 10][q], 100))
                    due = day + min(interval, 36_500) if due is None else due
                drilling = q < 4
    mastery, recalled = mastery_of(history, before)
    flags = [e for _, e in history if isinstance(e, Flagged)]
    days = [day for day, e in history if isinstance(e, Answered)]
    return Schedule(
        n=n,
        interval=interval,
        ease=int(ease * 100),
        due=due,
        answered_on=spaced[-1][0] if spaced else None,
        drilling=drilling,
        repetitions=len({day for day, _ in spaced}),
        failures=failures,
        seen_on=days[-1] if days else None,
        mastery=mastery,
        recalled_days=len(set(recalled)),
        recalled_on=recalled[-1] if recalled else None,
        suspended=next((e.suspended for e in reversed(flags) if e.suspended is not None), False),
        buried_until=next((e.buried_until for e in reversed(flags) if e.buried_until is not None), None),
    )


def mastery_of(history: list[tuple[int, Event]], before: dict[int, int]) -> tuple[int, list[int]]:
    """The level that the evidence since the last miss gives, and the days of recalls since then."""
    asked = [i for i, (_, e) in enumerate(history) if isinstance(e, Answered) and e.mode != Mode.CARDS]
    missed = [i for i in asked if getattr(history[i][1], "grade") < 3]  # noqa: B009 - mypy does not know it is an answer
    level, recalled = min(len(asked), 1), list[int]()
    for i, (day, event) in enumerate(history[missed[-1] + 1 :] if missed else history, missed[-1] + 1 if missed else 0):
        if isinstance(event, Predicted) and recalled and abs(event.predicted - event.measured) < 0.101 * event.measured:
            level = 4
        if isinstance(event, Predicted) and recalled and event.predicted == event.measured:
            level = 4
        if (
            i not in asked
            or not isinstance(event, Answered)
            or event.kind == Kind.CHOICE
            or event.mode in (Mode.MATCHING, Mode.EXAM)
        ):
            continue
        shown = [on for on, e in history[:i] if isinstance(e, Answered)]
        if event.correct is not None or (shown and shown[-1] < day):
            recalled.append(day)
            level = max(level, 2 if len(set(recalled)) == 1 else 3, 4 if before.get(id(event), 0) >= 21 else 0)
    return level, recalled


@given(histories())
@settings(max_examples=300)
def test_the_fold_is_the_rules_step_by_step(history: list[tuple[int, Event]]) -> None:
    """For any history the fold gives what a slow, separate reading of the rules gives."""
    copies = [(day, replace(event)) for day, event in history]  # the reference tells events apart by identity
    assert fold(history) == reference(copies)


@given(histories(), st.integers(0, 25))
def test_a_schedule_is_all_there_is_to_remember(history: list[tuple[int, Event]], cut: int) -> None:
    """Folding on from a schedule is folding from the start."""
    assert fold(history[cut:], fold(history[:cut])) == fold(history)


@given(st.lists(st.integers(0, 5), max_size=40))
def test_answers_on_their_due_days_are_sm2(grades: list[int]) -> None:
    """A log of answers alone, each on its due day, is the plain chain of SM-2's repetitions."""
    day, history = 100, list[tuple[int, Event]]()
    n, interval, ease = 0, 0, 250
    for grade in grades:
        history.append((day, answered(grade)))
        step = repeat(n, interval, ease, grade)
        n, interval, ease = step.n, step.interval, step.ease
        day += min(interval, 36_500)
    schedule = fold(history)
    assert (schedule.n, schedule.interval, schedule.ease) == (n, interval, ease)
    assert schedule.due == (day if grades else None)
    assert (schedule.repetitions, schedule.failures) == (len(grades), sum(grade < 3 for grade in grades))


@given(histories(), st.lists(ANSWERS, max_size=6))
def test_what_follows_on_the_same_day_moves_nothing(history: list[tuple[int, Event]], drills: list[Answered]) -> None:
    """After the day's repetition no grade changes n, interval, EF, due, repetitions or failures."""
    day = history[-1][0] + 1 if history else 100
    schedule = fold([*history, (day, answered(3))])
    after = fold([(day, drill) for drill in drills], schedule)
    drilled = [drill.grade for drill in drills if drill.mode is Mode.SPACED]
    same = replace(after, drilling=True, seen_on=day, mastery=0, recalled_days=0, recalled_on=None)
    assert same == replace(schedule, mastery=0, recalled_days=0, recalled_on=None)
    assert after.drilling == (drilled[-1] < 4 if drilled else True)


@given(histories(), ANSWERS)
def test_only_spaced_moves_a_due_date(history: list[tuple[int, Event]], answer: Answered) -> None:
    """An answer elsewhere changes when the card was seen and its mastery, and nothing of its schedule."""
    day = history[-1][0] if history else 100
    elsewhere = replace(answer, mode=Mode.TEST)
    schedule, after = fold(history), fold([*history, (day, elsewhere)])
    evidence = {name: getattr(schedule, name) for name in ("seen_on", "mastery", "recalled_days", "recalled_on")}
    assert replace(after, **evidence) == schedule


def test_an_applied_day_moves_the_due_day_and_not_the_interval() -> None:
    """The next interval grows from SM-2's own, not from the day that a spread or an exam date moved it to."""
    schedule = fold([(100, answered(4)), (101, replace(answered(4), due=105))])
    assert (schedule.interval, schedule.due) == (6, 105)
    assert fold([(105, answered(4))], schedule).interval == 15


def test_an_early_or_late_answer_counts_from_its_own_day() -> None:
    """Late gives no credit and early no loss: the interval is SM-2's, from the day of the answer."""
    schedule = fold([(100, answered(4)), (101, answered(4))])
    assert fold([(150, answered(4))], schedule).due == 165
    assert fold([(103, answered(4))], schedule).due == 118


def test_no_card_is_due_later_than_a_hundred_years() -> None:
    """The interval is SM-2's own; what is applied is 36,500 days at most."""
    schedule = fold([(100, Placed("card", 9, 30_000, 300, 100)), (101, answered(4))])
    assert (schedule.interval, schedule.due) == (90_000, 101 + 36_500)


def test_endless_perfect_answers_stay_a_storable_number() -> None:
    """Two hundred 5s in a row give an interval that still fits an integer of 64 bits."""
    assert fold([(100 + i, answered(5)) for i in range(200)]).interval < 2**63


def test_an_unfinished_drill_lapses_with_the_next_repetition() -> None:
    """`drilling` belongs to the day of `answered_on`; a pass on a later day leaves none."""
    assert fold([(100, answered(1))]).drilling
    assert not fold([(100, answered(1)), (101, answered(4))]).drilling


def test_a_low_grade_from_a_second_window_asks_again() -> None:
    """Everything graded below 4 is asked again the same day until it reaches 4, a drill's grade too."""
    assert fold([(100, answered(4)), (100, answered(1))]).drilling
    assert not fold([(100, answered(4)), (100, answered(1)), (100, answered(4))]).drilling


def test_a_card_placed_somewhere_goes_on_from_there() -> None:
    """An import sets n, interval, EF and due, ends a drill, and keeps what was counted."""
    schedule = fold([(100, answered(1)), (100, Placed("card", 4, 38, 210, 120))])
    assert schedule == replace(
        fold([(100, answered(1))]), n=4, interval=38, ease=210, due=120, drilling=False, failures=1, repetitions=1
    )
    assert fold([(120, answered(4))], schedule).interval == 80


def test_flags_leave_each_other_alone() -> None:
    """Suspending does not unbury, burying does not unsuspend, and both can be taken back."""
    schedule = fold([(100, Flagged("card", suspended=True)), (100, Flagged("card", buried_until=101))])
    assert (schedule.suspended, schedule.buried_until) == (True, 101)
    assert not fold([(100, Flagged("card", suspended=False))], schedule).suspended


# --- mastery --------------------------------------------------------------------------------------

CHOICE = answered(4, kind=Kind.CHOICE, correct=True)
TYPED = answered(4, kind=Kind.COMPUTED, correct=True)
OWN = answered(4)


@pytest.mark.parametrize(
    ("history", "level"),
    [
        ([], 0),
        ([(1, CHOICE)], 1),
        ([(1, CHOICE), (30, CHOICE), (90, CHOICE)], 1),
        ([(1, OWN)], 1),
        ([(1, OWN), (1, OWN)], 1),
        ([(1, OWN), (2, OWN)], 2),
        ([(1, OWN), (2, OWN), (2, OWN)], 2),
        ([(1, OWN), (2, OWN), (3, OWN)], 3),
        ([(1, TYPED)], 2),
        ([(1, TYPED), (1, TYPED)], 2),
        ([(1, TYPED), (2, TYPED)], 3),
        ([(1, TYPED), (2, TYPED), (3, TYPED), (4, TYPED)], 3),
        ([(1, TYPED), (2, predicted(1.0, 1.0)), (3, TYPED)], 4),
        ([(1, TYPED), (2, TYPED), (3, answered(1))], 1),
        ([(1, TYPED), (2, TYPED), (3, answered(1)), (3, TYPED)], 2),
        ([(1, answered(0, kind=Kind.CHOICE, correct=False))], 1),
        ([(1, answered(4, Mode.MATCHING, correct=True))], 1),
        ([(1, answered(4, Mode.CARDS))], 0),
        ([(1, answered(4, Mode.CARDS)), (1, OWN)], 1),
        ([(1, answered(4, Mode.CARDS)), (2, OWN)], 2),
        ([(1, Placed("card", 3, 20, 250, 21)), (21, TYPED)], 2),
        ([(1, Placed("card", 3, 21, 250, 22)), (22, TYPED)], 4),
        ([(1, Placed("card", 3, 21, 250, 22)), (22, replace(TYPED, mode=Mode.TEST))], 2),
        ([(1, TYPED), (2, predicted(1.1, 1.0))], 4),
        ([(1, TYPED), (2, predicted(1.11, 1.0))], 2),
        ([(1, TYPED), (2, predicted(0.0, 0.0))], 4),
        ([(1, TYPED), (2, predicted(0.01, 0.0))], 2),
        ([(1, TYPED), (2, predicted(-1.0, 1.0))], 2),
        ([(1, TYPED), (2, predicted(1.0, float("nan")))], 2),
        ([(1, CHOICE), (2, predicted(1.0, 1.0))], 1),
        ([(1, TYPED), (2, predicted(1.0, 1.0)), (3, answered(2))], 1),
    ],
)
def test_mastery_from_evidence(history: list[tuple[int, Event]], level: int) -> None:
    """New 0, recognised 1, recalled 2, on two days 3, after 21 days or predicted right 4; a miss gives 1."""
    assert fold(history).mastery == level


# --- two machines ---------------------------------------------------------------------------------


@st.composite
def two_logs(draw: st.DrawFn) -> tuple[list[Entry], list[Entry]]:
    """The logs of two devices that studied one card on the same days, neither knowing of the other."""
    logs: tuple[list[Entry], list[Entry]] = ([], [])
    moments = draw(st.lists(st.tuples(st.sampled_from([0, 0, 1, 6]), EVENTS, st.integers(0, 1)), min_size=4))
    begun = 100
    for i, (gap, event, device) in enumerate(moments):
        begun += gap
        day = begun + device  # the devices' zones lie on both sides of a rollover
        logs[device].append(Entry(f"{i:04}-{device}", f"act{i}", f"device{device}", NOON, day, event))
        if draw(st.integers(0, 5)) == 0:
            target = draw(st.sampled_from(logs[device]))
            logs[device].append(
                Entry(f"{i:04}-{device}r", f"undo{i}", f"device{device}", NOON, day, Revoked(target.id))
            )
    return logs


def schedule_of(log: Sequence[Entry]) -> Schedule:
    """The schedule of the one card in a log."""
    return fold((entry.day, entry.event) for entry in effective(log))


def test_the_order_is_that_of_days_before_that_of_rows() -> None:
    """What happened on an earlier study day folds first, although its row was written later (a redo, another zone)."""
    early, late = (Entry(row, row, "device", NOON, day, answered(4)) for row, day in (("2", 100), ("1", 106)))
    assert [entry.day for entry in effective([late, early])] == [100, 106]
    assert schedule_of([late, early]).due == 112


@given(two_logs(), st.randoms(use_true_random=False))
def test_two_logs_merge_by_union_in_any_order(logs: tuple[list[Entry], list[Entry]], chance: random.Random) -> None:
    """Whichever log comes first, however the rows are shuffled, and however often they are merged: one schedule."""
    one, other = logs
    rows = list({entry.id: entry for entry in [*one, *other, *one]}.values())
    expected = schedule_of([*one, *other])
    chance.shuffle(rows)
    assert schedule_of(rows) == schedule_of([*other, *one]) == expected
    assert effective(effective([*one, *other])) == effective(rows)


@given(two_logs())
def test_two_devices_never_count_a_day_twice(logs: tuple[list[Entry], list[Entry]]) -> None:
    """The merged log has one repetition for each day with an answer in Spaced, whatever either device folded alone."""
    counting = effective([*logs[0], *logs[1]])
    days = {e.day for e in counting if isinstance(e.event, Answered) and e.event.mode is Mode.SPACED}
    assert schedule_of([*logs[0], *logs[1]]).repetitions == len(days)


@given(two_logs())
def test_what_was_taken_back_never_happened(logs: tuple[list[Entry], list[Entry]]) -> None:
    """A log folds as if its revoked entries had never been written."""
    log = [*logs[0], *logs[1]]
    gone = {entry.event.entry for entry in log if isinstance(entry.event, Revoked)}
    assert schedule_of(log) == schedule_of([entry for entry in log if entry.id not in gone])
