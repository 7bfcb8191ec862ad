"""The blocks of a Markdown file that make it a deck: headings, fences, lists, rules, each with its lines.

markdown-it decides what is a block (CommonMark with tables, setext headings off). Most cards are plain paragraphs and
fences though, and for those a scan of line starts gives the same answer in a tenth of the time: `outline` scans, and
gives markdown-it any stretch between two headings with something else in it. A test holds the two against each other.
Line numbers here count from 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LABELS = ("Analogy:", "Hint:", "Source:")
_DEEPEST = 100
"""At this depth of lists and quotations markdown-it skips all that follows."""


class Heading(NamedTuple):
    """A `#` or `##` heading outside all other blocks; `text` has its attributes, but no closing `#`s."""

    start: int
    level: int
    text: str


class Fence(NamedTuple):
    """A code fence outside all other blocks, `end` being the line after it."""

    start: int
    end: int
    info: str
    closed: bool


class Rule(NamedTuple):
    """A `---` line outside all other blocks."""

    start: int


class Labelled(NamedTuple):
    """A paragraph that starts with one of LABELS."""

    start: int
    end: int
    label: str


class Item(NamedTuple):
    """An item of a list: `text` is its first paragraph, which ends before line `rest`.

    `offset` is the column of its content. `lazy` is its first line that belongs to it only because no blank line
    stands before it, or -1.
    """

    start: int
    end: int
    offset: int
    text: str
    rest: int
    lazy: int


class Listing(NamedTuple):
    """A list outside all other blocks."""

    start: int
    end: int
    numbered: bool
    items: tuple[Item, ...]


class Html(NamedTuple):
    """A block of HTML; `closed` when it ended at its own mark (`-->`), not at a blank line or the file's end."""

    start: int
    end: int
    closed: bool


class Indented(NamedTuple):
    """A `toml` fence inside a list or a quotation, where it is no settings."""

    start: int


Block = Heading | Fence | Rule | Labelled | Listing | Html | Indented


