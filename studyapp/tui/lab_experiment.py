"""What the experiments of the Lab share: a large plot, words under it, progress, and saving what is shown."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from studyapp.experiments import Setting, run_each
from studyapp.lab import Laboratory
from studyapp.runs.errors import SimulationError
from studyapp.simulation import Figure, ParameterError, Run
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.lab_plot import LabPlot
from studyapp.tui.lab_saving import ask_and_save
from studyapp.tui.lab_text import OVER
from studyapp.tui.plots import Window
from studyapp.tui.screen import LOW, StudyScreen

BAR = 20


class ExperimentScreen(StudyScreen):
    """One figure made of many runs of a simulation; Esc stops them and keeps what came in, q leads back to the Lab."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "save", "save the figure or its numbers"),
        Binding("escape", "stop", "stop the runs; twice after them, back to the Lab"),
        Binding("q", "leave", "back to the Lab"),
    ]
    DEFAULT_CSS = """
    ExperimentScreen #plot { height: 1fr; margin: 1 1 0 1; }
    ExperimentScreen #words { height: auto; max-height: 50%; padding: 0 1; margin-top: 1; }
    ExperimentScreen #state { height: auto; max-height: 3; padding: 0 1; }
    ExperimentScreen.low #plot { margin: 0 1; }
    ExperimentScreen.low #words { max-height: 45%; margin-top: 0; }
    ExperimentScreen.low #state { max-height: 1; }
    """

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self._simulation_name, self._title_text = name, title
        self._others: list[Laboratory] = []
        self._figure: Figure | None = None
        self._runs: dict[int, Run] = {}
        self._total = 0
        self._ended = False

    def compose(self) -> ComposeResult:
        """Title, plot, words, state, keys."""
        yield Static(plain(f"Lab · {self._simulation_name} · {self._title_text}"), classes="bar", id="title")
        yield LabPlot(id="plot")
        yield Static(id="words")
        yield Static(id="state")
        yield Hints(id="hints")

    def on_resize(self) -> None:
        """Give a low screen's room to the plot."""
        self.set_class(self.app.size.height < LOW, "low")

    # --- showing ----------------------------------------------------------------------------------

    def show(self, figure: Figure, words: Content, window: Window | None = None) -> None:
        """Show a figure, its axes over the window at least, and what it says in words."""
        self._figure = figure
        self.query_one(LabPlot).show(figure, window)
        self.static("words").update(words)

    def say(self, text: str) -> None:
        """What is going on, in one line."""
        self.static("state").update(plain(text))

    def show_hints(self, *more: Hint) -> None:
        """The keys of this experiment, then those of all."""
        self.query_one(Hints).show(
            [
                *more,
                Hint("f", "save", "screen.save"),
                Hint("?", "keys", "app.keys"),
                Hint("q", "back to the Lab", "screen.leave", "back"),
            ]
        )

    # --- running ----------------------------------------------------------------------------------

    def start(self, settings: Sequence[Setting]) -> None:
        """Make the runs, on all cores; `came` gets each of them."""
        self.run_worker(self._made(settings), group="experiment", exclusive=True, exit_on_error=False)

    async def _made(self, settings: Sequence[Setting]) -> None:
        total = self._total = len(settings)

        def told(number: int, run: Run) -> None:
            self._runs[number] = replace(run, figures=())
            done = len(self._runs)
            self.came(number, run)
            filled = BAR * done // total
            self.say(f"{'█' * filled}{'░' * (BAR - filled)} {done} of {total} runs   Esc stops and keeps what there is")

        self.say(f"{'░' * BAR} 0 of {total} runs   Esc stops")
        while len(self._others) < min(os.cpu_count() or 1, total) - 1:
            self._others.append(self.library.another_laboratory())
        laboratories = [self.library.laboratory, *self._others]
        try:
            await run_each(laboratories, self._simulation_name, settings, told)
        except (SimulationError, ParameterError) as error:
            self.say(f"! {error}")
        else:
            self.over(total)
        self._ended = True

    def came(self, number: int, run: Run) -> None:
        """A run came in; `number` counts the settings from 0."""
        raise NotImplementedError

    def over(self, total: int) -> None:
        """All runs came in."""
        self.say(f"{total} runs")

    @property
    def busy(self) -> bool:
        """Whether runs are under way."""
        return any(one.group == "experiment" and one.is_running and not one.is_cancelled for one in self.workers)

    async def on_unmount(self) -> None:
        """End the other processes."""
        for laboratory in self._others:
            await laboratory.close()

    # --- keys -------------------------------------------------------------------------------------

    def action_stop(self) -> None:
        """Stop all runs under way; without any, go back, but for an Esc that may be meant for runs that just ended."""
        ended, self._ended = self._ended, False
        if self.busy:
            self.workers.cancel_group(self, "experiment")
            self.say(f"stopped after {len(self._runs)} of {self._total} runs")
        elif ended:
            self.study_app.say(OVER)
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Back to the Lab; runs under way end."""
        self.workers.cancel_group(self, "experiment")
        self.app.pop_screen()

    def action_save(self) -> None:
        """Ask for a file and write the figure, or its numbers, there."""
        figure = self._figure
        if figure is None or not figure.marks:
            self.study_app.say("There is nothing to save yet.")
        else:
            runs = [self._runs[number] for number in sorted(self._runs)]
            saving = ask_and_save(self, f"{self._simulation_name}_{self.file_word}", figure, [figure], runs)
            self.run_worker(saving, group="ask", exit_on_error=False)

    file_word = "experiment"
    """What a saved file is called after the simulation's name."""
