"""The lines of a report: the score and how sure it is, topics, habits, and the questions that cost a mark."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from studyapp.core.exam.paper import Paper
from studyapp.core.exam.report import Answer, Habits, Outcome, Report, Tally, Topic
from studyapp.core.exam.sitting import Sitting
from studyapp.tui import wording
from studyapp.tui.card_text import content, plain
from studyapp.tui.exam_wording import chance, given, seconds, span, stands_for, tally
from studyapp.tui.hints import broken
from studyapp.tui.review_text import BOLD, DIM, LETTERS, RIGHT, WRONG

Leads = Topic | Answer | None
COLUMNS = {"right": 10, "time": 11, "sure": 13}
START = "  ← start here"
GIVEN, KEY = 14, 5
FOLDED = 3
"""So many topics and more without a mistake stand on one line: what is to be done comes first."""

NARROWEST = 12
"""A question's or topic's name keeps so many cells on any screen."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line, and what Enter does on it: drill a topic, open a question, or nothing."""

    text: Content
    leads_to: Leads = None


def lines(sitting: Sitting, report: Report, width: int, *, everything: bool) -> list[ReportLine]:
    """The whole report in so many columns; `everything` also lists the questions that were right."""
    rule = ReportLine(Content.styled("─" * width, DIM))
    head = [ReportLine(Content()), *[ReportLine(line) for line in score(sitting, report, width)]]
    topics = [] if sitting.paper.rules.rehearsal else _topics(report, width, everything=everything)
    questions = _questions(report, width, everything=everything)
    return [*head, rule, *topics, *_habits(report, width), rule, *questions]


# --- the head -------------------------------------------------------------------------------------


def score(sitting: Sitting, report: Report, width: int) -> list[Content]:
    """The score with what chance gives and how far it may be off, new questions apart, and what is to be known."""
    rules = sitting.paper.rules
    first = Content.styled(tally(report.score), BOLD)
    notes = broken([Content.styled(note, DIM) for note in noted(sitting, report)], width)
    if rules.rehearsal:
        return [first, *notes]
    sure = plain(f"95 % interval {span(report.score.interval)}")
    guessing = plain(f"blind guessing gives {chance(report.by_chance)}")
    return [*broken([first, guessing, sure], width), *broken(_seen(report.unseen, report.seen), width), *notes]


def _seen(unseen: Tally, seen: Tally) -> list[Content]:
    if not unseen.of:
        return [plain("all of them were seen before, in study or an exam: expect less of new questions")]
    expect = Content.assemble("never seen before  ", (tally(unseen).replace("   ", "  "), BOLD), "  ← expect this")
    if not seen.of:
        return [plain("never seen before  all of them  ← expect this")]
    return [expect, plain(f"seen before  {tally(seen)}".replace("   ", "  "))]


def noted(sitting: Sitting, report: Report) -> list[str]:
    """What sets this sitting apart, in words; nothing for an ordinary one that was finished in time."""
    rules, outcomes = sitting.paper.rules, [one.outcome for one in report.answers]
    not_reached = outcomes.count(Outcome.NOT_REACHED)
    found = []
    if rules.rehearsal:
        found.append("A rehearsal: it counts nowhere.")
    elif rules.practice:
        found.append("Practice: it stays out of the statistics.")
    if sitting.expired:
        found.append("Its time ran out.")
    if not_reached:
        found.append(f"{not_reached} of {len(outcomes)} questions not reached.")
    if rules.extra_time > 1:
        found.append(f"Extra time: × {rules.extra_time:g}.")
    return found


# --- topics and habits ----------------------------------------------------------------------------


def _topics(report: Report, width: int, *, everything: bool) -> list[ReportLine]:
    """Each topic that lost a mark; the others by their names in one line, unless everything is wanted."""
    names = max(NARROWEST, width - sum(COLUMNS.values()) - len(START))
    heading = "Topic".ljust(names) + "right".ljust(COLUMNS["right"]) + "a question".rjust(COLUMNS["time"])
    heading += "sure, wrong".rjust(COLUMNS["sure"])
    found = [ReportLine(Content.styled(heading, DIM))]
    flawless = [one for one in report.topics if one.tally.right == one.tally.of]
    if everything or len(flawless) < FOLDED:
        flawless = []
    found += [ReportLine(_topic(one, report.start_with, names), one) for one in report.topics if one not in flawless]
    if flawless:
        said = f"all right in {len(flawless)} others: " + ", ".join(one.name for one in flawless)
        found.append(ReportLine(plain(said).truncate(width, ellipsis=True).stylize(DIM)))
    return found


