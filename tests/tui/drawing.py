"""Draws marks as text, for the tests of figures."""

from __future__ import annotations

from studyapp.simulation import Axis, Figure, Mark
from studyapp.tui.plots import figure


def drawn(
    *marks: Mark, width: int = 44, height: int = 9, title: str = "Title", x: Axis | None = None, y: Axis | None = None
) -> list[str]:
    """A figure's lines, without the spaces at their ends."""
    made = Figure(title, x or Axis("step"), y or Axis("loss"), marks)
    return [line.rstrip() for line in figure(made, width=width, height=height).plain.split("\n")]
