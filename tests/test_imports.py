"""A start pays only for what it uses: what the interface's process must not have imported, looked up when it ends.

The layers of imports are import-linter's; this is about what is loaded at run time, which only a run can tell.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from tests.terminal import Terminal
from tests.test_journeys import DECK, RIGHT, pick, reveal

PROGRAM = """
import atexit, json, pathlib, sys
target = pathlib.Path(sys.argv.pop(1))
atexit.register(lambda: target.write_text(json.dumps(sorted(sys.modules))))
from studyapp.cli import main
main()
"""
NEVER = {"numpy", "matplotlib", "alembic", "sqlalchemy.orm", "textual.widgets._markdown", "multiprocessing.pool"}
"""Simulations and their figures are the worker's; the log needs no ORM; a card is drawn without the Markdown widget."""
INTERFACE = {"textual", "rich"}
STORE = {"sqlalchemy", "studyapp.store"}


def loaded(of: Collection[str], file: Path) -> set[str]:
    """Those of these modules that the program which left this file had imported."""
    return set(of) & set(json.loads(file.read_text()))


def command(file: Path, *arguments: str) -> list[str]:
    """studyapp, leaving in a file which modules it has imported when it ends."""
    return [sys.executable, "-c", PROGRAM, str(file), *arguments]


def test_the_version_is_printed_without_store_or_interface(tmp_path: Path) -> None:
    """`studyapp --version` imports little more than click."""
    file = tmp_path / "modules"
    subprocess.run(command(file, "--version"), check=True, capture_output=True, timeout=60)
    assert loaded(NEVER | INTERFACE | STORE | {"studyapp.model", "platformdirs"}, file) == set()


def test_check_needs_no_interface(tmp_path: Path) -> None:
    """`studyapp check` reads every deck and asks the worker about every simulation, without importing NumPy itself."""
    file = tmp_path / "modules"
    done = subprocess.run(command(file, "--home", str(tmp_path), "check"), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    # Rich measures how wide a formula is; what it draws with is not there.
    assert loaded((NEVER | INTERFACE | {"rich.console"}) - {"rich"}, file) == set()
    assert loaded({"studyapp.runs.worker", "studyapp.decks.parser"}, file) == {
        "studyapp.runs.worker",
        "studyapp.decks.parser",
    }


def test_the_first_card_is_on_screen_without_what_only_later_steps_need(tmp_path: Path) -> None:
    """Unchanged decks are not parsed, so a start loads no parser; nor does a card without a formula."""
    home, file = _home(tmp_path), tmp_path / "modules"
    subprocess.run(command(file, "--home", str(home), "due"), check=True, capture_output=True, timeout=60)
    with Terminal(command(file, "--home", str(home), "study", "a-journey")) as terminal:
        terminal.wait(RIGHT)
        terminal.press("q")
        assert terminal.finish() == 0
    later = {"markdown_it", "pylatexenc", "studyapp.decks.parser", "studyapp.tui.lab", "textual.widgets._data_table"}
    assert loaded(NEVER | later, file) == set()
    assert loaded({"studyapp.tui.review"}, file) == {"studyapp.tui.review"}


def test_a_plot_beside_a_card_and_in_the_lab_needs_no_numpy_here(tmp_path: Path) -> None:
    """A card with its simulation's figure, then the Lab with a run: the worker computes, this process only draws."""
    home, file = _home(tmp_path), tmp_path / "modules"
    with Terminal(command(file, "--home", str(home), "study", "a-journey")) as terminal:
        pick(terminal, RIGHT)
        terminal.press("enter")
        terminal.wait("Space next")
        terminal.settle(0.3)
        terminal.press("space")
        terminal.wait("What does softmax do")
        reveal(terminal)
        terminal.wait("✓ run just now")
        terminal.press("x")
        terminal.wait("x run")
        terminal.press("x")
        terminal.wait("claims hold here")
        terminal.press("q")
        terminal.wait("3 Good")
        terminal.press("q")
        assert terminal.finish() == 0
    assert loaded(NEVER, file) == set()
    assert loaded({"studyapp.tui.lab", "studyapp.tui.plots"}, file) == {"studyapp.tui.lab", "studyapp.tui.plots"}


def _home(folder: Path) -> Path:
    home = folder / "home"
    (home / "decks").mkdir(parents=True)
    (home / "decks" / "a-journey.md").write_text(DECK)
    return home
