"""Rules of the way into an exam: the form, making the paper, and the lobby, in which nothing counts yet."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from studyapp.exams import Exams, Made
from studyapp.library import Library
from studyapp.presets import ExamPlan, ExamRequest
from studyapp.tui.app import StudyApp
from studyapp.tui.exam_form import ExamFormScreen
from studyapp.tui.exam_lobby import LobbyScreen
from studyapp.tui.exam_question import QuestionScreen
from studyapp.tui.exam_report import ReportScreen
from studyapp.tui.exam_submissions import SubmissionsScreen
from studyapp.tui.home import HomeScreen
from tests.studying import CHOICE, Clock, library
from tests.tui.exams import paper
from tests.tui.screens import at_home, running
from tests.tui.test_any_size import resized

MANY = "# Many\n\n" + "\n".join(
    f"## Which one, {i}? {{#many{i}}}\n\n- [x] right {i}\n- [ ] wrong {i}\n- [ ] other {i}\n" for i in range(30)
)


def asks(library: Library, **plan: Any) -> StudyApp:
    """`studyapp exam` with these choices."""
    return StudyApp(library, start="exam", exam=ExamRequest(ExamPlan(**plan), seed=1), debug=True)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_lobby_says_everything_first(tmp_path: Path, size: tuple[int, int]) -> None:
    """Rule 32: number, limits, end and rules in plain sentences, that nothing pauses it, and what is not blocked."""
    with library(tmp_path, Clock(), many=MANY) as opened:
        async with running(asks(opened, name="course", questions=12, practice=True), size) as seat:
            seat.see("PRACTICE EXAM · nothing counts before you start it", "All decks · 12 questions")
            seat.see(r"60 s for each question\. The exam ends 15:00 after its start: now that would be at \d\d:15\.")
            seat.see(
                "single best answer. Only saved answers count", "A wrong answer costs nothing", "only goes forward"
            )
            seat.see("never stops. When its time is up, it is locked", "cannot be paused", "Closed book: decks, search")
            seat.see("Other programs cannot be blocked from here; that is up to you", "out of the statistics")
            seat.see("Enter start   r rehearse, 2 minutes")
            assert not seat.shows("Same paper")
            assert opened.store.sittings() == []


async def test_rules_that_the_plan_adds(tmp_path: Path) -> None:
    """Rules 9, 13, 14 and 27: e-mail item, oral questions, official end and extra time are said where they hold."""
    clock = Clock()
    with library(tmp_path, clock, many=MANY) as opened:
        ends = clock.now + timedelta(hours=2)
        plan = ExamPlan(questions=4, email=True, oral=2, extra_time=1.25, forward_only=False)
        app = StudyApp(opened, start="exam", exam=ExamRequest(plan, ends=ends), debug=True)
        async with running(app, (80, 30)) as seat:
            seat.see("75 s for each question", f"The exam ends at {ends.astimezone():%H:%M}, whenever it is started")
            seat.see("e-mail address. What you type is kept nowhere", "2 questions are to be explained in words")
            seat.see(r"Extra time: every limit is 1\.25 times as long\. This is recorded\.")
            seat.see(f"Stay reachable until {ends.astimezone():%H:%M}", "You may go back to a question")
            clock.forward(hours=3)
            await seat.press("enter", "y")
            await seat.wait("the official end, .* has passed")
            assert opened.store.sittings() == []


async def test_nothing_counts_before_the_start(tmp_path: Path) -> None:
    """Rule 32: Enter asks once more; n and q leave no trace; y starts, and from then on the clock runs."""
    clock = Clock()
    with library(tmp_path, clock, many=MANY) as opened:
        async with running(asks(opened, questions=3), (80, 24)) as seat:
            await seat.press("enter")
            seat.see("Start now. The clock starts at once, and nothing stops it before the end", "y start   n not yet")
            clock.forward(minutes=30)
            await seat.press("n")
            assert isinstance(seat.screen, LobbyScreen)
            assert opened.store.entry_count() == 0
            await seat.click("Enter start")
            await seat.click("y start")
            await seat.wait("1 of 3")
            seat.see("this question  1:00")
            assert opened.exams.running() is not None


async def test_making_the_paper_shows_progress_and_can_be_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bar says how far it is; q stops it and leads back; nothing was started."""
    stopped: list[bool] = []

    async def slow(_: Exams, *_given: object, progress: Any, **_named: object) -> Made:
        try:
            for done in range(1, 24):
                progress(done, 24)
                await asyncio.sleep(0.5 if done == 6 else 0.0)
                if done == 6:
                    await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.append(True)
            raise
        raise AssertionError

    monkeypatch.setattr(Exams, "make", slow)
    with library(tmp_path, Clock(), many=MANY) as opened:
        async with at_home(opened) as seat:
            seat.app.open_exam(ExamPlan())
            await seat.wait("6 of 24")
            seat.see("the paper is being made", r"█{10}░{30}  6 of 24", "no simulation runs during the exam", "q stop")
            await seat.press("q")
            assert isinstance(seat.screen, HomeScreen)
            await seat.until(lambda: stopped == [True])
            assert opened.store.entry_count() == 0


