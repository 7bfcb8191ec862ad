"""A paper: the questions of one exam with everything they need, frozen, so that nothing edited later can change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from studyapp.model import Kind, ParameterValue

SLACK = 1.25
"""An exam ends by itself after so many times the sum of its questions' limits, unless its end is given."""


class PaperError(ValueError):
    """A paper that cannot be sat; the message is one clear line."""


@dataclass(frozen=True, slots=True)
class ExamOption:
    """One option as it is shown. `reason` says after the exam why it is wrong; `mistake` names what it stands for."""

    text: str
    correct: bool = False
    reason: str = ""
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class ExamQuestion:
    """One question: a card as it is asked once, options in the order shown, `seconds` its own limit.

    All texts are Markdown with the drawn numbers filled in. `topic` is the part of the deck, or its title. `seen` says
    whether the card had been shown in study before the start, `sealed` that it is kept for exams.
    """

    card: str
    kind: Kind
    deck: str
    topic: str
    prompt: str
    options: tuple[ExamOption, ...]
    seconds: float
    front: str = ""
    explanation: str = ""
    source: str = ""
    simulation: str = ""
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    sealed: bool = False
    seen: bool = False

    def __post_init__(self) -> None:
        if sum(option.correct for option in self.options) != 1:
            raise PaperError(f"{self.card}: a question has exactly one right option; mark a single best answer")
        if len({option.text.strip() for option in self.options}) < max(2, len(self.options)):
            raise PaperError(f"{self.card}: a question has two options or more, no two alike")
        if not 0.001 <= self.seconds < inf:  # less is no millisecond
            raise PaperError(f"{self.card}: a question needs a time limit above zero; give --seconds")

    @property
    def right(self) -> int:
        """The position of the right option, from 0."""
        return next(position for position, option in enumerate(self.options) if option.correct)

    @property
    def chance(self) -> float:
        """The probability that blind guessing gets it right."""
        return 1 / len(self.options)


@dataclass(frozen=True, slots=True)
class ExamRules:
    """What holds in a sitting. `name` is the preset's, `oral` how many questions are to be explained afterwards.

    `practice` sittings stay out of the statistics; so do rehearsals, whose questions are no cards at all.
    """

    name: str = ""
    forward_only: bool = True
    email: bool = False
    practice: bool = False
    rehearsal: bool = False
    extra_time: float = 1.0
    oral: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.extra_time <= 4:
            raise PaperError(f"an extra-time factor of {self.extra_time:g} does not fit; give 1 to 4")


@dataclass(frozen=True, slots=True)
class Paper:
    """Questions in the order they are asked, and the rules. `seed` makes the same paper again from the same decks.

    `versions` says what it was made from: the hash of each deck and simulation by name, and the programs' versions.
    """

    title: str
    seed: int
    rules: ExamRules
    questions: tuple[ExamQuestion, ...]
    versions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.questions:
            raise PaperError("a paper needs a question; choose other decks, parts or tags")

    def limit(self, question: int) -> int:
        """The milliseconds a question gives, extra time included."""
        return round(1000 * self.questions[question].seconds * self.rules.extra_time)

    @property
    def natural_end(self) -> int:
        """The milliseconds after which the exam ends unless its end is given: the sum of all limits and a quarter."""
        return round(SLACK * sum(self.limit(question) for question in range(len(self.questions))))
