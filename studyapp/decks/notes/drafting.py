"""From lecture notes to a draft deck: a proposal for each item with its source line, and what was not drafted.

A proposal is a sound card at once: it can be accepted as it is, mended in seconds, or thrown away. Where no sensible
question can be made of an item, the card asks what the notes say, and its answer is what they say.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from studyapp.decks.notes.kinds import NoteKind
from studyapp.decks.notes.lines import LeftOut
from studyapp.decks.notes.literal import inline
from studyapp.decks.notes.reading import Item, Notes
from studyapp.decks.notes.telling import counted_words
from studyapp.decks.notes.wording import Texts, answer_of, gapped, is_general, is_judging, page_note, part_title
from studyapp.decks.slugs import slug
from studyapp.model import DRAFT

TODO, PAPER = "todo", "paper"
ID_WORDS = 12


@dataclass(frozen=True, slots=True)
class Proposal:
    """A drafted card: `lines` are those of the notes that it was made of, `mark` stands for their text."""

    id: str
    kind: NoteKind
    part: str
    lines: tuple[int, ...]
    tags: tuple[str, ...]
    markdown: str
    mark: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """All that came of some notes. Each line of theirs that is not blank is in one of three places.

    It is among the lines of proposals, or in `heads`: the title, a part or a head; or in `left_out`. `empty` are
    sections with nothing under them, `skipped` the pages between the ranges at sections' heads. `known` counts the
    items that were proposed before.
    """

    title: str
    proposals: tuple[Proposal, ...]
    heads: tuple[int, ...]
    left_out: tuple[LeftOut, ...]
    empty: tuple[tuple[int, str], ...] = ()
    skipped: tuple[tuple[int, int], ...] = ()
    known: int = 0

    @property
    def kinds(self) -> Mapping[str, int]:
        """How many proposals there are of each kind, the most frequent first."""
        return dict(Counter(one.kind.value for one in self.proposals).most_common())

    def markdown(self, *, whole: bool = True) -> str:
        """The deck, or without its heading what is to be written below a deck."""
        pieces = [f"# {part_title(self.title)}"] if whole else []
        part = "" if whole else None
        for one in self.proposals:
            if one.part != part:
                part = one.part
                pieces.append(f"# {part_title(part or self.title)}")
            pieces.append(one.markdown)
        return "\n\n".join(pieces) + "\n"


def draft(notes: Notes, name: str, taken: Container[str], *, known: Collection[str] = ()) -> Drafted:
    """Draft cards from notes that lie in a file of this name.

    No id is among `taken`. Items whose text has one of the `known` marks are not proposed again.
    """
    title = notes.title or re.sub(r"[_\s]+", " ", name.rpartition(".")[0] or name).strip() or "Notes"
    everything = [one for item in notes.items for one in item.whole()]
    heads = [one.text if one.kind in (NoteKind.SECTION, NoteKind.LIST) else one.term for one in everything]
    work = _Drafting(name, title, taken, known, counted_words((one.text for one in everything), heads))
    if notes.title_line:
        work.heads.add(notes.title_line)
    for item in notes.items:
        work.take(item, _Place())
    proposed = {line for one in work.proposals for line in one.lines} | work.known_lines
    kept = work.heads - proposed
    placed = proposed | kept
    left = [*notes.left_out, *(one for one in work.left_out if one.line not in placed)]
    return Drafted(
        title,
        tuple(work.proposals),
        tuple(sorted(kept)),
        tuple(sorted({one.line: one for one in reversed(left)}.values(), key=lambda one: one.line)),
        tuple(work.empty),
        tuple(_skipped(notes.items)),
        work.known_items,
    )


def mark_of(texts: Sequence[str]) -> str:
    """What stands for a source text: 16 hexadecimal digits; blanks and capitals make no difference."""
    words = " ".join(" ".join(texts).casefold().split())
    return hashlib.sha256(words.encode(errors="replace")).hexdigest()[:16]


def _skipped(items: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """The pages that no section has, between those that have some."""
    ranges = [one.pages for item in items for one in item.whole() if one.pages is not None]
    last = None
    for first, end in ranges:
        if last is not None and first > last + 1:
            yield last + 1, first - 1
        last = max(end, last or end)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an item stands: the part, the heads above it from the outermost on, the pages of its section."""

    part: str = ""
    path: tuple[tuple[str, bool], ...] = ()
    pages: tuple[int, int] | None = None

    def below(self, head: str, *, section: bool = False) -> _Place:
        return _Place(self.part, (*self.path, (head, section)), self.pages)