@cache
def markdown() -> MarkdownIt:
    """The parser for decks; the interface shows cards with the same one. Imported when first needed."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    return parser.disable("lheading")


# --- what markdown-it says ------------------------------------------------------------------------

_MARKER = re.compile(r"( *(?:[-+*]|[0-9]{1,9}[.)]))( *)")


def blocks_of(lines: Sequence[str], start: int, stop: int) -> tuple[list[Block], bool]:
    """The blocks of some lines by markdown-it, and whether the last would go on into any lines that follow."""
    tokens: list[Token] = []
    parser = markdown()
    parser.block.parse("\n".join(lines[start:stop]) + "\n", parser, {}, tokens)
    found: list[Block] = []
    unfinished = deep = False
    for position, token in enumerate(tokens):
        if token.level == 0 and token.map is not None:
            begin, end = start + token.map[0], start + token.map[1]
            match token.type:
                case "heading_open" if token.tag in ("h1", "h2"):
                    level = int(token.tag[1])
                    found.append(Heading(begin, level, heading_text(lines[begin].lstrip(" ")[level:])))
                case "fence":
                    closed = _is_closing(lines[end - 1], token.markup) and end - begin > 1
                    unfinished = not closed and end == stop
                    found.append(Fence(begin, end, token.info.strip(), closed))
                case "hr" if lines[begin].strip(" \t") == "---":
                    found.append(Rule(begin))
                case "paragraph_open" if lines[begin].lstrip(" ").startswith(LABELS):
                    label = lines[begin].lstrip(" ").partition(":")[0]
                    found.append(Labelled(begin, end, label))
                case "bullet_list_open" | "ordered_list_open":
                    numbered = token.type == "ordered_list_open"
                    items = tuple(_items(tokens, position, lines, start))
                    found.append(Listing(begin, items[-1].end, numbered, items))
                case "html_block":
                    closed = _html_closed(lines[begin], lines[end - 1])
                    unfinished = not closed and end == stop
                    found.append(Html(begin, end, closed))
        elif token.level:
            deep = deep or token.level >= _DEEPEST - 2
            if token.type == "fence" and token.map and token.info.strip() == "toml":
                found.append(Indented(start + token.map[0]))
    return found, unfinished or deep


def _items(tokens: list[Token], position: int, lines: Sequence[str], start: int) -> list[Item]:
    items: list[Item] = []
    for at in range(position + 1, len(tokens)):
        token = tokens[at]
        if token.level == 0:
            break
        if token.level > 1 or token.type != "list_item_open" or token.map is None:
            continue
        begin, end = start + token.map[0], start + token.map[1]
        while end > begin + 1 and not lines[end - 1].strip(" \t"):
            end -= 1
        marker = _MARKER.match(lines[begin].expandtabs(4))
        assert marker is not None
        spaces = len(marker[2]) if 1 <= len(marker[2]) <= 4 and marker.end() < len(lines[begin].expandtabs(4)) else 1
        offset = len(marker[1]) + spaces
        text, rest = "", begin
        if tokens[at + 1].type == "paragraph_open" and (extent := tokens[at + 1].map) is not None:
            text, rest = tokens[at + 2].content.strip(), start + extent[1]
        lazy = next((n for n in range(begin + 1, end) if lines[n].strip(" \t") and _indent(lines[n]) < offset), -1)
        items.append(Item(begin, end, offset, text, rest, lazy))
    return items


def _indent(line: str) -> int:
    line = line.expandtabs(4)
    return len(line) - len(line.lstrip(" "))


def _html_closed(first: str, last: str) -> bool:
    from markdown_it.rules_block.html_block import HTML_SEQUENCES

    opening = first.strip(" \t")
    closing = next((ends for begins, ends, _ in HTML_SEQUENCES if begins.search(opening)), None)
    return closing is not None and closing.pattern != "^$" and bool(closing.search(last))


def _is_closing(line: str, marker: str) -> bool:
    """Whether a line ends the fence that `marker` opened."""
    rest = line.lstrip(" ")
    run = len(rest) - len(rest.lstrip(marker[0]))
    return len(line) - len(rest) <= 3 and run >= len(marker) and not rest[run:].strip(" \t")


# --- the same for plain cards, at a glance --------------------------------------------------------

_TITLE = re.compile(r"#{1,2}(?=[ \t]|$)")
_HEADING = re.compile(r"#{1,6}(?=[ \t]|$)")
_OPENS_FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$")
_ITEM = re.compile(r"(?:([-+*])|([0-9]{1,9})([.)])) (?=[^ \t])")
_MARKED = re.compile(r"(?:[-+*]|[0-9]{1,9}[.)])(?:[ \t]|$)")
_TASK = re.compile(r"\[[ xX]\] ")
# First characters that may start something other than a paragraph (or a labelled one).
_SUSPECT = frozenset("#`~-+*_<>|:[ \t0123456789AHS")
# What starts like a block and is a paragraph all the same: "**bold**", "-5 is", "3.5 of", "#tag", "`code`".
_PLAIN = re.compile(
    r"[AHS]|#{1,6}[^#\s]|`{1,2}(?!`)|~{1,2}(?!~)|\*{1,2}[^\s*]|_{1,2}[^\s_]|--?[^\s|:-]|\+[^\s]|:[^\s|:-]"
    r"|[0-9]+(?:[^\s0-9.)]|[.)][^\s]|[ \t]|$)"
)


def outline(lines: Sequence[str]) -> list[Block]:
    """The blocks of a whole file, exactly those that `blocks_of` finds."""
    blocks: list[Block] = []
    chunk = kept = number = resumed = 0
    count = len(lines)
    while number < count:
        line = lines[number]
        first = line[:1]
        if first not in _SUSPECT:
            number += 1
            continue
        if first == "#" and (heading := _HEADING.match(line)):
            if heading.end() <= 2:
                chunk, kept = number, len(blocks)
                blocks.append(Heading(number, heading.end(), heading_text(line[heading.end() :])))
            number = resumed = number + 1
            continue
        starts = number == resumed or not lines[number - 1].strip(" \t")
        block = _glance(lines, number, starts)
        if block is None:
            del blocks[kept:]
            number = _title_after(lines, number)
            found, unfinished = blocks_of(lines, chunk, number)
            if unfinished and number < count:
                number = count
                found, _ = blocks_of(lines, chunk, number)
            blocks += found
            chunk, kept, resumed = number, len(blocks), number
        elif block is not _PARAGRAPH:
            blocks.append(block)
            number = number + 1 if isinstance(block, Rule) else block.end
            if not isinstance(block, Labelled):
                resumed = number
        else:
            number += 1
    return blocks


_PARAGRAPH = Rule(-1)
"""Stands for a line that belongs to a plain paragraph, or is blank."""


def _glance(lines: Sequence[str], number: int, starts: bool) -> Fence | Rule | Labelled | Listing | None:
    """The block on a line that is no heading, None where markdown-it must say; `starts` if it continues nothing."""
    line = lines[number]
    first = line[:1]
    if first in " \t":
        rest = line.lstrip(" \t")
        if not rest:
            return _PARAGRAPH
        lead = line[: len(line) - len(rest)]
        if "\t" in lead or len(lead) > 3:
            return None if starts else _PARAGRAPH
        if not _is_plain(rest) or rest.startswith(LABELS):
            return None
        return _PARAGRAPH
    if first in "`~" and (opening := _OPENS_FENCE.match(line)):
        marker = opening[1] or opening[3]
        info = opening[2] if opening[1] else opening[4]
        if "|" in info:  # markdown-it looks for tables before fences
            return None
        for end in range(number + 1, len(lines)):
            if marker in lines[end] and _is_closing(lines[end], marker):
                return Fence(number, end + 1, info.strip(), True)
        return Fence(number, len(lines), info.strip(), False)
    if starts and line.startswith(LABELS):
        end = number + 1
        while end < len(lines) and (line := lines[end]).strip(" \t") and (line[0] not in _SUSPECT or _goes_on(line)):
            end += 1
        return Labelled(number, end, lines[number].partition(":")[0])
    if line.rstrip(" \t") == "---":
        # Under a line with a bar this may be the second line of a table.
        return None if number and "|" in lines[number - 1] else Rule(number)
    if _PLAIN.match(line):
        return _PARAGRAPH
    return _listing(lines, number, starts)


def _listing(lines: Sequence[str], number: int, starts: bool) -> Listing | None:
    """A list of plain paragraphs, one or more to an item; None for anything else."""
    marker = _ITEM.match(lines[number])
    if marker is None or (marker[2] and not starts and int(marker[2]) != 1):
        return None
    items: list[Item] = []
    while marker is not None:
        item = _item(lines, number, marker.end())
        if item is None:
            return None
        items.append(item)
        following = item.end
        while following < len(lines) and not lines[following].strip(" \t"):
            following += 1
        line = lines[following] if following < len(lines) else ""
        after = _ITEM.match(line)
        if after and (after[1] or after[3]) == (marker[1] or marker[3]):
            number, marker = following, after
        elif line and not _ends_list(line, following > item.end):
            return None
        else:
            marker = None
    return Listing(items[0].start, items[-1].end, lines[items[0].start][0] in "0123456789", tuple(items))


def _item(lines: Sequence[str], number: int, offset: int) -> Item | None:
    """One item of plain paragraphs, indented as its first line is."""
    text = [lines[number][offset:]]
    if not _is_plain(text[0]) and not _TASK.match(text[0]):
        return None
    end = rest = number + 1
    for at in range(number + 1, len(lines)):
        line = lines[at].lstrip(" ")
        indent = len(lines[at]) - len(line)
        if not line.strip("\t"):
            continue
        if not indent:
            break
        if not offset <= indent <= offset + 3 or not _is_plain(line):
            return None
        if rest == end == at:
            text.append(lines[at][offset:])
            rest += 1
        end = at + 1
    return Item(number, end, offset, "\n".join(text).strip(), rest, -1)


def _is_plain(line: str) -> bool:
    return line[0] not in _SUSPECT or _PLAIN.match(line) is not None


def _ends_list(line: str, apart: bool) -> bool:
    """Whether an unindented line ends a list; `apart` if a blank line stands between."""
    if _HEADING.match(line) or _OPENS_FENCE.match(line) or line.rstrip(" \t") == "---":
        return True
    return apart and (_ITEM.match(line) is not None or not _MARKED.match(line))


def _goes_on(line: str) -> bool:
    """Whether a line in a paragraph with a suspect first character is one more line of it."""
    rest = line.lstrip(" \t")
    deep = "\t" in line[: len(line) - len(rest)] or len(line) - len(rest) > 3
    return deep or _is_plain(rest)


def heading_text(rest: str) -> str:
    """A heading's text: `rest` follows its `#`s, and may have closing ones."""
    rest = rest.rstrip(" \t")
    unclosed = rest.rstrip("#")
    return (unclosed if unclosed.endswith((" ", "\t")) else rest).strip(" \t")


def _title_after(lines: Sequence[str], number: int) -> int:
    """The next line that looks like a `#` or `##` heading; the number of lines where none does."""
    number += 1
    while number < len(lines) and not (lines[number][:1] == "#" and _TITLE.match(lines[number])):
        number += 1
    return number
