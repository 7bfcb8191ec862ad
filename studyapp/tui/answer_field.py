"""The field for typed answers: while it has the caret every printable key is text."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from studyapp.core import expressions, grading
from studyapp.tui.screen import StudyScreen


class AnswerField(Input):
    """One line to type an answer into. Enter submits; Esc leaves it, so that the other keys work again."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave the field", show=False)]

    DEFAULT_CSS = """
    AnswerField { height: 1; border: none; padding: 0 1; margin: 0 1; background: $panel; }
    AnswerField:focus { border: none; background: $panel-lighten-1; }
    """

    def __init__(self, *, numeric: bool, symbols: Collection[str] = ()) -> None:
        example = "a number or an expression, as in sqrt(6/768)" if numeric else "your answer"
        if symbols:
            example = f"a formula in {', '.join(symbols)}: + - * / ^ sqrt exp ln tanh pi"
        longest = expressions.LONGEST if numeric else grading.LONGEST
        super().__init__(placeholder=example, max_length=longest, select_on_focus=False, compact=True)

    def restricted(self) -> None:
        """Say why a character is not taken: what is typed is read to its end, or not at all."""
        if isinstance(self.screen, StudyScreen):
            self.screen.study_app.say(f"{self.max_length} characters are the most that an answer may have.", wrong=True)

    def action_leave(self) -> None:
        """Give the keys back to the screen."""
        self.screen.set_focus(None)
