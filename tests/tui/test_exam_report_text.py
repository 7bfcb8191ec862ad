"""Rules of the words after an exam: habits in phrases that say only what happened, and moments that fit their day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from studyapp.core.exam.report import Habits, Tally
from studyapp.model import Entry, Event, Flagged, Placed
from studyapp.store import SittingRow
from studyapp.tui import exam_wording, wording
from studyapp.tui.exam_report_text import habits
from tests.studying import NOON

NONE = Habits(0, 0, 0, 0, 0, 0, 0, 0, None)
ROW = SittingRow("one", NOON, "Exam", 24, end=3_600_000)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"picked_not_saved": 2}, ["2 picked, never saved (none right)"]),
        (
            {"picked_not_saved": 3, "picked_and_right": 2},
            ["3 picked, never saved (2 were right: 2 marks lost)"],
        ),
        (
            {"changed": 4, "became_right": 2, "became_wrong": 1},
            ["changed 4 answers: 2 became right, 1 became wrong, 1 stayed wrong"],
        ),
        ({"changed": 1}, ["changed 1 answer: 1 stayed wrong"]),
        ({"left_blank": 1, "timed_out": 2}, ["1 left blank", "2 timed out"]),
        ({"sure_and_wrong": 3, "first_save": 37_600}, ["3 sure and wrong", "first save after 38 s"]),
    ],
)
def test_habits_say_only_what_happened(changed: dict[str, int], said: list[str]) -> None:
    """Rule 31: what was picked and never saved, answers changed and which way, time to the first save."""
    assert habits(replace(NONE, **changed), Tally(0, 0)) == said


def test_guesses_are_told_with_how_many_were_right() -> None:
    """A guess that was right is luck that a learner should know of."""
    assert habits(NONE, Tally(1, 3)) == ["3 guesses, 1 right"]


def test_moments_name_their_day_only_where_they_must() -> None:
    """Rule 14: results of today have a time, those of another day their date; a list of years says which."""
    later = NOON + timedelta(days=400)
    end = (NOON + timedelta(hours=1)).astimezone()
    finished = replace(ROW, finished_at=9, saved=3)
    assert exam_wording.state(ROW, NOON) == "running"
    assert exam_wording.state(finished, NOON) == f"results {end:%H:%M}"
    assert exam_wording.state(finished, NOON - timedelta(days=1)) == f"results {end.day} {end:%b}"
    assert exam_wording.state(replace(finished, right=2), NOON) == "finished"
    assert exam_wording.state(replace(finished, right=2, expired=True), NOON) == "expired"
    assert exam_wording.waits(NOON, ROW.end, NOON) == f"Finished. Results at {end:%H:%M}; stay reachable until then."
    assert f"Results at {end:%a} {end.day} {end:%b} {end:%H:%M};" in exam_wording.waits(
        NOON, ROW.end, NOON - timedelta(days=2)
    )
    assert exam_wording.instant(NOON, NOON) == f"{NOON.astimezone():%a} 2 Mar {NOON.astimezone():%H:%M}"
    assert exam_wording.instant(NOON, later) == f"2 Mar 2026 {NOON.astimezone():%H:%M}"


def test_many_cards_made_due_are_counted() -> None:
    """Undo names what it takes back: one card by its name, many by their number, a mixture one by one."""

    def entry(event: Event) -> Entry:
        return Entry("id", "act", "device", NOON, 20_000, event)

    due = [entry(Placed(card, 0, 0, 250, 20_000)) for card in ("a", "b")]
    assert wording.acts(due[:1], six=False) == "making a due"
    assert wording.acts(due, six=False) == "making 2 cards due"
    assert wording.acts([*due, entry(Flagged("c", suspended=True))], six=False).endswith("suspending c")
    assert wording.acts([entry(Placed("a", 3, 9, 250, 20_009))], six=False) == "placed"
