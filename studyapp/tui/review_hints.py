"""Which keys Review offers at each moment, in the three states of the keyboard: typing, options open, otherwise."""

from __future__ import annotations

from studyapp.core.questions import Asking, Question
from studyapp.study import Stage, StudySession
from studyapp.tui import review_text, wording
from studyapp.tui.hints import Hint
from studyapp.tui.review_view import Turn

BACK = [Hint("u", "undo", "screen.undo"), Hint("?", "keys", "app.keys"), Hint("q", "back", "screen.leave")]
ASIDE = Hint("-", "not today", "screen.bury", "later")


def tip(question: Question) -> str:
    """What a learner's first answers are helped with."""
    match question.asking:
        case Asking.OPTIONS:
            return "Pick a letter, then say how sure you are: Enter for sure, Space for a guess."
        case Asking.TYPED if question.card.answer is not None and question.card.answer.formula:
            symbols = ", ".join(question.card.answer.formula)
            return f"Type a formula in {symbols}, such as x^2/(1 + y): it is tried on 100 sets."
        case Asking.TYPED if question.card.answer is not None:
            return "Work it out, on paper if need be; what you type may be an expression."
        case Asking.TYPED:
            return "Type the answer; case, accents and spaces do not matter."
        case Asking.STEPS:
            return "Take a sheet of paper: write each step down before you uncover it."
        case _:
            return "Say the answer to yourself first; then show it and grade yourself honestly."


def hints(session: StudySession, turn: Turn, *, typing: bool, below: bool) -> list[Hint]:
    """The hints for the card in hand: `typing` says where the caret stands, `below` that Space has to page first."""
    question = session.question
    assert question is not None
    words, short = ("simulation", "") if question.card.simulation else ("find a simulation", "simulations")
    simulation = [Hint("x", words, "screen.simulation", short)]
    match session.stage:
        case Stage.GRADED:
            right = [Hint("r", "count as right", "screen.count_as_right")] if session.may_count_as_right else []
            space = Hint("Space", "read on" if below else "next", "screen.advance")
            return [space, *right, *simulation, *_unfold(session, turn), *BACK]
        case Stage.REVEALED:
            grade = wording.GRADES.get(session.proposed, wording.SIX_GRADES[session.proposed])
            space = Hint("Space", "read on" if below else grade, "screen.advance")
            return [space, *simulation, *_unfold(session, turn), *BACK]
    if session.trouble:
        return [ASIDE, *BACK]
    if typing:
        return [
            Hint("Enter", "answer", "screen.submit"),
            Hint("Enter twice", "don't know"),
            Hint("Esc", "other keys", "screen.leave_field"),
        ]
    hint = [Hint("i", "hint", "screen.hint")] if question.card.hint and not turn.hinted else []
    return [*_verbs(question, turn, covered=session.covered), *hint, ASIDE, *BACK]


def _verbs(question: Question, turn: Turn, *, covered: bool) -> list[Hint]:
    match question.asking:
        case Asking.OPTIONS if covered and not turn.uncovered:
            return [Hint("Space", "options", "screen.advance")]
        case Asking.OPTIONS:
            return [
                Hint(f"a-{review_text.LETTERS[len(question.options) - 1]}", "pick"),
                Hint("Enter", "sure", "screen.answer(True)"),
                Hint("Space", "a guess", "screen.answer(False)", "guess"),
            ]
        case Asking.STEPS if turn.steps < len(question.steps):
            return [Hint("Space", "next step", "screen.advance")]
        case Asking.TYPED:
            return [Hint("Enter", "to the field", "screen.answer(True)"), Hint("Space", "show", "screen.reveal")]
        case _:
            return [Hint("Space", "show the answer", "screen.advance")]


def _unfold(session: StudySession, turn: Turn) -> list[Hint]:
    more = review_text.folded_lines(session)
    if not more:
        return []
    return [Hint("w", "fold" if turn.unfolded else more, "screen.unfold", "fold" if turn.unfolded else "more")]
