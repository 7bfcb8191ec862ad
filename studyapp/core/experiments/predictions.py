"""Predictions before a run: when one counts as right, and how well calibrated a learner's confidence is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studyapp.model import Entry, Predicted, Predicting

CONFIDENCES = ("sure", "fairly sure", "a guess")
"""In what words a learner says how sure a prediction is, the surest first."""

RIGHT = 0.1
"""The relative error within which a predicted number counts as right."""

STAYS = 0.02
"""A value that changes by no more than this share of its earlier size stays as it was."""

CLOSE = {"log": 0.3, "": 0.15}
"""The error within which a drawn curve counts as right: a factor 2 in decades, else a share of the curve's span."""

RULE = (
    f"Right: a number within {100 * RIGHT:.0f} %, a trend or an option that came true, "
    f"a drawn curve within a factor {10 ** CLOSE['log']:.0f} or {100 * CLOSE['']:.0f} % of its span."
)
"""When a prediction counts as right, in words."""


def right(made: Predicted) -> bool:
    """Whether a prediction came true, by the rule of its form."""
    match made.form:
        case Predicting.NUMBER:
            return abs(made.predicted - made.measured) <= RIGHT * abs(made.measured) * (1 + 1e-9)
        case Predicting.CURVE:
            return made.predicted <= CLOSE["log" if made.scale == "log" else ""]
        case Predicting.TREND:
            return made.predicted == made.measured
        case Predicting.CHOICE:
            return abs(made.predicted - made.measured) <= 1e-9 * abs(made.measured)
        case Predicting.TARGET:
            return True


def shows_mastery(made: Predicted) -> bool:
    """Whether it says that its card is mastered: a number or a curve that luck does not find."""
    return made.form in (Predicting.NUMBER, Predicting.CURVE) and right(made)


def trend(before: float, after: float) -> int:
    """1 where a value grew, -1 where it fell, and 0 where it stayed within `STAYS` of the size that it had."""
    if abs(after - before) <= STAYS * abs(before):
        return 0
    return 1 if after > before else -1


@dataclass(frozen=True, slots=True)
class Calibration:
    """How often predictions came true, by how sure the learner was; and how far drawn curves were off.

    `right` has (right, of) for each of `CONFIDENCES`. `decades` and `spans` are the median errors of curves over a
    logarithmic and over a linear axis, None without any; `drawn` counts both.
    """

    right: dict[str, tuple[int, int]]
    decades: float | None
    spans: float | None
    drawn: int

    @property
    def total(self) -> tuple[int, int]:
        """(right, of) over all."""
        return sum(one for one, _ in self.right.values()), sum(of for _, of in self.right.values())


def calibration(entries: Iterable[Entry]) -> Calibration:
    """Judge the predictions among log entries; entries taken back must have been left out."""
    from statistics import median  # not with the fold of the log, which the first screen waits for

    made = [one.event for one in entries if isinstance(one.event, Predicted)]
    made = [one for one in made if one.form is not Predicting.TARGET]
    counts = {}
    for confidence in CONFIDENCES:
        judged = [right(one) for one in made if one.confidence == confidence]
        counts[confidence] = sum(judged), len(judged)
    curves = [one for one in made if one.form is Predicting.CURVE]
    decades = [one.predicted for one in curves if one.scale == "log"]
    spans = [one.predicted for one in curves if one.scale != "log"]
    return Calibration(counts, median(decades) if decades else None, median(spans) if spans else None, len(curves))
