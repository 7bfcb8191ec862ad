"""Relinks: the history of the old id belongs to the new one."""

from __future__ import annotations

from studyapp.model import UNSEEN, Relinked
from studyapp.store import Store
from studyapp.store.relinks import Relink, Relinks
from tests.store.samples import TODAY, answered, at, deck, read_in


def test_what_was_logged_before_a_relink_moves_and_what_comes_after_stays() -> None:
    """An id given to a new card later starts from nothing."""
    relinks = Relinks([Relink("5", "old", "new")])
    assert relinks.owner("old", "4") == "new"
    assert relinks.owner("old", "6") == "old"
    assert relinks.owner("other", "1") == "other"


def test_relinks_chain_in_the_order_of_time() -> None:
    """a -> b -> c moves a's history to c; there and back again leaves it where it was."""
    assert Relinks([Relink("6", "b", "c"), Relink("5", "a", "b")]).owner("a", "1") == "c"
    assert Relinks([Relink("5", "a", "b"), Relink("6", "b", "a")]).owner("a", "1") == "a"
    assert Relinks([Relink("5", "a", "b", counts=False)]).owner("a", "1") == "a"


def test_kin_are_all_whose_histories_may_mix() -> None:
    """Also those of a relink that was taken back: its cards are folded anew together."""
    relinks = Relinks([Relink("5", "a", "b"), Relink("6", "c", "b"), Relink("7", "x", "y", counts=False)])
    assert relinks.kin(["a"]) == ["a", "b", "c"]
    assert relinks.kin(["y", "z"]) == ["x", "y", "z"]


def test_a_relinked_card_has_the_schedule_that_it_would_have_had(store: Store) -> None:
    """The same answers, half of them under another id, add up to the same schedule; the old id has none."""
    for day, (one, two) in enumerate([("same", "old"), ("same", "old"), ("same", "new"), ("same", "new")]):
        if two == "new" and day == 2:
            store.append([Relinked("old", "new")], at=at(day), day=TODAY + 6 * day)
        store.append([answered(one)], at=at(day), day=TODAY + 6 * day)
        store.append([answered(two)], at=at(day), day=TODAY + 6 * day)
    assert store.schedule("new") == store.schedule("same")
    assert store.schedule("new").n == 4
    assert store.schedule("old") == UNSEEN
    assert store.refold() == []


def test_the_log_shows_moved_entries_with_the_new_card(store: Store) -> None:
    """Asked for the old id, it has nothing left; the relink itself is shown with the new one."""
    store.append([answered("old")], at=at(), day=TODAY)
    store.append([Relinked("old", "new")], at=at(1), day=TODAY)
    assert [row.card for row in store.entries()] == ["new", "new"]
    assert store.entries("old") == []
    assert len(store.entries("new")) == 2


def test_undo_after_a_relink_takes_the_answer_from_the_new_card(store: Store) -> None:
    """The revocation follows the entry that it takes back."""
    store.append([answered("old")], at=at(), day=TODAY)
    store.append([Relinked("old", "new")], at=at(1), day=TODAY)
    (taken,) = store.undo(at=at(2), day=TODAY)
    assert taken.event == answered("old")
    assert store.schedule("new") == UNSEEN
    store.redo(at=at(3), day=TODAY)
    assert store.schedule("old").n == 1, "done again after the relink, so it belongs to the id it names"
    assert store.refold() == []


def test_a_relink_moves_a_card_between_decks(store: Store) -> None:
    """Home counts the answer where the new id is."""
    read_in(store, deck("a.md", "old"), deck("b.md", "new"))
    store.append([answered("old")], at=at(), day=TODAY)
    assert store.counts(TODAY)["a.md"].new == 0
    store.append([Relinked("old", "new")], at=at(1), day=TODAY)
    assert store.counts(TODAY)["a.md"].new == 1
    assert store.counts(TODAY)["b.md"].new == 0
