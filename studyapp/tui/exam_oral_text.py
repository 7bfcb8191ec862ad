"""The texts of the oral follow-up: the question, what was written beside a model answer, the ratings, the summary."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style

from studyapp.core.exam.paper import ExamQuestion
from studyapp.core.exam.report import Report
from studyapp.exams import Kept
from studyapp.tui.card_text import content, plain
from studyapp.tui.review_text import BOLD, DIM, LETTERS, RIGHT, beside, labelled, stacked

RATINGS = ("not at all", "in part", "the main point", "fully, with the why")
"""How well something was explained, 0 to 3."""


def asked(question: ExamQuestion, width: int) -> Content:
    """The question as it was asked, without what was answered."""
    return stacked(
        Content.styled("Explain in your own words: what is the answer, and why?", DIM),
        _question(question, width),
        Content("\n").join(
            [
                beside(Content(f"{LETTERS[place]}  "), content(option.text, width=width - 3), width)
                for place, option in enumerate(question.options)
            ]
        ),
    )


def compared(question: ExamQuestion, written: str, width: int) -> Content:
    """What was written, and what a good explanation says."""
    key = question.options[question.right]
    answer = content(key.text, width=width - 5).stylize(BOLD)
    reasons = [
        beside(Content.styled(f"{LETTERS[place]}  ", DIM), content(option.reason, width=width - 3), width)
        for place, option in enumerate(question.options)
        if option.reason and not option.correct
    ]
    wrote = plain(written.strip()) if written.strip() else Content.styled("nothing; say it aloud", DIM)
    return stacked(
        _question(question, width),
        beside(Content.styled("You wrote  ", DIM), wrote, width),
        Content.styled("A model answer", DIM),
        beside(Content.styled(f"{RIGHT} {LETTERS[question.right]}  ", BOLD), answer, width),
        content(question.explanation, width=width) if question.explanation else None,
        Content("\n").join(reasons) if reasons else None,
        labelled("source", question.source, width),
    )


def _question(question: ExamQuestion, width: int) -> Content:
    front = content(question.front, width=width) if question.front else None
    return stacked(content(question.prompt, width=width).stylize(BOLD), front)


def rating_row(rating: int | None, width: int) -> Content:
    """The four ratings, the one given before marked; each can be clicked."""
    parts = [
        Content.styled(
            f"{'▸' if number == rating else ' '}{number} {words}",
            (BOLD if number == rating else Style()) + Style.from_meta({"@click": f"screen.rate({number})"}),
        )
        for number, words in enumerate(RATINGS)
    ]
    question = Content.styled("How well did you explain it?", DIM)
    row = Content("  ").join(parts)
    return Content("\n").join([question, *(row.wrap(width) if row.cell_length > width else [row])])


def summary(kept: Kept, report: Report, drawn: tuple[int, ...], width: int) -> Content:
    """What was explained how well; the score is not touched."""
    sitting = kept.sitting
    done = sum(number in sitting.explained for number in drawn)
    lines = [Content.styled(f"Explained {done} of {len(drawn)}.", BOLD), Content()]
    for number in drawn:
        said = RATINGS[sitting.explained[number]] if number in sitting.explained else "not yet"
        prompt = content(sitting.paper.questions[number].prompt).first_line
        room = max(10, width - 26)
        prompt = prompt.truncate(room - 2, ellipsis=True)
        lines.append(Content.assemble(f"{number + 1:>2}  ", prompt, " " * (room - prompt.cell_length), said))
    score = f"The score stays {report.score.right} of {report.score.of}."
    return Content("\n").join([*lines, Content(), plain(score)])
