"""Rules of "Your submissions": every sitting with its state, each question with when it was saved, used and locked."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from studyapp.core.exam.paper import ExamRules
from studyapp.library import Library
from studyapp.store import SittingRow, Store
from studyapp.tui.app import StudyApp
from studyapp.tui.exam_report import ReportScreen
from studyapp.tui.exam_running import RunningScreen
from studyapp.tui.exam_statistics import ExamStatisticsScreen
from studyapp.tui.exam_submission import SubmissionScreen
from studyapp.tui.exam_submissions import PAGE, SubmissionsScreen
from tests.sitting import LEARNING, close, paper, sit, start
from tests.studying import NOON, Clock, library
from tests.tui.screens import Seat, at_home, running

SIZES = [(80, 24), (120, 40)]


async def submissions(seat: Seat) -> None:
    """Open the list from where one is."""
    seat.app.push_screen(SubmissionsScreen())
    await seat.settle()


def fill(opened: Library, number: int) -> None:
    """Put so many finished sittings into the list alone, a minute apart."""
    rows = []
    for one in range(number):
        started = (NOON + timedelta(minutes=one)).isoformat()
        told = {"id": f"s{one:05}", "started": started, "title": f"Exam {one}", "questions": 24, "end": 60_000}
        told |= {"finished_at": 9, "saved": 9, "right": one % 25}
        rows.append((told["id"], started, True, True, json.dumps(told)))
    cache = opened.store._log.connection
    cache.exec_driver_sql(
        "INSERT INTO cache.sitting (id, started, finished, released, content) VALUES (?, ?, ?, ?, ?)", rows
    )


@pytest.mark.parametrize("size", SIZES)
async def test_every_sitting_with_its_state(tmp_path: Path, size: tuple[int, int]) -> None:
    """Rule 12: newest first, each with what it was, its state and its score; an expired one is told apart.

    Rule 14: one whose results wait says until when, above the list too, and shows how many were saved, not how many
    right.
    """
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        await sit(opened, clock, "right", "wrong", "right", "right")
        clock.forward(hours=1)
        await sit(opened, clock, "right", "right", "right", "timed out", rules=ExamRules(practice=True))
        clock.forward(hours=1)
        await sit(opened, clock, "right", "blank", "right", "right", ends=timedelta(minutes=30))
        until = f"{(clock.now - timedelta(seconds=44) + timedelta(minutes=30)).astimezone():%H:%M}"
        async with at_home(opened, size) as seat:
            await submissions(seat)
            seat.see("Your submissions · 3 sittings", r"Started +Exam +State +Score")
            seat.see(f"Finished. Results at {until}; stay reachable until then")
            seat.see(rf"▸Mon 2 Mar \d\d:\d\d +Exam +results {until} +3 of 4 saved")
            seat.see(r" Mon 2 Mar \d\d:\d\d +Exam · practice +expired +3 of 4  75 %")
            seat.see(r" Mon 2 Mar \d\d:\d\d +Exam +finished +3 of 4  75 %")
            assert seat.row("results") < seat.row("expired") < seat.row(r"finished  ")
            await seat.press("enter")
            seat.see(f"Finished. Results at {until}; stay reachable until then")
            assert not seat.shows("✓|✗|75 %")
            await seat.press("enter")
            seat.see("Results wait for the official end")
            assert isinstance(seat.screen, SubmissionScreen)
            await seat.press("q")
            clock.forward(minutes=30)
            assert isinstance(seat.screen, SubmissionsScreen)
            seat.screen._look()
            await seat.settle()
            seat.see(r"▸.* finished +3 of 4  75 %")
            assert not seat.shows("stay reachable")


@pytest.mark.parametrize("size", SIZES)
async def test_what_was_handed_in(tmp_path: Path, size: tuple[int, int]) -> None:
    """Rule 12: each question's answer, when it was saved, the time it took, and what locked it; from there the report.

    Rule 3: what was picked and never saved is shown as that.
    """
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        await sit(opened, clock, "right changed", "timed out", "wrong picked", "right guess")
        async with at_home(opened, size) as seat:
            await submissions(seat)
            await seat.press("enter")
            started = NOON.astimezone()
            saved_at = [f"{started + timedelta(seconds=passed):%H:%M:%S}" for passed in (15, 98)]
            seat.see("Handed in · Exam · Mon 2 Mar", "2 of 4 questions saved", "forward only")
            seat.see(rf"▸ 1  .+ [a-c] +{saved_at[0]} +0:16 of 1:00 +you moved on")
            seat.see(r" 2  .+ timed out +- +1:00 of 1:00 +its time was up")
            seat.see(r" 3  .+ [a-c] not saved +- +0:11 of 1:00 +you moved on")
            seat.see(rf" 4  .+ [a-c], a guess +{saved_at[1]} +0:11 of 1:00 +you finished")
            await seat.press("enter")
            assert isinstance(seat.screen, ReportScreen)
            seat.see("2 of 4   50 %")
            await seat.press("d", "enter")
            assert isinstance(seat.screen, ReportScreen)
            await seat.press("q", "q", "q")
            seat.see("studyapp")


async def test_a_running_exam_is_resumed(tmp_path: Path) -> None:
    """Rule 12: from its row one goes on with it; its questions are not shown in the list of what was handed in."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        session = start(opened, clock, await paper(opened))
        session.show(0)
        session.pick(0)
        session.save()
        await close(opened, session)
        async with running(StudyApp(opened, debug=True), (80, 24)) as seat:
            await seat.wait("An exam is running")
            seat.app.push_screen(SubmissionScreen(session.id))
            await seat.settle()
            seat.see("Running: the time does not stop", r" 1  - +a +\d\d:\d\d:\d\d +0:00 of 1:00 +open")
            seat.see(r" 2  - +- +- +- +to come", "Enter resume it")
            assert not seat.shows("Glorot|momentum|ReLU|Adam")
            await seat.press("q")
            await submissions(seat)
            seat.see("▸.* running", "Enter resume it")
            await seat.press("enter")
            assert isinstance(seat.screen, RunningScreen)