async def test_what_cannot_be_made_is_said(tmp_path: Path) -> None:
    """Too few questions, a deck that does not exist: one line on what to do instead, and back."""
    with library(tmp_path, Clock(), choice=CHOICE) as opened:
        async with running(asks(opened, questions=5), (80, 24)) as seat:
            await seat.wait("This exam cannot be made")
            seat.see("there are 1 questions to choose from, not 5; ask fewer, or name more decks", "q back")
            await seat.press("enter")
            assert isinstance(seat.screen, LobbyScreen)
        async with running(asks(opened, questions=1, decks=("[red]nowhere",)), (80, 24)) as seat:
            await seat.wait(r"'\[red\]nowhere' names no deck")


async def test_no_worker_runs_beside_an_exam(tmp_path: Path) -> None:
    """Rule 30: the worker process is ended when the exam starts; simulations work again after it."""
    with library(tmp_path, Clock(), many=MANY) as opened:
        laboratory = opened.laboratory
        await laboratory._worker.warm()
        assert laboratory._worker.pid is not None
        async with running(asks(opened, questions=1), (80, 24)) as seat:
            await seat.wait("Enter start")
            await seat.press("enter", "y")
            await seat.wait("1 of 1")
            assert laboratory._worker.pid is None
            assert opened.laboratory is not laboratory


async def test_the_rehearsal_is_offered_and_leads_back(tmp_path: Path) -> None:
    """Rule 11: r rehearses on the same screen, each question with its own note; afterwards the paper still waits."""
    clock = Clock()
    with library(tmp_path, clock, many=MANY) as opened:
        async with running(asks(opened, questions=3), (80, 24)) as seat:
            await seat.wait("r rehearse")
            await seat.press("r")
            seat.see("REHEARSAL · nothing counts", "Rehearsal · 5 questions", "20 s for each", "it counts nowhere")
            assert not seat.shows("r rehearse")
            await seat.press("enter", "y")
            await seat.wait("REHEARSAL · 1 of 5")
            seat.see("Rehearsal  Watch the box below: NOT SAVED becomes SAVED")
            clock.forward(seconds=1)
            await seat.press("a", "enter", "n")
            seat.see("REHEARSAL · 2 of 5", "Rehearsal  An answer that was saved can be replaced")
            clock.forward(seconds=1)
            await seat.press("q", "f", "y")
            await seat.until(lambda: isinstance(seat.screen, ReportScreen))
            await seat.settle()
            await seat.press("q")
            seat.see("All decks · 3 questions", "Enter start")
            assert isinstance(seat.screen, LobbyScreen)


