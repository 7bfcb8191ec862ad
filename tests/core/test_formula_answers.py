"""Rules of answers that are formulas: any rewriting of the right one is right, and what is wrong is told how."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studyapp.core.expressions import DEEPEST, LONGEST, ExpressionError, evaluate
from studyapp.core.formula_answers import SETS, TRIED, Sample, draws, judge_formula, named, samples
from studyapp.core.grading import DO_NOT_KNOW, RIGHT, RIGHT_AND_SURE, WRONG
from studyapp.model import Asked, Card, Kind, SimulationLink
from studyapp.simulation import Description, Key, Parameter

PLACES = [{"a": 1 + 0.37 * n, "b": 2 + (7 * n % 11), "n": float(n % 7 + 1)} for n in range(SETS)]


def against(
    right: Callable[[Mapping[str, float]], float], **mistakes: Callable[[Mapping[str, float]], float]
) -> list[Sample]:
    """The samples of a value that is this function of a, b and n."""
    return [Sample(one, Key(right(one), {name: what(one) for name, what in mistakes.items()})) for one in PLACES]


def typed(text: str) -> Callable[[Mapping[str, float]], float]:
    """A function as it is typed."""
    return lambda at: evaluate(text, at)


def note(given: str, right: str, **mistakes: str) -> str:
    """What is said of a wrong formula; all of them as they are typed."""
    verdict = judge_formula(given, against(typed(right), **{name: typed(text) for name, text in mistakes.items()}))
    assert verdict.correct is False
    assert verdict.grade == WRONG
    assert verdict.note.isprintable()
    assert len(verdict.note) < 150
    return f"{verdict.mistake}: {verdict.note}" if verdict.mistake else verdict.note


# --- right ----------------------------------------------------------------------------------------


@st.composite
def rewritten(draw: st.DrawFn, depth: int = 3) -> tuple[str, str]:
    """A formula in a, b and n, and another way to write it. Everything is positive."""
    if depth == 0:
        one = draw(st.sampled_from(["a", "b", "n", "2", "0.5", "pi"]))
        return one, draw(st.sampled_from([one, f"({one})", f"+{one}", f"1*{one}", f"{one}^1", f"√(({one})^2)"]))
    (p, p2), (q, q2) = draw(rewritten(depth - 1)), draw(rewritten(depth - 1))
    return draw(
        st.sampled_from(
            [
                (f"({p}+{q})", f"({q2}+{p2})"),
                (f"({p})*({q})", f"({q2})·({p2})"),
                (f"({p})/({q})", f"({p2})*({q2})^-1"),
                (f"({p})/({q})", f"1/(({q2})÷({p2}))"),
                (f"sqrt({p})", f"({p2})**0.5"),
                (f"ln(({p})*({q})+1)+1", f"1 + log2(1+({q2})({p2}))*ln(2)".replace(")(", ")*(")),
                (f"({p})^2", f"({p2})*({p2})"),
                (f"(({p})+({q}))^2", f"({p2})^2+2*({p2})*({q2})+({q2})^2"),
                (f"({p})", f"((({p2})+({q2}))^2-({p2})^2-({q2})^2)/(2*({q2}))"),
                (f"1/(({p})+({q})+sqrt({q}))", f"(({p2})+({q2})-√({q2}))/((({p2})+({q2}))^2-({q2}))"),
                (f"({p})", f"1e9*({q2})-(1e9*({q2})-({p2}))"),
                (f"({p})", f"1-(1-({p2}))"),
            ]
        )
    )


@settings(deadline=None, max_examples=50)
@given(rewritten())
def test_any_rewriting_of_the_right_formula_is_right(formulas: tuple[str, str]) -> None:
    """Another order, powers for roots, signs as typed, squares multiplied out, roots below a line, what cancels."""
    right, other = formulas
    assume(len(other) <= LONGEST and len(right) <= LONGEST)
    assert judge_formula(other, against(typed(right))[:20]).correct


@pytest.mark.parametrize(
    "given", ["sqrt(2/a)", "√(2/a)", "(2/a)^0.5", "2^.5/√a", "exp(ln(2/a)/2)", " SQRT( 2 ÷ a ) ", "1/sqrt(a/2)"]
)
def test_a_formula_is_right_however_it_is_typed(given: str) -> None:
    """Sure or guessed, hinted or not, as every other answer is graded."""
    found = against(lambda at: math.sqrt(2 / at["a"]))
    assert judge_formula(given, found).grade == RIGHT_AND_SURE
    assert judge_formula(given, found, sure=False).grade == RIGHT
    verdict = judge_formula(given, found, hinted=True)
    assert (verdict.grade, verdict.correct, verdict.note) == (RIGHT, True, "")


def test_a_formula_is_right_for_huge_and_tiny_values_too() -> None:
    """Numbers are compared by their ratio: nothing is right for being near 0."""
    found = against(lambda at: 1e-150 * at["a"] ** 2)
    assert judge_formula("a^2*1e-150", found).correct
    assert judge_formula("0", found).correct is False
    assert judge_formula("a*1e-150", found).correct is False
    assert judge_formula("a^9*1e150", against(lambda at: 1e150 * at["a"] ** 9)).correct


@pytest.mark.parametrize(
    ("right", "other"),
    [
        ("(a/40)^(2*n)", "(1+(a/40)^(2*n))-1"),
        ("exp(-a)", "(1+exp(-a))^2 - 1 - 2*exp(-a) - exp(-2*a) + exp(-a)"),
        ("4/(exp(a)+exp(-a))^2", "1 - tanh(a)^2"),
        ("a*1e-12", "(1e6+a*1e-12)-1e6"),
        ("n", "(a*1e9+b)^2 - a^2*1e18 - 2e9*a*b - b^2 + n"),
        ("1", "exp(300*a)/exp(300*a)"),
        ("1", "(1e300*a)^9/(1e300*a)^9"),
        ("1", "sin(a)^2 + cos(a)^2"),
    ],
)
def test_what_cancels_is_judged_by_what_is_left(right: str, other: str) -> None:
    """A float would have lost it, or have had no room for it."""
    assert judge_formula(other, against(typed(right))).correct


def test_a_value_that_is_zero_is_zero() -> None:
    """At some of the sets, as where two parameters are alike; also where rounding leaves its last digit."""
    found = against(lambda at: at["a"] - 1)
    assert found[0].key.value == 0
    assert judge_formula("(a^2-1)/(a+1)", found).correct
    assert judge_formula("sqrt(a)^2-1", found).correct
    assert judge_formula("(a-1)*(1/3)*3", found).correct
    assert judge_formula("a-1+1e-9", found).correct is False


def test_nothing_typed_is_no_wrong_formula() -> None:
    """It is not known, as of any other answer that is left empty."""
    assert judge_formula("  ", against(lambda at: at["a"])) == DO_NOT_KNOW


# --- wrong, and how -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("a/b*2", "off by a factor 2 each time"),
        ("a/b/3", "off by a factor 1/3 each time"),
        ("a/b*sqrt(2)", "off by a factor sqrt(2) each time"),
        ("a/(b*√3)", "off by a factor sqrt(1/3) each time"),
        ("a/b*pi", "off by a factor pi each time"),
        ("-a/b*pi/4", "off by a factor -1/4 pi each time"),
        ("1.2345*a/b", "off by a factor 1.234 each time"),
        ("a/b*1.00001", "off by a factor 1.00001 each time"),
        ("-a/b", "right but for the sign"),
        ("a/b+3", "off by 3 each time"),
        ("a/b-0.5", "off by -0.5 each time"),
        ("b/a", "upside down: it is one over the right formula"),
        ("a^2/b^2", "it is the square of the right formula: a root is missing"),
        ("sqrt(a/b)", "it is the root of the right formula: a square is missing"),
        ("2", "at a = 1, b = 2, n = 1 it gives 2, not 0.5"),
        ("0", "at a = 1, b = 2, n = 1 it gives 0, not 0.5"),
        ("a/b*n", "right at 15 of 100 drawn sets only; at a = 1.37, b = 9, n = 2 it gives 0.3044, not 0.1522"),
    ],
)
def test_a_formula_that_is_off_alike_everywhere_is_told_how(given: str, said: str) -> None:
    """A constant factor or term, upside down, squared, rooted, the sign; else where it is off, and by how much."""
    assert note(given, "a/b") == said


@settings(deadline=None, max_examples=40)
@given(st.floats(0.01, 100), st.sampled_from(["a/b", "a*n+b", "sqrt(a)"]))
def test_a_constant_factor_is_named_whatever_it_is(factor: float, right: str) -> None:
    """Never as a factor of 1."""
    assume(abs(factor - 1) > 2e-6)
    said = note(f"{factor!r}*({right})", right)
    assert said.startswith("off by a factor ")
    assert said != "off by a factor 1 each time"


def test_a_factor_is_named_though_some_values_are_zero() -> None:
    """Any multiple of 0 is 0; but what is 0 at all sets is no multiple of anything."""
    assert note("3*(a-1)", "a-1") == "off by a factor 3 each time"
    assert note("3*a-2", "a-1") == "at a = 1, b = 2, n = 1 it gives 1, not 0"
    assert note("a", "0*a") == "at a = 1, b = 2, n = 1 it gives 1, not 0"


def test_a_mistake_is_named_where_it_is_made_everywhere() -> None:
    """With how it is off, if that is alike everywhere; a mistake that is met at some sets only is none."""
    mistakes = {"adds": "a+b", "forgets_the_root": "2/a", "halves": "sqrt(2/a)/2"}
    assert note("b+a", "sqrt(2/a)", **mistakes) == "adds: "
    assert note("2*a^-1", "sqrt(2/a)", **mistakes) == (
        "forgets_the_root: it is the square of the right formula: a root is missing"
    )
    assert note("sqrt(2/a)*0.5", "sqrt(2/a)", **mistakes) == "halves: off by a factor 1/2 each time"
    assert note("a+2", "sqrt(2/a)", **mistakes) == "at a = 1, b = 2, n = 1 it gives 3, not 1.414"


def test_no_overflow_is_taken_for_a_likeness() -> None:
    """The square of a huge number is no number: nothing is said to be one."""
    assert note("a", "1e300*b") == "at a = 1, b = 2, n = 1 it gives 1, not 2e+300"
    assert note("1e300*a", "b") == "at a = 1, b = 2, n = 1 it gives 1e+300, not 2"
    assert note("1e300*a", "1e-300*b") == "at a = 1, b = 2, n = 1 it gives 1e+300, not 2e-300"


@pytest.mark.parametrize(
    ("factor", "words"),
    [(2.0, "2"), (0.75, "3/4"), (math.sqrt(2), "sqrt(2)"), (math.sqrt(3) / 2, "sqrt(3/4)"), (math.pi, "pi"),
     (2 * math.pi, "2 pi"), (-0.5, "-1/2"), (-math.pi, "-pi"), (1e6, "1e+06"), (1e-9, "1e-09"), (65.5, "65.5"),
     (0.7071, "0.7071"), (1.0000033, "1.0000033")],
)  # fmt: skip
def test_a_factor_is_written_as_one_would_write_it(factor: float, words: str) -> None:
    """A simple fraction, its root, a multiple of pi; else its digits."""
    assert named(factor) == words


# --- what has no value ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("1/(n-3)", "at a = 1.74, b = 5, n = 3: that divides by zero"),
        ("sqrt(a-b)", "at a = 1, b = 2, n = 1: sqrt(-1) is not a real number"),
        ("exp(1000*a)", "at a = 1, b = 2, n = 1: the result is too large a number"),
        ("9^9^9^a", "at a = 1, b = 2, n = 1: the result is too large a number"),
        ("x", "x is not known here; known are a, b, n, pi, π, e, sqrt, exp, ln, log2, log10, tanh"),
        ("sqr(a)", "sqr is not known here; did you mean sqrt?"),
        ("a b", "a sign such as * is missing before b, at character 3"),
        ("a+", "a number is missing at the end"),
        ("(a", "a closing bracket is missing"),
        ("a = 2", "= does not fit, at character 3: give the value alone"),
        ("(" * (DEEPEST + 1), f"nested too deeply: {DEEPEST} levels are the most"),
        ("-" * (DEEPEST + 1) + "a", f"nested too deeply: {DEEPEST} levels are the most"),
        ("a" * (LONGEST + 1), f"that is {LONGEST + 1} characters long: {LONGEST} are the most"),
        ("\x1b[2J", "a number is missing before \\x1b, at character 1"),
        ("a\x00", "does not fit"),
    ],
)
def test_what_has_no_value_is_one_clear_line(given: str, why: str) -> None:
    """It counts for nothing, so that a slip costs no answer; the set is named where only that one is to blame."""
    with pytest.raises(ExpressionError, match=re.escape(why)) as error:
        judge_formula(given, against(lambda at: at["a"]))
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 160


@settings(deadline=None)
@given(st.text(alphabet="abn0129.+-*/^()√% eExsqrtlng,²\x1bπ_", max_size=60))
def test_every_text_has_a_verdict_or_an_error_soon(given: str) -> None:
    """Whatever is typed: no other exception, and no power that takes its time."""
    start = time.monotonic()
    try:
        told = judge_formula(given, against(lambda at: at["a"])).note
    except ExpressionError as error:
        told = str(error)
    assert not told or told.isprintable()
    assert time.monotonic() - start < 5


# --- which sets -----------------------------------------------------------------------------------

DESCRIPTION = Description(
    name="s",
    title="S",
    summary="",
    parameters=(
        Parameter("width", "int", 5, "", low=2, high=40),
        Parameter("gain", "float", 1.0, "", low=1e-3, high=1e3, scale="log"),
        Parameter("depth", "int", 5, "", low=0),
        Parameter("bias", "bool", False, ""),
    ),
    values=(),
    claims=(),
    mistakes=(),
)


def card(identity: str = "c", **formula: str) -> Card:
    """A card that asks for a formula in these symbols."""
    link = SimulationLink("s", {"bias": True}, {"depth": (3, 4, 5)})
    asked = Asked("v", 0.01, formula=formula)
    return Card(identity, Kind.COMPUTED, "P", "d.md", 1, simulation=link, answer=asked)


def test_sets_lie_within_the_bounds_and_are_always_the_same() -> None:
    """From the candidates where the card has some, else between the bounds; the rest as the card fixes it."""
    sets = draws(card(d="depth", g="gain", w="width"), DESCRIPTION)
    assert sets == draws(card(d="depth", g="gain", w="width"), DESCRIPTION)
    assert sets != draws(card("other", d="depth", g="gain", w="width"), DESCRIPTION)
    assert len(sets) == TRIED
    for one in sets:
        DESCRIPTION.accept(one)
        assert one["bias"] is True
        assert one["depth"] in (3, 4, 5)
        assert type(one["width"]) is int
        assert float(f"{one['gain']:.3g}") == one["gain"]
    gains = sorted(float(str(one["gain"])) for one in sets)
    assert 0.3 < gains[TRIED // 2] < 3, "a logarithmic scale has its middle at the geometric mean"
    assert {one["width"] for one in sets} == set(range(2, 41))


def test_samples_are_the_first_sets_that_have_a_key() -> None:
    """Under the symbols that the learner types."""
    asked = Asked("v", 0.01, formula={"w": "width"})
    sets = [{"width": number} for number in range(TRIED)]
    keys = [Key(float(number), {}) if number % 2 else None for number in range(TRIED)]
    found = samples(asked, sets, keys)
    assert len(found) == SETS
    assert [one.symbols["w"] for one in found] == [one.key.value for one in found] == [2.0 * n + 1 for n in range(SETS)]
    assert found[0].at == "w = 1"
