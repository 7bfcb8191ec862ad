"""A mistake beside the truth: what both give on the same input, and the code of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from studyapp.core.experiments.definitions import definition
from studyapp.core.experiments.table import elements
from studyapp.simulation import Axis, Bars, Figure, MistakeMark
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.lab_plot import LabPlot
from studyapp.tui.lab_text import brief
from studyapp.tui.review_text import BOLD, DIM, RIGHT, WRONG
from studyapp.tui.screen import StudyScreen
from studyapp.tui.source import listing

MOST_BARS = 10


class MistakesScreen(StudyScreen):
    """One named mistake after the other, ↑ ↓, beside the right one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "the mistake above"),
        Binding("down", "choose(1)", "the mistake below"),
        Binding("pageup", "scroll(-1)", "scroll the code"),
        Binding("pagedown", "scroll(1)", "scroll the code"),
        Binding("q,escape,m", "app.pop_screen", "back to the Lab"),
    ]
    CSS = """
    MistakesScreen #which { height: auto; padding: 1 1 0 1; }
    MistakesScreen #plot { height: 12; margin: 0 1; }
    MistakesScreen #code { height: 1fr; padding: 0 1; border-top: solid $panel-lighten-2; }
    MistakesScreen #code Static { height: auto; }
    MistakesScreen.short #plot { height: 8; }
    MistakesScreen.tiny #plot { display: none; }
    """

    def __init__(
        self,
        name: str,
        source: str,
        mistakes: Sequence[MistakeMark],
        exact: Mapping[str, Any],
        wrong: Mapping[str, Any],
        chosen: str = "",
    ) -> None:
        super().__init__()
        self._simulation_name, self._source = name, source
        self._mistakes, self._exact, self._wrong = mistakes, exact, wrong
        names = [mark.name for mark in mistakes]
        self._at = names.index(chosen) if chosen in names else 0

    def compose(self) -> ComposeResult:
        """The mistakes, both numbers as bars, the code of both."""
        yield Static(plain(f"Lab · {self._simulation_name} · a mistake beside the truth"), classes="bar")
        yield Static(id="which")
        yield LabPlot(id="plot")
        with VerticalScroll(id="code", can_focus=False):
            yield Static(id="both")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Say which keys there are."""
        several = [Hint("↑ ↓", "another mistake", "screen.choose(1)")] if len(self._mistakes) > 1 else []
        self.query_one(Hints).show(
            [
                *several,
                Hint("PgUp PgDn", "scroll the code"),
                Hint("?", "keys", "app.keys"),
                Hint("q", "back to the Lab", "app.pop_screen", "back"),
            ]
        )

    def on_resize(self) -> None:
        """Lay out for the room there is."""
        self.set_class(self.app.size.height < 32, "short")
        self.set_class(self.app.size.height < 20, "tiny")
        self._lay_out()

    def _lay_out(self) -> None:
        mark = self._mistakes[self._at]
        exact, wrong = self._exact[mark.value], self._wrong[mark.name]
        width = self.text_width
        number = f"{self._at + 1} of {len(self._mistakes)}   " if len(self._mistakes) > 1 else ""
        lines = [
            *Content.assemble(
                (number, DIM), ("the misconception: ", DIM), plain(mark.misconception).stylize(BOLD)
            ).wrap(width),
            Content.assemble((f"{RIGHT} {mark.value}".ljust(30), BOLD), plain(f" {brief(exact)}")),
            Content.assemble((f"{WRONG} {mark.name}".ljust(30), BOLD), plain(f" {brief(wrong)}")),
        ]
        self.static("which").update(Content("\n").join([line.truncate(width, ellipsis=True) for line in lines]))
        self.query_one(LabPlot).show(beside_each_other(mark, exact, wrong))
        codes = []
        for sign, name, words in ((RIGHT, mark.value, "the truth"), (WRONG, mark.name, "the mistake")):
            if text := definition(self._source, name):
                codes += [Content.assemble((f"{sign} {words}", BOLD)), listing(text, max(30, self.app.size.width - 4))]
        self.static("both").update(Content("\n").join(codes))

    def action_choose(self, step: int) -> None:
        """Another mistake."""
        self._at = (self._at + step) % len(self._mistakes)
        self._lay_out()

    def action_scroll(self, direction: int) -> None:
        """Scroll the code."""
        code = self.query_one("#code", VerticalScroll)
        (code.scroll_page_down if direction > 0 else code.scroll_page_up)(animate=False)


def beside_each_other(mark: MistakeMark, exact: Any, wrong: Any) -> Figure:
    """Both as bars: one for each of the first elements that both have, where the value is an array.

    A mistake that is one number stands beside every element.
    """
    right, mistaken = dict(elements(exact)), dict(elements(wrong))
    if list(mistaken) == [""]:
        mistaken = dict.fromkeys(right, mistaken[""])
    places = [place for place in right if place in mistaken][:MOST_BARS]
    names = [place or mark.value for place in places]
    both = (right, "right"), (mistaken, "mistake")
    bars = [Bars(names, [float(one[place]) for place in places], label) for one, label in both]
    return Figure("", Axis(""), Axis(""), bars if places else [])
