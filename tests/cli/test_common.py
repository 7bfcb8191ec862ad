"""Rules that hold for every command: the data folder, help, wrong usage, the exit status."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click
import pytest

from studyapp import __version__
from studyapp.cli import COMMANDS, outcome, studyapp, usage
from studyapp.cli.common import Call, common, default_home
from studyapp.store import StoreError
from tests.cli.calling import call, own_deck

OWN = "# My own deck\n\n## A question? {#own-one}\n\nAn answer.\n"


def decks(home: Path | None, *arguments: str) -> set[str]:
    """The decks that `due` knows of."""
    return {row["deck"] for row in call(home, *arguments, "due", "--json").json}


# --- the data folder ------------------------------------------------------------------------------


def test_home_may_stand_before_or_after_the_command(home: Path) -> None:
    """Both name the same folder."""
    own_deck(home, OWN)
    before = call(None, "--home", str(home), "due", "--json")
    after = call(None, "due", "--json", "--home", str(home))
    assert before == after
    assert "mine.md" in {row["deck"] for row in before.json}


def test_home_after_the_command_counts_where_both_are_given(home: Path, tmp_path: Path) -> None:
    """The nearer one."""
    own_deck(home, OWN)
    other = tmp_path / "other"
    assert "mine.md" in {row["deck"] for row in call(other, "due", "--json", "--home", str(home)).json}
    assert not other.exists()


def test_the_environment_names_the_folder(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """STUDYAPP_HOME counts unless --home is given; empty, it is as if it were not set."""
    own_deck(home, OWN)
    monkeypatch.setenv("STUDYAPP_HOME", str(home))
    assert "mine.md" in decks(None)
    assert "mine.md" not in decks(tmp_path / "other")
    monkeypatch.setenv("STUDYAPP_HOME", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_home().name == "studyapp"


def test_a_tilde_is_the_users_folder_also_where_no_shell_expands_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--home=~/course` reaches the program as it is written."""
    own_deck(home, OWN)
    monkeypatch.setenv("HOME", str(home.parent))
    assert "mine.md" in {row["deck"] for row in call(None, "--home=~/home", "due", "--json").json}
    monkeypatch.setenv("STUDYAPP_HOME", "~/home")
    assert "mine.md" in decks(None)


@pytest.mark.parametrize("name", ["option", "outer option", "environment", "default"])
def test_a_command_to_copy_names_the_folder_that_was_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """By the option or by the environment, which another shell need not have; the usual folder needs no word."""
    seen: list[str] = []

    @click.group()
    @common
    def group(call: Call) -> None:
        """Have a command below it."""

    @group.command()
    @common
    def inner(call: Call) -> None:
        """See what the library says."""
        with call.library() as library:
            assert library.places.home == home
            seen.append(library.here("studyapp run x"))

    words = {"option": ["inner", "--home", str(home)], "outer option": ["--home", str(home), "inner"]}
    if name == "environment":
        monkeypatch.setenv("STUDYAPP_HOME", str(home))
    if name == "default":
        monkeypatch.setattr(sys.modules[Call.__module__], "default_home", lambda: home)
    group.main(words.get(name, ["inner"]), standalone_mode=False)
    assert seen == ["studyapp run x" if name == "default" else f"studyapp --home {home} run x"]


