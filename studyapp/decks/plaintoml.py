"""TOML as settings are usually written, read in a fifth of the standard parser's time.

One line a key, one-line values, bare keys: there a TOML value is a JSON value, and the standard library's JSON decoder
is written in C. Everything else, errors too, is left to tomllib; a test holds the two against each other.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from json import JSONDecoder

_HEADER = re.compile(r"\[([A-Za-z0-9_-]+)\][ \t]*$")
_KEY = re.compile(r"[ \t]*([A-Za-z0-9_-]+)[ \t]*=[ \t]*")
_END = re.compile(r"[ \t]*(?:([,}])|$)")
_decode = JSONDecoder().raw_decode


def read_plain(lines: Sequence[str]) -> dict[str, object] | None:
    """What tomllib reads from these lines, or None where only tomllib can say."""
    top: dict[str, object] = {}
    table = top
    try:
        for line in lines:
            if not line.strip(" \t"):
                continue
            if header := _HEADER.match(line):
                if header[1] in top:
                    return None
                top[header[1]] = table = {}
                continue
            key = _KEY.match(line)
            if key is None or key[1] in table or "\\" in line:
                return None
            value, end = _value(line, key.end())
            if value is None or end != len(line.rstrip(" \t")):
                return None
            table[key[1]] = value
    except (ValueError, RecursionError):
        return None
    return top


def _value(line: str, start: int) -> tuple[object, int]:
    """The value that starts there, None for what may be no TOML, and where it ends."""
    if line.startswith("{", start):
        return _inline_table(line, start + 1)
    value, end = _decode(line, start)
    return (value if _is_common(value) else None), end


def _inline_table(line: str, start: int) -> tuple[object, int]:
    table: dict[str, object] = {}
    while key := _KEY.match(line, start):
        value, end = _value(line, key.end())
        after = _END.match(line, end)
        if value is None or after is None or key[1] in table:
            break
        table[key[1]] = value
        start = after.end()
        if after[1] == "}":
            return table, start
    return None, start


def _is_common(value: object) -> bool:
    """Whether a JSON value is one of TOML too, which has no null, and writes tables and NaN in another way."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str | int) or (isinstance(value, list) and all(map(_is_common, value)))
