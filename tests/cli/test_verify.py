"""Rules of `studyapp verify`: which cards, what fails, and how it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import call, own_deck, own_simulation, studying
from tests.cli.samples import BACKED, COMPUTED, HALF, card

KEYS = ["cards", "runs", "claims", "seeds", "seconds", "failures"]
FAILURE_KEYS = ["card", "simulation", "parameters", "seed", "claim", "what", "measured", "expected", "low", "high"]
FAILING = card("failing", '[simulation]\nname = "mine"\nparameters = { number = 10.0 }\nclaims = ["is_small"]')


@pytest.fixture
def own(home: Path) -> Path:
    """A data folder with a simulation `mine` that may run, and a deck `mine.md` whose cards it bears out."""
    own_simulation(home, HALF)
    own_deck(home, "# My own\n\n" + BACKED + COMPUTED)
    return home


def test_what_holds_is_said_in_one_line(own: Path) -> None:
    """With how much was run; exit 0."""
    done = call(own, "verify", "mine", "--seeds", "3")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("all 2 cards hold: 6 runs, 3 claims, 3 seeds, ")


def test_json_is_as_documented(own: Path) -> None:
    """Also without failures."""
    done = call(own, "verify", "mine", "--json")
    assert (done.status, done.err) == (0, "")
    assert list(done.json) == KEYS
    assert {key: done.json[key] for key in KEYS if key != "seconds"} == {
        "cards": 2,
        "runs": 2,
        "claims": 1,
        "seeds": 1,
        "failures": [],
    }


def test_a_claim_that_fails_is_exit_1(own: Path) -> None:
    """The card, the run that can be repeated, and the numbers."""
    own_deck(own, "# My own\n\n" + FAILING)
    done = call(own, "verify", "mine")
    assert done.status == 1
    failure, summary = done.out.splitlines()
    assert failure.startswith("✗ failing: claim is_small (mine.2) fails: measured ")
    assert failure.endswith(f", allowed up to 4; `studyapp --home {own} run mine --number=10 --seed 0` shows it")
    assert summary.startswith("1 of 1 card failed: 1 run, 1 claim, 1 seed, ")
    (told,) = call(own, "verify", "mine", "--json").json["failures"]
    assert list(told) == FAILURE_KEYS
    assert (told["card"], told["simulation"], told["seed"], told["claim"]) == ("failing", "mine", 0, "is_small")
    assert told["parameters"]["number"] == 10
    assert (told["low"], told["high"]) == (None, 4)
    assert 4.9 < told["measured"] < 5.1


def test_decks_are_named_as_elsewhere(own: Path) -> None:
    """By file or title, several of them; unknown ones are refused with those there are."""
    own_deck(own, "# Another\n\n" + card("third", '[simulation]\nname = "mine"'), "other.md")
    assert call(own, "verify", "My own", "other", "--json").json["cards"] == 3
    assert "names no deck; say one of: " in call(own, "verify", "none").refusal()


def test_a_deck_without_simulations_has_nothing_to_verify(own: Path) -> None:
    """It is said, and no failure."""
    own_deck(own, "# My own\n\n## Plain? {#plain}\n\nYes.\n")
    assert call(own, "verify", "mine").out.startswith("no card has a simulation: no runs, no claims, 1 seed, ")


def test_a_simulation_that_may_not_run_is_a_failure(own: Path) -> None:
    """A card that relies on it is not verified, and says what to do."""
    own_simulation(own, HALF + "# changed\n", consent=False)
    done = call(own, "verify", "mine")
    assert done.status == 1
    assert "has not been allowed to run yet; `studyapp run mine` in a terminal shows it and asks" in done.out


def test_what_was_verified_is_remembered(own: Path) -> None:
    """The day and the seeds, for the cards that hold."""
    own_deck(own, "# My own\n\n" + BACKED + FAILING)
    assert call(own, "verify", "mine", "--seeds", "2").status == 1
    with studying(own) as library:
        holds, fails = (library.store.card(one) for one in ("backed", "failing"))
        assert holds is not None
        assert fails is not None
        assert library.laboratory.verified(holds) == (library.today, 2)
        assert library.laboratory.verified(fails) is None
