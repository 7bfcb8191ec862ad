"""What a sitting came to: outcomes told apart, the score with chance and interval, topics, habits, times."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.core.exam.events import Finished, Guessed, Picked, Saved, Shown, SittingEvent
from studyapp.core.exam.intervals import exact
from studyapp.core.exam.oral import UNLESS_SET, to_explain
from studyapp.core.exam.paper import ExamQuestion, ExamRules, Paper
from studyapp.core.exam.report import Outcome, Report, Tally, report
from studyapp.core.exam.sitting import Sitting, advance
from studyapp.core.exam.submission import Lock, submissions
from tests.core.exam.papers import LIMIT, SECOND, after, begun, paper, question


def sat(questions: list[ExamQuestion], *events: SittingEvent, end: int | None = None) -> Report:
    """The report of a sitting with these questions and events, the finish included."""
    return report(after(begun(Paper("A paper", 1, ExamRules(), tuple(questions)), end=end), *events))


def test_rule_5_wrong_blank_and_timed_out_score_nothing_and_are_told_apart() -> None:
    """Rule 5: they score 0 alike, nothing is subtracted, and the report says which it was."""
    found = report(
        after(
            begun(paper(5)),
            *(Shown(0, 0), Saved(1, 0, 0)),
            *(Shown(2, 1), Saved(3, 1, 2)),
            Shown(4, 2),
            Shown(5, 3),
            Finished(5 + LIMIT),
        )
    )
    right, wrong, blank, timed_out, not_reached = Outcome
    assert [one.outcome for one in found.answers] == [right, wrong, blank, timed_out, not_reached]
    assert found.score == Tally(1, 5)
    assert (found.habits.left_blank, found.habits.timed_out) == (1, 1)
    assert [one.number for one in found.missed] == [1, 2, 3, 4]


def test_missed_cards_are_those_that_were_reached_each_once() -> None:
    """A question that was never shown says nothing of its card, so no card is missed by it."""
    twice = replace(question("q1"), prompt="Another question of the same card?")
    asked = [question("q0"), question("q1"), twice, question("q3"), question("q4")]
    found = sat(asked, Shown(0, 0), Saved(1, 0, 0), Shown(2, 1), Shown(4, 2), Shown(5, 3), Finished(6))
    assert found.answers[4].outcome is Outcome.NOT_REACHED
    assert found.answers[4] in found.missed
    assert found.missed_cards == ("q1", "q3")


@pytest.mark.parametrize(
    ("finish", "outcome"), [(LIMIT - 1, Outcome.BLANK), (LIMIT, Outcome.TIMED_OUT), (LIMIT + 1, Outcome.TIMED_OUT)]
)
def test_rule_5_blank_becomes_timed_out_at_the_deadline(finish: int, outcome: Outcome) -> None:
    """Rule 5: to the millisecond: ended before the deadline it was left blank, from then on time was up."""
    found = report(after(begun(paper(2)), Shown(0, 0), Finished(finish)))
    assert found.answers[0].outcome is outcome


@given(st.lists(st.tuples(st.integers(2, 5), st.integers(0, 1), st.booleans()), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_rule_6_every_question_weighs_the_same(sat_so: list[tuple[int, int, bool]]) -> None:
    """Rule 6: score = right / all questions, whatever the options, limits and topics; guessed ones count as well."""
    questions = [
        question(f"q{i}", options=options, seconds=10.0 * options, topic=f"t{i % 3}")
        for i, (options, _, _) in enumerate(sat_so)
    ]
    events: list[SittingEvent] = []
    for i, (_, option, guess) in enumerate(sat_so):
        events += [Shown(10 * i, i), Saved(10 * i + 1, i, option, guess)]
    found = sat(questions, *events, Finished(10 * len(sat_so)))
    right = sum(option == 0 for _, option, _ in sat_so)
    assert found.score == Tally(right, len(sat_so))
    assert found.score.share == right / len(sat_so)
    assert sum(one.tally.right for one in found.topics) == right
    assert sum(one.tally.of for one in found.topics) == len(sat_so)
    assert found.guessed == Tally(sum(o == 0 and g for _, o, g in sat_so), sum(g for *_, g in sat_so))


def test_rule_31_the_score_comes_with_chance_and_an_exact_interval() -> None:
    """Rule 31: how many blind guessing gets right, and the exact binomial interval."""
    found = sat([question("a", options=2), question("b", options=4)], Shown(0, 0), Saved(1, 0, 0), Finished(2))
    assert found.by_chance == 0.75
    assert found.score.interval == exact(1, 2)
    assert Tally(0, 0).interval == (0.0, 1.0)
    assert Tally(0, 0).share == 0.0


def test_rule_31_questions_never_seen_before_are_counted_apart() -> None:
    """Rule 31: only those tell what to expect of a real exam."""
    questions = [question("a", seen=True), question("b"), question("c", seen=True), question("d")]
    found = sat(questions, Shown(0, 0), Saved(1, 0, 0), Shown(2, 1), Saved(3, 1, 1), Shown(4, 2), Finished(5))
    assert (found.seen, found.unseen) == (Tally(1, 2), Tally(0, 2))


def test_rule_31_topics_come_weakest_first_and_say_where_to_start() -> None:
    """Rule 31: the weakest first; start with the one where most marks were lost, which need not be the weakest."""
    topics = ["few", "many", "many", "many", "many", "known"]
    questions = [question(f"q{i}", topic=topic) for i, topic in enumerate(topics)]
    events: list[SittingEvent] = []
    for i, option in enumerate([1, 1, 2, 0, 0, 0]):
        events += [Shown(100 * i, i), Saved(100 * i + 10, i, option, guess=i == 2)]
    found = sat(questions, *events, Finished(600))
    assert [(one.name, one.tally) for one in found.topics] == [
        ("few", Tally(0, 1)),
        ("many", Tally(2, 4)),
        ("known", Tally(1, 1)),
    ]
    assert found.start_with == "many"
    assert [one.sure_and_wrong for one in found.topics] == [1, 1, 0]
    assert [one.milliseconds for one in found.topics] == [100, 100, 100]


def test_rule_31_nothing_missed_leaves_nowhere_to_start() -> None:
    """Rule 31: all right."""
    found = sat([question("a")], Shown(0, 0), Saved(1, 0, 0), Finished(2))
    assert found.start_with == ""
    assert found.missed == ()


def test_rule_31_habits() -> None:
    """Rule 31: picked but never saved, answers changed and which way, time to the first save, sure and wrong."""
    script: list[SittingEvent] = [
        *(Shown(0, 0), Saved(10, 0, 1), Saved(20, 0, 0)),  # became right
        *(Shown(100, 1), Saved(130, 1, 0), Saved(140, 1, 2)),  # became wrong, and sure of it
        *(Shown(200, 2), Saved(290, 2, 1), Saved(291, 2, 2), Saved(292, 2, 1, True)),  # back to where it was, a guess
        *(Shown(300, 3), Picked(301, 3, 0)),  # right, and never saved
        *(Shown(400, 4), Picked(401, 4, 1)),  # wrong, and never saved
        *(Shown(500, 5), Saved(550, 5, 0), Picked(560, 5, 2)),  # saved, then another one picked
        *(Shown(600, 6), Guessed(601, 6, True)),
    ]
    found = report(after(begun(paper(7)), *script, Finished(700)))
    habits = found.habits
    assert (habits.picked_not_saved, habits.picked_and_right) == (2, 1)
    assert (habits.changed, habits.became_right, habits.became_wrong) == (2, 1, 1)
    assert habits.sure_and_wrong == 1
    assert habits.first_save == 40  # the median of 10, 30, 90 and 50
    assert habits.left_blank == 3
    assert [one.picked for one in found.answers] == [None, None, None, 0, 1, 2, None]
    assert [one.number for one in found.answers if one.sure_and_wrong] == [1]


def test_rule_31_without_a_save_there_is_no_time_to_the_first() -> None:
    """Rule 31: and no other habit either."""
    habits = report(after(begun(paper(2)), Finished(5))).habits
    assert habits.first_save is None
    assert (habits.changed, habits.left_blank, habits.timed_out, habits.sure_and_wrong) == (0, 0, 0, 0)


def test_rule_31_each_answer_has_what_the_report_shows() -> None:
    """Rule 31: your answer, the key, the named mistake or reason behind your option, and what "run it" runs."""
    asked = question("a", simulation="net", parameters={"width": 64})
    options = (asked.options[0], replace(asked.options[1], mistake="forgets", reason="It forgets."))
    asked = replace(asked, options=(*options, *asked.options[2:]))
    (answer,) = sat([asked], Shown(0, 0), Saved(5, 0, 1), Finished(9)).answers
    assert answer.saved is not None
    chosen = answer.question.options[answer.saved.option]
    assert (chosen.mistake, chosen.reason) == ("forgets", "It forgets.")
    assert answer.question.options[answer.question.right].text == "a-0"
    assert (answer.question.simulation, answer.question.parameters) == ("net", {"width": 64})


def test_rule_12_submissions_say_when_saved_time_used_and_lock() -> None:
    """Rule 12: of every question: when it was saved, how long it was open, and what locked it, if anything did."""
    sitting = after(
        begun(paper(4), end=100 * SECOND),
        *(Shown(1000, 0), Saved(5000, 0, 0)),
        Shown(11_000, 1),
        Shown(71_000, 2),
    )
    over = after(sitting, Finished(100 * SECOND))
    assert [sitting.closes(place) for place in range(4)] == [11_000, 71_000, 100_000, 100_000]
    assert [sitting.locked(place, 80_000) for place in range(4)] == [True, True, False, False]
    answers = report(over).answers
    assert [one.used for one in answers] == [10_000, 60_000, 29_000, 0]
    assert [one.saved.at if one.saved else None for one in answers] == [5000, None, None, None]
    early = after(sitting, Finished(80_000))
    assert [one.used for one in report(early).answers] == [10_000, 60_000, 9_000, 0]
    for one, then in ((sitting, 80_000), (early, 10**9)):  # while it runs, and afterwards as at its finish
        assert [row.used for row in submissions(one, then)] == [10_000, 60_000, 9_000, 0]
        assert [row.saved.at if row.saved else None for row in submissions(one, then)] == [5000, None, None, None]
    running, ended = ([row.lock for row in submissions(one, 80_000)] for one in (sitting, early))
    assert running == [Lock.MOVED_ON, Lock.TIME_UP, Lock.OPEN, Lock.TO_COME]
    assert ended == [Lock.MOVED_ON, Lock.TIME_UP, Lock.FINISHED, Lock.NOT_REACHED]
    assert submissions(over, 0)[2].lock is Lock.EXAM_OVER


def test_a_running_sitting_has_no_report() -> None:
    """Rule 14: nothing of the key is told before the finish."""
    with pytest.raises(ValueError, match="running"):
        report(after(begun(paper()), Shown(0, 0)))


@given(st.integers(0, 2**31), st.integers(1, 30), st.integers(0, 35))
def test_rule_13_questions_to_explain_are_drawn_from_the_seed(seed: int, number: int, oral: int) -> None:
    """Rule 13: k different questions, always the same for a seed: three where the rules say nothing, all at most."""
    sitting = begun(paper(number, seed=seed, oral=oral))
    drawn = to_explain(sitting)
    assert len(set(drawn)) == len(drawn) == min(oral or UNLESS_SET, number)
    assert set(drawn) <= set(range(number))
    assert to_explain(advance(sitting, Finished(1))) == drawn == tuple(sorted(drawn))


def test_rule_13_every_question_may_be_drawn() -> None:
    """Rule 13: over the seeds each one is, about equally often."""
    drawn = [place for seed in range(300) for place in to_explain(begun(paper(6, seed=seed, oral=2)))]
    assert all(70 <= drawn.count(place) <= 130 for place in range(6))


def test_the_score_is_what_the_list_of_sittings_shows() -> None:
    """Also: the sitting's own count of saved and right answers agrees with the report."""
    sitting: Sitting = after(begun(paper()), Shown(0, 0), Saved(1, 0, 0), Shown(2, 1), Saved(3, 1, 1), Finished(4))
    assert (sitting.saved_answers, sitting.right_answers) == (2, 1)
    assert report(sitting).score.right == sitting.right_answers
