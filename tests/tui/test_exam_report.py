"""Rules of the report: what it counts, what it tells apart, where it says to start, and what its keys lead to."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from studyapp.core.exam.paper import ExamRules
from studyapp.core.exam.rehearsal import rehearsal
from studyapp.tui.exam_lobby import LobbyScreen
from studyapp.tui.exam_report import ReportScreen
from tests.sitting import LEARNING, paper, sit, study_once
from tests.studying import Clock, library
from tests.tui.screens import Seat, at_home

SIZES = [(80, 24), (120, 40)]


async def report(seat: Seat, sitting_id: str) -> None:
    """Open a report from where one is."""
    seat.app.push_screen(ReportScreen(sitting_id))
    await seat.settle()


# --- what it says ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_the_score_stands_beside_chance_and_what_is_sure_of_it(tmp_path: Path, size: tuple[int, int]) -> None:
    """Rule 31: the score with what guessing gives on average and its exact binomial interval.

    Of 4 questions with 3 options each guessing gets 1.3; for 2 of 4 Clopper and Pearson give 6.76 to 93.24 %.
    """
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "wrong", "right guess", "blank", rules=ExamRules(name="course"))
        async with at_home(opened, size) as seat:
            await report(seat, sitting)
            seat.see(r"^ Report · Exam · Mon 2 Mar \d\d:\d\d +course rules")
            seat.see(r"2 of 4   50 %   blind guessing gives 1\.3   95 % interval 7-93 %")


@pytest.mark.parametrize("size", [(20, 5), (40, 12)])
async def test_the_score_is_in_sight_on_the_smallest_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    """Also where the list begins with the topic to start with, and wherever one goes in it."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "wrong", "blank", "timed out")
        async with at_home(opened) as seat:
            await report(seat, sitting)
            await seat.resize(*size)
            for keys in ((), ("a",), ("end",)):
                await seat.press(*keys)
                seat.see("1 of 4   25 %", "▸", "q")


async def test_new_questions_are_told_apart(tmp_path: Path) -> None:
    """Rule 31: questions never seen before in study stand apart, for only they say what to expect."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        first = await sit(opened, clock, "right", "right", "wrong", "wrong")
        await study_once(opened, "limit")
        second = await sit(opened, clock, "right", "right", "right", "right")
        async with at_home(opened) as seat:
            await report(seat, first)
            seat.see("never seen before  all of them  ← expect this")
            await seat.press("q")
            await report(seat, second)
            seat.see("all of them were seen before, in study or an exam: expect less of new questions")
    with library(tmp_path / "other", clock, a=LEARNING) as opened:
        await study_once(opened, "limit")
        asked = await paper(opened)
        given = ["wrong" if question.card == "limit" else "right" for question in asked.questions]
        sitting = await sit(opened, clock, *given, asked=asked)
        async with at_home(opened) as seat:
            await report(seat, sitting)
            seat.see(r"never seen before  3 of 3  100 %  ← expect this   seen before  0 of 1  0 %")


async def test_topics_habits_and_where_to_start(tmp_path: Path) -> None:
    """Rule 31: each topic with what was right, the time a question took, sure and wrong; where most marks were lost.

    Habits: picked and never saved, changed and which way, the time to the first save, sure and wrong, guesses.
    """
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        asked = await paper(opened)
        how = {"limit": "wrong", "gain": "right picked", "momentum": "right changed", "adam": "wrong guess"}
        sitting = await sit(opened, clock, *(how[one.card] for one in asked.questions), asked=asked)
        async with at_home(opened) as seat:
            await report(seat, sitting)
            seat.see(r"▸Initialisation +0 of 2 +11 s +1  ← start here", r" Optimisers +1 of 2 +14 s +-\n")
            seat.see(r"1 picked, never saved \(1 was right: 1 mark lost\)")
            seat.see("changed 1 answer: 1 became right", "1 sure and wrong", "1 guess, 0 right")
            seat.see("first save after 10 s", "1 left blank")
            assert not seat.shows("timed out|became wrong")


async def test_what_scores_nothing_is_told_apart(tmp_path: Path) -> None:
    """Rule 5: wrong, blank and timed out score 0 alike and are reported apart; what was not reached is said."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "wrong", "timed out", "blank", "not reached")
        async with at_home(opened) as seat:
            await report(seat, sitting)
            seat.see("0 of 4   0 %", "1 of 4 questions not reached", "1 left blank   1 timed out")
            await seat.press("end")
            seat.see(r"1 ✗ .* [a-c] +[a-c] ", r"2 ✗ .* timed out +[a-c]", r"3 ✗ .* left blank +[a-c]")
            seat.see(r"▸ 4 ✗ .* not reached +[a-c]")


