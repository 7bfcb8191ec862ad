"""Runs a simulation and asks its exact values: the arithmetic between an author's functions and what cards need.

Only ever imported in a worker process.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from studyapp.runs.errors import SimulationError
from studyapp.runs.loading import Function, Simulation, blaming
from studyapp.runs.results import drawable, numbers, shape_of
from studyapp.simulation import (
    Check,
    Claim,
    ClaimMark,
    ExpectedMark,
    Figure,
    Key,
    ParameterError,
    Result,
    Run,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Accepted = Mapping[str, Any]


class ApartError(SimulationError):
    """Parameters that are each within their bounds and that the simulation does not take together."""


ASKED = "[answer] index"
"""Where the error lies when a card asks for an element that a value does not have."""


def run(simulation: Simulation, given: Accepted, seed: int, progress: Callable[[float], None]) -> Run:
    """One run with the given parameters (defaults for the rest), its claims, and the exact values that apply.

    `seconds` is the time of the simulation's `run` alone. A SimulationError for a value that is no finite number or
    array of them, a figure that cannot be drawn, and anything that the simulation raises.
    """
    accepted, parameters = _parameters(simulation, given)
    if seed < 0:
        raise simulation.wrong(f"the seed {seed} is negative", "give a whole number from 0")
    rng = np.random.default_rng(seed)
    with _blaming(simulation, "run"):
        start = time.perf_counter()
        arguments = (parameters, rng, progress) if simulation.wants_progress else (parameters, rng)
        result = simulation.run(*arguments)
        seconds = time.perf_counter() - start
    values, figures = _result(simulation, result)
    exact: dict[str, Any] = {}
    for mark in simulation.description.values:
        if not _applies(simulation, mark, parameters):
            continue
        function = simulation.expected[mark.name]
        if mark.name not in values:
            what = f"@expected {mark.name} has no value of that name to compare with"
            raise simulation.wrong(what, "return it in the values of the Result", function)
        exact[mark.name] = _exact(simulation, function, parameters, f"@expected {mark.name}")
        if np.shape(exact[mark.name]) != np.shape(values[mark.name]):
            shapes = f"{shape_of(values[mark.name])}, @expected {mark.name} is {shape_of(exact[mark.name])}"
            raise simulation.wrong(f"the value {mark.name} is {shapes}", "give both one shape", function)
    return Run(
        simulation=simulation.name,
        sha256=simulation.sha256,
        parameters=accepted,
        seed=seed,
        values=values,
        expected=exact,
        figures=figures,
        claims=tuple(_claim(simulation, mark, parameters, result.values) for mark in simulation.description.claims),
        numpy=np.__version__,
        seconds=seconds,
    )


def keys(
    simulation: Simulation,
    sets: Sequence[Accepted],
    value: str,
    index: int | None,
    mistakes: Sequence[str],
    *,
    where_it_applies: bool = False,
) -> list[Key | None]:
    """The exact value at each set of parameters, and what the named mistakes give there.

    `index` says which element of an array is asked (negative: from the end). A SimulationError names the parameters
    where the value does not apply or is not finite; `where_it_applies` gives None for a set where it does not apply, or
    whose parameters do not go together.
    """
    known = {mark.name: mark for mark in simulation.description.values}
    about = {mark.name: mark.value for mark in simulation.description.mistakes}
    if value not in known:
        remedy = f"ask for one of {', '.join(known) or '(it has none)'}"
        raise simulation.wrong(f"has no value {value!r} with an exact answer", remedy)
    for name in mistakes:
        if about.get(name) != value:
            have = ", ".join(one for one, what in about.items() if what == value) or "(it has none)"
            raise simulation.wrong(f"has no mistake {name!r} about {value}", f"name one of {have}")
    found: list[Key | None] = []
    for given in sets:
        try:
            accepted, parameters = _parameters(simulation, given)
        except ApartError:
            if not where_it_applies:
                raise
            found.append(None)
            continue
        at = ", ".join(f"{name}={_short(accepted[name])}" for name in given) or "the defaults"
        if where_it_applies and not _applies(simulation, known[value], parameters):
            found.append(None)
            continue
        if not _applies(simulation, known[value], parameters):
            remedy = "ask where @expected applies"
            raise simulation.wrong(f"{value} has no exact answer at {at}", remedy, simulation.expected[value])
        exact = _exact(simulation, simulation.expected[value], parameters, f"@expected {value}", at)
        wrong = {
            name: _mistaken(simulation, simulation.mistakes[name], parameters, index, f"the mistake {name}", at)
            for name in mistakes
        }
        found.append(Key(_asked(value, exact, index), wrong, known[value].unit))
    return found


def beside(simulation: Simulation, given: Accepted) -> dict[str, dict[str, Any]]:
    """What every mistake that applies gives at these parameters, by its name under "wrong", and the values that they
    are about under "exact"; numbers or nested lists."""
    _, parameters = _parameters(simulation, given)
    exact: dict[str, Any] = {}
    wrong: dict[str, Any] = {}
    marks = {mark.name: mark for mark in simulation.description.values}
    for mistake in simulation.description.mistakes:
        mark = marks[mistake.value]
        if not _applies(simulation, mark, parameters):
            continue
        exact[mark.name] = _exact(simulation, simulation.expected[mark.name], parameters, f"@expected {mark.name}")
        function = simulation.mistakes[mistake.name]
        wrong[mistake.name] = _exact(simulation, function, parameters, f"the mistake {mistake.name}")
    return {"exact": exact, "wrong": wrong}


def applying(simulation: Simulation, sets: Sequence[Accepted]) -> list[list[str]]:
    """The names of the claims that apply at each set of parameters."""
    marks = simulation.description.claims
    found = []
    for given in sets:
        _, parameters = _parameters(simulation, given)
        found.append([mark.name for mark in marks if _applies(simulation, mark, parameters)])
    return found


# --- parameters, exact values and claims ----------------------------------------------------------


def _parameters(simulation: Simulation, given: Accepted) -> tuple[dict[str, Any], Any]:
    try:
        accepted = dict(simulation.description.accept(given))
    except ParameterError as error:
        raise simulation.wrong(error.what, error.remedy or "choose another value") from error
    with _blaming(simulation, "Parameters"):
        try:
            return accepted, simulation.parameters(**accepted)
        except ParameterError as error:  # raised by the author's own __post_init__: each fits, together they do not
            raise ApartError(simulation.file, error.what, error.remedy or "choose other values") from error


def _applies(simulation: Simulation, mark: ClaimMark | ExpectedMark, parameters: object) -> bool:
    with _blaming(simulation, f"applies of {mark.name}"):
        return mark.applies is None or bool(mark.applies(parameters))


def _claim(simulation: Simulation, mark: ClaimMark, parameters: object, values: Mapping[str, Any]) -> Claim:
    name = f"{simulation.name}.{mark.number}"
    if not _applies(simulation, mark, parameters):
        return Claim(name, mark.name, mark.sentence, Verdict.SILENT)
    function = simulation.claims[mark.name]
    with _blaming(simulation, f"the claim {mark.name}"):
        check = function(parameters, values)
    if not isinstance(check, Check):
        what = f"the claim {mark.name} returned {type(check).__name__}"
        raise simulation.wrong(what, "return about(), between(), below(), above() or true()", function)
    try:
        verdict = Verdict.HOLDS if check.holds else Verdict.FAILS
        measured, wanted, low, high = map(_told, (check.measured, check.expected, check.low, check.high))
    except (TypeError, ValueError, OverflowError) as error:
        what = f"the claim {mark.name} returned a Check that is not made of numbers"
        raise simulation.wrong(what, "measure one number, and give its bounds as numbers", function) from error
    return Claim(name, mark.name, mark.sentence, verdict, measured, wanted, low, high, mark.share)


def _told(number: float) -> float | None:
    """A bound that is infinite is none, and a measurement that is not finite is none: no NaN leaves the process."""
    return float(number) if math.isfinite(number) else None


def _exact(simulation: Simulation, function: Function, parameters: object, called: str, at: str = "") -> Any:
    """What an author's closed form gives: a finite number, or nested lists of them."""
    with _blaming(simulation, called):
        given = function(parameters)
    try:
        return numbers(given)
    except ValueError as error:
        where = f" at {at}" if at else ""
        raise simulation.wrong(f"{called} {error}{where}", "return a finite number or an array", function) from error


