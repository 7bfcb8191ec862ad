"""Filing what was read: decks in the place of their earlier selves, a batch at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import BindParameter, bindparam, delete, exists, func, insert, select, tuple_, update

from studyapp.model import DRAFT, SEALED, Deck, Problem
from studyapp.store.content import encode
from studyapp.store.folding import settle, unsettle
from studyapp.store.relinks import chunks
from studyapp.store.rows import FileStamp
from studyapp.store.schedules import Schedules
from studyapp.store.tables import SEPARATOR, card, deck, problem

BATCH = 2000
"""Cards that are written in one transaction: about 0.1 s in which other processes have to wait."""

_c = card.c
_PATHS: BindParameter[str] = bindparam("paths", expanding=True)
_DROP = tuple(
    delete(table).where(column.in_(_PATHS))
    for table, column in ((deck, deck.c.path), (card, card.c.deck), (problem, problem.c.deck))
)
_PUT_DECK, _PUT_CARD, _PUT_PROBLEM = insert(deck), insert(card), insert(problem)
_other = card.alias("other")
_EARLIER = exists().where(
    _other.c.id == _c.id,
    _other.c.drafted.is_(False),
    tuple_(_other.c.deck, _other.c.position) < tuple_(_c.deck, _c.position),
)
# A draft counts nowhere: that is the whole rule, for whatever asks a card asks for one that counts.
_UNSURE = (
    select(_c.id).where(_c.drafted.is_(False)).group_by(_c.id).having((func.count() > 1) | (func.min(_c.counted) == 0))
)
_COUNT_FIRST = update(card).where(_c.id.in_(_UNSURE), _c.drafted.is_(False)).values(counted=~_EARLIER)


def batches(decks: Iterable[tuple[Deck, FileStamp]]) -> Iterator[list[tuple[Deck, FileStamp]]]:
    """The decks in lists of about BATCH cards."""
    batch: list[tuple[Deck, FileStamp]] = []
    cards = 0
    for one in decks:
        batch.append(one)
        cards += len(one[0].cards)
        if cards >= BATCH:
            yield batch
            batch, cards = [], 0
    if batch:
        yield batch


def write(schedules: Schedules, batch: Sequence[tuple[Deck, FileStamp]], removed: Sequence[str] = ()) -> None:
    """Put decks in the place of those with the same paths, and drop the removed ones: all of it or nothing."""
    paths = [*removed, *(one.path for one, _ in batch)]
    if not paths:
        return
    cards = [row for one, _ in batch for row in _card_rows(one)]
    decks = [_deck_row(one, stamp) for one, stamp in batch]
    problems = [_problem_row(one, wrong) for one, _ in batch for wrong in one.problems]
    with schedules.log.files.writing() as connection:
        unsettle(schedules, paths)
        for part in chunks(paths):
            for drop in _DROP:
                connection.execute(drop, {"paths": part})
        for put, rows in ((_PUT_DECK, decks), (_PUT_CARD, cards), (_PUT_PROBLEM, problems)):
            if rows:
                connection.execute(put, rows)
        connection.execute(_COUNT_FIRST)
        settle(schedules, paths)


def _deck_row(one: Deck, stamp: FileStamp) -> dict[str, object]:
    return {
        "path": one.path,
        "mtime_ns": stamp.mtime_ns,
        "size": stamp.size,
        "sha256": stamp.sha256,
        "title": one.title,
        "source": one.source,
        "tags": json.dumps(one.tags),
    }


def _card_rows(one: Deck) -> Iterator[dict[str, object]]:
    for position, each in enumerate(one.cards):
        yield {
            "deck": one.path,
            "position": position,
            "id": each.id,
            "counted": DRAFT not in each.tags,
            "sealed": SEALED in each.tags,
            "drafted": DRAFT in each.tags,
            "kind": each.kind.value,
            "part": each.part,
            "line": each.line,
            "title": f"{each.id}{SEPARATOR}{each.prompt}".lower(),
            "content": encode(each),
        }


def _problem_row(one: Deck, wrong: Problem) -> dict[str, object]:
    return {
        "deck": one.path,
        "path": wrong.path,
        "line": wrong.line,
        "card": wrong.card,
        "what": wrong.what,
        "remedy": wrong.remedy,
    }
