"""Everything opened together: folders, decks, store, simulations, clock and seeds."""

from __future__ import annotations

import dataclasses
import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from studyapp import exam_told, settings
from studyapp.core import days
from studyapp.decks import DeckError, scan
from studyapp.model import Card, Day, Deck, Entry, Flagged, Predicted, Problem, Relinked
from studyapp.settings import Settings
from studyapp.store import FileStamp, SittingRow, Store

if TYPE_CHECKING:  # and imported where they are used: a start pays only for what it does
    from studyapp.checking import CheckReport
    from studyapp.core.exam.clock import Reading
    from studyapp.core.verifying import Verification
    from studyapp.drafts import Drafts
    from studyapp.editing import Editing
    from studyapp.exams import Exams
    from studyapp.lab import Laboratory
    from studyapp.runs.worker import Limits as RunLimits
    from studyapp.study import StudySession

PACKAGE = Path(__file__).parent
LATEST_SITTINGS = 20


class LibraryError(Exception):
    """A request that the library cannot carry out; the message is one clear line."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything lies. `home` holds all that is the learner's; the shipped folders are only read."""

    home: Path
    shipped: Path

    @property
    def decks(self) -> Path:
        """The learner's own decks; one at the same relative path as a shipped deck takes its place."""
        return self.home / "decks"

    @property
    def simulations(self) -> Path:
        """The learner's own simulations."""
        return self.home / "simulations"

    @property
    def settings(self) -> Path:
        """The settings file, which need not exist."""
        return self.home / "settings.toml"


def shipped_content() -> Path:
    """The folder with the shipped decks and simulations: inside the installed package, else beside it in a checkout."""
    installed = PACKAGE / "_content"
    return installed if installed.is_dir() else PACKAGE.parent


