"""Papers and sittings small enough to follow by hand, and hypothesis strategies for every event there can be."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

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
)
from studyapp.core.exam.paper import ExamOption, ExamQuestion, ExamRules, Paper
from studyapp.core.exam.sitting import Refusal, Sitting, advance, begin, refusal
from studyapp.model import Kind

SECOND = 1000
LIMIT = 60 * SECOND
"""What each question of these papers gives, in milliseconds, unless said otherwise."""


def question(name: str = "q0", *, options: int = 4, right: int = 0, **facts: object) -> ExamQuestion:
    """A question of 60 seconds with options `name-0`, `name-1`, ...; some facts changed."""
    shown = tuple(ExamOption(f"{name}-{place}", correct=place == right) for place in range(options))
    given = ExamQuestion(name, Kind.CHOICE, "d.md", "Topic", f"What is {name}?", shown, 60.0)
    return replace(given, **facts)  # type: ignore[arg-type]


def paper(number: int = 3, *, seconds: float = 60.0, seed: int = 1, **rules: object) -> Paper:
    """A paper of questions q0, q1, ... whose right option is always the first."""
    questions = tuple(question(f"q{place}", seconds=seconds) for place in range(number))
    return Paper("A paper", seed, ExamRules(**rules), questions)  # type: ignore[arg-type]


def begun(of: Paper, *, end: int | None = None, official: bool = False) -> Sitting:
    """A sitting that has just started."""
    return begin(Started(0, of, of.natural_end if end is None else end, official))


def after(sitting: Sitting, *events: SittingEvent) -> Sitting:
    """The sitting after events that may all happen."""
    for event in events:
        assert refusal(sitting, event) is None, (event, refusal(sitting, event))
        sitting = advance(sitting, event)
    return sitting


def refused(sitting: Sitting, event: SittingEvent) -> Refusal | None:
    """Why an event is refused; that it then changes nothing is seen to here."""
    reason = refusal(sitting, event)
    if reason is not None:
        assert advance(sitting, event) is sitting
    return reason


# --- everything there can be ----------------------------------------------------------------------

times = st.integers(-10, 10**9)
places = st.integers(-1, 5)
texts = st.text(max_size=12)
numbers = st.integers(-(10**6), 10**6)
floats = st.floats(allow_nan=False)
parameters = st.dictionaries(
    texts,
    st.one_of(st.booleans(), numbers, floats, texts, st.lists(floats, max_size=3).map(tuple)),
    max_size=3,
)
readings = st.builds(Reading, texts, numbers, numbers)


@st.composite
def questions(draw: st.DrawFn) -> ExamQuestion:
    """Any question that a paper may hold."""
    options = draw(st.lists(texts.map(str.strip), min_size=2, max_size=5, unique=True))
    right = draw(st.integers(0, len(options) - 1))
    told = [
        ExamOption(text, correct=place == right, reason=draw(texts), mistake=draw(texts))
        for place, text in enumerate(options)
    ]
    return ExamQuestion(
        card=draw(texts),
        kind=draw(st.sampled_from(Kind)),
        deck=draw(texts),
        topic=draw(texts),
        prompt=draw(texts),
        options=tuple(told),
        seconds=draw(st.floats(0.001, 7200)),
        front=draw(texts),
        explanation=draw(texts),
        source=draw(texts),
        simulation=draw(texts),
        parameters=draw(parameters),
        claims=tuple(draw(st.lists(texts, max_size=2))),
        sealed=draw(st.booleans()),
        seen=draw(st.booleans()),
    )


rules = st.builds(
    ExamRules,
    name=texts,
    forward_only=st.booleans(),
    email=st.booleans(),
    practice=st.booleans(),
    rehearsal=st.booleans(),
    extra_time=st.floats(1, 4),
    oral=st.integers(0, 9),
)
papers = st.builds(
    Paper,
    title=texts,
    seed=st.integers(0, 2**31),
    rules=rules,
    questions=st.lists(questions(), min_size=1, max_size=3).map(tuple),
    versions=st.dictionaries(texts, texts, max_size=2),
)
events: st.SearchStrategy[SittingEvent] = st.one_of(
    st.builds(Started, times, papers, times, st.booleans()),
    st.builds(Opened, times, texts),
    st.builds(Emailed, times, st.booleans()),
    st.builds(Shown, times, places),
    st.builds(Picked, times, places, st.none() | places),
    st.builds(Struck, times, places, places, st.booleans()),
    st.builds(Guessed, times, places, st.booleans()),
    st.builds(Saved, times, places, places, st.booleans()),
    st.builds(Finished, times, st.booleans()),
    st.builds(Released, times),
    st.builds(Explained, times, places, places),
)
