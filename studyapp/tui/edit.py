"""A card as Markdown, to be written: beside it what it will look like, below it what is wrong, as it is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static, TextArea

from studyapp.checking import still_to_mend
from studyapp.core.questions import pose
from studyapp.decks import CardChangedError, DeckError, card_source
from studyapp.decks.errors import CardGoneError
from studyapp.editing import Edit, differences, named
from studyapp.model import Card, Problem
from studyapp.samples import SAMPLES
from studyapp.simulation import Description
from studyapp.tui import review_text, wording
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.screen import StudyScreen

PAUSE = 0.15
"""Seconds without a key after which the card is looked at again."""
MOST_PROBLEMS = 3
MOST_DIFFERENCES = 8
"""Lines shown of what was changed elsewhere, or was not saved."""
LONGEST = 100_000
"""Characters of a text that is looked at while it is typed; a longer one is only looked at when it is saved."""


class CardText(TextArea):
    """The field for a card's Markdown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "to_start", "first line", show=False),
        Binding("ctrl+end", "to_end", "last line", show=False),
    ]

    @property
    def untouched(self) -> bool:
        """Whether there is nothing in it but a sample."""
        return any(self.text.split() == sample.markdown.split() for sample in SAMPLES)

    def action_to_start(self) -> None:
        """Put the caret before everything."""
        self.move_cursor((0, 0))

    def action_to_end(self) -> None:
        """Put the caret after everything."""
        self.move_cursor(self.document.end)

    def begin_with(self, markdown: str) -> None:
        """Put a sample in the place of an untouched one, else at the caret; its heading's words are selected."""
        if self.untouched:
            self.select_all()
        row = self.selection.start[0]
        self.replace(markdown, *self.selection)
        self.select_heading(row)

    def select_heading(self, row: int = 0) -> None:
        """Select the words of a heading, so that the first key replaces them."""
        line = self.document.get_line(row)
        words = line.partition(" {")[0]
        self.move_cursor((row, len("## ")))
        self.move_cursor((row, len(words)), select=True)

    async def _on_paste(self, event: events.Paste) -> None:  # and then Textual calls the field's own
        """What is pasted over an untouched sample replaces all of it, if it is more than a line."""
        lines = event.text.strip().splitlines()  # a terminal may send carriage returns for line ends
        if len(lines) > 1 and self.untouched and not self.read_only:
            self.select_all()