def _asked(value: str, exact: Any, index: int | None) -> float:
    """The number that a card asks for: the value itself, or an array's element.

    What is wrong here is wrong in the card, not in the simulation, so the error's place is the card's key.
    """
    shape = shape_of(exact)
    if not isinstance(exact, list):
        if index is None:
            return float(exact)
        raise SimulationError(ASKED, f"{value} is {shape}, it has no element {index}", "leave the index out")
    if not exact or isinstance(exact[0], list):
        remedy = "ask for a value that is a number or a row of them"
        raise SimulationError(ASKED, f"{value} is {shape}, no element of it is a number", remedy)
    if index is not None and -len(exact) <= index < len(exact):
        return float(exact[index])
    what = f"{value} is {shape}" if index is None else f"{value} is {shape}, it has no element {index}"
    raise SimulationError(ASKED, what, f"say which element is asked: index = 0 to {len(exact) - 1}")


def _mistaken(
    simulation: Simulation, function: Function, parameters: object, index: int | None, called: str, at: str
) -> float:
    """What a mistake gives instead of the number asked for: an array as well, or the element itself."""
    given = _exact(simulation, function, parameters, called, at)
    if not isinstance(given, list):
        return float(given)
    if index is None:
        raise simulation.wrong(f"{called} is {shape_of(given)}", "return one number, as @expected does", function)
    if not -len(given) <= index < len(given) or isinstance(given[index], list):
        what = f"{called} is {shape_of(given)} at {at}, it has no element {index}"
        raise simulation.wrong(what, "return as many elements as @expected does", function)
    return float(given[index])


# --- what run returned ----------------------------------------------------------------------------


def _result(simulation: Simulation, result: object) -> tuple[dict[str, Any], tuple[Figure, ...]]:
    function = simulation.run
    if not isinstance(result, Result):
        remedy = "return Result(values={...}, figures=[...])"
        raise simulation.wrong(f"run returned {type(result).__name__}, not a Result", remedy, function)
    if not isinstance(result.values, Mapping) or not all(isinstance(name, str) for name in result.values):
        raise simulation.wrong("the values of the Result are no mapping from names", "use a dict", function)
    values = {}
    for name, value in result.values.items():
        try:
            values[name] = numbers(value)
        except ValueError as error:
            remedy = "a value is a finite number or an array of them"
            raise simulation.wrong(f"the value {name} {error}", remedy, function) from error
    if not isinstance(result.figures, list | tuple):
        raise simulation.wrong("the figures of the Result are no list", "write figures=[...]", function)
    figures = []
    for number, figure in enumerate(result.figures, 1):
        try:
            figures.append(drawable(figure))
        except ValueError as error:
            remedy = "leave such points out" if "index" in str(error) else "correct the figure"
            raise simulation.wrong(f"figure {number} of run: {error}", remedy, function) from error
    return values, tuple(figures)


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


@contextmanager
def _blaming(simulation: Simulation, doing: str) -> Iterator[None]:
    """What the simulation raises becomes one line; NumPy's warnings stay silent and its error state is put back."""
    with blaming(simulation.path, doing), np.errstate(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
