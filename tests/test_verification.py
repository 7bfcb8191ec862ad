"""Rules of verification: simulations are run, and what they say of cards and of their own claims is found out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from studyapp.core.tally import Record
from studyapp.core.verifying import Failure, Verification
from studyapp.library import Library
from studyapp.runs.worker import Limits
from studyapp.verification import Survey, Surveying, verify
from tests.runs.writing import COIN, HEAD, LOOP, run_of
from tests.studying import CHOICE, Clock, library

LINK = '[simulation]\nname = "coin"\n'
ASKED = '\n[answer]\nvalue = "share"\nabsolute = 0.2\n'
NO_CLAIM = LINK + 'claims = ["no_such_claim"]'
BACKED = LINK + 'claims = ["share_is_chance", "fair"]'
FALSE = COIN.replace('between(values["share"], 0.4, 0.6)', 'between(values["share"], 0.9, 1.0)')


Shown = tuple[float, Sequence[str]]


def deck(**settings: str) -> str:
    """A deck of cards with these settings, by their ids."""
    cards = [f"## Card {name}? {{#{name}}}\n\nSo.\n\n```toml\n{text}\n```\n" for name, text in settings.items()]
    return "# Deck\n\n" + "\n".join(cards)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the shipped simulations are only the coin."""
    (tmp_path / "shipped" / "simulations").mkdir(parents=True)
    write(tmp_path, COIN)
    return tmp_path


def write(folder: Path, text: str) -> None:
    """Another coin."""
    (folder / "shipped" / "simulations" / "coin.py").write_text(text, encoding="utf-8")


def verified(
    opened: Library, seeds: int = 1, *, workers: int = 1, seen: list[tuple[int, int]] | None = None
) -> Verification:
    """What comes of verifying all cards."""

    async def work() -> Verification:
        laboratories = [opened.another_laboratory(Limits(seconds=5)) for _ in range(workers)]
        try:
            progress = [] if seen is None else seen
            return await verify(laboratories, opened.store.cards(), seeds, lambda *at: progress.append(at))
        finally:
            await asyncio.gather(*(one.close() for one in laboratories))

    return asyncio.run(work())


def surveyed(opened: Library, seeds: int = 1, *, seconds: float = 5, workers: int = 1) -> tuple[Survey, list[Shown]]:
    """What comes of verifying all simulations and cards, and the progress that was shown."""
    seen: list[Shown] = []
    surveying = Surveying(list(opened.store.cards()), seeds)

    async def work() -> None:
        laboratories = [opened.another_laboratory(Limits(seconds=seconds)) for _ in range(workers)]
        try:
            await surveying.run(laboratories, lambda *at: seen.append(at))
        finally:
            await asyncio.gather(*(one.close() for one in laboratories))

    asyncio.run(work())
    return surveying.survey(), seen


def failures(folder: Path, settings: str, seeds: int = 1) -> Sequence[Failure]:
    """What fails for one card with these settings."""
    with library(folder, Clock(), deck=deck(card=settings)) as opened:
        return verified(opened, seeds).failures


# --- what holds -----------------------------------------------------------------------------------


def test_all_that_holds_is_counted(folder: Path) -> None:
    """Cards with a simulation, runs, and claims that cards rely on."""
    cards = deck(backed=BACKED, shown=LINK + "parameters = { chance = 0.9 }", asked=LINK + ASKED)
    with library(folder, Clock(), deck=cards, choice=CHOICE) as opened:
        found = verified(opened, seeds=2)
        assert (found.cards, found.claims, found.failures) == (3, 4, ())


def test_what_several_cards_share_is_run_once(folder: Path) -> None:
    """The same simulation at the same parameters and seed."""
    shared = deck(a=BACKED, b=LINK, c=LINK + 'claims = ["fair"]', d=LINK + "parameters = { chance = 0.5 }")
    with library(folder, Clock(), deck=shared) as opened:
        assert verified(opened, seeds=3).runs == 3 + 3


def test_progress_is_counted_in_runs(folder: Path) -> None:
    """Up to all of them, whoever does the work."""
    seen: list[tuple[int, int]] = []
    with library(folder, Clock(), deck=deck(a=BACKED)) as opened:
        assert verified(opened, seeds=4, workers=2, seen=seen).failures == ()
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_each_seed_draws_other_parameters(folder: Path) -> None:
    """So that all candidates of `vary` get their turn."""
    vary = LINK + "vary = { chance = [0.1, 0.2, 0.3, 0.4, 0.6, 0.7] }\n" + 'claims = ["no_such_claim"]'
    drawn = {failure.parameters["chance"] for failure in failures(folder, vary, seeds=20)}
    assert len(drawn) > 3


