"""Rules that hold for every shipped simulation, whichever it is: a new file in the folder is covered by being there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from inspect import getdoc
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from studyapp.runs.results import drawable, numbers
from studyapp.simulation import Figure, HeatMap, Parameter, ParameterError, Result, parameters_of
from studyapp.tui.plots import figure as drawn
from tests.simulations.loading import SIMULATIONS, expected_here, load, made, marked, mistakes_here, ran

NAMES = sorted(path.stem for path in SIMULATIONS.glob("[!_]*.py"))
CATALOGUE = Path(__file__).with_name("catalogue.txt").read_text(encoding="utf-8").split()
TOPICS = {
    "Convolution",
    "Foundations",
    "Generalisation",
    "Gradients and initialisation",
    "Loss surfaces",
    "Optimisation",
    "Outputs and losses",
    "Recurrence",
    "Regularisation",
}
PLACES = ((76, 10), (38, 10), (69, 21))
"""Width and rows of a figure beside an answer, and in the Lab, of 80 x 24; and in the Lab of 120 x 40."""

SENTENCE = re.compile(r"[.?!](?=\s|$)")

each = pytest.mark.parametrize("name", NAMES)


@cache
def default_run(name: str) -> Result:
    """One run with the default parameters and the seed 0, which many rules look at."""
    return ran(load(name))


# --- the catalogue ------------------------------------------------------------------------------------------------


def test_the_catalogue_is_there_and_nothing_else() -> None:
    """Its 276 claims of 37 simulations each exist, by the number they have there; retired numbers are not used."""
    claims = {f"{name}.{one.claim.number}" for name in NAMES for one in marked(load(name), "claim")}
    assert len(CATALOGUE) == len(set(CATALOGUE)) == 276
    assert sorted({one.rpartition(".")[0] for one in CATALOGUE}) == NAMES
    assert claims == set(CATALOGUE)


# --- what a list and the Lab say ----------------------------------------------------------------------------------


@each
def test_a_simulation_says_what_it_is_about(name: str) -> None:
    """A title and a topic to be listed under, and a first paragraph of one or two sentences that fits on few lines."""
    module = load(name)
    assert module.TOPIC in TOPICS
    assert 3 <= len(module.TITLE) <= 60
    assert not module.TITLE.endswith(".")
    summary = " ".join((getdoc(module) or "").partition("\n\n")[0].split())
    assert summary.endswith((".", "?"))
    assert 1 <= len(SENTENCE.findall(summary)) <= 2, summary
    assert len(summary) <= 240


@each
def test_each_parameter_value_claim_and_mistake_says_what_it_is(name: str) -> None:
    """In a few words; no claim's domain is left to be guessed."""
    module = load(name)
    assert parameters_of(module.Parameters)
    for parameter in parameters_of(module.Parameters):
        assert 3 <= len(parameter.help) <= 80, parameter.name
    for one in marked(module, "expected"):
        assert len(one.expected.meaning) >= 5, one
    for one in marked(module, "claim"):
        assert len(one.claim.sentence) >= 10, one
        assert one.claim.applies is None or one.claim.domain, one
    for one in marked(module, "mistake"):
        assert one.mistake.misconception.startswith(("one ", "every ", "all ")), one


def test_no_topic_is_there_for_nothing() -> None:
    """Each heading of the list has something below it."""
    assert {load(name).TOPIC for name in NAMES} == TOPICS


# --- a run --------------------------------------------------------------------------------------------------------


@each
def test_the_default_run_draws_figures_that_can_be_read(name: str) -> None:
    """Axes are labelled, the marks of a figure told apart by their labels, and no word is cut in a small terminal."""
    figures = default_run(name).figures
    assert 1 <= len(figures) <= 8
    assert len({figure.title for figure in figures}) == len(figures)
    for one in figures:
        plain: Figure = drawable(one)
        assert plain.title
        assert plain.x.label
        assert plain.y.label
        labels = [mark.label for mark in plain.marks if mark.label and not isinstance(mark, HeatMap)]
        assert len(labels) == len(set(labels)), plain.title
        assert labels or len(plain.marks) == 1 or all(isinstance(mark, HeatMap) for mark in plain.marks), plain.title
        for width, height in PLACES:
            text = drawn(plain, width=width, height=height).plain
            assert "…" not in text, text
            assert plain.title in " ".join(text.split()), text
            assert text.count("\n") >= 3, text  # else there was no room for it


