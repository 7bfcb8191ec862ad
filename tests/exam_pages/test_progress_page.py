"""Rules of a sitting whose results may not be known: what was saved is told, what is right is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from studyapp.exam_pages.markdown import markdown
from studyapp.exam_pages.progress_page import progress_page
from studyapp.exam_pages.told import progress_json
from tests.exam_pages.samples import OPTIONS, QUESTIONS, STARTED, kept, paper


@pytest.mark.parametrize("finished", [False, True])
def test_progress_gives_no_key_away(finished: bool) -> None:
    """Another key makes the same page and the same JSON: while it runs, and until the official end."""
    other = tuple(replace(one, correct=place == 2) for place, one in enumerate(OPTIONS))
    swapped = paper(*(replace(one, options=other) for one in QUESTIONS))
    until = STARTED + timedelta(hours=1) if finished else None
    pages, told = [], []
    for of in (paper(), swapped):
        found = kept(of, finished=finished)
        pages.append(markdown(progress_page(found, 135_000, until)))
        told.append(progress_json(found, 135_000, until))
    assert pages[0] == pages[1]
    assert told[0] == told[1]
    assert "the second" not in pages[0] + json.dumps(told[0])
    assert ("hidden until the official end" in pages[0]) is finished


def test_progress_says_what_was_saved_when_and_what_is_locked() -> None:
    """With the time used, and how long it goes on."""
    found = kept(finished=False)
    page = markdown(progress_page(found, 135_000, None))
    started = STARTED.astimezone()
    assert "7:45 left at most; the time does not stop." in page
    assert "Resume it: `studyapp exam`" in page
    assert f"| 1 | b | {started + timedelta(seconds=39):%H:%M:%S} | 0:39 | 1:00 | you moved on |" in page
    assert "| 3 |  |  | 0:10 | 1:00 | you moved on |" in page
    assert "| 4 |  |  | 1:00 | 1:00 | its time was up |" in page
    assert f"| 5 | c guess | {started + timedelta(seconds=133):%H:%M:%S} | 0:04 | 1:00 | no, open |" in page
    assert "| 6 |  |  |  | 1:00 | no, to come |" in page
    told = progress_json(found, 135_000, None)
    assert (told["state"], told["left"], told["hidden_until"], told["finished"]) == ("running", 465_000, None, None)
    assert told["questions"][4] == {
        "number": 5, "saved": "c", "saved_at": 133_000, "guess": True, "draft": "b",
        "used": 3_500, "limit": 60_000, "lock": "open",
    }  # fmt: skip
