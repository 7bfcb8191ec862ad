"""From a Markdown file to a deck: never an exception, but every problem with its line and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from studyapp.decks.blocks import Fence
from studyapp.decks.cards import Surroundings, read_card
from studyapp.decks.clean import clean
from studyapp.decks.content import never_closed, report_hidden, settings_of
from studyapp.decks.sections import Section, sections_of
from studyapp.decks.settings import Place, Settings
from studyapp.model import Card, Deck, Problem


def parse(data: bytes, path: str) -> Deck:
    """Read one file. `path` is relative to its decks folder, with `/`, and only names the deck.

    Never raises: what is wrong is in the deck's problems, in order of lines. A broken card is left out, the rest works.
    """
    text = clean(data, path)
    if not text.lines:
        return Deck(path, PurePosixPath(path).stem, (), text.problems)
    return _File(text.lines, path, list(text.problems)).deck()


def surroundings(data: bytes, path: str, family: str = "") -> Surroundings:
    """What a card of a file has from its part and deck; without an id, what one at the file's end would have."""
    file = _File(clean(data, path).lines, path, [])
    found = Surroundings(path)
    for section, around in file.placed(*file.top()):
        found = around
        if family and section.id == family and section.twin < 0:
            break
    return found if found.link is None else replace(found, link=replace(found.link, line=0))


def parse_card(markdown: str, around: Surroundings) -> tuple[tuple[Card, ...], tuple[Problem, ...]]:
    """Read the Markdown of one card that will stand there: the card, or its siblings, and problems by its own lines."""
    text = clean(markdown.encode(errors="replace"), around.path)
    first = next((number for number, line in enumerate(text.lines) if line.strip(" \t")), 0)
    sections = sections_of(text.lines).sections
    if [(one.start, one.level) for one in sections] != [(first, 2)]:
        stray = [one.start for one in sections if one.start > first]
        line = stray[0] if stray and sections[0].start == first else first
        one = Problem(around.path, line + 1, "", "the text is not one card", "give it one '##' heading, its first line")
        return (), (*text.problems, one)
    cards, problems = read_card(text.lines, sections[0], around)
    problems += [
        Problem(around.path, start + 1, sections[0].id, f"the {what} opened here is never closed", "close it")
        for start, what in never_closed(text.lines, sections[0].blocks)
    ]
    return tuple(cards), (*text.problems, *sorted(problems, key=lambda problem: problem.line))


class _File:
    """One file being read."""

    def __init__(self, lines: Sequence[str], path: str, problems: list[Problem]) -> None:
        self.lines = lines
        self.path = path
        self.problems = problems
        self.outline = sections_of(lines)
        self.heading = next((section for section in self.outline.sections if section.level == 1), None)

    def report(self, line: int, what: str, remedy: str, /) -> None:
        self.problems.append(Problem(self.path, line, "", what, remedy))

    def deck(self) -> Deck:
        report_hidden(self.lines, self.outline.before, self.report)
        if self.heading is None or not self.heading.title.text:
            line = self.heading.start + 1 if self.heading else 1
            self.report(line, "no '# ' heading names the deck", "write '# Title' above the first card")
        if self.heading is None:
            return Deck(self.path, PurePosixPath(self.path).stem, (), self.in_order())
        source, tags = self.top()
        self.check_top(self.heading)
        cards: list[Card] = []
        for section, around in self.placed(source, tags):
            if section.level == 2:
                found, problems = read_card(self.lines, section, around)
                cards += found
                self.problems += problems
        title = self.heading.title.text or PurePosixPath(self.path).stem
        return Deck(self.path, title, tuple(cards), self.in_order(), source, tags)

    def top(self) -> tuple[str, tuple[str, ...]]:
        """The deck's source and tags, from its heading and the settings below it."""
        if self.heading is None:
            return "", ()
        settings, _ = self.settings(self.heading, Place.DECK)
        return settings.source, tuple(dict.fromkeys((*settings.tags, *self.heading.title.tags)))

    def placed(self, source: str, tags: Sequence[str]) -> Iterator[tuple[Section, Surroundings]]:
        """Each section, and what cards have there from their part and the deck, whose source and tags these are."""
        around = Surroundings(self.path, tags=tuple(tags), source=source)
        for section in self.outline.sections:
            if section.level == 1 and section is not self.heading:
                around = self.part(section, source, tags)
            yield section, around

    def part(self, section: Section, deck_source: str, deck_tags: Sequence[str]) -> Surroundings:
        """What the cards of a part have from it and from the deck; a deck's source is named with the part's title."""
        settings, sound = self.settings(section, Place.PART)
        tags = tuple(dict.fromkeys((*deck_tags, *settings.tags, *section.title.tags)))
        return Surroundings(
            path=self.path,
            part=section.title.text,
            tags=tags,
            source=settings.source or ": ".join(filter(None, (deck_source, deck_source and section.title.text))),
            link=settings.link if sound else None,
            broken=0 if sound else section.start + 1,
        )

    def settings(self, section: Section, place: Place) -> tuple[Settings, bool]:
        """The settings of the deck or of a part, and whether they are sound; its heading is checked too."""
        for what, remedy in section.title.faults:
            self.report(section.start + 1, what, remedy)
        for mark in section.title.marks:
            self.report(section.start + 1, f".{mark} says the kind of a card", "write it after a '##' heading")
        report_hidden(self.lines, section.blocks, self.report)
        settings, _, sound = settings_of(self.lines, section.blocks, place, self.report)
        return settings, sound

    def check_top(self, heading: Section) -> None:
        """The deck's heading comes first: neither settings nor cards stand above it."""
        for block in self.outline.before:
            if isinstance(block, Fence) and block.info == "toml":
                self.report(block.start + 1, "settings stand above the deck's heading", "move them below it")
        first = self.outline.sections[0]
        if first is not heading:
            what = "a card stands above the '# ' heading that names the deck"
            self.report(first.start + 1, what, f"move the heading on line {heading.start + 1} above it")

    def in_order(self) -> tuple[Problem, ...]:
        return tuple(sorted(self.problems, key=lambda problem: problem.line))
