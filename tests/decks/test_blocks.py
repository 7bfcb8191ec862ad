"""The quick scan of a file finds the blocks that markdown-it finds, whatever the file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.decks.blocks import Fence, Heading, Html, Labelled, Listing, Rule, blocks_of, markdown, outline

LINES = st.sampled_from(
    ["# T", "## a", "## b {#x}", "### c", "  ## d", "    ## e", "##", "## ##", "## x ##", "#tag", "####### x",
     "- a", "- [x] yes", "- [ ] no", "- [ ]", "- ", "-", "* a", "+ a", "-5", "*b* c", "**b** c", "  in", "   three",
     "    four", "     five", "\ttab", " \ttab", "  - x", "  1. x", "  ```", "  [x]: /u", "1. one", "2. two", "10) x",
     "123456789. x", "1234567890. x", "1.", "5", "3.5 x", "- ## w", "- - x", "- > q", "1. ```", "- a | b",
     "```", "```toml", "```a`b", "```a|b", "````", "~~~", "~~~ x", "`code`", "~ x", "---", "--- ", "- - -", "***",
     "___", "> q", "> ## z", "> ```", "<div>", "</div>", "<b>", "<!-- c", "-->", "<!-- x -->", "<?php", "<![CDATA[",
     "]]>", "Hint: h", "  Hint: h", "Analogy: x", "Source:", "Hint", "a | b", "| a |", "--- | ---", "|---|", ":--",
     "-|-", "  |---|", "[x]: /u", "[a] b", "[a]:", "'title", "$$", "= x", "===", "text", "more text", "", "", "", " ",
     "\t", "\u00a0Hint: x", "\u00a0", "\u2028", "\\# x", "_x_", "__ x", "AB"]
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.one_of(LINES, LINES, LINES, st.tuples(LINES, LINES).map("".join)), min_size=1, max_size=16))
def test_the_scan_agrees_with_markdown_it(lines: list[str]) -> None:
    """Each block, its lines and its text are the same whether scanned or parsed."""
    assert outline(lines) == blocks_of(lines, 0, len(lines))[0]


@settings(max_examples=300, deadline=None)
@given(st.text("#-*+`~<>!|:[]x1.) \tH", max_size=60))
def test_the_scan_agrees_on_any_characters(text: str) -> None:
    """The same for lines that nobody thought of."""
    lines = text.replace("H", "\nHint: ").replace("x)", "\n").split("\n")
    assert outline(lines) == blocks_of(lines, 0, len(lines))[0]


def test_a_card_of_plain_blocks_never_wakes_markdown_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paragraphs, fences, task lists and numbered steps are read by the scan alone."""

    def unexpected(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("studyapp.decks.blocks.blocks_of", unexpected)
    text = (
        "# D\n\n## A\n\n**a** b\n---\n- [x] o\n  p\n- [ ] q\n\n  why\n\nHint: h\n\n1. a\n2. b\n\n```toml\na = 1\n```\n"
    )
    assert [type(block) for block in outline(text.split("\n"))] == [
        Heading,
        Heading,
        Rule,
        Listing,
        Labelled,
        Listing,
        Fence,
    ]


def test_only_the_card_with_something_special_goes_to_markdown_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quotation in one card leaves the others quick; an open comment reaches to the end of the file."""
    seen: list[tuple[int, int]] = []

    def watched(lines: list[str], start: int, stop: int) -> object:
        seen.append((start, stop))
        return blocks_of(lines, start, stop)

    monkeypatch.setattr("studyapp.decks.blocks.blocks_of", watched)
    outline(["# D", "## A", "a", "## B", "> b", "## C", "c"])
    assert seen == [(3, 5)]
    seen.clear()
    found = outline(["# D", "## A", "<!-- a", "## B", "b", "-->", "## C"])
    assert seen == [(1, 3), (1, 7)]
    assert found == [Heading(0, 1, "D"), Heading(1, 2, "A"), Html(2, 6, True), Heading(6, 2, "C")]


def test_setext_headings_are_off_and_tables_on() -> None:
    """The parser for decks is the one to show them with."""
    html = markdown().render("a\n---\n\n| a |\n|---|\n| b |\n")
    assert "<h2>" not in html
    assert "<hr" in html
    assert "<table>" in html


def test_lazy_lines_are_found() -> None:
    """A line that belongs to an item only because no blank line stands before it."""
    (listing,) = outline(["- [x] a", "- [ ] b", "lazy"])
    assert isinstance(listing, Listing)
    assert [item.lazy for item in listing.items] == [-1, 2]