class Library:
    """All decks, everything learned, every simulation. Close it, or use it in a `with`.

    `called` are the words that start studyapp on this data folder; the front end says them where one was named.
    """

    def __init__(
        self,
        places: Places,
        store: Store,
        *,
        now: Callable[[], datetime],
        seeds: Callable[[], int],
        clocks: Callable[[], Reading],
    ) -> None:
        self.places, self.store = places, store
        self.now, self.seeds, self.clocks = now, seeds, clocks
        self.settings = settings.read(places.settings)
        self.called: tuple[str, ...] = ("studyapp",)
        self._laboratory: Laboratory | None = None
        self._unreadable: list[Problem] = []
        store.on_rebuilt = self.synchronise

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        now: Callable[[], datetime],
        seeds: Callable[[], int],
        clocks: Callable[[], Reading],
        shipped: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Library:
        """Open the data folder, made if need be, and read the decks that changed since the last time."""
        places = Places(home, shipped or shipped_content())
        library = cls(places, Store.open(home), now=now, seeds=seeds, clocks=clocks)
        try:
            library.synchronise(progress)
        except BaseException:
            library.store.close()
            raise
        return library

    def __enter__(self) -> Library:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the store. A worker process is ended by `close_laboratory`, or ends by itself once we are gone."""
        if "exams" in self.__dict__:
            self.exams.leave_seat()
        self.store.close()

    async def rest_laboratory(self) -> None:
        """End the worker process; another one starts when a simulation is wanted again."""
        laboratory, self._laboratory = self._laboratory, None
        if laboratory is not None:
            await laboratory.close()

    async def close_laboratory(self) -> None:
        """End the worker process, if one was started."""
        if self._laboratory is not None:
            await self._laboratory.close()

    # --- time -------------------------------------------------------------------------------------

    def study_day(self, instant: datetime) -> Day:
        """The study day of an instant, in the zone this machine is in at that instant."""
        zone = instant.astimezone().tzinfo
        assert zone is not None
        return days.study_day(instant, zone, self.settings.rollover_hour)

    @property
    def today(self) -> Day:
        """The study day it is now."""
        return self.study_day(self.now())

    # --- decks ------------------------------------------------------------------------------------

    def files(self) -> dict[str, tuple[Path, os.stat_result]]:
        """Every deck file with its status, by its relative path: the learner's own before a shipped one."""
        self._unreadable = []
        found: dict[str, tuple[Path, os.stat_result]] = {}
        for root in (self.places.shipped / "decks", self.places.decks):
            if root.exists():
                try:
                    found |= {name: (root / name, status) for name, status in scan(root, self._unreadable.append)}
                except DeckError as error:
                    self._unreadable.append(Problem(str(root), 0, "", str(error)))
        return dict(sorted(found.items()))

    def problems(self) -> list[Problem]:
        """What is wrong with deck files, as they were last read; `check` also looks at the simulations."""
        return [*self._unreadable, *self.store.problems()]

    def synchronise(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Bring the cache up to date with the files. A file that has not changed costs one `stat`."""
        files, known = self.files(), self.store.files()
        changed = [
            (name, file, status)
            for name, (file, status) in files.items()
            if name not in known
            or (known[name].mtime_ns, known[name].size) != (status.st_mtime_ns, status.st_size)
            or not known[name].sha256  # it could not be read: permission given back changes neither time nor size
        ]
        removed = [name for name in known if name not in files]
        if not changed and not removed:
            return

        from studyapp.authoring import read_deck

        def read() -> Iterator[tuple[Deck, FileStamp]]:
            for position, (name, file, status) in enumerate(changed):
                if progress is not None:
                    progress(position, len(changed))
                deck, sha256 = read_deck(file, name)
                yield deck, FileStamp(status.st_mtime_ns, status.st_size, sha256)

        self.store.replace(read(), removed)

    def may_stamp(self, card: Card) -> bool:
        """Whether the card has no id in its file yet and the file is the learner's own."""
        return not card.stamped and (self.places.decks / card.deck).is_file()

    def stamp(self, card: Card) -> None:
        """Write the card's id into its heading, if the file still holds the bytes that were parsed; else DeckError."""
        from studyapp import authoring

        authoring.stamp_card(self.places.decks / card.deck, card, self.store.files()[card.deck].sha256)
        self.synchronise()

    @cached_property
    def editing(self) -> Editing:
        """The learner's own decks, to be written to."""
        from studyapp.editing import Editing

        own, shipped = self.places.decks, self.places.shipped / "decks"
        return Editing(own, shipped, taken=self.store.families(), written=self.synchronise, now=self.now)

    @cached_property
    def drafts(self) -> Drafts:
        """Cards proposed from notes: made, accepted, thrown away."""
        from studyapp.drafts import Drafts

        return Drafts(self.places.decks, self.editing, self.store, self.synchronise)

    def matching(self, wanted: Sequence[str]) -> tuple[str, ...]:
        """The decks that a person's words name: a path, a file name without `.md`, or a title; all if none are given.

        Raises LibraryError with the decks there are.
        """
        known = self.store.decks() if wanted else []
        chosen = []
        for words in wanted:
            given = words.removesuffix(".md").lower()
            named = (
                [deck.path for deck in known if given == deck.path.removesuffix(".md").lower()]
                or [deck.path for deck in known if given in (Path(deck.path).stem.lower(), deck.title.lower())]
                or [deck.path for deck in known if given and given in (deck.path + " " + deck.title).lower()]
            )
            if len(named) != 1:
                what = "names several decks" if named else "names no deck"
                raise LibraryError(f"{words!r} {what}; say one of: {', '.join(named or [deck.path for deck in known])}")
            chosen += named
        return tuple(chosen)

    def titles(self, decks: Sequence[str]) -> str:
        """The decks by their titles, as a screen names them."""
        if not decks:
            return "all decks"
        return ", ".join(deck.title for deck in self.store.decks() if deck.path in decks)

    async def check(self, paths: Sequence[Path] = ()) -> CheckReport:
        """Parse every deck afresh (or those at the paths) and hold their cards against the simulations."""
        from studyapp.checking import check

        files: dict[str, Path] = {}
        unread: list[Problem] = []
        for path in paths:
            if path.is_dir():
                files |= {str(path / name): path / name for name, _ in scan(path, unread.append)}
            else:
                files[str(path)] = path
        if not paths:
            files = {name: file for name, (file, _) in self.files().items()}
            unread += self._unreadable
        outdated = self.editing.decks.outdated()
        return await check(files, unread, outdated, shipped=self.places.shipped / "decks", laboratory=self.laboratory)

    def here(self, command: str) -> str:
        """A command line, `studyapp ...`, to be typed in any shell: with the data folder if it is not the usual one."""
        return command.replace("studyapp", shlex.join(self.called), 1)

    # --- uses -------------------------------------------------------------------------------------

    def study(self, decks: Iterable[str] = (), minutes: int | None = None) -> StudySession:
        """Start a session of Spaced over these decks, or all of them, mixed."""
        from studyapp.planning import Limits
        from studyapp.study import StudySession

        return StudySession(
            store=self.store,
            laboratory=lambda: self.laboratory,
            now=self.now,
            study_day=self.study_day,
            seeds=self.seeds,
            minutes=self.settings.minutes if minutes is None else minutes,
            decks=tuple(decks),
            limits=Limits(self.settings.new_a_day, self.settings.reviews_a_day),
        )

    @cached_property
    def exams(self) -> Exams:
        """Papers and sittings."""
        from studyapp.exams import Exams

        return Exams(
            self.places.home, self.store, lambda: self.laboratory, self.now, self.clocks, self.seeds, self.study_day
        )

    def latest_sittings(self) -> list[SittingRow]:
        """The newest sittings, among which Home looks for what is worth a line."""
        return self.store.sittings(limit=LATEST_SITTINGS)

    def tell_of(self, sitting_id: str) -> None:
        """Remember that the learner is shown this sitting, should its time have run out unseen."""
        exam_told.tell(self.places.home, self.latest_sittings(), sitting_id)

    def closed_book(self) -> None:
        """Raise ExamRunningError while an exam is running: everything else waits until it is over."""
        if self.store.unreleased_sittings():  # an exam whose time is over is settled, and stops nobody
            from studyapp.exam_errors import ExamRunningError

            running = self.exams.running()
            if running is not None:
                raise ExamRunningError(running)

    @property
    def laboratory(self) -> Laboratory:
        """The simulations and their warm worker, which starts at its first task."""
        if self._laboratory is None:
            self._laboratory = self.another_laboratory()
        return self._laboratory

    def another_laboratory(self, limits: RunLimits | None = None) -> Laboratory:
        """A laboratory with a worker process of its own, for work on several cores."""
        from studyapp.lab import Laboratory
        from studyapp.runs.consent import Consent
        from studyapp.runs.worker import Worker

        return Laboratory(
            self.places.shipped / "simulations",
            self.places.simulations,
            Consent(self.places.home / "consent.json"),
            self.store,
            Worker(self.places.home / "scratch", limits),
        )

    def new_simulation(self, name: str) -> Path:
        """Begin a simulation of the learner's own; returns its file. Raises SimulationError: see `begin`."""
        from studyapp.runs.beginning import begin
        from studyapp.runs.finder import find

        shipped = find(self.places.shipped / "simulations", None).sources
        return begin(name, shipped, self.places.simulations)

    def verified(self, cards: Iterable[Card], seeds: int, found: Verification) -> None:
        """Remember on which day and over how many seeds each card's simulation was found to hold."""
        failed = {failure.card for failure in found.failures}
        for card in cards:
            if card.simulation is not None and card.id not in failed:
                self.laboratory.remember_verified(card, self.today, seeds)

    def set(self, **changes: int | bool | str) -> Settings:
        """Change settings and keep them; raises LibraryError when the file cannot be written."""
        from studyapp.decks import atomic

        changed = dataclasses.replace(self.settings, **changes)  # type: ignore[arg-type]
        try:
            atomic(self.places.settings, settings.written(changed))
        except DeckError as error:
            raise LibraryError(f"the settings are not saved: {error}") from None
        self.settings = changed
        return changed

    def flag(self, flag: Flagged) -> None:
        """Suspend a card, take it back, or put it off."""
        now = self.now()
        self.store.append([flag], at=now, day=self.study_day(now))

    def undo_edit(self) -> str:
        """Take the newest edit of a deck back if no answer or other act came after it; what it was, or ""."""
        if "editing" not in self.__dict__ or not self.editing.acts:
            return ""
        newest = self.store.newest_act()
        later = newest and newest[-1].at > self.editing.acts[-1].at
        return "" if later else self.editing.undo()

    def undo(self) -> tuple[Entry, ...]:
        """Take the learner's newest act back; returns what it was, or nothing."""
        now = self.now()
        return self.store.undo(at=now, day=self.study_day(now))

    def redo(self) -> tuple[Entry, ...]:
        """Do again what was taken back last; returns it, or nothing."""
        now = self.now()
        return self.store.redo(at=now, day=self.study_day(now))

    def predict(self, prediction: Predicted) -> None:
        """Log a prediction made in the Lab and what the run gave."""
        now = self.now()
        self.store.append([prediction], at=now, day=self.study_day(now))

    def relink(self, old: str, new: str) -> int:
        """Say that what was learned of one id belongs to another now; how many entries that moves."""
        moved = len(self.store.entries(old))
        if not moved:
            raise LibraryError(f"nothing was ever logged for {old!r}; see `studyapp log`")
        if old == new:
            raise LibraryError(f"{old!r} is one id; give the old one, then the new one")
        if self.store.card(new) is None:
            raise LibraryError(f"no deck has a card {new!r}; see `studyapp check`")
        if (card := self.store.card(old)) is not None:
            raise LibraryError(f"{old!r} is still a card of {card.deck}; take its id out of the file first")
        now = self.now()
        self.store.append([Relinked(old, new)], at=now, day=self.study_day(now))
        return moved
