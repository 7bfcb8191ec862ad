"""Rules of `studyapp check`, `stamp` and `relink`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import ROOT, call, own_deck, own_simulation, studying
from tests.cli.samples import HALF, card

PLAIN = "# Plain\n\n## First? {#first}\n\nYes.\n\n## Second? {#second}\n\nNo.\n"
PROBLEM_KEYS = ["path", "line", "card", "what", "remedy"]


def grade(home: Path, identity: str) -> None:
    """Answer a card once."""
    from studyapp.model import Answered, Kind, Mode

    with studying(home) as library:
        event = Answered(identity, Mode.SPACED, Kind.BASIC, 4, 1)
        library.store.append([event], at=library.now(), day=library.today)


# --- check ----------------------------------------------------------------------------------------


def test_what_is_sound_is_said_in_one_line(read_home: Path, tmp_path: Path) -> None:
    """Cards by kind; exit 0; what could be better is counted, and told when it is asked for."""
    path = tmp_path / "plain.md"
    path.write_text(PLAIN)
    done = call(read_home, "check", str(path))
    line = "2 cards (2 basic): no problems, 2 remarks"
    assert (done.status, done.out, done.err) == (0, f"{line} (--remarks tells)\n", "")
    *told, summary = call(read_home, "check", "--remarks", str(path)).out.splitlines()
    assert told[0] == f"remark: {path}:3: first: nothing explains the answer; say why it is so"
    assert (len(told), summary) == (2, line)


def test_json_is_as_documented(read_home: Path, tmp_path: Path) -> None:
    """Every problem with where, what and what to do."""
    path = tmp_path / "plain.md"
    path.write_text(PLAIN + "\n## Third? {#first}\n\nPerhaps.\n")
    done = call(read_home, "check", str(path), "--json")
    assert (done.status, done.err) == (1, "")
    assert list(done.json) == ["cards", "kinds", "problems", "remarks", "outdated"]
    assert {tuple(remark) for remark in done.json["remarks"]} == {tuple(PROBLEM_KEYS)}
    assert done.json["kinds"] == {"basic": done.json["cards"]}
    assert [list(problem) for problem in done.json["problems"]] == [PROBLEM_KEYS]
    (problem,) = done.json["problems"]
    assert (problem["path"], problem["line"], problem["card"]) == (str(path), 11, "first")
    assert problem["remedy"]


def test_folders_are_looked_through(read_home: Path, tmp_path: Path) -> None:
    """With all below them; a folder without decks has none."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "one.md").write_text(PLAIN)
    (tmp_path / "a" / "b" / "two.md").write_text(PLAIN.replace("first", "third").replace("second", "fourth"))
    (tmp_path / "a" / "README.md").write_text("none of these")
    assert call(read_home, "check", str(tmp_path / "a")).out.startswith("4 cards (4 basic): no problems")
    (tmp_path / "empty").mkdir()
    assert call(read_home, "check", str(tmp_path / "empty")).out == "no cards: no problems\n"


def test_without_a_path_all_decks_are_checked(home: Path) -> None:
    """The learner's own among them, and how they stand to each other."""
    sound = call(home, "check", "--json")
    assert (sound.status, sound.json["problems"]) == (0, [])
    own_deck(home, PLAIN + card("linked", '[simulation]\nname = "softmax_outptu"'))
    done = call(home, "check")
    assert done.status == 1
    line, summary = done.out.splitlines()
    what = "[simulation] name: there is no simulation 'softmax_outptu'; did you mean 'softmax_output'?"
    assert line == f"mine.md:16: linked: {what}"
    assert ": 1 problem, " in summary


def test_a_newer_one_of_a_copied_deck_is_told(home: Path) -> None:
    """With the cards that differ; it is no problem."""
    shipped = (ROOT / "decks" / "papers.md").read_text()
    own_deck(home, shipped, "papers.md")
    own_deck(home, shipped.replace("\n## ", "\n## So: ", 1), ".came/papers.md")
    done = call(home, "check")
    assert done.status == 0
    line, summary = done.out.splitlines()
    assert line.startswith(
        "newer: papers.md: the deck that came with studyapp has changed since you copied it: changed "
    )
    assert ": no problems" in summary
    assert call(home, "check", "--json").json["outdated"][0]["path"] == "papers.md"


def test_hostile_text_in_a_problem_is_harmless(read_home: Path, tmp_path: Path) -> None:
    """No escape code of a file reaches the terminal, in words or as JSON."""
    path = tmp_path / "x.md"
    path.write_text('# T\n\n## A\x1b[31m \u202e{#x .y z}\n\nb\n\n```toml\n"\\u001b[2J" = 1\n```\n')
    for words in ([], ["--json"]):
        done = call(read_home, "check", str(path), *words)
        assert done.status == 1
        assert not any(c in done.out + done.err for c in "\x1b\u202e")


