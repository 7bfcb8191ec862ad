"""Cards that ask the same: prompts that are nearly equal, found by comparing only those that share a rare word."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from studyapp.decks.texts import visible
from studyapp.model import Card, Kind, Problem

ALIKE = 92.0
"""From this similarity of their letters on, in per cent, two prompts ask the same; words may stand in another order."""
SHARED = 0.8
"""So much of their words they share too: "What is a mean?" has nearly the letters of "What is a median?"."""

_WORD = re.compile(r"\w+")
_RAREST = 3
_MOST = 50
"""A word that more prompts share than this is no sign of a likeness."""


def alike(cards: Iterable[Card]) -> Iterator[Problem]:
    """A problem at each card that asks nearly what an earlier one asks; siblings of a cloze text are one card."""
    families = {(card.deck, card.family): card for card in reversed(list(cards))}
    prompts = [(card, _asked(card)) for card in reversed(families.values())]
    words = [set(_WORD.findall(text)) for _, text in prompts]
    frequency = Counter(word for found in words for word in found)
    holding: dict[str, list[int]] = defaultdict(list)
    for at, (card, text) in enumerate(prompts):
        rarest = sorted(words[at], key=lambda word: (frequency[word], word))[:_RAREST]
        candidates = {other for word in words[at] if frequency[word] <= _MOST for other in holding[word]}
        for other in sorted(candidates):
            earlier, theirs = prompts[other]
            shared = Indel.normalized_similarity(_sorted(text), _sorted(theirs))
            if shared >= SHARED and fuzz.token_sort_ratio(text, theirs) >= ALIKE:
                what = f"asks nearly the same as {earlier.id} ({earlier.deck}:{earlier.line})"
                yield Problem(card.deck, card.line, card.id, what, "make one card of them, or ask for the difference")
                break
        for word in rarest:
            holding[word].append(at)


def _sorted(text: str) -> list[str]:
    return sorted(_WORD.findall(text))


def _asked(card: Card) -> str:
    """What a card asks, in lower case; of a choice card the prompt alone says too little, so its options count."""
    parts = [card.prompt, card.front, *(sorted(one.text for one in card.options))]
    if card.kind is Kind.CLOZE:
        parts.append(card.back)
    return visible(" ".join(parts)).casefold()
