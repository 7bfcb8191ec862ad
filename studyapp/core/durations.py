"""How long something took, in words: one rounding, so that a screen and a page saved of it never differ."""

from __future__ import annotations


def whole(seconds: float) -> int:
    """The nearest whole second; 0 for what is below zero."""
    return max(0, round(seconds))


def clock(seconds: float) -> str:
    """A duration as `6:10`, or `1:02:30` from an hour on."""
    minutes, rest = divmod(whole(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
