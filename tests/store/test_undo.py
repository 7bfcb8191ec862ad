"""Undo and redo: any number of steps, across restarts, and never past what was done since."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from studyapp.model import UNSEEN, Event, Flagged, Placed, Predicted, Relinked
from studyapp.store import Store, acts
from tests.store.samples import TODAY, answered, at, opened


def test_undo_takes_back_acts_one_by_one_and_redo_does_them_again(home: Path) -> None:
    """Each step in a store opened anew."""
    steps = 12
    for i in range(steps):
        with opened(home) as store:
            store.append([answered(f"c{i}"), Flagged(f"c{i}", suspended=False)], at=at(i), day=TODAY)
    for i in reversed(range(steps)):
        with opened(home) as store:
            taken = store.undo(at=at(100), day=TODAY + 1)
            assert [one.event for one in taken] == [answered(f"c{i}"), Flagged(f"c{i}", suspended=False)]
            assert store.schedule(f"c{i}") == UNSEEN
    with opened(home) as store:
        assert store.undo(at=at(100), day=TODAY + 1) == ()
    for i in range(steps):
        with opened(home) as store:
            again = store.redo(at=at(200), day=TODAY + 2)
            assert [one.event for one in again] == [answered(f"c{i}"), Flagged(f"c{i}", suspended=False)]
            assert {(one.at, one.day) for one in again} == {(at(i), TODAY)}
            assert store.schedule(f"c{i}").answered_on == TODAY
    with opened(home) as store:
        assert store.redo(at=at(200), day=TODAY + 2) == ()
        assert store.refold() == []


def test_a_new_act_ends_what_can_be_redone(store: Store) -> None:
    """As in every editor."""
    store.append([answered("a")], at=at(), day=TODAY)
    store.undo(at=at(1), day=TODAY)
    store.append([answered("b")], at=at(2), day=TODAY)
    assert store.redo(at=at(3), day=TODAY) == ()


def test_undo_of_a_correction_takes_the_answer_back(store: Store) -> None:
    """What it replaced stays taken back."""
    (old,) = store.append([answered("a", grade=1)], at=at(), day=TODAY)
    store.correct(old.id, answered("a", grade=4), at=at(1), day=TODAY)
    assert [one.event for one in store.undo(at=at(2), day=TODAY)] == [answered("a", grade=4)]
    assert store.schedule("a") == UNSEEN
    assert [one.event for one in store.redo(at=at(3), day=TODAY)] == [answered("a", grade=4)]


def test_predictions_and_relinks_are_not_undone(store: Store) -> None:
    """A prediction was made and stays made."""
    store.append([answered("a")], at=at(), day=TODAY)
    store.append([Predicted("s", "v", {}, 1, 2.0, 2.1, "sure")], at=at(1), day=TODAY)
    store.append([Relinked("x", "y")], at=at(2), day=TODAY)
    assert [one.event for one in store.undo(at=at(3), day=TODAY)] == [answered("a")]
    assert store.undo(at=at(4), day=TODAY) == ()


def test_a_bulk_act_is_undone_and_redone_at_once(store: Store) -> None:
    """More cards than undo looks at first."""
    many: list[Event] = [Placed(f"c{i}", 3, 15, 250, TODAY) for i in range(3000)]
    store.append([answered("a")], at=at(), day=TODAY)
    store.append(many, at=at(1), day=TODAY)
    assert len(store.undo(at=at(2), day=TODAY)) == 3000
    assert store.due_by_day(TODAY, 1) == [0]
    assert [one.event for one in store.undo(at=at(3), day=TODAY)] == [answered("a")]
    assert [one.event for one in store.redo(at=at(4), day=TODAY)] == [answered("a")]
    assert [one.event for one in store.redo(at=at(4), day=TODAY)] == many
    assert store.schedule("c2999").n == 3
    assert store.redo(at=at(4), day=TODAY) == ()


def test_undo_leaves_other_devices_alone(home: Path, tmp_path: Path) -> None:
    """Entries merged in from another machine are not this one's to undo."""
    with Store.open(tmp_path / "other", new_id=lambda: b"other") as other:
        other.append([answered("theirs")], at=at(50), day=TODAY)
    with opened(home) as store:
        store.append([answered("mine")], at=at(), day=TODAY)
        raw = store._files._sqlite
        raw.execute("ATTACH ? AS other", (str(tmp_path / "other" / "log.db"),))
        columns = "id, act, device, at, day, type, card, revokes, detail"
        raw.execute(f"INSERT INTO main.entry ({columns}) SELECT {columns} FROM other.entry")
        assert store.schedule("theirs").n == 1, "merged entries are folded by themselves"
        assert [one.event for one in store.undo(at=at(60), day=TODAY)] == [answered("mine")]
        assert store.undo(at=at(61), day=TODAY) == ()
        assert store.schedule("theirs").n == 1


