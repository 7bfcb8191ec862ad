"""The texts of the Lab: what was measured, what the claims say, and the command that makes the same run."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from textual.content import Content

from studyapp.core.sliders import ParameterValue
from studyapp.simulation import Claim, Description, Run, Verdict, claim_numbers
from studyapp.tui import wording
from studyapp.tui.card_text import plain
from studyapp.tui.review_text import BOLD, DIM, beside
from studyapp.tui.run_text import SIGNS

MOST_NUMBERS = 6

OVER = "Nothing runs any more: Esc once more leads back."
"""Said to the first Esc after the end of a run, which it may have been meant to stop."""


def offered(description: Description, width: int) -> Content:
    """What a simulation is about and what it computes, before its first run."""
    parts = [Content("\n").join(plain(description.summary).wrap(width)), Content()]
    if description.values:
        parts.append(Content.styled("Values to predict", DIM))
        name_width = max(len(mark.name) for mark in description.values) + 2
        for mark in description.values:
            parts.append(beside(plain(mark.name.ljust(name_width)), plain(mark.meaning).stylize(DIM), width))
    return Content("\n").join(parts)


def earlier(run: Run, width: int) -> Content:
    """That what stands below is an older run's, and whose."""
    at = ", ".join(f"{name} {typed(value)}" for name, value in run.parameters.items())
    line = Content.assemble(("! The run before this one: ", BOLD), plain(f"seed {run.seed}, {at}"))
    return line.truncate(width, ellipsis=True)


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


def verdict(run: Run) -> str:
    """How many claims about these parameters fail, or hold."""
    holding = sum(claim.verdict is Verdict.HOLDS for claim in run.claims)
    failing = sum(claim.verdict is Verdict.FAILS and claim.share >= 1 for claim in run.claims)
    if failing:
        return f"✗ {wording.counted(failing, 'claim fails', 'claims fail')} here"
    if holding:
        return f"✓ {wording.counted(holding, 'claim holds', 'claims hold')} here"
    return "· no claim speaks of this"


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
    if claim.share < 1:
        words += f" (on {100 * claim.share:g} % of the seeds or more)"
    sign = Content.styled(f"{SIGNS[claim.verdict]} ", BOLD)
    first = beside(sign, Content.assemble((f"{claim.verdict}: ", BOLD), plain(words)), width)
    return Content("\n").join([first, beside(Content("  "), plain(claim_numbers(claim)).stylize(DIM), width)])


def command(name: str, given: Mapping[str, ParameterValue], defaults: Mapping[str, object], seed: int) -> str:
    """The command line that makes the same run."""
    words = ["studyapp", "run", name]
    for parameter, value in given.items():
        if value != defaults.get(parameter):
            words += [f"--{parameter}", typed(value)]
    return shlex.join([*words, "--seed", str(seed)])


def typed(value: ParameterValue) -> str:
    """A parameter as it is typed in a command line, with all its digits."""
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return ",".join(typed(one) for one in value)
        case float():
            return repr(value).removesuffix(".0")
        case _:
            return str(value)
