"""Which command opens a deck at a card's line in the learner's own editor, and returns when it is closed."""

from __future__ import annotations

import shlex
from pathlib import Path

USUAL = "vi"
_CODE = ("--wait", "--goto", "{file}:{line}")
_PLACE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"), _CODE),
    **dict.fromkeys(("subl", "zed", "zeditor"), ("--wait", "{file}:{line}")),
    **dict.fromkeys(("hx", "helix"), ("{file}:{line}",)),
    "gedit": ("--wait", "+{line}", "{file}"),
    "gvim": ("--nofork", "+{line}", "{file}"),
    "kate": ("--block", "--line", "{line}", "{file}"),
    "mate": ("--wait", "--line", "{line}", "{file}"),
}
_TERMINAL = ("+{line}", "{file}")
"""What vi, nano, emacs, micro, kak and all others of the terminal understand."""


def command(editor: str, file: Path, line: int) -> list[str]:
    """The words of the command; `editor` is what $VISUAL or $EDITOR holds, ValueError if its quotes do not match.

    A graphical editor is told to wait: without that it returns at once, and what is saved later would not be read.
    """
    words = shlex.split(editor) or [USUAL]
    place = _PLACE.get(Path(words[0]).stem, _TERMINAL)
    return [*words, *(word.format(file=file, line=line) for word in place if word not in words)]
