"""What is read from the command line: whole numbers, paths, and the parameters that each simulation declares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from studyapp.simulation import Description


class Whole(click.ParamType):  # type: ignore[type-arg] # generic only in newer versions of click
    """A whole number within bounds, which are inclusive."""

    name = "N"

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; wrong usage with the bounds otherwise."""
        try:
            number = int(str(value))
        except ValueError:
            number = self.low - 1
        if self.low <= number <= self.high:
            return number
        self.fail(f"{str(value)!r} is not a whole number from {self.low} to {self.high}", param, ctx)


class Number(click.ParamType):  # type: ignore[type-arg]
    """A number within bounds, which are inclusive."""

    name = "X"

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number; wrong usage with the bounds otherwise."""
        try:
            number = float(str(value))
        except ValueError:
            number = math.nan
        if self.low <= number <= self.high:
            return number
        self.fail(f"{str(value)!r} is not a number from {self.low:g} to {self.high:g}", param, ctx)


class Existing(click.ParamType):  # type: ignore[type-arg]
    """The path of a file or folder that is there."""

    name = "path"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ARG002
        """The path; wrong usage if nothing is there."""
        path = Path(str(value)).expanduser()
        if not path.exists():
            raise click.UsageError(f"{path} does not exist; give a deck, or a folder of decks", ctx)
        return path


class Written(click.ParamType):  # type: ignore[type-arg]
    """The path of a file that is to be written: `what` it holds, and the endings its name may have, if not any."""

    name = "FILE"

    def __init__(self, what: str, *endings: str) -> None:
        self.what, self.endings = what, endings

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ARG002
        """The path; wrong usage unless it has one of the endings, in a folder that is there."""
        path = Path(str(value)).expanduser()
        if self.endings and path.suffix.lower() not in self.endings:
            wanted = " or ".join(self.endings)
            raise click.UsageError(f"{path} is no kind of {self.what}; give a name that ends in {wanted}", ctx)
        if not path.parent.is_dir() or path.is_dir():
            raise click.UsageError(f"{path} cannot be a file; make its folder, or give another name", ctx)
        return path


def options_of(description: Description, given: Sequence[str]) -> dict[str, object]:
    """The parameters written as `--name value`, `--name=value`, or `--name` and `--no-name` for a switch.

    `-` and `_` in names are alike. Names and values are not judged here. Raises click.UsageError for what is no option.
    """
    kinds = {one.name: one.kind for one in description.parameters}
    found: dict[str, object] = {}
    rest = list(given)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        name = name.replace("-", "_")
        alone = not equals and (not rest or rest[0].startswith("--"))
        if not word.startswith("--") or not name:
            raise click.UsageError(f"{word!r} is no option; parameters are written --name value")
        if name not in kinds and name.startswith("no_") and kinds.get(name[3:]) == "bool" and not equals:
            found[name[3:]] = False
        elif kinds.get(name) == "bool" and alone:
            found[name] = True
        elif equals:
            found[name] = value
        elif name in kinds and alone:
            raise click.UsageError(f"--{name} wants a value; it may be {_bounds(description, name)}")
        else:  # an unknown name is refused with the nearest one when all are accepted
            found[name] = "" if alone else rest.pop(0)
    return found


def _bounds(description: Description, name: str) -> str:
    return next(one.bounds for one in description.parameters if one.name == name)
