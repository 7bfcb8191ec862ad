"""What becomes of texts from cards on any page: nothing that a terminal obeys, and no link or picture to open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from studyapp.core.text import harmless


class _Node(Protocol):
    @property
    def type(self) -> str: ...
    @property
    def content(self) -> str: ...


def writable(text: str) -> str:
    """The text without what a terminal would obey, and without half characters, which no file can hold."""
    return harmless(text.replace("\r\n", "\n")).encode("utf-8", "replace").decode("utf-8")


def one_line(text: str) -> str:
    """The same on one line."""
    return " ".join(writable(text).split())


def address(text: str, href: str) -> str:
    """Where a link leads, in brackets, unless its text says so already: it is read and not clicked."""
    return "" if not href or href in (text, f"mailto:{text}") else f" ({href})"


def image(words: Iterable[_Node]) -> str:
    """A picture by its words: nothing is loaded from anywhere."""
    alt = "".join(" " if one.type == "softbreak" else one.content for one in words)
    return f"[image: {alt}]" if alt.strip() else "[image]"
