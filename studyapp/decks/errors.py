"""What can go wrong with a deck's file or folder, as one clear line: where, what, and what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path


class DeckError(Exception):
    """A file or folder of decks that could not be read or written; nothing was changed."""


class CardChangedError(DeckError):
    """The card differs on disk from what was read: ask which one counts. `current` holds the file's bytes now."""

    def __init__(self, message: str, current: bytes) -> None:
        """Say where; keep what the file holds now, to show it or to write over it knowingly."""
        super().__init__(message)
        self.current = current


class CardGoneError(DeckError):
    """The file has no such card any more."""


def unreadable(path: str | os.PathLike[str], error: OSError) -> DeckError:
    """The error for a file or folder that the system does not let us read."""
    match error.errno:
        case errno.ENOENT:
            what = "does not exist any more; put it back, or start again without it"
        case errno.EACCES | errno.EPERM:
            what = "may not be read; give yourself read permission"
        case errno.ENOTDIR:
            what = "is not a folder; give the folder that holds the decks"
        case errno.EISDIR:
            what = "is a folder, not a deck; give a Markdown file"
        case errno.ELOOP:
            what = "is a link that leads to itself; correct the link"
        case _:
            what = f"could not be read ({error.strerror or error}); check the disk"
    return DeckError(f"{os.fspath(path)}: {what}")


def unwritable(path: str | os.PathLike[str], error: OSError) -> DeckError:
    """The error for a file that the system does not let us write."""
    match error.errno:
        case errno.ENOENT if Path(path).parent.exists():  # as in /proc
            what = "no file can be made there; name another place"
        case errno.ENOENT:
            what = "its folder does not exist any more; put it back"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            what = "is read-only, or its folder is; make both writable"
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            what = "there is no space left to write it; free some, nothing was changed"
        case _:
            what = f"could not be written ({error.strerror or error}); nothing was changed"
    return DeckError(f"{os.fspath(path)}: {what}")
