"""What an answer is worth: a judgement that forgives how it was typed, never what it says.

Right and sure is 4; right but guessed, hinted or counted as right by hand is 3; anything else is 1. Speed never counts,
and no judge gives a 5: that is the learner's to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from studyapp.core.expressions import ExpressionError, evaluate
from studyapp.model import Asked

if TYPE_CHECKING:
    from studyapp.simulation import Key

RIGHT_AND_SURE, RIGHT, WRONG = 4, 3, 1
"""The grades given automatically."""

LONGEST = 500
"""Characters of a typed answer that are read, at most."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The grade 0-5 of an answer, and why.

    `correct` and `sure` are None where the learner graded a recall of their own. `note` is one line to show, `mistake`
    the name of the mistake that a wrong number stands for. `nearly`: graded wrong, but by what may be a slip, so that
    one key may count it as right.
    """

    grade: int
    correct: bool | None
    sure: bool | None
    note: str = ""
    mistake: str = ""
    nearly: bool = False


DO_NOT_KNOW = Verdict(WRONG, False, False)
"""Of an answer left empty: wrong, and never "sure and wrong"."""


def counted_as_right(verdict: Verdict) -> Verdict:
    """What a verdict becomes when the learner counts a slip as right by hand."""
    return replace(verdict, grade=RIGHT, correct=True, mistake="", nearly=False)


def judge_choice(correct: bool, sure: bool, hinted: bool = False) -> Verdict:
    """The verdict on an option picked, for sure or as a guess."""
    return _right(sure, hinted) if correct else Verdict(WRONG, False, sure)


def _right(sure: bool, hinted: bool) -> Verdict:
    return Verdict(RIGHT_AND_SURE if sure and not hinted else RIGHT, True, sure)


# --- numbers --------------------------------------------------------------------------------------


def judge_number(given: str, key: Key, asked: Asked, sure: bool = True, hinted: bool = False) -> Verdict:
    """The verdict on a typed number or expression; one without a value raises ExpressionError and counts for nothing.

    A wrong number as near to a named mistake as would do for the key bears that mistake's name. A share given where a
    percentage was asked, or the other way round, is `nearly`. The unit may be typed or left out.
    """
    text = given.strip()
    if not text:
        return DO_NOT_KNOW
    unit = asked.unit or key.unit
    value = _evaluated(text, unit)
    if within(value, key.value, asked):
        return _right(sure, hinted)
    near = [(abs(value - result), name) for name, result in key.mistakes.items() if within(value, result, asked)]
    if near:
        return Verdict(WRONG, False, sure, mistake=min(near)[1])
    if "%" not in text and unit == "%" and within(100 * value, key.value, asked):
        return Verdict(WRONG, False, sure, note=f"asked in %, {value:g} is {100 * value:g} %", nearly=True)
    if "%" not in text and not unit and abs(key.value) <= 1 < abs(value) and within(value / 100, key.value, asked):
        return Verdict(WRONG, False, sure, note=f"as a share that is {value / 100:g}, or {value:g} %", nearly=True)
    return Verdict(WRONG, False, sure)


def within(value: float, key: float, asked: Asked) -> bool:
    """Whether a value is as near to a key as the card wants it, bounds included whatever the last binary digit says."""
    allowed = (asked.tolerance or 0.0) * abs(key) if asked.absolute is None else asked.absolute
    return abs(value - key) <= allowed * (1 + 1e-9) + 1e-12 * abs(key)


def _evaluated(text: str, unit: str) -> float:
    if unit and text.endswith(unit):
        try:
            return evaluate(text.removesuffix(unit))
        except ExpressionError:
            pass  # the unit's letters end the expression itself, as in 2*e where a charge e is asked
    return evaluate(text)


# --- words ----------------------------------------------------------------------------------------


def judge_text(given: str, accepted: Sequence[str], sure: bool = True, hinted: bool = False) -> Verdict:
    """The verdict on typed words against all that is accepted; none at all is "don't know".

    Case, spaces, accents, punctuation and articles are forgiven. Signs such as + and % are not, and numbers
    must be the same ones; a decimal comma is read as a point. One slip of the keyboard in five letters or more, or two
    in nine or more, is `nearly`.
    """
    given = given[:LONGEST].strip()
    typed, as_list = _read(given), _read(given.replace(",", ", "))
    if not typed.text:
        return _right(sure, hinted) if given and given in map(str.strip, accepted) else DO_NOT_KNOW
    wanted = {one: _read(one) for one in accepted}
    if any(words in (typed, as_list) for words in wanted.values()):
        return _right(sure, hinted)
    near = next((one for one, words in wanted.items() if _may_be_slip(typed, words)), None)
    if near is None:
        return Verdict(WRONG, False, sure)
    return Verdict(WRONG, False, sure, note=f"nearly: {near}", nearly=True)


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said, without the way it was typed: `text` has a 0 for each number, whose value stands in `numbers`."""

    text: str
    numbers: tuple[tuple[str, int], ...]


