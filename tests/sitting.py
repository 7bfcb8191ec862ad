"""Whole exams by a clock that the test moves: a small deck, a paper from it, and what is done with each question."""

from __future__ import annotations

from datetime import timedelta

from studyapp.core.exam.making import Blueprint
from studyapp.core.exam.paper import ExamQuestion, ExamRules, Paper
from studyapp.exam_session import ExamSession
from studyapp.library import Library
from tests.studying import Clock

SECONDS = 10.0
"""So long each question is looked at before its answer is saved, half as long before it is changed, and then one
second more until the next."""

LEARNING = """# Learning

# Initialisation

## What is the limit of Glorot's uniform law for 512 and 256 units? {#limit}

- [x] 0.088
- [ ] 0.051

  That is its **standard deviation**.
- [ ] 0.108

  That takes the fan-in alone.

The limit is $\\sqrt{6/768}$.

Source: Glorot and Bengio, 2010.

## Which gain keeps the level of a ReLU layer? {#gain}

- [x] the root of two
- [ ] one
- [ ] two

# Optimisers

## What does momentum average? {#momentum}

- [x] gradients
- [ ] losses

  Losses are numbers; a direction is needed.
- [ ] weights

## What does Adam divide by? {#adam}

- [x] the root of the second moment
- [ ] the first moment
- [ ] the learning rate
"""

MEDIAN = """# Computed

## Which constant makes the absolute errors of @{observations} least? {#median}

The median.

```toml
[simulation]
name = "gaussian_likelihood"
vary = { observations = [[1.0, 2.0, 9.0], [0.0, 7.0, 8.0]] }

[answer]
value = "laplace_minimiser"
tolerance = 0.02
mistakes = ["takes_the_mean", "takes_the_middle_of_the_range"]
```
"""
"""A card whose options are computed and whose mistakes have names."""


async def paper(opened: Library, questions: int = 4, rules: ExamRules | None = None, *, seed: int = 1) -> Paper:
    """A paper of so many questions from all decks, each of 60 seconds, called Exam."""
    blueprint = Blueprint(questions, seconds=60)
    return (await opened.exams.make(blueprint, rules or ExamRules(), title="Exam", seed=seed)).paper


async def sit(
    opened: Library,
    clock: Clock,
    *given: str,
    asked: Paper | None = None,
    rules: ExamRules | None = None,
    ends: timedelta | None = None,
) -> str:
    """Sit an exam, do one thing with each question in their order, finish it, and return its id.

    What is given is one of: `right`, `wrong` (saved), `right guess`, `wrong guess` (saved as a guess), `right picked`,
    `wrong picked` (never saved), `right changed` (saved after a wrong one), `wrong changed` (after the right one),
    `blank` (left so), `timed out`, `not reached`. An exam whose last question timed out ends by that. `ends` is an
    official end, from the start.
    """
    asked = asked or await paper(opened, len(given), rules)
    session = start(opened, clock, asked, ends)
    for number, (question, what) in enumerate(zip(asked.questions, given, strict=True)):
        if what == "not reached":
            assert session.sitting.current < number  # a question that timed out has led to this one
            break
        if session.sitting.current != number:
            assert session.show(number) is None
        clock.forward(seconds=SECONDS)
        _answer(session, clock, question, what)
        clock.forward(seconds=1)
        session.tick()
    if not session.sitting.finished:
        assert session.finish() is None
    await close(opened, session)
    return session.id


def start(opened: Library, clock: Clock, asked: Paper, ends: timedelta | None = None) -> ExamSession:
    """Begin a sitting, before its first question."""
    return opened.exams.resume(opened.exams.start(asked, ends=clock.now + ends if ends is not None else None))


async def close(opened: Library, session: ExamSession) -> None:
    """Leave a sitting, all of it stored, as a terminal that is closed."""
    assert await session.stored_all(10)
    await session.close()
    opened.exams.leave_seat()


def wrong(question: ExamQuestion) -> int:
    """The first option that is not right."""
    return next(place for place, option in enumerate(question.options) if not option.correct)


def _answer(session: ExamSession, clock: Clock, question: ExamQuestion, what: str) -> None:
    word, _, how = what.partition(" ")
    if what == "timed out":
        clock.forward(seconds=session.left / 1000)
        return
    if what == "blank":
        return
    places = {"right": question.right, "wrong": wrong(question)}
    if how == "changed":
        _save(session, places["wrong" if word == "right" else "right"])
        clock.forward(seconds=SECONDS / 2)
    if how == "picked":
        assert session.pick(places[word]) is None
        return
    if how == "guess":
        assert session.guess() is None
    _save(session, places[word])


def _save(session: ExamSession, option: int) -> None:
    assert session.pick(option) is None
    assert session.save() is None


async def study_once(opened: Library, *cards: str) -> None:
    """Answer these cards in Spaced, so that they were seen before."""
    session = opened.study()
    while (question := await session.next()) is not None:
        if question.card.id in cards:
            session.reveal()
            session.grade(5)
        else:
            session.queue = session.queue.without(question.card.id)
