"""Rules of `studyapp run`: names, parameters, figures, JSON, and whose simulations may run."""

from __future__ import annotations

import math
import re
from pathlib import Path

import click
import pytest

from studyapp.cli.arguments import options_of
from studyapp.simulation import RESERVED, Description, Parameter, ParameterError
from tests.cli.calling import ROOT, Done, call, own_simulation
from tests.cli.samples import HALF, doing

SLOW = pytest.mark.slow
SHIPPED = sorted(path.stem for path in (ROOT / "simulations").glob("*.py"))
RUN_KEYS = ["simulation", "parameters", "seed", "values", "claims", "numpy", "seconds"]
CLAIM_KEYS = ["id", "name", "measured", "expected", "low", "high", "verdict"]


@pytest.fixture
def own(home: Path) -> Path:
    """A data folder with a simulation `mine` that may run."""
    own_simulation(home, HALF)
    return home


# --- one run --------------------------------------------------------------------------------------


def test_json_is_as_documented(read_home: Path) -> None:
    """Keys in their order, the claims' ids by number, infinite bounds as null, and nothing else on stdout."""
    done = call(read_home, "run", "softmax_output", "--temperature", "2", "--seed", "7", "--json")
    assert (done.status, done.err) == (0, "")
    assert list(done.json) == RUN_KEYS
    assert (done.json["simulation"], done.json["seed"]) == ("softmax_output", 7)
    assert done.json["parameters"]["temperature"] == 2
    assert done.json["parameters"]["logits"] == [1.3, 5.2, 2.2, 0.7, 1.1]
    assert math.isclose(done.json["values"]["largest_probability"], 0.62518, rel_tol=1e-4)
    assert all(list(claim) == CLAIM_KEYS for claim in done.json["claims"])
    claims = {claim["name"]: claim for claim in done.json["claims"]}
    assert claims["lecture_example"]["id"] == "softmax_output.3"
    assert claims["lecture_example"]["verdict"] == "does not apply"
    assert claims["lecture_example"]["measured"] is None
    assert claims["jacobian"]["verdict"] == "holds"
    assert claims["jacobian"]["low"] is None
    assert done.json["seconds"] > 0


def test_one_seed_gives_one_run(own: Path) -> None:
    """Equal values for a seed, others for another."""
    first, again, other = (
        call(own, "run", "mine", "--seed", seed, "--json").json["values"]["half"] for seed in ("3", "3", "4")
    )
    assert first == again != other


def test_a_run_is_told_in_words(own: Path) -> None:
    """Parameters, measured beside expected, each claim that says something, and those that are silent."""
    done = call(own, "run", "mine", "--number", "1")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("A half   seed 0, ")
    assert "number=1  two_step=false  weights_of=1,2  way=slow" in done.out
    assert "half     0.50027   0.5\n" in done.out
    assert "✓ is_small holds: half is never more than 4\n    measured 0.5003, allowed up to 4\n" in done.out
    assert done.out.endswith("· not about these parameters: is_less\n")


def test_a_claim_that_fails_is_said_and_is_no_error_of_the_run(own: Path) -> None:
    """`run` shows what is; `verify` is what fails."""
    done = call(own, "run", "mine", "--number", "10")
    assert done.status == 0
    assert "✗ is_small fails: half is never more than 4\n" in done.out


def test_help_of_a_simulation_lists_what_it_takes(own: Path) -> None:
    """Parameters with defaults, bounds and meaning; values and claims that cards may name."""
    done = call(own, "run", "mine", "--help")
    assert (done.status, done.err) == (0, "")
    assert done == call(own, "run", "mine", "-h")
    assert done.out.startswith("A half\n\nHalves a number.\n\n")
    for line in (
        "--number      3        0 .. 10      what is halved",
        "--two_step    false    true, false  by halving the root",
        "--way         slow     slow, fast   how",
        "  half: half the number",
        "  is_less: half is less than the whole (number above 1)",
    ):
        assert line in done.out.splitlines()


# --- parameters -----------------------------------------------------------------------------------


