"""The tables of both files: the log, which is the truth, and the cache, which can always be made again."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, Named, String, Table, TypedColumns, exists, literal_column

LOG_REVISION = 1
"""The layout of log.db. It rises with every change, and an older log is migrated when it is opened."""

CACHE_REVISION = 5
"""The layout and meaning of cache.db. A cache of any other revision is thrown away and rebuilt."""

log = MetaData()
cache = MetaData(schema="cache")


# --- log.db ---------------------------------------------------------------------------------------


class EntryColumns(TypedColumns):
    """One event. `row` grows in the order of writing on this machine, `id` in the order of happening on each device.

    `card` is the card that a row concerns, also where it takes another row back; `revokes` is the id of that row. `at`
    is ISO 8601 in UTC.
    """

    row: Named[int] = Column(Integer, primary_key=True)
    id: Named[str] = Column(String, unique=True)
    act: Named[str]
    device: Named[str]
    at: Named[str]
    day: Named[int]
    type: Named[str]
    card: Named[str | None]
    revokes: Named[str | None]
    detail: Named[str]


# AUTOINCREMENT: a row number is never used twice, so that the cache can say up to which one it is folded
entry = Table("entry", log, EntryColumns, sqlite_autoincrement=True)
Index("entry_card", entry.c.card)
Index("entry_device", entry.c.device, entry.c.id)
Index("entry_day", entry.c.day)
Index("entry_revokes", entry.c.revokes, sqlite_where=entry.c.revokes.is_not(None))
RELINKED = entry.c.type == literal_column("'relinked'")  # written out: a bound value cannot use a partial index
Index("entry_relinked", entry.c.id, sqlite_where=RELINKED)
_taker = entry.alias("taker")
TAKEN_BACK = exists().where(_taker.c.revokes == entry.c.id)
"""Whether another entry takes this one back."""


class MetaColumns(TypedColumns):
    """What the log says of itself: `revision`, and this machine's `device`."""

    name: Named[str] = Column(String, primary_key=True)
    value: Named[str]


meta = Table("meta", log, MetaColumns)


# --- cache.db -------------------------------------------------------------------------------------


class WatermarkColumns(TypedColumns):
    """The one row that says for which edition of studyapp this cache is, and which log row was folded last."""

    edition: Named[str] = Column(String, primary_key=True)
    row: Named[int]
    entry: Named[str]


watermark = Table("watermark", cache, WatermarkColumns)


class DeckColumns(TypedColumns):
    """One deck file as it was when it was read."""

    path: Named[str] = Column(String, primary_key=True)
    mtime_ns: Named[int]
    size: Named[int]
    sha256: Named[str]
    title: Named[str]
    source: Named[str]
    tags: Named[str]


deck = Table("deck", cache, DeckColumns, sqlite_with_rowid=False)


SEPARATOR = "\n"


class CardColumns(TypedColumns):
    """One card of one file. Of several with the same id only the first by path counts, and no `drafted` one does.

    `sealed` ones wait for exams. `title` is the id and the prompt, with SEPARATOR between, in small letters.
    """

    number: Named[int] = Column(Integer, primary_key=True)
    deck: Named[str]
    position: Named[int]
    id: Named[str]
    counted: Named[bool]
    sealed: Named[bool]
    drafted: Named[bool]
    kind: Named[str]
    part: Named[str]
    line: Named[int]
    title: Named[str]
    content: Named[str]


card = Table("card", cache, CardColumns)
Index("card_id", card.c.id, card.c.counted, card.c.drafted, card.c.deck)
Index("card_sealed", card.c.deck, sqlite_where=card.c.sealed.is_(True))
Index("card_drafted", card.c.deck, card.c.position, sqlite_where=card.c.drafted.is_(True))
Index("card_turn", card.c.position, card.c.deck, sqlite_where=card.c.counted.is_(True))
Index("card_uncounted", card.c.id, sqlite_where=card.c.counted.is_(False))
Index("card_deck", card.c.deck, card.c.position, card.c.counted, card.c.id)


class ProblemColumns(TypedColumns):
    """Something wrong with a deck file, found when it was read."""

    number: Named[int] = Column(Integer, primary_key=True)
    deck: Named[str]
    path: Named[str]
    line: Named[int]
    card: Named[str]
    what: Named[str]
    remedy: Named[str]


problem = Table("problem", cache, ProblemColumns)
Index("problem_deck", problem.c.deck)


class ScheduleColumns(TypedColumns):
    """The folded schedule of a card that was ever logged; `deck` is where it counts, None for a retired card.

    From `n` on the columns are the fields of `Schedule`, in their order.
    """

    card: Named[str] = Column(String, primary_key=True)
    deck: Named[str | None]
    n: Named[int]
    interval: Named[int]
    ease: Named[int]
    due: Named[int | None]
    answered_on: Named[int | None]
    drilling: Named[bool]
    repetitions: Named[int]
    failures: Named[int]
    seen_on: Named[int | None]
    mastery: Named[int]
    recalled_days: Named[int]
    recalled_on: Named[int | None]
    suspended: Named[bool]
    buried_until: Named[int | None]


schedule = Table("schedule", cache, ScheduleColumns, sqlite_with_rowid=False)
Index("schedule_due", schedule.c.due)
Index("schedule_answered_on", schedule.c.answered_on)
Index(  # covers what Home counts, so that 20,000 cards are counted from their index alone
    "schedule_deck",
    *(schedule.c.deck, schedule.c.mastery, schedule.c.due, schedule.c.suspended, schedule.c.buried_until),
    *(schedule.c.drilling, schedule.c.answered_on),
)


class SatColumns(TypedColumns):
    """Which row of the log tells of which sitting of an exam; `number` counts its events from 0."""

    sitting: Named[str] = Column(String, primary_key=True)
    number: Named[int] = Column(Integer, primary_key=True)
    row: Named[int]


sat = Table("sat", cache, SatColumns, sqlite_with_rowid=False)


class SittingColumns(TypedColumns):
    """One sitting as lists of them show it: what it was when it started, and what came of it once it was over."""

    id: Named[str] = Column(String, primary_key=True)
    started: Named[str]
    finished: Named[bool]
    released: Named[bool]
    content: Named[str]


sitting = Table("sitting", cache, SittingColumns, sqlite_with_rowid=False)
Index("sitting_started", sitting.c.started)
Index("sitting_open", sitting.c.id, sqlite_where=sitting.c.released.is_(False))


class DescriptionColumns(TypedColumns):
    """What a simulation's file says it offers, by the hash of the file."""

    sha256: Named[str] = Column(String, primary_key=True)
    content: Named[str]


description = Table("description", cache, DescriptionColumns)


class KeyColumns(TypedColumns):
    """The exact answer to a computed question, by the hash of the simulation's file."""

    sha256: Named[str] = Column(String, primary_key=True)
    question: Named[str] = Column(String, primary_key=True)
    content: Named[str]


key = Table("key", cache, KeyColumns, sqlite_with_rowid=False)
