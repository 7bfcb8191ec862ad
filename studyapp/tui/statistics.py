"""Statistics: how it has been going, and how well a learner knows how much they know."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from studyapp.core.experiments.predictions import RULE, Calibration, calibration
from studyapp.core.history import effective
from studyapp.core.sm2 import PASS
from studyapp.core.statistics import Share, Statistics, statistics
from studyapp.tui import wording
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.review_text import BOLD, DIM
from studyapp.tui.screen import StudyScreen

BAR = 20
LABEL = 14


class StatisticsScreen(StudyScreen):
    """Answers in Spaced, and predictions in the Lab, each by how sure the learner was."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,escape", "app.pop_screen", "back")]
    OTHER_KEYS: ClassVar[dict[str, str]] = {"↑ ↓ PgUp PgDn": "scroll"}
    CSS = """
    StatisticsScreen VerticalScroll { height: 1fr; padding: 1 1 0 1; }
    StatisticsScreen #text { height: auto; }
    """

    def compose(self) -> ComposeResult:
        """Title, text, keys."""
        yield Static("Statistics · all decks", classes="bar", markup=False)
        with VerticalScroll():
            yield Static(id="text")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Say how to go on, and count."""
        self.query_one(Hints).show([Hint("q", "back", "app.pop_screen"), Hint("?", "keys", "app.keys")])
        self.query_one(VerticalScroll).focus()
        self.renew()

    def renew(self) -> None:
        """Count the log anew."""
        with self.study_app.guard():
            entries = effective([row.entry for row in self.library.store.entries(newest_first=False)])
            self.static("text").update(text(statistics(entries), calibration(entries)))


def text(counts: Statistics, made: Calibration) -> Content:
    """Both tables, with what there is to do where one is empty."""
    lines = [_answers(counts), Content(), Content.styled("Are you sure?   answers to options in Spaced", BOLD)]
    shares = [("sure", counts.sure), ("a guess", counts.guess)]
    lines += [_share(name, share) for name, share in shares if share.of] or [
        plain("No answer was said to be sure yet.")
    ]
    right, of = made.total
    lines += [Content(), Content.styled("Predictions before a run   in the Lab", BOLD)]
    if not of:
        lines.append(plain("None yet: in the Lab (x) d predicts a value and D draws a curve, before the run shows it."))
        return Content("\n").join(lines)
    lines += [_share(name, Share(*counted)) for name, counted in made.right.items() if counted[1]]
    lines.append(_share("all", Share(right, of)))
    if made.drawn:
        far = [f"{made.decades:.1f} decades"] if made.decades is not None else []
        far += [f"{100 * made.spans:.0f} % of the span"] if made.spans is not None else []
        drawn = wording.counted(made.drawn, "curve")
        lines.append(plain(f"{'drawn'.ljust(LABEL)}{drawn} among them, the middle one {' and '.join(far)} off"))
    lines += [Content.styled(RULE, DIM), Content(), plain(advice(made))]
    return Content("\n").join(lines)


def _answers(counts: Statistics) -> Content:
    if not counts.answers:
        return plain("No study sessions yet: Enter on Home starts one.")
    passed = sum(number for grade, number in counts.grades.items() if grade >= PASS)
    answers = f"{wording.counted(counts.answers, 'answer')} on {wording.counted(counts.cards, 'card')}"
    days = wording.counted(len(counts.days), "day")
    return plain(f"{answers}, {100 * passed / counts.answers:.0f} % passed, on {days}")


def _share(name: str, share: Share) -> Content:
    part = share.right / share.of
    full = round(BAR * part)
    bar = "█" * full + "░" * (BAR - full)
    return Content.assemble(name.ljust(LABEL), bar, (f" {100 * part:3.0f} %", BOLD), (f" of {share.of}", DIM))


def advice(made: Calibration) -> str:
    """What the calibration says, once there is enough of it: whoever is sure should be right more often."""
    sure, guess = made.right["sure"], made.right["a guess"]
    if min(sure[1], guess[1]) < 5:
        return "With five predictions of each kind it can be told how well your confidence is placed."
    if sure[0] / sure[1] <= guess[0] / guess[1]:
        return "When sure you are right no more often than when guessing: predict once more before you are sure."
    if sure[0] / sure[1] < 0.7:
        return "You are sure more often than you are right."
    return "When you are sure you are mostly right."
