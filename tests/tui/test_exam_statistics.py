"""Rules of question statistics: shares with their interval per question and per mistake, from one's own exams alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.core.exam.history import Facility
from studyapp.core.exam.paper import ExamRules
from studyapp.tui.card_screen import CardScreen
from studyapp.tui.exam_statistics import TRACK, ExamStatisticsScreen, track
from studyapp.tui.lab import LabScreen
from tests.sitting import LEARNING, MEDIAN, paper, sit
from tests.studying import Clock, library
from tests.tui.screens import Seat, at_home

SIZES = [(80, 24), (120, 40)]


async def statistics(seat: Seat) -> None:
    """Open them from where one is."""
    seat.app.push_screen(ExamStatisticsScreen())
    await seat.settle()


@pytest.mark.parametrize("size", SIZES)
async def test_each_question_with_its_interval(tmp_path: Path, size: tuple[int, int]) -> None:
    """The lowest share first, with Wilson's interval: 1 of 2 gives 9 to 91 %, 0 of 2 gives 0 to 66 %.

    Practice exams are left out, and questions that were not reached are not counted.
    """
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        asked = await paper(opened)
        cards = [one.card for one in asked.questions]
        for how in ({"limit": "wrong", "gain": "wrong"}, {"limit": "wrong"}):
            await sit(opened, clock, *(how.get(card, "right") for card in cards), asked=asked)
        practice = await paper(opened, rules=ExamRules(practice=True))
        await sit(opened, clock, *["wrong"] * 4, asked=practice)
        async with at_home(opened, size) as seat:
            await statistics(seat)
            seat.see("From 2 exams of your own", "practice and rehearsals are left out", "a few times tell little")
            seat.see(r"▸What is the limit .* 0 of 2 +0 % +0-66 % +●─+┤·+")
            seat.see(r" Which gain keeps .* 1 of 2 +50 % +9-91 % +··├─+●─+┤··")
            seat.see(r" What does momentum .* 2 of 2 +100 % +34-100 % +·+├─+●")
            assert not seat.shows("Mistakes made most")
            await seat.press("enter")
            assert isinstance(seat.screen, CardScreen)
            seat.see("Card · limit")


async def test_each_mistake_and_its_simulation(tmp_path: Path) -> None:
    """How often a named mistake was saved where it stood among the options; Enter opens its simulation in the Lab."""
    clock = Clock()
    with library(tmp_path, clock, a=MEDIAN) as opened:
        asked = await paper(opened, 1)
        await sit(opened, clock, "wrong", asked=asked)
        await sit(opened, clock, "right", asked=asked)
        mistake = next(one.mistake for one in asked.questions[0].options if not one.correct).replace("_", " ")
        async with at_home(opened, (120, 40)) as seat:
            await statistics(seat)
            seat.see("Mistakes made most", rf" {mistake}  gaussian_like.* +1 of 2 +50 % +9-91 %")
            await seat.press("end")
            seat.see(f"▸{mistake}", "Enter its simulation in the Lab")
            await seat.press("enter")
            assert isinstance(seat.screen, LabScreen)


async def test_a_card_that_is_gone(tmp_path: Path) -> None:
    """Its figures stay, under its id; Enter says that no deck has it."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        await sit(opened, clock, *["right"] * 4)
        (opened.places.shipped / "decks" / "a.md").unlink()
        opened.synchronise()
        async with at_home(opened, (120, 40)) as seat:
            await statistics(seat)
            seat.see(r"▸adam \(no longer in a deck\) +1 of 1")
            await seat.press("enter")
            seat.see("No deck has the card adam any more")


async def test_before_the_first_exam(tmp_path: Path) -> None:
    """The empty screen says what will stand there and what is left out; no key leads astray."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        await sit(opened, clock, *["right"] * 4, rules=ExamRules(practice=True))
        async with at_home(opened) as seat:
            await statistics(seat)
            seat.see("No exam has been counted yet", "Practice exams and rehearsals are left out")
            await seat.press("enter", "down", "end", "u", "q")
            seat.see("studyapp")


@pytest.mark.parametrize(("times", "of"), [(0, 1), (1, 1), (0, 50), (50, 50), (1, 2), (7, 9), (1, 1000)])
def test_the_drawn_interval_holds_its_share(times: int, of: int) -> None:
    """21 cells from 0 to 100 %: the share is a point between the ends, wherever it lies."""
    drawn = track(Facility("a", times, of))
    assert len(drawn) == TRACK
    assert drawn.index("●") == round(20 * times / of)
    assert drawn.strip("·├┤─") == "●"
