"""Writing into a deck: only what is meant changes, to the byte, and nothing is ever half written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.decks import (
    CardChangedError,
    DeckError,
    atomic,
    card_source,
    parse,
    replace_card,
    setting_line,
    stamp,
)

DECK = b"# D\n\n## A {#a}\n\none\n\n## B\n\ntwo\n\n\n## C {.refute}\n\nthree\n"


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    """A deck with one stamped card and two others."""
    path = tmp_path / "d.md"
    path.write_bytes(DECK)
    return path


# --- a card's source ------------------------------------------------------------------------------


def test_card_source_is_its_lines_without_blank_ones_at_the_end() -> None:
    """From the heading to before the next; a sibling has its family's."""
    assert card_source(DECK, "b") == "## B\n\ntwo"
    assert card_source(b"# D\r\n\r\n## A {#a}\r\n\r\n{{c1::x}}\r\n\r\n", "a:c1") == "## A {#a}\r\n\r\n{{c1::x}}"
    assert card_source(DECK, parse(DECK, "d.md").cards[2]) == "## C {.refute}\n\nthree"
    with pytest.raises(DeckError, match="no card 'z'"):
        card_source(DECK, "z")


def test_line_of_a_setting() -> None:
    """For problems found elsewhere, such as a value that its simulation has not."""
    data = (
        b'# D\n\n## A {#a}\n\na\n\n```toml\n[simulation]\nname = "s"\n\n[answer]\nvalue = "v"\ntolerance = 0.1\n```\n'
    )
    assert setting_line(data, "a", "answer", "value") == 12
    assert setting_line(data, "a", "simulation") == 8
    assert setting_line(DECK, "b", "answer") == 7


# --- a card edited --------------------------------------------------------------------------------


def test_replacing_changes_only_the_cards_characters(deck: Path) -> None:
    """What stands around it stays, blank lines too."""
    assert replace_card(deck, DECK, "b", "## B\n\nnew\n\nlines\n\n\n") == DECK.replace(b"two", b"new\n\nlines")
    assert deck.read_bytes() == DECK.replace(b"two", b"new\n\nlines")


def test_line_ends_become_those_of_the_file(deck: Path) -> None:
    """An editor gives LF; a CRLF file stays one."""
    data = DECK.replace(b"\n", b"\r\n")
    deck.write_bytes(data)
    assert replace_card(deck, data, "a", "## A {#a}\n\nnew\ntext") == data.replace(b"one", b"new\r\ntext")


def test_a_change_elsewhere_in_the_file_is_kept(deck: Path) -> None:
    """The card is found again by its id."""
    deck.write_bytes(DECK.replace(b"# D\n", b"# D\n\nA note.\n"))
    replace_card(deck, DECK, "b", "## B\n\nnew")
    assert deck.read_bytes() == DECK.replace(b"# D\n", b"# D\n\nA note.\n").replace(b"two", b"new")


def test_a_change_of_the_same_card_is_asked_about(deck: Path) -> None:
    """Nothing is written; giving the current bytes says that the edit counts."""
    now = DECK.replace(b"two", b"2")
    deck.write_bytes(now)
    with pytest.raises(CardChangedError, match=r"card 'b' was changed by another program") as caught:
        replace_card(deck, DECK, "b", "## B\n\nnew")
    assert caught.value.current == deck.read_bytes() == now
    replace_card(deck, caught.value.current, "b", "## B\n\nnew")
    assert deck.read_bytes() == DECK.replace(b"two", b"new")


@pytest.mark.parametrize(
    ("markdown", "message"),
    [
        ("## B\n\ntwo\n\n## Another\n\nx", "7: the text is not one card"),
        ("two", "7: the text is not one card"),
        ("", "7: the text is not one card"),
        ("text above\n\n## B\n\ntwo", "7: the text is not one card"),
        ("# B\n\ntwo", "7: the text is not one card"),
        ("## Renamed\n\ntwo", "7: the id would be 'renamed'; write {#b} at the end of the heading"),
        ("## B {#a}\n\ntwo", "7: the id would be 'a'"),
        ("## B\n\n```\ntwo", "9: b: the fence opened here is never closed and hides 1 line"),
        ("## B\n\n<!-- two", "9: b: the comment opened here is never closed and hides 1 line"),
        ("## B\n\n- [ ] x\n- [ ] y", "9: b: no option is marked [x]; mark the right one"),
        ("## B\n", "7: b: the answer is empty"),
        ("## B\n\ntwo\x1b[2J", "9: control characters are left out"),
        ("## B\n\nt\rwo", "carriage return"),
        ("## B\n\n\ud800", "half a character"),
    ],
)
def test_an_edit_that_is_not_one_sound_card_is_refused(deck: Path, markdown: str, message: str) -> None:
    """One card with the same id and no problem, else nothing is written; the problem has its line."""
    with pytest.raises(DeckError, match=re.escape(message)) as caught:
        replace_card(deck, DECK, "b", markdown)
    assert str(caught.value).startswith(str(deck))
    assert "\n" not in str(caught.value)
    assert deck.read_bytes() == DECK


