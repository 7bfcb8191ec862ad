"""What a formula looks like in two dimensions, and that nothing an author types can break it or uncover a gap.

The pictures were looked at one by one. After a change of how formulas are laid out, or with a new formula in the file:

    python -m tests.formulas.test_layout && git diff tests/formulas/pictures.txt
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from studyapp.formulas import displayed, fault, linear
from tests.formulas.evaluator import UndefinedError
from tests.formulas.test_linear import fragments
from tests.formulas.test_meaning import expression

WIDE = 10_000
DECKS = Path(__file__).parents[2] / "decks"
PICTURES = Path(__file__).with_name("pictures.txt")


def pictures() -> list[tuple[str, list[str]]]:
    """Each formula of the file with the lines that it is shown on."""
    parts = ("\n" + PICTURES.read_text(encoding="utf-8").rstrip("\n")).split("\n$$ ")[1:]
    return [
        (latex, [line[4:] for line in lines]) for latex, *lines in (part.rstrip("\n").split("\n") for part in parts)
    ]


def written(latex: str) -> str:
    """What the file has to hold for a formula."""
    picture = "\n".join(f"    {line}".rstrip() for line in displayed(latex, WIDE))
    return f"$$ {latex}\n{picture}\n"


@pytest.mark.parametrize(("latex", "lines"), pictures(), ids=lambda one: one if isinstance(one, str) else "")
def test_the_picture_of_a_formula(latex: str, lines: list[str]) -> None:
    """Fractions, roots, limits, scripts, brackets and tables stand where they stand on paper."""
    assert [line.rstrip() for line in displayed(latex, WIDE)] == lines


def test_what_needs_no_second_dimension_stays_on_one_line() -> None:
    """It is then what the linear form says."""
    for latex in (
        "a + b",
        "x_i^2",
        r"\sqrt{2}",
        r"\log p(x)",
        r"e^{-x}",
        r"\hat{y} - y",
        r"\hat{\hidden{y}}",
        r"90^\circ",
    ):
        assert displayed(latex, WIDE) == (linear(latex),)


def test_a_formula_wider_than_its_room_or_unreadable_is_not_laid_out() -> None:
    """Then its linear form is shown, which can be wrapped."""
    latex = r"\frac{a + b}{c}"
    assert displayed(latex, 5) != ()
    assert displayed(latex, 4) == ()
    assert displayed(r"\frac{a}{", WIDE) == displayed("", WIDE) == ()


@settings(max_examples=500, deadline=None)
@given(st.lists(fragments | st.text(max_size=4), max_size=25).map(" ".join), st.integers(1, 40))
def test_nothing_that_can_be_typed_raises_or_breaks_the_picture(latex: str, width: int) -> None:
    """Every line has the same width in cells, at most the one allowed, and no control character."""
    lines = displayed(latex, width)
    assert not lines or not fault(latex)
    assert len({cell_len(line) for line in lines}) <= 1
    for line in lines:
        assert cell_len(line) <= width
        assert not any(unicodedata.category(one) in ("Cc", "Zl", "Zp") for one in line)
        assert not any(one in line for one in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


# --- gaps ---------------------------------------------------------------------------------------------------------

SECRET = "Ψ"


@settings(max_examples=300, deadline=None)
@given(size=st.integers(1, 5), random=st.randoms(use_true_random=True), way=st.integers(0, 6))
def test_a_hidden_part_keeps_its_width_and_shows_nothing(size: int, random: Random, way: int) -> None:
    """Whatever stands in a gap, and wherever the gap stands, the formula is as wide as it will be with the answer."""
    try:
        secret = expression(size, random).latex.replace("x", r"\Psi ") + r"\Psi"
        around = expression(3, random).latex
    except UndefinedError:
        return
    frame = (
        "{a} + {g}", r"\frac{{{g}}}{{{a}}}", r"\frac{{{a}}}{{{g}}} x", r"\sqrt{{{g}}}", r"({g}) {a}", "{g} = {a}",
        r"\left[ {g} \right]",
    )[way]  # fmt: skip
    shown = displayed(frame.format(a=around, g=secret), WIDE)
    hidden = displayed(frame.format(a=around, g=rf"\hidden{{{secret}}}"), WIDE)
    assert SECRET in "".join(shown)
    assert SECRET not in "".join(hidden)
    assert "…" in "".join(hidden) or "?" in "".join(hidden)
    assert cell_len(hidden[0]) == cell_len(shown[0])


@settings(max_examples=500, deadline=None)
@given(st.lists(fragments | st.just(r"{\hidden{\Psi}}"), max_size=25).map(" ".join))
def test_what_is_hidden_is_never_shown(latex: str) -> None:
    """Neither where the formula can be read nor where its source is shown instead."""
    assert SECRET not in linear(latex)
    assert r"\Psi" not in linear(latex)
    assert SECRET not in "".join(displayed(latex, WIDE))


def test_a_gap_in_a_formula_that_is_none_hides_its_braces_too() -> None:
    """Also if the braces after it never close."""
    assert linear(r"\frac{\hidden{a^{2}}}{") == r"\frac{[…]}{"
    assert linear(r"\hidden{a{b\}") == "[…]"


# --- the shipped decks --------------------------------------------------------------------------------------------


def test_every_displayed_formula_of_the_decks_fits_on_a_screen() -> None:
    """In two dimensions, at 74 columns; none has to fall back to its linear form."""
    displays = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
    found = [latex for path in DECKS.glob("*.md") for latex in displays.findall(path.read_text(encoding="utf-8"))]
    assert len(found) > 30
    assert [latex for latex in found if not displayed(re.sub(r"@\{\w+\}", "1000", latex), 70)] == []


def test_pictures_are_read_as_they_are_written() -> None:
    """The file is read whole: a formula without a picture would check nothing."""
    assert len(pictures()) > 50
    assert all(len(lines) > 1 for _, lines in pictures())


if __name__ == "__main__":
    PICTURES.write_text("\n".join(written(latex) for latex, _ in pictures()), encoding="utf-8")
