"""Rules of `studyapp verify --all`: every simulation and card, its table, its exit status, and how it is stopped."""

from __future__ import annotations

import re
import shlex
import signal
import sys
from pathlib import Path

import pytest

from studyapp.core.text import OBEYED
from studyapp.library import Library, Places
from tests.cli.calling import call, own_deck, own_simulation, start, studying
from tests.cli.samples import BACKED, HALF, card, doing
from tests.terminal import Terminal
from tests.tui.hostile import CODES
from tests.tui.hostile import SIMULATION as HOSTILE

SLOW = pytest.mark.slow
FALSE = HALF.replace('"half is never more than 4")', '"half is never more than 4", at=({"number": 9.5}, {}))')
SILENT = HALF.replace("at.number > 1", "at.number > 9")


@pytest.fixture(autouse=True)
def no_shipped_simulations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped ones take seconds, and are another test's matter; the shipped decks are left out with them."""
    shipped = tmp_path / "shipped"
    (shipped / "simulations").mkdir(parents=True)
    monkeypatch.setattr("studyapp.library.shipped_content", lambda: shipped)


def test_what_holds_is_a_table_and_a_verdict(home: Path) -> None:
    """Exit 0; a row for each simulation, then what it comes to."""
    own_simulation(home, HALF)
    own_deck(home, "# My own\n\n" + BACKED)
    done = call(home, "verify", "--all", "--seeds", "3")
    assert (done.status, done.err) == (0, "")
    heading, row, empty, verdict = done.out.splitlines()
    assert heading.split() == ["simulation", "runs", "held", "failed", "silent", "slowest"]
    assert re.fullmatch(r"mine +3 +2 +0 +0 +\d\.\d\d s", row)
    assert empty == ""
    assert re.fullmatch(r"all 2 claims and 1 card hold: 1 simulation, 3 runs, 3 seeds, \d+\.\d s", verdict)


def test_a_claim_that_fails_is_exit_1_and_its_command_shows_it(home: Path) -> None:
    """The quoted command, typed as it is, tells the same claim failing with the same number."""
    own_simulation(home, FALSE)
    done = call(home, "verify", "--all", "--seeds", "2")
    assert done.status == 1
    _, _, _, failure, verdict = done.out.splitlines()
    assert failure.startswith("✗ mine, number=9.5, seed 0: claim is_small (mine.2) fails: measured 4.7")
    assert failure.endswith(", and so does 1 more run")
    assert verdict.startswith("1 of 2 claims failed: 1 simulation, 4 runs, 2 seeds, ")
    (command,) = re.findall("`(.+)`", failure)
    assert command == f"studyapp --home {home} run mine --number=9.5 --seed 0"
    again = start(*shlex.split(command)[1:])
    assert "✗ is_small fails" in again.out
    (number,) = re.findall(r"measured ([\d.]+)", failure)
    assert f"measured {number}, allowed up to 4" in again.out


def test_json_is_complete(home: Path) -> None:
    """All that is printed, and on stdout nothing else."""
    own_simulation(home, FALSE)
    own_simulation(home, HALF, "unasked", consent=False)
    own_simulation(home, "def", "bad")
    (home / "simulations" / "two words.py").write_text("", encoding="utf-8")
    done = call(home, "verify", "--all", "--json")
    assert (done.status, done.err) == (1, "")
    told = done.json
    assert list(told) == [
        "cards", "runs", "claims", "seeds", "seconds", "failures", "simulations", "not_run", "problems",
    ]  # fmt: skip
    bad, mine = told["simulations"]
    assert (bad["simulation"], bad["error"]) == ("bad", "bad.py:1: is not Python: invalid syntax; correct it")
    assert mine.pop("slowest") >= 0
    assert mine == {
        "simulation": "mine", "runs": 2, "held": ["is_less"], "failed": ["is_small"], "silent": [], "error": "",
    }  # fmt: skip
    (failure,) = told["failures"]
    assert (failure["card"], failure["claim"], failure["parameters"]["number"]) == (None, "is_small", 9.5)
    assert told["not_run"] == ["unasked"]
    assert [Path(one["path"]).name for one in told["problems"]] == ["two words.py"]


