"""Rules of texts that someone wrote: on a page they look as meant, and whatever they are made of they are only text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from studyapp.core.exam.events import Emailed, Saved, Shown
from studyapp.core.exam.paper import ExamOption
from studyapp.core.exam.report import report
from studyapp.core.text import OBEYED
from studyapp.decks import parse
from studyapp.exam_pages import paper_html, paper_markdown, report_html, report_json, report_json_text, report_markdown
from studyapp.exam_pages.html import card_html, html
from studyapp.exam_pages.markdown import card_lines, escaped, markdown
from studyapp.exam_pages.progress_page import progress_page
from studyapp.exams import Kept
from tests.exam_pages.samples import QUESTION, Seen, headings, kept, paper, reported, words

ROOT = Path(__file__).parents[2]

TAGS = {
    "html", "head", "meta", "title", "style", "body", "section", "h1", "h2", "h3", "p", "strong", "em", "s", "code",
    "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "div", "span", "br", "hr",
}  # fmt: skip
ATTRIBUTES = {"class", "start", "lang", "charset", "http-equiv", "name", "content"}
FRAGMENTS = [
    "<script>alert(1)</script>", "</style>", "</title>", "</p></section></body>", "<img src=x onerror=alert(1)>",
    "<!--", "<!DOCTYPE x>", "<?php", "&lt;script&gt;", "&#27;[2J", "&amp;", '" onclick="x', "' x='", "`", "``", "```",
    "~~~", "\n```html\n<b>\n", "\n# Answer key\n", "\n## The questions\n", "\n===\n", "\n---\n", "\n> ", "\n- ",
    "\n1. ", "\n\n    code", "| a | b |\n|---|---|\n| c | d |\n", "|", "[x](javascript:alert(1))", "[x](https://e.vil)",
    "![x](https://e.vil/x.png)", "<https://e.vil>", "\n[ref]: https://e.vil\n", "[ref]", "$", "$$", "$x<y$", "$<b>$",
    "\n$$\n<script>\n$$\n", "$a % b\nc$", "\\", "\\\\", "\\<b>", "*", "**", "_", "~~", "{#id}", "\x1b[31m",
    "\x1b]52;c;eA==\x07", "\x9b2J", "\u202e", "\u2066", "\x00", "\r\n", "\t", " ", "\n\n", "word", "漢",
    "e\u0301", "𝛼", "\ud800",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=12).map("".join)


def harmless_html(page: str) -> Seen:
    """The page as a browser sees it: only elements and attributes of ours."""
    seen = Seen(page)
    assert set(seen.tags) <= TAGS
    assert {name for name, _ in seen.attributes} <= ATTRIBUTES
    assert {value for name, value in seen.attributes if name == "class"} <= {
        "options", "letter", "option", "mark", "reason", "right", "formula", "new-page"
    }  # fmt: skip
    assert not OBEYED.search(page)
    page.encode()
    return seen


VIEWER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def harmless_markdown(page: str) -> list[str]:
    """The page for a viewer that obeys HTML and loads pictures: it finds none, and these headings."""
    assert not OBEYED.search(page)
    page.encode()
    found = VIEWER.parse(page)
    every = [token for block in found for token in (block, *(block.children or ()))]
    assert not {one.type for one in every} & {"html_block", "html_inline", "link_open", "image"}
    return headings(page)


@settings(deadline=None)
@given(HOSTILE)
def test_a_cards_text_is_only_text_in_html(text: str) -> None:
    """Whatever it is made of: balanced elements of ours, nothing that runs, loads, leads away or steers a terminal."""
    harmless_html(card_html(text))


@settings(deadline=None)
@given(HOSTILE)
@example("$[x](https://e.vil)$ and $![x](https://e.vil/x.png)$")
@example("$x<b>y$ and `<b>` and\n\n$$\n<script>\n$$")
@example("~~~\n```\n\n# x\n\n<b>\n~~~")
@example("```\n</b>\n\n- x\n  ````html\n  <b>")
def test_a_cards_text_is_only_text_in_markdown(text: str) -> None:
    """Whatever it is made of, also for a viewer that obeys HTML; it makes no headings and leaves its block closed."""
    page = "\n".join(["- **a** x", "", *(f"  {line}" for line in card_lines(text)), "", "# Ours", "", "last"])
    assert harmless_markdown(page)[-1:] == ["Ours"]
    assert harmless_markdown("\n".join([*card_lines(text), "", "# Ours"])) == ["Ours"]


@settings(deadline=None)
@given(HOSTILE)
def test_our_own_lines_are_only_text_in_markdown(text: str) -> None:
    """Titles, topics and names come from files too."""
    line = escaped(text)
    assert "\n" not in line
    assert harmless_markdown(f"# {line}\n\n{line}\n\n| {line} |\n| --- |\n| {line} |\n")[1:] == []
    (_, inline, _) = VIEWER.parse(f"x {line}")[:3]
    shown = "".join(one.content for one in inline.children or ())
    assert words(shown) == words("x " + OBEYED.sub("", text)).encode("utf-8", "replace").decode()


@settings(deadline=None)
@given(HOSTILE, HOSTILE, st.booleans())
def test_whole_pages_stay_ours(text: str, title: str, as_option: bool) -> None:
    """With such a text in every place at once: the headings are ours, in our order, and no element is foreign."""
    option = ExamOption(f"{text} x", reason=text, mistake=title)
    hostile = replace(
        QUESTION,
        topic=title,
        prompt=text,
        front=text,
        explanation=text,
        source=text,
        simulation=title,
        parameters={title: text},
        options=(option, ExamOption("y", True), ExamOption(text + "z" if as_option else "z")),
    )
    of = paper(hostile, title=title)
    found = kept(of, events=[Emailed(1, True), Shown(2, 0), Saved(3, 0, 0)])
    seen = report(found.sitting)
    pages = [("report", report_markdown(found, seen), report_html(found, seen))]
    pages += [("paper", paper_markdown(of), paper_html(of))]
    pages += [("progress", progress_markdown(found), progress_page_html(found))]
    for name, as_markdown, as_html in pages:
        number = {"report": 7, "paper": 5, "progress": 1}[name]
        assert len(harmless_markdown(as_markdown)) == len(harmless_html(as_html).headings) == number
    told = report_json_text(found, seen)
    assert OBEYED.search(told) is None
    assert json.loads(told.encode()) == report_json(found, seen)


def progress_markdown(found: Kept) -> str:
    """A running sitting's page."""
    return markdown(progress_page(found, 5, None))


