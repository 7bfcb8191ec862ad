"""The report of a sitting as a page: the score and what it is worth, topics, habits, then question by question."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from studyapp.core.exam.oral import to_explain
from studyapp.core.exam.paper import ExamOption, ExamQuestion
from studyapp.core.exam.report import Answer, Outcome, Report, Tally, Topic
from studyapp.core.exam.sitting import Sitting
from studyapp.exam_pages.blocks import (
    Block,
    CardText,
    Choice,
    Choices,
    Command,
    Heading,
    Table,
    Together,
    Words,
    between,
    clock,
    counted,
    letter,
    percent,
)
from studyapp.model import ParameterValue

if TYPE_CHECKING:
    from studyapp.exams import Kept


def report_page(kept: Kept, found: Report) -> list[Block]:
    """The whole report."""
    return [*summary(kept, found), *_questions(kept, found), *_origin(kept)]


def heading(kept: Kept, what: str) -> list[Block]:
    """Whose page it is: the exam, when it was, under which rules; practice and rehearsals say so."""
    sitting, paper = kept.sitting, kept.sitting.paper
    rules = paper.rules
    parts = [
        f"{kept.started.astimezone():%a %d %b %Y, %H:%M}",
        kept.id,
        f"{rules.name} rules" if rules.name and not rules.rehearsal else "",
        counted(len(paper.questions), "question"),
        f"time × {rules.extra_time:g}" if rules.extra_time != 1 else "",
        state(sitting),
    ]
    blocks: list[Block] = [Heading(1, f"{what} · {paper.title}"), Words(" · ".join(part for part in parts if part))]
    if rules.rehearsal:
        blocks.append(Words("Rehearsal: it teaches the setting, and says nothing about what you know.", strong=True))
    elif rules.practice:
        blocks.append(Words("Practice exam: it stays out of the question statistics.", strong=True))
    return blocks


def state(sitting: Sitting) -> str:
    """`running`, `finished`, or `expired` where time ended it."""
    return ("expired" if sitting.expired else "finished") if sitting.finished else "running"


# --- the summary ----------------------------------------------------------------------------------


def summary(kept: Kept, found: Report) -> list[Block]:
    """The report without its questions: what fits on a screen or two."""
    rows = [("score", found.score), ("marked as a guess", found.guessed)]
    if not kept.sitting.paper.rules.rehearsal:
        rows[1:1] = [("never seen before", found.unseen), ("seen before", found.seen)]
    tallies = [(name, *_tally(tally)) for name, tally in rows if tally.of]
    chance = ("blind guessing gives", f"{found.by_chance:.1f}", str(found.score.of))
    tallies.insert(1, (*chance, percent(found.by_chance / found.score.of), ""))
    blocks = heading(kept, "Report")
    blocks.append(Table(("", "right", "of", "", "95 % interval"), tallies, frozenset({1, 2, 3, 4})))
    blocks += [Words(line, strong) for line, strong in _worth(kept, found)]
    blocks += [Heading(2, "Topics"), _topics(found), Heading(2, "Habits")]
    blocks += [Words(line) for line in _habits(found)]
    if explained := _explained(kept.sitting):
        blocks += [Heading(2, "In words"), Words(explained)]
    return [*blocks, Heading(2, "Question by question"), _overview(kept, found)]


def _tally(tally: Tally) -> tuple[str, str, str, str]:
    return str(tally.right), str(tally.of), percent(tally.share), between(tally.interval)


def _worth(kept: Kept, found: Report) -> Iterator[tuple[str, bool]]:
    counts = {outcome: sum(one.outcome is outcome for one in found.answers) for outcome in Outcome}
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    yield f"{told}. Only right answers that were saved count; nothing is subtracted for the others.", False
    if kept.sitting.paper.rules.rehearsal:
        return
    if found.unseen.of:
        sure = f"{percent(found.unseen.share)} ({between(found.unseen.interval)})"
        basis = counted(found.unseen.of, "question")
        yield f"Expect {sure} of a real exam: so you did on the {basis} that you had never seen before.", True
    else:
        yield "You had seen every question before, in study or an exam, so this says nothing about a real exam.", True


def _topics(found: Report) -> Table:
    head = ("topic", "right", "of", "", "95 % interval", "a question", "sure, wrong", "")
    rows = [_topic(one, found.start_with) for one in found.topics]
    return Table(head, rows, frozenset({1, 2, 3, 4, 5, 6}))


def _topic(one: Topic, start_with: str) -> tuple[str, ...]:
    time = clock(one.milliseconds) if one.milliseconds else ""
    here = "start here" if one.name == start_with else ""
    return one.name, *_tally(one.tally), time, str(one.sure_and_wrong or ""), here


def _habits(found: Report) -> Iterator[str]:
    habits = found.habits
    if habits.picked_not_saved:
        lost = habits.picked_and_right
        cost = f" ({lost} of them right: {counted(lost, 'mark')} lost)" if lost else ""
        yield f"Picked and never saved: {habits.picked_not_saved}{cost}."
    if habits.changed:
        became = f"{habits.became_right} became right, {habits.became_wrong} became wrong"
        yield f"Answers changed: {habits.changed}; {became}."
    for name, number in (("Left blank", habits.left_blank), ("Timed out", habits.timed_out)):
        if number:
            yield f"{name}: {number}. A guess would have cost nothing."
    if habits.sure_and_wrong:
        yield f"Sure and wrong: {habits.sure_and_wrong}."
    if habits.first_save is None:
        yield "No answer was saved."
    else:
        yield f"First save {clock(habits.first_save)} after a question was shown (median)."


def asked_in_words(sitting: Sitting) -> list[int]:
    """The questions that the rules want explained in words, and others that were."""
    wanted = to_explain(sitting) if sitting.paper.rules.oral else ()
    return sorted({*wanted, *sitting.explained})


def _explained(sitting: Sitting) -> str:
    """How the explanations in words were rated, empty where there are none."""
    told = [
        f"question {number + 1}: {f'{sitting.explained[number]} of 3' if number in sitting.explained else 'not yet'}"
        for number in asked_in_words(sitting)
    ]
    return f"Rated by yourself; the score does not change. {'; '.join(told)}." if told else ""


def _overview(kept: Kept, found: Report) -> Table:
    head = ("", "topic", "result", "you", "key", "used", "limit", "saved at", "seen")
    rows = []
    for one in found.answers:
        saved = one.saved
        yours = letter(saved.option) + (" guess" if saved.guess else "") if saved is not None else ""
        rows.append(
            (
                str(one.number + 1),
                one.question.topic,
                one.outcome.value,
                yours or (f"({letter(one.picked)})" if one.picked is not None else ""),
                letter(one.question.right),
                clock(one.used) if one.attempt.shown_at is not None else "",
                clock(kept.sitting.paper.limit(one.number)),
                moment(kept.started, saved.at) if saved is not None else "",
                "yes" if one.question.seen else "no",
            )
        )
    return Table(head, rows, frozenset({0, 5, 6}))


def moment(started: datetime, at: int) -> str:
    """The time of day of an exam time, as the learner's watch showed it: `14:32:07`."""
    return f"{(started + timedelta(milliseconds=at)).astimezone():%H:%M:%S}"


