"""The rules of the line between the processes: nothing is lost, nothing is not finite, nothing is too large."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.runs import frames
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
    MistakeMark,
    Parameter,
    Points,
    Run,
    Verdict,
)

names = st.text(max_size=8)
floats = st.floats(allow_nan=False, allow_infinity=False)
integers = st.integers(-(2**70), 2**70)
rows = st.lists(floats | integers, max_size=4)
scales = st.sampled_from(["linear", "log"])
parameter_values = st.booleans() | integers | floats | names | st.lists(floats, max_size=3).map(tuple)
values = st.booleans() | integers | floats | st.recursive(rows, lambda inner: st.lists(inner, max_size=3), max_leaves=4)
bounds = st.none() | floats

parameters = st.builds(
    Parameter,
    name=names,
    kind=st.sampled_from(["bool", "int", "float", "choice", "numbers"]),
    default=parameter_values,
    help=names,
    low=bounds,
    high=bounds,
    scale=scales,
    choices=st.lists(names, max_size=3).map(tuple),
    unit=names,
)
marks = st.one_of(
    st.builds(Line, rows, rows, names),
    st.builds(Points, rows, rows, names),
    st.builds(Bars, st.lists(names, max_size=3), rows, names),
    st.builds(HeatMap, st.lists(rows, max_size=3), names),
)
places = st.lists(st.dictionaries(names, parameter_values, max_size=3), max_size=2).map(tuple)
axes = st.builds(Axis, names, scales)
figures = st.builds(Figure, names, axes, axes, st.lists(marks, max_size=3).map(tuple))
descriptions = st.builds(
    Description,
    name=names,
    title=names,
    summary=names,
    parameters=st.lists(parameters, max_size=3).map(tuple),
    values=st.lists(st.builds(ExpectedMark, names, names, names, st.none()), max_size=2).map(tuple),
    claims=st.lists(st.builds(ClaimMark, integers, names, names, names, st.none(), places), max_size=2).map(tuple),
    mistakes=st.lists(st.builds(MistakeMark, names, names, names), max_size=2).map(tuple),
)
claims = st.builds(Claim, names, names, names, st.sampled_from(Verdict), bounds, bounds, bounds, bounds)
runs = st.builds(
    Run,
    simulation=names,
    sha256=names,
    parameters=st.dictionaries(names, parameter_values, max_size=3),
    seed=integers,
    values=st.dictionaries(names, values, max_size=3),
    expected=st.dictionaries(names, values, max_size=3),
    figures=st.lists(figures, max_size=2).map(tuple),
    claims=st.lists(claims, max_size=2).map(tuple),
    numpy=names,
    seconds=floats,
    printed=integers,
)
keys = st.builds(Key, floats, st.dictionaries(names, floats, max_size=3), names)


@settings(max_examples=60)
@given(st.one_of(descriptions, runs, figures, keys))
def test_what_is_decoded_is_what_was_encoded(word: frames.Word) -> None:
    """Types included: integers beyond 64 bits, -0.0, tuples of numbers, the kinds of marks, texts of any characters."""
    back = frames.decode(type(word), frames.encode(word))
    assert back == word
    assert repr(back) == repr(word)


def test_functions_stay_behind() -> None:
    """`applies` of a claim or value is asked in the child only."""
    claim = ClaimMark(1, "fair", "it is fair", "chance 0.5", applies=bool)
    told = Description("coin", "A coin", "", (), (ExpectedMark("share", "share", "", bool),), (claim,), ())
    back = frames.decode(Description, frames.encode(told))
    assert back.claims == (ClaimMark(1, "fair", "it is fair", "chance 0.5"),)
    assert back.values == (ExpectedMark("share", "share"),)


def test_arrays_and_numpy_scalars_become_plain_numbers() -> None:
    """The interface draws the same figure without NumPy."""
    figure = Figure(
        "t", Axis("x"), Axis("y"), [Line(np.arange(3), np.array([0.5, 1, 2], np.float32)), HeatMap(np.eye(2))]
    )
    back = frames.decode(Figure, frames.encode(figure))
    assert back.marks == (Line([0, 1, 2], [0.5, 1.0, 2.0]), HeatMap([[1.0, 0.0], [0.0, 1.0]]))
    assert frames.unpack(frames.pack({"n": np.int64(2**62 + 1), "b": np.bool_(True)})[4:]) == {
        "n": 2**62 + 1,
        "b": True,
    }


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_never_cross(number: float) -> None:
    """Neither is JSON: both sides refuse them."""
    with pytest.raises(ValueError, match="JSON"):
        frames.pack({"value": number})
    with pytest.raises(ValueError, match="JSON"):
        frames.encode(Key(number, {}))
    with pytest.raises(ValueError, match="not a finite number"):
        frames.unpack('{"value": NaN}')


@pytest.mark.parametrize("data", ["", "[]", "{}", '{"value": 1}', '{"value": 1, "mistakes": {}, "more": 2}', b"\xff"])
@pytest.mark.parametrize("kind", [Description, Run, Figure, Key])
def test_anything_else_is_a_value_error(kind: Any, data: bytes | str) -> None:
    """A damaged cache, or a process that speaks nonsense."""
    with pytest.raises(ValueError):  # noqa: PT011 - the messages are the parsers' own
        frames.decode(kind, data)


def test_frames_above_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the writer, and by the reader before it makes room."""
    assert frames.LARGEST == 64 * 2**20
    monkeypatch.setattr(frames, "LARGEST", 100)
    assert frames.length(frames.pack({"text": "x" * 89})[:4]) == 100
    with pytest.raises(frames.TooLargeError):
        frames.pack({"text": "x" * 90})
    with pytest.raises(frames.TooLargeError):
        frames.length(b"\xff\xff\xff\xff")
