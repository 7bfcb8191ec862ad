"""The source of a simulation, to be read; for a learner's own file also the question whether it may run."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Static

from studyapp.core.text import harmless
from studyapp.runs.finder import Source
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints

ON = "↳"
"""In place of a line number: what stands beside it belongs to the line above."""

QUESTION = (
    "Your own file, not run before in this version. It runs in a process of its own with limits, "
    "which is not a sandbox: it can do what you can do."
)


class SourceScreen(ModalScreen[bool]):
    """A file with line numbers. Asking, it is dismissed with True when it may run, now and while it is unchanged."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "let it run"),
        Binding("n,q,escape,v", "answer(False)", "close"),
    ]
    CSS = """
    SourceScreen { background: $background; }
    SourceScreen VerticalScroll { height: 1fr; padding: 0 1; }
    SourceScreen #code { height: auto; }
    SourceScreen #ask { height: auto; padding: 0 1; }
    """

    def __init__(self, source: Source, *, asking: bool = False) -> None:
        super().__init__()
        self._source, self._asking = source, asking

    def compose(self) -> ComposeResult:
        """The path, the code, the question."""
        yield Static(plain(str(self._source.path)), classes="bar")
        with VerticalScroll():
            yield Static(id="code")
        if self._asking:
            yield Static(QUESTION, id="ask", markup=False)
        yield Hints(id="hints")

    def on_resize(self) -> None:
        """Break long lines for the width there is."""
        self.query_one("#code", Static).update(listing(self._source.code.decode(), max(20, self.app.size.width - 4)))

    def on_mount(self) -> None:
        """Say how to go on."""
        ask = [
            Hint("y", "run it, now and while it is unchanged", "screen.answer(True)"),
            Hint("n", "do not", "screen.answer(False)"),
        ]
        scroll = Hint("↑↓ PgUp PgDn", "scroll")
        back = [Hint("q", "back to the Lab", "screen.answer(False)")]
        self.query_one(Hints).show([*(ask if self._asking else back), scroll])
        self.query_one(VerticalScroll).focus()

    def action_answer(self, may: bool) -> None:
        """Close, with the answer where one was asked for."""
        if self._asking or not may:
            self.dismiss(may and self._asking)


def listing(code: str, width: int) -> Content:
    """Python source with colours and line numbers; a long line goes on beside `ON`. Nothing in it is obeyed."""
    lines = _coloured(code)
    digits = len(str(len(lines)))
    shown = []
    for number, line in enumerate(lines, 1):
        for place, part in enumerate(line.wrap(max(10, width - digits - 2)) or [Content()]):
            shown.append(Content.styled(f"{ON if place else number:>{digits}}  ", Style(dim=True)) + part)
    return Content("\n").join(shown)


@lru_cache(maxsize=2)
def _coloured(code: str) -> list[Content]:
    from textual.highlight import highlight

    return highlight(harmless(code).expandtabs(4), language="python").split("\n")
