"""What a sitting came to: the score and how sure it is, topics, habits, and every question with what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from studyapp.core.exam.intervals import exact
from studyapp.core.exam.paper import ExamQuestion
from studyapp.core.exam.sitting import Attempt, Save, Sitting


class Outcome(StrEnum):
    """What became of a question. All but RIGHT score nothing, and are told apart nevertheless."""

    RIGHT = "right"
    WRONG = "wrong"
    BLANK = "left blank"
    TIMED_OUT = "timed out"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Tally:
    """So many right of so many questions."""

    right: int
    of: int

    @property
    def share(self) -> float:
        """Between 0 and 1; 0 for no questions."""
        return self.right / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The exact binomial interval of the share, at 95 %."""
        return exact(self.right, self.of) if self.of else (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with what was done. Times are milliseconds; `used` runs from its showing until it was closed.

    `picked` is a draft that was never saved as it stood; it does not count.
    """

    number: int
    question: ExamQuestion
    attempt: Attempt
    outcome: Outcome
    used: int

    @property
    def saved(self) -> Save | None:
        """The answer that counts."""
        return self.attempt.saved

    @property
    def picked(self) -> int | None:
        """The option that was chosen and not saved."""
        return self.attempt.picked if self.attempt.unsaved else None

    @property
    def sure_and_wrong(self) -> bool:
        """Whether a wrong answer was saved without marking it as a guess."""
        return self.outcome is Outcome.WRONG and self.saved is not None and not self.saved.guess


@dataclass(frozen=True, slots=True)
class Topic:
    """The questions of one topic. `milliseconds` is the mean time used for those that were shown, 0 for none."""

    name: str
    tally: Tally
    milliseconds: int
    sure_and_wrong: int


@dataclass(frozen=True, slots=True)
class Habits:
    """What cost or gained marks besides knowing. Changes compare the first saved answer with the last.

    `first_save` is the median time in milliseconds from a question's showing to its first save; None without any.
    """

    picked_not_saved: int
    picked_and_right: int
    changed: int
    became_right: int
    became_wrong: int
    left_blank: int
    timed_out: int
    sure_and_wrong: int
    first_save: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. `by_chance` is how many questions blind guessing gets right on average.

    `unseen` are the questions never seen in study before the exam: only they tell what to expect of a real one.
    `topics` come weakest first, and `start_with` names the one that promises most; empty if nothing was missed.
    """

    score: Tally
    by_chance: float
    unseen: Tally
    seen: Tally
    guessed: Tally
    topics: tuple[Topic, ...]
    start_with: str
    habits: Habits
    answers: tuple[Answer, ...]

    @property
    def missed(self) -> tuple[Answer, ...]:
        """The questions without a right answer, in the order of the exam."""
        return tuple(one for one in self.answers if one.outcome is not Outcome.RIGHT)

    @property
    def missed_cards(self) -> tuple[str, ...]:
        """The cards of the missed questions that were reached, each once: the others say nothing of what is known."""
        reached = (one for one in self.missed if one.outcome is not Outcome.NOT_REACHED)
        return tuple(dict.fromkeys(one.question.card for one in reached))


def report(sitting: Sitting) -> Report:
    """The report of a finished sitting; ValueError while it runs."""
    if sitting.finished_at is None:
        raise ValueError("a running sitting has no report yet")
    answers = tuple(_answer(sitting, number) for number in range(len(sitting.attempts)))
    topics = sorted(_topics(answers), key=lambda one: (one.tally.share, one.tally.right - one.tally.of, one.name))
    return Report(
        score=_tally(answers),
        by_chance=sum(one.question.chance for one in answers),
        unseen=_tally(one for one in answers if not one.question.seen),
        seen=_tally(one for one in answers if one.question.seen),
        guessed=_tally(one for one in answers if one.saved is not None and one.saved.guess),
        topics=tuple(topics),
        start_with=_start_with(topics),
        habits=_habits(answers),
        answers=answers,
    )


def _answer(sitting: Sitting, number: int) -> Answer:
    question, attempt = sitting.paper.questions[number], sitting.attempts[number]
    assert sitting.finished_at is not None
    closed = min(sitting.closes(number), sitting.finished_at)
    used = max(0, closed - attempt.shown_at) if attempt.shown_at is not None else 0
    return Answer(number, question, attempt, _outcome(sitting, number, closed), used)


def _outcome(sitting: Sitting, number: int, closed: int) -> Outcome:
    attempt = sitting.attempts[number]
    if attempt.shown_at is None:
        return Outcome.NOT_REACHED
    if attempt.saved is not None:
        right = sitting.paper.questions[number].right
        return Outcome.RIGHT if attempt.saved.option == right else Outcome.WRONG
    deadline = sitting.deadline(number)
    return Outcome.TIMED_OUT if deadline is not None and closed >= deadline else Outcome.BLANK


def _tally(answers: Iterable[Answer]) -> Tally:
    outcomes = [one.outcome for one in answers]
    return Tally(outcomes.count(Outcome.RIGHT), len(outcomes))


def _topics(answers: Sequence[Answer]) -> list[Topic]:
    found = []
    for name in dict.fromkeys(one.question.topic for one in answers):
        of_topic = [one for one in answers if one.question.topic == name]
        shown = [one.used for one in of_topic if one.attempt.shown_at is not None]
        mean = round(sum(shown) / len(shown)) if shown else 0
        found.append(Topic(name, _tally(of_topic), mean, sum(one.sure_and_wrong for one in of_topic)))
    return found


def _start_with(topics: Sequence[Topic]) -> str:
    """Where most marks were lost; among equals the weaker topic, which comes first."""
    lost = max(topics, key=lambda one: one.tally.of - one.tally.right)
    return lost.name if lost.tally.right < lost.tally.of else ""


def _habits(answers: Sequence[Answer]) -> Habits:
    never_saved = [one for one in answers if one.saved is None and one.picked is not None]
    twice = [(one.attempt.saves[0].option, one.attempt.saves[-1].option, one) for one in answers if one.attempt.saves]
    changed = [(first, last, one.question.right) for first, last, one in twice if first != last]
    first_saves = [
        one.attempt.saves[0].at - one.attempt.shown_at
        for one in answers
        if one.attempt.saves and one.attempt.shown_at is not None
    ]
    outcomes = [one.outcome for one in answers]
    return Habits(
        picked_not_saved=len(never_saved),
        picked_and_right=sum(one.picked == one.question.right for one in never_saved),
        changed=len(changed),
        became_right=sum(last == right for _, last, right in changed),
        became_wrong=sum(first == right for first, _, right in changed),
        left_blank=outcomes.count(Outcome.BLANK),
        timed_out=outcomes.count(Outcome.TIMED_OUT),
        sure_and_wrong=sum(one.sure_and_wrong for one in answers),
        first_save=round(median(first_saves)) if first_saves else None,
    )
