"""The report of a sitting: what it came to, where to start, and every question again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from studyapp.core.exam.oral import to_explain
from studyapp.core.exam.report import Answer, Report, Topic
from studyapp.exam_errors import ExamError
from studyapp.exams import Kept
from studyapp.store import StoreError
from studyapp.tui import exam_report_text, exam_wording, wording
from studyapp.tui.card_text import plain
from studyapp.tui.exam_report_text import ReportLine
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.line_list import MOVES, LineList
from studyapp.tui.review_text import BOLD
from studyapp.tui.screen import LOW, StudyScreen


class ReportScreen(StudyScreen):
    """One sitting after its end; until an official end only when its results will be there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "drill the topic, or open the question"),
        Binding("x", "run", "run the question's simulation in the Lab"),
        Binding("a", "everything", "list all questions, or only the missed ones"),
        Binding("M", "make_due", "make the missed cards due today"),
        Binding("r", "again", "the same paper with new numbers"),
        Binding("o", "explain", "explain some questions in words"),
        Binding("f", "save", "save the report: .md, .html or .json"),
        Binding("d", "handed_in", "what was handed in, and when"),
        Binding("u", "app.undo", "take the last act back"),
        Binding("U", "app.redo", "do it again"),
        Binding("q,escape", "app.pop_screen", "back"),
    ]
    OTHER_KEYS: ClassVar[dict[str, str]] = MOVES

    def __init__(self, sitting_id: str) -> None:
        super().__init__()
        self._sitting_id = sitting_id
        self._kept: Kept | None = None
        self._report: Report | None = None
        self._until: datetime | None = None
        self._trouble = ""
        self._everything = False
        self._lines: list[ReportLine] = []
        self._rows: list[int] = []

    def compose(self) -> ComposeResult:
        """The bar, the report, the keys."""
        yield Static(id="bar", classes="bar")
        yield LineList()
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """While results wait, notice when they may be shown."""
        self.query_one(LineList).focus()
        with self.study_app.guard():
            self.library.tell_of(self._sitting_id)
        self.set_interval(1, self._look)

    def _look(self) -> None:
        if self._until is not None and self.library.now() >= self._until:
            self.renew()

    def on_screen_resume(self) -> None:
        """Read it afresh: a question may have been explained meanwhile."""
        self.renew()

    def on_resize(self) -> None:
        """Lay everything out anew."""
        self._show()

    def renew(self) -> None:
        """Read the sitting, and its report as far as it may be shown."""
        exams, was_shown = self.library.exams, self._report is not None
        self._report = self._until = None
        try:
            self._kept = exams.settle(exams.load(self._sitting_id))
            self._until = exams.results_wait_until(self._kept)
            if self._until is None:
                self._kept, self._report = exams.report(self._sitting_id)
        except (ExamError, StoreError) as error:
            self._trouble = str(error)
        self._show(at_start=not was_shown)

    # --- showing ----------------------------------------------------------------------------------

    def _show(self, *, at_start: bool = False) -> None:
        kept, report = self._kept, self._report
        if kept is not None:
            when = exam_wording.instant(kept.started, self.library.now())
            low = self.app.size.height < LOW  # there the list may begin below the score
            score = exam_wording.tally(report.score) if report is not None and low else ""
            bar = exam_report_text.bar(kept.sitting.paper, when, self.app.size.width - 2, score)
            self.static("bar").update(bar)
        if kept is None or report is None:
            self._lines = [ReportLine(Content()), ReportLine(self._instead())]
        else:
            self._lines = exam_report_text.lines(kept.sitting, report, self.text_width, everything=self._everything)
        self._rows = [place for place, line in enumerate(self._lines) if line.leads_to is not None]
        shown = self.query_one(LineList)
        row = self._first_row() if at_start else shown.row
        shown.show(lambda number: self._lines[number].text, len(self._lines), self._rows, row)
        self._show_hints()

    def _instead(self) -> Content:
        """What stands there while there is nothing to report."""
        if self._until is None or self._kept is None:
            return plain(self._trouble)
        kept = self._kept
        return Content.styled(exam_wording.waits(kept.started, kept.sitting.end, self.library.now()), BOLD)

    def _first_row(self) -> int:
        """The row to start with: the topic that promises most."""
        start = self._report.start_with if self._report is not None else ""
        leads = [self._lines[place].leads_to for place in self._rows]
        return next((row for row, one in enumerate(leads) if isinstance(one, Topic) and one.name == start), 0)

    @property
    def _at(self) -> Topic | Answer | None:
        """What is highlighted."""
        return self._lines[self._rows[self.query_one(LineList).row]].leads_to if self._rows else None

    def _show_hints(self) -> None:
        kept, report, back = self._kept, self._report, Hint("q", "back", "app.pop_screen")
        if kept is None or report is None:
            handed_in = [Hint("d", "what was handed in", "screen.handed_in")] if kept is not None else []
            self.query_one(Hints).show([*handed_in, Hint("?", "keys", "app.keys"), back])
            return
        at, missed = self._at, len(report.missed_cards)
        enter = "study its deck" if isinstance(at, Topic) else "open"
        run = [Hint("x", "run it", "screen.run")] if isinstance(at, Answer) and at.question.simulation else []
        cards = not kept.sitting.paper.rules.rehearsal
        due = [Hint("M", f"make the {missed} due today", "screen.make_due", "make due")] if missed and cards else []
        explain = [Hint("o", self._to_explain(kept), "screen.explain", "explain")] if cards else []
        again = "same paper, new numbers" if cards else "once more"
        other = "only the missed" if self._everything else "all questions"
        self.query_one(Hints).show(
            [
                Hint("Enter", enter, "screen.open"),
                *run,
                *due,
                *explain,
                Hint("r", again, "screen.again", "again"),
                Hint("a", other, "screen.everything", other.rpartition(" ")[2] if self._everything else "all"),
                Hint("f", "save", "screen.save"),
                Hint("?", "keys", "app.keys"),
                back,
            ]
        )

    def _to_explain(self, kept: Kept) -> str:
        drawn = to_explain(kept.sitting)
        done = sum(question in kept.sitting.explained for question in drawn)
        return f"explain {len(drawn)} in words" if not done else f"explained {done} of {len(drawn)}"

    def on_line_list_moved(self) -> None:
        """Other rows have other keys."""
        self._show_hints()

    def on_line_list_opened(self) -> None:
        """A second click opens."""
        self.action_open()

    # --- keys -------------------------------------------------------------------------------------

    def action_open(self) -> None:
        """Drill the topic, or open the question."""
        kept, report, at = self._kept, self._report, self._at
        if isinstance(at, Topic):
            self._study(at)
        elif isinstance(at, Answer) and kept is not None and report is not None:
            from studyapp.tui.exam_answer import AnswerScreen

            answers = exam_report_text.listed(report, everything=self._everything)
            self.app.push_screen(AnswerScreen(kept, answers, answers.index(at)))

    def _study(self, topic: Topic) -> None:
        from studyapp.tui.review import ReviewScreen

        asked = [one.question for one in self._report.answers] if self._report is not None else []
        decks = list(dict.fromkeys(one.deck for one in asked if one.topic == topic.name))
        with self.study_app.guard():
            session = self.library.study(decks)
            if session.left:
                self.app.push_screen(ReviewScreen(session))
            else:
                self.study_app.say("Nothing of this deck is due today; M makes the missed cards due.")

    def action_run(self) -> None:
        """Open the Lab at the question's simulation and numbers."""
        from studyapp.tui.exam_answer import run_in_lab

        at = self._at
        if isinstance(at, Answer):
            run_in_lab(self.study_app, at)
        else:
            self.study_app.say("Choose a question first: its numbers are run.")

    def action_everything(self) -> None:
        """List all questions, or only those that cost a mark; the highlight stays on its question if it is listed."""
        at = self._at
        self._everything = not self._everything
        self._show()
        found = [row for row, place in enumerate(self._rows) if self._lines[place].leads_to == at]
        shown = self.query_one(LineList)
        shown.show(lambda number: self._lines[number].text, len(self._lines), self._rows, *(found or [shown.row]))

    def action_make_due(self) -> None:
        """Have Spaced ask the missed cards today."""
        if self._kept is None or self._report is None:
            return
        with self.study_app.guard():
            number = self.library.exams.make_misses_due(self._report.missed_cards)
            if number:
                verb = "is" if number == 1 else "are"
                self.study_app.say(f"{wording.counted(number, 'missed card')} {verb} due today; u takes it back.")
            else:
                self.study_app.say("No card was missed that is not due already.")

    def action_again(self) -> None:
        """Make a paper of the same cards with new numbers, order and options, and open its lobby."""
        if self._kept is not None and self._report is not None:
            self.run_worker(self._again(self._kept), group="again", exclusive=True, exit_on_error=False)

    async def _again(self, kept: Kept) -> None:
        from studyapp.core.exam.rehearsal import rehearsal

        exams, paper = self.library.exams, kept.sitting.paper
        if paper.rules.rehearsal:
            self.study_app.open_exam(paper=rehearsal(self.library.seeds()))
            return
        with self.study_app.guard():
            plan = exams.again(paper)
            made = await exams.make(plan.blueprint(), paper.rules, title=paper.title, progress=self._tell_progress)
            self.study_app.open_exam(plan, made.paper)
        self._show()

    def _tell_progress(self, done: int, of: int) -> None:
        self.static("bar").update(plain(f"Making the paper: {done} of {of} questions …"))

    def action_explain(self) -> None:
        """Explain some of the questions in words."""
        from studyapp.tui.exam_oral import OralScreen

        if self._report is None or self._kept is None:
            return
        if self._kept.sitting.paper.rules.rehearsal:
            self.study_app.say("A rehearsal asks nothing that could be explained.")
        else:
            self.app.push_screen(OralScreen(self._sitting_id))

    def action_handed_in(self) -> None:
        """Show each question's answer with when it was saved."""
        from studyapp.tui.exam_submission import SubmissionScreen

        if self._kept is not None:
            self.app.push_screen(SubmissionScreen(self._sitting_id))

    def action_save(self) -> None:
        """Ask for a file and write the report there."""
        if self._kept is not None and self._report is not None:
            self.run_worker(self._save(self._kept, self._report), group="ask", exit_on_error=False)

    async def _save(self, kept: Kept, report: Report) -> None:
        from studyapp.tui.ask import AskLine
        from studyapp.tui.exam_report_file import save_report

        question = "Save the report as Markdown, HTML or JSON, by the name's ending (.md .html .json):"
        name = await self.app.push_screen_wait(AskLine(question, f"exam-{kept.id}.md", "save it"))
        if name:
            file = Path(name).expanduser().absolute()
            with self.study_app.guard():
                save_report(file, kept, report)
                self.study_app.say(f"Saved as {file}")
