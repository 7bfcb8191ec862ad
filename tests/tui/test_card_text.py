"""Card text is data: its Markdown is laid out, and nothing in it can style, click, steer or crash anything."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from studyapp.tui import card_text
from studyapp.tui.card_blocks import CODE, lines_of
from studyapp.tui.card_lines import assemble
from studyapp.tui.card_text import LONGEST, content, plain

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def shown(markdown: str, width: int | None = None) -> str:
    """The text that a card shows."""
    return content(markdown, width=width).plain


def styled(of: Content, look: Style | str) -> list[str]:
    """The stretches of a Content that have a style."""
    return [of.plain[span.start : span.end] for span in of.spans if span.style == look]


# --- Markdown -----------------------------------------------------------------------------------------------------


def test_paragraphs_join_their_lines_and_stand_apart() -> None:
    """A line end in the source is a space; a blank line stays one."""
    assert shown("one\ntwo  three\n\n\n  four\n") == "one two three\n\nfour"
    assert shown("*one*\ntwo\\\nthree  \nfour\r\nfive") == "one two\nthree\nfour five"
    assert shown("") == shown("\n \n") == ""


def test_emphasis_and_code_become_spans() -> None:
    """Bold, italics, both and code are styles; their marks are gone."""
    text = content("a **bold *both* word** and `x[0] * *y*` and ~~not~~")
    assert text.plain == "a bold both word and x[0] * *y* and not"
    assert styled(text, Style(bold=True)) == ["bold ", "both", " word"]
    assert styled(text, Style(italic=True)) == ["both"]
    assert styled(text, CODE) == ["x[0] * *y*"]
    assert styled(text, Style(strike=True)) == ["not"]


def test_fenced_code_is_verbatim_two_cells_in() -> None:
    """Nothing in code is Markdown or a formula; with a width, what has no room goes on four cells in."""
    assert shown("```python\nif *a*:\n\treturn $x$\n\n```\nend") == "  if *a*:\n      return $x$\n\n\nend"
    assert shown("```\naaaa bbbb cccc dddd\n```", 16) == "  aaaa bbbb\n    cccc dddd"


def test_lists_hang_when_there_is_a_width() -> None:
    """Lines after the first stand under the item's text; nested items further in; numbers are right-aligned."""
    markdown = "- one two three\n  - four five six\n- seven\n\n9. nine\n10. ten eleven"
    assert shown(markdown) == "• one two three\n  • four five six\n• seven\n\n 9. nine\n10. ten eleven"
    assert shown("- one two three\n  - four five six", 12) == "• one two\n  three\n  • four\n    five six"
    assert shown("10. ten eleven", 10) == "10. ten\n    eleven"
    assert shown("- a\n\n  b\n\n- c") == "• a\n\n  b\n\n• c"


def test_quotations_wear_a_bar_on_every_line() -> None:
    """With a width, also on the lines that wrapping makes."""
    assert shown("> one two three\n>\n> four", 10) == "│ one two\n│ three\n│ \n│ four"


def test_headings_are_bold_and_rules_are_lines() -> None:
    """A deeper heading is a bold line; a second `---` is content; underlined headings do not exist in decks."""
    text = content("### Why *so*\n\n---\n\nnot a heading\n===")
    assert text.plain == f"Why so\n\n{'─' * 24}\n\nnot a heading ==="
    assert styled(text, Style(bold=True)) == ["Why ", "so"]


def test_tables_align_their_columns_by_cells() -> None:
    """A wide character takes two cells; with too little room the widest column wraps."""
    markdown = "| a | bcd | e |\n|---|:-:|--:|\n| 漢字 | $x^2$ | 1 |\n| 1 | `c` | 1234 |"
    assert shown(markdown).split("\n") == [
        "a     bcd     e",
        "────  ───  ────",
        "漢字  x²      1",
        "1      c   1234",
    ]
    assert shown("| a | b |\n|---|---|\n| 1 | one two three |", 10) == "a  b\n─  ───────\n1  one two\n   three"


def test_links_and_images_are_text() -> None:
    """A link shows its address where that differs from its text, and nothing can be clicked."""
    text = content("[docs](https://a.b/c) <https://d.e> [x](x) ![a *cat*](cat.png) [bad](javascript:alert(1))")
    assert text.plain == "docs (https://a.b/c) https://d.e x [image: a cat] [bad](javascript:alert(1))"
    assert not text.spans


def test_html_is_text() -> None:
    """Tags and comments are shown, entities are the characters they name."""
    assert shown("<b>x</b> <!-- y --> a &lt; b &amp; c") == "<b>x</b> <!-- y --> a < b & c"
    assert shown("<script>\nx\n</script>") == "<script> x </script>"


