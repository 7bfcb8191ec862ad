"""What an exam says of its cards, as answers for the log: seen, right or missed, and never a due date."""

from __future__ import annotations

from studyapp.core.exam.report import Answer, Outcome, report
from studyapp.core.exam.sitting import Sitting
from studyapp.core.grading import RIGHT, RIGHT_AND_SURE, WRONG
from studyapp.model import Answered, Mode


def answers(sitting_id: str, sitting: Sitting) -> tuple[Answered, ...]:
    """One answer for each question of a finished sitting that was reached; none for a rehearsal: it asks no cards."""
    if sitting.paper.rules.rehearsal:
        return ()
    return tuple(
        _answered(sitting_id, sitting, one) for one in report(sitting).answers if one.outcome is not Outcome.NOT_REACHED
    )


def _answered(sitting_id: str, sitting: Sitting, one: Answer) -> Answered:
    saved, right = one.saved, one.outcome is Outcome.RIGHT
    sure = None if saved is None else not saved.guess
    return Answered(
        card=one.question.card,
        mode=Mode.EXAM,
        kind=one.question.kind,
        grade=(RIGHT_AND_SURE if sure else RIGHT) if right else WRONG,
        seed=sitting.paper.seed,
        correct=right,
        sure=sure,
        milliseconds=one.used,
        given="" if saved is None else one.question.options[saved.option].text,
        receipt={"sitting": sitting_id, "question": one.number},
    )
