"""Rules of `studyapp exam`: papers for print, options before presets, and resuming the exam that runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from studyapp.core.exam.paper import ExamRules
from studyapp.core.exam.rehearsal import rehearsal
from studyapp.exam_pages import paper_html, paper_markdown
from studyapp.library import Library
from studyapp.presets import ExamPlan, ExamRequest, plan
from studyapp.presets.reading import KEYS
from tests.cli.calling import call, own_deck
from tests.cli.sitting import CHOICE, QUIZ, finish, made, sat, started, studying

COURSE = ("--preset", "course", "--seed", "7")


# --- without a terminal ---------------------------------------------------------------------------


def test_an_exam_needs_a_terminal(tmp_path: Path) -> None:
    """It says so in one line, with what goes without one; nothing is made."""
    told = "an exam needs a terminal; --print FILE.md (or .html) writes a paper"
    for words in ((), ("--rehearsal",), COURSE):
        assert call(tmp_path / "home", "exam", *words).refusal() == told
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["--minutes", "5", "--ends", "17:30"],
            "exam: --minutes and --ends both say when it is over; give one of them",
        ),
        (["--rehearsal", "--tag", "x"], "exam: --rehearsal always has the same questions; leave out --tag"),
        (["--rehearsal", "quiz"], "exam: --rehearsal always has the same questions; leave out the DECKs"),
        (
            ["--like", "x", "--questions", "3", "--preset", "course"],
            "exam: --like asks what that sitting asked; leave out --preset, --questions",
        ),
        (["--print", "a.md", "--ends", "17:30"], "exam: --print only writes a paper; leave out --ends"),
        (["--print", "a.md", "--take-over"], "exam: --print only writes a paper; leave out --take-over"),
        (["--print", "a.pdf"], "exam: a.pdf is no kind of paper; give a name that ends in .md or .html"),
        (["--print", "no/folder/a.md"], "exam: no/folder/a.md cannot be a file; make its folder, or give another name"),
        (["--questions", "0"], "exam: invalid value for '--questions': '0' is not a whole number from 1 to 500"),
        (["--seconds", "0"], "exam: invalid value for '--seconds': '0' is not a number from 1 to 3600"),
        (["--extra-time", "nan"], "exam: invalid value for '--extra-time': 'nan' is not a number from 1 to 4"),
        (["--extra-time", "x"], "exam: invalid value for '--extra-time': 'x' is not a number from 1 to 4"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(tmp_path: Path, words: list[str], told: str) -> None:
    """In one line, before anything is opened."""
    assert call(tmp_path / "home", "exam", *words).refusal(2).startswith(told)
    assert not (tmp_path / "home").exists()


# --- a paper for print ----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "written"), [("paper.md", paper_markdown), ("paper.HTML", paper_html)])
def test_a_printed_paper_is_the_one_that_the_seed_sits(home: Path, tmp_path: Path, name: str, written: Any) -> None:
    """24 questions under the course's rules, the key at the end; one line says what was written."""
    file = tmp_path / name
    done = call(home, "exam", *COURSE, "--print", str(file))
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        f"24 questions and the key written to {file}; with --seed 7 in place of --print they can be sat\n"
    )
    with studying(home) as library:
        paper = made(library, plan(home, "course"), 7)
    assert file.read_text(encoding="utf-8") == written(paper)
    assert paper.rules == ExamRules("course", email=True, oral=3)
    assert len(paper.questions) == 24
    assert paper.title == "Deep learning, course rules"


def test_the_same_seed_prints_the_same_paper(quiz: Path, tmp_path: Path) -> None:
    """Byte for byte, over whatever was there; another seed, another order. Without one, the line says which it was."""
    one, other = tmp_path / "one.md", tmp_path / "other.md"
    other.write_text("old")
    for file in (one, other):
        assert call(quiz, "exam", "quiz", "--questions", "6", "--seed", "3", "--print", str(file)).status == 0
    assert one.read_bytes() == other.read_bytes()
    done = call(quiz, "exam", "quiz", "--questions", "6", "--print", str(other))
    assert one.read_bytes() != other.read_bytes()
    (seed,) = re.findall(r"--seed (\d+)", done.out)
    assert f"Seed {seed}." in other.read_text()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["one.md", "other.md"]


def test_the_first_seed_is_zero(quiz: Path, tmp_path: Path) -> None:
    """As good a seed as any other."""
    file = tmp_path / "a.md"
    assert call(quiz, "exam", "quiz", "--questions", "2", "--seed", "0", "--print", str(file)).status == 0
    assert "Seed 0." in file.read_text()


