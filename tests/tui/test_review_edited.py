"""Rules of the card in hand when its file is changed beside the app: what is asked and graded is what the file says."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from studyapp.tui.review import ReviewScreen
from tests.studying import COMPUTED, Clock, library, own
from tests.terminal import Terminal
from tests.tui.screens import Seat, in_review

MINE = """# Mine

## What is a mean? {#mean}

The sum over the number, which is the centre of mass.

## What is a median? {#median}

The middle one, half of them lie below it.
"""
Edit = Callable[[Seat, str, str], Awaitable[None]]
EDITOR = """\
import sys
file = sys.argv[-1]
text = open(file).read().replace("What is a mean?", "What is an average?")
print("EDITING", flush=True)
input()
open(file, "w").write(text)
"""


@pytest.fixture
def edit(monkeypatch: pytest.MonkeyPatch) -> Edit:
    """`o`, with an editor that writes one text in place of another wherever the file has it."""

    async def pressed(seat: Seat, before: str, after: str) -> None:
        def changed(_: ReviewScreen, file: Path, __: int) -> None:
            assert before in file.read_text()
            file.write_text(file.read_text().replace(before, after))

        monkeypatch.setattr(ReviewScreen, "_let_edit", changed)
        await seat.press("o")

    return pressed


async def test_the_card_in_hand_is_taken_up_as_the_editor_left_it(tmp_path: Path, edit: Edit) -> None:
    """Before the answer from its beginning; after it with its new text, and what Space then grades is that card."""
    own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with in_review(opened) as seat:
            await edit(seat, "What is a mean?", "What is an average?")
            seat.see("What is an average")
            assert not seat.shows("What is a mean")
            await seat.answer_side()
            await edit(seat, "centre of mass", "point of balance")
            seat.see("point of balance", "1 Again", "3 Good")
            assert not seat.shows("centre of mass")
            await seat.press("3")
            seat.see("What is a median")
        assert opened.store.schedule("mean").n == 1


async def test_a_card_that_the_editor_took_away_is_asked_no_more(tmp_path: Path, edit: Edit) -> None:
    """Also one that became a draft, and also after its answer was shown: the next card comes, and it is said why."""
    own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with in_review(opened) as seat:
            await seat.answer_side()
            await edit(seat, "{#mean}", "{#mean .draft}")
            seat.see(r"mean is a draft now\.", "What is a median")
            await edit(seat, "{#median}", "{#middle}")
            seat.see(r"median is in no deck any more\.", "Nothing is due now")
        assert opened.store.entries() == []


async def test_what_is_wrong_with_a_card_that_cannot_be_read_is_said(tmp_path: Path, edit: Edit) -> None:
    """A slip in the editor is no riddle: its line and what is wrong there."""
    own(tmp_path, MINE)
    with library(tmp_path, Clock()) as opened:
        async with in_review(opened) as seat:
            await edit(seat, "The sum over", "It has {{c1::a gap that")
            seat.see(r"mean is in no deck any more; mine\.md:5: gap c1 is never closed")
            await seat.press("up")
            seat.see("What is a median")


async def test_an_answer_stays_when_its_card_is_taken_away(tmp_path: Path, edit: Edit) -> None:
    """It is on the disk; the screen shows it until Space leads on."""
    own(tmp_path, MINE)
    with library(tmp_path, Clock(), computed=COMPUTED) as opened:
        async with in_review(opened, ["computed.md"]) as seat:
            await seat.type("1")
            await seat.press("enter")
            await edit(seat, "{#ratio}", "{#quotient}")
            seat.see("The ratio at temperature", "Again")
            assert len(opened.store.entries()) == 1


async def test_a_card_whose_number_can_be_computed_again_is_asked(tmp_path: Path, edit: Edit) -> None:
    """What was wrong with it is not held against it once its file was corrected."""
    with library(tmp_path, Clock(), computed=COMPUTED.replace("softmax_output", "softmax_input")) as opened:
        async with in_review(opened) as seat:
            await seat.wait("The number of this card cannot be computed")
            await edit(seat, "softmax_input", "softmax_output")
            await seat.wait("Enter answer")
            assert not seat.shows("cannot be computed")


def test_the_card_in_hand_is_changed_in_an_editor_in_the_same_terminal(tmp_path: Path) -> None:
    """The screen is the editor's until it ends; then Review asks the card as it is now."""
    file = own(tmp_path, MINE)
    program = tmp_path / "an editor.py"
    program.write_text(EDITOR)
    start = [sys.executable, "-m", "studyapp", "--home", str(tmp_path / "home"), "study", "mine.md"]
    with Terminal(start, env={"VISUAL": f"'{sys.executable}' '{program}'"}) as terminal:
        terminal.wait(r"What is a mean\?")
        terminal.press("o")
        terminal.wait("EDITING")
        terminal.press("enter")
        terminal.wait(r"What is an average\?")
        terminal.press("space")
        terminal.wait("(?s)What is an average.*3 Good")
    assert "What is an average?" in file.read_text()
