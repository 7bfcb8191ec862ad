"""Rules of the field for typed answers: what it takes is read to its end."""

from __future__ import annotations

from pathlib import Path

from textual import events
from textual.widgets import Input

from studyapp.core import expressions, grading
from studyapp.tui.answer_field import AnswerField
from tests.studying import COMPUTED, Clock, library
from tests.tui.samples import TYPED
from tests.tui.screens import in_review


async def test_the_field_takes_as_much_as_is_read(tmp_path: Path) -> None:
    """And says so at the first character beyond, under the field until the text is another one: nothing is cut."""
    for deck, most in ((TYPED, grading.LONGEST), (COMPUTED, expressions.LONGEST)):
        with library(tmp_path / str(most), Clock(), deck=deck) as opened:
            async with in_review(opened) as seat:
                await seat.wait("uncover|Type|your answer|a number")
                field = seat.app.focused
                assert isinstance(field, Input)
                field.value = "1" * (most - 1)
                await seat.press("end", "2")
                assert field.value == "1" * (most - 1) + "2"
                assert not seat.shows("are the most")
                await seat.press("3")
                assert field.value == "1" * (most - 1) + "2"
                await seat.press("left")
                assert seat.row("! left out: .*") == seat.row("1{40}") + 1
                seat.see(f"{most} characters are the most")
                seat.app.post_message(events.Paste("2 + 2" * most))
                await seat.press("left")
                seat.see("left out")
                await seat.press("backspace")
                assert not seat.shows("left out")


async def test_pasted_lines_become_one(tmp_path: Path) -> None:
    """Not the first alone is taken: that would be another answer."""
    with library(tmp_path, Clock(), deck=COMPUTED) as opened:
        async with in_review(opened) as seat:
            seat.app.post_message(events.Paste("2\n+ 3\r\n"))
            await seat.press("end")
            assert isinstance(seat.app.focused, Input)
            assert seat.app.focused.value == "2 + 3"


def test_the_field_names_all_that_a_formula_may_have() -> None:
    """The symbols first, then every function and constant."""
    words = AnswerField(numeric=True, symbols=["a", "b"]).placeholder
    assert words.startswith("a formula in a, b: + - * / ^ ")
    assert {*expressions.FUNCTIONS, "pi", "e"} < set(words.split())


async def test_what_is_wrong_with_an_expression_stands_under_it(tmp_path: Path) -> None:
    """Until it is changed; the next card begins without."""
    with library(tmp_path, Clock(), deck=COMPUTED) as opened:
        async with in_review(opened) as seat:
            await seat.type("2+")
            await seat.press("enter", "left", "right")
            assert seat.row("! a number is missing at the end") == seat.row(r"^ +2\+") + 1
            await seat.press("2")
            assert not seat.shows("is missing")
            await seat.press("backspace", "enter")
            seat.see("is missing")
            await seat.press("2", "enter")
            assert not seat.shows("is missing")
