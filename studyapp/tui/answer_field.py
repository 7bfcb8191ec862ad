"""The field for typed answers: while it has the caret every printable key is text."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from studyapp.core import expressions, grading


class WholeLine(Input):
    """One line that is read to its end or not at all: what would make it too long is left out whole, and said."""

    class Full(Message):
        """Something was left out; `why` says so."""

        def __init__(self, why: str) -> None:
            super().__init__()
            self.why = why

    def restricted(self) -> None:
        """Say why what was typed or pasted is not taken."""
        self.post_message(self.Full(f"left out: {self.max_length} characters are the most that an answer may have"))

    def _on_paste(self, event: events.Paste) -> None:
        """Many lines become one before they are taken, of which there would be the first alone."""
        event.text = " ".join(event.text.splitlines())


class AnswerField(WholeLine):
    """One line to type an answer into. Enter submits; Esc leaves it, so that the other keys work again."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave the field", show=False)]

    DEFAULT_CSS = """
    AnswerField { height: 1; border: none; padding: 0 1; margin: 0 1; background: $panel; }
    AnswerField:focus { border: none; background: $panel-lighten-1; }
    """

    def __init__(self, *, numeric: bool, symbols: Collection[str] = ()) -> None:
        example = "a number or an expression, as in 2^-3 / 7" if numeric else "your answer"
        if symbols:
            known = " ".join([*expressions.FUNCTIONS, *(one for one in expressions.CONSTANTS if one.isascii())])
            example = f"a formula in {', '.join(symbols)}: + - * / ^ {known}"
        longest = expressions.LONGEST if numeric else grading.LONGEST
        super().__init__(placeholder=example, max_length=longest, select_on_focus=False, compact=True)

    def action_leave(self) -> None:
        """Give the keys back to the screen."""
        self.screen.set_focus(None)
