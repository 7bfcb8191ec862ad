"""How long the formulas of a card take to lay out, each read for the first time.

    python -m tests.benchmarks.formulas [--runs 5]

Every card of the shipped decks: its text as it is shown, and its formulas alone, in two dimensions where they stand
apart; the parser is loaded before. The reference is the same text with its formulas as plain words.
"""

from __future__ import annotations

import re
import statistics
import time
from pathlib import Path

from studyapp.decks import parse
from studyapp.decks.texts import tokens
from studyapp.formulas import showing
from studyapp.model import Card
from studyapp.tui import card_text
from tests.benchmarks.measuring import alternated, repetitions, report, summary

DECKS = Path(__file__).parents[2] / "decks"
WIDTH = 74


def text(card: Card) -> str:
    """All that a card shows, with its gaps filled by their braces."""
    options = [part for option in card.options for part in (option.text, option.reason)]
    return "\n\n".join([card.prompt, card.front, *options, *card.steps, card.back])


def shown(texts: list[str]) -> float:
    """Milliseconds to lay all texts out, nothing remembered."""
    for remembered in (showing.displayed, showing._written, showing._read, card_text._laid_out):
        remembered.cache_clear()
    begun = time.perf_counter()
    for one in texts:
        card_text.content(one, width=WIDTH)
    return 1000 * (time.perf_counter() - begun)


def formulas(card: Card) -> float:
    """Milliseconds for the formulas of one card, nothing remembered."""
    found = [(token.content, True) for token in tokens(text(card)) if token.type == "math_block"]
    found += [(c.content, False) for t in tokens(text(card)) for c in t.children or () if c.type == "math_inline"]
    for remembered in (showing.displayed, showing._written, showing._read):
        remembered.cache_clear()
    begun = time.perf_counter()
    for latex, apart in found:
        if not (apart and showing.displayed(latex, WIDTH)):
            showing.linear(latex)
    return 1000 * (time.perf_counter() - begun)


def main() -> None:
    """Measure and report."""
    runs = repetitions(__doc__, 5)
    cards = [card for path in sorted(DECKS.glob("*.md")) for card in parse(path.read_bytes(), path.name).cards]
    texts = [text(card) for card in cards]
    words = [re.sub(r"\$+", "", one) for one in texts]
    shown(texts)
    least = [min(formulas(card) for _ in range(max(3, runs))) for card in cards]
    rows = {
        name: dict(summary(values))
        for name, values in alternated({"texts": lambda: shown(texts), "as words": lambda: shown(words)}, runs).items()
    }
    rows["formulas of a card"] = {"median": round(statistics.median(least), 2), "most": round(max(least), 2)}
    report(f"{len(cards)} cards", "ms", rows, wanted={"formulas of a card, most": 5})


if __name__ == "__main__":
    main()
