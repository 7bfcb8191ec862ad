"""Rules of receipts: the log gives back what was written, and two computations agree or are said to differ."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.receipts import MOST_NUMBERS, Receipt, agree, differences, read, short

names = st.text(max_size=6)
numbers = st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(numbers, lambda inner: st.lists(inner, max_size=4), max_leaves=30)
parameters = st.booleans() | st.integers() | st.floats(allow_nan=False) | names | st.lists(st.floats(0, 1)).map(tuple)
receipts = st.builds(
    Receipt,
    simulation=names,
    sha256=names,
    parameters=st.dictionaries(names, parameters, max_size=3),
    seed=st.integers(0),
    numpy=names,
    key=st.dictionaries(names, numbers, max_size=1),
    values=st.dictionaries(names, values, max_size=3),
    index=st.none() | st.integers(-9, 9),
)


@given(receipts)
def test_a_receipt_comes_back_from_the_log(receipt: Receipt) -> None:
    """Through JSON, with lists of numbers as the tuples that parameters are."""
    assert read(json.loads(json.dumps(receipt.told()))) == receipt


def test_the_first_receipts_are_still_read() -> None:
    """They were of computed cards alone: what stood among the values is the key."""
    told = {"simulation": "coin", "sha256": "ab", "parameters": {"chance": 0.2}, "seed": 3, "numpy": "2.3.1"}
    receipt = read({**told, "values": {"share": 0.2}})
    assert receipt == Receipt("coin", "ab", {"chance": 0.2}, 3, "2.3.1", key={"share": 0.2}, values={})


@pytest.mark.parametrize(
    "change", [{"seed": None}, {"seed": "1"}, {"parameters": [1]}, {"values": 1}, {"key": None}, {"index": "2"}]
)
def test_what_is_no_receipt_is_refused(change: dict[str, object]) -> None:
    """A log that came from elsewhere, or was damaged."""
    told = Receipt("coin", "ab", {}, 3, "2", {}, {}).told()
    assert read(told).seed == 3
    with pytest.raises(ValueError, match=r"are (whole numbers|mappings)"):
        read({**told, **change})
    for name in told:
        if name != "key":
            with pytest.raises(ValueError, match=f"it has no '{name}'"):
                read({other: value for other, value in told.items() if other != name})


@given(values)
def test_only_short_values_are_logged(value: Any) -> None:
    """At most 16 numbers each, however they are nested."""

    def count(one: Any) -> int:
        return sum(map(count, one)) if isinstance(one, list) else 1

    assert short({"one": value}) == ({"one": value} if count(value) <= MOST_NUMBERS else {})


def test_long_values_are_not_counted_to_their_end() -> None:
    """Millions of numbers cost nothing when an answer is logged: none is looked at after the seventeenth."""

    class Counted(list[float]):
        looked = 0

        def __iter__(self) -> Any:
            for one in range(10**6):
                Counted.looked += 1
                yield float(one)

    assert short({"long": Counted(), "one": 1.0}) == {"one": 1.0}
    assert Counted.looked <= MOST_NUMBERS + 1


@given(values)
def test_a_value_agrees_with_itself(value: Any) -> None:
    """Whatever it is."""
    assert agree(value, json.loads(json.dumps(value)))
    assert differences({"one": value}, {"one": value, "more": 1}) == []


@given(st.floats(1e-300, 1e300))
def test_one_part_in_a_billion_is_the_limit(number: float) -> None:
    """Relative to the number, in each number of an array."""
    near, far = number * (1 + 5e-10), number * (1 + 5e-9)
    assert agree(number, near)
    assert agree(-number, -near)
    assert not agree(number, far)
    assert agree([1.0, [number]], [1.0, [near]])
    assert not agree([1.0, [number]], [1.0, [far]])


@pytest.mark.parametrize(
    ("was", "now"),
    [(1.0, [1.0]), ([1.0], [1.0, 2.0]), ([1.0], 1.0), (1, 2), (0.0, 1e-30), (10**400, 1.0), (1.0, "1"), (1.0, None)],
)
def test_what_differs_is_told_in_words(was: Any, now: Any) -> None:
    """Another shape, another number, or none; what was not logged is not asked for."""
    (line,) = differences({"half": was}, {"half": now, "more": 1})
    assert line.startswith("half was ")
    assert line.endswith(" now")


def test_numbers_that_differ_look_different() -> None:
    """Also in the tenth digit; a value that is gone is said to be."""
    assert differences({"half": 1.0}, {"half": 1 + 2e-9}) == ["half was 1, and is 1.000000002 now"]
    assert differences({"half": math.pi}, {}) == ["half was 3.14159265359, and has no value now"]