async def test_the_form(tmp_path: Path) -> None:
    """p on Home: a preset is proposed; lines are changed by arrows, digits and clicks; Enter makes the paper."""
    with library(tmp_path, Clock(), many=MANY, choice=CHOICE) as opened:
        async with at_home(opened) as seat:
            await seat.press("p")
            assert isinstance(seat.screen, ExamFormScreen)
            seat.see(
                r"▸ Rules +‹ course · Deep learning, course rules ›",
                "Questions +24",
                "Extra time +none",
                "Practice +no",
            )
            seat.see(r"A question +60 s on a concept, 120 s on a computed answer", r"\[ \] Many", r"\[ \] Choice")
            await seat.press("down", "1", "9", "backspace", "2")
            seat.see("▸ Questions +‹ 12▏ ›")
            await seat.press("down", "right", "right")
            seat.see("Questions +12", "▸ A question +‹ 70 s ›")
            await seat.press("0", "down", "2", "0", "down", "right")
            seat.see("A question +60 s on a concept", "In all +20 min", "▸ Extra time +‹ × 1.25 ›", "Rules +your own")
            await seat.press("down", "space", "down", "space", *["down"] * 6, "down", "space")
            seat.see("Only forward +no", "Practice +yes", r"▸ \[x\] Many", "Decks +1 deck")
            await seat.click(r"Questions")
            await seat.click("›")
            seat.see("▸ Questions +‹ 13 ›")
            await seat.press("9", "9", "9", "enter")
            seat.see("Questions: 999 does not fit; give 1 to 500", "▸ Questions +‹ 13 ›")
            await seat.press("enter")
            await seat.wait("Enter start")
            seat.see("PRACTICE EXAM", "Many · 13 questions", "75 s for each question. The exam ends 25:00 after")
            await seat.press("q")
            seat.see("Questions +13", r"\[x\] Many")  # back in the form, as it was
            await seat.press("q")
            assert isinstance(seat.screen, HomeScreen)


PARTS = """# Parts

# Losses

## What does the Gaussian likelihood give? {#squares .week1}

- [x] squared errors
- [ ] absolute ones

# Initialisation

## What does Glorot keep? {#glorot .week2}

- [x] the variance
- [ ] the mean
"""


async def test_part_tag_and_seed_are_chosen_in_the_form(tmp_path: Path) -> None:
    """Arrows go through the parts and tags of the chosen decks; a typed seed makes the same paper; q leads back to all
    of it."""
    with library(tmp_path, Clock(), many=MANY, parts=PARTS) as opened:
        async with at_home(opened, (80, 30)) as seat:
            await seat.press("p", "down", "1", *["down"] * 8)
            seat.see("▸ Seed +‹ drawn anew ›", "Without a figure one is drawn", "Part +any", "Tag +any")
            await seat.press("right", "right", "left")
            seat.see("▸ Seed +‹ 1 ›")
            await seat.press("left")
            seat.see("▸ Seed +‹ drawn anew ›")
            await seat.press(*"12345678901", "down")
            seat.see("Seed +12345678901", "▸ Part +‹ any ›", "Only questions of one part")
            await seat.press("right", "right")
            seat.see("▸ Part +‹ Initialisation ›", "Rules +your own")
            await seat.press("right")
            seat.see("▸ Part +‹ any ›")
            await seat.press("left", "down", "left")
            seat.see("Part +Initialisation", "▸ Tag +‹ week2 ›")
            await seat.press("enter")
            await seat.wait("Enter start")
            lobby = seat.screen
            assert isinstance(lobby, LobbyScreen)
            assert lobby._paper is not None
            assert (lobby._paper.seed, [one.card for one in lobby._paper.questions]) == (12345678901, ["glorot"])
            await seat.press("q")
            seat.see("Seed +12345678901", "Part +Initialisation", "Tag +week2", "Questions +1")
            await seat.press("down", "1", ".", "5", "enter")
            seat.see("Questions: 1.5 does not fit; give 1 to 500")


async def test_only_parts_and_tags_of_the_chosen_decks_are_offered(tmp_path: Path) -> None:
    """With a deck that has none, nothing but "any" is left; a part that is gone with its deck is named in the lobby."""
    with library(tmp_path, Clock(), many=MANY, parts=PARTS) as opened:
        async with at_home(opened, (80, 30)) as seat:
            await seat.press("p", "down", "1", *["down"] * 9, "right", "down", "down", "space")
            seat.see("Part +Losses", r"▸ \[x\] Many")
            await seat.press("enter")
            await seat.wait("no question in these decks has the part 'Losses'; there are no parts")
            await seat.press("q", *["up"] * 4, "right")
            seat.see("▸ Part +‹ any ›")


@pytest.mark.parametrize("size", [(40, 12), (20, 5), (80, 24)])
async def test_the_line_in_hand_stays_in_sight(tmp_path: Path, size: tuple[int, int]) -> None:
    """However small the screen is, and whichever way one came to it."""
    with library(tmp_path, Clock(), many=MANY, choice=CHOICE) as opened:
        async with at_home(opened) as seat:
            await seat.press("p")
            await seat.resize(*size)
            form = seat.screen
            assert isinstance(form, ExamFormScreen)
            for key in [*["down"] * 16, *["up"] * 5]:
                row = form._rows[form._row]
                sign = r"\[ \] " if row.deck else ""
                seat.see(rf"▸ {sign}{row.label[:8]}")
                await seat.press(key)
            seat.see("q")


