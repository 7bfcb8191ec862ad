"""Room for the field of a typed answer, which is there only while a typed answer is asked for."""

from __future__ import annotations

from textual.containers import Container


class AnswerBox(Container):
    """Holds one field or none; `textual.widgets.Input` is imported when the first typed answer is asked for."""

    DEFAULT_CSS = """
    AnswerBox { height: auto; margin-top: 1; display: none; }
    """

    async def offer(self, wanted: bool, *, numeric: bool = False) -> None:
        """Show an empty field with the caret in it, or take the field away and give the keys back to the screen."""
        self.display = wanted
        if self.children:
            await self.remove_children()
        if wanted:
            from studyapp.tui.answer_field import AnswerField

            field = AnswerField(numeric=numeric)
            await self.mount(field)
            field.focus()
        else:
            self.screen.set_focus(None)

    @property
    def typing(self) -> bool:
        """Whether the caret stands in the field."""
        return self.has_focus_within

    def focus_field(self) -> None:
        """Put the caret into the field, if there is one."""
        for field in self.children:
            field.focus()
