"""Review: one card at a time, asked, answered, graded, with its simulation run beside the answer."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from studyapp.core.questions import Asking
from studyapp.model import DRAFT, Answered
from studyapp.study import Stage, StudySession
from studyapp.tui import review_hints, review_keys, review_text
from studyapp.tui.card_acts import CardActs
from studyapp.tui.hints import Hints
from studyapp.tui.review_view import CardView, Turn
from studyapp.tui.stamping import stamp

if TYPE_CHECKING:
    from studyapp.model import Card, Entry

HELPED_CARDS = 5
"""A learner's first answers, so many of them, come with a line that says what to do."""


class ReviewScreen(CardActs):
    """A session of Spaced, new or gone on with. `only` says that there is no Home below: leaving ends the app."""

    AUTO_FOCUS = ""  # the caret stands in the field only where it was put
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "advance", "show, next step, read on, Good, next card"),
        Binding("enter", "answer(True)", "answer, sure; next card"),
        Binding("w", "unfold", "why: the other options, analogy, source, backing"),
        Binding("x", "simulation", "open the card's simulation in the Lab"),
        Binding("i", "hint", "hint (a right answer then counts as hinted)"),
        Binding("h", "history", "history of the card"),
        *CardActs.EDITING,
        Binding("minus", "bury", "put the card off until tomorrow"),
        Binding("exclamation_mark", "suspend", "take the card out of study"),
        Binding("u", "undo", "take the last answer or act back"),
        Binding("U", "redo", "do it again"),
        Binding("q,escape", "leave", "back; everything answered is saved"),
    ]
    OTHER_KEYS: ClassVar[dict[str, str]] = review_keys.OTHER_KEYS

    def __init__(self, session: StudySession, *, only: bool = False) -> None:
        super().__init__()
        self.session, self._only = session, only
        self._turn = Turn()
        self._title = ""
        self._helped = True

    def compose(self) -> ComposeResult:
        """Where one is, the card, the keys."""
        yield Static(id="bar", classes="bar")
        yield CardView(id="view")
        yield Hints(id="hints")

    async def on_mount(self) -> None:
        """Ask the session's next card."""
        self.set_interval(1.0, self._show_bar)
        with self.study_app.guard():
            self._title = self.library.titles(self.session.decks)
            if self.session.stage is Stage.REVEALED:  # an undo led back here
                await self._begin()
            else:
                await self._next()

    async def on_screen_resume(self) -> None:
        """The card in hand may have been edited, or a simulation attached to it."""
        question, answered = self.session.question, self.session.stage is Stage.GRADED
        if question is None:
            return
        with self.study_app.guard():
            card = self.library.store.card(question.card.id)
            if card is None or DRAFT in card.tags:
                if not answered:
                    self.study_app.say(review_text.gone(question.card, card, self.library.problems()))
                    await self._next()
            elif card != question.card:
                await self.session.renew(card)
                if self.session.stage is Stage.ASKED:
                    await self._begin()
                else:
                    self._show()
                    self._run_simulation()

    def renew(self) -> None:
        """Take the card in hand up as its file has it now."""
        self.call_next(self.on_screen_resume)  # before the next key

    def subject(self) -> Card | None:
        """The card in hand."""
        return self.session.question.card if self.session.question is not None else None

    # --- showing ----------------------------------------------------------------------------------

    @property
    def _view(self) -> CardView:
        return self.query_one(CardView)

    async def _next(self) -> None:
        if await self.session.next() is None:
            from studyapp.tui.summary import SummaryScreen

            self.workers.cancel_group(self, "ahead")
            # Textual cannot switch away from an app's first screen
            show = self.app.push_screen if self._only else self.app.switch_screen
            show(SummaryScreen(self.session, only=self._only))
        else:
            await self._begin()

    async def _begin(self) -> None:
        """Show the card in hand from its top."""
        self._turn = Turn()
        self._helped = self._helped and self.library.store.answer_count(HELPED_CARDS) < HELPED_CARDS
        await self._view.ask(self.session)
        self._show()
        self.call_after_refresh(self._look_ahead)  # the card is on the screen before anything else is loaded
        if self.session.stage is not Stage.ASKED:
            self._run_simulation()

    def _look_ahead(self) -> None:
        self.run_worker(self.session.look_ahead(), group="ahead", exclusive=True, exit_on_error=False)

    async def _turn_over(self) -> None:
        """Show the answered side: nothing on the card moves, the middle and the grade row fill."""
        self._turn.turned_at = monotonic()
        await self._view.turn_over()
        self._show()
        self._run_simulation()

    def _show(self) -> None:
        session, question = self.session, self.session.question
        if question is None:
            return
        six = self.library.settings.six_grades
        with self.study_app.guard():
            tip = review_hints.tip(question) if self._helped and not session.trouble else ""
            self._view.show(session, self._turn, tip=tip, six=six, width=self.text_width)
        self._show_bar()
        self._show_hints()

    def _show_bar(self) -> None:
        self.static("bar").update(review_text.bar(self.session, self._title, self.app.size.width - 2))

    def _show_hints(self) -> None:
        if self.session.question is not None:
            typing, below = self._view.field.typing, self._view.more_below
            self.query_one(Hints).show(review_hints.hints(self.session, self._turn, typing=typing, below=below))

    def on_resize(self) -> None:
        """Lay everything out anew."""
        self._show()
        self._view.lay_out()

    def on_card_view_moved(self) -> None:
        """The hints follow the caret, and what is left to read."""
        self._show_hints()

    def _run_simulation(self) -> None:
        self._view.run(self.session, self.library.laboratory)

    def action_simulation(self) -> None:
        """Open the card's simulation in the Lab, at the card's parameters."""
        question = self.session.question
        if question is not None and self.session.stage is Stage.ASKED and question.card.answer is not None:
            self.study_app.say("Answer first: the simulation shows the answer.")
        elif question is not None:
            mistake = self.session.graded.verdict.mistake if self.session.graded is not None else ""
            self.study_app.open_simulation(question.card, question.parameters, mistake)

    # --- keys -------------------------------------------------------------------------------------

    async def on_key(self, event: events.Key) -> None:
        """Options open: letters and arrows pick. Otherwise: digits grade and arrows scroll."""
        question, six = self.session.question, self.library.settings.six_grades
        if question is None or self._view.field.typing:
            return
        picked = review_keys.picked(event, self._turn.picked, len(question.options)) if self._options_open else None
        grade = review_keys.grade(event, six=six)
        if picked is not None:
            event.stop()
            self.action_pick(picked)
        elif grade is not None:
            event.stop()
            await self.action_grade(grade)
        elif event.character == "r":
            event.stop()
            self.action_count_as_right()
        elif event.key in review_keys.SCROLL:
            event.stop()
            self._view.scroll(event.key)

    @property
    def _options_open(self) -> bool:
        session, question = self.session, self.session.question
        assert question is not None
        choice = session.stage is Stage.ASKED and question.asking is Asking.OPTIONS
        return choice and (not session.covered or self._turn.uncovered)

    def action_pick(self, position: int) -> None:
        """Pick an option; nothing is answered yet."""
        if self._options_open:
            self._turn.picked = position
            self._show()

    async def action_answer(self, sure: bool) -> None:
        """Answer with the picked option, sure or as a guess; Enter leads to a field that was left; else it is Space."""
        question = self.session.question
        if question is None:
            return
        if sure and question.asking is Asking.TYPED and self.session.stage is Stage.ASKED:
            self._view.field.focus_field()
        elif not self._options_open:
            await self.action_advance()
        elif self._turn.picked is None:
            self.study_app.say("Pick an option first: a letter, the arrows, or the mouse.")
        else:
            picked = self._turn.picked
            await self._answer(lambda: self.session.choose(picked, sure=sure, hinted=self._turn.hinted))

    def action_leave_field(self) -> None:
        """Give the keys back to the card; Enter leads to the field again."""
        self.set_focus(None)

    async def on_input_submitted(self) -> None:
        """Enter in the field answers."""
        await self.action_submit()

    async def action_submit(self) -> None:
        """Judge what was typed; an empty line twice means that the answer is not known."""
        if self.session.stage is not Stage.ASKED:
            return  # keys that came while the first Enter was judged
        given = self._view.field.text.strip()
        if not given and not self._turn.blank():
            self.study_app.say("Enter once more if you do not know it.")
        else:
            self._turn.blank_at = None
            await self._answer(lambda: self.session.type_answer(given, hinted=self._turn.hinted))

    async def _answer(self, act: Callable[[], object]) -> None:
        from studyapp.core.expressions import ExpressionError

        with self.study_app.guard():
            try:
                act()
            except ExpressionError as error:
                self._view.field.complain(str(error))
            else:
                await self._turn_over()
                self._stamp(self.session.card)

    def _stamp(self, card: Card) -> None:
        """Write the card's id into its file, asking first; in the app's hands, as this screen may be gone by then."""
        self.app.run_worker(stamp(self.study_app, card), group="stamp", exit_on_error=False)

    async def action_advance(self) -> None:
        """Space: uncover, next step, show the answer, page down, Good, or the next card; whatever comes next."""
        session, question = self.session, self.session.question
        if question is None:
            return
        if session.stage is Stage.GRADED:
            if self._view.more_below:
                self._view.page()
            elif not self._turn.dead:
                with self.study_app.guard():
                    await self._next()
        elif session.stage is Stage.REVEALED:
            if self._view.more_below:
                self._view.page()
            else:
                await self.action_grade(session.proposed)
        elif session.trouble:
            self.study_app.say("Put this card off with - and go on.")
        elif self._options_open:
            await self.action_answer(False)
        elif question.asking is Asking.OPTIONS:
            self._turn.uncovered = True
            self._show()
        elif question.asking is Asking.STEPS and self._turn.steps < len(question.steps):
            self._turn.steps += 1
            self._show()
            self._view.reach_end()
        else:
            await self.action_reveal()

    async def action_reveal(self) -> None:
        """Show the answer of a card that the learner grades."""
        if self.session.stage is Stage.ASKED and not self.session.trouble:
            self.session.reveal()
            await self._turn_over()

    async def action_grade(self, grade: int) -> None:
        """Grade a recall and go on, or correct an automatic grade and stay."""
        session = self.session
        if session.stage is Stage.ASKED:
            first = "Answer" if self._options_open else "Show the answer"
            self.study_app.say(f"{first} first; grades come after it.")
            return
        if self._turn.dead:
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
                self._stamp(card)

    def action_count_as_right(self) -> None:
        """Count a misspelt answer as right."""
        if not self.session.may_count_as_right:
            self.study_app.say("r counts a misspelt answer as right; here is none.")
            return
        with self.study_app.guard():
            self.session.count_as_right()
            self._show()

    def action_hint(self) -> None:
        """Show the card's hint; a right answer then counts as hinted."""
        question = self.session.question
        if question is None or self.session.stage is not Stage.ASKED:
            self.study_app.say("A hint comes before the answer.")
        elif not question.card.hint:
            self.study_app.say("This card has no hint.")
        else:
            self._turn.hinted = True
            self._show()

    def action_history(self) -> None:
        """Show what was answered on this card before."""
        if self.session.question is not None:
            self.study_app.open_history(self.session.card)

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
        if self.study_app.undo_edit():
            return
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

    async def follow(self, entries: tuple[Entry, ...], *, undone: bool) -> None:
        """An answer was taken back or given again on a screen above: go on as if that had been done here."""
        answers = [entry for entry in entries if isinstance(entry.event, Answered)]
        if answers:
            await self.session.follow(answers, undone=undone)
            await self._begin()

    def action_unfold(self) -> None:
        """Unfold the analogy, source and reasons, or fold them again."""
        if self.session.stage is Stage.ASKED:
            self.study_app.say("Answer first; w then shows why, and the rest.")
        elif not review_text.folded_lines(self.session):
            self.study_app.say("This card has nothing more to unfold.")
        else:
            self._turn.unfolded = not self._turn.unfolded
            self._show()

    def action_leave(self) -> None:
        """Leave the session; everything answered is saved."""
        if self._only:
            self.app.exit()
        else:
            self.app.pop_screen()
