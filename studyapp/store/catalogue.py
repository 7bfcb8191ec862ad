"""What the deck files say, as it was when they were last read: decks, cards, problems, and which file is unchanged."""

from __future__ import annotations

import json
from collections.abc import Callable, Container

from sqlalchemy import bindparam, func, or_, select

from studyapp.model import Card, Problem
from studyapp.store.content import decode
from studyapp.store.duplicates import Place, duplicates
from studyapp.store.errors import CacheError
from studyapp.store.rows import DeckRow, FileStamp
from studyapp.store.sqlite import Files
from studyapp.store.tables import card, deck, problem

_c = card.c
_CARD = (
    select(_c.content)
    .where(_c.id == bindparam("card_id"), or_(_c.counted, _c.drafted))
    .order_by(_c.counted.desc(), _c.deck, _c.position)
    .limit(1)
)
_FAMILY = (
    select(_c.id).where(or_(_c.id == bindparam("family"), _c.id.between(bindparam("low"), bindparam("high")))).limit(1)
)
_CARDS = select(_c.content).where(_c.deck == bindparam("path"), _c.counted).order_by(_c.position)
_DRAFTS = select(_c.content).where(_c.drafted.is_(True)).order_by(_c.deck, _c.position)
_DRAFT_COUNT = select(func.count()).select_from(
    select(_c.deck, _c.line).where(_c.drafted.is_(True)).distinct().subquery()
)
_COUNTED = select(func.count()).where(_c.deck == deck.c.path, _c.counted).scalar_subquery()
_DECKS = select(deck.c.path, deck.c.title, _COUNTED, deck.c.source, deck.c.tags).order_by(deck.c.path)
# Of several cards with one id all but one are uncounted, and so are drafts: few, where the cards may be many.
_UNCOUNTED = select(_c.id).where(_c.counted.is_(False))
_SHARED = select(_c.id).where(_c.id.in_(_UNCOUNTED)).group_by(_c.id).having(func.count() > 1)
_PLACES = select(_c.id, _c.deck, _c.line, _c.drafted).where(_c.id.in_(_SHARED))
_p = problem.c
_PROBLEMS = select(_p.path, _p.line, _p.card, _p.what, _p.remedy)
_FILES = select(deck.c.path, deck.c.mtime_ns, deck.c.size, deck.c.sha256)


class Families(Container[str]):
    """Ids of which each is looked up when it is asked for."""

    def __init__(self, has: Callable[[str], bool]) -> None:
        self._has = has

    def __contains__(self, family: object) -> bool:
        return isinstance(family, str) and self._has(family)


class Catalogue:
    """The decks and cards of all files; `filing` writes them."""

    def __init__(self, files: Files) -> None:
        self._connection = files.connection

    def files(self) -> dict[str, FileStamp]:
        """What each deck file looked like when it was read, by path."""
        rows = self._connection.execute(_FILES).all()
        return {path: FileStamp(mtime_ns, size, sha256) for path, mtime_ns, size, sha256 in rows}

    def decks(self) -> list[DeckRow]:
        """Every deck, by path."""
        return [
            DeckRow(path, title, cards, source, tuple(_texts(tags)))
            for path, title, cards, source, tags in self._connection.execute(_DECKS).all()
        ]

    def card(self, card_id: str) -> Card | None:
        """A card by its id, a draft where no card has it, None if no file does."""
        content = self._connection.scalar(_CARD, {"card_id": card_id})
        return None if content is None else decode(content)

    def has_family(self, family: str) -> bool:
        """Whether a file has a card of this id, or cloze siblings of it."""
        given = {"family": family, "low": f"{family}:", "high": f"{family};"}
        return self._connection.scalar(_FAMILY, given) is not None

    def cards(self, path: str) -> list[Card]:
        """The cards of a deck, in the order of the file."""
        return [decode(content) for content in self._connection.scalars(_CARDS, {"path": path}).all()]

    def drafts(self) -> list[Card]:
        """The drafts of all decks, by path, in the order of the files."""
        return [decode(content) for content in self._connection.scalars(_DRAFTS).all()]

    def draft_count(self) -> int:
        """How many headings with a draft there are."""
        return self._connection.scalar(_DRAFT_COUNT) or 0

    def problems(self) -> list[Problem]:
        """All that is wrong with the files, by path and line, cards that share an id included."""
        found = [Problem(*row) for row in self._connection.execute(_PROBLEMS).all()]
        found += duplicates(Place(*row) for row in self._connection.execute(_PLACES).all())
        return sorted(found, key=lambda one: (one.path, one.line))


def _texts(text: str) -> list[str]:
    try:
        found: list[str] = json.loads(text)
    except ValueError as error:
        raise CacheError(f"tags that cannot be read: {error}") from None
    return found
