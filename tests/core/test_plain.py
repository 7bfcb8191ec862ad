"""Dataclasses through JSON and back: without loss, and anything that does not fit is refused, never guessed at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.plain import plain, restore


class Colour(Enum):
    """A word."""

    RED = "red"
    BLUE = "blue"


class Rank(IntEnum):
    """A number."""

    LOW = 0
    HIGH = 1


Value = bool | int | float | str | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Inner:
    """One of several."""

    name: str
    value: Value = 0
    colour: Colour = Colour.RED

    def __post_init__(self) -> None:
        if self.name == "refused":
            raise ValueError("a name that the class itself refuses")


@dataclass(frozen=True, slots=True)
class Outer:
    """Something of every kind."""

    number: int
    share: float
    inner: tuple[Inner, ...] = ()
    perhaps: int | None = None
    one: Inner | None = None
    pair: tuple[int, str] = (0, "")
    marks: frozenset[int] = frozenset()
    values: Mapping[str, Value] = field(default_factory=dict)
    ranks: Mapping[int, Rank] = field(default_factory=dict)
    anything: object = None


floats = st.floats(allow_nan=False)
texts = st.text(st.characters(exclude_categories=()), max_size=8)
values = st.one_of(st.booleans(), st.integers(), floats, texts, st.lists(floats, max_size=3).map(tuple))
inners = st.builds(Inner, texts.filter(lambda name: name != "refused"), values, st.sampled_from(Colour))
outers = st.builds(
    Outer,
    number=st.integers(),
    share=floats,
    inner=st.lists(inners, max_size=3).map(tuple),
    perhaps=st.none() | st.integers(),
    one=st.none() | inners,
    pair=st.tuples(st.integers(), texts),
    marks=st.frozensets(st.integers(), max_size=4),
    values=st.dictionaries(texts, values, max_size=3),
    anything=st.none() | st.integers() | texts | st.lists(st.booleans(), max_size=2),
)


@given(outers)
def test_what_was_told_comes_back(outer: Outer) -> None:
    """Through real JSON, types included: an int stays an int where a float or a bool might stand."""
    back = restore(Outer, json.loads(json.dumps(plain(outer))))
    assert back == outer
    assert [type(one) for one in back.values.values()] == [type(one) for one in outer.values.values()]
    assert type(back.share) is float


def test_fields_with_their_default_are_left_out() -> None:
    """So that a log does not grow by what it does not say; a value that only equals nothing stays."""
    assert plain(Outer(1, 0.5)) == {"number": 1, "share": 0.5}
    assert plain(Inner("a", 0, Colour.BLUE)) == {"name": "a", "colour": "blue"}
    assert plain((Rank.HIGH, None, frozenset({2, 1}))) == [1, None, [1, 2]]


def test_a_whole_number_may_stand_for_a_float() -> None:
    """JSON written by another hand writes 1 for 1.0."""
    assert restore(Outer, {"number": 1, "share": 2}).share == 2.0


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ([], "is no Outer"),
        ({"number": 1}, "Outer without share"),
        ({}, "Outer without number, share"),
        ({"number": 1, "share": 1.0, "extra": 2}, "Outer has no 'extra'"),
        ({"number": True, "share": 1.0}, "number: True does not fit"),
        ({"number": 1.0, "share": 1.0}, "number: 1.0 does not fit"),
        ({"number": "1", "share": 1.0}, "number: '1' does not fit"),
        ({"number": 1, "share": "x"}, "share: 'x' does not fit"),
        ({"number": 1, "share": None}, "share: None does not fit"),
        ({"number": 1, "share": 1.0, "inner": {}}, "inner: {} does not fit"),
        ({"number": 1, "share": 1.0, "inner": [{}]}, "inner: Inner without name"),
        ({"number": 1, "share": 1.0, "inner": [{"name": "a", "colour": "green"}]}, "inner: colour: 'green'"),
        ({"number": 1, "share": 1.0, "inner": [{"name": "refused"}]}, "the class itself refuses"),
        ({"number": 1, "share": 1.0, "pair": [1, "a", 2]}, "pair: .* does not fit"),
        ({"number": 1, "share": 1.0, "marks": ["a"]}, "marks: 'a' does not fit"),
        ({"number": 1, "share": 1.0, "perhaps": "a"}, "perhaps: 'a' does not fit"),
        ({"number": 1, "share": 1.0, "values": {"a": None}}, "values: None does not fit"),
    ],
)
def test_what_does_not_fit_is_refused(told: object, what: str) -> None:
    """In a line that names the field, without guessing."""
    with pytest.raises(ValueError, match=what):
        restore(Outer, told)


def test_what_json_cannot_hold_is_refused() -> None:
    """A clear error where it is written, and not where it is read."""
    for value in (object(), {1, 2}, b"x", Inner):
        with pytest.raises(ValueError, match="cannot be told in JSON"):
            plain(value)
