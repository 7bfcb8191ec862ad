"""What the files say: decks replaced whole, ids that stand twice, problems, and what simulations said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.model import Card, Deck, Kind, Problem
from studyapp.store import DeckRow, FileStamp, Store, duplicates, filing
from tests.store.samples import STAMP, TODAY, answered, at, deck, opened, read_in


def test_decks_and_cards_read_back_are_those_that_were_read_in(home: Path) -> None:
    """Also after a restart; decks by path, cards in the order of the file."""
    one, two = deck("z.md", "b", "a", title="Last"), replace(deck("a/b.md", "c"), source="a book", tags=("x", "ü"))
    with opened(home) as store:
        store.replace([(one, FileStamp(7, 8, "cd")), (two, STAMP)])
    with opened(home) as store:
        assert store.files() == {"a/b.md": STAMP, "z.md": FileStamp(7, 8, "cd")}
        assert store.decks() == [DeckRow("a/b.md", "a/b.md", 1, "a book", ("x", "ü")), DeckRow("z.md", "Last", 2)]
        assert list(store.cards()) == [*two.cards, *one.cards]
        assert list(store.cards("z.md")) == list(one.cards)
        assert store.card("a") == one.cards[1]
        assert store.card("nowhere") is None


def test_a_deck_read_anew_replaces_its_earlier_self_and_a_removed_one_goes(store: Store) -> None:
    """Cards that are in no file are retired: their history stays, and comes back with them."""
    read_in(store, deck("a.md", "one", "two"), deck("b.md", "three"))
    store.append([answered("two")], at=at(), day=TODAY)
    store.replace([(deck("a.md", "one", "four"), STAMP)], ["b.md"])
    assert [card.id for card in store.cards()] == ["one", "four"]
    assert list(store.files()) == ["a.md"]
    assert store.due_count(TODAY + 9) == 0
    assert store.schedule("two").n == 1
    read_in(store, deck("b.md", "two"))
    assert store.due_count(TODAY + 9) == 1
    assert store.due_count(TODAY + 9, ["b.md"]) == 1


def test_decks_are_read_as_they_are_written_and_progress_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch at a time: what has been written stays when the reading of a later deck fails."""
    monkeypatch.setattr(filing, "BATCH", 4)
    told: list[int] = []

    def read(count: int) -> list[tuple[Deck, FileStamp]]:
        return [(deck(f"{i}.md", f"{i}a", f"{i}b"), STAMP) for i in range(count)]

    store.replace(iter(read(5)), [], told.append)
    assert told == [4, 8, 10]

    def failing() -> object:
        yield from read(9)[5:]
        raise KeyError("unreadable")

    with pytest.raises(KeyError):
        store.replace(failing())  # type: ignore[arg-type]
    assert len(store.files()) == 9
    assert store.decks()[-1].cards == 2


def test_of_two_cards_with_one_id_the_first_by_path_counts(store: Store) -> None:
    """The problem names both places; when the first goes, the other counts."""
    read_in(store, deck("b.md", "x", "same"), deck("c.md", "same"))
    store.append([answered("same")], at=at(), day=TODAY)
    read_in(store, deck("a.md", "same"))
    card = store.card("same")
    assert card is not None
    assert card.deck == "a.md"
    remedy = "give the copy another id: what was learned stays with the card that keeps this one"
    assert [str(problem) for problem in store.problems()] == [
        f"b.md:11: same: has the same id as a.md:1, which is the one that counts; {remedy}",
        f"c.md:1: same: has the same id as a.md:1, which is the one that counts; {remedy}",
    ]
    assert [row.deck for row in store.due(TODAY + 9)] == ["a.md"]
    assert [(row.path, row.cards) for row in store.decks()] == [("a.md", 1), ("b.md", 1), ("c.md", 0)]
    assert store.counts(TODAY)["a.md"].new == 0
    store.replace([], ["a.md"])
    assert [row.deck for row in store.due(TODAY + 9)] == ["b.md"]
    read_in(store, deck("b.md", "x"))
    assert [row.deck for row in store.due(TODAY + 9)] == ["c.md"]
    assert store.problems() == []
    assert store.refold() == []


def test_an_id_twice_in_one_file_is_a_problem_too() -> None:
    """One for each later heading, not one for each cloze under it."""
    cards = [Card(f"x:c{n}", Kind.CLOZE, "p", "a.md", line, cloze=n) for line in (1, 20) for n in (1, 2)]
    (problem,) = duplicates(cards)
    assert (problem.path, problem.line, problem.card) == ("a.md", 20, "x")
    assert duplicates(cards[:2]) == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a.md", "b.md", "c.md"]),
            st.none() | st.lists(st.sampled_from("uvwxyz"), max_size=4, unique=True),
        ),
        max_size=12,
    )
)
def test_whatever_is_read_and_removed_each_id_counts_once(
    new_home: Callable[[], Path], steps: list[tuple[str, list[str] | None]]
) -> None:
    """In the first deck by path that has it; counts and due cards agree with that at every step."""
    with opened(new_home()) as store:
        store.append([answered("u"), answered("v"), answered("w")], at=at(), day=TODAY)
        files: dict[str, list[str]] = {}
        for path, ids in steps:
            if ids is None:
                files.pop(path, None)
                store.replace([], [path])
            else:
                files[path] = ids
                read_in(store, deck(path, *ids))
            where = {one: path for path in sorted(files, reverse=True) for one in files[path]}
            assert {card.id: card.deck for card in store.cards()} == where
            assert {row.card: row.deck for row in store.due(TODAY + 1)} == {
                one: path for one, path in where.items() if one in "uvw"
            }
            counts = store.counts(TODAY + 1)
            assert {path: (one.cards, one.due, one.new) for path, one in counts.items()} == {
                path: (
                    sum(place == path for place in where.values()),
                    sum(place == path for one, place in where.items() if one in "uvw"),
                    sum(place == path for one, place in where.items() if one not in "uvw"),
                )
                for path in files
            }
        assert store.refold() == []


def test_problems_of_files_are_kept_until_the_file_is_read_anew(store: Store) -> None:
    """By path and line."""
    late, early = Problem("a.md", 9, "x", "odd", "mend it"), Problem("a.md", 2, "", "strange")
    store.replace([(replace(deck("a.md"), problems=(late, early)), STAMP)])
    assert store.problems() == [early, late]
    read_in(store, deck("a.md"))
    assert store.problems() == []


def test_what_simulations_said_is_kept(home: Path) -> None:
    """By the hash of the file; said again, the newer counts."""
    with opened(home) as store:
        assert store.get_description("ab") is store.get_key("ab", "q") is None
        for text in ("1", "2"):
            store.put_description("ab", text)
            store.put_key("ab", "q", text)
        store.put_key("ab", "r", "3")
    with opened(home) as store:
        assert (store.get_description("ab"), store.get_key("ab", "q"), store.get_key("ab", "r")) == ("2", "2", "3")
