"""The lines that say which keys do what; each hint is also a button for the mouse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Size
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
        label = self.short if short and self.short else self.label
        return Content.assemble(self.button, (f" {label}", Style(dim=True) + self._click))

    @property
    def button(self) -> Content:
        """The key alone."""
        return Content.styled(self.key, Style(bold=True) + self._click)

    @property
    def _click(self) -> Style:
        return Style.from_meta({"@click": self.action}) if self.action else Style()


class Hints(Static):
    """One or two lines of hints, at the foot of a screen; they never take more than a third of it."""

    DEFAULT_CSS = """
    Hints { height: auto; padding: 0 1; link-style: none; link-color: $text; link-background: transparent;
            link-style-hover: underline; link-background-hover: transparent; link-color-hover: $text; }
    """

    def show(self, hints: Iterable[Hint]) -> None:
        """Show these hints on one line if they fit in any way, else broken between hints and never within one.

        Where a third of the screen has no room for them the keys stand alone; the last two of them, by custom `?` and
        the way back, are the last to go.
        """
        self._hints = list(hints)
        self._lay_out()

    def on_mount(self) -> None:
        """Notice when the screen gets lower or higher, which alone leaves these lines as large as they are."""
        self.screen.screen_layout_refresh_signal.subscribe(self, self._on_layout)

    def _on_layout(self, _: object) -> None:
        if self.app.size != self._laid_out_for:
            self._lay_out()

    def on_resize(self) -> None:
        """Break the lines anew for the new width."""
        self._lay_out()

    _hints: list[Hint] = []  # noqa: RUF012 - replaced, never changed in place
    _laid_out_for: Size | None = None

    def _lay_out(self) -> None:
        self._laid_out_for = self.app.size
        width, most = max(10, self.content_size.width or self.app.size.width - 2), max(1, self.app.size.height // 3)
        for short in (False, True):
            for gap in ("   ", "  "):
                line = Content(gap).join([hint.content(short=short) for hint in self._hints])
                if line.cell_length <= width:
                    self.update(line)
                    return
        long, brief = (broken([hint.content(short=short) for hint in self._hints], width) for short in (False, True))
        too_wide = any(line.cell_length > width for line in long)
        lines = brief if too_wide or len(brief) < len(long) else long
        self.update(Content("\n").join(lines if len(lines) <= most else keys_alone(self._hints, width, most)))


def keys_alone(hints: Sequence[Hint], width: int, most: int) -> list[Content]:
    """At most so many lines of keys without labels; of too many, those before the last two are left out."""
    kept = list(hints)
    while len(lines := broken([hint.button for hint in kept], width, " ")) > most and len(kept) > 2:
        del kept[-3]
    return lines[-most:]


def broken(parts: Sequence[Content], width: int, gap: str = "   ") -> list[Content]:
    """Lines of as many parts as fit, a gap apart; a part is never broken."""
    lines: list[Content] = []
    for part in parts:
        if lines and lines[-1].cell_length + len(gap) + part.cell_length <= width:
            lines[-1] = Content.assemble(lines[-1], gap, part)
        else:
            lines.append(part)
    return lines