def _topic(topic: Topic, start_with: str, names: int) -> Content:
    return Content.assemble(
        _cell(plain(topic.name), names),
        f"{topic.tally.right} of {topic.tally.of}".ljust(COLUMNS["right"]),
        (seconds(topic.milliseconds) if topic.milliseconds else "-").rjust(COLUMNS["time"]),
        (str(topic.sure_and_wrong) if topic.sure_and_wrong else "-").rjust(COLUMNS["sure"]),
        START if topic.name == start_with else "",
    )


def _habits(report: Report, width: int) -> list[ReportLine]:
    label = "Habits  "
    told = [plain(one) for one in habits(report.habits, report.guessed)]
    parts = broken(told or [plain("nothing was saved, and nothing picked")], width - len(label))
    marks = [Content.styled(label, DIM), *[Content(" " * len(label))] * (len(parts) - 1)]
    return [ReportLine(mark + part) for mark, part in zip(marks, parts, strict=True)]


def habits(one: Habits, guessed: Tally) -> list[str]:
    """What cost or gained marks besides knowing, each in a phrase; what did not happen is not said."""
    found = []
    if one.picked_not_saved:
        lost = wording.counted(one.picked_and_right, "mark")
        right = f"{one.picked_and_right} {_was(one.picked_and_right)} right: {lost} lost"
        found.append(f"{one.picked_not_saved} picked, never saved ({right if one.picked_and_right else 'none right'})")
    if one.changed:
        ways = {"right": one.became_right, "wrong": one.became_wrong}
        other = one.changed - one.became_right - one.became_wrong
        said = [f"{number} became {way}" for way, number in ways.items() if number]
        said += [f"{other} stayed wrong"] * bool(other)
        found.append(f"changed {wording.counted(one.changed, 'answer')}: {', '.join(said)}")
    found += [f"{one.left_blank} left blank"] * bool(one.left_blank)
    found += [f"{one.timed_out} timed out"] * bool(one.timed_out)
    found += [f"{one.sure_and_wrong} sure and wrong"] * bool(one.sure_and_wrong)
    if guessed.of:
        found.append(f"{wording.counted(guessed.of, 'guess', 'guesses')}, {guessed.right} right")
    if one.first_save is not None:
        found.append(f"first save after {seconds(one.first_save)}")
    return found


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


# --- questions ------------------------------------------------------------------------------------


def listed(report: Report, *, everything: bool) -> tuple[Answer, ...]:
    """The questions a report lists: those that cost a mark, or all of them."""
    return report.answers if everything else report.missed


def _questions(report: Report, width: int, *, everything: bool) -> list[ReportLine]:
    answers = listed(report, everything=everything)
    if not answers:
        return [ReportLine(Content.styled("Nothing was missed. a lists all questions.", BOLD))]
    prompts = max(NARROWEST, (width - 5 - GIVEN - KEY - 2) // 2)
    heading = ("   All questions" if everything else "   Missed").ljust(prompts + 5)
    heading += "you".ljust(GIVEN) + "key".ljust(KEY) + "the mistake it stands for"
    found = [ReportLine(Content.styled(heading, DIM))]
    rest = width - 5 - prompts - GIVEN - KEY - 2
    return found + [ReportLine(_question(one, prompts, rest), one) for one in answers]


def _question(answer: Answer, prompts: int, rest: int) -> Content:
    right = answer.outcome is Outcome.RIGHT
    return Content.assemble(
        f"{answer.number + 1:>2} ",
        f"{RIGHT if right else WRONG} ",
        _cell(content(answer.question.prompt).first_line, prompts),
        given(answer).ljust(GIVEN),
        LETTERS[answer.question.right].ljust(KEY),
        _cell(content(stands_for(answer)).first_line, rest, pad=bool(answer.question.simulation)),
        (" x", DIM) if answer.question.simulation else "",
    )


def _cell(text: Content, cells: int, *, pad: bool = True) -> Content:
    """A text cut off or filled up to so many cells, one of them blank at its end."""
    cut = text.truncate(max(1, cells - 1), ellipsis=True)
    return cut + " " * (cells - cut.cell_length) if pad else cut


def bar(paper: Paper, when: str, width: int, score: str = "") -> Content:
    """Which exam this was, and under which rules; the score before it, where it is given."""
    name = "rehearsal" if paper.rules.rehearsal else paper.rules.name
    rules = f"{name} rules" if name and not paper.rules.rehearsal else ""
    title = plain(f"{score or 'Report'} · {paper.title} · {when}")
    if not rules:
        return title.truncate(width, ellipsis=True)
    room = width - len(rules) - 2
    return Content.assemble(title.truncate(room, ellipsis=True, pad=True), "  ", (plain(rules).plain, DIM))
