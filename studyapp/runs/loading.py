"""Turns a simulation's text into something to run: executed from these bytes, looked over, and described.

Only ever imported in a worker process.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import inspect
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from types import FunctionType, ModuleType
from typing import Any

from studyapp.runs.errors import SimulationError, one_line
from studyapp.simulation import (
    ClaimMark,
    Description,
    ExpectedMark,
    MistakeMark,
    Parameter,
    ParameterError,
    Place,
    parameters_of,
)

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulation that has been executed and found whole: its description and the functions behind it, by name."""

    path: str
    sha256: str
    description: Description
    parameters: type
    run: Function
    wants_progress: bool
    claims: Mapping[str, Function]
    expected: Mapping[str, Function]
    mistakes: Mapping[str, Function]

    @property
    def file(self) -> str:
        """The file's name, which begins each error."""
        return PurePath(self.path).name

    @property
    def name(self) -> str:
        """The simulation's name."""
        return self.description.name

    def wrong(self, what: str, remedy: str, function: Function | None = None) -> SimulationError:
        """An error about this simulation, at the line of one of its functions."""
        return SimulationError(self.file, what, remedy, line=function.__code__.co_firstlineno if function else 0)


def load(text: str, name: str, path: str) -> Simulation:
    """Execute the text as a module of its own and look it over; a SimulationError for whatever is wrong with it.

    The path serves tracebacks and `__file__` only. The module is not named `__main__`, so that `main()` is not called.
    """
    file = PurePath(path).name
    tree, code = _compiled(text, path)
    lines = _lines(tree, file)
    # A dataclass looks its module up in sys.modules; the colon keeps the name apart from every importable one.
    module = ModuleType(f"simulation:{name}")
    module.__file__ = path
    sys.modules[module.__name__] = module
    with blaming(path, "importing it"):
        exec(code, vars(module))  # that is what a worker process is for
    return _looked_over(module, name, path, hashlib.sha256(text.encode()).hexdigest(), lines)