MINE = Description(
    "mine",
    "",
    "",
    (
        Parameter("number", "float", 3.0, "", low=0, high=10),
        Parameter("two_step", "bool", False, ""),
        Parameter("weights_of", "numbers", (1.0, 2.0), "", low=-5, high=5),
        Parameter("way", "choice", "slow", "", choices=("slow", "fast")),
    ),
    (),
    (),
    (),
)
"""What the simulation `mine` takes, known without a run."""


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        (["--number", "4"], "number", 4.0),
        (["--number=4e-1"], "number", 0.4),
        (["--two_step"], "two_step", True),
        (["--two-step"], "two_step", True),
        (["--no-two-step"], "two_step", False),
        (["--no_two_step"], "two_step", False),
        (["--two-step", "false"], "two_step", False),
        (["--two-step=yes"], "two_step", True),
        (["--two-step", "--number", "1"], "two_step", True),
        (["--weights-of", "-1,2.5"], "weights_of", (-1.0, 2.5)),
        (["--weights_of=-1, 2, 3"], "weights_of", (-1.0, 2.0, 3.0)),
        (["--weights-of", "[4]"], "weights_of", (4.0,)),
        (["--way", "fast"], "way", "fast"),
        (["--number", "1", "--number", "2"], "number", 2.0),
    ],
)
def test_parameters_are_options(words: list[str], name: str, value: object) -> None:
    """With `=` or without, `-` or `_`; switches alone, with `no`, or with a word; the last of two counts."""
    assert MINE.accept(options_of(MINE, words))[name] == value


def test_parameters_reach_the_run(own: Path) -> None:
    """All of them, given or default; a negative number is no option."""
    done = call(own, "run", "mine", "--weights-of", "-1,2.5", "--two-step", "--way=fast", "--json")
    assert done.json["parameters"] == {"number": 3.0, "two_step": True, "weights_of": [-1.0, 2.5], "way": "fast"}
    assert done.json["values"]["numbers"] == [-1.0, 2.5]


def test_the_seed_may_stand_anywhere(own: Path) -> None:
    """Between the parameters as well, or before the name."""
    assert call(own, "run", "mine", "--number", "4", "--seed", "5", "--way=fast", "--json").json["seed"] == 5
    assert call(own, "run", "--seed=5", "mine", "--json").json["seed"] == 5


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--number", "11"], "parameter number: '11' does not fit, it lies outside 0 .. 10"),
        (["--number", "many"], "parameter number: 'many' does not fit, a number is wanted"),
        (["--number", "nan"], "parameter number: 'nan' does not fit, a finite number is wanted"),
        (["--number"], "--number wants a value; it may be 0 .. 10"),
        (["--number", "--way", "fast"], "--number wants a value"),
        (["--way", "quick"], "parameter way: 'quick' does not fit, choose one of slow, fast"),
        (["--two-step", "perhaps"], "parameter two_step: 'perhaps' does not fit, say true or false"),
        (["--weights-of", "1,two"], "parameter weights_of: 'two' does not fit, a number is wanted"),
        (["--weights-of", "1,9"], "parameter weights_of: '9' does not fit, it lies outside -5 .. 5"),
        (["--nubmer", "4"], "mine has no parameter 'nubmer'; did you mean number?"),
        (["--nubmer"], "mine has no parameter 'nubmer'; did you mean number?"),
        (["--no-way"], "mine has no parameter 'no_way'; did you mean way?"),
        (["4"], "'4' is no option; parameters are written --name value"),
        (["-n", "4"], "'-n' is no option"),
        (["--number", "4", "5"], "'5' is no option"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused(words: list[str], line: str) -> None:
    """Named with its bounds, or with the nearest name."""
    with pytest.raises((click.UsageError, ParameterError)) as caught:
        MINE.accept(options_of(MINE, words))
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--way", "no"], "parameter way: 'no' does not fit, choose one of slow, fast; see `studyapp run mine --help`"),
        (["--nubmer", "4"], "mine has no parameter 'nubmer'; did you mean number?"),
        (["-n", "4"], "'-n' is no option; parameters are written --name value"),
    ],
)  # fmt: skip
def test_a_refused_parameter_is_wrong_usage(own: Path, words: list[str], line: str) -> None:
    """One line, status 2; nothing runs."""
    done = call(own, "run", "mine", *words)
    assert done.refusal(2) == "run: " + line
    assert done.out == ""


def test_options_before_the_name_are_refused() -> None:
    """They could be anybody's."""
    assert "the simulation's name comes first, before --temperature" in call(None, "run", "--temperature", "2").refusal(
        2
    )


def test_a_parameter_that_begins_with_no_is_itself() -> None:
    """`--no-x` is the switch `x` only where there is no parameter `no_x`."""
    parameters = tuple(Parameter(name, "bool", False, "") for name in ("noise", "no_noise", "fast"))
    description = Description("one", "", "", parameters, (), (), ())
    assert options_of(description, ["--no-noise", "--no-fast"]) == {"no_noise": True, "fast": False}
    with pytest.raises(click.UsageError):
        options_of(description, ["--"])


