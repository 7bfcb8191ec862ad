"""Edits of decks taken back: the last one first, to the byte, and nothing that was written is gone for good."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.decks import DeckError, atomic
from studyapp.editing import TAKEN, Edit
from tests.own_folders import MINE, Folders


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Fresh ones."""
    return Folders(tmp_path)


def test_each_edit_is_undone_to_the_byte(folders: Folders) -> None:
    """The last one first; a copy of a shipped deck and a deck that was begun go again."""
    editing = folders.editing
    states = [folders.decks()]

    def done() -> None:
        states.append(folders.decks())

    editing.save(editing.begin(folders.cards("mine.md")["three"]), "## Three {#three}\n\n3.")
    done()
    editing.save(editing.begin_new("new.md"), "## Four\n\n4.")
    done()
    editing.tag(folders.cards("shipped.md")["one"], ["hard"])
    done()
    editing.move(folders.cards("shipped.md")["two"], "mine.md", ["mine.md"])
    done()
    editing.attach(folders.cards("mine.md")["two"], "softmax_output")
    done()
    editing.save(
        editing.begin(folders.cards("mine.md")["two"]), editing.begin(folders.cards("mine.md")["two"]).markdown
    )
    assert [act.what for act in editing.acts] == [
        "the edit of three",
        "the new card four",
        "the tags of one",
        "moving two to mine.md",
        "the edit of two",
    ]
    assert sorted(act.at for act in editing.acts) == [act.at for act in editing.acts]
    while editing.acts:
        assert folders.decks() == states.pop()
        editing.undo()
    assert folders.decks() == states.pop()


def test_the_text_of_an_undone_card_is_kept(folders: Folders) -> None:
    """What was written is never gone for good."""
    folders.editing.save(folders.editing.begin_new("mine.md"), "## Four\n\n4.")
    folders.editing.save(folders.editing.begin(folders.cards("mine.md")["three"]), "## Three {#three}\n\n3.")
    folders.editing.undo()
    folders.editing.undo()
    kept = {file.name: file.read_text() for file in (folders.own / TAKEN).iterdir()}
    assert kept == {"four.md": "## Four {#four}\n\n4.\n", "three.md": "## Three {#three}\n\n3.\n"}


def test_a_file_that_changed_since_is_left_alone(folders: Folders) -> None:
    """The act is told once; older ones can be undone then."""
    folders.editing.tag(folders.cards("shipped.md")["one"], ["hard"])
    folders.editing.tag(folders.cards("mine.md")["three"], ["hard"])
    (folders.own / "mine.md").write_text(MINE + "\nMore.\n")
    with pytest.raises(DeckError, match="was changed since, so this is not taken back: the tags of three"):
        folders.editing.undo()
    assert folders.editing.undo() == "the tags of one"
    assert folders.decks() == {"mine.md": (MINE + "\nMore.\n").encode()}


def test_what_was_refused_is_no_act(folders: Folders) -> None:
    """There is nothing to take back of it."""
    with pytest.raises(DeckError):
        folders.editing.move(folders.cards("mine.md")["three"], "mine.md", ["mine.md"])
    with pytest.raises(DeckError):
        folders.editing.save(Edit("mine.md", "", ""), "## X {#three}")
    assert folders.editing.acts == []


def test_all_of_an_act_is_taken_back_or_nothing(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that was moved is in one of its decks whatever happens to the disk."""
    (folders.own / "notes.md").write_text("# Notes\n\n## Four {#four}\n\n4.\n")
    folders.editing.move(folders.cards("mine.md")["three"], "notes.md", ["mine.md", "notes.md"])
    moved = folders.decks()
    for full in ("mine.md", "notes.md"):

        def write(path: Path, data: bytes, *, expected: bytes | None = None, full: str = full) -> None:
            if path.name == full and expected == moved[full]:
                raise DeckError(f"{path}: there is no space left to write it")
            atomic(path, data, expected=expected)

        act = folders.editing.acts[-1]
        with monkeypatch.context() as patched:
            patched.setattr("studyapp.decks.writing.atomic", write)
            with pytest.raises(DeckError, match="no space left"):
                folders.editing.undo()
        assert folders.decks() == moved
        folders.editing.acts.append(act)
    assert folders.editing.undo() == "moving three to notes.md"
    assert folders.decks()["mine.md"] == MINE.encode()
