"""The question screen of an exam: the countdown, one question, its options, what is saved, and the map."""

from __future__ import annotations

from time import monotonic
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from studyapp.core.exam.events import Finished
from studyapp.core.exam.sitting import Refusal
from studyapp.exam_session import ExamSession
from studyapp.tui import exam_hints, exam_rehearsal, exam_rules, exam_text
from studyapp.tui.card_text import plain
from studyapp.tui.exam_asking import About, Act, Asking
from studyapp.tui.exam_hold import Hold
from studyapp.tui.exam_view import ExamView
from studyapp.tui.hints import Hints
from studyapp.tui.review_text import LETTERS
from studyapp.tui.screen import LOW, StudyScreen

TICK, LOOK = 0.25, 1.0
"""Seconds between two looks at the clock, and at whether another terminal has taken the exam over."""

TOLD = 6.0
"""What became of a question whose time was up stays in sight so many seconds at least, whatever is pressed."""


UNREAD = 0.7
"""Seconds for which no key counts after time has moved on: it was meant for what was on the screen before."""


class QuestionScreen(StudyScreen):
    """A sitting in progress. Every key is stamped when it is received; nothing here decides what counts."""

    AUTO_FOCUS = ""
    ALLOW_SELECT = False
    closed_book = True
    OTHER_KEYS: ClassVar[dict[str, str]] = exam_rules.KEYS
    CSS = """
    QuestionScreen #asking { height: auto; padding: 0 1; text-style: bold; display: none; }
    """

    def __init__(self, session: ExamSession) -> None:
        super().__init__()
        self.session = session
        self._asking: Asking | None = None
        self._hidden = self._rules = self._leaving = False
        self._said, self._said_until = "", 0.0
        self._unread_until = 0.0

    def compose(self) -> ComposeResult:
        """Where one is and how long, the question, what is asked back, the keys."""
        yield Static(id="bar", classes="bar")
        yield ExamView(id="view")
        yield Static(id="asking")
        yield Hints(id="hints")

    async def on_mount(self) -> None:
        """Show the question in hand: the one the exam was left at, or the first."""
        self._hold = Hold(self.session, self.library.exams, self.app.exit)
        self._hold.watch_terminal()
        self.session.changed = self._stored
        self.set_interval(TICK, self._tick_in_turn)
        self.set_interval(LOOK, self._look)
        await self._open()

    async def _open(self) -> None:
        session = self.session
        if session.current < 0 and not session.sitting.asks_email:
            session.show(0)
        await self._view.ask_email(session.current < 0 and session.sitting.asks_email)
        self._tick()
        self._show()

    # --- time -------------------------------------------------------------------------------------

    def _tick_in_turn(self) -> None:
        """Look at the clock once every key that was received before is handled, however busy the machine was."""
        self.app.call_later(self.call_later, self._tick)

    def _tick(self) -> None:
        """Do what time has made necessary, and show how much is left."""
        session, before = self.session, self.session.current
        if session.lost or session.sitting.finished:
            return
        event = session.tick()
        if event is not None:
            if before >= 0:
                self._say(exam_text.time_was_up(session, before), seconds=TOLD)
            self._moved()
            self._unread_until = monotonic() + UNREAD
            if isinstance(event, Finished):
                self._over()
        self._show_time()

    def _moved(self) -> None:
        """Another question is on the screen: nothing that was asked about the one before holds any more."""
        self._asking, self._rules = None, False
        self._show()

    def _look(self) -> None:
        self.run_worker(self._hold.look(), group="look", exit_on_error=False)

    def _stored(self) -> None:
        """Something was written, or could not be: say so at once."""
        if self._leaving or not self.query(ExamView):  # the screen may be half taken down
            return
        if self.session.lost:
            self.run_worker(self._lose(), group="end", exit_on_error=False)
        else:
            self._view.show_state(self.session, width=self.text_width)
            if self.session.sitting.finished:
                self._show_hints()

    # --- showing ----------------------------------------------------------------------------------

    @property
    def _view(self) -> ExamView:
        return self.query_one(ExamView)

    def _show(self) -> None:
        session, width = self.session, self.text_width
        rules = exam_rules.during(session, width) if self._rules else None
        note = exam_rehearsal.note(session.sitting.paper, session.current)
        self._view.show(session, note=note, rules=rules, width=width)
        self._show_time()
        self._show_hints()

    def _show_time(self) -> None:
        bar = exam_text.bar(self.session, hidden=self._hidden, width=self.app.size.width - 2)
        self.static("bar").update(bar)
        fresh = self._said if not self._said_until or monotonic() < self._said_until else ""
        self._view.notice(fresh or exam_text.warning(self.session))
        self._view.show_map(self.session, width=self.text_width)

    def _show_hints(self) -> None:
        asking = self._asking
        words = self.static("asking")
        words.display = asking is not None
        if asking is not None:
            words.update(plain(asking.words(self.session, self.library.here("studyapp exam"))))
            shown = asking.hints(self.session)
        else:
            low = self.app.size.height < LOW
            shown = exam_hints.hints(self.session, reading=self._rules, hidden=self._hidden, low=low)
        self.query_one(Hints).show(shown)

    def on_resize(self) -> None:
        """Lay everything out anew; nothing that was done is lost."""
        self._show()

    def _say(self, words: str, seconds: float = 0.0) -> None:
        """Say something until the next key, or for so many seconds."""
        self._said, self._said_until = words, monotonic() + seconds if seconds else 0.0
        self._show_time()

    def _say_why(self, refused: Refusal | None) -> None:
        if refused is not None:
            self._say(f"{refused[0].upper()}{refused[1:]}.")

    def refuse(self) -> None:
        """Say why something is not open now."""
        self._say(exam_hints.CLOSED)

    # --- keys and mouse ---------------------------------------------------------------------------

    async def on_key(self, event: events.Key) -> None:
        """All keys, but for those of the field for the e-mail address."""
        if self._view.typing and event.key != "escape":
            return
        event.stop()
        event.prevent_default()
        name = event.character if event.is_printable and event.character else event.key
        await self._pressed(name, max(0.0, monotonic() - event.time))

    async def action_press(self, key: str) -> None:
        """A click does what a key does; the right button on an option strikes it out."""
        down = self.study_app.mouse_down
        strikes = down is not None and down.button == 3 and key in LETTERS
        ago = max(0.0, monotonic() - down.time) if down is not None else 0.0
        await self._pressed(key.upper() if strikes else key, ago)

    async def on_input_submitted(self) -> None:
        """Enter in the field of the e-mail address."""
        await self._pressed("enter", 0.0)

    async def _pressed(self, key: str, ago: float) -> None:
        session = self.session
        if self._leaving or monotonic() - ago < self._unread_until:  # meant for the question before
            return
        if not self._said_until or monotonic() >= self._said_until:
            self._said = ""
        if session.sitting.finished:
            if key in ("q", "ctrl+c"):
                self._leave()
        elif self._asking is not None:
            await self._answered(key, ago)
        elif self._rules:
            self._while_reading(key)
        elif session.current < 0:
            await self._at_email(key)
        else:
            await self._at_question(key, ago)
        self._show_time()

    async def _at_email(self, key: str) -> None:
        from textual.widgets import Input

        match key:
            case "enter":
                given = bool(self.query_one("#email", Input).value.strip())
                self.session.email(given)
                await self._open()
            case "escape" | "ctrl+c":
                self.set_focus(None)
                self._ask(About.LEAVE)

    async def _at_question(self, key: str, ago: float) -> None:
        session, refused = self.session, None
        attempt = session.sitting.attempts[session.current]
        match key:
            case "enter" if attempt.picked is None:
                self._say("Pick an option first: a letter, the arrows, or the mouse.")
            case "enter" if not attempt.unsaved and attempt.saved is not None:
                self._say(f"{LETTERS[attempt.saved.option]} is saved already. n leads on.")
            case "enter":
                refused = session.save(ago)
            case "g":
                refused = session.guess(ago)
            case "up" | "down":
                refused = self._step(1 if key == "down" else -1, ago)
            case "n":
                await self._ask_next()
            case "p" | "m" if session.sitting.paper.rules.forward_only:
                refused = Refusal.FORWARD_ONLY
            case "p":
                self._back()
            case "m":
                self._ask(About.GO)
            case "t":
                self._hidden = not self._hidden
            case "?":
                self._rules = True
            case "q" | "escape" | "ctrl+c":
                self._ask(About.LEAVE)
            case "pageup" | "pagedown" | " ":
                self._view.page(-1 if key == "pageup" else 1)
                return
            case letter if letter in LETTERS:
                refused = session.pick(LETTERS.index(letter), ago)
            case letter if letter.lower() in LETTERS:
                refused = session.strike(LETTERS.index(letter.lower()), ago)
            case closed if closed in exam_hints.CLOSED_KEYS:
                self.refuse()
            case _:
                return
        self._say_why(refused)
        self._show()
        if attempt.picked != (now := session.sitting.attempts[session.current]).picked and now.picked is not None:
            self._view.reach(now.picked)

    def _step(self, step: int, ago: float) -> Refusal | None:
        """Pick the option above or below."""
        session = self.session
        options = len(session.sitting.paper.questions[session.current].options)
        picked = session.sitting.attempts[session.current].picked
        start = -1 if step > 0 else options
        place = (start if picked is None else picked) + step
        return session.pick(place, ago) if 0 <= place < options else None

    def _while_reading(self, key: str) -> None:
        if key in ("pageup", "pagedown", " ", "up", "down"):
            self._view.page(-1 if key in ("pageup", "up") else 1)
        elif key in ("?", "escape", "q", "enter"):
            self._rules = False
            self._show()

    # --- moving on --------------------------------------------------------------------------------

    def _ask(self, about: About) -> None:
        self._asking = Asking(about)
        self._show_hints()

    async def _answered(self, key: str, ago: float) -> None:
        session, asking = self.session, self._asking
        assert asking is not None
        act = asking.act(key, session)
        if asking.about is About.GO and act is None:
            typed = asking.typed[:-1] if key == "backspace" else asking.typed + key if key.isdecimal() else asking.typed
            self._asking = Asking(About.GO, typed[:3])
        elif act is not None:
            self._asking = None
        match act:
            case Act.SAVE_AND_NEXT:
                refused = session.save(ago)
                self._say_why(refused)
                if refused is None:
                    await self._go_on()
            case Act.NEXT:
                await self._go_on()
            case Act.LEAVE:
                self._leave()
            case Act.ASK_FINISH:
                self._ask(About.FINISH)
            case Act.FINISH:
                self.session.finish()
                self._over()
            case Act.GO if asking.typed:
                self.action_show(int(asking.typed) - 1)
            case Act.STAY if session.current < 0:
                self.query_one("#email").focus()
        self._show()

    async def _ask_next(self) -> None:
        session = self.session
        attempt = session.sitting.attempts[session.current]
        if session.next() is None:
            self._ask(About.FINISH)
        elif session.sitting.paper.rules.forward_only and (attempt.unsaved or attempt.saved is None):
            self._ask(About.NEXT)
        else:
            await self._go_on()

    async def _go_on(self) -> None:
        following = self.session.next()
        if following is None:
            self._ask(About.FINISH)
        else:
            self.session.show(following)
            self._moved()

    def _back(self) -> None:
        """Show the nearest question before this one that is not locked."""
        sitting, at = self.session.sitting, self.session.at()
        for question in reversed(range(self.session.current)):
            if not sitting.locked(question, at):
                self.action_show(question)
                return
        self._say("There is no open question before this one.")

    def action_show(self, question: int) -> None:
        """Show any question of the map whose time is not up, where the rules let choose."""
        session, sitting = self.session, self.session.sitting
        if not 0 <= question < len(sitting.attempts):
            self._say(f"There are the questions 1 to {len(sitting.attempts)}.")
        elif sitting.locked(question, session.at()):
            self._say(exam_text.time_was_up(session, question))
        elif question != session.current:
            self._say_why(session.show(question))
            self._moved()

    # --- the end ----------------------------------------------------------------------------------

    def ask_to_leave(self) -> None:
        """Ctrl+C asks as q does; a second one leaves."""
        self.call_later(self._pressed, "ctrl+c", 0.0)

    def _over(self) -> None:
        """The sitting is over: show what came of it once all is stored."""
        self._asking = None
        self._show()
        self.run_worker(self._finish(), group="end", exit_on_error=False)

    async def _finish(self) -> None:
        while not await self.session.stored_all(1.0):
            if self.session.lost:
                return
        await self._hold.let_go()
        if self.session.sitting.expired:
            self.study_app.show_over(self.session.id)
        else:
            self.study_app.show_results(self.session.id, released=self.session.sitting.released_at is not None)

    def _leave(self) -> None:
        """Leave once what is under way is stored, or cannot be for some seconds."""
        if not self._leaving:
            self._leaving = True
            self._say("Leaving: what is left is being stored.")
            self.run_worker(self._let_go_and_exit(), group="end", exit_on_error=False)

    async def _let_go_and_exit(self) -> None:
        await self._hold.let_go()
        self.app.exit()

    async def _lose(self) -> None:
        """Another terminal has the exam: nothing more is written here."""
        await self._hold.let_go()
        self.study_app.show_running(self.session.id, lost=True)

    async def on_unmount(self) -> None:
        """However the screen ends, what was received is stored first."""
        self._hold.unwatch_terminal()
        await self._hold.let_go()
