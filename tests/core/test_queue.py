"""Rules of a session's order."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.queue import SIBLINGS_APART, Queue, Waiting, plan

NAMES = st.lists(st.text("abcdefgh", min_size=1, max_size=3), unique=True, max_size=30)


def waiting(
    name: str, due: int | None = 5, seconds: float = 10.0, family: str = "", elsewhere: bool = False
) -> Waiting:
    """A card that waits."""
    return Waiting(name, family or name, due, seconds, elsewhere)


@given(st.lists(st.integers(0, 9), max_size=40), st.integers(0, 20), st.integers(0, 1000), st.floats(1, 500))
def test_a_plan_takes_each_card_once_and_fits_the_time(days: list[int], new: int, seed: int, seconds: float) -> None:
    """No card twice; the expected time fits the budget, except that one card is always planned."""
    due = [waiting(f"d{i}", day) for i, day in enumerate(days)]
    fresh = [waiting(f"n{i}", None) for i in range(new)]
    planned = plan(due, fresh, seconds=seconds, seed=seed)
    assert len(set(planned)) == len(planned)
    assert 10 * len(planned) <= max(10, seconds)
    assert bool(planned) == bool(due or fresh)


def test_what_is_due_longest_comes_in_first() -> None:
    """When time is short, it is the cards due by date first that make the session."""
    due = [waiting(f"d{day}", day) for day in range(20)]
    assert set(plan(due, [], seconds=50, seed=1)) == {f"d{day}" for day in range(5)}


def test_new_cards_come_only_as_far_as_the_time_fits() -> None:
    """Reviews are planned before any new card; new ones keep their order."""
    due = [waiting(f"d{i}") for i in range(4)]
    fresh = [waiting(f"n{i}", None) for i in range(9)]
    planned = plan(due, fresh, seconds=60, seed=1)
    assert [one for one in planned if one[0] == "n"] == ["n0", "n1"]
    assert len(planned) == 6


def test_new_cards_are_spread_among_the_reviews() -> None:
    """New cards do not come in a block."""
    due = [waiting(f"d{i}") for i in range(20)]
    fresh = [waiting(f"n{i}", None) for i in range(4)]
    places = [i for i, one in enumerate(plan(due, fresh, seconds=1e6, seed=2)) if one[0] == "n"]
    assert all(later - earlier >= 4 for earlier, later in pairwise(places))


@given(st.integers(0, 10_000))
def test_siblings_stay_apart(seed: int) -> None:
    """Clozes of one text have five others between them when there are enough."""
    due = [waiting(f"x:c{i}", family="x") for i in range(3)] + [waiting(f"d{i}") for i in range(20)]
    planned = plan(due, [], seconds=1e6, seed=seed)
    places = [i for i, one in enumerate(planned) if one.startswith("x")]
    assert all(later - earlier > SIBLINGS_APART for earlier, later in pairwise(places))


def test_cards_seen_elsewhere_today_come_last() -> None:
    """What was just seen in another mode is asked at the end."""
    due = [waiting("a", 1, elsewhere=True), waiting("b", 5), waiting("c", 5)]
    assert plan(due, [], seconds=1e6, seed=3)[-1] == "a"


@given(NAMES, st.data())
def test_again_puts_others_between(names: list[str], data: st.DataObject) -> None:
    """A miss comes back after so many other cards, or at the end if fewer are left; nothing is lost."""
    if not names:
        return
    queue = Queue(tuple(names))
    after = data.draw(st.integers(0, 8))
    moved = queue.again(names[0], after)
    assert sorted(moved.waiting) == sorted(names)
    assert moved.waiting.index(names[0]) == min(after, len(names) - 1)


@given(NAMES)
def test_first_undoes_without(names: list[str]) -> None:
    """An undone card is asked next, and the others keep their order."""
    queue = Queue(tuple(names))
    if queue.next_card is not None:
        assert queue.without(queue.next_card).first(queue.next_card) == queue


@given(NAMES, NAMES)
def test_extending_asks_nothing_twice(names: list[str], more: list[str]) -> None:
    """More cards come behind; those that wait already keep their place."""
    extended = Queue(tuple(names)).extended(more)
    assert extended.waiting[: len(names)] == tuple(names)
    assert len(set(extended.waiting)) == len(extended) == len(set(names) | set(more))
