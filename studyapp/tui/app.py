"""The application: opens the first screen, carries what all screens share, and turns errors into one clear line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen, Screen
from textual.worker import Worker, WorkerState

from studyapp.library import Library, LibraryError
from studyapp.model import Entry
from studyapp.store import StoreError
from studyapp.tui import wording
from studyapp.tui.card_text import Harmless, plain
from studyapp.tui.screen import StudyScreen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.filter import LineFilter
    from textual.widget import AwaitMount

    from studyapp.core.exam.paper import Paper
    from studyapp.model import Card, ParameterValue
    from studyapp.presets import ExamPlan, ExamRequest

HARMLESS = Harmless()


class StudyApp(App[None]):
    """studyapp in a terminal. `start` is "home", "review" or "exam", which opens what `exam` asks for.

    While an exam runs on this data folder, here or in another terminal, it is closed book: nothing else opens.
    """

    TITLE = "studyapp"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "colon"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "keys", "keys", show=False),
        Binding("u", "undo", "undo", show=False),
        Binding("U", "redo", "redo", show=False),
        Binding("slash", "find", "find", show=False),
        Binding("ctrl+c", "quit", "quit", show=False, priority=True),
    ]
    CSS = """
    Screen { background: $background; }
    ModalScreen { background: $background 60%; }
    .bar { height: 1; padding: 0 1; color: $text; background: $panel; text-wrap: nowrap; text-overflow: ellipsis; }
    .rule { height: 1; padding: 0; color: $text-muted; }
    ToastRack { dock: top; align: right top; width: 100%; padding: 0; margin: 0; overflow-y: hidden; }
    Toast { width: 100%; max-width: 100%; height: auto; padding: 0 1; margin: 0; border: none; }
    """

    def __init__(
        self,
        library: Library,
        *,
        start: str = "home",
        decks: tuple[str, ...] = (),
        minutes: int | None = None,
        exam: ExamRequest | None = None,
        debug: bool = False,
    ) -> None:
        super().__init__()
        self._exam = exam
        self.mouse_down: events.MouseDown | None = None
        self.library = library
        self.failure: Exception | None = None
        self.stamps_later = False
        self._start, self._decks, self._minutes, self._debugging = start, decks, minutes, debug
        self._bindings.key_to_bindings.pop("ctrl+q", None)  # flow control: it never reaches some terminals

    def get_default_screen(self) -> Screen[None]:
        """The first screen, without Textual's empty one below it, which would cost 11 ms; `q` on it ends the app."""
        match self._start:
            case "exam":
                from studyapp.tui.exam_running import ExamGate

                return ExamGate(self._exam)
            case "review" if self._exam_is_open():
                from studyapp.tui.exam_running import ExamGate

                return ExamGate(None)
            case "review":
                from studyapp.tui.review import ReviewScreen

                return ReviewScreen(self.library.study(self._decks, self._minutes), only=True)
            case _:
                from studyapp.tui.home import HomeScreen

                return HomeScreen()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: what this screen can do, then what every screen can."""
        from studyapp.tui.commands import commands_of

        yield from commands_of(screen)
        yield SystemCommand("Undo", "take the last answer or act back (u)", self.action_undo)
        yield SystemCommand("Redo", "do again what was taken back (U)", self.action_redo)
        yield SystemCommand("Find", "a card by its words, or the suspended ones (/)", self.action_find)
        yield SystemCommand("Keys of this screen", "every key and what it does (?)", self.action_keys)
        yield SystemCommand("Theme", "choose the colours", self.action_change_theme)
        yield SystemCommand("Quit", "leave studyapp; everything is saved", self.action_quit)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line goes through before the terminal: no widget can send it what it would obey."""
        return [*super().get_line_filters(), HARMLESS]

    # --- what every screen uses -------------------------------------------------------------------

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show one line at the top until the next key, where it covers no key and no grade; text is shown as text."""
        severity: SeverityLevel = "error" if wrong else "information"
        self._hush()
        self.notify(plain(text).plain, markup=False, severity=severity, timeout=8 if wrong else 4)

    async def on_event(self, event: events.Event) -> None:
        """What was said is out of the way as soon as the learner goes on; when a click was received is kept."""
        if isinstance(event, events.MouseDown) and not event.is_forwarded:
            self.mouse_down = event
        if isinstance(event, events.Key | events.MouseDown) and not event.is_forwarded and self._notifications:
            self._hush()
        await super().on_event(event)

    def _hush(self) -> None:
        """Take away what was said, with the holders that Textual 8.2 leaves behind and stacks the next line under."""
        self.clear_notifications()
        self.screen.query("ToastHolder").remove()

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Turn what can go wrong outside the program into one line on the screen; everything else goes on."""
        try:
            yield
        except Exception as error:
            if not isinstance(error, expected_errors()):
                raise
            self.say(str(error), wrong=True)

    def on_worker_state_changed(self, message: Worker.StateChanged) -> None:
        """Work beside a screen that failed ends nothing: it is said in one line; `--debug` shows where it failed."""
        error = message.worker.error
        if message.state is not WorkerState.ERROR or not isinstance(error, Exception):
            return
        if self._debugging:
            self._handle_exception(error)
        elif isinstance(error, expected_errors()):
            self.say(str(error), wrong=True)
        else:
            self.say(f"unexpected {type(error).__name__}: {error}", wrong=True)

    def taken_back(self, entries: tuple[Entry, ...], *, undone: bool) -> None:
        """Say what undo or redo did."""
        if not entries:
            self.say("There is nothing to take back." if undone else "There is nothing to do again.")
            return
        six = self.library.settings.six_grades
        words = wording.acts(entries, six=six)
        self.say(f"Taken back: {words}. U does it again." if undone else f"Done again: {words}.")

    # --- exams ------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Notice an exam that is started in another terminal."""
        self.set_interval(1.0, self._watch_exams)
        if self._start == "home":
            self._watch_exams()

    def _exam_is_open(self) -> bool:
        """Whether an exam is logged as running; its time may be over."""
        return any(row.finished_at is None for row in self.library.store.unreleased_sittings())

    def _watch_exams(self) -> None:
        """Put an exam that runs over whatever is open, and tell of one that nobody watched to its end."""
        if self._closed_book:
            return
        with suppress(StoreError):  # whatever reads the store next says so
            if self._exam_is_open():
                from studyapp.tui.exam_running import OverScreen, RunningScreen

                running, settled = self.library.exams.attend()
                if running is not None:
                    self.push_screen(RunningScreen(running.id))
                    self.run_worker(self.library.rest_laboratory(), exit_on_error=False)
                elif settled:
                    self.push_screen(OverScreen(settled[-1]))

    @property
    def _closed_book(self) -> StudyScreen | None:
        """The screen of a running exam, if there is one."""
        exam = (one for one in self.screen_stack if isinstance(one, StudyScreen) and one.closed_book)
        return next(exam, None)

    @property
    def _held(self) -> StudyScreen | None:
        """The screen that lets no other open: of a running exam, or of a text that may not be saved."""
        unsaved = (one for one in self.screen_stack if isinstance(one, StudyScreen) and one.unsaved)
        return self._closed_book or next(unsaved, None)

    def _refused(self) -> bool:
        """Whether there is such a screen; it says so."""
        held = self._held
        if held is not None:
            held.refuse()
        return held is not None

    def open_exam(self, plan: ExamPlan | None = None, paper: Paper | None = None) -> None:
        """Go to the lobby of an exam, or without a plan and a paper to the form that makes a plan."""
        from studyapp.tui.exam_form import ExamFormScreen
        from studyapp.tui.exam_lobby import LobbyScreen

        if not self._refused():
            chosen = plan is not None or paper is not None
            self.push_screen(LobbyScreen(plan, paper) if chosen else ExamFormScreen())

    def open_rehearsal(self, extra_time: float = 1.0, seed: int | None = None) -> None:
        """Go to the lobby of the rehearsal; the seed orders its options."""
        from dataclasses import replace

        from studyapp.core.exam.rehearsal import rehearsal

        paper = rehearsal(self.library.seeds() if seed is None else seed)
        self.open_exam(paper=replace(paper, rules=replace(paper.rules, extra_time=extra_time)))

    def open_submissions(self) -> None:
        """List all sittings."""
        from studyapp.tui.exam_submissions import SubmissionsScreen

        if not self._refused():
            self.push_screen(SubmissionsScreen())

    def show_results(self, sitting_id: str, *, released: bool) -> None:
        """In place of a screen whose exam is over: its report, or the list of sittings while results are hidden."""
        from studyapp.tui.exam_report import ReportScreen
        from studyapp.tui.exam_submissions import SubmissionsScreen

        self.switch_screen(ReportScreen(sitting_id) if released else SubmissionsScreen())

    def show_over(self, sitting_id: str) -> None:
        """In place of a screen whose time ran out under the learner's fingers: that it did, until Space leads on."""
        from studyapp.tui.exam_running import OverScreen

        self.switch_screen(OverScreen(sitting_id))

    def show_running(self, sitting_id: str, *, lost: bool) -> None:
        """In place of a screen that has lost its exam to another terminal: where that stands."""
        from studyapp.tui.exam_running import RunningScreen

        self.switch_screen(RunningScreen(sitting_id, lost=lost))

    # --- keys of all screens ----------------------------------------------------------------------

    async def action_quit(self) -> None:
        """Leave; out of a question of an exam, or a text that is not saved, only after asking."""
        leave = getattr(self.screen, "ask_to_leave", None)
        if leave is not None:
            leave()
        elif isinstance(self.screen, ModalScreen) and self._held:
            self.screen.dismiss(None)
        else:
            self.exit()

    def action_command_palette(self) -> None:
        """Open the palette."""
        if not self._refused():
            super().action_command_palette()

    def undo_edit(self) -> bool:
        """Take the newest edit of a deck back, and say so; False where an answer or another act came after it."""
        said = "?"  # what could not be taken back is told, and no answer is taken back in its place
        with self.guard():
            said = self.library.undo_edit()
            if said:
                self.say(f"Taken back: {said}.")
                for screen in self.screen_stack:
                    if isinstance(screen, StudyScreen):
                        screen.renew()
        return bool(said)

    async def action_undo(self) -> None:
        """Take the newest act back; a screen with a session has an undo of its own, which shows the card again."""
        if self._refused() or self.undo_edit():
            return
        if hasattr(self.screen, "action_undo"):
            await self.screen.action_undo()
            return
        with self.guard():
            await self._follow(self.library.undo(), undone=True)

    async def action_redo(self) -> None:
        """Do again what was taken back."""
        if self._refused():
            return
        if hasattr(self.screen, "action_redo"):
            await self.screen.action_redo()
            return
        with self.guard():
            await self._follow(self.library.redo(), undone=False)

    async def _follow(self, entries: tuple[Entry, ...], *, undone: bool) -> None:
        """Say what was done, and let every screen know: the one in front, and a session that waits below it."""
        self.taken_back(entries, undone=undone)
        for screen in self.screen_stack:
            if isinstance(screen, StudyScreen):
                await screen.follow(entries, undone=undone)

    def open_lab(
        self,
        name: str = "",
        parameters: Mapping[str, ParameterValue] | None = None,
        card: Card | None = None,
        mistake: str = "",
    ) -> AwaitMount:
        """Open a simulation in the Lab, or without a name the list of all; `mistake` names the one that was made.

        To wait for what is returned holds keys back until it is shown.
        """
        from studyapp.tui.lab import LabScreen
        from studyapp.tui.lab_list import LabListScreen

        return self.push_screen(LabScreen(name, parameters or {}, card, mistake) if name else LabListScreen())

    def open_simulation(self, card: Card, parameters: Mapping[str, ParameterValue], mistake: str = "") -> None:
        """Open a card's simulation in the Lab; one that names none is offered the nearest: no key is ever dead."""
        from studyapp.tui.lab_list import LabListScreen

        with self.guard():
            card = self.library.store.card(card.id) or card  # one may have been attached meanwhile
        if card.simulation is None:
            self.push_screen(LabListScreen(card))
        else:
            self.open_lab(card.simulation.name, parameters, card, mistake)

    def open_history(self, card: Card) -> None:
        """Show what was answered on a card before."""
        from studyapp.tui.history import MOST, HistoryScreen

        with self.guard():
            schedule = self.library.store.schedule(card.id)
            self.push_screen(HistoryScreen(card, schedule, self.library.store.entries(card.id, limit=MOST)))

    def action_find(self) -> None:
        """Find a card by its words."""
        from studyapp.tui.find import FindScreen

        if not isinstance(self.screen, FindScreen) and not self._refused():
            self.push_screen(FindScreen())

    def action_keys(self) -> None:
        """Show the keys of this screen."""
        from studyapp.tui.keys import KeysScreen

        if not isinstance(self.screen, KeysScreen) and not self._refused():
            self.push_screen(KeysScreen(self.screen))

    async def on_unmount(self) -> None:
        """End the worker process."""
        await self.library.close_laboratory()

    def _handle_exception(self, error: Exception) -> None:
        """An error nobody expected ends the app with one line; `--debug` shows where it came from."""
        self.failure = error
        if self._debugging:
            super()._handle_exception(error)
        else:
            self._return_code = 1
            self.exit()


def expected_errors() -> tuple[type[Exception], ...]:
    """What can go wrong outside the program: each is one clear line."""
    from studyapp.core.exam.paper import PaperError
    from studyapp.decks import DeckError
    from studyapp.exam_errors import ExamError
    from studyapp.presets import PresetError
    from studyapp.runs.errors import SimulationError

    return (StoreError, LibraryError, SimulationError, DeckError, ExamError, PaperError, PresetError)
