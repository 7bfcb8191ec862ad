"""Clean text: nothing in a card can steer a terminal, and lines are those of the file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studyapp.decks.clean import CONTROL, clean


def test_control_and_bidi_characters_are_left_out_with_a_problem() -> None:
    """C0 but tab and line ends, DEL, C1 and bidi controls cannot steer a terminal; the line is that of the file."""
    text = clean("a\tb\x1b]52;c\x07\n\u202eabc\u2066\x85\n\x7f\x0c\n\u200f\u2028".encode(), "d.md")
    assert text.lines == ("a\tb]52;c", "abc", "", "\u200f\u2028")
    assert [str(one) for one in text.problems] == [
        "d.md:1: control characters are left out: U+0007, U+001B; delete them from the file",
        "d.md:2: control characters are left out: U+0085, U+202E, U+2066; delete them from the file",
        "d.md:3: control characters are left out: U+000C, U+007F; delete them from the file",
    ]


def test_a_flood_of_control_characters_is_summed_up() -> None:
    """A thousand lines do not make a thousand problems."""
    problems = clean(b"\x00\n" * 1000, "d.md").problems
    assert len(problems) == 21
    assert str(problems[-1]) == (
        "d.md:1000: control characters are left out on 980 more lines up to here; delete them from the file"
    )


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
def test_no_control_character_survives(text: str) -> None:
    """The look at the bytes and the look at the characters agree on what is one."""
    cleaned = clean(text.encode(), "d.md")
    assert not any(CONTROL.search(line) for line in cleaned.lines)
    assert bool(cleaned.problems) is bool(CONTROL.search(text))
    assert len(cleaned.lines) == text.count("\n") + 1
