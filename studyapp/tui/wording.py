"""Numbers, days and grades as the screens word them."""

from __future__ import annotations

from collections.abc import Sequence

from studyapp.core.days import date_of
from studyapp.core.sm2 import Outlook
from studyapp.model import Answered, Day, Entry, Flagged, Placed

GRADES = {1: "Again", 3: "Hard", 4: "Good", 5: "Easy"}
"""The four keys and the SM-2 grades they stand for."""

SIX_GRADES = {0: "Blackout", 1: "Wrong", 2: "Nearly", 3: "Hard", 4: "Good", 5: "Easy"}


def day_name(day: Day) -> str:
    """A day as in `Fri 20 Nov`."""
    on = date_of(day)
    return f"{on:%a} {on.day} {on:%b}"


def interval(days: int) -> str:
    """A number of days as the grade row shows it: `1 d`, `38 d`, `14 months`, `3.2 years`."""
    if days < 400:
        return f"{days} d"
    return f"{days / 30.44:.0f} months" if days < 730 else f"{days / 365.25:.1f} years"


def in_days(days: int) -> str:
    """When something comes back: `tomorrow`, `in 6 d`."""
    return "tomorrow" if days == 1 else f"in {interval(days)}"


def counted(number: int, thing: str, things: str = "") -> str:
    """`1 card`, `2 cards`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}".replace(",", " ")


def consequence(outlook: Outlook, room: int) -> str:
    """What a grade brings the time after the next, and whether the card comes back today; in so many columns."""
    after = interval(outlook.after)
    if outlook.applied is None:
        words: tuple[str, ...] = ("again today", "today") if outlook.again_today else ("done for today", "done")
    elif not outlook.again_today:
        words = (after,)
    elif outlook.applied <= 1:
        words = (f"today, then {interval(outlook.applied)}", f"today, {interval(outlook.applied)}", "today")
    else:
        words = (f"{after}, and today", f"{after}, today", after)
    return next((one for one in words if len(one) <= room), "")


def grade_name(grade: int, *, six: bool) -> str:
    """A grade by its name on the keys; with four keys, those that have none keep their name among six."""
    return SIX_GRADES[grade] if six else GRADES.get(grade, SIX_GRADES[grade])


def act(entry: Entry, *, six: bool) -> str:
    """What an entry of the log was, as undo names it."""
    match entry.event:
        case Answered(card=card, grade=grade):
            return f"{grade_name(grade, six=six)} on {card}"
        case Flagged(card=card, suspended=True):
            return f"suspending {card}"
        case Flagged(card=card, suspended=False):
            return f"taking {card} back into study"
        case Flagged(card=card):
            return f"putting {card} off"
        case Placed(card=card, due=due) if due == entry.day:
            return f"making {card} due"
        case event:
            return type(event).__name__.lower()


def acts(entries: Sequence[Entry], *, six: bool) -> str:
    """What the entries of one act were; many cards made due at once are counted."""
    made_due = [entry for entry in entries if isinstance(entry.event, Placed) and entry.event.due == entry.day]
    if len(made_due) == len(entries) > 1:
        return f"making {counted(len(made_due), 'card')} due"
    return ", ".join(act(entry, six=six) for entry in entries)
