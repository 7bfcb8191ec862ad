"""What all benchmarks share: furnished data folders, alternated runs, and a table beside the JSON."""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import textual

import studyapp
from studyapp.clocks import reading
from studyapp.library import Library
from studyapp.model import Answered, Kind, Mode
from tests.terminal import UNSET

A_DECK = 100
"""Cards in each generated deck."""

RECALL = """\
## Question NUMBER: by what factor does a gradient shrink in each layer? {#qNUMBER}

By the derivative of the activation times the weights, here number NUMBER; a product of many
factors below one goes to zero exponentially with the depth of the network.

Analogy: a message that is passed on by whispering.
"""
CHOICE = """\
## Question NUMBER: what do the softmax outputs of a layer add up to? {#qNUMBER .softmax}

- [x] one
- [ ] the largest score

  That is the maximum: softmax only leans towards it.
- [ ] the number of classes
- [ ] zero

Each exponential is divided by the sum of all.
"""
CLOZE = """\
## Question NUMBER: Glorot {#qNUMBER}

Glorot draws weights with variance {{c1::$\\frac{2}{n_{in}+n_{out}}$}}, a compromise
between the layers before and behind.
"""
COMPUTED = """\
## Question NUMBER: two scores are @{logits}; what is the ratio of their probabilities? {#qNUMBER}

The difference is divided by the temperature before it is exponentiated.

```toml
[simulation]
name = "softmax_output"
parameters = { logits = [2.0, 0.0] }
vary = { temperature = [0.5, 1.0, 2.0] }

[answer]
value = "ratio_of_probabilities"
tolerance = 0.02
```
"""
FORMULA = """\
## Question NUMBER: which loss follows from a Gaussian likelihood? {#qNUMBER .likelihood}

The squared error:

$$-\\ln p(y) = \\frac{(y - \\mu)^2}{2\\sigma^2} + \\frac12 \\ln 2\\pi\\sigma^2$$

- the first term depends on $\\mu$
- the second does not

Source: number NUMBER
"""
KINDS = (RECALL, CHOICE, CLOZE, COMPUTED, FORMULA)


def repetitions(description: str | None, usual: int) -> int:
    """How many rounds `--runs` asks for; also readies this process and Python's byte code for measuring."""
    return int(options(description, usual).runs)


def options(description: str | None, usual: int, **numbers: int) -> argparse.Namespace:
    """As `repetitions`, with further options that are numbers, each with its default."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=usual, help=f"rounds, each of every variant (default {usual})")
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"(default {default})")
    asked = parser.parse_args()
    for name in UNSET:
        os.environ.pop(name, None)
    for package in (studyapp, textual):
        compileall.compile_dir(Path(package.__file__ or "").parent, quiet=2)
    sys.setswitchinterval(0.0005)  # the thread that stamps output must not wait for the emulator
    return asked


def alternated(variants: Mapping[str, Callable[[], float]], runs: int, warm_up: int = 1) -> dict[str, list[float]]:
    """What each variant returns, in rounds of all variants, so that a busy moment of the machine hits all alike."""
    measured: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(-warm_up, runs):
        for name, measure in variants.items():
            value = measure()
            if number >= 0:
                measured[name].append(value)
        print(f"\rround {max(0, number + 1)} of {runs}", end="", file=sys.stderr, flush=True)
    print("\r\x1b[K", end="", file=sys.stderr)
    return measured


def summary(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Median, least and 90th percentile."""
    ordered = sorted(values)
    ninth = ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))]
    found = {"median": statistics.median(ordered), "least": ordered[0], "p90": ninth}
    return {name: round(value, digits) for name, value in found.items()} | {"runs": len(ordered)}


def report(name: str, unit: str, rows: Mapping[str, Mapping[str, Any]], **more: object) -> None:
    """Print the rows as a table on standard error and everything as JSON on standard output."""
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    lines = [
        [f"{name}, {unit}", *columns],
        *([title, *(str(row.get(c, "")) for c in columns)] for title, row in rows.items()),
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for first, *rest in lines:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        print("  ".join(cells), file=sys.stderr)
    machine = {"python": platform.python_version(), "cpus": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
    print(json.dumps({"benchmark": name, "unit": unit, "rows": rows, "machine": machine, **more}, indent=1))


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for a benchmark's data, gone at the end; TMPDIR says on which disk."""
    path = Path(tempfile.mkdtemp(prefix="studyapp-benchmark-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def write_decks(home: Path, cards: int, kinds: Sequence[str] = (RECALL,)) -> None:
    """Write so many cards, a hundred to a deck, of these kinds in turn."""
    (home / "decks").mkdir(parents=True, exist_ok=True)
    for first in range(0, cards, A_DECK):
        numbers = range(first, min(cards, first + A_DECK))
        texts = [kinds[number % len(kinds)].replace("NUMBER", str(number)) for number in numbers]
        deck = "\n".join([f"# Deck {first // A_DECK}\n", *texts])
        (home / "decks" / f"deck-{first // A_DECK:04}.md").write_text(deck)


def opened(home: Path) -> Library:
    """The library, with the true clock."""
    return Library.open(home, now=lambda: datetime.now(UTC), seeds=lambda: random.randrange(2**31), clocks=reading)


def furnished(home: Path, cards: int, studied: int) -> Path:
    """A data folder with so many cards, of which so many were answered once and are due since yesterday."""
    write_decks(home, cards)
    before = datetime.now(UTC) - timedelta(days=2)
    with opened(home) as library:
        day = library.study_day(before)
        events = [Answered(f"q{i}", Mode.SPACED, Kind.BASIC, 4, i, milliseconds=9000) for i in range(studied)]
        for start in range(0, studied, 500):
            library.store.append(events[start : start + 500], at=before, day=day)
    return home
