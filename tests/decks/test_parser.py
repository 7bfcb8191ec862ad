"""A file as a whole: title, parts, identity, what hides cards, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.decks import card_source, parse
from studyapp.decks.cards import Surroundings
from studyapp.decks.parser import parse_card, surroundings
from studyapp.model import Card, Kind, SimulationLink
from tests.decks.samples import deck

SHIPPED = sorted((Path(__file__).parents[2] / "decks").glob("*.md"))
PART = '# P {.p}\n\n```toml\n[simulation]\nname = "s"\nparameters = { a = 1, b = 2 }\n```\n\n'


def shown(text: str) -> list[str]:
    """The problems of a deck, as they are printed."""
    return [str(problem) for problem in deck(text).problems]


# --- title and parts ------------------------------------------------------------------------------


def test_first_heading_names_the_deck_and_further_ones_are_parts() -> None:
    """Tags of the deck and of the part are inherited, each once."""
    found = deck("# D {.d .x}\n\n## A\n\na\n\n# P {.p .d}\n\n## B {.b .p}\n\nb\n\n# R\n\n## C\n\nc\n")
    assert found.title == "D"
    assert found.tags == ("d", "x")
    assert [(card.part, card.tags) for card in found.cards] == [
        ("", ("d", "x")),
        ("P", ("d", "x", "p", "b")),
        ("R", ("d", "x")),
    ]


def test_a_file_without_title_is_one_problem_and_no_cards() -> None:
    """It is probably no deck at all."""
    found = deck("## A\n\na\n")
    assert (found.title, found.cards) == ("d", ())
    assert shown("## A\n\na\n") == ["d.md:1: no '# ' heading names the deck; write '# Title' above the first card"]
    assert shown("") == ["d.md:1: no '# ' heading names the deck; write '# Title' above the first card"]
    assert shown("\n# {.tag}\n") == ["d.md:2: no '# ' heading names the deck; write '# Title' above the first card"]


def test_what_stands_above_the_title_is_a_problem() -> None:
    """Cards there still work."""
    found = deck("## A\n\na\n\n# D\n")
    assert [str(one) for one in found.problems] == [
        "d.md:1: a card stands above the '# ' heading that names the deck; move the heading on line 5 above it"
    ]
    assert [card.id for card in found.cards] == ["a"]
    assert shown('```toml\nsource = "x"\n```\n\n# D\n') == [
        "d.md:1: settings stand above the deck's heading; move them below it"
    ]


def test_part_gives_name_and_parameters() -> None:
    """What the card says itself counts; another simulation inherits nothing."""
    found = deck(
        f"# D\n\n{PART}"
        '## A\n\na\n\n```toml\n[simulation]\nparameters = { b = 3 }\nclaims = ["c"]\n```\n\n'
        "## B\n\nb\n\n```toml\n[simulation]\nvary = { a = [5, 6] }\n```\n\n"
        '## C\n\nc\n\n```toml\n[simulation]\nname = "t"\n```\n\n'
        "## E\n\ne\n"
    )
    assert found.problems == ()
    assert [card.simulation for card in found.cards] == [
        SimulationLink("s", {"a": 1, "b": 3}, claims=("c",), line=16),
        SimulationLink("s", {"b": 2}, {"a": (5, 6)}, line=26),
        SimulationLink("t", line=35),
        SimulationLink("s", {"a": 1, "b": 2}, line=6),
    ]


def test_part_never_gives_claims() -> None:
    """Claims back one card, not a part."""
    text = '# D\n\n# P\n\n```toml\n[simulation]\nname = "s"\nclaims = ["c"]\nvary = { a = [1] }\n```\n'
    remedy = "put it under the card; a part gives its cards name and parameters"
    assert shown(text) == [
        f"d.md:8: [simulation] claims: is not a setting of a part; {remedy}",
        f"d.md:9: [simulation] vary: is not a setting of a part; {remedy}",
    ]


def test_simulation_without_any_name_is_a_problem() -> None:
    """Where the part's settings are broken, the remedy is there."""
    card = '## A {#a}\n\na\n\n```toml\n[simulation]\nclaims = ["c"]\n```\n'
    assert shown(f"# D\n\n{card}") == [
        'd.md:8: a: [simulation] name: is missing; write name = "..." with the simulation\'s name'
    ]
    assert shown(f'# D\n\n# P\n\n```toml\n[simulation]\nnam = "s"\n```\n\n{card}') == [
        'd.md:6: [simulation] name: is missing; write name = "..." with the simulation\'s name',
        "d.md:7: [simulation] nam: unknown key; did you mean 'name'?",
        "d.md:15: a: [simulation] name: is missing; correct the part's settings on line 3",
    ]


