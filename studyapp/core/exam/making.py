"""Making a paper: which cards, balanced over topics, and each of them as a question with one best answer.

All of it follows from the decks, the blueprint and the seed, never from what was learned: the same seed gives the same
paper. Order, choice and options each have a stream of their own.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import inf

from studyapp.core.exam.distractors import AnswerPool, answer_of
from studyapp.core.exam.paper import ExamOption, ExamQuestion, PaperError
from studyapp.core.questions import pose, signed
from studyapp.model import SEALED, Card, Kind
from studyapp.simulation import Key

CONCEPT_SECONDS, COMPUTED_SECONDS = 60.0, 120.0
"""The limits of questions for which none is set."""

LARGEST_SEED = 2**63 - 1

MOST_DIGITS = 8
"""Options that agree to so many significant digits could not be told apart."""


class Origin(IntEnum):
    """Where a question's options come from, in the order of preference; its OWN are written or computed."""

    SEALED = 0
    OWN = 1
    BORROWED = 2


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What a paper is made of: so many questions from these decks, parts and tags (all, where none are named).

    `seconds` is each question's limit; None gives each kind its own. `cards` asks exactly these cards, as "same paper,
    new numbers" does.
    """

    questions: int = 24
    decks: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    seconds: float | None = None
    cards: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.questions < 1:
            raise PaperError("a paper needs a question; give --questions 1 or more")
        if self.seconds is not None and not 0.001 <= self.seconds < inf:
            raise PaperError("a question needs a time limit above zero; give --seconds 1 or more")

    def wants(self, card: Card) -> bool:
        """Whether the card belongs to what the paper is about."""
        if self.cards:
            return card.id in self.cards
        return (
            (not self.decks or card.deck in self.decks)
            and (not self.parts or card.part.casefold() in {part.casefold() for part in self.parts})
            and (not self.tags or not set(self.tags).isdisjoint(card.tags))
        )

    def limit(self, card: Card) -> float:
        """The seconds that a question gives."""
        if self.seconds is not None:
            return self.seconds
        return COMPUTED_SECONDS if card.kind is Kind.COMPUTED else CONCEPT_SECONDS


@dataclass(frozen=True, slots=True)
class Candidate:
    """A card that can be asked with options."""

    card: Card
    topic: str
    origin: Origin


def candidates(
    cards: Iterable[Card], blueprint: Blueprint, titles: Mapping[str, str], pool: AnswerPool
) -> list[Candidate]:
    """The cards that a paper can ask. `titles` names the decks, whose title is the topic of cards without a part.

    `pool` has the answers from which cards without options of their own borrow some.
    """
    found = []
    for card in cards:
        origin = _origin(card, pool) if blueprint.wants(card) else None
        if origin is not None:
            found.append(Candidate(card, card.part or titles.get(card.deck, card.deck), origin))
    return found


def _origin(card: Card, pool: AnswerPool) -> Origin | None:
    sealed = SEALED in card.tags
    if card.kind is Kind.CHOICE:
        return Origin.SEALED if sealed else Origin.OWN
    if card.answer is not None and card.answer.formula:
        return None  # no formula is written in an exam of options
    if card.answer is not None:
        enough = len(card.answer.mistakes) >= 2
        return (Origin.SEALED if sealed else Origin.OWN) if enough else None
    return Origin.BORROWED if len(pool.distractors(card)) >= 2 else None


def choose(found: Sequence[Candidate], number: int, seed: int) -> list[Candidate]:
    """So many of the candidates, each topic with its share of them, and in each topic the best origins first.

    Siblings of one family never meet in a paper. PaperError when there are fewer than are wanted.
    """
    stream = random.Random(f"choice:{seed}")
    by_topic: dict[str, list[Candidate]] = {}
    for candidate in _one_per_family(found, stream):
        by_topic.setdefault(candidate.topic, []).append(candidate)
    for of_topic in by_topic.values():
        of_topic.sort(key=lambda one: one.origin)  # stable: within an origin the order stays random
    there = sum(map(len, by_topic.values()))
    if there < number:
        raise PaperError(f"there are {there} questions to choose from, not {number}; ask fewer, or name more decks")
    shares = _shares({topic: len(of_topic) for topic, of_topic in by_topic.items()}, number, stream)
    return [candidate for topic, share in shares.items() for candidate in by_topic[topic][:share]]


def _one_per_family(found: Sequence[Candidate], stream: random.Random) -> list[Candidate]:
    shuffled = sorted(found, key=lambda one: one.card.id)
    stream.shuffle(shuffled)
    families: dict[str, Candidate] = {}
    for candidate in shuffled:
        families.setdefault(candidate.card.family, candidate)
    return list(families.values())


def _shares(sizes: Mapping[str, int], number: int, stream: random.Random) -> dict[str, int]:
    """How many questions each topic gets: in proportion to what it has (largest remainders), one at least if it can."""
    topics = sorted(sizes)
    stream.shuffle(topics)
    total = sum(sizes.values())
    shares = {topic: min(1, number * sizes[topic] // total) for topic in topics}
    if number >= len(topics):
        shares = dict.fromkeys(topics, 1)
    while sum(shares.values()) < number:
        open_topics = [topic for topic in topics if shares[topic] < sizes[topic]]
        neediest = max(open_topics, key=lambda topic: number * sizes[topic] / total - shares[topic])
        shares[neediest] += 1
    return shares


# --- one question ---------------------------------------------------------------------------------


def exam_question(
    candidate: Candidate,
    seed: int,
    seconds: float,
    pool: AnswerPool,
    *,
    key: Key | None = None,
    misconceptions: Mapping[str, str] | None = None,
) -> ExamQuestion:
    """A card as one question. `key` is the computed answer at the parameters that an exam draws for the seed.

    `misconceptions` says of each named mistake what it does wrong. PaperError if no question can be made of the card.
    """
    card = candidate.card
    posed = pose(card, seed, key, exam=True)
    match candidate.origin:
        case _ if card.kind is Kind.CHOICE:
            options = [ExamOption(one.text, one.correct, one.reason) for one in posed.options]
        case _ if key is not None:
            options = _computed_options(card, key, misconceptions or {})
        case _:
            right = answer_of(card)
            options = [ExamOption(right, correct=True)]
            options += [ExamOption(one.text, reason=f"That answers: {one.prompt}") for one in pool.distractors(card)]
    random.Random(f"options:{seed}:{card.id}").shuffle(options)
    link = card.simulation
    return ExamQuestion(
        card=card.id,
        kind=card.kind,
        deck=card.deck,
        topic=candidate.topic,
        prompt=posed.prompt,
        front=posed.front,
        options=tuple(options),
        seconds=seconds,
        explanation=posed.back,
        source=card.source,
        simulation=link.name if link is not None else "",
        parameters=dict(posed.parameters),
        claims=link.claims if link is not None else (),
        sealed=SEALED in card.tags,
    )


def _computed_options(card: Card, key: Key, misconceptions: Mapping[str, str]) -> list[ExamOption]:
    """The key and what each named mistake gives instead, to as many digits as it takes to tell them apart."""
    unit = card.answer.unit or key.unit if card.answer is not None else key.unit
    results = [key.value, *key.mistakes.values()]
    for digits in range(3, MOST_DIGITS + 1):
        texts = [_shown(one, digits) for one in results]
        if len(set(texts)) == len(texts):
            break
    else:
        raise PaperError(f"{card.id}: its key and its mistakes agree to {MOST_DIGITS} digits; choose other mistakes")
    right, *wrong = [f"{text} {unit}".rstrip() for text in texts]
    options = [ExamOption(right, correct=True)]
    for text, name in zip(wrong, key.mistakes, strict=True):
        said = misconceptions.get(name, "")
        options.append(ExamOption(text, reason=f"That is what you get if {said}" if said else "", mistake=name))
    return options


def _shown(value: float, digits: int) -> str:
    """A number as an exam writes it: `0.0884`, `24`, `1.3e-19`, with a real minus sign."""
    whole = value == round(value) and abs(value) < 1e6
    text = str(round(value)) if whole else f"{value:.{digits}g}"
    mantissa, _, power = text.partition("e")
    if power:
        text = f"{mantissa}e{int(power)}"
    return signed(text)


def ordered(questions: Sequence[ExamQuestion], seed: int) -> tuple[ExamQuestion, ...]:
    """The questions in the order of the exam: random, from a stream of its own."""
    found = sorted(questions, key=lambda one: one.card)
    random.Random(f"order:{seed}").shuffle(found)
    return tuple(found)
