"""What waits on a day: due, new, drilling and done, without what is suspended, buried or in no file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.model import Flagged, Kind, Mode, Placed, Schedule
from studyapp.store import Counts, Store
from tests.store.samples import TODAY, answered, at, deck, opened, read_in


@pytest.fixture
def filled(store: Store) -> Store:
    """Two decks: a.md with cards in all states, b.md with one due and one new."""
    read_in(store, deck("a.md", "late", "due", "ahead", "new", "buried", "suspended"), deck("b.md", "other", "fresh"))
    for card, due in [("due", 0), ("late", -5), ("ahead", 5), ("buried", -1), ("suspended", -1), ("other", 0)]:
        store.append([Placed(card, 3, 15, 250, TODAY + due)], at=at(), day=TODAY - 9)
    store.append([Flagged("buried", buried_until=TODAY + 1)], at=at(), day=TODAY)
    store.append([Flagged("suspended", suspended=True)], at=at(), day=TODAY)
    store.append([answered("retired")], at=at(), day=TODAY - 9)
    return store


def test_due_cards_come_longest_due_first(filled: Store) -> None:
    """Then in the order of the decks; of all decks, or of those named; no more than asked for."""
    assert [row.card for row in filled.due(TODAY)] == ["late", "due", "other"]
    assert [row.card for row in filled.due(TODAY, ["a.md"])] == ["late", "due"]
    assert [row.card for row in filled.due(TODAY, limit=1)] == ["late"]
    assert filled.due(TODAY, ["nowhere.md"]) == []
    assert filled.due_count(TODAY) == 3
    assert filled.due_count(TODAY, ["a.md"]) == 2


def test_a_row_says_all_about_a_card_that_waits(filled: Store) -> None:
    """So that nobody has to open the card for a list."""
    row = filled.due(TODAY)[0]
    assert (row.card, row.family, row.deck, row.kind, row.position) == ("late", "late", "a.md", Kind.BASIC, 0)
    assert (row.due, row.seen_on) == (TODAY - 5, None)
    assert row.schedule == Schedule(3, 15, 250, TODAY - 5)


def test_a_buried_card_is_back_on_its_day(filled: Store) -> None:
    """Buried until a day: not on the day before it, on the day itself."""
    assert "buried" not in [row.card for row in filled.due(TODAY)]
    assert "buried" in [row.card for row in filled.due(TODAY + 1)]


def test_new_cards_come_in_the_order_of_their_files_and_the_decks_take_turns(filled: Store) -> None:
    """A card seen in another mode, or flagged and unflagged, is still new."""
    filled.append([answered("fresh", mode=Mode.LEARN), Flagged("new", suspended=False)], at=at(), day=TODAY)
    rows = filled.unseen(TODAY)
    assert [(row.card, row.due, row.seen_on) for row in rows] == [("fresh", None, TODAY), ("new", None, None)]
    assert [row.card for row in filled.unseen(TODAY, ["b.md"])] == ["fresh"]
    assert [row.card for row in filled.unseen(TODAY, limit=1)] == ["fresh"]
    filled.append([Flagged("new", buried_until=TODAY + 2)], at=at(), day=TODAY)
    assert [row.card for row in filled.unseen(TODAY)] == ["fresh"]


def test_drills_are_for_their_own_day_only(filled: Store) -> None:
    """What is left of them lapses at the rollover."""
    filled.append([answered("due", grade=3)], at=at(), day=TODAY)
    assert [row.card for row in filled.drilling(TODAY)] == ["due"]
    assert filled.drilling(TODAY, ["b.md"]) == []
    assert filled.drilling(TODAY + 1) == []
    assert filled.counts(TODAY)["a.md"].drilling == 1
    filled.append([answered("due", grade=4)], at=at(), day=TODAY)
    assert filled.drilling(TODAY) == []


def test_counts_say_what_each_deck_has(filled: Store) -> None:
    """Suspended and buried cards wait for nobody, but they are cards, with their mastery."""
    filled.append([answered("ahead", grade=1)], at=at(), day=TODAY)
    counts = filled.counts(TODAY)
    assert counts["a.md"] == Counts(cards=6, due=2, new=1, drilling=1, suspended=1, mastery=(5, 1, 0, 0, 0))
    assert counts["b.md"] == Counts(cards=2, due=1, new=1, mastery=(2, 0, 0, 0, 0))
    assert sum(counts.values(), Counts()) == Counts(8, 3, 2, 1, 1, (7, 1, 0, 0, 0))


def test_a_deck_without_cards_or_history_is_counted(store: Store) -> None:
    """Home shows it."""
    read_in(store, deck("empty.md"), deck("new.md", "a", "b"))
    assert store.counts(TODAY) == {"empty.md": Counts(), "new.md": Counts(cards=2, new=2, mastery=(2, 0, 0, 0, 0))}


def test_what_comes_due_in_the_next_days(filled: Store) -> None:
    """What is overdue came before; suspended cards never come, buried ones do."""
    assert filled.due_by_day(TODAY, 7) == [2, 0, 0, 0, 0, 1, 0]
    assert filled.due_by_day(TODAY - 1, 1) == [1]
    assert filled.due_by_day(TODAY, 0) == []


flags = st.tuples(st.none() | st.booleans(), st.none() | st.integers(TODAY - 2, TODAY + 2))
histories = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from([-9, -6, -1, 0]), st.integers(0, 5), st.none() | flags),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(histories)
def test_lists_and_counts_agree_with_the_schedules(
    new_home: Callable[[], Path], history: list[tuple[str, int, int, tuple[bool | None, int | None] | None]]
) -> None:
    """SQL and a plain reading of each schedule see the same cards waiting."""
    with opened(new_home()) as store:
        read_in(store, deck("a.md", *"abcd"))
        for card, day, grade, flag in history:
            event = answered(card, grade) if flag is None else Flagged(card, *flag)
            store.append([event], at=at(), day=TODAY + day)
        schedules = {card: store.schedule(card) for card in "abcd"}
        here = {
            card: one
            for card, one in schedules.items()
            if not one.suspended and (one.buried_until is None or one.buried_until <= TODAY)
        }
        due = {card for card, one in here.items() if one.due is not None and one.due <= TODAY}
        new = {card for card, one in here.items() if one.due is None}
        drilling = {card for card, one in here.items() if one.drilling and one.answered_on == TODAY}
        assert {row.card for row in store.due(TODAY)} == due
        assert {row.card for row in store.unseen(TODAY)} == new
        assert {row.card for row in store.drilling(TODAY)} == drilling
        assert all(row.schedule == schedules[row.card] for row in [*store.due(TODAY), *store.unseen(TODAY)])
        suspended = sum(one.suspended for one in schedules.values())
        levels = [sum(one.mastery == level for one in schedules.values()) for level in range(5)]
        counts = store.counts(TODAY)["a.md"]
        assert counts == Counts(4, len(due), len(new), len(drilling), suspended, counts.mastery)
        assert list(counts.mastery) == levels
        assert store.due_count(TODAY) == len(due)
