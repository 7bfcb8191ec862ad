"""Gaps: which there are, how they are asked and revealed, and what is no gap."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.core.cloze import ClozeError, Gap, cloze, cloze_answer, cloze_numbers, code_ranges, gaps, maths_ranges

TEXT = r"Weights have variance {{c1::$\frac{2}{n}$}}, so {{c2::gradients::which signals}} keep their {{c2::size}}."


def test_numbers_are_ascending_and_each_once() -> None:
    """A text gives one card per number, however often the number stands in it."""
    assert cloze_numbers("{{c3::a}} {{c1::b}} {{c3::c}}") == (1, 3)
    assert cloze_numbers("no gap, {{x}} and {{c}}") == ()


def test_answers_of_one_number_in_order() -> None:
    """Several gaps may share a number."""
    assert cloze_answer(TEXT, 2) == ("gradients", "size")
    assert cloze_answer(TEXT, 1) == (r"$\frac{2}{n}$",)
    assert cloze_answer(TEXT, 9) == ()


def test_asked_gap_is_dots_or_its_hint_and_others_are_filled_in() -> None:
    """The asked gap shows its hint if it has one; every other gap shows its answer."""
    assert cloze(TEXT, 1, reveal=False) == "Weights have variance […], so gradients keep their size."
    assert cloze(TEXT, 2, reveal=False) == (r"Weights have variance $\frac{2}{n}$, so [which signals] keep their […].")


def test_revealed_answer_is_bold_but_a_formula_stays_a_formula() -> None:
    """Bold maths would not be read as maths."""
    assert cloze(TEXT, 1, reveal=True) == r"Weights have variance $\frac{2}{n}$, so gradients keep their size."
    assert cloze(TEXT, 2, reveal=True).endswith("so **gradients** keep their **size**.")


def test_braces_balance_so_latex_may_stand_inside() -> None:
    """`}}` closes the gap only where the braces of the LaTeX are closed."""
    assert cloze_answer(r"{{c1::\frac{a}{b}}} and {{c2::\sqrt{x^{2}}}}", 1) == (r"\frac{a}{b}",)
    assert cloze_answer(r"{{c1::\frac{a}{b}}} and {{c2::\sqrt{x^{2}}}}", 2) == (r"\sqrt{x^{2}}",)


def test_escaped_braces_are_no_braces() -> None:
    r"""`\{` and `\}` neither open nor close."""
    assert cloze_answer(r"the set {{c1::$\{1, 2$}}", 1) == (r"$\{1, 2$",)
    assert cloze_numbers(r"\{{c1::x}}") == ()


@pytest.mark.parametrize(
    "code", ["`{{c2::x}}`", "``a ` {{c2::x}}``", "```\n{{c2::x}}\n```", "~~~\n{{c2::\n~~~", "- ```\n  {{c2::\n  ```"]
)
def test_code_is_left_alone(code: str) -> None:
    """Neither code spans nor fences have gaps."""
    text = f"{{{{c1::a}}}}\n\n{code}\n\n{{{{c3::b}}}}"
    assert cloze_numbers(text) == (1, 3)
    assert code in cloze(text, 1, reveal=True)


def test_code_inside_a_gap_keeps_its_braces_and_colons() -> None:
    """A brace or `::` in a code span inside a gap means nothing."""
    assert gaps("{{c1::`std::vector{`::a class}}")[0].answer == "`std::vector{`"
    assert gaps("{{c1::`std::vector{`::a class}}")[0].hint == "a class"


def test_an_unclosed_backtick_or_one_in_another_block_is_no_code() -> None:
    """A code span ends with its paragraph or list item."""
    assert cloze_numbers("a ` here\n\n{{c1::x}} ` there") == (1,)
    assert cloze_numbers("- a ` here\n- {{c1::x}} ` there") == (1,)
    assert cloze_numbers("\\`{{c1::x}}\\`") == (1,)


def test_hint_is_the_last_double_colon_outside_code_and_maths() -> None:
    """`::` in a formula belongs to the answer, and so does any but the last one."""
    assert [(gap.answer, gap.hint) for gap in gaps("{{c1::a::b::c}} {{c2::$a::b$}} {{c3::$a::b$::letters}}")] == [
        ("a::b", "c"),
        ("$a::b$", ""),
        ("$a::b$", "letters"),
    ]


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("ab {{c1::x", "c1 is never closed", 3),
        ("{{c1::x}", "c1 is never closed", 0),
        ("{{c1::a {b}}", "c1 is never closed", 0),
        ("{{c1::a {{c2::b}} c}}", "c2 stands inside gap c1", 8),
        ("{{c1::}}", "c1 is empty", 0),
        ("{{c1:: ::hint}}", "c1 is empty", 0),
        ("{{c0::x}}", "numbered from 1", 0),
        ("x {{c1:x}}", "one colon", 2),
    ],
)
def test_broken_gaps_are_errors_with_their_place(text: str, message: str, offset: int) -> None:
    """Each way to get a gap wrong has a message of its own, and an offset to find the line by."""
    with pytest.raises(ClozeError, match=message) as caught:
        cloze_numbers(text)
    assert caught.value.offset == offset


def test_asking_for_a_gap_that_is_not_there_is_an_error() -> None:
    """A question without a gap would be no question."""
    with pytest.raises(ClozeError, match="no gap c4"):
        cloze(TEXT, 4, reveal=False)


def test_a_gap_in_a_formula_is_filled_without_asterisks() -> None:
    """Inside `$...$` asterisks would be multiplication."""
    assert cloze("$w = {{c1::2}} x$", 1, reveal=True) == "$w = 2 x$"
    assert cloze("costs $5, says {{c1::he}} for $9", 1, reveal=True) == "costs $5, says **he** for $9"


def test_bold_only_where_markdown_would_read_it_as_bold() -> None:
    """`**` between a letter and punctuation is shown as asterisks by CommonMark, so the answer stays plain."""
    assert cloze("non{{c1::(x)}}y", 1, reveal=True) == "non(x)y"
    assert cloze("({{c1::(x)}})", 1, reveal=True) == "(**(x)**)"


def test_the_asked_gap_never_becomes_a_link() -> None:
    """`[…](x)` would be a link."""
    assert cloze("{{c1::f}}(x)", 1, reveal=False) == r"\[…\](x)"


def test_dollars_by_the_rules_of_github() -> None:
    """Prices are text."""
    assert maths_ranges("costs $5 and $9") == []
    assert maths_ranges("a $x$, `$y$` and $$z$$") == [(2, 5), (17, 22)]
    assert maths_ranges(r"\$x$ and $ y$") == []


@settings(max_examples=150, deadline=None)
@given(st.text("{}c12:`~$\\ \nax-", max_size=60))
def test_any_text_gives_gaps_or_a_cloze_error(text: str) -> None:
    """No text raises anything but ClozeError; what is read adds up to the text again."""
    for start, end in code_ranges(text) + maths_ranges(text):
        assert 0 <= start < end <= len(text)
    error = ClozeError("")
    found: tuple[Gap, ...] = ()
    try:
        found = gaps(text)
    except ClozeError as caught:
        error = caught
    assert 0 <= error.offset <= len(text)
    assert "\n" not in str(error)
    for gap in found:
        assert text.startswith(f"{{{{c{gap.number}::", gap.start)
        assert text[: gap.end].endswith("}}")
        assert cloze(text, gap.number, reveal=False) != text


def test_the_explanation_comes_with_the_answer() -> None:
    """Paragraphs after the last one with a gap are no part of the question; a blank line in code ends none."""
    text = "Ice {{c1::floats}}.\n\nWater is {{c2::denser}}\nthan ice.\n\nSo it floats.\n\nAlways."
    assert cloze(text, 1, reveal=False) == "Ice […].\n\nWater is denser\nthan ice."
    assert cloze(text, 2, reveal=False) == "Ice floats.\n\nWater is […]\nthan ice."
    assert cloze(text, 1, reveal=True).endswith("So it floats.\n\nAlways.")
    code = "{{c1::This}}:\n```\na\n\nb\n```\nand that.\n\nWhy."
    assert cloze(code, 1, reveal=False) == "\\[…\\]:\n```\na\n\nb\n```\nand that."


def test_a_gap_in_a_formula_keeps_its_place() -> None:
    """It hides its answer there; a hint is shown instead of it."""
    text = r"It is $\frac{1}{{{c1::2\sigma^2}}} {{c2::r^2::a square}}$."
    assert cloze(text, 1, reveal=False) == r"It is $\frac{1}{{\hidden{2\sigma^2}}} r^2$."
    assert cloze(text, 2, reveal=False) == r"It is $\frac{1}{2\sigma^2} [a square]$."
    assert cloze(text, 1, reveal=True) == r"It is $\frac{1}{2\sigma^2} r^2$."
