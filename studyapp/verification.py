"""Has simulations run many times, on all cores, to see whether they bear out the cards and hold what they claim."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from studyapp.core.tally import Record, Remaining, Tally
from studyapp.core.verifying import Failure, Verification, Wanted, everything, failures, relied_on
from studyapp.lab import Laboratory
from studyapp.model import Card, Problem
from studyapp.runs.errors import SimulationError
from studyapp.simulation import Description, Run

Take = Callable[[int, Wanted, Run | Exception], None]

Show = Callable[[float, Sequence[str]], None]
"""Called often with the fraction done, from 0 to 1, and the names of the simulations that run."""


async def verify(
    laboratories: Sequence[Laboratory],
    cards: Iterable[Card],
    seeds: int,
    progress: Callable[[int, int], None],
) -> Verification:
    """Run every simulation that cards rely on, at each card's parameters drawn for each seed, and judge the outcome.

    Runs that several cards share are made once; the laboratories, one process each, share the work.
    """
    cards = [card for card in cards if card.simulation is not None]
    wanted = relied_on(cards, seeds)
    claims, done, found = 0, 0, list[Failure]()

    def take(_position: int, one: Wanted, outcome: Run | Exception) -> None:
        nonlocal claims, done
        if isinstance(outcome, Run):
            claims += sum(len(card.simulation.claims) for card in one.cards if card.simulation is not None)
        found.extend(failures(one, outcome))
        done += 1
        progress(done, len(wanted))

    await _made(laboratories, Remaining(wanted), take)
    order = {card.id: position for position, card in enumerate(cards)}
    found.sort(key=lambda one: (order[one.card], one.seed))
    return Verification(len(cards), len(wanted), claims, tuple(found))


@dataclass(frozen=True, slots=True)
class Survey:
    """The outcome of `verify --all`: a record of every simulation, in alphabetical order, and what failed.

    `not_run` are the learner's own simulations that may not run yet; `problems` are files that count as none.
    """

    records: tuple[Record, ...]
    not_run: tuple[str, ...]
    problems: tuple[Problem, ...]
    verification: Verification

    @property
    def holds(self) -> bool:
        """Whether nothing failed; claims that never spoke, and simulations that may not run, are no failure."""
        return not (self.verification.failures or self.problems or any(record.error for record in self.records))


class Surveying:
    """One `verify --all`: found out and run by `run`; `survey` tells how far it came, also when it was stopped."""

    def __init__(self, cards: Sequence[Card], seeds: int) -> None:
        self._cards, self._seeds = cards, seeds
        self._known: Mapping[str, Description] = {}
        self._unread: dict[str, str] = {}
        self._not_run: tuple[str, ...] = ()
        self._problems: tuple[Problem, ...] = ()
        self._tally = Tally({}, ())
        self.wanted = 0

    async def run(self, laboratories: Sequence[Laboratory], show: Show) -> None:
        """Find all simulations, make all runs, and judge them; the laboratories, one process each, share the work.

        Where one run of a simulation ends in an error, no more of it are made: one that hangs would have each of them
        take all the time that it may.
        """
        await self._find(laboratories[0], show)
        tally = self._tally = Tally(self._known, self._cards)
        wanted = everything(self._known, self._cards, self._seeds)
        self.wanted = len(wanted)
        remaining = Remaining(wanted)

        def take(position: int, one: Wanted, outcome: Run | Exception) -> None:
            tally.take(position, one, outcome)
            if isinstance(outcome, SimulationError) and one.simulation in self._known:
                for later, other in remaining.drop(one.simulation):
                    tally.take(later, other, outcome)

        await _made(laboratories, remaining, take, show)

    async def _find(self, laboratory: Laboratory, show: Show) -> None:
        show(0.0, ())
        self._known, wrong = await laboratory.descriptions()
        sources = laboratory.found.sources
        self._not_run = tuple(name for name, source in sources.items() if not laboratory.trusted(source))
        unread = [name for name in sources if name not in self._known and name not in self._not_run]
        for name in unread:
            try:
                await laboratory.describe(name)  # which failed before, and does so again at once
            except SimulationError as error:
                self._unread[name] = str(error)
        places = {str(sources[name].path) for name in self._unread}
        self._problems = tuple(problem for problem in wrong if problem.path not in places)

    def survey(self) -> Survey:
        """What was found until now."""
        records = [
            *(self._tally.record(name) for name in self._known),
            *(Record(name, error=error) for name, error in self._unread.items()),
        ]
        records.sort(key=lambda record: record.simulation)
        return Survey(tuple(records), self._not_run, self._problems, self._tally.verification())


async def _made(
    laboratories: Sequence[Laboratory], remaining: Remaining, take: Take, show: Show = lambda _fraction, _names: None
) -> None:
    """Make all runs of the remaining and have each one taken as it ends."""
    going: dict[Laboratory, tuple[str, float]] = {}
    ended = 0

    def shown() -> None:
        done = ended + sum(fraction for _, fraction in going.values())
        show(
            done / max(1, ended + len(going) + len(remaining)), list(dict.fromkeys(name for name, _ in going.values()))
        )

    async def worked(laboratory: Laboratory) -> None:
        nonlocal ended

        def progressed(fraction: float) -> None:
            going[laboratory] = going[laboratory][0], fraction
            shown()

        while (found := remaining.next()) is not None:
            position, wanted = found
            going[laboratory] = wanted.simulation, 0.0
            shown()
            outcome: Run | Exception
            try:
                outcome = await laboratory.run(wanted.simulation, wanted.parameters, wanted.seed, progressed)
                remaining.took(wanted, outcome.seconds)
            except (SimulationError, ValueError) as error:
                outcome = error
            del going[laboratory]
            ended += 1
            take(position, wanted, outcome)

    await asyncio.gather(*(worked(laboratory) for laboratory in laboratories))
