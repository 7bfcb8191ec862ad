"""Two windows on one home: writes take turns, each sees what the other did, and nothing counts twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from studyapp.core.history import fold
from studyapp.model import UNSEEN
from studyapp.store import Store
from tests.store.samples import TODAY, answered, at, deck, opened, read_in


def test_each_window_sees_what_the_other_did(home: Path) -> None:
    """At once: answers, undo, and decks read anew."""
    with opened(home) as one, opened(home) as two:
        assert one.device == two.device
        one.append([answered("a")], at=at(), day=TODAY)
        assert two.schedule("a").n == 1
        two.append([answered("b")], at=at(-60), day=TODAY)
        assert one.schedule("b").n == 1
        assert [row.card for row in one.entries()] == [row.card for row in two.entries()] == ["b", "a"]
        read_in(two, deck("d.md", "a"))
        assert one.card("a") == two.card("a") is not None
        assert [entry.event for entry in one.undo(at=at(1), day=TODAY)] == [answered("b")]
        assert two.schedule("b") == UNSEEN
        assert [entry.event for entry in two.redo(at=at(2), day=TODAY)] == [answered("b")]
        assert one.schedule("b").n == 1


def test_the_first_answer_of_a_day_is_the_repetition(home: Path) -> None:
    """The same card, graded in both windows: the second answer is a drill, whatever its window had seen before."""
    with opened(home) as one, opened(home) as two:
        assert two.schedule("a") == UNSEEN
        one.append([answered("a", grade=4)], at=at(), day=TODAY)
        two.append([answered("a", grade=5)], at=at(1), day=TODAY)
        expected = fold([(TODAY, answered("a", grade=4)), (TODAY, answered("a", grade=5))])
        assert one.schedule("a") == two.schedule("a") == expected
        assert expected.repetitions == 1


def test_ids_grow_over_both_windows(home: Path) -> None:
    """Both write as the same device, with clocks that disagree."""
    with opened(home) as one, opened(home) as two:
        made = []
        for i in range(20):
            store, seconds = (one, 0) if i % 2 else (two, 3600)
            made += [entry.id for entry in store.append([answered()], at=at(seconds), day=TODAY)]
        assert made == sorted(set(made))


def test_a_cache_rebuilt_by_one_window_does_not_disturb_the_other(home: Path) -> None:
    """The other goes on with the file it has open; both keep folding the same log."""
    with opened(home) as one, opened(home) as two:
        for store in (one, two):
            store.on_rebuilt = lambda store=store: read_in(store, deck("d.md", "a"))
        read_in(one, deck("d.md", "a"))
        one._cache.rebuild()
        for i, store in enumerate((one, two, one, two)):
            store.append([answered("a")], at=at(i), day=TODAY + 6 * i)
            assert one.schedule("a") == two.schedule("a")
        assert one.schedule("a").repetitions == 4
        assert one.card("a") == two.card("a") is not None
        assert one.integrity() == two.integrity() == []


WRITING = """
import json, sys
from pathlib import Path
from tests.store.samples import TODAY, answered, at, deck, opened, read_in
home, who = Path(sys.argv[1]), sys.argv[2]
made = []
with opened(home, timeout=60) as store:
    for i in range(40):
        made += [one.id for one in store.append([answered(f"c{i}", seed=1), answered(who)], at=at(i), day=TODAY)]
        if i % 10 == 0:
            read_in(store, deck("d.md", *(f"c{j}" for j in range(i + 1))))
print(json.dumps(made))
"""


def test_processes_that_write_at_once_lose_nothing(home: Path) -> None:
    """Three of them, from the making of the store on: every entry is there once, and the cache is what the log says."""
    command = [sys.executable, "-c", WRITING, str(home)]
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen([*command, who], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root) for who in "xyz"
    ]
    made: list[str] = []
    for process in running:
        out, complaints = process.communicate(timeout=60)
        assert process.returncode == 0, complaints.decode()
        made += json.loads(out)
    with opened(home) as store:
        assert sorted(made) == [row.entry.id for row in store.entries(newest_first=False)]
        assert len(set(made)) == 240
        assert store.schedule("c7").repetitions == 1
        assert store.refold() == store.integrity() == []


def test_a_store_made_by_two_at_once_is_one(home: Path) -> None:
    """Whoever is first makes the log; the other finds it."""
    one = opened(home, device=b"first")
    two = Store.open(home, new_id=lambda: b"later")
    assert one.device == two.device == b"first".hex()
    one.close()
    two.close()
