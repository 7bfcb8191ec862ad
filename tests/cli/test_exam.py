"""Rules of `studyapp exam` and `exams`: papers for print, resuming, reports, statistics, and the closed book."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from studyapp.cli import COMMANDS
from studyapp.clocks import reading
from studyapp.core.exam.intervals import wilson
from studyapp.core.exam.paper import ExamRules, Paper
from studyapp.core.exam.rehearsal import rehearsal
from studyapp.exam_pages import paper_html, paper_markdown
from studyapp.library import Library
from studyapp.presets import ExamPlan, ExamRequest, plan
from studyapp.presets.reading import KEYS
from tests.cli.calling import Done, as_nobody, call, own_deck

CHOICE = (
    "## Which is {0}? {{#q-{0}}}\n\n- [x] right of {0}\n- [ ] wrong of {0}: it is not\n- [ ] other of {0}\n\nSo.\n\n"
)
QUIZ = "# A quiz\n\n" + "".join(CHOICE.format(number) for number in range(6))
COURSE = ("--preset", "course", "--seed", "7")


SEEDS = itertools.count(1)


@contextlib.contextmanager
def studying(home: Path) -> Iterator[Library]:
    """The library of a home, with seeds that differ."""
    with Library.open(home, now=lambda: datetime.now(UTC), seeds=SEEDS.__next__, clocks=reading) as library:
        yield library


@pytest.fixture
def quiz(home: Path) -> Path:
    """A data folder with a deck of six choice cards."""
    own_deck(home, QUIZ, "quiz.md")
    return home


def made(library: Library, chosen: ExamPlan, seed: int) -> Paper:
    """The paper that a sitting of this plan would ask."""

    async def make() -> Paper:
        try:
            return (await library.exams.make(chosen.blueprint(), chosen.rules(), title=chosen.title, seed=seed)).paper
        finally:
            await library.close_laboratory()

    return asyncio.run(make())


QUIZZED = ExamPlan(questions=6, decks=("quiz.md",))


def started(home: Path, *, hours: float | None = None, paper: Paper | None = None, **rules: Any) -> str:
    """A sitting of the quiz that runs; with an official end in so many hours."""
    with studying(home) as library:
        found = paper or made(library, ExamPlan(**{**QUIZZED_FIELDS, **rules}), 5)
        ends = library.now() + timedelta(hours=hours) if hours is not None else None
        return library.exams.start(found, ends=ends)


QUIZZED_FIELDS: dict[str, Any] = {"questions": 6, "decks": ("quiz.md",)}


def sat(home: Path, **how: Any) -> str:
    """A sitting of the quiz in which four were saved, the first three of them right, and which is over."""
    identity = started(home, **how)

    async def sit(library: Library) -> None:
        session = library.exams.resume(identity)
        if session.sitting.asks_email:
            session.email(False)
        for number, question in enumerate(session.sitting.paper.questions):
            session.show(number)
            session.pick(question.right if number < 3 else (question.right + 1) % len(question.options))
            if number < 4:
                session.save()
        session.finish()
        assert await session.stored_all(10)
        await session.close()
        library.exams.leave_seat()

    with studying(home) as library:
        asyncio.run(sit(library))
    return identity


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
    assert done.refusal().startswith("there are 0 questions to choose from")
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


def test_a_paper_that_may_not_be_written_is_one_line(quiz: Path) -> None:
    """The old file stays as it was."""
    with tempfile.TemporaryDirectory() as public:
        home, file = Path(public) / "home", Path(public) / "a.md"
        shutil.copytree(quiz, home)
        file.write_text("old")
        for path in (home.parent, home, *home.rglob("*")):
            path.chmod(0o777)
        file.chmod(0o444)
        words = ["--home", str(home), "exam", "quiz", "--questions", "2", "--print", str(file)]
        assert as_nobody(quiz, *words).refusal().startswith(f"{file}: ")
        assert file.read_text() == "old"


def test_the_same_questions_again_have_a_new_order(quiz: Path, tmp_path: Path) -> None:
    """`--like`: the cards, limits and rules of a sitting; a rehearsal has none."""
    identity = sat(quiz, seconds=33.0, practice=True, forward_only=False)
    file = tmp_path / "a.md"
    assert call(quiz, "exam", "--like", identity, "--seed", "9", "--print", str(file)).status == 0
    page = file.read_text()
    assert page.startswith("# A quiz\n\n6 questions, 4:07 in all. Seed 9.")
    assert page.count("(0:33)") == 6
    assert "**Practice exam.**" in page
    assert "without going back" not in page
    with studying(quiz) as library:
        before = library.exams.load(identity).sitting.paper
        again = made(library, ExamPlan.like(before), 9)
        practised = library.exams.start(rehearsal(1))
        asyncio.run(finish(library, practised))
    assert {one.card for one in again.questions} == {one.card for one in before.questions}
    assert again.questions != before.questions
    assert paper_markdown(again) == page
    told = call(quiz, "exam", "--like", practised, "--print", str(file)).refusal()
    assert told == f"{practised} was a rehearsal; `studyapp exam --rehearsal` is the same again"


async def finish(library: Library, identity: str) -> None:
    """End a sitting at once."""
    session = library.exams.resume(identity)
    session.finish()
    assert await session.stored_all(10)
    await session.close()
    library.exams.leave_seat()


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
    assert (done.status, done.err) == (0, f"resuming A quiz ({identity})\n")
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


# --- closed book ----------------------------------------------------------------------------------

REFUSED = [
    [], ["study"], ["due"], ["due", "--json"], ["log"], ["log", "--rerun"], ["stats"], ["run"],
    ["run", "softmax_output"], ["run", "softmax_output", "--help"], ["verify"], ["check"], ["stamp"],
    ["relink", "q-1", "q-2"], ["exams", "questions"],
]  # fmt: skip
ALLOWED = [["doctor"], ["sm2", "4"], ["exams"], ["exams", "--json"], ["--version"]]


def test_every_other_command_waits_until_the_exam_is_over(quiz: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says which runs and how to go on; help, versions and what shows no card stay."""
    sealed = {words[0] for words in REFUSED if words} | {words[0] for words in ALLOWED} | {"exam"}
    assert {*COMMANDS} <= sealed, "every command is one or the other"
    monkeypatch.setattr("studyapp.cli.study.on_terminal", lambda: True)
    identity = started(quiz)
    line = "an exam is running (A quiz); `studyapp exam` resumes it, where it can also be finished"
    for words in REFUSED:
        assert call(quiz, *words).refusal() == line, words
    monkeypatch.undo()
    assert call(quiz).refusal() == line, "Home, where there is no terminal"
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
    over, practised, waits = sat(quiz), sat(quiz, practice=True), sat(quiz, hours=3)
    runs = started(quiz)
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
    assert re.search(r"^q-\d +2 +2 +100 % +34-100 %$", out, re.MULTILINE)


