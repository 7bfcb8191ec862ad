"""Frozen dataclasses to and from what JSON can hold, without loss and without guessing."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")


def plain(value: object) -> Any:
    """A dataclass as a dictionary without the fields that have their default; tuples and sets as lists."""
    match value:
        case None | Enum() | bool() | int() | float() | str():
            return value.value if isinstance(value, Enum) else value
        case Mapping():
            return {str(name): plain(one) for name, one in value.items()}
        case tuple() | list():
            return [plain(one) for one in value]
        case frozenset():
            return sorted(plain(one) for one in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((one, getattr(value, one.name)) for one in dataclasses.fields(value))
        return {one.name: plain(told) for one, told in fields if told != _default(one)}
    raise ValueError(f"{type(value).__name__} cannot be told in JSON")


def restore(kind: type[T], told: object) -> T:
    """What `plain` took apart; ValueError saying which field does not fit, or what the class itself refuses."""
    if not isinstance(told, Mapping):
        raise ValueError(f"{told!r:.60} is no {kind.__name__}")
    hints = _hints(kind)  # type: ignore[arg-type]
    unknown = told.keys() - hints.keys()
    if unknown:
        raise ValueError(f"{kind.__name__} has no {min(map(str, unknown))!r:.60}")
    values: dict[str, object] = {}
    for name, value in told.items():
        try:
            values[name] = _read(hints[name], value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    try:
        return kind(**values)
    except TypeError:
        needed = {one.name for one in dataclasses.fields(kind) if _default(one) is dataclasses.MISSING}  # type: ignore[arg-type]
        raise ValueError(f"{kind.__name__} without {', '.join(sorted(needed - values.keys()))}") from None


def _read(hint: Any, value: object) -> object:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _first(inner, value)
    if origin is tuple and isinstance(value, list | tuple):
        if inner[-1] is Ellipsis:
            return tuple(_read(inner[0], one) for one in value)
        if len(inner) == len(value):
            return tuple(_read(one, told) for one, told in zip(inner, value, strict=True))
    elif origin is frozenset and isinstance(value, list):
        return frozenset(_read(inner[0], one) for one in value)
    elif origin is Mapping and isinstance(value, Mapping):
        return {_read(inner[0], name): _read(inner[1], one) for name, one in value.items()}
    elif hint is object:
        return value
    elif isinstance(hint, type):
        if dataclasses.is_dataclass(hint):
            return restore(hint, value)
        if issubclass(hint, Enum):
            return hint(value)
        if hint is float and type(value) is int:
            return float(value)
        if type(value) is hint:
            return value
        if hint is type(None) and value is None:
            return None
    raise ValueError(f"{value!r:.60} does not fit")


def _first(kinds: tuple[Any, ...], value: object) -> object:
    exact = [kind for kind in kinds if type(value) is kind]  # 1 is an int and not a float where both may be
    for kind in (*exact, *kinds):
        try:
            return _read(kind, value)
        except ValueError:
            continue
    raise ValueError(f"{value!r:.60} does not fit")


@lru_cache(maxsize=64)
def _hints(kind: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _default(one: dataclasses.Field[Any]) -> object:
    return one.default_factory() if one.default_factory is not dataclasses.MISSING else one.default
