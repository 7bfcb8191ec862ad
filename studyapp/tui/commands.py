"""The palette's commands: everything the screen in front binds a key to, by its description."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.app import SystemCommand
from textual.binding import Binding
from textual.screen import Screen

from studyapp.tui.keys import NAMES


def commands_of(screen: Screen[object]) -> Iterator[SystemCommand]:
    """A command for each key of a screen; those that work everywhere, undo and redo too, are the app's."""
    for binding in type(screen).BINDINGS:
        if isinstance(binding, Binding) and binding.description and _own(binding.action):
            key = NAMES.get(binding.key.split(",")[0], binding.key.split(",")[0])
            words = binding.description
            run = partial(screen.run_action, binding.action)
            yield SystemCommand(words[0].upper() + words[1:], f"key {key}", run)


def _own(action: str) -> bool:
    return not action.startswith("app.") and action not in ("undo", "redo")
