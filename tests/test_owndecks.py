"""A learner's decks over the shipped ones, and what is told when a newer shipped one comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.owndecks import CAME, OwnDecks

SHIPPED = "# Shipped\n\n## One {#one}\n\nFirst.\n\n## Two {#two}\n\nSecond.\n"


@pytest.fixture
def decks(tmp_path: Path) -> OwnDecks:
    """A shipped deck, and no folder of the learner's yet."""
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped" / "d.md").write_text(SHIPPED)
    return OwnDecks(tmp_path / "own", tmp_path / "shipped")


def test_a_shipped_deck_is_copied_for_as_long_as_it_is_changed(decks: OwnDecks, tmp_path: Path) -> None:
    """It shadows the shipped one, which is never touched."""
    assert decks.is_shipped("d.md")
    with decks.writing("d.md") as file:
        file.write_text(SHIPPED.replace("First", "1"))
    assert not decks.is_shipped("d.md")
    assert decks.file("d.md").read_text() == SHIPPED.replace("First", "1")
    decks.forget_unchanged("d.md")
    assert decks.file("d.md") == tmp_path / "own" / "d.md"
    decks.forget("d.md")
    assert decks.is_shipped("d.md")
    assert decks.file("d.md").read_text() == SHIPPED
    assert [one for one in (tmp_path / "own").rglob("*") if one.is_file()] == []


@pytest.mark.parametrize(
    ("text", "news"),
    [
        (SHIPPED, ""),
        (SHIPPED.replace("First", "1"), "changed one"),
        (SHIPPED + "\n## Three {#three}\n\n3.\n", "new three"),
        (SHIPPED.partition("## Two")[0], "gone two"),
        (SHIPPED.replace("# Shipped", "# Came", 1), "what stands around the cards"),
        (SHIPPED.replace("{#two}", "{#second}").replace("First", "1"), "changed one; new second; gone two"),
    ],
)
def test_a_newer_shipped_deck_is_told_with_its_cards(decks: OwnDecks, tmp_path: Path, text: str, news: str) -> None:
    """Until how it came is that of the newer one; whatever the learner wrote into the copy."""
    with decks.writing("d.md") as file:
        file.write_text("# Mine\n\n## Mine\n\nMine.\n")
    assert decks.outdated() == []
    (tmp_path / "shipped" / "d.md").write_text(text)
    told = [one.what for one in decks.outdated()]
    assert told == ([f"the deck that came with studyapp has changed since you copied it: {news}"] if news else [])
    (tmp_path / "own" / CAME / "d.md").write_text(text)
    assert decks.outdated() == []


def test_a_copy_is_deleted_again_if_it_was_not_changed(decks: OwnDecks, tmp_path: Path) -> None:
    """As by an edit that is refused."""

    def refused() -> None:
        with decks.writing("d.md"):
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - nothing is said
        refused()
    assert decks.is_shipped("d.md")
    assert not (tmp_path / "own" / CAME / "d.md").exists()
