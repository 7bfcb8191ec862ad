"""What makes a card easier, harder or longer than its author meant: found while a deck is checked.

About a card: an answer that its question gives away, no explanation, more than fits on a screen, a misspelt macro.
About a deck: keys that stand out by their place or their length. An exact tail probability tells habit from chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from studyapp.core.cloze import gaps, without_code
from studyapp.decks.formulas import words_of_macros
from studyapp.decks.giveaway import given_away
from studyapp.decks.length import COLUMNS, lines_of
from studyapp.decks.texts import visible
from studyapp.model import Card, Kind, Problem

LIKELY = 0.01
"""Keys stand out if so many of them or more would have the place or the length with at most this probability."""
FRONT_LINES = 20
"""A prompt and its options take at most so many lines of 74 columns, so that all of it is seen at 80x24."""

_WORDS_OF_A_REASON = 3
_ANSWERED = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bal)(?<!\bvs)[.!?:][\"'’”)\]*_]*(?=\s)"
    r"|\n[ \t]*\n|\b(?:because|since|hence|therefore|thus|so that)\b",
    re.IGNORECASE,
)
"""Where the answer may end and its reason begin."""
_FORMULA = re.compile(r"\$\$?[^$]+\$\$?")
_WORD = re.compile(r"[^\W\d_]+")


def lint(cards: Iterable[Card]) -> list[Problem]:
    """All remarks about the cards of one deck, in the order of its lines."""
    cards = list(cards)
    texts = {card.family: card for card in reversed(cards)}  # the siblings of a cloze text share it
    found = [problem for card in cards for problem in _given_away(card)]
    found += [problem for card in texts.values() for problem in _about(card)]
    found += _standing_out([card for card in cards if card.kind is Kind.CHOICE])
    return sorted(found, key=lambda problem: problem.line)


# --- a card ---------------------------------------------------------------------------------------------------------


def _given_away(card: Card) -> Iterator[Problem]:
    place, answer = given_away(card)
    if place:
        what, remedy = f"the {place} gives the answer {_short(answer)} away", "ask without the words of the answer"
        yield Problem(card.deck, card.line, card.id, what, remedy)


def _about(card: Card) -> Iterator[Problem]:
    def problem(what: str, remedy: str) -> Problem:
        return Problem(card.deck, card.line, card.id, what, remedy)

    if not _explained(card):
        remedy = "say why it is so"
        if card.kind is Kind.CLOZE:
            remedy += " in a paragraph after the last gap"
        yield problem("nothing explains the answer", remedy)
    missing = [option for option in card.options if not option.correct and not option.reason]
    if missing:
        yield problem(f"the option {_short(missing[0].text)} has no reason",
                      "say, indented under it, what would lead there")  # fmt: skip
    if (lines := _front_lines(card)) > FRONT_LINES:
        yield problem(f"the question takes {lines} lines of {COLUMNS} columns, and {FRONT_LINES} fit", "shorten it")
    for name in words_of_macros(card):
        what = rf"the unknown macro \{name} is shown as the word {name!r}"
        yield problem(what, rf"correct it, or write \text{{{name}}} or \operatorname{{{name}}}")


def _explained(card: Card) -> bool:
    """Whether more is said than the bare answer.

    For a choice or a number anything beside it, for a cloze text a paragraph after the last gap, which is shown with
    the answer; else three words or more, outside formulas, after the answer's first sentence, its first colon, or a
    "because", "since" or the like.
    """
    match card.kind:
        case Kind.STEPS:
            return bool(card.steps)
        case Kind.CHOICE | Kind.COMPUTED:
            return bool(card.back.strip())
        case Kind.CLOZE:
            return bool(re.search(r"\n[ \t]*\n\s*\S", without_code(card.back)[gaps(card.back)[-1].end :]))
    answered = _ANSWERED.search(card.back)
    reason = card.back[answered.end() :] if answered else ""
    return len(_WORD.findall(_FORMULA.sub(" ", reason))) >= _WORDS_OF_A_REASON


def _front_lines(card: Card) -> int:
    return lines_of("\n\n".join([card.prompt, card.front]).strip()) + sum(lines_of(one.text) for one in card.options)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return f"{words!r}" if len(words) <= 30 else f"{words[:30]!r}..."


# --- a deck ---------------------------------------------------------------------------------------------------------


def _standing_out(cards: Sequence[Card]) -> Iterator[Problem]:
    """Keys at one place, or of greatest or least length, in more cards than chance would put there."""
    if not cards:
        return
    first = cards[0]
    places = max((len(card.options) for card in cards), default=0)
    for place in range(places):
        with_it = [card for card in cards if len(card.options) > place]
        count = sum(card.options[place].correct for card in with_it)
        if tail([1 / len(card.options) for card in with_it], count) * places < LIKELY:
            what = f"the key is option {place + 1} on {count} of {len(with_it)} cards"
            yield Problem(first.deck, first.line, "", what, "spread the keys over the places")
    for name, sign in (("longest", 1), ("shortest", -1)):
        count = sum(_stands_out(card, sign) for card in cards)
        if tail([1 / len(card.options) for card in cards], count) < LIKELY:
            what = f"the key is the {name} option on {count} of {len(cards)} cards"
            yield Problem(first.deck, first.line, "", what, "write options of one length and form")


def _stands_out(card: Card, sign: int) -> bool:
    """Whether the key alone has the greatest length, or with the sign -1 the least."""
    lengths = [sign * len(visible(option.text)) for option in card.options]
    return lengths.count(max(lengths)) == 1 and card.options[lengths.index(max(lengths))].correct


def tail(probabilities: Iterable[float], count: int) -> float:
    """The probability that `count` or more of independent events happen, each with its own probability.

    The exact distribution of their number (Poisson's binomial), one event after the other.
    """
    distribution = [1.0]
    for p in probabilities:
        less, more = [*distribution, 0.0], [0.0, *distribution]
        distribution = [a * (1 - p) + b * p for a, b in zip(less, more, strict=True)]
    return sum(distribution[count:])
