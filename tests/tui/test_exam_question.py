"""Rules of the question screen: what is picked, saved, struck out and left is read there, by keys and by the mouse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
from textual import events

from studyapp.core.exam.paper import ExamOption
from studyapp.tui.exam_report import ReportScreen
from tests.studying import Clock, library
from tests.tui.exams import paper, question, sitting


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_screen_of_a_question(tmp_path: Path, size: tuple[int, int]) -> None:
    """Which question, how long, prompt, front, options, what is saved, the map and the keys, each in its place."""
    clock = Clock()
    asked = paper(question("alpha", front="A **bold** front with $x^2$."), "beta", "gamma")
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock, asked, size=size) as sat:
            seat = sat.seat
            assert seat.lines[0].startswith(" EXAM · 1 of 3 ")
            assert seat.lines[0].endswith("this question  1:00  ██████████████")
            sat.see(r"\n What is alpha\?", "A bold front with x²", r"\n +a  one of alpha\n +b  two of alpha\n +c  ")
            sat.see(r"─ NOTHING SAVED ─", r"Nothing is picked: a-d picks\. Only a saved answer counts\.")
            sat.see(r"▶··  .*■ saved  □ left blank  ▶ now  · to come")
            for hint in ("a-d pick", "A-D strike out", "Enter save", "g it is a guess", "n next, locks", "? rules"):
                assert hint in seat.text
            assert seat.row("A-D strike") > seat.row("▶··") > seat.row("NOTHING SAVED") > seat.row("d  four of alpha")
            assert all(len(line) <= size[0] for line in seat.lines)


async def test_a_pick_does_not_count_until_it_is_saved(tmp_path: Path) -> None:
    """The box says NOT SAVED, then SAVED; another pick says which one counts, and the last one saved does."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.press("c")
            sat.see(r"▸ c  three", "─ NOT SAVED ─", r"c is picked and does not count yet\. +Enter saves it")
            await sat.press("enter")
            await sat.saved()
            sat.see("c is saved and counts")
            await sat.press("b")
            sat.see("─ NOT SAVED ─", "b is picked and does not count yet; c is saved and counts")
            await sat.press("g")
            sat.see(r"▸ b  two of alpha   a guess")
            await sat.press("enter")
            await sat.saved()
            sat.see("b, a guess, is saved and counts")
            await sat.press("enter")
            sat.see("b is saved already")
            assert [save.option for save in sat.session.sitting.attempts[0].saves] == [2, 1]


async def test_options_are_struck_out_and_taken_back(tmp_path: Path) -> None:
    """Capital letters strike out, in words too; a struck option that is picked is back; arrows pick."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.press("A", "D")
            sat.see(r"- a  one of alpha   struck out", r"- d  four of alpha   struck out")
            await sat.press("A", "d")
            assert not sat.seat.shows("struck out")
            await sat.press("up")
            sat.see("▸ c  three")
            await sat.press("down", "down")
            sat.see("▸ d  four")
            await sat.press("e")
            sat.see(r"There is no such option\.")


async def test_moving_on_asks_before_it_locks(tmp_path: Path) -> None:
    """n goes on at once from a saved answer, and asks where one is picked and not saved, or none is."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock, paper("alpha", "beta", "gamma", "delta")) as sat:
            await sat.press("n")
            sat.see("Nothing is saved. Going on locks question 1 blank", "y go on   Esc stay")
            await sat.press("escape", "b", "n")
            sat.see("b is picked and not saved. Going on locks question 1 without an answer", "Enter save b and go on")
            sat.see("─ NOT SAVED ─")  # what is saved stays in sight while the screen asks
            await sat.press("enter")
            sat.see("2 of 4")
            await sat.seat.wait("■▶··")
            await sat.press("n", "y")
            sat.see("3 of 4", r"■□▶·")
            await sat.press("a", "enter", "n")
            sat.see("4 of 4")
            await sat.seat.wait("■□■▶")
            await sat.press("p")
            sat.see(r"This exam only goes forward\.")
            await sat.press("a", "n")
            sat.see(r"Finish for good\? 2 of 4 are saved, 2 stay blank\. a is picked and not saved\.", "y finish")
            await sat.press("escape", "enter", "n", "y")
            await sat.seat.until(lambda: isinstance(sat.seat.screen, ReportScreen))
            await sat.seat.wait("Report")
            sat.see("1 of 4")


