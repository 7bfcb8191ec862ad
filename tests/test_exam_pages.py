"""Rules of reports and papers on pages: everything is on them, the key where it belongs, and no text does harm."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from studyapp.core.exam.clock import ExamClock, Reading
from studyapp.core.exam.events import Emailed, Explained, Finished, Guessed, Picked, Saved, Shown, Started, Struck
from studyapp.core.exam.oral import to_explain
from studyapp.core.exam.paper import ExamOption, ExamQuestion, ExamRules, Paper
from studyapp.core.exam.report import Report, report
from studyapp.core.exam.sitting import Sitting, replay
from studyapp.core.text import OBEYED
from studyapp.decks import parse
from studyapp.exam_pages import paper_html, paper_markdown, report_html, report_json, report_markdown
from studyapp.exam_pages.html import card_html, html
from studyapp.exam_pages.markdown import card_lines, escaped, markdown
from studyapp.exam_pages.progress_page import progress_page
from studyapp.exam_pages.report_page import summary
from studyapp.exam_pages.told import progress_json
from studyapp.exams import Kept
from studyapp.model import Kind

ROOT = Path(__file__).parent.parent
STARTED = datetime(2026, 11, 18, 14, 32, tzinfo=UTC)

OPTIONS = (
    ExamOption("the first", reason="It uses $n$ only.", mistake="uses_fan_in_only"),
    ExamOption("the second", correct=True),
    ExamOption("the third", mistake="limit_is_deviation"),
)
QUESTION = ExamQuestion(
    card="glorot",
    kind=Kind.COMPUTED,
    deck="a.md",
    topic="Initialisation",
    prompt="Which limit, for 512 inputs?",
    front="Glorot's is $\\sqrt{6/(n+m)}$.",
    options=OPTIONS,
    seconds=60.0,
    explanation="Both sides count.",
    source="Glorot 2010",
    simulation="xavier_variance",
    parameters={"fan_in": 512, "gain": -1.5, "scaled": True, "sizes": (1.0, 2.5), "activation": "relu"},
)


def question(card: str, topic: str = "Initialisation", **changes: Any) -> ExamQuestion:
    """A question of a card."""
    return replace(QUESTION, card=card, topic=topic, prompt=f"What of {card}?", **changes)


# Right, wrong after a change, blank with a draft, timed out, wrong guess with a draft, not reached.
QUESTIONS = (
    question("one"),
    question("two", seen=True),
    question("three", "Optimisers", seen=True),
    question("four", "Optimisers", sealed=True),
    question("five", "Optimisers"),
    question("six", "Optimisers"),
)
EVENTS = (
    Emailed(500, True),
    Shown(1_000, 0),
    Struck(2_000, 0, 2, True),
    Picked(3_000, 0, 1),
    Saved(39_000, 0, 1),
    Shown(40_000, 1),
    Saved(50_000, 1, 1),
    Saved(60_000, 1, 0),
    Shown(61_000, 2),
    Picked(62_000, 2, 1),
    Shown(71_000, 3),
    Shown(131_500, 4),
    Guessed(132_000, 4, True),
    Saved(133_000, 4, 2, True),
    Picked(134_000, 4, 1),
)


def paper(*questions: ExamQuestion, title: str = "A course", **rules: Any) -> Paper:
    """A paper with these questions, or with those above."""
    versions = {"studyapp": "0.1.0", "a.md": "f" * 64}
    return Paper(title, 7, ExamRules("course", email=True, **rules), questions or QUESTIONS, versions)


def kept(of: Paper | None = None, *, finished: bool = True, events: Sequence[Any] = EVENTS) -> Kept:
    """A sitting in which the above was done."""
    done = [Started(0, of or paper(), 600_000), *events, *([Finished(140_000)] if finished else [])]
    clock = ExamClock.started(Reading("boot", 0, 0))
    return Kept("20261118-143200-59de", replay(done), clock, STARTED, len(done))


def reported(of: Paper | None = None, *more: Any) -> tuple[Kept, Report]:
    """The same when it is over, with what came after."""
    found = kept(of)
    found = replace(found, sitting=replay_more(found.sitting, more))
    return found, report(found.sitting)


def replay_more(sitting: Sitting, events: Sequence[Any]) -> Sitting:
    """The sitting after these events too."""
    from studyapp.core.exam.sitting import advance

    for event in events:
        sitting = advance(sitting, event)
    return sitting


class Seen(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.headings: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that closes itself."""
        assert tag in ("br", "hr", "img", "input")
        self.tags.append(tag)
        self.attributes += attrs

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element's begin."""
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("br", "hr", "meta"):
            self.open.append(tag)
        if tag in ("h1", "h2", "h3"):
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        """An element's end."""
        assert self.open.pop() == tag, "elements are nested"

    def handle_data(self, data: str) -> None:
        """A text."""
        if "style" not in self.open:
            self.text += data
        if self.open and self.open[-1] in ("h1", "h2", "h3"):
            self.headings[-1] += data


