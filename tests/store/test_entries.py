"""Events in log rows: without loss, and refused where they do not fit."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings

from studyapp.model import Answered, Event, Flagged, Kind, Mode, Predicted, Predicting, Revoked
from studyapp.store.entries import Detail, decode, encode
from tests.store.samples import answered, events


def again(row: Detail) -> Event:
    """What is read of a row."""
    return decode(row.type, row.card, row.revokes, row.detail)


@settings(max_examples=300, deadline=None)
@given(events)
def test_every_event_comes_back_as_it_was(event: Event) -> None:
    """Types too: a True that came back as 1 would be equal and still wrong."""
    found = again(encode(event))
    assert found == event
    assert repr(found) == repr(event)


def test_a_revocation_has_a_column_of_its_own() -> None:
    """The entry taken back is looked up for every row that is shown."""
    assert encode(Revoked("x")) == Detail("revoked", None, "x", "{}")
    assert again(encode(Revoked("x"))) == Revoked("x")


def test_defaults_are_not_written() -> None:
    """A log of years stays small, and a field added later has its default in older rows."""
    assert json.loads(encode(answered()).detail) == {"mode": "spaced", "kind": "basic", "grade": 4, "seed": 1}
    assert encode(Flagged("a", suspended=False)).detail == '{"suspended":false}'


def test_infinite_predictions_come_back() -> None:
    """A run may overflow, and what was predicted of it is still a fact."""
    event = Predicted("s", "v", {}, 1, math.inf, -math.inf, "sure")
    assert again(encode(event)) == event


def test_a_prediction_of_an_older_version_is_a_number() -> None:
    """Rows that say nothing of a form, a drawing or a scale were written before there were any."""
    detail = (
        '{"simulation":"s","value":"v","parameters":{},"seed":1,"predicted":2.0,"measured":3.0,"confidence":"sure"}'
    )
    found = decode("predicted", "c", None, detail)
    assert found == Predicted("s", "v", {}, 1, 2.0, 3.0, "sure", "c")
    assert isinstance(found, Predicted)
    assert (found.form, found.drawn, found.found, found.scale) == (Predicting.NUMBER, (), (), "")
    assert encode(found).detail == detail


def test_a_drawn_curve_is_logged_with_both_curves() -> None:
    """As plain JSON, which any other program can read."""
    event = Predicted("s", "v", {}, 1, 0.5, 0.0, "sure", "", Predicting.CURVE, (1.0, 2.5), (0.0, 2.0), "log")
    assert json.loads(encode(event).detail) == {
        "simulation": "s", "value": "v", "parameters": {}, "seed": 1, "predicted": 0.5, "measured": 0.0,
        "confidence": "sure", "form": "curve", "drawn": [1.0, 2.5], "found": [0.0, 2.0], "scale": "log",
    }  # fmt: skip
    assert again(encode(event)) == event


@pytest.mark.parametrize(
    ("kind", "detail", "why"),
    [
        ("dreamt", "{}", "unknown type 'dreamt'"),
        ("sat", "{}", "sat without event, number, sitting"),
        ("sat", '{"sitting":"s","number":0,"event":[]}', "no JSON object"),
        ("answered", "{", "Expecting property name"),
        ("answered", "[]", "no JSON object"),
        ("answered", '{"mode":"spaced"}', "answered without grade, kind, seed"),
        ("answered", '{"mode":"dreamt","kind":"basic","grade":4,"seed":1}', "dreamt"),
        ("answered", '{"mode":[],"kind":"basic","grade":4,"seed":1}', "no text"),
        ("answered", '{"mode":"spaced","kind":"odd","grade":4,"seed":1}', "odd"),
        ("answered", '{"mode":"spaced","kind":"basic","grade":6,"seed":1}', "6 is no grade"),
        ("answered", '{"mode":"spaced","kind":"basic","grade":true,"seed":1}', "True is no whole number"),
        ("answered", '{"mode":"spaced","kind":"basic","grade":4,"seed":1,"due":1e400}', "inf is no whole number"),
        ("answered", '{"mode":"spaced","kind":"basic","grade":4,"seed":"x"}', "no seed"),
        ("answered", '{"mode":"spaced","kind":"basic","grade":4,"seed":1,"mood":"good"}', "no 'mood'"),
        ("placed", '{"n":1,"interval":99999999999999999999,"ease":250,"due":1}', "no whole number"),
        ("flagged", '{"suspended":"yes"}', "neither true nor false"),
        ("predicted", '{"simulation":"s","parameters":{"x":[true]}}', "no list of numbers"),
        ("predicted", '{"parameters":{"x":null}}', "no parameter's value"),
        ("predicted", '{"parameters":[]}', "no JSON object"),
        ("predicted", '{"predicted":"much"}', "no number"),
        ("predicted", '{"form":"dreamt"}', "unknown form 'dreamt'"),
        ("predicted", '{"form":1}', "1 is no text"),
        ("predicted", '{"drawn":1.5}', "1.5 is no list"),
        ("predicted", '{"found":[1.5,"x"]}', "'x' is no number"),
        ("predicted", '{"drawn":[true]}', "True is no number"),
        ("predicted", '{"scale":0}', "0 is no text"),
        ("revoked", "{}", "without the entry"),
        ("relinked", "{}", "relinked without now"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(kind: str, detail: str, why: str) -> None:
    """What is wrong is said; nothing is guessed."""
    with pytest.raises(ValueError, match=why):
        decode(kind, "a", None, detail)


def test_what_json_cannot_hold_is_refused_before_it_is_written() -> None:
    """A receipt with an array in it is a mistake of the caller, found at once."""
    with pytest.raises(ValueError, match="cannot be logged"):
        encode(Answered("a", Mode.SPACED, Kind.BASIC, 4, 1, receipt={"values": {1, 2}}))
