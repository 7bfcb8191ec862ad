"""Small questions over a screen: yes or no, a line of text, a prediction with how sure one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Input, Static

from studyapp.core.expressions import ExpressionError, evaluate
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.lab_text import Prediction

BOX = """
{name} {{ align: center middle; }}
{name} #box {{ width: 70; max-width: 95%; height: auto; padding: 1 2; border: round $panel-lighten-3;
                background: $surface; }}
{name} Static {{ height: auto; }}
"""
CONFIDENCE = {"s": "sure", "f": "fairly sure", "g": "a guess"}


class AskYesNo(ModalScreen[bool]):
    """Ask a question that is answered with y or n; Esc is neither, and leaves things as they are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "yes"),
        Binding("n", "dismiss(False)", "no"),
    ]
    CSS = BOX.format(name="AskYesNo")

    def __init__(self, question: str, yes: str, no: str) -> None:
        super().__init__()
        self._question, self._yes, self._no = question, yes, no

    def compose(self) -> ComposeResult:
        """The question and its two answers."""
        with Vertical(id="box"):
            yield Static(plain(self._question))
            yield Hints(id="answers")

    def on_mount(self) -> None:
        """Show the answers, which the mouse may press too."""
        yes, no = Hint("y", self._yes, "screen.dismiss(True)"), Hint("n", self._no, "screen.dismiss(False)")
        self.query_one(Hints).show([yes, no])


class AskLine(ModalScreen[str]):
    """Ask for one line, such as a file name; dismissed with it, or with "" on Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss('')", "leave it")]
    CSS = BOX.format(name="AskLine")

    def __init__(self, question: str, start: str) -> None:
        super().__init__()
        self._question, self._start = question, start

    def compose(self) -> ComposeResult:
        """The question and its field."""
        with Vertical(id="box"):
            yield Static(plain(self._question))
            yield Input(self._start, max_length=1000, select_on_focus=False)
            yield Static(Content.styled("Enter does it, Esc leaves it.", Style(dim=True)))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Close with the line."""
        self.dismiss(message.value.strip())


class AskPrediction(ModalScreen[Prediction | None]):
    """Ask what a run will give: which value (↑ ↓), a number or expression, then how sure."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "skip")]
    CSS = BOX.format(name="AskPrediction")

    def __init__(self, values: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._values = values
        self._at = 0
        self._number: float | None = None

    def compose(self) -> ComposeResult:
        """The question, the field, what to do."""
        with Vertical(id="box"):
            yield Static(id="question")
            yield Input(placeholder="a number or an expression, as in 0.25^30", max_length=200)
            yield Static(id="what")

    def on_mount(self) -> None:
        """Ask for the first value."""
        self._show("")

    def _show(self, wrong: str) -> None:
        name, meaning = self._values[self._at]
        question = Content.assemble("What will ", (name, Style(bold=True)), " be?")
        self.query_one("#question", Static).update(question + plain(f"\n{meaning}" if meaning else ""))
        if self._number is not None:
            words = f"{self._number:.6g}: how sure?   s sure   f fairly sure   g a guess"
        else:
            others = "   ↑ ↓ another value" if len(self._values) > 1 else ""
            words = wrong or f"Enter goes on{others}   Esc skips the prediction"
        self.query_one("#what", Static).update(plain(words).stylize(Style(dim=not wrong)))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Take the number; then ask how sure."""
        try:
            self._number = evaluate(message.value)
        except ExpressionError as error:
            self._show(str(error))
        else:
            self.set_focus(None)
            message.input.disabled = True
            self._show("")

    def on_key(self, event: events.Key) -> None:
        """How sure, once the number is there; another value before."""
        if self._number is not None and event.character in CONFIDENCE:
            event.stop()
            self.dismiss(Prediction(self._values[self._at][0], self._number, CONFIDENCE[event.character]))
        elif self._number is None and event.key in ("up", "down"):
            event.stop()
            self._at = (self._at + (1 if event.key == "down" else -1)) % len(self._values)
            self._show("")
