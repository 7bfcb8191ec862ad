"""Rules of the report as JSON: every number exactly as it is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from studyapp.exam_pages import report_json
from tests.exam_pages.samples import QUESTIONS, paper, reported


def test_json_has_the_exact_numbers() -> None:
    """Nothing is rounded; milliseconds are whole; JSON knows all of it."""
    found, seen = reported()
    told = report_json(found, seen)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    low, high = seen.score.interval
    assert told["score"] == {"right": 1, "of": 6, "share": 1 / 6, "low": low, "high": high}
    assert told["by_chance"] == sum(1 / 3 for _ in QUESTIONS)
    assert (told["started"], told["finished"]) == ("2026-11-18T14:32:00+00:00", "2026-11-18T14:34:20+00:00")
    assert (told["state"], told["end"], told["official"], told["email"]) == ("finished", 600_000, False, True)
    assert told["versions"] == {"studyapp": "0.1.0", "a.md": "f" * 64}
    second = told["questions"][1]
    assert second["saves"] == [
        {"at": 50_000, "letter": "b", "guess": False},
        {"at": 60_000, "letter": "a", "guess": False},
    ]
    assert (second["saved"], second["key"], second["outcome"], second["draft"]) == ("a", "b", "wrong", None)
    assert (second["shown_at"], second["used"], second["limit"]) == (40_000, 21_000, 60_000)
    assert second["parameters"] == {
        "fan_in": 512,
        "gain": -1.5,
        "scaled": True,
        "sizes": [1.0, 2.5],
        "activation": "relu",
    }
    assert [one["outcome"] for one in told["questions"]] == [
        "right", "wrong", "left blank", "timed out", "wrong", "not reached"
    ]  # fmt: skip
    assert told["habits"] == {
        "picked_not_saved": 1, "picked_and_right": 1, "changed": 1, "became_right": 0, "became_wrong": 1,
        "left_blank": 1, "timed_out": 1, "sure_and_wrong": 1, "first_save": 10_000,
    }  # fmt: skip
    assert told["guessed"] == {"right": 0, "of": 1, "share": 0.0, "low": 0.0, "high": pytest.approx(0.975)}


def test_a_share_of_nothing_is_null() -> None:
    """And not zero: nobody was asked."""
    nothing = report_json(*reported(paper(*(replace(one, seen=True) for one in QUESTIONS))))["unseen"]
    assert nothing == {"right": 0, "of": 0, "share": None, "low": 0.0, "high": 1.0}