_ALIKE = str.maketrans(
    dict.fromkeys("‐‑‒–—−", "-")
    | dict.fromkeys("·⋅×", "*")
    | {"÷": "/", "²": "^2", "³": "^3", "½": "1/2"}
    | {"ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe"}
)
_MARKUP = re.compile(r"\*\*|[`$]")
_ARTICLE = re.compile(r"(?<!\S)(?:the|an?)\s+(?=\w\w)")
_HYPHEN = re.compile(r"(?<=[^\W\d_]{2})(?:-|\s+-\s+)|(?<=\w)-(?=[^\W\d_]{2})")  # fan-in, LeNet-5, k-means; not n-1
_NUMBER = re.compile(
    r"""(?: [1-9][0-9]{0,2} (?:,[0-9]{3})+ (?![0-9]) (?:\.[0-9]+)?  # 1,000
          | [0-9]+ (?:[.,][0-9]+)?                                   # 0.5 and 0,5
          | \.[0-9]+ )                                              # .5
        (?: e[-+]?[0-9]{1,3} )?""",
    re.VERBOSE,
)
_MATHS = frozenset("+-*/^=<>")
_BRACKETS = "()[]{}"
_NO_BRACKETS = str.maketrans("", "", _BRACKETS)
_SIGNS = frozenset("%*/#&@-")  # punctuation to Unicode, but they mean something


def _read(typed: str) -> _Words:
    decomposed = unicodedata.normalize("NFKD", typed.translate(_ALIKE))
    text = "".join(one for one in decomposed if not unicodedata.combining(one)).casefold()
    text = _MARKUP.sub("", text).strip(" *_\"'").rstrip(" -")
    text = _HYPHEN.sub(" ", _ARTICLE.sub("", text))
    numbers = tuple(_value(one[0]) for one in _NUMBER.finditer(text))
    maths = not _MATHS.isdisjoint(text)
    kept = (one for one in _NUMBER.sub("0", text) if _means_something(one) or (maths and one in _BRACKETS))
    return _Words("".join(kept), numbers)


def _means_something(sign: str) -> bool:
    return sign.isalnum() or sign in _SIGNS or unicodedata.category(sign)[0] == "S"


def _value(number: str) -> tuple[str, int]:
    """A number's significant digits and their power of ten, exact however long it is."""
    thousands = re.fullmatch(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?(e.*)?", number)
    mantissa, _, exponent = number.replace(",", "" if thousands else ".").partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    significant = digits.rstrip("0")
    power = int(exponent or 0) - len(fraction) + len(digits) - len(significant)
    return (significant, power) if significant else ("0", 0)


def _may_be_slip(typed: _Words, wanted: _Words) -> bool:
    """Whether only letters differ, and few: or only brackets, of which a line without them may mean the same."""
    given, right = typed.text.translate(_NO_BRACKETS), wanted.text.translate(_NO_BRACKETS)
    if typed.numbers != wanted.numbers or _without_letters(given) != _without_letters(right):
        return False
    if given == right:
        return True
    letters = sum(one.isalpha() for one in right)
    if letters >= 9 and given[0] == right[0]:  # two slips and another beginning: increases and decreases are no typo
        return _slips_within(2, given, right)
    return letters >= 5 and _slips_within(1, given, right)


def _without_letters(text: str) -> str:
    return "".join(one for one in text if not one.isalpha())


def _slips_within(most: int, given: str, right: str) -> bool:
    """Whether at most so many letters are missing, added, wrong or swapped with their neighbour (Damerau, 1964)."""
    same = next((at for at, (one, other) in enumerate(zip(given, right, strict=False)) if one != other), None)
    if same is None:
        return abs(len(given) - len(right)) <= most
    if most == 0:
        return False
    given, right = given[same:], right[same:]
    return (
        _slips_within(most - 1, given[1:], right)
        or _slips_within(most - 1, given, right[1:])
        or _slips_within(most - 1, given[1:], right[1:])
        or (given[:2] == right[1::-1] and _slips_within(most - 1, given[2:], right[2:]))
    )
