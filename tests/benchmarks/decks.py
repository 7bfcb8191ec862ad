"""What a folder of many cards costs: the first time, and at each start when nothing has changed.

    python -m tests.benchmarks.decks [--runs 11] [--cards 10000]

Files of a hundred cards of five kinds, beside the shipped decks. `first build` opens a data folder whose
store is new: parse, store, and make durable. `open` is the library alone, in new processes; `Home` and `card` are the
screens, from the command, and `added` is the difference of the medians to a folder without own decks. `shipped decks,
parsed` is what all of them take when all have changed.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from studyapp.decks import parse
from tests.benchmarks.measuring import KINDS, alternated, folder, opened, options, report, summary, write_decks
from tests.benchmarks.start import STUDYAPP, shown

SHIPPED = Path(__file__).parents[2] / "decks"
OPEN = """
import sys, time
from pathlib import Path
from tests.benchmarks.measuring import opened
begun = time.perf_counter()
library = opened(Path(sys.argv[1]))
print(1000 * (time.perf_counter() - begun))
"""


def built(home: Path) -> float:
    """Milliseconds to open a folder for the first time."""
    for file in home.glob("*.db*"):
        file.unlink()
    begun = time.perf_counter()
    opened(home).close()
    return 1000 * (time.perf_counter() - begun)


def reopened(home: Path) -> float:
    """Milliseconds to open a folder that has not changed, in a new process."""
    done = subprocess.run([sys.executable, "-c", OPEN, str(home)], capture_output=True, check=True, text=True)
    return float(done.stdout)


def parsed(files: dict[str, bytes]) -> float:
    """Milliseconds to parse these decks."""
    begun = time.perf_counter()
    for name, data in files.items():
        parse(data, name)
    return 1000 * (time.perf_counter() - begun)


def main() -> None:
    """Measure and report."""
    asked = options(__doc__, 11, cards=10_000)
    runs, cards = asked.runs, asked.cards
    with folder() as path:
        empty, full = path / "empty", path / "full"
        (empty / "decks").mkdir(parents=True)
        write_decks(full, cards, KINDS)
        first = alternated({"empty": partial(built, empty), "full": partial(built, full)}, max(3, runs // 3))
        again = alternated(
            {
                "open, empty": partial(reopened, empty),
                "open, full": partial(reopened, full),
                "Home, empty": partial(shown, [*STUDYAPP, str(empty)], "▸ All decks"),
                "Home, full": partial(shown, [*STUDYAPP, str(full)], "▸ All decks"),
                "card, empty": partial(shown, [*STUDYAPP, str(empty), "study"], r"1 of \d+"),
                "card, full": partial(shown, [*STUDYAPP, str(full), "study"], r"1 of \d+"),
            },
            runs,
        )
        shutil.rmtree(full)
    rows = {f"first build, {name}": dict(summary(values)) for name, values in first.items()}
    for name, values in again.items():
        rows[name] = dict(summary(values))
        if name.endswith("full"):
            bare = again[name.replace("full", "empty")]
            rows[name]["added"] = round(statistics.median(values) - statistics.median(bare), 1)
    files = {file.name: file.read_bytes() for file in SHIPPED.glob("*.md")}
    rows["shipped decks, parsed"] = dict(summary([parsed(files) for _ in range(max(3, runs))]))
    wanted = {"first build": 30_000, "added": 60} if cards > 10_000 else {"first build": 2500, "added": 30}
    report(f"a folder of {cards} cards", "ms", rows, wanted=wanted | {"shipped decks, parsed": 100})


if __name__ == "__main__":
    main()
