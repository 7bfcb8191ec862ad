"""The laboratory: describe, run and draw any simulation by name, and compute the keys of cards."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from studyapp.core.formula_answers import SETS, Sample, draws, samples
from studyapp.core.linking import nearest
from studyapp.core.questions import Question
from studyapp.core.receipts import Receipt, differences, read, short
from studyapp.model import Card, Day, ParameterValue, Problem
from studyapp.runs.ahead import Ahead, Identity
from studyapp.runs.consent import Consent
from studyapp.runs.errors import Cancelled, SimulationError
from studyapp.runs.finder import Found, Source, find, read_source
from studyapp.runs.frames import decode, encode
from studyapp.runs.worker import Worker
from studyapp.simulation import Description, Figure, Key, Run
from studyapp.store import StoreError

QUICK = 0.2
"""Runs of so many seconds at most are made by themselves, to be shown beside an answer."""

ONCE_MORE = 2.0
"""A run that took longer than `QUICK`, but not longer than this, is timed anew at each start: the machine may have been
busy when it was timed, and the fastest time counts."""


class IncomparableError(SimulationError):
    """A receipt that cannot be compared: its file is another now or may not run, or it holds no values."""


class ConsentError(SimulationError):
    """A learner's own simulation that has not been consented to yet; `source` is the file to show and ask about."""

    def __init__(self, source: Source, called: str) -> None:
        what = "your own simulation has not been allowed to run yet"
        super().__init__(str(source.path), what, f"`studyapp run {called}` in a terminal shows it and asks")
        self.source = source


class Remembered(Protocol):
    """Where descriptions and keys are kept between starts, by the hash of the file they came from."""

    def get_description(self, sha256: str) -> str | None:
        """The stored JSON, or None."""

    def put_description(self, sha256: str, text: str) -> None:
        """Keep it."""

    def get_key(self, sha256: str, question: str) -> str | None:
        """The stored JSON, or None."""

    def put_key(self, sha256: str, question: str, text: str) -> None:
        """Keep it."""