# --- question by question -------------------------------------------------------------------------


def _questions(kept: Kept, found: Report) -> Iterator[Block]:
    yield Heading(2, "The questions")
    for one in found.answers:
        blocks: list[Block] = [
            Heading(3, f"{one.number + 1} · {one.question.topic}: {one.outcome}"),
            *asked(one.question),
            Choices(tuple(_choice(one, place) for place in range(len(one.question.options)))),
            *(Words(line) for line in _done(kept.sitting, one)),
            *explanation(one.question),
        ]
        yield Together(tuple(blocks))


def asked(question: ExamQuestion) -> list[Block]:
    """What is asked, without the options."""
    return [CardText(text) for text in (question.prompt, question.front) if text]


def explanation(question: ExamQuestion) -> list[Block]:
    """What the card says of it: why, where from, and how to see it happen."""
    blocks: list[Block] = [CardText(question.explanation)] if question.explanation else []
    if question.source:
        blocks.append(CardText(f"Source: {question.source}"))
    if question.simulation:
        blocks.append(Command("Run it", command(question)))
    return blocks


def command(question: ExamQuestion) -> str:
    """The command line that runs the question's simulation with its numbers."""
    given = [f"--{name}={_typed(value)}" for name, value in question.parameters.items()]
    return shlex.join(["studyapp", "run", question.simulation, *given])


def _typed(value: ParameterValue) -> str:
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return ",".join(map(_typed, value))
        case float():
            return repr(value).removesuffix(".0")
        case _:
            return str(value)


def reason(option: ExamOption) -> str:
    """Why an option is wrong: as the card or the mistake's author says it, else the mistake's name."""
    return option.reason or (f"The mistake `{option.mistake}`." if option.mistake else "")


def _choice(one: Answer, place: int) -> Choice:
    option, marks = one.question.options[place], list[str]()
    if option.correct:
        marks.append("the right answer")
    if one.saved is not None and one.saved.option == place:
        marks.append("your answer")
    if one.picked == place and (one.saved is None or one.saved.option != place):
        marks.append("picked, not saved")
    if place in one.attempt.struck:
        marks.append("struck out")
    sign = "✓ " if option.correct else "✗ " if "your answer" in marks else ""
    return Choice(letter(place), option.text, sign + ", ".join(marks), reason(option))


def _done(sitting: Sitting, one: Answer) -> Iterator[str]:
    saves = one.attempt.saves
    if one.saved is not None and one.attempt.shown_at is not None:
        sure = "marked as a guess" if one.saved.guess else "sure"
        changed = f"; saved {len(saves)} times: {', then '.join(letter(save.option) for save in saves)}"
        after = clock(one.saved.at - one.attempt.shown_at)
        yield f"Saved {letter(one.saved.option)} after {after}, {sure}{changed if len(saves) > 1 else ''}."
    if one.picked is not None and (one.saved is None or one.picked != one.saved.option):
        counts = f"; {letter(one.saved.option)} counts" if one.saved is not None else ""
        yield f"Picked {letter(one.picked)} and did not save it: a draft, which does not count{counts}."
    study = "seen before" if one.question.seen else "never seen before"
    kept = ", kept for exams" if one.question.sealed else ""
    used = f"Used {clock(one.used)} of {clock(sitting.paper.limit(one.number))}; "
    yield (used if one.attempt.shown_at is not None else "") + f"{study}{kept}; card {one.question.card}."


def _origin(kept: Kept) -> list[Block]:
    paper = kept.sitting.paper
    rows = [(name, value[:12] if len(value) == 64 else value) for name, value in paper.versions.items()]
    told: list[Block] = [Heading(2, "Made from"), Words(f"Seed {paper.seed}; files by the start of their SHA-256.")]
    return [*told, Table(("what", "version"), rows)] if rows else []
