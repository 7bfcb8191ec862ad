"""At its first answer a card gets its id: only in the learner's own folder, and after asking once."""

from __future__ import annotations

from studyapp.model import Card
from studyapp.tui.screen import StudyScreen


async def stamp(screen: StudyScreen, card: Card) -> None:
    """Write the card's id into its file if it has none and the learner agrees; what cannot be written is said."""
    library = screen.library
    if not library.may_stamp(card) or library.settings.stamp == "no":
        return
    if library.settings.stamp == "ask":
        from studyapp.tui.ask import AskYesNo

        question = (
            f"{card.deck} gives this card no id, so its history hangs on its heading. "
            f"May the app write ids such as {{#{card.family}}} into your decks in {library.places.decks}?"
        )
        may = await screen.app.push_screen_wait(AskYesNo(question, "yes, as cards are answered", "no, never"))
        with screen.study_app.guard():
            library.set(stamp="yes" if may else "no")
        if not may:
            screen.study_app.say("`studyapp stamp` writes the ids whenever you want.")
            return
    with screen.study_app.guard():
        library.stamp(card)
