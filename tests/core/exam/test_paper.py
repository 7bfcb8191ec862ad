"""A paper is whole when it is made: nothing that could not be sat fairly gets past its making."""

from __future__ import annotations

import json
from math import inf, nan

import pytest
from hypothesis import given, settings

from studyapp.core.exam.making import Blueprint
from studyapp.core.exam.paper import ExamOption, ExamQuestion, ExamRules, Paper, PaperError
from studyapp.core.plain import plain, restore
from studyapp.model import Card, Kind
from tests.core.exam.papers import paper, papers, question


def options(*right: bool) -> tuple[ExamOption, ...]:
    """Options called 0, 1, ..., right or wrong as said."""
    return tuple(ExamOption(str(place), correct=one) for place, one in enumerate(right))


@pytest.mark.parametrize("right", [(False, False, False), (True, True, False)])
def test_rule_7_a_question_has_one_single_best_answer(right: tuple[bool, ...]) -> None:
    """Rule 7: one single best answer per question; none or two are refused, in one line that names the card."""
    with pytest.raises(PaperError, match=r"^q7: a question has exactly one right option"):
        ExamQuestion("q7", Kind.CHOICE, "d.md", "T", "P", options(*right), 60.0)


def test_rule_7_options_differ_and_are_two_at_least() -> None:
    """Rule 7: two options that read alike would both be the best answer, and a single option is no question."""
    for shown in (options(True), (ExamOption("a", correct=True), ExamOption(" a "))):
        with pytest.raises(PaperError, match="two options or more, no two alike"):
            ExamQuestion("q", Kind.CHOICE, "d.md", "T", "P", shown, 60.0)


@pytest.mark.parametrize("seconds", [0, 0.0, -1, 0.0001, nan, inf, -inf])
def test_rule_29_a_missing_or_zero_limit_is_an_error(seconds: float) -> None:
    """Rule 29: no question without a time limit, and none with a limit that gives no time or no end."""
    with pytest.raises(PaperError, match="time limit above zero"):
        question(seconds=seconds)
    with pytest.raises(PaperError, match="time limit above zero"):
        Blueprint(3, seconds=seconds)


def test_rule_29_each_kind_has_a_limit_unless_set() -> None:
    """Rule 29: concept 60 s, computed 120 s, and one limit for all where it is set."""
    concept, computed = (Card("c", kind, "P", "d.md", 1) for kind in (Kind.CHOICE, Kind.COMPUTED))
    assert [Blueprint().limit(card) for card in (concept, computed)] == [60.0, 120.0]
    assert [Blueprint(seconds=90).limit(card) for card in (concept, computed)] == [90.0, 90.0]


def test_a_paper_has_questions() -> None:
    """Also: an exam of nothing is refused, as is asking for none."""
    with pytest.raises(PaperError, match="a paper needs a question"):
        Paper("Empty", 1, ExamRules(), ())
    with pytest.raises(PaperError, match="give --questions 1 or more"):
        Blueprint(0)


@pytest.mark.parametrize("factor", [0, 0.99, 4.01, -1, nan])
def test_rule_27_extra_time_never_shortens(factor: float) -> None:
    """Rule 27: the factor lies between 1 and 4."""
    with pytest.raises(PaperError, match="extra-time factor"):
        ExamRules(extra_time=factor)


def test_the_right_option_and_its_chance() -> None:
    """Also: `right` points at the right option wherever it stands; guessing blindly finds it one time in so many."""
    assert [question(options=3, right=place).right for place in range(3)] == [0, 1, 2]
    assert question(options=4).chance == 0.25


def test_limits_are_whole_milliseconds() -> None:
    """Also: 0.1 s is 100 ms, times the extra time; what is fractional is rounded once."""
    assert paper(1, seconds=0.1).limit(0) == 100
    assert paper(1, seconds=60, extra_time=1.25).limit(0) == 75_000


@given(papers)
@settings(max_examples=60, deadline=None)
def test_rule_30_a_paper_is_kept_whole(given_paper: Paper) -> None:
    """Rule 30: items, options, key, seed, drawn numbers and versions come out of the log as they went in."""
    assert restore(Paper, json.loads(json.dumps(plain(given_paper)))) == given_paper
