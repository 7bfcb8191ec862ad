"""What each entry did when it happened: the schedule before and after it, for `studyapp log`."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from studyapp.model import UNSEEN, Entry, Relinked, Revoked, Schedule
from studyapp.store import reading
from studyapp.store.folding import folded
from studyapp.store.log import Log
from studyapp.store.rows import Change, LogRow


def changes(log: Log, rows: Sequence[LogRow]) -> list[Change]:
    """These rows with what each of them did; one that concerns no card did nothing."""
    states: dict[str, tuple[Schedule, Schedule]] = {}
    relinks = reading.relinks(log)
    histories: dict[str, list[Entry]] = {}
    for one in reading.rows(log, relinks.kin({row.card for row in rows if row.card})):
        histories.setdefault(one.card, []).append(one.entry)
    for entries in histories.values():
        states |= _states(sorted(entries, key=attrgetter("id")))
    return [Change(row.entry, row.card, row.revoked, *states.get(row.entry.id, (UNSEEN, UNSEEN))) for row in rows]


def _states(entries: Sequence[Entry]) -> dict[str, tuple[Schedule, Schedule]]:
    """One card's schedules around each of its entries, in the order in which they were written."""
    states = {}
    counting: dict[str, Entry] = {}
    before = UNSEEN
    for one in entries:
        match one.event:
            case Revoked(entry=taken):
                counting.pop(taken, None)
            case Relinked():
                pass
            case _:
                counting[one.id] = one
        after = folded(sorted(counting.values(), key=attrgetter("day", "id")))
        states[one.id] = before, after
        before = after
    return states