async def test_finishing_early(tmp_path: Path) -> None:
    """q offers to leave while the clock runs on, or to finish, which is asked once more."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.press("q")
            sat.see("The clock runs on when you leave; `studyapp exam` goes on with what is left", "l leave   f finish")
            await sat.press("f")
            sat.see(r"Finish for good\? 0 of 3 are saved, 3 stay blank\.")
            await sat.press("n")
            sat.see(r"Finish for good\?")
            await sat.press("q")
            assert not sat.seat.shows("Finish for good")
            await sat.press("q", "l")
            await sat.seat.until(lambda: not sat.seat.app.is_running)
        running = opened.exams.running()
        assert running is not None
        assert running.finished_at is None


async def test_ctrl_c_asks_first(tmp_path: Path) -> None:
    """One Ctrl+C asks, as q does; two of them leave, and the exam can be gone on with."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.press("ctrl+c")
            sat.see("The clock runs on when you leave")
            assert sat.seat.app.is_running
            await sat.press("ctrl+c")
            await sat.seat.until(lambda: not sat.seat.app.is_running)
        assert opened.exams.seat_is_free()
        assert opened.exams.running() is not None


async def test_the_mouse_does_it_all(tmp_path: Path) -> None:
    """A click picks, saves, goes on and answers; the right button strikes out."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.click("three of alpha")
            sat.see("▸ c  three")
            await sat.click("Enter saves it")
            await sat.saved()
            row, column = sat.seat.row("one of alpha"), sat.seat.lines[sat.seat.row("one of alpha")].index("one")
            sat.clock.forward(seconds=1)
            for kind in (events.MouseDown, events.MouseUp):
                sat.seat.app.post_message(
                    kind(None, column, row, 0, 0, 3, False, False, False, screen_x=column, screen_y=row)
                )
            await sat.seat.settle()
            sat.see("- a  one of alpha   struck out")
            await sat.click("n next, locks")
            sat.see("2 of 3")
            await sat.click("g it is a guess")
            await sat.click("two of beta")
            sat.see("two of beta   a guess")
            await sat.click("t hide the time")
            sat.see("time hidden")
            await sat.click("n next, locks")
            await sat.click("y go on without")
            sat.see("3 of 3")
            await sat.click("q leave or finish")
            await sat.click("f finish now")
            await sat.click("y finish")
            await sat.seat.until(lambda: isinstance(sat.seat.screen, ReportScreen))


async def test_questions_in_any_order(tmp_path: Path) -> None:
    """Where the rules let choose: n and p move, m and the map lead anywhere, and a locked question says so."""
    clock = Clock()
    late = [question(name, seconds=600) for name in ("beta", "gamma")]
    asked = paper("alpha", *late, forward_only=False)
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock, asked) as sat:
            await sat.press("n")
            sat.see("2 of 3", "□▶·", "□ no answer yet")
            await sat.press("p")
            sat.see("1 of 3")
            await sat.press("m", "3")
            sat.see("Go to question 3▏ of 3", "Esc stay")
            await sat.press("backspace", "7", "enter")
            sat.see("There are the questions 1 to 3")
            await sat.press("m", "3", "enter")
            sat.see("3 of 3", "□□▶")
            await sat.click("□□▶")
            sat.see("1 of 3")
            await sat.pass_time(seconds=60)
            sat.see("2 of 3", "Time was up on 1: it stays blank")
            sat.see("×▶□", "□ no answer yet  × time up, blank  ▶ now")
            await sat.press("m", "1", "enter")
            sat.see("2 of 3", "Time was up on 1: it stays blank")
            await sat.press("p")
            sat.see("2 of 3", "There is no open question before this one|Time was up on 1")


async def test_the_map_shows_at_once_what_time_has_locked(tmp_path: Path) -> None:
    """Where the order is free a question that was left open without an answer is locked while another is on the screen;
    one with a saved answer keeps its sign. Where moving on locks there is one sign for both."""
    clock = Clock()
    late = question("gamma", seconds=600)
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock, paper("alpha", "beta", late, forward_only=False)) as sat:
            await sat.press("b", "enter", "n", "n")
            await sat.seat.wait("■□▶")  # the disk may take its time
            sat.see("□ no answer yet  ▶ now")
            await sat.pass_time(seconds=62)
            sat.see("3 of 3", "■×▶", "□ no answer yet  × time up, blank  ▶ now")
        clock.forward(hours=1)
        async with sitting(opened, clock, paper("alpha", late)) as sat:
            await sat.press("n", "y")
            await sat.pass_time(seconds=62)
            sat.see("□▶", "□ left blank")
            assert not sat.seat.shows("×")


@pytest.mark.parametrize("size", [(20, 5), (30, 7), (40, 12)])
async def test_the_smallest_screen_still_says_whether_it_is_saved(tmp_path: Path, size: tuple[int, int]) -> None:
    """Rule 20: the state is always visible; so are the time and the way out."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.seat.resize(*size)
            sat.see("NOTHING SAVED", "1 of 3 .*1:00", "q")
            await sat.press("b")
            sat.see("(?<!NOTHING )NOT SAVED")
            await sat.press("enter")
            await sat.seat.wait("(?m)^ +SAVED *$")
            sat.see("0:5[0-9]")


