"""Pages as Markdown: what a card says keeps its looks and can be nothing but text, also for a viewer that runs HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from markdown_it.tree import SyntaxTreeNode

from studyapp.decks.texts import DEEPEST, tokens
from studyapp.exam_pages.blocks import Block, CardText, Choice, Choices, Command, Heading, Table, Together, Words
from studyapp.exam_pages.cards import address, image, one_line, writable

# What could begin emphasis, code, a link, a formula, a cell of a table or an escape anywhere in a line.
_ANYWHERE = re.compile(r"[\\`*_\[\]$~|]")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=[#A-Za-z])")
# And what begins a block where a line begins: a heading, quotation, item, rule, or a heading's underline.
_LINE_START = re.compile(r"^(?:[#>=]|--|[+-](?= |$)|\d{1,9}[.)](?= |$))")
_COMMENT = re.compile(r"(?<!\\)%.*")
_LOOKS = {"strong": "**", "em": "*", "s": "~~"}


def markdown(blocks: Iterable[Block]) -> str:
    """The page, ending in one newline."""
    return "\n\n".join("\n".join(lines) for lines in _page(blocks) if lines) + "\n"


def _page(blocks: Iterable[Block]) -> Iterator[list[str]]:
    for block in blocks:
        match block:
            case Heading(level, text):
                yield [f"{'#' * level} {escaped(text)}"]
            case Words(text, strong):
                yield [f"**{escaped(text)}**" if strong else escaped(text)]
            case CardText(source):
                yield card_lines(source)
            case Command(does, line):
                yield [f"{escaped(does)}: {_code_span(one_line(line), cell=False)}"]
            case Choices(options):
                yield [line for option in options for line in _choice(option)]
            case Table(head, rows):
                yield _table([[escaped(cell) for cell in row] for row in (head, *rows)], block.right)
            case Together(inner, new_page):
                if new_page:
                    yield ["* * *"]
                yield from _page(inner)


def _choice(option: Choice) -> list[str]:
    blocks = card_blocks(option.markdown)
    letter, mark = f"**{option.letter}**", escaped(option.mark)
    if len(blocks) == 1 and isinstance(blocks[0], str):
        blocks = [" ".join(part for part in (letter, blocks[0], f"— {mark}" if mark else "") if part)]
    else:  # code or a table begins a line of its own
        blocks = [f"{letter} — {mark}" if mark else letter, *blocks]
    return _indented(_joined([*blocks, *card_blocks(option.reason)]), "- ")


def escaped(text: str) -> str:
    """Text on one line, of which nothing is Markdown or HTML any more."""
    return _not_a_block(_running(one_line(text)))


def _running(text: str) -> str:
    """A stretch of text within a line."""
    return _TAG.sub("&lt;", _ENTITY.sub("&amp;", _ANYWHERE.sub(r"\\\g<0>", text)))


def _not_a_block(line: str) -> str:
    return _LINE_START.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", line)


def _indented(lines: Sequence[str], mark: str) -> list[str]:
    """Lines as an item behind its mark; those after the first stand under its text."""
    first, *rest = lines or [""]
    return [mark + first, *(" " * len(mark) + line if line else "" for line in rest)]


def _table(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    rule = "|".join(" ---: " if column in right else " --- " for column in range(len(rows[0])))
    return [head, f"|{rule}|", *body]


# --- cards ----------------------------------------------------------------------------------------


def card_lines(source: str) -> list[str]:
    """A card's Markdown as lines of Markdown that stay within their block, whatever the source leaves open.

    Formulas stay LaTeX between dollars. Links and pictures become their texts with the address; headings, bold text.
    """
    return _joined(card_blocks(source))


def card_blocks(source: str) -> list[str | list[str]]:
    """The same block by block: a paragraph of one line as this line, anything else as its lines."""
    found = tokens(writable(source))
    if any(token.level >= DEEPEST for token in found):
        return [line for text in source.splitlines() if (line := escaped(text))]
    return _blocks(SyntaxTreeNode(found))


def _joined(blocks: Iterable[str | list[str]], apart: int = 1) -> list[str]:
    """Blocks one under the other with so many blank lines between."""
    found: list[str] = []
    for block in blocks:
        lines = [block] if isinstance(block, str) else block
        found += [*[""] * apart, *lines] if found else lines
    return found


def _blocks(parent: SyntaxTreeNode) -> list[str | list[str]]:
    return [block for node in parent.children if (block := _block(node))]


def _block(node: SyntaxTreeNode) -> str | list[str]:
    match node.type:
        case "paragraph":
            lines = _paragraph(node)
            return lines[0] if len(lines) == 1 else lines
        case "heading":
            return f"**{' '.join(_paragraph(node, cell=True))}**" if node.children[0].children else ""
        case "bullet_list":
            return _items(node, ["- "] * len(node.children))
        case "ordered_list":
            first = int(node.attrs.get("start", 1))
            return _items(node, [f"{first + place}. " for place in range(len(node.children))])
        case "blockquote":
            return [f"> {line}".rstrip() for line in _joined(_blocks(node))]
        case "math_block":
            return [_formula(node.content, "$$")]
        case "fence" if node.info.strip() == "math":
            return [_formula(node.content, "$$")]
        case "fence" | "code_block":
            return _code(node)
        case "hr":
            return ["* * *"]
        case "table":
            rows = [row.children for part in node.children for row in part.children]
            right = (place for place, cell in enumerate(rows[0]) if "right" in str(cell.attrs.get("style", "")))
            return _table([[" ".join(_paragraph(cell, cell=True)) for cell in row] for row in rows], frozenset(right))
    return escaped(node.content)


def _items(node: SyntaxTreeNode, marks: Sequence[str]) -> list[str]:
    """The items of a list behind their marks, with blank lines between them only where it had some."""
    tight = any(one.hidden for item in node.children for one in item.children)
    apart = 0 if tight else 1
    items = [_indented(_joined(_blocks(item), apart), mark) for mark, item in zip(marks, node.children, strict=True)]
    return _joined(items, apart)


def _code(node: SyntaxTreeNode) -> list[str]:
    """Code behind a fence that is longer than any in it."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", node.content)), default=0))
    language = (node.info.split() or [""])[0] if node.type == "fence" else ""
    known = language if re.fullmatch(r"[\w+-]+", language) else ""
    return [fence + known, *node.content.removesuffix("\n").split("\n"), fence]