@dataclass(slots=True)
class _Drafting:
    """Notes on their way to proposals."""

    name: str
    title: str
    taken: Container[str]
    known: Collection[str]
    often: Mapping[str, int]
    proposals: list[Proposal] = field(default_factory=list)
    heads: set[int] = field(default_factory=set)
    left_out: list[LeftOut] = field(default_factory=list)
    empty: list[tuple[int, str]] = field(default_factory=list)
    known_lines: set[int] = field(default_factory=set)
    known_items: int = 0
    _numbers: dict[str, int] = field(default_factory=dict)
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)
    _prompts: set[str] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)

    # --- walking ----------------------------------------------------------------------------------

    def take(self, item: Item, place: _Place) -> None:
        """Draft an item and what stands below it."""
        match item.kind:
            case NoteKind.SECTION:
                self.take_section(item, place)
            case NoteKind.LIST:
                self.take_list(item, place)
            case NoteKind.QUESTION:
                self.propose(item, place, list(item.whole()))
            case _:
                self.propose(item, place, [item])
                below = place.below(item.term or item.text) if item.children else place
                for child in item.children:
                    self.take(child, below)

    def take_section(self, item: Item, place: _Place) -> None:
        """A section makes a part; one of questions belongs to the part that it stands in."""
        self.heads.update(item.lines)
        if not item.children:
            self.empty.append((item.lines[0], item.text))
        below = place
        if not item.quiz:
            below = _Place(item.text, (*place.path, (item.text, True)), item.pages or place.pages)
        short = [] if item.quiz else [child for child in item.children if _is_short(child)]
        self.take_below(item, short, below, below)

    def take_list(self, item: Item, place: _Place) -> None:
        """A head asks for what is short below it, and for the names of the rest; the longer ones are drafts.

        One that no card below it tells of, as it has a single head there, asks for that one.
        """
        self.heads.update(item.lines)
        named = 0 if is_judging(item.text) else sum(_is_named(child) for child in item.children)
        short = [] if item.quiz else _short_ones(item.children)
        wanted = short or (named > 1 and not item.quiz)
        below = place if item.quiz else place.below(item.text)
        at = len(self.proposals)
        self.take_below(item, short, place if wanted else None, below)
        untold = Texts.of(((item.text, False),), "").head not in self._told
        if untold and named and not (wanted or item.quiz or is_general(item.text)):
            self.propose_list(item, (), place)
            self.proposals[at:] = sorted(self.proposals[at:], key=lambda one: one.lines)

    def take_below(self, item: Item, short: Sequence[Item], listed: _Place | None, below: _Place) -> None:
        """A list of what is short under a head, where one is wanted; all the rest by itself."""
        if listed is not None and (short or item.kind is NoteKind.LIST):
            self.propose_list(item, short, listed)
        in_list = set(map(id, short))
        for child in item.children:
            if id(child) not in in_list:
                self.take(child, below)

    def propose_list(self, item: Item, short: Sequence[Item], place: _Place) -> None:
        """A card that asks for what is short under a head, and for the names of the rest."""
        told, in_list = not is_judging(item.text), set(map(id, short))
        whole = tuple(child for child in item.children if id(child) in in_list or (told and _is_named(child)))
        asked = Item(NoteKind.LIST, item.text, item.lines, whole, todo=item.todo)
        self.propose(asked, place, [item, *short])

    # --- proposing --------------------------------------------------------------------------------

    def propose(self, item: Item, place: _Place, used: Sequence[Item]) -> None:
        """Write a card for an item, unless it was proposed before; `used` are the items whose lines it takes."""
        lines = tuple(sorted({line for one in used for line in one.lines}))
        mark = mark_of([f"{one.term} {one.text}" for one in used])
        texts = Texts.of([head for head in place.path if head[0]], self.title)
        written = answer_of(item, texts) or gapped(item, texts, self.often) or texts.said(item)
        for name in {texts.head, texts.above} - self._told:
            if inline(name).casefold() in written.prompt.casefold():
                self._told.add(name)
        if mark in self.known:
            self.known_items += 1
            self.known_lines.update(lines)
            return
        first = self._seen.get((mark, texts.label))
        if first is not None:
            self.left_out += [LeftOut(line, item.text, f"the same as line {first}") for line in lines if line != first]
            return
        self._seen[mark, texts.label] = lines[0]
        prompt = written.prompt
        if prompt in self._prompts and not written.cloze:
            prompt = texts.told_apart(item)
        self._prompts.add(prompt)
        tags = [DRAFT, *[TODO] * (item.todo or written.unanswered), *[PAPER] * (item.kind is NoteKind.PAPER)]
        words = "formula" if item.kind is NoteKind.FORMULA else f"{item.term} {item.text}"
        general = item.kind is NoteKind.FORMULA or (item.kind is NoteKind.LIST and is_general(item.text))
        identity = self.identity(f"{texts.label} {words}" if general else words)
        heading = f"## {prompt} {{#{identity} {' '.join(f'.{tag}' for tag in tags)}}}"
        source = f"Source: {self.where(lines[0], place)}"
        markdown = "\n\n".join(piece for piece in (heading, written.body, source) if piece)
        self.proposals.append(Proposal(identity, item.kind, place.part, lines, tuple(tags), markdown, mark))

    def where(self, line: int, place: _Place) -> str:
        """The place in the notes, as the card's source."""
        return f"{Texts.plain(self.name)}, line {line}{page_note(place.pages)}"

    def identity(self, text: str) -> str:
        """An id made of the first words, which no other card has."""
        base = slug(" ".join(text.split()[:ID_WORDS])) or "card"
        number = self._numbers.get(base, 0)
        while True:
            number += 1
            name = base if number == 1 else f"{base}-{number}"
            if name not in self._numbers and name not in self.taken:
                self._numbers[base] = number
                self._numbers.setdefault(name, 1)
                return name


MOST_SHORT_WORDS, MOST_LIST_WORDS = 8, 45


def _is_short(item: Item) -> bool:
    """Whether an item is told well enough in a list: a few words with nothing below them."""
    return _is_plain(item) and len(item.text.split()) <= MOST_SHORT_WORDS


def _is_plain(item: Item) -> bool:
    return item.kind is NoteKind.STATEMENT and not item.children and not item.todo and "$" not in item.text


def _short_ones(items: Sequence[Item]) -> list[Item]:
    """Those of a head's items that a list tells well enough: all, if there are few words in all of them together."""
    plain = all(_is_plain(one) for one in items)
    if plain and len(items) <= 7 and sum(len(one.text.split()) for one in items) <= MOST_LIST_WORDS:
        return list(items)
    return [one for one in items if _is_short(one)]


def _is_named(item: Item) -> bool:
    """Whether an item has a name that a list can tell: a term, or a head of others."""
    return bool(item.term) or (item.kind is NoteKind.LIST and not is_general(item.text))