# --- formulas -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        (r"so $\frac{1}{1+e^{-x}}$, then", "so 1/(1 + e⁻ˣ), then"),
        ("costs $5 and $9", "costs $5 and $9"),
        ("costs $5, and $x_1$ is", "costs $5, and x₁ is"),
        ("US$5 or 5$ or 6$", "US$5 or 5$ or 6$"),
        ("$ x$ and $x $ and $x$2 and $$", "$ x$ and $x $ and $x$2 and $$"),
        (r"\$x$ and \\$x^2$", r"$x$ and \x²"),
        ("`$x^2$` and $x^2$", "$x^2$ and x²"),
        ("a $5 `b$` c", "a $5 b$ c"),
        (r"**$x^2$** and ($y$), $n$-th, $n$th", "x² and (y), n-th, nth"),
        (r"$a_1 * b_2 * c$ and $a<b>c$", "a₁ * b₂ * c and a < b > c"),
        (r"a $$x^2$$ b", "a x² b"),
        (r"$\text{5 \$}$", "5 $"),
        ("$x\ny$", "xy"),
        ("$x\n\ny$", "$x\n\ny$"),
        ("$a^$", "a^"),
    ],
)
def test_dollars_follow_githubs_rules(markdown: str, text: str) -> None:
    """Prices stay text, code is left alone, and a formula is not Markdown."""
    assert shown(markdown) == text


def test_displayed_formulas_have_a_line_of_their_own() -> None:
    """`$$ ... $$` on its own lines is indented, also within a list; so is GitHub's `math` fence."""
    assert shown("a\n$$\nx^2 +\ny\n$$\nb") == "a\n\n    x² + y\n\nb"
    assert shown("$$x^2$$") == shown("```math\nx^2\n```") == "    x²"
    assert shown("- a\n\n  $$x^2$$") == "• a\n\n      x²"
    assert shown("$$\nx\n\ny") == "$$ x\n\ny"


def test_short_formulas_do_not_break() -> None:
    """A formula that fits is not cut at its spaces."""
    assert shown(r"one two three four five six, $\frac{a+b}{c}$ seven so", 40) == (
        "one two three four five six, (a + b)/c\nseven so"
    )
    assert shown(r"one two three four five six sev $\frac{a+b}{c}$ on", 40).split("\n")[1] == "(a + b)/c on"


def test_a_longer_formula_breaks_before_a_relation() -> None:
    """Not at the signs of what stands on either side."""
    text = r"Since $a + b + c + d = e + f + g + h + i$ holds"
    assert shown(text, 38) == "Since a + b + c + d\n= e + f + g + h + i holds"


def test_a_last_word_is_not_left_alone() -> None:
    """The one before it comes along, unless it would be alone then too, or there is no room."""
    assert shown("one two three four", 13) == "one two\nthree four"
    assert shown("one two three four", 18) == "one two three four"
    assert shown("onetwothree four", 11) == "onetwothree\nfour"
    assert shown("one twothreefour fivesix", 16) == "one twothreefour\nfivesix"
    assert shown("a b " + "c" * 20, 12) == "a b\ncccccccccccc\ncccccccc"


# --- wrapping -----------------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["word", "漢字", "e\u0301", "👩\u200d🔬", "\u200b", "- ", "> ", "\n", "`x y`", "**b**", "| a"])
    ),
    st.integers(20, 60),
)
def test_no_line_is_wider_than_the_width(parts: list[str], width: int) -> None:
    """Counted in cells, whatever the characters are, and no visible character is lost."""
    markdown = " ".join(parts)
    lines = shown(markdown, width).split("\n")
    assert all(cell_len(line) <= width for line in lines)
    assert shown(markdown, width).count("漢") == markdown.count("漢")


def test_words_longer_than_a_line_are_cut() -> None:
    """A wide character never straddles the edge."""
    assert shown("漢字漢字漢", 5) == "漢字\n漢字\n漢"
    assert shown("abcdefgh i", 3) == "abc\ndef\ngh\ni"


# --- data, not code -----------------------------------------------------------------------------------------------

