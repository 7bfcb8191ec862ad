"""A learner's decks over the shipped ones: a shipped deck is copied before its first change, and shadows it then.

How it came is kept beside it, so that a newer shipped deck can be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studyapp.decks import atomic, card_source, parse, read_file
from studyapp.decks.errors import unwritable
from studyapp.decks.writing import with_folder
from studyapp.model import Problem

CAME = ".came"
"""The folder, below the learner's decks, with shipped decks as they were when they were copied."""


class OwnDecks:
    """The decks of both folders by their paths below them; only files below `own` are ever written or deleted.

    All of it raises DeckError where a file cannot be read or written.
    """

    def __init__(self, own: Path, shipped: Path) -> None:
        self._own, self._shipped = own, shipped

    def file(self, deck: str) -> Path:
        """Where a deck is read from: the learner's own before a shipped one."""
        own = self._own / deck
        return own if own.exists() else self._shipped / deck

    def is_shipped(self, deck: str) -> bool:
        """Whether the deck came along, and is not the learner's own copy yet."""
        return not (self._own / deck).exists() and (self._shipped / deck).exists()

    @contextmanager
    def writing(self, deck: str) -> Iterator[Path]:
        """The learner's own file, to be written to; a shipped one is copied first, and stays if it was changed."""
        copied = self.is_shipped(deck)
        if copied:
            data = read_file(self._shipped / deck)
            for copy in (self._own / CAME / deck, self._own / deck):  # the deck last: what shadows the other is whole
                atomic(with_folder(copy), data)
        try:
            yield with_folder(self._own / deck)
        except BaseException:
            if copied:
                self.forget_unchanged(deck)
            raise

    def forget_unchanged(self, deck: str) -> None:
        """Delete the copy of a shipped deck, unless something was written into it."""
        own, came, shipped = self._own / deck, self._own / CAME / deck, self._shipped / deck
        there = all(file.exists() for file in (own, came, shipped))
        if there and read_file(own) == read_file(came) == read_file(shipped):
            self.forget(deck)

    def forget(self, deck: str) -> None:
        """Delete the learner's own file of a deck, and how it came."""
        for file in (self._own / deck, self._own / CAME / deck):
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                raise unwritable(file, error) from error

    def outdated(self) -> list[Problem]:
        """The copied decks of which the shipped one has changed since."""
        found: list[Problem] = []
        for came in sorted((self._own / CAME).rglob("*.md")):
            name = came.relative_to(self._own / CAME).as_posix()
            shipped = self._shipped / name
            if (
                (self._own / name).exists()
                and shipped.exists()
                and (news := _news(read_file(came), read_file(shipped)))
            ):
                what = f"the deck that came with studyapp has changed since you copied it: {news}"
                remedy = f"see what is new: diff {came} {shipped}; then cp {shipped} {came} (your deck stays)"
                found.append(Problem(name, 0, "", what, remedy))
        return found


def _news(before: bytes, after: bytes) -> str:
    """Which cards of a deck differ from how they were; "" where nothing does."""
    old, new = ({card.family: card_source(data, card) for card in parse(data, "").cards} for data in (before, after))
    named = {
        "changed": [name for name in new if name in old and new[name] != old[name]],
        "new": [name for name in new if name not in old],
        "gone": [name for name in old if name not in new],
    }
    told = "; ".join(f"{what} {', '.join(names)}" for what, names in named.items() if names)
    return told or ("what stands around the cards" if before != after else "")
