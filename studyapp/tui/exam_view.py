"""A question of an exam on the screen: what is asked scrolls, the options and what is saved stay in reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from studyapp.exam_session import ExamSession, SaveState
from studyapp.tui import exam_text
from studyapp.tui.card_text import plain
from studyapp.tui.review_text import BOLD, DIM, beside
from studyapp.tui.screen import LOW

if TYPE_CHECKING:
    from textual.widgets import Input

EMAIL = (
    "Your e-mail address, if you want to give one. It weighs nothing and is kept nowhere: only that it was asked "
    "and answered is stored. You may leave the line empty."
)


def heights(question: int, options: int, room: int) -> tuple[int, int]:
    """The lines that the question and its options get of those there are.

    Everything if it fits; else the options come first, as far as the question keeps a third and three lines at least.
    """
    if question + options <= room:
        return question, options
    least = min(question, max(3, room // 3))
    given = min(options, max(1, room - least))
    return max(1, room - given), given


class ExamView(Vertical):
    """Question, options, the state of saving, the map and one line of notices.

    On a low screen there is no map, and the state has no frame.
    """

    DEFAULT_CSS = """
    ExamView { height: 1fr; }
    ExamView #middle { height: 1fr; padding: 1 1 0 1; }
    ExamView #question, ExamView #options, ExamView #rules { height: auto; scrollbar-size-vertical: 1; }
    ExamView #more { height: 1; color: $text-muted; }
    ExamView .text { height: auto; link-style: none; link-color: $text; link-background: transparent;
        link-style-hover: underline; link-background-hover: transparent; link-color-hover: $text; }
    ExamView #state { margin: 0 1; padding: 0 1; border: round $warning; border-title-style: bold;
        border-title-color: $text; max-width: 98; }
    ExamView #state.saved { border: round $success; }
    ExamView #state.failed { border: heavy $error; }
    ExamView #map, ExamView #notice { padding: 0 2; }
    ExamView #notice { height: auto; max-height: 2; text-style: bold; }
    ExamView #email { height: 1; border: none; padding: 0 1; background: $panel; max-width: 78; }
    ExamView.low #middle { padding: 0 1; }
    ExamView.low #map { display: none; }
    ExamView.low #state, ExamView.low #state.saved, ExamView.low #state.failed { border: none; text-wrap: nowrap;
        text-overflow: ellipsis; }
    """

    def compose(self) -> ComposeResult:
        """From the question to the notices."""
        with Vertical(id="middle"):
            with VerticalScroll(id="question", can_focus=False):
                yield Static(id="asked", classes="text")
            yield Static(id="more")
            with VerticalScroll(id="options", can_focus=False):
                yield Static(id="listed", classes="text")
        yield Static(id="state", classes="text")
        yield Static(id="map", classes="text")
        yield Static(id="notice", classes="text")

    _email: Input | None = None
    _lines: tuple[int, int] = (0, 0)
    _starts: tuple[int, ...] = ()
    _question: int = -2
    _signs: tuple[str, ...] = ()

    @property
    def typing(self) -> bool:
        """Whether the caret stands in the field for the e-mail address."""
        return self._email is not None and self._email.has_focus

    @property
    def _asked(self) -> VerticalScroll:
        return self.query_one("#question", VerticalScroll)

    @property
    def _options(self) -> VerticalScroll:
        return self.query_one("#options", VerticalScroll)

    async def ask_email(self, wanted: bool) -> None:
        """Show the field for the first item, or take it away with all that was typed."""
        if wanted and self._email is None:
            from textual.widgets import Input

            self._email = Input(id="email", placeholder="e-mail address", max_length=320, compact=True)
            await self._options.mount(self._email)
            self._email.focus()
        elif not wanted and self._email is not None:
            await self._email.remove()
            self._email = None
            self.screen.set_focus(None)

    # --- showing ----------------------------------------------------------------------------------

    def show(self, session: ExamSession, *, note: str = "", rules: Content | None = None, width: int) -> None:
        """Show the question in hand with all that was done to it; `rules` take its place for a while."""
        sitting, current = session.sitting, session.current
        low = self.app.size.height < LOW
        self.set_class(low, "low")
        if rules is not None:
            front, options = rules, list[Content]()
        elif current < 0:
            front, options = beside(Content(), plain(EMAIL), width), list[Content]()
        else:
            question = sitting.paper.questions[current]
            front = exam_text.asked(question, note, width)
            options = exam_text.options(question, sitting.attempts[current], width)
        lines = [len(one.wrap(width)) for one in options]
        self._starts = tuple(sum(lines[:place]) for place in range(len(lines) + 1))
        self._lines = (len(front.wrap(width)), sum(lines) or int(self._email is not None))
        self.query_one("#asked", Static).update(front)
        self.query_one("#listed", Static).update(Content("\n").join(options))
        self.query_one("#listed").display = bool(options)
        if self._question != (now := -1 if rules is not None else current):
            self._question = now
            self._asked.scroll_home(animate=False)
            self._options.scroll_home(animate=False)
        self.lay_out()
        self.show_state(session, width=width)

    def show_state(self, session: ExamSession, *, width: int) -> None:
        """Show what is saved, and the map."""
        box = self.query_one("#state", Static)
        heading, line = exam_text.state(session, width - 2)
        how = session.state(session.current) if session.current >= 0 else SaveState.BLANK
        failed = bool(session.trouble and session.pending)
        box.set_class(how is SaveState.SAVED and not failed, "saved")
        box.set_class(failed, "failed")
        box.border_title = plain(heading)
        if self.has_class("low"):  # what is picked stands among the options
            unsaved = how is SaveState.NOT_SAVED and not session.sitting.finished
            whole = f"{heading}: Enter saves it" if unsaved else heading
            line = exam_text.press(whole if len(whole) <= self.app.size.width - 4 else heading, "enter", BOLD)
        box.update(line)
        self._signs = ()
        self.show_map(session, width=width)

    def show_map(self, session: ExamSession, *, width: int) -> None:
        """Show the map if it has changed: time alone locks a question that is not on the screen."""
        signs = tuple(exam_text.places(session))
        if signs != self._signs:
            self._signs = signs
            self.query_one("#map", Static).update(exam_text.exam_map(session, signs, width - 2))

    def notice(self, words: str) -> None:
        """Say something in the line above the keys."""
        self.query_one("#notice", Static).update(plain(words))

    # --- room -------------------------------------------------------------------------------------

    def lay_out(self) -> None:
        """Share the lines there are between the question and its options."""
        question, options = self._lines
        room = self.query_one("#middle").content_size.height - 1
        if room < 2:
            return
        given, rest = heights(question, options, room)
        self._asked.styles.height = given
        self._options.styles.height = max(1, rest)
        below = question - given - self._asked.scroll_offset.y
        more = f"{below} more {'line' if below == 1 else 'lines'}: PgDn" if below > 0 else ""
        self.query_one("#more", Static).update(Content.styled(more, DIM))

    def on_mount(self) -> None:
        """Share the room anew whenever it changes, and say what is left to read."""
        self.watch(self._asked, "scroll_y", self._moved, init=False)

    def on_resize(self) -> None:
        """There is more or less room."""
        self.call_after_refresh(self.lay_out)

    def _moved(self) -> None:
        self.lay_out()

    def reach(self, option: int) -> None:
        """Scroll so that an option is seen."""
        if option + 1 < len(self._starts):
            top, bottom = self._starts[option], self._starts[option + 1]
            shown = self._options
            if top < shown.scroll_offset.y:
                shown.scroll_to(y=top, animate=False)
            elif bottom > shown.scroll_offset.y + shown.size.height:
                shown.scroll_to(y=bottom - shown.size.height, animate=False)

    def page(self, direction: int) -> None:
        """Scroll the question, or its options where only they have more."""
        scrolled = self._asked if self._asked.max_scroll_y else self._options
        step = max(1, scrolled.size.height - 1)
        scrolled.scroll_to(y=scrolled.scroll_offset.y + direction * step, animate=False)
