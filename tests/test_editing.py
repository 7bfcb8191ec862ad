"""A learner's own cards: written, copied, moved and tagged, in their own folder and nowhere else."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from studyapp.decks import CardChangedError, DeckError
from studyapp.decks.errors import CardGoneError
from studyapp.editing import TAKEN, Edit, Editing, differences
from studyapp.owndecks import CAME
from studyapp.samples import BASIC, SAMPLES
from tests.own_folders import MINE, SHIPPED, Folders


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Fresh ones."""
    return Folders(tmp_path)


# --- while a card is written --------------------------------------------------------------------------------------


LINKED = """# T

# Part {.week}

```toml
[simulation]
name = "softmax_output"
```

A note on the part.

## First? {#first}

One.

## Asked? {#asked}

```toml
[answer]
value = "probability"
tolerance = 0.01
```

# Another

## Last? {#last}

End.
"""


def test_a_card_is_looked_at_where_it_stands(folders: Folders) -> None:
    """With the simulation and the tags of its part; its problems are at its own lines all the same."""
    (folders.own / "linked.md").write_text(LINKED)
    edit = folders.editing.begin(folders.cards("linked.md")["asked"])
    (card,), wrong = folders.editing.look(edit, edit.markdown)
    assert (card.simulation and card.simulation.name, card.tags, wrong) == ("softmax_output", ("week",), ())
    (_, wrong) = folders.editing.look(edit, edit.markdown.replace("0.01", "-1"))
    assert [(one.line, one.what) for one in wrong] == [(6, "[answer] tolerance: must be a number above 0")]
    copied = folders.editing.begin_copy(folders.cards("linked.md")["asked"])
    folders.taken.add("asked")
    assert folders.editing.save(copied, copied.markdown) == "asked-2"
    assert list(folders.cards("linked.md")) == ["first", "asked", "asked-2", "last"]


def test_an_id_that_cannot_be_is_told_while_it_is_typed(folders: Folders) -> None:
    """Another than the card has, or one that another card has."""
    edit = folders.editing.begin(folders.cards("mine.md")["three"])
    ((problem,)) = folders.editing.look(edit, "## Three {#four}\n\nThird.")[1]
    assert (problem.line, problem.what) == (1, "the id would be 'four'")
    folders.taken.add("one")
    ((problem,)) = folders.editing.look(folders.editing.begin_new("mine.md"), "## X {#one}\n\nx")[1]
    assert problem.what == "the id 'one' is another card's"


def test_a_sample_is_no_card_before_its_words_are_changed(folders: Folders) -> None:
    """Nothing that nobody wrote gets into a deck."""
    edit = folders.editing.begin_new("mine.md")
    assert edit.markdown == BASIC
    begun = [
        sample.markdown.replace("?", "??", 1) for sample in SAMPLES if sample.name in ("Basic", "Choice", "Refute")
    ]
    for text in (BASIC, f"  {BASIC}", *begun, *(sample.markdown for sample in SAMPLES)):
        ((problem,)) = folders.editing.look(edit, text)[1]
        assert problem.what == "the sample is still there"
        with pytest.raises(DeckError, match="the sample is still there"):
            folders.editing.save(edit, text)
    assert folders.editing.look(edit, "## What is a mean?\n\nThe sum over the number.\n")[1] == ()
    ((problem,)) = folders.editing.look(edit, "## ## What is a mean?\n\nThe sum over the number.\n")[1]
    assert problem.what == "the heading begins with # twice"


# --- written ------------------------------------------------------------------------------------------------------


def test_a_new_card_gets_its_headings_slug_and_a_number_if_that_is_taken(folders: Folders) -> None:
    """Below a card, or at the end of a deck that may be new."""
    folders.taken |= {"three"}
    draft = folders.editing.begin_new("mine.md", folders.cards("mine.md")["three"])
    assert folders.editing.save(draft, "## Three\n\nAgain.") == "three-2"
    assert folders.editing.save(Edit("new.md", "", ""), "## Four {.tag}\n\nFourth.") == "four"
    assert (folders.own / "new.md").read_text() == "# new\n\n## Four {#four .tag}\n\nFourth.\n"
    assert (folders.own / "mine.md").read_text() == MINE + "\n## Three {#three-2}\n\nAgain.\n"


