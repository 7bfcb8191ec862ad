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
from pathlib import Path

from studyapp.decks import DeckError, atomic, card_source, parse, read_file, replace_card
from studyapp.decks.cards import Surroundings
from studyapp.decks.folder import is_deck_name
from studyapp.decks.headings import read_heading, retitled
from studyapp.decks.parser import parse_card, surroundings
from studyapp.decks.placing import card_above, families, insert_card, inserted, remove_card, without_card
from studyapp.decks.slugs import free, slug
from studyapp.decks.writing import with_folder
from studyapp.model import DRAFT, SEALED, Asked, Card, Problem, SimulationLink

CAME = ".came"
"""The folder, below the learner's decks, with shipped decks as they were when they were copied."""
TAKEN = ".taken"
"""The folder, below the learner's decks, with the texts of cards that were taken out."""
TEMPLATE = """## What is asked?

The answer first, in one sentence. Then why it is so.
"""

_NEW = Surroundings("")
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


class Editing:
    """The decks of a learner, to be written to; `own` is their folder, `shipped` that of the decks that came along.

    `taken` are the ids that all decks have, and `written` is called after each change. All of it raises DeckError, and
    nothing is written then, where a file cannot be read or written.
    """

    def __init__(self, own: Path, shipped: Path, *, taken: Container[str], written: Callable[[], None]) -> None:
        self._own, self._shipped, self._taken, self._written = own, shipped, taken, written

    def begin(self, card: Card) -> Edit:
        """A card's Markdown as it stands in its file."""
        data = read_file(self.file(card.deck))
        around = surroundings(data, card.deck, card.family)
        return Edit(card.deck, card.family, card_source(data, card), data, around=around)

    def begin_new(self, deck: str, after: Card | None = None) -> Edit:
        """The beginning of a new card, below another one or at the end of a deck, which may be a new file."""
        file, above = self.file(deck), after.family if after is not None else ""
        data = read_file(file) if file.exists() else b""
        return Edit(deck, "", TEMPLATE, data, above, surroundings(data, deck, above))

    def begin_copy(self, card: Card) -> Edit:
        """A new card with the text of another, to stand below it; it gets an id of its own when it is saved."""
        original = self.begin(card)
        return replace(original, card="", markdown=_retitled(original.markdown, identity=""), after=card.family)

    def look(self, edit: Edit, markdown: str) -> tuple[tuple[Card, ...], tuple[Problem, ...]]:
        """The cards that a text would be in its place, and what keeps it from being saved, by its own lines from 1."""
        cards, wrong = parse_card(markdown, edit.around)
        if not wrong:
            name = cards[0].family
            if edit.card and name != edit.card:
                wrong = (_wrong_id(name, f"would be {name!r}", f"write {{#{edit.card}}} at the end of the heading"),)
            elif not edit.card and cards[0].stamped and name in self._taken:
                wrong = (_wrong_id(name, f"{name!r} is another card's", "change it, or leave it out"),)
        return cards, wrong

    @contextmanager
    def _writing(self, deck: str) -> Iterator[Path]:
        """The learner's own file, to be written to; a shipped one is copied first, and stays if it was changed."""
        own, came, shipped = self._own / deck, self._own / CAME / deck, self._shipped / deck
        copied = not own.exists() and shipped.exists()
        if copied:
            data = read_file(shipped)
            for copy in (came, own):  # the deck last: what shadows the shipped one is whole
                with_folder(copy)
                atomic(copy, data)
        try:
            yield with_folder(own)
        except BaseException:
            if copied:
                self._forget_copy(deck)
            raise
        self._written()

    def _forget_copy(self, deck: str) -> None:
        """Delete the copy of a shipped deck, unless something was written into it."""
        own, came, shipped = self._own / deck, self._own / CAME / deck, self._shipped / deck
        there = all(file.exists() for file in (own, came, shipped))
        if there and read_file(own) == read_file(came) == read_file(shipped):
            own.unlink()
            came.unlink()

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
        name = cards[0].family
        with self._writing(edit.deck) as file:
            if edit.card:
                replace_card(file, edit.parsed, edit.card, markdown)
            elif cards[0].stamped:
                insert_card(file, markdown, after=edit.after or None)
            else:
                name = free(slug(cards[0].prompt), self._taken)
                insert_card(file, _retitled(written, identity=name), after=edit.after or None)
        return name

    def move(self, card: Card, wanted: str, decks: Sequence[str]) -> str:
        """Move a card to the end of the deck that is wanted, one of `decks` or a new one; return its path.

        It is written there, then taken out of its own: a crash between the two leaves it twice, and `check` tells.
        """
        deck = _named(wanted, decks)
        if deck == card.deck:
            raise DeckError(f"{card.family} is in {deck} already; name another deck")
        edit = self.begin(card)
        markdown = edit.markdown
        with self._writing(card.deck) as source, self._writing(deck) as target:
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
        edit = self.begin(card)
        with self._writing(card.deck) as file:
            replace_card(file, edit.parsed, card, _retitled(edit.markdown, tags=tags))

    def remove(self, card: Card) -> Edit:
        """Take a card out of its deck; its text is kept in the folder TAKEN, and can be saved again."""
        edit = self.begin(card)
        kept = with_folder(self._own / TAKEN / f"{card.family}.md")
        atomic(kept, edit.markdown.encode() + b"\n")
        with self._writing(card.deck) as file:
            remove_card(file, edit.parsed, card)
        return replace(edit, card="", after=card_above(edit.parsed, card))

    def put_back(self, taken_out: Edit) -> None:
        """Save a card that was taken out where it stood.

        If the file changed meanwhile, it goes below the card that was above it, or else to the file's end.
        """
        file = self._own / taken_out.deck
        current = read_file(file) if file.exists() else b""
        card = self.look(taken_out, taken_out.markdown)[0][0]
        if current == without_card(taken_out.parsed, card):
            atomic(file, taken_out.parsed, expected=current)
            self._written()
        else:
            above = taken_out.after if taken_out.after in families(current) else ""
            self.save(replace(taken_out, after=above), taken_out.markdown)

    def outdated(self) -> list[Problem]:
        """The copied decks of which the shipped one has changed since."""
        found: list[Problem] = []
        for came in sorted((self._own / CAME).rglob("*.md")):
            name = came.relative_to(self._own / CAME).as_posix()
            shipped = self._shipped / name
            if (
                (self._own / name).exists()
                and shipped.exists()
                and (news := _news(read_file(came), read_file(shipped)))
            ):
                what = f"the deck that came with studyapp has changed since you copied it: {news}"
                remedy = f"see what is new: diff {came} {shipped}; when you have it, copy the second over the first"
                found.append(Problem(name, 0, "", what, remedy))
        return found

    @contextmanager
    def in_editor(self, deck: str) -> Iterator[Path]:
        """The learner's own file of a deck, for another program; a shipped one is copied, if it is changed there."""
        with self._writing(deck) as file:
            yield file
        self._forget_copy(deck)
        self._written()

    def file(self, deck: str) -> Path:
        """Where a deck is read from: the learner's own before a shipped one."""
        own = self._own / deck
        return own if own.exists() else self._shipped / deck


def _named(wanted: str, decks: Sequence[str]) -> str:
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


def _news(before: bytes, after: bytes) -> str:
    """Which cards of a deck differ from how they were; "" where nothing does."""
    old, new = ({card.family: card_source(data, card) for card in parse(data, "").cards} for data in (before, after))
    named = {
        "changed": [name for name in new if name in old and new[name] != old[name]],
        "new": [name for name in new if name not in old],
        "gone": [name for name in old if name not in new],
    }
    told = "; ".join(f"{what} {', '.join(names)}" for what, names in named.items() if names)
    return told or ("what stands around the cards" if before != after else "")


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
