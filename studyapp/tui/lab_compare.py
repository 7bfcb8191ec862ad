"""Two settings side by side: the same figure of two runs, and their values in two columns."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from studyapp.simulation import Figure, Run
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.lab_plot import LabPlot
from studyapp.tui.lab_saving import ask_and_save
from studyapp.tui.lab_text import brief, typed
from studyapp.tui.review_text import BOLD, DIM
from studyapp.tui.screen import LOW, StudyScreen


class CompareScreen(StudyScreen):
    """The run that was kept as A at the left, the latest as B at the right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "next_figure", "next figure"),
        Binding("f", "save", "save both runs' numbers, or the figure of B"),
        Binding("pageup", "scroll(-1)", "scroll the values"),
        Binding("pagedown", "scroll(1)", "scroll the values"),
        Binding("q,escape,c", "app.pop_screen", "back to the Lab"),
    ]
    CSS = """
    CompareScreen #plots { height: 1fr; margin: 1 1 0 1; }
    CompareScreen LabPlot { width: 1fr; }
    CompareScreen #right { margin-left: 2; }
    CompareScreen #values { height: auto; max-height: 45%; padding: 0 1; margin-top: 1; }
    CompareScreen #table { height: auto; }
    CompareScreen.low #plots { margin: 0 1; }
    CompareScreen.low #values { max-height: 25%; margin-top: 0; }
    """

    def __init__(self, kept: Run, latest: Run) -> None:
        super().__init__()
        self._kept, self._latest = kept, latest
        self._figure = 0

    def compose(self) -> ComposeResult:
        """Two plots, the values under them."""
        yield Static(plain(f"Lab · {self._latest.simulation} · two settings side by side"), classes="bar")
        with Horizontal(id="plots"):
            yield LabPlot(id="left")
            yield LabPlot(id="right")
        with VerticalScroll(id="values", can_focus=False):
            yield Static(id="table")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Say which keys there are."""
        several = max(len(self._kept.figures), len(self._latest.figures)) > 1
        self.query_one(Hints).show(
            [
                *([Hint("g", "next figure", "screen.next_figure")] if several else []),
                Hint("f", "save", "screen.save"),
                Hint("PgUp PgDn", "scroll"),
                Hint("?", "keys", "app.keys"),
                Hint("q", "back to the Lab", "app.pop_screen", "back"),
            ]
        )

    def on_resize(self) -> None:
        """Lay out for the width there is; on a low screen the plots come first."""
        self.set_class(self.app.size.height < LOW, "low")
        for side, run, mark in (("#left", self._kept, "A"), ("#right", self._latest, "B")):
            if (shown := self._shown(run, mark)) is not None:
                self.query_one(side, LabPlot).show(shown)
        self.static("table").update(side_by_side(self._kept, self._latest, self.text_width))

    def _shown(self, run: Run, mark: str) -> Figure | None:
        """The figure chosen, titled with the letter of its run."""
        if not run.figures:
            return None
        chosen = run.figures[self._figure % len(run.figures)]
        return replace(chosen, title=f"{mark}  {chosen.title}")

    def action_next_figure(self) -> None:
        """The next figure of both."""
        self._figure += 1
        self.on_resize()

    def action_scroll(self, direction: int) -> None:
        """Scroll the values."""
        values = self.query_one("#values", VerticalScroll)
        (values.scroll_page_down if direction > 0 else values.scroll_page_up)(animate=False)

    def action_save(self) -> None:
        """Ask for a file: the figure of B as a picture, the figures or both runs as numbers."""
        both = self._shown(self._kept, "A"), self._shown(self._latest, "B")
        shown = [one for one in both if one is not None]
        if not shown:
            self.study_app.say("These runs have no figure to save.")
        else:
            name = f"{self._latest.simulation}_compared"
            saving = ask_and_save(self, name, shown[-1], shown, [self._kept, self._latest])
            self.run_worker(saving, group="ask", exit_on_error=False)


def side_by_side(kept: Run, latest: Run, width: int) -> Content:
    """The parameters that differ, then every value, in two columns; of single numbers the ratio too."""
    rows = [("", "A", "B", "")]
    if kept.seed != latest.seed:
        rows.append(("seed", str(kept.seed), str(latest.seed), ""))
    for name, value in latest.parameters.items():
        if (before := kept.parameters.get(name)) != value:
            rows.append((name, "" if before is None else typed(before), typed(value), ""))
    differing = len(rows)
    for name in dict.fromkeys([*kept.values, *latest.values]):
        one, other = kept.values.get(name), latest.values.get(name)
        rows.append((name, _brief(one), _brief(other), _ratio(one, other)))
    first = max(len(row[0]) for row in rows) + 2
    column = max(10, min(max(len(row[1]) for row in rows) + 2, (width - first - 20) // 2))
    lines = []
    for number, (name, left, right, ratio) in enumerate(rows):
        line = Content.assemble(
            plain(name.ljust(first)).stylize(DIM if number else BOLD),
            plain(_cut(left, column - 2).ljust(column)),
            plain(_cut(right, column - 2).ljust(column)),
            (ratio, DIM),
        )
        lines.append((line if number and number >= differing else line.stylize(BOLD)).truncate(width, ellipsis=True))
    return Content("\n").join(lines)


def _brief(value: object) -> str:
    return "-" if value is None else brief(value)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(1, width - 1)] + "…"


def _ratio(one: object, other: object) -> str:
    if one == other:
        return "the same"
    if isinstance(one, int | float) and isinstance(other, int | float) and one and other / one > 0:
        return f"B is {other / one:.4g} × A"
    return ""
