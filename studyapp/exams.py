"""Exams: make a paper, start, resume and settle sittings, and what comes of them. One sitting runs at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from studyapp import __version__
from studyapp.core.exam.clock import ExamClock, Reading
from studyapp.core.exam.distractors import AnswerPool
from studyapp.core.exam.events import Explained, Finished, Opened, Released, SittingEvent, Started, heard, told
from studyapp.core.exam.history import QuestionStatistics, question_statistics
from studyapp.core.exam.making import Blueprint, Candidate, candidates, choose, exam_question, ordered
from studyapp.core.exam.naming import refuse_unknown
from studyapp.core.exam.outcome import answers
from studyapp.core.exam.paper import ExamQuestion, ExamRules, Paper, PaperError
from studyapp.core.exam.report import Report, report
from studyapp.core.exam.sitting import Sitting, advance, due, refusal, replay
from studyapp.core.questions import draw
from studyapp.core.sm2 import START_EASE
from studyapp.exam_errors import ExamError, ExamRunningError, SeatTakenError
from studyapp.exam_session import ExamSession
from studyapp.model import Answered, Card, Day, Entry, Placed, Sat
from studyapp.presets import ExamPlan
from studyapp.runs.errors import SimulationError
from studyapp.store import SittingRow, StaleError, Store, StoreError

if TYPE_CHECKING:
    from studyapp.lab import Laboratory
    from studyapp.simulation import Key

LOCK = "exam.lock"


@dataclass(frozen=True, slots=True)
class Made:
    """A paper that was made, and a line on each card that could not be asked."""

    paper: Paper
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A sitting as the log has it: how many events, when it was started, and its clock after the last of them."""

    id: str
    sitting: Sitting
    clock: ExamClock
    started: datetime
    events: int


