"""Cards put into a learner's deck and taken out of it: every other byte of the file stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studyapp.decks.clean import clean
from studyapp.decks.content import never_closed
from studyapp.decks.errors import CardChangedError, DeckError, unwritable
from studyapp.decks.folder import read_file
from studyapp.decks.parser import parse
from studyapp.decks.sections import Section, sections_of
from studyapp.decks.writing import atomic, card_source, card_span, family_of
from studyapp.model import Card


def insert_card(path: Path, markdown: str, *, after: Card | str | None = None) -> bytes:
    """Write a new card into a file, below another one or at its end, and return the file's bytes.

    A file that is not there yet begins with a heading of its name. DeckError, and nothing written, where the text is
    not one sound card with an id that the file has not yet. Line ends become those of the file.
    """
    begun = not path.exists()
    current, new = _insertion(path, markdown, after)
    if begun:
        _claim(path)
    try:
        atomic(path, new, expected=b"" if begun else current)
    except DeckError:
        if begun and path.exists() and not read_file(path):  # it is still ours
            path.unlink()
        raise
    return new


def _claim(path: Path) -> None:
    """Make an empty file, unless another window was faster."""
    try:
        path.open("xb").close()
    except FileExistsError:
        raise DeckError(f"{path}: was begun by another program meanwhile; nothing was written, try again") from None
    except OSError as error:
        raise unwritable(path, error) from error


def inserted(path: Path, markdown: str, *, after: Card | str | None = None) -> bytes:
    """What `insert_card` would write."""
    return _insertion(path, markdown, after)[1]


def _insertion(path: Path, markdown: str, after: Card | str | None) -> tuple[bytes, bytes]:
    """The file's bytes, and those with the card."""
    current = read_file(path) if path.exists() else f"# {path.stem}\n".encode()
    place = card_span(current, family_of(after))[1] if after is not None else len(current.rstrip(b" \t\r\n"))
    line_end = "\r\n" if b"\r\n" in current else "\n"
    try:
        written = markdown.replace("\r\n", "\n").strip("\n").replace("\n", line_end).encode()
    except UnicodeEncodeError as error:
        raise DeckError(f"{path}: the text has half a character (a surrogate); delete it") from error
    apart = 2 * line_end.encode()
    rest = current[place:] if after is not None else line_end.encode()
    new = current[:place] + apart + written + rest
    _check_new(path, current, new, len((current[:place] + apart).split(b"\n")) - 1)
    return current, new


def card_above(data: bytes, card: Card | str) -> str:
    """The id of the card that stands right above one, in the same part; "" where it is the first."""
    above = ""
    for section in _outline(data):
        if section.level == 2 and section.id == family_of(card) and section.twin < 0:
            return above
        above = section.id if section.level == 2 and section.twin < 0 else ""
    return ""


def families(data: bytes) -> set[str]:
    """The ids of the cards that a file has, sound or not."""
    return {section.id for section in _outline(data) if section.level == 2 and section.id}


def without_card(data: bytes, card: Card | str) -> bytes:
    """A file's bytes without a card and the blank lines after it; DeckError if it has no such card."""
    start, end = card_span(data, family_of(card))
    rest = data[end:].lstrip(b" \t\r\n")
    return data[:start] + rest if rest else data[:start].rstrip(b" \t\r\n") + data[end:]


def remove_card(path: Path, parsed: bytes, card: Card | str) -> bytes:
    """Take a card out of a file, with the blank lines after it, and return the file's bytes.

    CardChangedError, and nothing written, if the card is not as it was in the bytes `parsed` any more.
    """
    family = family_of(card)
    current = read_file(path)
    new = without_card(current, family)
    if card_source(current, family) != card_source(parsed, family):
        raise CardChangedError(f"{path}: card {family!r} was changed by another program; choose one", current)
    before, after = _outline(current), _outline(new)
    kept = [section for section in before if not (section.id == family and section.twin < 0 and section.level == 2)]
    if not _alike(kept, after):
        raise DeckError(f"{path}: without card {family!r} other cards would change; take it out in an editor")
    atomic(path, new, expected=current)
    return new


def _check_new(path: Path, current: bytes, new: bytes, line: int) -> None:
    """Refuse a text that is not one sound card of its own, or that touches any other card."""
    before, after = _outline(current), _outline(new)
    place = next((at for at, section in enumerate(after) if section.start == line), -1)
    lines = clean(current, "").lines
    for start, what in (one for section in before for one in never_closed(lines, section.blocks)):
        if place < 0 and start < line:
            raise DeckError(f"{path}:{start + 1}: the {what} opened here is never closed and hides the card; close it")
    if place < 0 or len(after) != len(before) + 1 or after[place].level != 2:
        raise DeckError(f"{path}: the text is not one card; give it one '##' heading, its first line")
    stop = after[place].stop
    wrong = [one for one in parse(new, str(path)).problems if line < one.line <= stop]
    if wrong:
        raise DeckError(str(wrong[0]))
    if after[place].twin >= 0 or not _alike(before, [*after[:place], *after[place + 1 :]]):
        raise DeckError(f"{path}:{line + 1}: the text changes other cards, or has the id of one; change its id")


def _outline(data: bytes) -> Sequence[Section]:
    return sections_of(clean(data, "").lines).sections


def _alike(some: Sequence[Section], others: Sequence[Section]) -> bool:
    """Whether two files have the same headings, one after the other, with the same cards below them."""
    first, second = ([(one.level, one.id, one.title) for one in sections] for sections in (some, others))
    return first == second
