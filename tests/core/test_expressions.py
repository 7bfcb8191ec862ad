"""Expressions mean what they mean on paper, and whatever has no value says why in one line, at once."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from studyapp.core.expressions import CONSTANTS, DEEPEST, DIGITS, FUNCTIONS, LONGEST, ExpressionError, evaluate


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e-3", 1e-3),
        ("2.5E2", 250.0),
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("2 - 3 - 4", -5.0),
        ("8 / 4 / 2", 1.0),
        ("-2^2", -4.0),
        ("(-2)^2", 4.0),
        ("2^3^2", 512.0),
        ("2^-1", 0.5),
        ("2^-3*4", 0.5),
        ("2--3", 5.0),
        ("+4", 4.0),
        ("2**3", 8.0),
        ("0.25^20", 0.25**20),
        ("sqrt(6/(512+256))", math.sqrt(6 / 768)),
        ("√2", math.sqrt(2)),
        ("√(6/768)*2", 2 * math.sqrt(6 / 768)),
        ("√2^2", math.sqrt(2) ** 2),
        ("3·4 × 2 ÷ 6 ⋅ 5 − 1", 19.0),
        ("91%", 0.91),
        ("-50 %", -0.5),
        ("2*50%", 1.0),
        ("2^100%", 2.0),
        ("exp(1) - e", 0.0),
        ("ln(e^2)", 2.0),
        ("log2(8) + log10(100)", 5.0),
        ("tanh(0)", 0.0),
        ("sin(0) + cos(0)", 1.0),
        ("cos(pi/3)", 0.5),
        ("abs(-3) + abs(2)", 5.0),
        ("0^0", 1.0),
        ("exp(1000)/exp(999)", math.e),
        ("1e400/1e399", 10.0),
        ("1 + 1e-30 - 1", 1e-30),
        ("2*pi", 2 * math.pi),
        ("π/2", math.pi / 2),
        ("Sqrt(4) + LN(1) + Pi - PI", 2.0),
        ("\t1\u00a0+\u20091 ", 2.0),
        ("1e-400", 0.0),
    ],
)
def test_what_expressions_mean(text: str, value: float) -> None:
    """Precedence, powers from the right, signs as typed, percent, functions and constants."""
    assert evaluate(text) == pytest.approx(value, rel=1e-15, abs=1e-15)


def test_names_are_values_and_go_first() -> None:
    """A card's parameters may be used by name, and may even be called e."""
    assert evaluate("2 * width + σ", {"width": 256, "σ": 0.5}) == 512.5
    assert evaluate("e", {"e": 3.0}) == 3.0
    assert evaluate("Width", {"Width": 1.0, "width": 2.0}) == 1.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing to evaluate"),
        (" \t ", "nothing to evaluate"),
        ("0,25", r"write a point in place of the comma: 0\.25$"),
        ("1,000", r"comma: 1\.000 \(1000 for thousands\)"),
        ("1,", "the decimal sign is a point"),
        ("log(2)", "say ln, log10 or log2"),
        ("sqr(2)", "did you mean sqrt"),
        ("tanj(2)", "did you mean tanh"),
        ("E", "did you mean e"),
        ("foo", "foo is not known here; known are"),
        ("n", "n is not known here; known are"),
        ("ln 2", r"ln wants brackets around its argument, as in ln\(2\)"),
        ("2pi", r"a sign such as \* is missing before pi, at character 2"),
        ("2(3)", r"missing before \(, at character 2"),
        ("2√3", "missing before √"),
        ("2 3", "missing before 3, at character 3"),
        ("5 % 3", "missing before 3"),
        ("(1", "a closing bracket is missing"),
        ("(1 2)", "missing before 2"),
        ("(1 = 2)", "give the value alone"),
        ("1)", r"\) does not fit, at character 2"),
        ("()", r"a number is missing before \), at character 2"),
        ("1 +", "a number is missing at the end"),
        ("* 2", r"a number is missing before \*, at character 1"),
        ("x = 3", "x is not known"),
        ("3²", r"write \^2"),
        ("1/0", "divides by zero"),
        ("0^-1", "divides by zero"),
        ("1/(2-2)", "divides by zero"),
        ("(-8)^(1/3)", "not a real number"),
        ("sqrt(-1)", r"sqrt\(-1\) is not a real number"),
        ("√-4", "not a real number"),
        ("ln(0)", r"ln\(0\) is not a real number"),
        ("exp(1000)", "too large"),
        ("sin(1e40)", r"sin\(1e\+40\) is too large"),
        ("1e999", "too large"),
        ("1e308*10", "too large"),
        ("1e308+1e308", "too large"),
        ("-1e308-1e308", "too large"),
        ("1e300/1e-300", "too large"),
        ("9^9^9^9", "too large"),
        ("9**9**9**9", "too large"),
        ("((((((9^9)^9)^9)^9)^9)^9)", "too large"),
        ("2^1e308", "too large"),
        ("0.1^-400", "too large"),
        ("2^" * 49 + "2", "too large"),
        ("2^" * 60 + "2", "nested too deeply"),
        ("1/1e-320", "too large"),
        ("1/0.0", "divides by zero"),
        ("1/-0", "divides by zero"),
        ("1e99999999999", "too large"),
        ("exp(exp(exp(9)))", "too large"),
        ("inf", "not known"),
        ("nan", "not known"),
        ("1_000", "missing before _000"),
        ("٣", "a number is missing before ٣"),
        ("３", "a number is missing before ３"),
        ("1٣", "٣ does not fit"),
        ("е", "a number is missing before е"),
        ("\x1b[31m1", r"missing before \\x1b"),
        ("1\x00", r"\\x00 does not fit"),
        ("\u202e1", r"\\u202e"),
        ("\ud800", r"\\ud800"),
        ("__import__('os')", "__import__ is not known"),
        ("().__class__", "missing"),
        ("lambda: 1", "lambda is not known"),
        ("x" * 150, "^xxxxxxxxxxxxxxxxxxx… is not known"),
        ("(" * 200, "nested too deeply"),
        ("-" * 150 + "1", "nested too deeply"),
        ("√" * 150 + "1", "nested too deeply"),
        ("2" + "^2" * 90, "nested too deeply"),
        ("exp(" * 49, "missing"),
        ("1+" * 100 + "1", "201 characters long: 200 are the most"),
        ("9" * 10_000_000, "10000000 characters long"),
    ],
)
def test_what_has_no_value_says_why(text: str, message: str) -> None:
    """One clear, printable line, at once, whatever was typed."""
    begun = time.perf_counter()
    with pytest.raises(ExpressionError, match=message) as caught:
        evaluate(text)
    assert time.perf_counter() - begun < 0.5
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


