"""Rules of a disk that is full or may not be written: one line, nothing lost, and the session goes on afterwards."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from studyapp.library import Library
from studyapp.model import Answered
from tests.studying import Clock, basic_deck, library
from tests.tui.samples import CHOICE
from tests.tui.screens import at_home, in_review


@contextmanager
def full_disk(home: Path) -> Iterator[None]:
    """No file of this process may grow beyond what the log takes now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(file.stat().st_size for file in home.glob("log.db*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def answered(opened: Library) -> list[str]:
    """The cards answered, oldest first."""
    events = [row.entry.event for row in opened.store.entries(newest_first=False)]
    return [event.card for event in events if isinstance(event, Answered)]


async def test_a_full_disk_grades_nothing(tmp_path: Path) -> None:
    """No answer is shown as graded that is not on the disk; with room again, the same key works."""
    with library(tmp_path, Clock(), choice=CHOICE, plain=basic_deck(3)) as opened:
        async with in_review(opened) as seat:
            await seat.press("a", "space")
            seat.see("your answer")
            await seat.press("space", "space")
            with full_disk(opened.places.home):
                await seat.press("3")
                seat.see(
                    "home: the disk could not be read or written, nothing was changed; see that it is neither full"
                )
                seat.see("The long answer", "1 Again")
                card = seat.review.session.card.id
                assert card not in answered(opened)
            await seat.press("3")
            assert answered(opened)[-1] == card
        assert opened.store.integrity() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_read_only_folder_is_said(tmp_path: Path) -> None:
    """Settings that cannot be kept, as any other write."""
    with library(tmp_path, Clock(), plain=basic_deck(3)) as opened:
        async with at_home(opened) as seat:
            opened.places.home.chmod(0o500)
            await seat.press("+")
            opened.places.home.chmod(0o700)
            seat.see("settings.toml: .*not saved|settings.toml")


async def test_settings_that_cannot_be_kept(tmp_path: Path) -> None:
    """The line says so, and the minutes are what they were."""
    with library(tmp_path, Clock(), plain=basic_deck(3)) as opened:
        async with at_home(opened) as seat:
            opened.places.settings.mkdir()
            await seat.press("+")
            seat.see("not saved|could not be written")
            opened.places.settings.rmdir()
            await seat.press("u")
            seat.see("There is nothing to take back")
            await seat.press("enter", "q")
            seat.see("· 10 min")
