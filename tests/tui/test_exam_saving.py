"""Rules of what is saved: the screen says in words whether an answer is received, stored, or in trouble."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from studyapp.store import Store, StoreError
from studyapp.tui.exam_report import ReportScreen
from tests.studying import Clock, library
from tests.tui.exams import paper, sitting


class Disk:
    """Stands before `Store.sit`: lets it through, holds it up, or has no room."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free, self.full = threading.Event(), False
        self.free.set()
        self._sit = Store.sit
        monkeypatch.setattr(Store, "sit", lambda *given, **named: self.sit(*given, **named))

    def sit(self, *given: Any, **named: Any) -> Any:
        """Write, when there is room."""
        assert self.free.wait(20)
        if self.full:
            raise StoreError("no space left on the disk")
        return self._sit(*given, **named)


async def test_received_and_not_yet_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules 2 and 19: until the disk has it, the box says received and never SAVED, and the screen goes on."""
    clock, disk = Clock(), Disk(monkeypatch)
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.press("b")
            await sat.session.stored_all(5)
            disk.free.clear()
            await sat.press("enter")
            sat.see("─ RECEIVED, NOT YET STORED ─", "b was received in time and is being written")
            assert not sat.seat.shows("─ SAVED ─")
            await sat.press("n")
            sat.see("2 of 3", "!▶·", "! not yet stored")
            disk.free.set()
            await sat.seat.wait("■▶·")
            assert not sat.seat.shows("not yet stored")


async def test_a_failed_save_is_loud_and_retried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule 20: the box says in words that it is not stored and why, whatever is on the screen, until it is stored."""
    clock, disk = Clock(), Disk(monkeypatch)
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.press("b")
            await sat.session.stored_all(5)
            disk.full = True
            await sat.press("enter")
            await sat.seat.wait("━ NOT STORED, TRYING AGAIN ━")
            sat.see("b was received in time and counts once it is stored: no space left on the")
            await sat.press("q")
            sat.see("━ NOT STORED, TRYING AGAIN ━", "1 entry not yet stored will be lost!")
            await sat.press("escape")
            await sat.pass_time(seconds=60)
            sat.see("2 of 3", "!▶·", "! not yet stored")  # past the deadline it is still tried
            disk.full = False
            await sat.seat.wait("■▶·")
            assert [save.option for save in sat.session.sitting.attempts[0].saves] == [1]
        assert opened.exams.load(opened.store.sittings()[0].id).sitting.attempts[0].saved is not None


async def test_a_finish_waits_until_all_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule 20: a finished exam whose last answer is not stored says so, and shows its report once it is."""
    clock, disk = Clock(), Disk(monkeypatch)
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock, paper("alpha")) as sat:
            await sat.press("b")
            await sat.session.stored_all(5)
            disk.full = True
            await sat.press("enter", "n", "y")
            await sat.seat.wait("FINISHED, NOT YET STORED")
            sat.see("no space left on the disk; trying again", "q leave now: what is not stored is lost")
            disk.full = False
            await sat.seat.until(lambda: isinstance(sat.seat.screen, ReportScreen))
        assert opened.store.sittings()[0].right == 1


async def test_the_states_are_told_apart_without_colour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule 20: NO_COLOR changes no word: nothing saved, not saved and saved each have their heading."""
    monkeypatch.setenv("NO_COLOR", "1")
    clock = Clock()
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            sat.see("─ NOTHING SAVED ─")
            await sat.press("b")
            sat.see("─ NOT SAVED ─")
            await sat.press("enter")
            await sat.saved()


async def test_leaving_stores_what_is_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quitting waits for a slow disk: what was received is stored before the app is gone."""
    clock, disk = Clock(), Disk(monkeypatch)
    with library(tmp_path, clock) as opened:
        async with sitting(opened, clock) as sat:
            await sat.press("b")
            await sat.session.stored_all(5)
            disk.free.clear()
            await sat.press("enter", "q", "l")
            sat.see("Leaving: what is left is being stored", "RECEIVED, NOT YET STORED")
            assert sat.seat.app.is_running
            disk.free.set()
            await sat.seat.until(lambda: not sat.seat.app.is_running)
        assert opened.exams.load(opened.store.sittings()[0].id).sitting.attempts[0].saved is not None