def headings(page: str) -> list[str]:
    """The headings of Markdown."""
    found = MarkdownIt("commonmark").parse(page)
    return [token.content for before, token in pairwise(found) if before.type == "heading_open"]


def words(text: str) -> str:
    """Text without its line ends."""
    return " ".join(text.split())


# --- the report -----------------------------------------------------------------------------------

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
    assert "| never seen before in study | 1 | 4 | 25 % | 1-81 % |" in page
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
    assert "Used 0:39 of 1:00; never seen before in study; card one." in right
    assert "- **a** the first — ✗ your answer\n" in wrong
    assert "Saved a after 0:20, sure; saved 2 times: b, then a." in wrong
    assert "seen before in study; card two." in wrong
    assert "- **b** the second — ✓ the right answer, picked, not saved\n" in blank
    assert "Picked b and did not save it: a draft, which does not count." in blank
    assert "your answer" not in blank + timed_out + not_reached
    assert "Used 1:00 of 1:00; never seen before in study, kept for exams; card four." in timed_out
    assert "Saved c after 0:01, marked as a guess." in guessed
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


def test_a_summary_is_the_reports_beginning() -> None:
    """What a terminal shows is the same report, without the questions' texts."""
    found = reported()
    assert report_markdown(*found).startswith(markdown(summary(*found)))
    assert "What of one?" not in markdown(summary(*found))


# --- a paper --------------------------------------------------------------------------------------


def test_a_paper_has_each_question_with_its_options_and_limit() -> None:
    """In order, under their letters; the rules stand above them."""
    page = paper_markdown(paper())
    assert headings(page)[:8] == ["A course", "Questions", *(f"{n} (1:00)" for n in range(1, 7))]
    assert "6 questions, 7:30 in all. Seed 7." in page
    assert "without going back" in page
    assert "e-mail address" in page
    asked, _, _ = page.partition("## Answer key")
    assert asked.count("- **a** the first\n- **b** the second\n- **c** the third") == 6
    assert "without going back" not in paper_markdown(paper(forward_only=False))
    assert "6 questions, 45:00 in all" in paper_markdown(paper(), minutes=45)


def test_a_papers_questions_do_not_give_the_key_away() -> None:
    """Which option is right changes nothing before the key."""
    other = tuple(replace(one, correct=place == 2) for place, one in enumerate(OPTIONS))
    swapped = paper(*(replace(one, options=other) for one in QUESTIONS))
    for page, mark in ((paper_markdown, "## Answer key"), (paper_html, '<section class="new-page">')):
        asked, found, key = page(paper()).partition(mark)
        asked_too, _, key_too = page(swapped).partition(mark)
        assert found
        assert asked == asked_too
        assert key != key_too
        for told in ("Both sides count", "Glorot 2010", "uses $n$ only", "limit_is_deviation", "xavier_variance"):
            assert told not in asked


def test_a_papers_key_has_the_answer_the_mistakes_and_the_source() -> None:
    """Of every question, after a page break."""
    key = paper_markdown(paper()).partition("## Answer key")[2]
    assert "**1 b · 2 b · 3 b · 4 b · 5 b · 6 b**" in key
    for told in ("\n\nthe second\n\n", "It uses $n$ only.", "The mistake `limit_is_deviation`.", "Source: Glorot 2010"):
        assert key.count(told) == 6
    assert "break-before: page" in paper_html(paper())


# --- before results are known ---------------------------------------------------------------------


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
    assert f"| 5 | c guess | {started + timedelta(seconds=133):%H:%M:%S} | 0:03 | 1:00 | no, open |" in page
    assert "| 6 |  |  |  | 1:00 | no, to come |" in page
    told = progress_json(found, 135_000, None)
    assert (told["state"], told["left"], told["hidden_until"], told["finished"]) == ("running", 465_000, None, None)
    assert told["questions"][4] == {
        "number": 5, "saved": "c", "saved_at": 133_000, "guess": True, "draft": "b",
        "used": 3_500, "limit": 60_000, "lock": "open",
    }  # fmt: skip


# --- texts that would do harm ---------------------------------------------------------------------

