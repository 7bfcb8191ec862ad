"""The rules of one run: what it gives, and what an author is told who got something wrong.

All of it in real worker processes; the simulations are shipped ones, so that they share one.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from studyapp.simulation import Axis, Bars, Figure, HeatMap, Line, Points, Verdict
from tests.runs.writing import COIN, HEAD, RUN, Bench, run_of, write


def test_a_run_gives_values_exact_values_and_claims(bench: Bench, tmp_path: Path) -> None:
    """With what is needed to repeat it: hash, all parameters, seed and NumPy's version."""
    source = write(tmp_path, COIN)
    run = bench.do(bench.worker.run(source, {"tosses": 400}, seed=7))
    assert (run.simulation, run.sha256, run.seed) == ("coin", source.sha256, 7)
    assert run.parameters == {"chance": 0.5, "tosses": 400}
    assert run.expected == {"share": 0.5}
    assert isinstance(run.values["share"], float)
    assert [(claim.id, claim.verdict) for claim in run.claims] == [
        ("coin.1", Verdict.HOLDS),
        ("coin.2", Verdict.HOLDS),
    ]
    assert run.claims[0].expected == 0.5
    assert 0 < run.seconds < 5
    assert run.numpy == bench.worker.numpy


def test_the_seed_says_everything_random(bench: Bench, tmp_path: Path) -> None:
    """One seed one result, in this process and in the next; another seed another result."""
    source = write(tmp_path, COIN)
    first = bench.do(bench.worker.run(source, {}, seed=1))
    other = bench.do(bench.worker.run(source, {}, seed=2))
    again = Bench(tmp_path / "scratch")
    same = again.do(again.worker.run(source, {}, seed=1))
    again.close()
    assert first.values == same.values != other.values


def test_a_claim_that_is_not_about_these_parameters_is_silent_and_not_called(bench: Bench, tmp_path: Path) -> None:
    """Its function may not even work there."""
    code = COIN + "    raise AssertionError\n"
    code = code.replace("    return between(", "    assert parameters.chance == 0.5\n    return between(")
    run = bench.do(bench.worker.run(write(tmp_path, code), {"chance": 0.3}, seed=0))
    assert [claim.verdict for claim in run.claims] == [Verdict.HOLDS, Verdict.SILENT]
    assert run.claims[1].measured is None


def test_infinite_bounds_and_measurements_of_claims_are_none(bench: Bench, tmp_path: Path) -> None:
    """One-sided claims have one bound; a measurement that is not finite fails."""
    code = COIN + (
        '\n\n@claim(3, "low")\ndef low(parameters, values):\n    return below(values["share"], 1)\n'
        '\n\n@claim(4, "nan")\ndef nan(parameters, values):\n    return about(np.nan, 1, relative=0.1)\n'
    )
    claims = {claim.name: claim for claim in bench.do(bench.worker.run(write(tmp_path, code), {}, seed=0)).claims}
    assert (claims["low"].low, claims["low"].high, claims["low"].verdict) == (None, 1.0, Verdict.HOLDS)
    assert (claims["nan"].measured, claims["nan"].expected, claims["nan"].verdict) == (None, 1.0, Verdict.FAILS)


def test_values_become_plain_numbers_and_lists(bench: Bench, tmp_path: Path) -> None:
    """Of every numeric type that NumPy has."""
    code = run_of(
        "return Result(values=dict(a=np.int64(2**62 + 1), b=np.float32(0.5), c=np.bool_(True), d=np.eye(2, dtype=int),"
        " e=[1.5, 2], f=True, g=10**30, h=np.uint64(2**64 - 1), i=np.longdouble(0.5), j=(), k=np.float16([1, 2])))"
    )
    values = bench.do(bench.worker.run(write(tmp_path, code), {}, seed=0)).values
    assert values == {
        "a": 2**62 + 1,
        "b": 0.5,
        "c": True,
        "d": [[1, 0], [0, 1]],
        "e": [1.5, 2.0],
        "f": True,
        "g": 10**30,
        "h": 2**64 - 1,
        "i": 0.5,
        "j": [],
        "k": [1.0, 2.0],
    }
    assert (type(values["a"]), type(values["b"]), type(values["c"])) == (int, float, bool)


def test_a_whole_number_that_is_too_large_for_any_front_end_is_refused(bench: Bench, tmp_path: Path) -> None:
    """Python counts on where no float does."""
    source = write(tmp_path, run_of("return Result(values=dict(n=-(10**309)))"))
    assert "the value n is a whole number above 1.8e308" in bench.error(bench.worker.run(source, {}, seed=0))