class EditScreen(StudyScreen):
    """A card being written. Nothing is in its file before it is saved, and a text with a problem is not saved."""

    unsaved = True
    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "samples", "how each kind of card is written", priority=True),
        Binding("f2", "save", "save the card", priority=True),
        Binding("f3", "preview", "the text, or what it will look like", priority=True),
        Binding("f4", "choose_deck", "the deck that a new card goes to", priority=True),
        Binding("escape", "leave", "back; asks if something is not saved", priority=True),
    ]
    CSS = """
    EditScreen #body { height: 1fr; }
    EditScreen #text { width: 1fr; border: none; padding: 0 1 0 0; background: $background; }
    EditScreen #preview { width: 1fr; padding: 0 1; border-left: solid $panel-lighten-2; }
    EditScreen #preview Static { height: auto; margin-bottom: 1; }
    EditScreen #back { padding-top: 1; border-top: solid $panel-lighten-2; }
    EditScreen #wrong { height: auto; max-height: 9; padding: 0 1; border-top: solid $panel-lighten-2; }
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
        yield Static(id="place", classes="bar")
        with Horizontal(id="body"):
            yield CardText(self._edit.markdown, id="text", soft_wrap=True, show_line_numbers=True)
            with VerticalScroll(id="preview"):
                yield Static(id="front")
                yield Static(id="back")
        yield Static(id="wrong")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Look at the card as it is."""
        area = self._area
        area.cursor_blink = False
        self._as_opened = area.text
        if area.text.replace("\r\n", "\n") != self._edit.markdown.replace("\r\n", "\n"):
            area.read_only = True
            self._refused = "! it has a character that would be lost here; o on the card opens it in your editor"
        if not self._edit.card:
            area.select_heading()
        self._show_place()
        self._look()
        self.run_worker(self._read_simulations(), group="read", exit_on_error=False)
        with self.study_app.guard():
            if (kept := self.library.editing.unsaved(self._edit)) and kept != area.text:
                self.run_worker(self._offer(kept), group="ask", exclusive=True, exit_on_error=False)

    async def _offer(self, kept: str) -> None:
        """Go on with what was written before a crash, or is being written in another window."""
        from studyapp.tui.ask import AskYesNo

        lines = kept.splitlines()
        more = [f"  and {len(lines) - MOST_DIFFERENCES} lines more"] if len(lines) > MOST_DIFFERENCES else []
        said = "\n".join(["This was written here and not saved:\n", *lines[:MOST_DIFFERENCES], *more])
        wanted = await self.app.push_screen_wait(AskYesNo(said, "go on with it", "forget it"))
        if wanted:
            self._area.text = kept
        elif wanted is False:
            self.library.editing.forget_unsaved(self._edit)
        else:  # it is kept, and what is written now would take its place
            self.app.pop_screen()

    async def _read_simulations(self) -> None:
        """What the simulations are, to look at what the card says of its own."""
        self._known, _ = await self.library.laboratory.descriptions()
        self._look()

    def refuse(self) -> None:
        """Say why nothing opens over a text that may not be saved."""
        self.study_app.say("First save the card with F2, or leave it with Esc.")

    @property
    def _area(self) -> CardText:
        return self.query_one(CardText)

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
        if text != self._as_opened and not self._area.untouched:
            with suppress(DeckError):  # what cannot be kept can still be saved, or is refused then
                self.library.editing.keep_unsaved(self._edit, text)
        if len(text) > LONGEST:
            self.static("wrong").update("A long text: it is looked at when it is saved.")
            return
        cards, wrong = self.library.editing.look(self._edit, text)
        if self._area.untouched and not self._refused:
            self.static("wrong").update("Write your own words in place of the sample; F1 shows other kinds of cards.")
        else:
            self._show_wrong(wrong or self._still_to_mend(text, cards))
        self._show_card(cards)

    def _still_to_mend(self, text: str, cards: Sequence[Card]) -> tuple[Problem, ...]:
        there = self.library.laboratory.found.sources
        return still_to_mend(cards[0], text, self._known, there) if cards else ()

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
        questions = [pose(card, 0) for card in cards]
        fronts = [review_text.front(question, False, width) for question in questions]
        self.static("front").update(Content("\n\n").join(fronts))
        self.static("back").update(review_text.both_sides(questions[0], width))

    def _show_place(self) -> None:
        name = f"Edit · {self._edit.card}" if self._edit.card else "New card"
        self.static("place").update(plain(f"{name}    {self._edit.deck}"))
        self._show_hints()

    def _show_hints(self) -> None:
        other = "the text" if self.has_class("previewing") else "how it looks"
        narrow = [Hint("F3", other, "screen.preview")] if self.has_class("narrow") else []
        deck = [] if self._edit.card else [Hint("F4", "deck", "screen.choose_deck")]
        kinds, save = Hint("F1", "kinds of cards", "screen.samples"), Hint("F2", "save", "screen.save")
        self.query_one(Hints).show([kinds, save, *narrow, *deck, Hint("Esc", "back", "screen.leave")])

    # --- keys -------------------------------------------------------------------------------------

    def action_preview(self) -> None:
        """Turn between the text and the card, where there is room for one of them."""
        if self.has_class("narrow"):
            self.toggle_class("previewing")
            self.query_one("#preview" if self.has_class("previewing") else "#text").focus()
            self._show_hints()
            self.call_after_refresh(self._look)

    def action_samples(self) -> None:
        """Show how each kind of card is written, and begin with one."""
        self.run_worker(self._samples(), group="ask", exclusive=True, exit_on_error=False)

    async def _samples(self) -> None:
        from studyapp.tui.edit_samples import SamplesScreen

        markdown = await self.app.push_screen_wait(SamplesScreen())
        if markdown and not self._area.read_only:
            self._area.begin_with(markdown)

    def action_choose_deck(self) -> None:
        """Say to which deck a new card goes; it may be a new one."""
        if not self._edit.card:
            self.run_worker(self._choose_deck(), group="ask", exclusive=True, exit_on_error=False)

    async def _choose_deck(self) -> None:
        from studyapp.tui.ask import AskLine

        decks = [deck.path for deck in self.library.store.decks()]
        question = f"To which deck does it go? A new name, such as mine.md, begins one.\n{', '.join(decks)}"
        wanted, wrong = "", ""
        while wanted := await self.app.push_screen_wait(AskLine(f"{wrong}{question}", wanted, "this one")):
            try:
                self._edit = self.library.editing.begin_new(named(self.deck_meant(wanted), decks))
            except DeckError as error:
                wrong = f"! {error}\n\n"
            else:
                self._show_place()
                self._look()
                return

    def action_save(self) -> None:
        """Write the card into its file; it stays open if that cannot be."""
        self.run_worker(self._save(), group="save", exclusive=True, exit_on_error=False)

    async def _save(self) -> None:
        text = self._area.text
        if text == self._as_opened and self._edit.card:
            self._close()
            return
        shipped = self.library.editing.decks.is_shipped(self._edit.deck)
        try:
            name = self.library.editing.save(self._edit, text)
        except CardChangedError as error:
            if await self._asked(self._what_changed(error.current, text), "yes, mine counts", "no, look at it again"):
                self._edit = replace(self._edit, parsed=error.current)
                await self._save()
            return
        except CardGoneError:
            gone = f"{self._edit.card} is not in {self._edit.deck} any more: it was moved or taken out meanwhile."
            question = f"{gone}\nSave your text as a new card there?"
            if await self._asked(question, "yes, a new card", "no, go on writing"):
                self.library.editing.forget_unsaved(self._edit)
                self._edit = replace(self.library.editing.begin_new(self._edit.deck), markdown=text)
                self._show_place()
                await self._save()
            return
        except DeckError as error:
            self._refused = f"! not saved: {error}"
            self._look()
            return
        wrong = self._still_to_mend(text, self.library.editing.look(self._edit, text)[0])
        copied = shipped and not self.library.editing.decks.is_shipped(self._edit.deck)
        where = " in a copy of the deck, which is your own" if copied else ""
        self._close()
        self.study_app.say(f"Saved: {name}{where}." + (f" Still to mend: {wrong[0].what}." if wrong else ""))

    async def _asked(self, question: str, yes: str, no: str) -> bool:
        from studyapp.tui.ask import AskYesNo

        answer = await self.app.push_screen_wait(AskYesNo(question, yes, no))
        return answer is True

    def _what_changed(self, current: bytes, text: str) -> str:
        changed = differences(card_source(current, self._edit.card), text)
        if len(changed) > MOST_DIFFERENCES:
            changed[MOST_DIFFERENCES:] = [f"  and {len(changed) - MOST_DIFFERENCES} more"]
        what = f"{self._edit.card} was changed elsewhere meanwhile; - is there now, + is yours:"
        return "\n\n".join([what, "\n".join(changed), "Write your text over it?"])

    def ask_to_leave(self) -> None:
        """Ctrl+C leads back too; to quit at once would lose the text."""
        self.action_leave()

    def action_leave(self) -> None:
        """Back; a text that is not saved is asked about."""
        self.run_worker(self._leave(), group="leave", exclusive=True, exit_on_error=False)

    async def _leave(self) -> None:
        if self.has_class("previewing"):
            self.action_preview()
            return
        written = self._area.text != self._as_opened and not self._area.untouched
        question = "What you wrote is not saved; F2 saves it. Throw it away?"
        if not written or await self._asked(question, "throw it away", "go on writing"):
            self._close()

    def _close(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._as_opened = self._area.text  # a key that is still on its way begins no text anew
        with suppress(DeckError):  # it is offered again then
            self.library.editing.forget_unsaved(self._edit)
        self.app.pop_screen()
