"""Draft cards: made of notes into a deck of the learner's own, then accepted or thrown away one by one.

What has been proposed once for a deck is not proposed for it again, whether it was accepted, changed, moved or thrown
away: marks of the source texts are kept beside the decks, in `.drafted`. Without the deck they do not count.
"""

from __future__ import annotations

import codecs
import re
import stat
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studyapp.decks import DeckError, atomic, parse, read_file
from studyapp.decks.clean import clean
from studyapp.decks.errors import unreadable
from studyapp.decks.folder import is_deck_name
from studyapp.decks.headings import retitled
from studyapp.decks.notes.drafting import Drafted, draft
from studyapp.decks.notes.reading import read_notes
from studyapp.decks.sections import sections_of
from studyapp.decks.slugs import slug
from studyapp.decks.writing import with_folder, write_all
from studyapp.editing import Edit, Editing
from studyapp.model import DRAFT, Card
from studyapp.store import Store

FOLDER = "drafts"
MARKS = ".drafted"
"""The folder, below the learner's decks, with a file of marks for each deck of drafts."""
LARGEST = 2_000_000
"""Bytes of a file of notes: a term's lectures have a tenth of it."""

_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f]")
_MOST_OF_NAME = 60


# --- reading notes --------------------------------------------------------------------------------


def read_notes_file(path: Path, encoding: str = "") -> str:
    """The text of a file of notes: UTF-8, or UTF-16 with its mark, or in the encoding named.

    DeckError, in one line with what to do, for a file that is missing, none, empty, too large, or no text.
    """
    data = _bytes(path)
    named = encoding or _encoding_of(data)
    try:
        if b"\0" in data and not encoding and named != "utf-16":
            line = data.count(b"\n", 0, data.index(b"\0")) + 1
            remedy = "give notes as text; for UTF-16 without its mark, --encoding utf-16-le"
            raise DeckError(f"{path}: is binary, there is a zero byte on line {line}; {remedy}")
        text = data.decode(codecs.lookup(named).name).removeprefix("\ufeff")
    except LookupError:
        raise DeckError(
            f"{path}: there is no encoding of text {encoding!r}; try --encoding cp1252, or leave it out"
        ) from None
    except UnicodeError as error:
        raise _undecodable(path, data, named, error) from None
    if not text.strip():
        raise DeckError(f"{path}: is empty; write notes into it, or give another file")
    if control := _CONTROL.search(text.replace("\0", "\x01")):
        line = text.count("\n", 0, control.start()) + 1
        code = ord(text[control.start()])
        remedy = "if it was saved by Windows, try --encoding cp1252" if 0x80 <= code < 0xA0 else "delete it"
        raise DeckError(f"{path}: line {line} has the control character U+{code:04X}, which is no text; {remedy}")
    return text


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DeckError(f"{path}: is a folder; give one file of notes, .md or .txt")
        if not stat.S_ISREG(status.st_mode):
            raise DeckError(f"{path}: is not a regular file; give a file of notes, .md or .txt")
        if status.st_size > LARGEST:
            size = f"{status.st_size / 1e6:.1f} MB, and {LARGEST / 1e6:.0f} MB is the most"
            raise DeckError(f"{path}: has {size}; split it, as by lectures")
        return path.read_bytes()
    except FileNotFoundError:
        raise DeckError(f"{path}: does not exist; give a file of notes, .md or .txt") from None
    except ValueError:
        raise DeckError(f"{path!r}: is no name of a file; give a file of notes, .md or .txt") from None
    except OSError as error:
        raise unreadable(path, error) from error


def _encoding_of(data: bytes) -> str:
    return "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"


def _undecodable(path: Path, data: bytes, encoding: str, error: UnicodeError) -> DeckError:
    start = error.start if isinstance(error, UnicodeDecodeError) else 0
    line = data.count(b"\n", 0, start) + 1
    byte = f"byte 0x{data[start]:02X}" if start < len(data) else "the end"
    remedy = "save it as UTF-8, or say what it is, as in --encoding cp1252"
    return DeckError(f"{path}: {byte} on line {line} is not {encoding.upper()}; {remedy}")


