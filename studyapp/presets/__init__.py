"""Exams with a name: what is asked and which rules hold, as small TOML files, shipped or the learner's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

from studyapp.core.exam.making import Blueprint
from studyapp.core.exam.paper import ExamRules, Paper
from studyapp.model import Problem

FOLDER = "exams"
"""The learner's own presets lie here in the data folder, as NAME.toml."""

PASSED = timedelta(hours=12)
"""A time of day that passed no longer ago than this is taken for a slip, and not for one of tomorrow."""


class PresetError(ValueError):
    """A preset that does not exist or cannot be used; the message is one clear line with what to do."""


@dataclass(frozen=True, slots=True)
class ExamPlan:
    """All that can be chosen about an exam. `decks` are words for `Library.matching`; none means all, as for the rest.

    `seconds` is every question's limit; without it each kind has its own. `minutes` bounds the whole exam; without it
    the limits' sum and a quarter does. `ends` is the official end as HH:MM, for `ends_at`. `cards` asks exactly these.
    """

    name: str = ""
    title: str = ""
    questions: int = 24
    decks: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    seconds: float | None = None
    minutes: float | None = None
    ends: str = ""
    forward_only: bool = True
    email: bool = False
    practice: bool = False
    extra_time: float = 1.0
    oral: int = 0
    cards: tuple[str, ...] = ()

    @classmethod
    def like(cls, paper: Paper, cards: Sequence[str]) -> ExamPlan:
        """The plan of a paper's questions under the same rules once more, for new numbers, order and options.

        `cards` are those of its cards that can still be asked.
        """
        limits = {question.seconds for question in paper.questions}
        rules = paper.rules
        return cls(
            name=rules.name,
            title=paper.title,
            questions=len(cards),
            seconds=limits.pop() if len(limits) == 1 else None,  # several: each kind had its own, and has it again
            forward_only=rules.forward_only,
            email=rules.email,
            practice=rules.practice,
            extra_time=rules.extra_time,
            oral=rules.oral,
            cards=tuple(cards),
        )

    def blueprint(self) -> Blueprint:
        """What the paper is made of; the decks must be paths by now."""
        return Blueprint(self.questions, self.decks, self.parts, self.tags, self.seconds, self.cards)

    def rules(self) -> ExamRules:
        """What holds in the sitting."""
        return ExamRules(
            name=self.name,
            forward_only=self.forward_only,
            email=self.email,
            practice=self.practice,
            extra_time=self.extra_time,
            oral=self.oral,
        )


@dataclass(frozen=True, slots=True)
class ExamRequest:
    """An exam as the command line asks the app for it; the plan's decks are paths.

    `ends` is the plan's official end as an instant. `like` is the id of the sitting whose cards the plan asks again.
    With `rehearsal` only the extra time of the plan counts.
    """

    plan: ExamPlan = ExamPlan()
    seed: int | None = None
    ends: datetime | None = None
    take_over: bool = False
    rehearsal: bool = False
    like: str = ""


# --- the files ------------------------------------------------------------------------------------


def plans(home: Path) -> tuple[list[ExamPlan], list[Problem]]:
    """All presets, the shipped ones first, and what is wrong with files that cannot be used.

    A learner's file takes the place of a shipped one of the same name, also when it cannot be used.
    """
    from studyapp.presets.reading import read

    found, wrong = list[ExamPlan](), list[Problem]()
    for path in _files(home).values():
        try:
            found.append(read(path))
        except PresetError as error:
            wrong.append(Problem(str(path), 0, "", str(error).removeprefix(f"{path}: ")))
    return found, wrong


def plan(home: Path, name: str) -> ExamPlan:
    """The preset of this name; PresetError with the nearest name if there is none, or what is wrong with its file."""
    from studyapp.presets.reading import read

    files = _files(home)
    if name in files:
        return read(files[name])
    near = get_close_matches(name, files, n=1)
    remedy = f"did you mean {near[0]!r}?" if near else f"there is {', '.join(files)}; others go to {home / FOLDER}"
    raise PresetError(f"there is no preset {name!r:.60}; {remedy}")


def _files(home: Path) -> dict[str, Path]:
    """The file of each preset by its name."""
    found = {path.stem: path for path in _toml(Path(__file__).parent)}
    return found | {path.stem: path for path in _toml(home / FOLDER)}


def _toml(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(path for path in folder.glob("*.toml") if path.stem.isprintable())
    except OSError:
        return  # a folder that cannot be read has no presets; the names that there are will be said


# --- the official end -----------------------------------------------------------------------------


def ends_at(text: str, now: datetime) -> datetime:
    """The next time of day HH:MM in this machine's zone after `now`; PresetError for anything else.

    One that passed within the last twelve hours is refused: nobody plans an exam across noon and midnight, and many
    mistype. So at 23:30 an end at 00:45 is tomorrow's, and at 14:00 one at 13:30 is a mistake.
    """
    here = now.astimezone()
    try:
        hours, colon, minutes = text.strip().partition(":")
        if not (colon and hours.isascii() and hours.isdigit() and len(hours) <= 2 and len(minutes) == 2):
            raise ValueError
        wall = here.replace(hour=int(hours), minute=int(minutes), second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise PresetError(f"{text!r:.60} is no time of day; give the official end as HH:MM, as in 17:30") from None
    today = _moments(wall)
    to_come = [end for end in today if end > here]
    if not to_come and here - today[-1] <= PASSED:
        raise PresetError(f"the official end {wall:%H:%M} has passed, it is {here:%H:%M}; give a later one")
    return (to_come or _moments(wall + timedelta(days=1)))[0]


def _moments(wall: datetime) -> list[datetime]:
    """When this machine's zone shows a time of a day: once, twice as the clocks are set back, and where they are set
    forward over it, at the moment as long after midnight."""
    first, second = sorted(wall.replace(fold=fold).astimezone() for fold in (0, 1))
    return list(dict.fromkeys((first, second))) if first.replace(tzinfo=None) == wall else [second]