def _paragraph(node: SyntaxTreeNode, *, cell: bool = False) -> list[str]:
    """A paragraph as one line, and one more after each hard line break; as one line only in a cell."""
    text = "".join(_inline(one, cell) for inline in node.children for one in inline.children)
    lines = [_not_a_block(line) for part in text.split("\n") if (line := " ".join(part.split()))]
    return lines if cell else [f"{line}\\" for line in lines[:-1]] + lines[-1:]


def _inline(node: SyntaxTreeNode, cell: bool) -> str:
    match node.type:
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "code_inline":
            return _code_span(node.content, cell=cell)
        case "math_inline":
            formula = _formula(node.content, "$")
            return formula.replace("|", r"\vert ") if cell else formula
        case "image":
            return _running(image(node.walk(include_self=False)))
        case "link":
            inner = "".join(_inline(one, cell) for one in node.children)
            text = "".join(one.content for one in node.walk() if one.type == "text")
            return inner + _running(address(text, str(node.attrs.get("href", ""))))
        case "strong" | "em" | "s":
            mark = _LOOKS[node.type]
            inner = "".join(_inline(one, cell) for one in node.children)
            return f"{mark}{inner}{mark}" if inner.strip() else inner
    return _running(node.content)


def _code_span(code: str, *, cell: bool) -> str:
    runs = {len(run) for run in re.findall(r"`+", code)}
    ticks = next("`" * length for length in range(1, len(code) + 2) if length not in runs)
    padded = f" {code} " if code.strip() and ({code[0], code[-1]} & {"`", " "}) else code
    return ticks + (padded.replace("|", "\\|") if cell else padded) + ticks


def _formula(latex: str, dollars: str) -> str:
    """LaTeX on one line, which holds no tag and no link for a viewer that knows no formulas."""
    line = " ".join(_COMMENT.sub("", latex).split())
    return dollars + line.replace("<", r"\lt ").replace(">", r"\gt ").replace("](", "] (") + dollars
