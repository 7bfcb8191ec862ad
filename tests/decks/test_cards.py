"""Kinds, options, steps, fields and parameters: what is read, and the problem with its exact line where it is wrong.

In `problems` and `card` the card's heading is on line 3.
"""

from __future__ import annotations

import pytest

from studyapp.model import Kind, Option
from tests.decks.samples import card, card_deck, deck, problems

SIMULATION = '```toml\n[simulation]\nname = "s"\nparameters = { depth = 2 }\nvary = { width = [1, 2] }\n```\n'
ANSWER = '```toml\n[simulation]\nname = "s"\n\n[answer]\nvalue = "v"\ntolerance = 0.1\n```\n'


# --- kinds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("## Q\n\nA", Kind.BASIC),
        ("## Q\n\n1. a numbered list alone\n2. is content", Kind.BASIC),
        ("## Q\n\n- a plain list\n- is content", Kind.BASIC),
        ("## Q\n\n- [x] a\n- [ ] b", Kind.CHOICE),
        ("## Q\n\n* [X] a\n* [ ] b", Kind.CHOICE),
        ("## Q\n\n1. [x] a\n2. [ ] b", Kind.CHOICE),
        ("## Q {.steps}\n\n1. a", Kind.STEPS),
        ("## Q {.refute}\n\nA", Kind.REFUTE),
        ("## Q\n\n" + ANSWER, Kind.COMPUTED),
    ],
)
def test_the_kind_is_read_from_the_content(text: str, kind: Kind) -> None:
    """A task list, gaps, [answer], .steps or .refute make the kind; all else is basic."""
    assert card(text).kind is kind


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("## Q {#q}\n\n{{c1::a}}\n\n- [x] b\n- [ ] c", "choice (a task list) and cloze ({{c1::...}})"),
        ("## Q {#q .refute}\n\n- [x] b\n- [ ] c", "choice (a task list) and refutation (.refute)"),
        ("## Q {#q .steps .refute}\n\n1. b", "on paper (.steps) and refutation (.refute)"),
        ("## Q {#q .steps}\n\n1. b\n\n" + ANSWER, "computed ([answer]) and on paper (.steps)"),
        ("## Q {#q}\n\n{{c1::a}}\n\n" + ANSWER, "cloze ({{c1::...}}) and computed ([answer])"),
    ],
)
def test_two_kinds_at_once_are_named(text: str, names: str) -> None:
    """The problem names both kinds."""
    assert problems(text) == [f"d.md:3: q: 2 kinds at once: {names}; make a card of each"]


# --- heading --------------------------------------------------------------------------------------


def test_empty_prompt_is_a_problem() -> None:
    """A card without a question cannot be asked."""
    assert problems("## {#q}\n\nA") == ["d.md:3: q: the card has no prompt; write the question after '##'"]
    assert problems("##\n\nA") == ["d.md:3: the card has no prompt; write the question after '##'"]


def test_gap_in_the_heading_is_a_problem() -> None:
    """Gaps belong to the text; code in a heading is left alone."""
    assert problems("## The {{c1::gap}} {#q}\n\nA") == [
        "d.md:3: q: the heading has a gap; write the gap in the text below the heading"
    ]
    assert card("## What does `{{c1::x}}` mean?\n\nA gap.").kind is Kind.BASIC


def test_id_with_capitals_is_a_problem_with_the_nearest_id() -> None:
    """Ids have small letters, digits and hyphens."""
    assert problems("## Q {#My_Card}\n\nA") == [
        "d.md:3: q: '#My_Card' is no id: an id has small letters, digits and hyphens; did you mean '#my-card'?"
    ]


# --- answers --------------------------------------------------------------------------------------