class Laboratory:
    """Every simulation there is, and one warm worker process to run them in."""

    def __init__(self, shipped: Path, own: Path, consent: Consent, memory: Remembered, worker: Worker) -> None:
        self._shipped, self._own = shipped, own
        self._consent, self._memory, self._worker = consent, memory, worker
        self._found: Found | None = None
        self._described: dict[str, Description] = {}
        self._samples: dict[tuple[str, str], tuple[Sample, ...]] = {}
        self._failed: dict[str, SimulationError] = {}
        self._keys: dict[tuple[str, str], Key] = {}
        self._ahead = Ahead()
        self._timed: set[tuple[str, str]] = set()

    @property
    def found(self) -> Found:
        """The simulations on disk, and what is wrong with their files. Read once; `refresh` reads them again."""
        if self._found is None:
            self._found = find(self._shipped, self._own)
        return self._found

    def refresh(self) -> None:
        """Look at the folders again, as after the learner edited a simulation."""
        self._found = None

    def refresh_if_edited(self, name: str) -> None:
        """Look at the folders again if this simulation is the learner's own and its file is another by now, or gone."""
        self._found = None if name in self.found.sources and self.found.sources[name].edited() else self._found

    def source(self, name: str) -> Source:
        """The file of a simulation by name, or by path for a file named on the command line."""
        if name.endswith(".py"):
            return self._shipped_or(read_source(Path(name)))
        try:
            return self.found.sources[name]
        except KeyError:
            for problem in self.found.problems:
                if Path(problem.path).stem == name:
                    raise SimulationError(problem.path, problem.what, problem.remedy) from None
            remedy = nearest(name, self.found.sources)
            raise SimulationError(name, "there is no simulation of this name", remedy) from None

    def _shipped_or(self, given: Source) -> Source:
        known = self.found.sources.get(given.name, given)
        return known if known.sha256 == given.sha256 else given

    def trusted(self, source: Source) -> bool:
        """Whether the file may run: shipped, or these very bytes were consented to."""
        return source.shipped or self._consent.given(source)

    def consent(self, source: Source) -> None:
        """Remember that these very bytes may run."""
        self._consent.give(source)

    def _allowed(self, name: str) -> Source:
        source = self.source(name)
        if not self.trusted(source):
            raise ConsentError(source, name)
        return source

    async def describe(self, name: str) -> Description:
        """What a simulation offers. Read in the worker once per version of its file, then remembered."""
        source = self._allowed(name)
        if source.sha256 not in self._described:
            kept = self._kept_description(source)
            if kept is None:
                await self._ahead.room()
                if source.sha256 in self._failed:
                    raise self._failed[source.sha256]
                try:
                    self._described[source.sha256] = description = await self._worker.describe(source)
                except Cancelled:
                    raise
                except SimulationError as error:
                    self._failed[source.sha256] = error  # as a file that hangs: nobody waits for it a second time
                    raise
                with suppress(StoreError):  # what cannot be remembered, as on a full disk, is computed again
                    self._memory.put_description(source.sha256, encode(description).decode())
            else:
                self._described[source.sha256] = kept
        # Two files with the same bytes share what is remembered, but not their name.
        return replace(self._described[source.sha256], name=source.name)

    def _kept_description(self, source: Source) -> Description | None:
        """What was remembered of this file; None too if another version of studyapp wrote it in other words."""
        kept = self._memory.get_description(source.sha256)
        try:
            return decode(Description, kept) if kept is not None else None
        except ValueError:
            return None

    async def descriptions(
        self, told: Callable[[Mapping[str, Description]], None] | None = None
    ) -> tuple[dict[str, Description], list[Problem]]:
        """All simulations that may run and can be read, by name, and the problems of those that cannot.

        The shipped ones are read first: a learner's own may take its time. `told` gets what is known after each.
        """
        known: dict[str, Description] = {}
        wrong = [*self.found.problems, *self._consent.problems()]
        for name, source in sorted(self.found.sources.items(), key=lambda one: not one[1].shipped):
            if not self.trusted(source):
                continue
            try:
                known[name] = await self.describe(name)
                if told is not None:
                    told(known)
            except SimulationError as error:
                wrong.append(Problem(str(source.path), error.line, "", error.what, error.remedy))
        return known, wrong

    async def run(
        self, name: str, parameters: Mapping[str, object], seed: int, progress: Callable[[float], None] | None = None
    ) -> Run:
        """Run a simulation in the worker; missing parameters take their defaults. Raises SimulationError."""
        description = await self.describe(name)
        accepted = description.accept(parameters)
        await self._ahead.room()
        return await self._worker.run(self._allowed(name), accepted, seed, progress)

    async def run_ahead(self, question: Question) -> None:
        """Make the run that is shown beside the question's answer while the learner thinks, if it may run and is quick.

        Nothing is raised: what goes wrong is said by `run_quickly`. Stopping to wait ends the run soon.
        """
        link = question.card.simulation
        with suppress(SimulationError, StoreError):
            if link is not None and (asked := self._quick(link.name, question.parameters, question.seed)) is not None:
                await self._ahead.make(*asked)

    async def run_quickly(self, name: str, parameters: Mapping[str, ParameterValue], seed: int) -> Run | None:
        """The run that is shown beside an answer, made now unless it was made ahead; None when it takes too long."""
        asked = self._quick(name, parameters, seed)
        return None if asked is None else await self._ahead.get(*asked)

    def finished(self, question: Question) -> Run | None:
        """The run that is shown beside the question's answer, if it was made ahead and is over."""
        link = question.card.simulation
        source = self.found.sources.get(link.name) if link is not None else None
        if source is None:
            return None
        return self._ahead.finished((source.sha256, _written(question.parameters), question.seed))

    def _quick(
        self, name: str, parameters: Mapping[str, ParameterValue], seed: int
    ) -> tuple[Identity, Callable[[], Coroutine[Any, Any, Run]]] | None:
        """A run and how it is made, or None if it is known to be slow."""
        sha256, written = self._allowed(name).sha256, _written(parameters)
        question = f"seconds {written}"
        kept = self._memory.get_key(sha256, question)
        fastest = float(kept) if kept else math.inf
        slow = kept is not None and fastest > QUICK
        identity = (sha256, written, seed)
        if slow and (fastest > ONCE_MORE or (sha256, question) in self._timed) and not self._ahead.finished(identity):
            return None

        async def making() -> Run:
            run = await self.run(name, parameters, seed)
            self._timed.add((sha256, question))
            if run.seconds < fastest:
                with suppress(StoreError):
                    self._memory.put_key(sha256, question, f"{run.seconds:.3f}")
            return run

        return identity, making

    async def key(self, card: Card, parameters: Mapping[str, ParameterValue]) -> Key:
        """The exact answer of a computed card at these parameters, with what its mistakes give. Computed once."""
        question = _question(card, parameters)
        link = card.simulation
        assert link is not None
        await self.describe(link.name)  # for the names of its mistakes
        sha256 = self._allowed(link.name).sha256
        if (sha256, question) not in self._keys:
            kept = self._memory.get_key(sha256, question)
            if kept is None:
                (key,) = await self.keys(card, [parameters])
                with suppress(StoreError):
                    self._memory.put_key(sha256, question, encode(key).decode())
            else:
                key = decode(Key, kept)
            self._keys[sha256, question] = key
        return self._keys[sha256, question]

    async def keys(self, card: Card, parameter_sets: Sequence[Mapping[str, ParameterValue]]) -> list[Key]:
        """The keys of a computed card at many sets of parameters, in one call of the worker."""
        link, asked = card.simulation, card.answer
        assert link is not None
        assert asked is not None
        description = await self.describe(link.name)
        for one in parameter_sets:
            description.accept(one)
        source = self._allowed(link.name)
        await self._ahead.room()
        # Not what was accepted, which has all the defaults too: an error is to name the card's own parameters.
        return await self._worker.keys(source, parameter_sets, asked.value, asked.index, asked.mistakes)

    async def applying(self, name: str, sets: Sequence[Mapping[str, ParameterValue]]) -> list[frozenset[str]]:
        """The names of the claims that apply at each set of parameters."""
        return await self._worker.applying(self._allowed(name), sets)

    async def formula_samples(self, card: Card) -> tuple[Sample, ...]:
        """The drawn sets of parameters that a formula is judged at, with their exact values. Computed once.

        SimulationError where the value applies at fewer than `SETS` of the sets that are drawn.
        """
        link, asked = card.simulation, card.answer
        assert link is not None
        assert asked is not None
        sets = draws(card, await self.describe(link.name))
        source = self._allowed(link.name)
        identity = source.sha256, f"formula {_question(card, {})} {json.dumps(sets[:3])} {asked.formula}"
        if identity not in self._samples:
            await self._ahead.room()
            told = (source, sets, asked.value, asked.index, asked.mistakes)
            found = samples(asked, sets, await self._worker.keys_where_it_applies(*told))
            if len(found) < SETS:
                what = f"{asked.value} applies at {len(found)} of {len(sets)} sets drawn for the formula"
                raise SimulationError("[answer] formula", what, "draw from candidates where it does, with vary")
            self._samples[identity] = tuple(found)
        return self._samples[identity]

    async def beside(
        self, name: str, parameters: Mapping[str, ParameterValue]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The exact values that mistakes are about at these parameters, and what each mistake gives instead."""
        await self._ahead.room()
        return await self._worker.beside(self._allowed(name), parameters)

    async def exact_numbers(self, name: str, sets: Sequence[Mapping[str, ParameterValue]]) -> dict[str, list[float]]:
        """By value its exact number at each set of parameters; without those that are an array, or nothing, at one."""
        source, found = self._allowed(name), {}
        await self._ahead.room()
        for mark in (await self.describe(name)).values:
            with suppress(SimulationError):
                found[mark.name] = [key.value for key in await self._worker.keys(source, sets, mark.name)]
        return found

    def misconception(self, card: Card, mistake: str) -> str:
        """What a named mistake of a computed card's simulation says, once its key was computed; else empty."""
        link = card.simulation
        source = self.found.sources.get(link.name) if link is not None else None
        description = self._described.get(source.sha256) if source is not None else None
        marks = description.mistakes if description is not None else ()
        return next((mark.misconception for mark in marks if mark.name == mistake), "")

    def remember_verified(self, card: Card, day: Day, seeds: int) -> None:
        """Keep that the card's simulation, in its present version, bore the card out on so many seeds."""
        if card.simulation is not None:
            sha256 = self.source(card.simulation.name).sha256
            self._memory.put_key(sha256, f"verified {card.id}", json.dumps([day, seeds]))

    def verified(self, card: Card) -> tuple[Day, int] | None:
        """The day of the latest verification of the card with this version of its simulation, and its seeds."""
        source = self.found.sources.get(card.simulation.name) if card.simulation is not None else None
        kept = self._memory.get_key(source.sha256, f"verified {card.id}") if source is not None else None
        return tuple(json.loads(kept)) if kept else None

    def receipt(self, question: Question) -> dict[str, object] | None:
        """What the answer that is given now was computed from, to be logged with it; None without a simulation.

        Of a computed card the key it is judged against; and of the run that is shown beside the answer the measured
        numbers, if that run is over by now. Of an answer that comes before, they are empty.
        """
        link, asked, key = question.card.simulation, question.card.answer, question.key
        source = self.found.sources.get(link.name) if link is not None else None
        if source is None:
            return None
        run = self.finished(question)
        return Receipt(
            simulation=source.name,
            sha256=source.sha256,
            parameters=question.parameters,
            seed=question.seed,
            numpy=run.numpy if run is not None else self._worker.numpy or version("numpy"),
            key={asked.value: key.value} if asked is not None and key is not None else {},
            values=short(run.values) if run is not None else {},
            index=asked.index if asked is not None else None,
        ).told()

    async def again(self, told: Mapping[str, Any]) -> list[str]:
        """Compute a logged receipt once more: where it disagrees now, in words; nothing if it agrees to 1e-9.

        Raises IncomparableError where that cannot be told, and SimulationError for a simulation that fails by now.
        """
        try:
            logged = read(told)
        except ValueError as error:
            raise IncomparableError("receipt", f"cannot be read ({error})") from None
        source = self.found.sources.get(logged.simulation)
        if source is None:
            raise IncomparableError(logged.simulation, "there is no simulation of this name any more")
        if source.sha256 != logged.sha256:
            raise IncomparableError(source.path.name, "the file changed since")
        if not self.trusted(source):
            raise IncomparableError(source.path.name, "the file may not run yet")
        if not (logged.key or logged.values):
            raise IncomparableError(source.path.name, "answered before its run was over")
        found: list[str] = []
        for value, was in logged.key.items():
            try:
                (key,) = await self._worker.keys(source, [logged.parameters], value, logged.index)
            except SimulationError as error:
                if logged.index is None and error.place.startswith("["):
                    raise IncomparableError(value, "it was not logged which element was asked") from None
                raise
            found += differences({value: was}, {value: key.value})
        if logged.values:
            run = await self.run(source.name, logged.parameters, logged.seed)
            found += differences(logged.values, run.values)
        if found and logged.numpy != self._worker.numpy:
            found.append(f"NumPy was {logged.numpy}, and is {self._worker.numpy} now")
        return found

    async def draw(self, figure: Figure, file: Path) -> None:
        """Write a figure as PNG or SVG, by the file's ending; matplotlib runs in the worker."""
        await self._worker.draw(figure, file)

    async def cancel(self) -> None:
        """Stop the run under way; whoever waits for it gets a SimulationError."""
        await self._worker.cancel()

    async def close(self) -> None:
        """End the worker process, and forget what was made ahead."""
        await self._ahead.close()
        await self._worker.close()


def _question(card: Card, parameters: Mapping[str, ParameterValue]) -> str:
    asked = card.answer
    assert asked is not None
    return json.dumps([asked.value, asked.index, asked.mistakes, sorted(parameters.items())])


def _written(parameters: Mapping[str, ParameterValue]) -> str:
    return json.dumps(sorted(parameters.items()))
