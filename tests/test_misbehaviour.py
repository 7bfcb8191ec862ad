"""What a simulation can do to the app, done to it: in a sweep, over 100 seeds, and by `verify --all`, for real.

Each ends in one clear line with the file and its line, the next task works, and nothing stays behind. How a single run
ends is told by `tests/runs`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from studyapp.experiments import Setting, run_each
from studyapp.lab import Laboratory
from studyapp.library import Library
from studyapp.runs import Limits, SimulationError, worker
from studyapp.simulation import ParameterError, Run
from tests.cli.calling import call, own_simulation
from tests.runs.writing import COIN, HEAD, all_gone
from tests.studying import Clock, library

LIMITS = Limits(seconds=1.0, cpu=10.0, memory=2**30)


@dataclass(frozen=True, slots=True)
class Bad:
    """What is done instead of returning the result, the line that is to blame, and what is told of it."""

    doing: str
    line: str
    told: str


BAD = {
    "nan": Bad("return Result({'share': np.nan})", "def run", "the value share is nan; a value is a finite number"),
    "infinity": Bad("return Result({'share': [1, -np.inf]})", "def run", "the value share is -inf at index 1"),
    "shapes": Bad("np.zeros(2) + np.zeros(3)", "np.zeros(2)", "run raised ValueError: operands could not be broadcast"),
    "ragged": Bad("return Result({'share': [[1], [1, 2]]})", "def run", "the value share is a list of uneven lists"),
    "not measured": Bad("return Result({'other': 1})", "values['share']", "the claim positive raised KeyError"),
    "no number": Bad("return Result({'share': 7})", "@claim(1", "returned a Check that is not made of numbers"),
    "loop": Bad("while True: pass", "while True", "took longer than 1 s and was stopped; choose smaller parameters"),
    "10 GB": Bad("np.ones(10 * 2**27)", "np.ones", "needs more memory than the limit of 1 GiB; choose smaller"),
    "fork": Bad("import os; os.fork()", "os.fork", "os.fork starts or signals another process"),
    "exit": Bad("exit(3)", "exit(3)", "run raised SystemExit: 3; a simulation returns its result and ends nothing"),
    "hard exit": Bad("import os; os._exit(3)", "", "ended its own process with exit code 3"),
    "crash": Bad("import ctypes; ctypes.string_at(0)", "ctypes.string_at", "crashed (SIGSEGV)"),
}
FILES = {
    "syntax": Bad(HEAD + "def run(:\n", "def run(:", "is not Python: invalid syntax; correct it"),
    "no run": Bad(HEAD, "", "has no function run; add def run(parameters, rng), which returns a Result"),
    "loop at the top": Bad("while True: pass\n", "", "took longer than 1 s and was stopped"),
    "exit at the top": Bad(HEAD + "exit()\n", "exit()", "importing it raised SystemExit"),
}


SLOW = pytest.mark.slow
SOME = [name if name in ("not measured", "exit") else pytest.param(name, marks=SLOW) for name in BAD]
"""Two of them are enough to notice at once that something is amiss; each starts two processes."""


def misbehaving(bad: Bad, condition: str) -> str:
    """A simulation that measures a share, unless the condition is met."""
    return (
        f"{HEAD}def run(parameters, rng):\n    if {condition}:\n        {bad.doing}\n"
        "    return Result({'share': 0.5})\n\n\n@claim(1, 'the share is positive')\ndef positive(parameters, values):\n"
        "    share = values['share']\n    return Check(None if share == 7 else share, 0.5, 0, 1)\n"
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two laboratories with a process each, as experiments use them."""

    opened: Library
    laboratories: list[Laboratory]
    runner: asyncio.Runner

    def allow(self, text: str, name: str = "coin") -> Path:
        """The text as a simulation of the learner's own that may run."""
        path = own_simulation(self.opened.places.home, text, name)
        for laboratory in self.laboratories:
            laboratory.refresh()
            laboratory.consent(laboratory.source(name))
        return path

    def error(self, settings: list[Setting]) -> str:
        """The line that ends the runs of `coin` at these settings; what came in before was told, the rest is not."""
        came: dict[int, Run] = {}
        with pytest.raises((SimulationError, ParameterError)) as raised:
            self.runner.run(run_each(self.laboratories, "coin", settings, came.__setitem__))
        assert len(came) < len(settings)
        line = str(raised.value)
        assert line.isprintable()
        return line

    def works(self, name: str = "coin") -> None:
        """Both make the next run as if nothing had been, in a process each."""
        for laboratory in self.laboratories:
            run = self.runner.run(laboratory.run(name, {"tosses": 8}, 0))
            assert 0 < run.values["share"] < 1
        assert len(set(self.pids())) == 2

    def pids(self) -> list[int]:
        """Of the processes that there are."""
        return [pid for one in self.laboratories if (pid := one._worker.pid) is not None]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """A home with two processes that are ended with the module."""
    with asyncio.Runner() as runner, library(tmp_path_factory.mktemp("home"), Clock()) as opened:
        made = Pair(opened, [opened.another_laboratory(LIMITS) for _ in range(2)], runner)
        yield made
        pids = made.pids()
        for laboratory in made.laboratories:
            runner.run(laboratory.close())
        assert all_gone(pids)


