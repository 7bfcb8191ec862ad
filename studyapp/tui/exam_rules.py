"""The rules of an exam in plain sentences, as the lobby and the question's `?` say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from textual.content import Content

from studyapp.core.exam.paper import ExamRules, Paper
from studyapp.exam_session import ExamSession
from studyapp.tui import exam_text, wording
from studyapp.tui.card_text import plain
from studyapp.tui.review_text import BOLD, DIM, beside

KEYS = {
    "a-f": "pick an option; it does not count before it is saved",
    "A-F": "strike an option out, or take it back in (mouse: the right button)",
    "Enter": "save what is picked; saving again replaces it",
    "g": "mark the answer as a guess",
    "n": "next question",
    "p m": "the question before; any question by its number",
    "↑ ↓": "pick the option above or below",
    "PgUp PgDn": "scroll the question",
    "t": "hide or show the time",
    "q": "leave, or finish now; the clock never stops",
}


def limits(paper: Paper) -> str:
    """How long each question is open, extra time included: `60 s a question`, `60 s or 120 s a question`."""
    seconds = sorted({paper.limit(question) / 1000 for question in range(len(paper.questions))})
    return f"{' or '.join(f'{one:g} s' for one in seconds)} for each question"


def sentences(rules: ExamRules, questions: int, official: datetime | None) -> list[str]:
    """What holds, one sentence or two each."""
    said = [
        "One option is the single best answer. Only saved answers count; saving again replaces.",
        "A wrong answer costs nothing, so leave none blank. Every question weighs the same.",
    ]
    if questions > 1:
        if rules.forward_only:
            said.append("The exam only goes forward: moving on locks a question.")
        else:
            said.append("You may go back to a question as long as its own time lasts.")
    said += [
        "A question's clock starts when it is shown and never stops. When its time is up, it is locked.",
        "The exam cannot be paused: leaving, suspending or switching off does not stop the clock.",
        "Closed book: decks, search, edits and simulations are shut until the end. Other programs cannot be blocked "
        "from here; that is up to you.",
    ]
    if rules.email:
        said.append("It begins by asking for an e-mail address. What you type is kept nowhere; you may leave it out.")
    if rules.extra_time != 1:
        said.append(f"Extra time: every limit is {rules.extra_time:g} times as long. This is recorded.")
    if rules.oral:
        said.append(
            f"Afterwards {wording.counted(rules.oral, 'question')} {'is' if rules.oral == 1 else 'are'} "
            "to be explained in words; the score stays."
        )
    if official is not None:
        said.append(f"Results are shown at the official end. Stay reachable until {official.astimezone():%H:%M}.")
    if rules.rehearsal:
        said.append("This is a rehearsal: it counts nowhere.")
    elif rules.practice:
        said.append("This is practice: it stays out of the statistics.")
    return said


def listed(said: Iterable[str], width: int) -> Content:
    """Sentences as a list."""
    return Content("\n").join([beside(Content.styled("• ", DIM), plain(one), width) for one in said])


def during(session: ExamSession, width: int) -> Content:
    """What `?` shows while a question waits: the keys, then the rules, then how long the exam still lasts."""
    sitting = session.sitting
    paper, left = sitting.paper, sitting.end - session.at()
    official = session.now() + timedelta(milliseconds=left) if sitting.official else None
    free = not paper.rules.forward_only
    rows = [(key, what) for key, what in KEYS.items() if free or key != "p m"]
    keys = [beside(Content.styled(key.ljust(11), BOLD), plain(what), width) for key, what in rows]
    end = plain(f"The exam ends in {exam_text.clock(left)}.")
    return Content("\n\n").join(
        [Content("\n").join(keys), listed(sentences(paper.rules, len(paper.questions), official), width), end]
    )