async def test_presets_of_the_learners_own(tmp_path: Path) -> None:
    """A file in the folder exams is one more choice; one that cannot be used is named."""
    with library(tmp_path, Clock(), many=MANY) as opened:
        folder = opened.places.home / "exams"
        folder.mkdir()
        (folder / "weekly.toml").write_text('title = "Week [by] week"\nquestions = 7\nseconds = 40\npractice = true\n')
        (folder / "broken.toml").write_text("questons = 7\n")
        async with at_home(opened) as seat:
            await seat.press("p")
            seat.see(r"broken\.toml", "questons")
            assert not seat.shows("more cannot be used")
            (folder / "worse.toml").write_text("questions = 0\n")
            (folder / "worst.toml").write_text("seconds = 0\n")
            await seat.press("q", "p")
            seat.see(r"broken\.toml", "2 more cannot be used")
            await seat.press("right")
            seat.see(r"‹ weekly · Week \[by\] week ›", "Questions +7", "A question +40 s", "Practice +yes")


async def test_submissions_and_rehearsal_from_the_form(tmp_path: Path) -> None:
    """Rule 12: s lists the sittings; r leads to the rehearsal; both lead back to the form."""
    with library(tmp_path, Clock(), many=MANY) as opened:
        async with at_home(opened) as seat:
            await seat.press("p", "s")
            assert isinstance(seat.screen, SubmissionsScreen)
            await seat.press("q", "r")
            seat.see("Rehearsal · 5 questions")
            await seat.press("q")
            assert isinstance(seat.screen, ExamFormScreen)


@pytest.mark.slow
async def test_at_any_size(tmp_path: Path) -> None:
    """Form, lobby, the question before the start and a running exam follow the size; a low lobby scrolls."""
    with library(tmp_path, Clock(), many=MANY) as opened:
        async with at_home(opened) as seat:
            await seat.press("p")
            await resized(seat)
            await seat.press("enter")
            await seat.wait("Enter start")
            await resized(seat)
            await seat.resize(80, 16)
            seat.see("↑↓ scroll")
            assert not seat.shows("explained in words")
            await seat.press(*["down"] * 8)
            seat.see("explained in words")
            await seat.press("enter")
            await resized(seat)
        opened.exams.start(paper())
        async with running(StudyApp(opened, debug=True), (80, 24)) as seat:
            await resized(seat)


async def test_home_tells_of_the_latest_result(tmp_path: Path) -> None:
    """Home's last line has the newest result with its weekday; rehearsals and results that wait are left out."""
    clock = Clock()
    with library(tmp_path, clock, many=MANY) as opened:
        for asked, ends in (
            (paper(practice=True), None),
            (paper(rehearsal=True), None),
            (paper(), clock.now + timedelta(hours=9)),
        ):
            session = opened.exams.resume(opened.exams.start(asked, ends=ends))
            session.show(0)
            session.pick(1)
            session.save()
            session.finish()
            await session.stored_all(5)
            await session.close()
            opened.exams.leave_seat()
            clock.forward(minutes=1)
        async with at_home(opened) as seat:
            seat.see("Lately  practice exam: 1 of 3, Mon", "p exam")


async def test_an_exam_from_home_leads_back_home(tmp_path: Path) -> None:
    """Form, lobby, question, report: each takes the place of the one before, and q on the report is Home again."""
    with library(tmp_path, Clock(), many=MANY) as opened:
        async with at_home(opened) as seat:
            await seat.press("p", "down", "2", "enter")
            await seat.wait("Enter start")
            await seat.press("enter", "y")
            await seat.wait("e-mail address")
            await seat.press("enter")
            await seat.wait("1 of 2")
            assert isinstance(seat.screen, QuestionScreen)
            await seat.press("q", "f", "y")
            await seat.until(lambda: isinstance(seat.screen, ReportScreen))
            await seat.settle()
            await seat.press("q")
            assert isinstance(seat.screen, HomeScreen)
            seat.see("Lately  exam: 0 of 2")