def test_a_vanished_card_or_file_is_one_clear_line(deck: Path) -> None:
    """Editing goes on in the app; nothing is created."""
    with pytest.raises(DeckError, match=r"d\.md: there is no card 'z' in the file any more"):
        replace_card(deck, DECK, "z", "## Z\n\nx")
    deck.unlink()
    with pytest.raises(DeckError, match="does not exist any more"):
        replace_card(deck, DECK, "b", "## B\n\nx")
    assert not deck.exists()


# --- stamping -------------------------------------------------------------------------------------


def test_stamp_writes_ids_into_headings_and_nothing_else(deck: Path) -> None:
    """The id is the slug; attributes that are there stay."""
    assert stamp(deck) == [(7, "b"), (12, "c")]
    assert deck.read_bytes() == DECK.replace(b"## B", b"## B {#b}").replace(b"{.refute}", b"{#c .refute}")
    assert stamp(deck) == []


def test_dry_stamp_writes_nothing(deck: Path) -> None:
    """It tells what would be written."""
    assert stamp(deck, dry=True) == [(7, "b"), (12, "c")]
    assert deck.read_bytes() == DECK


def test_stamp_only_some_and_none_that_is_taken(deck: Path) -> None:
    """At a first answer one card is stamped; ids of other files are left alone."""
    assert stamp(deck, only=["b"], taken=["b"]) == [(7, "b-2")]
    assert b"## B {#b-2}\n" in deck.read_bytes()
    assert b"## C {.refute}" in deck.read_bytes()


def test_stamp_gives_the_same_heading_twice_two_ids(tmp_path: Path) -> None:
    """The second one gets a number; the first keeps the id that it goes by."""
    path = tmp_path / "d.md"
    path.write_bytes(b"# D\n\n## A\n\na\n\n## A\n\nb\n\n## X {#a-2}\n\nc\n")
    assert stamp(path) == [(3, "a"), (7, "a-3")]


def test_stamp_in_odd_headings(tmp_path: Path) -> None:
    """Closing hashes, spaces, stripped characters and CRLF stay where they are."""
    path = tmp_path / "d.md"
    path.write_bytes(b"# D\r\n\r\n ## A\x07 b\x1b  ##  \r\n\r\na\r\n\r\n##\tC\x00\r\n\r\nc\r\n\r\n## {#}\r\n\r\n##\r\n")
    assert stamp(path) == [(3, "a-b"), (7, "c")]
    assert path.read_bytes() == (
        b"# D\r\n\r\n ## A\x07 b {#a-b}\x1b  ##  \r\n\r\na\r\n\r\n##\tC {#c}\x00\r\n\r\nc\r\n\r\n## {#}\r\n\r\n##\r\n"
    )


def test_stamp_only_if_the_bytes_are_those_that_were_parsed(deck: Path) -> None:
    """Else lines and headings may be others."""
    with pytest.raises(DeckError, match="changed by another program meanwhile; nothing was written"):
        stamp(deck, parsed=DECK + b"\n")
    assert deck.read_bytes() == DECK
    assert stamp(deck, parsed=DECK)


def test_a_file_that_is_no_deck_is_not_stamped(tmp_path: Path) -> None:
    """It would be somebody's notes."""
    path = tmp_path / "d.md"
    for data, message in [(b"## A\n", "no '# ' heading"), (b"# D\xff\n", "0xFF is not UTF-8"), (b"# D\rx", "CR")]:
        path.write_bytes(data)
        with pytest.raises(DeckError, match=message):
            stamp(path)
        assert path.read_bytes() == data


# --- any file -------------------------------------------------------------------------------------

BREAK = st.sampled_from(["\n", "\r\n"])
LINES = st.sampled_from(
    ["# D", "## A", "## A {#a}", "## B {.t}", "## {#c}", " ## C ##", "##\tD \x0c", "## E\u2028F", "## G {#g .h}", "##",
     "## |", "#", "text\u2028more", "\x0c", "é", "- [x] a", "- [ ] b", "```", "<!--", "-->", "<div>", "> q", "---", "",
     "", "  ", "\u202e", "\x85", "## \ufeff"]
)  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Files with LF, CRLF or both, with and without a BOM and a final newline."""
    lines = draw(st.lists(st.tuples(LINES, BREAK), max_size=15))
    text = "# T\n" + "".join(line + end for line, end in lines)
    return (draw(st.sampled_from(["", "\ufeff"])) + text + draw(st.sampled_from(["", "end", "## Z"]))).encode()


@settings(max_examples=300, deadline=None)
@given(data=files())
def test_a_card_written_back_unchanged_leaves_the_file_as_it_was(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Byte for byte, whatever the line ends; an editor that turns CRLF into LF changes nothing either."""
    path = tmp_path_factory.getbasetemp() / "back.md"
    path.write_bytes(data)
    for card in parse(data, "d.md").cards:
        source = card_source(data, card)
        assert source.lstrip(" ").startswith("##")
        for markdown in (source, source.replace("\r\n", "\n"), source + "\n"):
            assert replace_card(path, data, card, markdown) == data
        assert path.read_bytes() == data


