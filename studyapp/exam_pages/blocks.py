"""What a page is made of, before it is Markdown, HTML or lines on a terminal: our own words, and texts from cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studyapp.core import durations

LETTERS = "abcdefghijklmnopqrstuvwxyz"
"""How options are called, in the order shown."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the page's title."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph that is text and nothing else. A strong one is what a hurried reader should see."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class CardText:
    """Markdown that someone wrote on a card, perhaps to do harm."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command line to be copied as it stands, and what it does."""

    does: str
    line: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An option under its letter. `mark` says beside it what it was, `reason` (Markdown) below it why it is wrong."""

    letter: str
    markdown: str
    mark: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """The options of a question."""

    options: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a head; the columns in `right` are set flush right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Together:
    """Blocks that a printed page does not part; `new_page` begins one with them."""

    blocks: tuple[Block, ...]
    new_page: bool = False


Block = Heading | Words | CardText | Command | Choices | Table | Together


def letter(option: int) -> str:
    """An option's letter, or beyond the alphabet its number."""
    return LETTERS[option] if option < len(LETTERS) else str(option + 1)


# --- how numbers are said -------------------------------------------------------------------------


def percent(share: float) -> str:
    """`71 %`."""
    return f"{100 * share:.0f} %"


def between(interval: tuple[float, float]) -> str:
    """`49-87 %`."""
    return f"{100 * interval[0]:.0f}-{100 * interval[1]:.0f} %"


def counted(number: int, one: str) -> str:
    """`1 question`, `2 questions`."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def clock(milliseconds: int) -> str:
    """`0:42`, `1:02:05`, as the screens say it."""
    return durations.clock(milliseconds / 1000)
