"""The store as everything above it sees it: the log of what the learner did, and what follows from log and files."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from studyapp.model import Card, Day, Deck, Entry, Event, Kind, Problem, Sat, Schedule
from studyapp.store.cache import Cache
from studyapp.store.catalogue import Catalogue, Families
from studyapp.store.log import Log
from studyapp.store.rows import CardRow, Change, Counts, DeckRow, FileStamp, LogRow, SittingRow
from studyapp.store.schedules import Schedules
from studyapp.store.sqlite import Files
from studyapp.store.waiting import Waiting

if TYPE_CHECKING:
    from studyapp.store.remembered import Remembered

RECENT = 200
"""The newest answers that say how long a card takes."""

# Whatever writes or judges the store is imported where it is first used: a start that only asks saves 15 ms.


class Store:
    """The log and the cache of one home. For one thread; any number of processes may have the same home open.

    All methods raise StoreError, whose message is one clear line; whatever raised it changed nothing, and the store can
    be used further once the cause is gone. A damaged cache is rebuilt without a word.
    """

    def __init__(self, files: Files, log: Log, cache: Cache) -> None:
        self._files, self._log, self._cache = files, log, cache
        self._catalogue, self._waiting = Catalogue(files), Waiting(files)

    @cached_property
    def _remembered(self) -> Remembered:
        from studyapp.store.remembered import Remembered

        return Remembered(self._files)

    @classmethod
    def open(cls, home: Path, *, new_id: Callable[[], bytes] | None = None, timeout: float = 5.0) -> Store:
        """Open the store in a folder, made if need be, and fold what the cache does not know yet.

        `new_id` gives the random bytes (5 or more) that name this device in a new log. `timeout` is how many seconds to
        wait for another process that is writing.
        """
        files = Files(home, timeout=timeout)
        try:
            with files.errors():
                log = Log.open(files, new_id or partial(os.urandom, 5))
                cache = Cache(files, Schedules(log))
            cache.catch_up()
        except BaseException:
            files.close()
            raise
        return cls(files, log, cache)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        self._files.close()

    @property
    def on_rebuilt(self) -> Callable[[], None] | None:
        """Called when a damaged cache has been replaced by an empty one, to have the deck files read again."""
        return self._cache.on_rebuilt

    @on_rebuilt.setter
    def on_rebuilt(self, called: Callable[[], None] | None) -> None:
        self._cache.on_rebuilt = called

    @property
    def device(self) -> str:
        """This machine's name in the log: 10 hexadecimal digits."""
        return self._log.device

    # --- the log ----------------------------------------------------------------------------------

    def append(self, events: Sequence[Event], *, at: datetime, day: Day) -> tuple[Entry, ...]:
        """Write one act; it is synced to the disk when this returns. `at` is when it happened, on study day `day`."""
        from studyapp.store import acts

        return self._cache.logged(lambda: acts.append(self._log, [(at, day, event) for event in events], now=at))

    def correct(self, entry: str, event: Event, *, at: datetime, day: Day) -> tuple[Entry, ...]:
        """Take an entry back and write another instead, as one act; the new entry is the last one returned.

        Raises StoreError if the entry has been taken back meanwhile, as by another window.
        """
        from studyapp.store import acts

        return self._cache.logged(lambda: acts.correct(self._log, entry, event, at=at, day=day))

    def newest_act(self) -> tuple[Entry, ...]:
        """The entries of the act that `undo` would take back; none if nothing is left to undo."""
        from studyapp.store import acts

        return self._cache.guarded(lambda: acts.newest(self._log))

    def undo(self, *, at: datetime, day: Day) -> tuple[Entry, ...]:
        """Take this device's newest act back; returns its entries, none if nothing is left to undo."""
        from studyapp.store import acts

        return self._cache.logged(lambda: acts.undo(self._log, at=at, day=day))

    def redo(self, *, at: datetime, day: Day) -> tuple[Entry, ...]:  # noqa: ARG002 called like undo
        """Write anew what the last undo took back, with the instants and days it had; none if a new act came since."""
        from studyapp.store import acts

        return self._cache.logged(lambda: acts.redo(self._log, at=at))

    def entries(self, card: str | None = None, *, newest_first: bool = True, limit: int | None = None) -> list[LogRow]:
        """The log, or what belongs to one card today; with a limit, the newest so many."""
        from studyapp.store import reading

        if card is None:
            found = self._cache.guarded(lambda: reading.rows(self._log, limit=limit))
        else:
            found = self._cache.guarded(lambda: reading.rows_of(self._log, card, limit))
        return found if newest_first else found[::-1]

    def rows_with_states(self, card: str | None = None, *, limit: int | None = None) -> list[Change]:
        """The log, newest first, with each card's schedule before and after each entry."""
        from studyapp.store import replay

        rows = self.entries(card, limit=limit)
        return self._cache.guarded(lambda: replay.changes(self._log, rows))

    def answers_on(self, day: Day) -> list[Entry]:
        """The answers of a study day that count, in order."""
        from studyapp.store import reading

        return self._cache.guarded(lambda: reading.answers_on(self._log, day))

    def median_seconds(self, longest: float = 120.0) -> dict[Kind, float]:
        """What an answer took lately, by kind of card, where there was one; longer ones count as `longest`."""
        times = self._cache.guarded(lambda: self._log.times(RECENT))
        return {kind: min(sorted(of_kind)[len(of_kind) // 2] / 1000, longest) for kind, of_kind in times.items()}

    def answer_count(self, most: int) -> int:
        """How many answers count, up to `most`."""
        return self._cache.guarded(lambda: self._log.answer_count(most))

    def study_days(self, first: Day) -> list[Day]:
        """The study days from `first` on with an answer that counts, in order."""
        return self._cache.guarded(lambda: self._log.study_days(first))

    def last_study_day(self) -> Day | None:
        """The latest study day with an answer that counts; None without any."""
        return self._cache.guarded(self._log.last_study_day)

    def entry_count(self) -> int:
        """How many entries the log has, taken-back ones included."""
        return self._cache.guarded(self._log.length)

    # --- sittings of exams ------------------------------------------------------------------------

    def sit(
        self,
        sitting: str,
        number: int,
        events: Sequence[Mapping[str, object]],
        *,
        at: datetime,
        day: Day,
        others: Sequence[Event] = (),
    ) -> tuple[Entry, ...]:
        """Write the next events of a sitting as one act, durable when this returns, and `others` that follow from them.

        `number` is how many events the sitting has, as far as the writer knows. Raises StaleError if it has others:
        another terminal has written, and nothing of this is.
        """
        from studyapp.store import acts, sittings

        told = [Sat(sitting, number + place, event) for place, event in enumerate(events)]

        def work() -> tuple[Entry, ...]:
            self._cache.fold_now()
            sittings.expect(self._log, sitting, number)
            return acts.append(self._log, [(at, day, event) for event in (*told, *others)], now=at)

        return self._cache.logged(work)

    def sitting(self, sitting: str) -> list[Entry]:
        """The entries of one sitting, in order; raises StoreError if there is none of this id."""
        from studyapp.store import sittings

        return self._cache.folded(lambda: sittings.events(self._log, sitting))

    def sitting_length(self, sitting: str) -> int:
        """How many events a sitting has, 0 for one that does not exist."""
        from studyapp.store import sittings

        return self._cache.folded(lambda: sittings.length(self._log, sitting))

    def sittings(self, *, limit: int | None = None, offset: int = 0) -> list[SittingRow]:
        """All sittings, newest first, or so many of them after so many others."""
        from studyapp.store import sittings

        return self._cache.folded(lambda: sittings.listed(self._log, limit=limit, offset=offset, unreleased=False))

    def sitting_count(self) -> int:
        """How many sittings there are."""
        from studyapp.store import sittings

        return self._cache.folded(lambda: sittings.count(self._log))

    def unreleased_sittings(self) -> list[SittingRow]:
        """The sittings that are running or whose results have not been shown yet, in the order they were started."""
        if not self._cache.folded(self._waiting.exams):  # as at almost every start, which saves an import
            return []
        from studyapp.store import sittings

        return self._cache.folded(lambda: sittings.listed(self._log, limit=None, unreleased=True))

    # --- schedules --------------------------------------------------------------------------------

    def schedule(self, card: str) -> Schedule:
        """A card's schedule; UNSEEN for one that nothing was logged for."""
        return self._cache.folded(lambda: self._cache.schedules.of(card))

    def counts(self, day: Day) -> dict[str, Counts]:
        """What every deck has on a day, by path; add them up for all decks together."""
        return self._cache.folded(lambda: self._waiting.counts(day))

    def due(self, day: Day, decks: Iterable[str] = (), *, limit: int | None = None) -> list[CardRow]:
        """The cards due on the day or before in these decks (all, if none are named), the longest due first."""
        return self._cache.folded(lambda: self._waiting.due(day, decks, limit))

    def drilling(self, day: Day, decks: Iterable[str] = ()) -> list[CardRow]:
        """The cards answered on the day that are to be asked again on it."""
        return self._cache.folded(lambda: self._waiting.drilling(day, decks))

    def unseen(self, day: Day, decks: Iterable[str] = (), *, limit: int | None = None) -> list[CardRow]:
        """The cards that Spaced never asked and that are neither suspended nor buried; the decks take turns."""
        return self._cache.folded(lambda: self._waiting.unseen(day, decks, limit))

    def due_count(self, day: Day, decks: Iterable[str] = ()) -> int:
        """How many cards are due on the day or before."""
        return self._cache.folded(lambda: self._waiting.due_count(day, decks))

    def due_kinds(self, day: Day) -> dict[Kind, int]:
        """How many cards of each kind are due on the day or before, or to be asked again on it."""
        return self._cache.folded(lambda: self._waiting.due_kinds(day))

    def due_by_day(self, first: Day, days: int) -> list[int]:
        """How many cards come due on each of so many days, suspended ones left out, buried ones not."""
        return self._cache.folded(lambda: self._waiting.due_by_day(first, days))

    def done_on(self, day: Day) -> tuple[int, int]:
        """How many cards Spaced asked for the first time on the day, and how many it repeated."""
        return self._cache.folded(lambda: self._waiting.done_on(day))

    # --- decks and cards --------------------------------------------------------------------------

    def files(self) -> dict[str, FileStamp]:
        """What each deck file looked like when it was read, by path."""
        return self._cache.guarded(self._catalogue.files)

    def replace(
        self,
        decks: Iterable[tuple[Deck, FileStamp]],
        removed: Iterable[str] = (),
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Put decks in the place of those with the same paths, and drop those at the removed paths.

        `decks` is read as it is written, a batch at a time; `progress` hears how many cards are done.
        """
        from studyapp.store import filing

        schedules, done = self._cache.schedules, 0
        self._cache.guarded(partial(filing.write, schedules, [], list(removed)))
        for batch in filing.batches(decks):
            self._cache.guarded(partial(filing.write, schedules, batch))
            done += sum(len(one.cards) for one, _ in batch)
            if progress is not None:
                progress(done)

    def decks(self) -> list[DeckRow]:
        """Every deck, by path."""
        return self._cache.guarded(self._catalogue.decks)

    def card(self, card: str) -> Card | None:
        """A card by its id, a draft where no card has it; None if no file does."""
        return self._cache.guarded(lambda: self._catalogue.card(card))

    def families(self) -> Container[str]:
        """The ids that the cards of all files have, without cloze numbers; looked up one by one."""
        return Families(lambda family: self._cache.guarded(lambda: self._catalogue.has_family(family)))

    def cards(self, deck: str | None = None) -> Iterator[Card]:
        """The cards of a deck, or of all decks by path, in the order of the file; read deck by deck."""
        for path in [deck] if deck is not None else [row.path for row in self.decks()]:
            yield from self._cache.guarded(partial(self._catalogue.cards, path))

    def drafts(self) -> list[Card]:
        """The drafts of all decks, by path, in the order of the files; nothing else that asks for cards gets any."""
        return self._cache.guarded(self._catalogue.drafts)

    def draft_count(self) -> int:
        """How many drafts there are, a cloze text being one."""
        return self._cache.guarded(self._catalogue.draft_count)

    def find(self, words: Sequence[str], *, suspended: bool = False, limit: int = 200) -> list[CardRow]:
        """The cards whose texts contain all the words; only suspended ones if so wanted. Drafts are among them.

        First the one whose id or prompt they are, then those that have them there, then the others by their decks.
        """
        from studyapp.store import searching

        return self._cache.folded(lambda: searching.find(self._files, words, suspended=suspended, limit=limit))

    def problems(self) -> list[Problem]:
        """All that was wrong with the files when they were read, cards that share an id included."""
        return self._cache.guarded(self._catalogue.problems)

    # --- what simulations said --------------------------------------------------------------------

    def get_description(self, sha256: str) -> str | None:
        """The description kept for a simulation file with this hash."""
        return self._cache.guarded(lambda: self._remembered.description(sha256))

    def put_description(self, sha256: str, text: str) -> None:
        """Keep the description of a simulation file with this hash."""
        self._cache.guarded(lambda: self._remembered.put_description(sha256, text))

    def get_key(self, sha256: str, question: str) -> str | None:
        """The key kept for a question about a simulation file with this hash."""
        return self._cache.guarded(lambda: self._remembered.key(sha256, question))

    def put_key(self, sha256: str, question: str, text: str) -> None:
        """Keep the key to a question about a simulation file with this hash."""
        self._cache.guarded(lambda: self._remembered.put_key(sha256, question, text))

    # --- health -----------------------------------------------------------------------------------

    @property
    def rebuilt(self) -> bool:
        """Whether the cache was missing, damaged or of another edition, and has been made anew since it was opened."""
        return self._cache.rebuilt

    def refold(self) -> list[str]:
        """Fold the whole log anew and repair the cache; a line for each card that was not as the log says."""
        return self._cache.guarded(self._cache.repair)

    def integrity(self) -> list[str]:
        """What is wrong with the files themselves, one line each; a damaged cache is rebuilt."""
        from studyapp.store import reading

        found = self._cache.guarded(lambda: reading.damage(self._log))
        damaged = self._cache.guarded(lambda: self._files.check("cache", quick=False))
        if damaged:
            self._cache.rebuild()
            found += [f"{self._files.cache}: {line}" for line in damaged]
        return found
