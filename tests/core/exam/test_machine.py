"""The state machine under any events whatever: out of order, stale, illegal, repeated, with random times."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from studyapp.core.exam.clock import Reading
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
    heard,
    told,
)
from studyapp.core.exam.paper import ExamRules, Paper
from studyapp.core.exam.sitting import Sitting, advance, due, refusal, replay
from tests.core.exam.papers import events, question, readings

short_papers = st.builds(
    lambda limits, forward_only, email, extra: Paper(
        "Short",
        1,
        ExamRules(forward_only=forward_only, email=email, extra_time=extra),
        tuple(question(f"q{place}", options=2 + place % 3, seconds=limit) for place, limit in enumerate(limits)),
    ),
    st.lists(st.sampled_from([0.5, 1.0, 3.0]), min_size=1, max_size=4),
    st.booleans(),
    st.booleans(),
    st.sampled_from([1.0, 1.25, 2.0]),
)


def through_the_log(event: SittingEvent) -> SittingEvent:
    """The event after it was written as JSON and read again."""
    return heard(json.loads(json.dumps(told(event, Reading("boot", 1, 2)))))[0]


@given(events, readings)
@settings(max_examples=150, deadline=None)
def test_an_event_survives_the_log(event: SittingEvent, reading: Reading) -> None:
    """What is told is heard again without loss, through real JSON, the clocks' reading included."""
    assert heard(json.loads(json.dumps(told(event, reading)))) == (event, reading)


class AnySitting(RuleBasedStateMachine):
    """A sitting, its log, and what was ever true of it and must remain so."""

    @initialize(paper=short_papers, share=st.floats(0.1, 1.5), official=st.booleans())
    def start(self, paper: Paper, share: float, official: bool) -> None:
        """It starts with any end, which is fixed from here on."""
        started = Started(0, paper, max(1, round(share * paper.natural_end)), official)
        self.log: list[SittingEvent] = [through_the_log(started)]
        self.states = [replay(self.log)]
        self.now = 0

    @property
    def live(self) -> Sitting:
        """The sitting as it stands."""
        return self.states[-1]

    def happen(self, event: SittingEvent) -> None:
        """An event arrives: it is applied if it may be, and logged anyhow."""
        before, event = self.live, through_the_log(event)
        state = advance(before, event)
        if refusal(before, event) is not None:
            assert state is before, "a refused event changes nothing"
        self.see_legal_deadlines(before, event, state)
        self.log.append(event)
        self.states.append(state)

    def see_legal_deadlines(self, before: Sitting, event: SittingEvent, state: Sitting) -> None:
        """A deadline comes from the first showing and from nothing else; the end is the one it started with."""
        assert (state.end, state.official, state.paper) == (before.end, before.official, before.paper)
        for place in range(len(before.attempts)):
            old, new = before.deadline(place), state.deadline(place)
            if old is not None:
                assert new == old
            elif new is not None:
                assert isinstance(event, Shown)
                assert new == min(event.at + before.paper.limit(place), before.end)

    # --- what may happen --------------------------------------------------------------------------

    @rule(milliseconds=st.integers(0, 1500))
    def time_passes(self, milliseconds: int) -> None:
        """So much later."""
        self.now += milliseconds

    @precondition(lambda self: self.live.current >= 0)
    @rule(offset=st.integers(-1, 1))
    def a_deadline_comes(self, offset: int) -> None:
        """It is the very deadline of the question on the screen, or a millisecond beside it."""
        self.now = max(self.now, (self.live.deadline(self.live.current) or 0) + offset)

    @rule(ahead=st.integers(0, 2), option=st.integers(0, 2), guess=st.booleans(), late=st.sampled_from([0, 0, 1, 900]))
    def answer(self, ahead: int, option: int, guess: bool, late: int) -> None:
        """Something is chosen and saved on the question in hand, or on one that went, perhaps handled late."""
        place = self.live.current - ahead
        self.happen(Picked(self.now - late, place, option))
        self.happen(Saved(self.now - late, place, option, guess))

    @rule(step=st.sampled_from([1, 1, 1, -1, 2]))
    def show(self, step: int) -> None:
        """Another question is asked for."""
        self.happen(Shown(self.now, self.live.current + step))

    @rule(
        kind=st.sampled_from([Opened, Emailed, Shown, Picked, Struck, Guessed, Saved]),
        shift=st.integers(-3000, 3000),
        place=st.integers(-1, 4),
        option=st.integers(-1, 4),
        flag=st.booleans(),
    )
    def anything(self, kind: type[SittingEvent], shift: int, place: int, option: int, flag: bool) -> None:
        """Any event at any time: stale, early, illegal."""
        at = self.now + shift
        made: dict[type[SittingEvent], SittingEvent] = {
            Opened: Opened(at, "another"),
            Emailed: Emailed(at, flag),
            Shown: Shown(at, place),
            Picked: Picked(at, place, None if flag else option),
            Struck: Struck(at, place, option, flag),
            Guessed: Guessed(at, place, flag),
            Saved: Saved(at, place, option, flag),
        }
        self.happen(made[kind])

    @rule(chance=st.integers(0, 5), shift=st.integers(-3000, 3000), expired=st.booleans())
    def finish(self, chance: int, shift: int, expired: bool) -> None:
        """Somebody ends it, now and then: too often would leave nothing to see."""
        assume(chance == 0)
        self.happen(Finished(self.now + shift, expired))

    @rule(place=st.integers(-1, 4), rating=st.integers(-1, 4), again=st.booleans())
    def afterwards(self, place: int, rating: int, again: bool) -> None:
        """Results are released and questions explained, or it is tried too early; or it is started once more."""
        self.happen(Released(self.now))
        self.happen(Explained(self.now, place, rating))
        if again:
            self.happen(Started(self.now, self.live.paper, 10**9))

    @rule(extra=st.integers(1, 3))
    def tick(self, extra: int) -> None:
        """Time does what it must. Any more ticks at the same moment change nothing."""
        at = max(self.now, self.live.latest)
        for _ in range(len(self.live.attempts) + 2):
            asked = [due(self.live, at) for _ in range(extra)]
            assert asked == asked[:1] * extra
            if asked[0] is None:
                break
            assert refusal(self.live, asked[0]) is None, "what time makes necessary may happen"
            self.happen(asked[0])
        assert due(self.live, at) is None

    @rule()
    def repeat(self) -> None:
        """The last event arrives twice. Finishing once more changes nothing, and no save counts twice over."""
        self.happen(self.log[-1])

    # --- what must hold ---------------------------------------------------------------------------

    @invariant()
    def accepted_saves_lie_between_opening_and_deadline(self) -> None:
        """[open, deadline), and before the question was left; and no question opens at the exam's end or later."""
        for place, attempt in enumerate(self.live.attempts):
            assert not attempt.saves or attempt.shown_at is not None
            assert attempt.shown_at is None or attempt.shown_at < self.live.end
            for save in attempt.saves:
                assert (attempt.shown_at or 0) <= save.at < (self.live.deadline(place) or 0) <= self.live.end
                assert attempt.left_at is None or save.at <= attempt.left_at  # both may happen in one millisecond
                assert 0 <= save.option < len(self.live.paper.questions[place].options)

    @invariant()
    def nothing_is_written_after_the_finish(self) -> None:
        """From the finish on only the release and the explanations change."""
        over = next((state for state in self.states if state.finished), None)
        if over is not None:
            assert replace(self.live, released_at=None, explained={}) == over
            assert 0 <= (over.finished_at or 0) <= over.end

    @invariant()
    def forward_only_has_no_side_door(self) -> None:
        """Shown one after the other from the first on, each left for good when the next comes."""
        if self.live.paper.rules.forward_only:
            shown = [one.shown_at for one in self.live.attempts if one.shown_at is not None]
            assert shown == sorted(shown)
            assert len(shown) == self.live.current + 1
            assert [one.left_at for one in self.live.attempts[: len(shown)]] == [*shown[1:], None][: len(shown)]

    @invariant()
    def the_log_adds_up_to_it(self) -> None:
        """Replaying the log gives the live state."""
        assert replay(self.log) == self.live

    def teardown(self) -> None:
        """Any prefix of the log loads, and gives the state there was."""
        for length, state in enumerate(getattr(self, "states", []), start=1):
            assert replay(self.log[:length]) == state


