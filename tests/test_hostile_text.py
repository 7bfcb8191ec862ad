"""Whatever a deck, a simulation or a pasted answer holds, the terminal is shown text and obeys none of it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.terminal import Terminal
from tests.test_journeys import studyapp

OSC52 = "\x1b]52;c;SE9TVElMRQ==\x07"
HOSTILE = f"[@click=app.quit]quit[/] P(A|B) [/x]{OSC52}\x9b31m\x90\u202e\u2066\x00\x08"
SHOWN = r"\[@click=app\.quit\]quit\[/\]\s+P\(A\|B\)\s+\[/x\]"
"""The part of it that only a Textual application could obey, shown as it is written, on one line or two."""
POINTER = re.compile("\x1b]22;[a-z]+\x07")
"""The shape of the mouse pointer: the one OSC sequence that Textual itself writes."""
OBEYED = re.compile("\x07|\x1b[\\]PX^_]|[\x00\x08\x80-\x9f\u202a-\u202e\u2066-\u2069]")

DECK = f"""\
# A title {HOSTILE}

# A part {HOSTILE}

## Front {HOSTILE} {{#choice}}

- [x] right {HOSTILE}
- [ ] wrong {HOSTILE}

  Reason {HOSTILE}

Why {HOSTILE}

Analogy: like {HOSTILE}

## Prompt {HOSTILE} {{#basic}}

More {HOSTILE}

---

Back {HOSTILE}

## Cloze {{#cloze}}

Before {HOSTILE} {{{{c1::the gap {HOSTILE} which is long::hint {HOSTILE}}}}} after.

## Typed {{#typed}}

An answer {HOSTILE} that is longer than four words.

```toml
accept = ["word"]
```

## Unknown @{{x}} {HOSTILE} {{#unknown}}

Back.
"""
SIMULATION = '''\
"""Shows HOSTILE here.

More HOSTILE text.
"""
from dataclasses import dataclass  # HOSTILE

from studyapp.simulation import Axis, Figure, Line, Result, about, claim, expected, main, parameter

TITLE = "Own HOSTILE"


@dataclass(frozen=True)
class Parameters:
    chance: float = parameter(0.5, low=0.0, high=1.0, help="helps HOSTILE", unit="HOSTILE")


def run(parameters, rng):
    if parameters.chance > 0.9:
        raise ValueError("went HOSTILE")
    line = Line([0, 1], [0, 1], "l HOSTILE")
    return Result({"share": 0.5}, [Figure("F HOSTILE", Axis("x HOSTILE"), Axis("y"), [line])])


@expected("share HOSTILE")
def share(parameters):
    return 0.5


@claim(1, "claims HOSTILE", domain="for HOSTILE")
def holds(parameters, values):
    return about(values["share"], 0.5, absolute=0.1)


if __name__ == "__main__":
    main()
'''.replace("HOSTILE", HOSTILE.replace("\x00", ""))  # Python refuses a NUL in its source


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with a hostile deck, another under a hostile name, and a hostile simulation."""
    home = tmp_path / "home"
    for folder in ("decks", "simulations"):
        (home / folder).mkdir(parents=True)
    (home / "decks" / "a-hostile.md").write_text(DECK)
    (home / "decks" / f"b-{OSC52}\u202e[x].md").write_text("# B\n\n## Broken @{x} {#broken}\n\nBack.\n")
    (home / "simulations" / "a_hostile.py").write_text(SIMULATION)
    return home


def assert_harmless(written: bytes | bytearray) -> None:
    """No control sequence of the hostile text, and none of the kinds it tried, has reached the terminal."""
    text = POINTER.sub("", written.decode())
    found = OBEYED.search(text)
    assert found is None, f"obeyed: {text[max(0, found.start() - 60) : found.end() + 60]!r}"


def test_the_hostile_text_would_be_found() -> None:
    """The check itself is able to fail, for each part of the text that a terminal would obey."""
    for part in (OSC52, "\x9b31m", "\x90", "\u202e", "\u2066", "\x00"):
        with pytest.raises(AssertionError, match="obeyed"):
            assert_harmless(f"text {part} text".encode())


@pytest.mark.slow
def test_cards_are_shown_as_text(home: Path) -> None:
    """Home, the problems, and both sides of each kind of card: nothing is obeyed, hidden, or a button."""
    with Terminal(studyapp(home), size=(120, 60)) as terminal:
        terminal.wait(r"A title \[@click")
        terminal.press("!")
        terminal.wait(r"a-hostile\.md:\d+")
        terminal.wait(r"b-.*\[x\]\.md:3: broken")
        terminal.press("q")
        terminal.wait("▸ All decks")
        terminal.press("down", "enter")
        terminal.wait(f"Front {SHOWN}")
        terminal.wait(f"a  (right|wrong) {SHOWN}")
        terminal.click(r"quit\[/\]")
        terminal.press("a", "enter")
        terminal.wait("Space next")
        terminal.press("w")
        terminal.wait(f"like {SHOWN}")
        terminal.wait(f"Reason {SHOWN}")
        terminal.wait(f"Why {SHOWN}")
        terminal.settle(0.3)
        terminal.press("space")
        terminal.wait(f"(?s)Prompt {SHOWN}.*More {SHOWN}")
        terminal.press("space")
        terminal.wait(f"Back {SHOWN}")
        terminal.settle(0.3)
        terminal.press("4")
        terminal.wait(rf"(?s)Before {SHOWN}.*\[hint {SHOWN}")
        terminal.press("space")
        terminal.wait(rf"the gap\s+{SHOWN}")
        terminal.settle(0.3)
        terminal.press("4")
        terminal.wait("(?s)Typed.*Enter answer")
        terminal.send(f"\x1b[200~pasted {HOSTILE}\x1b[201~")
        terminal.wait("pasted")
        terminal.press("enter")
        terminal.wait("(?s)pasted.*Space next")
        terminal.press("h")
        terminal.wait("(?s)History · typed.*pasted")
        assert_harmless(terminal.written)


@pytest.mark.slow
def test_simulations_are_shown_as_text(home: Path) -> None:
    """A learner's own simulation: its source, its title, form, values, claims, plot and error."""
    with Terminal(studyapp(home), size=(160, 60)) as terminal:
        terminal.wait("▸ All decks")
        terminal.press("x")
        terminal.wait("▸convolution_kernels")
        terminal.send("/a_hostile")
        terminal.wait("a_hostile .*asks before it runs")
        terminal.press("enter")
        terminal.wait(f"# {SHOWN}")
        terminal.press("y")
        terminal.wait(r"(?s)Lab · a_hostile.*helps\s+\[@click=app\.quit\]")  # the rest of it stands on the next line
        terminal.press("x")
        terminal.wait(f"claims {SHOWN}")
        terminal.wait(f"F {SHOWN}")
        terminal.press(".")  # opens a field for the value
        terminal.settle(0.3)
        terminal.send("95\r")
        terminal.wait(r"! a_hostile\.py:\d+: .*went " + SHOWN)
        terminal.press("q")
        terminal.wait(r"Lab · [\d of]*simulations")
        terminal.press("q")
        terminal.wait("▸ All decks")
        terminal.press("x")
        terminal.wait("▸convolution_kernels")
        terminal.send("/a_hostile")
        terminal.wait(f"Own {SHOWN}")
        assert_harmless(terminal.written)
    for arguments in (["due"], ["check"], ["run"], ["run", "a_hostile"], ["run", "a_hostile", "--chance", "0.95"]):
        done = subprocess.run(studyapp(home, *arguments), capture_output=True, timeout=60)
        assert_harmless(done.stdout + done.stderr)