async def test_unreached_questions_stay_hidden_while_results_wait(tmp_path: Path) -> None:
    """Rule 14: a question that nobody was shown is not shown by its row either, before the official end."""
    clock = Clock()
    with library(tmp_path, clock, a=LEARNING) as opened:
        sitting = await sit(opened, clock, "right", "blank", "right", "not reached", ends=timedelta(minutes=30))
        async with at_home(opened) as seat:
            seat.app.push_screen(SubmissionScreen(sitting))
            await seat.settle()
            seat.see(r" 4  - +- +- +- +not reached", r" 2  \w.* left blank +- +0:11 of 1:00 +you moved on")


async def test_without_any_exam(tmp_path: Path) -> None:
    """The list says what it will hold, and no key leads astray."""
    with library(tmp_path, Clock(), a=LEARNING) as opened:
        async with at_home(opened) as seat:
            await submissions(seat)
            seat.see("No exam was sat yet", "is listed here from its start on")
            await seat.press("down", "end", "enter", "pagedown", "u")
            assert isinstance(seat.screen, SubmissionsScreen)
            await seat.press("s")
            assert isinstance(seat.screen, ExamStatisticsScreen)
            await seat.press("q", "q")
            seat.see("studyapp")


async def test_ten_thousand_sittings_cost_no_more_than_a_screenful(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only pages that come into view are read from the store, wherever one goes in the list."""
    read: list[tuple[int | None, int]] = []
    original = Store.sittings

    def recorded(store: Store, *, limit: int | None = None, offset: int = 0) -> list[SittingRow]:
        read.append((limit, offset))
        return original(store, limit=limit, offset=offset)

    monkeypatch.setattr(Store, "sittings", recorded)
    with library(tmp_path, Clock(), a=LEARNING) as opened:
        fill(opened, 10_000)
        async with at_home(opened) as seat:
            read.clear()
            await submissions(seat)
            seat.see("10 000 sittings", "▸.*Exam 9999", "Exam 9998")
            assert read == [(PAGE, 0)]
            await seat.press("end")
            seat.see(r"▸.*Exam 0 ", "Exam 1 ")
            await seat.press("home", "pagedown", "pagedown", "pageup", "down", "k", "j")
            seat.see("▸.*Exam 99")
            assert all(limit == PAGE for limit, _ in read)
            assert len(read) <= 3


def test_the_store_reads_sittings_by_pages(tmp_path: Path) -> None:
    """So many after so many others, newest first, without gaps; and it knows how many there are."""
    with library(tmp_path, Clock(), a=LEARNING) as opened:
        assert opened.store.sitting_count() == 0
        fill(opened, 10)
        store = opened.store
        assert store.sitting_count() == 10
        pages = [row.id for offset in (0, 4, 8, 12) for row in store.sittings(limit=4, offset=offset)]
        assert pages == [row.id for row in store.sittings()] == [f"s{one:05}" for one in reversed(range(10))]
