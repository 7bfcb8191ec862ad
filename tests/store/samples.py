"""Decks, events and stores for the tests, and hypothesis strategies for every card and event there can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

from studyapp.model import (
    Answered,
    Asked,
    Card,
    Deck,
    Event,
    Flagged,
    Kind,
    Mode,
    Option,
    Placed,
    Predicted,
    Predicting,
    Relinked,
    Sat,
    SimulationLink,
    Target,
)
from studyapp.store import FileStamp, Store

TODAY = 20_500
NOON = datetime(2026, 2, 16, 12, 0, tzinfo=UTC)
STAMP = FileStamp(1, 2, "ab")


def at(seconds: float = 0.0) -> datetime:
    """An instant so many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def answered(card: str = "a", grade: int = 4, seed: int = 1, mode: Mode = Mode.SPACED) -> Answered:
    """An answer that the learner graded."""
    return Answered(card, mode, Kind.BASIC, grade, seed)


def opened(home: Path, *, timeout: float = 5.0, device: bytes = b"\x01\x02\x03\x04\x05") -> Store:
    """A store whose device has a known name."""
    return Store.open(home, new_id=lambda: device, timeout=timeout)


def deck(path: str, *ids: str, title: str = "") -> Deck:
    """A deck of plain cards, ten lines apart."""
    cards = tuple(Card(one, Kind.BASIC, f"What is {one}?", path, 10 * i + 1) for i, one in enumerate(ids))
    return Deck(path, title or path, cards)


def read_in(store: Store, *decks: Deck) -> None:
    """Have a store read decks."""
    store.replace([(one, STAMP) for one in decks])


# --- everything there can be ----------------------------------------------------------------------

texts = st.text(max_size=30)
names = st.text(min_size=1, max_size=12)
floats = st.floats(allow_nan=False)
days = st.integers(-(10**6), 10**6)
values = st.one_of(
    st.booleans(),
    st.integers(),
    floats,
    texts,
    st.lists(st.one_of(st.integers(-(10**9), 10**9), floats), max_size=4).map(tuple),
)
parameters = st.dictionaries(names, values, max_size=3)
tuples = st.lists(texts, max_size=3).map(tuple)

links = st.builds(
    SimulationLink,
    name=names,
    parameters=parameters,
    vary=st.dictionaries(names, st.lists(values, max_size=3).map(tuple), max_size=2),
    claims=tuples,
    line=st.integers(0, 10**6),
)
asked = st.builds(
    Asked,
    value=names,
    tolerance=st.none() | floats,
    absolute=st.none() | floats,
    mistakes=tuples,
    unit=texts,
    index=st.none() | st.integers(-9, 9),
    line=st.integers(0, 10**6),
    formula=st.dictionaries(names, names, max_size=2),
)
targets = st.builds(
    Target,
    task=texts,
    value=names,
    change=tuples,
    solution=parameters,
    above=st.none() | floats,
    below=st.none() | floats,
    index=st.none() | st.integers(0, 9),
    line=st.integers(0, 10**6),
)
cards = st.builds(
    Card,
    id=names,
    kind=st.sampled_from(Kind),
    prompt=texts,
    deck=names,
    line=st.integers(1, 10**6),
    front=texts,
    back=texts,
    options=st.lists(st.builds(Option, texts, st.booleans(), texts), max_size=4).map(tuple),
    steps=tuples,
    cloze=st.none() | st.integers(1, 99),
    accept=tuples,
    hint=texts,
    analogy=texts,
    source=texts,
    part=texts,
    tags=tuples,
    stamped=st.booleans(),
    simulation=st.none() | links,
    answer=st.none() | asked,
    target=st.none() | targets,
)

jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | floats | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
spoilt = st.text(
    alphabet=st.characters(exclude_categories=()), max_size=12
)  # what a terminal may send, no UTF-8 at all
answers = st.builds(
    Answered,
    card=names,
    mode=st.sampled_from(Mode),
    kind=st.sampled_from(Kind),
    grade=st.integers(0, 5),
    seed=st.integers(),
    correct=st.none() | st.booleans(),
    sure=st.none() | st.booleans(),
    milliseconds=st.integers(0, 10**9),
    given=spoilt,
    due=st.none() | days,
    receipt=st.none() | st.dictionaries(texts, jsons, max_size=3),
)
predictions = st.builds(
    Predicted,
    simulation=names,
    value=names,
    parameters=parameters,
    seed=st.integers(),
    predicted=floats,
    measured=floats,
    confidence=texts,
    card=texts,
    form=st.sampled_from(Predicting),
    drawn=st.lists(floats, max_size=5).map(tuple),
    found=st.lists(floats, max_size=5).map(tuple),
    scale=st.sampled_from(["", "log"]) | texts,
)
told = st.dictionaries(names, st.one_of(texts, st.integers(), st.lists(st.integers())))
events: st.SearchStrategy[Event] = st.one_of(
    answers,
    st.builds(Sat, names, st.integers(0, 999), told),
    st.builds(Placed, names, st.integers(0, 99), st.integers(0, 10**6), st.integers(130, 999), days),
    st.builds(Flagged, names, st.none() | st.booleans(), st.none() | days),
    predictions,
    st.builds(Relinked, names, names),
)
