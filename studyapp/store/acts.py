"""Writing the log, one act at a time: new events, corrections, undo and redo. Always inside `files.writing()`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import bindparam, insert, select

from studyapp.core.history import last_act, next_redo
from studyapp.model import Day, Entry, Event, Predicted, Revoked
from studyapp.store.entries import decode, encode
from studyapp.store.errors import StoreError
from studyapp.store.identifiers import identifiers
from studyapp.store.log import Log
from studyapp.store.reading import ROWS, one_row, read
from studyapp.store.relinks import chunks
from studyapp.store.tables import entry

_e = entry.c
_OF_DEVICE = ROWS.where(_e.device == bindparam("device")).order_by(_e.id.desc()).limit(bindparam("most"))
_LAST_ID = select(_e.id).where(_e.device == bindparam("device")).order_by(_e.id.desc()).limit(1)
_BY_ID = ROWS.where(_e.id.in_(bindparam("ids", expanding=True))).order_by(_e.id)
_CARDS = select(_e.id, _e.card).where(_e.id.in_(bindparam("ids", expanding=True)))
_TWIN = select(_e.row).where(
    *(_e.id < bindparam("before"), _e.card == bindparam("card"), _e.type == bindparam("kind")),
    *(_e.at == bindparam("instant"), _e.detail == bindparam("text")),
)
_INSERT = insert(entry)
_WINDOWS = (64, 1024, 16_384)
"""How many of the newest entries undo and redo look at before they read the whole log."""


def append(log: Log, events: Iterable[tuple[datetime, Day, Event]], *, now: datetime) -> tuple[Entry, ...]:
    """Write one act. Its ids are made for `now`; each event keeps the instant and the study day that it comes with."""
    events = list(events)
    if not events:
        return ()
    if now.tzinfo is None:
        raise ValueError("the instant of an entry needs its time zone")
    last = log.connection.scalar(_LAST_ID, {"device": log.device}) or ""
    ids = identifiers(len(events), at=now, device=log.device, last=last)
    cards = _cards(log, [event.entry for _, _, event in events if isinstance(event, Revoked)])
    rows, written = [], []
    for entry_id, (at, day, event) in zip(ids, events, strict=True):
        detail, instant = encode(event), at.astimezone(UTC)
        # what is returned is what reading will give, and nothing is written that could not be read
        written.append(
            Entry(
                entry_id,
                ids[0],
                log.device,
                instant,
                day,
                decode(detail.type, detail.card, detail.revokes, detail.detail),
            )
        )
        rows.append(
            {
                "id": entry_id,
                "act": ids[0],
                "device": log.device,
                "at": instant.isoformat(),
                "day": day,
                "type": detail.type,
                "card": detail.card if detail.revokes is None else cards[detail.revokes],
                "revokes": detail.revokes,
                "detail": detail.detail,
            }
        )
    log.connection.execute(_INSERT, rows)
    return tuple(written)


def _cards(log: Log, ids: Sequence[str]) -> dict[str, str | None]:
    """The cards of entries to be taken back; raises StoreError if the log does not have them."""
    found: dict[str, str | None] = {}
    for part in chunks(ids):
        found |= dict(log.connection.execute(_CARDS, {"ids": part}).all())
    if missing := set(ids) - found.keys():
        raise StoreError(f"{log.files.log} has no entry {min(missing)!r} to take back; `studyapp log` lists them")
    return found


def correct(log: Log, entry_id: str, event: Event, *, at: datetime, day: Day) -> tuple[Entry, ...]:
    """Take an entry back and write another in its place, as one act."""
    if one_row(log, entry_id).revoked:
        raise StoreError(f"{log.files.log}: entry {entry_id} has been taken back meanwhile, nothing was changed")
    return append(log, [(at, day, Revoked(entry_id)), (at, day, event)], now=at)


def undo(log: Log, *, at: datetime, day: Day) -> tuple[Entry, ...]:
    """Take the newest act of this device back; returns its entries, none if nothing is left to undo."""
    entries = newest(log)
    if entries:
        append(log, [(at, day, Revoked(one.id)) for one in entries], now=at)
    return entries


def newest(log: Log) -> tuple[Entry, ...]:
    """The entries of this device's newest act that was not taken back, in their order."""
    for entries in _windows(log):
        ids = set(last_act(entries))
        if ids:
            return tuple(one for one in entries if one.id in ids)
    return ()


def redo(log: Log, *, at: datetime) -> tuple[Entry, ...]:
    """Write what the last undo took back anew; returns the new entries, none if there is nothing to redo."""
    return append(log, [(one.at, one.day, one.event) for one in next_redo(_since_new_act(log))], now=at)


# --- how far back to look -------------------------------------------------------------------------


def _windows(log: Log) -> Iterator[list[Entry]]:
    """The newest entries of this device in the order of their ids, whole acts only, each time more, at last all."""
    for most in (*_WINDOWS, None):
        query = _OF_DEVICE if most is not None else _OF_DEVICE.limit(None)
        rows = log.connection.execute(query, {"device": log.device, "most": most}).all()
        whole = most is None or len(rows) < most
        if not whole:
            rows = [row for row in rows if row.act != rows[-1].act]
        yield [read(log, row) for row in reversed(rows)]
        if whole:
            return


def _since_new_act(log: Log) -> list[Entry]:
    """The device's entries from some act on that was neither an undo nor a redo: nothing before it can be redone.

    With them come the older entries that undos among them took back.
    """
    entries: list[Entry] = []
    for entries in _windows(log):
        acts = [list(act) for _, act in groupby(entries, key=attrgetter("act"))]
        new = next((act for act in acts if _is_new(log, act)), None)
        if new is not None:
            entries = entries[entries.index(new[0]) :]
            break
    known = {one.id for one in entries}
    taken = [one.event.entry for one in entries if isinstance(one.event, Revoked) and one.event.entry not in known]
    older = [read(log, row) for part in chunks(taken) for row in log.connection.execute(_BY_ID, {"ids": part}).all()]
    return [*sorted(older, key=attrgetter("id")), *entries]


def _is_new(log: Log, act: Sequence[Entry]) -> bool:
    """Whether an act did something that had not been done before: a redo repeats an entry to its very instant."""
    for one in act:
        if not isinstance(one.event, Revoked | Predicted):
            detail = encode(one.event)
            twin = {"before": one.id, "card": detail.card, "kind": detail.type, "text": detail.detail}
            return log.connection.execute(_TWIN, {**twin, "instant": one.at.isoformat()}).first() is None
    return False
