"""The store: two SQLite files, the log of what the learner did and a cache that can always be made again."""

from studyapp.store.duplicates import duplicates
from studyapp.store.errors import StaleError, StoreError
from studyapp.store.rows import CardRow, Change, Counts, DeckRow, FileStamp, LogRow, SittingRow
from studyapp.store.store import Store

__all__ = [
    "CardRow",
    "Change",
    "Counts",
    "DeckRow",
    "FileStamp",
    "LogRow",
    "SittingRow",
    "StaleError",
    "Store",
    "StoreError",
    "duplicates",
]
