"""Rules of what a verification runs, and of when a run bears a card out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.questions import draw
from studyapp.core.verifying import Wanted, everything, failures, false_claims, judged, relied_on
from studyapp.model import Asked, Card, Kind, ParameterValue, SimulationLink
from studyapp.simulation import Claim, ClaimMark, Description, Parameter, Place, Run, Verdict

Given = dict[str, ParameterValue]
PARAMETERS = (
    Parameter("chance", "float", 0.5, "probability", low=0.0, high=1.0),
    Parameter("tosses", "int", 100, "how many", low=1, high=1000),
    Parameter("sides", "numbers", (1.0, 2.0), "some numbers"),
)


def described(*places: tuple[Place, ...], name: str = "coin") -> Description:
    """A simulation with a claim for each tuple of places."""
    claims = tuple(ClaimMark(number, f"claim_{number}", "", at=at) for number, at in enumerate(places, 1))
    return Description(name, "A coin", "", PARAMETERS, (), claims, ())


def card(identity: str, asked: Asked | None = None, **link: Any) -> Card:
    """A card that relies on the coin."""
    found = SimulationLink("coin", **link)
    return Card(identity, Kind.COMPUTED if asked else Kind.BASIC, "P", "d.md", 1, simulation=found, answer=asked)


def told(wanted: list[Wanted]) -> list[tuple[Given, int, str]]:
    """Parameters, seed and cards of each run."""
    return [(dict(one.parameters), one.seed, "".join(card.id for card in one.cards)) for one in wanted]


# --- which runs -----------------------------------------------------------------------------------


def test_a_simulation_is_run_at_its_defaults_and_wherever_its_claims_say() -> None:
    """Each place once for each seed, whichever claims name it and however its defaults are written down."""
    known = {
        "coin": described((), ({"chance": 0.1}, {}), ({"tosses": 100, "chance": 0.1}, {"chance": 0.5, "tosses": 5}))
    }
    assert told(everything(known, (), 2)) == [
        ({}, 0, ""),
        ({}, 1, ""),
        ({"chance": 0.1}, 0, ""),
        ({"chance": 0.1}, 1, ""),
        ({"tosses": 5}, 0, ""),
        ({"tosses": 5}, 1, ""),
    ]


def test_runs_are_shared_with_the_cards() -> None:
    """Also where a card writes a default down, or gives a whole number as another kind of number."""
    cards = [
        card("a"),
        card("b", parameters={"chance": 0.5, "sides": (1.0, 2.0)}),
        card("c", parameters={"tosses": 5.0}),
        card("d", parameters={"tosses": 6}),
    ]
    known = {"coin": described(({"tosses": 5},))}
    assert told(everything(known, cards, 1)) == [({}, 0, "ab"), ({"tosses": 5}, 0, "c"), ({"tosses": 6}, 0, "d")]


def test_what_cannot_be_accepted_is_wanted_all_the_same() -> None:
    """The run will say what is wrong: a parameter out of bounds, an unknown one, a simulation that is not there."""
    lost = replace(card("c"), simulation=SimulationLink("coins", {"chance": 1}))
    wanted = everything(
        {"coin": described()}, [card("a", parameters={"chance": 7.0}), card("b", parameters={"x": 1}), lost], 1
    )
    assert told(wanted) == [({}, 0, ""), ({"chance": 7.0}, 0, "a"), ({"x": 1}, 0, "b"), ({"chance": 1}, 0, "c")]
    assert wanted[-1].simulation == "coins"


def test_a_card_is_run_at_what_it_draws() -> None:
    """For each seed; what several cards draw alike is run once; a card without a simulation wants nothing."""
    varied = card("a", vary={"chance": (0.1, 0.2, 0.3, 0.4, 0.6, 0.7)})
    plain = replace(card("b"), simulation=None)
    wanted = relied_on([varied, plain, card("c"), card("d")], 3)
    assert told(wanted) == [
        *((draw(varied, seed), seed, "a") for seed in range(3)),
        *(({}, seed, "cd") for seed in range(3)),
    ]


@given(
    st.lists(st.dictionaries(st.sampled_from(["chance", "tosses"]), st.integers(0, 1)), max_size=4), st.integers(1, 3)
)
def test_no_run_is_made_twice(places: list[dict[str, int]], seeds: int) -> None:
    """Whatever the claims name."""
    wanted = everything({"coin": described(tuple(places))}, [card("a"), card("b", parameters={"chance": 1.0})], seeds)
    assert len({(one.place, one.seed) for one in wanted}) == len(wanted)
    assert len(wanted) % seeds == 0


# --- what a run says ------------------------------------------------------------------------------


def run(*claims: Claim, values: dict[str, object] | None = None, expected: dict[str, object] | None = None) -> Run:
    """A run of the coin."""
    return Run("coin", "", {"chance": 0.5, "tosses": 5}, 3, values or {}, expected or {}, (), claims, "", 0.0)


FAIR = Claim("coin.2", "fair", "it is fair", Verdict.FAILS, 0.9, 0.5, 0.4, 0.6)


def test_an_element_of_an_array_may_be_asked_for() -> None:
    """Counted from either end; one that is not there is a failure."""
    made = run(values={"share": [0.9, 0.5]}, expected={"share": [0.5, 0.5]})
    for index, fails in ((0, True), (1, False), (-1, False), (2, True), (None, True)):
        assert bool(judged(card("a", Asked("share", absolute=0.2, index=index)), made, {})) is fails


def test_a_claim_may_have_measured_no_number() -> None:
    """It fails, and says that it is no finite number."""
    claim = Claim("coin.2", "fair", "it is fair", Verdict.FAILS)
    (failure,) = judged(card("a", claims=("fair",)), run(claim), {})
    assert failure.what == "claim fair (coin.2) fails: measured no finite number"


def test_a_claim_that_no_card_relies_on_is_the_simulations_own() -> None:
    """It fails for no card; one that does not apply is no failure."""
    silent = Claim("coin.1", "even", "it is even", Verdict.SILENT)
    assert judged(card("a"), run(FAIR), {}) == []
    (failure,) = false_claims(run(FAIR, silent), {"tosses": 5})
    assert (failure.card, failure.simulation, failure.claim, failure.seed) == ("", "coin", "fair", 3)
    assert (failure.measured, failure.expected, failure.low, failure.high) == (0.9, 0.5, 0.4, 0.6)
    assert (failure.given, failure.parameters) == ({"tosses": 5}, {"chance": 0.5, "tosses": 5})
    assert failure.what == "claim fair (coin.2) fails: measured 0.9, expected 0.5, allowed 0.4 to 0.6"


def test_what_was_raised_fails_each_card_that_relies_on_the_run() -> None:
    """With what the run was given."""
    wanted = Wanted("coin", {"tosses": 5}, 2, (card("a"), card("b")))
    found = failures(wanted, RuntimeError("it hangs"))
    assert [(one.card, one.what, one.given, one.seed, one.claim) for one in found] == [
        ("a", "it hangs", {"tosses": 5}, 2, ""),
        ("b", "it hangs", {"tosses": 5}, 2, ""),
    ]
    assert failures(wanted, run()) == []
