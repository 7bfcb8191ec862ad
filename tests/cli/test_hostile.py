"""Whatever a deck, a simulation, a file's name or an argument holds, no command prints what a terminal obeys."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import studyapp.cli
from studyapp.cli import COMMANDS
from studyapp.cli.printing import print_json
from tests.cli.calling import Done, call, own_simulation
from tests.tui.hostile import CARDS, CODES, FILE, PROBLEMS, SIMULATION, TEXT, deck

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
ARGUMENT = TEXT.replace("\x00", "")  # no shell can pass a NUL
DECKS = "the learner's own"
"""Stands for the path of their folder: the shipped ones would take time."""

NOTES = "lecture notes"
"""Stands for the path of a file of them, which has every text that notes may have; its name has the control codes."""

CALLS: dict[str, list[list[str]]] = {
    "study": [[], [ARGUMENT]],
    "exam": [
        [],
        [ARGUMENT, "--print", "paper.md"],
        ["--preset", ARGUMENT, "--print", "paper.md"],
        ["--tag", ARGUMENT, "--print", "paper.md"],
        ["--like", ARGUMENT, "--print", "paper.md"],
        ["--ends", ARGUMENT],
        ["--print", f"{CODES[:5]}.pdf"],
    ],
    "exams": [[], ["--json"], [ARGUMENT], ["questions"], ["show", ARGUMENT], ["show", "x", "--out", CODES[:5]]],
    "run": [
        [],
        ["--json"],
        ["a_hostile"],
        ["a_hostile", "--json"],
        ["a_hostile", "--help"],
        ["a_hostile", "--chance", "0.95"],
        ["a_hostile", "--way", ARGUMENT],
        ["a_hostile", f"--{ARGUMENT}", "1"],
        ["a_hostile", "--figure", f"{CODES[:5]}.gif"],
        ["b_unread"],
        [ARGUMENT],
    ],
    "verify": [["refute", "failing"], ["refute", "failing", "--json"], [ARGUMENT], ["--all", ARGUMENT]],
    "new": [[ARGUMENT], ["simulation", ARGUMENT], ["simulation", "c_begun"], ["simulation", "a_hostile"]],
    "draft": [
        [ARGUMENT],
        [NOTES, "--stdout"],
        [NOTES, "--json"],
        [NOTES],
        [NOTES, "--deck", ARGUMENT],
        [NOTES, "--encoding", ARGUMENT],
        [DECKS],
    ],
    "check": [[DECKS], [DECKS, "--json"], [ARGUMENT]],
    "stamp": [["--dry-run"], [ARGUMENT]],
    "relink": [[ARGUMENT, ARGUMENT]],
    "sm2": [[ARGUMENT]],
    "due": [[], ["--json"], [ARGUMENT], ["--json", FILE]],
    "log": [[], ["--json"], [ARGUMENT], ["--limit", ARGUMENT]],
    "stats": [[], ["--json"]],
    "doctor": [[], ["--json"]],
}
"""Every command, with what is there printed for reading and as JSON, and with an argument that is refused."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a hostile deck of each kind, one with problems and a hostile name, and two simulations."""
    home = tmp_path_factory.mktemp("hostile") / f"home {CODES[:5]}\u202e"
    for folder in ("decks", "simulations"):
        (home / folder).mkdir(parents=True)
    for kind in CARDS:
        (home / "decks" / f"{kind}.md").write_text(deck(kind), encoding="utf-8")
    (home / "decks" / FILE).write_text(PROBLEMS, encoding="utf-8")
    notes = re.sub("[\x00-\x1f\x7f-\x9f]", "", TEXT)
    lines = [
        f"{sign}{text}"
        for sign in ("# ", "- ", "", "Types:\n- ", "4-13 T ")
        for text in (notes, f"{notes}?", "© 2024 " + notes)
    ]
    (home / f"notes {CODES[:5]}\u202e.txt").write_text("\n".join(lines), encoding="utf-8")
    own_simulation(home, SIMULATION, "a_hostile")
    own_simulation(home, f"{SIMULATION}# unread", "b_unread", consent=False)
    return home


def assert_harmless(done: Done) -> None:
    """Neither stream has a character that a terminal obeys, and no error is a traceback."""
    for stream in (done.out, done.err):
        found = OBEYED.search(stream)
        assert found is None, f"{found[0]!r} in {stream[max(0, found.start() - 80) : found.end() + 40]!r}"
    assert "Traceback" not in done.err
    assert "unexpected" not in done.err


@pytest.mark.parametrize("command", CALLS)
def test_what_a_command_prints_is_text(hostile: Path, command: str) -> None:
    """For reading, as JSON, and where something is refused."""
    for arguments in CALLS[command]:
        places = {DECKS: str(hostile / "decks"), NOTES: str(next(hostile.glob("notes*")))}
        words = [places.get(word, word) for word in arguments]
        assert_harmless(call(hostile, command, *words))


def test_every_command_is_called() -> None:
    """Whoever adds a command says here how it is called."""
    assert set(CALLS) == set(COMMANDS)


def test_without_a_command_too(hostile: Path) -> None:
    """What is due, and a name that no command has."""
    assert_harmless(call(hostile))
    assert_harmless(call(hostile, ARGUMENT))


def test_texts_are_printed_as_they_are(hostile: Path) -> None:
    """All that is left out is what a terminal obeys."""
    shown = " ".join(call(hostile, "run", "a_hostile").out.split())
    assert "simulation [@click=app.quit]quit[/] [red]x[/] P(A|B) [/y]" in shown
    assert "claims [@click=app.quit]quit[/] [red]x[/] P(A|B) [/y]" in shown


def test_json_loses_nothing(hostile: Path) -> None:
    """A script gets the file's name as it is, though on a terminal it would be harmless."""
    problems = call(hostile, "check", "--json", str(hostile / "decks")).json["problems"]
    assert any(problem["path"].endswith(FILE) for problem in problems)


def test_json_escapes_what_a_terminal_obeys(capsys: pytest.CaptureFixture[str]) -> None:
    """The controls that JSON itself does not escape: DEL, C1 and the turning of the direction."""
    print_json({"text": "σ\x7f\x9b31m\u202e"})
    assert capsys.readouterr().out == '{\n  "text": "σ\\u007f\\u009b31m\\u202e"\n}\n'


PRINTING = "printing"
PRINTERS = {"echo", "echo_via_pager", "secho", "print", "confirm", "prompt", "write", "writelines"}
ELSEWHERE = {
    "common._reading": "counts",
    "draft.draft": "the summary on stderr, as `harmless` leaves it",
    "run.run": "click's own help",
    "run._run": "the figure's path, as `one_line` leaves it",
    "run._ask_consent": "a simulation's name, which is an identifier",
    "run._show_source": "what `visible` has written out",
    "run._report": "an empty line",
    "waiting._tick": "what is being done, as `one_line` leaves it",
}
"""The functions outside `printing` that print by themselves, and what."""


def printers() -> Iterator[str]:
    """Every function of the command line that prints by another way than `printing`."""
    for file in sorted(Path(studyapp.cli.__path__[0]).glob("*.py")):
        if file.stem == PRINTING:
            continue
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
                if any(ast.unparse(one).rpartition(".")[2] in PRINTERS for one in calls):
                    yield f"{file.stem}.{function.name}"


def test_everything_else_is_printed_by_printing() -> None:
    """`say`, `warn`, `print_table` and `print_json` clean what they print; who prints by another way is named here."""
    assert set(printers()) == set(ELSEWHERE)