async def test_a_draft_is_shown_and_not_counted(tmp_path: Path) -> None:
    """Rule 3: what was picked and not saved at the deadline is a draft: shown in the report, not counted."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right picked", "wrong picked", "right", "right")
        async with at_home(opened) as seat:
            await report(seat, sitting)
            seat.see("2 of 4   50 %", r"2 picked, never saved \(1 was right: 1 mark lost\)")
            await seat.press("end", "up")
            seat.see(r"▸ 1 ✗ .* [a-c] not saved +[a-c]")
            await seat.press("enter")
            seat.see("left blank", r"✓ [a-c] .*picked and not saved: it does not count", "nothing saved")


@pytest.mark.parametrize(
    ("rules", "given", "said"),
    [
        (ExamRules(practice=True), "right", "Practice: it stays out of the statistics"),
        (ExamRules(extra_time=1.5), "right", "Extra time: × 1.5"),
        (ExamRules(), "timed out", "Its time ran out"),
    ],
)
async def test_what_sets_a_sitting_apart_is_said(tmp_path: Path, rules: ExamRules, given: str, said: str) -> None:
    """Rules 5, 11 and 27: practice, extra time and an exam that its time ended say so under the score."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "right", "right", given, rules=rules)
        async with at_home(opened) as seat:
            await report(seat, sitting)
            seat.see(said)


async def test_an_ordinary_exam_in_which_all_was_right(tmp_path: Path) -> None:
    """Nothing is made up: no note, no topic to start with, no question that cost a mark, nothing to make due."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "right", "right", "right")
        async with at_home(opened) as seat:
            await report(seat, sitting)
            seat.see("4 of 4   100 %", "95 % interval 40-100 %", "Nothing was missed. a lists all questions.")
            assert not seat.shows("start here|Practice|ran out|not reached|due today|Extra")
            await seat.press("M")
            seat.see("No card was missed that is not due already")
            await seat.press("a", "end")
            seat.see(r"▸ 4 ✓ ", "a only the missed|a missed")


async def test_a_rehearsal_counts_nowhere(tmp_path: Path) -> None:
    """Rule 11: its report says so, speaks of no chance and no cards, and its keys lead nowhere else."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        asked = rehearsal(1)
        sitting = await sit(opened, clock, "right", "right changed", "right picked", "timed out", "wrong", asked=asked)
        async with at_home(opened) as seat:
            await report(seat, sitting)
            seat.see("2 of 5   40 %", "A rehearsal: it counts nowhere")
            assert not seat.shows("guessing|interval|due today|in words")
            assert not seat.shows("Topic|start here")
            seat.see("Habits +1 picked, never saved")
            await seat.press("o")
            seat.see("A rehearsal asks nothing that could be explained")
            await seat.press("M")
            seat.see("No card was missed that is not due already")
            await seat.press("r")
            assert isinstance(seat.screen, LobbyScreen)
            seat.see("[Rr]ehearsal")


# --- results that wait ----------------------------------------------------------------------------


async def test_results_wait_for_an_official_end(tmp_path: Path) -> None:
    """Rule 14: until then key and results stay hidden, and the screen says until when to stay reachable; then it shows
    them by itself."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "wrong", "right", "right", ends=timedelta(minutes=30))
        until = (clock.now + timedelta(minutes=30, seconds=-44)).astimezone()
        async with at_home(opened) as seat:
            await report(seat, sitting)
            seat.see(f"Finished. Results at {until:%H:%M}; stay reachable until then")
            assert not seat.shows("3 of 4|Topic|Habits| key ")
            await seat.press("M", "o", "r", "f", "a", "x", "enter")
            assert isinstance(seat.screen, ReportScreen)
            assert not seat.shows("3 of 4|Topic|Habits|due today")
            clock.forward(minutes=29)
            await seat.until(lambda: not seat.shows("Choose a question first"))
            assert not seat.shows("3 of 4")
            clock.forward(minutes=1)
            await seat.wait("3 of 4   75 %")
            seat.see("▸.*start here")
