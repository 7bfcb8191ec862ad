"""Every formula of the shipped decks as it is shown, held against a file that was looked at line by line.

After a change of a formula, or of how formulas are shown:

    python -m tests.formulas.test_decks && git diff tests/formulas/decks.txt
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from studyapp.core.cloze import gaps
from studyapp.decks import parse
from studyapp.decks.texts import tokens
from studyapp.formulas import displayed, fault, linear
from studyapp.model import Card

DECKS = Path(__file__).parents[2] / "decks"
GOLDEN = Path(__file__).with_name("decks.txt")
WIDTH = 70
_PARAMETER = re.compile(r"@\{(\w+)\}")


def formulas() -> Iterator[tuple[str, bool]]:
    """Each formula of each card once, its gaps filled in, and whether it stands on lines of its own."""
    seen: set[tuple[str, bool]] = set()
    for path in sorted(DECKS.glob("*.md")):
        for card in parse(path.read_bytes(), path.name).cards:
            for text in _texts(card):
                for token in tokens(_filled(text)):
                    inline = [child.content for child in token.children or () if child.type == "math_inline"]
                    own = [token.content] if token.type == "math_block" else []
                    for one in [*((latex, True) for latex in own), *((latex, False) for latex in inline)]:
                        if one not in seen:
                            seen.add(one)
                            yield one


def _texts(card: Card) -> Iterator[str]:
    yield from (card.prompt, card.front, card.back, *card.steps, card.hint, card.analogy, card.source)
    yield from (text for option in card.options for text in (option.text, option.reason))


def _filled(text: str) -> str:
    """Parameters by their names' first letter, gaps by what stands in them."""
    for gap in reversed(gaps(text)):
        text = text[: gap.start] + gap.answer + text[gap.end :]
    return _PARAMETER.sub(lambda found: found[1][0], text)


def shown() -> str:
    """What the file has to hold: each formula's LaTeX, and below it what a learner sees."""
    parts: list[str] = []
    for latex, apart in formulas():
        source = " ".join(latex.split())
        lines = (displayed(latex, WIDTH) or (linear(latex),)) if apart else (linear(latex),)
        picture = "\n".join(f"    {line}".rstrip() for line in lines)
        parts.append(f"{'$$' if apart else '$'} {source}\n{picture}\n")
    return "\n".join(parts)


def test_every_formula_is_shown_as_it_was_looked_at() -> None:
    """A difference is either a mistake or has been looked at, and then the file is written anew."""
    assert shown() == GOLDEN.read_text(encoding="utf-8"), __doc__


def test_every_formula_can_be_read_and_fits() -> None:
    """None falls back to its source, and none that stands apart to one line."""
    found = list(formulas())
    assert len(found) > 500
    assert [latex for latex, _ in found if fault(latex)] == []
    assert [latex for latex, apart in found if apart and not displayed(latex, WIDTH)] == []


if __name__ == "__main__":
    GOLDEN.write_text(shown(), encoding="utf-8")
