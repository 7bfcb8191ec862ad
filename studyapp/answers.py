"""An answer in a session: where its question stands, what was logged, and how typed words are judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from studyapp.model import Answered, Entry, Schedule

if TYPE_CHECKING:  # grading is imported by the first answer, and not by the first card
    from studyapp.core.grading import Verdict
    from studyapp.core.questions import Question
    from studyapp.lab import Laboratory


class Stage(Enum):
    """Where the current question stands. REVEALED: the answer is shown and not graded yet."""

    ASKED = "asked"
    REVEALED = "revealed"
    GRADED = "graded"


@dataclass(frozen=True, slots=True)
class Graded:
    """A durable answer: the log's entry, the verdict, and the schedule before and after it."""

    entry: Entry
    verdict: Verdict
    before: Schedule
    after: Schedule


def answer_of(entry: Entry) -> Answered:
    """The answer that an entry of a session's own is."""
    assert isinstance(entry.event, Answered)
    return entry.event


def card_of(entry: Entry) -> str:
    """The card that an answer was about."""
    return answer_of(entry).card


def typed_verdict(question: Question, given: str, hinted: bool, laboratory: Callable[[], Laboratory]) -> Verdict:
    """Judge typed words, or an expression; a wrong number that stands for a named mistake is told what that is.

    How sure one is is asked of options only: a typed answer is neither sure nor a guess. Raises ExpressionError.
    """
    from studyapp.core import grading

    if question.card.answer is None:
        return replace(grading.judge_text(given, question.accepted, hinted=hinted), sure=None)
    if question.card.answer.formula:
        from studyapp.core.formula_answers import judge_formula

        verdict = replace(judge_formula(given, question.samples, hinted=hinted), sure=None)
    else:
        assert question.key is not None
        verdict = replace(grading.judge_number(given, question.key, question.card.answer, hinted=hinted), sure=None)
    if not verdict.mistake:
        return verdict
    words = laboratory().misconception(question.card, verdict.mistake)
    meant = f"that is what you get if {words}" if words else verdict.mistake
    return replace(verdict, note=f"{verdict.note}: {meant}" if verdict.note else meant)
