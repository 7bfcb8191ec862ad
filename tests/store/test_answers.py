"""Appending and reading: acts, corrections, today's answers, and what the schedules make of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.core.history import fold
from studyapp.model import UNSEEN, Answered, Event, Flagged, Kind, Mode, Placed, Predicted, Relinked, Revoked
from studyapp.store import Store, StoreError
from tests.store.samples import NOON, TODAY, answered, at, events, opened


def test_entries_read_back_are_those_that_append_returned(home: Path) -> None:
    """Also after a restart; newest first, or in the order of time."""
    with opened(home) as store:
        first = store.append([answered("a"), answered("b")], at=at(), day=TODAY)
        second = store.append([Predicted("s", "v", {"x": (1.0, 2)}, 1, 2.0, 2.1, "sure")], at=at(1), day=TODAY)
    with opened(home) as store:
        assert [row.entry for row in store.entries(newest_first=False)] == [*first, *second]
        assert [row.entry for row in store.entries()] == [*second, *first[::-1]]
        assert [row.entry for row in store.entries(limit=1)] == list(second)
        assert [row.card for row in store.entries()] == ["", "b", "a"]


def test_a_commit_of_the_log_waits_for_the_disk(store: Store) -> None:
    """The log is synced at every commit; the cache, which can be made again, only as far as it takes to stay whole."""
    raw = store._files._sqlite
    for schema, level in (("main", 2), ("cache", 1)):  # FULL, NORMAL
        assert raw.execute(f"PRAGMA {schema}.synchronous").fetchone() == (level,)
        assert raw.execute(f"PRAGMA {schema}.journal_mode").fetchone() == ("wal",)


def test_entries_of_one_act_share_its_name(store: Store) -> None:
    """They are undone together."""
    one, two = store.append([answered("a"), answered("b")], at=at(), day=TODAY)
    (three,) = store.append([answered("c")], at=at(), day=TODAY)
    assert one.act == two.act != three.act
    assert one.id < two.id < three.id
    assert one.device == store.device == "0102030405"


def test_instants_are_kept_in_utc_to_the_microsecond(store: Store) -> None:
    """An instant without a zone could be anywhere on earth, and is refused."""
    local = datetime(2026, 2, 16, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
    store.append([answered()], at=local, day=TODAY)
    (row,) = store.entries()
    assert row.entry.at == local
    assert row.entry.at.utcoffset() == timedelta(0)
    with pytest.raises(ValueError, match="time zone"):
        store.append([answered()], at=local.replace(tzinfo=None), day=TODAY)
    assert len(store.entries()) == 1


def test_an_act_of_nothing_writes_nothing(store: Store) -> None:
    """No row, no id used."""
    assert store.append([], at=at(), day=TODAY) == ()
    assert store.entries() == []


def test_what_cannot_be_written_leaves_nothing_of_its_act(store: Store) -> None:
    """The good half of an act with a bad half is not in the log either."""
    with pytest.raises(ValueError, match="no grade"):
        store.append([answered("a"), answered("b", grade=7)], at=at(), day=TODAY)
    with pytest.raises(StoreError, match="no entry 'nonsense' to take back"):
        store.append([answered("a"), Revoked("nonsense")], at=at(), day=TODAY)
    assert store.entries() == []
    assert store.schedule("a") == UNSEEN


def test_a_correction_replaces_an_entry_in_one_act(store: Store) -> None:
    """The automatic grade was durable at once; the learner's own takes its place."""
    (old,) = store.append([answered("a", grade=1)], at=at(), day=TODAY)
    revoked, new = store.correct(old.id, answered("a", grade=4), at=at(1), day=TODAY)
    assert (revoked.event, new.event) == (Revoked(old.id), answered("a", grade=4))
    assert revoked.act == new.act
    assert store.schedule("a") == fold([(TODAY, answered("a", grade=4))])
    assert [row.revoked for row in store.entries()] == [False, False, True]


def test_what_was_taken_back_meanwhile_is_not_corrected(store: Store) -> None:
    """Another window undid the answer: correcting it would bring it back. So does a correction of nothing."""
    (old,) = store.append([answered("a")], at=at(), day=TODAY)
    store.undo(at=at(1), day=TODAY)
    with pytest.raises(StoreError, match="taken back meanwhile"):
        store.correct(old.id, answered("a", grade=5), at=at(2), day=TODAY)
    with pytest.raises(StoreError, match="has no entry 'nonsense'"):
        store.correct("nonsense", answered("a"), at=at(2), day=TODAY)
    assert store.schedule("a") == UNSEEN


def test_answers_of_a_day_leave_out_what_was_taken_back(store: Store) -> None:
    """Also when it was taken back on a later day; flags and predictions are no answers."""
    store.append([answered("a")], at=at(), day=TODAY)
    store.append([answered("b")], at=at(1), day=TODAY)
    store.append([Flagged("c", suspended=True)], at=at(2), day=TODAY)
    store.undo(at=at(3), day=TODAY + 1)
    store.undo(at=at(4), day=TODAY + 1)
    store.append([answered("d")], at=at(5), day=TODAY + 1)
    assert [one.event for one in store.answers_on(TODAY)] == [answered("a")]
    assert [one.event for one in store.answers_on(TODAY + 1)] == [answered("d")]


