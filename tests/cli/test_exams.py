"""Rules of `studyapp exams`: the list, the report of one sitting, and statistics; results that wait stay hidden."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studyapp.core.exam.intervals import wilson
from studyapp.core.text import OBEYED
from studyapp.presets import plan
from tests.cli.calling import Done, call
from tests.cli.sitting import QUIZZED, made, sat, started, studying

# --- the list -------------------------------------------------------------------------------------


def documented(*command: str) -> dict[str, Any]:
    """The keys that a command's help says its JSON has, as nested as they are."""
    text = " ".join(call(None, *command, "--help").out.split()).partition("JSON: ")[2]
    found = re.findall(r'"?\w+"?|[{}]', text)
    shape, rest = braced(iter(found[1:]))
    assert rest
    return shape


def braced(words: Iterator[str]) -> tuple[dict[str, Any], bool]:
    """What stands between two braces, the first of which was read."""
    shape: dict[str, Any] = {}
    key = ""
    for word in words:
        if word == "}":
            return shape, True
        if word == "{":
            shape[key] = braced(words)[0]
        else:
            key = word
            shape[key] = {}
    return shape, False


def agrees(shape: dict[str, Any], value: Any) -> None:
    """The value has these keys in this order, all the way down; of lists the first element counts."""
    if isinstance(value, list):
        assert value, "nothing to compare with"
        agrees(shape, value[0])
        return
    assert list(value) == list(shape)
    for key, below in shape.items():
        if below and '"number"' not in below:
            agrees(below, value[key])


def test_all_sittings_are_listed_newest_first(quiz: Path) -> None:
    """With their state and score: a result that waits says until when; nothing tells the score of what runs."""
    assert call(quiz, "exams").out == "No exam was sat yet; `studyapp exam` starts one.\n"
    assert call(quiz, "exams", "--json").json == []
    with studying(quiz) as library:
        asked = made(library, QUIZZED, 5)  # while results wait none is made
    over, practised, waits = sat(quiz), sat(quiz, practice=True), sat(quiz, hours=3)
    runs = started(quiz, paper=asked)
    told = {row["id"]: row for row in call(quiz, "exams", "--json").json}
    assert set(told) == {runs, waits, practised, over}
    agrees(documented("exams"), [*told.values()])
    assert [told[one]["state"] for one in (runs, waits, practised, over)] == [
        "running",
        "waiting",
        "finished",
        "finished",
    ]
    assert [told[one]["kind"] for one in (runs, waits, practised, over)] == ["exam", "exam", "practice", "exam"]
    assert [told[one]["right"] for one in (runs, waits, practised, over)] == [None, None, 3, 3]
    assert told[waits]["hidden_until"] is not None
    lines = call(quiz, "exams").out.splitlines()
    assert lines[0].split() == ["id", "started", "title", "kind", "state", "score"]
    by_id = {line.split()[0]: line for line in lines[1:]}
    assert by_id[over].endswith("exam      finished                  3 of 6, 50 %")
    assert re.search(r"results wait until \d\d:\d\d$", by_id[waits])
    assert by_id[runs].endswith("running")
    assert len(call(quiz, "exams", "--limit", "2").out.splitlines()) == 3


def test_results_that_wait_stay_hidden(quiz: Path) -> None:
    """In every format: what was saved is shown, what was right is not."""
    identity = sat(quiz, hours=3)
    done = call(quiz, "exams", "show", identity)
    assert "Results are hidden until the official end at " in done.out
    assert "4 answers saved of 6 questions." in done.out
    for words in ([], ["--json"], ["--md"], ["--html"]):
        out = call(quiz, "exams", "show", identity, *words).out
        assert not re.search(r"right of|right answer|key|score|50 %", out.partition("</style>")[2] or out)
    told = call(quiz, "exams", "show", identity, "--json").json
    assert (told["state"], told["left"]) == ("finished", 0)
    assert told["hidden_until"] is not None


# --- one sitting ----------------------------------------------------------------------------------


def test_a_report_is_shown_in_lines(quiz: Path) -> None:
    """What fits on a screen: score, topics, habits, and a line for each question."""
    identity = sat(quiz)
    done = call(quiz, "exams", "show", identity)
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "Report · A quiz"
    assert re.search(r"^score +3 +6 +50 % +12-88 %$", done.out, re.MULTILINE)
    assert "3 right, 1 wrong, 2 left blank. Only right answers that were saved count" in done.out
    assert "Which is" not in done.out
    assert call(quiz, "exams", "show", identity, "--md").out.count("### ") == 6


