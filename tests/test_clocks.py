"""This machine's clocks: what an exam reads is whole, goes on, and names its boot where the system does."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from studyapp import clocks


@pytest.fixture
def asked_anew() -> Iterator[None]:
    """The boot's name is asked for once; here it is asked anew, and so it is afterwards."""
    clocks._boot.cache_clear()
    yield
    clocks._boot.cache_clear()


def test_a_look_at_the_clocks() -> None:
    """Rule 17: ticks since the boot, sleep included, and the wall clock in UTC, both in whole milliseconds."""
    before = time.time_ns() // 1_000_000
    one, other = clocks.reading(), clocks.reading()
    assert before <= one.wall <= other.wall <= time.time_ns() // 1_000_000
    assert one.ticks <= other.ticks
    assert one.boot == other.boot
    if hasattr(time, "CLOCK_BOOTTIME"):
        assert abs(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000 - one.ticks) < 5000


def test_summer_time_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule 17: another zone, or its summer time, moves neither clock: the wall clock counts from 1970 in UTC."""
    before = clocks.reading()
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        now = clocks.reading()
        assert 0 <= now.wall - before.wall < 60_000
        assert 0 <= now.ticks - before.ticks < 60_000
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(sys.platform != "linux", reason="there the system tells it otherwise")
@pytest.mark.usefixtures("asked_anew")
def test_linux_names_its_boot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Rule 17: what the kernel says; and where it says nothing, the boot is unknown, which is no error."""
    said = tmp_path / "boot_id"
    said.write_text("4a5b\n", encoding="ascii")
    monkeypatch.setattr(clocks, "_BOOT_ID", said)
    assert clocks.reading().boot == "4a5b"
    for content in (None, b"\xff\xfe"):
        clocks._boot.cache_clear()
        if content is None:
            said.unlink()
        else:
            said.write_bytes(content)
        assert clocks.reading().boot == ""


@pytest.mark.usefixtures("asked_anew")
def test_a_mac_is_asked_for_its_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule 17: macOS tells it through sysctl; a sysctl that is missing, fails or hangs leaves the boot unknown."""

    def answers(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 0, "C0FFEE\n", "")

    def hangs(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        raise subprocess.TimeoutExpired("sysctl", 5)

    def missing(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        raise FileNotFoundError

    monkeypatch.setattr("studyapp.clocks.sys.platform", "darwin")
    for run, boot in ((answers, "C0FFEE"), (hangs, ""), (missing, "")):
        clocks._boot.cache_clear()
        monkeypatch.setattr("studyapp.clocks.subprocess.run", run)
        assert clocks.reading().boot == boot
