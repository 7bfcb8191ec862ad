"""Rules of the order of many runs, and of what they come to."""

from __future__ import annotations

from math import comb

from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.tally import Record, Remaining, Tally
from studyapp.core.verifying import Wanted
from studyapp.model import Card, Kind, SimulationLink
from studyapp.simulation import Claim, ClaimMark, Description, ParameterError, Run, Verdict, borne_out

NAMES = ("always", "partly", "never", "false")
KNOWN = {"coin": Description("coin", "", "", (), (), tuple(ClaimMark(i, one, "") for i, one in enumerate(NAMES)), ())}
H, F, S = Verdict.HOLDS, Verdict.FAILS, Verdict.SILENT


def run(*verdicts: Verdict, seconds: float = 0.1, simulation: str = "coin") -> Run:
    """A run whose claims say these things."""
    claims = tuple(
        Claim(f"coin.{i}", name, "", one) for i, (name, one) in enumerate(zip(NAMES, verdicts, strict=False))
    )
    return Run(simulation, "", {}, 0, {}, {}, (), claims, "", seconds)


def card(identity: str, *claims: str, simulation: str = "coin") -> Card:
    """A card that relies on claims."""
    return Card(identity, Kind.BASIC, "P", "d.md", 1, simulation=SimulationLink(simulation, claims=claims))


# --- the order ------------------------------------------------------------------------------------


def order(remaining: Remaining, **seconds: float) -> list[tuple[str, int]]:
    """The runs as they are taken out, each of which takes so many seconds."""
    found = []
    while (one := remaining.next()) is not None:
        wanted = one[1]
        found.append((wanted.simulation, wanted.seed))
        remaining.took(wanted, seconds[wanted.simulation])
    return found


def test_the_longest_come_first_once_it_is_known_how_long_they_take() -> None:
    """Until then each in its turn."""
    wanted = [Wanted(name, {}, seed) for name in ("short", "long", "middle") for seed in range(3)]
    assert order(Remaining(wanted), short=1, long=3, middle=2) == [
        ("short", 0), ("long", 0), ("middle", 0),
        ("long", 1), ("long", 2), ("middle", 1), ("middle", 2), ("short", 1), ("short", 2),
    ]  # fmt: skip


def test_other_parameters_of_a_simulation_are_expected_to_take_as_long() -> None:
    """Until they were run themselves."""
    remaining = Remaining([Wanted("a", {}, 0), Wanted("b", {}, 0), Wanted("b", {"n": 1}, 0), Wanted("a", {"n": 1}, 0)])
    assert order(remaining, a=1, b=2) == [("a", 0), ("b", 0), ("b", 0), ("a", 0)]


def test_no_more_of_a_simulation_may_be_wanted() -> None:
    """The others stay."""
    remaining = Remaining([Wanted(name, {"n": n}, seed) for name in "ab" for n in (1, 2) for seed in (0, 1)])
    assert remaining.next() is not None
    gone = remaining.drop("a")
    assert [(one.parameters["n"], one.seed) for _, one in gone] == [(1, 1), (2, 0), (2, 1)]
    assert len(remaining) == 4
    assert {name for name, _ in order(remaining, b=1)} == {"b"}
    assert remaining.drop("a") == []


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.floats(0, 10)), max_size=12))
def test_every_run_is_taken_out_once(runs: list[tuple[str, int, float]]) -> None:
    """Whatever they take; each with its position."""
    wanted = [Wanted(name, {"n": n}, seed) for seed, (name, n, _) in enumerate(runs)]
    remaining, positions = Remaining(wanted), []
    while (found := remaining.next()) is not None:
        positions.append(found[0])
        assert wanted[found[0]] is found[1]
        remaining.took(found[1], runs[found[0]][2])
        assert len(remaining) == len(wanted) - len(positions)
    assert sorted(positions) == list(range(len(wanted)))


# --- what they come to ----------------------------------------------------------------------------


def test_each_claim_held_failed_or_was_silent() -> None:
    """One failure outweighs what held; a claim that spoke once did not keep silent."""
    tally = Tally(KNOWN, ())
    tally.take(0, Wanted("coin", {}, 0), run(H, H, S, F, seconds=0.5))
    tally.take(1, Wanted("coin", {}, 1), run(H, S, S, H, seconds=2.0))
    assert tally.record("coin") == Record("coin", 2, ("always", "partly"), ("false",), ("never",), 2.0)
    found = tally.verification()
    assert (found.runs, found.claims, found.cards) == (2, 5, 0)
    assert [(one.claim, one.seed) for one in found.failures] == [("false", 0)]