def test_a_home_that_is_no_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it was named by the option or the environment."""
    file = tmp_path / "file"
    file.write_text("text")
    assert call(file, "due").refusal() == f"{file} is not a folder; name another one with --home or STUDYAPP_HOME"
    monkeypatch.setenv("STUDYAPP_HOME", str(file))
    assert "is not a folder" in call(None, "due").refusal()
    assert "names no folder" in call(None, "due", "--home", "").refusal(2)
    assert file.read_text() == "text"


# --- help -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself_with_examples(name: str) -> None:
    """`--help` and `-h`: what it does, an example that begins with its name, all options, `--home` among them."""
    done = call(None, name, "--help")
    assert done == call(None, name, "-h")
    assert (done.status, done.err) == (0, "")
    assert re.search(rf"^  studyapp {name}\b", done.out, re.MULTILINE)
    for option in ("--home DIR", "--debug", "--help"):
        assert option in done.out
    assert max(len(line) for line in done.out.splitlines() if "  studyapp " not in line) <= 80


@pytest.mark.parametrize("name", ["due", "log", "stats", "run", "verify", "check", "doctor", "sm2"])
def test_help_documents_the_json(name: str) -> None:
    """Whoever writes a script need look nowhere else."""
    done = call(None, name, "--help").out
    assert "--json" in done
    assert re.search(r"JSON: [\[{]", done)


def test_the_first_help_lists_all_commands() -> None:
    """Each with one line, in the order of the manual, and with examples."""
    done = call(None, "--help")
    assert re.findall(r"^  (\w+)  +[A-Z]", done.out.partition("Commands:")[2], re.MULTILINE) == list(COMMANDS)
    assert "studyapp study" in done.out


def test_every_command_is_written_where_the_list_says() -> None:
    """The module is imported only when its command is called, so that nothing else would notice."""
    context = click.Context(studyapp)
    for name in COMMANDS:
        command = studyapp.get_command(context, name)
        assert command is not None
        assert command.name == name
    assert studyapp.get_command(context, "nothing") is None


def test_the_version_is_said() -> None:
    """By --version."""
    assert call(None, "--version").out == f"studyapp, version {__version__}\n"


# --- wrong usage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["duo"], "there is no command 'duo'; did you mean 'due'?"),
        (["qqq"], "there is no command 'qqq'; see `studyapp --help`"),
        (["\x1b[31m"], "there is no command '[31m'; see `studyapp --help`"),
        (["--foo"], "no such option '--foo'; see `studyapp --help`"),
        (["due", "--home"], "option '--home' requires an argument; see `studyapp --help`"),
        (["relink", "one"], "relink: missing argument 'NEW'; see `studyapp relink --help`"),
        (["study", "--minutes", "0"], "study: invalid value for '--minutes': '0' is not a whole number from 1 to 240"),
        (["verify", "--seeds", "2.5"], "verify: invalid value for '--seeds': '2.5' is not a whole number from 1"),
        (["log", "--limit", "0"], "log: invalid value for '--limit': '0' is not a whole number from 1"),
        (["run", "softmax_output", "--seed", "-1"], "run: invalid value for '--seed': '-1' is not a whole number"),
        (["check", "/no/deck.md"], "check: /no/deck.md does not exist; give a deck, or a folder of decks"),
        (["stamp", "/no/deck.md"], "stamp: /no/deck.md does not exist; give a deck, or a folder of decks"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(tmp_path: Path, words: list[str], line: str) -> None:
    """What is wrong and where help is; nothing on stdout, and no data folder is made for it."""
    done = call(tmp_path / "home", *words)
    assert done.refusal(2).startswith(line)
    assert done.out == ""
    assert not (tmp_path / "home").exists()


def test_usage_without_a_command_is_a_line_too() -> None:
    """An error that knows no context, as click makes some."""
    assert usage(click.UsageError("What?")) == "what?; see `studyapp --help`"


def test_an_empty_name_is_no_command(tmp_path: Path) -> None:
    """As from a script with an unset variable."""
    assert "there is no command ''" in call(tmp_path, "").refusal(2)


# --- how a command ends ---------------------------------------------------------------------------


def ending(error: BaseException, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit status and the line of a command that ends with an error."""

    def fail() -> None:
        raise error

    status = outcome(fail, debug=False)
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.count("\n") <= 1
    return status, written.err


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (StoreError("log.db is damaged"), 1, "studyapp: log.db is damaged\n"),
        (StoreError("one\nline \x1b[31m only"), 1, "studyapp: one line [31m only\n"),
        (PermissionError(13, "Permission denied", "/x"), 1, "studyapp: /x: Permission denied (--debug shows where)\n"),
        (OSError(28, "No space left"), 1, "studyapp: input or output: No space left (--debug shows where)\n"),
        (ValueError("what"), 1, "studyapp: unexpected ValueError: what (--debug shows where)\n"),
        (click.ClickException("not so"), 1, "studyapp: not so\n"),
        (click.exceptions.Exit(3), 3, ""),
        (click.Abort(), 130, ""),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_whatever_happens_ends_in_one_line(
    error: BaseException, status: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With `studyapp:` before it, harmless, and the status of its kind."""
    assert ending(error, capsys) == (status, line)


def test_debug_lets_the_traceback_through() -> None:
    """For whoever mends the program."""
    with pytest.raises(ValueError, match="what"):
        outcome(lambda: int("what"), debug=True)


def test_a_status_that_is_no_number_is_success() -> None:
    """Commands that return nothing are done."""
    assert [outcome(lambda done=done: done, debug=False) for done in (None, 0, 1, "x")] == [0, 0, 1, 0]  # type: ignore[misc]


# --- without a terminal ---------------------------------------------------------------------------


def test_the_bare_command_prints_what_is_due(home: Path) -> None:
    """One line for all decks and one for each; then it is over."""
    own_deck(home, OWN + "\n## Broken {#a #b}\n\nx\n")
    done = call(home)
    assert done.status == 0
    lines = done.out.splitlines()
    assert lines[0].split() == ["deck", "mastery", "due", "new"]
    assert re.fullmatch(r"All decks +0 % +0 +20", lines[1])
    assert re.search(r"^My own deck +0 % +0 +1$", done.out, re.MULTILINE)


@pytest.mark.parametrize("words", [[], ["due"], ["due", "--json"], ["stats"], ["stats", "--json"]])
def test_problems_in_the_decks_are_one_line_on_stderr(home: Path, words: list[str]) -> None:
    """Where people look for what is due they hear that cards may be missing; stdout stays for what was asked for."""
    assert call(home, *words).err == ""
    own_deck(home, "no heading\n")
    done = call(home, *words)
    assert done.status == 0
    assert "problem" not in done.out
    assert done.err == "studyapp: 1 problem in the decks: `studyapp check` lists it\n"
    own_deck(home, "no heading\n", "more.md")
    assert call(home, *words).err == "studyapp: 2 problems in the decks: `studyapp check` lists them\n"


def test_studying_without_a_terminal_is_refused(home: Path) -> None:
    """A full-screen program would hang there."""
    assert call(home, "study").refusal() == "studying needs a terminal; `studyapp due` prints what is due"


def test_studying_an_unknown_deck_says_which_there_are(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any screen opens."""
    monkeypatch.setattr("studyapp.cli.study.on_terminal", lambda: True)
    line = call(home, "study", "nonsense").refusal()
    assert line.startswith("'nonsense' names no deck; say one of: activations-and-regularisation.md, ")
    line = call(home, "study", "e").refusal()
    assert line.startswith("'e' names several decks; say one of: ")


def test_json_and_errors_never_share_stdout(home: Path) -> None:
    """What fails leaves stdout empty, also with --json."""
    for words in (["due", "no-deck"], ["run", "no_simulation"], ["verify", "no-deck"], ["log", "no-card"]):
        done = call(home, *words, "--json")
        done.refusal()
        assert done.out == ""


def test_a_relative_home_is_a_folder_here(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And stays it, whatever the working folder is later."""
    own_deck(home, OWN)
    monkeypatch.chdir(tmp_path)
    assert "mine.md" in decks(Path("home"))
    assert [one.name for one in tmp_path.iterdir()] == ["home"]
