"""The exam as a state machine: `advance(sitting, event)`, and what time by itself makes necessary.

Time only ever enters with an event or a question: nothing is counted in ticks. An event that may not happen changes
nothing, so that any order of arrival, any repetition and any prefix of a log gives a sitting that holds the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from studyapp.core.exam.events import (
    Emailed,
    Explained,
    Finished,
    Guessed,
    Opened,
    Picked,
    Released,
    Saved,
    Shown,
    SittingEvent,
    Started,
    Struck,
)
from studyapp.core.exam.paper import Paper


@dataclass(frozen=True, slots=True)
class Save:
    """One saved answer: when its key press was received, which option, and whether it was a guess."""

    at: int
    option: int
    guess: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was done with one question. `shown_at` starts its clock, `left_at` is when moving on locked it.

    `picked` and `guess` are the draft, which does not count; the last of `saves` does.
    """

    shown_at: int | None = None
    left_at: int | None = None
    picked: int | None = None
    guess: bool = False
    struck: frozenset[int] = frozenset()
    saves: tuple[Save, ...] = ()

    @property
    def saved(self) -> Save | None:
        """The answer that counts, if one was saved."""
        return self.saves[-1] if self.saves else None

    @property
    def unsaved(self) -> bool:
        """Whether something is picked that differs from what was saved."""
        if self.picked is None:
            return False
        return self.saved is None or (self.picked, self.guess) != (self.saved.option, self.saved.guess)


class Refusal(StrEnum):
    """Why an event may not happen; each is told to the learner in these words."""

    FINISHED = "the exam is over"
    NOT_SHOWN = "this question has not been shown yet"
    TIME_IS_UP = "the time of this question is up"
    LEFT = "this question was left and is locked"
    FORWARD_ONLY = "this exam only goes forward"
    NO_OPTION = "there is no such option"
    NOT_ASKED = "that was not asked now"


@dataclass(frozen=True, slots=True)
class Sitting:
    """One exam being sat, or over. Times are milliseconds since the start; `end` is the exam's own deadline.

    `current` is the question on the screen, -1 before the first. `latest` is the time of the latest event that showed
    something: answers may be handled a moment after they were received.
    """

    paper: Paper
    end: int
    official: bool = False
    attempts: tuple[Attempt, ...] = ()
    current: int = -1
    emailed: bool | None = None
    writer: str = ""
    finished_at: int | None = None
    expired: bool = False
    released_at: int | None = None
    explained: Mapping[int, int] = field(default_factory=dict)
    latest: int = 0

    # --- time -------------------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """Whether the sitting is over for good."""
        return self.finished_at is not None

    def deadline(self, question: int) -> int | None:
        """Until when an answer to the question counts, half-open; None before it was shown."""
        shown_at = self.attempts[question].shown_at
        return None if shown_at is None else min(shown_at + self.paper.limit(question), self.end)

    def closes(self, question: int) -> int:
        """When the question is locked, by its deadline or by moving on; the exam's end before it was shown."""
        deadline, left_at = self.deadline(question), self.attempts[question].left_at
        return min(one for one in (self.end, deadline, left_at) if one is not None)

    def bound_by_end(self, question: int) -> bool:
        """Whether it is the exam's end that limits the question, and not its own limit."""
        shown_at = self.attempts[question].shown_at
        return shown_at is not None and shown_at + self.paper.limit(question) > self.end

    def left(self, question: int, at: int) -> int:
        """The milliseconds left to answer a question that was shown; 0 when it is locked."""
        deadline = self.deadline(question)
        return 0 if deadline is None or self.locked(question, at) else max(0, deadline - at)

    def locked(self, question: int, at: int) -> bool:
        """Whether the question can no longer be answered at this time."""
        return self._closed(question, at) is not None

    def _closed(self, question: int, at: int) -> Refusal | None:
        attempt, deadline = self.attempts[question], self.deadline(question)
        if deadline is not None and at >= deadline:
            return Refusal.TIME_IS_UP
        return Refusal.LEFT if attempt.left_at is not None and at >= attempt.left_at else None

    @property
    def saved_answers(self) -> int:
        """How many questions have a saved answer."""
        return sum(attempt.saved is not None for attempt in self.attempts)

    @property
    def right_answers(self) -> int:
        """How many saved answers are right: the score, which weighs every question the same and subtracts nothing."""
        pairs = zip(self.paper.questions, self.attempts, strict=True)
        return sum(one.saved is not None and one.saved.option == question.right for question, one in pairs)

    @property
    def asks_email(self) -> bool:
        """Whether the first item, an e-mail address, still stands before the first question."""
        return self.paper.rules.email and self.emailed is None

    def results_at(self) -> int:
        """From which exam time on key and results may be shown, once the sitting is over."""
        return self.end if self.official else 0


def begin(event: Started) -> Sitting:
    """The sitting that a start gives."""
    return Sitting(event.paper, event.end, event.official, attempts=(Attempt(),) * len(event.paper.questions))


def replay(events: Iterable[SittingEvent]) -> Sitting:
    """The sitting that a log adds up to; ValueError unless it begins with the start."""
    events = iter(events)
    first = next(events, None)
    if not isinstance(first, Started):
        raise ValueError("a sitting begins with its start")
    sitting = begin(first)
    for event in events:
        sitting = advance(sitting, event)
    return sitting


# --- events ---------------------------------------------------------------------------------------


