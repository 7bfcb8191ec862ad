"""Rules of `studyapp draft`: what it writes and prints, what of the notes is in no card, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.decks import parse
from studyapp.decks.notes.reading import read_notes
from tests.cli.calling import call
from tests.decks.notes.lecture_notes import ALL, FLAT, HASTY


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A file of notes."""
    path = tmp_path / "caches.txt"
    path.write_text(FLAT, encoding="utf-8")
    return path


def test_a_deck_is_written_and_what_is_in_no_card_is_told(home: Path, notes: Path) -> None:
    """The file, how many drafts of which kinds, empty sections, skipped pages, lines left out, and how to go on."""
    done = call(home, "draft", str(notes))
    assert (done.status, done.err) == (0, "")
    file = home / "decks" / "drafts" / "caches.md"
    assert done.out.splitlines() == [
        f"{file}: 7 drafts (3 lists, 3 formulas, 1 definition)",
        "In no card:",
        "  line 18  empty section  Branch tables in assembler",
        "  page 10  between the ranges at the sections' heads",
        "  pages 16 to 19  between the ranges at the sections' heads",
        "  line 19  written by a web page  Post Views: 7",
        "  line 20  written by a web page  Comments are closed",
        f"Accept them one by one: studyapp --home {home}, then d.",
    ]
    checked = call(home, "check", str(file))
    assert (checked.status, checked.out) == (0, "7 cards (4 basic, 3 cloze): no problems\n")
    assert "caches" not in call(home, "due").out


def test_a_second_run_says_what_is_new(home: Path, notes: Path) -> None:
    """Or that nothing is; the file stays as it was then."""
    call(home, "draft", str(notes))
    file = home / "decks" / "drafts" / "caches.md"
    before = file.read_bytes()
    done = call(home, "draft", str(notes))
    assert done.out.splitlines()[0] == f"{file}: nothing new; 7 items were proposed before"
    assert file.read_bytes() == before
    notes.write_text(FLAT + "\n- A trap is an interrupt that a program asked for\n", encoding="utf-8")
    first = call(home, "draft", str(notes)).out.splitlines()[0]
    assert first == f"{file}: 1 draft (1 statement) added below what was there; 7 items were proposed before"


def test_stdout_gets_the_deck_alone(home: Path, notes: Path) -> None:
    """Nothing is written; the rest goes to stderr."""
    done = call(home, "draft", str(notes), "--stdout")
    deck = parse(done.out.encode(), "caches.md")
    assert (deck.title, len(deck.cards), deck.problems) == ("caches", 7, ())
    assert "7 drafts" in done.err
    assert "pages 16 to 19" in done.err
    assert not (home / "decks").exists()


def test_json_has_all_of_it(home: Path, notes: Path) -> None:
    """With the keys that the help names; --stdout writes nothing here too."""
    told = call(home, "draft", str(notes), "--deck", "nn.md", "--json").json
    assert (told["deck"], told["written"], told["title"], told["known"]) == ("drafts/nn.md", True, "caches", 0)
    assert told["kinds"] == {"list": 3, "formula": 3, "definition": 1}
    assert told["skipped"] == [{"first": 10, "last": 10}, {"first": 16, "last": 19}]
    assert told["empty"] == [{"line": 18, "title": "Branch tables in assembler"}]
    assert [one["line"] for one in told["left_out"]] == [19, 20]
    assert set(told["drafts"][0]) == {"id", "kind", "part", "lines", "tags", "markdown"}
    words = call(None, "draft", "--help").out
    assert all(key in words for key in (*told, *told["drafts"][0]))
    assert call(home, "draft", str(notes), "--stdout", "--json").json["written"] is False
    assert call(home, "draft", str(notes), "--deck", "nn.md", "--json").json["known"] == 7


@pytest.mark.parametrize("name", ALL)
def test_all_habits_of_writing_are_drafted_without_a_problem(home: Path, tmp_path: Path, name: str) -> None:
    """As `check` sees it."""
    path = tmp_path / f"{name}.txt"
    path.write_text(ALL[name], encoding="utf-8")
    assert call(home, "draft", str(path)).status == 0
    assert call(home, "check", str(home / "decks")).out.endswith("no problems\n")


def test_what_cannot_be_drafted_is_one_line(home: Path, tmp_path: Path) -> None:
    """Missing, a folder, empty, in another encoding, binary, huge, with codes, under no plain name."""
    path = tmp_path / "n.txt"
    assert "does not exist" in call(home, "draft", str(path)).refusal()
    assert "is a folder" in call(home, "draft", str(tmp_path)).refusal()
    for data, said in (
        (b"", "is empty"),
        (b"caf\xe9", "byte 0xE9 on line 1 is not UTF-8"),
        (b"\x00\x01", "is binary"),
        (b"\x1b]52;c;SGk=\x07", "line 1 has the control character U+001B"),
        (b"x " * 1_500_000, "has 3.0 MB, and 2 MB is the most"),
        (b"1/24\n", "nothing in it can be drafted"),
    ):
        path.write_bytes(data)
        assert said in call(home, "draft", str(path)).refusal()
    path.write_bytes("Kernels filter caf\xe9s".encode("cp1252"))
    assert "there is no encoding of text" in call(home, "draft", str(path), "--encoding", "rot13").refusal()
    assert "is no name for a deck" in call(home, "draft", str(path), "--deck", "../x").refusal()
    assert call(home, "draft", str(path), "--encoding", "cp1252").status == 0
    assert "give" in call(home, "draft", "a\x1b[31m.txt").refusal()
    call(home, "draft").refusal(2)


def test_no_escape_reaches_the_terminal(home: Path, tmp_path: Path) -> None:
    """Of a file's name, or of signs that turn the direction of writing."""
    path = tmp_path / "n\x1b[31m\u202e.txt"
    path.write_text(
        "# Title \u202e[@click=app.quit]\n\nKernels \u2066 filter [red]images[/] in place\n", encoding="utf-8"
    )
    for arguments in ([], ["--stdout"], ["--json"]):
        done = call(home, "draft", str(path), *arguments)
        assert done.status == 0
        assert not set(done.out + done.err) & set("\x1b\u202e\u2066")


@pytest.mark.slow
def test_a_megabyte_takes_seconds(tmp_path: Path) -> None:
    """Less than ten on any machine; about one on this one."""
    import time

    from studyapp.decks.notes.drafting import draft

    text = "\n".join(
        line.replace("a", f"a{n} ", 1) for n in range(6_000) for line in (HASTY + FLAT).split("\n")[n % 9 :: 9]
    )
    text = text[:1_000_000]
    began = time.monotonic()
    found = draft(read_notes(text), tmp_path.name, set())
    assert len(found.proposals) > 3000
    assert time.monotonic() - began < 10
