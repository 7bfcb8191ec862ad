"""Rules of the keyboard as a whole: every key is listed, none is taken from the terminal, every hint can be clicked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.binding import Binding

from studyapp.tui.app import StudyApp
from studyapp.tui.card_screen import CardScreen
from studyapp.tui.exam_answer import AnswerScreen
from studyapp.tui.exam_form import ExamFormScreen
from studyapp.tui.exam_lobby import LobbyScreen
from studyapp.tui.exam_oral import OralScreen
from studyapp.tui.exam_report import ReportScreen
from studyapp.tui.exam_running import OverScreen, RunningScreen
from studyapp.tui.exam_statistics import ExamStatisticsScreen
from studyapp.tui.exam_submission import SubmissionScreen
from studyapp.tui.exam_submissions import SubmissionsScreen
from studyapp.tui.find import FindScreen
from studyapp.tui.history import HistoryScreen
from studyapp.tui.home import HomeScreen
from studyapp.tui.keys import KeysScreen, key_list
from studyapp.tui.lab import LabScreen
from studyapp.tui.lab_list import LabListScreen
from studyapp.tui.problems import ProblemsScreen
from studyapp.tui.review import ReviewScreen
from studyapp.tui.screen import StudyScreen
from studyapp.tui.summary import SummaryScreen
from tests.studying import Clock, basic_deck, library
from tests.tui.screens import Seat, at_home

SCREENS: tuple[type[StudyScreen], ...] = (
    AnswerScreen,
    CardScreen,
    ExamFormScreen,
    ExamStatisticsScreen,
    FindScreen,
    HistoryScreen,
    HomeScreen,
    LabListScreen,
    LabScreen,
    LobbyScreen,
    OralScreen,
    OverScreen,
    ProblemsScreen,
    ReportScreen,
    ReviewScreen,
    RunningScreen,
    SubmissionScreen,
    SubmissionsScreen,
    SummaryScreen,
)
TAKEN = {"ctrl+b", "ctrl+a", "ctrl+s", "ctrl+q", "ctrl+j"}
"""These belong to tmux, screen and flow control."""


@pytest.mark.parametrize("screen", SCREENS)
def test_every_key_is_listed_and_none_is_taken(screen: type[StudyScreen]) -> None:
    """? says of each key what it does; an action that a key names exists."""
    listed = key_list(screen.__new__(screen)).plain
    for binding in screen.BINDINGS:
        assert isinstance(binding, Binding)
        assert not set(binding.key.split(",")) & TAKEN
        if binding.show:
            assert binding.description in listed
        owner = StudyApp if binding.action.startswith("app.") else screen
        name = binding.action.removeprefix("app.").partition("(")[0]
        assert hasattr(owner, f"action_{name}"), binding
    for everywhere in (":", "/", "u", "Ctrl+C"):
        assert f"\n{everywhere} " in listed


def test_review_has_all_its_verbs() -> None:
    """Space, Enter, w, x, i, h, -, !, u, U, q, digits, letters and r."""
    listed = key_list(ReviewScreen.__new__(ReviewScreen)).plain
    for key in ("Space", "Enter", "w", "x", "i", "h", "-", "!", "u", "U", "q Esc", "a-f", "1-4", "r"):
        assert f"\n{key} " in f"\n{listed}", key


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_list_of_keys_fits_the_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    """? shows it over each screen, whole; Esc, q, ? and Space close it."""
    with library(tmp_path, Clock(), plain=basic_deck(2)) as opened:
        async with at_home(opened, size) as seat:
            for close, then in (("escape", ["enter"]), ("q", ["h"]), ("?", ["q", "q", "x"]), ("space", ["enter"])):
                await keys_are_shown(seat)
                await seat.press(close)
                assert not seat.shows("Esc closes this list")
                await seat.press(*then)
                if close == "?":
                    await seat.wait(r"Lab · \d+ simulations")
            await seat.wait("2 run")
            await keys_are_shown(seat)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_no_word_of_the_list_is_cut(tmp_path: Path, screen: type[StudyScreen], size: tuple[int, int]) -> None:
    """What is too long for its line goes on under itself; what is too much for the screen is scrolled to."""
    wanted = [binding.description for binding in screen.BINDINGS if isinstance(binding, Binding)]
    wanted += [*getattr(screen, "OTHER_KEYS", {}).values(), "Esc closes this list."]
    with library(tmp_path, Clock()) as opened:
        async with at_home(opened, size) as seat:
            seat.app.push_screen(KeysScreen(screen.__new__(screen)))
            await seat.settle()
            seen: list[str] = []
            for _ in range(60):
                seen += [line for line in seat.lines if line not in seen]
                if any("Esc closes" in line for line in seen):
                    break
                await seat.press("down")
    words = " ".join(re.sub("[│▁▂▃▄▅▆▇█]", " ", " ".join(seen)).split())
    if size == (80, 24):
        assert all(what in words for what in wanted), [what for what in wanted if what not in words]
    assert not [word for what in wanted for word in what.split() if word not in words.split()]


async def keys_are_shown(seat: Seat) -> None:
    """From the first key to the last line."""
    first = next(iter(type(seat.screen).BINDINGS))
    assert isinstance(first, Binding)
    await seat.press("?")
    seat.see(first.description, "Ctrl.C +quit at once; everything is saved", "Esc closes this list")


async def test_every_command_is_in_the_palette(tmp_path: Path) -> None:
    """: lists what this screen's keys do, then what works everywhere, each once; Enter does it."""
    with library(tmp_path, Clock(), plain=basic_deck(3)) as opened:
        async with at_home(opened) as seat:
            await seat.press("enter", "space", "3", ":")
            titles = [command.title for command in seat.app.get_system_commands(seat.app.screen_stack[-2])]
            assert len(titles) == len(set(titles))
            assert {"Put the card off until tomorrow", "History of the card", "Undo", "Find", "Quit"} <= set(titles)
            await seat.type("undo")
            await seat.wait("take the last answer or act back")
            await seat.press("enter")
            await seat.wait("Taken back: Good on c0")
            seat.see("Question 0", "1 Again")  # by the session's own undo
            await seat.press(":", *"put the card off")
            await seat.wait("key -")
            await seat.press("enter")
            await seat.wait("Put off until tomorrow: c0")


