"""A decks folder: which files are decks, and clear lines for those that cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from studyapp.decks import DeckError, read, read_file, scan
from studyapp.decks.folder import is_deck_name
from studyapp.model import Problem


def paths(root: Path) -> list[str]:
    """The paths of all decks."""
    return [path for path, _ in scan(root)]


def test_decks_are_markdown_files_but_readme(tmp_path: Path) -> None:
    """In all folders, by path, with `/`; dot files, README.md and other files are left alone."""
    for name in [
        "b.md",
        "a/z.md",
        "a/b/c.MD",
        "README.md",
        "a/Readme.md",
        "notes.txt",
        ".hidden.md",
        ".git/x.md",
        "x.md~",
    ]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# D\n")
    assert paths(tmp_path) == ["a/b/c.MD", "a/z.md", "b.md"]
    assert dict(scan(tmp_path))["b.md"].st_size == 4


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    """A folder that links to its parent is read once."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "d.md").write_text("# D\n")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    (tmp_path / "e.md").symlink_to(tmp_path / "sub" / "d.md")
    assert paths(tmp_path) == ["e.md", "sub/d.md"]


def test_what_cannot_be_read_is_reported_and_the_rest_is_found(tmp_path: Path) -> None:
    """A dangling link and a name that is no UTF-8 are problems; a folder or a pipe named like a deck is none."""
    (tmp_path / "good.md").write_text("# D\n")
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("# D\n")
    found: list[Problem] = []
    assert [path for path, _ in scan(tmp_path, found.append)] == ["good.md"]
    assert sorted(str(one) for one in found) == [
        "caf\ufffd.md: the file's name is not UTF-8; rename it",
        "gone.md: does not exist any more; put it back, or start again without it",
    ]
    with pytest.raises(DeckError):
        paths(tmp_path)


def test_a_missing_or_wrong_root_is_a_deck_error(tmp_path: Path) -> None:
    """With or without a place for problems."""
    with pytest.raises(DeckError, match="nowhere: does not exist any more"):
        list(scan(tmp_path / "nowhere", lambda _: None))
    (tmp_path / "file").write_text("")
    with pytest.raises(DeckError, match="file: is not a folder"):
        list(scan(tmp_path / "file"))


def test_reading_a_deck(tmp_path: Path) -> None:
    """Bytes as they are; a vanished file, a folder, a pipe and a giant are clear lines."""
    (tmp_path / "d.md").write_bytes(b"\xff\r\n")
    assert read(tmp_path, "d.md") == b"\xff\r\n"
    with pytest.raises(DeckError, match=r"gone\.md: does not exist any more"):
        read(tmp_path, "gone.md")
    with pytest.raises(DeckError, match="is a folder, not a deck"):
        read_file(tmp_path)
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(DeckError, match="is not a regular file"):
        read(tmp_path, "pipe.md")
    with (tmp_path / "big.md").open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    with pytest.raises(DeckError, match="more than 16 MiB"):
        read(tmp_path, "big.md")


@pytest.mark.parametrize("name", ["a.md", "lesson 1.md", "ä-b.md", "a.b.md", "x" * 190 + ".md"])
def test_names_of_decks(tmp_path: Path, name: str) -> None:
    """What may be written is found again."""
    assert is_deck_name(name)
    (tmp_path / name).write_text("# D")
    assert [found for found, _ in scan(tmp_path)] == [name]


@pytest.mark.parametrize(
    "name", ["a", ".md", ".a.md", " .md", "a .md", "README.md", "a/b.md", "a\\b.md", "a\n.md", "~.md"]
)
def test_names_of_no_decks(name: str) -> None:
    """They would not be looked for, or could not lie everywhere."""
    assert not is_deck_name(name)
    assert not is_deck_name("x" * 300 + ".md")
