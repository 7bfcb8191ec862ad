"""The Lab's list: every simulation there is, under its topic, by name and by what it shows; typed words narrow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from studyapp.core.catalogue import by_topic, matching
from studyapp.core.linking import nearest_simulations
from studyapp.model import Card, Problem
from studyapp.simulation import Description
from studyapp.tui import wording
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.line_list import MOVES, LineList
from studyapp.tui.question_line import question_line
from studyapp.tui.review_text import BOLD, DIM
from studyapp.tui.screen import StudyScreen


class LabListScreen(StudyScreen):
    """All simulations; for a card that names none, the five nearest by their words, one of which may be attached."""

    AUTO_FOCUS = "LineList"
    OTHER_KEYS: ClassVar[dict[str, str]] = MOVES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open the highlighted simulation", show=False),
        # Before the list gets it, as each key that was typed behind it is passed on at once: to the field by then.
        Binding("slash", "search", "only those with the words that you type", priority=True),
        Binding("slash", "search"),  # typed before there was a list
        Binding("left", "topic(-1)", "the topic above", show=False),
        Binding("right", "topic(1)", "the topic below", show=False),
        Binding("plus", "attach", "let the card launch the highlighted simulation from now on", show=False),
        Binding("escape", "leave", "all of them again; or back", show=False),
        Binding("q", "app.pop_screen", "back"),
    ]
    CSS = """
    LabListScreen Input { height: 1; margin: 1 1 0 1; padding: 0 1; border: none; background: $panel-lighten-1; }
    LabListScreen #wrong { display: none; height: auto; max-height: 4; padding: 0 1; }
    LabListScreen LineList { margin: 1 0; }
    """

    def __init__(self, card: Card | None = None) -> None:
        super().__init__()
        self._card = card
        self._known: Mapping[str, Description] = {}
        self._wrong: list[Problem] = []
        self._read_all = False
        self._names: list[str] = []

    def compose(self) -> ComposeResult:
        """The list, with the field for words above it when it is asked for."""
        title = plain("Lab · simulations")
        if self._card is not None:
            title = plain("No simulation yet. Nearest to: ") + question_line(self._card)
        yield Static(title, classes="bar", id="title")
        field = Input(placeholder="words of its name, parameters, claims", max_length=200, compact=True)
        field.display = False
        yield field
        yield LineList()
        yield Static(id="wrong")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Say what there is to do."""
        self._show_hints()
        self.query_one(LineList).show(lambda _: plain("reading the simulations …").stylize(DIM), 1, [], 0)

    def on_screen_resume(self) -> None:
        """Read the descriptions in the worker; one may have been allowed to run, or written, since the last time."""
        self.run_worker(self._read(), exclusive=True, exit_on_error=False)

    def on_screen_suspend(self) -> None:
        """What is opened now needs the worker: the rest is read on the way back."""
        self.workers.cancel_node(self)

    async def _read(self) -> None:
        laboratory = self.library.laboratory
        laboratory.refresh()
        shipped = sum(source.shipped for source in laboratory.found.sources.values())

        def told(known: Mapping[str, Description]) -> None:
            if not self._read_all and len(known) == shipped:  # the learner's own may take longer
                self._known = dict(known)
                self._show()

        self._known, self._wrong = await laboratory.descriptions(told)
        self._read_all = True
        self._show()
        if not self.query_one(Input).has_focus:
            self.query_one(LineList).focus()

    # --- showing ----------------------------------------------------------------------------------

    def _show_hints(self) -> None:
        typing = self.query_one(Input).has_focus
        there = [Hint("Enter", "open", "screen.open")] if self._names else []
        listed = [
            *there,
            Hint("/", "search", "screen.search"),
            *([Hint("← →", "topic")] if self._card is None else []),
            *([Hint("+", "attach it to the card", "screen.attach")] if self._card is not None else []),
            Hint("q", "back", "app.pop_screen"),
            Hint("?", "keys", "app.keys"),
        ]
        choose = [Hint("↑ ↓", "choose")] if self._names else []
        typed = [*choose, *there, Hint("Esc", "all of them", "screen.leave")]
        self.query_one(Hints).show(typed if typing else listed)

    def _show(self, *, best: bool = False) -> None:
        """List what fits the words typed; highlighted stays what was, if it is still there, or the `best`."""
        laboratory, before = self.library.laboratory, self._highlighted
        words = self.query_one(Input).value
        names = list(laboratory.found.sources)
        nearest = self._card is not None and not words.strip()
        if nearest and self._card is not None:
            names = nearest_simulations(self._card, self._known)
        found = matching(words, names, self._known)
        width = max((len(name) for name in found), default=0) + 2
        lines: list[Content] = []
        rows: list[int] = []
        self._names = []
        for topic, members in [("", found)] if words.strip() or nearest else by_topic(found, self._known):
            if topic:
                lines += [*([Content("")] if lines else []), plain(topic).stylize(DIM)]
            for name in members:
                rows.append(len(lines))
                self._names.append(name)
                lines.append(Content.assemble((name.ljust(width), BOLD), plain(self._words(name))))
        if not found:
            nothing = f"Nothing has the words {words.strip()!r}." if words.strip() else "There is no simulation here."
            lines = [plain(nothing)]
        row = self._names.index(before) if before in self._names and not best else 0
        self.query_one(LineList).show(lines.__getitem__, len(lines), rows, row)
        self._show_hints()
        if self._card is None:
            listed = f"{len(found)} of {len(names)}" if words.strip() else str(len(names))
            self.static("title").update(plain(f"Lab · {listed} simulations"))
        wrong = self.static("wrong")
        wrong.display = bool(self._wrong)
        more = f"\n  and {wording.counted(len(self._wrong) - 1, 'more', 'more')}" if len(self._wrong) > 1 else ""
        wrong.update(plain(f"! {_line(self._wrong[0])}{more}" if self._wrong else ""))

    def _words(self, name: str) -> str:
        description = self._known.get(name)
        if description is not None:
            return description.title
        laboratory = self.library.laboratory
        if not laboratory.trusted(laboratory.found.sources[name]):
            return "your own file; Enter shows it and asks before it runs"
        return "cannot be read (see below)" if self._read_all else "…"

    @property
    def _highlighted(self) -> str | None:
        return self._names[self.query_one(LineList).row] if self._names else None

    # --- keys -------------------------------------------------------------------------------------

    def action_search(self) -> None:
        """Open the field for words; at once, so that it gets the next key."""
        field = self.query_one(Input)
        field.display = True
        self.set_focus(field)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's own
        """Within the field / is a character like any other."""
        return action != "search" or not self.query_one(Input).has_focus

    def on_input_changed(self) -> None:
        """Narrow the list as the words are typed; what fits best is highlighted."""
        self._show(best=True)

    def on_input_submitted(self) -> None:
        """Enter opens what is highlighted."""
        self.action_open()

    def on_descendant_focus(self) -> None:
        """The keys are others while words are typed."""
        self._show_hints()

    def action_topic(self, step: int) -> None:
        """Highlight the first simulation of the topic above or below; from further down, above is the own topic's."""
        self.query_one(LineList).action_part(step)

    def action_open(self) -> None:
        """Open the highlighted simulation."""
        if self._highlighted is not None:
            self.query_one(LineList).focus()  # where the keys are on the way back
            self.study_app.open_lab(self._highlighted)

    def action_attach(self) -> None:
        """Write the highlighted simulation into the card's settings."""
        name = self._highlighted
        if self._card is None:
            self.study_app.say("A simulation is attached from a card: press x there.")
        elif name is not None:
            with self.study_app.guard():
                self.library.editing.attach(self._card, name)
                self.app.pop_screen()
                self.study_app.say(f"{self._card.id} launches {name} from now on.")

    def action_leave(self) -> None:
        """Leave the words; without any, the list."""
        field = self.query_one(Input)
        if not field.display:
            self.app.pop_screen()
            return
        field.value = ""
        field.display = False
        self.query_one(LineList).focus()

    def on_key(self, event: events.Key) -> None:
        """Up and down choose while words are typed."""
        if self.query_one(Input).has_focus and event.key in ("up", "down"):
            event.stop()
            self.query_one(LineList).action_move(1 if event.key == "down" else -1)

    def on_line_list_opened(self) -> None:
        """A click on the highlighted simulation opens it."""
        self.action_open()


def _line(problem: Problem) -> str:
    """A problem without the path of its folder, which is always the same one."""
    return str(replace(problem, path=PurePath(problem.path).name))