def test_a_reports_json_is_as_its_help_says(quiz: Path) -> None:
    """All keys, in order, all the way down."""
    identity = sat(quiz, oral=2)
    told = call(quiz, "exams", "show", identity, "--json").json
    shape = documented("exams", "show")
    for name in ("expected", "unseen", "seen", "guessed"):
        shape[name] = shape["score"]
    agrees(shape, told)
    assert len(told["explained"]) == 2
    assert told["score"]["right"] == 3
    assert [one["outcome"] for one in told["questions"]] == [*["right"] * 3, "wrong", *["left blank"] * 2]


def test_the_json_of_a_running_sitting_is_as_its_help_says(quiz: Path) -> None:
    """The same to begin with, then what was saved."""
    told = call(quiz, "exams", "show", started(quiz), "--json").json
    help_text = " ".join(call(None, "exams", "show", "--help").out.split())
    shape, _ = braced(iter(re.findall(r"\w+|[{}]", help_text.partition("after `versions` only {")[2])))
    begin = list(documented("exams", "show"))
    agrees({key: {} for key in begin[: begin.index("versions") + 1]} | shape, told)


@pytest.mark.parametrize(
    ("words", "begin"),
    [
        (["--out", "a.html"], "<!DOCTYPE html>"),
        (["--out", "a.md"], "# Report · A quiz"),
        (["--out", "a.JSON"], "{\n"),
        (["--md", "--out", "a.txt"], "# Report · A quiz"),
    ],
)
def test_a_report_can_be_written_to_a_file(
    quiz: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], begin: str
) -> None:
    """As its name's ending says, or an option; it holds what would be printed."""
    monkeypatch.chdir(tmp_path)
    identity = sat(quiz)
    done = call(quiz, "exams", "show", identity, *words)
    assert (done.status, done.out, done.err) == (0, f"{identity} written to {words[-1]}\n", "")
    written = Path(words[-1]).read_text(encoding="utf-8")
    assert written.startswith(begin)
    how = words[0] if words[0] != "--out" else f"--{words[-1].rpartition('.')[2].lower()}"
    assert call(quiz, "exams", "show", identity, how).out.rstrip("\n") == written.rstrip("\n")


def test_what_cannot_be_shown_is_one_line(quiz: Path) -> None:
    """An unknown id, a file that does not say what it is, a misspelt command, an option in the wrong place."""
    assert call(quiz, "exams", "show", "x").refusal() == "there is no sitting 'x'; `studyapp exams` lists them"
    told = call(quiz, "exams", "show", "x", "--out", "a.txt").refusal(2)
    assert told == "exams show: a.txt does not say what to write; give --json, --md or --html, or such an ending"
    assert call(quiz, "exams", "shwo").refusal(2) == "exams: there is no command 'shwo'; did you mean 'show'?"
    assert call(quiz, "exams", "xyz").refusal(2) == "exams: there is no command 'xyz'; see `studyapp exams --help`"
    told = call(quiz, "exams", "--json", "show", "x").refusal(2)
    own = "give a command its own, as in `studyapp exams show ID --json`"
    assert told == f"exams: --json and --limit are for the list; {own}"


# --- statistics -----------------------------------------------------------------------------------


def test_statistics_count_each_question_over_all_sittings(quiz: Path) -> None:
    """With Wilson intervals; practice is left out."""
    assert call(quiz, "exams", "questions").out.startswith("No exam counts yet")
    sat(quiz, practice=True)
    assert call(quiz, "exams", "questions", "--json").json == {"sittings": 0, "questions": [], "mistakes": []}
    sat(quiz)
    sat(quiz)
    told = call(quiz, "exams", "questions", "--json").json
    assert (told["sittings"], len(told["questions"]), told["mistakes"]) == (2, 6, [])
    assert sum(one["right"] for one in told["questions"]) == 6
    for one in told["questions"]:
        assert one["of"] == 2
        assert (one["low"], one["high"]) == wilson(one["right"], 2)
        assert one["share"] == one["right"] / 2
    shape = documented("exams", "questions")
    agrees(shape["questions"], told["questions"])
    out = call(quiz, "exams", "questions").out
    assert out.startswith("2 sittings, 6 questions\n")
    assert re.search(r"^q-(\d) +2 +2 +100 % +34-100 % +Which is \1\?$", out, re.MULTILINE)


