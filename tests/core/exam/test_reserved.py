"""Numbers kept for exams: study never draws them, and an exam draws no others."""

from __future__ import annotations

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.core.questions import RESERVED_EVERY, draw, pose, reserved
from studyapp.model import Asked, Card, Kind, ParameterValue, SimulationLink

SEEDS = st.integers(0, 2**31 - 1)
values = st.one_of(st.integers(-9, 9), st.sampled_from(["relu", "tanh"]), st.floats(-5, 5), st.booleans())
drawn = st.dictionaries(st.sampled_from("abc"), st.lists(values, min_size=1, max_size=6).map(tuple), max_size=3)


def card(vary: dict[str, tuple[ParameterValue, ...]], name: str = "c") -> Card:
    """A computed card that draws these."""
    link = SimulationLink("s", {"fixed": 7}, vary)
    return Card(name, Kind.COMPUTED, "P", "d.md", 1, simulation=link, answer=Asked("v", tolerance=0.1))


def combinations(vary: dict[str, tuple[ParameterValue, ...]]) -> int:
    """How many different draws there are."""
    return len(list(itertools.product(*({*candidates} for candidates in vary.values()))))


@given(drawn, SEEDS)
@settings(max_examples=200, deadline=None)
def test_study_never_draws_what_exams_ask(vary: dict[str, tuple[ParameterValue, ...]], seed: int) -> None:
    """A draw of study is never among the reserved ones, and a draw of an exam always is, where there are any."""
    one, kept = card(vary), [{"fixed": 7, **draw} for draw in reserved(card(vary))]
    assert draw(one, seed) not in kept
    if kept:
        assert draw(one, seed, exam=True) in kept
    else:
        assert draw(one, seed, exam=True) == draw(one, seed)
    for drew in (draw(one, seed), draw(one, seed, exam=True)):
        assert drew["fixed"] == 7
        assert all(drew[name] in candidates for name, candidates in vary.items())


@given(drawn)
def test_one_in_five_is_reserved_and_two_of_five(vary: dict[str, tuple[ParameterValue, ...]]) -> None:
    """So that the same paper can have new numbers; study keeps the others, and of one or two all."""
    there = combinations(vary)
    few = 1 if there >= 3 else 0
    assert len(reserved(card(vary))) == (max(2, -(-there // RESERVED_EVERY)) if there >= 5 else few)


@given(drawn, st.randoms())
def test_what_is_reserved_does_not_depend_on_the_order_in_the_file(
    vary: dict[str, tuple[ParameterValue, ...]], shuffler: random.Random
) -> None:
    """Candidates or parameters written in another order reserve the same, so that an edit gives nothing away."""
    unlike: dict[str, tuple[ParameterValue, ...]] = {
        name: tuple(one for one in some if type(one) is int) or (1,) for name, some in vary.items()
    }
    names = shuffler.sample(sorted(unlike), len(unlike))
    other = {name: tuple(shuffler.sample(unlike[name], len(unlike[name]))) for name in names}
    assert reserved(card(unlike)) == reserved(card(other))


def test_each_card_reserves_its_own() -> None:
    """Which ones follows from the card's id: over many cards every combination is reserved by some."""
    vary: dict[str, tuple[ParameterValue, ...]] = {"a": (1, 2, 3, 4, 5)}
    kept = [draw["a"] for number in range(200) for draw in reserved(card(vary, f"c{number}"))]
    assert all(kept.count(value) >= 40 for value in (1, 2, 3, 4, 5))


def test_every_reserved_combination_is_asked_by_some_exam() -> None:
    """The exam's seed draws among all of them, and the prompt has the numbers that were drawn."""
    one = card({"a": tuple(range(20)), "b": (1, 2)})
    drew = [draw(one, seed, exam=True) for seed in range(300)]
    assert all({"fixed": 7, **kept} in drew for kept in reserved(one))
    assert pose(one, 3, exam=True).parameters == drew[3]


def test_a_card_that_computes_nothing_reserves_nothing() -> None:
    """Without an answer to compute the numbers only illustrate."""
    link = SimulationLink("s", {}, {"a": (1, 2, 3, 4, 5)})
    assert reserved(Card("c", Kind.BASIC, "P", "d.md", 1, simulation=link)) == []
    assert reserved(Card("c", Kind.BASIC, "P", "d.md", 1)) == []
