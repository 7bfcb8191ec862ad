"""Rules of the run beside an answer: made just now, and whatever goes wrong with it is one line on the card."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp import lab
from studyapp.lab import Laboratory
from studyapp.library import Library
from studyapp.model import Card
from studyapp.store import StoreError
from tests.studying import Clock, basic_deck, library
from tests.tui.samples import OWN_SIMULATION, SIMULATED, own_card
from tests.tui.screens import in_review


def own_simulation(opened: Library, *, trusted: bool = True) -> None:
    """Put a simulation into the learner's folder; trusted, it may run."""
    opened.places.simulations.mkdir(parents=True)
    (opened.places.simulations / "doubling.py").write_text(OWN_SIMULATION)
    if trusted:
        opened.laboratory.consent(opened.laboratory.source("doubling"))


async def test_the_simulation_runs_beside_the_answer(tmp_path: Path) -> None:
    """On the reveal, not before: seed, seconds, the card's claims with their verdict, and the figure."""
    with library(tmp_path, Clock(), simulated=SIMULATED, plain=basic_deck(1)) as opened:
        async with in_review(opened, ["simulated.md"]) as seat:
            assert not seat.shows("run just now|running")
            await seat.press("space")
            await seat.wait(r"✓ run just now \(seed \d+, \d\.\d\d s\)   softmax_output")
            seat.see("✓ all probabilities are positive, and they sum to 1: measured 1", r"██.* 0\.665")
            await seat.resize(120, 40)
            seat.see(r"██.* 0\.665")
            await seat.press("u")
            seat.see("There is nothing to take back", r"██.* 0\.665")


async def test_another_card_starts_without_a_run(tmp_path: Path) -> None:
    """What was running for the card before is not shown on the next one."""
    with library(tmp_path, Clock(), a=SIMULATED, b=basic_deck(1)) as opened:
        async with in_review(opened) as seat:
            await seat.press("space", "3")
            seat.see("Question 0")
            assert not seat.shows("running|run just now")
            await seat.press("space")
            seat.see("The long answer")
            assert not seat.shows("running|run just now")


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("doubling", "broken = true", r"! the simulation did not run: doubling\.py:\d+.*it is broken"),
        ("doubling", "x = 99.0", "! the simulation did not run: .*x.*99"),
        ("doubling", "y = 1.0", "! the simulation did not run: .*no parameter 'y'"),
        ("nothing", "", "! the simulation did not run: nothing: there is no simulation of this name"),
    ],
)
async def test_a_run_that_fails_says_why(tmp_path: Path, name: str, parameters: str, said: str) -> None:
    """One line in place of the figure; the card is graded as any other."""
    with library(tmp_path, Clock(), own=own_card(name, parameters)) as opened:
        own_simulation(opened)
        async with in_review(opened) as seat:
            await seat.press("space")
            await seat.wait("did not run")
            seat.see(said)
            await seat.press("3")
            seat.see("Session over")


async def test_a_file_that_may_not_run_yet(tmp_path: Path) -> None:
    """A learner's own simulation does not run by itself before it was allowed to; x leads to the question."""
    with library(tmp_path, Clock(), own=own_card()) as opened:
        own_simulation(opened, trusted=False)
        async with in_review(opened) as seat:
            await seat.press("space")
            await seat.wait("doubling is your own file: x shows it and asks before it runs")


async def test_a_slow_run_is_left_to_the_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known to take long is not run by itself; when the card was verified, and on how many seeds, is said."""
    monkeypatch.setattr(lab, "QUICK", -1.0)
    with library(tmp_path, Clock(), own=own_card()) as opened:
        own_simulation(opened)
        async with in_review(opened) as seat:
            await seat.press("space")
            await seat.wait("doubling takes a moment: x runs it in the Lab. Not verified here yet")
            card = opened.store.card("own")
            assert isinstance(card, Card)
            opened.laboratory.remember_verified(card, opened.today, 20)
            await seat.press("3", "u")
            await seat.wait("Verified on Mon 2 Mar: it held on 20 seeds")


async def test_what_cannot_be_remembered_is_run_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk the run is shown; that its time was not kept is nobody's concern."""
    with library(tmp_path, Clock(), own=own_card()) as opened:
        own_simulation(opened)
        monkeypatch.setattr(opened.store, "put_key", refuse)
        monkeypatch.setattr(opened.store, "put_description", refuse)
        async with in_review(opened) as seat:
            await seat.press("space")
            await seat.wait("run just now")


def refuse(*_: object) -> None:
    """What the store does on a full disk."""
    raise StoreError("cache.db: the disk is full")


async def test_a_fault_nobody_expected_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even then the card goes on, and nothing seems to be running for ever."""

    async def fail(*_: object) -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setattr(Laboratory, "run_quickly", fail)
    with library(tmp_path, Clock(), own=own_card()) as opened:
        own_simulation(opened)
        async with in_review(opened) as seat:
            seat.app._debugging = False
            await seat.press("space")
            await seat.wait("did not run: out of luck")
            seat.see("unexpected RuntimeError: out of luck")
            await seat.press("3")
            seat.see("Session over|1 card done")
