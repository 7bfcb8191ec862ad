"""Rules of an exam that runs: it is gone on with, seen from elsewhere, taken over, and closed book on every route."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.presets import ExamPlan, ExamRequest
from studyapp.tui.app import StudyApp
from studyapp.tui.exam_form import ExamFormScreen
from studyapp.tui.exam_lobby import LobbyScreen
from studyapp.tui.exam_question import QuestionScreen
from studyapp.tui.exam_report import ReportScreen
from studyapp.tui.exam_running import OverScreen, RunningScreen
from studyapp.tui.exam_submission import SubmissionScreen
from studyapp.tui.home import HomeScreen
from studyapp.tui.review import ReviewScreen
from tests.studying import CHOICE, Clock, basic_deck, library
from tests.tui.exams import paper, sitting
from tests.tui.screens import Seat, at_home, in_review, running


async def test_gone_on_with_where_it_was_left(tmp_path: Path) -> None:
    """Rule 21: a start while an exam runs says which question, what is left and what is saved; Enter is back in it."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.press("b", "enter", "n", "c")
        clock.forward(seconds=20)
        async with running(StudyApp(opened, start="exam", debug=True), (80, 24)) as seat:
            seat.see(
                "EXAM · A paper", r"Question 2 of 3, 0:39 left for it; time runs\.", "1 answer saved and stored so far"
            )
            seat.see("Nobody has it open. Enter goes on at once with question 2", "Enter go on")
            await seat.press("enter")
            await seat.wait("2 of 3")
            seat.see("2 of 3", "this question  0:39", "▸ c  three of beta", "NOT SAVED")


