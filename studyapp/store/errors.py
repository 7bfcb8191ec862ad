"""What can go wrong with a store, as one family whose message is one clear line: where, what, what to do."""

from __future__ import annotations


class StoreError(Exception):
    """A store that cannot be opened, read or written; the message is one clear line."""


class StaleError(StoreError):
    """A write to a sitting by someone who did not know its latest event: another terminal has it now."""


class CacheError(Exception):
    """The cache holds something that it never was given. Nobody outside the store sees this: the cache is rebuilt."""
