"""Loads a shipped simulation from its file and runs it once, so that its tests see what the worker process sees."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from inspect import isfunction, signature
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from studyapp.simulation import Check, ClaimMark, Result, parameters_of

SIMULATIONS = Path(__file__).parents[2] / "simulations"


@cache
def load(name: str) -> ModuleType:
    """The module of `simulations/NAME.py`, executed from the file's path: simulations are content, never a package."""
    path = SIMULATIONS / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"simulation_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def made(module: ModuleType, parameters: dict[str, object]) -> Any:
    """The simulation's `Parameters`, each value accepted by its declaration (bounds, choices) as in a front end."""
    known = {one.name: one for one in parameters_of(module.Parameters)}
    return module.Parameters(**{name: known[name].accept(value) for name, value in parameters.items()})


def ran(module: ModuleType, seed: int = 0, **parameters: object) -> Result:
    """What the simulation's `run` returns, as it is."""
    extra = (lambda _: None,) if len(signature(module.run).parameters) == 3 else ()  # progress, which short runs lack
    result: Result = module.run(made(module, parameters), np.random.default_rng(seed), *extra)
    return result


def outcome(
    module: ModuleType, seed: int = 0, **parameters: object
) -> tuple[dict[str, Any], list[tuple[ClaimMark, Check | None]]]:
    """One run: its values (arrays as NumPy arrays) and every claim with its Check, or None where it does not apply.

    Values are finite, and every value with an expected one that applies here is there: both are asserted.
    """
    chosen = made(module, parameters)
    values = dict(ran(module, seed, **parameters).values)
    for name, value in values.items():
        assert np.all(np.isfinite(np.asarray(value, dtype=float))), f"{name} is not finite"
    for name in expected_here(module, chosen):
        assert name in values, f"{name} is expected but not measured"
    claims: list[tuple[ClaimMark, Check | None]] = []
    for function in marked(module, "claim"):
        mark: ClaimMark = function.claim
        silent = mark.applies is not None and not mark.applies(chosen)
        claims.append((mark, None if silent else function(chosen, values)))
    return values, claims


def confirm(
    module: ModuleType,
    parameters: dict[str, Any],
    speak: set[int],
    seed: int,
    *,
    relative: float = 1e-9,
    absolute: float = 1e-12,
) -> None:
    """Exactly the claims `speak` apply at these parameters, each of them holds, and keys and measurements agree."""
    values, claims = outcome(module, seed, **parameters)
    assert {mark.number for mark, check in claims if check is not None} == speak
    assert [(mark.name, seed, check) for mark, check in claims if check is not None and not check.holds] == []
    for name, key in expected_here(module, made(module, parameters)).items():
        assert values[name] == pytest.approx(key, rel=relative, abs=absolute), name


def check_of(module: ModuleType, claim: str, seed: int = 0, **parameters: object) -> Check | None:
    """What one claim, by its short name, finds in one run; None where it does not apply."""
    _, claims = outcome(module, seed, **parameters)
    return {mark.name: check for mark, check in claims}[claim]


def expected_here(module: ModuleType, parameters: Any) -> dict[str, Any]:
    """The keys that cards may ask for at these parameters: the expected values that apply."""
    functions = marked(module, "expected")
    return {
        one.expected.name: one(parameters)
        for one in functions
        if one.expected.applies is None or one.expected.applies(parameters)
    }


def mistakes_here(module: ModuleType, parameters: Any, value: str) -> dict[str, Any]:
    """What each named mistake about `value` gives at these parameters."""
    functions = marked(module, "mistake")
    return {one.mistake.name: one(parameters) for one in functions if one.mistake.value == value}


def marked(module: ModuleType, kind: str) -> list[Any]:
    """The module's functions that are marked as "expected", "claim" or "mistake", in the order of the file."""
    return [one for one in vars(module).values() if isfunction(one) and kind in vars(one)]
