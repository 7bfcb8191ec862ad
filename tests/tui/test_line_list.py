"""Rules of the list of lines: only lines in view are made, one row is highlighted, and it stays in view."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot

from studyapp.tui.line_list import LineList

HEIGHT = 10


class Shown(App[None]):
    """A list alone; what it made, and what it told."""

    def __init__(self, count: int, rows: Sequence[int], row: int = 0) -> None:
        super().__init__()
        self.made: list[int] = []
        self.told: list[object] = []
        self._given = (count, rows, row)

    def compose(self) -> ComposeResult:
        """The list."""
        yield LineList()

    def on_mount(self) -> None:
        """Fill it."""
        self.query_one(LineList).focus()
        self.query_one(LineList).show(self.line, *self._given)

    def line(self, number: int) -> Content:
        """A line that says its number."""
        self.made.append(number)
        return Content(f"line {number}")

    @on(LineList.Moved)
    @on(LineList.Opened)
    def _tell(self, message: LineList.Moved | LineList.Opened) -> None:
        self.told.append(type(message))

    @property
    def lines(self) -> list[str]:
        """The screen as text."""
        return [strip.text.rstrip(" ▁▂▃▄▅▆▇█") for strip in self.screen._compositor.render_strips()]

    async def press(self, pilot: Pilot[None], *keys: str) -> list[str]:
        """Press keys; the screen after them."""
        await pilot.press(*keys)
        await pilot.pause()
        return self.lines


async def test_only_lines_in_view_are_made() -> None:
    """A million lines cost no more than ten, at their end too."""
    app = Shown(1_000_000, range(1_000_000))
    async with app.run_test(size=(30, HEIGHT)) as pilot:
        await pilot.pause()
        assert app.lines[0] == "▸line 0"
        assert (await app.press(pilot, "end"))[-1] == "▸line 999999"
        assert set(app.made) <= {*range(HEIGHT), *range(999_990, 1_000_000)}


async def test_keys_move_between_rows() -> None:
    """Only rows are highlighted, lines between them never; what stands above the first row comes back with it."""
    app = Shown(40, [3, 4, 20, 35])
    async with app.run_test(size=(30, HEIGHT)) as pilot:
        await pilot.pause()
        assert app.lines[3] == "▸line 3"
        assert (await app.press(pilot, "down"))[4] == "▸line 4"
        assert "▸line 20" in await app.press(pilot, "j")
        lines = await app.press(pilot, "down")
        assert "▸line 35" in lines
        assert lines[-1] == " line 39"
        assert "▸line 20" in await app.press(pilot, "k")
        assert (await app.press(pilot, "home"))[0] == " line 0"
        assert app.lines[3] == "▸line 3"
        assert "▸line 4" in await app.press(pilot, "pagedown")
        assert "▸line 3" in await app.press(pilot, "pageup")
        assert (await app.press(pilot, "up"))[3] == "▸line 3"
        assert app.told == [LineList.Moved] * 7


async def test_a_part_is_what_stands_below_a_heading() -> None:
    """Its first row, with the heading in view; back from further down to the own part's first, and never beyond."""
    rows = [1, 2, 5, 6, 25, 26]
    app = Shown(27, rows, 5)
    async with app.run_test(size=(30, HEIGHT)) as pilot:
        await pilot.pause()
        shown, found = app.query_one(LineList), []
        for direction in (-1, -1, -1, -1, 1, 1, 1):
            shown.action_part(direction)
            lines = await app.press(pilot)
            found.append(rows[shown.row])
            assert {f" line {found[-1] - 1}", f"▸line {found[-1]}"} <= set(lines)
        assert found == [25, 5, 1, 1, 5, 25, 25]


async def test_a_click_highlights_and_a_second_one_opens() -> None:
    """A click beside every row does nothing."""
    app = Shown(5, [1, 3])
    async with app.run_test(size=(30, HEIGHT)) as pilot:
        await pilot.pause()
        await pilot.click(LineList, offset=(2, 3))
        assert app.told == [LineList.Moved]
        await pilot.click(LineList, offset=(2, 3))
        assert app.told == [LineList.Moved, LineList.Opened]
        for beside in (2, 4, 8):
            await pilot.click(LineList, offset=(2, beside))
        assert len(app.told) == 2


async def test_the_highlight_stays_in_view() -> None:
    """At any height, and when the list is shown anew with fewer rows."""
    app = Shown(100, range(100), 50)
    async with app.run_test(size=(30, HEIGHT)) as pilot:
        await pilot.pause()
        assert "▸line 50" in app.lines
        await pilot.resize_terminal(30, 3)
        await pilot.pause()
        assert "▸line 50" in app.lines
        app.query_one(LineList).show(app.line, 20, range(20), 50)
        await pilot.pause()
        assert app.lines[-1] == "▸line 19"


async def test_without_rows_keys_scroll() -> None:
    """A list with nothing to choose, and an empty one."""
    app = Shown(40, ())
    async with app.run_test(size=(30, HEIGHT)) as pilot:
        await pilot.pause()
        assert app.lines[0] == " line 0"
        assert (await app.press(pilot, "down", "pagedown", "end"))[0] == " line 1"
        app.query_one(LineList).show(app.line, 0, (), 0)
        await pilot.pause()
        assert not "".join(await app.press(pilot, "down", "up", "home", "end")).strip()
        assert app.told == []
