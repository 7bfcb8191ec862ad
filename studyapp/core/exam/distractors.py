"""Wrong options for cards that come without any: what other cards of the same kind answer to something else."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nsmallest

from studyapp.core.cloze import cloze_answer
from studyapp.core.questions import is_typeable
from studyapp.model import Card, Kind

MOST = 3
"""Wrong options for one card, at most."""

SHORTEST, LONGEST = 0.6, 1.6
"""How long a wrong option may be, as a multiple of the right one."""

TOO_ALIKE = 0.8
"""Answers whose letters agree to this share may mean the same."""

MOST_WORDS = 8
"""An answer of more words says by itself which question it belongs to."""

_NEAREST = 40
"""Of the answers of one shape, so many of about the same length are looked at."""


@dataclass(frozen=True, slots=True)
class Distractor:
    """A wrong option, and the prompt that it would be right for."""

    text: str
    prompt: str


@dataclass(frozen=True, slots=True)
class _Answer:
    card: Card
    text: str
    letters: str
    shape: str


class AnswerPool:
    """The short answers of many cards, from which wrong options for each of them are borrowed."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self._groups: dict[tuple[str, ...], list[_Answer]] = {}
        found = [_Answer(card, text, _letters(text), _shape(text)) for card in cards if (text := answer_of(card))]
        for one in sorted(found, key=lambda one: (len(one.text), one.card.id)):
            for group in _groups(one.card, one.shape):
                self._groups.setdefault(group, []).append(one)

    def distractors(self, card: Card) -> list[Distractor]:
        """Up to three wrong options: of the same shape, about as long, from the same part before other parts.

        None of them may also be true: not what is accepted, nor contained in it, nor all but the same letters, nor a
        sibling's answer, nor one that the card itself mentions.
        """
        right = answer_of(card)
        if not right:
            return []
        mentioned = _letters(f"{card.prompt} {card.front} {card.back} {card.hint}")
        taken = [_letters(one) for one in (right, *card.accept)]
        found: list[Distractor] = []
        for one in self._near(card, right):
            fresh = one.card.family != card.family and one.letters not in mentioned
            if fresh and not any(_alike(one.letters, other) for other in taken):
                found.append(Distractor(one.text, one.card.prompt))
                taken.append(one.letters)
            if len(found) == MOST:
                break
        return found

    def _near(self, card: Card, right: str) -> Iterator[_Answer]:
        """Answers of about this length, those of the same part first, then of the deck, then of all decks."""
        shortest, longest = SHORTEST * len(right), LONGEST * len(right)
        for group in _groups(card, _shape(right)):
            answers = self._groups.get(group, [])
            low = bisect_left(answers, shortest, key=lambda one: len(one.text))
            high = bisect_right(answers, longest, key=lambda one: len(one.text))
            yield from nsmallest(_NEAREST, answers[low:high], key=lambda one: abs(len(one.text) - len(right)))


def answer_of(card: Card) -> str:
    """The answer of a card as one short line, empty where it has none of the kind."""
    match card.kind:
        case Kind.CLOZE if card.cloze is not None:
            gaps = set(cloze_answer(card.back, card.cloze))
            answer = gaps.pop() if len(gaps) == 1 else ""
        case Kind.BASIC:
            answer = card.accept[0] if card.accept else card.back.strip()
        case _:
            answer = ""
    return answer if "\n" not in answer and 0 < len(answer.split()) <= MOST_WORDS else ""


def _groups(card: Card, shape: str) -> tuple[tuple[str, ...], ...]:
    return (shape, card.deck, card.part), (shape, card.deck), (shape,)


def _alike(one: str, other: str) -> bool:
    return one in other or other in one or SequenceMatcher(None, one, other).ratio() >= TOO_ALIKE


def _letters(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _shape(answer: str) -> str:
    """What an answer looks like at a glance: one of another shape would never be believed."""
    if "`" in answer:
        return "code"
    if re.fullmatch(r"[-+−]?[\d.,]+\s*%?", answer):
        return "number"
    if "$" in answer:
        return "formula"
    words = "words" if is_typeable(answer) else "phrase"
    return f"{words}, capital" if answer[:1].isupper() else words