def test_nothing_to_verify_is_no_failure(folder: Path) -> None:
    """Cards without a simulation rely on nothing."""
    with library(folder, Clock(), choice=CHOICE) as opened:
        assert verified(opened) == Verification(0, 0, 0, ())


# --- what fails -----------------------------------------------------------------------------------


def test_a_claim_that_fails_is_a_failure_with_its_numbers(folder: Path) -> None:
    """Measured, expected, and what would have been allowed."""
    write(folder, FALSE)
    (failure,) = failures(folder, BACKED)
    assert (failure.card, failure.simulation, failure.claim, failure.seed) == ("card", "coin", "fair", 0)
    assert failure.what.startswith("claim fair (coin.2) fails: measured 0.")
    assert failure.measured is not None
    assert 0.4 < failure.measured < 0.6
    assert (failure.low, failure.high) == (0.9, 1.0)


def test_a_claim_that_does_not_apply_backs_nothing(folder: Path) -> None:
    """The card relies on it where it says nothing."""
    (failure,) = failures(folder, LINK + 'parameters = { chance = 0.7 }\nclaims = ["fair"]')
    assert failure.what == "claim fair (coin.2) does not apply"
    assert failure.measured is None


def test_a_claim_that_does_not_exist_is_named_with_the_nearest(folder: Path) -> None:
    """`check` says so too, but a file may have changed since."""
    (failure,) = failures(folder, LINK + 'claims = ["fairr"]')
    assert failure.what == "there is no claim 'fairr'; did you mean 'fair'?"


def test_a_claim_on_which_no_card_relies_may_fail(folder: Path) -> None:
    """Only what a card says is verified."""
    write(folder, FALSE)
    assert failures(folder, LINK + 'claims = ["share_is_chance"]') == ()


def test_a_measurement_must_lie_within_half_the_tolerance(folder: Path) -> None:
    """Otherwise a learner who computes what the run shows could be marked wrong."""
    assert failures(folder, LINK + ASKED) == ()
    write(folder, COIN.replace("heads.mean()}", "heads.mean() + 0.15}"))
    (failure,) = failures(folder, LINK + ASKED)
    assert failure.claim == "share"
    assert "is not within half the tolerance of the key 0.5" in failure.what
    assert (failure.expected, failure.low, failure.high) == (0.5, 0.4, 0.6)


def test_a_value_that_the_run_does_not_give_is_a_failure(folder: Path) -> None:
    """Or the simulation does not expect."""
    write(folder, COIN.replace('"heads per toss")', '"heads per toss", applies=lambda at: at.chance > 0.9)'))
    (failure,) = failures(folder, LINK + ASKED)
    assert failure.what == "no measured and expected value 'share' at these parameters"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("return 1 / 0", "ZeroDivisionError"),
        ("return Result({'share': float('nan')})", "share"),
        ("import os; os._exit(1)", "ended its own process"),
    ],
)
def test_a_run_that_fails_fails_every_card_that_relies_on_it(folder: Path, body: str, what: str) -> None:
    """Also those that only illustrate; the other simulations are still run."""
    write(folder, f"{HEAD}def run(parameters, rng):\n    {body}\n")
    with library(folder, Clock(), deck=deck(a=LINK, b=LINK)) as opened:
        found = verified(opened, seeds=2)
        assert [(one.card, one.seed) for one in found.failures] == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]
        assert all(what in one.what for one in found.failures)


def test_a_parameter_out_of_bounds_is_a_failure(folder: Path) -> None:
    """The simulation's bounds may have changed since the deck was written."""
    (failure,) = failures(folder, LINK + "parameters = { chance = 7.0 }")
    assert "it lies outside 0 .. 1" in failure.what


def test_an_unknown_simulation_is_a_failure(folder: Path) -> None:
    """With the nearest name."""
    (failure,) = failures(folder, LINK.replace("coin", "coins"))
    assert "there is no simulation of this name; did you mean 'coin'?" in failure.what


def test_failures_come_in_the_order_of_the_cards(folder: Path) -> None:
    """Whichever process was faster."""
    with library(folder, Clock(), deck=deck(a=NO_CLAIM, b=BACKED, c=NO_CLAIM)) as opened:
        found = verified(opened, seeds=3, workers=2)
        assert [(one.card, one.seed) for one in found.failures] == [(c, s) for c in "ac" for s in range(3)]


# --- all simulations ------------------------------------------------------------------------------

PLACED = COIN.replace('domain="chance 0.5")', 'domain="chance 0.5", at={"tosses": 400})')
NEVER = COIN.replace("parameters.chance == 0.5", "parameters.chance == 0.25")