TAGS = {
    "html", "head", "meta", "title", "style", "body", "section", "h1", "h2", "h3", "p", "strong", "em", "s", "code",
    "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "div", "span", "br", "hr",
}  # fmt: skip
ATTRIBUTES = {"class", "start", "lang", "charset", "http-equiv", "name", "content"}
FRAGMENTS = [
    "<script>alert(1)</script>", "</style>", "</title>", "</p></section></body>", "<img src=x onerror=alert(1)>",
    "<!--", "<!DOCTYPE x>", "<?php", "&lt;script&gt;", "&#27;[2J", "&amp;", '" onclick="x', "' x='", "`", "``", "```",
    "~~~", "\n```html\n<b>\n", "\n# Answer key\n", "\n## The questions\n", "\n===\n", "\n---\n", "\n> ", "\n- ",
    "\n1. ", "\n\n    code", "| a | b |\n|---|---|\n| c | d |\n", "|", "[x](javascript:alert(1))", "[x](https://e.vil)",
    "![x](https://e.vil/x.png)", "<https://e.vil>", "\n[ref]: https://e.vil\n", "[ref]", "$", "$$", "$x<y$", "$<b>$",
    "\n$$\n<script>\n$$\n", "$a % b\nc$", "\\", "\\\\", "\\<b>", "*", "**", "_", "~~", "{#id}", "\x1b[31m",
    "\x1b]52;c;eA==\x07", "\x9b2J", "\u202e", "\u2066", "\x00", "\r\n", "\t", " ", "\n\n", "word", "漢",
    "e\u0301", "𝛼", "\ud800",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=12).map("".join)


def harmless_html(page: str) -> Seen:
    """The page as a browser sees it: only elements and attributes of ours."""
    seen = Seen(page)
    assert set(seen.tags) <= TAGS
    assert {name for name, _ in seen.attributes} <= ATTRIBUTES
    assert {value for name, value in seen.attributes if name == "class"} <= {
        "options", "letter", "option", "mark", "reason", "right", "formula", "new-page"
    }  # fmt: skip
    assert not OBEYED.search(page)
    page.encode()
    return seen


VIEWER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def harmless_markdown(page: str) -> list[str]:
    """The page for a viewer that obeys HTML and loads pictures: it finds none, and these headings."""
    assert not OBEYED.search(page)
    page.encode()
    found = VIEWER.parse(page)
    every = [token for block in found for token in (block, *(block.children or ()))]
    assert not {one.type for one in every} & {"html_block", "html_inline", "link_open", "image"}
    return headings(page)


@given(HOSTILE)
def test_a_cards_text_is_only_text_in_html(text: str) -> None:
    """Whatever it is made of: balanced elements of ours, nothing that runs, loads, leads away or steers a terminal."""
    harmless_html(card_html(text))


@given(HOSTILE)
def test_a_cards_text_is_only_text_in_markdown(text: str) -> None:
    """Whatever it is made of, also for a viewer that obeys HTML; it makes no headings and leaves its block closed."""
    page = "\n".join(["- **a** x", "", *(f"  {line}" for line in card_lines(text)), "", "# Ours", "", "last"])
    assert harmless_markdown(page)[-1:] == ["Ours"]
    assert harmless_markdown("\n".join([*card_lines(text), "", "# Ours"])) == ["Ours"]


@given(HOSTILE)
def test_our_own_lines_are_only_text_in_markdown(text: str) -> None:
    """Titles, topics and names come from files too."""
    line = escaped(text)
    assert "\n" not in line
    assert harmless_markdown(f"# {line}\n\n{line}\n\n| {line} |\n| --- |\n| {line} |\n")[1:] == []
    (_, inline, _) = VIEWER.parse(f"x {line}")[:3]
    shown = "".join(one.content for one in inline.children or ())
    assert words(shown) == words("x " + OBEYED.sub("", text)).encode("utf-8", "replace").decode()


@given(HOSTILE, HOSTILE, st.booleans())
def test_whole_pages_stay_ours(text: str, title: str, as_option: bool) -> None:
    """With such a text in every place at once: the headings are ours, in our order, and no element is foreign."""
    option = ExamOption(f"{text} x", reason=text, mistake=title)
    hostile = replace(
        QUESTION,
        topic=title,
        prompt=text,
        front=text,
        explanation=text,
        source=text,
        simulation=title,
        parameters={title: text},
        options=(option, ExamOption("y", True), ExamOption(text + "z" if as_option else "z")),
    )
    of = paper(hostile, title=title)
    found = kept(of, events=[Emailed(1, True), Shown(2, 0), Saved(3, 0, 0)])
    seen = report(found.sitting)
    pages = [("report", report_markdown(found, seen), report_html(found, seen))]
    pages += [("paper", paper_markdown(of), paper_html(of))]
    pages += [("progress", progress_markdown(found), progress_page_html(found))]
    for name, as_markdown, as_html in pages:
        number = {"report": 7, "paper": 5, "progress": 1}[name]
        assert len(harmless_markdown(as_markdown)) == len(harmless_html(as_html).headings) == number
    json.dumps(report_json(found, seen), ensure_ascii=False).encode()


