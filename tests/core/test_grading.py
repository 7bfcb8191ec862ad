"""A judgement forgives how an answer was typed, never what it says; grades follow from right, sure and hinted alone."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from studyapp.core.expressions import ExpressionError
from studyapp.core.grading import (
    DO_NOT_KNOW,
    LONGEST,
    Verdict,
    counted_as_right,
    judge_choice,
    judge_number,
    judge_text,
    within,
)
from studyapp.model import Asked
from studyapp.simulation import Key

# --- choices --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("correct", "sure", "hinted", "grade"),
    [
        (True, True, False, 4),
        (True, False, False, 3),
        (True, True, True, 3),
        (True, False, True, 3),
        (False, True, False, 1),
        (False, False, True, 1),
    ],
)
def test_grades_given_automatically(correct: bool, sure: bool, hinted: bool, grade: int) -> None:
    """Right and sure 4; right but guessed or hinted 3; wrong 1; and the same for a typed answer and a number."""
    assert judge_choice(correct, sure, hinted) == Verdict(grade, correct, sure)
    assert judge_text("relu" if correct else "tanh", ["ReLU"], sure, hinted) == Verdict(grade, correct, sure)
    number = "8" if correct else "9"
    assert judge_number(number, Key(8.0, {}), Asked("x", tolerance=0.05), sure, hinted) == Verdict(grade, correct, sure)


@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=4), st.booleans(), st.booleans())
def test_no_judge_gives_a_five(typed: str, accepted: list[str], sure: bool, hinted: bool) -> None:
    """Whatever is typed, the grade is 4, 3 or 1, and only what is not right may be nearly right."""
    verdict = judge_text(typed, accepted, sure, hinted)
    assert verdict.grade in ((4, 3) if verdict.correct else (1,))
    assert not (verdict.correct and verdict.nearly)


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("SIGMOID", "sigmoid"),
        ("  the   sigmoid. ", "Sigmoid"),
        ("it averages the gradients", "It averages gradients"),
        ("fanin", "fan-in"),
        ("fan - in", "fan-in"),
        ("k means", "k-means"),
        ("LeNet 5", "LeNet-5"),
        ("batchnorm!", "batch norm"),
        ("schrodinger", "Schrödinger"),
        ("sig\u0301moi\u0308d", "sigmoid"),
        ("Ørsted", "orsted"),
        ("softmax", "**Softmax**"),
        ("the softmax layer", "the **Softmax** layer"),
        ("relu", "`ReLU`"),
        ("x+y", "$x$ + $y$"),
        ("a relu layer", "a `ReLU` layer"),
        ("mean average", "mean (average)"),
        ("“weight decay”", "weight decay"),
        ("don’t know", "don't know"),
        ("ｓｏｆｔｍａｘ", "softmax"),
        ("σ", "Σ"),
        ("1 - p", "1−p"),
        ("x-1", "x - 1"),
        ("n^2", "n²"),
        ("2*n", "2·n"),
        ("1/2", "½"),
        ("O(N log N)", "O(n log n)"),
        ("91 %", "91%"),
        ("0.50", "0.5"),
        ("0,5", "0.5"),
        (".5", "0.5"),
        ("1000", "1,000"),
        ("1,000,000", "1000000"),
        ("1e-3", "0.001"),
        ("5e0", "5"),
        ("1,2", "1, 2"),
        ("007 layers", "7 layers"),
        ("?", " ? "),
        ("+", "+"),
    ],
)
def test_how_it_was_typed_is_forgiven(typed: str, accepted: str) -> None:
    """Case, spaces, accents, punctuation, articles, look-alike signs, and other ways to write the same number."""
    assert judge_text(typed, ["something else", accepted]) == Verdict(4, True, True)


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("tanh", "sigmoid"),
        ("256", "255"),
        ("5 layers", "6 layers"),
        ("LeNet-4", "LeNet-5"),
        ("twelve 100 layers", "twelve 10 layers"),
        ("0.5", "5"),
        ("1,000", "1"),
        ("about -0.5", "about 0.5"),
        ("-x", "x"),
        ("1 - p", "1 + p"),
        ("variance/n", "variance*n"),
        ("91", "91%"),
        ("n^2", "n2"),
        ("1 2", "12"),
        ("cat", "car"),
        ("reul", "relu"),
        ("increases", "decreases"),
        ("unsupervised", "supervised"),
        ("sgmod", "sigmoid"),
        ("12345678901234567890", "12345678901234567891"),
        ("1e-999", "0"),
        ("٣", "3"),
        ("anything", ""),
    ],
)
def test_what_it_says_is_not_forgiven(typed: str, accepted: str) -> None:
    """Another word, number or sign is wrong, and so is what no slip of the keyboard turns into the answer."""
    assert judge_text(typed, [accepted]) == Verdict(1, False, True)


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("sgmoid", "sigmoid"),
        ("siggmoid", "sigmoid"),
        ("sigmoud", "sigmoid"),
        ("sigmiod", "sigmoid"),
        ("igmoid", "sigmoid"),
        ("tnah 2 layers", "tanh 2 layers"),
        ("gradeint decsent", "gradient descent"),
        ("batch normalisation", "batch normalization"),
        ("momentun", "momentum"),
        ("1/n+1", "1/(n+1)"),
    ],
)
def test_a_slip_of_the_keyboard_is_offered(typed: str, accepted: str) -> None:
    """One slip in five letters, two in nine, or brackets: wrong for now, with the answer named, one key from a 3."""
    verdict = judge_text(typed, ["something else", accepted])
    assert verdict == Verdict(1, False, True, note=f"nearly: {accepted}", nearly=True)
    assert counted_as_right(verdict) == Verdict(3, True, True, note=f"nearly: {accepted}")


def test_what_is_counted_as_right_stands_for_no_mistake() -> None:
    """Counted as right by hand it is a 3, sure or not, and no longer an instance of a misconception."""
    assert counted_as_right(Verdict(1, False, False, mistake="divides_by_the_sum")) == Verdict(3, True, False)


@pytest.mark.parametrize("typed", ["", "   ", "\n", "...", "?", "'", "-"])
def test_an_empty_answer_is_do_not_know(typed: str) -> None:
    """Nothing, or nothing but punctuation: wrong, but never sure and wrong."""
    assert judge_text(typed, ["sigmoid"]) == DO_NOT_KNOW == Verdict(1, False, False)


def test_any_accepted_answer_counts() -> None:
    """The answers that a card accepts are equals, and without any nothing is right."""
    assert judge_text("mse", ["mean squared error", "MSE"]).grade == 4
    assert judge_text("mse", []) == Verdict(1, False, True)


LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9)
PHRASES = st.lists(LETTERS, min_size=1, max_size=4)


@given(PHRASES, st.data())
def test_forgiving_is_all_it_does(words: list[str], data: st.DataObject) -> None:
    """Any mixture of case, accents, spaces and punctuation is still the answer."""
    marks = st.sampled_from([" ", "  ", "-", ", ", ". ", "; ", " \u2013 ", "\u00a0"])
    typed = (
        words[0] + "".join(data.draw(marks) + word for word in words[1:]) + data.draw(st.sampled_from(["", ".", "!"]))
    )
    typed = "".join(one.upper() if data.draw(st.booleans()) else one for one in typed)
    typed = "".join(one + ("\u0301" if one.isalpha() and data.draw(st.integers(0, 4)) == 0 else "") for one in typed)
    assert judge_text(typed, [" ".join(words)]).grade == 4


def slips(given: str, right: str) -> int:
    """The distance with neighbours swapped, by the textbook's table (Damerau-Levenshtein, optimal string alignment)."""
    table = {(i, 0): i for i in range(len(given) + 1)} | {(0, j): j for j in range(len(right) + 1)}
    for i in range(1, len(given) + 1):
        for j in range(1, len(right) + 1):
            table[i, j] = min(
                table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (given[i - 1] != right[j - 1])
            )
            if i > 1 and j > 1 and given[i - 2 : i] == right[j - 2 : j][::-1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(given), len(right)]