def test_answer_without_simulation_is_a_problem() -> None:
    """Nothing could compute the key."""
    assert shown('# D\n\n## A {#a}\n\n```toml\n[answer]\nvalue = "v"\ntolerance = 0.1\n```\n') == [
        "d.md:6: a: [answer]: no simulation to compute it; name it under [simulation]"
    ]


def test_part_settings_may_name_the_source_of_its_cards() -> None:
    """A card's own Source: counts first."""
    found = deck('# D\n\n# P\n\n```toml\nsource = "week 2"\n```\n\n## A\n\na\n\n## B\n\nb\n\nSource: own\n')
    assert [card.source for card in found.cards] == ["week 2", "own"]


def test_the_decks_source_is_that_of_all_its_cards() -> None:
    """With the title of their part, unless the part or the card names another."""
    top = '# D\n\n```toml\nsource = "Lecture"\n```\n\n## A\n\na\n\n# P\n\n## B\n\nb\n\n## C\n\nc\n\nSource: own\n\n'
    found = deck(top + '# Q\n\n```toml\nsource = "week 2"\n```\n\n## E\n\ne\n')
    assert [card.source for card in found.cards] == ["Lecture", "Lecture: P", "own", "week 2"]


def test_kind_marks_on_a_part_are_a_problem() -> None:
    """They would silently do nothing."""
    assert shown("# D\n\n# P {.steps}\n") == ["d.md:3: .steps says the kind of a card; write it after a '##' heading"]


def test_deck_settings_have_no_simulation() -> None:
    """A part or a card has one."""
    assert shown('# D\n\n```toml\n[simulation]\nname = "s"\n```\n') == [
        "d.md:4: simulation: is not a setting of a deck; put it under a part or a card"
    ]


# --- identity -------------------------------------------------------------------------------------


def test_the_same_id_twice_names_both_lines() -> None:
    """The first counts."""
    found = deck("# D\n\n## A {#a}\n\na\n\n## B {#a}\n\nb\n")
    assert [card.prompt for card in found.cards] == ["A"]
    assert [str(one) for one in found.problems] == [
        "d.md:7: a: the id 'a' is taken by the card on line 3; give one of the two another id"
    ]


def test_a_written_id_counts_before_a_proposed_one() -> None:
    """An id in the file is history; a slug is only a proposal, wherever it stands."""
    found = deck("# D\n\n## A\n\na\n\n## B {#a}\n\nb\n")
    assert [card.prompt for card in found.cards] == ["B"]
    assert [str(one) for one in found.problems] == [
        "d.md:3: a: the id 'a' is taken by the card on line 7; "
        "give this card an id of its own: run 'studyapp stamp', or write {#...} after its heading"
    ]


# --- what hides cards -----------------------------------------------------------------------------


def test_unclosed_fence_says_how_many_cards_it_hides() -> None:
    """The card that swallows others is broken; those above it work."""
    text = "# D\n\n## A\n\na\n\n## B {#b}\n\n```python\nx = 1\n\n## C\n\nc\n\n## E\n\n### deeper\n"
    assert shown(text) == [
        "d.md:9: b: the fence opened here is never closed and hides 2 lines starting with '##'; close it with ```"
    ]
    assert [card.id for card in deck(text).cards] == ["a"]