def test_every_claim_is_judged_at_the_defaults_and_where_it_says(folder: Path) -> None:
    """For each seed; runs that cards rely on are shared, and their claims are judged too."""
    write(folder, PLACED)
    cards = deck(a=BACKED, b=LINK + "parameters = { tosses = 400 }", c=LINK + "parameters = { chance = 0.9 }")
    with library(folder, Clock(), deck=cards) as opened:
        found, _ = surveyed(opened, seeds=2)
    (record,) = found.records
    assert (record.runs, record.held, record.failed, record.silent) == (6, ("share_is_chance", "fair"), (), ())
    assert record.slowest > 0
    assert found.verification == Verification(3, 6, 10, ())
    assert found.holds


def test_a_claim_that_fails_is_told_without_a_card(folder: Path) -> None:
    """At each place and seed; the cards that rely on it are told as well."""
    write(folder, PLACED.replace('between(values["share"], 0.4, 0.6)', 'between(values["share"], 0.9, 1.0)'))
    with library(folder, Clock(), deck=deck(card=BACKED)) as opened:
        found, _ = surveyed(opened, seeds=2, workers=2)
    told = [(one.card, one.claim, one.given, one.seed) for one in found.verification.failures]
    assert told == [
        *(("card", "fair", {}, seed) for seed in (0, 1)),
        *(("", "fair", {}, seed) for seed in (0, 1)),
        *(("", "fair", {"tosses": 400}, seed) for seed in (0, 1)),
    ]
    assert found.records[0].failed == ("fair",)
    assert not found.holds


def test_a_claim_that_never_spoke_is_no_failure(folder: Path) -> None:
    """It is told."""
    write(folder, NEVER)
    with library(folder, Clock()) as opened:
        found, _ = surveyed(opened)
    assert found.records[0].silent == ("fair",)
    assert found.holds


def test_a_simulation_that_does_not_load_or_run_stops_no_other(folder: Path) -> None:
    """Of one that fails no further run is made, and the cards that rely on it are not borne out."""
    for name, text in {"bad": "def", "raises": run_of("return 1 / 0"), "hangs": LOOP}.items():
        (folder / "shipped" / "simulations" / f"{name}.py").write_text(text, encoding="utf-8")
    cards = deck(a=BACKED, b='[simulation]\nname = "raises"', c='[simulation]\nname = "bad"')
    with library(folder, Clock(), deck=cards) as opened:
        found, _ = surveyed(opened, seeds=20, seconds=0.5)
    bad, coin, hangs, raises = found.records
    assert (bad.runs, bad.error) == (0, "bad.py:1: is not Python: invalid syntax; correct it")
    assert (coin.runs, coin.error) == (20, "")
    assert hangs.error.startswith("hangs.py:")
    assert "took longer than 0.5 s" in hangs.error
    assert "ZeroDivisionError" in raises.error
    failed = {(one.card, one.simulation) for one in found.verification.failures}
    assert failed == {("b", "raises"), ("c", "bad"), ("", "raises"), ("", "hangs")}
    assert sum(one.card == "b" for one in found.verification.failures) == 20
    assert found.problems == ()


def test_parameters_that_do_not_fit_are_the_cards_fault(folder: Path) -> None:
    """Its simulation goes on."""
    with library(folder, Clock(), deck=deck(a=LINK + "parameters = { chance = 7.0 }")) as opened:
        found, _ = surveyed(opened, seeds=2)
    assert [one.card for one in found.verification.failures] == ["a", "a"]
    assert (found.records[0].runs, found.records[0].error) == (2, "")


def test_own_simulations_are_run_once_they_were_allowed(folder: Path) -> None:
    """The others are named; one that bears a shipped name is a problem and takes no part."""
    with library(folder, Clock()) as opened:
        opened.places.simulations.mkdir()
        for name in ("mine", "unasked", "coin"):
            (opened.places.simulations / f"{name}.py").write_text(f"# {name}\n{COIN}", encoding="utf-8")
        opened.laboratory.consent(opened.laboratory.source("mine"))
        found, _ = surveyed(opened)
    assert [one.simulation for one in found.records] == ["coin", "mine"]
    assert found.not_run == ("unasked",)
    (problem,) = found.problems
    assert "there is a shipped simulation 'coin'" in problem.what
    assert not found.holds


def test_progress_tells_how_much_is_done_and_what_runs(folder: Path) -> None:
    """From nothing to nearly all, when the last run begins."""
    with library(folder, Clock()) as opened:
        _, seen = surveyed(opened, seeds=4)
    assert seen == [(0.0, ()), *((done / 4, ["coin"]) for done in range(4))]


def test_a_survey_that_has_not_begun_has_found_nothing() -> None:
    """As when it is stopped at once."""
    assert Surveying([], 1).survey() == Survey((), (), (), Verification(0, 0, 0, ()))
    assert Record("coin").runs == 0
