"""Questions over many sittings of one learner: how often each was right, and which mistakes were chosen how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from studyapp.core.exam.intervals import wilson
from studyapp.core.exam.report import Outcome, report
from studyapp.core.exam.sitting import Sitting


@dataclass(frozen=True, slots=True)
class Facility:
    """How often something happened in so many showings, with the Wilson interval of its share, at 95 %."""

    name: str
    times: int
    of: int

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.times / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson interval."""
        return wilson(self.times, self.of)


@dataclass(frozen=True, slots=True)
class QuestionStatistics:
    """`questions`: each card's share of right answers, the lowest first. `mistakes`: how often each named mistake was
    saved where it stood among the options, the most frequent first."""

    sittings: int
    questions: tuple[Facility, ...]
    mistakes: tuple[Facility, ...]


def question_statistics(sittings: Iterable[Sitting]) -> QuestionStatistics:
    """Count finished sittings; practice exams and rehearsals are left out. Only questions that were reached count."""
    right, asked, made, offered = (Counter[str]() for _ in range(4))
    number = 0
    for sitting in sittings:
        if not sitting.finished or sitting.paper.rules.practice or sitting.paper.rules.rehearsal:
            continue
        number += 1
        for one in report(sitting).answers:
            if one.outcome is Outcome.NOT_REACHED:
                continue
            asked[one.question.card] += 1
            right[one.question.card] += one.outcome is Outcome.RIGHT
            for place, option in enumerate(one.question.options):
                if option.mistake:
                    name = f"{one.question.simulation}.{option.mistake}"
                    offered[name] += 1
                    made[name] += one.saved is not None and one.saved.option == place
    questions = [Facility(card, right[card], asked[card]) for card in asked]
    mistakes = [Facility(name, made[name], offered[name]) for name in offered if made[name]]
    return QuestionStatistics(
        number,
        tuple(sorted(questions, key=lambda one: (one.share, -one.of, one.name))),
        tuple(sorted(mistakes, key=lambda one: (-one.times, -one.share, one.name))),
    )