AnySitting.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnySitting = AnySitting.TestCase


# --- ticks ----------------------------------------------------------------------------------------

steps = st.lists(st.tuples(st.integers(0, 900), st.sampled_from(["save", "next", "tick", "pick"])), max_size=25)


def settled(sitting: Sitting, at: int) -> Sitting:
    """After all that time makes necessary at one moment."""
    while (event := due(sitting, at)) is not None:
        sitting = advance(sitting, event)
    return sitting


@given(short_papers, steps, st.integers(0, 10**7))
@settings(max_examples=150, deadline=None)
def test_extra_ticks_change_nothing(paper: Paper, script: list[tuple[int, str]], late: int) -> None:
    """Asked at every moment, or only when something happens: as long as nothing expires, the sitting is the same.

    And however late the last expiry is noticed, the finish is the same.
    """
    assume(not paper.rules.email)
    plain = ticked = advance(replay([Started(0, paper, paper.natural_end)]), Shown(0, 0))
    at = 0
    for pause, what in script:
        at += pause
        if due(plain, at) is not None:
            break
        if what == "save":
            plain, ticked = (advance(one, Saved(at, one.current, 0)) for one in (plain, ticked))
        elif what == "next":
            plain, ticked = (advance(one, Shown(at, one.current + 1)) for one in (plain, ticked))
        elif what == "pick":
            plain, ticked = (advance(one, Picked(at, one.current, 1)) for one in (plain, ticked))
        ticked = settled(settled(ticked, at), at)
        assert ticked == plain
    alone = [advance(plain, event) for moment in (plain.end, plain.end + late) if (event := due(plain, moment))]
    assert all(one == alone[0] for one in alone)


@given(short_papers, st.integers(0, 20_000), st.integers(0, 10**7))
@settings(max_examples=100, deadline=None)
def test_a_finish_by_time_does_not_depend_on_when_it_is_noticed(paper: Paper, at: int, later: int) -> None:
    """Finished at the deadline that was the last, whether noticed at once or days after."""
    sitting = replay([Started(0, paper, paper.natural_end), Emailed(0, True), Shown(0, 0)])
    sitting = settled(sitting, min(at, paper.natural_end - 1))
    for moment in (at, at + later):
        event = due(sitting, moment)
        if isinstance(event, Finished):
            assert due(sitting, moment + later) == event
            assert advance(advance(sitting, event), event) == advance(sitting, event)
