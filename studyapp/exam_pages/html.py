"""Pages as one HTML file that needs nothing beside it, prints well, runs nothing and loads nothing."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from html import escape

from markdown_it.tree import SyntaxTreeNode

from studyapp.decks.texts import DEEPEST, tokens
from studyapp.exam_pages.blocks import Block, CardText, Choice, Choices, Command, Heading, Table, Together, Words
from studyapp.exam_pages.cards import address, image, one_line, writable
from studyapp.formulas import linear

STYLE = """
:root { color-scheme: light dark; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 Georgia, "Times New Roman", serif; }
h1, h2, h3, th, .letter { font-family: system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; margin-bottom: 0; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .15rem .6rem; border-bottom: 1px solid #8888; text-align: left; vertical-align: top; }
.right { text-align: right; font-variant-numeric: tabular-nums; }
ol.options { list-style: none; padding-left: 0; }
ol.options > li { display: flex; gap: .7rem; margin: .3rem 0; }
ol.options p { margin: 0; }
.letter { font-weight: bold; } .option { flex: 1; } .mark { font-style: italic; }
.reason { margin-left: 1rem; font-size: .95em; }
code, pre { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .9em; }
pre { overflow-x: auto; white-space: pre-wrap; border-left: 3px solid #8888; padding-left: .7rem; }
blockquote { margin-left: 0; border-left: 3px solid #8888; padding-left: .7rem; }
.formula { font-style: italic; } p.formula { margin-left: 2rem; }
section { margin: 1.4rem 0; }
@media print {
  @page { margin: 2cm; }
  :root { color-scheme: light; }
  body { max-width: none; margin: 0; padding: 0; font-size: 10.5pt; }
  section, tr, ol.options > li { break-inside: avoid; }
  h1, h2, h3 { break-after: avoid; }
  .new-page { break-before: page; }
}
"""
# No script, no style but the page's own, nothing from anywhere: also if something were to slip through.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html(title: str, blocks: Iterable[Block]) -> str:
    """The page, ending in one newline."""
    body = "\n".join(_page(blocks))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{told(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _page(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading(level, text):
                yield f"<h{level}>{told(text)}</h{level}>"
            case Words(text, strong):
                yield f"<p><strong>{told(text)}</strong></p>" if strong else f"<p>{told(text)}</p>"
            case CardText(source):
                yield card_html(source)
            case Command(does, line):
                yield f"<p>{told(does)}: <code>{told(line)}</code></p>"
            case Choices(options):
                yield f'<ol class="options">{"".join(map(_choice, options))}</ol>'
            case Table(head, rows, right):
                above, below = _row(head, "th", right), "".join(_row(row, "td", right) for row in rows)
                yield f"<table><thead>{above}</thead><tbody>{below}</tbody></table>"
            case Together(inner, new_page):
                yield '<section class="new-page">' if new_page else "<section>"
                yield from _page(inner)
                yield "</section>"


def told(text: str) -> str:
    """Our own words, or a title: text, and nothing but text."""
    return escape(one_line(text))


def _choice(option: Choice) -> str:
    mark = f'<p class="mark">{told(option.mark)}</p>' if option.mark else ""
    reason = f'<div class="reason">{card_html(option.reason)}</div>' if option.reason else ""
    text = f'<div class="option">{card_html(option.markdown)}{mark}{reason}</div>'
    return f'<li><span class="letter">{told(option.letter)}</span>{text}</li>'


def _row(cells: Sequence[str], tag: str, right: Container[int]) -> str:
    opened = (f'<{tag} class="right">' if place in right else f"<{tag}>" for place in range(len(cells)))
    return f"<tr>{''.join(f'{start}{told(cell)}</{tag}>' for start, cell in zip(opened, cells, strict=True))}</tr>"


# --- cards ----------------------------------------------------------------------------------------

_TAGS = {
    "bullet_list": "ul", "list_item": "li", "blockquote": "blockquote", "table": "table", "thead": "thead",
    "tbody": "tbody", "tr": "tr", "em": "em", "strong": "strong", "s": "s",
}  # fmt: skip


def card_html(source: str) -> str:
    """A card's Markdown as HTML: all its text escaped, formulas on one line, links and pictures as words."""
    source = writable(source)
    found = tokens(source)
    if any(token.level >= DEEPEST for token in found):
        return f"<pre>{escape(source)}</pre>"
    return _inside(SyntaxTreeNode(found))


def _inside(node: SyntaxTreeNode) -> str:
    return "".join(map(_element, node.children))


def _element(node: SyntaxTreeNode) -> str:
    match node.type:
        case "inline":
            return _inside(node)
        case "paragraph":
            return _inside(node) if node.hidden else f"<p>{_inside(node)}</p>"
        case "heading":
            return f"<p><strong>{_inside(node)}</strong></p>"
        case "ordered_list":
            return f'<ol start="{int(node.attrs.get("start", 1))}">{_inside(node)}</ol>'
        case "th" | "td":
            place = ' class="right"' if "right" in str(node.attrs.get("style", "")) else ""
            return f"<{node.type}{place}>{_inside(node)}</{node.type}>"
        case "math_inline":
            return f'<span class="formula">{escape(linear(node.content))}</span>'
        case "math_block":
            return f'<p class="formula">{escape(linear(node.content))}</p>'
        case "fence" if node.info.strip() == "math":
            return f'<p class="formula">{escape(linear(node.content))}</p>'
        case "fence" | "code_block":
            return f"<pre><code>{escape(node.content)}</code></pre>"
        case "code_inline":
            return f"<code>{escape(node.content)}</code>"
        case "softbreak":
            return "\n"
        case "hardbreak":
            return "<br>"
        case "hr":
            return "<hr>"
        case "image":
            return escape(image(node.walk(include_self=False)))
        case "link":
            text = "".join(one.content for one in node.walk() if one.type == "text")
            return _inside(node) + escape(address(text, str(node.attrs.get("href", ""))))
        case kind if kind in _TAGS:
            return f"<{_TAGS[kind]}>{_inside(node)}</{_TAGS[kind]}>"
    return escape(node.content)
