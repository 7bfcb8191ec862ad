"""Ids of log entries: they sort by time, never repeat, and never go back on a device even when its clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTER = 16
"""Bits for entries of one millisecond; a larger act borrows from the milliseconds after it."""

DEVICE_BYTES = 5


def identifiers(count: int, *, at: datetime, device: str, last: str) -> list[str]:
    """So many ids for an act at this instant: 26 hexadecimal digits each, all above `last`, the device's newest or "".

    12 digits for the milliseconds since 1970, 4 for a counter, 10 for the device. Before 1970 counts as 1970.
    """
    tick = max((at - _EPOCH) // timedelta(milliseconds=1), 0) << _COUNTER
    if last:
        tick = max(tick, int(last[:16], 16) + 1)
    return [f"{tick + position:016x}{device}" for position in range(count)]


def device_name(random: bytes) -> str:
    """The name of a device: 10 hexadecimal digits from 5 random bytes; ValueError for fewer."""
    if len(random) < DEVICE_BYTES:
        raise ValueError(f"a device's name takes {DEVICE_BYTES} random bytes, not {len(random)}")
    return random[:DEVICE_BYTES].hex()
