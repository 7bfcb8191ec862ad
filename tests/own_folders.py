"""A shipped folder and a learner's own, and the editing of both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from studyapp.decks import parse
from studyapp.editing import TAKEN, Editing
from studyapp.model import Card

SHIPPED = "# Shipped\n\n## One {#one .basics}\n\nFirst. It is so.\n\n## Two {#two}\n\nSecond.\n"
MINE = "# Mine\n\n## Three {#three}\n\nThird.\n"


class Folders:
    """A shipped folder with one deck, a learner's with another, and the editing of both."""

    def __init__(self, root: Path) -> None:
        self.own, self.shipped = root / "own", root / "shipped"
        for folder, name, text in ((self.shipped, "shipped.md", SHIPPED), (self.own, "mine.md", MINE)):
            folder.mkdir()
            (folder / name).write_text(text, encoding="utf-8")
        self.taken: set[str] = set()
        self.written = 0
        self.time = datetime(2026, 11, 21, tzinfo=UTC)
        self.editing = Editing(self.own, self.shipped, taken=self.taken, written=self._count, now=self._tick)

    def _count(self) -> None:
        self.written += 1

    def _tick(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time

    def files(self) -> dict[str, bytes]:
        """Every file of the learner's own decks."""
        return {str(one.relative_to(self.own)): one.read_bytes() for one in self.own.rglob("*.md")}

    def decks(self) -> dict[str, bytes]:
        """The learner's own decks, and how they came."""
        return {name: data for name, data in self.files().items() if not name.startswith(TAKEN)}

    def cards(self, deck: str) -> dict[str, Card]:
        """The cards of a deck as they are read now."""
        return {card.id: card for card in parse(self.editing.decks.file(deck).read_bytes(), deck).cards}
