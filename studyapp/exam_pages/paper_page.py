"""A paper for print: the questions as a sitting asks them, and after a page break the answer key."""

from __future__ import annotations

from collections.abc import Iterator

from studyapp.core.exam.paper import ExamQuestion, Paper
from studyapp.exam_pages.blocks import (
    Block,
    CardText,
    Choice,
    Choices,
    Heading,
    Together,
    Words,
    clock,
    counted,
    letter,
)
from studyapp.exam_pages.report_page import asked, explanation, reason


def paper_page(paper: Paper, *, minutes: float | None = None) -> list[Block]:
    """The questions, then their key. `minutes` is how long the whole exam takes, if not what its limits add up to."""
    end = paper.natural_end if minutes is None else round(60_000 * minutes * paper.rules.extra_time)
    asks = f"{counted(len(paper.questions), 'question')}, {clock(end)} in all"
    extra = f", extra time × {paper.rules.extra_time:g} included" if paper.rules.extra_time != 1 else ""
    blocks: list[Block] = [Heading(1, paper.title), Words(f"{asks}{extra}. Seed {paper.seed}."), Words(_rules(paper))]
    if paper.rules.practice:
        blocks.append(Words("Practice exam.", strong=True))
    if paper.rules.email:
        blocks.append(Words("First, an item that does not score: write down your e-mail address."))
    blocks.append(Heading(2, "Questions"))
    for number, question in enumerate(paper.questions):
        options = tuple(Choice(letter(place), one.text) for place, one in enumerate(question.options))
        title = Heading(3, f"{number + 1} ({clock(paper.limit(number))})")
        blocks.append(Together((title, *asked(question), Choices(options))))
    return [*blocks, *_key(paper)]


def _rules(paper: Paper) -> str:
    order = "in this order, without going back, " if paper.rules.forward_only else ""
    return (
        f"Closed book. Answer {order}each question in the time beside its number. One option is the best answer. "
        "Every question counts the same; nothing is subtracted for a wrong answer."
    )


def _key(paper: Paper) -> Iterator[Block]:
    answers = (f"{number + 1} {letter(question.right)}" for number, question in enumerate(paper.questions))
    yield Together((Heading(2, "Answer key"), Words(" · ".join(answers), strong=True)), new_page=True)
    for number, question in enumerate(paper.questions):
        yield Together((Heading(3, f"{number + 1}: {letter(question.right)}"), *_answer(question)))


def _answer(question: ExamQuestion) -> Iterator[Block]:
    yield CardText(question.options[question.right].text)
    yield from explanation(question)
    wrong = [
        Choice(letter(place), one.text, reason=why)
        for place, one in enumerate(question.options)
        if not one.correct and (why := reason(one))
    ]
    if wrong:
        yield Words("What the other options stand for:")
        yield Choices(tuple(wrong))
