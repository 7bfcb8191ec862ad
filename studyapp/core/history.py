"""The fold: a card's schedule is nothing but what its log adds up to, and undo is nothing but more log.

The log is append-only. Taking something back appends `Revoked` rows, doing it again appends copies, and two machines'
logs merge by union; the schedule of a card is always the fold of its effective entries in the order of (day, id).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from studyapp.core.experiments.predictions import shows_mastery
from studyapp.core.sm2 import GOOD, LONGEST, PASS, standing_after
from studyapp.model import (
    UNSEEN,
    Answered,
    Day,
    Entry,
    Event,
    Flagged,
    Kind,
    Mode,
    Placed,
    Predicted,
    Relinked,
    Revoked,
    Sat,
    Schedule,
)

LONG_INTERVAL = 21
"""A recall after an interval of this many days is taken as mastery."""

_WIDEST = 2**62  # SM-2's own interval has no bound, but a hundred 5s in a row would not fit a database's integer

# Bound once: to read a member off its enum for every event would be a fifth of the fold.
_SPACED = Mode.SPACED
_CARDS = Mode.CARDS
_AMONG_OTHERS = frozenset({Mode.MATCHING, Mode.EXAM})
_CHOICE = Kind.CHOICE


# --- the fold -------------------------------------------------------------------------------------


def fold(events: Iterable[tuple[Day, Event]], start: Schedule = UNSEEN) -> Schedule:
    """The schedule that one card's effective events give, taken in the order of (day, id).

    Only the first answer in Spaced on a study day is a repetition: later ones of that day are drills, so two windows or
    two machines never count twice. A schedule is all there is to remember: `fold(earlier + later)` is
    `fold(later, start=fold(earlier))`.
    """
    n, interval, ease, due = start.n, start.interval, start.ease, start.due
    answered_on, drilling = start.answered_on, start.drilling
    repetitions, failures = start.repetitions, start.failures
    seen_on, evidence = start.seen_on, (start.mastery, start.recalled_days, start.recalled_on)
    suspended, buried = start.suspended, start.buried_until
    for day, event in events:
        match event:
            case Answered():
                grade, ended = event.grade, 0
                if event.mode is _SPACED:
                    if day != answered_on:
                        ended, answered_on = interval, day
                        n, interval, ease = standing_after(n, interval, ease, grade)
                        due = day + min(interval, LONGEST) if event.due is None else event.due
                        if interval > _WIDEST:
                            interval = _WIDEST
                        repetitions += 1
                        failures += grade < PASS
                    drilling = grade < GOOD
                evidence = _evidence(evidence, day, event, seen_on, ended)
                seen_on = day
            case Placed():
                n, interval, ease, due = event.n, event.interval, event.ease, event.due
                drilling = False
            case Flagged():
                suspended = suspended if event.suspended is None else event.suspended
                buried = buried if event.buried_until is None else event.buried_until
            case Predicted():
                _, recalled_days, recalled_on = evidence
                if recalled_days and shows_mastery(event):
                    evidence = 4, recalled_days, recalled_on
    return Schedule(
        n, interval, ease, due, answered_on, drilling, repetitions, failures, seen_on, *evidence, suspended, buried
    )


_Evidence = tuple[int, int, Day | None]  # mastery, recalled_days, recalled_on


def _evidence(so_far: _Evidence, day: Day, answer: Answered, seen_on: Day | None, ended: int) -> _Evidence:
    """What an answer adds to the evidence of mastery; `ended` is the interval that ended with it, 0 for a drill."""
    mastery, recalled_days, recalled_on = so_far
    if answer.mode is _CARDS:
        return so_far  # leafing through shows a card and asks for nothing
    if answer.grade < PASS:
        return 1, 0, None
    mastery = mastery or 1
    if answer.kind is _CHOICE or answer.mode in _AMONG_OTHERS:
        return mastery, recalled_days, recalled_on  # recognised among others, which is not yet recalled
    if answer.correct is None and (seen_on is None or seen_on >= day):
        return mastery, recalled_days, recalled_on  # graded by oneself, on the day of the last showing or before any
    if recalled_on != day:
        recalled_days += 1
    level = 4 if ended >= LONG_INTERVAL else min(recalled_days + 1, 3)
    return max(mastery, level), recalled_days, day


# --- what counts, undo and redo -------------------------------------------------------------------


def effective(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that count, in the order of the fold, (day, id): neither revocations nor what they took back."""
    entries = tuple(entries)
    revoked = {entry.event.entry for entry in entries if isinstance(entry.event, Revoked)}
    kept = [entry for entry in entries if entry.id not in revoked and not isinstance(entry.event, Revoked)]
    return sorted(kept, key=attrgetter("day", "id"))


def last_act(entries: Sequence[Entry]) -> tuple[str, ...]:
    """The ids that an undo takes back: what still counts of the newest act of answering, flagging or placing.

    `entries` are one device's in the order of their ids, or the newest acts among them: if these give an answer, it is
    that of the whole log. Empty when nothing is left to undo. A prediction is no act of its own, and what was done in
    an exam stays. A correction (a revocation and an answer in one act) is undone as the answer that it is: what it
    revoked stays revoked.
    """
    revoked: set[str] = set()
    for act in _newest_first(entries):
        revoked.update(entry.event.entry for entry in act if isinstance(entry.event, Revoked))
        if any(isinstance(entry.event, Sat) for entry in act):
            continue
        counting = [entry for entry in act if entry.id not in revoked]
        if any(isinstance(entry.event, Answered | Flagged | Placed) for entry in counting):
            return tuple(entry.id for entry in counting if not isinstance(entry.event, Revoked | Relinked))
    return ()


def next_redo(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries that a redo appends anew: with new ids, but the day and the instant they had.

    `entries` are as for `last_act`; empty when there is nothing to redo. The log says by itself what an act was: one of
    nothing but revocations is an undo, one that repeats to the very instant what an undo took back is a redo, and any
    other, a prediction aside, ends what can be redone.
    """
    known = {entry.id: entry for entry in entries}
    later: list[list[Entry]] = []  # acts met on the way back that are redos if each repeats an undo before it
    for act in _newest_first(entries):
        revoked = [entry.event.entry for entry in act if isinstance(entry.event, Revoked)]
        if len(revoked) < len(act):
            if not all(isinstance(entry.event, Predicted) for entry in act):
                later.append(act)
            continue
        undone = [known[one] for one in revoked if one in known]
        if len(undone) < len(revoked):
            return ()  # these entries begin after what this undo took back
        if not later:
            return tuple(undone)
        if not _repeats(later.pop(), undone):
            return ()
    return ()


def _newest_first(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    for _, act in groupby(reversed(entries), key=attrgetter("act")):
        yield list(act)[::-1]


def _repeats(act: Sequence[Entry], undone: Sequence[Entry]) -> bool:
    """Whether an act is what was undone, done again: two acts of one device never bear the same instant."""
    return [(one.at, one.day, one.event) for one in act] == [(one.at, one.day, one.event) for one in undone]
