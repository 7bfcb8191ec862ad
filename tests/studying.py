"""A library in a temporary folder with a clock that the test moves: shared by the tests of the uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from studyapp.core.exam.clock import Reading
from studyapp.library import Library

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SIMULATIONS = Path(__file__).parent.parent / "simulations"


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOON
    boot: str = "first boot"
    booted: dict[str, datetime] = field(default_factory=dict)

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.now

    def reading(self) -> Reading:
        """What the machine's clocks show: a boot begins when it is first looked at, and nobody sets the wall clock."""
        ticks = self.now - self.booted.setdefault(self.boot, self.now)
        return Reading(self.boot, round(ticks.total_seconds() * 1000), round(self.now.timestamp() * 1000))

    def forward(self, **units: float) -> None:
        """Move it on."""
        self.now += timedelta(**units)


@contextmanager
def library(folder: Path, clock: Clock, **decks: str) -> Iterator[Library]:
    """A library whose shipped decks are these texts and whose simulations are the shipped ones."""
    shipped = folder / "shipped"
    (shipped / "decks").mkdir(parents=True, exist_ok=True)
    if not (shipped / "simulations").exists():
        (shipped / "simulations").symlink_to(SIMULATIONS)
    for name, text in decks.items():
        (shipped / "decks" / f"{name}.md").write_text(text, encoding="utf-8")
    seeds = count(1)
    with Library.open(
        folder / "home", now=clock, seeds=lambda: next(seeds), clocks=clock.reading, shipped=shipped
    ) as opened:
        yield opened


def own(folder: Path, text: str, name: str = "mine.md") -> Path:
    """A deck of the learner's own."""
    path = folder / "home" / "decks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def basic_deck(cards: int, title: str = "Plain") -> str:
    """A deck of basic cards c0, c1, ... that are recalled."""
    parts = [f"## Question {i}? {{#c{i}}}\n\nThe long answer to question number {i}.\n" for i in range(cards)]
    return f"# {title}\n\n" + "\n".join(parts)


CHOICE = """# Choice

## Which one? {#which}

- [x] right
- [ ] wrong

  Since it is not.
- [ ] other
"""

COMPUTED = """# Computed

## The ratio at temperature @{temperature}? {#ratio}

Divide, then exponentiate.

```toml
[simulation]
name = "softmax_output"
parameters = { logits = [2.0, 0.0] }
vary = { temperature = [0.5, 1.0, 2.0] }

[answer]
value = "ratio_of_probabilities"
tolerance = 0.02
mistakes = ["forgets_to_exponentiate"]
```
"""
