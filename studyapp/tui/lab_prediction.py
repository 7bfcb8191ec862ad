"""Predict, run, compare: what a learner expects of a value, beside what the run gave."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from textual.content import Content

from studyapp.model import Card, Predicted
from studyapp.simulation import Description, Run
from studyapp.tui.review_text import BOLD, DIM


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the learner expects of one value before a run."""

    value: str
    number: float
    confidence: str


def predictable(
    description: Description, run: Run | None, card: Card | None, single: Collection[str]
) -> list[tuple[str, str]]:
    """The values to predict with their meanings, what the card asks for first, then those known to be `single` numbers.

    After a run, only its single numbers.
    """
    asked = card.answer.value if card is not None and card.answer is not None else ""
    marks = sorted(description.values, key=lambda mark: (mark.name != asked, mark.name not in single))
    if run is not None:
        marks = [mark for mark in marks if measured(mark.name, run, card) is not None]
    return [(mark.name, mark.meaning + (f", in {mark.unit}" if mark.unit else "")) for mark in marks]


def measured(value: str, run: Run, card: Card | None) -> float | None:
    """A run's value as one number, of a list the element that the card asks for; None if there is none."""
    return _number(run.values.get(value), value, card)


def _number(found: object, value: str, card: Card | None) -> float | None:
    asked = card.answer if card is not None else None
    if isinstance(found, Sequence) and asked is not None and asked.value == value and asked.index is not None:
        found = found[asked.index]
    return float(found) if isinstance(found, int | float) else None


def logged(prediction: Prediction, number: float, run: Run, card: Card | None) -> Predicted:
    """The prediction and what the run gave, as the log keeps them."""
    return Predicted(
        simulation=run.simulation,
        value=prediction.value,
        parameters=dict(run.parameters),
        seed=run.seed,
        predicted=prediction.number,
        measured=number,
        confidence=prediction.confidence,
        card=card.id if card is not None else "",
    )


def compared(prediction: Prediction, run: Run, card: Card | None, width: int) -> Content:
    """A prediction beside what was measured, and beside what the formula says."""
    number = measured(prediction.value, run, card)
    said = Content.assemble(("You said   ", DIM), (f"{prediction.number:.4g}", BOLD), f", {prediction.confidence}")
    if number is None:
        why = "is a list of numbers" if prediction.value in run.values else "has no value at these parameters"
        found = f"{prediction.value} {why}; predict another."
        return Content("\n").join([said, Content(found).truncate(width, ellipsis=True)])
    expected = _number(run.expected.get(prediction.value), prediction.value, card)
    beside = f"   expected {expected:.4g}" if expected is not None else ""
    lines = [
        said,
        Content.assemble(("Measured   ", DIM), (f"{number:.4g}", BOLD), beside, (f"   {prediction.value}", DIM)),
        Content.assemble(("Your error ", DIM), error(prediction.number, number)),
    ]
    return Content("\n").join(line.truncate(width, ellipsis=True) for line in lines)


def error(predicted: float, found: float) -> str:
    """How far a prediction was off: in decades when it is off by more than a factor 2, else in per cent."""
    if predicted == found:
        return "none"
    way = "high" if predicted > found else "low"
    if predicted > 0 and found > 0 and not 0.5 <= predicted / found <= 2:
        return f"{abs(math.log10(predicted / found)):.1f} decades too {way}"
    if found:
        return f"{100 * abs(predicted - found) / abs(found):.0f} % too {way}"
    return f"{abs(predicted - found):.4g}"