def test_empty_answer_is_a_problem() -> None:
    """A basic or refute card needs an answer; the remedy says where."""
    assert problems("## Q {#q}\n") == ["d.md:3: q: the answer is empty; write it below the heading"]
    assert problems("## Q {#q .refute}\n\nHint: h") == ["d.md:3: q: the answer is empty; write it below the heading"]
    assert problems("## Q {#q}\n\nfront\n\n---\n") == ["d.md:3: q: the answer is empty; write it below the '---'"]


def test_rule_directly_below_text_is_a_rule() -> None:
    """Setext headings are off: text above `---` stays text."""
    found = card("## Q\n\nfront\n---\nback")
    assert (found.front, found.back) == ("front", "back")


def test_other_rules_do_not_end_a_front() -> None:
    """Only `---` does; `***`, `- - -` and a `---` in a fence or list are content."""
    text = "```\n---\n```\n\n***\n\n- - -\n\n- a\n\n  ---"
    found = card(f"## Q\n\n{text}")
    assert (found.front, found.back) == ("", text)


def test_content_keeps_its_inner_blank_lines_and_indents() -> None:
    """Only blank lines at the ends go; settings and fields leave one blank line behind."""
    found = card("## Q\n\n\n    code\n\n\n\ntext\n\nHint: h\n" + SIMULATION + "more\n\n")
    assert found.back == "    code\n\n\n\ntext\n\nmore"


def test_deeper_headings_are_content() -> None:
    """Only `#` and `##` structure a deck."""
    assert card("## Q\n\n### Deeper\n\ntext\n#### Still").back == "### Deeper\n\ntext\n#### Still"


# --- fields ---------------------------------------------------------------------------------------


def test_a_field_is_its_whole_paragraph() -> None:
    """A field ends with its paragraph; inside a paragraph the word is text."""
    found = card("## Q\n\nA\nHint: text\n\nAnalogy: one\ntwo\n\nB")
    assert found.back == "A\nHint: text\n\nB"
    assert found.analogy == "one\ntwo"
    assert found.hint == ""


def test_a_second_or_empty_field_is_a_problem() -> None:
    """Nothing is silently dropped."""
    assert problems("## Q {#q}\n\nA\n\nHint: a\n\nHint: b\n\nSource:\n") == [
        "d.md:9: q: a second paragraph Hint:; put both into one paragraph",
        "d.md:11: q: Source: is empty; write its text in the same paragraph",
    ]


# --- choice ---------------------------------------------------------------------------------------


def test_reasons_and_wrapped_options() -> None:
    """A reason is a paragraph of its own under the option; an indented line right below continues the option."""
    found = card("## Q\n\n- [x] one\n  two\n- [ ] b\n\n  why\n\n  ```\n  code\n  ```\n\nexplained")
    assert found.options == (Option("one\ntwo", True), Option("b", False, "why\n\n```\ncode\n```"))
    assert found.back == "explained"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("- [ ] a\n- [ ] b", "5: q: no option is marked [x]; mark the right one"),
        ("- [x] a\n- [ ] b\n- [x] c", "7: q: 2 options are marked [x]; mark exactly one, the single best answer"),
        ("- [x] a", "5: q: there is only one option; write two or more"),
        (
            "- [x] a b\n- [ ] c\n- [ ] a  b",
            "7: q: this option is the same as that on line 5; change one of them",
        ),
        ("- [x] Yes.\n- [ ]  yes", "6: q: this option is the same as that on line 5; change one of them"),
        ("- [x] so?\n- [ ] SO !", "6: q: this option is the same as that on line 5; change one of them"),
        (
            "- [x] a\n- [ ] b\n- [ ] c\n- [ ] d\n- [ ] e\n- [ ] f\n- [ ] g",
            "11: q: there are 7 options, and keys a to f for 6; leave out the least likely ones",
        ),
        ("- [x] a\n- b", "6: q: this option has no [ ] or [x]; write '- [ ] ' before a wrong one"),
        ("- [x] a\n- [ ]", "6: q: this option is empty; write its text after the brackets"),
        (
            "- [x] a\n- [ ] b\n\n* [ ] c",
            "8: q: a second task list; the options stand on line 5 already; "
            "put all options into one list, with one kind of marker",
        ),
        (
            "- [x] a\n- [ ] b\nexplained",
            "7: q: this line would belong to the option above, for no blank line stands between; "
            "put a blank line before it, or indent it by 2 spaces",
        ),
        (
            "- [x] a\n\n  reason\nexplained\n- [ ] b",
            "8: q: this line would belong to the option above, for no blank line stands between; "
            "put a blank line before it, or indent it by 2 spaces",
        ),
    ],
)
def test_what_is_wrong_with_options(options: str, problem: str) -> None:
    """Exactly one right option, two or more, no two alike, none empty, and no text stuck to the list."""
    assert problems(f"## Q {{#q}}\n\n{options}") == [f"d.md:{problem}"]


