"""The Lab's list: every simulation there is, by name and by what it shows."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.screen import StudyScreen


class LabListScreen(StudyScreen):
    """All simulations."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open the highlighted simulation", show=False),
        Binding("q,escape", "app.pop_screen", "back"),
    ]
    CSS = """
    LabListScreen #list { height: 1fr; border: none; padding: 1 1; background: $background; }
    """

    def compose(self) -> ComposeResult:
        """The list."""
        yield Static("Lab · simulations", classes="bar", markup=False)
        yield OptionList(id="list", markup=False)
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Read the descriptions in the worker."""
        self.query_one(Hints).show(
            [Hint("Enter", "open"), Hint("q", "back", "app.pop_screen"), Hint("?", "keys", "app.keys")]
        )
        self.query_one(OptionList).add_option(
            Option(Content.styled("reading the simulations …", Style(dim=True)), disabled=True)
        )
        self.run_worker(self._fill(), exclusive=True)

    async def _fill(self) -> None:
        laboratory = self.library.laboratory
        laboratory.refresh()
        known, wrong = await laboratory.descriptions()
        shown = self.query_one(OptionList)
        shown.clear_options()
        width = max((len(name) for name in laboratory.found.sources), default=0) + 2
        for name, source in laboratory.found.sources.items():
            description = known.get(name)
            if description is not None:
                words = description.title
            elif laboratory.trusted(source):
                words = "cannot be read (see below)"
            else:
                words = "your own file; Enter shows it and asks before it runs"
            shown.add_option(Option(Content.assemble((name.ljust(width), Style(bold=True)), plain(words)), id=name))
        for problem in wrong:
            shown.add_option(Option(plain(f"! {problem}"), disabled=True))
        shown.highlighted = 0
        shown.focus()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Open a simulation."""
        if message.option_id is not None:
            self.study_app.open_lab(message.option_id)
