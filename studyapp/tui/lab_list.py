"""The Lab's list: every simulation there is, by name and by what it shows."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from studyapp.core.linking import nearest_simulations
from studyapp.model import Card
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.question_line import question_line
from studyapp.tui.screen import StudyScreen


class LabListScreen(StudyScreen):
    """All simulations; for a card that names none, the five nearest by their words, one of which may be attached."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open the highlighted simulation", show=False),
        Binding("plus", "attach", "let the card launch the highlighted simulation from now on", show=False),
        Binding("q,escape", "app.pop_screen", "back"),
    ]
    CSS = """
    LabListScreen #list { height: 1fr; border: none; padding: 1 1; background: $background; }
    """

    def __init__(self, card: Card | None = None) -> None:
        super().__init__()
        self._card = card

    def compose(self) -> ComposeResult:
        """The list."""
        title = plain("Lab · simulations")
        if self._card is not None:
            title = plain("No simulation yet. Nearest to: ") + question_line(self._card)
        yield Static(title, classes="bar")
        yield OptionList(id="list", markup=False)
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Say what there is to do."""
        self.query_one(Hints).show(
            [
                Hint("Enter", "open"),
                *([Hint("+", "attach it to the card", "screen.attach")] if self._card is not None else []),
                Hint("q", "back", "app.pop_screen"),
                Hint("?", "keys", "app.keys"),
            ]
        )
        self.query_one(OptionList).add_option(
            Option(Content.styled("reading the simulations …", Style(dim=True)), disabled=True)
        )

    def on_screen_resume(self) -> None:
        """Read the descriptions in the worker; one may have been allowed to run, or written, since the last time."""
        self.run_worker(self._fill(), exclusive=True, exit_on_error=False)

    async def _fill(self) -> None:
        laboratory = self.library.laboratory
        laboratory.refresh()
        known, wrong = await laboratory.descriptions()
        shown = self.query_one(OptionList)
        before = shown.highlighted_option.id if shown.highlighted_option is not None else None
        shown.clear_options()
        width = max((len(name) for name in laboratory.found.sources), default=0) + 2
        names = list(laboratory.found.sources)
        if self._card is not None:
            names = nearest_simulations(self._card, known)
        for name in names:
            source = laboratory.found.sources[name]
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
        if not names:
            shown.add_option(Option(plain("There is no simulation here."), disabled=True))
        shown.highlighted = (names.index(before) if before in names else 0) if names else None
        shown.focus()

    def action_open(self) -> None:
        """Open the highlighted simulation."""
        self.query_one(OptionList).action_select()

    def action_attach(self) -> None:
        """Write the highlighted simulation into the card's settings."""
        shown = self.query_one(OptionList)
        name = shown.get_option_at_index(shown.highlighted).id if shown.highlighted is not None else None
        if self._card is None:
            self.study_app.say("A simulation is attached from a card: press x there.")
        elif name is not None:
            with self.study_app.guard():
                self.library.attach(self._card, name)
                self.app.pop_screen()
                self.study_app.say(f"{self._card.id} launches {name} from now on.")

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Open a simulation."""
        if message.option_id is not None:
            self.study_app.open_lab(message.option_id)
