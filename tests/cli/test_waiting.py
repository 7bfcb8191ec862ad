"""Rules for whoever waits for a run at a terminal: what is seen of it, and how it is stopped."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from studyapp.cli import waiting
from studyapp.cli.waiting import Waiting
from tests.cli.calling import call, own_simulation
from tests.cli.samples import HALF, doing
from tests.terminal import Terminal

SLOW = pytest.mark.slow
ENDLESS = doing("while True:\n    pass")
HALFWAY = (
    ENDLESS.replace("def run(parameters, rng)", "def run(parameters, rng, progress)")
    .replace("while True:", "import time\n    for i in range(25):")
    .replace("        pass", "        progress(0.5)\n        time.sleep(0.1)\n    return Result({'one': 1.0})")
)


def at_a_terminal(home: Path, *words: str) -> Terminal:
    """A run at a terminal."""
    return Terminal([sys.executable, "-m", "studyapp", "--home", str(home), "run", "mine", *words])


@SLOW
def test_a_long_run_shows_that_it_goes_on(home: Path) -> None:
    """After a second: for how long, and how much of it is done; the line is gone when the run is over."""
    own_simulation(home, HALFWAY)
    with at_a_terminal(home) as terminal:
        terminal.wait(r"^running mine \.\.\. 1 s   █{10}░{10} 50 %   Ctrl-C stops it$")
        terminal.wait(r"^running mine \.\.\. 2 s ")
        assert terminal.text.count("running") == 1
        terminal.wait("^one +1")
        assert terminal.finish() == 0
        assert "running" not in terminal.text


@SLOW
def test_an_endless_run_is_stopped_by_ctrl_c(home: Path) -> None:
    """One clear line in place of the progress, and status 130; so is one that hangs before it runs."""
    for text, doing_what in ((ENDLESS, "running"), ("while True: pass", "reading")):
        own_simulation(home, text)
        with at_a_terminal(home) as terminal:
            terminal.wait(rf"^{doing_what} mine \.\.\. \d+ s   Ctrl-C stops it$")
            terminal.process.send_signal(signal.SIGINT)
            assert terminal.finish() == 130
            assert terminal.text.strip() == "studyapp: mine: stopped"


@SLOW
def test_with_json_a_terminal_shows_no_progress(home: Path) -> None:
    """What is on the screen may be what is read by a program."""
    own_simulation(home, HALFWAY)
    with at_a_terminal(home, "--json") as terminal:
        terminal.wait(r'"seconds": \d')
        assert terminal.finish() == 0
        assert b"running" not in terminal.written


@SLOW
def test_ctrl_c_is_an_answer_to_the_question(home: Path) -> None:
    """The first one: whether a file may run is asked before anything else listens."""
    own_simulation(home, HALF, consent=False)
    with at_a_terminal(home) as terminal:
        terminal.wait("q.$|:$")
        terminal.press("q")
        terminal.wait("Run mine, now and whenever it is unchanged")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.finish() == 130
    assert call(home, "run", "mine").status == 1


# --- the line itself ------------------------------------------------------------------------------


def watched(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    seconds: float,
    *,
    quiet: bool = False,
    terminal: bool = True,
) -> str:
    """What is written on stderr while something takes so many seconds."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    monkeypatch.setattr(waiting, "PATIENCE", 0.05)
    monkeypatch.setattr(waiting, "EVERY", 0.01)

    async def work() -> None:
        async with Waiting("running one", quiet=quiet) as line:
            line.show(0.25)
            await asyncio.sleep(seconds)

    asyncio.run(work())
    return capsys.readouterr().err


def test_what_is_over_soon_says_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody wonders in the first second."""
    assert watched(monkeypatch, capsys, 0.01) == ""


def test_the_line_is_rewritten_and_gone_at_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is one line, never two."""
    written = watched(monkeypatch, capsys, 0.2)
    lines = written.split("\r\x1b[K")
    assert lines[0] == lines[-1] == ""
    assert set(lines[1:-1]) == {"running one ... 0 s   █████░░░░░░░░░░░░░░░ 25 %   Ctrl-C stops it"}
    assert len(lines) > 3
    assert "\n" not in written


@pytest.mark.parametrize("how", [{"quiet": True}, {"terminal": False}])
def test_nobody_watches(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], how: dict[str, bool]
) -> None:
    """Where stderr is no terminal, or a program reads, nothing is written."""
    assert watched(monkeypatch, capsys, 0.2, **how) == ""


def test_a_narrow_terminal_gets_a_short_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line that wraps could not be rewritten."""
    monkeypatch.setenv("COLUMNS", "20")
    assert max(map(len, watched(monkeypatch, capsys, 0.2).split("\r\x1b[K"))) == 19


def test_seconds_are_whole() -> None:
    """And a fraction is shown once it is known."""
    line = Waiting("running one")
    assert line.line(2.99) == "running one ... 2 s   Ctrl-C stops it"
    line.show(1.0)
    assert line.line(3.0) == f"running one ... 3 s   {'█' * 20} 100 %   Ctrl-C stops it"
