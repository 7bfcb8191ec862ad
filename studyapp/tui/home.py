"""Home: what is due, in which deck, how long it takes, and the keys that lead everywhere."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from studyapp.overview import Overview, overview
from studyapp.tui import home_text, wording
from studyapp.tui.card_lines import fitted
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.screen import StudyScreen

OWN_DECK = "mine.md"
"""Where a new card goes from the row of all decks."""
MINUTES = (5, 10, 15, 20, 30, 45, 60, 90, 120)
"""The budgets that + and - step through."""


class HomeScreen(StudyScreen):
    """The first screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "study", "study the deck in the highlighted row"),
        Binding("down,j", "move(1)", "next row"),
        Binding("up,k", "move(-1)", "row before"),
        Binding("plus,equals_sign", "minutes(1)", "more time"),
        Binding("minus", "minutes(-1)", "less time"),
        Binding("p", "exam", "practice exam: choose one, or see your submissions"),
        Binding("x", "lab", "the Lab: every simulation"),
        Binding("s", "statistics", "statistics: how sure you are, and how right"),
        Binding("n", "write_new", "write a new card: in the highlighted deck, or in mine.md"),
        Binding("d", "drafts", "drafts made from notes, to be accepted"),
        Binding("exclamation_mark", "problems", "what is wrong in the decks"),
        Binding("u", "app.undo", "take the last answer or act back"),
        Binding("U", "app.redo", "do it again"),
        Binding("q", "app.quit", "quit; everything is saved"),
    ]
    DEFAULT_CSS = """
    HomeScreen #scroll { height: 1fr; padding: 1 1 0 1; }
    HomeScreen #table, HomeScreen #state { height: auto; link-style: none; link-color: $text;
        link-background: transparent; link-style-hover: none; link-background-hover: $panel; link-color-hover: $text; }
    HomeScreen #state { margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._row = 0
        self._overview: Overview | None = None

    def compose(self) -> ComposeResult:
        """Bar, table, state of things, keys."""
        yield Static(id="bar", classes="bar")
        with VerticalScroll(id="scroll", can_focus=False):
            yield Static(id="table")
            yield Static(id="state")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Notice when a new study day begins while Home stands open."""
        self.set_interval(30, self._new_day)

    def _new_day(self) -> None:
        if self._overview is not None and self._overview.today != self.library.today:
            self.renew()

    def on_screen_resume(self) -> None:
        """Read the store afresh whenever Home comes to the front."""
        self.renew()

    def renew(self) -> None:
        """Read the store and show it."""
        with self.study_app.guard():
            self._overview = overview(self.library)
            self._show()

    def on_resize(self) -> None:
        """Lay everything out anew."""
        self._show()

    def _show(self) -> None:
        seen = self._overview
        if seen is None:
            return
        self._row = min(self._row, len(seen.rows))
        width = self.app.size.width - 2
        right = f"{wording.day_name(seen.today)} · {seen.minutes} min"
        self.static("bar").update(plain("studyapp" + right.rjust(width - 8)))
        self.static("table").update(
            home_text.table(seen, self._row, self.text_width + 2, max(4, self.app.size.height - 14))
        )
        self.static("state").update(home_text.state(seen, str(self.library.places.decks), self.text_width))
        waiting = wording.counted(seen.drafts, "draft")
        drafts = [Hint("d", waiting, "screen.drafts")] if seen.drafts else []
        number = wording.counted(seen.problems, "problem")
        problems = [Hint("!", f"{number} in decks", "screen.problems", number)] if seen.problems else []
        study = "study everything due, mixed" if self._row == 0 else f"study {seen.rows[self._row - 1].title}"
        self.query_one(Hints).show(
            [
                Hint("Enter", fitted(study, 60), "screen.study"),
                Hint("+", "more", "screen.minutes(1)"),
                Hint("-", "less", "screen.minutes(-1)"),
                Hint("p", "exam", "screen.exam"),
                Hint("x", "lab", "screen.lab"),
                Hint("s", "statistics", "screen.statistics"),
                Hint("n", "new card", "screen.write_new"),
                *drafts,
                *problems,
                Hint("u", "undo", "app.undo"),
                Hint("/", "find", "app.find"),
                Hint(":", "commands", "app.command_palette"),
                Hint("?", "keys", "app.keys"),
                Hint("q", "quit", "app.quit"),
            ]
        )

    def action_move(self, step: int) -> None:
        """Highlight another row."""
        if self._overview is not None:
            self._row = (self._row + step) % (len(self._overview.rows) + 1)
            self._show()

    def action_choose(self, row: int) -> None:
        """Highlight a row; study it if it is highlighted already."""
        if row == self._row:
            self.action_study()
        else:
            self._row = row
            self._show()

    def action_minutes(self, step: int) -> None:
        """Give a session more or less time; kept for the next days."""
        now = self.library.settings.minutes
        nearest = min(range(len(MINUTES)), key=lambda i: abs(MINUTES[i] - now))
        with self.study_app.guard():
            self.library.set(minutes=MINUTES[max(0, min(len(MINUTES) - 1, nearest + step))])
        self.renew()

    def action_study(self) -> None:
        """Start a session on the highlighted row."""
        from studyapp.tui.review import ReviewScreen

        if self._overview is not None:
            decks = () if self._row == 0 else (self._overview.rows[self._row - 1].path,)
            with self.study_app.guard():
                self.app.push_screen(ReviewScreen(self.library.study(decks)))

    def action_exam(self) -> None:
        """Choose an exam; first show one whose time ran out unseen."""
        ran_out = self._overview.ran_out if self._overview is not None else None
        if ran_out is None:
            self.study_app.open_exam()
        else:
            from studyapp.tui.exam_running import OverScreen

            self.app.push_screen(OverScreen(ran_out.id))

    async def action_lab(self) -> None:
        """Open the list of simulations, which gets the next key."""
        await self.study_app.open_lab()

    def action_statistics(self) -> None:
        """Show how it has been going."""
        from studyapp.tui.statistics import StatisticsScreen

        self.app.push_screen(StatisticsScreen())

    def action_write_new(self) -> None:
        """Write a new card at the end of the highlighted deck; of all decks, at the end of one's own."""
        from studyapp.tui.edit import EditScreen

        if self._overview is not None:
            deck = OWN_DECK if self._row == 0 else self._overview.rows[self._row - 1].path
            self.app.push_screen(EditScreen(self.library.editing.begin_new(deck)))

    def action_drafts(self) -> None:
        """List the drafts made from notes."""
        from studyapp.tui.drafts import DraftsScreen

        self.app.push_screen(DraftsScreen())

    def action_problems(self) -> None:
        """List what is wrong in the decks."""
        from studyapp.tui.problems import ProblemsScreen

        self.app.push_screen(ProblemsScreen())

    def on_key(self, event: events.Key) -> None:
        """Space does what Enter does."""
        if event.key == "space":
            event.stop()
            self.action_study()
