"""What a learner does from start to quit, in a real pseudo-terminal."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.terminal import Terminal

DECK = """\
# A journey

## Which layer's gradient is the smallest in a deep sigmoid network? {#smallest}

- [x] that of the first layer
- [ ] that of the last layer

  It stands next to the loss: no factor has shrunk it yet.

Each layer on the way back multiplies by a factor below one.

## What does softmax do to scores? {#softmax}

It exponentiates them and divides by the sum, so that they become probabilities.

```toml
[simulation]
name = "softmax_output"
parameters = { temperature = 2.0 }
```

## Which word names the vector of first derivatives? {#word}

gradient
"""
RIGHT, WRONG = "that of the first layer", "that of the last layer"
GREY = re.compile(rb"\x1b\[[\d;]*[34]8;2;(\d+);(\d+);(\d+)")


def studyapp(home: Path, *arguments: str) -> list[str]:
    """The command line that starts studyapp on a data folder."""
    return [sys.executable, "-m", "studyapp", "--home", str(home), *arguments]


def printed(home: Path, *arguments: str) -> Any:
    """What a command prints with `--json`."""
    done = subprocess.run(studyapp(home, *arguments, "--json"), capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)


def logged(home: Path) -> list[tuple[str, int, bool]]:
    """Card, grade, and whether it was taken back, of every answer in the log, newest first."""
    return [(row["card"], row["grade"], row["revoked"]) for row in printed(home, "log")]


def pick(terminal: Terminal, option: str) -> None:
    """Press the letter of an option; the options are shuffled anew each time."""
    terminal.wait(option)
    found = re.search(rf"([a-f])  {option}", terminal.text)
    assert found is not None
    terminal.press(found[1])
    terminal.wait(f"▸ {found[1]}")


def reveal(terminal: Terminal) -> None:
    """Show the answer and wait until keys grade: they are dead for 250 ms after a reveal."""
    terminal.press("space")
    terminal.wait("3 Good")
    time.sleep(0.3)


def leave_the_field(terminal: Terminal) -> None:
    """Take the caret out of the field of the card that is typed, so that letters are verbs again."""
    terminal.wait("Enter answer")
    terminal.press("escape")
    terminal.wait("Enter to the field")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with one deck of the learner's own, which comes first by its name."""
    home = tmp_path / "home"
    (home / "decks").mkdir(parents=True)
    (home / "decks" / "a-journey.md").write_text(DECK)
    return home


def test_an_empty_folder_says_how_to_start(tmp_path: Path) -> None:
    """The first start ever, on a folder that does not exist, names the key that begins; `q` ends with status 0."""
    with Terminal(studyapp(tmp_path / "new")) as terminal:
        terminal.wait(r"No study sessions yet\. Enter starts; \d+ new cards")
        assert re.search("(?m)^ ▸ All decks", terminal.text), "the first screen has its margins"
        terminal.press("q")
        assert terminal.finish() == 0


def test_a_day_of_study(home: Path) -> None:
    """Answer, grade, undo, redo, run the simulation, leave, come back: the log has every step, newest first."""
    with Terminal(studyapp(home)) as terminal:
        terminal.wait("▸ All decks")
        terminal.press("down", "enter")
        pick(terminal, RIGHT)
        terminal.press("enter")
        terminal.wait("right; due tomorrow")
        time.sleep(0.3)
        terminal.press("space")
        terminal.wait("What does softmax do")
        reveal(terminal)
        terminal.wait("✓ run just now")
        terminal.press("3")
        leave_the_field(terminal)
        terminal.press("u")
        terminal.wait("Taken back: Good on softmax")
        terminal.wait("3 Good")
        terminal.press("U")
        terminal.wait("Done again: Good on softmax")
        leave_the_field(terminal)
        terminal.press("u")
        terminal.wait("3 Good")
        terminal.press("x")
        terminal.wait(r"Lab · softmax_output.*from: What does softmax do")
        terminal.wait("x run")
        terminal.press("x")
        terminal.wait(r"claims hold here")
        terminal.press("q")
        terminal.wait("3 Good")
        time.sleep(0.3)
        terminal.press("2")
        terminal.wait("Enter answer")
        terminal.send("Gradeint\r")
        terminal.wait("r count as right")
        terminal.press("r")
        terminal.wait("Hard: right")
        terminal.press("q")
        terminal.wait("▸ A journey")
        terminal.press("q")
        assert terminal.finish() == 0
    with Terminal(studyapp(home)) as terminal:
        terminal.wait("studied 1 of the last 30 days")
        assert "No study sessions yet" not in terminal.text
        terminal.press("q")
        assert terminal.finish() == 0
    assert logged(home) == [
        ("word", 3, False),
        ("word", 1, True),
        ("softmax", 3, False),
        ("softmax", 4, True),
        ("softmax", 4, True),
        ("smallest", 4, False),
    ]