async def test_a_key_counts_from_when_it_was_received(tmp_path: Path) -> None:
    """Rule 2: a save counts if its key came before the deadline, though it is handled after it; no later one does."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.press("b")
            clock.forward(seconds=59, milliseconds=50)
            early = events.Key("enter", "\r")
            early.time = monotonic() - 1.0
            sat.seat.app.post_message(early)
            await sat.seat.settle()
            saves = sat.session.sitting.attempts[0].saves
            assert [save.option for save in saves] == [1]
            assert 59_000 <= saves[0].at < 60_000
        clock.forward(hours=1)
        async with sitting(opened, clock) as sat:
            await sat.press("b")
            clock.forward(seconds=59, milliseconds=50)
            await sat.seat.press("enter")
            assert sat.session.sitting.attempts[0].saves == ()


async def test_resizing_keeps_everything(tmp_path: Path) -> None:
    """At any size the options are in reach, nothing is wider than the screen, and nothing that was done is lost."""
    clock = Clock()
    long = question("alpha", front="\n\n".join(f"Paragraph {i} of a long front." for i in range(30)), options=6)
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock, paper(long, "beta")) as sat:
            await sat.press("e", "A")
            for columns, rows in ((40, 12), (200, 60), (30, 10), (80, 24)):
                await sat.seat.resize(columns, rows)
                assert len(sat.seat.lines) == rows
                assert all(len(line) <= columns for line in sat.seat.lines)
                sat.see("NOT SAVED", "1 of 2", "Paragraph 0|What is alpha", "▸ e  five|[a-f]  ")
            sat.see("▸ e  five", "- a  one", r"\d+ more lines: PgDn")
            assert not sat.seat.shows("Paragraph 29")
            for _ in range(30):
                await sat.press("pagedown")
            sat.see("Paragraph 29", "▸ e  five")


async def test_hostile_text_is_text(tmp_path: Path) -> None:
    """What a deck says in an exam is shown as it stands, and a click on it picks and does nothing else."""
    hostile = "[@click=app.quit]quit[/] [/x] \x1b]52;c;SE9T\x07\x9b31m\u202e"
    clock = Clock()
    asked = question("alpha", prompt=f"Prompt {hostile}", front=f"Front {hostile}")
    options = (ExamOption(f"first {hostile}"), *asked.options[1:])
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock, paper(replace(asked, options=options)), size=(120, 40)) as sat:
            for before in ("Prompt", "Front", "first"):
                assert f"{before} [@click=app.quit]quit[/] [/x]" in sat.seat.text
            assert not set(sat.seat.text) & {"\x1b", "\x07", "\x9b", "\u202e"}
            for place in ("Prompt .*", "Front .*", "first .*"):
                await sat.click(f"(?<={place.split()[0]} )" + r"\[@click")
                assert sat.seat.app.is_running
            sat.see("▸ a  first")


async def test_the_rules_stand_over_the_question_and_the_clock_runs_on(tmp_path: Path) -> None:
    """? shows keys and rules in its place; Esc or ? lead back; the countdown stays where it is."""
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock, paper(extra_time=1.5), size=(100, 50)) as sat:
            await sat.press("?")
            sat.see("strike an option out", "Only saved answers count", "cannot be paused", "The exam ends in 5:3")
            sat.see(r"Extra time: every limit is 1\.5 times as long", "this question  1:2")
            await sat.press("b", "?")
            sat.see("one of alpha")
            assert sat.session.sitting.attempts[0].picked is None
