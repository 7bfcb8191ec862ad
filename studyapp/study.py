"""One session of Spaced: which card is asked next, what an answer does, and how each step is taken back.

The session holds the rules between a screen and the store. Whatever a method reports as graded is already durable.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from studyapp.answers import Graded, Stage, answer_of, card_of, typed_verdict
from studyapp.core import sm2
from studyapp.core.questions import Asking, Question, draw, pose
from studyapp.core.queue import AGAIN_AFTER, SURE_AND_WRONG_AFTER, Queue
from studyapp.model import DRAFT, Answered, Card, Day, Entry, Flagged, Mode, Schedule
from studyapp.planning import Limits, expected_minutes, planned
from studyapp.runs.errors import SimulationError
from studyapp.store import Store
from studyapp.summary import Summary, summed

if TYPE_CHECKING:  # grading is imported by the first answer, and not by the first card
    from studyapp.core.formula_answers import Sample
    from studyapp.core.grading import Verdict
    from studyapp.lab import Laboratory
    from studyapp.simulation import Key

__all__ = ["Graded", "Stage", "StudySession"]

COVERED_FROM = 21
"""At intervals of so many days and more a choice card keeps its options covered: recall first, then choose."""


@dataclass(slots=True)
class StudySession:
    """The cards of one session and the question in hand. `now` and `seeds` are the clock and the source of seeds;
    `laboratory` opens the simulations when the first computed card needs them."""

    store: Store
    laboratory: Callable[[], Laboratory]
    now: Callable[[], datetime]
    study_day: Callable[[datetime], Day]
    seeds: Callable[[], int]
    minutes: int
    decks: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    queue: Queue = field(default_factory=Queue)
    question: Question | None = None
    stage: Stage = Stage.ASKED
    graded: Graded | None = None
    trouble: str = ""
    started: datetime = field(init=False)
    _asked_at: datetime = field(init=False)
    _thought: timedelta | None = None
    _restored: Answered | None = None
    _seeds: dict[str, int] = field(default_factory=dict)
    _answers: list[Graded] = field(default_factory=list)
    _undone: list[Graded] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.started = self._asked_at = self.now()
        self.queue = Queue(self._plan(self.minutes))

    # --- planning ---------------------------------------------------------------------------------

    @property
    def today(self) -> Day:
        """The study day it is now."""
        return self.study_day(self.now())

    def _plan(self, minutes: float) -> tuple[str, ...]:
        return planned(self.store, self.today, self.decks, self.limits, minutes=minutes, seed=self.seeds())

    def extend(self, minutes: int) -> int:
        """Go on for so many minutes from now; how many cards there are then. The daily limits still hold."""
        self.minutes = max(self.minutes, math.ceil(self.seconds / 60)) + minutes
        waiting = expected_minutes(self.store, self.queue.waiting)
        self.queue = self.queue.extended(self._plan(max(waiting, float(minutes))))
        return len(self.queue)

    @property
    def left(self) -> int:
        """How many cards are still to come, the one in hand included."""
        return len(self.queue)

    @property
    def done(self) -> int:
        """How many different cards of this session need no more today."""
        waiting = set(self.queue.waiting)
        return len({card_of(one.entry) for one in self._answers} - waiting)

    @property
    def coming_back(self) -> int:
        """How many cards of this session were answered and are to be asked again in it."""
        return len({card_of(one.entry) for one in self._answers} & set(self.queue.waiting))

    @property
    def place(self) -> int:
        """Which card of the session is in hand, from 1."""
        finished = self.graded is not None and not self.graded.after.drilling
        return self.done if finished else min(self.done + 1, self.done + self.left)

    @property
    def seconds(self) -> float:
        """How long the session has been going on."""
        return (self.now() - self.started).total_seconds()

    @property
    def time_is_over(self) -> bool:
        """Whether the budget is used up: the session ends at the next card boundary, though never before an answer."""
        return bool(self._answers) and self.seconds >= 60 * self.minutes

    # --- asking -----------------------------------------------------------------------------------

    async def next(self) -> Question | None:
        """Ask the next card; None when time or cards are over. A key that cannot be had leaves a line in `trouble`."""
        self.question, self.stage, self.graded, self.trouble = None, Stage.ASKED, None, ""
        self._thought = self._restored = None
        while not self.time_is_over and (card_id := self.queue.next_card) is not None:
            card = self.store.card(card_id)
            if card is None or DRAFT in card.tags:  # its file changed meanwhile
                self.queue = self.queue.without(card_id)
                continue
            self.question = await self._pose(card, self._seed(card_id))
            break
        self._asked_at = self.now()
        return self.question

    async def look_ahead(self) -> None:
        """While the learner thinks: the numbers of the cards after this one, then the run beside this one's answer."""
        question = self.question
        for card_id in self.queue.waiting[1:3]:
            card = self.store.card(card_id)
            if card is not None and card.answer is not None:
                try:
                    await self.laboratory().key(card, draw(card, self._seed(card_id)))
                    if card.answer.formula:
                        await self.laboratory().formula_samples(card)
                except (SimulationError, ValueError):
                    break  # said when the card is asked
        if question is not None and question.card.simulation is not None and not self.trouble:
            await self.laboratory().run_ahead(question)

    def _seed(self, card: str) -> int:
        return self._seeds.setdefault(card, self.seeds())

    async def renew(self, card: Card) -> None:
        """The card in hand was edited: ask it anew; after an answer, show its new texts if its options still fit."""
        self.trouble = ""
        new = await self._pose(card, self._question.seed)
        fits = self.stage is Stage.ASKED or len(new.options) == len(self._question.options)
        self.question = new if fits else replace(self._question, card=card)

    async def _pose(self, card: Card, seed: int) -> Question:
        key: Key | None = None
        samples: tuple[Sample, ...] = ()
        if card.answer is not None:
            try:
                key = await self.laboratory().key(card, draw(card, seed))
                samples = await self.laboratory().formula_samples(card) if card.answer.formula else ()
            except (SimulationError, ValueError) as error:
                self.trouble = str(error)
        return pose(card, seed, key, samples)

    @property
    def schedule(self) -> Schedule:
        """The schedule of the card in hand, before it is answered."""
        if self.graded is not None:
            return self.graded.before
        return self.store.schedule(self._question.card.id)

    @property
    def covered(self) -> bool:
        """Whether the options stay covered until Space."""
        return self._question.asking is Asking.OPTIONS and self.schedule.interval >= COVERED_FROM

    @property
    def outlook(self) -> dict[int, sm2.Outlook]:
        """What each grade would do to the card in hand."""
        return sm2.preview(self.schedule, self.today)

    @property
    def given(self) -> str:
        """What was chosen or typed for the card in hand; empty for a recall."""
        if self.graded is not None:
            return answer_of(self.graded.entry).given
        return self._restored.given if self._restored is not None else ""

    @property
    def card(self) -> Card:
        """The card in hand; only while there is one."""
        return self._question.card

    @property
    def _question(self) -> Question:
        assert self.question is not None
        return self.question

    # --- answering --------------------------------------------------------------------------------

    def reveal(self) -> None:
        """Show the answer of a card that the learner grades; the time taken stops here."""
        if self.stage is Stage.ASKED:
            self._stop_clock()
            self.stage = Stage.REVEALED

    def choose(self, position: int, *, sure: bool, hinted: bool = False) -> Graded:
        """Answer with the option at this position; judged and durable at once."""
        from studyapp.core import grading

        assert self.stage is Stage.ASKED, "a question is answered once"
        option = self._question.options[position]
        self._stop_clock()
        return self._record(grading.judge_choice(option.correct, sure, hinted), option.text)

    def type_answer(self, given: str, *, hinted: bool = False) -> Graded:
        """Answer in words or as an expression; judged and durable at once. Raises ExpressionError on no number.

        How sure one is is asked of options only: a typed answer is neither sure nor a guess.
        """
        assert self.stage is Stage.ASKED, "a question is answered once"
        verdict = typed_verdict(self._question, given, hinted, self.laboratory)
        self._stop_clock()
        return self._record(verdict, given)

    @property
    def judged(self) -> int | None:
        """The automatic grade of the answer in hand, also of one that undo took back; None for a recall."""
        if self.graded is not None:
            return self.graded.verdict.grade if self.graded.verdict.correct is not None else None
        if self._restored is not None and self._restored.correct is not None:
            return min(self._restored.grade, sm2.GOOD)
        return None

    @property
    def proposed(self) -> int:
        """The grade that Space gives: Good to a recall, and what was judged to an answer that undo took back."""
        return sm2.GOOD if self.judged is None else self.judged

    @property
    def allowed(self) -> frozenset[int]:
        """The grades that may be given now: any for a recall; an automatic grade may be lowered, and 4 raised to 5."""
        judged = self.judged
        if judged is None:
            return frozenset(sm2.GRADES)
        return frozenset({*range(judged + 1), 5} if judged == sm2.GOOD else range(judged + 1))

    @property
    def may_count_as_right(self) -> bool:
        """Whether the answer in hand was judged wrong for what may be a slip, which only the learner can know."""
        graded = self.graded
        return (
            graded is not None
            and graded.verdict.correct is False
            and self._question.asking is Asking.TYPED
            and (graded.verdict.nearly or self._question.card.answer is None)
            and bool(answer_of(graded.entry).given.strip())
        )

    def count_as_right(self) -> Graded:
        """Correct an answer judged wrong for its spelling: right by hand is a 3."""
        from studyapp.core import grading

        assert self.may_count_as_right
        return self._correct(grading.counted_as_right(self._graded.verdict))

    def grade(self, grade: int) -> Graded:
        """Grade a recall 0-5, or correct the automatic grade of the answer in hand; durable at once.

        Only a grade in `allowed` may be given: a ValueError otherwise.
        """
        from studyapp.core import grading

        if grade not in self.allowed:
            raise ValueError(f"grade {grade} may not be given now")
        if self.graded is not None:
            return self._correct(replace(self.graded.verdict, grade=grade))
        self._stop_clock()
        if self._restored is not None and self._restored.correct is not None:
            before = self._restored
            return self._record(grading.Verdict(grade, before.correct, before.sure), before.given)
        return self._record(grading.Verdict(grade, None, None), "")

    def _correct(self, verdict: Verdict) -> Graded:
        old = self._graded
        event = answer_of(old.entry)
        corrected = self._event(verdict, event.given, event.milliseconds)
        now = self.now()
        entries = self.store.correct(old.entry.id, corrected, at=now, day=self.study_day(now))
        self._answers.remove(old)
        return self._settle(entries[-1], verdict, old.before)

    @property
    def _graded(self) -> Graded:
        assert self.graded is not None
        return self.graded

    def _record(self, verdict: Verdict, given: str) -> Graded:
        before = self.store.schedule(self._question.card.id)
        assert self._thought is not None
        event = self._event(verdict, given, round(self._thought.total_seconds() * 1000))
        now = self.now()
        (entry,) = self.store.append([event], at=now, day=self.study_day(now))
        return self._settle(entry, verdict, before)

    def _event(self, verdict: Verdict, given: str, milliseconds: int) -> Answered:
        question = self._question
        return Answered(
            card=question.card.id,
            mode=Mode.SPACED,
            kind=question.card.kind,
            grade=verdict.grade,
            seed=question.seed,
            correct=verdict.correct,
            sure=verdict.sure,
            milliseconds=milliseconds,
            given=given,
            receipt=self.laboratory().receipt(question) if question.card.simulation is not None else None,
        )

    def _settle(self, entry: Entry, verdict: Verdict, before: Schedule) -> Graded:
        card = self._question.card.id
        after = self.store.schedule(card)
        self.graded, self.stage = Graded(entry, verdict, before, after), Stage.GRADED
        self._answers.append(self.graded)
        if after.drilling:
            confident = verdict.correct is False and verdict.sure is True
            self.queue = self.queue.again(card, SURE_AND_WRONG_AFTER if confident else AGAIN_AFTER)
            self._seeds.pop(card, None)
        else:
            self.queue = self.queue.without(card)
        return self.graded

    def _stop_clock(self) -> None:
        if self._thought is None:
            self._thought = self.now() - self._asked_at

    # --- setting aside, taking back ---------------------------------------------------------------

    def bury(self) -> Card:
        """Put the card in hand off until tomorrow."""
        return self._set_aside(Flagged(self._question.card.id, buried_until=self.today + 1))

    def suspend(self) -> Card:
        """Take the card in hand out of study until the learner wants it back."""
        return self._set_aside(Flagged(self._question.card.id, suspended=True))

    def _set_aside(self, flag: Flagged) -> Card:
        now = self.now()
        self.store.append([flag], at=now, day=self.study_day(now))
        self.queue = self.queue.without(flag.card)
        return self._question.card

    async def undo(self) -> tuple[Entry, ...]:
        """Take the newest act back, of any session, its card in hand again with its answer; returns it, or nothing."""
        now = self.now()
        return await self.follow(self.store.undo(at=now, day=self.study_day(now)), undone=True)

    async def redo(self) -> tuple[Entry, ...]:
        """Do again what undo took back last; returns it, or nothing."""
        now = self.now()
        return await self.follow(self.store.redo(at=now, day=self.study_day(now)), undone=False)

    async def follow(self, entries: Sequence[Entry], *, undone: bool) -> tuple[Entry, ...]:
        """Take over what was taken back or done again, here or on another screen; returns it."""
        for entry in entries:
            match entry.event:
                case Answered(card=card_id, seed=seed) if undone:
                    self._undone += [one for one in self._answers if one.entry.id == entry.id]
                    self._answers = [one for one in self._answers if one.entry.id != entry.id]
                    card = self.store.card(card_id)
                    if card is None:
                        continue
                    self.queue = self.queue.first(card_id)
                    self._seeds[card_id] = seed
                    self.graded, self.trouble = None, ""
                    self.question = await self._pose(card, seed)
                    self.stage, self._asked_at = Stage.REVEALED, self.now()
                    self._restored = answer_of(entry)
                    self._thought = timedelta(milliseconds=self._restored.milliseconds)
                case Answered(card=card_id):
                    again = [one for one in self._undone if (card_of(one.entry), one.entry.at) == (card_id, entry.at)]
                    self._answers += [replace(one, entry=entry) for one in again[-1:]]
                    drilling = self.store.schedule(card_id).drilling
                    self.queue = self.queue.again(card_id, AGAIN_AFTER) if drilling else self.queue.without(card_id)
                    await self.next()
                case Flagged(card=card_id):
                    self.queue = self.queue.first(card_id) if undone else self.queue.without(card_id)
                    await self.next()
        return tuple(entries)

    def summary(self) -> Summary:
        """What this session came to."""
        answers = [(answer_of(one.entry), one.before) for one in self._answers]
        return summed(answers, self.store, self.today, self.decks, self.seconds)
