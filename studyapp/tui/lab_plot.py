"""The live plot of the Lab: one figure as text, laid out anew for every size."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from studyapp.simulation import Bars, Figure
from studyapp.tui.plots import Window
from studyapp.tui.plots import figure as drawn

SMALLEST = (16, 6)
"""The columns and lines below which a curve tells nothing."""


class LabPlot(Static):
    """Shows one figure and redraws it in place."""

    DEFAULT_CSS = """
    LabPlot { height: 1fr; min-height: 1; }
    """

    _figure: Figure | None = None
    _window: Window | None = None

    def invite(self) -> None:
        """Say what will stand here."""
        self.update(Content.styled("x runs it, and its plot stands here.", Style(dim=True)))

    def show(self, figure: Figure, window: Window | None = None) -> None:
        """Draw a figure as large as there is room, its axes over the window at least."""
        self._figure, self._window = figure, window
        # Bars are lines of text, and of nothing there is a word to say: neither needs the room of a curve.
        if self.has_room or (self.size and all(isinstance(mark, Bars) for mark in figure.marks)):
            self.update(drawn(figure, width=self.size.width, height=self.size.height, window=window))
        elif self.size:
            self.update(Content.styled("! make the window larger", Style(bold=True)))

    @property
    def has_room(self) -> bool:
        """Whether a curve can be seen here."""
        return self.size.width >= SMALLEST[0] and self.size.height >= SMALLEST[1]

    def on_resize(self) -> None:
        """Draw it for the new size."""
        if self._figure is not None:
            self.show(self._figure, self._window)
