"""Room for the field of a typed answer, which is there only while a typed answer is asked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from textual.containers import Container

if TYPE_CHECKING:
    from studyapp.tui.answer_field import AnswerField


class AnswerBox(Container):
    """Holds one field or none; `textual.widgets.Input` is imported when the first typed answer is asked for."""

    DEFAULT_CSS = """
    AnswerBox { height: auto; margin-top: 1; display: none; }
    """

    _field: AnswerField | None = None

    async def offer(self, wanted: bool, *, numeric: bool = False, symbols: Collection[str] = ()) -> None:
        """Show an empty field with the caret in it, or take the field away and give the keys back to the screen."""
        self.display = wanted
        if self._field is not None:
            await self._field.remove()
            self._field = None
        if wanted:
            from studyapp.tui.answer_field import AnswerField

            self._field = AnswerField(numeric=numeric, symbols=symbols)
            await self.mount(self._field)
            self._field.focus()
        else:
            self.screen.set_focus(None)

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