def test_a_task_without_its_spaces_is_a_problem() -> None:
    """`-[x]` is no list in Markdown, so the card would silently be a basic one; in code it is fine."""
    assert problems("## Q {#q}\n\n-[x] a\n-[ ] b") == [
        "d.md:5: q: '-[x]' is no option; write '- [x] ' and '- [ ] ' with both spaces"
    ]
    assert card("## Q\n\n```\n-[x] a\n```").kind is Kind.BASIC
    assert card("## Q\n\n- [x](https://example.org)").kind is Kind.BASIC


# --- steps ----------------------------------------------------------------------------------------


def test_steps_below_the_rule_are_the_steps() -> None:
    """A numbered list in the front is content."""
    found = card("## Q {.steps}\n\n1. given\n\n---\n\n1. first\n2. second")
    assert (found.front, found.steps) == ("1. given", ("first", "second"))


def test_steps_without_a_numbered_list_or_with_an_empty_step() -> None:
    """`.steps` promises steps."""
    assert problems("## Q {#q .steps}\n\n- a") == [
        "d.md:3: q: .steps, but there is no numbered list; write the steps as 1. 2. 3."
    ]
    assert problems("## Q {#q .steps}\n\n1. a\n2.\n3. c") == [
        "d.md:6: q: this step is empty; write it after its number"
    ]


def test_text_stuck_to_the_last_step_is_a_problem() -> None:
    """It would be part of the step."""
    assert problems("## Q {#q .steps}\n\n1. a\n2. b\nso it is") == [
        "d.md:7: q: this line would belong to the step above, for no blank line stands between; "
        "put a blank line before it, or indent it by 3 spaces"
    ]


# --- cloze ----------------------------------------------------------------------------------------


def test_cloze_text_is_whole_without_settings_and_fields() -> None:
    """A `---` is left out; what stands on both sides is one text."""
    found = card_deck("## Q {#q}\n\nbefore\n\n---\n\n{{c1::a}}\n\nHint: h\n\n" + SIMULATION)
    (only,) = found.cards
    assert (only.id, only.front, only.back, only.hint) == ("q:c1", "", "before\n\n{{c1::a}}", "h")


def test_broken_gap_has_its_line() -> None:
    """The line is that of the gap, not of the card."""
    assert problems("## Q {#q}\n\none\ntwo {{c1::a\n") == [
        "d.md:6: q: gap c1 is never closed, its braces do not balance; "
        "write gaps as {{c1::text}} or {{c1::text::hint}}, and code in backticks"
    ]


def test_gap_in_a_field_is_a_problem() -> None:
    """A gap that no text asks for would make a card without a question."""
    assert problems("## Q {#q}\n\n{{c1::a}}\n\nHint: {{c2::b}}") == [
        "d.md:3: q: a gap stands in a field, or is cut in two by a field or a '---'; "
        "keep each gap in one paragraph of the text"
    ]


# --- accept and parameters ------------------------------------------------------------------------


