"""What becomes of a finished sitting: answers for the log, question statistics, and nothing of a rehearsal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studyapp.core.exam.events import Finished, Saved, Shown, SittingEvent
from studyapp.core.exam.history import Facility, question_statistics
from studyapp.core.exam.intervals import wilson
from studyapp.core.exam.outcome import answers
from studyapp.core.exam.paper import ExamQuestion, ExamRules, Paper, PaperError
from studyapp.core.exam.rehearsal import SECONDS, rehearsal
from studyapp.core.exam.report import Outcome, report
from studyapp.core.exam.sitting import Sitting, advance, due
from studyapp.core.grading import RIGHT, RIGHT_AND_SURE, WRONG
from studyapp.core.history import fold
from studyapp.model import Kind, Mode, Schedule
from tests.core.exam.papers import after, begun, paper, question


def saving(*options: int | None, of: Paper | None = None) -> Sitting:
    """A finished sitting that saved these options, None for a blank."""
    events: list[SittingEvent] = []
    for place, option in enumerate(options):
        events.append(Shown(100 * place, place))
        if option is not None:
            events.append(Saved(100 * place + 7, place, option))
    return after(begun(of or paper(len(options))), *events, Finished(100 * len(options)))


def mistaken(name: str) -> ExamQuestion:
    """A computed question whose options 1 and 2 stand for mistakes."""
    asked = question(name, simulation="net")
    right, first, second, rest = asked.options
    named = (right, replace(first, mistake="forgets"), replace(second, mistake="squares"), rest)
    return replace(asked, options=named, kind=Kind.COMPUTED)


# --- answers for the log --------------------------------------------------------------------------


def test_one_answer_for_each_question_that_was_reached() -> None:
    """Right and sure 4, right but guessed 3, wrong and blank 1; what was not reached was not asked."""
    sitting = after(
        begun(paper(5)),
        *(Shown(0, 0), Saved(1, 0, 0)),
        *(Shown(10, 1), Saved(11, 1, 0, True)),
        *(Shown(20, 2), Saved(21, 2, 3)),
        *(Shown(30, 3), Finished(90)),
    )
    found = answers("s", sitting)
    assert [one.grade for one in found] == [RIGHT_AND_SURE, RIGHT, WRONG, WRONG]
    assert [(one.correct, one.sure) for one in found] == [(True, True), (True, False), (False, True), (False, None)]
    assert [one.card for one in found] == ["q0", "q1", "q2", "q3"]
    assert [one.given for one in found] == ["q0-0", "q1-0", "q2-3", ""]
    assert [one.milliseconds for one in found] == [10, 10, 10, 60]
    assert found[2].receipt == {"sitting": "s", "question": 2}
    assert {(one.mode, one.kind, one.seed) for one in found} == {(Mode.EXAM, Kind.CHOICE, 1)}


@pytest.mark.parametrize("option", [0, 1, None])
def test_an_exam_never_moves_a_due_date(option: int | None) -> None:
    """Also: practice and exam modes leave n, interval, ease and due as they were, right or wrong."""
    before = Schedule(n=3, interval=16, ease=236, due=20_510, answered_on=20_494, repetitions=3, mastery=2)
    after_it = fold([(20_500, one) for one in answers("s", saving(option))], before)
    for name in ("n", "interval", "ease", "due", "answered_on", "drilling", "repetitions", "failures"):
        assert getattr(after_it, name) == getattr(before, name), name
    assert after_it.seen_on == 20_500


def test_rule_11_a_rehearsal_says_nothing_of_any_card() -> None:
    """Rule 11: its questions are no cards."""
    sitting = saving(0, 0, 0, 0, 0, of=rehearsal(1))
    assert answers("s", sitting) == ()


# --- statistics -----------------------------------------------------------------------------------


def test_questions_and_mistakes_are_counted_over_sittings() -> None:
    """How often each was right of how often it was reached, the lowest first; mistakes of how often they were there."""
    made = Paper("P", 1, ExamRules(), (mistaken("a"), mistaken("b")))
    found = question_statistics([saving(0, 1, of=made), saving(2, 1, of=made), saving(0, of=made)])
    assert found.sittings == 3
    assert found.questions == (Facility("b", 0, 2), Facility("a", 2, 3))
    assert found.mistakes == (Facility("net.forgets", 2, 5), Facility("net.squares", 1, 5))
    assert found.questions[1].share == 2 / 3
    assert found.questions[1].interval == wilson(2, 3)


def test_rule_11_practice_and_rehearsals_stay_out_of_the_statistics() -> None:
    """Rule 11: so do sittings that still run."""
    others = [
        saving(0, of=paper(1, practice=True)),
        saving(0, 0, 0, 0, 0, of=rehearsal(1)),
        after(begun(paper(1)), Shown(0, 0), Saved(1, 0, 0)),
    ]
    found = question_statistics(others)
    assert (found.sittings, found.questions, found.mistakes) == (0, (), ())
    assert question_statistics([*others, saving(0)]).questions == (Facility("q0", 1, 1),)


# --- the rehearsal --------------------------------------------------------------------------------


def test_rule_11_a_rehearsal_is_five_trivial_questions_of_twenty_seconds() -> None:
    """Rule 11: it takes two minutes, by the same engine, forward only as the real one is."""
    made = rehearsal(3)
    assert [made.limit(place) for place in range(len(made.questions))] == [20_000] * 5
    assert made.natural_end <= 125_000
    assert SECONDS == 20
    assert made.rules.rehearsal
    assert made.rules.forward_only
    assert sum("do not save" in one.prompt for one in made.questions) == 1
    assert sum("let the time run out" in one.prompt for one in made.questions) == 1


def test_rule_11_a_rehearsal_followed_to_the_letter() -> None:
    """Rule 11: one expires, one is picked and not saved, and the report shows both; the seed shuffles the options."""
    made = rehearsal(3)
    sitting = begun(made)
    at = 0
    for place, asked in enumerate(made.questions):
        if sitting.current < place:
            sitting = after(sitting, Shown(at, place))
        if asked.card.endswith("expire"):
            at += 20_000
            moved = due(sitting, at)
            assert moved == Shown(at, place + 1)
            sitting = advance(sitting, moved)
        elif not asked.card.endswith("not-saved"):
            sitting = after(sitting, Saved(at + 5, place, asked.right))
        at += 10
    found = report(after(sitting, Finished(at)))
    outcomes = {one.question.card.removeprefix("rehearsal-"): one.outcome for one in found.answers}
    assert outcomes["expire"] is Outcome.TIMED_OUT
    assert outcomes["not-saved"] is Outcome.BLANK
    assert found.score.right == 3
    assert rehearsal(3) == made
    assert len({tuple(one.right for one in rehearsal(seed).questions) for seed in range(20)}) > 10


def test_a_rehearsals_questions_can_be_made_at_all_seeds() -> None:
    """Rule 7: each has one right option at any seed, and the order of the questions stays."""
    for seed in range(50):
        try:
            made = rehearsal(seed)
        except PaperError as error:
            raise AssertionError(seed) from error
        assert [one.card for one in made.questions] == [one.card for one in rehearsal(0).questions]
        for one in made.questions:
            assert one.options[one.right].text in {"4", "9", "blue", "seven", "heads"}
