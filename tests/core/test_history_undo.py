"""Undo and redo are nothing but more log, and behave as a plain list of acts with a cursor in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.core.history import effective, fold, last_act, next_redo
from studyapp.model import (
    UNSEEN,
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


def answered(grade: int) -> Answered:
    """An answer to the one card of these tests."""
    return Answered("card", Mode.SPACED, Kind.BASIC, grade, seed=0)


def predicted() -> Predicted:
    """A prediction on that card's simulation."""
    return Predicted("coin", "share", {}, 0, 1.0, 1.0, "sure", card="card")


def schedule_of(log: Sequence[Entry]) -> Schedule:
    """The schedule of the one card in a log."""
    return fold((entry.day, entry.event) for entry in effective(log))


@dataclass
class Device:
    """The log of one device, written as the store writes it, beside a plain list of acts with a cursor in it."""

    log: list[Entry] = field(default_factory=list)
    past: list[list[int]] = field(default_factory=list)
    future: list[list[int]] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)
    acts: int = 0

    def append(self, *events: Event, copied: Sequence[Entry] = ()) -> None:
        """One act: new events at the present instant, or copies with the instants they had."""
        self.acts += 1
        at, day = NOON + timedelta(minutes=self.acts), 100 + self.acts // 3
        rows = [(e.at, e.day, e.event) for e in copied] or [(at, day, event) for event in events]
        for at, day, event in rows:
            self.log.append(Entry(f"{len(self.log):06}", f"act{self.acts}", "device", at, day, event))

    def events(self, kinds: str) -> tuple[list[Event], list[int]]:
        """One event for each letter, and the number by which each is known again."""
        numbers = [len(self.log) * 10 + i for i in range(len(kinds))]
        made: list[Event] = []
        for kind, number in zip(kinds, numbers, strict=True):
            match kind:
                case "a":
                    made.append(replace(answered(4), seed=number))
                case "f":
                    made.append(Flagged("card", buried_until=number))
                case "p":
                    made.append(Placed("card", 1, 1, 250, number))
                case _:
                    made.append(replace(predicted(), seed=number))
        return made, numbers

    def act(self, kinds: str) -> None:
        """Something new, of one event or several."""
        events, numbers = self.events(kinds)
        self.append(*events)
        if set(kinds) == {"x"}:
            self.alone += numbers  # a prediction alone is no act
        else:
            self.past.append(numbers)
            self.future.clear()

    def undo(self) -> None:
        """What `u` does."""
        if self.past:
            self.append(*map(Revoked, last_act(self.log)))
            self.future.append(self.past.pop())

    def redo(self) -> None:
        """What `U` does."""
        if self.future:
            self.append(copied=next_redo(self.log))
            self.past.append(self.future.pop())

    def correct(self, which: int) -> None:
        """An answer graded anew: its row is revoked and another one appended, in one act."""
        counting = [e for e in effective(self.log) if isinstance(e.event, Answered)]
        if not counting:
            return
        wrong = counting[which % len(counting)]
        (event,), numbers = self.events("a")
        self.append(Revoked(wrong.id), event)
        for act in self.past:
            if number_of(wrong) in act:
                act.remove(number_of(wrong))
        kinds = {number_of(e): type(e.event) for e in self.log if not isinstance(e.event, Revoked)}
        self.alone += [n for act in self.past for n in act if {kinds[one] for one in act} == {Predicted}]
        self.past = [act for act in self.past if {kinds[one] for one in act} - {Predicted}]
        self.past.append(numbers)
        self.future.clear()


def number_of(entry: Entry) -> int:
    """The number by which an event is known again, in a copy too."""
    match entry.event:
        case Answered(seed=number) | Predicted(seed=number) | Placed(due=number):
            return number
        case Flagged(buried_until=int(number)):
            return number
    raise AssertionError(entry)


ACTS = ["a", "a", "f", "p", "ppp", "aaf", "xa", "ax", "x"]
STEPS = st.lists(
    st.sampled_from([*ACTS, *["undo"] * 7, *["redo"] * 5, "correct 0", "correct 1", "correct 7"]), min_size=12
)


