"""After the exam: some questions explained in words, held against the model answer. The score stays what it is."""

from __future__ import annotations

from enum import Enum, auto
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static, TextArea

from studyapp.core.exam.oral import to_explain
from studyapp.core.exam.report import Report
from studyapp.exam_errors import ExamError
from studyapp.exams import Kept
from studyapp.store import StoreError
from studyapp.tui.card_text import plain
from studyapp.tui.exam_oral_text import RATINGS, asked, compared, rating_row, summary
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.screen import StudyScreen

LONGEST = 20_000
"""So many characters may be written; a page has 3,000."""


class Stage(Enum):
    """How far one question is."""

    WRITING = auto()
    COMPARING = auto()
    OVER = auto()


class Explanation(TextArea):
    """Where the explanation is written. Esc leaves it, so that the other keys work again."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave the field", show=False)]
    DEFAULT_CSS = """
    Explanation { height: 1fr; min-height: 3; border: none; padding: 0 1; margin: 0 1; background: $panel; }
    Explanation:focus { border: none; background: $panel-lighten-1; }
    """

    def action_leave(self) -> None:
        """Give the keys back to the screen."""
        self.screen.set_focus(None)


class OralScreen(StudyScreen):
    """A few questions drawn from the paper's seed, one after the other; those explained before are marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "answer", "show the model answer"),
        Binding("enter,i", "write", "write on; at the end, back"),
        Binding("right,n", "step(1)", "next question"),
        Binding("left,p", "step(-1)", "question before"),
        Binding("q,escape", "app.pop_screen", "back; what was rated is kept"),
    ]
    OTHER_KEYS: ClassVar[dict[str, str]] = {
        "0-3": "rate your explanation: 0 not at all, 3 fully",
        "Esc": "leave the field; then back",
        "↑ ↓ PgUp PgDn": "scroll",
    }
    CSS = """
    OralScreen #said { height: auto; max-height: 60%; padding: 1 1 1 1; scrollbar-size-vertical: 1; }
    OralScreen.read #said { height: 1fr; max-height: 100%; }
    OralScreen #text { height: auto; }
    OralScreen #note { height: auto; padding: 0 1; color: $text-muted; }
    OralScreen #rate { height: auto; padding: 0 1; }
    """

    def __init__(self, sitting_id: str) -> None:
        super().__init__()
        self._sitting_id = sitting_id
        self._kept: Kept | None = None
        self._report: Report | None = None
        self._drawn: tuple[int, ...] = ()
        self._place = 0
        self._shown = False
        self._written: dict[int, str] = {}

    def compose(self) -> ComposeResult:
        """The bar, the question, the field, the rating, the keys."""
        yield Static(id="bar", classes="bar")
        with VerticalScroll(id="said"):
            yield Static(id="text")
        yield Static("What you write is kept nowhere.", id="note", markup=False)
        yield Explanation(soft_wrap=True, show_line_numbers=False, highlight_cursor_line=False)
        yield Static(id="rate")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Begin with the first question that was not explained yet."""
        exams = self.library.exams
        try:
            self._kept, self._report = exams.report(self._sitting_id)
        except (ExamError, StoreError) as error:
            self.query_one(Explanation).display = False
            self.static("text").update(plain(str(error)))
            self.query_one(Hints).show([Hint("q", "back", "app.pop_screen")])
            return
        self._drawn = to_explain(self._kept.sitting)
        self._go(self._first_open())

    def on_resize(self) -> None:
        """Lay everything out anew."""
        self._show()

    # --- where one is -----------------------------------------------------------------------------

    @property
    def stage(self) -> Stage:
        """What the learner does now."""
        if self._place >= len(self._drawn):
            return Stage.OVER
        return Stage.COMPARING if self._shown else Stage.WRITING

    def _first_open(self) -> int:
        explained = self._kept.sitting.explained if self._kept is not None else {}
        places = range(len(self._drawn))
        return next((place for place in places if self._drawn[place] not in explained), len(self._drawn))

    def _go(self, place: int) -> None:
        field = self.query_one(Explanation)
        self._place, self._shown = place, False
        field.text = self._written.get(place, "")
        field.move_cursor(field.document.end)
        self._show()
        self.query_one("#said").scroll_home(animate=False)
        if self.stage is Stage.WRITING:
            field.focus()
        else:
            self.query_one("#said").focus()

    # --- showing ----------------------------------------------------------------------------------

    def _show(self) -> None:
        kept, report, width = self._kept, self._report, self.text_width
        if kept is None or report is None:
            return
        stage, field = self.stage, self.query_one(Explanation)
        self.set_class(stage is not Stage.WRITING, "read")
        field.display = self.static("note").display = stage is Stage.WRITING
        self.static("rate").display = stage is Stage.COMPARING
        if stage is Stage.OVER:
            self.static("bar").update(plain("In words · done"))
            self.static("text").update(summary(kept, report, self._drawn, width))
        else:
            number = self._drawn[self._place]
            question, rating = kept.sitting.paper.questions[number], kept.sitting.explained.get(number)
            rated = f" · explained: {RATINGS[rating]}" if rating is not None else ""
            self.static("bar").update(
                plain(f"In words · {self._place + 1} of {len(self._drawn)} · question {number + 1}{rated}")
            )
            said = compared(question, field.text, width) if stage is Stage.COMPARING else asked(question, width)
            self.static("text").update(said)
            self.static("rate").update(rating_row(rating, width))
        self._show_hints()

    def _show_hints(self) -> None:
        if self._kept is None:
            return
        keys, back = Hint("?", "keys", "app.keys"), Hint("q", "back", "app.pop_screen")
        step = Hint("→", "next", "screen.step(1)")
        match self.stage:
            case Stage.OVER:
                found = [Hint("Enter", "back to the report", "app.pop_screen"), Hint("←", "again", "screen.step(-1)")]
            case Stage.COMPARING:
                found = [Hint("0-3", "rate it"), Hint("i", "write on", "screen.write"), step, keys, back]
            case _ if self.query_one(Explanation).has_focus:
                found = [Hint("Esc", "done: then Space shows the model answer", "screen.answer", "done")]
            case _:
                answer = Hint("Space", "the model answer", "screen.answer")
                found = [answer, Hint("i", "write on", "screen.write"), step, keys, back]
        self.query_one(Hints).show(found)

    def on_descendant_focus(self) -> None:
        """Other keys do other things now."""
        self._show_hints()

    def on_descendant_blur(self) -> None:
        """The same when the caret is gone."""
        self._show_hints()

    # --- keys -------------------------------------------------------------------------------------

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        """Nothing is kept beyond this screen; and no more is taken than anybody writes."""
        field = message.text_area
        if len(field.text) > LONGEST:
            field.text = field.text[:LONGEST]
            self.study_app.say(f"{LONGEST} characters are the most that an explanation may have.", wrong=True)
        self._written[self._place] = field.text

    def on_key(self, event: events.Key) -> None:
        """Digits rate, once the model answer is there."""
        if self.stage is Stage.COMPARING and event.character and event.character in "0123":
            event.stop()
            self.action_rate(int(event.character))

    def action_answer(self) -> None:
        """Show the model answer beside what was written."""
        if self.stage is Stage.WRITING and self._kept is not None:
            self._shown = True
            self._show()
            self.query_one("#said").scroll_home(animate=False)
            self.query_one("#said").focus()

    def action_write(self) -> None:
        """Write on; at the end, back to the report."""
        if self.stage is Stage.OVER or self._kept is None:
            self.app.pop_screen()
            return
        self._shown = False
        self._show()
        self.query_one(Explanation).focus()

    def action_rate(self, rating: int) -> None:
        """Log how well it was explained, and go on to the next question that was not."""
        if self._kept is None or self.stage is not Stage.COMPARING:
            return
        with self.study_app.guard():
            self._kept = self.library.exams.explain(self._kept, self._drawn[self._place], rating)
            self._go(self._first_open())

    def action_step(self, step: int) -> None:
        """Another question, or the end; nothing is rated by that."""
        if self._kept is not None and 0 <= self._place + step <= len(self._drawn):
            self._go(self._place + step)
