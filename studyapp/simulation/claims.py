"""What a simulation claims, expects and knows to be mistaken: checks with bounds, and the marks on its functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from studyapp.simulation.parameters import Scalar


@dataclass(frozen=True, slots=True)
class Check:
    """What a claim found: the measured number, the expected one, and the bounds within which it holds (inclusive)."""

    measured: float
    expected: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the measurement is finite and within its bounds."""
        return math.isfinite(self.measured) and self.low <= self.measured <= self.high


def about(
    measured: float,
    expected: float,
    *,
    relative: float | None = None,
    absolute: float | None = None,
    factor: float | None = None,
) -> Check:
    """Within a relative error, an absolute error, or a factor (either way) of the expected number; name one of them."""
    measured, expected = float(measured), float(expected)
    if relative is not None:
        return Check(measured, expected, expected - relative * abs(expected), expected + relative * abs(expected))
    if factor is not None:
        return Check(measured, expected, *sorted((expected / factor, expected * factor)))
    if absolute is not None:
        return Check(measured, expected, expected - absolute, expected + absolute)
    raise TypeError("about() wants relative, absolute or factor")


def between(measured: float, low: float, high: float) -> Check:
    """Within [low, high]; either may be infinite. What is expected is then the finite bound, or the middle of both."""
    finite = [float(bound) for bound in (low, high) if math.isfinite(bound)]
    return Check(float(measured), sum(finite) / len(finite), float(low), float(high))


def below(measured: float, bound: float) -> Check:
    """At most the bound."""
    return between(measured, -math.inf, bound)


def above(measured: float, bound: float) -> Check:
    """At least the bound."""
    return between(measured, bound, math.inf)


def true(fact: object) -> Check:
    """Something that is so or not: measured as 1 or 0, and 1 is expected."""
    return Check(float(bool(fact)), 1.0, 1.0, 1.0)


class Verdict(StrEnum):
    """What came of a claim. SILENT: the claim is not about these parameters."""

    HOLDS = "holds"
    FAILS = "fails"
    SILENT = "does not apply"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim and what one run says of it. `id` is the catalogue's, as in `softmax_output.3`."""

    id: str
    name: str
    sentence: str
    verdict: Verdict
    measured: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    share: float = 1.0


def borne_out(held: int, spoken: int, share: float) -> bool:
    """Whether so many of the runs hold as a claim about a share of the seeds asks for, chance allowed.

    A claim about all seeds (share 1) must hold in each run. Another one is refuted when so few runs would hold with a
    probability below 0.1 % if the share were exactly the claimed one (the lower tail of the binomial distribution).
    """
    if share >= 1:
        return held == spoken
    tail = sum(math.comb(spoken, k) * share**k * (1 - share) ** (spoken - k) for k in range(held + 1))
    return tail >= 1e-3


def claim_numbers(claim: Claim) -> str:
    """What a claim measured, expected and allows, in words; a bound that is missing or infinite does not bind."""
    if claim.verdict is Verdict.SILENT:
        return "not about these parameters"
    low = claim.low if claim.low is not None and math.isfinite(claim.low) else None
    high = claim.high if claim.high is not None and math.isfinite(claim.high) else None
    digits = _digits(low, high)
    measured = f"measured {_shown(claim.measured, digits)}"
    if low is not None and low == high:
        return f"{measured}, expected {_shown(claim.expected, digits)}"
    if low is not None and high is not None:
        expected = f"expected {_shown(claim.expected, digits)}"
        return f"{measured}, {expected}, allowed {low:.{digits}g} to {high:.{digits}g}"
    if high is not None:
        return f"{measured}, allowed up to {high:.{digits}g}"
    return f"{measured}, allowed from {low:.{digits}g}" if low is not None else measured


def _digits(low: float | None, high: float | None) -> int:
    """Four significant digits, or as many as tell the bounds apart."""
    if low is None or high is None or low == high:
        return 4
    return next((digits for digits in range(4, 17) if f"{low:.{digits}g}" != f"{high:.{digits}g}"), 17)


def _shown(number: float | None, digits: int) -> str:
    return "no finite number" if number is None else f"{number:.{digits}g}"


# --- what authors mark their functions with -------------------------------------------------------

_F = TypeVar("_F", bound=Callable[..., Any])


Place = Mapping[str, Scalar | tuple[float, ...]]
"""A set of parameters, told by what differs from the defaults."""


def claim(
    number: int,
    sentence: str,
    *,
    applies: Callable[[Any], bool] | None = None,
    domain: str = "",
    at: Mapping[str, object] | Sequence[Mapping[str, object]] = (),
    share: float = 1.0,
) -> Callable[[_F], _F]:
    """Mark `(parameters, values) -> Check` as a claim; the function's name is the claim's.

    `applies(parameters)` says whether the claim is about these parameters at all and `domain` says the same in words;
    without it the claim is about all of them. `values` are the result's, arrays as the run made them.

    A claim that is not about the defaults says with `at` where `studyapp verify --all` is to judge it: the parameters
    that differ from the defaults, as in `at={"activation": "tanh", "depth": 50}`, or a tuple of several such places.
    Loading fails where a place has an unknown parameter or a value out of bounds, or the claim does not apply there.

    A claim about most seeds says with `share` on which part of them it holds at least, above 0 and at most 1: that it
    does not hold in one run is then no failure, that it holds in too few of many is.
    """

    def mark(function: _F) -> _F:
        places: Any = at if isinstance(at, tuple | list) else (at,)  # looked over when the file is loaded
        vars(function)["claim"] = ClaimMark(number, function.__name__, sentence, domain, applies, tuple(places), share)
        return function

    return mark


@dataclass(frozen=True, slots=True)
class ClaimMark:
    """What `@claim` says of a function. `at` are the places besides the defaults where it is to be judged, `share` the
    part of the seeds on which it holds at least."""

    number: int
    name: str
    sentence: str
    domain: str = ""
    applies: Callable[[Any], bool] | None = None
    at: tuple[Place, ...] = ()
    share: float = 1.0


def expected(meaning: str, *, unit: str = "", applies: Callable[[Any], bool] | None = None) -> Callable[[_F], _F]:
    """Mark `(parameters) -> number or array` as the exact value of the result's value of the same name.

    A card that asks for that value takes its key from here; the run's measurement backs it. `applies(parameters)` says
    where the closed form holds; elsewhere no card may ask.
    """

    def mark(function: _F) -> _F:
        vars(function)["expected"] = ExpectedMark(function.__name__, meaning, unit, applies)
        return function

    return mark


@dataclass(frozen=True, slots=True)
class ExpectedMark:
    """What `@expected` says of a function."""

    name: str
    meaning: str
    unit: str = ""
    applies: Callable[[Any], bool] | None = None


def mistake(value: str, misconception: str) -> Callable[[_F], _F]:
    """Mark `(parameters) -> number or array` as what a common misconception gives for a value.

    `misconception` says it in a few words that read well after "that is what you get if": as in "one divides by the
    sum instead of exponentiating first". The function's name is the mistake's.
    """

    def mark(function: _F) -> _F:
        vars(function)["mistake"] = MistakeMark(function.__name__, value, misconception)
        return function

    return mark


@dataclass(frozen=True, slots=True)
class MistakeMark:
    """What `@mistake` says of a function."""

    name: str
    value: str
    misconception: str