def take(device: Device, step: str) -> None:
    """One step of a learner at this device."""
    match step.split():
        case ["undo"]:
            device.undo()
        case ["redo"]:
            device.redo()
        case ["correct", which]:
            device.correct(int(which))
        case [kinds]:
            device.act(kinds)


@given(STEPS)
@settings(max_examples=300)
def test_undo_and_redo_are_a_list_with_a_cursor(steps: list[str]) -> None:
    """After any steps the log's effective entries are the list's up to the cursor, and so is what comes next."""
    device = Device()
    for step in steps:
        take(device, step)
        known = {entry.id: number_of(entry) for entry in device.log if not isinstance(entry.event, Revoked)}
        counting = sorted(number_of(entry) for entry in effective(device.log))
        assert counting == sorted([number for act in device.past for number in act] + device.alone)
        assert [known[one] for one in last_act(device.log)] == (device.past[-1] if device.past else [])
        assert [number_of(one) for one in next_redo(device.log)] == (device.future[-1] if device.future else [])


@given(STEPS, st.integers(0, 30))
def test_the_newest_acts_answer_for_the_whole_log(steps: list[str], cut: int) -> None:
    """Given only the newest acts, undo and redo say the same as for the whole log, or nothing."""
    device = Device()
    for step in steps:
        take(device, step)
    newest = [entry for entry in device.log if int(entry.act.removeprefix("act")) > cut]
    assert last_act(newest) in ((), last_act(device.log))
    assert next_redo(newest) in ((), next_redo(device.log))


def test_undo_takes_back_to_the_very_schedule() -> None:
    """Undoing the last answer gives the schedule from before it, and redoing it the one from after."""
    device = Device()
    device.act("a")
    before = schedule_of(device.log)
    device.append(answered(1))
    device.past.append([])
    after = schedule_of(device.log)
    device.undo()
    assert schedule_of(device.log) == before
    device.append(copied=next_redo(device.log))
    assert schedule_of(device.log) == after


def test_undoing_a_correction_undoes_the_answer() -> None:
    """The corrected answer goes as a whole: the grade it had before the correction does not come back."""
    device = Device()
    device.act("a")
    device.correct(0)
    device.undo()
    assert schedule_of(device.log) == UNSEEN
    assert last_act(device.log) == ()


def test_nothing_to_undo_or_redo() -> None:
    """An empty log, and one of predictions and new ids alone, offer neither."""
    assert not last_act([])
    assert not next_redo([])
    moved = Entry("1", "act1", "device", NOON, 100, Relinked("card", "other"))
    guess = Entry("2", "act2", "device", NOON, 100, predicted())
    assert not last_act([moved, guess])
    assert not next_redo([moved, guess])


def test_the_newest_acts_may_not_hold_what_was_undone() -> None:
    """Where an undo is among the newest acts but not all that it took back, they say nothing rather than a half."""
    device = Device()
    device.act("aaf")
    device.undo()
    assert len(next_redo(device.log)) == 3
    assert next_redo(device.log[1:]) == ()


def test_the_same_answer_at_another_instant_is_new() -> None:
    """Only the instant tells a redo from a learner who gives an equal answer again."""
    device = Device()
    device.append(answered(4))
    device.append(answered(1))
    for _ in range(2):
        device.append(*map(Revoked, last_act(device.log)))
    assert next_redo(device.log)
    device.append(answered(4))
    assert next_redo(device.log) == ()


def test_a_redone_answer_counts_on_the_day_it_was_given() -> None:
    """A redo of days later is a later row of the log, and yet the day's repetition is where it was."""
    device = Device()
    device.append(answered(4))
    device.append(*map(Revoked, last_act(device.log)))
    device.acts += 6
    (original,) = next_redo(device.log)
    device.append(copied=[original])
    assert schedule_of(device.log) == fold([(original.day, answered(4))])


def test_a_relinked_card_ends_what_can_be_redone() -> None:
    """An answer undone before its card got a new id cannot be done again under the old one."""
    device = Device()
    device.act("a")
    device.undo()
    assert next_redo(device.log)
    device.append(Relinked("card", "other"))
    assert next_redo(device.log) == ()
