"""The lines that say which keys do what; each hint is also a button for the mouse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.style import Style
from textual.widgets import Static


@dataclass(frozen=True, slots=True)
class Hint:
    """A key as it is written, what it does in a word or three, the action it runs, and a label for little room."""

    key: str
    label: str
    action: str = ""
    short: str = ""

    def content(self, *, short: bool = False) -> Content:
        """The key in bold, then its label; a click on either runs the action."""
        click = Style.from_meta({"@click": self.action}) if self.action else Style()
        label = self.short if short and self.short else self.label
        return Content.assemble((self.key, Style(bold=True) + click), (f" {label}", Style(dim=True) + click))


class Hints(Static):
    """One or two lines of hints, at the foot of a screen."""

    DEFAULT_CSS = """
    Hints { height: auto; padding: 0 1; link-style: none; link-color: $text; link-background: transparent;
            link-style-hover: underline; link-background-hover: transparent; link-color-hover: $text; }
    """

    def show(self, hints: Iterable[Hint]) -> None:
        """Show these hints on one line if they fit in any way, else broken between hints and never within one."""
        self._hints = list(hints)
        self._lay_out()

    def on_resize(self) -> None:
        """Break the lines anew for the new width."""
        self._lay_out()

    _hints: list[Hint] = []  # noqa: RUF012 - replaced, never changed in place

    def _lay_out(self) -> None:
        width = max(20, self.content_size.width or self.app.size.width - 2)
        for short in (False, True):
            for gap in ("   ", "  "):
                line = Content(gap).join([hint.content(short=short) for hint in self._hints])
                if line.cell_length <= width:
                    self.update(line)
                    return
        long, brief = (broken([hint.content(short=short) for hint in self._hints], width) for short in (False, True))
        too_wide = any(line.cell_length > width for line in long)
        self.update(Content("\n").join(brief if too_wide or len(brief) < len(long) else long))


def broken(parts: Sequence[Content], width: int) -> list[Content]:
    """Lines of as many parts as fit, three blanks apart; a part is never broken."""
    lines: list[Content] = []
    for part in parts:
        if lines and lines[-1].cell_length + 3 + part.cell_length <= width:
            lines[-1] = Content.assemble(lines[-1], "   ", part)
        else:
            lines.append(part)
    return lines