HOSTILE = [
    "[@click=app.quit]quit[/]",
    "[/x] and [bold]b[/bold] and P(A|B)",
    "$[link=https://e.vil]x[/link]$",
    "\x1b]52;c;aGVsbG8=\x07 \x9b31m \x00\x7f",
    "&#27;]52;c;aGVsbG8=&#7; &#x9b; &#x202e;",
    "`\x1b[31m`\n\n```\n\x1b[2J\n```\n\n$\x1b[1m x$",
    f"a{BIDI}b",
    "lone \ud800 surrogate",
    "[link](https://a.b/\x1b[31m) ![\x1b](x)",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("width", [None, 30])
def test_markup_and_escape_codes_are_only_text(text: str, width: int | None) -> None:
    """No style comes from the text, no control character or bidi override goes out, and it can be written."""
    for made in (plain(text), content(text, width=width)):
        assert not any(unicodedata.category(one) == "Cc" and one not in "\n\t" for one in made.plain)
        assert not set(made.plain) & set(BIDI)
        made.plain.encode()
        assert {span.style for span in made.spans} <= {CODE}


def test_markup_is_shown_as_it_is() -> None:
    """What Textual would take for tags stays on the screen."""
    assert shown("[@click=app.quit]quit[/] [/x] P(A|B)") == "[@click=app.quit]quit[/] [/x] P(A|B)"
    assert plain("[b]x[/b]").plain == "[b]x[/b]"
    assert plain("a\x1b[31m\nb\tc\r\n").plain == "a[31m\nb\tc\n"


def test_a_widget_shows_it_as_text() -> None:
    """In a running app, too: the style of code resolves and the markup is text."""
    hostile = "`code` **bold** [@click=app.quit]x[/] \x1b]52;c;aGk=\x07 [/x]"

    class Card(App[None]):
        def compose(self) -> ComposeResult:
            yield Static(content(hostile), id="card")

    async def look() -> str:
        app = Card()
        async with app.run_test(size=(80, 5)):
            strip = app.query_one("#card").render_line(0)
            assert not any(segment.style and segment.style.meta.get("@click") for segment in strip)
            return strip.text.rstrip()

    assert asyncio.run(look()) == "code bold [@click=app.quit]x[/] ]52;c;aGk= [/x]"


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["*", "_", "**", "`", "```", "\n", "\n\n", "$", "$$", "|", "|-|", "- ", "1. ", "> ", "#", "[", "](", ")",
             "!", "<", ">", "&#27;", "\\", "\t", "  ", "a", "x^2", "\x1b", "\u202e", "漢", "~~", "---", "    "]
        )
        | st.text(max_size=3),
        max_size=40,
    ).map("".join),
    st.none() | st.integers(1, 40),
)  # fmt: skip
def test_no_text_breaks_it(markdown: str, width: int | None) -> None:
    """Whatever a deck holds, something is shown and it is harmless."""
    text = shown(markdown, width)
    assert not any(unicodedata.category(one) == "Cc" and one not in "\n\t" for one in text)
    assert not set(text) & set(BIDI)


@pytest.mark.parametrize(
    "unit",
    ["a ", "a", "[", "*a **b ", "> ", "- ", "`", "$a", "|a", "$x$ ", "漢", "\u200b", "e\u0301", "\x1b]52;", "\u202e",
     "<a ", "&#x1b;"],
)  # fmt: skip
def test_huge_texts_take_time_in_proportion(unit: str) -> None:
    """100 KB take a fraction of a second (square time would be minutes), and what is not laid out is still shown."""
    started = time.perf_counter()
    text = shown((unit * 100_000)[:100_000], 60)
    assert time.perf_counter() - started < 10
    assert text or unit in ("\x1b]52;", "\u202e")


def test_deep_nesting_is_shown() -> None:
    """Beyond what can be laid out, the source is."""
    for depth in (5, 19, 40, 300):
        assert "text" in shown("> " * depth + "text", 60)
        assert f"item{depth - 1}" in shown("".join("  " * i + f"- item{i}\n" for i in range(depth)), 60)
    assert shown("x " * LONGEST).startswith("x x")


def test_a_table_of_too_many_columns_is_shown_as_it_is() -> None:
    """It would take seconds to lay out and fit nowhere."""
    table = "|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n" + "|b\n" * 100
    assert shown(table).startswith("|a|a|")


# --- the short way for words --------------------------------------------------------------------------------------

texts = st.lists(
    st.sampled_from(
        ["word", "Word.", "a,", "(b)", '"q"', "5", "1.", "2)", "x=y", "a-b", "-", "+", "é", "漢", ":", "!", "?", "'",
         "/", "%", "@", "\n", "\n\n", " ", "  ", "    ", "#", ">", "===", "…", "−", ";", "^", "{", "}", "]",
         "\u00a0", "\u3000"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(texts | st.text(max_size=30), st.none() | st.integers(5, 40))
def test_words_without_markdown_take_a_short_way_to_the_same_result(text: str, width: int | None) -> None:
    """Wherever the short way is taken, the parser would have given the same."""
    text = "".join(one for one in text if unicodedata.category(one) not in ("Cc", "Cs") or one == "\n")
    short = card_text._plain_lines(text, width)
    if short is not None:
        long = lines_of(text, width)
        assert long is not None
        assert assemble(short).is_same(assemble(long))


def test_words_load_no_parser() -> None:
    """The first card is on the screen before markdown-it and pylatexenc are loaded."""
    code = (
        "import sys; from studyapp.tui.card_text import content; "
        "text = content('What is a vanishing gradient? It shrinks (by 0.25), layer by layer.\\n\\nSo?', width=40); "
        "assert text.plain.startswith('What is'); "
        "assert not {'markdown_it', 'pylatexenc', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
