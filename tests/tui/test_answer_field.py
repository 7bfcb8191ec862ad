"""Rules of the field for typed answers: what it takes is read to its end."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input

from studyapp.core import expressions, grading
from tests.studying import COMPUTED, Clock, library
from tests.tui.samples import TYPED
from tests.tui.screens import in_review


async def test_the_field_takes_as_much_as_is_read(tmp_path: Path) -> None:
    """And says so at the first character beyond: nothing is cut without a word, neither here nor by the judge."""
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
                seat.see(f"{most} characters are the most")
