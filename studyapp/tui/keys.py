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

FRAME = 6, 2
"""Columns and lines around the list; a scroll bar stands on its last column, which is blank."""
LEAST = 12
"""What a key does has so many columns at least, however narrow the screen."""

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
    "delete": "Del",
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
    KeysScreen #box { width: auto; min-width: 44; max-width: 100%; height: auto; max-height: 100%; padding: 0 1 0 2;
                      border: round $panel-lighten-3; background: $surface; scrollbar-size-vertical: 1; }
    KeysScreen #keys { width: auto; height: auto; padding-right: 1; }
    """

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__()
        self._below = below

    def compose(self) -> ComposeResult:
        """One line per key, or for two."""
        with VerticalScroll(id="box"):
            yield Static(self._listed(), id="keys")

    def on_resize(self) -> None:
        """As many lines as there is room for now."""
        self.query_one("#keys", Static).update(self._listed())

    def _listed(self) -> Content:
        size = self.app.size
        return key_list(self._below, size.width - FRAME[0], size.height - FRAME[1])


def key_list(screen: Screen[Any], width: int = 0, height: int | None = None) -> Content:
    """The keys that a screen declares, in its order, then those that work everywhere.

    One on each line, or more where the width takes them; where that is more lines than there are, short ones stand two
    and two.
    """
    rows: dict[str, list[str]] = {}
    for binding in type(screen).BINDINGS:
        if isinstance(binding, Binding) and binding.description:
            keys = [NAMES.get(key, key) for key in binding.key.split(",")]
            rows.setdefault(binding.description, []).extend(keys)
    shown = {" ".join(keys): what for what, keys in rows.items()}
    shown |= getattr(screen, "OTHER_KEYS", {})
    shown |= {keys: what for keys, what in EVERYWHERE.items() if keys.split()[0] not in shown}
    rest = Content.styled("Esc closes this list.", Style(dim=True))
    margin = max(map(len, shown)) + 2
    room = max(LEAST, width - margin) if width else sum(map(len, shown.values()))
    told = {named: Content(what).wrap(room) for named, what in shown.items()}
    half = width // 2 if height is not None and sum(map(len, told.values())) + 1 > height else 0
    lines: list[Content] = []
    open_line = False
    for named, (what, *more) in told.items():
        line = Content.assemble((named.ljust(margin), Style(bold=True)), what)
        if more:
            lines += [line, *(Content(" " * margin) + each for each in more)]
            open_line = False
            continue
        if line.cell_length > half - 2:
            open_line = False
        elif open_line:
            lines[-1] = Content.assemble(lines[-1], " " * (half - lines[-1].cell_length), line)
            open_line = False
            continue
        else:
            open_line = True
        lines.append(line)
    return Content("\n").join([*lines, rest])