@given(st.text("abc", min_size=1, max_size=12), st.text("abc", min_size=1, max_size=12))
def test_slips_are_counted_as_in_the_textbook(typed: str, right: str) -> None:
    """Nearly right is exactly: one slip in five letters or more, or two in nine or more with the first letter kept."""
    assume(typed != right)
    allowed = 0 if len(right) < 5 else 2 if len(right) >= 9 and typed[0] == right[0] else 1
    assert judge_text(typed, [right]).nearly == (slips(typed, right) <= allowed)


def test_a_pasted_book_is_read_only_so_far() -> None:
    """Ten million characters are judged at once, by the first few hundred."""
    assert judge_text("sigmoid " * 1_250_000, ["sigmoid"]).grade == 1
    assert judge_text("a" * 10_000_000, ["a" * LONGEST]).grade == 4


# --- numbers --------------------------------------------------------------------------------------

KEY = Key(0.911, {"divides_by_the_sum": 0.495, "forgets_the_exponent": 0.36})
ASKED = Asked("largest", tolerance=0.02, mistakes=("divides_by_the_sum", "forgets_the_exponent"))


@pytest.mark.parametrize("typed", ["0.911", ".91", "91%", " 91.1 % ", "1/(1+exp(-2.33))", "0.9", "9.11e-1", "−−0.911"])
def test_a_number_may_be_an_expression(typed: str) -> None:
    """The card tests the formula and not arithmetic; near enough is right."""
    assert judge_number(typed, KEY, ASKED) == Verdict(4, True, True)


@pytest.mark.parametrize(
    ("typed", "mistake"),
    [("0.495", "divides_by_the_sum"), ("5.2/10.5", "divides_by_the_sum"), ("36%", "forgets_the_exponent"), ("0.2", "")],
)
def test_a_wrong_number_is_called_by_its_mistake(typed: str, mistake: str) -> None:
    """Near a named mistake, as near as would do for the key, it bears that name; elsewhere it is just wrong."""
    assert judge_number(typed, KEY, ASKED) == Verdict(1, False, True, mistake=mistake)


