"""Find: cards by their words, wherever they are; and the suspended ones, to take them back."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from studyapp.model import DRAFT
from studyapp.store import CardRow
from studyapp.tui import wording
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.question_line import question_line
from studyapp.tui.screen import StudyScreen

MOST = 200
STATE = 12
SUSPENDED = "!"


class FindScreen(StudyScreen):
    """A field for words, and the cards that have them all. `!` alone lists what is suspended."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "back"),
        Binding("down", "to_list", "to the list", show=False),
    ]
    CSS = """
    FindScreen Input { height: 1; border: none; padding: 0 1; margin: 1 1 0 1; background: $panel; }
    FindScreen Input:focus { border: none; background: $panel-lighten-1; }
    FindScreen #count { height: 1; padding: 0 2; color: $text-muted; }
    FindScreen OptionList { height: 1fr; border: none; background: $background; }
    """

    def compose(self) -> ComposeResult:
        """Field, list, keys."""
        yield Static("Find", classes="bar", markup=False)
        yield Input(placeholder="words of a card; ! lists the suspended ones", max_length=200, compact=True)
        yield Static(id="count")
        yield OptionList(markup=False)
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """List everything there is, until words are typed."""
        self.query_one(Hints).show(
            [Hint("Enter", "show the card"), Hint("↓", "to the list"), Hint("Esc", "back", "app.pop_screen")]
        )
        self.query_one(Input).focus()
        self.renew()

    def on_screen_resume(self) -> None:
        """A card may have been suspended or taken back."""
        if self.is_mounted:
            self.renew()

    def on_input_changed(self) -> None:
        """Look again at every letter."""
        self.renew()

    def renew(self) -> None:
        """List the cards that have the words."""
        words = self.query_one(Input).value.split()
        suspended = SUSPENDED in words
        with self.study_app.guard():
            wanted = [word for word in words if word != SUSPENDED]
            rows = self.library.store.find(wanted, suspended=suspended, limit=MOST + 1)
            found = self.query_one(OptionList)
            found.clear_options()
            found.add_options([Option(self._line(row), id=row.card) for row in rows[:MOST]])
            more = f"more than {MOST} cards" if len(rows) > MOST else wording.counted(len(rows), "card")
            none = "no card is suspended" if suspended and not wanted else "no card has all these words"
            self.static("count").update(plain(f"{more}{' suspended' if suspended else ''}" if rows else none))
            found.highlighted = 0 if rows else None

    def _line(self, row: CardRow) -> Content:
        card = self.library.store.card(row.card)
        draft = card is not None and DRAFT in card.tags
        state = (
            "draft"
            if draft
            else "suspended"
            if row.schedule.suspended
            else "new"
            if row.due is None
            else wording.day_name(row.due)
        )
        prompt = question_line(card) if card is not None else plain(row.card)
        room = max(10, self.app.size.width - STATE - 6)  # the list's own margins, and its scroll bar
        return Content.assemble((state.ljust(STATE), Style(dim=True)), prompt.truncate(room, ellipsis=True))

    def action_to_list(self) -> None:
        """Put the keys on the list."""
        self.query_one(OptionList).focus()

    def on_input_submitted(self) -> None:
        """Show the highlighted card."""
        found = self.query_one(OptionList)
        if found.highlighted is not None:
            self._open(found.get_option_at_index(found.highlighted).id)

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Show a card."""
        self._open(message.option_id)

    def _open(self, card_id: str | None) -> None:
        from studyapp.tui.card_screen import CardScreen

        card = self.library.store.card(card_id) if card_id is not None else None
        if card is not None:
            self.app.push_screen(CardScreen(card))