def test_options_come_before_the_presets(quiz: Path, tmp_path: Path) -> None:
    """And what a paper is about gives it its name."""
    file = tmp_path / "a.md"
    (quiz / "exams").mkdir()
    text = 'title = "Mine"\nquestions = 3\ndecks = ["lesson-1"]\nseconds = 20\nforward_only = true\npractice = true\n'
    (quiz / "exams" / "mine.toml").write_text(text)
    assert call(quiz, "exam", "--preset", "mine", "--print", str(file)).status == 0
    page = file.read_text()
    assert page.startswith("# Mine\n\n3 questions, 1:15 in all.")
    assert "**Practice exam.**" in page
    assert "right of" not in page
    words = ["quiz", "--questions", "2", "--seconds", "30", "--minutes", "5", "--free", "--extra-time", "2"]
    assert call(quiz, "exam", "--preset", "mine", *words, "--print", str(file)).status == 0
    page = file.read_text()
    assert page.startswith("# A quiz\n\n2 questions, 10:00 in all, extra time × 2 included.")
    assert "### 1 (1:00)" in page
    assert "without going back" not in page
    assert "right of" in page


def test_a_part_or_a_tag_chooses_the_questions(home: Path, tmp_path: Path) -> None:
    """In all decks, or in those named."""
    file = tmp_path / "a.md"
    own_deck(
        home, QUIZ.replace("## Which is 3?", "# Late part\n\n## Which is 3?").replace("# A quiz", "# A quiz"), "q.md"
    )
    done = call(home, "exam", "q", "--tag", "no-such-tag", "--questions", "1", "--print", str(file))
    assert done.refusal() == "no question in these decks has the tag 'no-such-tag'; there are no tags"
    done = call(home, "exam", "q", "--part", "latepart", "--questions", "1", "--print", str(file))
    assert done.refusal().endswith("has the part 'latepart'; did you mean 'Late part'? there is Late part")
    done = call(home, "exam", "lesson-1", "--part", "Initialisation", "--questions", "1", "--print", str(file))
    assert (done.status == 0) is file.exists()


def test_a_paper_that_cannot_be_made_or_written_is_one_line(quiz: Path, tmp_path: Path) -> None:
    """And leaves no file."""
    file = tmp_path / "a.md"
    for words, told in (
        (["quiz", "--questions", "7"], "there are 6 questions to choose from, not 7; ask fewer, or name more decks"),
        (["--preset", "corse"], "there is no preset 'corse'; did you mean 'course'?"),
        (["--like", "nothing"], "there is no sitting 'nothing'; `studyapp exams` lists them"),
        (["no-such-deck"], "'no-such-deck' names no deck; say one of: "),
    ):
        assert call(quiz, "exam", *words, "--print", str(file)).refusal().startswith(told)
        assert not file.exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="the system has no folder in which nobody may write")
def test_a_paper_that_cannot_be_written_is_one_line(quiz: Path) -> None:
    """With its file's name."""
    told = call(quiz, "exam", "quiz", "--questions", "2", "--print", "/proc/a.md").refusal()
    assert told.startswith("/proc/a.md: ")


def test_the_same_questions_again_have_a_new_order(quiz: Path, tmp_path: Path) -> None:
    """`--like`: the cards, limits and rules of a sitting; a rehearsal has none."""
    identity = sat(quiz, seconds=33.0, practice=True, forward_only=False)
    file = tmp_path / "a.md"
    assert call(quiz, "exam", "--like", identity, "--seed", "9", "--print", str(file)).status == 0
    page = file.read_text()
    assert page.startswith("# A quiz\n\n6 questions, 4:08 in all. Seed 9.")
    assert page.count("(0:33)") == 6
    assert "**Practice exam.**" in page
    assert "without going back" not in page
    with studying(quiz) as library:
        before = library.exams.load(identity).sitting.paper
        again = made(library, library.exams.again(before), 9)
        practised = library.exams.start(rehearsal(1))
        asyncio.run(finish(library, practised))
    assert {one.card for one in again.questions} == {one.card for one in before.questions}
    assert again.questions != before.questions
    assert paper_markdown(again) == page
    told = call(quiz, "exam", "--like", practised, "--print", str(file)).refusal()
    assert told == f"{practised} was a rehearsal; `studyapp exam --rehearsal` is the same again"


def test_the_help_names_every_key_of_a_preset() -> None:
    """Nobody need look into the program for them."""
    told = " ".join(call(None, "exam", "--help").out.split())
    assert f"keys {', '.join(KEYS[:-1])} and {KEYS[-1]}" in told


