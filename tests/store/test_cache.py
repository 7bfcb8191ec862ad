"""The cache: losing it costs a rebuild and nothing else; kept, it folds only what is new."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from studyapp.model import UNSEEN, Entry, Flagged, Revoked
from studyapp.store import Store, StoreError, cache, folding, reading
from studyapp.store.log import Log
from tests.store.samples import TODAY, answered, at, deck, opened, read_in


def filled(home: Path) -> None:
    """A store with two decks, some history, and a closed file."""
    with opened(home) as store:
        read_in(store, deck("a.md", *(f"a{i}" for i in range(60))), deck("b.md", "b"))
        for i in range(60):
            store.append([answered(f"a{i}", grade=i % 6)], at=at(i), day=TODAY)


def cut(path: Path, share: float) -> None:
    """Lose the end of a file."""
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


def scribble(path: Path, start: int) -> None:
    """Overwrite a page of a file."""
    content = bytearray(path.read_bytes())
    content[start : start + 4096] = random.Random(1).randbytes(4096)
    path.write_bytes(content)


def another(path: Path) -> None:
    """Put a database with other tables in the place of a file."""
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE x (y)")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "deleted": lambda path: path.rename(path.with_suffix(".gone")),
    "emptied": lambda path: path.write_bytes(b""),
    "cut to half": lambda path: cut(path, 0.5),
    "cut to a few bytes": lambda path: path.write_bytes(path.read_bytes()[:50]),
    "all garbage": lambda path: path.write_bytes(random.Random(1).randbytes(20_000)),
    "a text": lambda path: path.write_text("not a database\n" * 500),
    "a garbage header": lambda path: scribble(path, 0),
    "another database": another,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_cache_is_rebuilt_at_the_start(home: Path, damage: Callable[[Path], object]) -> None:
    """The schedules are folded anew; the decks are to be read again, and then everything is as before."""
    filled(home)
    with opened(home) as store:
        schedules = {f"a{i}": store.schedule(f"a{i}") for i in range(60)}
        counts = store.counts(TODAY)
    damage(home / "cache.db")
    with opened(home) as store:
        assert {card: store.schedule(card) for card in schedules} == schedules
        assert store.files() == {}
        read_in(store, deck("a.md", *(f"a{i}" for i in range(60))), deck("b.md", "b"))
        assert store.counts(TODAY) == counts
        assert store.refold() == store.integrity() == []


def test_that_a_cache_was_made_anew_is_remembered(home: Path) -> None:
    """The doctor says so; a new home and a sound cache are nothing to tell of."""
    with opened(home) as store:
        assert not store.rebuilt
        store.append([answered("a")], at=at(), day=TODAY)
    with opened(home) as store:
        assert not store.rebuilt
    (home / "cache.db").write_text("garbage")
    with opened(home) as store:
        assert store.rebuilt


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_cache_damaged_while_it_is_open_is_mended(home: Path, damage: Callable[[Path], object]) -> None:
    """Every question is answered as before, now and after a restart."""
    filled(home)
    decks = [deck("a.md", *(f"a{i}" for i in range(60))), deck("b.md", "b")]
    with opened(home) as store:
        expected = [store.schedule(f"a{i}") for i in range(60)]
        counts, card = store.counts(TODAY), store.card("a7")
    with opened(home) as store:
        store.on_rebuilt = lambda: read_in(store, *decks)
        damage(home / "cache.db")
        assert store.counts(TODAY) == counts
        assert [store.schedule(f"a{i}") for i in range(60)] == expected
        assert store.card("a7") == card
        store.append([answered("b")], at=at(99), day=TODAY)
        assert store.schedule("b").n == 1
    with opened(home) as store:
        read_in(store, *decks)
        assert [store.schedule(f"a{i}") for i in range(60)] == expected
        assert store.schedule("b").n == 1
        assert store.refold() == store.integrity() == []


def test_leftovers_of_a_deleted_cache_do_no_harm(home: Path) -> None:
    """Someone deletes cache.db after a crash and leaves its -wal and -shm behind."""
    filled(home)
    with opened(home) as store:
        store.append([answered("b")], at=at(99), day=TODAY)
        for name in ("cache.db-wal", "cache.db-shm"):
            shutil.copy(home / name, home / f"{name}.kept")
        expected = store.schedule("b")
    (home / "cache.db").unlink()
    for name in ("cache.db-wal", "cache.db-shm"):
        (home / f"{name}.kept").rename(home / name)
    with opened(home) as store:
        assert store.schedule("b") == expected
        assert store.integrity() == []


@pytest.mark.parametrize("page", range(1, 12))
def test_damage_met_in_the_middle_of_a_session_is_mended_in_the_middle_of_it(home: Path, page: int) -> None:
    """Whichever page is overwritten, every question is answered as before, and the decks are read again."""
    filled(home)
    with opened(home) as store:
        expected = [store.schedule(f"a{i}") for i in range(60)]
        counts, card = store.counts(TODAY), store.card("a7")
    scribble(home / "cache.db", page * 4096)
    with opened(home) as store:
        decks = [deck("a.md", *(f"a{i}" for i in range(60))), deck("b.md", "b")]
        store.on_rebuilt = lambda: read_in(store, *decks)
        if not store.files():  # met at the start already
            store.on_rebuilt()
        assert [store.schedule(f"a{i}") for i in range(60)] == expected
        assert store.counts(TODAY) == counts
        assert store.card("a7") == card
        store.append([answered("b")], at=at(99), day=TODAY)
        assert store.schedule("b").n == 1
        store.integrity()
        assert store.card("a7") == card, "a page that nobody asked for is found by the doctor, and mended"
        assert store.refold() == store.integrity() == []


def test_nonsense_in_a_card_is_damage(store: Store) -> None:
    """It is read from its file again."""
    read_in(store, deck("a.md", "a"))
    store._files._sqlite.execute("UPDATE cache.card SET content = '{'")
    store.on_rebuilt = lambda: read_in(store, deck("a.md", "a"))
    card = store.card("a")
    assert card is not None
    assert card.prompt == "What is a?"


def test_a_cache_of_another_edition_is_replaced(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer studyapp may read decks or fold differently."""
    filled(home)
    with opened(home) as store:
        expected = store.schedule("a7")
    monkeypatch.setattr(cache, "EDITION", "another")
    with opened(home) as store:
        assert store.files() == {}
        assert store.schedule("a7") == expected