@each
def test_each_exact_value_is_measured(name: str) -> None:
    """By a value of the same name and shape, so that no card asks for what a run cannot bear out."""
    values, module = default_run(name).values, load(name)
    for value, exact in expected_here(module, made(module, {})).items():
        assert np.shape(numbers(values[value])) == np.shape(numbers(exact)), value


@each
def test_values_are_finite_and_claims_hold(name: str) -> None:
    """So that all of them can be shown, logged and sent; a claim about most seeds need not hold for this one."""
    module, values = load(name), default_run(name).values
    assert values
    for value in values.values():
        numbers(value)  # a ValueError says what is not finite, or no number
    for one in marked(module, "claim"):
        if one.claim.applies is None or one.claim.applies(made(module, {})):
            check = one(made(module, {}), values)
            assert np.isfinite(check.measured), one
            assert check.holds or one.claim.share < 1, one


@each
def test_each_mistake_can_be_told_from_the_key(name: str) -> None:
    """At the defaults, where a claim is judged, or elsewhere: one that never differs warns nobody."""
    module = load(name)
    wrong = {one.mistake.name: one.mistake.value for one in marked(module, "mistake")}
    for at in around(module):
        key = expected_here(module, at)
        for mistake, value in list(wrong.items()):
            if value in key and differs(mistakes_here(module, at, value)[mistake], key[value]):
                del wrong[mistake]
        if not wrong:
            return
    pytest.fail(f"never differs: {', '.join(wrong)}")


def differs(one: Any, other: Any) -> bool:
    """Whether a card that asks for the number, or for some element, can tell them apart."""
    return np.shape(one) != np.shape(other) or not np.allclose(one, other, rtol=0.01, atol=0)


def around(module: Any) -> Iterator[Any]:
    """The defaults, each place where a claim is judged, then 3,000 draws in which half of the parameters changed."""
    near: list[dict[str, Any]] = [{}, *(dict(place) for one in marked(module, "claim") for place in one.claim.at)]
    chance = Random(0)
    known = parameters_of(module.Parameters)
    near += [{one.name: drawn_value(one, chance) for one in known if chance.random() < 0.5} for _ in range(3000)]
    for parameters in near:
        with suppress(ParameterError):
            yield made(module, parameters)


def drawn_value(one: Parameter, chance: Random) -> Any:
    """Any value that the parameter takes; of a list, as many as by default: any numbers, whole ones, or shares."""
    low, high = one.low if one.low is not None else -10, one.high if one.high is not None else 10
    match one.kind:
        case "choice":
            return chance.choice(one.choices)
        case "bool":
            return chance.random() < 0.5
        case "int":
            return chance.randint(int(low), int(high))
        case "numbers":
            assert isinstance(one.default, tuple)
            values = [chance.uniform(low, high) for _ in one.default]
            kinds: list[list[float]] = [values, [round(value) for value in values]]
            if low == 0:
                kinds.append([value / sum(values) for value in values])  # as probabilities are
            return tuple(chance.choice(kinds))
    return chance.uniform(low, high)


@each
def test_one_seed_gives_the_same_bits(name: str) -> None:
    """A second run in the same process has nothing of the first; another seed is another run where there is chance."""
    first, again = default_run(name), ran(load(name))
    assert first.values.keys() == again.values.keys()
    for value in first.values:
        assert np.asarray(first.values[value]).tobytes() == np.asarray(again.values[value]).tobytes(), value
    assert [repr(drawable(one)) for one in first.figures] == [repr(drawable(one)) for one in again.figures]


# --- a file is a program ------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["forward_pass", "perceptron_xor", "softmax_output", "toeplitz_convolution"])
def test_a_file_runs_by_itself(name: str, tmp_path: Path) -> None:
    """`python simulations/NAME.py --json` is the same run as that of the file's functions."""
    command = [sys.executable, str(SIMULATIONS / f"{name}.py"), "--json", "--seed", "0", "--home", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert told["simulation"] == name
    assert told["values"] == {value: numbers(one) for value, one in default_run(name).values.items()}