def test_statistics_count_named_mistakes(home: Path) -> None:
    """How often each was chosen where it was offered."""
    with studying(home) as library:
        paper = made(library, plan(home, "course"), 7)
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
    assert told.startswith("there are 0 questions")


def test_a_name_that_is_no_text_still_makes_a_paper(home: Path, tmp_path: Path) -> None:
    """Arguments are bytes, and may be half a character."""
    own_deck(home, QUIZ, "quiz.md")
    file = os.fsencode(tmp_path) + b"/\xff.md"
    done = call(home, "exam", "quiz", "--questions", "2", "--print", os.fsdecode(file))
    assert done.status == 0
    with contextlib.closing(os.fdopen(os.open(file, os.O_RDONLY), "rb")) as written:
        assert written.read().startswith(b"# A quiz\n")


def test_a_done_is_what_it_was(quiz: Path) -> None:
    """Nothing of all this writes but what it says: lists and reports leave the log as it was."""
    identity = sat(quiz)
    before = call(quiz, "doctor", "--json").json["entries"]
    calls: list[Done] = [call(quiz, "exams"), call(quiz, "exams", "show", identity), call(quiz, "exams", "questions")]
    assert [one.status for one in calls] == [0, 0, 0]
    assert call(quiz, "doctor", "--json").json["entries"] == before
