"""How long from the command to the first card on the screen, beside three Textual applications that do nothing.

    python -m tests.benchmarks.start [--runs 15]

1,000 cards, half of them studied and due. Every run is a new process in a pseudo-terminal of 80x24; measured is from
the start of the process to the arrival of the bytes that put the text on the screen.
"""

from __future__ import annotations

import statistics
import sys
from functools import partial
from pathlib import Path

from tests.benchmarks.measuring import alternated, folder, furnished, repetitions, report, summary
from tests.terminal import Terminal

REFERENCE = str(Path(__file__).with_name("reference.py"))
STUDYAPP = [sys.executable, "-m", "studyapp", "--home"]


def shown(command: list[str], text: str) -> float:
    """Milliseconds from the command to a text on the screen."""
    with Terminal(command) as terminal:
        return 1000 * terminal.wait(text)


def main() -> None:
    """Measure and report."""
    runs = repetitions(__doc__, 15)
    with folder() as path:
        home = str(furnished(path, 1000, 500))
        measured = alternated(
            {
                "bare": partial(shown, [sys.executable, REFERENCE, "bare"], "Question 1:"),
                "card": partial(shown, [sys.executable, REFERENCE, "card"], "Question 1:"),
                "store": partial(shown, [sys.executable, REFERENCE, "store"], "Question 1:"),
                "studyapp study": partial(shown, [*STUDYAPP, home, "study"], r"Question \d+:"),
                "studyapp": partial(shown, [*STUDYAPP, home], "Deck 0"),
            },
            runs,
            warm_up=2,
        )
    rows = {name: dict(summary(values)) for name, values in measured.items()}
    for reference in ("bare", "card", "store"):
        for name, row in rows.items():
            ratio = statistics.median(measured[name]) / statistics.median(measured[reference])
            row[f"x {reference}"] = round(ratio, 2)
    report("first card on screen", "ms", rows, wanted={"studyapp study / store": 1.15})


if __name__ == "__main__":
    main()
