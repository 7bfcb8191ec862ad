"""A mistake beside the truth: what both give on the same input, and the code of both."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from studyapp.core.experiments.definitions import called, definition
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
    MistakesScreen #plot { margin: 0 1; }
    MistakesScreen #code { height: 1fr; padding: 0 1; border-top: solid $panel-lighten-2; }
    MistakesScreen #code Static { height: auto; }
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
            *in_columns([(f"{RIGHT} {mark.value}", exact), (f"{WRONG} {mark.name}", wrong)], width),
        ]
        pairs = paired(exact, wrong).values()
        if pairs and all(math.isclose(*pair, rel_tol=1e-9) for pair in pairs):
            lines.append(Content("  the same here: change a parameter in the Lab, and m shows where they part"))
        self.static("which").update(Content("\n").join([line.truncate(width, ellipsis=True) for line in lines]))
        plot = self.query_one(LabPlot)
        plot.styles.height = min(len(pairs) + 2, MOST_BARS + 2, self.app.size.height // 3)
        plot.show(beside_each_other(mark, exact, wrong))
        codes = [
            (f"{RIGHT} the truth", definition(self._source, mark.value)),
            (f"{WRONG} the mistake", definition(self._source, mark.name)),
            ("· what they call", "\n\n".join(called(self._source, (mark.value, mark.name)))),
        ]
        width = max(30, self.app.size.width - 4)
        shown = [
            Content("\n").join([Content.styled(words, BOLD), listing(text, width)]) for words, text in codes if text
        ]
        self.static("both").update(Content("\n").join(shown))

    def action_choose(self, step: int) -> None:
        """Another mistake."""
        self._at = (self._at + step) % len(self._mistakes)
        self._lay_out()
        self.query_one("#code", VerticalScroll).scroll_home(animate=False)

    def action_scroll(self, direction: int) -> None:
        """Scroll the code."""
        code = self.query_one("#code", VerticalScroll)
        (code.scroll_page_down if direction > 0 else code.scroll_page_up)(animate=False)


def in_columns(values: Sequence[tuple[str, Any]], width: int) -> list[Content]:
    """One line for each value behind its name, all in one column; names get half of the width at most."""
    room = min(max(len(name) for name, _ in values), width // 2)
    shown = [(name if len(name) <= room else f"{name[: room - 1]}…", value) for name, value in values]
    return [Content.assemble((name.ljust(room), BOLD), plain(f"  {brief(value)}")) for name, value in shown]


def paired(exact: Any, wrong: Any) -> dict[str, tuple[float, float]]:
    """By its index, every element that both have; a mistake that is one number stands beside every element."""
    right, mistaken = dict(elements(exact)), dict(elements(wrong))
    if list(mistaken) == [""]:
        mistaken = dict.fromkeys(right, mistaken[""])
    return {place: (float(one), float(mistaken[place])) for place, one in right.items() if place in mistaken}


def beside_each_other(mark: MistakeMark, exact: Any, wrong: Any) -> Figure:
    """Both as bars: one for each of the first elements that both have, where the value is an array."""
    pairs = dict(list(paired(exact, wrong).items())[:MOST_BARS])
    names = [place or mark.value for place in pairs]
    bars = [
        Bars(names, [one[side] for one in pairs.values()], label) for side, label in enumerate(("right", "mistake"))
    ]
    return Figure("", Axis(""), Axis(""), bars if pairs else [])
