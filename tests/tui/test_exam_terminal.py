"""An exam in a real pseudo-terminal: its end by hand, by a closed terminal and by a kill, and how fast a save is."""

from __future__ import annotations

import signal
from pathlib import Path
from statistics import median

import pytest

from tests.terminal import Terminal
from tests.test_journeys import studyapp

SAVE_SECONDS = 0.06
"""A key press is to be read as SAVED, on the disk, within so long: the median of many."""


def started(home: Path) -> Terminal:
    """A rehearsal at its first question."""
    terminal = Terminal(studyapp(home, "exam", "--rehearsal"))
    terminal.wait("Enter start")
    terminal.press("enter")
    terminal.wait("y start")
    terminal.press("y")
    terminal.wait("REHEARSAL · 1 of 5")
    return terminal


def resumed(home: Path, saved: str) -> Terminal:
    """The same exam, gone on with in another process."""
    terminal = Terminal(studyapp(home, "exam"))
    terminal.wait(saved)
    terminal.press("enter")
    terminal.wait(r"REHEARSAL · \d of 5")
    return terminal


@pytest.mark.slow
def test_a_closed_terminal_and_a_kill_lose_nothing(tmp_path: Path) -> None:
    """Rules 16 and 21: after SIGHUP, SIGTERM and kill -9 the exam goes on where it was, with what was saved."""
    with started(tmp_path) as terminal:
        terminal.press("b", "enter")
        terminal.wait("─ SAVED ─")
        terminal.press("c")
        terminal.wait("─ NOT SAVED ─")
        terminal.process.send_signal(signal.SIGHUP)
        assert terminal.finish() == -signal.SIGHUP
    with resumed(tmp_path, "1 answer saved and stored") as terminal:
        terminal.wait("▸ c .*")
        terminal.press("enter")
        terminal.wait("c is saved and counts")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.finish() == 0
    with resumed(tmp_path, "1 answer saved and stored") as terminal:
        terminal.wait("─ SAVED ─")
        terminal.kill()
    with resumed(tmp_path, "1 answer saved and stored") as terminal:
        terminal.press("q")
        terminal.wait("l leave")
        terminal.press("f")
        terminal.wait("Finish for good")
        terminal.press("y")
        terminal.wait("Report · Rehearsal")
        terminal.press("q")
        assert terminal.finish() == 0


@pytest.mark.slow
def test_a_save_is_read_at_once(tmp_path: Path) -> None:
    """From the key press to SAVED on the screen, written and synced: the median is at most 60 ms."""
    times = []
    with started(tmp_path) as terminal:
        for letter in "abcabcabcabcabc":
            terminal.press(letter)
            terminal.wait(f"{letter} is picked")
            terminal.settle(0.05)
            terminal.press("enter")
            times.append(terminal.wait(f"{letter} is saved and counts"))
    assert median(times) <= SAVE_SECONDS, times
