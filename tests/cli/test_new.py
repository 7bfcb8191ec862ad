"""Rules of `studyapp new simulation`: what is written works at once, and what is refused is said in one line."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from studyapp.runs.consent import Consent
from studyapp.runs.finder import read_source
from tests.cli.calling import ROOT, as_nobody, call, own_simulation, start
from tests.cli.samples import HALF

SLOW = pytest.mark.slow


@pytest.fixture
def begun(home: Path) -> Path:
    """A new simulation `mine` that may run."""
    assert call(home, "new", "simulation", "mine").status == 0
    path = home / "simulations" / "mine.py"
    Consent(home / "consent.json").give(read_source(path))
    return path


def test_the_path_and_the_next_three_commands_are_told(home: Path) -> None:
    """Each works here: with the data folder, as it is not the usual one."""
    done = call(home, "new", "simulation", "my_idea")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[0] == f"{home / 'simulations' / 'my_idea.py'} is yours to change. Next:"
    named = re.findall("^  (studyapp.*)$", done.out, re.MULTILINE)
    assert named == [f"studyapp --home {home}{rest}" for rest in (" run my_idea", " verify --all", "")]


def test_it_is_asked_for_before_it_runs(home: Path) -> None:
    """It is the learner's own file from the first byte on."""
    call(home, "new", "simulation", "mine")
    assert "has not been allowed to run yet" in call(home, "run", "mine").refusal()
    assert re.search("^mine +your own, not allowed to run yet$", call(home, "run").out, re.MULTILINE)


def test_what_is_written_holds_at_any_bounds(home: Path, begun: Path) -> None:
    """Its claim and its expected value; by name, and as a program of its own."""
    for options in ([], ["--steps", "1"], ["--steps=1000", "--walks=100"], ["--seed", "5"]):
        told = call(home, "run", "mine", "--json", *options).json
        assert [claim["verdict"] for claim in told["claims"]] == ["holds"]
        assert told["values"]["distance"] == pytest.approx(told["parameters"]["steps"] ** 0.5, rel=0.3)
    done = start("--json", program=(str(begun),), STUDYAPP_HOME=str(home))
    assert (done.status, done.json["simulation"]) == (0, "mine")


def test_what_is_written_is_verified(home: Path, begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By `verify --all`, without a word of complaint; many seeds."""
    assert begun.exists()
    (tmp_path / "shipped" / "simulations").mkdir(parents=True)
    monkeypatch.setattr("studyapp.library.shipped_content", lambda: tmp_path / "shipped")
    done = call(home, "verify", "--all", "--seeds", "50")
    assert (done.status, done.err) == (0, "")
    assert re.search(r"^mine +50 +1 +0 +0 +\d", done.out, re.MULTILINE)
    assert "\n1 claim holds: 1 simulation, 50 runs, 50 seeds, " in done.out


@SLOW
@pytest.mark.parametrize("words", [["mypy", "--strict"], ["ruff", "check"], ["ruff", "format", "--check"]])
def test_what_is_written_is_clean(begun: Path, words: list[str]) -> None:
    """By the rules that the shipped ones keep, and by those that the tools have where nobody set any."""
    ours = {"mypy": "--config-file", "ruff": "--config"}[words[0]]
    for rules in ([], [ours, str(ROOT / "pyproject.toml")]):
        command = [sys.executable, "-m", *words, *rules, str(begun)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=begun.parent)
        assert done.returncode == 0, done.stdout + done.stderr


# --- what is refused ------------------------------------------------------------------------------


def test_what_cannot_be_written_is_one_line(home: Path) -> None:
    """A name that is taken or none, a file that exists; and without a name it is said how it goes."""
    own_simulation(home, HALF)
    assert call(home, "new", "simulation", "mine").refusal() == (
        f"{home / 'simulations' / 'mine.py'}: it exists, and stays as it is; choose another name, or edit it"
    )
    assert "there is a shipped simulation" in call(home, "new", "simulation", "softmax_output").refusal()
    assert call(home, "new", "simulation", "My Idea").refusal().endswith("; it may be my_idea")
    assert call(home, "new", "simulation", "class").refusal() == "class: this is a word of Python; it may be my_class"
    for module in ("numpy", "random", "studyapp"):
        why = "this is the name of a module, which would not be found any more beside it"
        assert call(home, "new", "simulation", module).refusal() == f"{module}: {why}; it may be my_{module}"
    assert call(home, "new", "simulation", "NumPy").refusal().endswith("; it may be num_py")
    assert call(home, "new", "simulation", "Random").refusal().endswith("; it may be my_random")
    assert call(home, "new").refusal(2).endswith("`studyapp new simulation NAME` begins a simulation")
    assert "did you mean 'simulation'?" in call(home, "new", "simulations", "x").refusal(2)
    assert [path.name for path in (home / "simulations").iterdir()] == ["mine.py"]


@pytest.fixture
def open_home(read_home: Path) -> Iterator[Path]:
    """A data folder that another user may enter and write, but for its simulations."""
    top = Path(tempfile.mkdtemp())
    top.chmod(0o755)
    shutil.copytree(read_home, top / "home", ignore=shutil.ignore_patterns("scratch"))
    (top / "home" / "simulations").mkdir()
    for path in [top / "home", *(top / "home").rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    (top / "home" / "simulations").chmod(0o555)
    yield top / "home"
    shutil.rmtree(top)


def test_a_read_only_folder_is_one_line(open_home: Path, tmp_path: Path) -> None:
    """With what to do; nothing is left there."""
    done = as_nobody(tmp_path / "warm", "--home", str(open_home), "new", "simulation", "mine")
    place = open_home / "simulations" / "mine.py"
    assert done.refusal() == f"{place}: cannot be written: Permission denied; make its folder writable"
    assert list((open_home / "simulations").iterdir()) == []


# --- a name that is shipped -----------------------------------------------------------------------


def test_an_own_file_with_a_shipped_name_is_told_wherever_it_is_looked_for(home: Path) -> None:
    """Running it by name, the list, and `check`: the shipped one is used, and nobody may take it for their own."""
    path = own_simulation(home, HALF, "softmax_output")
    told = f"{path}: there is a shipped simulation 'softmax_output', which is used; give the file another name"
    done = call(home, "run", "softmax_output", "--json")
    assert done.err == f"studyapp: {told}\n"
    assert "probabilities" in done.json["values"]
    assert told in call(home, "run", str(path), "--json").err
    listed = call(home, "run")
    assert (listed.status, listed.err) == (1, f"studyapp: {told}\n")
    checked = call(home, "check")
    assert checked.status == 1
    assert told in checked.out
    assert call(home, "run", "cross_entropy", "--json").err == ""