def test_unclosed_comment_says_how_many_cards_it_hides() -> None:
    """One hidden line is a line, not lines."""
    assert shown("# D\n\n## A {#a}\n\na\n\n<!-- later\n\n## B\n\nb\n") == [
        "d.md:7: a: the comment opened here is never closed and hides 1 line starting with '##'; close it with -->"
    ]
    assert shown("# D\n\n<!-- note\n## B\n\nb\n") == [
        "d.md:3: the comment opened here is never closed and hides 1 line starting with '##'; close it with -->"
    ]
    assert shown("<!--\n# D\n\n## B\n\nb\n")[0] == (
        "d.md:1: the comment opened here is never closed and hides 1 line starting with '##'; close it with -->"
    )


def test_html_that_swallows_a_heading_is_a_problem() -> None:
    """An HTML block goes on to the next blank line."""
    assert shown("# D\n\n## A {#a}\n\n<div>\n## B\n\nb\n") == [
        "d.md:5: a: the HTML block here hides 1 line starting with '##'; end it with a blank line before them"
    ]


def test_closed_comments_and_fences_hide_on_purpose() -> None:
    """A card commented out is nobody's mistake."""
    text = "# D\n\n## A\n\na\n\n<!--\n## B\n\nb\n-->\n\n```\n## c\n```\n\n## E\n\ne\n"
    assert shown(text) == []
    assert [card.id for card in deck(text).cards] == ["a", "e"]


def test_unclosed_fence_at_the_end_is_valid_markdown() -> None:
    """It hides nothing."""
    assert deck("# D\n\n## A\n\na\n\n```\nx = 1\n").problems == ()


# --- bytes ----------------------------------------------------------------------------------------


def test_crlf_and_bom_are_tolerated() -> None:
    """Texts have LF inside, whatever the file has; lines count the same."""
    text = "# D\n\n## A {#a}\n\none\ntwo\n\n- [x] o\n- [ ] p\n"
    plain, other = deck(text), parse(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), "d.md")
    assert other == plain
    assert other.problems == ()


def test_lone_cr_is_refused_with_its_line() -> None:
    """Lines would not count the same everywhere."""
    found = parse(b"# D\r\n\r\n## A\rB\n\na\n", "d.md")
    assert found.cards == ()
    assert [str(one) for one in found.problems] == [
        "d.md:3: a carriage return (CR) stands alone here, and is no line end; save the file with LF or CRLF line ends"
    ]


def test_bytes_that_are_not_utf8_are_refused_with_their_line() -> None:
    """The message names the byte, or the encoding where it shows."""
    assert str(parse(b"# D\n\n## caf\xe9\n", "d.md").problems[0]) == (
        "d.md:3: byte 0xE9 is not UTF-8; save the file as UTF-8"
    )
    assert str(parse("# D".encode("utf-16"), "d.md").problems[0]) == (
        "d.md:1: the file is UTF-16, not UTF-8; save the file as UTF-8"
    )


def test_unicode_line_separators_split_nothing() -> None:
    """U+2028 is content, and line numbers stay those of the file."""
    found = deck("# D\n\n## A\u2028B {#a}\n\na\u2029b\x85\n\n## C {#c}\n")
    assert found.cards[0].prompt == "A\u2028B"
    assert found.cards[0].back == "a\u2029b"
    assert [problem.line for problem in found.problems] == [5, 7]


# --- any bytes ------------------------------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    ["# ", "## ", "### ", "- [x] ", "- [ ] ", "1. ", "---", "```", "```toml\n", "~~~", "<!--", "-->", "<div>", "> ",
     "{#a}", "{.steps}", "{.refute}", "{#", "}", "{{c1::", "{{c2::a::b}}", "}}", "@{x}", "Hint:", "Source: s", "$", "`",
     "[answer]\n", "[simulation]\n", 'name = "s"\n', 'value = "v"\n', "tolerance = 0.1\n", "vary = { x = [1] }\n",
     "\n", "\n\n", "\r\n", "\r", "\t", "  ", "    ", "a", "é", "\u2028",
     "\x0c", "\x1b[0m", "\u202e", "\ufeff", "|", "\\"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(FRAGMENTS, max_size=40).map("".join))