def test_what_does_not_load_or_run_is_one_line_each_and_stops_no_other(home: Path) -> None:
    """Exit 1; a simulation that may not run yet is named, and is no failure."""
    own_simulation(home, HALF)
    own_simulation(home, "def", "bad")
    own_simulation(home, doing("return 1 / 0"), "raises")
    own_simulation(home, HALF + "# other bytes\n", "unasked", consent=False)
    own_deck(
        home, "# Mine\n\n" + card("one", '[simulation]\nname = "raises"') + card("two", '[simulation]\nname = "bad"')
    )
    done = call(home, "verify", "--all", "--seeds", "4")
    assert done.status == 1
    bad, raises, unasked, verdict = done.out.partition("\n\n")[2].splitlines()
    assert bad == "✗ bad: bad.py:1: is not Python: invalid syntax; correct it; 1 card relies on it"
    assert raises.startswith("✗ raises, seed 0: raises.py:")
    assert raises.endswith(" --seed 0` shows it; 1 card relies on it")
    assert unasked.startswith("· unasked was not run, as you have not allowed it; `studyapp --home ")
    assert verdict.startswith("2 of 3 simulations did not run, 2 of 2 cards failed: 3 simulations, 4 runs, 4 seeds, ")


def test_claims_that_never_spoke_are_told_and_no_failure(home: Path) -> None:
    """With what to do."""
    own_simulation(home, SILENT)
    done = call(home, "verify", "--all")
    assert done.status == 0
    assert "· mine: claim is_less never spoke: give its @claim an `at`\n" in done.out
    assert "\n1 claim holds, 1 claim never spoke: 1 simulation, 1 run, " in done.out


def test_decks_and_all_exclude_each_other(home: Path) -> None:
    """It is said which to leave out."""
    said = call(home, "verify", "mine", "--all").refusal(2)
    assert said == "verify: --all is about all decks; leave the decks out, or --all"


def test_cards_that_hold_are_remembered(home: Path) -> None:
    """As plain `verify` does."""
    own_simulation(home, HALF)
    failing = card("failing", '[simulation]\nname = "mine"\nparameters = { number = 10.0 }\nclaims = ["is_small"]')
    own_deck(home, "# My own\n\n" + BACKED + failing)
    assert call(home, "verify", "--all", "--seeds", "2").status == 1
    with studying(home) as library:
        assert verified(library, "backed") == (library.today, 2)
        assert verified(library, "failing") is None


def verified(library: Library, identity: str) -> object:
    """When a card was verified, and with how many seeds."""
    found = library.store.card(identity)
    assert found is not None
    return library.laboratory.verified(found)


def test_an_own_file_with_a_shipped_name_is_an_error(home: Path, tmp_path: Path) -> None:
    """The shipped one is judged, and the other is told with what to do."""
    own_simulation(home, FALSE)
    (Places(home, tmp_path / "shipped").shipped / "simulations" / "mine.py").write_text(HALF, encoding="utf-8")
    done = call(home, "verify", "--all")
    assert done.status == 1
    assert "mine.py: there is a shipped simulation 'mine', which is used; give the file another name\n" in done.out
    assert "1 file left out: 1 simulation, 1 run, " in done.out


def test_hostile_texts_are_harmless(home: Path) -> None:
    """What a stranger's simulation says reaches the terminal as text: names, messages, and its claims' numbers."""
    own_simulation(home, HOSTILE, "a_hostile")
    own_simulation(home, doing(f"raise ValueError({CODES!r})"), "raises")
    own_simulation(home, f"{HOSTILE}# unread", "b_unread", consent=False)
    for words in ([], ["--json"]):
        done = call(home, "verify", "--all", *words)
        assert done.status == 1
        assert not OBEYED.search(done.out + done.err)


# --- at a terminal --------------------------------------------------------------------------------


@SLOW
@pytest.mark.skipif(sys.platform != "linux", reason="a pseudo-terminal")
def test_ctrl_c_says_how_far_it_came(home: Path) -> None:
    """The bar names what runs; stopped, it is gone, and one line says how much was done and what had failed."""
    own_simulation(home, FALSE, "false")
    own_simulation(home, doing("while True:\n    pass"), "slow")
    with Terminal([sys.executable, "-m", "studyapp", "--home", str(home), "verify", "--all"]) as terminal:
        terminal.wait(r"^█+░+ +\d+ %  .*slow")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.finish() == 130
        assert "%" not in terminal.text
        assert re.search(r"studyapp: verify: stopped after \d+ of \d+ runs", terminal.text)


def test_every_core_has_a_process_of_its_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That share the runs: three of them for three cores."""
    own_simulation(home, HALF)
    opened: list[Library] = []
    another = Library.another_laboratory

    def counted(library: Library) -> object:
        opened.append(library)
        return another(library)

    monkeypatch.setattr(Library, "another_laboratory", counted)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    assert call(home, "verify", "--all", "--seeds", "6").status == 0
    assert len(opened) == 3
