"""Sweep: one parameter through a range, and a value of the simulation against it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Input, Static

from studyapp.core.experiments.sweep import MOST, Reading, figure, levels, places, reading
from studyapp.core.sliders import ParameterValue
from studyapp.simulation import Parameter, Run
from studyapp.tui.ask import BOX
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.lab_experiment import ExperimentScreen
from studyapp.tui.lab_text import typed
from studyapp.tui.review_text import beside

MOST_LISTED = 8
"""Values to choose from that are in sight at once."""

COUNT = 15
"""Places of a sweep, unless the learner says otherwise."""


@dataclass(frozen=True, slots=True)
class Range:
    """What the learner asked to sweep: which value, at which places of the parameter."""

    value: str
    places: Sequence[ParameterValue]


class AskSweep(ModalScreen[Range | None]):
    """Ask which value to measure (↑ ↓), and from where to where in how many places.

    `dependent` tells, as soon as it is known, which values come out differently along the parameter's range: the first
    of them is highlighted, unless the learner has chosen one by then.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "no sweep")]
    CSS = BOX.format(name="AskSweep")

    def __init__(
        self,
        parameter: Parameter,
        values: Sequence[tuple[str, str]],
        dependent: Callable[[], Awaitable[Collection[str]]],
    ) -> None:
        super().__init__()
        self._parameter, self._values, self._dependent = parameter, values, dependent
        self._at = 0
        self._chosen = False

    @property
    def _numeric(self) -> bool:
        return self._parameter.kind in ("int", "float")

    def compose(self) -> ComposeResult:
        """The question, the field for the range, the keys."""
        with Vertical(id="box"):
            yield Static(id="question")
            if self._numeric:
                low, high = self._parameter.low or 0.0, self._parameter.high or 0.0
                yield Input(f"{typed(low)} {typed(high)} {COUNT}", max_length=100, compact=True, select_on_focus=False)
            yield Hints(id="what")

    def on_mount(self) -> None:
        """Ask for the first value."""
        others = [Hint("↑ ↓", "another value", "screen.move(1)")] if len(self._values) > 1 else []
        self.query_one(Hints).show(
            [Hint("Enter", "sweep", "screen.submit"), *others, Hint("Esc", "no sweep", "screen.dismiss(None)")]
        )
        self._show()
        self.run_worker(self._offer(), exit_on_error=False)

    async def _offer(self) -> None:
        found = await self._dependent()
        if not self._chosen:
            self._at = next((at for at, (name, _) in enumerate(self._values) if name in found), 0)
            self._show()

    def on_resize(self) -> None:
        """Show as many values as there is room for."""
        self._show()

    def _show(self, wrong: str = "") -> None:
        name, _ = self._values[self._at]
        question = Content.assemble(
            "How does ", (name, Style(bold=True)), " change with ", (self._parameter.name, Style(bold=True)), "?"
        )
        lines = [question, *self._listed()]
        if self._numeric:
            lines.append(plain(wrong or "From, to, and in how many places:"))
        self.query_one("#question", Static).update(Content("\n").join(lines))

    def _listed(self) -> list[Content]:
        """The values around the highlighted one, whose meaning has all the lines that it needs."""
        width = max(20, min(80, self.app.size.width) - 6)
        most = max(1, min(MOST_LISTED, self.app.size.height - 12))
        first = max(0, min(self._at - most // 2, len(self._values) - most))
        name_width = max(len(name) for name, _ in self._values) + 2
        listed = []
        for at, (name, meaning) in list(enumerate(self._values))[first : first + most]:
            here = at == self._at
            mark = plain(("▸ " if here else "  ") + name.ljust(name_width)).stylize(Style(bold=here))
            line = beside(mark, plain(meaning).stylize(Style(dim=not here)), width)
            listed.append(line if here else line.split("\n")[0].truncate(width, ellipsis=True))
        return listed

    def on_key(self, event: events.Key) -> None:
        """Another value; Enter without a field."""
        if event.key in ("up", "down"):
            event.stop()
            self.action_move(1 if event.key == "down" else -1)
        elif event.key == "enter" and not self._numeric:
            event.stop()
            self.action_submit()

    def action_move(self, step: int) -> None:
        """Ask for another value."""
        self._chosen = True
        self._at = (self._at + step) % len(self._values)
        self._show()

    def on_input_submitted(self) -> None:
        """Enter sweeps."""
        self.action_submit()

    def action_submit(self) -> None:
        """Close with the places, or say what is wrong with the range."""
        try:
            low, high, count = self._range() if self._numeric else (0.0, 1.0, 2)
            found = places(self._parameter, low, high, count)
        except ValueError as error:
            self._show(str(error))
        else:
            self.dismiss(Range(self._values[self._at][0], found))

    def _range(self) -> tuple[float, float, int]:
        given = self.query_one(Input).value
        if re.search(r"\d,\d", given):
            raise ValueError("write a point in place of a comma, and spaces between the numbers")
        words = given.replace(",", " ").split()
        try:
            low, high = float(words[0]), float(words[1])
            count = int(words[2]) if len(words) == 3 else COUNT
        except (ValueError, IndexError):
            raise ValueError(f"give two numbers and, if you like, how many places (2 to {MOST})") from None
        if len(words) > 3:
            raise ValueError(f"give two numbers and, if you like, how many places (2 to {MOST})")
        return low, high, count


class SweepScreen(ExperimentScreen):
    """The value at every place of the parameter, as the runs come in."""

    file_word = "sweep"

    def __init__(
        self,
        name: str,
        parameter: Parameter,
        asked: Range,
        meaning: str,
        given: Mapping[str, ParameterValue],
        seed: int,
    ) -> None:
        super().__init__(name, f"{asked.value} by {parameter.name}")
        self._parameter, self._asked, self._meaning = parameter, asked, meaning
        self._given, self._seed = given, seed
        self._readings: dict[int, Reading] = {}

    def on_mount(self) -> None:
        """Start."""
        self.show_hints()
        self.start([({**self._given, self._parameter.name: one}, self._seed) for one in self._asked.places])

    def came(self, number: int, run: Run) -> None:
        """One place more."""
        found = reading(self._asked.places[number], self._asked.value, run)
        if found is not None:
            self._readings[number] = found
        readings = [self._readings[one] for one in sorted(self._readings)]
        words = plain(f"{self._meaning}; seed {self._seed}, all else as in the Lab")
        if not readings:
            words = plain(f"! {self._asked.value} is no single number here; choose another value")
        window = ((), levels(readings) or ())
        self.show(figure(self._parameter, self._asked.value, self._asked.value, readings), words, window)