def test_known_symbols_written_together_are_told_apart() -> None:
    """A product of them may be meant, and is never guessed."""
    with pytest.raises(ExpressionError, match=r"hw is not known here; write h\*w"):
        evaluate("1/hw", {"h": 2.0, "w": 3.0})
    with pytest.raises(ExpressionError, match=r"write Bab\*B"):
        evaluate("BabB", {"B": 2.0, "Bab": 3.0})


def test_names_without_a_finite_value_are_refused() -> None:
    """A parameter that is infinite, NaN or above every float cannot slip into an answer."""
    for value in (math.inf, math.nan, 10**400):
        with pytest.raises(ExpressionError, match="width has no finite value"):
            evaluate("width", {"width": value})


def test_as_deep_and_as_long_as_promised() -> None:
    """The limits are the ones that are stated: just within them an expression has its value."""
    assert evaluate("(" * (DEEPEST - 1) + "1" + ")" * (DEEPEST - 1)) == 1
    assert evaluate("1+" * (LONGEST // 2 - 1) + "10") == LONGEST // 2 + 9
    with pytest.raises(ExpressionError, match=f"{DEEPEST} levels"):
        evaluate("(" * DEEPEST + "1" + ")" * DEEPEST)


# --- against Python's own arithmetic --------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """An expression as a learner would type it, as Python has it, and how tightly its outermost sign binds."""

    typed: str
    python: str
    binding: int


ATOM, POWER, PRODUCT, SUM = 4, 3, 2, 1
NUMBERS = st.integers(0, 30).map(str) | st.sampled_from(["0.5", ".25", "1e-3", "2.75", "3e2", "0"])
LEAVES = NUMBERS.map(lambda text: Sample(text, f"Decimal('{text}')", ATOM)) | st.sampled_from(
    [Sample(name, repr(value), ATOM) for name, value in CONSTANTS.items()] + [Sample("91%", "(Decimal(91)/100)", ATOM)]
)


def within_brackets(sample: Sample, least: int) -> str:
    """The typed form, in brackets only where its sign binds less tightly than its place demands."""
    return sample.typed if sample.binding >= least else f"({sample.typed})"


def joined(parts: tuple[Sample, tuple[str, str, int], Sample]) -> Sample:
    """Two expressions with a sign between them, with as few brackets as the rules of arithmetic allow."""
    left, (typed, python, binding), right = parts
    from_right = binding == POWER
    first = within_brackets(left, binding + 1 if from_right else binding)
    second = within_brackets(right, binding if from_right else binding + 1)
    value = f"power({left.python}, {right.python})" if from_right else f"({left.python} {python} {right.python})"
    return Sample(f"{first}{typed}{second}", value, binding)


SIGNS = st.sampled_from(
    [
        (" + ", "+", SUM),
        ("-", "-", SUM),
        ("−", "-", SUM),
        ("*", "*", PRODUCT),
        (" × ", "*", PRODUCT),
        ("/", "/", PRODUCT),
        ("÷", "/", PRODUCT),
        ("^", "**", POWER),
        ("**", "**", POWER),
    ]
)


def larger(inner: st.SearchStrategy[Sample]) -> st.SearchStrategy[Sample]:
    """Expressions one level up."""
    calls = st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner)
    return (
        st.tuples(inner, SIGNS, inner).map(joined)
        | inner.map(lambda one: Sample(f"-{within_brackets(one, POWER)}", f"(-{one.python})", PRODUCT))
        | inner.map(lambda one: Sample(f"√{within_brackets(one, ATOM)}", f"sqrt({one.python})", ATOM))
        | inner.map(lambda one: Sample(f"({one.typed})%", f"(({one.python})/100)", ATOM))
        | calls.map(lambda call: Sample(f"{call[0]}({call[1].typed})", f"real({call[0]}({call[1].python}))", ATOM))
    )


SAMPLES = st.recursive(LEAVES, larger, max_leaves=12)


def real(value: Decimal) -> Decimal:
    """A function's value, as long as it is a finite number."""
    if not value.is_finite():
        raise InvalidOperation
    return value


def power(left: Decimal, right: Decimal) -> Decimal:
    """A power as on paper, where x^0 = 1 for every x, and 0 has no negative power."""
    return Decimal(1) if right == 0 else real(left**right)


@contextmanager
def in_digits() -> Iterator[None]:
    """Python's operators with as many digits as the evaluator says that it has."""
    traps = [DivisionByZero, InvalidOperation, Overflow]
    with localcontext(Context(DIGITS, Emin=-1_000_000, Emax=1_000_000, traps=traps)):
        yield


def in_python(sample: Sample) -> float | None:
    """The value by Python's own arithmetic, or None where a step has no finite real one, or the last no float."""
    known = {"__builtins__": {}, "Decimal": Decimal, "real": real, "power": power, **FUNCTIONS}
    try:
        with in_digits():
            value = float(eval(sample.python, known))
    except (ArithmeticError, ValueError):
        return None
    return value if math.isfinite(value) else None


@given(SAMPLES)
def test_arithmetic_is_pythons(sample: Sample) -> None:
    """With the fewest brackets possible, every expression has the value that Python's fully bracketed one has."""
    assume(len(sample.typed) <= LONGEST)
    expected = in_python(sample)
    try:
        value = evaluate(sample.typed)
    except ExpressionError:
        assert expected is None
    else:
        assert value == expected


INDEPENDENT = {"ln": math.log, **{name: getattr(math, name) for name in FUNCTIONS if name not in ("ln", "abs")}}


@given(st.sampled_from(sorted(INDEPENDENT)), st.floats(-1e3, 1e3) | st.floats(-1e-3, 1e-3))
def test_functions_are_those_of_the_mathematics_library(name: str, argument: float) -> None:
    """To the last digits of a float, wherever that has a value."""
    try:
        expected = INDEPENDENT[name](argument)
    except (ValueError, OverflowError):
        expected = None
    assume(expected is None or expected == 0 or abs(expected) > 1e-300)
    try:
        assert evaluate(f"{name}(x)", {"x": argument}) == pytest.approx(expected, rel=1e-15, abs=1e-300)
    except ExpressionError:
        assert expected is None


@given(st.floats(1e-6, 1e140), st.floats(1e-9, 1e9), st.sampled_from([-1, 1]), st.sampled_from([-1, 1]))
def test_what_cancels_leaves_enough_digits(size: float, ratio: float, sign: int, other: int) -> None:
    """The difference of two squares is what is left of them, and a sum takes nothing from its smaller part."""
    a, b = sign * size, other * size * ratio
    names = {"a": a, "b": b}
    assert evaluate("(a+b)^2 - a^2 - b^2", names) == pytest.approx(2 * a * b, rel=1e-12)
    assert evaluate("(a + b) - a", names) == pytest.approx(b, rel=1e-12)


@given(SAMPLES, st.data())
def test_spaces_change_nothing(sample: Sample, data: st.DataObject) -> None:
    """Spaces between the signs of an expression are of no account."""
    assume(len(sample.typed) <= 60)
    spaced = sample.typed
    for sign in "()*/^+%√":
        if "**" not in spaced and "e-" not in spaced and data.draw(st.booleans()):
            spaced = spaced.replace(sign, f" {sign} ")
    try:
        value = evaluate(sample.typed)
    except ExpressionError:
        with pytest.raises(ExpressionError):
            evaluate(spaced)
    else:
        assert evaluate(spaced) == value


@given(st.text(max_size=LONGEST) | st.text("0123456789.,+-*/^()%√πe sqrtlnxp", max_size=LONGEST))
def test_any_text_has_a_finite_value_or_one_line(text: str) -> None:
    """Nothing that can be typed raises anything else, gives anything else, or takes long."""
    try:
        said: object = evaluate(text)
    except ExpressionError as error:
        said = str(error)
    assert math.isfinite(said) if isinstance(said, float) else str(said).isprintable() and said
