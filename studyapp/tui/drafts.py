"""Drafts: the cards proposed from notes, each beside the line that it was made of, to be accepted or thrown away."""

from __future__ import annotations

import re
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from studyapp.core.questions import pose
from studyapp.model import Card
from studyapp.tui import review_text, wording
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.line_list import LineList
from studyapp.tui.list_screen import ListScreen
from studyapp.tui.question_line import question_line
from studyapp.tui.review_text import DIM

LINE = re.compile(r", line (\d+)")
"""The line of the notes in a card's source, which the list shows before its question."""
BESIDE = 110
"""From so many columns on the card stands beside the list, else below it."""


class DraftsScreen(ListScreen):
    """All drafts by deck and part; the highlighted one is shown whole."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,enter", "accept", "accept it: it is a new card from then on"),
        Binding("e", "edit", "edit it"),
        Binding("x,delete", "discard", "throw it away"),
        Binding("A", "accept_all", "accept all that are listed; asks first"),
        Binding("space", "more", "read on in a long card; from its end back to its beginning"),
        Binding("u", "undo", "put back what was last accepted or thrown away since the start"),
        Binding("q,escape", "app.pop_screen", "back"),
    ]
    CSS = """
    DraftsScreen #body { height: 1fr; layout: vertical; }
    DraftsScreen LineList { width: 1fr; height: 2fr; }
    DraftsScreen #card { width: 1fr; height: 3fr; padding: 0 1; border-top: solid $panel-lighten-2; }
    DraftsScreen #card Static { height: auto; margin-bottom: 1; }
    DraftsScreen.beside #body { layout: horizontal; }
    DraftsScreen.beside LineList { height: 1fr; }
    DraftsScreen.beside #card { height: 1fr; border-top: none; border-left: solid $panel-lighten-2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._drafts: list[Card] = []
        self._lines: list[Card | Content] = []

    def compose(self) -> ComposeResult:
        """The list and the card, then the keys."""
        yield Static(id="bar", classes="bar")
        with Container(id="body"):
            yield LineList()
            with VerticalScroll(id="card", can_focus=False):
                yield Static(id="front")
                yield Static(id="back")
                yield Static(id="place")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """The keys go to the list, of the files as they are now."""
        with self.study_app.guard():
            self.library.synchronise()
        self.rows.focus()
        self.watch(self._pane, "show_vertical_scrollbar", self._show_hints)

    def on_screen_resume(self) -> None:
        """A draft may have been edited."""
        self.renew()

    def renew(self) -> None:
        """Read the drafts anew; the highlight stays at its place."""
        with self.study_app.guard():
            self._drafts = self.library.drafts.cards()
            self.lay_out()

    # --- showing ----------------------------------------------------------------------------------

    def lay_out(self) -> None:
        """List them under their decks and parts."""
        self.set_class(self.app.size.width >= BESIDE, "beside")
        number = wording.counted(len(self._drafts), "draft")
        self.static("bar").update(plain(f"Drafts · {number if self._drafts else 'none'}"))
        self._lines, place = [], ""
        for card in self._drafts:
            here = f"{card.deck} · {card.part}" if card.part else card.deck
            if here != place:
                place = here
                self._lines.append(Content.styled(plain(here).plain, DIM))
            self._lines.append(card)
        rows = [at for at, line in enumerate(self._lines) if isinstance(line, Card)]
        self.rows.show(self._line, len(self._lines), rows, self.rows.row)
        self._show_card()
        self._show_hints()
        self.call_after_refresh(self._show_card)  # its width is known only then

    def _line(self, number: int) -> Content:
        line = self._lines[number]
        if isinstance(line, Content):
            return line
        source = LINE.search(line.source)
        return Content.assemble((f"{source[1] if source else '':>5}  ", DIM), question_line(line))

    @property
    def _at(self) -> Card | None:
        """The highlighted draft."""
        return self._drafts[min(self.rows.row, len(self._drafts) - 1)] if self._drafts else None

    @property
    def _pane(self) -> VerticalScroll:
        """Where the highlighted draft stands."""
        return self.query_one("#card", VerticalScroll)

    def _show_card(self) -> None:
        card = self._at
        if card is None:
            none = "Nothing waits to be accepted. `studyapp draft NOTES` makes cards of lecture notes."
            self.static("front").update(plain(none))
            self.static("back").update("")
            self.static("place").update("")
            return
        width = max(20, self._pane.size.width - 4)
        question = pose(card, 0)
        self.static("front").update(review_text.front(question, False, width))
        self.static("back").update(review_text.both_sides(question, width))
        self.static("place").update(Content.styled(f"now line {card.line} of its deck", DIM))

    def _show_hints(self) -> None:
        found = [
            Hint("a", "accept", "screen.accept"),
            Hint("e", "edit", "screen.edit"),
            Hint("x", "throw away", "screen.discard", "away"),
            Hint("A", "accept all", "screen.accept_all", "all"),
        ]
        self.query_one(Hints).show(
            [
                *(found if self._drafts else []),
                *([Hint("Space", "more", "screen.more")] if self._pane.show_vertical_scrollbar else []),
                Hint("u", "put back", "screen.undo"),
                Hint("?", "keys", "app.keys"),
                Hint("q", "back", "app.pop_screen"),
            ]
        )

    def on_line_list_moved(self) -> None:
        """Another draft is looked at."""
        self._show_card()
        self._pane.scroll_home(animate=False)

    # --- keys -------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """A second click edits."""
        self.action_edit()

    def action_accept(self) -> None:
        """Make a card of the highlighted draft."""
        card = self._at
        if card is not None:
            with self.study_app.guard():
                self.library.drafts.accept([card])
                self.study_app.say(f"Accepted: {card.family} is a new card. u puts it back.")
            self.renew()

    def action_discard(self) -> None:
        """Take the highlighted draft out of its deck."""
        card = self._at
        if card is not None:
            with self.study_app.guard():
                self.library.drafts.discard(card)
                self.study_app.say(f"Thrown away: {card.family}. u puts it back.")
            self.renew()

    def action_more(self) -> None:
        """Show the next page of the card."""
        if self._pane.scroll_y < self._pane.max_scroll_y:
            self._pane.scroll_page_down(animate=False)
        else:
            self._pane.scroll_home(animate=False)

    def action_edit(self) -> None:
        """Edit the highlighted draft as Markdown."""
        from studyapp.tui.edit import EditScreen

        card = self._at
        if card is not None:
            with self.study_app.guard():
                (card,) = self.library.drafts.current([card])
                self.app.push_screen(EditScreen(self.library.editing.begin(card)))
                return
            self.renew()

    def action_accept_all(self) -> None:
        """Accept all of them, after asking."""
        if self._drafts:
            self.run_worker(self._accept_all(), group="act", exclusive=True, exit_on_error=False)

    async def _accept_all(self) -> None:
        from studyapp.tui.ask import AskYesNo

        drafts = self._drafts
        question = f"Accept {wording.counted(len(drafts), 'draft')} as they are?"
        if await self.app.push_screen_wait(AskYesNo(question, "accept all", "one by one")):
            with self.study_app.guard():
                number = self.library.drafts.accept(drafts)
                self.study_app.say(f"Accepted: {wording.counted(number, 'new card')}. u puts them back.")
            self.renew()

    async def action_undo(self) -> None:
        """Put back what was last accepted or thrown away here, as far as to the start of the app."""
        from studyapp.editing import TAKEN

        with self.study_app.guard():
            done = self.library.drafts.put_back()
            kept = self.library.places.decks / TAKEN
            nothing = f"Nothing was done to drafts since the start; what was thrown away is in {kept}"
            self.study_app.say(f"Put back, what was {done}." if done else nothing)
        self.renew()
