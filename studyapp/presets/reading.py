"""One preset from its file: every wrong key with its bounds, or with the key that was meant, in one line."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from studyapp.presets import ExamPlan, PresetError

BOUNDED = {
    "questions": (1, 500, True),
    "seconds": (1, 3600, False),
    "minutes": (1, 1440, False),
    "extra_time": (1, 4, False),
    "oral": (0, 20, True),
}
"""The least and the most, inclusive, and whether whole: seconds for each question, minutes in all, a factor."""
SWITCHES = ("forward_only", "email", "practice")
LISTS = {"decks": "lesson-1", "parts": "Initialisation", "tags": "exam"}
KEYS = ("title", "questions", *LISTS, "seconds", "minutes", "ends", *SWITCHES, "extra_time", "oral")
LONGEST = 100
"""So many characters a title, or the name of a deck, part or tag may have."""

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]")


def read(path: Path) -> ExamPlan:
    """The preset in a file, whose name it has. Raises PresetError naming the file and every wrong key."""
    import tomllib  # a start without presets does not pay for it

    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise PresetError(f"{path}: cannot be read as a preset ({error}); mend or delete it") from None
    wrong = [told for name, value in given.items() if (told := _wrong(name, value))]
    if wrong:
        raise PresetError(f"{path}: {' Also, '.join(wrong)}")
    return ExamPlan(name=path.stem, **{name: _value(name, value) for name, value in given.items()})


def _value(name: str, value: Any) -> Any:
    if name in BOUNDED and not BOUNDED[name][2]:
        return float(value)
    return tuple(value) if name in LISTS else value


def _wrong(name: str, value: object) -> str:
    """What is wrong with one key and what to do, empty if nothing is."""
    if name not in KEYS:
        near = get_close_matches(name, KEYS, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"it may be {', '.join(KEYS)}."
        return f"{name if name.isprintable() else repr(name)} is no key of a preset; {remedy}"
    wanted = _wanted(name, value)
    if not wanted:
        return ""
    huge = isinstance(value, int) and abs(value) > 10**18  # Python refuses to write out the longest numbers
    shown = "..." if huge else json.dumps(value, default=str, ensure_ascii=False)[:60]
    return f"{name} = {shown} does not fit; {wanted}."


def _wanted(name: str, value: object) -> str:
    """What should stand there, empty if it does."""
    if name in BOUNDED:
        low, high, whole = BOUNDED[name]
        kinds = int if whole else int | float
        if isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high:
            return ""
        return f"give a {'whole ' if whole else ''}number from {low} to {high}"
    if name in SWITCHES:
        return "" if isinstance(value, bool) else f"give true or false, as in {name} = true"
    if name in LISTS:
        fits = isinstance(value, list) and all(_is_line(one) for one in value)
        return "" if fits else f'give a list of names, as in {name} = ["{LISTS[name]}"]'
    if name == "ends":
        return "" if isinstance(value, str) and _CLOCK.fullmatch(value) else 'give HH:MM, as in ends = "17:30"'
    return "" if _is_line(value) else f"give one line of at most {LONGEST} characters"


def _is_line(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value.strip()) <= len(value) <= LONGEST
