"""Rules of verification: when a simulation bears a card out, and what is said when it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from studyapp.library import Library
from studyapp.runs.worker import Limits
from studyapp.simulation import Claim, Run, Verdict
from studyapp.verification import Failure, Verification, judged, verify
from tests.runs.writing import COIN, HEAD
from tests.studying import CHOICE, Clock, library

LINK = '[simulation]\nname = "coin"\n'
ASKED = '\n[answer]\nvalue = "share"\nabsolute = 0.2\n'
NO_CLAIM = LINK + 'claims = ["no_such_claim"]'
BACKED = LINK + 'claims = ["share_is_chance", "fair"]'
FALSE = COIN.replace('between(values["share"], 0.4, 0.6)', 'between(values["share"], 0.9, 1.0)')


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


# --- one run --------------------------------------------------------------------------------------


def test_an_element_of_an_array_may_be_asked_for(folder: Path) -> None:
    """Counted from either end; one that is not there is a failure."""
    with library(folder, Clock(), deck=deck(card=LINK + ASKED)) as opened:
        (card,) = opened.store.cards()
    assert card.answer is not None
    run = Run("coin", "", {}, 0, {"share": [0.9, 0.5]}, {"share": [0.5, 0.5]}, (), (), "", 0.0)
    for index, fails in ((0, True), (1, False), (-1, False), (2, True), (None, True)):
        assert bool(judged(replace(card, answer=replace(card.answer, index=index)), run)) is fails


def test_a_claim_may_have_measured_no_number(folder: Path) -> None:
    """It fails, and says that it is no finite number."""
    with library(folder, Clock(), deck=deck(card=LINK + 'claims = ["fair"]')) as opened:
        (card,) = opened.store.cards()
        claim = Claim("coin.2", "fair", "it is fair", Verdict.FAILS)
        (failure,) = judged(card, Run("coin", "", {}, 0, {}, {}, (), (claim,), "", 0.0))
        assert failure.what == "claim fair (coin.2) fails: measured no finite number"
