"""Your submissions: every sitting with its state and score; the way back into a running one, and to each report."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from studyapp.core.exam.report import Tally
from studyapp.store import SittingRow
from studyapp.tui import exam_wording, wording
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.list_screen import ListScreen
from studyapp.tui.review_text import BOLD, DIM

PAGE = 64
"""So many rows are read from the store at once."""

WHEN, STATE, SCORE = 19, 16, 15
NARROWEST = 12


class SubmissionsScreen(ListScreen):
    """All sittings, newest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "resume the running exam, or show what was handed in"),
        Binding("s", "statistics", "statistics of questions and mistakes"),
        Binding("u", "app.undo", "take the last act back"),
        Binding("U", "app.redo", "do it again"),
        Binding("q,escape", "app.pop_screen", "back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._waiting: SittingRow | None = None
        self._pages: dict[int, list[SittingRow]] = {}

    def on_mount(self) -> None:
        """Notice when an exam's time is over while the list stands open."""
        self.set_interval(5, self._look)

    def _look(self) -> None:
        with self.study_app.guard():
            now, waiting = self.library.now(), self.library.store.unreleased_sittings()
            if any(row.started + timedelta(milliseconds=row.end) <= now for row in waiting):
                self.renew()

    def on_screen_resume(self) -> None:
        """Read the store afresh whenever the list comes to the front."""
        self.renew()

    def renew(self) -> None:
        """Settle what time has ended, and read how many sittings there are; rows are read when they come into view."""
        with self.study_app.guard():
            self.library.exams.running()
            unreleased = self.library.store.unreleased_sittings()
            self._waiting = next((row for row in unreleased if row.finished_at is not None), None)
            self._count = self.library.store.sitting_count()
            self._pages = {}
            self.lay_out()

    # --- showing ----------------------------------------------------------------------------------

    def _sitting(self, number: int) -> SittingRow | None:
        """One row; the newest has number 0."""
        start = number - number % PAGE
        if start not in self._pages:
            self._pages[start] = []
            with self.study_app.guard():
                self._pages[start] = self.library.store.sittings(limit=PAGE, offset=start)
        page = self._pages[start]
        return page[number - start] if number - start < len(page) else None

    @property
    def _at(self) -> SittingRow | None:
        """The highlighted sitting."""
        return self._sitting(self.rows.row) if self._count else None

    def lay_out(self) -> None:
        """Show the list as it was read."""
        width = self.text_width
        number = wording.counted(self._count, "sitting")
        self.static("bar").update(plain(f"Your submissions{f' · {number}' if self._count else ''}"))
        waits = (
            exam_wording.waits(self._waiting.started, self._waiting.end, self.library.now()) if self._waiting else ""
        )
        above = [Content.styled(waits, BOLD), Content()] if waits else []
        self.above(*above, heading(width) if self._count else nothing(width))
        shown = self.rows
        shown.show(self._line, self._count, range(self._count), shown.row)
        self._show_hints()

    def _line(self, number: int) -> Content:
        row = self._sitting(number)
        return line(row, self.library.now(), self.text_width) if row is not None else Content()

    def _show_hints(self) -> None:
        row = self._at
        enter = "resume it" if row is not None and row.finished_at is None else "what was handed in, and its report"
        found = [Hint("Enter", enter, "screen.open", "open")] if row is not None else []
        self.query_one(Hints).show(
            [
                *found,
                Hint("s", "question statistics", "screen.statistics", "statistics"),
                Hint("?", "keys", "app.keys"),
                Hint("q", "back", "app.pop_screen"),
            ]
        )

    def on_line_list_moved(self) -> None:
        """A running one is resumed, another one shown."""
        self._show_hints()

    # --- keys -------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """Resume a running exam; show what was handed in of any other."""
        from studyapp.tui.exam_running import RunningScreen
        from studyapp.tui.exam_submission import SubmissionScreen

        row = self._at
        if row is not None:
            self.app.push_screen(SubmissionScreen(row.id) if row.finished_at is not None else RunningScreen(row.id))

    def action_statistics(self) -> None:
        """Show how often each question was right, and which mistakes were made."""
        from studyapp.tui.exam_statistics import ExamStatisticsScreen

        self.app.push_screen(ExamStatisticsScreen())


# --- its texts ------------------------------------------------------------------------------------


def _title_width(width: int) -> int:
    return max(NARROWEST, width - WHEN - STATE - SCORE)


def heading(width: int) -> Content:
    """The names of the columns."""
    text = "Started".ljust(WHEN) + "Exam".ljust(_title_width(width)) + "State".ljust(STATE) + "Score".rjust(SCORE)
    return Content.styled(text, DIM)


def nothing(width: int) -> Content:
    """What stands there before the first exam."""
    said = plain("An exam that you begin is listed here from its start on, with its report once it is over.")
    return Content("\n").join([Content.styled("No exam was sat yet.", BOLD), *said.wrap(width)])


def line(row: SittingRow, now: datetime, width: int) -> Content:
    """One sitting on one line."""
    room = _title_width(width)
    kind = f" · {exam_wording.kind(row)}" if exam_wording.kind(row) not in ("", row.title.lower()) else ""
    title = plain(row.title).truncate(max(1, room - len(kind) - 1), ellipsis=True)
    title = Content.assemble(title, (kind, DIM))
    return Content.assemble(
        exam_wording.instant(row.started, now).ljust(WHEN),
        title,
        " " * max(1, room - title.cell_length),
        exam_wording.state(row, now).ljust(STATE),
        score(row).rjust(SCORE),
    )


def score(row: SittingRow) -> str:
    """How many were right, or while that is hidden how many were saved; nothing while it runs."""
    if row.right is not None:
        return exam_wording.tally(Tally(row.right, row.questions)).replace("   ", "  ")
    return f"{row.saved} of {row.questions} saved" if row.saved is not None else ""
