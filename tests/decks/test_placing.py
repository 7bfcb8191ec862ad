"""Cards put in and taken out: nothing else in the file changes, and what was put in can be taken out to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.decks import CardChangedError, DeckError, card_source, parse
from studyapp.decks.placing import insert_card, remove_card

DECK = b"# D\n\n## A {#a}\n\none\n\n# Part\n\n## B {#b}\n\ntwo\n\n\n## C {#c}\n\nthree"
NEW = "## New {#new}\n\nFresh.\n"


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    """A deck with three cards in two parts, and no line end at its end."""
    path = tmp_path / "d.md"
    path.write_bytes(DECK)
    return path


def test_a_card_goes_below_another_or_to_the_end(deck: Path) -> None:
    """With one blank line on either side."""
    new = insert_card(deck, NEW, after="a")
    assert deck.read_bytes() == new == DECK.replace(b"one\n", b"one\n\n## New {#new}\n\nFresh.\n")
    last = insert_card(deck, "## Last {#last}\n\nEnd.")
    assert last == new + b"\n\n## Last {#last}\n\nEnd.\n"
    assert [card.id for card in parse(last, "d.md").cards] == ["a", "new", "b", "c", "last"]


def test_a_file_that_is_not_there_is_begun(tmp_path: Path) -> None:
    """It is named by its file until somebody gives it a title."""
    assert insert_card(tmp_path / "notes.md", NEW) == b"# notes\n\n## New {#new}\n\nFresh.\n"


def test_line_ends_are_those_of_the_file(deck: Path) -> None:
    """A Windows file stays one."""
    deck.write_bytes(DECK.replace(b"\n", b"\r\n"))
    assert b"one\r\n\r\n## New {#new}\r\n\r\nFresh.\r\n\r\n# Part" in insert_card(deck, NEW, after="a")


@pytest.mark.parametrize(
    ("markdown", "message"),
    [
        ("no heading", "not one card"),
        ("## X {#x}\n\n1\n\n## Y {#y}\n\n2", "not one card"),
        ("# X", "not one card"),
        ("## X {#a}\n\nx", "the id 'a' is taken|has the id of one|used twice|same id"),
        ("## X {#x}\n", "empty"),
        ("## X {#x}\n\n```\nopen", "fence|not one card|never closed"),
        ("## X {#x}\n\n\ud800", "half a character"),
    ],
)
def test_what_is_not_one_sound_card_is_not_written(deck: Path, markdown: str, message: str) -> None:
    """The file stays as it was."""
    with pytest.raises(DeckError, match=message):
        insert_card(deck, markdown, after="a")
    assert deck.read_bytes() == DECK


def test_a_card_taken_out_takes_its_blank_lines_along(deck: Path) -> None:
    """Parts and all other cards stay; the last card leaves the end of the file as it was."""
    assert remove_card(deck, DECK, "b") == DECK.replace(b"## B {#b}\n\ntwo\n\n\n", b"")
    assert remove_card(deck, DECK, "c") == b"# D\n\n## A {#a}\n\none\n\n# Part"


def test_a_card_changed_meanwhile_is_not_taken_out(deck: Path) -> None:
    """Somebody else's text is not lost; a change elsewhere does not matter."""
    deck.write_bytes(DECK.replace(b"two", b"2"))
    with pytest.raises(CardChangedError):
        remove_card(deck, DECK, "b")
    assert remove_card(deck, DECK, "a").count(b"## ") == 2
    with pytest.raises(DeckError, match="no card"):
        remove_card(deck, DECK, "a")


CARDS = st.lists(st.sampled_from(["one", "a\n\nb", "- x\n- y", "```\n## no card\n```"]), min_size=1, max_size=4)


@settings(max_examples=100, deadline=None)
@given(backs=CARDS, at=st.integers(0, 3), windows=st.booleans(), end=st.sampled_from(["", "\n", "\n\n"]))
def test_what_is_put_in_and_taken_out_leaves_the_file(
    tmp_path_factory: pytest.TempPathFactory, backs: list[str], at: int, windows: bool, end: str
) -> None:
    """All cards keep their text, and after taking the new one out again the file is as before."""
    path = tmp_path_factory.mktemp("placing") / "d.md"
    text = "# D\n\n" + "\n\n".join(f"## Card {n} {{#c{n}}}\n\n{back}" for n, back in enumerate(backs)) + end
    data = (text.replace("\n", "\r\n") if windows else text).encode()
    path.write_bytes(data)
    below = f"c{min(at, len(backs) - 1)}"
    new = insert_card(path, NEW, after=below)
    for n in range(len(backs)):
        assert card_source(new, f"c{n}") == card_source(data, f"c{n}")
    assert remove_card(path, new, "new").rstrip() == data.rstrip()


def test_two_windows_that_begin_one_deck_lose_no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is told, and writes nothing over the first."""
    path = tmp_path / "d.md"
    insert_card(path, NEW)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "exists", lambda _: False)  # as it was a moment before
        with pytest.raises(DeckError, match="was begun by another program meanwhile"):
            insert_card(path, "## Other {#other}\n\nMine.")
    assert b"{#new}" in path.read_bytes()


def test_what_another_window_put_into_a_new_deck_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if it came between the beginning of the file and the writing of the card."""
    path = tmp_path / "d.md"

    def slower(*_: object, **__: object) -> None:
        path.write_text("theirs")
        raise DeckError("was changed by another program meanwhile")

    monkeypatch.setattr("studyapp.decks.placing.atomic", slower)
    with pytest.raises(DeckError, match="changed by another program"):
        insert_card(path, NEW)
    assert path.read_text() == "theirs"
