"""From a file's bytes to its lines: UTF-8, LF or CRLF, and nothing in them that could steer a terminal.

Lines are split at LF only, so that their numbers are those of an editor and of the bytes; U+2028 and form feeds split
nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from studyapp.model import Problem

# C0 except tab and line ends, DEL, C1, and the controls that change the direction of text.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# The same in UTF-8: a look at the bytes is ten times quicker, and nearly every file is clean.
_C0 = bytes([*range(9), 11, 12, *range(14, 32), 127])
_WIDER = re.compile(rb"\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
BOM = b"\xef\xbb\xbf"
_SHOWN = 20
"""Lines with control characters that get a problem each; what follows is summed up in one more."""


@dataclass(frozen=True, slots=True)
class Text:
    """A file's lines, without line ends; empty where the file as a whole is refused, and `problems` says why."""

    lines: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def clean(data: bytes, path: str) -> Text:
    """Decode a deck, leaving out a BOM and control characters; never raises."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return Text((), (_undecodable(data, path, error),))
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        if "\r" in text:
            line = text.count("\n", 0, text.index("\r")) + 1
            what = "a carriage return (CR) stands alone here, and is no line end"
            return Text((), (Problem(path, line, "", what, "save the file with LF or CRLF line ends"),))
    if len(data.translate(None, _C0)) == len(data) and not _WIDER.search(data):
        return Text(tuple(text.split("\n")))
    return _stripped(text.split("\n"), path)


def _stripped(lines: list[str], path: str) -> Text:
    problems: list[Problem] = []
    hits = last = 0
    for number, line in enumerate(lines):
        if found := CONTROL.findall(line):
            lines[number] = CONTROL.sub("", line)
            hits += 1
            last = number + 1
            if hits <= _SHOWN:
                names = ", ".join(f"U+{ord(one):04X}" for one in sorted(set(found)))
                what = f"control characters are left out: {names}"
                problems.append(Problem(path, number + 1, "", what, "delete them from the file"))
    if hits > _SHOWN:
        what = f"control characters are left out on {hits - _SHOWN} more lines up to here"
        problems.append(Problem(path, last, "", what, "delete them from the file"))
    return Text(tuple(lines), tuple(problems))


def _undecodable(data: bytes, path: str, error: UnicodeDecodeError) -> Problem:
    remedy = "save the file as UTF-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Problem(path, 1, "", "the file is UTF-16, not UTF-8", remedy)
    line = data.count(b"\n", 0, error.start) + 1
    return Problem(path, line, "", f"byte 0x{data[error.start]:02X} is not UTF-8", remedy)
