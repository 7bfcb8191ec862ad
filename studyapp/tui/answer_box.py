"""Room for the field of a typed answer, which is there only while a typed answer is asked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from studyapp.tui.card_text import plain

if TYPE_CHECKING:
    from studyapp.tui.answer_field import AnswerField, WholeLine


class AnswerBox(Container):
    """Holds one field or none, and under it what is wrong with its text, until that is changed.

    `textual.widgets.Input` is imported when the first typed answer is asked for.
    """

    DEFAULT_CSS = """
    AnswerBox { height: auto; margin-top: 1; display: none; }
    AnswerBox #wrong { height: auto; padding: 0 2; display: none; }
    """

    _field: AnswerField | None = None

    def compose(self) -> ComposeResult:
        """The line under the field."""
        yield Static(id="wrong")

    async def offer(self, wanted: bool, *, numeric: bool = False, symbols: Collection[str] = ()) -> None:
        """Show an empty field with the caret in it, or take the field away and give the keys back to the screen."""
        self.display = wanted
        self.complain("")
        if self._field is not None:
            await self._field.remove()
            self._field = None
        if wanted:
            from studyapp.tui.answer_field import AnswerField

            self._field = AnswerField(numeric=numeric, symbols=symbols)
            await self.mount(self._field, before="#wrong")
            self._field.focus()
        else:
            self.screen.set_focus(None)

    def complain(self, why: str) -> None:
        """Say what is wrong with the text as it is; "" says nothing."""
        line = self.query_one("#wrong", Static)
        line.update(plain(f"! {why}"))
        line.display = bool(why)

    def on_whole_line_full(self, message: WholeLine.Full) -> None:
        """Something did not fit into the field."""
        self.complain(message.why)

    def on_input_changed(self) -> None:
        """What was wrong with the text is not said of another one."""
        self.complain("")

    @property
    def typing(self) -> bool:
        """Whether the caret stands in the field."""
        return self.has_focus_within

    @property
    def text(self) -> str:
        """What was typed so far; empty without a field."""
        return self._field.value if self._field is not None else ""

    def focus_field(self) -> None:
        """Put the caret into the field, if there is one."""
        if self._field is not None:
            self._field.focus()
