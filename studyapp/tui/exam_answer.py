"""One question of an exam after the exam: what was answered, what is right and why, and when it was saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from studyapp.core import durations
from studyapp.core.exam.report import Answer, Outcome
from studyapp.core.exam.submission import Lock, submissions
from studyapp.exams import Kept
from studyapp.tui import exam_wording
from studyapp.tui.card_text import content, plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.review_text import BOLD, DIM, LETTERS, RIGHT, WRONG, beside, labelled, stacked
from studyapp.tui.screen import StudyScreen

if TYPE_CHECKING:
    from studyapp.tui.app import StudyApp


class AnswerScreen(StudyScreen):
    """The questions that a report lists, one at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,n", "step(1)", "next question"),
        Binding("left,p", "step(-1)", "question before"),
        Binding("x", "run", "run its simulation in the Lab"),
        Binding("u", "app.undo", "take the last act back"),
        Binding("U", "app.redo", "do it again"),
        Binding("q,escape,enter", "app.pop_screen", "back to the report"),
    ]
    OTHER_KEYS: ClassVar[dict[str, str]] = {"↑ ↓ PgUp PgDn": "scroll"}
    CSS = """
    AnswerScreen VerticalScroll { height: 1fr; padding: 1 1 0 1; scrollbar-size-vertical: 1; }
    AnswerScreen #question { height: auto; margin-bottom: 1; }
    """

    def __init__(self, kept: Kept, answers: Sequence[Answer], place: int) -> None:
        super().__init__()
        self._kept, self._answers, self._place = kept, answers, place

    def compose(self) -> ComposeResult:
        """The bar, the question, the keys."""
        yield Static(id="bar", classes="bar")
        with VerticalScroll():
            yield Static(id="question")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Let the keys scroll."""
        self.query_one(VerticalScroll).focus()
        self._show()

    def on_resize(self) -> None:
        """Lay it out anew."""
        self._show()

    def _show(self) -> None:
        answer = self._answers[self._place]
        self.static("bar").update(bar(answer, len(self._kept.sitting.attempts), self.app.size.width - 2))
        self.static("question").update(in_full(self._kept, answer, self.text_width))
        run = [Hint("x", "run it at these numbers", "screen.run", "run")] if answer.question.simulation else []
        steps = []
        if self._place + 1 < len(self._answers):
            steps.append(Hint("→", "next", "screen.step(1)"))
        if self._place:
            steps.append(Hint("←", "before", "screen.step(-1)"))
        back = Hint("q", "back to the report", "app.pop_screen", "back")
        self.query_one(Hints).show([*steps, *run, Hint("?", "keys", "app.keys"), back])

    def action_step(self, step: int) -> None:
        """Show the next question of the list, or the one before."""
        if 0 <= self._place + step < len(self._answers):
            self._place += step
            self._show()
            self.query_one(VerticalScroll).scroll_home(animate=False)
        else:
            self.study_app.say("This is the last one listed." if step > 0 else "This is the first one listed.")

    def action_run(self) -> None:
        """Open the Lab at the question's numbers."""
        run_in_lab(self.study_app, self._answers[self._place])


def run_in_lab(app: StudyApp, answer: Answer) -> None:
    """Open the Lab at a question's simulation and the numbers that the exam asked with."""
    question = answer.question
    if not question.simulation:
        app.say("No simulation stands behind this question.")
        return
    with app.guard():
        card = app.library.store.card(question.card)
        linked = card if card is not None and card.simulation is not None else None
        same = linked is not None and linked.simulation is not None and linked.simulation.name == question.simulation
        place = answer.saved.option if answer.saved is not None else answer.picked
        mistake = question.options[place].mistake if place is not None else ""
        app.open_lab(question.simulation, question.parameters, linked if same else None, mistake)


# --- its texts ------------------------------------------------------------------------------------


