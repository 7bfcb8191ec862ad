"""Ids: in the order of time, never twice, never back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.store.identifiers import device_name, identifiers
from tests.store.samples import NOON

DEVICE = "0102030405"


def test_an_id_is_26_digits_of_time_counter_and_device() -> None:
    """Twelve digits of milliseconds, four of a counter, ten of the device."""
    one, two = identifiers(2, at=datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), device=DEVICE, last="")
    assert one == f"{1000:012x}0000{DEVICE}"
    assert two == f"{1000:012x}0001{DEVICE}"


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(-(10**9), 10**9)), max_size=20))
def test_ids_of_a_device_only_grow(acts: list[tuple[int, int]]) -> None:
    """Whatever the clock does between acts, also back and before 1970."""
    made: list[str] = []
    for count, seconds in acts:
        last = made[-1] if made else ""
        made += identifiers(count, at=NOON + timedelta(seconds=seconds), device=DEVICE, last=last)
    assert made == sorted(set(made))
    assert all(len(one) == 26 for one in made)


def test_an_act_larger_than_the_counter_borrows_from_the_milliseconds() -> None:
    """A bulk act of 70,000 cards has 70,000 different ids, and the next act comes after it."""
    many = identifiers(70_000, at=NOON, device=DEVICE, last="")
    assert many == sorted(set(many))
    assert identifiers(1, at=NOON, device=DEVICE, last=many[-1])[0] > many[-1]


def test_a_device_is_named_by_five_bytes() -> None:
    """More bytes than that are not used; fewer would make names that collide."""
    assert device_name(bytes(range(16))) == "0001020304"
    with pytest.raises(ValueError, match="5 random bytes"):
        device_name(b"abcd")
