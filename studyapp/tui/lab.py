"""The Lab: predict, run, compare; change a parameter and see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from studyapp.lab import ConsentError
from studyapp.model import Card, ParameterValue
from studyapp.runs.errors import SimulationError
from studyapp.simulation import Description, ParameterError, Run
from studyapp.tui import lab_text
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.lab_actions import LabActions
from studyapp.tui.lab_form import ParameterForm, ValueField
from studyapp.tui.lab_plot import LabPlot
from studyapp.tui.lab_prediction import Prediction, logged
from studyapp.tui.lab_prediction import compared as compared_words
from studyapp.tui.lab_target import TargetLine
from studyapp.tui.question_line import question_line

LIVE_SECONDS = 0.5
"""After a run that took no longer a changed parameter runs by itself, unless the learner predicts."""


class LabScreen(LabActions):
    """One simulation, from a card or by name."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "predict", "predict a value first"),
        Binding("D", "draw", "draw the curve first"),
        Binding("x", "run", "run"),
        Binding("s", "sweep", "sweep the parameter"),
        Binding("c", "compare", "keep a run, then two at once"),
        Binding("C", "keep", "keep this run anew"),
        Binding("X", "seeds", "its claims on 100 seeds"),
        Binding("m", "mistakes", "a mistake beside the truth"),
        Binding("g", "next_figure", "next figure"),
        Binding("v", "source", "view the source"),
        Binding("y", "copy", "copy as a command line"),
        Binding("f", "save", "save figure or numbers"),
        Binding("t", "try_again", "begin the target anew"),
        Binding("n", "new_seed", "another seed, and run"),
        Binding("pageup", "scroll(-1)", "scroll the results"),
        Binding("pagedown", "scroll(1)", "scroll the results"),
        Binding("escape", "cancel", "stop the run; twice after it, back"),
        Binding("q", "leave", "back"),
    ]
    OTHER_KEYS: ClassVar[dict[str, str]] = {
        "↑ ↓": "choose a parameter",
        "← →": "change it",
        "0-9 . - Enter": "type its value",
        "R": "reset all parameters",
    }
    CSS = """
    LabScreen #body { height: 1fr; }
    LabScreen #left { width: 48; }
    LabScreen #help { height: auto; min-height: 2; max-height: 50%; padding: 0 1; color: $text-muted; }
    LabScreen #right { width: 1fr; padding-right: 1; }
    LabScreen #results { height: 40%; min-height: 3; padding: 0 1; border-top: solid $panel-lighten-2; }
    LabScreen #results Static { height: auto; margin-bottom: 1; }
    LabScreen #earlier, LabScreen #compared, LabScreen #claims, LabScreen #silent { display: none; }
    LabScreen #state { height: auto; max-height: 3; padding: 0 1; }
    LabScreen.narrow #left { width: 42; }
    LabScreen.low #results { height: 30%; }
    LabScreen.small #left { width: 1fr; }
    LabScreen.small #right { display: none; }
    """

    def __init__(
        self, name: str, parameters: Mapping[str, ParameterValue], card: Card | None, mistake: str = ""
    ) -> None:
        super().__init__()
        self._mistake = mistake
        self._simulation_name, self._given, self._card = name, parameters, card
        self._description: Description | None = None
        self._single: Collection[str] = ()
        self._prediction: Prediction | None = None
        self._trouble: str | None = None
        self._run: Run | None = None
        self._figure = 0
        self._again = self._earlier = False
        self._shown: tuple[Mapping[str, ParameterValue], int] | None = None
        self._held = self._ended = False
        self._kept: Run | None = None

    def compose(self) -> ComposeResult:
        """The form at the left, the plot at the right, the results below."""
        title = plain(f"Lab · {self._simulation_name}")
        if self._card is not None:
            title = Content.assemble(title, "    from: ", question_line(self._card, self._given))
        yield Static(title, classes="bar")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield Static(id="help")
            with Vertical(id="right"):
                yield LabPlot(id="plot")
        yield TargetLine(id="target")
        yield Static(id="state")
        with VerticalScroll(id="results", can_focus=False):
            yield Static(id="earlier")
            yield Static(id="compared")
            yield Static(id="claims")
            yield Static(id="values")
            yield Static(id="silent")
        yield Hints(id="hints")

    async def on_mount(self) -> None:
        """Read what the simulation offers; a learner's own file asks first."""
        self._say("reading the simulation …")
        self._show_hints()
        self.run_worker(self._open(), exit_on_error=False)

    async def _open(self) -> None:
        laboratory = self.library.laboratory
        try:
            self._description = await laboratory.describe(self._simulation_name)
            values = self._description.accept(self._given)
        except ConsentError as asked:
            from studyapp.tui.source import SourceScreen

            if not await self.app.push_screen_wait(SourceScreen(asked.source, asking=True)):
                self.app.pop_screen()
                return
            with self.study_app.guard():
                laboratory.consent(asked.source)
                await self._open()
            return
        except (SimulationError, ParameterError) as error:
            self._say(f"! {error}")
            return
        form = ParameterForm(self._description.parameters, values, self.library.seeds() % 10_000)
        await self.query_one("#left").mount(form, before="#help")
        form.focus()
        self.static("values").update(lab_text.offered(self._description, max(30, self.app.size.width - 4)))
        self.query_one(LabPlot).invite()
        made = self._mistake in [mark.name for mark in self._description.mistakes]
        self.query_one(TargetLine).begin(self._card, values)
        self._say(f"1 predict (d)   2 run (x)   3 compare{'   m your mistake beside the truth' if made else ''}")
        self._show_hints()
        self._single = await laboratory.exact_numbers(self._simulation_name, [values])  # also warms the worker

    # --- showing ----------------------------------------------------------------------------------

    def _say(self, text: str) -> None:
        self.static("state").update(plain(text))

    def _show_hints(self) -> None:
        if self._description is None:
            self.query_one(Hints).show([Hint("q", "back", "screen.leave")])
            return
        if isinstance(self.focused, ValueField):
            typing = [Hint("Enter", "take it", "focused.submit"), Hint("Esc", "leave it", "focused.give_up")]
            self.query_one(Hints).show([*typing, Hint("↑ ↓", "leave it for another parameter")])
            return
        more = [Hint("g", "next figure", "screen.next_figure")] if self._run and len(self._run.figures) > 1 else []
        mistakes = [Hint("m", "mistakes", "screen.mistakes")] if self._description.mistakes else []
        begun = self.query_one(TargetLine).begun
        # Two lines of hints leave the plot its room; what is left out is among the keys of "?".
        rest = [
            Hint("f", "save", "screen.save"),
            Hint("y", "copy command", "screen.copy", "copy"),
            Hint("R", "reset", "screen.reset"),
        ]
        self.query_one(Hints).show(
            [
                Hint("↑↓", "parameter"),
                Hint("←→ digits", "change"),
                Hint("d", "predict", "screen.predict"),
                Hint("D", "draw", "screen.draw"),
                Hint("x", "run", "screen.run"),
                *more,
                Hint("s", "sweep", "screen.sweep"),
                Hint("c", "compare", "screen.compare"),
                Hint("t", "try again", "screen.try_again") if begun else Hint("X", "100 seeds", "screen.seeds"),
                *mistakes,
                Hint("v", "source", "screen.source"),
                *(rest if self.app.size.width >= 100 else []),
                Hint("?", "keys", "app.keys"),
                Hint("q", "back to the card" if self._card else "back", "screen.leave", "back"),
            ]
        )

    def on_descendant_focus(self) -> None:
        """The keys are others while a value is typed."""
        self._show_hints()

    def on_resize(self) -> None:
        """Lay the results out anew."""
        self.set_class(self.app.size.width < 100, "narrow")
        self.set_class(self.app.size.width < 60, "small")
        self.set_class(self.app.size.height < 30, "low")
        self._show_hints()
        self._show_results()

    def _show_results(self) -> None:
        run, description = self._run, self._description
        if run is None or description is None:
            return
        width = max(30, self.app.size.width - 4)
        self.static("earlier").display = self._earlier
        self.static("earlier").update(lab_text.earlier(run, width))
        compared = self.static("compared")
        compared.display = self._prediction is not None
        if self._prediction is not None:
            compared.update(compared_words(self._prediction, run, self._card, width, self._trouble or ""))
        self.static("values").update(lab_text.values(run, width))
        backing = self._card.simulation.claims if self._card and self._card.simulation else ()
        claims = lab_text.claims(run, backing, width)
        self.static("claims").display = bool(claims)
        self.static("claims").update(claims)
        silent = lab_text.silent_claims(run, description, width)
        self.static("silent").display = bool(silent)
        self.static("silent").update(silent)
        if run.figures:
            figure = run.figures[self._figure % len(run.figures)]
            title = f"{figure.title} (of the run before)" if self._earlier else figure.title
            self.query_one(LabPlot).show(replace(figure, title=title))

    # --- running ----------------------------------------------------------------------------------

    @property
    def _form(self) -> ParameterForm | None:
        found = self.query(ParameterForm)
        return found.first() if found else None

    @property
    def _busy(self) -> bool:
        return any(one.group == "run" and one.is_running and not one.is_cancelled for one in self.workers)

    @property
    def _seen(self) -> bool:
        """Whether what the form has is shown, or about to be."""
        form = self._form
        return self._busy or (form is not None and (form.given, form.seed) == self._shown)

    @property
    def _waits(self) -> bool:
        """Whether a changed parameter waits for x: at first, after a slow run, and for who predicts."""
        slow = self._run is None or self._run.seconds > LIVE_SECONDS
        return slow or self._held or self.query_one(TargetLine).holds_runs

    def action_run(self) -> None:
        """Run at the form's parameters; who does so without a prediction wants changes to run by themselves again."""
        if not self._pending:
            self._held = False
        self._start()

    def _start(self) -> None:
        """Run; a run under way is replaced when it is over."""
        form = self._form
        if form is None:
            return
        if self._busy:
            self._again = True
            return
        self._again = False
        self.run_worker(self._simulate(form.given, form.seed), group="run", exit_on_error=False)

    async def _simulate(self, parameters: Mapping[str, ParameterValue], seed: int) -> None:
        self._say("running …   Esc stops it")
        laboratory = self.library.laboratory
        laboratory.refresh_if_edited(self._simulation_name)
        try:
            run = await laboratory.run(self._simulation_name, parameters, seed, self._show_progress)
        except ConsentError:  # it was edited: the Lab is opened anew, which shows it and asks
            self.app.switch_screen(LabScreen(self._simulation_name, parameters, self._card, self._mistake))
            return
        except (SimulationError, ParameterError) as error:
            self._say(f"! {error}")
            self._earlier = True
            self._show_results()
            return
        self._take(run, parameters, seed)
        try:
            await self.query_one(TargetLine).judge(run, parameters, laboratory, self._keep_prediction)
            self._say_verdict(run)  # a target that is over holds no runs any more
            self._show_hints()
        except SimulationError as error:
            self._say(f"! {error}")

    def _take(self, run: Run, parameters: Mapping[str, ParameterValue], seed: int) -> None:
        self._run, self._shown, self._earlier = run, (parameters, seed), False
        if self._prediction is not None and self._trouble != "":  # once it is kept, later runs add nothing
            made = logged(self._prediction, run, self._card)
            self._trouble = self._keep_prediction(made) if made is not None else ""
        self._say_verdict(run)
        self._show_results()
        self._show_hints()

    def _say_verdict(self, run: Run) -> None:
        """How the claims fare, and what a changed parameter does now."""
        remark = f"\n· {run.remark}" if run.remark else ""
        change = "waits for x" if self._waits else "runs at once"
        self._say(f"{lab_text.verdict(run)}   seed {run.seed}, {run.seconds:.2f} s   a change {change}{remark}")

    def _show_progress(self, done: float) -> None:
        filled = round(20 * done)
        self._say(f"running {'█' * filled}{'░' * (20 - filled)} {100 * done:.0f} %   Esc stops it")

    def on_worker_state_changed(self, message: Worker.StateChanged) -> None:
        """Run once more if a parameter changed meanwhile."""
        if message.worker.group == "run" and message.state is WorkerState.SUCCESS:
            self._ended = True
            if self._again:
                self._start()

    def on_parameter_form_changed(self) -> None:
        """Run what was changed, or say that it waits."""
        lost = "your prediction was for other parameters; " if self._pending else ""
        self._prediction, self.static("compared").display = None, False
        if not self._busy and self._run is not None and self._seen:
            self._earlier = False
            self._show_results()
            self._say_verdict(self._run)
            if lost:
                self._say(f"changed back: {lost}this run was seen")
        elif not self._waits:
            self._start()
        elif self.query_one(TargetLine).holds_runs:
            self._say(f"changed: {lost}x runs it, which counts; d predicts")
        elif self._run is not None or lost:
            self._say(f"changed: {lost}d predicts{' anew' if lost else ''}, x runs it")

    def on_parameter_form_highlighted(self, message: ParameterForm.Highlighted) -> None:
        """Say what the highlighted parameter is."""
        self.static("help").update(plain(message.words))

    def on_parameter_form_refused(self, message: ParameterForm.Refused) -> None:
        """A typed value does not fit: that stands under the form until it is changed."""
        self.static("help").update(plain(f"! {message.why}"))

    # --- keys -------------------------------------------------------------------------------------

    def action_new_seed(self) -> None:
        """Run with another seed."""
        form = self._form
        if form is not None:
            form.values["seed"] = self.library.seeds() % 10_000
            form.show()
            self.action_run()

    def action_try_again(self) -> None:
        """Begin anew with the card's target."""
        if not self.query_one(TargetLine).again():
            self._say("This card has nothing to be found; x runs the simulation.")
        self._show_hints()

    def action_next_figure(self) -> None:
        """Show the run's next figure."""
        if self._run is not None and self._run.figures:
            self._figure = (self._figure + 1) % len(self._run.figures)
            self._show_results()

    def action_source(self) -> None:
        """Show the simulation's source."""
        from studyapp.tui.source import SourceScreen

        with self.study_app.guard():
            self.app.push_screen(SourceScreen(self.library.laboratory.source(self._simulation_name)))

    def action_reset(self) -> None:
        """Set every parameter back."""
        if self._form is not None:
            self._form.action_reset()

    def action_scroll(self, direction: int) -> None:
        """Scroll the results."""
        results = self.query_one("#results", VerticalScroll)
        (results.scroll_page_down if direction > 0 else results.scroll_page_up)(animate=False)

    def action_cancel(self) -> None:
        """Stop the run under way; without one, go back, but for an Esc that may be meant for a run that just ended."""
        ended, self._ended = self._ended, False
        if not self._busy:
            self.study_app.say(lab_text.OVER) if ended else self.action_leave()
            return
        # The worker may still be at another's task, for which this run waits: that one goes on.
        self._again = False
        self.workers.cancel_group(self, "run")
        self._say("! stopped")
        if self._run is not None:
            self._earlier = True
            self._show_results()

    def action_leave(self) -> None:
        """Go back to where the Lab was opened from; a run under way is stopped."""
        self.workers.cancel_group(self, "run")
        self.app.pop_screen()
