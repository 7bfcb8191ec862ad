"""Rules of the oral follow-up: which questions are to be explained after the exam."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.exam.events import Started
from studyapp.core.exam.oral import UNLESS_SET, to_explain
from studyapp.core.exam.paper import ExamOption, ExamQuestion, ExamRules, Paper
from studyapp.core.exam.sitting import Attempt, Save, Sitting, begin
from studyapp.model import Kind


def sitting(questions: int, seed: int, oral: int) -> Sitting:
    """A sitting that was just started."""
    options = (ExamOption("yes", correct=True), ExamOption("no"))
    asked = [ExamQuestion(f"c{one}", Kind.CHOICE, "a.md", "T", "?", options, 60) for one in range(questions)]
    return begin(Started(0, Paper("P", seed, ExamRules(oral=oral), tuple(asked)), 1000))


@given(st.integers(1, 40), st.integers(), st.integers(0, 20))
def test_as_many_as_the_rules_say(questions: int, seed: int, oral: int) -> None:
    """Rule 13: k different questions in the order of the exam, three where the rules ask for none, never more than
    there are."""
    drawn = to_explain(sitting(questions, seed, oral))
    assert len(drawn) == min(oral or UNLESS_SET, questions)
    assert list(drawn) == sorted(set(drawn))
    assert all(0 <= one < questions for one in drawn)


@given(st.integers(), st.integers(0, 8))
def test_the_seed_alone_decides(seed: int, oral: int) -> None:
    """Rule 13: the same paper asks for the same explanations after any restart, whatever was answered."""
    fresh = sitting(20, seed, oral)
    answered = replace(fresh, attempts=(Attempt(shown_at=0, saves=(Save(1, 0),)),) * 20, finished_at=5)
    assert to_explain(fresh) == to_explain(answered)


def test_seeds_draw_differently() -> None:
    """Rule 13: every question has its turn."""
    assert {one for seed in range(100) for one in to_explain(sitting(10, seed, 1))} == set(range(10))
