"""All of SQLite's own ways in one place: two files behind one connection, locks, pragmas, damage, errors in words.

log.db is the connection's main database, cache.db is attached to it. Both are in WAL mode, so that readers never wait.
A commit to the log is synced to the disk before it returns; the cache is only synced as far as it takes to stay whole.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, MetaData, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from studyapp.store.errors import CacheError, StoreError

LOG, CACHE = "log.db", "cache.db"
_COMPANIONS = ("", "-wal", "-shm")
_PAUSE = 0.01
"""Seconds between attempts where SQLite itself does not wait for a lock."""


class Files:
    """The two database files of one home and the one connection to them. For one thread at a time."""

    def __init__(self, home: Path, *, timeout: float) -> None:
        """Open log.db, made empty if it is missing, without touching its tables; raises StoreError."""
        self.home, self.timeout = home, timeout
        self.log, self.cache = home / LOG, home / CACHE
        with self.errors():
            self._check_places()
            self._sqlite = self._opened()
            try:
                engine = create_engine("sqlite://", creator=lambda: self._sqlite, poolclass=StaticPool)
                self.connection: Connection = engine.connect()
            except BaseException:
                self._sqlite.close()
                raise
        self._attached: tuple[int, int] | None = None

    def close(self) -> None:
        """Let go of both files. The last to leave moves the WAL files' content into the databases."""
        with suppress(DBAPIError):  # a full disk: all that was reported as durable stays in the WAL files
            self.connection.close()
        self.connection.engine.dispose()
        self._sqlite.close()

    # --- opening ----------------------------------------------------------------------------------

    def _check_places(self) -> None:
        """Refuse what SQLite would only notice at the first write, or would silently start anew."""
        self.home.mkdir(parents=True, exist_ok=True)
        for path in (self.home, self.log):
            if path.exists() and not os.access(path, os.W_OK):
                raise StoreError(f"{path} cannot be written; make it writable, or choose another folder with --home")
        if self.log.exists() and self.log.stat().st_size:
            return
        wal = self.log.with_name(LOG + "-wal")
        # SQLite deletes the WAL file of an empty database, and with it the newest entries of a log that was lost
        remains = [LOG + "-wal"] if wal.exists() and wal.stat().st_size else []
        remains += [CACHE] if self._folded_before() else []
        if remains:
            raise StoreError(
                f"{self.log} is missing or empty, but {remains[0]} beside it knows of a log; "
                f"put a backup in its place, or move {' and '.join(remains)} away to start anew"
            )

    def _folded_before(self) -> bool:
        """Whether the cache was folded from a log with entries in it."""
        if not self.cache.exists():
            return False
        try:
            connection = sqlite3.connect(f"{self.cache.absolute().as_uri()}?mode=ro", uri=True)
            with closing(connection):
                return any(row > 0 for (row,) in connection.execute("SELECT row FROM watermark"))
        except sqlite3.Error:
            return False

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.log, timeout=self.timeout, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA temp_store = MEMORY")
        except BaseException:
            connection.close()
            raise
        return connection

    def write_ahead(self) -> None:
        """Put the log into WAL mode, for good. Not before it is known to be ours: this writes to the file."""
        self._patiently(self._sqlite, "PRAGMA journal_mode = WAL")

    def _patiently(self, connection: sqlite3.Connection, statement: str) -> None:
        """Changing the journal mode does not wait for other processes by itself: it fails at once."""
        for attempt in range(1 + int(self.timeout / _PAUSE), 0, -1):
            try:
                connection.execute(statement).fetchall()
                return
            except sqlite3.OperationalError as error:
                if attempt == 1 or _code(error) != sqlite3.SQLITE_BUSY:
                    raise
            time.sleep(_PAUSE)

    def create(self, tables: MetaData) -> None:
        """Create the tables of one of the files; to be called inside a `writing` block."""
        tables.create_all(self.connection)

    def tables(self, schema: str) -> set[str]:
        """The names of the tables in "main" (the log) or "cache"."""
        found = self.connection.exec_driver_sql(f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table'")
        return {name for (name,) in found if not name.startswith("sqlite_")}

    # --- the attached cache -----------------------------------------------------------------------

    def attach(self) -> None:
        """Attach cache.db, made empty if missing or not to be written; raises CacheError if it is no database."""
        if not self.cache.exists():
            self._start_cache_anew(None)
        elif not os.access(self.cache, os.W_OK):
            self._start_cache_anew(_inode(self.cache))
        self._attached = _inode(self.cache)
        try:
            self.connection.exec_driver_sql("ATTACH DATABASE ? AS cache", (str(self.cache),))
            self.connection.exec_driver_sql("PRAGMA cache.synchronous = OFF")  # a new file is not waited for
            self._patiently(self._sqlite, "PRAGMA cache.journal_mode = WAL")
            self.connection.exec_driver_sql("PRAGMA cache.synchronous = NORMAL")
            self.connection.exec_driver_sql("PRAGMA cache.cache_size = -16000")  # KiB: the indexes of 20,000 cards
        except (sqlite3.DatabaseError, DBAPIError) as error:
            if _code(error) in _DAMAGE:
                raise CacheError(str(error)) from None
            raise

    def replace_cache(self) -> None:
        """Put an empty file in the place of the attached cache, unless another process has done so already."""
        self.rollback()
        damaged, self._attached = self._attached, None
        with suppress(DBAPIError):  # not attached: it was damaged beyond attaching
            self.connection.exec_driver_sql("DETACH DATABASE cache")
        self._start_cache_anew(damaged)
        self.attach()

    def _start_cache_anew(self, damaged: tuple[int, int] | None) -> None:
        """Under the log's lock, so that of two processes only one does it.

        All three files go: a new database beside an old -shm would share its memory with processes on the old one.
        """
        with self.writing():
            if self.cache.exists() and _inode(self.cache) != damaged:
                return
            for companion in _COMPANIONS:
                self.cache.with_name(self.cache.name + companion).unlink(missing_ok=True)
            self.cache.touch()

    def at_fault(self, error: Exception) -> bool:
        """Whether an error comes from the cache, which can be replaced, and not from the log."""
        self.rollback()
        if isinstance(error, CacheError):
            return True
        if not isinstance(error, DBAPIError) or self._attached is None:
            return False
        match _code(error):
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_ERROR:
                with suppress(DBAPIError):
                    return not self.check("main", quick=True)
            case sqlite3.SQLITE_READONLY:
                return os.access(self.log, os.W_OK) and not os.access(self.cache, os.W_OK)
        return False

    # --- transactions -----------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that nobody else writes in: committed at the end, rolled back on any error."""
        self.connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield self.connection
            self.connection.commit()
        except BaseException:
            self.rollback()
            raise

    def rollback(self) -> None:
        """End any transaction without its changes."""
        with suppress(DBAPIError):  # SQLite has ended it already, as it does on a full disk
            self.connection.rollback()

    # --- health -----------------------------------------------------------------------------------

    def check(self, schema: str, *, quick: bool) -> list[str]:
        """What SQLite finds wrong with "main" (the log) or "cache": nothing, if it is whole."""
        pragma = "quick_check" if quick else "integrity_check"
        found = [str(line) for (line,) in self.connection.exec_driver_sql(f"PRAGMA {schema}.{pragma}")]
        return [] if found == ["ok"] else found

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Whatever SQLite or the system refuse inside, said as a StoreError."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            raise StoreError(self._said(error)) from error
        except OSError as error:
            where, what = error.filename or self.home, error.strerror or str(error)
            remedy = "free some space" if error.errno in _NO_SPACE else "make the folder usable"
            raise StoreError(f"{where}: {what}; {remedy}, or choose another folder with --home") from error

    def _said(self, error: Exception) -> str:
        match _code(error):
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return (
                    f"{self.home}: another process has kept the store locked for {self.timeout:g} s, "
                    "nothing was changed; close the other studyapp and try again"
                )
            case sqlite3.SQLITE_FULL:
                return f"{self.home}: the disk is full, nothing was changed; free some space and try again"
            case sqlite3.SQLITE_IOERR:
                return (
                    f"{self.home}: the disk could not be read or written, nothing was changed; "
                    "see that it is neither full nor failing, and try again"
                )
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
                return (
                    f"{self.home}: the store cannot be written; make the folder and {LOG} in it writable, "
                    "or choose another with --home"
                )
            case sqlite3.SQLITE_NOTADB:
                return f"{self.log} is no database; put a backup in its place, or move it away to start anew"
            case sqlite3.SQLITE_CORRUPT:
                return f"{self.log} is damaged; put a backup in its place, or move it away to start anew"
        return f"{self.home}: {getattr(error, 'orig', error)}; `studyapp doctor` says more"


_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _code(error: Exception) -> int:
    """SQLite's primary result code; -1 for an error that does not come from it."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    code: int = getattr(origin, "sqlite_errorcode", -1)
    return code & 0xFF if code >= 0 else code


def _inode(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino
