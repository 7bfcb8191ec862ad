"""What was answered on one card before, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from studyapp.model import Answered, Card, Entry, Flagged, Kind, Placed, Revoked, Schedule
from studyapp.store import LogRow
from studyapp.tui import wording
from studyapp.tui.card_text import content, plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.screen import StudyScreen

MOST = 200


class HistoryScreen(StudyScreen):
    """One card's log."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,space,h", "app.pop_screen", "back")]
    CSS = """
    HistoryScreen VerticalScroll { padding: 1 2; }
    HistoryScreen #log { height: auto; }
    """

    def __init__(self, card: Card, schedule: Schedule, rows: Sequence[LogRow]) -> None:
        super().__init__()
        self._card, self._schedule, self._rows = card, schedule, rows

    def compose(self) -> ComposeResult:
        """The card's place in SM-2, then its log."""
        yield Static(plain(f"History · {self._card.id}"), classes="bar")
        with VerticalScroll():
            lines = [Content.styled(place(self._schedule), Style(bold=True)), Content()]
            six = self.library.settings.six_grades
            shown = [
                row for row in self._rows if not isinstance(row.entry.event, Revoked)
            ]  # said by what they took back
            lines += [line(row.entry, revoked=row.revoked, six=six) for row in shown] or [Content("No answers yet.")]
            yield Static(Content("\n").join(lines), id="log")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Say how to go on, and let the keys scroll."""
        self.query_one(Hints).show([Hint("q", "back", "app.pop_screen"), Hint("↑↓", "scroll")])
        self.query_one(VerticalScroll).focus()


def place(schedule: Schedule) -> str:
    """Where a card stands in SM-2."""
    if schedule.due is None:
        return "new: never answered in Spaced"
    failed = {0: "never failed", 1: "failed once"}.get(schedule.failures, f"failed {schedule.failures} times")
    return (
        f"due {wording.day_name(schedule.due)}, interval {wording.interval(schedule.interval)}, "
        f"ease {schedule.ease / 100:.2f}, {schedule.n} in a row, {failed}"
    )


def line(entry: Entry, *, revoked: bool, six: bool) -> Content:
    """One entry of the log in words; one taken back is struck through and says so."""
    match entry.event:
        case Answered() as answer:
            sure = {True: ", sure", False: ", a guess", None: ""}[answer.sure]
            if answer.correct is False and not answer.given:
                sure = ", not known"
            given = content(answer.given).first_line if answer.kind is Kind.CHOICE else plain(answer.given)
            what = plain(f"{wording.grade_name(answer.grade, six=six)}{sure}  ") + given
        case Flagged():
            what = plain(wording.act(entry, six=six))
        case Placed(due=due):
            what = plain(f"placed: due {wording.day_name(due)}")
        case event:
            what = plain(type(event).__name__.lower())
    when = f"{wording.day_name(entry.day)}  {entry.at.astimezone():%H:%M}  "
    style = Style(strike=True, dim=True) if revoked else Style()
    return Content.assemble((when, Style(dim=True)), what.stylize(style), "  taken back" if revoked else "")