def test_figures_arrive_as_they_were_made(bench: Bench, tmp_path: Path) -> None:
    """Marks by type, arrays as lists."""
    code = run_of(
        'x, y = Axis("layer"), Axis("norm", "log")\n'
        'curves = [Line(np.arange(2), [1, 2.5], "tanh"), Points([1], [2])]\n'
        'marks = [*curves, Bars(["a"], np.ones(1)), HeatMap(np.eye(2))]\n'
        'return Result(values={}, figures=(Figure("Norms", x, y, marks),))'
    )
    run = bench.do(bench.worker.run(write(tmp_path, code), {}, seed=0))
    marks = (Line([0, 1], [1.0, 2.5], "tanh"), Points([1], [2]), Bars(["a"], [1.0]), HeatMap([[1.0, 0.0], [0.0, 1.0]]))
    assert run.figures == (Figure("Norms", Axis("layer"), Axis("norm", "log"), marks),)


def test_run_may_do_without_progress(bench: Bench, tmp_path: Path) -> None:
    """`(parameters, rng)` and `(parameters, rng, progress)` are both right."""
    assert bench.do(bench.worker.run(write(tmp_path, run_of("return Result({'n': 1})")), {}, seed=0)).values == {"n": 1}
    assert bench.do(bench.worker.run(write(tmp_path, HEAD + RUN), {}, seed=0)).values["share"] > 0


def test_keys_are_exact_values_at_many_parameters_in_one_call(bench: Bench, tmp_path: Path) -> None:
    """With what each named mistake gives there, and the unit."""
    sets: list[dict[str, Any]] = [{"chance": chance} for chance in (0.1, 0.2, "0.3")]
    found = bench.do(bench.worker.keys(write(tmp_path, COIN), sets, "share", None, ["share_of_tails"]))
    assert [key.value for key in found] == [0.1, 0.2, 0.3]
    assert [key.mistakes["share_of_tails"] for key in found] == [0.9, 0.8, 0.7]
    assert {key.unit for key in found} == {"heads per toss"}


ARRAYS = (
    HEAD
    + RUN
    + """@expected("powers", applies=lambda p: p.chance < 0.9)
def powers(parameters):
    return parameters.chance ** np.arange(4)


@expected("odds")
def odds(parameters):
    return np.float64(parameters.chance) / (1 - parameters.chance)


@mistake("powers", "linear")
def linear(parameters):
    return 1 - parameters.chance * np.arange(4)


@mistake("powers", "always one")
def one(parameters):
    return 1
"""
)


def test_a_key_may_be_an_element_of_an_array(bench: Bench, tmp_path: Path) -> None:
    """Mistakes give an array as well, or the element itself; a negative index counts from the end."""
    source = write(tmp_path, ARRAYS)
    (key,) = bench.do(bench.worker.keys(source, [{"chance": 0.5}], "powers", 2, ["linear", "one"]))
    assert (key.value, key.mistakes) == (0.25, {"linear": 0.0, "one": 1.0})
    (key,) = bench.do(bench.worker.keys(source, [{"chance": 0.5}], "powers", -1))
    assert key.value == 0.125


APART = ARRAYS.replace(
    "\n\ndef run(",
    """
    def __post_init__(self):
        if self.chance * self.tosses < 1:
            raise ParameterError("chance and tosses are too small together", "raise one of them")


def run(""",
)


def test_keys_may_be_asked_only_where_the_value_applies(bench: Bench, tmp_path: Path) -> None:
    """In the order of the sets; None where it does not apply, or where the parameters do not go together."""
    source = write(tmp_path, APART)
    sets: list[dict[str, Any]] = [{"chance": 0.5}, {"chance": 0.95}, {"chance": 0.01, "tosses": 10}, {"chance": 0.1}]
    found = bench.do(bench.worker.keys_where_it_applies(source, sets, "powers", 1, ["one"]))
    assert [key and (key.value, key.mistakes) for key in found] == [
        (0.5, {"one": 1.0}), None, None, (0.1, {"one": 1.0}),
    ]  # fmt: skip


def test_parameters_that_do_not_go_together_are_one_clear_line(bench: Bench, tmp_path: Path) -> None:
    """In the author's own words, wherever no gap is asked for."""
    source, apart = write(tmp_path, APART), {"chance": 0.01, "tosses": 10}
    told = "chance and tosses are too small together; raise one of them"
    for asked in (
        bench.worker.keys(source, [apart], "odds"),
        bench.worker.run(source, apart, 0),
        bench.worker.beside(source, apart),
    ):
        assert bench.error(asked).endswith(told)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"chance": 2.0}, "parameter chance: '2.0' does not fit"),
        ({"chances": 0.5}, "did you mean chance?"),
        ({"chance": 1.0}, "@expected odds is inf at chance=1"),
    ],
)
def test_what_is_wrong_anyway_is_no_gap(bench: Bench, tmp_path: Path, given: dict[str, Any], told: str) -> None:
    """A set out of bounds, an unknown name and an exact value that is none are errors there too."""
    source = write(tmp_path, APART)
    assert told in bench.error(bench.worker.keys_where_it_applies(source, [given], "odds"))


