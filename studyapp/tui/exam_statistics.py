"""Questions over all exams: how often each was right, which mistakes were made, and how little a few times tell."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from studyapp.core.exam.history import Facility, QuestionStatistics, question_statistics
from studyapp.tui import wording
from studyapp.tui.card_lines import fitted, padded
from studyapp.tui.card_text import plain
from studyapp.tui.exam_wording import percent, span
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.list_screen import ListScreen
from studyapp.tui.question_line import question_line
from studyapp.tui.review_text import BOLD, DIM

TRACK = 21
"""Cells from 0 to 100 %: one for each 5 %."""

TIMES, SHARE, INTERVAL = 10, 7, 11
NARROWEST = 12


class ExamStatisticsScreen(ListScreen):
    """Facility per question and per mistake, each with its Wilson interval."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "show the card; of a mistake, open its simulation in the Lab"),
        Binding("u", "app.undo", "take the last act back"),
        Binding("U", "app.redo", "do it again"),
        Binding("q,escape", "app.pop_screen", "back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._statistics: QuestionStatistics | None = None
        self._read = 0

    def on_mount(self) -> None:
        """Read all exams, beside the screen: it may be a thousand."""
        self.static("bar").update(Content("Question statistics"))
        self.lay_out()
        self.run_worker(self._collect(), exclusive=True, exit_on_error=False)

    async def _collect(self) -> None:
        exams = self.library.exams
        rows = exams.counted()
        sittings = []
        for row in rows:
            sittings.append(exams.load(row.id).sitting)
            self._read = len(sittings)
            if self._read % 16 == 0:
                self.above(Content.styled(f"Reading exam {self._read} of {len(rows)} …", DIM))
                await asyncio.sleep(0)
        self._statistics = question_statistics(sittings)
        self.lay_out()

    # --- showing ----------------------------------------------------------------------------------

    def lay_out(self) -> None:
        """Show the figures, or that there are none yet."""
        found, width = self._statistics, self.text_width
        back = [Hint("?", "keys", "app.keys"), Hint("q", "back", "app.pop_screen")]
        if found is None or not found.questions:
            self.above(Content("Reading …") if found is None else nothing(width))
            self.rows.show(lambda _: Content(), 0, (), 0)
            self.query_one(Hints).show(back)
            return
        self.above(head(found, width))
        questions, mistakes = len(found.questions), len(found.mistakes)
        second = questions + 2  # after a blank line and a heading
        rows = [*range(questions), *range(second, second + mistakes)]
        shown = self.rows
        shown.show(self._line, second + mistakes if mistakes else questions, rows, shown.row)
        self._show_hints()

    def _show_hints(self) -> None:
        is_question = isinstance(self._question(self.rows.row), Facility)
        enter = "show the card" if is_question else "its simulation in the Lab"
        self.query_one(Hints).show(
            [
                Hint("Enter", enter, "screen.open"),
                Hint("↑↓", "row"),
                Hint("?", "keys", "app.keys"),
                Hint("q", "back", "app.pop_screen"),
            ]
        )

    def on_line_list_moved(self) -> None:
        """Mistakes lead elsewhere than questions."""
        self._show_hints()

    def _question(self, row: int) -> Facility | None:
        found = self._statistics
        return found.questions[row] if found is not None and row < len(found.questions) else None

    def _line(self, number: int) -> Content:
        found, width = self._statistics, self.text_width
        if found is None:
            return Content()
        questions = len(found.questions)
        if number < questions:
            return line(self._titled(found.questions[number].name), found.questions[number], width)
        if number < questions + 2:
            return heading("Mistakes made most", "made", width) if number > questions else Content()
        mistake = found.mistakes[number - questions - 2]
        simulation, _, name = mistake.name.partition(".")
        return line(
            Content.assemble(plain(name.replace("_", " ")), (plain(f"  {simulation}").plain, DIM)), mistake, width
        )

    def _titled(self, card_id: str) -> Content:
        """A question as its card asks it now, or its id if no deck has it any more."""
        card = self.library.store.card(card_id)
        return question_line(card) if card is not None else plain(f"{card_id} (no longer in a deck)")

    # --- keys -------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """Show the card of a question, or the simulation that a mistake is run by."""
        from studyapp.tui.card_screen import CardScreen

        found, row = self._statistics, self.rows.row
        if found is None or not found.questions:
            return
        question = self._question(row)
        with self.study_app.guard():
            if question is None:
                simulation, _, mistake = found.mistakes[row - len(found.questions)].name.partition(".")
                self.study_app.open_lab(simulation, mistake=mistake)
                return
            card = self.library.store.card(question.name)
            if card is not None:
                self.app.push_screen(CardScreen(card))
            else:
                self.study_app.say(f"No deck has the card {question.name} any more.")


# --- its texts ------------------------------------------------------------------------------------


def nothing(width: int) -> Content:
    """What stands there before the first exam that counts."""
    said = plain(
        "Each question of an exam is counted here once the exam is over: how often it was right, and which mistakes "
        "were made. Practice exams and rehearsals are left out."
    )
    return Content("\n").join([Content.styled("No exam has been counted yet.", BOLD), *said.wrap(width)])


def head(found: QuestionStatistics, width: int) -> Content:
    """What the figures are from and how to read them."""
    exams = wording.counted(found.sittings, "exam")
    said = plain(
        f"From {exams} of your own; practice and rehearsals are left out. ● is the share, ├─┤ its 95 % interval "
        "(Wilson): a few times tell little."
    )
    return Content("\n").join([*said.wrap(width), Content(), heading("Questions, lowest first", "right", width)])


def _name_width(width: int) -> int:
    return max(NARROWEST, width - TIMES - SHARE - INTERVAL - TRACK - 1)


def heading(what: str, times: str, width: int) -> Content:
    """The names of the columns."""
    text = (
        padded(fitted(what, _name_width(width) - 1), _name_width(width))
        + times.ljust(TIMES)
        + "share".rjust(SHARE - 2)
        + "95 %".rjust(INTERVAL)
    )
    return Content.styled(f"{text}   0 %{'100 %'.rjust(TRACK - 3)}", DIM)


def line(name: Content, one: Facility, width: int) -> Content:
    """One question or mistake: so many times of so many, the share, its interval in numbers and drawn."""
    room = _name_width(width)
    name = name.truncate(room - 1, ellipsis=True)
    return Content.assemble(
        name,
        " " * (room - name.cell_length),
        f"{one.times} of {one.of}".ljust(TIMES),
        percent(one.share).rjust(SHARE - 2),
        span(one.interval).rjust(INTERVAL),
        f"   {track(one)}",
    )


def track(one: Facility) -> str:
    """The interval between 0 and 100 % with the share in it: `···├───●─────┤·······`."""
    low, share, high = (round((TRACK - 1) * value) for value in (one.interval[0], one.share, one.interval[1]))
    cells = ["·"] * TRACK
    cells[low : high + 1] = ["─"] * (high - low + 1)
    cells[low], cells[high] = "├", "┤"
    cells[share] = "●"
    return "".join(cells)