def refusal(sitting: Sitting, event: SittingEvent) -> Refusal | None:
    """Why the event may not happen, None if it may."""
    match event:
        case Explained(question=question, rating=rating):
            fits = sitting.finished and 0 <= question < len(sitting.attempts) and 0 <= rating <= 3
            return None if fits else Refusal.NOT_ASKED
        case Released(at=at):
            fits = sitting.finished and sitting.released_at is None and at >= sitting.results_at()
            return None if fits else Refusal.NOT_ASKED
        case Started():
            return Refusal.NOT_ASKED
    if sitting.finished:
        return Refusal.FINISHED
    match event:
        case Saved() | Picked() | Struck() | Guessed():
            return _refusal_to_answer(sitting, event)
        case Finished(at=at):
            return None if sitting.latest <= at <= sitting.end else Refusal.NOT_ASKED
    if event.at >= sitting.end:
        return Refusal.TIME_IS_UP
    if event.at < sitting.latest:
        return Refusal.NOT_ASKED
    match event:
        case Emailed():
            return None if sitting.asks_email else Refusal.NOT_ASKED
        case Shown(question=question):
            return _refusal_to_show(sitting, question, event.at)
    return None


def _refusal_to_answer(sitting: Sitting, event: Saved | Picked | Struck | Guessed) -> Refusal | None:
    if not 0 <= event.question < len(sitting.attempts):
        return Refusal.NOT_SHOWN
    attempt, options = sitting.attempts[event.question], len(sitting.paper.questions[event.question].options)
    if attempt.shown_at is None or event.at < attempt.shown_at:
        return Refusal.NOT_SHOWN
    option = None if isinstance(event, Guessed) else event.option
    if option is not None and not 0 <= option < options:
        return Refusal.NO_OPTION
    return sitting._closed(event.question, event.at)


def _refusal_to_show(sitting: Sitting, question: int, at: int) -> Refusal | None:
    if not 0 <= question < len(sitting.attempts) or question == sitting.current or sitting.asks_email:
        return Refusal.NOT_ASKED
    if sitting.paper.rules.forward_only and question != sitting.current + 1:
        return Refusal.FORWARD_ONLY
    return sitting._closed(question, at)  # time would lead away from it at once


def advance(sitting: Sitting, event: SittingEvent) -> Sitting:
    """The sitting after an event; the same sitting if the event may not happen."""
    if refusal(sitting, event) is not None:
        return sitting
    return _applied(sitting, event)


def _applied(sitting: Sitting, event: SittingEvent) -> Sitting:
    match event:
        case Saved(at=at, question=question, option=option, guess=guess):
            # Received in time, but perhaps handled after time moved on: the draft may be the next question's business.
            old = sitting.attempts[question]
            return _with(sitting, question, replace(old, saves=(*old.saves, Save(at, option, guess))))
        case Picked(question=question, option=option):
            old = sitting.attempts[question]
            struck = old.struck - {option} if option is not None else old.struck
            return _with(sitting, question, replace(old, picked=option, struck=struck))
        case Struck(question=question, option=option, out=out):
            old = sitting.attempts[question]
            struck = old.struck | {option} if out else old.struck - {option}
            picked = None if out and old.picked == option else old.picked
            return _with(sitting, question, replace(old, struck=struck, picked=picked))
        case Guessed(question=question, guess=guess):
            return _with(sitting, question, replace(sitting.attempts[question], guess=guess))
        case Shown(at=at, question=question):
            return _shown(replace(sitting, latest=at), at, question)
        case Emailed(at=at, given=given):
            return replace(sitting, emailed=given, latest=at)
        case Opened(at=at, writer=writer):
            return replace(sitting, writer=writer, latest=at)
        case Finished(at=at, expired=expired):
            return replace(sitting, finished_at=at, expired=expired, latest=at)
        case Released(at=at):
            return replace(sitting, released_at=at)
        case Explained(question=question, rating=rating):
            return replace(sitting, explained={**sitting.explained, question: rating})
    return sitting


def _shown(sitting: Sitting, at: int, question: int) -> Sitting:
    current = sitting.current
    if current >= 0 and sitting.paper.rules.forward_only:
        sitting = _with(sitting, current, replace(sitting.attempts[current], left_at=at))
    attempt = sitting.attempts[question]
    if attempt.shown_at is None:
        sitting = _with(sitting, question, replace(attempt, shown_at=at))
    return replace(sitting, current=question)


def _with(sitting: Sitting, question: int, attempt: Attempt) -> Sitting:
    attempts = (*sitting.attempts[:question], attempt, *sitting.attempts[question + 1 :])
    return replace(sitting, attempts=attempts)


# --- what time does -------------------------------------------------------------------------------


def due(sitting: Sitting, at: int) -> Shown | Finished | None:
    """What time alone makes necessary at this moment: the next question, the finish, or nothing.

    To be asked again after its answer was applied. Asking changes nothing, so that it does not matter how often the
    screen ticks, nor whether it ticked at all while a question expired.
    """
    if sitting.finished:
        return None
    closed = max(sitting.latest, *(sitting.closes(question) for question in range(len(sitting.attempts))))
    if at >= closed:  # that moment it was over, however late this is asked
        return Finished(closed, expired=True)
    if sitting.current < 0 or at < (sitting.deadline(sitting.current) or 0):
        return None
    question = following(sitting, at)
    return None if question is None else Shown(at, question)


def following(sitting: Sitting, at: int) -> int | None:
    """Where "next" leads: the next question that is not locked, from the beginning again at the end; None without."""
    number, current = len(sitting.attempts), sitting.current
    if sitting.paper.rules.forward_only:
        return current + 1 if current + 1 < number else None
    order = [(current + step) % number for step in range(1, number)]
    return next((question for question in order if not sitting.locked(question, at)), None)
