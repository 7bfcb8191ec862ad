"""What can be done to the card on a screen: edit it, write another one, move it, tag it, take it out."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType

from studyapp.model import Card
from studyapp.tui import external_editor
from studyapp.tui.screen import StudyScreen


class CardActs(StudyScreen):
    """A screen with a card, `subject`; what is written is in its file at once, and the screen shows it anew."""

    EDITING: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "edit the card"),
        Binding("o", "open_editor", "open its file in $EDITOR, at the card"),
    ]
    WRITING: ClassVar[list[BindingType]] = [
        Binding("n", "write_new", "write a new card below it"),
        Binding("c", "copy", "copy it, and change the copy"),
        Binding("m", "move", "move it to another deck"),
        Binding("t", "tag", "its tags"),
    ]

    def subject(self) -> Card | None:
        """The card that is meant; None where there is none just now."""
        raise NotImplementedError

    def action_edit(self) -> None:
        """Edit the card as Markdown."""
        from studyapp.tui.edit import EditScreen

        card = self.subject()
        if card is not None:
            with self.study_app.guard():
                self.app.push_screen(EditScreen(self.library.editing.begin(card)))

    def action_write_new(self) -> None:
        """Write a new card below this one."""
        from studyapp.tui.edit import EditScreen

        card = self.subject()
        if card is not None:
            self.app.push_screen(EditScreen(self.library.editing.begin_new(card.deck, card)))

    def action_copy(self) -> None:
        """Write a new card that begins as a copy of this one."""
        from studyapp.tui.edit import EditScreen

        card = self.subject()
        if card is not None:
            with self.study_app.guard():
                self.app.push_screen(EditScreen(self.library.editing.begin_copy(card)))

    def action_open_editor(self) -> None:
        """Open the card's file in the learner's editor, and read it again afterwards."""
        card = self.subject()
        if card is None:
            return
        with self.study_app.guard():
            self.library.synchronise()  # the line is that of the file as it is now
            card = self.library.store.card(card.id) or card
            with self.library.editing.in_editor(card.deck) as file:
                self._let_edit(file, card.line)
            self.library.synchronise()
            self.renew()

    def _let_edit(self, file: Path, line: int) -> None:
        """Give the screen to the learner's editor until it ends."""
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or external_editor.USUAL
        wrong: Exception | None = None
        try:
            with self.app.suspend():
                try:  # what left the block would leave the screen to nobody
                    subprocess.run(external_editor.command(editor, file, line), check=False)
                except (OSError, ValueError) as error:
                    wrong = error
        except SuspendNotSupported:
            self.study_app.say(f"Here no other program can take the screen; the card is in {file}.", wrong=True)
        if wrong is not None:
            self.study_app.say(f"{editor} did not start ({wrong}); set EDITOR to your editor.", wrong=True)

    def action_move(self) -> None:
        """Move the card to another deck."""
        self.run_worker(self._move(), group="act", exclusive=True, exit_on_error=False)

    async def _move(self) -> None:
        card = self.subject()
        if card is None:
            return
        decks = [deck.path for deck in self.library.store.decks()]
        others = ", ".join(deck for deck in decks if deck != card.deck)
        question = f"Move {card.family} to which deck? A new name, such as mine.md, begins one.\n{others}"

        def move(wanted: str) -> str:
            return f"Moved to {self.library.editing.move(card, self.deck_meant(wanted), decks)}."

        await self._ask_until_done(question, "", "move it", move)

    def action_tag(self) -> None:
        """Change the card's own tags."""
        self.run_worker(self._tag(), group="act", exclusive=True, exit_on_error=False)

    async def _tag(self) -> None:
        card = self.subject()
        if card is None:
            return
        with self.study_app.guard():
            own = self.library.editing.tags(card)
            others = [tag for tag in card.tags if tag not in own]
            more = f" (from its part and deck: {', '.join(others)})" if others else ""
            question = f"Tags of {card.family}, with blanks between; - for none{more}"

            def tag(said: str) -> str:
                tags = [] if said.strip() == "-" else said.replace(",", " ").split()
                self.library.editing.tag(card, tags)
                return f"Tags: {', '.join(tags) or 'none'}."

            await self._ask_until_done(question, "".join(f"{tag} " for tag in own), "keep these", tag)

    async def _ask_until_done(self, question: str, start: str, does: str, act: Callable[[str], str]) -> None:
        """Ask for a line and act on it; what is refused is said, and may be corrected."""
        from studyapp.decks import DeckError
        from studyapp.tui.ask import AskLine

        said, wrong = start, ""
        while said := await self.app.push_screen_wait(AskLine(f"{wrong}{question}", said, does)):
            try:
                self.study_app.say(act(said))
            except DeckError as error:
                wrong = f"! {error}\n\n"
            else:
                self.renew()
                return
