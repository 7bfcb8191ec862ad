"""What a key means on a card: the option it picks, the grade it gives, whether it scrolls."""

from __future__ import annotations

from textual import events

from studyapp.tui import wording
from studyapp.tui.review_text import LETTERS

OTHER_KEYS = {
    "a-f": "pick an option",
    "1-4": "Again, Hard, Good, Easy; or change an automatic grade",
    "r": "count a misspelt answer as right",
    "↑ ↓ PgUp PgDn": "scroll the answer, or move through options",
}
"""The keys that are no bindings, for the list of keys."""

SCROLL = frozenset({"up", "down", "pageup", "pagedown"})
"""The keys that scroll."""


def picked(event: events.Key, before: int | None, options: int) -> int | None:
    """The option that a letter names, or the next one up or down from the one picked before; None for other keys."""
    if event.character and event.character in LETTERS[:options]:
        return LETTERS.index(event.character)
    match event.key:
        case "down":
            return 0 if before is None else (before + 1) % options
        case "up":
            return options - 1 if before is None else (before - 1) % options
        case _:
            return None


def grade(event: events.Key, *, six: bool) -> int | None:
    """The SM-2 grade that a digit stands for: 1-4 in order, or with six grades each digit itself; None for others."""
    grades = wording.SIX_GRADES if six else dict(enumerate(wording.GRADES, start=1))
    if not event.character or not event.character.isdecimal() or int(event.character) not in grades:
        return None
    return int(event.character) if six else list(wording.GRADES)[int(event.character) - 1]
