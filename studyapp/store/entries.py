"""Events to and from the columns of a log row; a row that does not fit is refused, never guessed at."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from studyapp.model import (
    Answered,
    Event,
    Flagged,
    Kind,
    Mode,
    ParameterValue,
    Placed,
    Predicted,
    Predicting,
    Relinked,
    Revoked,
    Sat,
)
from studyapp.store.content import parameter_value

TYPES: dict[str, type[Event]] = {
    "answered": Answered,
    "placed": Placed,
    "flagged": Flagged,
    "predicted": Predicted,
    "relinked": Relinked,
    "sat": Sat,
    "revoked": Revoked,
}
_NAMES = {event: name for name, event in TYPES.items()}
_loads = json.JSONDecoder().decode
_COLUMNS = ("card", "entry")
"""Fields with a column of their own; all others are in the row's JSON."""


@dataclass(frozen=True, slots=True)
class Detail:
    """An event as the log stores it. `card` and `revokes` are None where the event has none; `detail` is JSON."""

    type: str
    card: str | None
    revokes: str | None
    detail: str


def encode(event: Event) -> Detail:
    """The columns of an event; fields that have their default are left out. ValueError for what JSON cannot hold."""
    event_type = type(event)
    detail = {
        name: value
        for name, default in _DEFAULTS[event_type].items()
        if (value := getattr(event, name)) is not default and value != default
    }
    try:
        text = json.dumps(detail, separators=(",", ":"))
    except TypeError as error:
        raise ValueError(f"an event that cannot be logged: {error}") from None
    return Detail(_NAMES[event_type], getattr(event, "card", "") or None, getattr(event, "entry", None), text)


def decode(event_type: str, card: str | None, revokes: str | None, detail: str) -> Event:
    """The event of a log row's columns; ValueError saying what is wrong with them."""
    kind: type[Any] | None = TYPES.get(event_type)
    if kind is None:
        raise ValueError(f"unknown type {event_type!r}")
    found = _loads(detail)
    if not isinstance(found, dict):
        raise ValueError("its detail is no JSON object")
    readers = _READERS[kind]
    values: dict[str, Any] = {}
    for name, value in found.items():
        if name not in readers:
            raise ValueError(f"{event_type} has no {name!r}")
        values[name] = readers[name](value)
    if kind is Revoked:
        if revokes is None:
            raise ValueError("revoked without the entry that it takes back")
        values["entry"] = revokes
    elif card is not None:
        values["card"] = card
    try:
        event: Event = kind(**values)
    except TypeError:
        missing = {one.name for one in fields(kind) if one.default is MISSING} - values.keys()
        raise ValueError(f"{event_type} without {', '.join(sorted(missing))}") from None
    return event


# --- one field each -------------------------------------------------------------------------------

_LARGEST = 2**53
"""No day, count or interval comes near; what is larger is damage, and would not fit a database's integer for long."""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r:.60} is no text")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        raise ValueError(f"{value!r:.60} is no whole number")
    return value


def _seed(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r:.60} is no seed")
    return value


def _grade(value: object) -> int:
    grade = _whole(value)
    if not 0 <= grade <= 5:
        raise ValueError(f"{grade} is no grade from 0 to 5")
    return grade


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r:.60} is no number")
    return value


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r:.60} is neither true nor false")
    return value


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r:.60} is no JSON object")
    return value


def _parameters(value: object) -> Mapping[str, ParameterValue]:
    return {name: parameter_value(one) for name, one in _mapping(value).items()}


_MODES = {mode.value: mode for mode in Mode}  # looking up takes a quarter of what Mode(value) takes
_KINDS = {kind.value: kind for kind in Kind}


def _mode(value: object) -> Mode:
    if (mode := _MODES.get(_text(value))) is None:
        raise ValueError(f"unknown mode {value!r}")
    return mode


def _kind(value: object) -> Kind:
    if (kind := _KINDS.get(_text(value))) is None:
        raise ValueError(f"unknown kind {value!r}")
    return kind


_FORMS = {form.value: form for form in Predicting}


def _form(value: object) -> Predicting:
    if (form := _FORMS.get(_text(value))) is None:
        raise ValueError(f"unknown form {value!r}")
    return form


def _numbers(value: object) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r:.60} is no list")
    return tuple(_number(one) for one in value)


_READ: dict[str, Callable[[object], object]] = {
    "mode": _mode,
    "kind": _kind,
    "grade": _grade,
    "seed": _seed,
    "correct": _switch,
    "sure": _switch,
    "milliseconds": _whole,
    "given": _text,
    "due": _whole,
    "receipt": _mapping,
    "n": _whole,
    "interval": _whole,
    "ease": _whole,
    "suspended": _switch,
    "buried_until": _whole,
    "simulation": _text,
    "value": _text,
    "parameters": _parameters,
    "predicted": _number,
    "measured": _number,
    "confidence": _text,
    "form": _form,
    "drawn": _numbers,
    "found": _numbers,
    "scale": _text,
    "now": _text,
    "sitting": _text,
    "number": _whole,
    "event": _mapping,
}

_DEFAULTS: dict[type[Event], dict[str, object]] = {
    event: {one.name: one.default for one in fields(event) if one.name not in _COLUMNS} for event in TYPES.values()
}
_READERS = {event: {name: _READ[name] for name in names} for event, names in _DEFAULTS.items()}
