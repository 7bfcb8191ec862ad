"""Remembers which simulations of their own a learner agreed to run, by the hash of what they were shown."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from studyapp.model import Problem
from studyapp.runs.errors import SimulationError
from studyapp.runs.finder import Source


class Consent:
    """The consents in one JSON file, `{sha256: name}`.

    A changed file has another hash and asks again. The file is read each time, so that a consent given in another
    window counts; one that is missing or damaged means that nothing was agreed to. A damaged one is a problem, and is
    kept beside the new one when the next consent is written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def given(self, source: Source) -> bool:
        """Whether the source may run: it is shipped, or these very bytes were agreed to."""
        return source.shipped or source.sha256 in (self._read() or {})

    def problems(self) -> list[Problem]:
        """That the file is damaged, if it is."""
        if self._read() is not None:
            return []
        what = "cannot be read as consents: no simulation of your own may run"
        return [Problem(str(self._path), 0, "", what, "mend it, or agree to each simulation again when it asks")]

    def give(self, source: Source) -> None:
        """Agree to these bytes; a SimulationError if that cannot be written down."""
        before = self._read()
        agreed = {**(before or {}), source.sha256: source.name}
        temporary = ""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}-")
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(agreed, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            if before is None:
                self._path.replace(self._path.with_name(f"{self._path.name}.damaged"))
            Path(temporary).replace(self._path)
        except OSError as error:
            if temporary:
                with suppress(OSError):
                    Path(temporary).unlink()
            why = error.strerror or str(error)
            raise SimulationError(str(self._path), f"cannot be written: {why}", "make its folder writable") from error

    def _read(self) -> dict[str, str] | None:
        """What was agreed to; None where the file is there and cannot be read."""
        try:
            agreed = json.loads(self._path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError, RecursionError):
            return None
        return agreed if isinstance(agreed, dict) else None
