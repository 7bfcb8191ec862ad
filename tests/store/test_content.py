"""Cards in the cache: what comes out is what the parser put in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from studyapp.model import Asked, Card, Kind, SimulationLink, Target
from studyapp.store.content import decode, encode
from studyapp.store.errors import CacheError
from tests.store.samples import cards


@settings(max_examples=300, deadline=None)
@given(cards)
def test_every_card_comes_back_as_it_was(card: Card) -> None:
    """Types too: 1, 1.0 and True are equal and are three different parameters."""
    found = decode(encode(card))
    assert found == card
    assert repr(found) == repr(card)


def test_numbers_keep_their_types() -> None:
    """A list of a parameter is a tuple again, whole numbers in it stay whole."""
    link = SimulationLink("s", {"a": 1, "b": 1.0, "c": True, "d": (1, 2.5)}, {"e": (1, 2.0, False, (3.0,))})
    card = Card("a", Kind.COMPUTED, "p", "d.md", 1, simulation=link)
    assert repr(decode(encode(card)).simulation) == repr(link)


def test_formula_and_target_come_back() -> None:
    """Symbols in their order; a bound that is not set stays so, and a switch in the solution a switch."""
    asked = Asked("v", 0.1, formula={"b": "gain", "a": "fan_in"})
    target = Target("find it", "v", ("gain",), {"gain": 1, "bias": True, "logits": (1.0, 2.5)}, below=0.5, line=9)
    card = Card("a", Kind.COMPUTED, "p", "d.md", 1, simulation=SimulationLink("s"), answer=asked, target=target)
    found = decode(encode(card))
    assert repr(found) == repr(card)
    assert found.answer is not None
    assert list(found.answer.formula) == ["b", "a"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"id":"a","kind":"odd","prompt":"","deck":"","line":1}',
        '{"id":"a","kind":"basic","prompt":"","deck":"","line":1,"options":[1]}',
        '{"id":"a","kind":"basic","prompt":"","deck":"","line":1,"simulation":["s"]}',
        '{"id":"a","kind":"basic","prompt":"","deck":"","line":1,"simulation":["s",{"x":null},{},[],1]}',
        '{"id":"a","kind":"basic","prompt":"","deck":"","line":1,"answer":["v",0.1,null,[],"",null,1]}',
        '{"id":"a","kind":"basic","prompt":"","deck":"","line":1,"target":["t","v",["g"],{"g":null},1.0,null,null,1]}',
    ],
)
def test_damage_is_recognised(text: str) -> None:
    """The cache is rebuilt then."""
    with pytest.raises(CacheError):
        decode(text)
