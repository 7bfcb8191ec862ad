"""Decks as files: Markdown in, cards and problems out, and a learner's own edits back in.

The names below are imported when first used: at a start without a changed file, only `scan` is.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studyapp.decks.blocks import markdown
    from studyapp.decks.errors import CardChangedError, DeckError
    from studyapp.decks.folder import read, read_file, scan
    from studyapp.decks.parser import parse
    from studyapp.decks.slugs import slug
    from studyapp.decks.writing import atomic, card_source, replace_card, setting_line, stamp

__all__ = [
    "CardChangedError",
    "DeckError",
    "atomic",
    "card_source",
    "markdown",
    "parse",
    "read",
    "read_file",
    "replace_card",
    "scan",
    "setting_line",
    "slug",
    "stamp",
]

_MODULES = {
    "blocks": ("markdown",),
    "errors": ("CardChangedError", "DeckError"),
    "folder": ("read", "read_file", "scan"),
    "parser": ("parse",),
    "slugs": ("slug",),
    "writing": ("atomic", "card_source", "replace_card", "setting_line", "stamp"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