async def test_every_hint_can_be_clicked(tmp_path: Path) -> None:
    """The hints of Home and Review with an action do by the mouse what their keys do."""
    with library(tmp_path, Clock(), plain=basic_deck(3)) as opened:
        async with at_home(opened) as seat:
            await seat.click(r"\? keys")
            seat.see("Esc closes this list")
            await seat.press("escape")
            await seat.click("/ find")
            seat.see("words of a card")
            await seat.click("Esc back")
            await seat.click("x lab")
            seat.see(r"Lab · [\d of]*simulations")
            await seat.click("q back")
            await seat.click("Enter study everything")
            await seat.click("- not today")
            seat.see("Put off until tomorrow: c0")
            await seat.click("u undo")
            seat.see("Taken back: putting c0 off")
            await seat.click("Space show the answer")
            await seat.click("Space Good")
            seat.see("Question 1")
            await seat.click("q back")
            assert isinstance(seat.screen, HomeScreen)
            await seat.click(": commands")
            await seat.wait("Search for commands")


async def test_quitting(tmp_path: Path) -> None:
    """q on Home ends the app, Ctrl+C everywhere; Ctrl+Q, which flow control takes, does nothing."""
    with library(tmp_path, Clock(), plain=basic_deck(1)) as opened:
        async with at_home(opened) as seat:
            await seat.press("ctrl+q")
            assert seat.app.is_running
            await seat.press("q")
            assert not seat.app.is_running
        async with at_home(opened) as seat:
            await seat.press("enter", "?", "ctrl+c")
            assert not seat.app.is_running
