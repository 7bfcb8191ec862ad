"""Which keys a sitting offers at the foot of its screen, and which it refuses."""

from __future__ import annotations

from studyapp.exam_session import ExamSession
from studyapp.tui.hints import Hint
from studyapp.tui.review_text import LETTERS

CLOSED = "Closed book: that opens again after the exam. q leaves or finishes it."
CLOSED_KEYS = frozenset({"/", ":", "u", "U", "x", "i", "h", "w"})
"""Keys that lead somewhere on other screens."""


def _key(key: str, label: str) -> Hint:
    name = {"Enter": "enter", "Esc": "escape"}.get(key, key)
    return Hint(key, label, f"screen.press({name!r})")


def hints(session: ExamSession, *, reading: bool, hidden: bool, low: bool = False) -> list[Hint]:
    """The keys of the question in hand, or of what stands in its place; on a low screen only the most needed."""
    if session.sitting.finished:
        return [_key("q", "leave now: what is not stored is lost")]
    if reading:
        return [_key("?", "back to the question"), Hint("PgDn", "scroll")]
    if session.current < 0:
        return [_key("Enter", "go on"), _key("Esc", "leave")]
    paper = session.sitting.paper
    last = LETTERS[len(paper.questions[session.current].options) - 1]
    forward = paper.rules.forward_only
    back = [] if forward else [_key("p", "back"), _key("m", "go to")]
    if low:
        return [
            Hint(f"a-{last}", "pick"),
            _key("Enter", "save"),
            _key("n", "next"),
            _key("?", "keys"),
            _key("q", "leave"),
        ]
    return [
        Hint(f"a-{last}", "pick"),
        Hint(f"A-{last.upper()}", "strike out"),
        _key("Enter", "save"),
        _key("g", "it is a guess"),
        _key("n", "next, locks this" if forward else "next"),
        *back,
        _key("t", "show the time" if hidden else "hide the time"),
        _key("?", "rules"),
        _key("q", "leave or finish"),
    ]
