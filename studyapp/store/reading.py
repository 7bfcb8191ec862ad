"""Reading the log: entries, whole histories of cards across relinks, rows as they are shown, and damage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from studyapp.core.history import effective
from studyapp.model import Day, Entry, Relinked
from studyapp.store.entries import decode
from studyapp.store.errors import StoreError
from studyapp.store.log import Log
from studyapp.store.relinks import Relink, Relinks, chunks
from studyapp.store.rows import LogRow
from studyapp.store.tables import RELINKED, TAKEN_BACK, entry

_e = entry.c
_LATEST = 4_000_000
"""Study days go to the year 10,000, and so does the calendar."""
_COLUMNS = (_e.row, _e.id, _e.act, _e.device, _e.at, _e.day, _e.type, _e.card, _e.revokes, _e.detail)
ROWS = select(*_COLUMNS)
"""The columns that `read` takes."""
_ALL = ROWS.order_by(_e.id)
_OF_CARD = _ALL.where(_e.card == bindparam("card"))
_OF_CARDS = _ALL.where(_e.card.in_(bindparam("cards", expanding=True)))
_ANSWERS_ON = _ALL.where(_e.type == "answered", _e.day == bindparam("on"), ~TAKEN_BACK)
_LABELLED = select(*_COLUMNS, TAKEN_BACK.label("revoked")).order_by(_e.id.desc())
_LABELLED_OF = _LABELLED.where(_e.card.in_(bindparam("cards", expanding=True)))
_ONE = _LABELLED.where(_e.id == bindparam("entry"))
_RELINKS = select(*_COLUMNS, TAKEN_BACK.label("revoked")).where(RELINKED)


def read(log: Log, row: Sequence[object]) -> Entry:
    """The entry of a row that starts with the columns of `ROWS`; raises StoreError for one that cannot be read."""
    number, entry_id, act, device, at, day, event_type, card, revokes, detail = row[:10]
    try:
        if type(day) is not int or abs(day) > _LATEST:
            raise ValueError(f"{day!r:.60} is no study day")
        event = decode(event_type, card, revokes, detail)  # type: ignore[arg-type]
        return Entry(entry_id, act, device, datetime.fromisoformat(at), day, event)  # type: ignore[arg-type]
    except (ValueError, TypeError) as error:
        raise StoreError(
            f"{log.files.log}: row {number} ({entry_id}) cannot be read, {error}; "
            "update studyapp if a newer one wrote it, else put a backup in the place of the log"
        ) from None


def answers_on(log: Log, day: Day) -> list[Entry]:
    """The answers of a study day that count, in the order of their ids."""
    return [read(log, row) for row in log.connection.execute(_ANSWERS_ON, {"on": day}).all()]


# --- cards ----------------------------------------------------------------------------------------


def relinks(log: Log) -> Relinks:
    """All relinks so far."""
    found = []
    for row in log.connection.execute(_RELINKS).all():
        event = read(log, row).event
        assert isinstance(event, Relinked)
        found.append(Relink(row.id, event.card, event.now, not row.revoked))
    return Relinks(found)


def histories(log: Log, cards: Sequence[str] | None = None) -> dict[str, list[Entry]]:
    """What counts of the history of these cards and their kin, or of all cards, in the order of the fold."""
    moved = relinks(log)
    found: dict[str, list[Entry]] = {}
    if cards is None:
        entries = [read(log, row) for row in log.connection.execute(_ALL).all()]
    else:
        kin = moved.kin(cards)
        found = {card: [] for card in kin}
        entries = [read(log, row) for row in _rows_of(log, kin)]
    for one in effective(entries):
        card = getattr(one.event, "card", "")
        if card and not isinstance(one.event, Relinked):
            found.setdefault(moved.owner(card, one.id) if moved else card, []).append(one)
    return found


def _rows_of(log: Log, cards: Sequence[str]) -> Iterable[Sequence[object]]:
    if len(cards) == 1:
        return log.connection.execute(_OF_CARD, {"card": cards[0]}).all()
    parts = (log.connection.execute(_OF_CARDS, {"cards": part}).all() for part in chunks(cards))
    return [row for part in parts for row in part]


# --- rows as they are shown -----------------------------------------------------------------------


def rows(log: Log, cards: Sequence[str] | None = None, limit: int | None = None) -> list[LogRow]:
    """The log, or what was logged under these ids, newest first."""
    moved = relinks(log)
    if cards is None:
        return [_labelled(log, row, moved) for row in log.connection.execute(_LABELLED.limit(limit)).all()]
    parts = (log.connection.execute(_LABELLED_OF, {"cards": part}).all() for part in chunks(cards))
    found = [_labelled(log, row, moved) for part in parts for row in part]
    return sorted(found, key=lambda one: one.entry.id, reverse=True)[:limit]


def rows_of(log: Log, card: str, limit: int | None = None) -> list[LogRow]:
    """What belongs to a card today, newest first."""
    return [row for row in rows(log, relinks(log).kin([card])) if row.card == card][:limit]


def one_row(log: Log, entry_id: str) -> LogRow:
    """One entry; raises StoreError if the log has none with this id."""
    found = log.connection.execute(_ONE, {"entry": entry_id}).first()
    if found is None:
        raise StoreError(f"{log.files.log} has no entry {entry_id!r}; `studyapp log` lists them")
    return _labelled(log, found, relinks(log))


def _labelled(log: Log, row: Sequence[object], moved: Relinks) -> LogRow:
    one = read(log, row)
    card = one.event.now if isinstance(one.event, Relinked) else str(row[7] or "")
    return LogRow(one, moved.owner(card, one.id), bool(row[10]))


# --- health ---------------------------------------------------------------------------------------


def damage(log: Log) -> list[str]:
    """What is wrong with the log, all of it, one line each."""
    found = [f"{log.files.log}: {line}" for line in log.files.check("main", quick=False)]
    ids, taken = set(), list[tuple[str, str]]()
    for row in log.connection.execute(_ALL).all():
        ids.add(row.id)
        if row.revokes is not None:
            taken.append((row.id, row.revokes))
        try:
            read(log, row)
        except StoreError as error:
            found.append(str(error))
    return found + [
        f"{log.files.log}: {one} takes back {other}, which the log does not have"
        for one, other in taken
        if other not in ids
    ]
