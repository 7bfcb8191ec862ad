"""Refute it: the line of the Lab that says what is to be found, how many runs are left, and what was confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from textual.content import Content
from textual.widgets import Static

from studyapp.core.experiments.target import CONFIRMED_BY, RUNS, Attempt, bound, measured, met, named, wanted
from studyapp.experiments import run_each
from studyapp.lab import Laboratory
from studyapp.model import Card, ParameterValue, Predicted, Predicting
from studyapp.simulation import Run
from studyapp.tui.card_text import plain
from studyapp.tui.lab_text import typed
from studyapp.tui.review_text import BOLD, DIM, RIGHT


class TargetLine(Static):
    """A card's target and the attempt at it; nothing for a card without one."""

    DEFAULT_CSS = """
    TargetLine { height: auto; max-height: 4; padding: 0 1; display: none; }
    """

    attempt: Attempt | None = None

    def begin(self, card: Card | None, given: Mapping[str, ParameterValue]) -> None:
        """Take up the card's target, at the parameters that the card fixes."""
        if card is not None and card.target is not None:
            self.attempt = Attempt(card.target, given)
            self.display = True
            self._say("")

    def again(self) -> bool:
        """Begin anew with all runs; False without a target."""
        if self.attempt is None:
            return False
        self.attempt = replace(self.attempt, runs=0, confirmed=False)
        self._say("")
        return True

    @property
    def begun(self) -> bool:
        """Whether there are runs to take back."""
        return self.attempt is not None and self.attempt.runs > 0

    @property
    def holds_runs(self) -> bool:
        """Whether each run counts, so that none is made by itself."""
        return self.attempt is not None and not self.attempt.over

    async def judge(
        self,
        run: Run,
        parameters: Mapping[str, ParameterValue],
        laboratory: Laboratory,
        keep: Callable[[Predicted], str],
    ) -> None:
        """Count a run; one that meets the target is confirmed on further seeds, and logged. Raises SimulationError."""
        attempt = self.attempt
        if attempt is None or attempt.over:
            return
        if foreign := attempt.foreign(parameters):
            was = ", ".join(f"{name} was {typed(attempt.given[name])}" for name in foreign)
            self._say(f"not counted: {was}, and only {', '.join(attempt.target.change)} may be changed")
            return
        target, number = attempt.target, measured(attempt.target, run)
        attempt = replace(attempt, runs=attempt.runs + 1)
        called = named(target)
        place = ", ".join(f"{name} {typed(parameters[name])}" for name in target.change if name in parameters)
        here = f"at {place} {called} " + (f"is {number:.4g}" if number is not None else "has no number")
        if not met(target, run):
            self.attempt = attempt
            self._say(f"{here}; wanted is {wanted(target)}{self._solution(attempt)}")
            return
        self.attempt = attempt
        self._say(f"{here}: met; trying it on {CONFIRMED_BY} more seeds …")
        runs: list[Run] = []
        settings = [(parameters, run.seed + step) for step in range(1, CONFIRMED_BY + 1)]
        await run_each([laboratory], run.simulation, settings, lambda _, one: runs.append(one))
        held = sum(met(target, one) for one in runs)
        self.attempt = replace(attempt, confirmed=held == CONFIRMED_BY)
        if held < CONFIRMED_BY:
            self._say(f"{here}, but on {held} of {CONFIRMED_BY} more seeds only{self._solution(attempt)}")
            return
        assert number is not None
        trouble = keep(
            Predicted(
                simulation=run.simulation,
                value=target.value,
                parameters=dict(run.parameters),
                seed=run.seed,
                predicted=bound(target),
                measured=number,
                confidence="",
                form=Predicting.TARGET,
            )
        )
        alike = " (chance plays no part)" if all(measured(target, one) == number for one in runs) else ""
        found = f"{RIGHT} {here}, and {wanted(target)} on {CONFIRMED_BY} of {CONFIRMED_BY} more seeds{alike}: refuted"
        self._say(f"{found}, but {trouble}" if trouble else found)

    def _solution(self, attempt: Attempt) -> str:
        if attempt.left:
            return ""
        found = ", ".join(f"{name} = {typed(value)}" for name, value in attempt.target.solution.items())
        return f". No run is left; one way is {found}"

    def _say(self, text: str) -> None:
        attempt = self.attempt
        assert attempt is not None
        left = "" if attempt.confirmed else f"   {attempt.runs} of {RUNS} runs"
        head = Content.assemble(("Try: ", BOLD), plain(attempt.target.task), (left, DIM))
        self.update(Content("\n").join([head, plain(text)]) if text else head)
