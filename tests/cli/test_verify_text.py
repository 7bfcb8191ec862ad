"""Rules of how `studyapp verify` tells what it found: exact commands, one line for each failure, a table, a verdict."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.cli.arguments import options_of
from studyapp.cli.verify_text import (
    card_line,
    command,
    failed_lines,
    left_lines,
    rows,
    simulation_line,
    survey_json,
    verdict,
)
from studyapp.core.tally import Record
from studyapp.core.verifying import Failure, Verification
from studyapp.model import Problem
from studyapp.simulation import Description, Parameter, Scalar
from studyapp.verification import Survey

COIN = Record("coin", 4, ("fair", "even"), (), (), 0.123)
FALSE = Record("die", 2, ("fair",), ("even",), ("rare",), 2.0)
SILENT = Record("shy", 1, silent=("a",))
BROKEN = Record("broken", error="broken.py:3: run raised E; correct it there")


def survey(*records: Record, failures: tuple[Failure, ...] = (), cards: int = 0, problems: int = 0) -> Survey:
    """What was found of these simulations."""
    wrong = tuple(Problem(f"own/{n}.py", 0, "", "there is a shipped one", "rename it") for n in range(problems))
    return Survey(records, (), wrong, Verification(cards, 6, 9, failures))


def failure(card: str = "", claim: str = "fair", seed: int = 0, simulation: str = "coin", **given: Scalar) -> Failure:
    """A claim that failed."""
    what = f"claim {claim} fails: measured 1" if claim else "coin.py: it raised; correct it"
    return Failure(card, simulation, {**given, "other": 1}, seed, claim, what, 1.0, 0.5, given=given)


def at_home(line: str) -> str:
    """A command line for a data folder that is not the usual one."""
    return line.replace("studyapp", "studyapp --home there", 1)


# --- commands -------------------------------------------------------------------------------------

kinds = st.sampled_from([*"$;", "a b", "it's"])
values = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53) | st.booleans() | kinds
lists = st.lists(st.floats(-9, 9), min_size=1).map(tuple)


def parameter(name: str, value: object) -> Parameter:
    """A parameter that takes such values."""
    match value:
        case bool():
            return Parameter(name, "bool", False, "")
        case int():
            return Parameter(name, "int", 0, "")
        case str():
            return Parameter(name, "choice", value, "", choices=(value,))
        case tuple():
            return Parameter(name, "numbers", (0.0,), "")
    return Parameter(name, "float", 0.0, "")


@given(st.dictionaries(st.sampled_from(["one", "two"]), values | lists, min_size=1))
def test_the_command_gives_the_very_same_parameters(given: dict[str, Scalar]) -> None:
    """In a shell, however many digits they have."""
    words = shlex.split(command(Failure("", "coin", {}, 7, "fair", "", given=given)))
    assert (words[:3], words[-2:]) == (["studyapp", "run", "coin"], ["--seed", "7"])
    coin = Description("coin", "", "", tuple(parameter(*one) for one in given.items()), (), (), ())
    assert coin.accept(options_of(coin, words[3:-2])) == given


def test_the_command_is_short_where_that_is_exact() -> None:
    """Nobody reads 17 digits for a tenth."""
    assert (
        command(failure(chance=0.1, depth=50, on=True))
        == "studyapp run coin --chance=0.1 --depth=50 --on=true --seed 0"
    )
    assert "--x=0.30000000000000004 " in command(failure(x=0.1 + 0.2))


# --- lines ----------------------------------------------------------------------------------------


def test_a_claim_that_fails_is_told_with_place_numbers_and_command() -> None:
    """The command is one that works here."""
    line = simulation_line(failure(chance=0.1, seed=3), at_home)
    assert line == (
        "✗ coin, chance=0.1, seed 3: claim fair fails: measured 1; "
        "`studyapp --home there run coin --chance=0.1 --seed 3` shows it"
    )
    assert card_line(failure("c"), str) == "✗ c: claim fair fails: measured 1; `studyapp run coin --seed 0` shows it"
    assert card_line(failure("c", claim=""), str) == "✗ c: coin.py: it raised; correct it"


def test_the_same_failure_is_told_once() -> None:
    """Of a simulation for each place, of a card for each claim, whatever it drew; simulations first."""
    failures = (
        failure("c", chance=0.1),
        failure("c", chance=0.2, seed=1),
        failure("d"),
        *(failure(chance=0.1, seed=seed) for seed in (2, 5, 9)),
        failure(seed=2),
    )
    lines = list(failed_lines(survey(FALSE, failures=failures), str))
    assert [line.partition(":")[0] for line in lines] == ["✗ coin, chance=0.1, seed 2", "✗ coin, seed 2", "✗ c", "✗ d"]
    assert lines[0].endswith(" --seed 2` shows it, and so do 2 more runs")
    assert lines[1].endswith(" --seed 2` shows it")
    assert lines[2].endswith(" --chance=0.1 --seed 0` shows it, and so does 1 more run")


def test_a_simulation_that_does_not_run_is_one_line() -> None:
    """With the cards that rely on it, which have no lines of their own; also if it could not even be read."""
    failures = (*(failure(card, "", simulation="broken") for card in "aab"), failure("c", simulation="broken"))
    assert list(failed_lines(survey(BROKEN, failures=failures[:3]), str)) == [
        "✗ broken: broken.py:3: run raised E; correct it there; 2 cards rely on it"
    ]
    lines = list(failed_lines(survey(BROKEN, failures=(*failures, failure("", "", simulation="broken"))), str))
    assert lines == [
        "✗ broken, seed 0: coin.py: it raised; correct it; `studyapp run broken --seed 0` shows it; 3 cards rely on it",
        "✗ c: claim fair fails: measured 1; `studyapp run broken --seed 0` shows it",
    ]


def test_what_was_not_judged_is_told_apart() -> None:
    """Claims that never spoke, and simulations that may not run yet; files that are left out are wrong."""
    found = Survey((COIN, FALSE), ("mine",), survey(problems=1).problems, Verification(0, 0, 0, ()))
    silent, asked = left_lines(found, at_home)
    assert silent == "· die: claim rare never spoke: give its @claim an `at`"
    assert asked.startswith("· mine was not run")
    assert "`studyapp --home there run mine`" in asked
    assert list(failed_lines(found, str)) == ["✗ own/0.py: there is a shipped one; rename it"]


# --- the table and the verdict --------------------------------------------------------------------


def test_the_table_has_a_row_for_each_simulation() -> None:
    """Of one that fails nothing is said of its claims."""
    assert rows([COIN, FALSE, BROKEN]) == [
        ("coin", 4, 2, 0, 0, "0.12 s"),
        ("die", 2, 1, 1, 1, "2.00 s"),
        ("broken", 0, "-", "-", "-", "-"),
    ]
    assert rows([]) == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (survey(), "no claims hold"),
        (survey(COIN), "all 2 claims hold"),
        (survey(COIN, COIN, cards=3), "all 4 claims and 3 cards hold"),
        (survey(COIN, SILENT, cards=1), "2 claims and 1 card hold, 1 claim never spoke"),
        (survey(Record("x", 1, ("a",))), "1 claim holds"),
        (survey(COIN, FALSE, BROKEN), "1 of 5 claims failed, 1 of 3 simulations did not run"),
        (survey(COIN, failures=(failure("a"), failure("a", seed=1)), cards=9), "1 of 9 cards failed"),
        (survey(COIN, problems=2), "2 files left out"),
    ],
)  # fmt: skip
def test_the_verdict_is_one_line(found: Survey, said: str) -> None:
    """All that is wrong, or that all holds."""
    assert verdict(found) == said


def test_json_has_all_of_it() -> None:
    """A failure of a simulation alone is no card's."""
    told = survey_json(survey(COIN, BROKEN, failures=(failure("a"), failure(chance=0.1)), problems=1), 2, 1.23456)
    assert told["simulations"][0] == {
        "simulation": "coin",
        "runs": 4,
        "held": ("fair", "even"),
        "failed": (),
        "silent": (),
        "slowest": 0.123,
        "error": "",
    }
    assert told["simulations"][1]["error"] == BROKEN.error
    assert [one["card"] for one in told["failures"]] == ["a", None]
    assert told["failures"][1]["parameters"] == {"chance": 0.1, "other": 1}
    assert (told["seeds"], told["seconds"], told["runs"], told["claims"]) == (2, 1.235, 6, 9)
    assert [one["what"] for one in told["problems"]] == ["there is a shipped one"]