def place(path: Path, bad: Bad) -> str:
    """How the line begins: the file, and the line of it that is to blame."""
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next((number for number, line in enumerate(lines, 1) if bad.line and bad.line in line), 0)
    return f"{path.name}:{number}: " if number else f"{path.name}: "


@pytest.mark.parametrize("case", SOME)
def test_a_sweep_ends_with_one_line(pair: Pair, case: str) -> None:
    """Where one value of the parameter makes it misbehave."""
    bad = BAD[case]
    path = pair.allow(misbehaving(bad, "parameters.tosses == 7"))
    line = pair.error([({"tosses": tosses}, 0) for tosses in range(4, 30)])
    assert line.startswith(place(path, bad))
    assert bad.told in line
    pair.works()


@pytest.mark.parametrize("case", SOME)
def test_a_hundred_seeds_end_with_one_line(pair: Pair, case: str) -> None:
    """Where it misbehaves by chance, at one seed in ten."""
    bad = BAD[case]
    path = pair.allow(misbehaving(bad, "rng.random() > 0.9"))
    line = pair.error([({}, seed) for seed in range(100)])
    assert line.startswith(place(path, bad))
    assert bad.told in line
    pair.works()


@SLOW
@pytest.mark.parametrize("case", FILES)
def test_a_file_that_does_not_load_ends_them_with_one_line(pair: Pair, case: str) -> None:
    """Before the first run; the second process is not even asked, or says the same."""
    bad = FILES[case]
    path = pair.allow(bad.doing)
    line = pair.error([({}, seed) for seed in range(100)])
    assert line.startswith(place(path, bad) if bad.line else "coin.py")
    assert bad.told in line
    pair.allow(COIN, "after")
    pair.works("after")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"chance": 1.5}, "parameter chance: '1.5' does not fit, it lies outside 0 .. 1"),
        ({"tosses": "many"}, "parameter tosses: 'many' does not fit, a number is wanted"),
        ({"tosses": 2.5}, "parameter tosses: '2.5' does not fit, a whole number is wanted"),
        ({"chance": float("nan")}, "parameter chance: 'nan' does not fit, a finite number is wanted"),
        ({"chances": 0.5}, "coin has no parameter 'chances'; did you mean chance?"),
    ],
)
def test_a_parameter_that_does_not_fit_ends_them_with_one_line(
    pair: Pair, given: dict[str, float | str], told: str
) -> None:
    """It names the bounds, the type that is wanted, or the parameter that was meant."""
    pair.allow(COIN)
    assert pair.error([({}, 0), (given, 1), ({}, 2)]) == told
    pair.works()


@SLOW
def test_a_print_of_100_mb_disturbs_no_run(pair: Pair) -> None:
    """It is counted and dropped, in each of them."""
    pair.allow(misbehaving(Bad("print('x' * 10**8)", "", ""), "parameters.tosses == 7"))
    came: dict[int, Run] = {}
    settings: list[Setting] = [({"tosses": tosses}, 0) for tosses in (6, 7, 8, 7)]
    pair.runner.run(run_each(pair.laboratories, "coin", settings, came.__setitem__))
    assert [came[number].printed for number in range(4)] == [0, 10**8 + 1, 0, 10**8 + 1]
    pair.works()


@SLOW
def test_verify_all_tells_each_in_one_line_and_judges_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever all the others do, whoever behaves is judged, for each seed."""
    (tmp_path / "shipped" / "simulations").mkdir(parents=True)
    monkeypatch.setattr("studyapp.library.shipped_content", lambda: tmp_path / "shipped")
    monkeypatch.setattr(worker, "Limits", lambda: LIMITS)
    home = tmp_path / "home"
    texts = {name: (bad, misbehaving(bad, "True")) for name, bad in BAD.items()}
    texts |= {name: (bad, bad.doing) for name, bad in FILES.items()}
    wanted = {}
    for name, (bad, text) in texts.items():
        path = own_simulation(home, text, f"bad_{name.lower().replace(' ', '_')}")
        wanted[path.stem] = (place(path, bad) if bad.line else path.name, bad.told)
    own_simulation(home, COIN, "good")
    own_simulation(home, misbehaving(Bad("print('x' * 10**8)", "", ""), "True"), "prints")
    done = call(home, "verify", "--all", "--seeds", "3", "--json")
    assert (done.status, done.err) == (1, "")
    found = {one.pop("simulation"): one for one in done.json["simulations"]}
    for name in ("good", "prints"):
        one = found.pop(name)
        assert (one["error"], one["failed"], one["silent"], one["runs"]) == ("", [], [], 3)
    assert found.keys() == wanted.keys()
    for name, (begins, told) in wanted.items():
        assert found[name]["error"].startswith(begins)
        assert told in found[name]["error"]
        assert found[name]["error"].isprintable()
        assert found[name]["held"] == []