def test_an_id_of_another_card_is_refused(folders: Folders) -> None:
    """Of any deck; nothing is written."""
    folders.taken |= {"one"}
    with pytest.raises(DeckError, match="'one' is another card's"):
        folders.editing.save(Edit("mine.md", "", ""), "## X {#one}\n\nx")
    with pytest.raises(DeckError, match=r"line 1: the answer is empty"):
        folders.editing.save(Edit("mine.md", "", ""), "## X")
    assert (folders.own / "mine.md").read_text() == MINE


def test_an_edit_changes_the_card_alone_unless_somebody_else_did(folders: Folders) -> None:
    """Then it is asked which one counts."""
    draft = folders.editing.begin(folders.cards("mine.md")["three"])
    assert draft.markdown == "## Three {#three}\n\nThird."
    assert folders.editing.save(draft, "## Three! {#three}\n\n3.") == "three"
    assert (folders.own / "mine.md").read_text() == "# Mine\n\n## Three! {#three}\n\n3.\n"
    with pytest.raises(CardChangedError):
        folders.editing.save(draft, "## Three? {#three}\n\n3.")


def test_a_shipped_deck_is_copied_before_its_first_edit(folders: Folders) -> None:
    """The shipped file is never written to, and a newer one is told."""
    card = folders.cards("shipped.md")["two"]
    folders.editing.save(folders.editing.begin(card), "## Two {#two}\n\nMine now.")
    assert (folders.shipped / "shipped.md").read_text() == SHIPPED
    assert (folders.own / "shipped.md").read_text() == SHIPPED.replace("Second.", "Mine now.")
    assert (folders.own / CAME / "shipped.md").read_text() == SHIPPED


def test_a_copy_has_no_id_until_it_is_saved(folders: Folders) -> None:
    """It stands below its original, with the same tags."""
    draft = folders.editing.begin_copy(folders.cards("shipped.md")["one"])
    assert (draft.card, draft.markdown, draft.after) == ("", "## One {.basics}\n\nFirst. It is so.", "one")
    folders.taken |= {"one", "two"}
    assert folders.editing.save(draft, draft.markdown) == "one-2"
    assert list(folders.cards("shipped.md")) == ["one", "one-2", "two"]


def test_a_card_is_moved_with_its_id(folders: Folders) -> None:
    """And is in one deck then."""
    folders.editing.move(folders.cards("shipped.md")["two"], "mine.md", ["mine.md", "shipped.md"])
    assert list(folders.cards("mine.md")) == ["three", "two"]
    assert list(folders.cards("shipped.md")) == ["one"]


def test_a_card_that_is_moved_takes_its_source_along(folders: Folders) -> None:
    """Written into it where its part told it."""
    part = '# Part\n\n```toml\nsource = "Lecture 1"\n```\n\n## Where? {#where}\n\nThere.\n'
    (folders.own / "mine.md").write_text(f"{MINE}\n{part}")
    folders.editing.move(folders.cards("mine.md")["where"], "notes", [])
    assert folders.cards("notes.md")["where"].source == "Lecture 1"
    assert folders.cards("notes.md")["where"].back == "There."


def test_what_would_not_be_sound_in_the_other_deck_is_not_moved(folders: Folders) -> None:
    """It stays where it is."""
    (folders.own / "mine.md").write_text(MINE + "\n## Two {#two}\n\nTaken.\n")
    with pytest.raises(DeckError, match="id"):
        folders.editing.move(folders.cards("shipped.md")["two"], "mine.md", ["mine.md", "shipped.md"])
    assert list(folders.cards("shipped.md")) == ["one", "two"]


