"""One card with both sides, to be read and not answered: from Find."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from studyapp.core.questions import Question, pose
from studyapp.model import DRAFT, Card, Flagged
from studyapp.tui import review_text, wording
from studyapp.tui.card_acts import CardActs
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints


class CardScreen(CardActs):
    """Front, answer and place in the schedule. Looking at a card moves no date."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *CardActs.EDITING,
        *CardActs.WRITING,
        Binding("exclamation_mark", "suspend", "suspend, or take back into study"),
        Binding("h", "history", "history of the card"),
        Binding("x", "simulation", "open its simulation in the Lab"),
        Binding("delete", "take_out", "take it out of its deck"),
        Binding("u", "app.undo", "take the last act or edit back"),
        Binding("U", "app.redo", "do it again"),
        Binding("q,escape,enter", "app.pop_screen", "back"),
    ]
    CSS = """
    CardScreen VerticalScroll { height: 1fr; padding: 1 1; }
    CardScreen VerticalScroll Static { height: auto; margin-bottom: 1; }
    CardScreen #back { padding-top: 1; border-top: solid $panel-lighten-2; }
    """

    def __init__(self, card: Card) -> None:
        super().__init__()
        self._card = card
        self._question: Question = pose(card, 0)
        self._there = True

    def compose(self) -> ComposeResult:
        """Both sides and the schedule."""
        yield Static(plain(f"Card · {self._card.id}"), classes="bar")
        with VerticalScroll():
            yield Static(id="front")
            yield Static(id="back")
            yield Static(id="place")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Show it."""
        self.renew()

    def on_resize(self) -> None:
        """Lay it out anew."""
        self.renew()

    def on_screen_resume(self) -> None:
        """It may have been edited."""
        if self.is_mounted:
            self.renew()

    def subject(self) -> Card:
        """The card that is shown; what cannot be done to one that is in no deck any more is refused with a reason."""
        return self._card

    def renew(self) -> None:
        """Show the card as its file has it now, and where it stands."""
        with self.study_app.guard():
            card = self.library.store.card(self._card.id)
            self._there = card is not None
            if card is not None and card != self._card:
                self._card, self._question = card, pose(card, 0)
            self._show()

    def _show(self) -> None:
        width = self.text_width
        schedule = self.library.store.schedule(self._card.id)
        self.static("front").update(review_text.front(self._question, False, width))
        self.static("back").update(review_text.both_sides(self._question, width))
        if not self._there:
            self.static("place").update(plain(review_text.gone(self._card, None, self.library.problems())))
            file = Hint("o", "open its file", "screen.open_editor")
            self.query_one(Hints).show([file, Hint("u", "undo", "app.undo"), Hint("q", "back", "app.pop_screen")])
            return
        drafted = DRAFT in self._card.tags
        place = (
            "a draft, not asked before it is accepted"
            if drafted
            else "new"
            if schedule.due is None
            else f"due {wording.day_name(schedule.due)}"
        )
        where = f"{self._card.deck}, line {self._card.line}"
        tags = f"\ntags: {', '.join(self._card.tags)}" if self._card.tags else ""
        self.static("place").update(plain(f"{'suspended; ' if schedule.suspended else ''}{place}; {where}{tags}"))
        flag = "take back into study" if schedule.suspended else "suspend"
        self.query_one(Hints).show(
            [
                Hint("e", "edit", "screen.edit"),
                Hint("n", "new card", "screen.write_new"),
                Hint("c", "copy", "screen.copy"),
                Hint("m", "move", "screen.move"),
                Hint("t", "tags", "screen.tag"),
                Hint("!", flag, "screen.suspend"),
                Hint("x", "simulation", "screen.simulation"),
                Hint("h", "history", "screen.history"),
                Hint("Del", "take out", "screen.take_out"),
                Hint("u", "undo", "app.undo"),
                Hint("?", "keys", "app.keys"),
                Hint("q", "back", "app.pop_screen"),
            ]
        )

    def action_take_out(self) -> None:
        """Take the card out of its deck."""
        self.run_worker(self._take_out(), group="act", exclusive=True, exit_on_error=False)

    async def _take_out(self) -> None:
        from studyapp.editing import TAKEN
        from studyapp.tui.ask import AskYesNo

        card = self.subject()
        kept = self.library.places.decks / TAKEN / f"{card.family}.md"
        question = (
            f"Take {card.family} out of {card.deck}? Its text is kept in {kept}, and what you did with it in the log."
        )
        if await self.app.push_screen_wait(AskYesNo(question, "take it out", "keep it")):
            with self.study_app.guard():
                self.library.editing.remove(card)
                self.study_app.say(f"Taken out: {card.family}; u puts it back.")
            self.renew()

    def action_suspend(self) -> None:
        """Take the card out of study, or back into it."""
        if not self._there:
            return
        with self.study_app.guard():
            suspended = not self.library.store.schedule(self._card.id).suspended
            self.library.flag(Flagged(self._card.id, suspended=suspended))
            self.renew()
            self.study_app.say("Suspended; u takes it back." if suspended else "Back in study; u takes it back.")

    def action_history(self) -> None:
        """Show what was answered on this card before."""
        self.study_app.open_history(self._card)

    def action_simulation(self) -> None:
        """Open the card's simulation in the Lab."""
        self.study_app.open_simulation(self._card, self._question.parameters)
