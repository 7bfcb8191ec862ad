"""The keys of the screen below, each with what it does."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.style import Style
from textual.widgets import Static

NAMES = {
    "question_mark": "?",
    "exclamation_mark": "!",
    "minus": "-",
    "plus": "+",
    "equals_sign": "=",
    "colon": ":",
    "slash": "/",
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}
EVERYWHERE = {
    "?": "these keys",
    ":": "all commands",
    "/": "find a card",
    "u U": "undo, redo",
    "Ctrl+C": "quit at once; everything is saved",
}


class KeysScreen(ModalScreen[None]):
    """A list of keys over the screen that they belong to."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,enter,space", "dismiss", "close")]
    CSS = """
    KeysScreen { align: center middle; }
    KeysScreen #box { width: auto; min-width: 44; max-width: 100%; height: auto; max-height: 100%; padding: 0 2;
                      border: round $panel-lighten-3; background: $surface; }
    KeysScreen #keys { width: auto; height: auto; }
    """

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__()
        self._below = below

    def compose(self) -> ComposeResult:
        """One line per key."""
        with VerticalScroll(id="box"):
            yield Static(key_list(self._below), id="keys")


def key_list(screen: Screen[Any]) -> Content:
    """The keys that a screen declares, in its order, then those that work everywhere."""
    rows: dict[str, list[str]] = {}
    for binding in type(screen).BINDINGS:
        if isinstance(binding, Binding) and binding.description:
            keys = [NAMES.get(key, key) for key in binding.key.split(",")]
            rows.setdefault(binding.description, []).extend(keys)
    shown = {" ".join(keys): what for what, keys in rows.items()}
    shown |= getattr(screen, "OTHER_KEYS", {})
    shown |= {keys: what for keys, what in EVERYWHERE.items() if keys.split()[0] not in shown}
    width = max(len(keys) for keys in shown) + 3
    lines = [Content.assemble((keys.ljust(width), Style(bold=True)), what) for keys, what in shown.items()]
    return Content("\n").join([*lines, Content.styled("Esc closes this list.", Style(dim=True))])
