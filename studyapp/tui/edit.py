"""A card as Markdown, to be written: beside it what it will look like, below it what is wrong, as it is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static, TextArea

from studyapp.core.linking import problems
from studyapp.core.questions import pose
from studyapp.decks import CardChangedError, DeckError, card_source
from studyapp.editing import Edit, differences
from studyapp.model import Card, Problem
from studyapp.simulation import Description
from studyapp.tui import review_text, wording
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.screen import StudyScreen

PAUSE = 0.15
"""Seconds without a key after which the card is looked at again."""
MOST_PROBLEMS = 3
MOST_DIFFERENCES = 8
"""Lines shown of what another program changed."""
LONGEST = 100_000
"""Characters of a text that is looked at while it is typed; a longer one is only looked at when it is saved."""


class CardText(TextArea):
    """The field for a card's Markdown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "to_start", "first line", show=False),
        Binding("ctrl+end", "to_end", "last line", show=False),
    ]

    def action_to_start(self) -> None:
        """Put the caret before everything."""
        self.move_cursor((0, 0))

    def action_to_end(self) -> None:
        """Put the caret after everything."""
        self.move_cursor(self.document.end)


class EditScreen(StudyScreen):
    """A card being written. Nothing is in its file before it is saved, and a text with a problem is not saved."""

    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "save", "save the card", priority=True),
        Binding("f3", "preview", "the text, or what it will look like", priority=True),
        Binding("escape", "leave", "back; asks if something is not saved", priority=True),
    ]
    CSS = """
    EditScreen #body { height: 1fr; }
    EditScreen #text { width: 1fr; border: none; padding: 0 1; background: $background; }
    EditScreen #preview { width: 1fr; padding: 0 1; border-left: solid $panel-lighten-2; }
    EditScreen #preview Static { height: auto; margin-bottom: 1; }
    EditScreen #back { padding-top: 1; border-top: solid $panel-lighten-2; }
    EditScreen #wrong { height: auto; max-height: 4; padding: 0 1; border-top: solid $panel-lighten-2; }
    EditScreen.narrow #preview { display: none; border-left: none; }
    EditScreen.narrow.previewing #preview { display: block; }
    EditScreen.narrow.previewing #text { display: none; }
    """

    def __init__(self, edit: Edit) -> None:
        super().__init__()
        self._edit = edit
        self._pause: Timer | None = None
        self._refused = ""
        self._known: Mapping[str, Description] = {}

    def compose(self) -> ComposeResult:
        """Where it goes, the text, the card, what is wrong."""
        name = f"Edit · {self._edit.card}" if self._edit.card else "New card"
        yield Static(plain(f"{name}    {self._edit.deck}"), classes="bar")
        with Horizontal(id="body"):
            yield CardText(self._edit.markdown, id="text", soft_wrap=True, show_line_numbers=False)
            with VerticalScroll(id="preview", can_focus=False):
                yield Static(id="front")
                yield Static(id="back")
        yield Static(id="wrong")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Look at the card as it is."""
        area = self._area
        area.cursor_blink = False
        self._as_opened = area.text
        if area.text != self._edit.markdown.replace("\r\n", "\n"):
            area.read_only = True
            self._refused = "! it has a character that would be lost here; o on the card opens it in your editor"
        if not self._edit.card:
            area.select_line(0)  # its first key replaces the sample question
        self._look()
        self.run_worker(self._read_simulations(), group="read", exit_on_error=False)

    async def _read_simulations(self) -> None:
        """What the simulations are, to look at what the card says of its own."""
        self._known, _ = await self.library.laboratory.descriptions()
        self._look()

    @property
    def _area(self) -> TextArea:
        return self.query_one(TextArea)

    # --- looking ----------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Both sides stand beside each other where there is room; else F3 turns."""
        self.set_class(self.app.size.width < 110, "narrow")
        self._show_hints()
        self.call_after_refresh(self._look)

    def on_text_area_changed(self) -> None:
        """Look again when there is a pause."""
        self._refused = ""
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._look)

    def _look(self) -> None:
        text = self._area.text
        if len(text) > LONGEST:
            self.static("wrong").update("A long text: it is looked at when it is saved.")
            return
        cards, wrong = self.library.editing.look(self._edit, text)
        self._show_wrong(wrong or self._wrong_of_simulation(cards))
        self._show_card(cards)

    def _wrong_of_simulation(self, cards: Sequence[Card]) -> tuple[Problem, ...]:
        """Nothing before the simulations are read, nor of one that is there and may not run."""
        link = cards[0].simulation if cards else None
        unread = link is not None and link.name in self.library.laboratory.found.sources.keys() - self._known.keys()
        if not self._known or unread:
            return ()
        return tuple(problems(cards[:1], self._known))

    def _show_wrong(self, wrong: tuple[Problem, ...]) -> None:
        if self._refused:
            self.static("wrong").update(plain(self._refused))
            return
        lines = [f"! line {one.line}: {one.what}; {one.remedy}".removesuffix("; ") for one in wrong[:MOST_PROBLEMS]]
        if len(wrong) > MOST_PROBLEMS:
            lines.append(f"  and {wording.counted(len(wrong) - MOST_PROBLEMS, 'more', 'more')}")
        self.static("wrong").update(plain("\n".join(lines) or "✓ a sound card"))

    def _show_card(self, cards: tuple[Card, ...]) -> None:
        if not cards:
            self.static("front").update(plain("Nothing to show yet."))
            self.static("back").update("")
            return
        width = max(20, self.query_one("#preview").size.width - 4)
        question = pose(cards[0], 0)
        more = f"{len(cards)} cards; the first:\n\n" if len(cards) > 1 else ""
        self.static("front").update(Content.assemble(plain(more), review_text.front(question, False, width)))
        self.static("back").update(review_text.both_sides(question, width))

    def _show_hints(self) -> None:
        narrow = [Hint("F3", "how it looks", "screen.preview")] if self.has_class("narrow") else []
        self.query_one(Hints).show([Hint("F2", "save", "screen.save"), *narrow, Hint("Esc", "back", "screen.leave")])

    # --- keys -------------------------------------------------------------------------------------

    def action_preview(self) -> None:
        """Turn between the text and the card, where there is room for one of them."""
        self.toggle_class("previewing")
        self.call_after_refresh(self._look)

    def action_save(self) -> None:
        """Write the card into its file; it stays open if that cannot be."""
        self.run_worker(self._save(), group="save", exclusive=True, exit_on_error=False)

    async def _save(self) -> None:
        from studyapp.tui.ask import AskYesNo

        text = self._area.text
        if text == self._as_opened and self._edit.card:
            self.app.pop_screen()
            return
        try:
            name = self.library.editing.save(self._edit, text)
        except CardChangedError as error:
            question = self._what_changed(error.current, text)
            if await self.app.push_screen_wait(AskYesNo(question, "yes, mine counts", "no, look at it again")):
                self._edit = replace(self._edit, parsed=error.current)
                await self._save()
            return
        except DeckError as error:
            self._refused = f"! not saved: {error}"
            self._look()
            return
        wrong = self._wrong_of_simulation(self.library.editing.look(self._edit, text)[0])
        self.app.pop_screen()
        self.study_app.say(f"Saved: {name}. Still to mend: {wrong[0].what}." if wrong else f"Saved: {name}.")

    def _what_changed(self, current: bytes, text: str) -> str:
        changed = differences(card_source(current, self._edit.card), text)
        if len(changed) > MOST_DIFFERENCES:
            changed[MOST_DIFFERENCES:] = [f"  and {len(changed) - MOST_DIFFERENCES} more"]
        what = f"Another program changed {self._edit.card} meanwhile; - is there now, + is yours:"
        return "\n\n".join([what, "\n".join(changed), "Write your text over it?"])

    def ask_to_leave(self) -> None:
        """Ctrl+C leads back too; to quit at once would lose the text."""
        self.action_leave()

    def action_leave(self) -> None:
        """Back; a text that is not saved is asked about."""
        self.run_worker(self._leave(), group="leave", exclusive=True, exit_on_error=False)

    async def _leave(self) -> None:
        from studyapp.tui.ask import AskYesNo

        if self.has_class("previewing"):
            self.action_preview()
            return
        if self._area.text != self._as_opened:
            question = "What you wrote is not saved. Leave it?"
            if not await self.app.push_screen_wait(AskYesNo(question, "leave it", "go on writing")):
                return
        self.app.pop_screen()
