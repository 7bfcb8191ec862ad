"""What each question of the rehearsal teaches, in a line below it."""

from __future__ import annotations

from studyapp.core.exam.paper import Paper

_NOTES = {
    "rehearsal-save": "Watch the box below: NOT SAVED becomes SAVED. Then n leads on, and locks this question.",
    "rehearsal-change": "An answer that was saved can be replaced until the time is up, or until you go on.",
    "rehearsal-not-saved": "n asks first; y goes on without saving. In a real exam that is a mark lost.",
    "rehearsal-expire": "Watch the countdown at the top; at the end the next question comes by itself.",
    "rehearsal-guess": "A mark for a guess costs nothing either: it tells you later what you really knew.",
}


def note(paper: Paper, question: int) -> str:
    """What a question of the rehearsal teaches; empty in an exam."""
    if not paper.rules.rehearsal or question < 0:
        return ""
    return _NOTES.get(paper.questions[question].card, "")
