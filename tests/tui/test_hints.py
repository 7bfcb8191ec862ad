"""Rules of the line of hints: on one line if it can be, broken between hints if not."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.content import Content

from studyapp.tui.hints import Hint, Hints, broken, keys_alone

SOME = [Hint("Space", "show the answer", short="show"), Hint("-", "not today", short="later"), Hint("q", "back")]


class Shown(App[None]):
    """A screen of hints only."""

    def compose(self) -> ComposeResult:
        """The hints."""
        yield Hints()


async def lines_at(width: int, height: int = 10) -> list[str]:
    """The hints as they are laid out on a screen of this size."""
    app = Shown()
    async with app.run_test(size=(width, height)) as pilot:
        hints = app.query_one(Hints)
        hints.show(SOME)
        await pilot.pause(0)
        content = hints.content
        assert isinstance(content, Content)
        return content.plain.split("\n")


async def test_hints_are_drawn_together_before_they_are_broken() -> None:
    """Three blanks apart; then two; then with short labels; then on more lines, of whole hints."""
    assert await lines_at(80) == ["Space show the answer   - not today   q back"]
    assert await lines_at(45) == ["Space show the answer  - not today  q back"]
    assert await lines_at(35) == ["Space show   - later   q back"]
    assert await lines_at(22) == ["Space show   - later", "q back"]


async def test_hints_leave_two_thirds_of_the_screen() -> None:
    """Where they would take more, the keys stand alone; if even those are too many, the last two stay."""
    assert await lines_at(22, 6) == ["Space show   - later", "q back"]
    assert await lines_at(22, 5) == ["Space - q"]
    many = [Hint("Enter", "open"), *(Hint(f"F{n}", "do") for n in range(1, 9)), Hint("?", "keys"), Hint("q", "back")]
    assert [line.plain for line in keys_alone(many, 18, 1)] == ["Enter F1 F2 F3 ? q"]
    assert [line.plain for line in keys_alone(many, 18, 2)] == ["Enter F1 F2 F3 F4", "F5 F6 F7 F8 ? q"]
    assert [line.plain for line in keys_alone(many, 2, 1)] == ["q"]


async def test_hints_follow_the_height_of_the_screen() -> None:
    """A screen that becomes lower or higher while they stand lays them out anew."""
    app = Shown()
    async with app.run_test(size=(22, 10)) as pilot:
        hints = app.query_one(Hints)
        hints.show(SOME)
        for height, lines in ((4, 1), (12, 2)):
            await pilot.resize_terminal(22, height)
            await pilot.pause(0)
            assert isinstance(hints.content, Content)
            assert len(hints.content.plain.split("\n")) == lines


def test_a_hint_is_never_broken() -> None:
    """One that is wider than the line stands alone."""
    parts = [Content("a" * 30), Content("b"), Content("c")]
    assert [line.plain for line in broken(parts, 10)] == ["a" * 30, "b   c"]


def test_a_click_runs_the_action() -> None:
    """Key and label carry the action; a hint without one is only read."""
    assert "screen.go" in str(Hint("x", "go", "screen.go").content().spans)
    assert "@click" not in str(Hint("a-d", "pick").content().spans)
