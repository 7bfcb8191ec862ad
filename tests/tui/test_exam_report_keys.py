"""Rules of the report's keys: a question in full, its run, drilling, misses made due, new numbers, files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studyapp.tui.exam_answer import AnswerScreen
from studyapp.tui.exam_lobby import LobbyScreen
from studyapp.tui.exam_report import ReportScreen
from studyapp.tui.lab import LabScreen
from studyapp.tui.review import ReviewScreen
from tests.sitting import LEARNING, MEDIAN, paper, sit, study_once
from tests.studying import Clock, library
from tests.tui.screens import Seat, at_home

SIZES = [(80, 24), (120, 40)]


async def report(seat: Seat, sitting_id: str) -> None:
    """Open a report from where one is."""
    seat.app.push_screen(ReportScreen(sitting_id))
    await seat.settle()


async def highlight(seat: Seat, number: int) -> None:
    """Go up from the last row to the question of this number."""
    await seat.press("end")
    while not seat.shows(rf"▸ ?{number} ✗"):
        await seat.press("up")


@pytest.mark.parametrize("size", SIZES)
async def test_a_question_in_full(tmp_path: Path, size: tuple[int, int]) -> None:
    """Rule 31: Enter shows all options with the answer, the key, reasons, explanation and source, and when it was
    saved; arrows lead to the others listed."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        asked = await paper(opened)
        how = {"limit": "wrong changed", "gain": "wrong", "momentum": "right", "adam": "right"}
        cards = [one.card for one in asked.questions]
        sitting = await sit(opened, clock, *(how[card] for card in cards), asked=asked)
        async with at_home(opened, size) as seat:
            await report(seat, sitting)
            await highlight(seat, 1 + cards.index("limit"))
            await seat.press("enter")
            assert isinstance(seat.screen, AnswerScreen)
            seat.see(rf"^ Question {1 + cards.index('limit')} of 4 · Initialisation +✗ wrong")
            seat.see(
                "What is the limit of Glorot", r"✓ [a-c]  0\.088    right", r"✗ [a-c]  0\.051    your answer, sure"
            )
            seat.see("That is its standard deviation", "The limit is √(6/768)|6/768", "That takes the fan-in alone")
            await seat.press("pagedown", "pagedown")
            seat.see("source  Glorot and Bengio", r"[a-c] saved at \d\d:\d\d:\d\d, after 0:10", "after 0:15")
            seat.see("0:16 of 1:00 used, until you")
            other = "left" if cards.index("limit") > cards.index("gain") else "right"
            await seat.press(other)
            seat.see("Which gain keeps the level")
            await seat.press(other)
            seat.see("listed")
            await seat.press("x")
            seat.see("No simulation stands behind this question")
            await seat.press("q")
            assert isinstance(seat.screen, ReportScreen)


async def test_the_mistake_has_a_name_and_can_be_run(tmp_path: Path) -> None:
    """Rule 31: a computed question shows the named mistake behind the answer, and x opens the Lab at its numbers."""
    clock = Clock()
    with library(tmp_path, clock, a=MEDIAN) as opened:
        asked = await paper(opened, 1)
        sitting = await sit(opened, clock, "wrong", asked=asked)
        mistake = next(option.mistake for option in asked.questions[0].options if not option.correct)
        async with at_home(opened) as seat:
            await report(seat, sitting)
            await seat.press("x")
            seat.see("Choose a question first")
            await seat.press("end")
            seat.see(rf"▸ 1 ✗ Which constant .* [a-c] +[a-c] +{mistake.replace('_', ' ')[:20]}.* x")
            await seat.press("enter")
            seat.see("That is what you get if", r"simulation  gaussian_likelihood: .*observations = \[")
            await seat.press("q", "x")
            await seat.wait("2 run")
            lab = seat.screen
            assert isinstance(lab, LabScreen)
            assert dict(lab._given) == dict(asked.questions[0].parameters)


