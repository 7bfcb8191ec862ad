"""What the store hands out besides the words of the model: rows of the log, of Home, and of what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from studyapp.model import Day, Entry, Kind, Schedule


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What a deck file looked like when it was read; `sha256` is in hexadecimal, "" where nobody needed it."""

    mtime_ns: int
    size: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class LogRow:
    """An entry, the card it belongs to today ("" for none), and whether it was taken back."""

    entry: Entry
    card: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class Change:
    """An entry and what it did when it happened: the card's schedule before and after.

    Of an entry that takes another back, this is the schedule with the other and without it.
    """

    entry: Entry
    card: str
    revoked: bool
    before: Schedule
    after: Schedule


@dataclass(frozen=True, slots=True)
class DeckRow:
    """A deck that was read. `cards` leaves out those whose id an earlier card has."""

    path: str
    title: str
    cards: int
    source: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SittingRow:
    """A sitting as lists show it. `end` and `finished_at` are milliseconds after `started`.

    `right` of `questions` is set once key and results were released, `saved` once the sitting was finished.
    """

    id: str
    started: datetime
    title: str
    questions: int
    end: int
    official: bool = False
    practice: bool = False
    rehearsal: bool = False
    finished_at: int | None = None
    expired: bool = False
    saved: int | None = None
    right: int | None = None


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card as it waits: where it is, and its schedule."""

    card: str
    deck: str
    part: str
    kind: Kind
    position: int
    schedule: Schedule

    @property
    def family(self) -> str:
        """The id without its cloze number."""
        return self.card.partition(":")[0]

    @property
    def due(self) -> Day | None:
        """The day it is due, None for a card that Spaced never asked."""
        return self.schedule.due

    @property
    def seen_on(self) -> Day | None:
        """The last study day with an answer in any mode."""
        return self.schedule.seen_on


@dataclass(frozen=True, slots=True)
class Counts:
    """What one deck, or several added up, has on a day.

    `due`, `new` and `drilling` leave out what is suspended or buried; `mastery` counts all cards by level, 0 to 4.
    `drilling` cards were answered on the day and are to be asked again on it; they are not `due`. `sealed` cards wait
    for an exam; they are not `new`.
    """

    cards: int = 0
    due: int = 0
    new: int = 0
    drilling: int = 0
    suspended: int = 0
    mastery: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    sealed: int = 0

    def __add__(self, other: Counts) -> Counts:
        a, b = self.mastery, other.mastery
        return Counts(
            self.cards + other.cards,
            self.due + other.due,
            self.new + other.new,
            self.drilling + other.drilling,
            self.suspended + other.suspended,
            (a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]),
            self.sealed + other.sealed,
        )
