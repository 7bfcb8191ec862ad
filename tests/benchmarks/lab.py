"""How long from a changed parameter in the Lab to its new plot on the screen.

    python -m tests.benchmarks.lab [--runs 10]

For each shipped simulation that is quick at its defaults, at 120x40. The seed is changed by one step, as a parameter
is: the line that reports a run names it, and is drawn together with the plot. `run` is what the run took in the worker.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from studyapp.library import shipped_content
from tests.benchmarks.measuring import folder, repetitions, report, summary
from tests.terminal import Terminal

QUICK = 50.0
"""Only runs of fewer milliseconds are promised to show within 150."""

LIVE = 200.0
"""Runs of more milliseconds are left out: the Lab makes a run of half a second by itself no more."""


def stepped(terminal: Terminal) -> tuple[float, float]:
    """Milliseconds from the key to the plot, and those of the run, for one step of the seed."""
    seed = re.search(r"▸seed +(\d+)", terminal.text)
    assert seed is not None
    terminal.press("right")
    taken = terminal.wait(rf"seed {int(seed[1]) + 1}, [\d.]+ s")
    run = re.search(rf"seed {int(seed[1]) + 1}, ([\d.]+) s", terminal.text)
    assert run is not None
    terminal.settle(0.2)
    return 1000 * taken, 1000 * float(run[1])


def measure(home: Path, names: list[str], runs: int) -> dict[str, dict[str, float]]:
    """The rows of the report."""
    rows = {}
    for position, name in enumerate(names):
        with Terminal([sys.executable, "-m", "studyapp", "--home", str(home)], size=(120, 40)) as terminal:
            terminal.wait("▸ All decks")
            terminal.press("x")
            terminal.wait(names[-1])
            terminal.press(*["down"] * position, "enter")
            terminal.wait(rf"Lab · {name}")
            terminal.wait("▸")
            terminal.press("up")
            terminal.wait("▸seed")
            terminal.press("x")
            terminal.wait(r"seed \d+, [\d.]+ s", 60)
            first = re.search(r"seed \d+, ([\d.]+) s", terminal.settle(0.3))
            if first is None or 1000 * float(first[1]) > LIVE:
                continue
            steps = [stepped(terminal) for _ in range(runs + 1)][1:]
            ran = summary([run for _, run in steps])["median"]
            rows[name] = {**summary([taken for taken, _ in steps]), "run": ran}
            rows[name]["wanted"] = 150 if ran < QUICK else ran + 100
    return rows


def main() -> None:
    """Measure and report."""
    runs = repetitions(__doc__, 10)
    names = sorted(file.stem for file in (shipped_content() / "simulations").glob("[a-z]*.py"))
    with folder() as path:
        report("changed parameter to new plot", "ms", measure(path, names, runs))


if __name__ == "__main__":
    main()
