"""Folding: schedules computed from the log and kept in the cache, all of them or those that the log has touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import BindParameter, bindparam, delete, insert, or_, select, update

from studyapp.core.history import fold
from studyapp.model import UNSEEN, Entry, Schedule
from studyapp.store import sittings
from studyapp.store.reading import histories
from studyapp.store.relinks import chunks
from studyapp.store.schedules import FIELDS, NAMES, Schedules
from studyapp.store.tables import card, entry, schedule, watermark

_SET_MARK = update(watermark).values(row=bindparam("newest"), entry=bindparam("newest_id"))
_SINCE = select(entry.c.card).where(entry.c.row > bindparam("folded"))  # DISTINCT would walk a whole index instead
_ID = select(entry.c.id).where(entry.c.row == bindparam("newest"))
_DROP = delete(schedule).where(schedule.c.card == bindparam("card_id"))
_PUT = insert(schedule).values(
    {
        "card": bindparam("card_id"),
        "deck": select(card.c.deck).where(card.c.id == bindparam("card_id"), card.c.counted).scalar_subquery(),
        **{name: bindparam(f"its_{name}") for name in NAMES},
    }
)
_PARAMETERS = tuple((name, f"its_{name}") for name in NAMES)
_PATHS: BindParameter[str] = bindparam("paths", expanding=True)
_HOME_DECK = select(card.c.deck).where(card.c.id == schedule.c.card, card.c.counted).scalar_subquery()
_UNSETTLE = update(schedule).where(schedule.c.deck.in_(_PATHS)).values(deck=None)
_SETTLE = (
    update(schedule)
    .where(or_(schedule.c.deck.is_(None), schedule.c.card.in_(select(card.c.id).where(card.c.deck.in_(_PATHS)))))
    .values(deck=_HOME_DECK)
)


def folded(entries: Iterable[Entry]) -> Schedule:
    """The schedule that one card's entries, in the order of the fold, add up to."""
    return fold((one.day, one.event) for one in entries)


def catch_up(schedules: Schedules) -> None:
    """Fold the cards that the log has touched since the last time, or all of them if nothing is folded yet."""
    connection = schedules.connection
    done, newest = schedules.mark()
    if done >= newest:
        return
    sittings.fold_since(schedules.log, done)
    if done <= 0:
        connection.execute(delete(schedule))
        _put(schedules, histories(schedules.log))
    else:
        touched = sorted({name for name in connection.scalars(_SINCE, {"folded": done}).all() if name is not None})
        fresh = histories(schedules.log, touched)
        if fresh:
            connection.execute(_DROP, [{"card_id": card_id} for card_id in fresh])
        _put(schedules, fresh)
    newest_id = connection.scalar(_ID, {"newest": newest}) or ""
    connection.execute(_SET_MARK, {"newest": newest, "newest_id": newest_id})


def _put(schedules: Schedules, fresh: Mapping[str, Sequence[Entry]]) -> None:
    rows = []
    for card_id, entries in fresh.items():
        if entries:
            one = folded(entries)
            rows.append({"card_id": card_id, **{to: getattr(one, name) for name, to in _PARAMETERS}})
    if rows:
        schedules.connection.execute(_PUT, rows)


def repair(schedules: Schedules) -> list[str]:
    """Fold everything anew, compare, and keep what the log says; a line for each card that differed."""
    catch_up(schedules)
    connection = schedules.connection
    kept = {row[0]: Schedule(*row[1:]) for row in connection.execute(select(schedule.c.card, *FIELDS)).all()}
    entries = histories(schedules.log)
    fresh = {card_id: folded(its) for card_id, its in entries.items() if its}
    misplaced = select(schedule.c.card).where(schedule.c.deck.is_distinct_from(_HOME_DECK))
    found = {card_id: f"{card_id}: the cache had it in another deck" for card_id in connection.scalars(misplaced).all()}
    for card_id in kept.keys() | fresh.keys():
        if kept.get(card_id) != fresh.get(card_id):
            had, wanted = _short(kept.get(card_id, UNSEEN)), _short(fresh.get(card_id, UNSEEN))
            found[card_id] = f"{card_id}: the cache had {had}, the log says {wanted}"
    if found:
        connection.execute(delete(schedule))
        _put(schedules, entries)
    return [*(found[card_id] for card_id in sorted(found)), *sittings.repair(schedules.log)]


def _short(one: Schedule) -> str:
    """The fields that are not those of an unseen card."""
    told = (f"{name} {getattr(one, name)}" for name in NAMES if getattr(one, name) != getattr(UNSEEN, name))
    return ", ".join(told) or "nothing"


# --- where a card is ------------------------------------------------------------------------------


def unsettle(schedules: Schedules, paths: Iterable[str]) -> None:
    """Forget in which deck the cards of these decks are, before the decks are read anew."""
    for part in chunks(list(paths)):
        schedules.connection.execute(_UNSETTLE, {"paths": part})


def settle(schedules: Schedules, paths: Iterable[str]) -> None:
    """Find the deck of every card that has none, or that these decks have; it may be another than before."""
    for part in chunks(list(paths)):
        schedules.connection.execute(_SETTLE, {"paths": part})
