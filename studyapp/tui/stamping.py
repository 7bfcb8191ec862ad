"""At its first answer a card gets its id: only in the learner's own folder, and after asking once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studyapp.model import Card
    from studyapp.tui.app import StudyApp


async def stamp(app: StudyApp, card: Card) -> None:
    """Write the card's id into its file if it has none and the learner agrees; what cannot be written is said."""
    library = app.library
    if not library.may_stamp(card) or library.settings.stamp == "no" or app.stamps_later:
        return
    if library.settings.stamp == "ask":
        from studyapp.tui.ask import AskYesNo

        question = (
            f"{card.deck} gives this card no id, so its history hangs on its heading. "
            f"May the app write ids such as {{#{card.family}}} into your decks in {library.places.decks}?"
        )
        may = await app.push_screen_wait(AskYesNo(question, "yes, as cards are answered", "no, never"))
        if may is None:
            app.stamps_later = True
            app.say("You will be asked again after the next start.")
            return
        with app.guard():
            library.set(stamp="yes" if may else "no")
        if not may:
            app.say("`studyapp stamp` writes the ids whenever you want.")
            return
    with app.guard():
        library.stamp(card)
