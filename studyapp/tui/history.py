"""What was answered on one card before, newest first."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from studyapp.model import Answered, Card, Entry, Flagged, Placed
from studyapp.tui import wording
from studyapp.tui.card_text import plain
from studyapp.tui.screen import StudyScreen

MOST = 200


class HistoryScreen(StudyScreen):
    """One card's log."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,space,h", "app.pop_screen", "back")]
    CSS = """
    HistoryScreen VerticalScroll { padding: 1 2; }
    HistoryScreen #log { height: auto; }
    """

    def __init__(self, card: Card) -> None:
        super().__init__()
        self._card = card

    def compose(self) -> ComposeResult:
        """The card's place in SM-2, then its log."""
        schedule = self.library.store.schedule(self._card.id)
        rows = self.library.store.entries(self._card.id, limit=MOST)
        yield Static(plain(f"History · {self._card.id}"), classes="bar")
        with VerticalScroll():
            if schedule.due is None:
                now = "new: never answered in Spaced"
            else:
                now = (
                    f"due {wording.day_name(schedule.due)}, interval {wording.interval(schedule.interval)}, "
                    f"ease {schedule.ease / 100:.2f}, {schedule.n} in a row, failed {schedule.failures} times"
                )
            lines = [Content.styled(now, Style(bold=True)), Content()]
            lines += [line(row.entry, revoked=row.revoked) for row in rows]
            yield Static(Content("\n").join(lines), id="log")


def line(entry: Entry, *, revoked: bool) -> Content:
    """One entry of the log in words; one taken back is struck through and says so."""
    match entry.event:
        case Answered() as answer:
            sure = {True: ", sure", False: ", a guess", None: ""}[answer.sure]
            what = f"{wording.SIX_GRADES[answer.grade]}{sure}  {answer.given}"
        case Flagged():
            what = wording.act(entry)
        case Placed(due=due):
            what = f"placed: due {wording.day_name(due)}"
        case event:
            what = type(event).__name__.lower()
    when = f"{wording.day_name(entry.day)}  {entry.at.astimezone():%H:%M}  "
    style = Style(strike=True, dim=True) if revoked else Style()
    return Content.assemble((when, Style(dim=True)), plain(what).stylize(style), "  taken back" if revoked else "")
