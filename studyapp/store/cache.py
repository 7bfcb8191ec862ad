"""The cache's life: made when missing, folded when the log is ahead, replaced when damaged; no data is ever lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from studyapp import __version__
from studyapp.store.errors import CacheError, StoreError
from studyapp.store.schedules import Schedules
from studyapp.store.sqlite import Files
from studyapp.store.tables import CACHE_REVISION, cache, entry, watermark

T = TypeVar("T")

EDITION = f"{CACHE_REVISION} {__version__}"
"""A cache made by any other edition of studyapp, which may read decks or fold differently, is replaced."""


class Cache:
    """The attached cache, and how work is done that may find it damaged or behind."""

    def __init__(self, files: Files, schedules: Schedules) -> None:
        """Attach the cache; one that is missing, damaged or of another edition is made anew."""
        self._files, self.schedules = files, schedules
        self.on_rebuilt: Callable[[], None] | None = None
        self._rebuilding = False
        self.rebuilt = False
        try:
            files.attach()
            self.rebuilt = (
                not files.tables("cache") and files.connection.scalar(select(entry.c.row).limit(1)) is not None
            )
            self._make_tables()
            if files.connection.scalar(select(watermark.c.edition)) == EDITION:
                return
        except (CacheError, DBAPIError) as error:
            if not files.at_fault(error):
                raise
        self.rebuilt = True
        files.replace_cache()
        self._make_tables()

    def _make_tables(self) -> None:
        if not self._files.tables("cache"):
            with self._files.writing() as connection:
                if not self._files.tables("cache"):  # unless another process was faster
                    self._files.create(cache)
                    connection.execute(insert(watermark), {"edition": EDITION, "row": 0, "entry": ""})

    # --- doing things -----------------------------------------------------------------------------

    def guarded(self, work: Callable[[], T]) -> T:
        """Do something that is done whole or not at all; once more on a new cache if the cache was at fault.

        Raises StoreError for everything that SQLite or the system refuse.
        """
        with self._files.errors():
            try:
                return work()
            except (CacheError, DBAPIError) as error:
                if not self._files.at_fault(error):
                    raise
            self.rebuild()
            return work()

    def logged(self, work: Callable[[], T]) -> T:
        """Write the log in one transaction, durable when this returns, and fold it.

        If the fold cannot be written the log still stands, and the next question to the schedules tries again.
        """

        def whole() -> T:
            with self._files.writing():
                return work()

        done = self.guarded(whole)
        with suppress(StoreError):
            self.guarded(self._fold)
        return done

    def folded(self, work: Callable[[], T]) -> T:
        """Ask the schedules, once they are up to date."""
        self.catch_up()
        return self.guarded(work)

    def catch_up(self) -> None:
        """Fold what another process, a failed write or a merge left to be folded."""
        if self.guarded(lambda: self.schedules.behind):
            self.guarded(self._fold)

    def _fold(self) -> None:
        with self._files.writing():
            self.fold_now()

    def fold_now(self) -> None:
        """Fold what the log has beyond the cache, inside a transaction that is under way."""
        from studyapp.store.folding import catch_up  # a start that finds nothing to fold saves its 10 ms

        catch_up(self.schedules)

    # --- damage -----------------------------------------------------------------------------------

    def rebuild(self) -> None:
        """Throw the cache away, fold the log into a new one, and have the deck files read again."""
        self.rebuilt = True
        self._files.replace_cache()
        self._make_tables()
        self._fold()
        if self.on_rebuilt is not None and not self._rebuilding:
            self._rebuilding = True  # whoever reads the files writes the cache, which must not start this again
            try:
                self.on_rebuilt()
            finally:
                self._rebuilding = False

    def repair(self) -> list[str]:
        """Fold the whole log anew and keep the outcome; a line for each card that differed."""
        from studyapp.store.folding import repair

        with self._files.writing():
            return repair(self.schedules)
