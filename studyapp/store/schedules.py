"""The cached schedules: one for every card that was ever logged, and whether the log knows more by now."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import bindparam, func, select

from studyapp.model import UNSEEN, Schedule
from studyapp.store.errors import CacheError
from studyapp.store.log import Log
from studyapp.store.tables import entry, schedule, watermark

NAMES = tuple(field.name for field in fields(Schedule))
FIELDS = tuple(schedule.c[name] for name in NAMES)
"""The columns of a schedule, in the order of its fields."""

_NEWEST = select(func.coalesce(func.max(entry.c.row), 0)).scalar_subquery()
_MARKED = select(entry.c.id).where(entry.c.row == watermark.c.row).scalar_subquery()
_MARK = select(watermark.c.row, watermark.c.entry, _NEWEST.label("newest"), _MARKED.label("marked"))
_ONE = select(*FIELDS).where(schedule.c.card == bindparam("card_id"))


class Schedules:
    """The schedules as they are folded; `folding` writes them."""

    def __init__(self, log: Log) -> None:
        self.log, self.connection = log, log.connection

    def of(self, card_id: str) -> Schedule:
        """The schedule of a card; UNSEEN if nothing counts of what was logged for it."""
        row = self.connection.execute(_ONE, {"card_id": card_id}).first()
        return UNSEEN if row is None else Schedule(*row)

    @property
    def behind(self) -> bool:
        """Whether the log has rows that are not folded yet."""
        folded, newest = self.mark()
        return folded < newest

    def mark(self) -> tuple[int, int]:
        """The last row that is folded, and the newest one. -1 for a cache that was folded from another log."""
        mark = self.connection.execute(_MARK).first()
        if mark is None:
            raise CacheError("its watermark is gone")
        same = mark.row == 0 or (mark.row <= mark.newest and mark.marked == mark.entry)
        return mark.row if same else -1, mark.newest
