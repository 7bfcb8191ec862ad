"""A list of lines of which only those in view are made: ten thousand cost no more than twenty."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual

MARK = "▸"
MOVES = {"↑ ↓ PgUp PgDn": "another row"}
"""The keys of every list, for the ? of its screen."""


class LineList(ScrollView, can_focus=True):
    """Lines from a function of their number; some of them are rows, one of which is highlighted by a mark before it.

    Arrows and the mouse move the highlight; a click on the highlighted row opens it, as Enter does by its screen.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "next row", show=False),
        Binding("up,k", "move(-1)", "row before", show=False),
        Binding("pagedown", "page(1)", "a page on", show=False),
        Binding("pageup", "page(-1)", "a page back", show=False),
        Binding("home", "end(-1)", "first row", show=False),
        Binding("end", "end(1)", "last row", show=False),
    ]
    DEFAULT_CSS = """
    LineList { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; background: $background; }
    """

    class Moved(Message):
        """Another row is highlighted now."""

    class Opened(Message):
        """The highlighted row was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._line: Callable[[int], Content] = lambda _: Content()
        self._rows: Sequence[int] = ()
        self.row = 0
        """The highlighted row, from 0; of no meaning without rows."""

    def show(self, line: Callable[[int], Content], count: int, rows: Sequence[int], row: int) -> None:
        """Show so many lines; `rows` are the numbers of those that can be highlighted, in ascending order."""
        row = max(0, min(row, len(rows) - 1))
        same = (row, count, rows) == (self.row, self.virtual_size.height, self._rows)
        self._line, self._rows, self.row = line, rows, row
        self.virtual_size = Size(1, count)
        if not same:  # what the mouse scrolled to stays in view while figures change
            self._keep_in_view()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line as the terminal gets it."""
        number, width = self.scroll_offset.y + y, self.scrollable_content_region.width
        style = self.visual_style
        if number >= self.virtual_size.height or width < 2:
            return Strip.blank(width, style.rich_style)
        highlighted = bool(self._rows) and number == self._rows[self.row]
        body = self._line(number).truncate(width - 1, ellipsis=True)
        line = Content.assemble(MARK if highlighted else " ", body.stylize(Style(bold=True)) if highlighted else body)
        return Visual.to_strips(self, line, width, 1, style, pad=True)[0]

    # --- moving -----------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """Highlight another row; from a last row that does not move, the lines below it come into view."""
        if self._rows and 0 <= self.row + step < len(self._rows):
            self._highlight(self.row + step)
        else:
            self.scroll_relative(y=step, animate=False)

    def action_page(self, direction: int) -> None:
        """Highlight a row a page away."""
        if self._rows:
            line = self._rows[self.row] + direction * max(1, self.size.height - 1)
            found = bisect_right(self._rows, line) - 1 if direction > 0 else bisect_left(self._rows, line)
            self._highlight(max(0, min(found, len(self._rows) - 1)))

    def action_part(self, direction: int) -> None:
        """Highlight the first row of the next part, or of this one or the one before; headings stand between parts."""
        firsts = [row for row, line in enumerate(self._rows) if line and (not row or self._rows[row - 1] < line - 1)]
        there = [row for row in firsts if (row > self.row if direction > 0 else row < self.row)]
        if there:
            self._highlight(there[0] if direction > 0 else there[-1])
            heading = self._rows[self.row] - 1
            if heading < self.scroll_offset.y:
                self.scroll_to(y=heading, animate=False)

    def action_end(self, direction: int) -> None:
        """Highlight the first or the last row."""
        if self._rows:
            self._highlight(len(self._rows) - 1 if direction > 0 else 0)

    def on_click(self, event: events.Click) -> None:
        """Highlight the row under the mouse; open it if it is highlighted already."""
        line = self.scroll_offset.y + event.y
        place = bisect_left(self._rows, line)
        if place == len(self._rows) or self._rows[place] != line:
            return
        if place == self.row:
            self.post_message(self.Opened())
        else:
            self._highlight(place)

    def _highlight(self, row: int) -> None:
        self.row = row
        self._keep_in_view()
        self.refresh()
        self.post_message(self.Moved())

    def on_resize(self) -> None:
        """The highlighted row stays in view."""
        self._keep_in_view()

    def _keep_in_view(self) -> None:
        """Scroll as little as it takes; what stands above the first row and below the last belongs to them."""
        height = self.scrollable_content_region.height
        if not self._rows or not height:
            return
        line, top = self._rows[self.row], self.scroll_offset.y
        first = 0 if self.row == 0 and line < height else line
        last = self.virtual_size.height - 1 if self.row == len(self._rows) - 1 else line
        if first < top:
            self.scroll_to(y=first, animate=False)
        elif last >= top + height:
            self.scroll_to(y=min(line, last - height + 1), animate=False)