def test_a_short_session_ends_with_a_summary(home: Path) -> None:
    """Cards below Good come back until they are known; then the session is added up and five minutes are offered."""
    with Terminal(studyapp(home, "study", "a-journey")) as terminal:
        pick(terminal, WRONG)
        terminal.press("enter")
        terminal.wait("sure and wrong; back after 5 cards, due tomorrow")
        time.sleep(0.3)
        terminal.press("space")
        reveal(terminal)
        terminal.press("3")
        terminal.wait("Which word names")
        terminal.send("gradient\r")
        terminal.wait("right; due tomorrow")
        time.sleep(0.3)
        terminal.press("space")
        pick(terminal, RIGHT)
        terminal.press("enter")
        terminal.wait("a drill moves no date")
        time.sleep(0.3)
        terminal.press("space")
        terminal.wait(r"3 cards done in 0:\d\d, 2 right the first time, 3 of them new")
        terminal.wait("1 card came back until you had it")
        terminal.press("+")
        terminal.wait("Nothing more is due")
        terminal.press("enter")
        assert terminal.finish() == 0


def test_kill_loses_no_answer_that_was_shown_as_graded(home: Path) -> None:
    """At the moment a grade is on the screen it is on the disk: a kill -9 then, three times, costs nothing."""
    with Terminal(studyapp(home, "study", "a-journey")) as terminal:
        pick(terminal, RIGHT)
        terminal.press("enter")
        terminal.wait("right; due tomorrow")
        terminal.kill()
    assert logged(home) == [("smallest", 4, False)]
    with Terminal(studyapp(home, "study", "a-journey")) as terminal:
        terminal.wait("What does softmax do")
        reveal(terminal)
        terminal.press("1")
        terminal.wait("Which word names")
        terminal.kill()
    assert logged(home) == [("softmax", 1, False), ("smallest", 4, False)]
    with Terminal(studyapp(home, "study", "a-journey")) as terminal:
        terminal.wait("What does softmax do")  # still to be repeated today
        reveal(terminal)
        terminal.press("3")
        terminal.wait("Which word names")
        terminal.send("loss\r")
        terminal.wait("wrong")
        terminal.kill()
    assert [row[:2] for row in logged(home)] == [("word", 1), ("softmax", 4), ("softmax", 1), ("smallest", 4)]
    found = printed(home, "doctor")
    assert (found["entries"], found["repaired"], found["problems"]) == (4, [], [])


def test_the_mouse_does_it_all(home: Path) -> None:
    """A deck, an option, how sure, the answer and a grade are all clicked."""
    with Terminal(studyapp(home)) as terminal:
        terminal.wait("A journey")
        terminal.click("A journey")
        terminal.wait("▸ A journey")
        terminal.click("A journey")
        terminal.wait(RIGHT)
        terminal.click(RIGHT)
        terminal.wait(rf"▸ [ab]  {RIGHT}")
        terminal.click("Enter sure")
        terminal.wait("right; due tomorrow")
        time.sleep(0.3)
        terminal.click("Space next")
        terminal.wait("What does softmax do")
        terminal.click("show the answer")
        terminal.wait("3 Good")
        time.sleep(0.3)
        terminal.click("3 Good")
        terminal.wait("Which word names")
    assert logged(home) == [("softmax", 4, False), ("smallest", 4, False)]


def test_review_follows_the_size_of_the_terminal(home: Path) -> None:
    """From 120x40 to 40x12 and back, in the middle of a card: all that matters stays on the screen and works."""
    with Terminal(studyapp(home, "study", "a-journey"), size=(120, 40)) as terminal:
        pick(terminal, RIGHT)
        wide = terminal.settle()
        terminal.resize(40, 12)
        terminal.wait("(?s)Which layer's gradient is the\\n")
        assert max(len(line) for line in terminal.settle().split("\n")) <= 40
        terminal.resize(120, 40)
        terminal.wait("Which layer's gradient is the smallest in a deep sigmoid network")
        assert terminal.settle().split("\n")[1:] == wide.split("\n")[1:]  # the clock on the first line has gone on
        terminal.resize(40, 12)
        terminal.press("enter")
        terminal.wait("(?s)right; due tomorrow.*1 Again +2 Hard")


def test_no_color_is_obeyed(home: Path) -> None:
    """With NO_COLOR every colour is a grey, and the mark of what is picked is a sign."""
    with Terminal(studyapp(home, "study", "a-journey"), env={"NO_COLOR": "1", "COLORTERM": "truecolor"}) as terminal:
        pick(terminal, RIGHT)
        terminal.press("enter")
        terminal.wait(f"✓ [ab]  {RIGHT}")
        assert all(len(set(found)) == 1 for found in GREY.findall(terminal.written))


def test_without_a_terminal_what_is_due_is_printed(home: Path) -> None:
    """A pipe gets plain lines from the bare command, and one line of refusal from `study`."""
    bare = subprocess.run(studyapp(home), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert bare.returncode == 0
    assert re.search(r"^A journey +0 % +0 +3$", bare.stdout, re.MULTILINE)
    study = subprocess.run(
        studyapp(home, "study"), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    assert study.returncode == 1
    assert study.stderr == "studyapp: studying needs a terminal; `studyapp due` prints what is due\n"
