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
from studyapp.tui.lab_prediction import Prediction

BOX = """
{name} {{ align: center bottom; }}
{name} #box {{ width: 80; max-width: 100%; height: auto; padding: 1 2; border: round $panel-lighten-3;
                background: $surface; }}
{name} Static {{ height: auto; }}
{name} Input {{ height: 1; margin: 1 0; padding: 0 1; border: none; background: $panel-lighten-1; }}
{name} Hints {{ padding: 0; }}
"""
"""A question stands at the foot of the screen: what it is about stays in sight above it."""
CONFIDENCE = {"s": "sure", "f": "fairly sure", "g": "a guess"}


class AskYesNo(ModalScreen[bool | None]):
    """Ask a question that is answered with y or n; Esc is neither (None), and leaves things as they are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "yes"),
        Binding("n", "dismiss(False)", "no"),
        Binding("escape", "dismiss(None)", "neither"),
    ]
    CSS = BOX.format(name="AskYesNo")

    def __init__(self, question: str, yes: str, no: str) -> None:
        super().__init__()
        self._question, self._yes, self._no = question, yes, no

    def compose(self) -> ComposeResult:
        """The question and its two answers."""
        with Vertical(id="box"):
            yield Static(plain(self._question) + "\n")
            yield Hints(id="answers")

    def on_mount(self) -> None:
        """Show the answers, which the mouse may press too."""
        yes, no = Hint("y", self._yes, "screen.dismiss(True)"), Hint("n", self._no, "screen.dismiss(False)")
        self.query_one(Hints).show([yes, no, Hint("Esc", "not now", "screen.dismiss(None)")])


class AskLine(ModalScreen[str]):
    """Ask for one line, such as a file name; dismissed with it, or with "" on Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss('')", "leave it")]
    CSS = BOX.format(name="AskLine")

    def __init__(self, question: str, start: str, does: str) -> None:
        super().__init__()
        self._question, self._start, self._does = question, start, does

    def compose(self) -> ComposeResult:
        """The question and its field."""
        with Vertical(id="box"):
            yield Static(plain(self._question))
            yield Input(self._start, max_length=1000, select_on_focus=False, compact=True)
            yield Hints(id="answers")

    def on_mount(self) -> None:
        """Show how to go on."""
        self.query_one(Hints).show(
            [Hint("Enter", self._does, "screen.submit"), Hint("Esc", "leave it", "screen.dismiss('')")]
        )

    def on_input_submitted(self) -> None:
        """Enter does it."""
        self.action_submit()

    def action_submit(self) -> None:
        """Close with the line."""
        self.dismiss(self.query_one(Input).value.strip())


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
        """The question, the field, what is wrong with it, what to do."""
        with Vertical(id="box"):
            yield Static(id="question")
            yield Input(placeholder="a number or an expression, as in 0.25^30", max_length=200, compact=True)
            yield Hints(id="what")

    def on_mount(self) -> None:
        """Ask for the first value."""
        self._show()

    def _show(self, wrong: str = "") -> None:
        name, meaning = self._values[self._at]
        question = Content.assemble("What will ", (name, Style(bold=True)), " be?")
        more = wrong or meaning
        self.query_one("#question", Static).update(question + plain(f"\n{more}" if more else ""))
        skip = Hint("Esc", "no prediction", "screen.dismiss(None)")
        if self._number is None:
            others = [Hint("↑ ↓", "another value", "screen.move(1)")] if len(self._values) > 1 else []
            hints = [Hint("Enter", "go on", "screen.submit"), *others, skip]
        else:
            hints = [Hint(key, words, f"screen.sure('{key}')") for key, words in CONFIDENCE.items()] + [skip]
            self.query_one("#question", Static).update(
                Content.assemble((name, Style(bold=True)), f" = {self._number:.6g}: how sure are you?")
            )
        self.query_one(Hints).show(hints)

    def on_input_submitted(self) -> None:
        """Enter goes on."""
        self.action_submit()

    def action_submit(self) -> None:
        """Take the number; then ask how sure."""
        field = self.query_one(Input)
        try:
            self._number = evaluate(field.value)
        except ExpressionError as error:
            self._show(str(error))
        else:
            self.set_focus(None)
            field.display = False
            self._show()

    def on_key(self, event: events.Key) -> None:
        """How sure, once the number is there; another value before."""
        if self._number is not None and event.character in CONFIDENCE:
            event.stop()
            self.action_sure(event.character)
        elif self._number is None and event.key in ("up", "down"):
            event.stop()
            self.action_move(1 if event.key == "down" else -1)

    def action_move(self, step: int) -> None:
        """Ask for another value."""
        self._at = (self._at + step) % len(self._values)
        self._show()

    def action_sure(self, key: str) -> None:
        """Close with the prediction."""
        if self._number is not None:
            self.dismiss(Prediction(self._values[self._at][0], self._number, CONFIDENCE[key]))
