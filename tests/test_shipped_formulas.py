"""Rules of the shipped cards that ask for a formula: the one on the back is right, and what is near it is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from studyapp.core.formula_answers import judge_formula
from studyapp.decks import parse
from studyapp.library import shipped_content
from tests.laboratory import at_work, do, one_loop

__all__ = ["one_loop"]

FOLDER = shipped_content() / "decks"
CARDS = [
    card
    for path in sorted(FOLDER.glob("*.md"))
    for card in parse(path.read_bytes(), path.name).cards
    if card.answer is not None and card.answer.formula
]

DIFFERENT = 20
"""Of the sets that a formula is judged at, so many differ at least: it cannot be right by luck."""

_PIECE = re.compile(r"\\[a-z]+|\\.|[0-9]+|[A-Za-z]|\S")
_OPERAND = re.compile(r"[0-9]+|[A-Za-z]|pi|[)]")


def typed(latex: str) -> str:
    r"""A formula of the decks as a learner would type it: `\frac{2b}{a + b}` is `((2*b)/(a+b))`."""
    pieces = _PIECE.findall(re.sub(r"\\left|\\right|\\,|.*\\approx", "", latex.replace("\n", " ")))
    written, before = "", ""
    ends: list[str] = []
    while pieces:
        piece = pieces.pop(0)
        if piece == r"\frac":
            piece, ends = "(", [*ends, "frac"]
        starts = piece in ("(", "{", r"\sqrt", r"\ln", r"\pi") or piece.isalnum()
        if starts and _OPERAND.fullmatch(before):
            written += "*"
        match piece:
            case "(" if ends and ends[-1] == "frac":
                assert pieces.pop(0) == "{"
                written, ends, before = written + "((", [*ends[:-1], "over"], "("
                continue
            case "{" | "(":
                ends = [*ends, piece]
                new = "("
            case "}" if ends[-1] == "over":
                assert pieces.pop(0) == "{"
                written, ends, before = written + ")/(", [*ends[:-1], "under"], "("
                continue
            case "}" if ends[-1] == "under":
                ends = ends[:-1]
                new = "))"
            case "}" | ")":
                ends = ends[:-1]
                new = ")"
            case r"\ln" if pieces[0] not in ("(", "{"):
                new = f"ln({pieces.pop(0)})"
            case _:
                new = piece.removeprefix("\\")
        written += new
        before = ")" if new.endswith(")") else new
    assert not ends
    return written


@pytest.mark.parametrize(
    ("latex", "keys"),
    [
        (r"\frac{2b}{a + b}", "((2*b)/(a+b))"),
        (r"\left(\frac{g}{\sqrt{2}}\right)^L", "(((g)/(sqrt(2))))^L"),
        (r"\frac{1}{2} \ln(2 \pi s^2)", "((1)/(2))*ln(2*pi*s^2)"),
        (r"-\ln\left(2^{1/n} - 1\right)", "-ln(2^(1/n)-1)"),
        (r"\alpha \approx \frac{1}{rt}", "((1)/(r*t))"),
        (r"-\ln p", "-ln(p)"),
        (r"\frac{p}{(1 - p)\, h w}", "((p)/((1-p)*h*w))"),
    ],
)
def test_latex_is_typed_as_it_is_meant(latex: str, keys: str) -> None:
    """What stands side by side is multiplied."""
    assert typed(latex) == keys


def test_there_are_enough_of_them() -> None:
    """And each names what it is in on its front."""
    assert len(CARDS) >= 18
    for card in CARDS:
        assert card.answer is not None
        for symbol in card.answer.formula:
            assert re.search(rf"\$[^$]*{symbol}[^$]*\$", f"{card.prompt} {card.front}"), (card.id, symbol)


@pytest.mark.slow
def test_the_formula_on_the_back_is_judged_right(tmp_path: Path) -> None:
    """At all drawn sets, which are many; and neither twice as much nor any named mistake is."""
    with at_work(tmp_path) as library:
        laboratory = library.laboratory
        for card in CARDS:
            shown = re.search(r"\$\$(.+?)\$\$", card.back, re.DOTALL)
            assert shown is not None, card.id
            against = do(laboratory.formula_samples(card))
            assert len({one.at for one in against}) >= DIFFERENT, card.id
            assert judge_formula(typed(shown[1]), against).correct, (card.id, typed(shown[1]))
            twice = judge_formula(f"2*({typed(shown[1])})", against)
            assert (twice.correct, twice.note) == (False, "off by a factor 2 each time"), card.id
            for name in against[0].key.mistakes:
                assert any(abs(one.key.mistakes[name] - one.key.value) > 1e-3 * abs(one.key.value) for one in against)