def test_a_tag_is_given_and_taken_away(folders: Folders) -> None:
    """In the heading, where a reader of the file sees it; the id stays."""
    card = folders.cards("mine.md")["three"]
    folders.editing.tag(card, ["hard", "new"])
    assert "## Three {#three .hard .new}\n" in (folders.own / "mine.md").read_text()
    assert folders.editing.tags(card) == ("hard", "new")
    with pytest.raises(DeckError, match="'two words' is no tag"):
        folders.editing.tag(card, ["two words"])
    folders.editing.tag(card, [])
    assert (folders.own / "mine.md").read_text() == MINE


def test_a_card_taken_out_can_be_put_back(folders: Folders) -> None:
    """With its id, so that its history stays."""
    draft = folders.editing.remove(folders.cards("shipped.md")["one"])
    assert list(folders.cards("shipped.md")) == ["two"]
    assert folders.editing.save(draft, draft.markdown) == "one"
    assert list(folders.cards("shipped.md")) == ["two", "one"]


def test_a_card_taken_out_is_put_back_where_it_was(folders: Folders) -> None:
    """To the byte; below its neighbour if the file changed meanwhile."""
    file = folders.own / "linked.md"
    file.write_text(LINKED)
    for name in ("first", "asked", "last"):
        taken_out = folders.editing.remove(folders.cards("linked.md")[name])
        assert name not in folders.cards("linked.md")
        folders.editing.put_back(taken_out)
        assert file.read_text() == LINKED
    taken_out = folders.editing.remove(folders.cards("linked.md")["asked"])
    file.write_text(file.read_text().replace("One.", "1."))
    folders.editing.put_back(taken_out)
    assert file.read_text() == LINKED.replace("One.", "1.")
    taken_out = folders.editing.remove(folders.cards("linked.md")["asked"])
    folders.editing.remove(folders.cards("linked.md")["first"])
    with pytest.raises(DeckError, match="no simulation to compute it"):  # its part is not known any more
        folders.editing.put_back(taken_out)
    taken_out = folders.editing.remove(folders.cards("shipped.md")["two"])
    folders.editing.remove(folders.cards("shipped.md")["one"])
    folders.editing.put_back(taken_out)
    assert list(folders.cards("shipped.md")) == ["two"]


def test_two_texts_are_compared_by_their_lines() -> None:
    """Blank ones do not count."""
    assert differences("a\n\nb\nc", "a\nb\nd") == ["- c", "+ d"]
    assert differences("same", "same") == []


def test_a_folder_that_cannot_be_written_to_is_one_clear_line(folders: Folders) -> None:
    """A file stands where the learner's folder should be."""
    editing = Editing(folders.own / "mine.md", folders.shipped, taken=(), written=lambda: None, now=datetime.now)
    card = folders.cards("shipped.md")["one"]
    with pytest.raises(DeckError):
        editing.save(editing.begin(card), "## One {#one}\n\n1.")


def test_a_card_is_not_moved_to_where_it_would_be_another(folders: Folders) -> None:
    """What it has from its part, or would get from the part there, is no longer so; nothing is written then."""
    part = "# Part {.sealed}\n\n## Kept {#kept}\n\nBack.\n"
    file = folders.own / "mine.md"
    file.write_text(MINE + "\n" + part)
    with pytest.raises(DeckError, match=r"kept: its tags would not be the same in notes\.md; write it into"):
        folders.editing.move(folders.cards("mine.md")["kept"], "notes", [])
    with pytest.raises(DeckError, match="one: its tags"):
        folders.editing.move(folders.cards("shipped.md")["one"], "mine.md", ["mine.md"])
    linked = '# T\n\n# Part\n\n```toml\n[simulation]\nname = "softmax_output"\n```\n\n## Q {#q}\n\nA.\n'
    (folders.own / "linked.md").write_text(linked)
    with pytest.raises(DeckError, match="q: its simulation"):
        folders.editing.move(folders.cards("linked.md")["q"], "notes", [])
    assert file.read_text() == MINE + "\n" + part
    assert not (folders.own / "notes.md").exists()
    assert not (folders.own / "shipped.md").exists()