def test_what_was_not_run_is_silent() -> None:
    """Nothing is known of it."""
    assert Tally(KNOWN, ()).record("coin") == Record("coin", silent=NAMES)


def test_a_simulation_that_fails_says_so_once() -> None:
    """With the first of its runs, in whichever order they ended; no claim is called silent then."""
    tally = Tally(KNOWN, [card("a"), card("b")])
    tally.take(3, Wanted("coin", {}, 3, (card("b"),)), RuntimeError("later"))
    tally.take(1, Wanted("coin", {"n": 1}, 1, (card("a"),)), RuntimeError("first"))
    tally.take(2, Wanted("coin", {}, 2), RuntimeError("second"))
    tally.take(0, Wanted("coin", {}, 0), run(H, S, S, F))
    assert tally.record("coin") == Record("coin", 1, ("always",), ("false",), (), 0.1, "first")
    told = [(one.card, one.what, one.seed) for one in tally.verification().failures if not one.claim]
    assert told == [("a", "first", 1), ("b", "later", 3), ("", "first", 1)]
    assert tally.made == 1


def test_a_parameter_that_does_not_fit_is_the_cards_fault() -> None:
    """The simulation is not called broken for it, nor is one that is not known."""
    tally = Tally(KNOWN, [card("a"), card("b", simulation="lost")])
    tally.take(0, Wanted("coin", {"n": 7}, 0, (card("a"),)), ParameterError("it lies outside 0 .. 1"))
    tally.take(1, Wanted("lost", {}, 0, (card("b", simulation="lost"),)), RuntimeError("there is none"))
    assert tally.record("coin").error == ""
    assert [one.card for one in tally.verification().failures] == ["a", "b"]


def test_failures_come_in_the_order_of_the_cards_then_of_the_runs() -> None:
    """Whichever process was faster."""
    cards = [card("a", "false"), card("b", "false")]
    tally = Tally(KNOWN, cards)
    tally.take(2, Wanted("coin", {}, 1, (cards[1], cards[0])), run(S, S, S, F))
    tally.take(1, Wanted("coin", {}, 0, (cards[1],)), run(S, S, S, F))
    found = tally.verification()
    assert [one.card for one in found.failures] == ["a", "b", "b", "", ""]
    assert found.cards == 2


# --- claims about a share of the seeds ------------------------------------------------------------


def trials(share: float, held: int, spoken: int) -> Tally:
    """What comes of a claim about a share of the seeds that held in so many of the runs."""
    tally = Tally(KNOWN, ())
    for seed in range(spoken):
        verdict = H if seed >= spoken - held else F
        claims = (Claim("coin.0", NAMES[0], "", verdict, share=share),)
        tally.take(seed, Wanted("coin", {}, seed), Run("coin", "", {}, seed, {}, {}, (), claims, "", 0.1))
    return tally


def test_a_claim_about_most_seeds_fails_when_too_few_hold() -> None:
    """Once, with the numbers and the first run in which it did not hold; one run refutes nothing."""
    assert trials(0.6, 0, 1).record("coin").held == ("always",)
    assert trials(0.6, 12, 20).verification().failures == ()
    tally = trials(0.6, 4, 20)
    (failure,) = tally.verification().failures
    assert failure.what == "claim always (coin.0) holds on 4 of 20 seeds, and 60 % are claimed"
    assert (failure.seed, tally.record("coin").failed) == (0, ("always",))


@given(st.floats(0.05, 0.95), st.integers(0, 60))
def test_more_runs_that_hold_never_refute(share: float, spoken: int) -> None:
    """The verdict changes once from refuted to borne out as more of the runs hold; all of them always bear it out."""
    verdicts = [borne_out(held, spoken, share) for held in range(spoken + 1)]
    assert verdicts == sorted(verdicts)
    assert verdicts[-1]
    assert borne_out(spoken, spoken, 1.0)
    assert spoken == 0 or not borne_out(spoken - 1, spoken, 1.0)


def test_chance_refutes_a_true_share_once_in_a_thousand_at_most() -> None:
    """Of all outcomes of the binomial distribution, those that refute have a probability below 0.1 % together."""
    for share in (0.5, 0.6, 0.9):
        for spoken in (5, 20, 100):
            refuting = [held for held in range(spoken + 1) if not borne_out(held, spoken, share)]
            chance = sum(comb(spoken, k) * share**k * (1 - share) ** (spoken - k) for k in refuting)
            assert chance < 1e-3