class Editing(RuleBasedStateMachine):
    """Acts, undos, redos and restarts beside a plain list with a cursor. Windows of four entries make undo look far."""

    new_home: Callable[[], Path]

    @initialize()
    def start(self) -> None:
        """An empty store."""
        self.home = type(self).new_home()
        self.store = opened(self.home)
        self.done: list[list[Event]] = []
        self.undone: list[list[Event]] = []
        self.now = 0

    def _tick(self) -> int:
        self.now += 1
        return self.now

    @rule(cards=st.lists(st.sampled_from("abc"), min_size=1, max_size=6), flag=st.booleans())
    def act(self, cards: list[str], flag: bool) -> None:
        """One act of some events."""
        now = self._tick()
        events: list[Event] = [Flagged(card, suspended=True) if flag else answered(card, seed=now) for card in cards]
        self.store.append(events, at=at(now), day=TODAY)
        self.done.append(events)
        self.undone.clear()

    @rule()
    def correct(self) -> None:
        """Correct the newest act."""
        if self.done and len(self.done[-1]) == 1:
            now = self._tick()
            newest = next(
                row.entry for row in self.store.entries() if row.entry.event == self.done[-1][0] and not row.revoked
            )
            event = answered("c", grade=3, seed=now)
            self.store.correct(newest.id, event, at=at(now), day=TODAY)
            self.done[-1] = [event]
            self.undone.clear()

    @rule(times=st.integers(1, 8))
    def undo(self, times: int) -> None:
        """Take acts back."""
        for _ in range(times):
            taken = [one.event for one in self.store.undo(at=at(self._tick()), day=TODAY)]
            assert taken == (self.done[-1] if self.done else [])
            if self.done:
                self.undone.append(self.done.pop())

    @rule(times=st.integers(1, 8))
    def redo(self, times: int) -> None:
        """Do them again."""
        for _ in range(times):
            again = [one.event for one in self.store.redo(at=at(self._tick()), day=TODAY)]
            assert again == (self.undone[-1] if self.undone else [])
            if self.undone:
                self.done.append(self.undone.pop())

    @rule()
    def predict(self) -> None:
        """A prediction, which changes nothing here."""
        self.store.append([Predicted("s", "v", {}, 1, 2.0, 2.1, "sure")], at=at(self._tick()), day=TODAY)

    @rule()
    def restart(self) -> None:
        """Close and open."""
        self.store.close()
        self.store = opened(self.home)

    def teardown(self) -> None:
        """What is cached is what the log says."""
        if hasattr(self, "store"):
            assert self.store.refold() == []
            self.store.close()


def test_undo_and_redo_are_a_list_with_a_cursor(new_home: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is done, undone, done again and restarted, in any order."""
    monkeypatch.setattr(acts, "_WINDOWS", (4, 8))
    Editing.new_home = staticmethod(new_home)
    run_state_machine_as_test(Editing, settings=settings(max_examples=25, stateful_step_count=30, deadline=None))