# --- what is written ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a file of notes. `deck` is the deck's path, `file` where it lies; `new`: it did not exist before."""

    drafted: Drafted
    deck: str
    file: Path
    new: bool


def deck_name(notes: Path, wanted: str = "") -> str:
    """The path of the deck for some notes, below the learner's decks; DeckError for a name that is no plain one."""
    name = wanted.removesuffix(".md")
    if not wanted:
        name = slug(notes.stem)[:_MOST_OF_NAME] or "notes"
    if not is_deck_name(f"{name}.md"):
        raise DeckError(f"{wanted!r}: is no name for a deck; give one such as lesson-1.md, without a folder")
    return f"{FOLDER}/{name}.md"


class _Either(Container[str]):
    """Ids that a file has, and those of all decks."""

    def __init__(self, some: set[str], others: Container[str]) -> None:
        self._some, self._others = some, others

    def __contains__(self, name: object) -> bool:
        return name in self._some or name in self._others


def _drafted(path: Path, encoding: str, taken: Container[str], known: Iterable[str]) -> Drafted:
    drafted = draft(read_notes(read_notes_file(path, encoding)), path.name, taken, known=frozenset(known))
    if not drafted.proposals and not drafted.known:
        raise DeckError(f"{path}: nothing in it can be drafted; give notes with sentences, lists or questions")
    return drafted


def _marks(file: Path) -> tuple[str, ...]:
    return tuple(read_file(file).decode(errors="replace").split()) if file.exists() else ()


def _below(current: bytes, drafted: Drafted, file: Path) -> bytes:
    """A deck's bytes with the new drafts below; DeckError where what it has would hide or change them."""
    line_end = "\r\n" if b"\r\n" in current else "\n"
    text = drafted.markdown(whole=False).replace("\n", line_end)
    data = current.rstrip(b" \t\r\n") + (2 * line_end + text).encode()
    there = {card.family for card in parse(data, "").cards}
    if any(one.id not in there for one in drafted.proposals):
        raise DeckError(
            f"{file}: what it has hides cards below it; see `studyapp check {file}`, or name another --deck"
        )
    return data


# --- the drafts of a learner ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Act:
    """Something done to drafts: the files before and after it, and a card taken out, to be written again."""

    what: str
    files: tuple[tuple[Path, bytes, bytes], ...]
    cards: tuple[Card, ...]
    removed: Edit | None = None


