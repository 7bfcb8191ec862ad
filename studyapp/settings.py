"""The learner's settings: a small TOML file in the data folder, read by hand and changed by a few keys of the app."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any


class SettingsError(ValueError):
    """A settings file that cannot be read; the message is one clear line."""


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
    """The settings in a file; without one, the defaults. Raises SettingsError naming the file and the key."""
    if not path.exists():
        return Settings()
    import tomllib  # 10 ms that a start without a settings file does not pay

    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read as settings ({error}); mend or delete it") from None
    known = {field.name: field for field in dataclasses.fields(Settings)}
    for name, value in given.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"it may be {', '.join(known)}"
            raise SettingsError(f"{path}: {name} is not a setting; {remedy}")
        default: Any = known[name].default
        if type(value) is not type(default):
            raise SettingsError(f"{path}: {name} = {value!r} is not like {default!r}")
        if name == "stamp" and value not in STAMPING:
            raise SettingsError(f"{path}: stamp = {value!r} must be one of {', '.join(STAMPING)}")
        low, high = BOUNDS.get(name, (0, 0))
        if name in BOUNDS and not low <= value <= high:
            raise SettingsError(f"{path}: {name} = {value} lies outside {low} .. {high}")
    return Settings(**given)


def written(settings: Settings) -> bytes:
    """The settings as the file holds them: one line for each that is not the default."""
    lines = ["# studyapp's settings; every line may be left out\n"]
    for field in dataclasses.fields(Settings):
        value = getattr(settings, field.name)
        if value != field.default:
            lines.append(f"{field.name} = {json.dumps(value)}\n")
    return "".join(lines).encode()