def bar(answer: Answer, of: int, width: int) -> Content:
    """Which question it is, its topic, and what became of it."""
    said = f"  {RIGHT if answer.outcome is Outcome.RIGHT else WRONG} {answer.outcome.value}"
    title = plain(f"Question {answer.number + 1} of {of} · {answer.question.topic}")
    return title.truncate(max(1, width - len(said)), ellipsis=True, pad=True) + said


def in_full(kept: Kept, answer: Answer, width: int) -> Content:
    """Everything about one question."""
    question = answer.question
    return stacked(
        content(question.prompt, width=width).stylize(BOLD),
        content(question.front, width=width) if question.front else None,
        Content("\n").join([_option(answer, place, width) for place in range(len(question.options))]),
        reason(answer, width),
        content(question.explanation, width=width) if question.explanation else None,
        _other_reasons(answer, width),
        labelled("source", question.source, width),
        _numbers(answer, width),
        handed_in(kept, answer, width),
    )


def _option(answer: Answer, place: int, width: int) -> Content:
    """One option, marked in signs and words and not by colour alone."""
    option, saved = answer.question.options[place], answer.saved
    chosen = saved is not None and saved.option == place
    picked = answer.picked == place and not chosen
    mark = RIGHT if option.correct else WRONG if chosen else "-" if picked else " "
    style = BOLD if option.correct else Style() if chosen or picked else DIM
    said = "right" if option.correct else ""
    if saved is not None and chosen:
        said = f"your answer{', a guess' if saved.guess else ', sure'}"
    elif picked:
        said = "picked and not saved: it does not count"
    elif place in answer.attempt.struck:
        said = ", ".join([*[said] * bool(said), "struck out"])
    text = content(option.text, width=width - 5).stylize(style)
    if said:
        text = Content.assemble(text, "    ", (said, DIM))
    return beside(Content.styled(f"{mark} {LETTERS[place]}  ", style), text, width)


def reason(answer: Answer, width: int) -> Content | None:
    """Why the option that was chosen is wrong: its named mistake in words, or the reason written for it."""
    place = answer.saved.option if answer.saved is not None else answer.picked
    if place is None:
        return None
    option = answer.question.options[place]
    text = option.reason or option.mistake.replace("_", " ")
    if option.correct or not text:
        return None
    return beside(Content.styled(f"{LETTERS[place]}  ", BOLD), content(text, width=width - 3), width)


def _other_reasons(answer: Answer, width: int) -> Content | None:
    chosen = answer.saved.option if answer.saved is not None else answer.picked
    lines = [
        beside(Content.styled(f"{LETTERS[place]}  ", DIM), content(option.reason, width=width - 3).stylize(DIM), width)
        for place, option in enumerate(answer.question.options)
        if option.reason and place != chosen
    ]
    return Content("\n").join(lines) if lines else None


def _numbers(answer: Answer, width: int) -> Content | None:
    question = answer.question
    if not question.simulation:
        return None
    numbers = ", ".join(f"{name} = {_number(value)}" for name, value in question.parameters.items())
    mark = Content.styled("simulation  ", DIM)
    return beside(mark, plain(f"{question.simulation}{': ' if numbers else ''}{numbers}"), width)


def _number(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return f"[{', '.join(map(_number, value))}]" if isinstance(value, tuple) else str(value)


def handed_in(kept: Kept, answer: Answer, width: int) -> Content:
    """When what was saved, how long it took, and what locked the question."""
    shown_at, one = answer.attempt.shown_at, submissions(kept.sitting, 0)[answer.number]
    if shown_at is None:
        return plain("It was not reached.").stylize(DIM)
    saves = [
        f"{LETTERS[save.option]} saved at {exam_wording.moment(kept.started, save.at)}, "
        f"after {durations.clock((save.at - shown_at) / 1000)}"
        for save in answer.attempt.saves
    ]
    used = f"{durations.clock(one.used / 1000)} of {durations.clock(one.limit / 1000)} used"
    ended = "" if one.lock is Lock.OPEN else f", until {one.lock.value}"
    lines = [*saves, *["nothing saved"] * (not saves), used + ended]
    return Content("\n").join([beside(Content(), plain(line).stylize(DIM), width) for line in lines])
