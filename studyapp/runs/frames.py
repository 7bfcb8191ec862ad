"""How the two sides of a worker speak: length-prefixed JSON, and the simulation's words in it without loss."""

from __future__ import annotations

import dataclasses
import json
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar, cast

from studyapp.simulation import (
    Axis,
    Bars,
    Claim,
    ClaimMark,
    Description,
    ExpectedMark,
    Figure,
    HeatMap,
    Key,
    Line,
    Mark,
    MistakeMark,
    Parameter,
    Points,
    Run,
    Verdict,
)

HEADER = struct.Struct(">I")
LARGEST = 64 * 2**20
"""Bytes of one frame without its header; a larger one is refused on both sides."""

_MARKS: dict[str, type[Mark]] = {"line": Line, "points": Points, "bars": Bars, "heat map": HeatMap}
_NAMES = {kind: name for name, kind in _MARKS.items()}

Word = Description | Run | Key | Figure
WordT = TypeVar("WordT", bound=Word)


class TooLargeError(ValueError):
    """A message above `LARGEST`."""


def pack(message: Mapping[str, Any]) -> bytes:
    """One frame: four bytes of length, then JSON. A ValueError for NaN or infinity, TooLargeError above the limit."""
    body = _dumps(message)
    if len(body) > LARGEST:
        raise TooLargeError(f"a message of {len(body):,} bytes, above {LARGEST:,}")
    return HEADER.pack(len(body)) + body


def length(header: bytes) -> int:
    """The length of the body that follows a header; TooLargeError above the limit."""
    size: int = HEADER.unpack(header)[0]
    if size > LARGEST:
        raise TooLargeError(f"a message of {size:,} bytes, above {LARGEST:,}")
    return size


def unpack(body: bytes | str) -> dict[str, Any]:
    """The message of a frame's body; a ValueError for anything else than a JSON object of finite numbers."""
    message = json.loads(body, parse_constant=_refused)
    if not isinstance(message, dict):
        raise ValueError("not a JSON object")
    return message


def encode(word: Word) -> bytes:
    """A description, run, key or figure as JSON; arrays become lists. A ValueError for NaN and infinities."""
    return _dumps(plain(word))


def decode(kind: type[WordT], data: bytes | str) -> WordT:
    """What `encode` wrote; a ValueError if it is anything else."""
    return restore(kind, unpack(data))


def plain(word: Word) -> dict[str, Any]:
    """The same as nested dictionaries and lists, for a larger message. `applies` functions stay behind."""
    told = _fields(word)
    match word:
        case Description():
            for group in ("parameters", "values", "claims", "mistakes"):
                told[group] = [_fields(one, but="applies") for one in told[group]]
        case Run():
            told["figures"] = [plain(one) for one in word.figures]
            told["claims"] = [_fields(one) for one in word.claims]
        case Figure():
            told |= {"x": _fields(word.x), "y": _fields(word.y)}
            told["marks"] = [{"mark": _NAMES[type(one)], **_fields(one)} for one in word.marks]
    return told


def restore(kind: type[WordT], told: Mapping[str, Any]) -> WordT:
    """What `plain` took apart; a ValueError if it is anything else."""
    try:
        return cast(WordT, _RESTORED[kind](told))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error


def _description(told: Mapping[str, Any]) -> Description:
    return Description(
        name=told["name"],
        title=told["title"],
        summary=told["summary"],
        parameters=tuple(
            Parameter(**{**one, "default": _tuple(one["default"]), "choices": tuple(one["choices"])})
            for one in told["parameters"]
        ),
        values=tuple(ExpectedMark(**one) for one in told["values"]),
        claims=tuple(_claim_mark(one) for one in told["claims"]),
        mistakes=tuple(MistakeMark(**one) for one in told["mistakes"]),
        topic=told["topic"],
    )


def _claim_mark(told: Mapping[str, Any]) -> ClaimMark:
    at = tuple({name: _tuple(value) for name, value in place.items()} for place in told["at"])
    return ClaimMark(**{**told, "at": at})


def _run(told: Mapping[str, Any]) -> Run:
    parts = {
        "parameters": {name: _tuple(value) for name, value in told["parameters"].items()},
        "figures": tuple(_figure(one) for one in told["figures"]),
        "claims": tuple(Claim(**{**one, "verdict": Verdict(one["verdict"])}) for one in told["claims"]),
    }
    return Run(**{**told, **parts})


def _figure(told: Mapping[str, Any]) -> Figure:
    marks = []
    for one in told["marks"]:
        kind = _MARKS[one["mark"]]
        marks.append(kind(**{name: part for name, part in one.items() if name != "mark"}))
    return Figure(told["title"], Axis(**told["x"]), Axis(**told["y"]), tuple(marks))


def _key(told: Mapping[str, Any]) -> Key:
    return Key(**told)


_RESTORED: dict[type, Callable[[Mapping[str, Any]], Word]] = {
    Description: _description,
    Run: _run,
    Figure: _figure,
    Key: _key,
}


def _fields(thing: Any, but: str = "") -> dict[str, Any]:
    # Not dataclasses.asdict: it copies every list of numbers element by element.
    return {one.name: getattr(thing, one.name) for one in dataclasses.fields(thing) if one.name != but}


def _tuple(value: object) -> Any:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _dumps(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, allow_nan=False, separators=(",", ":"), default=_listed).encode("ascii")


def _listed(thing: Any) -> Any:
    if not hasattr(thing, "tolist"):
        raise ValueError(f"{type(thing).__name__} cannot be told in JSON")
    return thing.tolist()


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a finite number")
