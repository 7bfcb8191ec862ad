"""Whether the learner was shown that an exam's time ran out: the id of the last such exam, in a file beside the log.

Any process that looks at the log settles an exam whose time is over, also one without a screen to say so. The file is
no part of the log: without it the newest such exam is told once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from studyapp.store import SittingRow

FILE = "exam.told"


def untold(home: Path, sittings: Iterable[SittingRow]) -> SittingRow | None:
    """Of these sittings, newest first, the first whose time ran out, unless the learner was shown that."""
    newest = next((one for one in sittings if one.expired), None)
    return None if newest is None or newest.id == _told(home) else newest


def _told(home: Path) -> str:
    try:
        return (home / FILE).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def tell(home: Path, sittings: Iterable[SittingRow], sitting_id: str) -> None:
    """Remember that this sitting is shown; of any but the one that is untold there is nothing to remember."""
    newest = untold(home, sittings)
    if newest is not None and newest.id == sitting_id:
        with suppress(OSError):  # then it is told again
            (home / FILE).write_text(f"{sitting_id}\n", encoding="utf-8")