def progress_markdown(found: Kept) -> str:
    """A running sitting's page."""
    return markdown(progress_page(found, 5, None))


def progress_page_html(found: Kept) -> str:
    """The same as HTML."""
    return html(found.sitting.paper.title, progress_page(found, 5, None))


PLAIN = st.text(st.characters(codec="utf-8", categories=["L", "N"]) | st.sampled_from(" ,;:!?()=+'\"^%@/"), min_size=1)


@settings(max_examples=25)
@given(st.lists(PLAIN.filter(str.strip), min_size=2, max_size=5, unique_by=words))
def test_every_option_is_on_the_page_as_it_was_written(options: list[str]) -> None:
    """Words, numbers and signs, in both formats, on the paper and in the report."""
    texts = tuple(ExamOption(f"o{text}", place == 0) for place, text in enumerate(options))
    of = paper(replace(QUESTION, options=texts))
    found = kept(of, events=[Emailed(1, True), Shown(2, 0), Saved(3, 0, 0)])
    for page in (paper_html(of), report_html(found, report(found.sitting))):
        shown = words(Seen(page).text)
        assert all(words(one.text) in shown for one in texts)
    for page in (paper_markdown(of), report_markdown(found, report(found.sitting))):
        shown = words(Seen(VIEWER.render(page)).text)
        assert all(words(one.text) in shown for one in texts)


@pytest.mark.parametrize("deck", sorted((ROOT / "decks").glob("*.md")), ids=lambda path: path.stem)
def test_shipped_cards_lose_nothing_as_markdown(deck: Path) -> None:
    """Their texts as they are written out look as before: emphasis, lists, tables, code and formulas."""
    texts = [
        text
        for card in parse(deck.read_bytes(), deck.name).cards
        for text in (
            card.prompt,
            card.front,
            card.back,
            card.source,
            *(one for o in card.options for one in (o.text, o.reason)),
        )
    ]
    assert len(texts) > 100
    for text in texts:
        assert words(card_html("\n".join(card_lines(text)))) == words(card_html(text))


def test_markdown_of_every_kind_keeps_its_looks() -> None:
    """Nested lists, hard line breaks, quotations, fences, a table with code and formulas, display formulas."""
    text = r"""Some *emphasis*, **strength**, ~~error~~, `code | x`, `` a`b `` and $\frac{1}{2}$.\
A new line.

- one
  - two
    1. three
- four

  with a paragraph

7. seven

> quoted
>
> ```python
> x = "# no heading"
> ```

| name | value |
|------|------:|
| $n$  | `1`   |
| a \| b | 2 < 3 |

$$
\sqrt{6}
$$

***

    indented code
"""
    again = "\n".join(card_lines(text))
    assert words(card_html(again)) == words(card_html(text))
    assert card_lines(again) == card_lines(text)
    shown = card_html(text)
    for told in (
        "<em>emphasis</em>",
        "<s>error</s>",
        '<ol start="7">',
        "<blockquote>",
        "√6",
        '<td class="right">',
        "<br>",
    ):
        assert told in shown


def test_links_and_pictures_are_read_and_not_opened() -> None:
    """The address stands behind the words; nothing is loaded."""
    text = "See [the paper](https://example.org/a_b) and ![a *plot*](https://example.org/x.png)."
    assert card_html(text) == "<p>See the paper (https://example.org/a_b) and [image: a plot].</p>"
    assert card_lines(text) == [r"See the paper (https://example.org/a\_b) and \[image: a plot\]."]


def test_a_text_nested_too_deep_is_shown_as_it_stands() -> None:
    """Without an exception."""
    text = "> " * 200 + "deep <b>"
    assert card_html(text) == f"<pre>{'&gt; ' * 200}deep &lt;b&gt;</pre>"
    assert harmless_markdown("\n".join(card_lines(text))) == []


def test_an_html_page_needs_nothing_beside_it() -> None:
    """No script, no address, a policy that forbids both, and rules for print."""
    page = report_html(*reported())
    assert "default-src 'none'" in page
    assert "@media print" in page
    assert "break-inside: avoid" in page
    assert not re.search(r"https?://|url\(|@import|<script|<link", page)
    assert page.startswith("<!DOCTYPE html>\n")