def test_the_reserved_names_are_the_documented_ones() -> None:
    """Those of the command line's own options."""
    assert {"seed", "json", "figure", "home", "debug"} == RESERVED


@pytest.mark.parametrize("name", ["seed", "home"])
def test_no_parameter_bears_a_name_of_the_command_lines_own(home: Path, name: str) -> None:
    """The simulation is refused, with the line and the reason."""
    own_simulation(home, HALF.replace("number: float", f"{name}: float"))
    line = call(home, "run", "mine").refusal()
    assert f"{name}: the name is reserved" in line


# --- figures --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "begins"), [("a.png", b"\x89PNG\r\n"), pytest.param("a.SVG", b"<?xml", marks=SLOW)])
def test_a_figure_is_written_by_its_names_ending(own: Path, tmp_path: Path, name: str, begins: bytes) -> None:
    """PNG or SVG; stdout still has only the JSON."""
    done = call(own, "run", "mine", "--figure", str(tmp_path / name), "--json")
    assert done.status == 0, done.err
    assert list(done.json) == RUN_KEYS
    assert done.err == f"figure written to {tmp_path / name}\n"
    assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.gif", "is no kind of figure; give a name that ends in .png or .svg"),
        ("a", "is no kind of figure"),
        ("none/a.png", "cannot be a file; make its folder"),
        (".png", "is no kind of figure"),
    ],
)
def test_a_figure_that_cannot_be_written_is_refused_before_the_run(
    own: Path, tmp_path: Path, name: str, line: str
) -> None:
    """So that no long run is lost."""
    done = call(own, "run", "mine", "--figure", str(tmp_path / name))
    assert line in done.refusal(2)
    assert done.out == ""


def test_a_figure_of_a_simulation_without_any_is_refused(home: Path, tmp_path: Path) -> None:
    """And nothing is written."""
    own_simulation(home, doing("return Result({'one': 1.0})"))
    done = call(home, "run", "mine", "--figure", str(tmp_path / "a.png"))
    assert done.refusal() == "mine draws no figure; leave --figure out"
    assert not (tmp_path / "a.png").exists()


# --- which simulations ----------------------------------------------------------------------------


def test_alone_it_lists_them_all(read_home: Path) -> None:
    """By name, with their titles; as JSON with their summaries."""
    done = call(read_home, "run")
    assert (done.status, done.err) == (0, "")
    assert [line.split()[0] for line in done.out.splitlines()[1 : len(SHIPPED) + 1]] == SHIPPED
    found = call(read_home, "run", "--json").json
    assert [one["simulation"] for one in found] == SHIPPED
    assert all(one["title"] and one["summary"] for one in found)


def test_the_list_has_own_simulations_too(home: Path) -> None:
    """One that may not run yet is known by its name only: nothing in it was read."""
    own_simulation(home, HALF)
    own_simulation(home, "raise RuntimeError", "strange", consent=False)
    done = call(home, "run")
    assert done.status == 0
    assert re.search(r"^mine +A half$", done.out, re.MULTILINE)
    assert re.search(r"^strange +your own, not allowed to run yet$", done.out, re.MULTILINE)
    assert call(home, "run", "--json").json[-1] == {"simulation": "strange", "title": None, "summary": None}


def test_the_list_says_what_is_wrong(home: Path) -> None:
    """A file that cannot be read leaves the others; the exit status tells."""
    own_simulation(home, "TITLE = 'x'", "broken")
    own_simulation(home, HALF, "softmax_output")
    done = call(home, "run")
    assert done.status == 1
    assert [line.split()[0] for line in done.out.splitlines()[1 : len(SHIPPED) + 1]] == SHIPPED
    problems = done.err.splitlines()
    assert len(problems) == 2
    assert all(line.startswith("studyapp: ") for line in problems)
    assert any("broken.py" in line for line in problems)
    assert any("there is a shipped simulation 'softmax_output', which is used" in line for line in problems)


def test_an_unknown_simulation_is_named_with_the_nearest(read_home: Path) -> None:
    """Exit 1; without anything near, all names."""
    line = call(read_home, "run", "softmax_outptu").refusal()
    assert line == "softmax_outptu: there is no simulation of this name; did you mean 'softmax_output'?"
    assert f"it may be {SHIPPED[0]}, " in call(read_home, "run", "zzz").refusal()


