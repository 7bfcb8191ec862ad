"""From a Markdown file to a deck: never an exception, but every problem with its line and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from studyapp.decks.blocks import Fence
from studyapp.decks.cards import Surroundings, read_card
from studyapp.decks.clean import clean
from studyapp.decks.content import report_hidden, settings_of
from studyapp.decks.sections import Outline, Section, sections_of
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


class _File:
    """One file being read."""

    def __init__(self, lines: Sequence[str], path: str, problems: list[Problem]) -> None:
        self.lines = lines
        self.path = path
        self.problems = problems

    def report(self, line: int, what: str, remedy: str, /) -> None:
        self.problems.append(Problem(self.path, line, "", what, remedy))

    def deck(self) -> Deck:
        outline = sections_of(self.lines)
        report_hidden(self.lines, outline.before, self.report)
        heading = next((section for section in outline.sections if section.level == 1), None)
        if heading is None or not heading.title.text:
            line = heading.start + 1 if heading else 1
            self.report(line, "no '# ' heading names the deck", "write '# Title' above the first card")
        if heading is None:
            return Deck(self.path, PurePosixPath(self.path).stem, (), self.in_order())
        settings, _ = self.settings(heading, Place.DECK)
        deck_tags = tuple(dict.fromkeys((*settings.tags, *heading.title.tags)))
        self.check_top(outline, heading)
        around = Surroundings(self.path, tags=deck_tags)
        cards: list[Card] = []
        for section in outline.sections:
            if section.level == 2:
                found, problems = read_card(self.lines, section, around)
                cards += found
                self.problems += problems
            elif section is not heading:
                around = self.part(section, deck_tags)
        title = heading.title.text or PurePosixPath(self.path).stem
        return Deck(self.path, title, tuple(cards), self.in_order(), settings.source, deck_tags)

    def part(self, section: Section, deck_tags: Sequence[str]) -> Surroundings:
        """What the cards of a part have from it and from the deck."""
        settings, sound = self.settings(section, Place.PART)
        tags = tuple(dict.fromkeys((*deck_tags, *settings.tags, *section.title.tags)))
        return Surroundings(
            path=self.path,
            part=section.title.text,
            tags=tags,
            source=settings.source,
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

    def check_top(self, outline: Outline, heading: Section) -> None:
        """The deck's heading comes first: neither settings nor cards stand above it."""
        for block in outline.before:
            if isinstance(block, Fence) and block.info == "toml":
                self.report(block.start + 1, "settings stand above the deck's heading", "move them below it")
        first = outline.sections[0]
        if first is not heading:
            what = "a card stands above the '# ' heading that names the deck"
            self.report(first.start + 1, what, f"move the heading on line {heading.start + 1} above it")

    def in_order(self) -> tuple[Problem, ...]:
        return tuple(sorted(self.problems, key=lambda problem: problem.line))
