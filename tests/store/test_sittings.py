"""Sittings in the store: durable, one writer at a time, listed from a cache that can be lost, never undone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from studyapp.core.exam.clock import Reading
from studyapp.core.exam.events import Finished, Opened, Picked, Released, Saved, Shown, SittingEvent, Started, told
from studyapp.model import Answered, Kind, Mode, Sat
from studyapp.store import SittingRow, StaleError, Store, StoreError
from tests.core.exam.papers import paper
from tests.store.samples import TODAY, answered, at, deck, opened, read_in

ROOT = Path(__file__).parents[2]
START = Started(0, paper(2), 100_000)
SCRIPT: tuple[SittingEvent, ...] = (START, Opened(1, "a"), Shown(2, 0), Saved(3, 0, 0), Finished(4), Released(5))
OF_EXAM = Answered("a", Mode.EXAM, Kind.CHOICE, 1, seed=1, correct=False)


def sit(
    store: Store, sitting: str, number: int, *events: SittingEvent, seconds: float = 0, others: Sequence[Answered] = ()
) -> None:
    """Write events of a sitting."""
    written = [told(event, Reading("boot", event.at, event.at)) for event in events]
    store.sit(sitting, number, written, at=at(seconds), day=TODAY, others=others)


def events_of(store: Store, sitting: str) -> list[object]:
    """What each event of a sitting is called, in the order of their numbers."""
    told_of = [one.event for one in store.sitting(sitting) if isinstance(one.event, Sat)]
    assert [one.number for one in told_of] == list(range(len(told_of)))
    return [one.event["what"] for one in told_of]


# --- writing --------------------------------------------------------------------------------------


def test_rule_19_an_event_is_committed_and_synced_when_sit_returns(store: Store, home: Path) -> None:
    """Rule 19: another connection reads it at once, and the log waits for the disk at every commit."""
    sit(store, "s", 0, *SCRIPT[:3])
    with closing(sqlite3.connect(home / "log.db")) as other:
        assert other.execute("SELECT count(*) FROM entry WHERE type = 'sat'").fetchall() == [(3,)]
    connection = store._files.connection
    assert connection.exec_driver_sql("PRAGMA main.synchronous").scalar() == 2  # FULL: fsync before a commit returns
    assert connection.exec_driver_sql("PRAGMA main.journal_mode").scalar() == "wal"


def test_events_come_back_in_their_order(store: Store) -> None:
    """Each with its number, as one act a call, whatever was logged between."""
    sit(store, "s", 0, START)
    store.append([answered()], at=at(1), day=TODAY)
    sit(store, "t", 0, START, seconds=2)
    sit(store, "s", 1, *SCRIPT[1:4], seconds=3)
    assert events_of(store, "s") == ["started", "opened", "shown", "saved"]
    assert len({one.act for one in store.sitting("s")}) == 2
    assert store.sitting_length("s") == 4
    assert store.sitting_length("t") == 1


def test_a_sitting_that_does_not_exist(store: Store) -> None:
    """It has no events, and asking for them is refused in a clear line."""
    assert store.sitting_length("nothing") == 0
    with pytest.raises(StoreError, match="there is no sitting 'nothing'; `studyapp exams` lists them"):
        store.sitting("nothing")
    assert store.sittings() == []


@pytest.mark.parametrize("number", [0, 1, 3, 99])
def test_rule_23_a_stale_write_changes_nothing(home: Path, number: int) -> None:
    """Rule 23: who does not know the latest event writes none, nor what would follow from it."""
    with opened(home) as one, opened(home) as other:
        sit(one, "s", 0, START)
        sit(other, "s", 1, Opened(5, "other"), seconds=5)
        before = one.entries()
        with pytest.raises(StaleError, match=f"changed by another terminal .event 2, expected {number}"):
            sit(one, "s", number, Saved(6, 0, 1), seconds=6, others=[OF_EXAM])
        assert one.entries() == other.entries() == before
        assert events_of(one, "s") == ["started", "opened"]
        sit(one, "s", 2, Opened(7, "one"), seconds=7)
        with pytest.raises(StaleError):
            sit(other, "s", 2, Shown(8, 0), seconds=8)
        assert one.refold() == []


RACE = """
import sys
from pathlib import Path
from studyapp.store import StaleError
from tests.store.samples import TODAY, at, opened
name, home = sys.argv[1], Path(sys.argv[2])
with opened(home, timeout=30) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    written = 0
    while (number := store.sitting_length("s")) < 40:
        event = {"what": "opened", "at": number, "writer": name, "clock": ["b", number, number]}
        try:
            store.sit("s", number, [event], at=at(number), day=TODAY)
            written += 1
        except StaleError:
            pass
    print(written, flush=True)
