"""Text from files is data: what a terminal would obey is taken out before it is shown."""

from __future__ import annotations

import re

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""C0 but tab and newline, DEL, C1, and the controls that turn the direction of writing (UAX #9)."""


def harmless(text: str) -> str:
    """The text without control characters and bidi controls; tabs and newlines stay."""
    return OBEYED.sub("", text)


def one_line(text: str) -> str:
    """The text as one harmless line."""
    return harmless(" ".join(text.split()))
