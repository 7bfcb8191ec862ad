"""Rules of the run beside an answer: made just now, and whatever goes wrong with it is one line on the card."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from studyapp import lab
from studyapp.lab import Laboratory
from studyapp.library import Library
from studyapp.model import Answered, Card
from studyapp.store import StoreError
from tests.studying import Clock, basic_deck, library
from tests.tui.samples import OWN_SIMULATION, SIMULATED, own_card
from tests.tui.screens import in_review


def own_simulation(opened: Library, *, trusted: bool = True, text: str = OWN_SIMULATION) -> None:
    """Put a simulation into the learner's folder; trusted, it may run."""
    opened.places.simulations.mkdir(parents=True)
    (opened.places.simulations / "doubling.py").write_text(text)
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


async def test_the_card_says_which_figure_stands_beside_it(tmp_path: Path) -> None:
    """By the beginning of its title; the first, where no title begins so."""
    for name, title in (("Risk", "Risk and coverage"), ("Nothing", "Probabilities")):
        text = SIMULATED.replace("claims =", f'figure = "{name}"\nclaims =')
        folder = tmp_path / name
        folder.mkdir()
        with library(folder, Clock(), simulated=text) as opened:
            async with in_review(opened, ["simulated.md"]) as seat:
                await seat.press("space")
                await seat.wait("run just now")
                seat.see(title)


async def test_what_was_run_while_the_learner_thought_is_there_at_once(tmp_path: Path) -> None:
    """The answer and its figure come together; the same run is in the receipt, and stands there again after an undo."""
    with library(tmp_path, Clock(), simulated=SIMULATED, plain=basic_deck(1)) as opened:
        async with in_review(opened, ["simulated.md"]) as seat:
            question = seat.review.session.question
            assert question is not None
            await seat.until(lambda: opened.laboratory.finished(question) is not None)
            assert not seat.shows("run just now")
            seat.app.post_message(events.Key("space", " "))
            seen = []
            while not seat.shows("1 Again"):
                await seat.settle()
                seen.append(seat.text)
            assert not any("… running" in text for text in seen)
            seat.see(rf"run just now \(seed {question.seed}, ", r"██.* 0\.665")
            await seat.press("3", "u")
            await seat.wait(rf"run just now \(seed {question.seed}, ")
        event = opened.store.entries(newest_first=False)[0].entry.event
        assert isinstance(event, Answered)
        assert event.receipt is not None
        assert isinstance(values := event.receipt["values"], dict)
        assert round(values["largest_probability"], 3) == 0.665


async def test_leaving_ends_a_run_that_was_made_ahead(tmp_path: Path) -> None:
    """Nothing computes behind a learner who went elsewhere, or on."""
    with library(tmp_path, Clock(), own=own_card(parameters="seconds = 20.0")) as opened:
        own_simulation(opened)
        async with in_review(opened) as seat:
            ahead = opened.laboratory._ahead
            await seat.until(lambda: bool(ahead._under_way()))
            await seat.press("-")
            seat.see("Nothing is due now")
            await seat.until(lambda: not ahead._under_way())


async def test_what_a_simulation_printed_is_said(tmp_path: Path) -> None:
    """In one line below the claims: it is shown nowhere."""
    with library(tmp_path, Clock(), own=own_card()) as opened:
        own_simulation(opened, text=OWN_SIMULATION.replace("    twice = ", "    print('x' * 1233)\n    twice = "))
        async with in_review(opened) as seat:
            await seat.press("space")
            await seat.wait("· it printed 1,234 characters, which are not shown; return values instead")


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
    monkeypatch.setattr(lab, "QUICK", 0.0)
    with library(tmp_path, Clock(), own=own_card(parameters="seconds = 0.05")) as opened:
        own_simulation(opened)
        assert await opened.laboratory.run_quickly("doubling", {"seconds": 0.05}, 7_000) is not None
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
