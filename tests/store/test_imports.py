"""What opening a store imports: the start of the whole app waits for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json, sys
from pathlib import Path
from studyapp.store import Store
with Store.open(Path(sys.argv[1])) as store:
    store.files(), store.counts(1), store.due(1), store.unseen(1), store.card("a"), store.schedule("a"), store.decks()
    store.done_on(1), store.median_seconds(), store.problems(), store.study_days(1), store.last_study_day()
    json.dump(sorted(sys.modules), sys.stdout)
"""
HEAVY = ("sqlalchemy.orm", "alembic", "numpy", "matplotlib", "textual", "click", "markdown_it", "statistics")
LATER = ("acts", "reading", "entries", "replay", "folding", "filing", "remembered", "identifiers")


@pytest.fixture
def modules(home: Path) -> set[str]:
    """The modules of a process that opened a store, which was there before, and asked what Home and a first card do."""
    for _ in range(2):
        out = subprocess.run([sys.executable, "-c", PROGRAM, str(home)], check=True, capture_output=True).stdout
    return set(json.loads(out))


def test_a_store_is_opened_without_anything_heavy(modules: set[str]) -> None:
    """SQLAlchemy Core and SQLite; never the ORM."""
    assert "sqlalchemy" in modules
    assert not [name for name in modules for heavy in HEAVY if name == heavy or name.startswith(f"{heavy}.")]


def test_what_a_start_does_not_need_is_not_imported(modules: set[str]) -> None:
    """Whatever writes comes with the first write."""
    assert not {f"studyapp.store.{name}" for name in LATER} & modules
    assert "studyapp.core.history" not in modules
