"""What a formula is once it has been read: signs, scripts, fractions, roots, brackets, tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from studyapp.formulas.symbols import Role


@dataclass(frozen=True, slots=True)
class Sign:
    """A letter, a whole number, an operator, a name such as log; or a space."""

    text: str
    role: Role = Role.ORDINARY


@dataclass(frozen=True, slots=True)
class Text:
    r"""Words from `\text{...}`, their spaces kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Scripted:
    """Something with a subscript, a superscript (primes count as one) or both."""

    base: Node
    below: Row = ()
    above: Row = ()


@dataclass(frozen=True, slots=True)
class Fraction:
    """One row over another."""

    above: Row
    below: Row


@dataclass(frozen=True, slots=True)
class Root:
    """A root; a square root has no index."""

    body: Row
    index: Row = ()


@dataclass(frozen=True, slots=True)
class Accent:
    r"""A mark over or under something: the combining character, and the name for what is no single letter."""

    mark: str
    name: str
    body: Row


@dataclass(frozen=True, slots=True)
class Group:
    """What the author put in braces: invisible, but it belongs together."""

    body: Row


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a question asks for: its place is kept, and what stands there is not shown."""

    body: Row


@dataclass(frozen=True, slots=True)
class Fenced:
    r"""A row between brackets or bars; either may be invisible (`\left.`)."""

    opening: str
    closing: str
    body: Row


@dataclass(frozen=True, slots=True)
class Call:
    """A macro that is written as its name with arguments in brackets."""

    name: str
    arguments: tuple[Row, ...]


class Layout(Enum):
    """What the columns of a grid mean."""

    MATRIX = auto()
    CASES = auto()
    ALIGNED = auto()


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells: a matrix, cases, or lines aligned at their relations."""

    layout: Layout
    rows: tuple[tuple[Row, ...], ...]
    opening: str = ""
    closing: str = ""


Node = Sign | Text | Scripted | Fraction | Root | Accent | Group | Hidden | Fenced | Call | Grid
Row = tuple[Node, ...]
