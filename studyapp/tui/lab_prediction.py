"""Predict, run, compare: what a learner expects of a value, beside what the run gave."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from textual.content import Content

from studyapp.core.experiments.predictions import right, trend
from studyapp.model import Card, Predicted, Predicting
from studyapp.simulation import Description, Run
from studyapp.tui.review_text import BOLD, DIM

TRENDS = {"+": 1, "-": -1, "−": -1, "=": 0}
"""What is typed for a trend: the value grows, falls or stays as it was in the run before."""

TREND_WORDS = {1: "it grows", -1: "it falls", 0: "it stays"}


@dataclass(frozen=True, slots=True)
class Askable:
    """A value to predict: its meaning, what it was in the run before, if any, and options to choose from, if any."""

    name: str
    meaning: str
    before: float | None = None
    options: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the learner expects of one value before a run: a number, one of the options, or its trend since `before`."""

    value: str
    number: float
    confidence: str
    form: Predicting = Predicting.NUMBER
    before: float = 0.0

    @property
    def said(self) -> str:
        """What was said, in words."""
        return TREND_WORDS[round(self.number)] if self.form is Predicting.TREND else f"{self.number:.4g}"


def askable(
    values: Sequence[tuple[str, str]],
    before: Run | None,
    card: Card | None,
    exact: Mapping[str, object] | None = None,
    wrong: Mapping[str, Mapping[str, object]] | None = None,
) -> list[Askable]:
    """The values with the run before, and options of the exact value and of what mistakes about it give.

    Options are offered where at least two of them differ in four digits, in ascending order: that tells nothing.
    """
    found = []
    for name, meaning in values:
        was = measured(name, before, card) if before is not None else None
        mistaken = (wrong or {}).get(name, {}).values()
        numbers = [_number(one, name, card) for one in ((exact or {}).get(name), *mistaken)]
        different = {f"{one:.4g}": one for one in reversed(numbers) if one is not None}
        options = tuple(sorted(different.values())) if numbers and numbers[0] is not None else ()
        found.append(Askable(name, meaning, was, options if len(options) > 1 else ()))
    return found


def predictable(
    description: Description, run: Run | None, card: Card | None, single: Collection[str]
) -> list[tuple[str, str]]:
    """The values to predict or to follow with their meanings, what the card asks for first.

    Before a run those known to be `single` numbers here, or all as long as none is known; after it, all its single
    numbers: those with an exact value first, then what is only measured.
    """
    asked = card.answer.value if card is not None and card.answer is not None else ""
    marks = sorted(description.values, key=lambda mark: mark.name != asked)
    found = {mark.name: mark.meaning + (f", in {mark.unit}" if mark.unit else "") for mark in marks}
    if run is None:
        known = {name: meaning for name, meaning in found.items() if name in single or name == asked}
        return list((known or found).items())
    found |= {name: "as the run measures it" for name in run.values if name not in found}
    return [(name, meaning) for name, meaning in found.items() if measured(name, run, card) is not None]


def measured(value: str, run: Run, card: Card | None) -> float | None:
    """A run's value as one number, of a list the element that the card asks for; None if there is none."""
    return _number(run.values.get(value), value, card)


def _number(found: object, value: str, card: Card | None) -> float | None:
    asked = card.answer if card is not None else None
    if isinstance(found, Sequence) and asked is not None and asked.value == value and asked.index is not None:
        found = found[asked.index]
    return float(found) if isinstance(found, int | float) else None


def logged(prediction: Prediction, run: Run, card: Card | None) -> Predicted | None:
    """The prediction and what the run gave, as the log keeps them; None if the run has no such number."""
    number = measured(prediction.value, run, card)
    if prediction.form is Predicting.CHOICE:
        number = _number(run.expected.get(prediction.value), prediction.value, card)
    elif prediction.form is Predicting.TREND and number is not None:
        number = float(trend(prediction.before, number))
    if number is None:
        return None
    return Predicted(
        simulation=run.simulation,
        value=prediction.value,
        parameters=dict(run.parameters),
        seed=run.seed,
        predicted=prediction.number,
        measured=number,
        confidence=prediction.confidence,
        card=card.id if card is not None else "",
        form=prediction.form,
    )


def compared(prediction: Prediction, run: Run, card: Card | None, width: int, trouble: str = "") -> Content:
    """A prediction beside what was measured, and beside what the formula says; `trouble` is why it was not kept."""
    number = measured(prediction.value, run, card)
    made = logged(prediction, run, card)
    kept = "   kept" if made and not trouble else ""
    said = Content.assemble(("You said   ", DIM), (prediction.said, BOLD), f", {prediction.confidence}", (kept, DIM))
    if number is None:
        why = "is a list of numbers" if prediction.value in run.values else "has no value at these parameters"
        found = f"{prediction.value} {why}; predict another."
        return Content("\n").join([said, Content(found).truncate(width, ellipsis=True)])
    expected = _number(run.expected.get(prediction.value), prediction.value, card)
    beside = f"   expected {expected:.4g}" if expected is not None else ""
    was = f"   {prediction.before:.4g} before" if prediction.form is Predicting.TREND else ""
    match prediction.form:
        case Predicting.NUMBER:
            verdict = error(prediction.number, number)
        case Predicting.TREND:
            came = TREND_WORDS[trend(prediction.before, number)]
            verdict = f"{'none' if made and right(made) else 'wrong'}: {came}"
        case _:
            verdict = "none" if made and right(made) else "wrong: a mistake gives that, and m shows which"
    lines = [
        said,
        Content.assemble(("Measured   ", DIM), (f"{number:.4g}", BOLD), beside, was, (f"   {prediction.value}", DIM)),
        Content.assemble(("Your error ", DIM), verdict),
    ]
    again = [*Content(f"! {trouble}; x tries it again").wrap(width)] if trouble else []
    return Content("\n").join([*(line.truncate(width, ellipsis=True) for line in lines), *again])


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