def test_days_and_numbers_of_answers_count_what_counts(store: Store) -> None:
    """A day on which every answer was taken back, or only flags were set, was no day of study."""
    assert store.study_days(0) == []
    assert store.last_study_day() is None
    for day in (TODAY - 40, TODAY - 3, TODAY - 3, TODAY):
        store.append([answered("a"), answered("b")], at=at(), day=day)
    store.append([Flagged("c", suspended=True)], at=at(), day=TODAY + 1)
    store.append([answered("a")], at=at(), day=TODAY + 2)
    store.undo(at=at(), day=TODAY + 3)
    assert store.study_days(TODAY - 30) == [TODAY - 3, TODAY]
    assert store.last_study_day() == TODAY
    assert store.answer_count(100) == 8
    assert store.answer_count(5) == 5
    assert store.entry_count() == 11


def test_the_time_of_an_answer_is_the_median_of_the_latest_by_kind(store: Store) -> None:
    """A pause counts as the longest; answers without a time, taken back, or of no kind, do not count."""
    for seconds in (5, 7, 9000):
        store.append([Answered("a", Mode.SPACED, Kind.BASIC, 4, 1, milliseconds=seconds * 1000)], at=at(), day=TODAY)
    store.append([Answered("b", Mode.SPACED, Kind.CHOICE, 4, 1, milliseconds=9_000_000)], at=at(), day=TODAY)
    store.append([answered("c")], at=at(), day=TODAY)
    assert store.median_seconds(60) == {Kind.BASIC: 7.0, Kind.CHOICE: 60.0}
    store.undo(at=at(), day=TODAY)
    store.undo(at=at(), day=TODAY)
    assert store.median_seconds() == {Kind.BASIC: 7.0}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abc"), st.integers(0, 5)), max_size=12))
def test_a_schedule_is_the_fold_of_the_log(new_home: Callable[[], Path], log: list[tuple[int, str, int]]) -> None:
    """Whatever is answered on which day, also when the days go back: the cache says what the fold says."""
    with opened(new_home()) as store:
        told: dict[str, list[tuple[int, Event]]] = {"a": [], "b": [], "c": []}
        for day, card, grade in log:
            event = answered(card, grade)
            store.append([event], at=NOON, day=TODAY + day)
            told[card].append((TODAY + day, event))
        for card, history in told.items():
            assert store.schedule(card) == fold(sorted(history, key=lambda one: one[0]))
        assert store.refold() == []


@settings(max_examples=40, deadline=None)
@given(st.lists(events, min_size=1, max_size=6))
def test_any_event_can_be_logged_and_folded(new_home: Callable[[], Path], act: list[Event]) -> None:
    """As one act, and read back as it was."""
    with opened(new_home()) as store:
        written = store.append(act, at=NOON, day=TODAY)
        assert [one.event for one in written] == act
        assert [row.entry for row in store.entries(newest_first=False)] == list(written)
        assert store.refold() == []
        assert store.integrity() == []


def test_each_row_of_the_log_says_what_it_did(store: Store) -> None:
    """Before and after, at the time; a revocation shows the schedule with what it took back and without."""
    (first,) = store.append([answered("a")], at=at(), day=TODAY)
    store.append([answered("a", grade=5)], at=at(1), day=TODAY + 1)
    store.undo(at=at(2), day=TODAY + 1)
    store.append([Predicted("s", "v", {}, 1, 2.0, 2.1, "sure")], at=at(3), day=TODAY + 1)
    once = fold([(TODAY, answered("a"))])
    twice = fold([(TODAY, answered("a")), (TODAY + 1, answered("a", grade=5))])
    rows = store.rows_with_states()
    assert [(row.before, row.after) for row in rows] == [(UNSEEN, UNSEEN), (twice, once), (once, twice), (UNSEEN, once)]
    assert [row.revoked for row in rows] == [False, False, True, False]
    assert rows[-1].entry == first
    assert [row.entry.event for row in store.rows_with_states("a", limit=1)] == [Revoked(rows[2].entry.id)]


def test_the_states_of_a_moved_history_are_those_of_the_card_it_belongs_to(store: Store) -> None:
    """The log of a card reads as if it had always had this id."""
    store.append([answered("old")], at=at(), day=TODAY)
    store.append([Relinked("old", "new")], at=at(1), day=TODAY)
    store.append([answered("new")], at=at(2), day=TODAY + 1)
    assert [(row.before.n, row.after.n) for row in store.rows_with_states("new")] == [(1, 2), (1, 1), (0, 1)]


def test_a_first_answer_of_an_imported_card_is_a_repetition(store: Store) -> None:
    """New cards count against one cap of the day, repetitions against another."""
    store.append([Placed("b", 3, 15, 250, TODAY)], at=at(), day=TODAY - 9)
    store.append([answered("a")], at=at(1), day=TODAY)
    store.append([answered("a", grade=5)], at=at(2), day=TODAY)
    store.append([answered("b")], at=at(3), day=TODAY)
    store.append([answered("c", mode=Mode.LEARN)], at=at(4), day=TODAY)
    assert store.done_on(TODAY) == (1, 1)
    assert store.done_on(TODAY + 1) == (0, 0)
