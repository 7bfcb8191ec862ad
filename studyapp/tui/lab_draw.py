"""Draw the curve, then run: five handles moved with the arrow keys, then the measured curve over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from studyapp.core.experiments.drawing import Drawing, begin
from studyapp.model import Predicted, Predicting
from studyapp.simulation import Figure, Line, Points, Run
from studyapp.tui.ask import CONFIDENCE
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.lab_plot import LabPlot
from studyapp.tui.review_text import BOLD, DIM
from studyapp.tui.screen import LOW, StudyScreen

NOTHING = Line([], [])


class DrawScreen(StudyScreen):
    """One curve of a run that was made and is not shown yet: the learner draws it, says how sure, and sees it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "choose(-1)", "the handle before"),
        Binding("right", "choose(1)", "the next handle"),
        Binding("up", "move(1)", "the handle higher"),
        Binding("down", "move(-1)", "the handle lower"),
        Binding("pageup", "move(5)", "five steps higher"),
        Binding("pagedown", "move(-5)", "five steps lower"),
        Binding("g", "next_curve", "draw another curve of this run"),
        Binding("enter", "done", "that is what I expect"),
        Binding("q,escape", "leave", "back to the Lab"),
    ]
    OTHER_KEYS: ClassVar[dict[str, str]] = {"s f g": "how sure: sure, fairly sure, a guess"}
    CSS = """
    DrawScreen #plot { height: 1fr; margin: 1 1 0 1; }
    DrawScreen #words { height: auto; padding: 1 1 0 1; }
    DrawScreen.low #plot { margin: 0 1; }
    DrawScreen.low #words { padding: 0 1; }
    """

    def __init__(
        self,
        run: Run,
        curves: Sequence[tuple[Figure, Line]],
        before: Run | None,
        card: str,
        keep: Callable[[Predicted], str],
        shown: Callable[[], None],
    ) -> None:
        super().__init__()
        self._run, self._curves, self._before = run, curves, before
        self._card, self._keep, self._seen = card, keep, shown
        self._trouble = ""
        self._at = 0
        self._drawings = [begin(figure, line) for figure, line in curves]
        self._asking = self._over = False

    def compose(self) -> ComposeResult:
        """Title, plot, words, keys."""
        yield Static(plain(f"Lab · {self._run.simulation} · draw the curve, then see it"), classes="bar")
        yield LabPlot(id="plot")
        yield Static(id="words")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Show level handles."""
        self._lay_out()

    def on_resize(self) -> None:
        """Give a low screen's room to the plot."""
        self.set_class(self.app.size.height < LOW, "low")

    @property
    def _drawing(self) -> Drawing:
        return self._drawings[self._at]

    def _lay_out(self) -> None:
        drawing, figure = self._drawing, self._drawing.figure
        xs, ys = drawing.handles()
        fixed = [number for number in range(len(xs)) if self._over or number != drawing.chosen]
        moves = [] if self._over else [drawing.chosen]
        # Each has its place, and with it its sign, whether it is there or not.
        marks: list[Line | Points] = [
            replace(drawing.curve(), label="you drew"),
            Points([xs[number] for number in fixed], [ys[number] for number in fixed], "handles"),
            Points(
                [xs[number] for number in moves], [ys[number] for number in moves], "this one moves" if moves else ""
            ),
            (None if self._over else self._earlier()) or NOTHING,
            replace(drawing.line, label="measured") if self._over else NOTHING,
        ]
        window = None if self._over else ((drawing.left, drawing.right), (drawing.bottom, drawing.top))
        self.query_one(LabPlot).show(replace(figure, title=self._name_of(drawing), marks=marks), window)
        self.static("words").update(self._words())
        self._show_hints()

    def _earlier(self) -> Line | None:
        """The same curve of the run before, if it was seen."""
        figures = self._before.figures if self._before is not None else ()
        for figure in figures:
            if figure.title == self._drawing.figure.title:
                for mark in figure.marks:
                    if isinstance(mark, Line) and mark.label == self._drawing.line.label:
                        return replace(mark, label="the run before")
        return None

    def _words(self) -> Content:
        drawing, figure = self._drawing, self._drawing.figure
        if self._asking:
            return Content.assemble(("How sure are you of this curve?", BOLD))
        if self._over:
            off = (
                f"{drawing.error():.2f} decades"
                if drawing.logarithmic
                else f"{100 * drawing.error():.0f} % of its span"
            )
            kept = f"\n! {self._trouble}" if self._trouble else "   kept"
            return Content.assemble(("Your curve is off by ", DIM), (off, BOLD), ", root mean square", (kept, DIM))
        _, ys = drawing.handles()
        which = f"handle {drawing.chosen + 1} of {len(ys)} at {ys[drawing.chosen]:.3g}"
        along = f" along {figure.x.label}" if figure.x.label else ""
        asked = f"How will {figure.y.label or 'it'} run{along}? You see it when you are done."
        return Content("\n").join([plain(asked), Content.styled(which, DIM)])

    @staticmethod
    def _name_of(drawing: Drawing) -> str:
        return drawing.figure.title + (f": {drawing.line.label}" if drawing.line.label else "")

    def _show_hints(self) -> None:
        if self._asking:
            hints = [Hint(key, words, f"screen.sure('{key}')") for key, words in CONFIDENCE.items()]
            hints.append(Hint("Esc", "back to the handles", "screen.leave"))
        elif self._over:
            hints = [Hint("q", "back to the Lab", "screen.leave")]
        else:
            more = [Hint("g", "another curve", "screen.next_curve")] if len(self._curves) > 1 else []
            hints = [
                Hint("← →", "handle", "screen.choose(1)"),
                Hint("↑ ↓", "move it", "screen.move(1)"),
                Hint("Enter", "that is it", "screen.done"),
                *more,
                Hint("?", "keys", "app.keys"),
                Hint("q", "back, no prediction", "screen.leave", "back"),
            ]
        self.query_one(Hints).show(hints)

    # --- keys -------------------------------------------------------------------------------------

    def action_choose(self, step: int) -> None:
        """Another handle."""
        if not (self._asking or self._over):
            self._drawings[self._at] = self._drawing.choose(step)
            self._lay_out()

    def action_move(self, steps: float) -> None:
        """The chosen handle higher or lower."""
        if not (self._asking or self._over):
            self._drawings[self._at] = self._drawing.move(steps)
            self._lay_out()

    def action_next_curve(self) -> None:
        """Draw another curve of the run."""
        if not (self._asking or self._over):
            self._at = (self._at + 1) % len(self._curves)
            self._lay_out()

    def action_done(self) -> None:
        """Ask how sure of a curve that can be seen; after the measured one was, go back."""
        if self._over:
            self.action_leave()
        elif not self.query_one(LabPlot).has_room:
            self.study_app.say("Make the window larger: a curve that you cannot see is not kept.")
        elif not self._asking:
            self._asking = True
            self._lay_out()

    def on_key(self, event: events.Key) -> None:
        """How sure, when that is asked."""
        if self._asking and event.character in CONFIDENCE:
            event.stop()
            event.prevent_default()
            self.action_sure(event.character)

    def action_sure(self, key: str) -> None:
        """Log the prediction, and show what was measured."""
        if not self._asking:
            return
        drawing = self._drawing
        self._trouble = self._keep(
            Predicted(
                simulation=self._run.simulation,
                value=self._name_of(drawing),
                parameters=dict(self._run.parameters),
                seed=self._run.seed,
                predicted=drawing.error(),
                measured=0.0,
                confidence=CONFIDENCE[key],
                card=self._card,
                form=Predicting.CURVE,
                drawn=tuple(drawing.handles()[1]),
                found=drawing.found(),
                scale="log" if drawing.logarithmic else "",
            )
        )
        self._asking, self._over = False, True
        self._lay_out()

    def action_leave(self) -> None:
        """From the question back to the handles; else to the Lab, which shows the run if the curve was seen."""
        if self._asking:
            self._asking = False
            self._lay_out()
            return
        self.app.pop_screen()
        if self._over:
            self._seen()
