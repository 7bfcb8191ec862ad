"""Bad input of every sort: one clear line that says where, what and what to do, and nothing is lost by it."""

from __future__ import annotations

import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from studyapp.model import Answered, Kind, Mode
from studyapp.runs import worker
from studyapp.runs.worker import Limits
from tests.cli.calling import Done, as_nobody, call, environment, own_deck, own_simulation, studying
from tests.cli.samples import HALF, card, doing

SLOW = pytest.mark.slow
DECK = "# Mine\n\n## A? {#a}\n\nx\n"


@pytest.fixture
def answered(home: Path) -> Path:
    """A data folder with a deck and one answer."""
    own_deck(home, DECK)
    with studying(home) as library:
        library.store.append([Answered("a", Mode.SPACED, Kind.BASIC, 4, 1)], at=library.now(), day=library.today)
    return home


def logged(home: Path) -> list[str]:
    """The cards of the answers in the log."""
    return [row["card"] for row in call(home, "log", "--json").json]


# --- decks ----------------------------------------------------------------------------------------

SOFTMAX = '[simulation]\nname = "softmax_output"\n'
RATIO = 'parameters = { logits = [2.0, 0.0] }\n\n[answer]\nvalue = "ratio_of_probabilities"\ntolerance = 0.02\n'


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("no heading\n", "mine.md:1:", "no '# ' heading names the deck"),
        ("# T\n\n## Two keys? {#two}\n\n- [x] a\n- [x] b\n", "mine.md:", "two:"),
        (
            "# T\n\n## Open {#open}\n\nx\n\n```python\n\n## Hidden {#hidden}\n",
            "mine.md:7:",
            "hides 1 line starting with '##'",
        ),
        ("# T\n\n## A? {#a}\n\nx\n\n## B? {#a}\n\ny\n", "mine.md:7: a:", "taken by the card on line 3"),
        ("# T\n\n" + card("c", "[simulation\n"), "mine.md:", "c:"),
        ("# T\n\n" + card("c", SOFTMAX.replace("name", "nmae")), "mine.md:9: c:", "did you mean 'name'"),
        ("# T\n\n" + card("c", SOFTMAX.replace("output", "ouptut")), "mine.md:9: c:", "did you mean 'softmax_output'?"),
        (
            "# T\n\n" + card("c", SOFTMAX + "parameters = { temperature = 1000.0 }"),
            "mine.md:10: c:",
            "parameter temperature: '1000.0' does not fit, it lies outside 0.05 .. 100",
        ),
        ("# T\n\n" + card("c", SOFTMAX + "parameters = { temprature = 1.0 }"), "c:", "mean temperature?"),
        ("# T\n\n" + card("c", SOFTMAX + 'claims = ["lecture_exmple"]'), "mine.md:10: c:", "mean 'lecture_example'?"),
        (
            "# T\n\n" + card("c", SOFTMAX + RATIO.replace("ratio_", "ratoi_")),
            ":13: c:",
            "mean 'ratio_of_probabilities'?",
        ),
        (
            "# T\n\n" + card("c", SOFTMAX + RATIO + 'mistakes = ["forgets_to_exponentate"]'),
            "c:",
            "did you mean 'forgets_to_exponentiate'?",
        ),
        ("# T\n\n" + card("c", SOFTMAX + RATIO, "With @{width}?"), "c:", "width"),
        (
            "# T\n\n" + card("c", SOFTMAX + RATIO.replace("ratio_of_", "")),
            "mine.md:12: c: [answer] index: ",
            "say which element is asked: index = 0 to 1",
        ),
        (
            "# T\n\n" + card("c", SOFTMAX + RATIO.replace("ratio_of_", "") + "index = 9"),
            "mine.md:15: c: [answer] index: ",
            "it has no element 9; say which element is asked: index = 0 to 1",
        ),
        (
            "# T\n\n" + card("c", SOFTMAX + 'claims = ["lecture_example"]\nparameters = { logits = [2.0, 0.0] }'),
            "mine.md:10: c: [simulation] claims: 'lecture_example' does not apply at logits=(2.0, 0.0)",
            "or leave the claim out",
        ),
        ("# T\n\n" + card("c", "accept = []", back="word " * 400), "mine.md:3: c:", "and 20 fit; shorten it"),
        (
            "# T\n\n" + card("c", SOFTMAX + RATIO.replace("0.02", "0.5") + 'mistakes = ["forgets_to_exponentiate"]'),
            "mine.md:12: c:",
            "the key (7.389) and forgets_to_exponentiate (2) are too close",
        ),
    ],
)
def test_a_wrong_deck_is_told_by_its_line(home: Path, text: str, where: str, what: str) -> None:
    """One problem, one line, with a remedy; the other decks work."""
    path = own_deck(home, text)
    done = call(home, "check", str(path))
    assert (done.status, done.err) == (1, "")
    problem, summary = done.out.splitlines()
    assert where in problem
    assert what in problem
    assert re.search(": 1 problem(,|$)", summary)
    (told,) = call(home, "check", str(path), "--json").json["problems"]
    assert told["remedy"]
    assert len(call(home, "due", "--json").json) > 20


