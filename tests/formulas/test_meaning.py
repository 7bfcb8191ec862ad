"""A formula means what its LaTeX meant, on one line and in two dimensions: random expressions, shown and read back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studyapp.formulas import displayed, linear
from tests.formulas.evaluator import FIELD, UndefinedError, divided, evaluate, hashed, number, power, variable
from tests.formulas.picture import read_back


class Binds(IntEnum):
    """How tightly a piece of LaTeX holds together when it is seen as TeX sets it."""

    SUM = 0
    SIGN = 1
    SLASH = 2
    PRODUCT = 3
    POWER = 4
    ATOM = 5


@dataclass(frozen=True)
class Written:
    """A piece of LaTeX, what it is worth, and how tightly it binds; `digit` says that it starts with one."""

    latex: str
    value: int
    binds: Binds
    digit: bool = False
    fraction: bool = False


def _in_brackets(one: Written, style: str) -> str:
    return style.format(one.latex)


def _at_least(one: Written, binds: Binds, style: str) -> str:
    return one.latex if one.binds >= binds else _in_brackets(one, style)


def _plus(a: Written, b: Written, style: str, way: int) -> Written:
    right = _at_least(b, Binds.SLASH, style)
    return Written(f"{a.latex} + {right}" if way % 2 else f"{a.latex}+{right}", (a.value + b.value) % FIELD, Binds.SUM)


def _minus(a: Written, b: Written, style: str, way: int) -> Written:
    right = _at_least(b, Binds.SLASH, style)
    return Written(f"{a.latex} - {right}" if way % 2 else f"{a.latex}-{right}", (a.value - b.value) % FIELD, Binds.SUM)


def _times(a: Written, b: Written, style: str, way: int) -> Written:
    left, right = _at_least(a, Binds.PRODUCT, style), _at_least(b, Binds.PRODUCT, style)
    sign = (r" \cdot ", r" \times ", r"\,", " ")[way % 4]
    if way % 4 >= 2 and (b.digit or right.lstrip("{")[:1].isdigit()):
        sign = r"\cdot "
    return Written(f"{left}{sign}{right}", a.value * b.value % FIELD, Binds.PRODUCT, left.lstrip("{")[:1].isdigit())


def _over(a: Written, b: Written, style: str, way: int) -> Written:
    value = divided(a.value, b.value)
    match way % 4:
        case 0:
            left, right = _at_least(a, Binds.PRODUCT, style), _at_least(b, Binds.POWER, style)
            return Written(f"{left}/{right}", value, Binds.SLASH)
        case 1:
            return Written(rf"{{{a.latex} \over {b.latex}}}", value, Binds.ATOM, fraction=True)
        case 2:
            return Written(rf"\dfrac{{{a.latex}}}{{{b.latex}}}", value, Binds.ATOM, fraction=True)
        case _:
            return Written(rf"\frac{{{a.latex}}}{{{b.latex}}}", value, Binds.ATOM, fraction=True)


def _to_the(a: Written, b: Written, style: str, way: int) -> Written:
    base = _in_brackets(a, style) if a.fraction and way % 2 else _at_least(a, Binds.ATOM, style)
    return Written(f"{base}^{{{b.latex}}}", power(a.value, b.value), Binds.POWER, base.lstrip("{")[:1].isdigit())


def _root(a: Written, _b: Written, _style: str, way: int) -> Written:
    index = ("", "[3]", "[4]", "")[way % 4]
    degree = (2, 3, 4, 2)[way % 4]
    return Written(rf"\sqrt{index}{{{a.latex}}}", hashed("root", degree, a.value), Binds.ATOM)


def _odd_root(a: Written, b: Written, _style: str, _way: int) -> Written:
    if b.latex.strip("{}") in ("2", "3", "4"):
        return a
    return Written(rf"\sqrt[{{{b.latex}}}]{{{a.latex}}}", power(a.value, divided(1, b.value)), Binds.ATOM)


def _minus_sign(a: Written, _b: Written, style: str, _way: int) -> Written:
    return Written(f"-{_at_least(a, Binds.SLASH, style)}", -a.value % FIELD, Binds.SIGN)


def _braces(a: Written, _b: Written, _style: str, _way: int) -> Written:
    return Written(f"{{{a.latex}}}", a.value, a.binds, a.digit or a.latex[:1].isdigit(), a.fraction)


NUMBERS = ["0", "1", "2", "7", "12", "0.5", "3.14"]
LETTERS = {"a": "a", "x": "x", "k": "k", r"\alpha ": "α", "x_i": "xi", "y_{ij}": "yij", "a_1": "a1", "z_{12}": "z12"}
WAYS = [_plus, _minus, _times, _times, _times, _over, _over, _over, _to_the, _root, _odd_root, _minus_sign, _braces]
BRACKETS = ["({})", r"\left({}\right)", r"\bigl({}\bigr)"]


def expression(size: int, random: Random) -> Written:
    """A random expression of about so many letters and numbers."""
    if size > 1:
        split = random.randint(1, size - 1)
        a, b = expression(split, random), expression(size - split, random)
        return random.choice(WAYS)(a, b, random.choice(BRACKETS), random.randrange(4))
    if random.random() < 0.3:
        text = random.choice(NUMBERS)
        return Written(text, number(text), Binds.ATOM, digit=True)
    name = random.choice(list(LETTERS))
    return Written(name, variable(LETTERS[name]), Binds.ATOM)


@settings(max_examples=500, deadline=None)
@given(size=st.integers(2, 9), random=st.randoms(use_true_random=True))
@pytest.mark.parametrize("tightly", [False, True])
def test_the_linear_form_has_the_value_of_the_formula(tightly: bool, size: int, random: Random) -> None:
    """Whether `ab` binds before `/` or not, the one line is worth what the two dimensions were."""
    try:
        written = expression(size, random)
        text = linear(written.latex)
        assert evaluate(text, tightly=tightly) == written.value, f"{written.latex} became {text}"
    except UndefinedError:
        assume(False)


@settings(max_examples=500, deadline=None)
@given(size=st.integers(2, 9), random=st.randoms(use_true_random=True))
@pytest.mark.parametrize("tightly", [False, True])
def test_the_two_dimensions_have_the_value_of_the_formula(tightly: bool, size: int, random: Random) -> None:
    """Bars, raised rows and tall brackets say what the LaTeX said."""
    try:
        written = expression(size, random)
        lines = displayed(written.latex, 10_000)
        picture = "\n".join(lines)
        assert evaluate(read_back(lines), tightly=tightly) == written.value, f"{written.latex} became\n{picture}"
    except UndefinedError:
        assume(False)