def test_accept_where_nothing_is_typed_is_a_problem() -> None:
    """Choice and steps cards are not typed, and a cloze of several gaps cannot say which is meant."""
    accept = '\n\n```toml\naccept = ["a"]\n```'
    assert problems(f"## Q {{#q}}\n\n- [x] a\n- [ ] b{accept}") == [
        "d.md:9: q: accept: is for typed answers, and this card is choice (a task list); delete it"
    ]
    assert problems(f"## Q {{#q}}\n\n{{{{c1::a}}}} {{{{c2::b}}}}{accept}") == [
        "d.md:8: q: accept: cannot say which gap it is for; give each gap a card of its own"
    ]
    assert card(f"## Q\n\n{{{{c1::a}}}}{accept}").accept == ("a",)


def test_unknown_parameter_in_any_text_is_a_problem_with_its_line() -> None:
    """`@{x}` names a fixed or a drawn parameter of the card; in code it is text."""
    text = "## Q @{widht} {#q}\n\n- [x] @{width} `@{a}`\n- [ ] b\n\n  @{dept}\n\n```\n@{b}\n```\n\n" + SIMULATION
    assert problems(text) == [
        "d.md:3: q: @{widht}: the card has no parameter 'widht'; did you mean 'width'?",
        "d.md:8: q: @{dept}: the card has no parameter 'dept'; did you mean 'depth'?",
    ]


def test_parameter_without_a_simulation_is_a_problem() -> None:
    """Nothing would be drawn for it."""
    assert problems("## Q {#q}\n\n@{n}") == [
        "d.md:5: q: @{n}: the card has no parameter 'n'; add it under [simulation], to parameters or vary"
    ]


def test_empty_braces_after_an_at_sign_are_latex() -> None:
    r"""`\begin{array}{@{}l}` is no parameter."""
    assert card(r"## Q" + "\n\n" + r"$$\begin{array}{@{}l} x \end{array}$$").kind is Kind.BASIC


# --- settings among the text ----------------------------------------------------------------------


def test_a_second_or_indented_settings_block_is_a_problem() -> None:
    """There is one settings block to a card, and it stands at the beginning of the line."""
    block = '```toml\naccept = ["a"]\n```\n'
    assert problems(f"## Q {{#q}}\n\nA\n\n{block}\n{block}") == [
        "d.md:11: q: a second toml block; the settings stand on line 7 already; put both into one block"
    ]
    indented = block.replace("\n", "\n  ")
    assert problems(f"## Q {{#q}}\n\n- [x] a\n- [ ] b\n\n  {indented}") == [
        "d.md:8: q: this toml block stands inside a list or a quotation, so it is no settings; "
        "start it at the beginning of the line"
    ]


def test_only_an_info_string_of_exactly_toml_makes_settings() -> None:
    """Any other fence is content."""
    text = "```toml example\na = 1\n```\n\n```TOML\na = 1\n```"
    assert card(f"## Q\n\n{text}").back == text


def test_all_problems_of_a_card_come_at_once() -> None:
    """Nobody should have to run the check five times."""
    found = problems('## Q {#q .Re%}\n\n- [x] a\n- [x] a\n\n```toml\naccpt = ["x"]\n```\n')
    assert [line.split(":")[1] for line in found] == ["3", "6", "6", "9"]


def test_a_broken_card_is_left_out_and_the_rest_works() -> None:
    """One mistake costs one card."""
    found = deck("# D\n\n## A {#a}\n\n- [ ] x\n- [ ] y\n\n## B {#b}\n\nanswer\n")
    assert [one.id for one in found.cards] == ["b"]
    assert [problem.card for problem in found.problems] == ["a"]


def test_six_options_are_well_and_case_counts_in_maths_and_code() -> None:
    """`$W$` and `$w$` are two things, and so are `A` and `a` in code."""
    options = ["is $W$", "is $w$", "is `A`", "is `a`", "!", "?"]
    text = "\n".join(f"- [{'x' if one == '!' else ' '}] {one}" for one in options)
    assert [one.text for one in card(f"## Q\n\n{text}").options] == options
