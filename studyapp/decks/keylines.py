"""Where a key stands in a TOML text: the standard library's parser does not say, and an error needs its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_KEY = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_KEYS = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEADER = re.compile(rf"[ \t]*\[\[?[ \t]*({_KEYS})[ \t]*\]")
_ASSIGNMENT = re.compile(rf"[ \t]*({_KEYS})[ \t]*=")
_TOKEN = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*|[\[\]{}]')


def key_line(lines: Sequence[str], keys: tuple[str, ...]) -> int:
    """The line, from 0, of a dotted key such as ("answer", "value").

    Of a key in an inline table it is the line of that table; of one that is not there, that of the nearest table above
    it, at worst line 0.
    """
    best, line = 0, 0
    for number, path in _statements(lines):
        depth = next((n for n, (a, b) in enumerate(zip(path, keys, strict=False)) if a != b), min(len(path), len(keys)))
        if depth > best and (depth == len(path) or depth == len(keys)):
            best, line = depth, number
    return line


def _statements(lines: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each line that starts a table or gives a key, with the full key."""
    table: tuple[str, ...] = ()
    depth = 0
    quote = ""
    for number, line in enumerate(lines):
        if not depth and not quote:
            if header := _HEADER.match(line):
                table = _split(header[1])
                yield number, table
                continue
            if assignment := _ASSIGNMENT.match(line):
                yield number, (*table, *_split(assignment[1]))
        depth, quote = _state(line, depth, quote)


def _state(line: str, depth: int, quote: str) -> tuple[int, str]:
    """How many brackets, and which long quotation, are open after a line."""
    position = 0
    while True:
        if quote:
            end = line.find(quote, position)
            if end < 0:
                return depth, quote
            position, quote = end + 3, ""
        token = _TOKEN.search(line, position)
        if token is None:
            return depth, quote
        position = token.end()
        match token[0]:
            case '"""' | "'''" as opened:
                quote = opened
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth = max(depth - 1, 0)
            case _:
                pass


def _split(keys: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_KEY, keys))
