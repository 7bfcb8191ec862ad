"""The learner's settings: a small TOML file in the data folder, read by hand and changed by a few keys of the app."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any


class SettingsError(ValueError):
    """A settings file that cannot be used; the message is one clear line with all that is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. Minutes are a session's budget; new and reviews are a day's caps over all decks together.

    `stamp` says whether the app may write ids into the learner's own decks when a card is first answered.
    """

    minutes: int = 10
    new_a_day: int = 20
    reviews_a_day: int = 200
    rollover_hour: int = 4
    six_grades: bool = False
    stamp: str = "ask"


STAMPING = ("ask", "yes", "no")
BOUNDS = {"minutes": (1, 240), "new_a_day": (0, 9999), "reviews_a_day": (0, 9999), "rollover_hour": (0, 23)}


def read(path: Path) -> Settings:
    """The settings in a file; without one, the defaults. Raises SettingsError naming the file and every wrong key."""
    if not path.exists():
        return Settings()
    import tomllib  # 10 ms that a start without a settings file does not pay

    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path}: cannot be read as settings ({error}); mend or delete it") from None
    wrong = [told for name, value in given.items() if (told := _wrong(name, value))]
    if wrong:
        raise SettingsError(f"{path}: {' Also, '.join(wrong)}")
    return Settings(**given)


def _wrong(name: str, value: object) -> str:
    """What is wrong with one setting and what to do, empty if nothing is."""
    defaults: dict[str, Any] = {field.name: field.default for field in dataclasses.fields(Settings)}
    if name not in defaults:
        near = get_close_matches(name, defaults, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"it may be {', '.join(defaults)}."
        return f"{name if name.isprintable() else repr(name)} is not a setting; {remedy}"
    example = f"as in {name} = {json.dumps(defaults[name])}."
    huge = isinstance(value, int) and abs(value) > 10**18  # Python refuses to write out the longest numbers
    shown = f"{name} = {'...' if huge else json.dumps(value, default=str)[:60]}"
    if name == "stamp":
        return "" if value in STAMPING else f"{shown} does not fit; give one of {', '.join(STAMPING)}, {example}"
    if type(value) is not type(defaults[name]):
        wanted = "a whole number" if name in BOUNDS else "true or false"
        return f"{shown} does not fit; give {wanted}, {example}"
    if name in BOUNDS and isinstance(value, int):
        low, high = BOUNDS[name]
        if not low <= value <= high:
            return f"{shown} lies outside {low} .. {high}; give a number between, {example}"
    return ""


def written(settings: Settings) -> bytes:
    """The settings as the file holds them: one line for each that is not the default."""
    lines = ["# studyapp's settings; every line may be left out\n"]
    for field in dataclasses.fields(Settings):
        value = getattr(settings, field.name)
        if value != field.default:
            lines.append(f"{field.name} = {json.dumps(value)}\n")
    return "".join(lines).encode()
