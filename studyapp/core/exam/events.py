"""What can happen in a sitting. `at` is exam time: whole milliseconds since the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studyapp.core.exam.clock import Reading
from studyapp.core.exam.paper import Paper
from studyapp.core.plain import plain, restore


@dataclass(frozen=True, slots=True)
class Started:
    """The learner confirmed the lobby: exam time begins. `end` is when it is over, at the latest.

    `official`: until then key and results stay hidden, even if the learner finishes earlier.
    """

    at: int
    paper: Paper
    end: int
    official: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A terminal has this sitting from now on, `writer` names it: resumed, or taken over from another one."""

    at: int
    writer: str


@dataclass(frozen=True, slots=True)
class Emailed:
    """The first item was answered. The address itself is kept nowhere."""

    at: int
    given: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A question is on the screen. The first time, its clock starts; moving on locks the one before where so ruled."""

    at: int
    question: int


@dataclass(frozen=True, slots=True)
class Picked:
    """An option was picked, or none any more. It does not count yet."""

    at: int
    question: int
    option: int | None


@dataclass(frozen=True, slots=True)
class Struck:
    """An option was struck out, or taken back in."""

    at: int
    question: int
    option: int
    out: bool


@dataclass(frozen=True, slots=True)
class Guessed:
    """The answer was marked as a guess, or no longer."""

    at: int
    question: int
    guess: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer was saved: it counts. `at` is when the key press was received."""

    at: int
    question: int
    option: int
    guess: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """The sitting is over, by the learner's word or, `expired`, because its time was."""

    at: int
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """Key and results were shown for the first time."""

    at: int


@dataclass(frozen=True, slots=True)
class Explained:
    """After the exam, a question was explained in words and rated against the model answer, 0 (not) to 3 (fully)."""

    at: int
    question: int
    rating: int


SittingEvent = Started | Opened | Emailed | Shown | Picked | Struck | Guessed | Saved | Finished | Released | Explained

KINDS: dict[str, type[SittingEvent]] = {
    kind.__name__.lower(): kind
    for kind in (Started, Opened, Emailed, Shown, Picked, Struck, Guessed, Saved, Finished, Released, Explained)
}


def told(event: SittingEvent, reading: Reading) -> dict[str, object]:
    """The event and the clocks when it happened, as the log keeps them."""
    return {"what": type(event).__name__.lower(), **plain(event), "clock": [reading.boot, reading.ticks, reading.wall]}


def heard(kept: Mapping[str, object]) -> tuple[SittingEvent, Reading]:
    """What `told` wrote; ValueError if it is anything else."""
    fields = dict(kept)
    kind, clock = KINDS.get(str(fields.pop("what", ""))), fields.pop("clock", None)
    if kind is None:
        raise ValueError(f"no event of an exam is called {kept.get('what')!r:.60}")
    match clock:
        case [str(boot), int(ticks), int(wall)]:
            return restore(kind, fields), Reading(boot, ticks, wall)
    raise ValueError(f"{clock!r:.60} is no reading of the clocks")