def test_two_files_with_one_id(home: Path) -> None:
    """Both places are named, and the first by its path counts."""
    own_deck(home, DECK, "a.md")
    own_deck(home, DECK, "b.md")
    problem, _ = call(home, "check").out.splitlines()
    assert problem.startswith("b.md:3: a: ")
    assert "a.md:3" in problem
    assert [row["deck"] for row in call(home, "due", "--json").json if row["card"] == "a"] == ["a.md"]


def test_a_wrong_settings_file(answered: Path) -> None:
    """Named with its key."""
    (answered / "settings.toml").write_text("minuts = 3\n")
    line = call(answered, "due").refusal()
    assert line == f"{answered / 'settings.toml'}: minuts is not a setting; did you mean minutes?"


# --- the data folder and its files ----------------------------------------------------------------


def test_a_log_of_a_newer_version(answered: Path) -> None:
    """Is refused by every command, and left alone."""
    with closing(sqlite3.connect(answered / "log.db", isolation_level=None)) as raw:
        raw.execute("UPDATE meta SET value = '99' WHERE name = 'revision'")
    before = (answered / "log.db").read_bytes()
    for words in ([], ["due"], ["log"], ["stats"], ["doctor"], ["check"], ["verify"], ["relink", "a", "b"]):
        line = call(answered, *words).refusal()
        assert line.startswith(f"{answered / 'log.db'} was written by a newer studyapp")
        assert line.endswith("; nothing was changed, update studyapp") or "update studyapp" in line
    assert (answered / "log.db").read_bytes() == before


def test_a_corrupt_log(answered: Path) -> None:
    """Is named, with what to do, and not written to."""
    (answered / "log.db").write_bytes(bytes(range(256)) * 100)
    before = (answered / "log.db").read_bytes()
    line = call(answered, "due").refusal()
    assert line == f"{answered / 'log.db'} is no database; put a backup in its place, or move it away to start anew"
    assert (answered / "log.db").read_bytes() == before


@pytest.mark.parametrize("damage", [b"", b"no database" * 999, None])
def test_a_corrupt_cache_is_rebuilt_without_a_word(answered: Path, damage: bytes | None) -> None:
    """Missing, empty or nonsense: what was learned is in the log."""
    before = call(answered, "due", "--json")
    if damage is None:
        (answered / "cache.db").unlink()
    else:
        (answered / "cache.db").write_bytes(damage)
    assert call(answered, "due", "--json") == before
    assert logged(answered) == ["a"]
    assert call(answered, "doctor").out.startswith("the log is sound: 1 entry")


