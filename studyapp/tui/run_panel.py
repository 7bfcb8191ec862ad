"""The simulation beside an answer: run in the worker while the learner thought, its claims and its plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from studyapp.core.questions import Question
from studyapp.runs.errors import SimulationError
from studyapp.tui import wording
from studyapp.tui.card_text import plain
from studyapp.tui.screen import StudyScreen

if TYPE_CHECKING:
    from studyapp.lab import Laboratory
    from studyapp.simulation import Run

ROWS = 10
"""How many rows the plot may take."""


class RunPanel(Vertical):
    """Runs the simulation of a card whose answer is shown; the interface stays free meanwhile."""

    DEFAULT_CSS = """
    RunPanel { height: auto; margin-top: 1; display: none; }
    RunPanel #run, RunPanel #figure { height: auto; }
    """

    def __init__(self) -> None:
        super().__init__(id="panel")
        self._question: Question | None = None
        self._run: Run | None = None

    def compose(self) -> ComposeResult:
        """A line on the run and its claims, and the plot."""
        yield Static(id="run")
        yield Static(id="figure")

    def clear(self) -> None:
        """Show nothing, as before the answer."""
        self.workers.cancel_node(self)
        self._question = self._run = None
        self.display = False

    def start(self, question: Question, laboratory: Laboratory) -> None:
        """Show the run of the question's simulation, at its parameters and its seed, if it has one: at once if it was
        made while the learner thought."""
        if question.card.simulation is None:
            return
        self._question = question
        self.display = True
        self._run = laboratory.finished(question)
        if self._run is not None:
            self.lay_out()
        else:
            self._say(f"… running {question.card.simulation.name}")
            self.run_worker(self._simulate(question, laboratory), exclusive=True, exit_on_error=False)

    async def _simulate(self, question: Question, laboratory: Laboratory) -> None:
        from studyapp.lab import ConsentError

        link = question.card.simulation
        assert link is not None
        try:
            self._run = await laboratory.run_quickly(link.name, question.parameters, question.seed)
        except ConsentError:
            self._say(f"{link.name} is your own file: x shows it and asks before it runs.")
        except (SimulationError, ValueError) as error:
            self._say(f"! the simulation did not run: {error}")
        else:
            if self._run is None:
                self._say(f"{link.name} takes a moment: x runs it in the Lab.{_verified(laboratory, question)}")
            self.lay_out()

    def on_worker_state_changed(self, message: Worker.StateChanged) -> None:
        """A run that failed as nobody expected is not running any more."""
        if message.state is WorkerState.ERROR:
            self._say(f"! the simulation did not run: {message.worker.error}")
        if isinstance(self.screen, StudyScreen):
            self.screen.on_worker_state_changed(message)

    def _say(self, text: str) -> None:
        self.query_one("#run", Static).update(plain(text))
        self.query_one("#figure", Static).display = False

    def lay_out(self) -> None:
        """Draw the run for the width there is now."""
        run, question = self._run, self._question
        if run is None or question is None or question.card.simulation is None:
            return
        from studyapp.tui.plots import figure
        from studyapp.tui.run_text import run_line

        width = max(30, min(self.app.size.width - 4, 96))
        self.query_one("#run", Static).update(run_line(run, question.card.simulation.claims, width))
        shown = self.query_one("#figure", Static)
        shown.display = bool(run.figures)
        if run.figures:
            wanted = question.card.simulation.figure
            chosen = next((one for one in run.figures if one.title.startswith(wanted)), run.figures[0])
            shown.update(figure(chosen, width=width, height=ROWS))


def _verified(laboratory: Laboratory, question: Question) -> str:
    """When and on how many seeds `studyapp verify` found the card borne out."""
    found = laboratory.verified(question.card)
    if found is None:
        return " Not verified here yet: `studyapp verify` does."
    day, seeds = found
    return f" Verified on {wording.day_name(day)}: it held on {wording.counted(seeds, 'seed')}."