def _compiled(text: str, path: str) -> tuple[ast.Module, Any]:
    try:
        # Given as text, the source's own coding line is ignored: what is executed is what was shown.
        tree = ast.parse(text.removeprefix("\ufeff"), path)
        return tree, compile(tree, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        line = error.lineno or 0
        raise SimulationError(PurePath(path).name, f"is not Python: {error.msg}", "correct it", line=line) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise SimulationError(PurePath(path).name, f"is not Python: {error or 'nested too deeply'}") from error


def _lines(tree: ast.Module, file: str) -> dict[str, int]:
    """Where each name is defined at the top of the file; of two functions with one name Python keeps only the last."""
    lines: dict[str, int] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name in lines:
                what = f"{node.name!r} is defined twice, first in line {lines[node.name]}"
                raise SimulationError(file, what, "give one of them another name", line=node.lineno)
            lines[node.name] = node.lineno
        elif isinstance(node, ast.Assign):
            lines |= {target.id: node.lineno for target in node.targets if isinstance(target, ast.Name)}
    return lines


def _looked_over(module: ModuleType, name: str, path: str, sha256: str, lines: Mapping[str, int]) -> Simulation:
    file = PurePath(path).name

    def wrong(what: str, remedy: str, at: str = "") -> SimulationError:
        return SimulationError(file, what, remedy, line=lines.get(at, 0))

    title = getattr(module, "TITLE", None)
    if not isinstance(title, str) or not title.strip():
        raise wrong("has no TITLE", 'add a line such as TITLE = "A coin"', "TITLE")
    topic = getattr(module, "TOPIC", "")
    if not isinstance(topic, str):
        raise wrong("TOPIC is no text", 'write a line such as TOPIC = "Optimisation", or leave it out', "TOPIC")
    declared = getattr(module, "Parameters", None)
    if not (isinstance(declared, type) and dataclasses.is_dataclass(declared)):
        raise wrong("has no dataclass Parameters", "add one, with @dataclass(frozen=True) above it", "Parameters")
    if not vars(declared)["__dataclass_params__"].frozen:
        raise wrong("Parameters is not frozen", "write @dataclass(frozen=True) above it", "Parameters")
    try:
        parameters = tuple(_finite(one) for one in parameters_of(declared))
    except (TypeError, ValueError) as error:
        raise wrong(str(error), "correct its declaration", "Parameters") from error
    run = getattr(module, "run", None)
    if not isinstance(run, FunctionType):
        raise wrong("has no function run", "add def run(parameters, rng), which returns a Result", "run")

    # Over the functions, not the names: one function may be bound to several.
    functions = list({id(one): one for one in vars(module).values() if isinstance(one, FunctionType)}.values())
    claims: dict[str, tuple[ClaimMark, Function]] = _marked(functions, "claim", wrong)
    expected: dict[str, tuple[ExpectedMark, Function]] = _marked(functions, "expected", wrong)
    mistakes: dict[str, tuple[MistakeMark, Function]] = _marked(functions, "mistake", wrong)
    numbers: dict[int, str] = {}
    for claim, _ in claims.values():
        if not isinstance(claim.share, int | float) or not 0 < claim.share <= 1:
            raise wrong(f"the claim {claim.name} has share={claim.share!r}", "give a part of 1, as in 0.6", claim.name)
        if claim.number in numbers:
            what = f"the claims {numbers[claim.number]} and {claim.name} both have number {claim.number}"
            raise wrong(what, "number each claim differently", claim.name)
        numbers[claim.number] = claim.name
    for mistake, _ in mistakes.values():
        if mistake.value not in expected:
            what = f"the mistake {mistake.name} is about {mistake.value!r}, which no @expected gives"
            raise wrong(what, f"name one of {', '.join(expected) or '(there is none)'}", mistake.name)
    description = Description(
        name=name,
        title=one_line(title),
        summary=_summary(module),
        parameters=parameters,
        values=tuple(mark for mark, _ in expected.values()),
        claims=tuple(sorted((mark for mark, _ in claims.values()), key=lambda mark: mark.number)),
        mistakes=tuple(mark for mark, _ in mistakes.values()),
        topic=one_line(topic),
    )
    placed = tuple(
        dataclasses.replace(mark, at=_places(mark, description, declared, path, wrong)) for mark in description.claims
    )
    return Simulation(
        path=path,
        sha256=sha256,
        description=dataclasses.replace(description, claims=placed),
        parameters=declared,
        run=run,
        wants_progress=_arguments(run, "run", (2, 3), "(parameters, rng) or (parameters, rng, progress)", wrong) == 3,
        claims={mark.name: function for mark, function in claims.values()},
        expected={mark.name: function for mark, function in expected.values()},
        mistakes={mark.name: function for mark, function in mistakes.values()},
    )


def _marked(functions: Sequence[FunctionType], kind: str, wrong: Callable[..., SimulationError]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for function in functions:
        mark = vars(function).get(kind)
        if mark is None:
            continue
        if mark.name in found:
            raise wrong(f"the {kind} {mark.name} is there twice", "give one of them another name", mark.name)
        wanted, text = (2, "(parameters, values)") if kind == "claim" else (1, "(parameters)")
        _arguments(function, f"the {kind} {mark.name}", (wanted,), text, wrong)
        found[mark.name] = (mark, function)
    return found


def _places(
    mark: ClaimMark, description: Description, declared: type, path: str, wrong: Callable[..., SimulationError]
) -> tuple[Place, ...]:
    """The claim's `at` with each value as its parameter's type; wrong() unless the claim is about each place."""
    places = []
    for given in mark.at:
        if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
            what = f"the claim {mark.name} has at={given!r}, which is no mapping from parameters"
            raise wrong(what, 'write at={"name": value}', mark.name)
        try:
            accepted = description.accept(given)
        except ParameterError as error:
            what = f"at of the claim {mark.name}: {error.what}"
            raise wrong(what, error.remedy or "correct it", mark.name) from error
        with blaming(path, f"at of the claim {mark.name}"):
            applies = mark.applies is None or bool(mark.applies(declared(**accepted)))
        if not applies:
            remedy = f"it is about {mark.domain}; correct at" if mark.domain else "correct at or applies"
            raise wrong(f"the claim {mark.name} has at={given!r}, where it does not apply", remedy, mark.name)
        places.append({name: accepted[name] for name in given})
    return tuple(places)


def _arguments(
    function: FunctionType, called: str, counts: Sequence[int], text: str, wrong: Callable[..., SimulationError]
) -> int:
    """How many arguments the function takes; wrong() unless it can be called with one of the counts."""
    signature = inspect.signature(function)
    for count in sorted(counts, reverse=True):
        try:
            signature.bind(*range(count))
        except TypeError:
            continue
        return count
    raise wrong(f"{called} takes {signature}", f"let it take {text}", function.__name__)


def _finite(parameter: Parameter) -> Parameter:
    """The same with an infinite bound told as none; a ValueError for NaN."""
    bounds = {"low": parameter.low, "high": parameter.high}
    for side, bound in bounds.items():
        if bound is not None and math.isnan(bound):
            raise ValueError(f"parameter {parameter.name}: {side} is not a number")
    finite = {side: None if bound is None or math.isinf(bound) else bound for side, bound in bounds.items()}
    return dataclasses.replace(parameter, low=finite["low"], high=finite["high"])


def _summary(module: ModuleType) -> str:
    paragraph = inspect.cleandoc(module.__doc__ or "").partition("\n\n")[0]
    return one_line(paragraph, most=1000)


@contextmanager
def blaming(path: str, doing: str) -> Iterator[None]:
    """Tell whatever the simulation's own code raises, SystemExit included, in one line with its place in the file."""
    try:
        yield
    except SimulationError:
        raise
    except MemoryError:
        raise
    except BaseException as error:
        what, remedy = _told(error)
        line = line_of(error, path)
        raise SimulationError(PurePath(path).name, f"{doing} {what}", remedy, line=line) from error


def _told(error: BaseException) -> tuple[str, str]:
    try:
        text = str(error)
    except Exception:
        text = ""
    what = f"raised {type(error).__name__}" + (f": {text}" if text else "")
    match error:
        case ImportError():
            return what, "NumPy, Python's own modules and studyapp.simulation are what it can import"
        case SystemExit():
            return what, "a simulation returns its result and ends nothing"
        case ForbiddenError():
            return f"was stopped: {text}", "a simulation computes in its own process"
    return what, "correct it there"


class ForbiddenError(RuntimeError):
    """A simulation tried to start or to signal another process."""


def line_of(error: BaseException, path: str) -> int:
    """The innermost line of the file that the error passed through, else 0."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
