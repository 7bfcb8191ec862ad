"""Writing into a learner's deck: only the characters meant change, and the file is whole at any moment."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Collection, Sequence
from itertools import count
from pathlib import Path

from studyapp.decks.blocks import heading_text
from studyapp.decks.clean import BOM, CONTROL, clean
from studyapp.decks.errors import CardChangedError, CardGoneError, DeckError, unwritable
from studyapp.decks.folder import read_file
from studyapp.decks.headings import attribute_place
from studyapp.decks.keylines import key_line
from studyapp.decks.parser import parse
from studyapp.decks.sections import Section, sections_of
from studyapp.decks.slugs import free
from studyapp.model import Card, Problem

_HASHES = re.compile(r" {0,3}##")


# --- where a card stands --------------------------------------------------------------------------


def card_source(data: bytes, card: Card | str) -> str:
    """A card's own Markdown, from its heading to before the next, line ends as found, without blank lines at the end.

    `card` may be an id; a cloze sibling has the source of its family. DeckError where the bytes hold no such card.
    """
    start, end = card_span(data, family_of(card))
    return data[start:end].decode()


def setting_line(data: bytes, card: Card | str, *keys: str) -> int:
    """The line of a card's setting, such as ("answer", "mistakes"); the card's own line where it has no settings."""
    section, lines = _section(data, family_of(card))
    for number in range(section.start, section.stop):
        if lines[number].lstrip("`~ \t") == "toml" and lines[number].strip()[:3] in ("```", "~~~"):
            return number + 2 + key_line(lines[number + 1 : section.stop], keys)
    return section.start + 1


def family_of(card: Card | str) -> str:
    """The id of a card, or of an id, without its cloze number."""
    return card.family if isinstance(card, Card) else card.partition(":")[0]


def _section(data: bytes, family: str) -> tuple[Section, tuple[str, ...]]:
    lines = clean(data, "").lines
    for section in sections_of(lines).cards():
        if section.id == family and section.twin < 0:
            return section, lines
    raise CardGoneError(f"there is no card {family!r} in the file any more; put it back, or see 'studyapp relink'")


def card_span(data: bytes, family: str) -> tuple[int, int]:
    """The bytes of a card: from its heading to the end of its last line with anything on it, without the line end."""
    section, lines = _section(data, family)
    stop = section.stop
    while stop > section.start + 1 and not lines[stop - 1].strip(" \t"):
        stop -= 1
    raw = data.split(b"\n")
    start = sum(len(line) + 1 for line in raw[: section.start])
    end = start + sum(len(line) + 1 for line in raw[section.start : stop]) - 1
    if section.start == 0 and data.startswith(BOM):
        start += len(BOM)
    return start, end - raw[stop - 1].endswith(b"\r")


# --- a card edited --------------------------------------------------------------------------------


def replace_card(path: Path, parsed: bytes, card: Card | str, markdown: str) -> bytes:
    """Write a card's edited Markdown into its file, and return the file's bytes.

    `parsed` are the bytes that the editing started from. If the file changed meanwhile, the card is found again by its
    id; CardChangedError if it differs there (to write over it all the same, give `current` as `parsed`). DeckError, and
    nothing written, if the text is not one card with the same id, or has a problem. Line ends become those of the file.
    """
    family = family_of(card)
    current = read_file(path)
    try:
        start, end = card_span(current, family)
    except CardGoneError as error:
        raise CardGoneError(f"{path}: {error}") from error
    if current != parsed and current[start:end] != parsed[slice(*card_span(parsed, family))]:
        raise CardChangedError(f"{path}: card {family!r} was changed by another program; choose one", current)
    written = markdown.replace("\r\n", "\n").strip("\n")
    if written == current[start:end].decode().replace("\r\n", "\n"):
        return current
    line_end = "\r\n" if b"\r\n" in (current[start:end] if b"\n" in current[start:end] else current) else "\n"
    try:
        new = current[:start] + written.replace("\n", line_end).encode() + current[end:]
    except UnicodeEncodeError as error:
        raise DeckError(f"{path}: the text has half a character (a surrogate); delete it") from error
    _check_edit(path, current, new, family, current.count(b"\n", 0, start) + 1, written.count("\n"))
    atomic(path, new, expected=current)
    return new


def _check_edit(path: Path, current: bytes, new: bytes, family: str, line: int, more: int) -> None:
    """Refuse an edit that is not one sound card with the same id, or that touches any other card."""
    before, after = sections_of(clean(current, "").lines).sections, sections_of(clean(new, "").lines).sections
    own = [one for one in parse(new, str(path)).problems if line <= one.line <= line + more]
    edited = next((number for number, section in enumerate(after) if section.start + 1 == line), -1)
    if edited < 0 or len(before) != len(after) or after[edited].level != 2:
        raise DeckError(_refused(path, own, line, "the text is not one card; give it one '##' heading, its first line"))
    name = after[edited].id
    if name != family:
        raise DeckError(f"{path}:{line}: the id would be {name!r}; write {{#{family}}} at the end of the heading")
    for number, (old, now) in enumerate(zip(before, after, strict=True)):
        if number != edited and (old.level, old.id, old.title) != (now.level, now.id, now.title):
            raise DeckError(_refused(path, own, line, "the text changes other cards; write it into theirs"))
    if own:
        raise DeckError(str(own[0]))


def _refused(path: Path, problems: list[Problem], line: int, otherwise: str) -> str:
    return str(problems[0]) if problems else f"{path}:{line}: {otherwise}"


# --- ids ------------------------------------------------------------------------------------------


def stamp(
    path: Path,
    dry: bool = False,
    *,
    parsed: bytes | None = None,
    only: Collection[str] | None = None,
    taken: Collection[str] = (),
) -> list[tuple[int, str]]:
    """Write an id into the heading of each card that has none; return the lines and ids. `dry` writes nothing.

    The id is the one the card already goes by, its heading's slug, with a number where another card of the file or one
    of `taken` has it. `only` limits this to some ids. With `parsed`, DeckError unless the file still holds these bytes.
    """
    data = read_file(path)
    if parsed is not None and data != parsed:
        raise DeckError(f"{path}: was changed by another program meanwhile; nothing was written, try again")
    text = clean(data, str(path))
    if not text.lines:
        raise DeckError(str(text.problems[0]))
    outline = sections_of(text.lines)
    if not any(section.level == 1 for section in outline.sections):
        raise DeckError(f"{path}:1: no '# ' heading names the deck; write '# Title' above the first card")
    used = {*taken, *(section.title.id for section in outline.cards())}
    raw = data.decode().split("\n")
    stamped: list[tuple[int, str]] = []
    for section in outline.cards():
        title = section.title
        chosen = only is None or (section.id in only and section.twin < 0)
        if title.id or title.faults or not title.text or not chosen:
            continue
        name = free(section.id, used)
        used.add(name)
        raw[section.start] = _with_id(raw[section.start], text.lines[section.start], name)
        stamped.append((section.start + 1, name))
    if stamped and not dry:
        atomic(path, "\n".join(raw).encode(), expected=data)
    return stamped


def _with_id(raw: str, line: str, name: str) -> str:
    """A heading's line with an id; `line` is the same without what is left out when a deck is read."""
    hashes = _HASHES.match(line)
    assert hashes is not None
    rest = line[hashes.end() :]
    heading = heading_text(rest)
    place = attribute_place(heading)
    at = hashes.end() + rest.index(heading) + (len(heading) if place is None else place)
    kept = [n for n, one in enumerate(raw) if not (CONTROL.match(one) or (n == 0 and one == "\ufeff"))]
    position = kept[at - 1] + 1
    inserted = f" {{#{name}}}" if place is None else f"#{name} "
    return raw[:position] + inserted + raw[position:]