async def test_a_topic_is_drilled(tmp_path: Path) -> None:
    """Enter on a topic studies its deck; once nothing of it is due, it says what makes the missed cards due."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "wrong", "wrong", "right", "right")
        async with at_home(opened) as seat:
            await report(seat, sitting)
            seat.see("▸.* ← start here", "Enter study its deck")
            await seat.press("enter")
            assert isinstance(seat.screen, ReviewScreen)
            seat.see("Review · Learning")
            await seat.press("q")
            assert isinstance(seat.screen, ReportScreen)
            await study_once(opened, "limit", "gain", "momentum", "adam")
            await seat.press("enter")
            seat.see("Nothing of this deck is due today; M makes the missed cards due")


async def test_missed_cards_are_made_due_on_request(tmp_path: Path) -> None:
    """M, and nothing else, moves a due date: it says how many, and u takes it back as one act."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "wrong", "blank", "right", "right")

        def due() -> int:
            return len(opened.store.due(opened.today, (), limit=9))

        async with at_home(opened) as seat:
            await report(seat, sitting)
            assert due() == 0
            seat.see("M make the 2 due today")
            await seat.press("M")
            seat.see("2 missed cards are due today; u takes it back")
            assert due() == 2
            await seat.press("M")
            seat.see("No card was missed that is not due already")
            await seat.press("u")
            seat.see("Taken back: making 2 cards due")
            assert due() == 0
            await seat.press("U")
            seat.see("Done again: making 2 cards due")
            assert due() == 2


async def test_the_same_paper_with_new_numbers(tmp_path: Path) -> None:
    """r opens the lobby with a paper of the same cards, drawn anew; one whose card is gone asks the others."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING, b="# B\n\n## Two? {#two}\n\n- [x] yes\n- [ ] no\n") as opened:
        asked = await paper(opened, 5)
        sitting = await sit(opened, clock, *["right"] * 5, asked=asked)
        async with at_home(opened) as seat:
            await report(seat, sitting)
            await seat.press("r")
            await seat.wait("5 questions")
            seat.see("Same paper, new numbers: the questions of an exam you sat, in another order")
            lobby = seat.screen
            assert isinstance(lobby, LobbyScreen)
            await seat.press("q")
            (opened.places.shipped / "decks" / "b.md").unlink()
            opened.synchronise()
            await seat.press("r")
            await seat.wait("4 questions")


async def test_the_report_is_saved_as_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """f asks for a name, in the current folder if it says no other; its ending says the form; no file is replaced."""
    clock = Clock()
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "wrong", "right", "right")
        async with at_home(opened) as seat:
            await report(seat, sitting)
            await seat.press("f", "enter")
            await seat.wait("Saved as")
            assert "75 %" in (folder / f"exam-{sitting}.md").read_text()
            await seat.press("f", "enter")
            await seat.wait("exists already; give another name")
            for name in ("r.html", "r.json"):
                await seat.press("f", "ctrl+u")
                await seat.type(name)
                await seat.press("enter")
                await seat.wait("Saved as")
            assert (folder / "r.html").read_text().startswith("<!")
            assert isinstance(json.loads((folder / "r.json").read_text()), dict)
            await seat.press("f", "ctrl+u")
            await seat.type("r.pdf")
            await seat.press("enter")
            await seat.wait(r"give it a name that ends in \.md, \.html or \.json")
            await seat.press("f", "ctrl+u")
            await seat.type("no/r.md")
            await seat.press("enter")
            await seat.wait("no/r.md")
            await seat.press("f", "escape")
            assert isinstance(seat.screen, ReportScreen)
            assert sorted(one.name for one in folder.iterdir()) == [f"exam-{sitting}.md", "r.html", "r.json"]


async def test_all_questions_are_listed_on_request(tmp_path: Path) -> None:
    """a lists the right ones too, and again only the missed; the highlight stays on its question."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "wrong", "right", "wrong")
        async with at_home(opened) as seat:
            await report(seat, sitting)
            await seat.press("end", "up")
            seat.see("▸ 2 ✗")
            await seat.press("a")
            seat.see("All questions", "▸ 2 ✗")
            await seat.press("down", "enter")
            seat.see("Question 3 of 4 .* ✓ right", "your answer, sure")
            await seat.press("q", "a")
            seat.see("Missed", "▸")


async def test_the_mouse_does_it_too(tmp_path: Path) -> None:
    """A click highlights a row, a second one opens it."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "wrong", "right", "wrong")
        async with at_home(opened, (120, 40)) as seat:
            await report(seat, sitting)
            await seat.click(" 4 ✗")
            seat.see("▸ 4 ✗", "Enter open")
            await seat.click("▸ 4 ✗")
            seat.see("Question 4 of 4")
            await seat.click("← before")
            seat.see("Question 2 of 4")


async def test_a_sitting_that_does_not_exist(tmp_path: Path) -> None:
    """It is said in one line on the screen, and every key does nothing but lead back."""
    with library(tmp_path, Clock(), a=LEARNING) as opened:
        async with at_home(opened) as seat:
            await report(seat, "nonsense")
            seat.see("there is no sitting 'nonsense'")
            await seat.press("enter", "x", "a", "M", "r", "o", "f", "d", "down", "end", "pagedown")
            assert isinstance(seat.screen, ReportScreen)
            await seat.press("q")
            seat.see("studyapp")
