"""Text from files is data: what a terminal would obey is taken out before it is shown."""

from __future__ import annotations

import json
import re

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""C0 but tab and newline, DEL, C1, and the controls that turn the direction of writing (UAX #9)."""


def harmless(text: str) -> str:
    """The text without control characters and bidi controls; tabs and newlines stay."""
    return OBEYED.sub("", text)


def json_text(value: object, *, unicode: bool = True) -> str:
    """A value as JSON without what a terminal would obey, nor half characters, which no file can hold: all escaped.

    Without `unicode` it is ASCII. ValueError for numbers that JSON does not know.
    """
    text = json.dumps(value, ensure_ascii=not unicode, indent=2, allow_nan=False)
    text = OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)  # JSON itself escapes C0 alone
    return text.encode(errors="backslashreplace").decode()


def one_line(text: str) -> str:
    """The text as one harmless line."""
    return harmless(" ".join(text.split()))
