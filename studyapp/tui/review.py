"""Review: one card at a time, asked, answered, graded, with its simulation run beside the answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from studyapp.core.questions import Asking
from studyapp.study import Stage, StudySession
from studyapp.tui import review_hints, review_text, wording
from studyapp.tui.answer_box import AnswerBox
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hints
from studyapp.tui.run_panel import RunPanel
from studyapp.tui.screen import StudyScreen
from studyapp.tui.stamping import stamp

if TYPE_CHECKING:
    from textual.widgets import Input

    from studyapp.model import Card, Entry

DEAD_SECONDS = 0.25
"""Grade keys do nothing for so long after a reveal: a second press of Space is not a grade."""

SCROLL = {"up": "scroll_up", "down": "scroll_down", "pageup": "scroll_page_up", "pagedown": "scroll_page_down"}

HINTED_CARDS = 5  # a learner's first answers come with a line that says what to do


class ReviewScreen(StudyScreen):
    """A session of Spaced over some decks. `only` says that there is no Home below: leaving ends the app."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "advance", "show, next step, page down, Good, next card"),
        Binding("enter", "answer(True)", "answer, sure; next card"),
        Binding("w", "unfold", "why: the other options, analogy, source, backing"),
        Binding("x", "simulation", "open the card's simulation in the Lab"),
        Binding("i", "hint", "hint (a right answer then counts as hinted)"),
        Binding("h", "history", "history of the card"),
        Binding("minus", "bury", "put the card off until tomorrow"),
        Binding("exclamation_mark", "suspend", "take the card out of study"),
        Binding("u", "undo", "take the last answer or act back"),
        Binding("U", "redo", "do it again"),
        Binding("q,escape", "leave", "back; everything answered is saved"),
    ]
    OTHER_KEYS: ClassVar[dict[str, str]] = {
        "a-f": "pick an option",
        "1-4": "grade: Again, Hard, Good, Easy; or change an automatic grade",
        "r": "count a misspelt answer as right",
        "up down": "scroll the answer, or move through options",
    }
    CSS = """
    ReviewScreen #card { height: auto; max-height: 50%; padding: 0 1; margin-top: 1; }
    ReviewScreen #middle { height: 1fr; padding: 0 1; border-top: solid $panel-lighten-2;
                           border-bottom: solid $panel-lighten-2; }
    ReviewScreen .text { height: auto; link-style: none; link-color: $text; link-background: transparent;
        link-style-hover: underline; link-background-hover: transparent; link-color-hover: $text; }
    ReviewScreen #grades { height: 3; padding: 0 1; }
    ReviewScreen #tip { height: auto; padding: 0 1; color: $text-muted; display: none; }
    """

    session: StudySession

    def __init__(
        self,
        decks: tuple[str, ...] = (),
        minutes: int | None = None,
        *,
        only: bool = False,
        session: StudySession | None = None,
    ) -> None:
        super().__init__()
        self._decks, self._minutes, self._only, self._resumed = decks, minutes, only, session
        self._picked: int | None = None
        self._steps = 0
        self._uncovered = self._unfolded = self._hinted = self._blank_once = False
        self._turned_at = 0.0

    def compose(self) -> ComposeResult:
        """Place the parts; prompt and grade row stay where they are while the middle scrolls."""
        yield Static(id="bar", classes="bar")
        with VerticalScroll(id="card", can_focus=False):
            yield Static(id="prompt", classes="text")
        yield AnswerBox(id="field")
        with VerticalScroll(id="middle", can_focus=False):
            yield Static(id="answer", classes="text")
            yield RunPanel()
        yield Static(id="grades", classes="text")
        yield Static(id="tip")
        yield Hints(id="hints")

    async def on_mount(self) -> None:
        """Plan the session and ask its first card."""
        self.session = self._resumed or self.library.study(self._decks, self._minutes)
        self._title = self.library.titles(self.session.decks)
        self._tips = HINTED_CARDS - self.library.store.answer_count(HINTED_CARDS)
        self.set_interval(1.0, self._show_bar)
        if self.session.stage is Stage.REVEALED:  # an undo led back here
            await self._begin()
        else:
            await self._next()

    # --- showing ----------------------------------------------------------------------------------

    async def _next(self) -> None:
        if await self.session.next() is None:
            from studyapp.tui.summary import SummaryScreen

            self.app.switch_screen(SummaryScreen(self.session, only=self._only))
        else:
            await self._begin()

    async def _begin(self) -> None:
        """Show the card in hand from its top."""
        self._picked, self._steps = None, 0
        self._uncovered = self._unfolded = self._hinted = self._blank_once = False
        self._turned_at = time.monotonic()
        self.query_one(RunPanel).clear()
        question = self.session.question
        asked = self.session.stage is Stage.ASKED
        typed = question is not None and question.asking is Asking.TYPED
        numeric = question is not None and question.card.answer is not None
        await self.query_one(AnswerBox).offer(asked and typed and not self.session.trouble, numeric=numeric)
        self._show()
        self.query_one("#middle").scroll_home(animate=False)
        self.query_one("#card").scroll_home(animate=False)
        self.run_worker(self.session.look_ahead(), group="ahead", exclusive=True, exit_on_error=False)
        if not asked:
            self._run_simulation()

    def _show(self) -> None:
        session, width = self.session, self.text_width
        question = session.question
        if question is None:
            return
        self._show_bar()
        self.static("prompt").update(review_text.front(question, self._hinted, width))
        if session.stage is Stage.ASKED:
            text = review_text.asked(session, self._picked, self._steps, self._uncovered, width)
        else:
            text = review_text.answer(session, self._unfolded, width)
        self.static("answer").update(text)
        self.static("grades").update(review_text.grade_row(session, self.library.settings.six_grades, width))
        tip = self.static("tip")
        tip.display = session.stage is Stage.ASKED and session.answers < self._tips and not session.trouble
        if tip.display:
            tip.update(plain(review_hints.TIPS[question.asking]))
        self._show_hints()

    def _show_bar(self) -> None:
        self.static("bar").update(review_text.bar(self.session, self._title, self.app.size.width - 2))

    def _show_hints(self) -> None:
        if self.session.question is not None:
            typing = self.query_one(AnswerBox).typing
            shown = review_hints.hints(
                self.session, typing=typing, uncovered=self._uncovered, unfolded=self._unfolded, hinted=self._hinted
            )
            self.query_one(Hints).show(shown)

    def on_resize(self) -> None:
        """Lay everything out anew."""
        if hasattr(self, "session"):
            self._show()
            self.query_one(RunPanel).lay_out()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def follow_caret(self) -> None:
        """The hints follow the caret."""
        self._show_hints()

    def _run_simulation(self) -> None:
        if self.session.question is not None:
            self.query_one(RunPanel).start(self.session.question, self.library.laboratory, self.session.seeds())

    def action_simulation(self) -> None:
        """Open the card's simulation in the Lab, at the card's parameters."""
        question = self.session.question
        if question is not None and self.session.stage is Stage.ASKED and question.card.answer is not None:
            self.study_app.say("Answer first: the simulation shows the answer.")
        elif question is not None:
            self.study_app.open_simulation(question.card, question.parameters)

    # --- keys -------------------------------------------------------------------------------------

    async def on_key(self, event: events.Key) -> None:
        """Options open: letters and arrows pick. Otherwise: digits grade and arrows scroll."""
        session, question = self.session, self.session.question
        if question is None or self.query_one(AnswerBox).typing:
            return
        key = event.character or ""
        if self._options_open and ((key in review_text.LETTERS and key) or event.key in ("up", "down")):
            event.stop()
            last = len(question.options) - 1
            if key:
                position = review_text.LETTERS.index(key)
            elif self._picked is None:
                position = 0 if event.key == "down" else last
            else:
                position = (self._picked + (1 if event.key == "down" else -1)) % (last + 1)
            if position <= last:
                self.action_pick(position)
        elif key.isdecimal() and session.stage is not Stage.ASKED:
            event.stop()
            grades = list(wording.SIX_GRADES if self.library.settings.six_grades else [None, *wording.GRADES])
            grade = grades[int(key)] if int(key) < len(grades) else None
            if grade is not None:
                await self.action_grade(grade)
        elif key == "r" and session.may_count_as_right:
            event.stop()
            self.action_count_as_right()
        elif event.key in SCROLL:
            event.stop()
            middle = self.query_one("#middle", VerticalScroll)
            getattr(middle, SCROLL[event.key])(animate=False)

    @property
    def _options_open(self) -> bool:
        session, question = self.session, self.session.question
        assert question is not None
        choice = session.stage is Stage.ASKED and question.asking is Asking.OPTIONS
        return choice and (not session.covered or self._uncovered)

    def action_pick(self, position: int) -> None:
        """Pick an option; nothing is answered yet."""
        if self._options_open:
            self._picked = position
            self._show()

    async def action_answer(self, sure: bool) -> None:
        """Answer with the picked option, sure or as a guess; Enter leads to a field that was left; else it is Space."""
        question = self.session.question
        if question is None:
            return
        if sure and question.asking is Asking.TYPED and self.session.stage is Stage.ASKED:
            self.query_one(AnswerBox).focus_field()
        elif not self._options_open:
            await self.action_advance()
        elif self._picked is None:
            self.study_app.say("Pick an option first: a letter, the arrows, or the mouse.")
        else:
            picked = self._picked
            await self._answer(lambda: self.session.choose(picked, sure=sure, hinted=self._hinted))

    async def on_input_submitted(self, message: Input.Submitted) -> None:
        """Judge what was typed; an empty line twice means that the answer is not known."""
        given = message.value.strip()
        if not given and not self._blank_once:
            self._blank_once = True
            self.study_app.say("Enter once more if you do not know it.")
        else:
            await self._answer(lambda: self.session.type_answer(given, hinted=self._hinted))

    async def _answer(self, act: Callable[[], object]) -> None:
        from studyapp.core.expressions import ExpressionError

        with self.study_app.guard():
            try:
                act()
            except ExpressionError as error:
                self.study_app.say(str(error), wrong=True)
            else:
                await self._turn_over()
                self.run_worker(stamp(self, self.session.card), group="stamp", exit_on_error=False)

    async def action_advance(self) -> None:
        """Space: uncover, next step, show the answer, page down, Good, or the next card; whatever comes next."""
        session, question = self.session, self.session.question
        if question is None:
            return
        if session.stage is Stage.GRADED:
            if not self._dead:
                await self._next()
        elif session.stage is Stage.REVEALED:
            middle = self.query_one("#middle", VerticalScroll)
            if middle.scroll_offset.y < middle.max_scroll_y:
                middle.scroll_page_down(animate=False)
            else:
                await self.action_grade(4)
        elif session.trouble:
            self.study_app.say("Put this card off with - and go on.")
        elif self._options_open:
            await self.action_answer(False)
        elif question.asking is Asking.OPTIONS:
            self._uncovered = True
            self._show()
        elif question.asking is Asking.STEPS and self._steps < len(question.steps):
            self._steps += 1
            self._show()
            self.query_one("#middle", VerticalScroll).scroll_end(animate=False)
        else:
            await self.action_reveal()

    async def action_reveal(self) -> None:
        """Show the answer of a card that the learner grades."""
        if self.session.stage is Stage.ASKED and not self.session.trouble:
            self.session.reveal()
            await self._turn_over()

    async def _turn_over(self) -> None:
        """Show the answered side: nothing on the card moves, the middle and the grade row fill."""
        self._turned_at = time.monotonic()
        await self.query_one(AnswerBox).offer(False)
        self._show()
        self.query_one("#middle").scroll_home(animate=False)
        self._run_simulation()

    @property
    def _dead(self) -> bool:
        return time.monotonic() - self._turned_at < DEAD_SECONDS

    async def action_grade(self, grade: int) -> None:
        """Grade a recall and go on, or correct an automatic grade and stay."""
        session = self.session
        if session.stage is Stage.ASKED or self._dead:
            return
        if grade not in session.allowed:
            self.study_app.say("An automatic grade may be lowered, and Good raised to Easy.")
            return
        with self.study_app.guard():
            correcting, card = session.stage is Stage.GRADED, session.card
            session.grade(grade)
            if correcting:
                self._show()
            else:
                await self._next()
                self.run_worker(stamp(self, card), group="stamp", exit_on_error=False)

    def action_count_as_right(self) -> None:
        """Count a misspelt answer as right."""
        if self.session.may_count_as_right:
            with self.study_app.guard():
                self.session.count_as_right()
                self._show()

    def action_hint(self) -> None:
        """Show the card's hint; a right answer then counts as hinted."""
        question = self.session.question
        if question is not None and question.card.hint and self.session.stage is Stage.ASKED:
            self._hinted = True
            self._show()

    def action_history(self) -> None:
        """Show what was answered on this card before."""
        from studyapp.tui.history import HistoryScreen

        if self.session.question is not None:
            self.app.push_screen(HistoryScreen(self.session.card))

    async def action_bury(self) -> None:
        """Put the card off until tomorrow."""
        await self._set_aside(self.session.bury, "Put off until tomorrow")

    async def action_suspend(self) -> None:
        """Take the card out of study."""
        await self._set_aside(self.session.suspend, "Suspended")

    async def _set_aside(self, act: Callable[[], Card], words: str) -> None:
        if self.session.question is not None:
            with self.study_app.guard():
                self.study_app.say(f"{words}: {act().id}. u takes it back.")
                await self._next()

    async def action_undo(self) -> None:
        """Take the newest answer or act back."""
        with self.study_app.guard():
            await self._renew(await self.session.undo(), undone=True)

    async def action_redo(self) -> None:
        """Do again what was taken back."""
        with self.study_app.guard():
            await self._renew(await self.session.redo(), undone=False)

    async def _renew(self, entries: tuple[Entry, ...], *, undone: bool) -> None:
        self.study_app.taken_back(entries, undone=undone)
        if entries and self.session.question is not None:
            await self._begin()
        elif entries:
            await self._next()

    def action_unfold(self) -> None:
        """Unfold the analogy, source and reasons, or fold them again."""
        if self.session.stage is not Stage.ASKED:
            self._unfolded = not self._unfolded
            self._show()

    def action_leave(self) -> None:
        """Leave the session; everything answered is saved."""
        if self._only:
            self.app.exit()
        else:
            self.app.pop_screen()