def test_parse_never_raises_for_any_text(text: str) -> None:
    """Whatever the text, there is a deck, every card is usable, and every problem has a line of the file."""
    found = parse(("# D\n" + text).encode(), "d.md")
    for card in found.cards:
        assert card.prompt
        assert (card.kind is Kind.CLOZE) == (card.cloze is not None)
        assert card.kind is not Kind.CHOICE or sum(option.correct for option in card.options) == 1
    for problem in found.problems:
        assert 1 <= problem.line <= text.count("\n") + 2
        assert problem.what
        assert problem.remedy
        assert "\n" not in str(problem)
    families = [card.id for card in found.cards]
    assert len(families) == len(set(families))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_parse_never_raises_for_any_bytes(data: bytes) -> None:
    """Neither does it for bytes that are no text at all."""
    assert parse(data, "d.md").path == "d.md"
    assert parse(b"# D\n\n## A\n" + data, "d.md").path == "d.md"


@pytest.mark.parametrize("nest", ["> ", "- ", "1. ", "* - "])
def test_deep_nesting_does_not_raise(nest: str) -> None:
    """Hundreds of levels of lists or quotations are read without a recursion error."""
    assert parse(f"# D\n\n## A\n\n{nest * 400}x\n".encode(), "d.md").title == "D"


def test_deep_toml_does_not_raise() -> None:
    """A recursion error of the TOML parser is a problem like any other."""
    found = parse(b"# D\n\n```toml\ntags = " + b"[" * 5000 + b"\n```\n", "d.md")
    assert [str(one) for one in found.problems] == ["d.md:4: settings: values are nested too deeply; correct the TOML"]


# --- one card, where it stands --------------------------------------------------------------------


def without_lines(card: Card) -> Card:
    """A card wherever it stands."""
    return replace(
        card,
        line=0,
        simulation=card.simulation and replace(card.simulation, line=0),
        answer=card.answer and replace(card.answer, line=0),
        target=card.target and replace(card.target, line=0),
    )


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_card_read_alone_is_the_card_of_its_file(file: Path) -> None:
    """With what it has from its part and its deck: every shipped card."""
    data = file.read_bytes()
    read = {card.id: card for card in parse(data, file.name).cards}
    assert len(read) > 30
    for card in read.values():
        cards, wrong = parse_card(card_source(data, card), surroundings(data, file.name, card.family))
        assert wrong == ()
        assert without_lines(card) in [without_lines(one) for one in cards]


def test_problems_of_a_card_read_alone_are_at_its_own_lines() -> None:
    """Those that name another line too."""
    _, wrong = parse_card("## What?\n\n- [x] one\n- [ ] one\n", Surroundings(""))
    assert [(one.line, one.what) for one in wrong] == [(4, "this option is the same as that on line 3")]


@pytest.mark.parametrize(
    "text", ["", "\n", "words", "## A\n\n1\n\n## B\n\n2", "A note.\n\n## A\n\n1", "## A\n\n1\n\n# Part\n", "# A"]
)
def test_what_is_not_one_card_is_told(text: str) -> None:
    """Cards, parts and notes above it are of other cards."""
    assert parse_card(text, Surroundings(""))[1][-1].what == "the text is not one card"


@given(st.text(max_size=200), st.binary(max_size=200))
def test_one_card_of_any_text_never_raises(text: str, data: bytes) -> None:
    """Whatever stands around it; surrogates, which a terminal can send, are no letters."""
    parse_card("## A" + text + "\ud800", surroundings(data, "d.md"))
    parse_card(text, surroundings(b"# D\n\n# P\n\n" + data, "d.md", "a"))


def test_a_new_card_at_the_end_has_what_the_last_part_gives() -> None:
    """And what the deck gives."""
    around = surroundings(("# D {.d}\n\n## A {#a}\n\n1\n\n" + PART).encode(), "d.md")
    assert (around.part, around.tags, around.link and around.link.name) == ("P", ("d", "p"), "s")
    assert surroundings(("# D {.d}\n\n## A {#a}\n\n1\n\n" + PART).encode(), "d.md", "a").link is None
    assert surroundings(b"", "d.md") == Surroundings("d.md")
