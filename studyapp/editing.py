"""Cards written from within the app: new, edited, copied, moved, tagged, taken out.

Only the learner's own folder is ever written to. A shipped deck is copied there before its first edit, and shadows the
shipped one from then on; how it came is kept beside it, so that a newer shipped deck can be told.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path

from studyapp.decks import DeckError, atomic, card_source, parse, read_file, replace_card
from studyapp.decks.cards import Surroundings
from studyapp.decks.errors import unwritable
from studyapp.decks.folder import is_deck_name
from studyapp.decks.headings import read_heading, retitled
from studyapp.decks.parser import parse_card, surroundings
from studyapp.decks.placing import card_above, families, insert_card, inserted, remove_card, without_card
from studyapp.decks.settings import TAG
from studyapp.decks.slugs import free, slug
from studyapp.decks.writing import with_folder, write_all
from studyapp.model import DRAFT, SEALED, Asked, Card, Problem, SimulationLink
from studyapp.owndecks import OwnDecks
from studyapp.samples import BASIC, left_of_sample

UNSAVED = ".unsaved"
"""The folder, below the learner's decks, with texts that are being written."""
TAKEN = ".taken"
"""The folder, below the learner's decks, with the texts of cards that were taken out."""
_NEW = Surroundings("")
_LONGEST_NAME = 100
"""Characters of an id that name a file: an id has no limit, and a file's name has."""
_ASKING = {SEALED, DRAFT}
"""Tags that say whether a card is asked at all."""
_SETTINGS = re.compile(r"^(`{3,}|~{3,})toml[ \t]*\r?\n(.*?)^\1", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Edit:
    """A card's Markdown while it is written; `card` is empty for a new one, which goes below the card `after`.

    `parsed` are the file's bytes when it was begun, and `around` is what the card has there from its part and deck.
    """

    deck: str
    card: str
    markdown: str
    parsed: bytes = b""
    after: str = ""
    around: Surroundings = _NEW


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to decks, in words, and each file before, None where there was none, and after it."""

    at: datetime
    what: str
    files: tuple[tuple[str, bytes | None, bytes], ...]
    taken_out: Edit | None = None


class Editing:
    """The decks of a learner, to be written to; `own` is their folder, `shipped` that of the decks that came along.

    `taken` are the ids that all decks have, `written` is called after each change, and `now` tells the time. `acts` can
    be undone, the last one first. All of it raises DeckError, and nothing is written then, where a file cannot be read
    or written.
    """

    def __init__(
        self,
        own: Path,
        shipped: Path,
        *,
        taken: Container[str],
        written: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self._own, self._taken, self._written, self._now = own, taken, written, now
        self.decks = OwnDecks(own, shipped)
        self._changed: list[tuple[str, bytes | None, bytes]] = []
        self.acts: list[Act] = []

    def begin(self, card: Card) -> Edit:
        """A card's Markdown as it stands in its file."""
        data = read_file(self.decks.file(card.deck))
        around = surroundings(data, card.deck, card.family)
        return Edit(card.deck, card.family, card_source(data, card), data, around=around)

    def begin_new(self, deck: str, after: Card | None = None) -> Edit:
        """The beginning of a new card, below another one or at the end of a deck, which may be a new file."""
        file, above = self.decks.file(deck), after.family if after is not None else ""
        data = read_file(file) if file.exists() else b""
        return Edit(deck, "", BASIC, data, above, surroundings(data, deck, above))

    def begin_copy(self, card: Card) -> Edit:
        """A new card with the text of another, to stand below it; it gets an id of its own when it is saved."""
        original = self.begin(card)
        return replace(original, card="", markdown=_retitled(original.markdown, identity=""), after=card.family)

    def look(self, edit: Edit, markdown: str) -> tuple[tuple[Card, ...], tuple[Problem, ...]]:
        """The cards that a text would be in its place, and what keeps it from being saved, by its own lines from 1."""
        cards, wrong = parse_card(markdown, edit.around)
        if not wrong and not edit.card and (line := left_of_sample(markdown)):
            wrong = (Problem(edit.deck, line, "", "the sample is still there", "write your own words in its place"),)
        if not wrong and cards[0].prompt.startswith("#"):
            wrong = (Problem(edit.deck, 1, "", "the heading begins with # twice", "delete one of them"),)
        if not wrong:
            name = cards[0].family
            if edit.card and name != edit.card:
                wrong = (_wrong_id(name, f"would be {name!r}", f"write {{#{edit.card}}} at the end of the heading"),)
            elif not edit.card and cards[0].stamped and name in self._taken:
                wrong = (_wrong_id(name, f"{name!r} is another card's", "change it, or leave it out"),)
        return cards, wrong

    @contextmanager
    def _act(self, what: str, taken_out: Edit | None = None) -> Iterator[None]:
        """Something that can be undone as a whole, if it changes a file."""
        self._changed = []
        yield
        if self._changed:
            self.acts.append(Act(self._now(), what, tuple(self._changed), taken_out))

    @contextmanager
    def _writing(self, deck: str) -> Iterator[Path]:
        """The learner's own file, to be written to."""
        own = self._own / deck
        before = read_file(own) if own.exists() else None
        with self.decks.writing(deck) as file:
            yield file
        if own.exists() and (after := read_file(own)) != before:
            self._changed.append((deck, before, after))
        self._written()

    def undo(self) -> str:
        """Take the last act back, all of it or nothing, and say what it was; DeckError if a file changed since.

        A card that was taken out comes back all the same, below the card that was above it or at the file's end. The
        texts of cards that are no more, or are as before, are kept in the folder TAKEN.
        """
        act = self.acts.pop()
        files = {deck: self._own / deck for deck, _, _ in act.files}
        same = all(files[deck].exists() and read_file(files[deck]) == after for deck, _, after in act.files)
        if not same and act.taken_out is not None:
            self.put_back(act.taken_out)
        elif not same:
            raise DeckError(f"{act.files[0][0]}: was changed since, so this is not taken back: {act.what}")
        else:
            for _, before, after in act.files:
                for name, text in _texts(after).items() - _texts(before or b"").items():
                    self._keep(name, text.encode() + b"\n")
            write_all([(files[deck], after, before) for deck, before, after in act.files if before is not None])
            for deck, before, _ in act.files:
                if before is None:
                    self.decks.forget(deck)
            self._written()
        return act.what

    def save(self, edit: Edit, markdown: str) -> str:
        """Write the card; return its id, for a new one its heading's slug, with a number where another card has that.

        CardChangedError where another program changed the card meanwhile.
        """
        written = markdown.strip("\r\n")
        if edit.card and written == edit.markdown:
            return edit.card
        cards, wrong = self.look(edit, markdown)
        if wrong:
            raise DeckError(f"line {wrong[0].line}: {wrong[0].what}; {wrong[0].remedy}".removesuffix("; "))
        if edit.card:
            with self._act(f"the edit of {edit.card}"), self._writing(edit.deck) as file:
                replace_card(file, edit.parsed, edit.card, markdown)
            return edit.card
        name = cards[0].family if cards[0].stamped else free(slug(cards[0].prompt), self._taken)
        with self._act(f"the new card {name}"), self._writing(edit.deck) as file:
            stamped = markdown if cards[0].stamped else _retitled(written, identity=name)
            insert_card(file, stamped, after=edit.after or None)
        return name

    def move(self, card: Card, wanted: str, decks: Sequence[str]) -> str:
        """Move a card to the end of the deck that is wanted, one of `decks` or a new one; return its path.

        It is written there, then taken out of its own: a crash between the two leaves it twice, and `check` tells.
        """
        deck = named(wanted, decks)
        if deck == card.deck:
            raise DeckError(f"{card.family} is in {deck} already; name another deck")
        edit = self.begin(card)
        markdown = edit.markdown
        moving = self._act(f"moving {card.family} to {deck}")
        with moving, self._writing(card.deck) as source, self._writing(deck) as target:
            moved = _in_deck(card, inserted(target, markdown), deck)
            if card.source and card.source != moved.source:
                markdown = f"{markdown}\n\nSource: {card.source}"
                moved = _in_deck(card, inserted(target, markdown), deck)
            for what, before, after in (
                ("simulation", card.simulation, moved.simulation),
                ("answer", card.answer, moved.answer),
                ("source", card.source, moved.source),
                ("tags", {*card.tags} & _ASKING, {*moved.tags} & _ASKING),
            ):
                if _without_line(before) != _without_line(after):
                    raise DeckError(
                        f"{card.family}: its {what} would not be the same in {deck}; write it into the card first"
                    )
            new = insert_card(target, markdown)
            try:
                remove_card(source, edit.parsed, card)
            except DeckError:
                remove_card(target, new, card)
                raise
        return deck

    def attach(self, card: Card, simulation: str) -> None:
        """Let a card launch a simulation: write it into the card's settings."""
        edit = self.begin(card)
        self.save(edit, with_simulation(edit.markdown, simulation))

    def tags(self, card: Card) -> tuple[str, ...]:
        """The tags in a card's own heading; those of its part and deck are not among them."""
        heading = self.begin(card).markdown.partition("\n")[0]
        return read_heading(retitled(heading.rstrip("\r"))).tags

    def tag(self, card: Card, tags: Sequence[str]) -> None:
        """Give a card these tags of its own in place of those that it has; those of its part and deck stay."""
        if wrong := next((tag for tag in tags if not TAG.fullmatch(tag)), ""):
            raise DeckError(f"{wrong!r} is no tag: a tag has letters, digits, - and _")
        edit = self.begin(card)
        with self._act(f"the tags of {card.family}"), self._writing(card.deck) as file:
            replace_card(file, edit.parsed, card, _retitled(edit.markdown, tags=tags))

    def remove(self, card: Card) -> Edit:
        """Take a card out of its deck; its text is kept in the folder TAKEN, and can be saved again."""
        edit = self.begin(card)
        self._keep(card.family, edit.markdown.encode() + b"\n")
        taken_out = replace(edit, card="", after=card_above(edit.parsed, card))
        with self._act(f"taking {card.family} out", taken_out), self._writing(card.deck) as file:
            remove_card(file, edit.parsed, card)
        return taken_out

    def _keep(self, name: str, text: bytes) -> None:
        """Write a text into the folder of those taken out, beside older ones of the same name."""
        name = name[:_LONGEST_NAME]
        for number in count(1):
            kept = with_folder(self._own / TAKEN / (f"{name}.md" if number == 1 else f"{name}-{number}.md"))
            if not kept.exists():
                atomic(kept, text)
            if read_file(kept) == text:
                return

    def keep_unsaved(self, edit: Edit, markdown: str) -> None:
        """Keep what is being written, in the folder UNSAVED: it outlives a crash."""
        atomic(with_folder(self._unsaved(edit)), markdown.encode(errors="replace"))

    def unsaved(self, edit: Edit) -> str:
        """What was written of this card and never saved; "" where nothing is kept."""
        kept = self._unsaved(edit)
        return read_file(kept).decode(errors="replace") if kept.exists() else ""

    def forget_unsaved(self, edit: Edit) -> None:
        """It was saved, or is not wanted."""
        kept = self._unsaved(edit)
        try:
            kept.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(kept, error) from error

    def _unsaved(self, edit: Edit) -> Path:
        return self._own / UNSAVED / f"{edit.card[:_LONGEST_NAME] or 'new card'}.md"

    def put_back(self, taken_out: Edit) -> None:
        """Save a card that was taken out where it stood.

        If the file changed meanwhile, it goes below the card that was above it, or else to the file's end.
        """
        file = self._own / taken_out.deck
        self.acts = [act for act in self.acts if act.taken_out is not taken_out]
        current = read_file(file) if file.exists() else b""
        card = self.look(taken_out, taken_out.markdown)[0][0]
        if current == without_card(taken_out.parsed, card):
            atomic(file, taken_out.parsed, expected=current)
            self._written()
        else:
            above = taken_out.after if taken_out.after in families(current) else ""
            self.save(replace(taken_out, after=above), taken_out.markdown)

    @contextmanager
    def in_editor(self, deck: str) -> Iterator[Path]:
        """The learner's own file of a deck, for another program; a shipped one is copied, if it is changed there."""
        with self._writing(deck) as file:
            yield file
        self.decks.forget_unchanged(deck)
        self._written()


def named(wanted: str, decks: Sequence[str]) -> str:
    """The path of the deck that is meant by a path or by a file's name; of a new one, if it can be a deck's."""
    path = wanted if wanted.endswith(".md") else f"{wanted}.md"
    named = [deck for deck in decks if path == deck] or [deck for deck in decks if Path(deck).name == path]
    if len(named) > 1:
        raise DeckError(f"{wanted!r} names several decks; say one of: {', '.join(named)}")
    *folders, name = path.split("/")
    if not named and not (is_deck_name(name) and all(is_deck_name(f"{folder}.md") for folder in folders)):
        raise DeckError(f"{wanted!r} is no name of a deck; give one such as mine.md")
    return named[0] if named else path


def differences(theirs: str, mine: str) -> list[str]:
    """The lines that only one of two texts has, in order: `-` before those of the first, `+` before the second's."""
    lines = difflib.ndiff(theirs.splitlines(), mine.splitlines())
    return [line for line in lines if line[0] in "-+" and line[2:].strip()]


def _wrong_id(card: str, what: str, remedy: str) -> Problem:
    return Problem("", 1, card, f"the id {what}", remedy)


def _texts(data: bytes) -> dict[str, str]:
    """The Markdown of each card of a file, by its id."""
    return {family: card_source(data, family) for family in families(data)}


def _in_deck(card: Card, data: bytes, deck: str) -> Card:
    return next(one for one in parse(data, deck).cards if one.id == card.id)


def _without_line(settings: object) -> object:
    """What a card's settings say, wherever they stand."""
    return replace(settings, line=0) if isinstance(settings, SimulationLink | Asked) else settings


def with_simulation(source: str, simulation: str) -> str:
    """A card's Markdown with a `[simulation]` table, in its settings or in new ones."""
    table = f'[simulation]\nname = "{simulation}"\n'
    found = _SETTINGS.search(source)
    if found is None:
        return f"{source}\n\n```toml\n{table}```"
    return f"{source[: found.end(2)]}\n{table}{source[found.end(2) :]}"


def _retitled(markdown: str, *, identity: str | None = None, tags: Sequence[str] | None = None) -> str:
    """A card's Markdown with other attributes in its heading."""
    heading, *rest = markdown.split("\n", 1)
    return "\n".join([retitled(heading, identity=identity, tags=tags), *rest])