@dataclass(slots=True)
class Drafts:
    """The drafts of a learner whose decks lie in `folder`; `changed` has the decks read again.

    All of it raises DeckError, and nothing is changed then.
    """

    folder: Path
    editing: Editing
    store: Store
    changed: Callable[[], None]
    _acts: list[_Act] = field(default_factory=list)

    # --- made of notes ----------------------------------------------------------------------------

    def preview(self, notes: Path, *, deck: str = "", encoding: str = "") -> Written:
        """What would be drafted from a file of notes, into a deck that is not there yet."""
        name = deck_name(notes, deck)
        return Written(_drafted(notes, encoding, self.store.families(), ()), name, self.folder / name, True)

    def write(self, notes: Path, *, deck: str = "", encoding: str = "") -> Written:
        """Draft cards from a file of notes into a deck of the learner's; one that is there gets only what is new.

        Whatever the deck has already stays as it is, byte for byte.
        """
        name = deck_name(notes, deck)
        file, marks = self.folder / name, self.folder / MARKS / f"{Path(name).stem}.txt"
        current = read_file(file) if file.exists() else None
        known = _marks(marks) if current is not None else ()
        headings = {one.id for one in sections_of(clean(current, "").lines).cards()} if current is not None else set()
        drafted = _drafted(notes, encoding, _Either(headings, self.store.families()), known)
        if drafted.proposals:
            data = _below(current, drafted, file) if current is not None else drafted.markdown().encode()
            atomic(with_folder(file), data, expected=current)
            lines = "\n".join(sorted({*known, *(one.mark for one in drafted.proposals)}))
            try:
                atomic(with_folder(marks), f"{lines}\n".encode())
            except BaseException:  # without them the next run would propose the same once more
                if current is None:
                    file.unlink()
                else:
                    atomic(file, current, expected=data)
                raise
            self.changed()
        return Written(drafted, name, file, current is None)

    # --- accepted or thrown away ------------------------------------------------------------------

    def cards(self) -> list[Card]:
        """The drafts in the order of the decks, of a cloze text the first of its cards."""
        return list({(card.deck, card.family): card for card in reversed(self.store.drafts())}.values())[::-1]

    def current(self, cards: Sequence[Card]) -> list[Card]:
        """Those of these cards that are drafts still, after the files were read anew; DeckError if none is."""
        self.changed()
        there = {(card.deck, card.family): card for card in self.cards()}
        found = [there[card.deck, card.family] for card in cards if (card.deck, card.family) in there]
        if not found:
            raise DeckError(f"{cards[0].family} is no draft any more; its deck was changed or deleted meanwhile")
        return found

    def accept(self, cards: Sequence[Card]) -> int:
        """Take the tag out of the headings of these drafts, which are new from then on; how many had it there."""
        cards = self.current(cards)
        changes: list[tuple[Path, bytes, bytes]] = []
        number = 0
        for deck in dict.fromkeys(card.deck for card in cards):
            file = self.editing.decks.file(deck)
            before = read_file(file)
            wanted = {card.family for card in cards if card.deck == deck}
            inherited = {one.family for one in parse(_accepted(before, wanted)[0], "").cards if DRAFT in one.tags}
            after, headings = _accepted(before, wanted - inherited)
            if headings:
                changes.append((file, before, after))
                number += headings
        if not changes:
            raise DeckError(f"{self.why_inherited(cards[0])}")
        write_all(changes)
        self._acts.append(_Act("accepted", tuple(changes), tuple(cards)))
        self.changed()
        return number

    def why_inherited(self, card: Card) -> str:
        """What to do about a draft whose tag stands at its part or deck."""
        file = self.editing.decks.file(card.deck)
        return (
            f"{file}: a whole part or deck has the tag {DRAFT!r}; take it out of its tags there, and its cards are new"
        )

    def discard(self, card: Card) -> None:
        """Take a draft out of its deck; its text is kept beside the decks."""
        (card,) = self.current([card])
        self._acts.append(_Act("thrown away", (), (card,), self.editing.remove(card)))
        self.changed()

    def put_back(self) -> str:
        """Undo what was last accepted or thrown away, and say in a few words what it was; "" where there is nothing.

        Where the file was changed meanwhile, a card that was thrown away goes to the end of its deck, and those that
        were accepted get their tag again; DeckError, once, where none of them is in its deck any more.
        """
        if not self._acts:
            return ""
        act = self._acts[-1]
        if act.removed is not None:
            self.editing.put_back(act.removed)
        elif all(file.exists() and read_file(file) == after for file, _, after in act.files):
            write_all([(file, after, before) for file, before, after in act.files])
        else:
            self.changed()
            again = [card for card in act.cards if (one := self.store.card(card.id)) and one.deck == card.deck]
            if not again:
                self._acts.pop()
                raise DeckError(f"{act.cards[0].family} is in no deck any more, and cannot be a draft again")
            for card in again:
                self.editing.tag(card, (*self.editing.tags(card), DRAFT))
        self._acts.pop()
        self.changed()
        return f"{act.what}: {act.cards[0].family if len(act.cards) == 1 else f'{len(act.cards)} cards'}"


def _accepted(data: bytes, families: Container[str]) -> tuple[bytes, int]:
    """A deck's bytes without the tag in these cards' headings, and how many had it; all else stays as it is."""
    lines = data.split(b"\n")
    number = 0
    for section in sections_of(clean(data, "").lines).cards():
        if section.id in families and section.twin < 0 and DRAFT in section.title.tags:
            kept = [tag for tag in section.title.tags if tag != DRAFT]
            lines[section.start] = retitled(lines[section.start].decode(), tags=kept).encode()
            number += 1
    return b"\n".join(lines), number
