"""The texts of the Lab: what was predicted, what was measured, and what the claims say."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from textual.content import Content
from textual.style import Style

from studyapp.core.sliders import ParameterValue
from studyapp.simulation import Claim, Description, Run, Verdict, claim_numbers
from studyapp.tui.card_text import plain
from studyapp.tui.review_text import beside

BOLD, DIM = Style(bold=True), Style(dim=True)
SIGNS = {Verdict.HOLDS: "✓", Verdict.FAILS: "✗", Verdict.SILENT: "·"}
MOST_NUMBERS = 6


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the learner expects of one value before a run."""

    value: str
    number: float
    confidence: str


def compared(prediction: Prediction, run: Run, width: int) -> Content:
    """A prediction beside what was measured."""
    measured = number_of(run.values.get(prediction.value))
    expected = number_of(run.expected.get(prediction.value))
    lines = [Content.assemble(("You said   ", DIM), (f"{prediction.number:.4g}", BOLD), f", {prediction.confidence}")]
    if measured is None:
        lines.append(Content(f"{prediction.value} was not measured at these parameters"))
        return Content("\n").join(lines)
    lines.append(
        Content.assemble(
            ("Measured   ", DIM),
            (f"{measured:.4g}", BOLD),
            f"   expected {expected:.4g}" if expected is not None else "",
            (f"   {prediction.value}", DIM),
        )
    )
    lines.append(Content.assemble(("Your error ", DIM), error(prediction.number, measured)))
    return Content("\n").join(line.truncate(width, ellipsis=True) for line in lines)


def error(predicted: float, measured: float) -> str:
    """How far a prediction was off: in decades when it is off by more than a factor 2, else in per cent."""
    if predicted == measured:
        return "none"
    if predicted > 0 and measured > 0 and not 0.5 <= predicted / measured <= 2:
        return f"{abs(math.log10(predicted / measured)):.1f} decades too {'high' if predicted > measured else 'low'}"
    if measured:
        return (
            f"{100 * abs(predicted - measured) / abs(measured):.0f} % too {'high' if predicted > measured else 'low'}"
        )
    return f"{abs(predicted - measured):.4g}"


def number_of(value: object) -> float | None:
    """A value as one number, or None for an array."""
    return float(value) if isinstance(value, int | float) else None


def values(run: Run, width: int) -> Content:
    """The measured values with what was expected."""
    name_width = max((len(name) for name in run.values), default=0) + 2
    lines = []
    for name, value in run.values.items():
        expected = run.expected.get(name)
        beside_it = f"   expected {brief(expected)}" if expected is not None else ""
        lines.append(plain(f"{name.ljust(name_width)}{brief(value)}{beside_it}").truncate(width, ellipsis=True))
    return Content("\n").join(lines)


def brief(value: object) -> str:
    """A number, or the first numbers of an array."""
    if isinstance(value, list):
        more = ", …" if len(value) > MOST_NUMBERS else ""
        return f"[{', '.join(brief(one) for one in value[:MOST_NUMBERS])}{more}]"
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)


def claims(run: Run, backing: tuple[str, ...], width: int) -> Content:
    """Each claim about these parameters with its verdict, those that back the card first."""
    spoken = sorted((c for c in run.claims if c.verdict is not Verdict.SILENT), key=lambda c: c.name not in backing)
    return Content("\n").join([_claim(claim, claim.name in backing, width) for claim in spoken])


def silent_claims(run: Run, description: Description, width: int) -> Content:
    """The claims about other parameters, each with what it is about."""
    domains = {mark.name: mark.domain or mark.sentence for mark in description.claims}
    silent = [claim for claim in run.claims if claim.verdict is Verdict.SILENT]
    lines = [Content.styled("Claims about other parameters", DIM)] if silent else []
    for claim in silent:
        words = plain(f"{claim.name}: {domains.get(claim.name, claim.sentence)}")
        lines.append(beside(Content.styled("· ", DIM), words.stylize(DIM), width))
    return Content("\n").join(lines)


def _claim(claim: Claim, backs: bool, width: int) -> Content:
    words = f"{claim.sentence}{' (backs the card)' if backs else ''}"
    sign = Content.styled(f"{SIGNS[claim.verdict]} ", BOLD)
    first = beside(sign, Content.assemble((f"{claim.verdict}: ", BOLD), plain(words)), width)
    return Content("\n").join([first, beside(Content("  "), plain(claim_numbers(claim)).stylize(DIM), width)])


def command(name: str, given: Mapping[str, ParameterValue], defaults: Mapping[str, object], seed: int) -> str:
    """The command line that makes the same run."""
    words = ["studyapp", "run", name]
    for parameter, value in given.items():
        if value != defaults.get(parameter):
            text = (
                ",".join(f"{one:g}" for one in value)
                if isinstance(value, tuple)
                else str(value).lower()
                if isinstance(value, bool)
                else str(value)
            )
            words += [f"--{parameter}", text]
    return shlex.join([*words, "--seed", str(seed)])