@pytest.fixture
def public(answered: Path) -> Iterator[Path]:
    """The same folder where every user can look into it, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="studyapp-test-"))
    folder.chmod(0o755)
    home = folder / "home"
    shutil.copytree(answered, home)
    shutil.rmtree(home / "scratch", ignore_errors=True)
    yield home
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(folder)


def nobodys(path: Path, mode: int, files: int) -> None:
    """Give a folder and its files these permissions, and all to the user who has no rights."""
    for one in [path, *path.rglob("*")]:
        if os.geteuid() == 0:
            os.chown(one, 65534, 65534)
        one.chmod(mode if one.is_dir() else files)


@pytest.mark.parametrize(
    "words", [["due"], *(pytest.param(words, marks=SLOW) for words in ([], ["log", "--json"], ["doctor"], ["run"]))]
)
def test_a_read_only_folder(public: Path, tmp_path: Path, words: list[str]) -> None:
    """One line, status 1, and no byte of it changes."""
    nobodys(public, 0o555, 0o444)
    before = {file: file.read_bytes() for file in public.rglob("*") if file.is_file()}
    line = as_nobody(tmp_path / "warm", "--home", str(public), *words).refusal()
    assert line.startswith(str(public))
    assert "make it writable, or choose another folder with --home" in line
    assert {file: file.read_bytes() for file in public.rglob("*") if file.is_file()} == before


@SLOW
def test_an_unreadable_folder(public: Path, tmp_path: Path) -> None:
    """The same, where nothing may even be looked at."""
    nobodys(public, 0o000, 0o000)
    assert as_nobody(tmp_path / "warm", "--home", str(public), "due").refusal().startswith(str(public))


@SLOW
def test_an_unreadable_deck(public: Path, tmp_path: Path) -> None:
    """Is a problem of its own; the others work, and what was learned of its cards stays."""
    nobodys(public, 0o755, 0o644)
    (public / "decks" / "mine.md").chmod(0)
    os.utime(public / "decks" / "mine.md", ns=(1, 1))
    done = as_nobody(tmp_path / "warm", "--home", str(public), "check")
    assert done.status == 1
    assert "mine.md: may not be read; give yourself read permission\n" in done.out
    for words in (["due", "--json"], ["stats"], []):
        done = as_nobody(tmp_path / "warm", "--home", str(public), *words)
        assert (done.status, done.err) == (0, "studyapp: 1 problem in the decks: `studyapp check` lists it\n")
    done = as_nobody(tmp_path / "warm", "--home", str(public), "log", "--json")
    assert [row["card"] for row in done.json] == ["a"]


@SLOW
def test_a_deck_that_may_not_be_stamped(public: Path, tmp_path: Path) -> None:
    """Says so, and is as it was."""
    path = public / "decks" / "mine.md"
    path.write_text("# T\n\n## New one?\n\nx\n")
    nobodys(public, 0o755, 0o644)
    path.chmod(0o444)
    done = as_nobody(tmp_path / "warm", "--home", str(public), "stamp")
    assert "is read-only, or its folder is; make both writable" in done.refusal()
    assert done.out == "no ids written in no files\n"
    assert path.read_text() == "# T\n\n## New one?\n\nx\n"


# --- a full disk ----------------------------------------------------------------------------------


def limited(size: int, *arguments: str) -> Done:
    """A command whose files may not grow beyond so many bytes, as on a full disk."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    done = subprocess.run(
        [sys.executable, "-m", "studyapp", *arguments],
        capture_output=True,
        text=True,
        env=environment(PYTHONDONTWRITEBYTECODE="1"),
        stdin=subprocess.DEVNULL,
        preexec_fn=limit,
        check=False,
        timeout=60,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def test_a_full_disk_keeps_what_was_there(answered: Path) -> None:
    """A write is refused in one line, and afterwards everything is as before; with room again it works."""
    own_deck(answered, DECK.replace("#a", "#b"))
    assert call(answered, "due").status == 0
    line = limited(2000, "--home", str(answered), "relink", "a", "b").refusal()
    assert line.startswith(str(answered))
    assert "nothing was changed" in line
    assert logged(answered) == ["a"]
    assert call(answered, "relink", "a", "b").out == "1 entry of a moved to b\n"


def test_a_store_is_not_half_made_on_a_full_disk(tmp_path: Path) -> None:
    """A later start makes it whole."""
    home = tmp_path / "new"
    assert limited(2000, "--home", str(home), "due").refusal().startswith(str(home))
    assert call(home, "doctor").out.startswith("the log is sound: no entries")


@SLOW
def test_a_figure_on_a_full_disk(home: Path, tmp_path: Path) -> None:
    """Is whole or not there."""
    points = "Points(np.arange(3000), np.arange(3000) % 7, 'p')"
    own_simulation(home, doing(f"return Result({{'one': 1.0}}, [Figure('f', Axis('x'), Axis('y'), [{points}])])"))
    assert call(home, "run", "mine").status == 0
    figure = tmp_path / "a.svg"
    line = limited(50_000, "--home", str(home), "run", "mine", "--figure", str(figure)).refusal()
    assert "a.svg" in line
    assert not figure.exists()