@settings(max_examples=300, deadline=None)
@given(data=files())
def test_stamping_changes_only_headings_and_only_once(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Taking the ids out again gives the old bytes; cards keep their ids; a second time there is nothing to do."""
    path = tmp_path_factory.getbasetemp() / "stamp.md"
    path.write_bytes(data)
    stamped = stamp(path)
    new = path.read_bytes()
    before, after = data.split(b"\n"), new.split(b"\n")
    lines = dict(stamped)
    assert len(before) == len(after)
    for number, (old, now) in enumerate(zip(before, after, strict=True), 1):
        name = lines.get(number, "").encode()
        assert old in (now, now.replace(b" {#" + name + b"}", b"", 1), now.replace(b"#" + name + b" ", b"", 1))
        assert (old != now) is (number in lines)
    assert stamp(path) == []
    found = {card.id: card for card in parse(new, "d.md").cards}
    assert all(card.stamped for card in found.values())
    for card in parse(data, "d.md").cards:
        assert found[card.id].prompt == card.prompt
        assert found[card.id].back == card.back


# --- files ----------------------------------------------------------------------------------------


def test_a_link_is_followed_and_permissions_stay(tmp_path: Path) -> None:
    """A deck in a synchronised folder, linked here, is still a link afterwards."""
    target, link = tmp_path / "real" / "d.md", tmp_path / "d.md"
    target.parent.mkdir()
    target.write_bytes(DECK)
    target.chmod(0o640)
    link.symlink_to(target)
    stamp(link)
    assert link.is_symlink()
    assert b"{#b}" in target.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["d.md", "d.md", "real"]


def test_a_file_changed_at_the_last_moment_is_not_overwritten(deck: Path) -> None:
    """The bytes are compared once more, right before the new file takes the name."""
    with pytest.raises(DeckError, match="changed by another program"):
        atomic(deck, b"new", expected=b"something else")
    assert deck.read_bytes() == DECK
    assert [path.name for path in deck.parent.iterdir()] == ["d.md"]


def test_new_file_and_left_over_temporary_file(tmp_path: Path) -> None:
    """A file may be new; what an earlier crash left behind is in nobody's way."""
    (tmp_path / ".studyapp-0.tmp").write_bytes(b"half")
    atomic(tmp_path / "new.md", b"# N\n")
    assert (tmp_path / "new.md").read_bytes() == b"# N\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".studyapp-0.tmp", "new.md"]


def test_a_full_disk_leaves_the_old_file(deck: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old bytes stand until the new ones are safe."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeckError, match=r"d\.md: there is no space left to write it"):
        stamp(deck)
    assert deck.read_bytes() == DECK
    assert [path.name for path in deck.parent.iterdir()] == ["d.md"]


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="needs to become another user")
@pytest.mark.parametrize(("folder", "file"), [(0o777, 0o444), (0o555, 0o666)])
def test_read_only_is_one_clear_line(folder: int, file: int) -> None:
    """Neither a read-only file nor a read-only folder is written, as a user who is not root."""
    program = (
        "import os, sys, markdown_it, studyapp.decks.writing; from pathlib import Path\n"
        "from studyapp.decks import DeckError, stamp\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "try: stamp(Path(sys.argv[1]))\n"
        "except DeckError as error: print(error)\n"
    )
    with tempfile.TemporaryDirectory() as name:  # not tmp_path, which only root may enter
        path = Path(name, "d.md")
        path.write_bytes(DECK)
        path.chmod(file)
        path.parent.chmod(folder)
        done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
        assert done.stdout.startswith(f"{path}: is read-only, or its folder is")
        assert done.stdout.count("\n") == 1
        assert path.read_bytes() == DECK
        assert [one.name for one in path.parent.iterdir()] == ["d.md"]


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no such folder on this system")
def test_a_folder_that_takes_no_files_is_not_said_to_be_missing(tmp_path: Path) -> None:
    """The system says of both that there is no such file."""
    with pytest.raises(DeckError, match=r"/proc/a\.csv: no file can be made there; name another place"):
        atomic(Path("/proc/a.csv"), b"")
    with pytest.raises(DeckError, match="its folder does not exist any more"):
        atomic(tmp_path / "nowhere" / "a.csv", b"")