def test_the_nearest_mistake_is_named() -> None:
    """Where two mistakes give nearly the same, the nearer one."""
    key = Key(1.0, {"a": 2.0, "b": 2.1})
    assert judge_number("2.09", key, Asked("x", tolerance=0.1)).mistake == "b"
    assert judge_number("2.01", key, Asked("x", tolerance=0.1)).mistake == "a"
    assert judge_number("1.05", Key(1.0, {"a": 1.06}), Asked("x", tolerance=0.1)).mistake == ""


def test_a_share_for_a_percentage_is_offered() -> None:
    """91 for 0.91 and 0.91 for 91 % say the right thing in the wrong unit: one key counts them as right."""
    verdict = judge_number("91", KEY, ASKED)
    assert verdict == Verdict(1, False, True, note="as a share that is 0.91, or 91 %", nearly=True)
    assert counted_as_right(verdict).grade == 3
    percent = Asked("largest", tolerance=0.02, unit="%")
    key = Key(91.1, {"divides_by_the_sum": 49.5})
    assert judge_number("0.91", key, percent) == Verdict(1, False, True, note="asked in %, 0.91 is 91 %", nearly=True)
    assert judge_number("0.91 %", key, percent) == Verdict(1, False, True)
    assert judge_number("49.5%", key, percent).mistake == "divides_by_the_sum"
    assert not judge_number("1e-15", Key(1e-17, {}), ASKED).nearly


@pytest.mark.parametrize(
    ("typed", "unit", "key"),
    [
        ("91", "%", 91.0),
        ("91 %", "%", 91.0),
        ("91%", "%", 91.0),
        ("15 days", "days", 15.0),
        ("15days", "days", 15.0),
        ("15", "days", 15.0),
        ("6*2.5 days", "days", 15.0),
        ("pi rad", "rad", 3.14159265),
        ("2*e", "e", 5.4365636),
        ("2 e", "e", 2.0),
    ],
)
def test_the_unit_may_be_typed_or_left_out(typed: str, unit: str, key: float) -> None:
    """Where a unit is asked for, it may stand behind the number; a percentage asked for is no share."""
    assert judge_number(typed, Key(key, {}, unit), Asked("x", tolerance=0.001)).grade == 4
    assert judge_number(typed, Key(key, {}), Asked("x", tolerance=0.001, unit=unit)).grade == 4


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("0,91", r"write a point in place of the comma: 0\.91"),
        ("1/0", "zero"),
        ("15 dayz", "dayz"),
        ("no idea", "^no is not known"),
    ],
)
def test_what_has_no_value_is_not_judged(typed: str, message: str) -> None:
    """A decimal comma, a slip or a word raises its one line, so that the answer can be put right before it counts."""
    with pytest.raises(ExpressionError, match=message):
        judge_number(typed, KEY, Asked("x", tolerance=0.02, unit="days"))


@pytest.mark.parametrize("typed", ["", "  "])
def test_an_empty_number_is_do_not_know(typed: str) -> None:
    """It is wrong without being an error, and never sure and wrong."""
    assert judge_number(typed, KEY, ASKED) == DO_NOT_KNOW


@pytest.mark.parametrize(
    ("value", "key", "asked", "near"),
    [
        (1.05, 1.0, Asked("x", tolerance=0.05), True),
        (0.95, 1.0, Asked("x", tolerance=0.05), True),
        (1.0501, 1.0, Asked("x", tolerance=0.05), False),
        (-1.05, -1.0, Asked("x", tolerance=0.05), True),
        (1.0, -1.0, Asked("x", tolerance=0.05), False),
        (0.3, 0.1 + 0.2, Asked("x", absolute=0.0), True),
        (0.3, 0.2, Asked("x", absolute=0.1), True),
        (0.31, 0.2, Asked("x", absolute=0.1), False),
        (1e-9, 0.0, Asked("x", tolerance=0.05), False),
        (0.0, 0.0, Asked("x", tolerance=0.05), True),
        (1e-9, 0.0, Asked("x", absolute=1e-6), True),
        (1.8e-18, 1.7e-18, Asked("x", tolerance=0.1), True),
        (2.0e-18, 1.7e-18, Asked("x", tolerance=0.1), False),
        (float("nan"), 1.0, Asked("x", tolerance=0.1), False),
        (1.0, float("nan"), Asked("x", tolerance=0.1), False),
    ],
)
def test_how_near_counts(value: float, key: float, asked: Asked, near: bool) -> None:
    """Relative to the key or absolute, bounds included, never stricter than the decimals say."""
    assert within(value, key, asked) is near


@given(st.floats(1e-30, 1e6), st.sampled_from([1, -1]), st.floats(0, 0.5), st.floats(-0.99, 0.99))
def test_within_its_tolerance_a_number_is_right(size: float, sign: int, tolerance: float, part: float) -> None:
    """Any number within the relative tolerance of the key is near enough, as is the key itself."""
    key, asked = sign * size, Asked("x", tolerance=tolerance)
    assert within(key + part * tolerance * abs(key), key, asked)
    assert within(key, key, asked)
    assert not within(key + (tolerance + 0.01) * abs(key), key, asked)