# --- files ----------------------------------------------------------------------------------------


def with_folder(path: Path) -> Path:
    """The path, after its folder was made where there was none; DeckError where that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    return path


def atomic(path: Path, data: bytes, *, expected: bytes | None = None) -> None:
    """Write a file so that it is the old one or the new one at any moment, also after a power cut.

    A link is followed, its target written; permissions stay. With `expected`, DeckError unless the file still holds
    these bytes. DeckError, and nothing changed, where the file or its folder is read-only or the disk is full.
    """
    target = Path(os.path.realpath(path))
    temporary: Path | None = None
    try:
        status = target.stat() if target.exists() else None
        if status is not None and not os.access(target, os.W_OK):
            raise PermissionError(13, "read-only")
        descriptor, temporary = _beside(target)
        with os.fdopen(descriptor, "wb") as file:
            if status is not None:
                _take_over(descriptor, status)
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        if expected is not None and read_file(target) != expected:
            raise DeckError(f"{path}: was changed by another program meanwhile; nothing was written, try again")
        os.replace(temporary, target)  # noqa: PTH105 - the name of the guarantee
        temporary = None
        _sync_folder(target.parent)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_all(changes: Sequence[tuple[Path, bytes, bytes]]) -> None:
    """Write all these files, each from what it was before to what comes after; where one cannot be, none of them."""
    written: list[tuple[Path, bytes, bytes]] = []
    try:
        for file, before, after in changes:
            atomic(file, after, expected=before)
            written.append((file, before, after))
    except BaseException:
        for file, before, after in written:
            atomic(file, before, expected=after)
        raise


def _beside(target: Path) -> tuple[int, Path]:
    """A new file in the same folder, under a name that no deck has."""
    for number in count():
        path = target.with_name(f".studyapp-{number}.tmp")
        try:
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666), path
        except FileExistsError:
            continue
    raise AssertionError


def _take_over(descriptor: int, status: os.stat_result) -> None:
    """Give the new file the permissions, and as far as allowed the owner, of the old one."""
    if os.name != "posix":
        return
    made = os.fstat(descriptor)
    if (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, status.st_uid, status.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(status.st_mode))


def _sync_folder(folder: Path) -> None:
    """Make the new name durable too; Windows cannot open a folder, and does not need it."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