@dataclass(slots=True)
class Exams:
    """All sittings of one home, and the making of papers. `read` looks at the machine's clocks."""

    home: Path
    store: Store
    laboratory: Callable[[], Laboratory]
    now: Callable[[], datetime]
    read: Callable[[], Reading]
    seeds: Callable[[], int]
    study_day: Callable[[datetime], Day]
    _lock: int | None = field(default=None)

    # --- making a paper ---------------------------------------------------------------------------

    async def make(
        self,
        blueprint: Blueprint,
        rules: ExamRules,
        *,
        title: str = "",
        seed: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Made:
        """A paper with everything computed that it needs: no simulation runs during an exam.

        The same seed gives the same paper as long as decks and simulations stay as they are. Raises PaperError, and
        ExamError while results are hidden: a paper of the same seed would come with their key.
        """
        self._nothing_hidden()
        seed = self.seeds() if seed is None else seed
        decks = self.store.decks()
        titles = {deck.path: deck.title for deck in decks}
        cards = list(self.store.cards())
        refuse_unknown(cards, blueprint)
        pool = AnswerPool(cards)
        number = len(blueprint.cards) or blueprint.questions
        found = candidates(cards, blueprint, titles, pool)
        left_out: dict[str, str] = {}
        questions: dict[str, ExamQuestion] = {}
        while True:
            chosen = choose([one for one in found if one.card.id not in left_out], number, seed)
            fresh = [one for one in chosen if one.card.id not in questions]
            if not fresh:
                break
            for place, candidate in enumerate(fresh):
                if progress is not None:
                    progress(number - len(fresh) + place, number)
                try:
                    questions[candidate.card.id] = await self._question(candidate, seed, blueprint, pool)
                except (SimulationError, PaperError) as error:
                    left_out[candidate.card.id] = f"{candidate.card.id} is left out: {error}"
        if progress is not None:
            progress(number, number)
        asked = ordered([questions[one.card.id] for one in chosen], seed)
        title = title or self._title(blueprint, titles)
        paper = Paper(title, seed, rules, asked, self._versions(asked))
        return Made(paper, tuple(left_out.values()))

    def _nothing_hidden(self) -> None:
        for row in self.store.unreleased_sittings():
            until = self.results_wait_until(self.settle(self.load(row.id)))
            if until is not None:
                told = f"the results of {row.title} are hidden until {until.astimezone():%H:%M}"
                raise ExamError(f"{told}, and so is every other paper; try again then")

    async def _question(self, candidate: Candidate, seed: int, blueprint: Blueprint, pool: AnswerPool) -> ExamQuestion:
        card, key, said = candidate.card, None, dict[str, str]()
        if card.answer is not None:
            key, said = await self._key(card, seed)
        question = exam_question(candidate, seed, blueprint.limit(card), pool, key=key, misconceptions=said)
        return replace(question, seen=self.store.schedule(card.id).seen_on is not None)

    async def _key(self, card: Card, seed: int) -> tuple[Key, dict[str, str]]:
        laboratory = self.laboratory()
        key = await laboratory.key(card, draw(card, seed, exam=True))
        return key, {name: laboratory.misconception(card, name) for name in key.mistakes}

    def _title(self, blueprint: Blueprint, titles: dict[str, str]) -> str:
        chosen = [titles.get(deck, deck) for deck in blueprint.decks]
        return ", ".join([*(chosen or ["All decks"]), *blueprint.parts, *blueprint.tags])

    def _versions(self, questions: Sequence[ExamQuestion]) -> dict[str, str]:
        files, laboratory = self.store.files(), self.laboratory()
        found = {"studyapp": __version__, "numpy": version("numpy")}
        found |= {one.deck: files[one.deck].sha256 for one in questions if one.deck in files}
        for name in sorted({one.simulation for one in questions if one.simulation}):
            try:
                found[name] = laboratory.source(name).sha256
            except SimulationError:
                continue  # a card that names a simulation which does not exist; `check` says so
        return found

    def again(self, paper: Paper) -> ExamPlan:
        """The plan of a paper with the same cards, those that still exist, for new numbers, order and options."""
        return ExamPlan.like(paper, [one.card for one in paper.questions if self.store.card(one.card) is not None])

    # --- sitting ----------------------------------------------------------------------------------

    def start(self, paper: Paper, *, minutes: float | None = None, ends: datetime | None = None) -> str:
        """Begin a sitting: its clock runs from now on. Returns its id, which `resume` takes.

        `minutes` is how long the exam is at most (without it, a quarter more than its questions' limits add up to),
        `ends` an official end, until which results stay hidden. Raises ExamError; one exam runs at a time.
        """
        running = self.running()
        if running is not None:
            raise ExamRunningError(running)
        if not self.take_seat():
            raise SeatTakenError("another terminal has an exam open; finish that one first")
        try:
            for row in self.store.unreleased_sittings():  # nobody else can start one now, but may have just before
                if row.finished_at is None:
                    raise ExamRunningError(row)
            now, reading = self.now(), self.read()
            end = self.length(paper, now, minutes=minutes, ends=ends)
            sitting_id = f"{now.astimezone():%Y%m%d-%H%M%S}-{self.seeds() % 0x10000:04x}"
            self._write(sitting_id, 0, [Started(0, paper, end, official=ends is not None)], reading, now)
        finally:
            self.leave_seat()
        return sitting_id

    def length(self, paper: Paper, now: datetime, *, minutes: float | None = None, ends: datetime | None = None) -> int:
        """The milliseconds after which an exam that starts now is over; takes and raises what `start` does."""
        end = paper.natural_end
        if minutes is not None:
            end = round(60_000 * minutes * paper.rules.extra_time)
        if ends is not None:
            end = round((ends - now) / timedelta(milliseconds=1))
            if end <= 0:
                raise ExamError(f"the official end, {ends.astimezone():%H:%M}, has passed; give a later --ends")
        if end <= 0:
            raise ExamError("an exam needs time; give --minutes above zero")
        return end

    def resume(self, sitting_id: str, *, take_over: bool = False) -> ExamSession:
        """Take a running sitting into this terminal. Raises SeatTakenError while another one has it, unless taken over;
        ExamError if it is over."""
        kept = self.settle(self.load(sitting_id), take_over=take_over)
        if kept.sitting.finished:
            raise ExamError(f"{sitting_id} is over; `studyapp exams show {sitting_id}` shows what came of it")
        if not self.take_seat() and not take_over:
            raise SeatTakenError("another terminal has this exam open; close it there, or take it over (--take-over)")
        reading = self.read()
        opened = Opened(kept.clock.at(reading), f"{os.getpid()}-{self.seeds():x}")
        try:
            events = self._write(sitting_id, kept.events, [opened], reading, self.now())
        except StoreError as error:
            self.leave_seat()
            if take_over and isinstance(error, StaleError):  # the other terminal wrote at this very moment
                return self.resume(sitting_id, take_over=True)
            raise
        return ExamSession(
            id=sitting_id,
            sitting=advance(kept.sitting, opened),
            clock=kept.clock.after(reading),
            store=lambda: Store.open(self.home),
            read=self.read,
            now=self.now,
            study_day=self.study_day,
            stored=kept.events + len(events),
            seat=self.take_seat,
        )

    def take_seat(self) -> bool:
        """Whether this process alone may write a sitting: a lock that ends with the process, however it ends."""
        if self._lock is not None:
            return True
        descriptor = os.open(self.home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def seat_is_free(self) -> bool:
        """Whether no other process has it; nothing is taken."""
        if self._lock is not None:
            return True
        free = self.take_seat()
        self.leave_seat()
        return free

    def leave_seat(self) -> None:
        """Let another terminal have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _seat_is_taken(self) -> bool:
        """Whether a terminal, this one or another, has a sitting open."""
        if self._lock is None and self.take_seat():
            self.leave_seat()
            return False
        return True

    # --- what there is ----------------------------------------------------------------------------

    def sittings(self, limit: int | None = None) -> list[SittingRow]:
        """All sittings, newest first. Those whose time is over are settled first."""
        self.running()
        return self.store.sittings(limit=limit)

    def running(self) -> SittingRow | None:
        """The sitting that is going on, if there is one; settles those whose time is over."""
        found = None
        for row in self.store.unreleased_sittings():
            kept = self.settle(self.load(row.id))
            if not kept.sitting.finished and not self._is_over(kept):
                found = row
        return found

    def _is_over(self, kept: Kept) -> bool:
        """Whether its time is over, even if the terminal that has it open could not write that yet."""
        return isinstance(due(kept.sitting, kept.clock.at(self.read())), Finished)

    def attend(self) -> tuple[SittingRow | None, list[str]]:
        """The sitting that is going on, and the ids of those that were until their time was over unwatched."""
        before = [row.id for row in self.store.unreleased_sittings() if row.finished_at is None]
        running = self.running() if before else None
        after = {row.id for row in self.store.unreleased_sittings() if row.finished_at is None}
        return running, [one for one in before if one not in after]

    def load(self, sitting_id: str) -> Kept:
        """A sitting as the log has it; raises StoreError without one of this id."""
        entries = self.store.sitting(sitting_id)
        try:
            happened = list(_heard(entries))
            sitting = replay(event for event, _ in happened)
        except ValueError as error:
            raise StoreError(f"the sitting {sitting_id} cannot be read, {error}; update studyapp") from None
        clock = ExamClock.started(happened[0][1])
        for _, reading in happened[1:]:
            clock = clock.after(reading)
        return Kept(sitting_id, sitting, clock, entries[0].at, len(entries))

    def settle(self, kept: Kept, *, take_over: bool = False) -> Kept:
        """Do what time has made necessary to a sitting that nobody may be watching: finish it once, release it once.

        A sitting that a terminal has open is left to it unless taken over: what was received in time may still be on
        its way to the disk. A question whose time is up while others are still to come waits for the learner: its
        successor's clock starts when that is shown. Another terminal that does the same at the same moment is let go
        first.
        """
        sitting, reading = kept.sitting, self.read()
        at, events = kept.clock.at(reading), list[SittingEvent]()
        finish = due(sitting, at)
        if isinstance(finish, Finished) and (take_over or not self._seat_is_taken()):
            events.append(finish)
            sitting = advance(sitting, finish)
        release = Released(at)
        others: tuple[Answered, ...] = ()
        if refusal(sitting, release) is None:
            events.append(release)
            sitting = advance(sitting, release)
            others = answers(kept.id, sitting)
        if not events:
            return kept
        try:
            self._write(kept.id, kept.events, events, reading, self.now(), others)
        except StaleError:
            return self.load(kept.id)
        return replace(kept, sitting=sitting, clock=kept.clock.after(reading), events=kept.events + len(events))

    def _write(
        self,
        sitting_id: str,
        number: int,
        events: Sequence[SittingEvent],
        reading: Reading,
        now: datetime,
        others: Iterable[Answered] = (),
    ) -> tuple[Entry, ...]:
        kept = [told(event, reading) for event in events]
        return self.store.sit(sitting_id, number, kept, at=now, day=self.study_day(now), others=tuple(others))

    # --- afterwards -------------------------------------------------------------------------------

    def results_wait_until(self, kept: Kept) -> datetime | None:
        """Until when key and results of a finished sitting stay hidden; None once they may be shown."""
        if not kept.sitting.finished or kept.sitting.released_at is not None:
            return None
        end = kept.started.astimezone(UTC) + timedelta(milliseconds=kept.sitting.end + 500)
        return end.replace(microsecond=0)  # the nearest second: the end was given by the minute

    def report(self, sitting_id: str) -> tuple[Kept, Report]:
        """What a sitting came to. Raises ExamError while it runs or its results are hidden."""
        kept = self.settle(self.load(sitting_id))
        if not kept.sitting.finished:
            raise ExamError(f"{sitting_id} is still running; `studyapp exam` resumes it")
        until = self.results_wait_until(kept)
        if until is not None:
            raise ExamError(f"results are hidden until the official end at {until.astimezone():%H:%M}; stay reachable")
        return kept, report(kept.sitting)

    def explain(self, kept: Kept, question: int, rating: int) -> Kept:
        """Log how well a question was explained in words, 0 to 3; the score stays as it is. Raises ExamError."""
        reading = self.read()
        explained = Explained(kept.clock.at(reading), question, rating)
        if refusal(kept.sitting, explained) is not None:
            raise ExamError(f"question {question + 1} cannot be rated {rating}; give 0 to 3, after the exam")
        self._write(kept.id, kept.events, [explained], reading, self.now())
        return replace(kept, sitting=advance(kept.sitting, explained), events=kept.events + 1)

    def make_misses_due(self, cards: Iterable[str]) -> int:
        """Have Spaced ask these cards today; how many were not due already. One act, which undo takes back."""
        now = self.now()
        today, placed = self.study_day(now), list[Placed]()
        for card in dict.fromkeys(cards):
            known = self.store.schedule(card)
            if self.store.card(card) is None or (known.due is not None and known.due <= today):
                continue
            ease = known.ease if known.due is not None else START_EASE
            placed.append(Placed(card, known.n, known.interval, ease, today))
        self.store.append(placed, at=now, day=today)
        return len(placed)

    def counted(self) -> list[SittingRow]:
        """The sittings that statistics count: all whose results were released, but practice and rehearsals."""
        return [row for row in self.sittings() if row.right is not None and not (row.practice or row.rehearsal)]

    def statistics(self) -> QuestionStatistics:
        """Questions and mistakes over all sittings that count."""
        return question_statistics(self.load(row.id).sitting for row in self.counted())


def _heard(entries: Iterable[Entry]) -> Iterator[tuple[SittingEvent, Reading]]:
    for entry in entries:
        if isinstance(entry.event, Sat):
            yield heard(entry.event.event)