NO_NAMES = ["readme", "README.md", " ", "~/x", "con?", "../x", "/x", ".x", "a\nb", "a\0b", "x" * 300]


@pytest.mark.parametrize("name", NO_NAMES)
def test_a_deck_has_a_name_that_is_read(folders: Folders, name: str) -> None:
    """A card never goes where no deck is looked for."""
    with pytest.raises(DeckError, match="is no name of a deck"):
        folders.editing.move(folders.cards("mine.md")["three"], name, ["mine.md"])
    assert (folders.own / "mine.md").read_text() == MINE


def test_a_shipped_deck_is_copied_only_if_something_is_written(folders: Folders) -> None:
    """Not by a card saved as it was, an edit that is refused, or an editor that changed nothing."""
    card = folders.cards("shipped.md")["one"]
    draft = folders.editing.begin(card)
    folders.editing.save(draft, draft.markdown + "\n")
    with pytest.raises(DeckError):
        folders.editing.save(draft, "no card")
    with folders.editing.in_editor("shipped.md") as file:
        assert file.read_text() == SHIPPED
    assert [path for path in folders.own.rglob("*") if path.is_file()] == [folders.own / "mine.md"]
    with folders.editing.in_editor("shipped.md") as file:
        file.write_text(SHIPPED.replace("First.", "1."))
    assert "1." in (folders.own / "shipped.md").read_text()


def test_the_text_of_a_card_taken_out_is_kept(folders: Folders) -> None:
    """In a file that is no deck."""
    folders.editing.remove(folders.cards("mine.md")["three"])
    assert (folders.own / TAKEN / "three.md").read_text() == "## Three {#three}\n\nThird.\n"


def test_closing_hashes_of_a_heading_are_no_part_of_it(folders: Folders) -> None:
    """Tags and ids are read and written beside them."""
    (folders.own / "mine.md").write_text("# Mine\n\n## Three {#three .hard} ##\n\nThird.\n")
    card = folders.cards("mine.md")["three"]
    assert folders.editing.tags(card) == ("hard",)
    folders.editing.tag(card, ["easy"])
    assert folders.cards("mine.md")["three"].tags == ("easy",)


def test_what_was_written_in_an_editor_stays_whatever_happens_then(folders: Folders) -> None:
    """Only a copy into which nothing was written is deleted again."""

    def interrupted() -> None:
        with folders.editing.in_editor("shipped.md") as file:
            file.write_text(SHIPPED.replace("First.", "1."))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "1." in (folders.own / "shipped.md").read_text()


def test_texts_taken_out_are_kept_beside_each_other(folders: Folders) -> None:
    """Of two cards that had one id, too."""
    for back in ("Third.", "Third.", "3."):
        folders.editing.remove(folders.cards("mine.md")["three"])
        folders.editing.save(Edit("mine.md", "", ""), f"## Three {{#three}}\n\n{back}")
    kept = {file.name: file.read_text() for file in (folders.own / TAKEN).iterdir()}
    assert kept == {"three.md": "## Three {#three}\n\nThird.\n"}
    folders.editing.remove(folders.cards("mine.md")["three"])
    assert (folders.own / TAKEN / "three-2.md").read_text() == "## Three {#three}\n\n3.\n"


def test_a_card_that_is_gone_is_told_apart(folders: Folders) -> None:
    """Its text can be saved as a new card then."""
    edit = folders.editing.begin(folders.cards("mine.md")["three"])
    folders.editing.move(folders.cards("mine.md")["three"], "notes", [])
    with pytest.raises(CardGoneError):
        folders.editing.save(edit, "## Three {#three}\n\n3.")
