"""Which keys Review offers at each moment, in the three states of the keyboard: typing, options open, otherwise."""

from __future__ import annotations

from studyapp.core.questions import Asking, Question
from studyapp.study import Stage, StudySession
from studyapp.tui import review_text
from studyapp.tui.hints import Hint

BACK = [Hint("u", "undo", "screen.undo"), Hint("?", "keys", "app.keys"), Hint("q", "back", "screen.leave")]
ASIDE = Hint("-", "not today", "screen.bury")

TIPS = {
    Asking.OPTIONS: "Pick a letter, then say how sure you are: Enter when sure, Space for a guess.",
    Asking.TYPED: "Type the answer and press Enter; a number may be an expression, such as sqrt(6/768).",
    Asking.STEPS: "Take a sheet of paper: write each step down before you uncover it.",
    Asking.RECALL: "Say the answer to yourself first; then show it and grade yourself honestly.",
}
"""What a learner's first answers are helped with."""


def hints(session: StudySession, *, typing: bool, uncovered: bool, unfolded: bool, hinted: bool) -> list[Hint]:
    """The hints for the card in hand; `typing` says that the caret stands in the field."""
    question = session.question
    assert question is not None
    words = "simulation" if question.card.simulation else "find a simulation"
    simulation = [Hint("x", words, "screen.simulation")]
    match session.stage:
        case Stage.GRADED:
            right = [Hint("r", "count as right", "screen.count_as_right")] if session.may_count_as_right else []
            return [Hint("Space", "next", "screen.advance"), *right, *simulation, *_unfold(session, unfolded), *BACK]
        case Stage.REVEALED:
            return [Hint("Space", "Good", "screen.advance"), *simulation, *_unfold(session, unfolded), *BACK]
    if session.trouble:
        return [ASIDE, *BACK]
    if typing:
        return [Hint("Enter", "answer"), Hint("Enter twice", "don't know"), Hint("Esc", "leave the field")]
    hint = [Hint("i", "hint", "screen.hint")] if question.card.hint and not hinted else []
    return [*_verbs(question, covered=session.covered and not uncovered), *hint, ASIDE, *BACK]


def _verbs(question: Question, *, covered: bool) -> list[Hint]:
    match question.asking:
        case Asking.OPTIONS if covered:
            return [Hint("Space", "options", "screen.advance")]
        case Asking.OPTIONS:
            return [
                Hint(f"a-{review_text.LETTERS[len(question.options) - 1]}", "pick"),
                Hint("Enter", "sure", "screen.answer(True)"),
                Hint("Space", "a guess", "screen.answer(False)"),
            ]
        case Asking.STEPS:
            return [Hint("Space", "next step", "screen.advance")]
        case Asking.TYPED:
            return [Hint("Enter", "to the field", "screen.answer(True)"), Hint("Space", "show", "screen.reveal")]
        case _:
            return [Hint("Space", "show the answer", "screen.advance")]


def _unfold(session: StudySession, unfolded: bool) -> list[Hint]:
    more = review_text.folded_lines(session)
    return [Hint("w", "fold" if unfolded else more, "screen.unfold")] if more else []
