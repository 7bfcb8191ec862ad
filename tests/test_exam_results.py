"""What comes of a sitting and when it is told: the official end, lists, statistics, explanations, misses, undo."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from studyapp.clocks import reading
from studyapp.core.exam.events import Explained
from studyapp.core.exam.report import Outcome
from studyapp.exam_errors import ExamError
from studyapp.exams import Exams
from studyapp.model import Answered, Kind, Mode, Placed, Sat
from studyapp.store import StoreError
from tests.cli.calling import call, studying
from tests.core.exam.papers import SECOND, paper
from tests.exam_room import THREE, answered, exams, gone, log_of, sit
from tests.studying import NOON, Clock, basic_deck, library

# --- rule 14: the official end, and what is told when ---------------------------------------------


def test_rule_14_results_are_hidden_until_the_official_end(room: Path) -> None:
    """Rule 14: the report says until when, the list shows no score, and the log has no answer before."""
    clock = Clock()
    with exams(room, clock) as terminal:
        sitting_id = terminal.start(THREE, ends=NOON + timedelta(minutes=30))
        sit(terminal, sitting_id, 0, 1, finish=True)
        kept = terminal.settle(terminal.load(sitting_id))
        assert terminal.results_wait_until(kept) == NOON + timedelta(minutes=30)
        clock.forward(minutes=30, milliseconds=-1)
        with pytest.raises(ExamError, match=r"results are hidden until the official end at \d\d:\d\d; stay reachable"):
            terminal.report(sitting_id)
        (row,) = terminal.sittings()
        assert (row.saved, row.right, row.finished_at) == (2, None, 0)
        assert answered(terminal) == []
        assert terminal.statistics().sittings == 0
        clock.forward(milliseconds=1)
        kept, report = terminal.report(sitting_id)
        assert (report.score.right, kept.sitting.finished_at) == (1, 0)
        assert terminal.results_wait_until(kept) is None
        assert [one.card for one in answered(terminal)] == ["q0", "q1"]
        assert terminal.sittings()[0].right == 1


def test_rule_14_the_log_command_tells_nothing_before_the_end(room: Path) -> None:
    """Rule 14: neither while the exam runs nor while its results wait does `studyapp log` print an answer."""
    with studying(room) as one:
        terminal = one.exams
        sitting_id = terminal.start(THREE, ends=one.now() + timedelta(minutes=30))
        sit(terminal, sitting_id, 0, 1)
        assert "q0" not in call(room, "log", "--json").out
        sit(terminal, sitting_id, finish=True)
    assert call(room, "log", "--json").json == []
    assert "q0" not in call(room, "log").out
    with studying(room, days_ago=-1) as one:
        one.exams.read = lambda: replace(reading(), boot="later", wall=reading().wall + 86_400_000)
        one.exams.report(sitting_id)
    assert {row["card"] for row in call(room, "log", "--json").json} == {"q0", "q1"}


def test_rule_14_while_it_waits_the_book_is_open(room: Path) -> None:
    """Rule 14: only the results wait: a finished sitting closes no book, and the next may start."""
    with library(room, Clock()) as opened:
        sitting_id = opened.exams.start(THREE, ends=NOON + timedelta(minutes=30))
        sit(opened.exams, sitting_id, finish=True)
        opened.closed_book()
        opened.exams.start(THREE)


def test_rule_14_nothing_is_told_while_it_runs(room: Path) -> None:
    """Rule 14: no report, no score in the list, and no answer in the log before the finish, saved or not."""
    with exams(room) as terminal:
        sitting_id = terminal.start(THREE)
        sit(terminal, sitting_id, 0, 1)
        with pytest.raises(ExamError, match="is still running; `studyapp exam` resumes it"):
            terminal.report(sitting_id)
        (row,) = terminal.sittings()
        assert (row.saved, row.right) == (None, None)
        assert answered(terminal) == []
        assert terminal.results_wait_until(terminal.load(sitting_id)) is None


def test_a_sitting_that_never_was(room: Path) -> None:
    """Also: asking for it is refused in a clear line."""
    with exams(room) as terminal, pytest.raises(StoreError, match="there is no sitting 'never'"):
        terminal.report("never")


# --- rules 9, 11, 12, 13: around the questions ----------------------------------------------------


def test_rule_9_the_address_is_stored_nowhere(room: Path) -> None:
    """Rule 9: that it was asked and answered is all that any file of the home has."""

    async def answering(terminal: Exams, sitting_id: str) -> None:
        session = terminal.resume(sitting_id)
        assert session.show(0) is not None
        assert session.email(True) is None
        assert session.show(0) is None
        await gone(session, terminal)

    with exams(room) as terminal:
        sitting_id = terminal.start(paper(2, email=True))
        asyncio.run(answering(terminal, sitting_id))
        assert terminal.load(sitting_id).sitting.emailed is True
        (told,) = [one.event for one in terminal.store.sitting(sitting_id) if "given" in str(one.event)]
        assert isinstance(told, Sat)
        assert {name: value for name, value in told.event.items() if name != "clock"} == {
            "what": "emailed",
            "at": 0,
            "given": True,
        }


def test_rule_11_practice_is_sat_alike_and_stays_out_of_the_statistics(room: Path) -> None:
    """Rule 11: the same engine, marked as practice."""
    with exams(room) as terminal:
        for practice in (True, False):
            sitting_id = terminal.start(paper(2, practice=practice))
            sit(terminal, sitting_id, 0, 0, finish=True)
            assert terminal.report(sitting_id)[1].score.right == 2
        assert sorted(row.practice for row in terminal.sittings()) == [False, True]
        assert [row.practice for row in terminal.counted()] == [False]
        assert terminal.statistics().sittings == 1
        assert [one.of for one in terminal.statistics().questions] == [1, 1]


def test_rule_12_every_sitting_is_listed_with_its_state(room: Path) -> None:
    """Rule 12: running, finished, expired, newest first; a running one can be resumed from there."""
    clock = Clock()
    with exams(room, clock) as terminal:
        finished = terminal.start(THREE)
        sit(terminal, finished, 0, finish=True)
        clock.forward(minutes=1)
        expired = terminal.start(THREE)
        clock.forward(hours=1)
        running = terminal.start(THREE)
        rows = terminal.sittings()
        assert [row.id for row in rows] == [running, expired, finished]
        assert [row.finished_at is not None for row in rows] == [False, True, True]
        assert [row.expired for row in rows] == [False, True, False]
        assert terminal.sittings(limit=1) == rows[:1]
        sit(terminal, rows[0].id, 0)


def test_rule_13_explaining_does_not_change_the_score(room: Path) -> None:
    """Rule 13: self-rated 0 to 3 after the exam, logged, and nothing else moves."""
    with exams(room) as terminal:
        sitting_id = terminal.start(paper(3, oral=2))
        with pytest.raises(ExamError, match="cannot be rated 2"):
            terminal.explain(terminal.load(sitting_id), 0, 2)
        sit(terminal, sitting_id, 0, 1, finish=True)
        kept, before = terminal.report(sitting_id)
        for question, rating in ((3, 1), (-1, 1), (0, 4), (0, -1)):
            with pytest.raises(ExamError, match="give 0 to 3"):
                terminal.explain(kept, question, rating)
        kept = terminal.explain(terminal.explain(kept, 1, 3), 0, 0)
        again, after = terminal.report(sitting_id)
        assert again.sitting == kept.sitting
        assert after == before
        assert again.sitting.explained == {1: 3, 0: 0}
        assert sum(isinstance(one, Explained) for one in log_of(terminal, sitting_id)) == 2


# --- afterwards -----------------------------------------------------------------------------------


def test_answers_are_logged_once_at_the_release(room: Path) -> None:
    """Also: one for each question that was reached, in mode exam, and asking for the report again adds none."""
    with exams(room) as terminal:
        sitting_id = terminal.start(THREE)
        sit(terminal, sitting_id, 0, None, finish=True)
        for _ in range(2):
            outcomes = [one.outcome for one in terminal.report(sitting_id)[1].answers]
            assert outcomes == [Outcome.RIGHT, Outcome.BLANK, Outcome.NOT_REACHED]
            logged = [(one.card, one.grade, one.mode) for one in answered(terminal)]
            assert logged == [("q0", 4, Mode.EXAM), ("q1", 1, Mode.EXAM)]


def test_misses_are_made_due_only_if_the_learner_says_so(room: Path) -> None:
    """Also: due = min(due, today); n, interval and ease stay as they were, and undo takes it back."""
    clock = Clock()
    with library(room, clock, plain=basic_deck(3)) as opened:
        for _ in range(2):
            opened.store.append(
                [Answered("c0", Mode.SPACED, Kind.BASIC, 4, 1)], at=clock(), day=opened.study_day(clock())
            )
            clock.forward(days=1)
        before = opened.store.schedule("c0")
        assert before.due is not None
        assert before.due > opened.today
        assert opened.exams.make_misses_due(["c0", "c0", "c1", "no such card"]) == 2
        after = opened.store.schedule("c0")
        assert (after.n, after.interval, after.ease, after.due) == (2, 6, before.ease, opened.today)
        assert opened.store.schedule("c1").due == opened.today
        assert opened.exams.make_misses_due(["c0", "c1"]) == 0
        assert [type(one.event) for one in opened.undo()] == [Placed, Placed]
        assert opened.store.schedule("c0") == before


def test_undo_leaves_an_exam_alone(room: Path) -> None:
    """Rule 24: undo takes back what was studied before the exam, and nothing of the exam."""
    clock = Clock()
    with library(room, clock, plain=basic_deck(1)) as opened:
        opened.store.append([Answered("c0", Mode.SPACED, Kind.BASIC, 4, 1)], at=clock(), day=opened.today)
        clock.forward(seconds=1)
        sitting_id = opened.exams.start(THREE)
        sit(opened.exams, sitting_id, 0, finish=True)
        before = opened.exams.load(sitting_id)
        clock.forward(seconds=1)
        assert [one.event for one in opened.undo()] == [Answered("c0", Mode.SPACED, Kind.BASIC, 4, 1)]
        assert opened.undo() == ()
        assert opened.exams.load(sitting_id).sitting == before.sitting
        assert [one.card for one in answered(opened.exams)] == ["c0", "q0"]


def test_a_sitting_of_a_newer_studyapp_is_refused_in_a_clear_line(room: Path) -> None:
    """Also: an event that is not known is never guessed at."""
    clock = Clock()
    with exams(room, clock) as terminal:
        sitting_id = terminal.start(THREE)
        event = {"what": "levitated", "at": 5, "clock": ["", 1, 2]}
        terminal.store.sit(sitting_id, 1, [event], at=clock(), day=1)
        with pytest.raises(StoreError, match="no event of an exam is called 'levitated'; update studyapp"):
            terminal.load(sitting_id)


def test_rule_27_extra_time_is_recorded(room: Path) -> None:
    """Rule 27: the factor comes back from the log with the paper, and the deadlines have it."""
    with exams(room) as terminal:
        sitting_id = terminal.start(paper(2, extra_time=1.25))
        sit(terminal, sitting_id, 0)
        kept = terminal.load(sitting_id)
        assert kept.sitting.paper.rules.extra_time == 1.25
        assert kept.sitting.deadline(0) == 75 * SECOND
