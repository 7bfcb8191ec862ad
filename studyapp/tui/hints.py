"""The lines that say which keys do what; each hint is also a button for the mouse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.content import Content
from textual.style import Style
from textual.widgets import Static


@dataclass(frozen=True, slots=True)
class Hint:
    """A key as it is written, what it does in a word or three, and the action it runs."""

    key: str
    label: str
    action: str = ""

    def content(self) -> Content:
        """The key in bold, then its label; a click on either runs the action."""
        click = Style.from_meta({"@click": self.action}) if self.action else Style()
        return Content.assemble((self.key, Style(bold=True) + click), (f" {self.label}", Style(dim=True) + click))


class Hints(Static):
    """One or two lines of hints, at the foot of a screen."""

    DEFAULT_CSS = """
    Hints { height: auto; padding: 0 1; link-style: none; link-color: $text; link-background: transparent;
            link-style-hover: underline; link-background-hover: transparent; link-color-hover: $text; }
    """

    def show(self, hints: Iterable[Hint]) -> None:
        """Show these hints, three blanks apart, broken between hints and never within one."""
        self._hints = list(hints)
        self._lay_out()

    def on_resize(self) -> None:
        """Break the lines anew for the new width."""
        self._lay_out()

    _hints: list[Hint] = []  # noqa: RUF012 - replaced, never changed in place

    def _lay_out(self) -> None:
        width = max(20, self.content_size.width or self.app.size.width - 2)
        lines: list[list[Content]] = [[]]
        used = 0
        for hint in self._hints:
            content = hint.content()
            wanted = content.cell_length + (3 if lines[-1] else 0)
            if lines[-1] and used + wanted > width:
                lines.append([])
                used, wanted = 0, content.cell_length
            lines[-1].append(content)
            used += wanted
        self.update(Content("\n").join(Content("   ").join(line) for line in lines))
