"""Rules of the oral follow-up: explained in words, held against the model answer, rated; the score stays what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.core.exam.oral import to_explain
from studyapp.core.exam.paper import ExamRules
from studyapp.store import StoreError
from studyapp.tui.exam_oral import Explanation, OralScreen
from studyapp.tui.exam_report import ReportScreen
from tests.sitting import LEARNING, sit
from tests.studying import Clock, library
from tests.tui.screens import Seat, at_home

SIZES = [(80, 24), (120, 40)]
SECRET = "a word that must be kept nowhere"


async def oral(seat: Seat, sitting_id: str) -> None:
    """Open the follow-up from the report."""
    seat.app.push_screen(ReportScreen(sitting_id))
    await seat.settle()
    await seat.press("o")
    assert isinstance(seat.screen, OralScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_questions_are_explained_and_rated(tmp_path: Path, size: tuple[int, int]) -> None:
    """Rule 13: k questions drawn from the seed are explained, then rated against the model answer; the score stays."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "wrong", "right", "right", rules=ExamRules(oral=2))
        before = opened.exams.report(sitting)[1].score
        drawn = to_explain(opened.exams.load(sitting).sitting)
        assert len(drawn) == 2
        async with at_home(opened, size) as seat:
            await oral(seat, sitting)
            seat.see(f"In words · 1 of 2 · question {drawn[0] + 1}", "What you write is kept nowhere")
            assert isinstance(seat.app.focused, Explanation)
            assert not seat.shows("✓|model answer   ")
            await seat.type("because q, ? and : are text here")
            seat.see("because q, . and : are text here")
            await seat.press("0")
            assert isinstance(seat.screen, OralScreen)
            await seat.press("escape", "space")
            seat.see("You wrote  because q, . and : are text here", "A model answer", r"✓ [a-c]  ")
            seat.see("0 not at all   1 in part   2 the main point   3 fully, with the why".replace("   ", " +"))
            await seat.press("4", "2")
            seat.see(f"In words · 2 of 2 · question {drawn[1] + 1}")
            await seat.press("escape", "space")
            await seat.click("3 fully")
            seat.see("Explained 2 of 2", "The score stays 3 of 4", "the main point", "fully, with the why")
            await seat.press("enter")
            seat.see("o explained 2 of 2|o explain", "3 of 4   75 %")
        kept, after = opened.exams.report(sitting)
        assert dict(kept.sitting.explained) == {drawn[0]: 2, drawn[1]: 3}
        assert after.score == before


async def test_it_is_left_and_taken_up_again(tmp_path: Path) -> None:
    """Rule 13: those explained before are marked, and one goes on with the next; a rating may be given anew."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "wrong", "right", "right")
        drawn = to_explain(opened.exams.load(sitting).sitting)
        assert len(drawn) == 3
        async with at_home(opened) as seat:
            await oral(seat, sitting)
            await seat.press("escape", "space", "1", "escape", "q")
            seat.see("o explained 1 of 3")
            await seat.press("o")
            seat.see(f"In words · 2 of 3 · question {drawn[1] + 1}")
            await seat.press("escape", "left")
            seat.see("In words · 1 of 3 .* explained: in part")
            await seat.press("escape", "space")
            seat.see("▸1 in part")
            await seat.press("0")
            seat.see("In words · 2 of 3")
            await seat.press("escape", "right", "escape", "right")
            seat.see("Explained 1 of 3", r"not at all", "not yet")
            await seat.press("right", "left", "escape", "right", "q")
        assert dict(opened.exams.load(sitting).sitting.explained) == {drawn[0]: 0}


async def test_the_text_is_kept_nowhere(tmp_path: Path) -> None:
    """Rule 13: only the rating is logged; the text is in no file of the data folder, and stays while one writes on."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "right", "right", "right")
        async with at_home(opened) as seat:
            await oral(seat, sitting)
            await seat.type(SECRET)
            await seat.press("escape", "space", "i")
            seat.see(SECRET)
            assert isinstance(seat.app.focused, Explanation)
            await seat.press("escape", "space", "3", "escape", "left")
            seat.see(SECRET)
            await seat.press("escape", "q", "o")
            await seat.press("escape", "left")
            assert not seat.shows(SECRET)
    files = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert files
    assert not [one for one in files if SECRET.encode() in one.read_bytes()]


async def test_a_long_explanation_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a page or two is not taken, and said so."""
    monkeypatch.setattr("studyapp.tui.exam_oral.LONGEST", 5)
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "right", "right", "right")
        async with at_home(opened) as seat:
            await oral(seat, sitting)
            await seat.type("123456")
            seat.see("5 characters are the most", "12345")
            assert not seat.shows("123456")


async def test_a_rating_that_cannot_be_stored_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question stays where it is, so that it can be rated again."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "right", "right", "right")
        async with at_home(opened) as seat:
            await oral(seat, sitting)
            await seat.press("escape", "space")

            def full(*_: object) -> None:
                raise StoreError("the disk is full")

            with monkeypatch.context() as broken:
                broken.setattr("studyapp.exams.Exams.explain", full)
                await seat.press("2")
                seat.see("the disk is full")
            await seat.press("2")
            seat.see("In words · 2 of 3")