def test_a_shipped_deck_is_one_by_any_path(read_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path does not change what is asked of it."""
    monkeypatch.chdir(ROOT)
    done = call(read_home, "check", "decks")
    assert (done.status, done.err) == (0, "")
    assert done.out.endswith(": no problems\n")


# --- stamp ----------------------------------------------------------------------------------------

UNSTAMPED = "# Plain\n\n## What is it?\n\nThis.\n\n## And that? {#that}\n\nThat.\n"


def test_stamp_writes_ids_into_own_decks(home: Path) -> None:
    """Each with its line; nothing else in the file changes, and a second time there is nothing to do."""
    path = own_deck(home, UNSTAMPED)
    done = call(home, "stamp")
    assert (done.status, done.err) == (0, "")
    assert done.out == f"{path}:3: {{#what-is-it}}\n1 id written in 1 file\n"
    assert path.read_text() == UNSTAMPED.replace("it?\n", "it? {#what-is-it}\n")
    assert call(home, "stamp").out == "no ids written in no files\n"


def test_stamp_may_only_say_what_it_would_do(home: Path) -> None:
    """With --dry-run no byte changes."""
    path = own_deck(home, UNSTAMPED)
    done = call(home, "stamp", "--dry-run")
    assert done.out == f"{path}:3: {{#what-is-it}}\n1 id would be written in 1 file\n"
    assert path.read_text() == UNSTAMPED


def test_stamp_takes_files_and_folders(home: Path, tmp_path: Path) -> None:
    """They need not lie in the data folder."""
    path = tmp_path / "notes" / "one.md"
    path.parent.mkdir()
    path.write_text(UNSTAMPED)
    assert call(home, "stamp", str(path)).out.endswith("1 id written in 1 file\n")
    path.write_text(UNSTAMPED)
    assert call(home, "stamp", str(path.parent)).out.endswith("1 id written in 1 file\n")
    assert call(home, "stamp").out == "no ids written in no files\n"


def test_a_new_id_is_nobody_elses(home: Path) -> None:
    """Ids are unique in the library: what another file has is taken, what two would like goes to the first."""
    first = own_deck(home, UNSTAMPED, "a.md")
    second = own_deck(home, UNSTAMPED.replace("#that", "#this"), "b.md")
    own_deck(home, PLAIN.replace("#first", "#what-is-it-2"), "c.md")
    done = call(home, "stamp")
    assert f"{first}:3: {{#what-is-it}}\n" in done.out
    assert f"{second}:3: {{#what-is-it-3}}\n" in done.out
    assert call(home, "check").status == 0


def test_stamp_goes_on_after_a_file_it_cannot_stamp(home: Path) -> None:
    """It says so in one line, and fails in the end."""
    own_deck(home, "no heading\n", "a.md")
    sound = own_deck(home, UNSTAMPED, "b.md")
    done = call(home, "stamp")
    assert "a.md:1: no '# ' heading names the deck" in done.refusal()
    assert done.out == f"{sound}:3: {{#what-is-it}}\n1 id written in 1 file\n"


# --- relink ---------------------------------------------------------------------------------------


def test_relink_gives_a_history_to_another_id(home: Path) -> None:
    """The card goes on where the old one was."""
    own_deck(home, PLAIN)
    grade(home, "first")
    own_deck(home, PLAIN.replace("{#first}", "{#premier}"))
    assert call(home, "relink", "first", "premier").out == "1 entry of first moved to premier\n"
    (row,) = call(home, "log", "premier", "--json").json
    assert row["after"]["interval"] == 1
    with studying(home) as library:
        assert library.store.schedule("premier").n == 1


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["never", "second"], "nothing was ever logged for 'never'"),
        (["first", "none"], "no deck has a card 'none'"),
        (["first", "first"], "'first' is one id; give the old one, then the new one"),
    ],
)
def test_a_relink_that_makes_no_sense_is_refused(home: Path, words: list[str], line: str) -> None:
    """And nothing is logged."""
    own_deck(home, PLAIN)
    grade(home, "first")
    assert call(home, "relink", *words).refusal().startswith(line)
    with studying(home) as library:
        assert library.store.entry_count() == 1


def test_check_passes_over_what_may_not_run(home: Path) -> None:
    """A card with a simulation that was not allowed yet is no problem of the deck's."""
    own_simulation(home, HALF, consent=False)
    path = own_deck(home, "# T\n\n" + card("linked", '[simulation]\nname = "mine"\nclaims = ["none"]'))
    assert call(home, "check", str(path)).status == 0
    own_simulation(home, HALF)
    assert "'none' is not a claim of mine; it may be is_less, is_small" in call(home, "check", str(path)).out
