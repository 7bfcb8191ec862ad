"""What waits for the learner: counts for Home, what is due or new, what was done today. Never a card of no file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, func, or_, select

from studyapp.model import UNSEEN, Day, Kind, Schedule
from studyapp.store.errors import CacheError
from studyapp.store.rows import CardRow, Counts
from studyapp.store.schedules import FIELDS
from studyapp.store.sqlite import Files
from studyapp.store.tables import card, deck, entry, schedule, sitting

_c, _s = card.c, schedule.c
_DAY: BindParameter[int] = bindparam("today")
_DECKS: BindParameter[str] = bindparam("decks", expanding=True)
_HERE = and_(_s.suspended.is_(False), func.coalesce(_s.buried_until, _DAY) <= _DAY)
"""Neither suspended nor buried beyond the day."""
SEALED = and_(_c.sealed.is_(True), _s.seen_on.is_(None))
"""Kept back for exams: an exam that asked it, or any other answer, breaks the seal."""
_IS_DUE = and_(_s.due <= _DAY, _HERE)
_IS_DRILLING = and_(_s.drilling, _s.answered_on == _DAY, _HERE)
PLACE = (_c.id, _c.deck, _c.part, _c.kind, _c.position)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of a group fulfil a condition."""
    return func.count().filter(condition)


_CARDS = (
    select(deck.c.path, func.count(_c.id))
    .outerjoin_from(deck, card, and_(_c.deck == deck.c.path, _c.counted))
    .group_by(deck.c.path)
)
_COUNTS = (
    select(
        _s.deck,
        func.count(),
        _number(_IS_DUE),
        _number(and_(_s.due.is_(None), _HERE)),
        _number(_IS_DRILLING),
        _number(_s.suspended),
        *(_number(_s.mastery == level) for level in range(1, 5)),
    )
    .where(_s.deck.is_not(None))
    .group_by(_s.deck)
)
_SCHEDULED = select(*PLACE, *FIELDS).join_from(schedule, card, and_(_c.id == _s.card, _c.counted))
_DUE = _SCHEDULED.where(_IS_DUE).order_by(_s.due, _c.deck, _c.position)
_DRILLING = _SCHEDULED.where(_IS_DRILLING).order_by(_c.deck, _c.position)
_UNSEEN = (
    select(*PLACE, *FIELDS)
    .outerjoin_from(card, schedule, _s.card == _c.id)
    .where(_c.counted.is_(True), ~SEALED, or_(_s.card.is_(None), and_(_s.due.is_(None), _HERE)))
    .order_by(_c.position, _c.deck)  # the decks take turns
)
_KEPT = (
    select(_c.deck, func.count())
    .outerjoin_from(card, schedule, _s.card == _c.id)
    .where(_c.counted, SEALED, or_(_s.card.is_(None), and_(_s.due.is_(None), _HERE)))
    .group_by(_c.deck)
)
_DUE_COUNT = select(func.count()).where(_IS_DUE, _s.deck.is_not(None))
# As a list of ids, so that not every card is looked up in the schedule.
_WAITING = select(_s.card).where(or_(_IS_DUE, _IS_DRILLING))
_DUE_KINDS = select(_c.kind, func.count()).where(_c.id.in_(_WAITING), _c.counted).group_by(_c.kind)
_COMING = (
    select(_s.due, func.count())
    .where(_s.due >= bindparam("first"), _s.due < bindparam("end"), _s.deck.is_not(None), _s.suspended.is_(False))
    .group_by(_s.due)
)
_PLACED = exists().where(entry.c.card == _s.card, entry.c.type == "placed")
_DONE = select(func.count(), _number(and_(_s.repetitions == 1, ~_PLACED))).where(_s.answered_on == _DAY)


_UNRELEASED = select(exists().where(sitting.c.released.is_(False)))


class Waiting:
    """What waits on a given study day, over the decks given by path, or all of them."""

    def __init__(self, files: Files) -> None:
        self._connection = files.connection

    def counts(self, day: Day) -> dict[str, Counts]:
        """Every deck's counts, by path; add them up for all decks together."""
        found = {row.deck: row for row in self._connection.execute(_COUNTS, {"today": day}).all()}
        kept = dict(self._connection.execute(_KEPT, {"today": day}).all())
        decks = self._connection.execute(_CARDS).all()
        return {path: _counts(cards, found.get(path), kept.get(path, 0)) for path, cards in decks}

    def due(self, day: Day, decks: Iterable[str], limit: int | None) -> list[CardRow]:
        """The cards due on the day or before, the longest due first, then in the order of the decks."""
        return self._rows(_DUE, day, decks, limit)

    def drilling(self, day: Day, decks: Iterable[str]) -> list[CardRow]:
        """The cards answered on the day that are to be asked again on it."""
        return self._rows(_DRILLING, day, decks, None)

    def unseen(self, day: Day, decks: Iterable[str], limit: int | None) -> list[CardRow]:
        """The cards that Spaced never asked, in the order of their files; the decks take turns."""
        return self._rows(_UNSEEN, day, decks, limit)

    def _rows(
        self, query: Select[*tuple[Any, ...]], day: Day, decks: Iterable[str], limit: int | None
    ) -> list[CardRow]:
        paths = list(decks)
        if paths:
            query = query.where(_c.deck.in_(_DECKS))
        if limit is not None:
            query = query.limit(limit)
        return [row_of(row) for row in self._connection.execute(query, {"today": day, "decks": paths}).all()]

    def due_count(self, day: Day, decks: Iterable[str]) -> int:
        """How many cards are due on the day or before."""
        paths = list(decks)
        query = _DUE_COUNT.where(_s.deck.in_(_DECKS)) if paths else _DUE_COUNT
        return self._connection.scalar(query, {"today": day, "decks": paths}) or 0

    def due_kinds(self, day: Day) -> dict[Kind, int]:
        """How many cards of each kind are due on the day or before, or to be asked again on it."""
        return {Kind(kind): number for kind, number in self._connection.execute(_DUE_KINDS, {"today": day}).all()}

    def due_by_day(self, first: Day, days: int) -> list[int]:
        """How many cards come due on each of so many days, suspended ones left out, buried ones not."""
        numbers = [0] * days
        for due, number in self._connection.execute(_COMING, {"first": first, "end": first + days}).all():
            numbers[(due or 0) - first] = number
        return numbers

    def exams(self) -> bool:
        """Whether an exam is running, or has results that were not shown yet."""
        return bool(self._connection.scalar(_UNRELEASED))

    def done_on(self, day: Day) -> tuple[int, int]:
        """How many cards Spaced asked for the first time on the day, and how many it repeated."""
        answered, new = self._connection.execute(_DONE, {"today": day}).one()
        return new, answered - new


def _counts(cards: int, row: Sequence[Any] | None, sealed: int) -> Counts:
    if row is None:
        return Counts(cards=cards, new=cards - sealed, mastery=(cards, 0, 0, 0, 0), sealed=sealed)
    _, scheduled, due, unasked, drilling, suspended, *levels = row
    a, b, c, d = levels
    new = cards - scheduled + unasked - sealed
    return Counts(cards, due, new, drilling, suspended, (cards - sum(levels), a, b, c, d), sealed)


def row_of(row: Sequence[Any]) -> CardRow:
    """A row of PLACE and the schedule's fields; CacheError if it is none."""
    card_id, path, part, kind, position, *rest = row
    try:
        return CardRow(card_id, path, part, Kind(kind), position, UNSEEN if rest[0] is None else Schedule(*rest))
    except ValueError as error:
        raise CacheError(str(error)) from None
