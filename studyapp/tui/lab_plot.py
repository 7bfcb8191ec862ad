"""The live plot of the Lab: one figure as text, laid out anew for every size."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from studyapp.simulation import Figure
from studyapp.tui.plots import Window
from studyapp.tui.plots import figure as drawn


class LabPlot(Static):
    """Shows one figure and redraws it in place."""

    DEFAULT_CSS = """
    LabPlot { height: 1fr; }
    """

    _figure: Figure | None = None
    _window: Window | None = None

    def invite(self) -> None:
        """Say what will stand here."""
        self.update(Content.styled("x runs it, and its plot stands here.", Style(dim=True)))

    def show(self, figure: Figure, window: Window | None = None) -> None:
        """Draw a figure as large as there is room, its axes over the window at least."""
        self._figure, self._window = figure, window
        if self.size.width and self.size.height:
            width, height = max(20, self.size.width), max(6, self.size.height)
            self.update(drawn(figure, width=width, height=height, window=window))

    def on_resize(self) -> None:
        """Draw it for the new size."""
        if self._figure is not None:
            self.show(self._figure, self._window)