"""


def test_rule_23_of_two_processes_only_one_writes_each_event(home: Path) -> None:
    """Rule 23: racing for the same numbers, each number is written once, and who was late knows it."""
    with opened(home) as store:
        sit(store, "s", 0, START)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, name, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for name in ("one", "two")
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    said = [racer.communicate("go\n", timeout=60)[0] for racer in racers]
    with opened(home) as store:
        writers = [one.event.event.get("writer") for one in store.sitting("s") if isinstance(one.event, Sat)]
        assert len(writers) == store.sitting_length("s") == 40
        assert [int(line) for line in said] == [writers.count("one"), writers.count("two")]
        assert store.refold() == store.integrity() == []


# --- the list -------------------------------------------------------------------------------------


def test_what_the_list_says_of_a_sitting(store: Store) -> None:
    """Rule 12: running, finished, released; what was saved is told from the finish on, the score from the release."""
    sit(store, "s", 0, *SCRIPT[:4])
    running = SittingRow("s", at(), "A paper", 2, 100_000)
    assert store.sittings() == store.unreleased_sittings() == [running]
    sit(store, "s", 4, SCRIPT[4], seconds=4)
    finished = replace(running, finished_at=4, saved=1)
    assert store.sittings() == store.unreleased_sittings() == [finished]
    sit(store, "s", 5, SCRIPT[5], seconds=5)
    assert store.sittings() == [replace(finished, right=1)]
    assert store.unreleased_sittings() == []


def test_what_kind_of_sitting_it_is(store: Store) -> None:
    """Practice, rehearsal, official end, and whether time ended it."""
    rules = paper(2, practice=True, rehearsal=True)
    sit(store, "s", 0, Started(0, rules, 50, official=True), Finished(50, expired=True))
    (row,) = store.sittings()
    assert (row.practice, row.rehearsal, row.official, row.expired, row.end) == (True, True, True, True, 50)


def test_the_newest_come_first(store: Store) -> None:
    """And of those not released, the first started comes first; a limit takes the newest."""
    for number, name in enumerate("dbcea"):
        sit(store, name, 0, *(SCRIPT if name == "c" else SCRIPT[:2]), seconds=number)
    assert [row.id for row in store.sittings()] == ["a", "e", "c", "b", "d"]
    assert [row.id for row in store.sittings(limit=2)] == ["a", "e"]
    assert [row.id for row in store.unreleased_sittings()] == ["d", "b", "e", "a"]


def test_another_store_sees_it_at_once(home: Path) -> None:
    """What one terminal wrote is in the other's list without opening it anew."""
    with opened(home) as one, opened(home) as other:
        sit(one, "s", 0, START)
        assert other.sittings() == one.sittings()
        assert other.sitting_length("s") == 1
        sit(other, "s", 1, Finished(9), seconds=9)
        assert one.sittings()[0].finished_at == 9


# --- the cache ------------------------------------------------------------------------------------


def filled(home: Path) -> tuple[list[SittingRow], list[SittingRow]]:
    """Three sittings in several states, and the lists of them."""
    with opened(home) as store:
        sit(store, "done", 0, *SCRIPT, others=[OF_EXAM])
        sit(store, "running", 0, *SCRIPT[:4], seconds=10)
        sit(store, "waiting", 0, Started(0, paper(2), 50, official=True), Finished(9), seconds=20)
        return store.sittings(), store.unreleased_sittings()


def test_a_rebuilt_cache_has_the_same_list(home: Path) -> None:
    """The log is the truth: without its cache the list, the order and every event are as they were."""
    lists = filled(home)
    (home / "cache.db").unlink()
    with opened(home) as store:
        assert (store.sittings(), store.unreleased_sittings()) == lists
        assert events_of(store, "running") == ["started", "opened", "shown", "saved"]
        assert store.refold() == []
        sit(store, "running", 4, Picked(5, 0, 1), seconds=30)


