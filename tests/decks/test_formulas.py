"""Rules of formulas that cannot be read: each is told once, at its own line, wherever on the card it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from studyapp.decks import parse
from studyapp.decks.formulas import unreadable

BROKEN = r"\frac{1}{2"


def told(folder: Path, text: str) -> list[tuple[int, str, str]]:
    """Line, card and what is wrong, for each formula of a deck that cannot be read."""
    file = folder / "deck.md"
    file.write_bytes(text.encode())
    deck = parse(file.read_bytes(), "deck.md")
    assert not deck.problems, deck.problems
    families = {card.family: card for card in reversed(deck.cards)}.values()
    return [(one.line, one.card, one.what) for card in reversed(families) for one in unreadable(card, text.split("\n"))]


@pytest.mark.parametrize(
    ("card", "line"),
    [
        (f"## What is ${BROKEN}$? {{#a}}\n\nThis.\n", 3),
        (f"## What? {{#a}}\n\nSee ${BROKEN}$.\n\n---\n\nThis.\n", 5),
        (f"## What? {{#a}}\n\nThis is $x$,\nand so is ${BROKEN}$.\n", 6),
        (f"## What? {{#a}}\n\n- [x] ${BROKEN}$\n- [ ] no\n", 5),
        (f"## What? {{#a}}\n\n- [x] yes\n- [ ] no\n\n  For ${BROKEN}$.\n", 8),
        (f"## What? {{#a .steps}}\n\n1. one\n2. two, ${BROKEN}$\n", 6),
        (f"## What? {{#a}}\n\nThis.\n\nHint: ${BROKEN}$\n", 7),
        (f"## What? {{#a}}\n\nThis.\n\nAnalogy: ${BROKEN}$\n", 7),
        (f"## What? {{#a}}\n\nThis.\n\nSource: ${BROKEN}$\n", 7),
        (f"## What? {{#a}}\n\nThis is\n\n$$\n{BROKEN}\n$$\n", 8),
        (f"## What? {{#a}}\n\nThis is\n\n$${BROKEN}$$\n", 7),
        (f"## What? {{#a}}\n\nThis is\n\n```math\n{BROKEN}\n```\n", 8),
        (f"## What? {{#a}}\n\nA word $1 +\n{BROKEN}$.\n", 5),
        (f"## What? {{#a}}\n\n> $${BROKEN[:-2]} +\n> {{2$$\n", 5),
        (f"## What? {{#a}}\n\n| a | b |\n|---|---|\n| 1 | ${BROKEN}$ |\n", 7),
        (f"## What? {{#a}}\r\n\r\nThis is ${BROKEN}$.\r\n", 5),
    ],
)
def test_a_formula_that_cannot_be_read_is_told_at_its_line(tmp_path: Path, card: str, line: int) -> None:
    """In the heading, on the front, in options, reasons, steps, fields, tables; inline, displayed or fenced."""
    end = "\r\n" if "\r" in card else "\n"
    ((found, name, what),) = told(tmp_path, f"# T{end}{end}{card}")
    assert (found, name) == (line, "a")
    assert what.startswith("the formula $")
    assert what.endswith("$ cannot be read: unexpected end of stream, was expecting '}'")


def test_each_gets_its_own_problem(tmp_path: Path) -> None:
    """Also where one begins like another that can be read; a gap's siblings share theirs."""
    deck = "# T\n\n## A {#a}\n\n$x_1$ and {{c1::$x_$}} and {{c2::one}}\nand $y^$\n\n## B {#b}\n\n$z'^2^3$\n"
    assert [(line, card.partition(":")[0], what.split(" ")[2]) for line, card, what in told(tmp_path, deck)] == [
        (5, "a", "$x_$"),
        (6, "a", "$y^$"),
        (10, "b", "$z'^2^3$"),
    ]


def test_a_long_one_is_shown_by_its_beginning(tmp_path: Path) -> None:
    """On one line."""
    ((line, _, what),) = told(tmp_path, "# T\n\n## Next x {#a}\n\n$$\nx\n+ " + "y + " * 30 + "{\n$$\n")
    assert line == 6
    assert what.startswith("the formula $x + y + y + ")
    assert "... cannot be read: " in what


@pytest.mark.parametrize(
    "text",
    [
        r"$\frac{1}{2}$",
        "costs $5 and $9",
        "`$x_$`",
        r"\$x_$ is text",
        "```\n$x_$\n```",
        r"$x^@{n}$ and $\frac{@{n}}{2}$",
        "{{c1::$a = {b}$::$c$}}",
        r"$\unknown{x}$",
    ],
)
def test_what_is_no_formula_or_can_be_read_is_no_problem(tmp_path: Path, text: str) -> None:
    """By the same rules as on the screen; a parameter stands for a number."""
    settings = '\n```toml\n[simulation]\nname = "s"\nparameters = { n = 3 }\n```\n'
    assert told(tmp_path, f"# T\n\n## A {{#a}}\n\n{text}\n{settings}") == []