# --- on a terminal --------------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A terminal, on which the application only takes note of what it was asked to open."""
    seen: list[dict[str, Any]] = []

    def app(library: Library, **given: Any) -> Any:
        seen.append(given | {"library": library})
        return SimpleNamespace(run=lambda: None, failure=None, return_code=0)

    monkeypatch.setitem(sys.modules, "studyapp.tui.exam_lobby", SimpleNamespace())
    monkeypatch.setattr("studyapp.tui.app.StudyApp", app)
    monkeypatch.setattr("studyapp.cli.exam.on_terminal", lambda: True)
    return seen


def asked(opened: list[dict[str, Any]]) -> ExamRequest:
    """What the application was asked for the last time."""
    assert opened[-1]["start"] == "exam"
    request = opened[-1]["exam"]
    assert isinstance(request, ExamRequest)
    return request


def test_the_application_gets_what_the_options_say(quiz: Path, opened: list[dict[str, Any]]) -> None:
    """Decks as paths, the official end as an instant."""
    assert call(quiz, "exam", "quiz", "--questions", "6", "--seed", "4", "--practice").err == ""
    assert asked(opened) == ExamRequest(ExamPlan(questions=6, decks=("quiz.md",), practice=True), seed=4)
    with studying(quiz) as library:
        end = library.now().astimezone() + timedelta(minutes=90)
    assert call(quiz, "exam", "--preset", "course", "--ends", f"{end:%H:%M}").status == 0
    request = asked(opened)
    assert request.ends is not None
    assert request.ends.astimezone() == end.replace(second=0, microsecond=0)
    assert request.plan.rules() == ExamRules("course", email=True, oral=3)
    call(quiz, "exam", "--rehearsal", "--extra-time", "2")
    assert asked(opened) == ExamRequest(ExamPlan(extra_time=2.0), rehearsal=True)
    identity = sat(quiz)
    call(quiz, "exam", "--like", identity)
    assert (asked(opened).like, len(asked(opened).plan.cards)) == (identity, 6)


def test_a_running_exam_is_resumed_and_named(quiz: Path, opened: list[dict[str, Any]]) -> None:
    """With --take-over from another terminal; any other option is for the next exam."""
    identity = started(quiz)
    done = call(quiz, "exam")
    first, last = done.err.splitlines()
    assert (done.status, first) == (0, f"studyapp: resuming A quiz ({identity})")
    assert last.startswith("studyapp: A quiz runs on; `studyapp --home ")
    assert asked(opened) == ExamRequest()
    assert call(quiz, "exam", "--take-over").status == 0
    assert asked(opened) == ExamRequest(take_over=True)
    told = call(quiz, "exam", "--questions", "3", "--take-over").refusal()
    assert told == f"A quiz ({identity}) is running; `studyapp exam` alone resumes it, --questions must wait"
    assert len(opened) == 2
    assert (
        call(quiz, "exam", *COURSE, "--print", str(quiz / "a.md"))
        .refusal()
        .startswith(f"A quiz ({identity}) is running")
    )
    assert not (quiz / "a.md").exists()


def test_nothing_is_taken_over_when_nothing_runs(quiz: Path, opened: list[dict[str, Any]]) -> None:
    """Rather than to start an exam that nobody wanted."""
    assert call(quiz, "exam", "--take-over").refusal() == "no exam is running; leave --take-over out"
    assert opened == []


# --- hostile --------------------------------------------------------------------------------------


def test_a_hostile_deck_prints_as_text(home: Path, tmp_path: Path) -> None:
    """Neither the terminal nor a browser obeys it."""
    own_deck(
        home, "# <b>Q</b>\n\n" + "".join(CHOICE.format(n) for n in range(2)).replace("right", "<script>x</script>")
    )
    file = tmp_path / "a.html"
    done = call(home, "exam", "mine", "--questions", "2", "--print", str(file))
    assert done.status == 0
    assert "<script" not in file.read_text()
    assert "&lt;script&gt;x&lt;/script&gt; of 1" in file.read_text()
    part = "\x1b]52;c;eA==\x07\udcff"
    told = call(home, "exam", "--part", part, "--print", str(file)).refusal()
    assert told.startswith("no question in any deck has the part '\\x1b]52;c;eA==\\x07")


def test_a_name_that_is_no_text_still_makes_a_paper(home: Path, tmp_path: Path) -> None:
    """Arguments are bytes, and may be half a character."""
    own_deck(home, QUIZ, "quiz.md")
    file = os.fsencode(tmp_path) + b"/\xff.md"
    done = call(home, "exam", "quiz", "--questions", "2", "--print", os.fsdecode(file))
    assert done.status == 0
    with contextlib.closing(os.fdopen(os.open(file, os.O_RDONLY), "rb")) as written:
        assert written.read().startswith(b"# A quiz\n")
