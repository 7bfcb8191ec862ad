"""The learner's own editor: it opens at the card, studyapp waits for it, and what it wrote is read."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from studyapp.tui.external_editor import command
from tests.terminal import Terminal

DECK = """\
# Mine

## What is a mean? {#mean}

The sum over the number.

## And what is a quartile? {#quartile}

The middle half ends there.
"""
EDITOR = """\
import sys
line, file = int(sys.argv[-2].removeprefix("+")), sys.argv[-1]
lines = open(file).read().split("\\n")
print("EDITING", lines[line - 1], flush=True)
input()
lines[line + 1] = "A quarter lies below it."
open(file, "w").write("\\n".join(lines))
"""


@pytest.mark.parametrize(
    ("editor", "words"),
    [
        ("vi", "vi +7 d.md"),
        ("/usr/bin/nano -w", "/usr/bin/nano -w +7 d.md"),
        ("emacsclient -t", "emacsclient -t +7 d.md"),
        ("code", "code --wait --goto d.md:7"),
        ("code -n --wait", "code -n --wait --goto d.md:7"),
        ("/opt/zed", "/opt/zed --wait d.md:7"),
        ("hx", "hx d.md:7"),
        ("kate", "kate --block --line 7 d.md"),
        ("  ", "vi +7 d.md"),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(editor: str, words: str) -> None:
    """Those with a window of their own are told to wait."""
    assert command(editor, Path("d.md"), 7) == words.split()


def test_a_name_with_blanks_and_braces_stays_one_word() -> None:
    """Of the editor, if it is quoted, and of the file."""
    assert command("'my editor'", Path("{line} d.md"), 7) == ["my editor", "+7", "{line} d.md"]
    with pytest.raises(ValueError, match="quot"):
        command("'vi", Path("d.md"), 7)


def until(true: Callable[[], bool]) -> None:
    """Wait until it is so, 20 s at most."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def at_the_card(folder: Path, editor: str) -> Iterator[tuple[Terminal, Path]]:
    """The application in a terminal of its own, with a learner's card on the screen, and the card's file."""
    file = folder / "home" / "decks" / "mine.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(DECK)
    start = [sys.executable, "-m", "studyapp", "--home", str(folder / "home")]
    with Terminal(start, env={"VISUAL": editor}) as terminal:
        terminal.wait("Enter ")
        terminal.press("/")
        terminal.wait("words of a card")
        terminal.send("what quartile")
        terminal.wait(" 1 card")
        terminal.press("enter")
        terminal.wait("The middle half")
        yield terminal, file


def test_the_card_is_changed_in_an_editor_in_the_same_terminal(tmp_path: Path) -> None:
    """The screen is the editor's until it ends; then the card is shown as it is now, and the file is the editor's."""
    program = tmp_path / "an editor.py"
    program.write_text(EDITOR)
    with at_the_card(tmp_path, f"'{sys.executable}' '{program}'") as (terminal, file):
        terminal.press("o")
        terminal.wait(r"EDITING ## And what is a quartile\? \{#quartile\}")
        terminal.press("enter")
        terminal.wait("A quarter lies below it")
        terminal.press("q")
        terminal.wait("Find")
    assert file.read_text() == DECK.replace("The middle half ends there.", "A quarter lies below it.")


def test_what_was_being_written_outlives_the_program(tmp_path: Path) -> None:
    """Killed in the middle of a card, it offers the text when the card is edited again; thrown away, no more."""
    with at_the_card(tmp_path, "") as (terminal, file):
        terminal.press("e")
        terminal.wait("F2 save")
        terminal.send("ABC")
        terminal.wait("ABC")
        kept = file.parent / ".unsaved" / "quartile.md"
        until(lambda: kept.exists() and kept.read_text().startswith("ABC"))
        terminal.kill()
    assert file.read_text() == DECK
    with at_the_card(tmp_path, "") as (terminal, file):
        terminal.press("e")
        terminal.wait("This was written here and not saved")
        terminal.wait("ABC")
        terminal.press("y")
        terminal.wait("^1 *ABC## And what")
        terminal.press("escape")
        terminal.wait("Throw it away")
        terminal.press("y")
        terminal.wait("Card · quartile")
    assert file.read_text() == DECK
    assert not kept.exists()


def test_an_editor_that_is_not_there_is_said(tmp_path: Path) -> None:
    """With what to do; the file stays as it was."""
    with at_the_card(tmp_path, "no-such-editor") as (terminal, file):
        terminal.press("o")
        terminal.wait("no-such-editor did not start")
    assert file.read_text() == DECK
