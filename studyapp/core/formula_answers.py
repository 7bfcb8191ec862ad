"""Answers that are formulas: a learner's expression against the exact value at many drawn sets of parameters."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from studyapp.core.expressions import ExpressionError, evaluate
from studyapp.core.grading import DO_NOT_KNOW, RIGHT, RIGHT_AND_SURE, WRONG, Verdict
from studyapp.core.questions import shown
from studyapp.model import Asked, Card, ParameterValue
from studyapp.simulation import Description, Key, Parameter, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

SETS = 100
"""A formula is right if it agrees with the exact value at so many drawn sets of parameters."""

TRIED = 400
"""So many sets are drawn at most, to find `SETS` at which the value applies."""

SAME = 1e-6
"""Relative difference below which a number and a key of double precision are taken as the same formula's."""

NOTHING = 1e-25
"""What rounding may leave, of many more digits, where the exact value is 0."""

SIMPLE = 64
"""The largest numerator or denominator of a factor that is named as a fraction or a root."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One drawn set: what the symbols stand for, and the exact value there with what the mistakes give."""

    symbols: Mapping[str, float]
    key: Key

    @property
    def at(self) -> str:
        """The set in words, as in `a = 4, b = 9`."""
        return ", ".join(f"{name} = {shown(value)}" for name, value in self.symbols.items())


def draws(card: Card, description: Description) -> list[dict[str, ParameterValue]]:
    """Sets of parameters to compare formulas at: always the same ones for a card.

    A parameter behind a symbol takes one of its `vary` candidates, or any value between its bounds, even along its
    scale and rounded to three digits; everything else is as the card fixes it. ParameterError for a symbol's parameter
    that is no number with bounds.
    """
    link, asked = card.simulation, card.answer
    assert link is not None
    assert asked is not None
    known = {one.name: one for one in description.parameters}
    stream = random.Random(f"{card.id}:formula")
    return [
        {**link.parameters, **{name: _drawn(name, known, link.vary, stream) for name in asked.formula.values()}}
        for _ in range(TRIED)
    ]


def _drawn(
    name: str,
    known: Mapping[str, Parameter],
    vary: Mapping[str, tuple[ParameterValue, ...]],
    stream: random.Random,
) -> ParameterValue:
    if name in vary:
        return stream.choice(vary[name])
    parameter = known.get(name)
    if parameter is None or parameter.low is None or parameter.high is None:
        raise ParameterError(f"[answer] formula: {name} is no number with bounds", "name one, or give it in vary")
    if parameter.scale == "log" and parameter.low > 0:
        value = math.exp(stream.uniform(math.log(parameter.low), math.log(parameter.high)))
    else:
        value = stream.uniform(parameter.low, parameter.high)
    if parameter.kind == "int":
        return int(min(parameter.high, max(parameter.low, round(value))))
    return min(parameter.high, max(parameter.low, float(f"{value:.3g}")))


def samples(asked: Asked, sets: Sequence[Mapping[str, ParameterValue]], keys: Sequence[Key | None]) -> list[Sample]:
    """The first `SETS` of the drawn sets at which the value applies, which has a key there."""
    found: list[Sample] = []
    for parameters, key in zip(sets, keys, strict=True):
        if key is not None and len(found) < SETS:
            symbols = {symbol: float(str(parameters[name])) for symbol, name in asked.formula.items()}
            found.append(Sample(symbols, key))
    return found


def judge_formula(given: str, against: Sequence[Sample], sure: bool = True, hinted: bool = False) -> Verdict:
    """The verdict on a typed formula; one that has no value somewhere raises ExpressionError and counts for nothing.

    A wrong one that agrees with a named mistake everywhere bears its name. One that is off in the same way at every set
    is told how: by which factor, by which term, squared, rooted, upside down, with the other sign.
    """
    text = given.strip()
    if not text:
        return DO_NOT_KNOW
    values = [_value(text, one) for one in against]
    keys = [one.key.value for one in against]
    agree = [_same(value, key) for value, key in zip(values, keys, strict=True)]
    if all(agree):
        return Verdict(RIGHT_AND_SURE if sure and not hinted else RIGHT, True, sure)
    off = next(_ways(values, keys), "")
    for name in against[0].key.mistakes:
        mistaken = [one.key.mistakes[name] for one in against]
        if all(map(_same, values, mistaken)):
            return Verdict(WRONG, False, sure, note=off, mistake=name)
    if not off:
        wrong = agree.index(False)
        often = f"right at {sum(agree)} of {len(agree)} drawn sets only; " if any(agree) else ""
        digits = 8 if math.isclose(values[wrong], keys[wrong], rel_tol=1e-3) else 4
        off = f"{often}at {against[wrong].at} it gives {values[wrong]:.{digits}g}, not {keys[wrong]:.{digits}g}"
    return Verdict(WRONG, False, sure, note=off)


def _value(text: str, one: Sample) -> float:
    try:
        value = evaluate(text, one.symbols)
        return value if one.key.value or abs(value) > NOTHING else 0.0
    except ExpressionError as error:
        # What is wrong with the text itself is wrong at every set: the set is named only where it matters.
        if any(word in str(error) for word in ("divides by zero", "real number", "too large")):
            raise ExpressionError(f"at {one.at}: {error}") from None
        raise


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other)) < math.inf


def _ways(values: Sequence[float], keys: Sequence[float]) -> Iterator[str]:
    """In which constant ways the values differ from the keys at every set."""
    pairs = list(zip(values, keys, strict=True))
    ratios = [value / key for value, key in pairs if key]
    zeros = [value for value, key in pairs if not key]  # any factor makes 0 of 0, and nothing else
    if len(ratios) > len(zeros) and not any(zeros) and ratios[0] and all(_same(one, ratios[0]) for one in ratios):
        yield "right but for the sign" if _same(ratios[0], -1) else f"off by a factor {named(ratios[0])} each time"
    differences = [value - key for value, key in pairs]
    if all(_same(one, differences[0]) for one in differences):
        yield f"off by {differences[0]:.4g} each time"
    if _all(pairs, lambda value, key: _same(value * key, 1)):
        yield "upside down: it is one over the right formula"
    if _all(pairs, lambda value, key: _same(value, key * key)):
        yield "it is the square of the right formula: a root is missing"
    if _all(pairs, lambda value, key: _same(value * value, key)):
        yield "it is the root of the right formula: a square is missing"


def _all(pairs: Sequence[tuple[float, float]], same: Callable[[float, float], bool]) -> bool:
    return all(same(value, key) for value, key in pairs)


def named(factor: float) -> str:
    """A factor as it would be written: a simple fraction, the root of one, a multiple of pi, else four digits."""
    sign, size = ("-" if factor < 0 else ""), abs(factor)
    for before, after, number in (("", "", size), ("sqrt(", ")", size * size), ("", " pi", size / math.pi)):
        near = Fraction(number).limit_denominator(SIMPLE) if 1e-3 < number < SIMPLE else Fraction(0)
        if near and near.numerator <= SIMPLE and _same(float(near), number):
            written = f"{before}{near}{after}"
            return f"{sign}pi" if written == "1 pi" else f"{sign}{written}"
    return f"{factor:.4g}" if abs(size - 1) > 1e-3 else f"{factor:.8g}"
