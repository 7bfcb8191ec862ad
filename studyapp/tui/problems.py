"""What is wrong in the decks: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from studyapp.model import Card, Problem
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.list_screen import ListScreen

MOST = 500
LOOKING = "looking at formulas and simulations …"
NOTHING = "There is nothing wrong in the decks."
NOT_ALL = "Not everything could be looked at."


class ProblemsScreen(ListScreen):
    """The problems found when the decks were read, then all that a check finds; it is made anew at each return."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open the card that has the problem"),
        Binding("q,escape", "app.pop_screen", "back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._problems: Sequence[Problem] = ()
        self._newer: Sequence[Problem] = ()
        self._state = LOOKING
        self._lines: list[Content] = []
        self._firsts: list[int] = []

    def on_mount(self) -> None:
        """Show what is known already."""
        with self.study_app.guard():
            self._problems = self.library.problems()
        self.rows.focus()

    def on_screen_resume(self) -> None:
        """Look at everything; a card may have been mended."""
        self._state = LOOKING
        self.lay_out()
        self.run_worker(self._look(), group="look", exclusive=True, exit_on_error=False)

    def on_screen_suspend(self) -> None:
        """Nobody waits for it any more."""
        self.workers.cancel_group(self, "look")

    async def _look(self) -> None:
        state = NOT_ALL
        with self.study_app.guard():
            found = await self.library.check()
            self._problems, self._newer = found.problems, found.outdated
            state = "" if found.problems else NOTHING
        self._state = state
        self.lay_out()

    def lay_out(self) -> None:
        """List them, each in as many lines as it takes."""
        number = f" · {len(self._problems)}" if self._problems else ""
        self.static("bar").update(plain(f"Problems in the decks{number}"))
        self.above(*([plain(self._state), Content()] if self._state else []))
        told = [str(one) for one in self._problems] + [f"newer: {one}" for one in self._newer]
        self._lines, self._firsts = [], []
        for text in told[:MOST]:
            self._firsts.append(len(self._lines))
            self._lines += [*plain(text).wrap(self.text_width), Content()]
        if len(told) > MOST:
            self._lines.append(plain(f"and {len(told) - MOST} more: studyapp check lists them all"))
        self.rows.show(self._lines.__getitem__, len(self._lines), self._firsts, self.rows.row)
        self.on_line_list_moved()

    def on_line_list_moved(self) -> None:
        """Show the highlighted problem to its end, and what can be done about it."""
        after = [*self._firsts[self.rows.row + 1 :], len(self._lines)][0]
        last, height = after - 1, self.rows.size.height
        if self._firsts and last > self.rows.scroll_offset.y + height:
            self.rows.scroll_to(y=last - height, animate=False)
        enter = [Hint("Enter", "open the card", "screen.open")] if self._card() is not None else []
        self.query_one(Hints).show(
            [*enter, Hint("↑↓", "move"), Hint("?", "keys", "app.keys"), Hint("q", "back", "app.pop_screen")]
        )

    def _card(self) -> Card | None:
        """The card that has the highlighted problem, if it could be read."""
        card = None
        if self.rows.row < len(self._problems):
            problem = self._problems[self.rows.row]
            with self.study_app.guard():
                card = self.library.store.card(problem.card)
        return card if card is not None and card.deck == problem.path else None

    def action_open(self) -> None:
        """Open the card that has the highlighted problem."""
        from studyapp.tui.card_screen import CardScreen

        card = self._card()
        if card is not None:
            self.app.push_screen(CardScreen(card))
        else:
            self.study_app.say("There is no card to open here.")
