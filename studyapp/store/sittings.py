"""Sittings of exams: their events in the log, one writer at a time, and the list of them in the cache."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select

from studyapp.model import Entry, Sat
from studyapp.store.errors import StaleError, StoreError
from studyapp.store.log import Log
from studyapp.store.reading import ROWS, read
from studyapp.store.relinks import chunks
from studyapp.store.rows import SittingRow
from studyapp.store.tables import entry, sat, sitting

if TYPE_CHECKING:
    from studyapp.core.exam.sitting import Sitting

LISTED = frozenset({"started", "finished", "released"})
"""The events that change how a sitting is listed; while it runs, nothing else does."""

_SINCE = ROWS.where(entry.c.row > bindparam("folded"), entry.c.type == "sat").order_by(entry.c.row)
_EVENTS = ROWS.join(sat, sat.c.row == entry.c.row).where(sat.c.sitting == bindparam("id")).order_by(sat.c.number)
_NUMBER = select(func.count()).where(sat.c.sitting == bindparam("id"))
_PUT = insert(sat).prefix_with("OR IGNORE")  # two merged logs may both have one event: the first counts
_DROP = delete(sitting).where(sitting.c.id.in_(bindparam("ids", expanding=True)))
_PUT_SITTING = insert(sitting)
_LIST = select(sitting.c.content).order_by(sitting.c.started.desc(), sitting.c.id.desc())
_COUNT = select(func.count()).select_from(sitting)
_OPEN = select(sitting.c.content).where(sitting.c.released.is_(False)).order_by(sitting.c.started, sitting.c.id)


def expect(log: Log, sitting_id: str, number: int) -> None:
    """Raise StaleError unless the sitting has so many events. Inside `writing()`, with the cache folded."""
    known = length(log, sitting_id)
    if known != number:
        raise StaleError(f"this sitting was changed by another terminal (event {known}, expected {number})")


def length(log: Log, sitting_id: str) -> int:
    """How many events a sitting has."""
    return log.connection.scalar(_NUMBER, {"id": sitting_id}) or 0


def events(log: Log, sitting_id: str) -> list[Entry]:
    """The entries of a sitting in the order of its events; raises StoreError if there is none of this id."""
    found = [read(log, row) for row in log.connection.execute(_EVENTS, {"id": sitting_id}).all()]
    if not found:
        raise StoreError(f"there is no sitting {sitting_id!r:.60}; `studyapp exams` lists them")
    return found


def listed(log: Log, *, limit: int | None, offset: int = 0, unreleased: bool) -> list[SittingRow]:
    """The sittings, newest first; only those whose results were not released yet, oldest first, if so wanted."""
    query = _OPEN if unreleased else _LIST.limit(limit).offset(offset or None)
    return [_row(text) for text in log.connection.scalars(query).all()]


def count(log: Log) -> int:
    """How many sittings there are."""
    return log.connection.scalar(_COUNT) or 0


def _row(text: str) -> SittingRow:
    told = json.loads(text)
    return SittingRow(**{**told, "started": datetime.fromisoformat(told["started"])})


# --- folding --------------------------------------------------------------------------------------


def fold_since(log: Log, row: int) -> None:
    """Take the events of the log after a row into the cache; all of them after row 0."""
    if row <= 0:
        log.connection.execute(delete(sat))
        log.connection.execute(delete(sitting))
    rows, touched = [], dict[str, None]()
    for found in log.connection.execute(_SINCE, {"folded": row}).all():
        event = read(log, found).event
        assert isinstance(event, Sat)
        rows.append({"sitting": event.sitting, "number": event.number, "row": found.row})
        if event.event.get("what") in LISTED:
            touched[event.sitting] = None
    if rows:
        log.connection.execute(_PUT, rows)
        _list(log, list(touched))


def repair(log: Log) -> list[str]:
    """Fold all sittings anew; a line if the cache had others."""
    kept = _cached(log)
    fold_since(log, 0)
    if kept == _cached(log):
        return []
    return ["the cache did not have the exams as the log has them"]


def _cached(log: Log) -> tuple[list[object], list[object]]:
    numbers = select(sat.c.sitting, sat.c.number, sat.c.row).order_by(sat.c.sitting, sat.c.number)
    lists = select(sitting).order_by(sitting.c.id)
    return list(log.connection.execute(numbers).all()), list(log.connection.execute(lists).all())


def _list(log: Log, ids: Sequence[str]) -> None:
    for part in chunks(ids):
        log.connection.execute(_DROP, {"ids": part})
    rows = [_listing(sitting_id, events(log, sitting_id)) for sitting_id in ids]
    if rows:
        log.connection.execute(_PUT_SITTING, rows)


def _listing(sitting_id: str, entries: Sequence[Entry]) -> dict[str, object]:
    try:
        one = replayed(entries)
    except ValueError as error:
        raise StoreError(
            f"the sitting {sitting_id} cannot be read, {error}; update studyapp, or use a backup"
        ) from None
    rules, started = one.paper.rules, entries[0].at.isoformat()
    content = {
        "id": sitting_id,
        "started": started,
        "title": one.paper.title,
        "questions": len(one.paper.questions),
        "end": one.end,
        "official": one.official,
        "practice": rules.practice,
        "rehearsal": rules.rehearsal,
        "finished_at": one.finished_at,
        "expired": one.expired,
        "saved": one.saved_answers if one.finished else None,
        "right": one.right_answers if one.released_at is not None else None,
    }
    released = one.released_at is not None
    return {
        "id": sitting_id,
        "started": started,
        "finished": one.finished,
        "released": released,
        "content": json.dumps(content),
    }


def replayed(entries: Iterable[Entry]) -> Sitting:
    """The sitting that its entries add up to; ValueError for what is no sitting."""
    from studyapp.core.exam.events import heard  # every start asks whether an exam runs; most find none, and save 15 ms
    from studyapp.core.exam.sitting import replay

    return replay(heard(one.event.event)[0] for one in entries if isinstance(one.event, Sat))
