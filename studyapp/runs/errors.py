"""The one exception family of this package: whatever goes wrong with a simulation is told in one clear line."""

from __future__ import annotations

LESS = "choose smaller parameters, or let it compute less"
"""What to do about too much time or memory: the file may have none, or take as much whatever they are."""


class SimulationError(Exception):
    """A simulation, or a figure of one, that cannot be had: where (`coin.py:12`), what, and what to do about it."""

    def __init__(self, place: str, what: str, remedy: str = "", *, line: int = 0) -> None:
        self.place = one_line(place)
        self.line = line
        self.what = one_line(what)
        self.remedy = one_line(remedy)
        where = f"{self.place}:{line}" if line else self.place
        super().__init__(f"{where}: {self.what}" + (f"; {self.remedy}" if self.remedy else ""))


class Cancelled(SimulationError):  # noqa: N818 - the learner wished it, so it is no error
    """A task that was stopped because it was asked to be, or because the worker was closed."""

    def __init__(self, place: str) -> None:
        super().__init__(place, "cancelled")


def one_line(text: str, most: int = 300) -> str:
    """The text as one line of printable characters, cut to `most`: it may come from a stranger's program."""
    line = "".join(c if c.isprintable() else " " for c in text[: 4 * most])
    line = " ".join(line.split())
    return line if len(line) <= most else line[: most - 1] + "…"
