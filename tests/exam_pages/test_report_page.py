"""Rules of the report as a page: all of it is there, and nothing is claimed that the sitting does not show."""

from __future__ import annotations

import re
from dataclasses import replace

from studyapp.core.exam.events import Explained
from studyapp.core.exam.oral import to_explain
from studyapp.exam_pages import paper_markdown, report_html, report_json, report_markdown
from studyapp.exam_pages.markdown import markdown
from studyapp.exam_pages.report_page import summary
from tests.exam_pages.samples import QUESTIONS, Seen, headings, kept, paper, reported

STRUCTURE = [
    "Report · A course",
    "Topics",
    "Habits",
    "Question by question",
    "The questions",
    "1 · Initialisation: right",
    "2 · Initialisation: wrong",
    "3 · Optimisers: left blank",
    "4 · Optimisers: timed out",
    "5 · Optimisers: wrong",
    "6 · Optimisers: not reached",
    "Made from",
]


def test_a_report_has_its_parts_in_order() -> None:
    """In both formats: wrong, blank, timed out and not reached are told apart."""
    found = reported()
    assert headings(report_markdown(*found)) == STRUCTURE
    assert Seen(report_html(*found)).headings == STRUCTURE


def test_a_report_says_what_the_score_is_worth() -> None:
    """Chance level, exact interval, never seen apart from seen; what counts and what does not."""
    page = report_markdown(*reported())
    assert "| score | 1 | 6 | 17 % | 0-64 % |" in page
    assert "| never seen before | 1 | 4 | 25 % | 1-81 % |" in page
    assert "| seen before | 0 | 2 | 0 % | 0-84 % |" in page
    assert "| blind guessing gives | 2.0 | 6 | 33 % |  |" in page
    assert "| marked as a guess | 0 | 1 | 0 % | 0-98 % |" in page
    assert (
        "1 right, 2 wrong, 1 left blank, 1 timed out, 1 not reached. Only right answers that were saved count" in page
    )
    assert "nothing is subtracted" in page


def test_what_to_expect_comes_only_from_questions_never_seen() -> None:
    """Not from the score; without such a question nothing is claimed."""
    found = reported()
    assert "**Expect 25 % (1-81 %) of a real exam: so you did on the 4 questions" in report_markdown(*found)
    assert report_json(*found)["expected"] == report_json(*found)["unseen"]
    known = reported(paper(*(replace(one, seen=True) for one in QUESTIONS)))
    assert "this says nothing about a real exam" in report_markdown(*known)
    assert "Expect" not in report_markdown(*known)
    assert report_json(*known)["expected"] is None


def test_practice_and_rehearsals_are_marked() -> None:
    """In every format; a rehearsal expects nothing."""
    practice, rehearsal = reported(paper(practice=True)), reported(paper(rehearsal=True))
    for page in (report_markdown, report_html):
        assert "Practice exam: it stays out of the question statistics." in page(*practice)
        assert "Rehearsal: it teaches the setting" in page(*rehearsal)
        assert "Practice" not in page(*reported())
        assert "Rehearsal" not in page(*reported())
        assert "Expect" not in page(*rehearsal)
    assert [report_json(*one)["practice"] for one in (practice, rehearsal)] == [True, False]
    assert [report_json(*one)["rehearsal"] for one in (practice, rehearsal)] == [False, True]
    assert report_json(*rehearsal)["expected"] is None


def test_a_report_says_where_to_start_and_what_the_habits_cost() -> None:
    """Topics weakest first, with time and what was sure and wrong; drafts, changes, the first save."""
    page = report_markdown(*reported())
    assert "| Optimisers | 0 | 4 | 0 % | 0-60 % | 0:26 |  | start here |" in page
    assert "| Initialisation | 1 | 2 | 50 % | 1-99 % | 0:30 | 1 |  |" in page
    for line in (
        "Picked and never saved: 1 (1 of them right: 1 mark lost).",
        "Answers changed: 1; 0 became right, 1 became wrong.",
        "Left blank: 1. A guess would have cost nothing.",
        "Timed out: 1. A guess would have cost nothing.",
        "Sure and wrong: 1.",
        "First save 0:10 after a question was shown (median).",
    ):
        assert f"\n{line}\n" in page


def parts(page: str) -> list[str]:
    """What Markdown says of each question."""
    return re.split(r"^### ", page.partition("## The questions")[2].partition("## Made from")[0], flags=re.MULTILINE)[
        1:
    ]


def test_each_question_has_your_answer_the_key_and_the_mistakes() -> None:
    """Reasons and named mistakes behind wrong options, what was struck out, drafts, time used, and how to run it."""
    right, wrong, blank, timed_out, guessed, not_reached = parts(report_markdown(*reported()))
    for one in (right, wrong, blank, timed_out, guessed, not_reached):
        assert "the right answer" in one
        assert "It uses $n$ only." in one
        assert "The mistake `limit_is_deviation`." in one
        assert "Glorot's is $\\sqrt{6/(n+m)}$." in one
        assert "Both sides count." in one
        assert "Source: Glorot 2010" in one
        run = "studyapp run xavier_variance --fan_in=512 --gain=-1.5 --scaled=true --sizes=1,2.5 --activation=relu"
        assert f"Run it: `{run}`" in one
    assert "- **b** the second — ✓ the right answer, your answer\n" in right
    assert "- **c** the third — struck out\n" in right
    assert "Saved b after 0:38, sure." in right
    assert "Used 0:39 of 1:00; never seen before; card one." in right
    assert "- **a** the first — ✗ your answer\n" in wrong
    assert "Saved a after 0:20, sure; saved 2 times: b, then a." in wrong
    assert "seen before; card two." in wrong
    assert "- **b** the second — ✓ the right answer, picked, not saved\n" in blank
    assert "Picked b and did not save it: a draft, which does not count." in blank
    assert "your answer" not in blank + timed_out + not_reached
    assert "Used 1:00 of 1:00; never seen before, kept for exams; card four." in timed_out
    assert "Saved c after 0:02, marked as a guess." in guessed
    assert "Picked b and did not save it: a draft, which does not count; c counts." in guessed
    assert "Used" not in not_reached


def test_extra_time_is_told_and_counted_in_the_limits() -> None:
    """Also on a paper for print."""
    of = paper(extra_time=1.5)
    page = report_markdown(*reported(of))
    assert "time × 1.5" in page
    assert "Used 0:39 of 1:30;" in page
    assert "6 questions, 11:15 in all, extra time × 1.5 included." in paper_markdown(of)
    assert "### 1 (1:30)" in paper_markdown(of)


def test_explanations_in_words_are_told_and_change_no_score() -> None:
    """Those that the rules want and those that were rated."""
    of = paper(oral=2)
    first, second = to_explain(kept(of).sitting)
    found = reported(of, Explained(200_000, first, 2))
    page = report_markdown(*found)
    assert f"question {first + 1}: 2 of 3; question {second + 1}: not yet." in page
    told = report_json(*found)
    assert told["explained"] == {str(first + 1): 2, str(second + 1): None}
    assert told["score"] == report_json(*reported(of))["score"]
    assert "In words" not in report_markdown(*reported())


def test_a_summary_is_the_reports_beginning() -> None:
    """What a terminal shows is the same report, without the questions' texts."""
    found = reported()
    assert report_markdown(*found).startswith(markdown(summary(*found)))
    assert "What of one?" not in markdown(summary(*found))
