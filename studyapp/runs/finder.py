"""Finds the simulations there are, by name, and reads each file once: nothing in it is executed or imported here."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studyapp.model import Problem
from studyapp.runs.errors import SimulationError

LARGEST = 1_000_000
"""Bytes; the shipped files have about 10,000."""


@dataclass(frozen=True, slots=True)
class Source:
    """One simulation's file as it was read: these bytes are shown, hashed, agreed to and executed, and no others."""

    name: str
    path: Path
    code: bytes
    sha256: str
    shipped: bool

    def edited(self) -> bool:
        """Whether it is the learner's own and its file is another by now, or gone."""
        try:
            return not self.shipped and read_source(self.path).sha256 != self.sha256
        except SimulationError:
            return True


@dataclass(frozen=True, slots=True)
class Found:
    """The simulations of all folders by name, in alphabetical order, and what is wrong with the files left out."""

    sources: Mapping[str, Source]
    problems: tuple[Problem, ...] = ()


def find(shipped: Path, own: Path | None) -> Found:
    """The simulations of the shipped folder and of the learner's own, which need not exist.

    Each `NAME.py` not starting with `_` is one. Of two with one name the shipped one counts. Never raises: a file or
    folder that cannot be read is a problem.
    """
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for folder, ours in ((shipped, True), (own, False)):
        if folder is None:
            continue
        try:
            files = sorted(path for path in folder.iterdir() if path.suffix == ".py" and path.name[0] not in "._")
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not ours:
                continue
            problems.append(_problem(folder, f"cannot be read: {error.strerror}", "make the folder readable"))
            continue
        for path in files:
            try:
                source = read_source(path, shipped=ours)
            except SimulationError as error:
                problems.append(_problem(path, error.what, error.remedy))
                continue
            if source.name in sources:
                remedy = "give the file another name"
                problems.append(_problem(path, f"there is a shipped simulation {source.name!r}, which is used", remedy))
            else:
                sources[source.name] = source
    return Found(dict(sorted(sources.items())), tuple(problems))


def read_source(path: Path, *, shipped: bool = False) -> Source:
    """The simulation in one file; a SimulationError if it cannot be read, is no UTF-8 text, or is too large."""
    if path.suffix != ".py" or not path.stem.isidentifier():
        remedy = "name it like my_simulation.py"
        raise SimulationError(str(path), "this is no name for a simulation (letters, digits and _, then .py)", remedy)
    try:
        # A named pipe would block for ever, a device never end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise SimulationError(str(path), "this is not a file", "put a Python file there")
        with path.open("rb") as file:
            code = file.read(LARGEST + 1)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        remedy = "check the name" if missing else "make the file readable"
        raise SimulationError(str(path), f"cannot be read: {error.strerror}", remedy) from error
    if len(code) > LARGEST:
        raise SimulationError(str(path), f"larger than {LARGEST:,} bytes", "a simulation is one short file")
    text_of(code, path)
    return Source(path.stem, path, code, hashlib.sha256(code).hexdigest(), shipped)


def text_of(code: bytes, path: Path) -> str:
    """The source as the text that is both shown and compiled.

    Always UTF-8: a coding line that Python would follow could make what is executed differ from what is shown.
    """
    try:
        return code.decode("utf-8")
    except UnicodeDecodeError as error:
        line = code.count(b"\n", 0, error.start) + 1
        raise SimulationError(str(path), f"line {line} is not UTF-8 text", "save the file as UTF-8") from error


def _problem(path: Path, what: str, remedy: str) -> Problem:
    return Problem(path=str(path), line=0, card="", what=what, remedy=remedy)
