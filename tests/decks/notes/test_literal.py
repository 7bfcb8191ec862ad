"""Rules of literal text: as Markdown it shows exactly what it is, and formulas stay formulas where they can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.cloze import cloze_numbers, maths_ranges
from studyapp.decks.notes.literal import balanced, code, inline, literal, maths, readable
from studyapp.decks.texts import visible

SIGNS = st.text(st.sampled_from("ab1 .)-+*#>_~`[](){}<>!&;:|\\\"'=/@x"), max_size=30)
LINES = st.one_of(SIGNS, st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20))


@given(LINES)
def test_literal_text_shows_what_it_is(text: str) -> None:
    """Whatever Markdown could take it for, and no gap or parameter is in it."""
    line = " ".join(text.split())
    if "$" not in line:
        assert visible(literal(line)) == line
    assert cloze_numbers(literal(line)) == ()
    assert "@{" not in literal(line)


@given(LINES)
def test_in_the_middle_of_a_line_too(text: str) -> None:
    """Behind a word."""
    line = " ".join(text.split())
    if "$" not in line and line:
        assert visible(f"word {inline(line, begins=False)}") == f"word {line}"


def test_what_would_be_a_field_is_text() -> None:
    """A card's source is not what the notes say."""
    assert [literal(f"{name}: x") for name in ("Analogy", "Hint", "Source")] == [
        "Analogy\\: x",
        "Hint\\: x",
        "Source\\: x",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("so $x^2$ it is", "so $x^2$ it is"),
        ("so $ x^2 $ it is", "so $x^2$ it is"),
        ("so $\\Large x_1$ it is", "so $x_1$ it is"),
        ("so $$x_1$$ it is", "so $x_1$ it is"),
        ("so $\\frac{1}{$ it is", "so `\\frac{1}{` it is"),
        ("it costs $5 and $9", "it costs \\$5 and \\$9"),
        ("a$b$c", "a\\$b\\$c"),
        ("so $@{x}$ it is", "so `@{x}` it is"),
        ("- $x$", "\\- $x$"),
    ],
)
def test_formulas_stay_where_they_can_be_read(text: str, shown: str) -> None:
    """Sizes and blanks go; what cannot be read is code; prices are prices."""
    assert inline(text) == shown


@given(st.text(st.sampled_from("$ab \\^_{}=1`"), max_size=20))
def test_only_formulas_that_can_be_read_are_written_as_such(text: str) -> None:
    """Nothing else is between dollars."""
    line = inline(" ".join(text.split()))
    for start, end in maths_ranges(line):
        assert readable(line[start:end].strip("$")) or "`" in line


def test_code_may_hold_backticks() -> None:
    """With more of them around it."""
    assert [code("a"), code("a`b"), code("`a")] == ["`a`", "``a`b``", "`` `a ``"]


def test_braces_balance() -> None:
    """Those behind a backslash are none."""
    assert [balanced(one) for one in ("{a}", "{a", "a}", "}{", "\\{a", "")] == [True, False, False, False, True, True]
    assert maths("none") == []
