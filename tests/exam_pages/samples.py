"""A sitting in which every sort of thing was done, and what a browser or a viewer sees of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt

from studyapp.core.exam.clock import ExamClock, Reading
from studyapp.core.exam.events import Emailed, Finished, Guessed, Picked, Saved, Shown, Started, Struck
from studyapp.core.exam.paper import ExamOption, ExamQuestion, ExamRules, Paper
from studyapp.core.exam.report import Report, report
from studyapp.core.exam.sitting import Sitting, advance, replay
from studyapp.exams import Kept
from studyapp.model import Kind

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
