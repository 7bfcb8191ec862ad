"""The rehearsal: five trivial questions of 20 seconds that teach the setting of an exam in two minutes."""

from __future__ import annotations

import random

from studyapp.core.exam.paper import ExamOption, ExamQuestion, ExamRules, Paper
from studyapp.model import Kind

SECONDS = 20.0

_QUESTIONS = (
    ("save", "Which number is even? Pick it with its letter, and save it with Enter.", ("4", "3", "5")),
    (
        "change",
        "Which is larger? Save a wrong answer first, then change it: the last one saved counts.",
        ("9", "8", "7"),
    ),
    (
        "not-saved",
        "Which word is a colour? Pick it and do not save: see in the report that it does not count.",
        ("blue", "seven", "walk"),
    ),
    (
        "expire",
        "How many days has a week? Do nothing: let the time run out, and see what happens.",
        ("seven", "five", "nine"),
    ),
    (
        "guess",
        "A fair coin is tossed: what comes up? Strike options out with a capital letter, mark a guess with g, save it.",
        ("heads", "tails", "edge"),
    ),
)


def rehearsal(seed: int) -> Paper:
    """The paper of a rehearsal; the order of the questions stays, that of the options does not."""
    questions = []
    for name, prompt, options in _QUESTIONS:
        shown = [ExamOption(text, correct=place == 0) for place, text in enumerate(options)]
        random.Random(f"options:{seed}:{name}").shuffle(shown)
        card, topic = f"rehearsal-{name}", "Rehearsal"
        questions.append(ExamQuestion(card, Kind.CHOICE, "", topic, prompt, tuple(shown), SECONDS))
    return Paper("Rehearsal", seed, ExamRules(name="rehearsal", rehearsal=True), tuple(questions))