def test_a_file_may_be_named_by_its_path(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also relative to where one is; a shipped file by its path is the shipped simulation."""
    monkeypatch.chdir(own / "simulations")
    assert call(own, "run", "mine.py", "--json").json["simulation"] == "mine"
    shipped = ROOT / "simulations" / "softmax_output.py"
    assert call(own, "run", str(shipped), "--json").json["simulation"] == "softmax_output"
    assert "cannot be read: No such file or directory" in call(own, "run", str(tmp_path / "none.py")).refusal()
    (tmp_path / "folder.py").mkdir()
    assert "this is not a file" in call(own, "run", str(tmp_path / "folder.py")).refusal()


# --- consent --------------------------------------------------------------------------------------


def test_without_a_terminal_an_own_simulation_does_not_run_unasked(home: Path, tmp_path: Path) -> None:
    """One line that says how it is allowed, by the name it was called by; nothing in it was executed."""
    proof = tmp_path / "executed"
    text = f"open({str(proof)!r}, 'w')\n" + HALF
    path = own_simulation(home, text, consent=False)
    for name in ("mine", str(path)):
        line = call(home, "run", name).refusal()
        remedy = f"`studyapp run {name}` in a terminal shows it and asks"
        assert line == f"{path}: your own simulation has not been allowed to run yet; {remedy}"
    assert not proof.exists()


def asked(home: Path, monkeypatch: pytest.MonkeyPatch, answer: str, *words: str) -> Done:
    """A run at a terminal, at which a question is answered."""
    monkeypatch.setattr("studyapp.cli.run.on_terminal", lambda: True)
    monkeypatch.setattr("click.echo_via_pager", click.echo)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda *_: answer)
    return call(home, "run", "mine", *words)


def test_at_a_terminal_the_file_is_shown_and_asked_about(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would deceive the eye is written out; a yes counts until the file changes."""
    own_simulation(home, HALF + "# \x1b[2K\u202e\n", consent=False)
    refused = asked(home, monkeypatch, "n")
    assert refused.status == 1
    told = f"{home / 'simulations' / 'mine.py'} is your own file and has not run in this version. You are asked whether"
    assert " ".join(refused.out.split()).startswith(f"{told} it may when you have read it (q).")
    assert all(len(line) <= 80 or " " not in line for line in refused.out.split("\n\n")[0].splitlines())
    assert "# \\x1b[2K\\u202e\n" in refused.out
    assert "which is not a sandbox" in refused.out
    assert refused.err == "studyapp: mine was not run\n"
    assert asked(home, monkeypatch, "y").status == 0
    assert call(home, "run", "mine", "--json").status == 0
    own_simulation(home, HALF + "# changed\n", consent=False)
    assert asked(home, monkeypatch, "n").err == "studyapp: mine was not run\n"


def test_a_key_too_many_answers_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter, or a q meant for the pager: it is asked again, and only n is no."""
    own_simulation(home, HALF, consent=False)
    answers = iter(["", "q", "qq", "y"])
    monkeypatch.setattr("studyapp.cli.run.on_terminal", lambda: True)
    monkeypatch.setattr("click.echo_via_pager", click.echo)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda *_: next(answers))
    assert call(home, "run", "mine").status == 0
    assert next(answers, None) is None


def test_json_is_never_mixed_with_a_question(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal as well."""
    own_simulation(home, HALF, consent=False)
    done = asked(home, monkeypatch, "y", "--json")
    assert "has not been allowed to run yet" in done.refusal()
    assert done.out == ""


# --- prints ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("json", [False, pytest.param(True, marks=SLOW)])
def test_what_a_simulation_prints_is_counted_on_stderr(home: Path, json: bool) -> None:
    """Once, beside the run as it is without prints; the keys of the JSON stay the documented ones."""
    own_simulation(home, HALF.replace("    half = p", "    print('x' * 1233)\n    half = p", 1))
    done = call(home, "run", "mine", *["--json"] * json)
    told = "it printed 1,234 characters, which are not shown; return values instead"
    assert (done.status, done.err) == (0, f"studyapp: mine: {told}\n")
    if json:
        assert list(done.json) == RUN_KEYS
    else:
        assert "is_less holds" in done.out
        assert "xxx" not in done.out


@SLOW
def test_a_simulation_that_prints_100_mb_is_run(home: Path) -> None:
    """In a moment, and in no more memory."""
    own_simulation(home, doing("for _ in range(1600):\n    print('x' * 2**16)\nreturn Result({'one': 1.0})"))
    done = call(home, "run", "mine", "--json")
    assert done.err == "studyapp: mine: it printed 104,859,200 characters, which are not shown; return values instead\n"
    assert done.json["seconds"] < 10
