"""The rules of a file: what it says of itself, and what its author is told who got something wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.runs.errors import SimulationError
from tests.runs.writing import COIN, HEAD, RUN, Bench, line_with, run_of, write


def test_a_description_is_all_that_front_ends_need(bench: Bench, tmp_path: Path) -> None:
    """Title, first paragraph, parameters with bounds, values, claims and mistakes."""
    told = bench.do(bench.worker.describe(write(tmp_path, COIN)))
    assert (told.name, told.title, told.summary) == ("coin", "A coin", "Tosses a coin.")
    chance, tosses = told.parameters
    assert (chance.kind, chance.low, chance.high, tosses.kind, tosses.scale) == ("float", 0.0, 1.0, "int", "log")
    assert [(one.name, one.unit) for one in told.values] == [("share", "heads per toss")]
    assert [(one.number, one.name, one.domain) for one in told.claims] == [
        (1, "share_is_chance", ""),
        (2, "fair", "chance 0.5"),
    ]
    assert [(one.name, one.value) for one in told.mistakes] == [("share_of_tails", "share")]
    assert told.accept({"chance": "0.25"}) == {"chance": 0.25, "tosses": 1000}


def test_infinite_bounds_of_a_parameter_are_none(bench: Bench, tmp_path: Path) -> None:
    """They mean the same and can be told in JSON."""
    code = COIN.replace("low=0.0, high=1.0", "low=0.0, high=float('inf')")
    assert bench.do(bench.worker.describe(write(tmp_path, code))).parameters[0].high is None


def test_the_text_is_executed_as_it_is_shown(bench: Bench, tmp_path: Path) -> None:
    """A coding line is only a comment, and a byte order mark is skipped: consent is to what a learner saw."""
    code = "\ufeff# -*- coding: utf-7 -*-\n" + COIN.replace("A coin", "+AGE- coin")
    source = write(tmp_path, code)
    assert bench.do(bench.worker.describe(source)).title == "+AGE- coin"
    assert bench.do(bench.worker.run(source, {}, seed=0)).sha256 == source.sha256


def test_a_copy_has_its_own_name(bench: Bench, tmp_path: Path) -> None:
    """Although its bytes, and so its hash, are the same."""
    assert bench.do(bench.worker.describe(write(tmp_path, COIN))).name == "coin"
    assert bench.do(bench.worker.describe(write(tmp_path, COIN, "copy"))).name == "copy"


def test_the_places_of_a_claim_have_values_as_a_run_takes_them(bench: Bench, tmp_path: Path) -> None:
    """One place or several, each told by what differs from the defaults; an empty one are the defaults themselves."""
    several = AT.replace("at=", 'at=[{"chance": "0.5", "tosses": 20.0}, {}]')
    told = bench.do(bench.worker.describe(write(tmp_path, several)))
    assert [one.at for one in told.claims] == [(), ({"chance": 0.5, "tosses": 20}, {})]
    assert type(told.claims[1].at[0]["tosses"]) is int
    one = bench.do(bench.worker.describe(write(tmp_path, AT.replace("at=", "at={'tosses': 20}"), "one")))
    assert one.claims[1].at == ({"tosses": 20},)


def test_a_claim_is_about_all_seeds_or_a_share_of_them(bench: Bench, tmp_path: Path) -> None:
    """The share is told with the claim, and by each run; one that is no part of 1 is refused with its line."""
    most = AT.replace("at=", "share=0.6")
    told = bench.do(bench.worker.describe(write(tmp_path, most)))
    assert [one.share for one in told.claims] == [1.0, 0.6]
    run = bench.do(bench.worker.run(write(tmp_path, most), {}, 0))
    assert [one.share for one in run.claims if one.verdict != "does not apply"][-1] == 0.6
    for share in ("0", "1.5", "'most'"):
        with pytest.raises(SimulationError, match=r"has share=.*; give a part of 1"):
            bench.do(bench.worker.describe(write(tmp_path, AT.replace("at=", f"share={share}"), "wrong")))


def test_main_is_not_called_when_a_file_is_loaded(bench: Bench, tmp_path: Path) -> None:
    """`if __name__ == "__main__"` is for the command line."""
    code = COIN + '\n\nif __name__ == "__main__":\n    main()\n'
    assert bench.do(bench.worker.describe(write(tmp_path, code))).title == "A coin"


# --- what authors get wrong -----------------------------------------------------------------------

EXPECTED = '@expected("share")\ndef share(parameters):\n    '
CLAIM = '@claim(1, "a claim")\ndef holds(parameters, values):\n    '
FIGURE = 'return Result({}, [Figure("t", Axis("x"), Axis("y"), [%s])])'
DECLARED = '    chance: float = parameter(0.5, low=0.0, high=1.0, help="probability of heads")\n'

AT = COIN.replace('domain="chance 0.5")', 'domain="chance 0.5", at=)')
PLACE = "the claim fair has at={'chance': 0.4}, where it does not apply; it is about chance 0.5; correct at"
NARROW = "    def __post_init__(self):\n        if self.tosses == 7:\n            raise ValueError('seven')\n\n\n"

WRONG = {
    "syntax": (HEAD + "def run(:\n", "def run(:", "is not Python: invalid syntax"),
    "null byte": (HEAD + "\0", "", "is not Python"),
    "nested": (HEAD + "x = " + "(" * 5000, "x = (", "is not Python: too many nested"),
    "no title": (COIN.replace('TITLE = "A coin"', ""), "", "has no TITLE; add a line"),
    "empty title": (COIN.replace('"A coin"', '" "'), "TITLE =", "has no TITLE"),
    "no parameters": (COIN.replace("class Parameters", "class Parameter"), "", "has no dataclass Parameters"),
    "not a dataclass": (COIN.replace("@dataclass(frozen=True)", ""), "class Parameters", "has no dataclass Parameters"),
    "not frozen": (COIN.replace("(frozen=True)", ""), "class Parameters", "Parameters is not frozen"),
    "bare field": (
        COIN.replace(DECLARED, "    chance: float = 0.5\n"),
        "class Parameters",
        "Parameters.chance is not declared with parameter(...)",
    ),
    "reserved": (COIN.replace(DECLARED, DECLARED.replace("chance:", "seed:")), "class Parameters", "is reserved"),
    "default out of bounds": (COIN.replace("(0.5, low", "(5.0, low"), "class Parameters", "it lies outside 0 .. 1"),
    "nan bound": (COIN.replace("low=0.0", "low=float('nan')"), "class Parameters", "chance: "),
    "no run": (HEAD, "", "has no function run; add def run(parameters, rng)"),
    "run is no function": (HEAD + "run = 3\n", "run = 3", "has no function run"),
    "run takes one": (HEAD + "def run(parameters):\n    pass\n", "def run", "run takes (parameters)"),
    "claim takes one": (COIN.replace("fair(parameters, values)", "fair(values)"), "def fair", "the claim fair takes"),
    "defined twice": (
        COIN.replace("def fair(parameters", "def share_is_chance(twice"),
        "def share_is_chance(twice",
        "is defined twice, first in line",
    ),
    "claim twice": (
        COIN.replace("def fair", "def other") + "other.claim = share_is_chance.claim\n",
        "def share_is_chance",
        "the claim share_is_chance is there twice",
    ),
    "number twice": (COIN.replace("@claim(2", "@claim(1"), "def fair", "both have number 1"),
    "mistake about nothing": (
        COIN.replace('@mistake("share"', '@mistake("shares"'),
        "def share_of_tails",
        "is about 'shares', which no @expected gives; name one of share",
    ),
    "at: unknown": (AT.replace("at=", "at={'chanse': 1}"), "def fair", "at of the claim fair: coin has no parameter"),
    "at: bounds": (AT.replace("at=", "at={'chance': 2}"), "def fair", "parameter chance: '2' does not fit, it lies"),
    "at: silent": (AT.replace("at=", "at=[{}, {'chance': 0.4}]"), "def fair", PLACE),
    "at: no mapping": (
        AT.replace("at=", "at='chance'"),
        "def fair",
        "at='chance', which is no mapping from parameters",
    ),
    "at: no names": (
        AT.replace("at=", "at={1: 2}"),
        "def fair",
        "has at={1: 2}, which is no mapping from parameters; write at={",
    ),
    "at: applies fails": (
        AT.replace("at=", "at={}").replace("parameters: parameters.chance", "parameters: 1 / 0"),
        "1 / 0",
        "at of the claim fair raised ZeroDivisionError",
    ),
    "at: no parameters": (
        AT.replace("at=", "at={'tosses': 7}").replace("\n\n\ndef run", "\n\n" + NARROW + "def run", 1),
        "raise ValueError",
        "at of the claim fair raised ValueError: seven",
    ),
    "sibling import": (HEAD + "import other\n", "import other", "raised ModuleNotFoundError: No module named 'other'"),
    "exit at the top": (HEAD + "import sys\nsys.exit(3)\n", "sys.exit(3)", "importing it raised SystemExit: 3"),
    "exception in run": (run_of("return 1 / 0"), "1 / 0", "run raised ZeroDivisionError: division by zero; correct it"),
    "exception in numpy": (run_of("np.zeros(2) + np.zeros(3)"), "np.zeros(2)", "run raised ValueError: operands could"),
    "sys.exit": (run_of("raise SystemExit"), "raise SystemExit", "run raised SystemExit; a simulation returns"),
    "interrupt": (run_of("raise KeyboardInterrupt('x')"), "raise K", "run raised KeyboardInterrupt: x"),
    "recursion": (HEAD + "def run(p, r):\n    return run(p, r)\n", "return run", "run raised RecursionError"),
    "stop": (run_of("raise StopIteration"), "raise Stop", "run raised StopIteration"),
    "str fails": (
        run_of("class E(Exception):\n    def __str__(self): return 1/0\nraise E"),
        "raise E",
        "run raised E; correct it",
    ),
    "control characters": (
        run_of(r"raise ValueError('a\x1b]52;c;x\x07\n\u202eb')"),
        "raise",
        "ValueError: a ]52;c;x b",
    ),
    "returns a dict": (run_of("return {'n': 1}"), "def run", "run returned dict, not a Result"),
    "returns nothing": (run_of("pass"), "def run", "run returned NoneType, not a Result"),
    "nan": (run_of("return Result({'n': np.nan})"), "def run", "the value n is nan; a value is a finite number"),
    "float nan": (run_of("return Result({'n': float('inf')})"), "def run", "the value n is inf"),
    "nan in an array": (
        run_of("return Result({'n': np.array([[1, 2], [3, np.nan]])})"),
        "def run",
        "the value n is nan at index 1, 1",
    ),
    "text": (run_of("return Result({'n': 'one'})"), "def run", "the value n is not made of numbers (str)"),
    "none": (run_of("return Result({'n': None})"), "def run", "the value n is not made of numbers (NoneType)"),
    "complex": (run_of("return Result({'n': 1j})"), "def run", "the value n is not made of numbers (complex)"),
    "objects": (run_of("return Result({'n': [1, None]})"), "def run", "the value n is not made of numbers (list)"),
    "uneven": (run_of("return Result({'n': [[1], [1, 2]]})"), "def run", "the value n is a list of uneven lists"),
    "huge": (run_of("return Result({'n': np.zeros(3_000_000)})"), "def run", "the value n has 3,000,000 numbers"),
    "names": (run_of("return Result({1: 1})"), "def run", "no mapping from names"),
    "values is a list": (run_of("return Result([1])"), "def run", "no mapping from names"),
    "exception in expected": (HEAD + RUN + EXPECTED + "return 1 / 0\n", "1 / 0", "@expected share raised ZeroDivision"),
    "expected nan": (HEAD + RUN + EXPECTED + "return np.nan\n", '@expected("share', "@expected share is nan"),
    "expected unknown": (
        (HEAD + RUN + EXPECTED + "return 1\n").replace("def share", "def part"),
        '@expected("share',
        "@expected part has no value of that name to compare with",
    ),
    "expected shape": (
        HEAD + RUN + EXPECTED + "return [1, 2]\n",
        '@expected("share',
        "the value share is one number, @expected share is an array of 2",
    ),
    "exception in claim": (HEAD + RUN + CLAIM + "return values['x']\n", "values['x']", "the claim holds raised KeyErr"),
    "claim returns bool": (HEAD + RUN + CLAIM + "return True\n", '@claim(1, "a', "the claim holds returned bool"),
    "claim about nothing": (
        HEAD + RUN + CLAIM + "return about(None, 1, absolute=1)\n",
        "about(None",
        "the claim holds raised TypeError: float() argument must be",
    ),
    "claim measures nothing": (
        HEAD + RUN + CLAIM + "return Check(None, 1, 0, 2)\n",
        '@claim(1, "a',
        "the claim holds returned a Check that is not made of numbers; measure one number",
    ),
    "claim measures many": (
        HEAD + RUN + CLAIM + "return Check(np.ones(3), 1, 0, 2)\n",
        '@claim(1, "a',
        "the claim holds returned a Check that is not made of numbers",
    ),
    "exception in applies": (
        COIN.replace("parameters: parameters.chance == 0.5", "parameters: 1 / 0"),
        "1 / 0",
        "applies of fair raised ZeroDivisionError",
    ),
    "post init": (
        HEAD.rstrip() + "\n\n    def __post_init__(self):\n        raise ValueError('too few')\n\n\n" + RUN,
        "raise ValueError",
        "Parameters raised ValueError: too few",
    ),
    "one figure": (
        run_of('return Result({}, Figure("t", Axis("x"), Axis("y"), []))'),
        "def run",
        "the figures of the Result are no list",
    ),
    "no figure": (run_of("return Result({}, [3])"), "def run", "figure 1 of run: int is no Figure"),
    "axis": (run_of('return Result({}, [Figure("t", "x", Axis("y"), [])])'), "def run", "an axis is Axis("),
    "mark": (run_of(FIGURE % "3"), "def run", "figure 1 of run: int is no Line, Points, Bars or HeatMap"),
    "x and y": (run_of(FIGURE % 'Line([1, 2], [1], "a")'), "def run", "Line 'a' has 2 x and 1 y"),
    "names and heights": (run_of(FIGURE % 'Bars(["a"], [1, 2])'), "def run", "Bars has 1 names and 2 heights"),
    "names are none": (run_of(FIGURE % "Bars(None, [1])"), "def run", "Bars has names that are no list"),
    "figure nan": (run_of(FIGURE % "Points([1, 2], [1, np.nan])"), "def run", "y is nan at index 1; leave such points"),
    "matrix as a row": (run_of(FIGURE % "Line(np.eye(2), [1, 2])"), "def run", "x is an array of 2 x 2, not a row"),
    "row as a matrix": (run_of(FIGURE % "HeatMap([1, 2])"), "def run", "z is an array of 2, not a matrix"),
    "ends of a heat map": (
        run_of(FIGURE % 'HeatMap(np.eye(2), "", (1, 1))'),
        "def run",
        "x of a heat map is two numbers that differ",
    ),
    "one end of a heat map": (run_of(FIGURE % "HeatMap(np.eye(2), y=1)"), "def run", "y is one number, not a row"),
    "empty": (run_of(FIGURE % "Line([], [])"), "def run", "x is an array of 0"),
    "fork": (run_of("import os\nos.fork()"), "os.fork()", "os.fork starts or signals another process; a simulation"),
    "subprocess": (
        run_of("import subprocess\nsubprocess.run(['true'])"),
        "subprocess.run",
        "subprocess.Popen starts or signals another process",
    ),
    "kill": (run_of("import os\nos.kill(os.getppid(), 9)"), "os.kill", "os.kill starts or signals another process"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_an_author_got_wrong_is_one_clear_line_with_its_place(bench: Bench, tmp_path: Path, case: str) -> None:
    """File and line first, then what is wrong and what to do; and the process goes on."""
    text, at, told = WRONG[case]
    source = write(tmp_path, text)
    before = bench.worker.pid
    line = bench.error(bench.worker.run(source, {}, seed=0))
    number = line_with(source, at) if at else 0
    assert line.startswith(f"coin.py:{number}: " if number else "coin.py: ")
    assert told in line
    assert bench.worker.pid == before or before is None