WRONG = {
    "a score": "UPDATE sitting SET content = replace(content, '\"right\": 1', '\"right\": 2')",
    "a state": "UPDATE sitting SET released = 1",
    "a sitting lost": "DELETE FROM sitting WHERE id = 'running'",
    "one too many": "INSERT INTO sitting SELECT 'ghost', started, finished, released, content FROM sitting LIMIT 1",
    "an event lost": "DELETE FROM sat WHERE sitting = 'running' AND number = 3",
    "an event elsewhere": "UPDATE sat SET row = row + 1 WHERE sitting = 'done' AND number = 2",
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_repair_finds_and_mends_a_wrong_cache(home: Path, wrong: str) -> None:
    """It says so once, and then the list is what the log says."""
    lists = filled(home)
    with closing(sqlite3.connect(home / "cache.db")) as cache:
        assert cache.execute(wrong).rowcount >= 1
        cache.commit()
    with opened(home) as store:
        assert store.refold() == ["the cache did not have the exams as the log has them"]
        assert (store.sittings(), store.unreleased_sittings()) == lists
        assert store.sitting_length("running") == 4
        assert store.refold() == []


def test_a_fold_that_failed_is_made_up_for(home: Path) -> None:
    """What stands in the log and not yet in the cache is folded by whoever asks or writes next."""
    lists = filled(home)
    with closing(sqlite3.connect(home / "log.db")) as log:
        row, newest = log.execute("SELECT row, id FROM entry ORDER BY row DESC LIMIT 1 OFFSET 2").fetchone()

    def behind() -> None:
        with closing(sqlite3.connect(home / "cache.db")) as cache:
            cache.execute("DELETE FROM sat WHERE sitting = 'waiting'")
            cache.execute("DELETE FROM sitting WHERE id = 'waiting'")
            cache.execute("UPDATE watermark SET row = ?, entry = ?", (row, newest))
            cache.commit()

    behind()
    with opened(home) as store:
        assert (store.sittings(), store.unreleased_sittings()) == lists
        behind()
        assert store.sittings() == lists[0]
        behind()
        sit(store, "waiting", 2, Released(99), seconds=30)
        assert store.sittings()[0].right == 0


# --- beside everything else -----------------------------------------------------------------------


def test_undo_never_takes_an_exam_back_and_is_not_blocked_by_it(store: Store) -> None:
    """Rule 24: undo goes past what was done in an exam, the answers that came of it included, to the act before."""
    (first,) = store.append([answered("a", 5)], at=at(), day=TODAY)
    sit(store, "s", 0, *SCRIPT, seconds=5, others=[OF_EXAM])
    assert store.schedule("a").n == 1
    assert [one.id for one in store.undo(at=at(6), day=TODAY)] == [first.id]
    assert store.undo(at=at(7), day=TODAY) == ()
    assert events_of(store, "s") == [type(event).__name__.lower() for event in SCRIPT]
    assert store.schedule("a").n == 0
    assert store.schedule("a").seen_on == TODAY  # by the exam
    assert store.sittings()[0].right == 1


def test_answers_come_with_the_event_that_they_follow_from(store: Store) -> None:
    """In one act with it: they are there both or neither."""
    sit(store, "s", 0, *SCRIPT, others=[OF_EXAM])
    rows = store.entries(newest_first=False)
    assert [type(row.entry.event) for row in rows] == [Sat] * 6 + [Answered]
    assert len({row.entry.act for row in rows}) == 1
    assert store.schedule("a").due is None


def test_sealed_cards_are_not_new_until_an_exam_showed_them(store: Store) -> None:
    """Also: kept back from study; once an exam has asked one, it is new like any other."""
    plain = deck("d.md", "a", "b", "c")
    cards = tuple(replace(card, tags=("sealed",)) if card.id in "ab" else card for card in plain.cards)
    read_in(store, replace(plain, cards=cards))
    counts = store.counts(TODAY)["d.md"]
    assert (counts.cards, counts.new, counts.sealed) == (3, 1, 2)
    assert [row.card for row in store.unseen(TODAY)] == ["c"]
    sit(store, "s", 0, *SCRIPT, others=[OF_EXAM])
    counts = store.counts(TODAY)["d.md"]
    assert (counts.cards, counts.new, counts.sealed) == (3, 2, 1)
    assert [row.card for row in store.unseen(TODAY)] == ["a", "c"]
    store.append([answered("c")], at=at(9), day=TODAY)
    assert (store.counts(TODAY)["d.md"].new, store.counts(TODAY)["d.md"].sealed) == (1, 1)
