"""A file cut at its `#` and `##` headings, and the id of each card among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from studyapp.decks.blocks import Block, Heading, outline
from studyapp.decks.headings import Title, read_heading
from studyapp.decks.slugs import slug


@dataclass(slots=True)
class Section:
    """A heading and what stands below it, up to the next; lines count from 0 and `stop` is the line after the last.

    `id` is the written one or the heading's slug, and empty for parts. `twin` is the line of an earlier card that has
    this id already, or -1.
    """

    start: int
    level: int
    title: Title
    stop: int = 0
    id: str = ""
    twin: int = -1
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole file: what stands above the first heading, and the sections."""

    before: tuple[Block, ...]
    sections: tuple[Section, ...]

    def cards(self) -> Iterator[Section]:
        """The sections that are cards."""
        return (section for section in self.sections if section.level == 2)


def sections_of(lines: Sequence[str]) -> Outline:
    """Cut a file into sections and name its cards; of two with one id, the first has it, a written id before a slug."""
    before: list[Block] = []
    sections: list[Section] = []
    current = before
    for block in outline(lines):
        if isinstance(block, Heading):
            if sections:
                sections[-1].stop = block.start
            sections.append(Section(block.start, block.level, read_heading(block.text), len(lines)))
            current = sections[-1].blocks
        else:
            current.append(block)
    _name(sections)
    return Outline(tuple(before), tuple(sections))


def _name(sections: Sequence[Section]) -> None:
    cards = [section for section in sections if section.level == 2]
    first: dict[str, int] = {}
    for stamped in (True, False):
        for section in cards:
            if bool(section.title.id) is stamped:
                section.id = section.title.id or slug(section.title.text)
                if section.id:
                    earlier = first.setdefault(section.id, section.start)
                    section.twin = earlier if earlier != section.start else -1