def progress_page_html(found: Kept) -> str:
    """The same as HTML."""
    return html(found.sitting.paper.title, progress_page(found, 5, None))


PLAIN = st.text(st.characters(codec="utf-8", categories=["L", "N"]) | st.sampled_from(" ,;:!?()=+'\"^%@/"), min_size=1)


@settings(max_examples=25, deadline=None)
@given(st.lists(PLAIN.filter(str.strip), min_size=2, max_size=5, unique_by=words))
def test_every_option_is_on_the_page_as_it_was_written(options: list[str]) -> None:
    """Words, numbers and signs, in both formats, on the paper and in the report."""
    texts = tuple(ExamOption(f"o{text}", place == 0) for place, text in enumerate(options))
    of = paper(replace(QUESTION, options=texts))
    found = kept(of, events=[Emailed(1, True), Shown(2, 0), Saved(3, 0, 0)])
    for page in (paper_html(of), report_html(found, report(found.sitting))):
        shown = words(Seen(page).text)
        assert all(words(one.text) in shown for one in texts)
    for page in (paper_markdown(of), report_markdown(found, report(found.sitting))):
        shown = words(Seen(VIEWER.render(page)).text)
        assert all(words(one.text) in shown for one in texts)


@pytest.mark.parametrize("deck", sorted((ROOT / "decks").glob("*.md")), ids=lambda path: path.stem)
def test_shipped_cards_lose_nothing_as_markdown(deck: Path) -> None:
    """Their texts as they are written out look as before: emphasis, lists, tables, code and formulas."""
    texts = [
        text
        for card in parse(deck.read_bytes(), deck.name).cards
        for text in (
            card.prompt,
            card.front,
            card.back,
            card.source,
            *(one for o in card.options for one in (o.text, o.reason)),
        )
    ]
    assert len(texts) > 100
    for text in texts:
        assert words(card_html("\n".join(card_lines(text)))) == words(card_html(text))


def test_markdown_of_every_kind_keeps_its_looks() -> None:
    """Nested lists, hard line breaks, quotations, fences, a table with code and formulas, display formulas."""
    text = r"""Some *emphasis*, **strength**, ~~error~~, `code | x`, `` a`b `` and $\frac{1}{2}$.\
A new line.

- one
  - two
    1. three
- four

  with a paragraph

7. seven

> quoted
>
> ```python
> x = "# no heading"
> ```

| name | value |
|------|------:|
| $n$  | `1`   |
| a \| b | 2 < 3 |

$$
\sqrt{6}
$$

***

    indented code
"""
    again = "\n".join(card_lines(text))
    assert words(card_html(again)) == words(card_html(text))
    assert card_lines(again) == card_lines(text)
    shown = card_html(text)
    for told in (
        "<em>emphasis</em>",
        "<s>error</s>",
        '<ol start="7">',
        "<blockquote>",
        "√6",
        '<td class="right">',
        "<br>",
    ):
        assert told in shown


def test_links_and_pictures_are_read_and_not_opened() -> None:
    """The address stands behind the words; nothing is loaded."""
    text = "See [the paper](https://example.org/a_b) and ![a *plot*](https://example.org/x.png)."
    assert card_html(text) == "<p>See the paper (https://example.org/a_b) and [image: a plot].</p>"
    assert card_lines(text) == [r"See the paper (https://example.org/a\_b) and \[image: a plot\]."]


def test_a_text_nested_too_deep_is_shown_as_it_stands() -> None:
    """Without an exception."""
    text = "> " * 200 + "deep <b>"
    assert card_html(text) == f"<pre>{'&gt; ' * 200}deep &lt;b&gt;</pre>"
    assert harmless_markdown("\n".join(card_lines(text))) == []


def test_an_html_page_needs_nothing_beside_it() -> None:
    """No script, no address, a policy that forbids both, and rules for print."""
    page = report_html(*reported())
    assert "default-src 'none'" in page
    assert "@media print" in page
    assert "break-inside: avoid" in page
    assert not re.search(r"https?://|url\(|@import|<script|<link", page)
    assert page.startswith("<!DOCTYPE html>\n")
