"""Rules of time on the question screen: the countdown, warnings in words, and what expiry does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from studyapp.tui.exam_report import ReportScreen
from studyapp.tui.exam_running import OverScreen
from studyapp.tui.exam_submissions import SubmissionsScreen
from studyapp.tui.exam_text import clock as shown
from studyapp.tui.exam_text import gauge
from tests.studying import Clock, library
from tests.tui.exams import paper, question, sitting


def test_what_is_left_is_rounded_up() -> None:
    """The last second is shown as 0:01, and 0:00 only once nothing is left; the bar is empty only then."""
    assert [shown(left) for left in (60_000, 59_999, 59_000, 1, 0, -5)] == [
        "1:00",
        "1:00",
        "0:59",
        "0:01",
        "0:00",
        "0:00",
    ]
    assert gauge(60_000, 60_000) == "█" * 14
    assert gauge(30_000, 60_000) == "█" * 7 + "░" * 7
    assert gauge(1, 60_000) == "▒" + "░" * 13
    assert gauge(0, 60_000) == "░" * 14


async def test_the_countdown_says_what_binds(tmp_path: Path) -> None:
    """Rules 15 and 18: what is shown is the nearer deadline minus now, and whether the question or the exam sets it."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock, minutes=1.5) as sat:
            sat.see("this question  1:00  █{14}")
            await sat.pass_time(seconds=30)
            sat.see("this question  0:30  █{7}░{7}")
            await sat.pass_time(seconds=15)
            await sat.press("b", "enter", "n")
            sat.see("2 of 3", "the exam  0:42")
            for _ in range(7):
                sat.screen._tick()
            sat.see("the exam  0:42")


async def test_warnings_in_words_and_a_hidden_countdown(tmp_path: Path) -> None:
    """Rule 28: t hides the countdown; at 30 and at 10 seconds words say what is left, and what to do about it."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock, paper("alpha", question("beta", seconds=20.0), "gamma")) as sat:
            await sat.press("t")
            assert sat.seat.lines[0].endswith("time hidden, t shows it")
            assert not sat.seat.shows(r"\d:\d\d|█|░")
            await sat.pass_time(seconds=28)
            assert not sat.seat.shows("seconds left")
            await sat.pass_time(seconds=1)
            sat.see(r"Less than 30 seconds left\.")
            await sat.pass_time(seconds=20)
            sat.see("Less than 10 seconds left: pick one, a wrong answer costs nothing")
            await sat.press("b")
            sat.see("Less than 10 seconds left: b is not saved. Enter saves it")
            await sat.press("enter")
            sat.see("Less than 10 seconds left; b is saved")
            await sat.press("t")
            sat.see("this question  0:0")
            await sat.press("n")
            assert not sat.seat.shows("seconds left")  # 20 seconds are all it has
            await sat.pass_time(seconds=12)
            sat.see("Less than 10 seconds left")


@pytest.mark.parametrize("keys", [(), ("n",), ("q",), ("q", "f"), ("?",)])
async def test_expiry_never_traps(tmp_path: Path, keys: tuple[str, ...]) -> None:
    """Rule 26: whatever is asked or read, the countdown goes on, closes it by itself, and moves on with a notice."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.press("c", *keys)
            await sat.pass_time(seconds=30)
            sat.see(f"this question  0:{30 - 1 - len(keys)}")
            await sat.pass_time(seconds=30)
            sat.see(
                "2 of 3", "Time was up on 1: c was picked and not saved, it does not count", "two of beta", "A-D strike"
            )
            await sat.press("b", "enter")
            sat.see("Time was up on 1")  # a key that was under way does not hide it, and answers nothing unread
            assert sat.session.sitting.attempts[1].picked is None
            sat.screen._unread_until = 0.0
            await sat.press("b")
            sat.see("▸ b  two of beta")
            assert sat.session.sitting.attempts[0].saves == ()


async def test_the_notice_says_what_counts(tmp_path: Path) -> None:
    """Rule 26: after the time was up it is said whether a saved answer counts, or the question stays blank."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.press("c", "enter", "d")
            await sat.pass_time(seconds=60)
            sat.see("Time was up on 1: d was picked and not saved, it does not count; c is saved and does")
            await sat.pass_time(seconds=61)
            sat.see("Time was up on 2: it stays blank")


async def test_the_last_expiry_finishes(tmp_path: Path) -> None:
    """Rule 26: when the time of the last question is up, the exam is finished and stored, and its report one key away:
    not one that was just pressed to answer."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock, paper("alpha")) as sat:
            await sat.press("b", "enter", "n")
            sat.see("Finish for good")
            await sat.saved()
            await sat.pass_time(seconds=60)
            await sat.seat.until(lambda: isinstance(sat.seat.screen, OverScreen))
            await sat.seat.press("b", "enter", "enter")
            assert isinstance(sat.seat.screen, OverScreen)
            await sat.seat.press("space")
            await sat.seat.until(lambda: isinstance(sat.seat.screen, ReportScreen))
            assert opened.exams.running() is None
            assert opened.exams.seat_is_free()
            row = opened.store.sittings()[0]
            assert (row.finished_at, row.expired, row.right) == (60_000, True, 1)


async def test_results_wait_for_the_official_end(tmp_path: Path) -> None:
    """Rule 14: an exam with an official end that is finished earlier leads to the list, where its results wait."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock, paper("alpha"), ends=clock.now + timedelta(hours=1)) as sat:
            await sat.press("?")
            await sat.press("pagedown")
            sat.see("Stay reachable until")
            await sat.press("?", "n", "y")
            await sat.seat.until(lambda: isinstance(sat.seat.screen, SubmissionsScreen))


async def test_the_email_item(tmp_path: Path) -> None:
    """Rule 9: where so ruled the first item asks for an e-mail address: no clock, may stay empty, kept nowhere."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock, paper(email=True)) as sat:
            sat.see("before question 1", "e-mail address", "the exam  3:45", "NOT STARTED")
            assert sat.seat.typing
            await sat.pass_time(seconds=65)
            sat.see("before question 1")
            await sat.seat.type("qu/it: u@x.?")
            sat.see("qu/it: u@x.?")
            await sat.press("escape")
            sat.see("The clock runs on when you leave")
            await sat.press("escape", "enter")
            sat.see("1 of 3", "this question  1:00")
            assert not sat.seat.typing
            await sat.seat.wait("NOTHING SAVED")
        for file in opened.places.home.rglob("*"):
            assert not file.is_file() or b"u@x" not in file.read_bytes()
        kept = opened.exams.load(opened.store.sittings()[0].id)
        assert kept.sitting.emailed is True
        clock.forward(hours=1)
        async with sitting(opened, clock, paper(email=True)) as sat:
            await sat.click("Enter go on")
            sat.see("1 of 3")
            assert sat.session.sitting.emailed is False