def test_mistakes_stand_beside_what_they_are_about(bench: Bench, tmp_path: Path) -> None:
    """Whole values, arrays as lists; nothing about a value that does not apply, or that no mistake is about."""
    source = write(tmp_path, ARRAYS)
    exact, wrong = bench.do(bench.worker.beside(source, {"chance": 0.5}))
    assert exact == {"powers": [1.0, 0.5, 0.25, 0.125]}
    assert wrong == {"linear": [1.0, 0.5, 0.0, -0.5], "one": 1}
    assert bench.do(bench.worker.beside(source, {"chance": 0.95})) == ({}, {})
    broken = write(tmp_path, ARRAYS.replace("    return 1\n", "    return 1 / 0\n"), "broken")
    assert "ZeroDivisionError" in bench.error(bench.worker.beside(broken, {}))
    assert "lies outside 0 .. 1" in bench.error(bench.worker.beside(source, {"chance": 7}))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (({}, "share"), "has no value 'share' with an exact answer; ask for one of powers, odds"),
        (({}, "odds", None, ["linear"]), "has no mistake 'linear' about odds; name one of (it has none)"),
        (({}, "powers", 0, ["other"]), "has no mistake 'other' about powers; name one of linear, one"),
        (({"chance": 0.95}, "powers", 0), "powers has no exact answer at chance=0.95; ask where @expected applies"),
        (({"chance": 1.0}, "odds"), "@expected odds is inf at chance=1; return a finite"),
        (({"chance": 2.0}, "odds"), "parameter chance: '2.0' does not fit, it lies outside 0 .. 1"),
        (({"chances": 0.5}, "odds"), "coin has no parameter 'chances'; did you mean chance?"),
    ],
)
def test_a_key_that_cannot_be_had_is_one_clear_line(
    bench: Bench, tmp_path: Path, asked: tuple[dict[str, Any], Any], told: str
) -> None:
    """It names what there is instead, and the parameters where it fails."""
    sets, *rest = asked
    line = bench.error(bench.worker.keys(write(tmp_path, ARRAYS), [{}, sets], *rest))
    assert line.startswith("coin.py")
    assert told in line


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("powers", None), "powers is an array of 4; say which element is asked: index = 0 to 3"),
        (("powers", 4), "powers is an array of 4, it has no element 4; say which element is asked: index = 0 to 3"),
        (("odds", 0), "odds is one number, it has no element 0; leave the index out"),
        (("table", 0), "table is an array of 2 x 2, no element of it is a number; ask for a value that is a number"),
    ],
)
def test_an_element_that_does_not_exist_is_the_cards_mistake(
    bench: Bench, tmp_path: Path, asked: tuple[str, int | None], told: str
) -> None:
    """So the error names the card's key, not the simulation's file, and no parameters."""
    source = write(tmp_path, ARRAYS + '\n\n@expected("table")\ndef table(parameters):\n    return np.eye(2)\n')
    line = bench.error(bench.worker.keys(source, [{"chance": 0.5}], *asked))
    assert line.startswith(f"[answer] index: {told}")


def test_the_claims_that_apply_are_known_without_a_run(bench: Bench, tmp_path: Path) -> None:
    """At each set of parameters; an error in an author's `applies` is one line."""
    sets: list[dict[str, Any]] = [{}, {"chance": 0.3}, {"chance": "0.5"}]
    both = {"share_is_chance", "fair"}
    source = write(tmp_path, COIN.replace(RUN, RUN.replace("heads =", "raise AssertionError; heads =")))
    assert bench.do(bench.worker.applying(source, sets)) == [both, {"share_is_chance"}, both]
    broken = write(tmp_path, COIN.replace("parameters.chance == 0.5", "1 / 0"), "broken")
    assert "ZeroDivisionError" in bench.error(bench.worker.applying(broken, sets))


def test_a_negative_seed_is_refused(bench: Bench, tmp_path: Path) -> None:
    """NumPy takes whole numbers from 0."""
    assert "the seed -1 is negative" in bench.error(bench.worker.run(write(tmp_path, COIN), {}, seed=-1))


def test_a_parameter_out_of_bounds_names_the_bounds(bench: Bench, tmp_path: Path) -> None:
    """As every front end does, should one let it through."""
    line = bench.error(bench.worker.run(write(tmp_path, COIN), {"chance": 2}, seed=0))
    assert "parameter chance: '2' does not fit, it lies outside 0 .. 1" in line
    assert "cannot be asked that" in bench.error(bench.worker.run(write(tmp_path, COIN), {"chance": math.nan}, seed=0))
