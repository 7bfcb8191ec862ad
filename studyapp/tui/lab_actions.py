"""What the Lab can do beyond one run: predict, draw, sweep, many seeds, compare, mistakes; copy and save."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from studyapp.core.experiments.drawing import curves
from studyapp.core.experiments.sweep import depends, ends_of, sweepable
from studyapp.model import Card, ParameterValue, Predicted, Predicting
from studyapp.runs.errors import SimulationError
from studyapp.simulation import Description, Parameter, ParameterError, Run, Verdict
from studyapp.store import StoreError
from studyapp.tui import lab_text
from studyapp.tui.lab_form import ParameterForm
from studyapp.tui.lab_prediction import Askable, Prediction, askable, predictable
from studyapp.tui.screen import StudyScreen


class LabActions(StudyScreen):
    """The experiments on one simulation, at the parameters of the Lab's form."""

    _simulation_name: str
    _card: Card | None
    _mistake: str
    _prediction: Prediction | None
    _trouble: str | None
    _description: Description | None
    _single: Collection[str]
    _run: Run | None
    _kept: Run | None
    _figure: int
    _shown: tuple[Mapping[str, ParameterValue], int] | None
    _held: bool

    @property
    def _busy(self) -> bool:
        """Whether a run is under way."""
        raise NotImplementedError

    @property
    def _seen(self) -> bool:
        """Whether what the form has is shown, or about to be."""
        raise NotImplementedError

    @property
    def _form(self) -> ParameterForm | None:
        """The form, once the simulation was read."""
        raise NotImplementedError

    def _say(self, text: str) -> None:
        """Say something in the line of the Lab."""
        raise NotImplementedError

    def _take(self, run: Run, parameters: Mapping[str, ParameterValue], seed: int) -> None:
        """Show a run that was made elsewhere as the Lab's own."""
        raise NotImplementedError

    # --- predict ----------------------------------------------------------------------------------

    @property
    def _pending(self) -> bool:
        """Whether a prediction was made that no run was compared with yet."""
        return self._prediction is not None and self._trouble is None

    def _hold(self, then: str) -> bool:
        """From here on changes wait for x; True, and said, where there is nothing unseen to predict."""
        self._held = True
        if self._seen:
            what = "It is running already" if self._busy else "Seen already"
            self._say(f"{what}: the next change waits; {then}")
        return self._seen

    def action_predict(self) -> None:
        """Ask for a prediction, which the next run is compared with; of a run that was seen there is none to make."""
        form = self._form
        if form is not None and not self._hold("then d predicts, x runs it."):
            self.run_worker(self._ask_prediction(form), group="ask", exit_on_error=False)

    async def _ask_prediction(self, form: ParameterForm) -> None:
        from studyapp.tui.ask import AskPrediction

        assert self._description is not None
        values = predictable(self._description, self._run, self._card, self._single)
        if not values:
            self.study_app.say("This simulation has no single number to predict.")
            return

        async def with_options() -> list[Askable]:
            return askable(values, self._run, self._card, *await self._beside(form.given))

        asking = AskPrediction(askable(values, self._run, self._card), with_options)
        prediction = await self.app.push_screen_wait(asking)
        if prediction is not None:
            if prediction.form is Predicting.CHOICE:
                self._mistake = await self._mistake_behind(prediction, form.given)
            self._prediction, self._trouble = prediction, None
            self.static("compared").display = False
            sign = ":" if prediction.form is Predicting.TREND else " ="
            said = f"{prediction.value}{sign} {prediction.said}, {prediction.confidence}"
            self._say(f"You said {said}. Not kept yet: x runs it, and keeps both.")

    def _keep_prediction(self, made: Predicted) -> str:
        """Log a prediction with what the run gave: "" when it is on the disk, else one line that says why it is not."""
        try:
            self.library.predict(made)
        except StoreError as error:
            return f"not kept: {error}"
        return ""

    # --- draw the curve ---------------------------------------------------------------------------

    def action_draw(self) -> None:
        """Make the run unseen, and let the learner draw one of its curves first."""
        form = self._form
        if form is not None and not self._hold("then D draws its curve."):
            self.run_worker(self._drawn(form.given, form.seed), group="run", exit_on_error=False)

    async def _drawn(self, parameters: Mapping[str, ParameterValue], seed: int) -> None:
        from studyapp.tui.lab_draw import DrawScreen

        self._say("making the run, unseen …   Esc stops it")
        try:
            run = await self.library.laboratory.run(self._simulation_name, parameters, seed)
        except (SimulationError, ParameterError) as error:
            self._say(f"! {error}")
            return
        found = curves(run.figures)
        if not found:
            self._say("This simulation has no curve to draw; d predicts a number.")
            return
        card = self._card.id if self._card is not None else ""
        self._say("D draws the curve   x runs it")

        def seen() -> None:
            self._take(run, parameters, seed)

        self.app.push_screen(DrawScreen(run, found, self._run, card, self._keep_prediction, seen))

    # --- many runs --------------------------------------------------------------------------------

    def action_sweep(self) -> None:
        """Ask what to sweep, and sweep the highlighted parameter."""
        form = self._form
        if form is None or self._description is None:
            return
        parameter = form.parameter
        values = predictable(self._description, self._run, self._card, self._single)
        if parameter is None or not sweepable(parameter):
            self._say("↑ ↓ choose a parameter with a range first; then s sweeps it.")
        elif not values:
            self._say("This simulation has no single number to follow.")
        else:
            self.run_worker(self._swept(form, parameter, values), group="ask", exit_on_error=False)

    async def _swept(self, form: ParameterForm, parameter: Parameter, values: list[tuple[str, str]]) -> None:
        from studyapp.tui.lab_sweep import AskSweep, SweepScreen

        async def dependent() -> Collection[str]:
            ends = [{**form.given, parameter.name: one} for one in ends_of(parameter)]
            try:
                exact = await self.library.laboratory.exact_numbers(self._simulation_name, ends)
            except SimulationError:
                return ()
            return [name for name, numbers in exact.items() if depends(numbers)]

        asked = await self.app.push_screen_wait(AskSweep(parameter, values, dependent))
        if asked is not None:
            meaning = dict(values)[asked.value]
            given, seed = form.given, form.seed
            self.app.push_screen(SweepScreen(self._simulation_name, parameter, asked, meaning, given, seed))

    def action_seeds(self) -> None:
        """The claims that apply here, over many seeds."""
        form, run = self._form, self._run
        if form is None:
            return
        if run is None or self._shown is None or form.given != self._shown[0]:
            self._say("Run it here first (x): then X tries its claims on 100 seeds.")
            return
        backing = self._card.simulation.claims if self._card and self._card.simulation else ()
        claims = [one.name for one in run.claims if one.verdict is not Verdict.SILENT]
        if not claims:
            self._say("No claim speaks of these parameters.")
            return
        from studyapp.tui.lab_seeds import SeedsScreen

        claims.sort(key=lambda name: name not in backing)
        self.app.push_screen(SeedsScreen(self._simulation_name, claims, form.given))

    # --- two at once ------------------------------------------------------------------------------

    def action_compare(self) -> None:
        """Keep the run for later; with another one kept, put both side by side."""
        run = self._run
        if run is None:
            self._say("Run it first: x. Then c keeps that run, to stand beside another one.")
        elif self._kept is None:
            self.action_keep()
        elif _same(self._kept, run):
            self._say("This run is A already: change a parameter and run; then c puts both side by side.")
        else:
            from studyapp.tui.lab_compare import CompareScreen

            self.app.push_screen(CompareScreen(self._kept, run))

    def action_keep(self) -> None:
        """Keep the run as the first of two."""
        if self._run is None:
            self._say("Run it first: x.")
        else:
            self._kept = self._run
            self._say("Kept as A: change a parameter and run; then c puts both side by side.")

    def action_mistakes(self) -> None:
        """Show what a named mistake gives here, beside the truth."""
        form = self._form
        if form is not None and self._description is not None:
            if self._description.mistakes:
                self.run_worker(self._mistaken(form), group="ask", exit_on_error=False)
            else:
                self._say("This simulation names no mistake.")

    async def _mistaken(self, form: ParameterForm) -> None:
        from studyapp.tui.lab_mistakes import MistakesScreen

        assert self._description is not None
        try:
            exact, wrong = await self.library.laboratory.beside(self._simulation_name, form.given)
        except (SimulationError, ParameterError) as error:
            self._say(f"! {error}")
            return
        marks = [mark for mark in self._description.mistakes if mark.name in wrong]
        if not marks:
            self._say("No mistake is about a value that these parameters have.")
            return
        asked = self._card.answer.mistakes if self._card is not None and self._card.answer is not None else ()
        marks.sort(key=lambda mark: mark.name not in asked)
        source = self.library.laboratory.source(self._simulation_name).code.decode(errors="replace")
        self.app.push_screen(MistakesScreen(self._simulation_name, source, marks, exact, wrong, self._mistake))

    async def _beside(
        self, given: Mapping[str, ParameterValue]
    ) -> tuple[Mapping[str, object], Mapping[str, Mapping[str, object]]]:
        """The exact values that mistakes are about, and by value what the mistakes give; nothing if that fails."""
        assert self._description is not None
        try:
            exact, wrong = await self.library.laboratory.beside(self._simulation_name, given)
        except (SimulationError, ParameterError):
            return {}, {}
        by_value: dict[str, dict[str, object]] = {}
        for mark in self._description.mistakes:
            if mark.name in wrong:
                by_value.setdefault(mark.value, {})[mark.name] = wrong[mark.name]
        return exact, by_value

    async def _mistake_behind(self, prediction: Prediction, given: Mapping[str, ParameterValue]) -> str:
        """The named mistake that gives the option that was chosen; "" for the right one."""
        _, wrong = await self._beside(given)
        return next(
            (name for name, number in wrong.get(prediction.value, {}).items() if number == prediction.number), ""
        )

    # --- copy and save ----------------------------------------------------------------------------

    def action_copy(self) -> None:
        """Copy the command line that makes the same run."""
        form, description = self._form, self._description
        if form is not None and description is not None:
            defaults = {one.name: one.default for one in description.parameters}
            line = self.library.here(lab_text.command(self._simulation_name, form.given, defaults, form.seed))
            self.app.copy_to_clipboard(line)
            self.study_app.say(f"Copied: {line}")

    def action_save(self) -> None:
        """Ask for a file and write the figure there, or the numbers of the run."""
        run = self._run
        if run is None or not run.figures:
            self.study_app.say("Run it first: x.")
        else:
            from studyapp.tui.lab_saving import ask_and_save

            shown = run.figures[self._figure % len(run.figures)]
            saving = ask_and_save(self, self._simulation_name, shown, run.figures, [run])
            self.run_worker(saving, group="ask", exit_on_error=False)


def _same(one: Run, other: Run) -> bool:
    return (one.parameters, one.seed, one.sha256) == (other.parameters, other.seed, other.sha256)