def test_a_cache_that_may_not_be_written_is_replaced(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder can be written, so a new one can be put there."""
    filled(home)
    access, refused = os.access, [home / "cache.db"]  # root may write everything, so the refusal is played

    def may(path: Path, mode: int) -> bool:
        if path in refused:
            refused.remove(path)
            return False
        return access(path, mode)

    monkeypatch.setattr(os, "access", may)
    with opened(home) as store:
        assert refused == []
        assert store.files() == {}
        assert store.schedule("a7").n == 0


def test_only_the_cards_touched_since_are_folded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watermark says up to which row the cache is folded; what came after it is caught up at the start."""
    filled(home)
    with opened(home) as store:
        monkeypatch.setattr(folding, "catch_up", lambda _: None)  # as when killed between the two commits
        store.append([answered("a3", grade=5)], at=at(100), day=TODAY + 1)
        store.append([Flagged("new", suspended=True)], at=at(101), day=TODAY + 1)
        store.undo(at=at(102), day=TODAY + 1)
        monkeypatch.undo()
    asked: list[object] = []

    def histories(log: Log, cards: Sequence[str] | None = None) -> dict[str, list[Entry]]:
        asked.append(cards)
        return reading.histories(log, cards)

    monkeypatch.setattr(folding, "histories", histories)
    with opened(home) as store:
        assert asked == [["a3", "new"]]
        assert store.schedule("a3").answered_on == TODAY + 1
        assert store.schedule("new") == UNSEEN
        assert len(asked) == 1
    assert not opened(home).refold()


def test_a_cache_that_cannot_be_written_does_not_lose_the_answer(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log row stands, append returns it, and the next question folds it."""

    def refused(_: object) -> None:
        raise StoreError("cache.db: no")

    monkeypatch.setattr(folding, "catch_up", refused)
    (one,) = store.append([answered("a")], at=at(), day=TODAY)
    assert [row.entry for row in store.entries()] == [one]
    with pytest.raises(StoreError, match="no"):
        store.schedule("a")
    monkeypatch.undo()
    assert store.schedule("a").n == 1


def test_a_cache_folded_from_another_log_is_folded_anew(home: Path, tmp_path: Path) -> None:
    """A backup was put in the place of the log: shorter, longer, or empty of entries."""
    filled(home)
    shutil.copy(home / "log.db", tmp_path / "full.db")
    other = tmp_path / "other"
    for entries in (0, 3, 200):
        with opened(other, device=b"other") as store:
            for i in range(len(store.entries()), entries):
                store.append([answered(f"a{i % 7}", grade=5)], at=at(i), day=TODAY + i // 7)
        shutil.copy(other / "log.db", home / "log.db")
        with opened(home) as store, opened(other) as same:
            assert [store.schedule(f"a{i}") for i in range(60)] == [same.schedule(f"a{i}") for i in range(60)]
            assert store.refold() == []
        shutil.copy(tmp_path / "full.db", home / "log.db")
        with opened(home) as store:
            assert store.schedule("a59").answered_on == TODAY


def test_the_doctor_finds_and_repairs_wrong_schedules(home: Path) -> None:
    """A bit that flipped without SQLite's noticing."""
    filled(home)
    with opened(home) as store:
        raw = store._files._sqlite
        raw.execute("UPDATE cache.schedule SET n = 99, due = 1 WHERE card = 'a5'")
        raw.execute("DELETE FROM cache.schedule WHERE card = 'a6'")
        raw.execute(
            "INSERT INTO cache.schedule SELECT 'ghost', deck, n, interval, ease, due, answered_on, drilling, "
            "repetitions, failures, seen_on, mastery, recalled_days, recalled_on, suspended, buried_until "
            "FROM cache.schedule WHERE card = 'a7'"
        )
        raw.execute("UPDATE cache.schedule SET deck = 'b.md' WHERE card = 'a8'")
        found = store.refold()
        assert [line.split(":")[0] for line in found] == ["a5", "a6", "a8", "ghost"]
        assert "the cache had n 99, interval 1, ease 260, due 1, " in found[0]
        assert store.refold() == []
        assert store.counts(TODAY)["b.md"].new == 1


def test_revocations_are_found_by_the_card_they_concern(store: Store) -> None:
    """Also those appended by hand, without undo."""
    (one,) = store.append([answered("a")], at=at(), day=TODAY)
    store.append([Revoked(one.id)], at=at(1), day=TODAY)
    assert store.schedule("a") == UNSEEN
    assert [row.card for row in store.entries("a")] == ["a", "a"]
