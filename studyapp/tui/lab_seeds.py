"""A hundred seeds: how a claim fares when only chance changes, with the histogram of what it measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from studyapp.core.experiments.seeds import Trials, figure
from studyapp.core.sliders import ParameterValue
from studyapp.simulation import Claim, Run, Verdict, claim_numbers
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint
from studyapp.tui.lab_experiment import ExperimentScreen
from studyapp.tui.review_text import BOLD, DIM
from studyapp.tui.run_text import SIGNS

SEEDS = 100


class SeedsScreen(ExperimentScreen):
    """Every claim that applies at the Lab's parameters, over seeds 0 to 99; ← → choose the claim."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "choose(-1)", "the claim before"),
        Binding("right", "choose(1)", "the next claim"),
    ]
    file_word = "seeds"

    def __init__(self, name: str, claims: list[str], given: Mapping[str, ParameterValue]) -> None:
        super().__init__(name, f"{SEEDS} seeds")
        self._claims, self._given = claims, given
        self._at = 0
        self._found: dict[int, Mapping[str, Claim]] = {}

    def on_mount(self) -> None:
        """Start."""
        more = [Hint("← →", "another claim", "screen.choose(1)")] if len(self._claims) > 1 else []
        self.show_hints(*more)
        self.start([(self._given, seed) for seed in range(SEEDS)])

    def came(self, number: int, run: Run) -> None:
        """One seed more."""
        self._found[number] = {claim.name: claim for claim in run.claims}
        self._lay_out()

    def over(self, total: int) -> None:
        """All seeds are in."""
        self.say(f"{total} runs, seeds 0 to {total - 1}")

    def action_choose(self, step: int) -> None:
        """Show another claim."""
        self._at = (self._at + step) % len(self._claims)
        self._lay_out()

    def _lay_out(self) -> None:
        name = self._claims[self._at]
        trials = Trials(tuple(self._found[seed][name] for seed in sorted(self._found) if name in self._found[seed]))
        if not trials.claims:
            return
        width = self.text_width
        sign = SIGNS[Verdict.HOLDS if trials.borne_out else Verdict.FAILS]
        which = f"   {self._at + 1} of {len(self._claims)}" if len(self._claims) > 1 else ""
        failed = next((seed for seed, one in sorted(self._found.items()) if _fails(one.get(name))), None)
        lines = [
            Content.assemble((f"{name}{which}", BOLD)),
            *plain(trials.claims[0].sentence).stylize(DIM).wrap(width),
            Content.assemble((f"{sign} ", BOLD), plain(trials.summary())),
        ]
        if failed is not None:
            lines.append(plain(f"  fails first on seed {failed}: {claim_numbers(self._found[failed][name])}"))
        self.show(figure(trials), Content("\n").join(lines))


def _fails(claim: Claim | None) -> bool:
    return claim is not None and claim.verdict is Verdict.FAILS
