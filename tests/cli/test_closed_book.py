"""The closed book: while an exam runs no command shows a card, a simulation or an old key."""

from __future__ import annotations

import asyncio
from pathlib import Path

from studyapp.cli import COMMANDS
from tests.cli.calling import call
from tests.cli.sitting import QUIZZED, finish, made, sat, started, studying

REFUSED = [
    [], ["due"], ["due", "--json"], ["log"], ["log", "--rerun"], ["stats"], ["run"],
    ["run", "softmax_output"], ["run", "softmax_output", "--help"], ["verify"], ["check"], ["stamp"],
    ["relink", "q-1", "q-2"], ["exams", "questions"], ["new", "simulation", "mine"], ["draft", "notes.txt"],
    ["verify", "--all"],
]  # fmt: skip
ON_SCREEN = {"exam", "study"}
"""They open the application, which shows the running exam and nothing else."""
ALLOWED = [["doctor"], ["sm2", "4"], ["exams"], ["exams", "--json"], ["--version"]]


def test_every_other_command_waits_until_the_exam_is_over(quiz: Path) -> None:
    """One line says which runs and how to go on; help, versions and what shows no card stay."""
    sealed = {words[0] for words in REFUSED if words} | {words[0] for words in ALLOWED} | ON_SCREEN
    assert {*COMMANDS} <= sealed, "every command is one or the other"
    identity = started(quiz)
    line = "an exam is running (A quiz); `studyapp exam` resumes it, where it can also be finished"
    for words in REFUSED:
        assert call(quiz, *words).refusal() == line, words
    for words in ALLOWED:
        assert call(quiz, *words).status == 0, words
    for name in COMMANDS:
        assert call(quiz, name, "--help").status == 0
    with studying(quiz) as library:
        asyncio.run(finish(library, identity))
    for words in (["due"], ["exams", "questions"], ["run", "--json"], []):
        assert call(quiz, *words).status == 0, words


def test_an_exam_whose_time_is_over_closes_no_book(quiz: Path) -> None:
    """Whoever asks first settles it."""
    with studying(quiz) as library:
        identity = library.exams.start(made(library, QUIZZED, 1), minutes=1e-5)
    assert call(quiz, "due").status == 0
    (row,) = call(quiz, "exams", "--json").json
    assert (row["id"], row["state"], row["right"]) == (identity, "expired", 0)


def test_an_old_report_has_keys_too(quiz: Path) -> None:
    """While an exam runs only that exam is shown, without them."""
    old = sat(quiz)
    assert "right of 0" in call(quiz, "exams", "show", old, "--md").out
    running = started(quiz)
    assert call(quiz, "exams", "show", old).refusal().startswith("an exam is running (A quiz); ")
    for words in ([], ["--json"], ["--md"], ["--html"]):
        done = call(quiz, "exams", "show", running, *words)
        assert done.status == 0
        assert "right of" not in done.out
