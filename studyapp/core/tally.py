"""The order in which many runs are made, and what they come to: for every simulation, and for the cards."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from studyapp.core.verifying import Failure, Verification, Wanted, failures, false_claims, too_few
from studyapp.model import Card
from studyapp.simulation import Claim, Description, Run, Verdict, borne_out


class Remaining:
    """The runs that are still to be made, the longest first, so that none is begun when all others are over.

    How long one takes is known once the same parameters were run with another seed, or the same simulation with other
    parameters; what was never run comes before the rest.
    """

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self._waiting: dict[str, deque[tuple[int, Wanted]]] = {}
        self._seconds: dict[str, float] = {}
        for position, one in enumerate(wanted):
            self._waiting.setdefault(one.place, deque()).append((position, one))

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def next(self) -> tuple[int, Wanted] | None:
        """A run with its position in what was wanted, or None if there is no more."""
        if not self._waiting:
            return None
        place = max(self._waiting, key=self._length)
        found = self._waiting[place].popleft()
        if not self._waiting[place]:
            del self._waiting[place]
        return found

    def took(self, wanted: Wanted, seconds: float) -> None:
        """Remember how long a run took."""
        for one in (wanted.place, wanted.simulation):
            self._seconds[one] = max(seconds, self._seconds.get(one, 0.0))

    def drop(self, simulation: str) -> list[tuple[int, Wanted]]:
        """Take out all further runs of a simulation."""
        gone = [place for place, runs in self._waiting.items() if runs[0][1].simulation == simulation]
        return [run for place in gone for run in self._waiting.pop(place)]

    def _length(self, place: str) -> float:
        simulation = self._waiting[place][0][1].simulation
        return self._seconds.get(place, self._seconds.get(simulation, math.inf))


@dataclass(frozen=True, slots=True)
class Record:
    """What came of one simulation. Each of its claims is in one of the three groups, by name.

    A claim held if it did so in every run that it was about, or on the share of the seeds that it speaks of; it failed
    otherwise; a silent one was about none of them. `error` says why there was no run, or no more; then nothing is said
    of the claims that did not speak.
    `slowest` is in seconds of the simulation's `run` alone.
    """

    simulation: str
    runs: int = 0
    held: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    slowest: float = 0.0
    error: str = ""


@dataclass(slots=True)
class _Trials:
    """A claim at one place: in how many runs it spoke and held, and a run in which it did not."""

    claim: Claim
    spoken: int = 0
    held: int = 0
    failing: tuple[int, Wanted, Run] | None = None

    @property
    def borne_out(self) -> bool:
        return borne_out(self.held, self.spoken, self.claim.share)


class Tally:
    """What many runs come to, taken in one by one as they end, in any order."""

    def __init__(self, known: Mapping[str, Description], cards: Sequence[Card]) -> None:
        self._known = known
        self._order = {card.id: position for position, card in enumerate(cards)}
        self._cards = sum(card.simulation is not None for card in cards)
        self._failures: list[tuple[int, Failure]] = []
        self._errors: dict[str, tuple[int, Failure]] = {}
        self._trials: defaultdict[str, dict[tuple[str, str], _Trials]] = defaultdict(dict)
        self._seconds: defaultdict[str, list[float]] = defaultdict(list)
        self._claims = 0

    def take(self, position: int, wanted: Wanted, outcome: Run | Exception) -> None:
        """Take in what came of a run; an exception is what was raised instead of one."""
        self._failures += [(position, one) for one in failures(wanted, outcome)]
        if not isinstance(outcome, Run):
            # A ValueError is the fault of the card whose parameters these are.
            if wanted.simulation in self._known and not isinstance(outcome, ValueError):
                error = Failure("", wanted.simulation, {}, wanted.seed, "", str(outcome), given=wanted.parameters)
                before = self._errors.get(wanted.simulation)
                if before is None or position < before[0]:
                    self._errors[wanted.simulation] = position, error
            return
        self._failures += [(position, one) for one in false_claims(outcome, wanted.parameters)]
        self._seconds[wanted.simulation].append(outcome.seconds)
        for claim in outcome.claims:
            if claim.verdict is not Verdict.SILENT:
                self._claims += 1
                trials = self._trials[wanted.simulation].setdefault((claim.name, wanted.place), _Trials(claim))
                trials.spoken += 1
                trials.held += claim.verdict is Verdict.HOLDS
                if claim.verdict is Verdict.FAILS and (trials.failing is None or position < trials.failing[0]):
                    trials.claim, trials.failing = claim, (position, wanted, outcome)

    @property
    def made(self) -> int:
        """How many runs were made."""
        return sum(map(len, self._seconds.values()))

    def record(self, simulation: str) -> Record:
        """What came of a simulation until now."""
        seconds, spoken = self._seconds[simulation], dict[str, bool]()
        for (name, _), trials in self._trials[simulation].items():
            spoken[name] = spoken.get(name, True) and trials.borne_out
        names = [claim.name for claim in self._known[simulation].claims]
        error = self._errors[simulation][1].what if simulation in self._errors else ""
        return Record(
            simulation,
            len(seconds),
            tuple(name for name in names if spoken.get(name) is True),
            tuple(name for name in names if spoken.get(name) is False),
            () if error else tuple(name for name in names if name not in spoken),
            max(seconds, default=0.0),
            error,
        )

    def verification(self) -> Verification:
        """What failed: of the cards in their order, then of the simulations alone, in the order of the runs."""
        last = len(self._order)
        found = [*self._failures, *self._errors.values(), *self._too_few()]
        ordered = sorted(found, key=lambda one: (self._order.get(one[1].card, last), one[0], one[1].seed))
        return Verification(self._cards, self.made, self._claims, tuple(failure for _, failure in ordered))

    def _too_few(self) -> Iterator[tuple[int, Failure]]:
        """The claims about a share of the seeds that held on too few of them."""
        for of_simulation in self._trials.values():
            for trials in of_simulation.values():
                if trials.claim.share < 1 and not trials.borne_out and trials.failing is not None:
                    position, wanted, run = trials.failing
                    yield position, too_few(run, trials.claim, wanted.parameters, trials.held, trials.spoken)