def test_statistics_show_the_words_of_each_question_as_far_as_the_line_goes(
    quiz: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside its id; a card that no deck has any more says so; JSON has the ids alone."""
    long = "Which of all the options below is the one that a careful reader of this long question would take"
    deck = quiz / "decks" / "quiz.md"
    deck.write_text(deck.read_text().replace("Which is 0", long))
    sat(quiz)
    deck.write_text(deck.read_text().replace("q-1}", "q-7}"))
    monkeypatch.setenv("COLUMNS", "70")
    out = call(quiz, "exams", "questions").out
    assert 64 <= max(map(len, out.splitlines())) <= 70
    assert re.search(r"^q-0 .* Which of all .*\.\.\.$", out, re.MULTILINE)
    assert re.search(r"^q-1 .* \(no longer in a deck\)$", out, re.MULTILINE)
    assert "Which" not in call(quiz, "exams", "questions", "--json").out


def test_statistics_count_named_mistakes(home: Path) -> None:
    """How often each was chosen where it was offered."""
    with studying(home) as library:
        papers = (made(library, plan(home, "course"), seed) for seed in range(7, 100))
        paper = next(one for one in papers if any(option.mistake for q in one.questions for option in q.options))
        identity = library.exams.start(paper)

        async def sit() -> None:
            session = library.exams.resume(identity)
            session.email(True)
            for number, question in enumerate(paper.questions):
                session.show(number)
                session.pick(next((n for n, one in enumerate(question.options) if one.mistake), question.right))
                session.save()
            session.finish()
            assert await session.stored_all(10)
            await session.close()
            library.exams.leave_seat()

        asyncio.run(sit())
    computed = [one for one in paper.questions if any(option.mistake for option in one.options)]
    assert computed, "the course's paper has computed questions"
    told = call(home, "exams", "questions", "--json").json
    assert sum(one["made"] for one in told["mistakes"]) == len(computed)
    agrees(documented("exams", "questions")["mistakes"], told["mistakes"])
    for one in told["mistakes"]:
        assert (one["low"], one["high"]) == wilson(one["made"], one["of"])


def test_a_hostile_sitting_is_printed_as_text(quiz: Path, tmp_path: Path) -> None:
    """In lists, in lines and as pages; as JSON nothing of it is lost, and a terminal would still obey none of it."""
    with studying(quiz) as library:
        paper = made(library, QUIZZED, 5)
    topic = "t\x9b2J\u202e\x1b[31m<script>"
    hostile = dataclasses.replace(
        paper,
        title=f"{topic}\udcff",
        questions=tuple(dataclasses.replace(one, topic=topic, deck=f"{topic}.md") for one in paper.questions),
    )
    identity = sat(quiz, paper=hostile)
    for words in ([], ["--json"], *(["show", identity, *how] for how in ([], ["--json"], ["--md"], ["--html"]))):
        done = call(quiz, "exams", *words)
        assert done.status == 0
        assert OBEYED.search(done.out) is None
        assert "<script>" not in done.out.partition("</style>")[2]
    told = call(quiz, "exams", "show", identity, "--json").json
    assert told["questions"][0]["topic"] == topic
    for ending in ("md", "html", "json"):
        file = tmp_path / f"a.{ending}"
        assert call(quiz, "exams", "show", identity, "--out", str(file)).status == 0
        assert OBEYED.search(file.read_text(encoding="utf-8")) is None
    assert json.loads(file.read_text(encoding="utf-8"))["title"] == f"{topic}\udcff"


def test_a_done_is_what_it_was(quiz: Path) -> None:
    """Nothing of all this writes but what it says: lists and reports leave the log as it was."""
    identity = sat(quiz)
    before = call(quiz, "doctor", "--json").json["entries"]
    calls: list[Done] = [call(quiz, "exams"), call(quiz, "exams", "show", identity), call(quiz, "exams", "questions")]
    assert [one.status for one in calls] == [0, 0, 0]
    assert call(quiz, "doctor", "--json").json["entries"] == before
