"""Small questions over a screen: yes or no, a line of text, a prediction with how sure one is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Input, Static

from studyapp.core.expressions import LONGEST, ExpressionError, evaluate
from studyapp.model import Predicting
from studyapp.tui.answer_field import WholeLine
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.lab_prediction import TRENDS, Askable, Prediction

BOX = """
{name} {{ align: center bottom; }}
{name} #box {{ width: 80; max-width: 100%; height: auto; padding: 1 2; border: round $panel-lighten-3;
                background: $surface; }}
{name} Static {{ height: auto; }}
{name} Input {{ height: 1; margin: 1 0; padding: 0 1; border: none; background: $panel-lighten-1; }}
{name} Hints {{ padding: 0; }}
"""
"""A question stands at the foot of the screen: what it is about stays in sight above it."""
LETTERS = "abcdefgh"
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
    """Ask what a run will give: which value (↑ ↓), then a number, a trend or an option (Tab), then how sure."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "skip"),
        Binding("tab", "options", "choose among options, or type a number", priority=True),
    ]
    CSS = BOX.format(name="AskPrediction")

    def __init__(
        self, values: Sequence[Askable], with_options: Callable[[], Awaitable[Sequence[Askable]]] | None = None
    ) -> None:
        super().__init__()
        self._values, self._with_options = values, with_options
        self._at = 0
        self._prediction: Prediction | None = None
        self._choosing = False
        self._option = 0

    @property
    def _asked(self) -> Askable:
        return self._values[self._at]

    def compose(self) -> ComposeResult:
        """The question, the field, what is wrong with it, what to do."""
        with Vertical(id="box"):
            yield Static(id="question")
            yield WholeLine(placeholder="a number or an expression, as in 0.25^30", max_length=LONGEST, compact=True)
            yield Static(id="wrong")
            yield Hints(id="what")

    def on_mount(self) -> None:
        """Ask for the first value; its options are computed meanwhile."""
        self._show()
        if self._with_options is not None:
            self.run_worker(self._load(self._with_options), exit_on_error=False)

    async def _load(self, with_options: Callable[[], Awaitable[Sequence[Askable]]]) -> None:
        self._values = await with_options()
        if self._prediction is None:
            self._show()

    def _complain(self, why: str) -> None:
        """Say under the field what is wrong with its text; "" says nothing."""
        line = self.query_one("#wrong", Static)
        line.update(plain(f"! {why}\n"))
        line.display = bool(why)

    def _show(self) -> None:
        self._complain("")
        asked, field = self._asked, self.query_one(Input)
        field.display = self._prediction is None and not self._choosing
        if field.display:
            field.focus()
        else:
            self.set_focus(None)
        question = Content.assemble("What will ", (asked.name, Style(bold=True)), " be?")
        lines = [question, plain(asked.meaning)]
        if asked.before is not None and self._prediction is None:
            lines.append(Content(f"It was {asked.before:.4g} in the run before: + grows, - falls, = stays."))
        skip = Hint("Esc", "no prediction", "screen.dismiss(None)")
        others = [Hint("↑ ↓", "another value", "screen.move(1)")] if len(self._values) > 1 else []
        if self._prediction is not None:
            hints = [Hint(key, words, f"screen.sure('{key}')") for key, words in CONFIDENCE.items()] + [skip]
            said = f" = {self._prediction.number:.6g}" if self._prediction.form is not Predicting.TREND else ": "
            words = self._prediction.said if self._prediction.form is Predicting.TREND else ""
            lines = [Content.assemble((asked.name, Style(bold=True)), f"{said}{words}: how sure are you?")]
        elif self._choosing:
            options = list(zip(LETTERS, asked.options, strict=False))
            lines += [
                Content.styled(
                    f"{'▸' if at == self._option else ' '} {letter}   {one:.4g}", Style(bold=at == self._option)
                )
                for at, (letter, one) in enumerate(options)
            ]
            typing = Hint("Tab", "type a number", "screen.options")
            hints = [Hint("↑ ↓", "option", "screen.move(1)"), Hint("Enter", "take it", "screen.take"), typing, skip]
        else:
            choosing = [Hint("Tab", "options", "screen.options")] if asked.options else []
            hints = [Hint("Enter", "go on", "screen.submit"), *choosing, *others, skip]
        self.query_one("#question", Static).update(Content("\n").join(line for line in lines if line.plain))
        self.query_one(Hints).show(hints)

    def on_whole_line_full(self, message: WholeLine.Full) -> None:
        """Something did not fit into the field."""
        self._complain(message.why)

    def on_input_changed(self) -> None:
        """What was wrong with the text is not said of another one."""
        self._complain("")

    def on_input_submitted(self) -> None:
        """Enter goes on."""
        self.action_submit()

    def action_submit(self) -> None:
        """Take the number or the trend; then ask how sure."""
        typed, asked = self.query_one(Input).value.strip(), self._asked
        if asked.before is not None and typed in TRENDS:
            self._said(Prediction(asked.name, float(TRENDS[typed]), "", Predicting.TREND, asked.before))
            return
        try:
            number = evaluate(typed)
        except ExpressionError as error:
            self._complain(str(error))
        else:
            self._said(Prediction(asked.name, number, ""))

    def _said(self, prediction: Prediction) -> None:
        self._prediction = prediction
        self._show()

    def action_options(self) -> None:
        """Choose among options in place of typing a number, and back."""
        if self._prediction is None and self._asked.options:
            self._choosing, self._option = not self._choosing, 0
            self._show()

    def on_key(self, event: events.Key) -> None:
        """How sure, once it was said; before, another value or an option."""
        character = event.character or ""
        if self._prediction is not None:
            if character in CONFIDENCE:
                event.stop()
                self.action_sure(character)
        elif event.key in ("up", "down"):
            event.stop()
            self.action_move(1 if event.key == "down" else -1)
        elif self._choosing and character and character in LETTERS[: len(self._asked.options)]:
            event.stop()
            self._option = LETTERS.index(character)
            self.action_take()
        elif self._choosing and event.key == "enter":
            event.stop()
            self.action_take()

    def action_take(self) -> None:
        """Say the highlighted option."""
        self._said(Prediction(self._asked.name, self._asked.options[self._option], "", Predicting.CHOICE))

    def action_move(self, step: int) -> None:
        """Highlight another option; without options in sight, ask for another value."""
        if self._choosing:
            self._option = (self._option + step) % min(len(LETTERS), len(self._asked.options))
        else:
            self._at = (self._at + step) % len(self._values)
        self._show()

    def action_sure(self, key: str) -> None:
        """Close with the prediction."""
        if self._prediction is not None:
            self.dismiss(replace(self._prediction, confidence=CONFIDENCE[key]))