# --- simulations ----------------------------------------------------------------------------------


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """One second instead of thirty, and less memory."""
    monkeypatch.setattr(worker, "Limits", lambda: Limits(seconds=1, cpu=10, memory=2**30))


MISBEHAVIOUR = [
    ("while True:\n    pass", "took longer than 1 s and was stopped; choose smaller parameters"),
    ("import ctypes\nctypes.string_at(0)", "crashed (SIGSEGV)"),
    ("import os\nos.fork()\nreturn Result({'one': 1.0})", "os.fork starts or signals another process"),
    ("values = np.ones(2**28)\nreturn Result({'one': values.sum()})", "needs more memory than the limit of 1 GiB"),
    ("return Result({'one': float('nan')})", "one"),
]
MORE = [
    ("import time\ntime.sleep(99)", "took longer than 1 s and was stopped"),
    ("import os\nos._exit(3)", "ended its own process with exit code 3"),
    ("raise SystemExit", "mine.py:"),
    ("raise KeyError('x')", "KeyError"),
    ("return 1 / 0", "ZeroDivisionError"),
    ("import os\nos.system('true')\nreturn Result({'one': 1.0})", "os.system starts or signals another process"),
    ("return Result({'one': np.array([1, np.inf])})", "one"),
    ("return 3", "mine.py"),
    ("return Result({'one': object()})", "mine.py"),
]


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(("body", "what"), [*MISBEHAVIOUR, *(pytest.param(*one, marks=SLOW) for one in MORE)])
def test_a_simulation_that_misbehaves_is_one_line(home: Path, body: str, what: str) -> None:
    """It hangs, crashes, forks, takes all memory, returns what is no number: its name, its line; the next run works."""
    own_simulation(home, doing(body))
    done = call(home, "run", "mine", "--json")
    line = done.refusal()
    assert line.startswith("mine.py:")
    assert what in line
    assert done.out == ""
    own_simulation(home, HALF)
    assert call(home, "run", "mine", "--json").status == 0


def test_what_a_simulation_prints_goes_nowhere_and_is_told(home: Path) -> None:
    """By whatever way, it never mixes with the JSON; what went through Python's own streams is counted."""
    body = "print('out')\nimport os, sys\nsys.stderr.write('err')\nos.write(1, b'raw')\nos.write(2, b'raw')"
    own_simulation(home, doing(body + "\nreturn Result({'one': 1.0})"))
    done = call(home, "run", "mine", "--json")
    assert done.status == 0
    assert done.err == "studyapp: mine: it printed 7 characters, which are not shown; return values instead\n"
    assert done.json["values"] == {"one": 1.0}


def test_a_simulation_that_cannot_be_read_names_its_line(home: Path) -> None:
    """A mistake in its text, or at its top level."""
    path = own_simulation(home, HALF + "def broken(:\n")
    number = HALF.count("\n") + 1
    assert f"mine.py:{number}: " in call(home, "run", "mine").refusal()
    path.write_bytes(b"\xff")
    for name in ("mine", str(path)):
        assert call(home, "run", name).refusal() == f"{path}: line 1 is not UTF-8 text; save the file as UTF-8"


def test_damaged_consent_is_none_and_a_problem(home: Path) -> None:
    """A damaged file means that nothing was agreed to."""
    own_simulation(home, HALF)
    (home / "consent.json").write_text("nonsense")
    assert "has not been allowed to run yet" in call(home, "run", "mine").refusal()
    told = f"{home / 'consent.json'}: cannot be read as consents: no simulation of your own may run; mend it, or agree"
    assert call(home, "check").out.count(told) == 1
    assert call(home, "run").err.count(told) == 1


def test_a_simulations_error_text_is_harmless(home: Path) -> None:
    """It comes from a stranger's program."""
    own_simulation(home, doing(r"raise ValueError('\x1b[2J\nsecond line \u202e')"))
    line = call(home, "run", "mine").refusal()
    assert "\u202e" not in line
