"""The log's file: made when missing, refused when it is not ours; and the little of it that a start asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import exists, func, insert, select

from studyapp.model import Day, Kind
from studyapp.store.errors import StoreError
from studyapp.store.sqlite import Files
from studyapp.store.tables import LOG_REVISION, TAKEN_BACK, entry, log, meta

_ANSWERED = (entry.c.type == "answered", ~TAKEN_BACK)


class Log:
    """The log of one home: `reading` reads it, `acts` writes it."""

    def __init__(self, files: Files, device: str) -> None:
        self.files, self.connection, self.device = files, files.connection, device

    @classmethod
    def open(cls, files: Files, new_id: Callable[[], bytes]) -> Log:
        """The log in log.db, created whole if the file is new; raises StoreError for one that is not ours to write."""
        tables = files.tables("main")
        if not tables:
            with files.writing() as connection:
                if not files.tables("main"):  # unless another process was faster
                    from studyapp.store.identifiers import device_name

                    files.create(log)
                    stamp = {"revision": str(LOG_REVISION), "device": device_name(new_id())}
                    connection.execute(insert(meta), [{"name": name, "value": value} for name, value in stamp.items()])
            tables = files.tables("main")
        if not {"meta", "entry"} <= tables:
            raise StoreError(f"{files.log} is a database, but no log of studyapp's; move it away to start anew")
        stamp = dict(files.connection.execute(select(meta.c.name, meta.c.value)).all())
        revision = stamp.get("revision", "")
        if not revision.isdecimal() or "device" not in stamp:
            raise StoreError(f"{files.log} is damaged, it has lost its revision; put a backup in its place")
        if int(revision) > LOG_REVISION:
            raise StoreError(
                f"{files.log} was written by a newer studyapp (revision {revision}, this one knows {LOG_REVISION}); "
                "nothing was changed, update studyapp"
            )
        if int(revision) < LOG_REVISION:  # migrations enter here, from revision 2 on
            raise StoreError(f"{files.log} has revision {revision}, which never was; put a backup in its place")
        files.write_ahead()
        return cls(files, stamp["device"])

    def study_days(self, first: Day) -> list[Day]:
        """The study days from `first` on with an answer that counts, in order."""
        days = select(entry.c.day).where(entry.c.day >= first).distinct().subquery()
        studied = exists().where(*_ANSWERED, entry.c.day == days.c.day)
        return list(self.connection.scalars(select(days.c.day).where(studied).order_by(days.c.day)).all())

    def last_study_day(self) -> Day | None:
        """The latest study day with an answer that counts; None without any."""
        return self.connection.scalar(select(entry.c.day).where(*_ANSWERED).order_by(entry.c.day.desc()).limit(1))

    def answer_count(self, most: int) -> int:
        """How many answers count; counting stops at `most`."""
        some = select(entry.c.row).where(*_ANSWERED).limit(most).subquery()
        return self.connection.scalar(select(func.count()).select_from(some)) or 0

    def times(self, most: int) -> dict[Kind, list[int]]:
        """The milliseconds of the newest answers that count and were timed, by kind of card."""
        newest = select(entry.c.detail).where(*_ANSWERED).order_by(entry.c.id.desc()).limit(most)
        found: dict[Kind, list[int]] = {}
        for text in self.connection.scalars(newest):
            detail: dict[str, Any] = json.loads(text)  # not the whole event: this is asked for at every start
            if detail.get("milliseconds", 0) > 0 and detail.get("mode") != "exam":  # there the clock drives
                found.setdefault(Kind(detail["kind"]), []).append(detail["milliseconds"])
        return found

    def length(self) -> int:
        """How many entries there are, taken-back ones included."""
        return self.connection.scalar(select(func.count()).select_from(entry)) or 0