async def test_a_question_that_expired_meanwhile(tmp_path: Path) -> None:
    """Rule 21: the time of the next question starts when it is shown, and the notice says so."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.press("b")
        clock.forward(seconds=70)
        async with running(StudyApp(opened, start="exam", debug=True), (80, 24)) as seat:
            seat.see("Question 2 of 3 comes next: the time of question 1 is up", "No answer is saved so far")
            await seat.press("enter")
            await seat.wait("2 of 3")
            seat.see("2 of 3", "this question  1:00", "Time was up on 1: b was picked and not saved")


async def test_a_start_after_the_end(tmp_path: Path) -> None:
    """Rule 22: an exam whose time ran out while it was closed is settled, told once; then what was asked for opens."""
    clock = Clock()
    with library(tmp_path, clock, choice=CHOICE) as opened:
        async with sitting(opened, clock) as sat:
            await sat.press("b", "enter", "c")
        clock.forward(hours=1)
        async with running(StudyApp(opened, debug=True), (80, 24)) as seat:
            await seat.until(lambda: isinstance(seat.screen, OverScreen))
            await seat.settle()
            seat.see(
                "The exam is over", r"Its time ran out\. 1 of 3 answers were saved and count; 1 answer picked and not"
            )
            await seat.press("space")
            await seat.until(lambda: isinstance(seat.screen, ReportScreen))
            await seat.press("q")
            assert isinstance(seat.screen, HomeScreen)
        opened.exams.start(paper())
        clock.forward(hours=1)
        request = ExamRequest(ExamPlan(questions=1))
        async with running(StudyApp(opened, start="exam", exam=request, debug=True), (80, 24)) as seat:
            assert isinstance(seat.screen, OverScreen)
            await seat.press("q")
            assert isinstance(seat.screen, LobbyScreen)
            await seat.press("q")
            assert not seat.app.is_running


@pytest.mark.parametrize(
    ("rules", "said"),
    [({}, "An exam"), ({"practice": True}, "A practice exam"), ({"rehearsal": True}, "A rehearsal")],
)
async def test_home_tells_of_an_exam_that_ran_out_until_it_was_seen(
    tmp_path: Path, rules: dict[str, bool], said: str
) -> None:
    """Also where another process has settled it before: one line, and p shows it; then p leads on to a new exam."""
    clock = Clock()
    with library(tmp_path, clock, choice=CHOICE) as opened:
        opened.exams.start(paper(**rules))
        clock.forward(hours=1)
        assert opened.exams.running() is None
        for _ in range(2):  # not seen the first time: nothing is remembered by Home alone
            async with at_home(opened) as seat:
                seat.see(rf"{said} ran out: p shows it\.")
        async with at_home(opened) as seat:
            await seat.press("p")
            seat.see("The exam is over", r"Its time ran out\. 0 of 3 answers were saved")
            await seat.press("q")
            assert isinstance(seat.screen, HomeScreen)
            assert not seat.shows("ran out")
            await seat.press("p")
            assert isinstance(seat.screen, ExamFormScreen)
        async with at_home(opened) as seat:
            assert not seat.shows("ran out")


@pytest.mark.parametrize("seen_in", [ReportScreen, SubmissionScreen])
async def test_an_exam_that_ran_out_is_seen_in_its_report_too(
    tmp_path: Path, seen_in: type[ReportScreen | SubmissionScreen]
) -> None:
    """And in the list of what was handed in; that of an older one tells nothing of the newest."""
    clock = Clock()
    with library(tmp_path, clock, choice=CHOICE) as opened:
        ids = []
        for _ in range(2):
            ids.append(opened.exams.start(paper()))
            clock.forward(hours=1)
            assert opened.exams.running() is None
        async with at_home(opened) as seat:
            for sitting_id, told in ((ids[0], True), (ids[1], False)):
                seat.app.push_screen(seen_in(sitting_id))
                await seat.settle()
                await seat.press("q")
                assert isinstance(seat.screen, HomeScreen)
                assert seat.shows("An exam ran out") is told


async def test_where_it_cannot_be_remembered_it_is_told_again(tmp_path: Path) -> None:
    """A data folder that cannot be written costs a repeated line and nothing else."""
    clock = Clock()
    with library(tmp_path, clock, choice=CHOICE) as opened:
        (opened.places.home / "exam.told").mkdir()
        opened.exams.start(paper())
        clock.forward(hours=1)
        assert opened.exams.running() is None
        async with at_home(opened) as seat:
            await seat.press("p", "q")
            seat.see("An exam ran out: p shows it")


async def test_two_terminals(tmp_path: Path) -> None:
    """Rule 23: a second terminal is refused, or takes over by T; the first then writes nothing, and says so calmly."""
    clock = Clock()
    with library(tmp_path, clock) as opened, library(tmp_path, clock) as other:
        async with sitting(opened, clock) as sat:
            await sat.press("b", "enter")
            await sat.saved()
            async with running(StudyApp(other, start="exam", debug=True), (80, 24)) as second:
                second.see("Another terminal has it open", "T take it over   q quit")
                await second.press("enter")
                assert isinstance(second.screen, RunningScreen)
                await second.press("T")
                await second.until(lambda: isinstance(second.screen, QuestionScreen))
                await second.wait("1 of 3")
                second.see("▸ b  two of alpha", "b is saved and counts")
                await sat.seat.wait("Another terminal has taken this exam over")
                sat.see("Nothing more is written here", "T take it over")
                assert other.exams.take_seat() or not opened.exams.seat_is_free()
                clock.forward(seconds=1)
                await second.press("c", "enter")
                await second.wait("c is saved and counts")
                await sat.seat.press("T")
                await sat.seat.wait("1 of 3")
                sat.see("c is saved and counts")
                await second.wait("Another terminal has taken this exam over")


async def test_taken_over_by_the_command_line(tmp_path: Path) -> None:
    """Rule 23: a request that says so takes over with Enter."""
    clock = Clock()
    with library(tmp_path, clock) as opened, library(tmp_path, clock) as other:
        async with sitting(opened, clock):
            request = ExamRequest(take_over=True)
            async with running(StudyApp(other, start="exam", exam=request, debug=True), (80, 24)) as second:
                second.see("Another terminal has it open", "Enter go on")
                await second.press("enter")
                await second.until(lambda: isinstance(second.screen, QuestionScreen))


ROUTES = (":", "/", "u", "U", "x", "i", "h", "w", "ctrl+p", "f1", "tab", "space", "!", "-", "1")
"""Keys that lead somewhere on other screens."""


async def test_closed_book_in_the_exam(tmp_path: Path) -> None:
    """Rule 10: no key leads to decks, search, edits, simulations or the palette; those that do elsewhere say why."""
    clock = Clock()
    with library(tmp_path, clock, choice=CHOICE, plain=basic_deck(2)) as opened:
        async with sitting(opened, clock) as sat:
            for key in ROUTES:
                screens = list(sat.seat.app.screen_stack)
                await sat.press(key)
                assert sat.seat.app.screen_stack == screens, key
                if key in (":", "/", "u", "U", "x", "i", "h", "w"):
                    sat.see("Closed book: that opens again after the exam")
                    await sat.press("t")
            assert sat.seat.app._closed_book is sat.screen
            for action in ("find", "undo", "redo", "command_palette", "keys"):
                await sat.seat.app.run_action(f"app.{action}")
                await sat.seat.settle()
                assert isinstance(sat.seat.screen, QuestionScreen), action
            sat.seat.app.open_exam()
            sat.seat.app.open_submissions()
            await sat.seat.settle()
            assert isinstance(sat.seat.screen, QuestionScreen)
            assert opened.store.entry_count() == len(opened.store.sitting(sat.session.id))


async def test_closed_book_elsewhere(tmp_path: Path) -> None:
    """Rule 10: an app that was open before the exam began elsewhere shows nothing but that, over whatever it showed."""
    clock = Clock()
    with library(tmp_path, clock, choice=CHOICE) as opened, library(tmp_path, clock) as other:
        async with in_review(other, size=(80, 24)) as seat:
            await seat.press("/")
            seat.see("words of a card")
            opened.exams.start(paper())
            session = opened.exams.resume(opened.store.sittings()[0].id)
            await seat.until(lambda: isinstance(seat.screen, RunningScreen))
            await seat.settle()
            await refuses_all(seat)
            seat.see("Another terminal has it open")
            session.show(0)
            session.finish()
            await session.stored_all(5)
            await session.close()
            opened.exams.leave_seat()
            await seat.until(lambda: isinstance(seat.screen, OverScreen))
            await seat.settle()
            seat.see("It was finished. 0 of 3 answers were saved and count")
            await seat.press("q")
            seat.see("words of a card")
            await seat.press("escape")
            assert isinstance(seat.screen, ReviewScreen)


async def test_an_exam_begun_elsewhere_covers_a_text_that_is_not_saved(tmp_path: Path) -> None:
    """Rule 10 again: no card stays in sight. After the exam the text stands there as it was."""
    clock = Clock()
    with library(tmp_path, clock, choice=CHOICE) as opened, library(tmp_path, clock) as other:
        async with in_review(other, size=(80, 24)) as seat:
            await seat.press("e", "ctrl+end")
            await seat.type("Unsaved words")
            seat.see("Unsaved words")
            opened.exams.start(paper())
            session = opened.exams.resume(opened.store.sittings()[0].id)
            await seat.until(lambda: isinstance(seat.screen, RunningScreen))
            await seat.settle()
            assert not seat.shows("Unsaved words")
            session.show(0)
            session.finish()
            await session.stored_all(5)
            await session.close()
            opened.exams.leave_seat()
            await seat.until(lambda: isinstance(seat.screen, OverScreen))
            await seat.press("q")
            await seat.wait("Unsaved words")


async def refuses_all(seat: Seat) -> None:
    """No key leads away but T and q."""
    for key in (*ROUTES, "?", "a", "n", "enter"):
        screens = list(seat.app.screen_stack)
        await seat.press(key)
        assert seat.app.screen_stack == screens, key
    await seat.press("/")
    seat.see("Closed book: decks, search, edits and simulations open again")


async def test_closed_book_at_the_start(tmp_path: Path) -> None:
    """Rule 10: while an exam runs, `studyapp` and `studyapp study` show that, and no card, not even for a moment."""
    clock = Clock()
    with library(tmp_path, clock, choice=CHOICE) as opened:
        opened.exams.start(paper())
        async with in_review(opened) as seat:
            assert isinstance(seat.screen, RunningScreen)
            assert not any(isinstance(one, ReviewScreen) for one in seat.app.screen_stack)
            await refuses_all_but_enter(seat)
        async with running(StudyApp(opened, debug=True), (80, 24)) as seat:
            assert isinstance(seat.screen, RunningScreen)
            await seat.press("q")
            assert not seat.app.is_running


async def refuses_all_but_enter(seat: Seat) -> None:
    """Enter goes on with the exam; leaving it leaves the app."""
    await seat.press("/", ":")
    assert isinstance(seat.screen, RunningScreen)
    await seat.press("enter")
    await seat.wait("1 of 3")
    await seat.press("q", "l")
    await seat.until(lambda: not seat.app.is_running)
