"""From a card and a seed to a question: parameters drawn, text filled in, options shuffled, the gap cut out.

The same card, seed and key always give the same question, so that any past question can be shown again exactly.
"""

from __future__ import annotations

import itertools
import random
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from studyapp.core.cloze import cloze, cloze_answer, code_ranges
from studyapp.model import Card, Kind, Option, ParameterValue

if TYPE_CHECKING:
    from studyapp.core.formula_answers import Sample
    from studyapp.simulation import Key

_SIGN = re.compile(r"(?<!e)-(?=\d)")
PLACEHOLDER = re.compile(r"@\{([A-Za-z_][A-Za-z0-9_]*)\}")
LONGEST_TYPED = 4
"""Answers of more words than this are recalled and graded by the learner, never typed."""

RESERVED_EVERY = 5
"""One in so many combinations of drawn numbers is kept for exams."""


class Asking(StrEnum):
    """How the learner answers."""

    OPTIONS = "options"
    TYPED = "typed"
    STEPS = "steps"
    RECALL = "recall"


@dataclass(frozen=True, slots=True)
class Question:
    """A card as it is asked once. All texts are Markdown with every `@{x}` replaced.

    `options` are in the order shown. `accepted` are the answers that count when typed; a computed card is judged
    against its `key` instead, one that asks for a formula against its `samples`. For a cloze card `front` has the gap
    and `back` the whole text.
    """

    card: Card
    seed: int
    asking: Asking
    prompt: str
    front: str = ""
    back: str = ""
    options: tuple[Option, ...] = ()
    steps: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    key: Key | None = None
    samples: tuple[Sample, ...] = ()

    @property
    def right(self) -> int:
        """The position of the right option, from 0; a ValueError on a question without options."""
        return next(position for position, option in enumerate(self.options) if option.correct)


def draw(card: Card, seed: int, *, exam: bool = False) -> dict[str, ParameterValue]:
    """The simulation's parameters for this seed: the fixed ones, and one candidate of each that varies.

    Every parameter has a stream of its own, so that adding one to a card leaves the others' draws as they were. Some
    combinations are reserved: study never draws them, and exams draw no others as long as there are any.
    """
    link = card.simulation
    if link is None:
        return {}
    kept = reserved(card)
    if exam and kept:
        drawn = random.Random(f"{card.id}:exam:{seed}").choice(kept)
        return {**link.parameters, **drawn}
    for attempt in itertools.count():
        again = f":{attempt}" if attempt else ""
        drawn = {
            name: random.Random(f"{card.id}:{name}:{seed}{again}").choice(candidates)
            for name, candidates in link.vary.items()
        }
        if drawn not in kept:
            break
    return {**link.parameters, **drawn}


def reserved(card: Card) -> list[dict[str, ParameterValue]]:
    """The combinations of a card's drawn parameters that only exams ask: one in five, or two of five to ten.

    A checksum chooses them, so that they do not depend on what was drawn before, nor on the order in the file.
    """
    link = card.simulation
    if link is None or card.answer is None:
        return []
    names = sorted(link.vary)
    found = itertools.product(*(dict.fromkeys(link.vary[name]) for name in names))
    ranked = sorted((zlib.crc32(f"{card.id}:{values}".encode()), values) for values in found)
    number = max(2, -(-len(ranked) // RESERVED_EVERY)) if len(ranked) >= RESERVED_EVERY else len(ranked) // 3
    return [dict(zip(names, values, strict=True)) for _, values in ranked[:number]]


def pose(
    card: Card, seed: int, key: Key | None = None, samples: tuple[Sample, ...] = (), *, exam: bool = False
) -> Question:
    """Ask a card. `key` is the computed answer at the parameters that `draw` gives for the same seed."""
    parameters = draw(card, seed, exam=exam)

    def filled(text: str) -> str:
        return fill(text, parameters)

    options = [Option(filled(one.text), one.correct, filled(one.reason)) for one in card.options]
    random.Random(f"{card.id}:options:{seed}").shuffle(options)
    front, back, accepted = card.front, card.back, card.accept
    if card.cloze is not None:
        front = cloze(card.back, card.cloze, reveal=False)
        back = cloze(card.back, card.cloze, reveal=True)
        accepted = accepted or cloze_answer(card.back, card.cloze)
    elif not accepted and asking(card) is Asking.TYPED:
        accepted = (card.back,)
    return Question(
        card=card,
        seed=seed,
        asking=asking(card),
        prompt=filled(card.prompt),
        front=filled(front),
        back=filled(back),
        options=tuple(options),
        steps=tuple(filled(step) for step in card.steps),
        accepted=tuple(filled(answer) for answer in accepted),
        parameters=parameters,
        key=key,
        samples=samples,
    )


def asking(card: Card) -> Asking:
    """How a card is answered in Review: typed only where a typed answer can be judged fairly."""
    match card.kind:
        case Kind.CHOICE:
            return Asking.OPTIONS
        case Kind.STEPS:
            return Asking.STEPS
        case Kind.COMPUTED:
            return Asking.TYPED
        case Kind.CLOZE:
            assert card.cloze is not None
            gaps = cloze_answer(card.back, card.cloze)
            return Asking.TYPED if len(set(gaps)) == 1 and is_typeable(gaps[0]) else Asking.RECALL
        case _:
            return Asking.TYPED if card.accept or is_typeable(card.back) else Asking.RECALL


def is_typeable(answer: str) -> bool:
    """Whether an answer is at most four plain words on one line: no formula, no code, no list."""
    answer = answer.strip()
    return bool(answer) and not set(answer) & set("$`\n|<\\^_{}") and len(answer.split()) <= LONGEST_TYPED


def fill(text: str, parameters: Mapping[str, ParameterValue]) -> str:
    """The text with every `@{x}` outside code replaced by the parameter's value; unknown names stay as they are."""
    if "@{" not in text:
        return text
    pieces, position = [], 0
    for start, end in code_ranges(text):
        pieces += [_filled(text[position:start], parameters), text[start:end]]
        position = end
    return "".join([*pieces, _filled(text[position:], parameters)])


def _filled(text: str, parameters: Mapping[str, ParameterValue]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in parameters:
            return found[0]
        given = parameters[found[1]]
        return shown(given) if isinstance(given, str) else signed(shown(given))

    return PLACEHOLDER.sub(value, text)


def signed(numbers: str) -> str:
    """Written numbers with a real minus sign before those below zero; exponents keep their hyphens."""
    return _SIGN.sub("−", numbers)


def shown(value: ParameterValue) -> str:
    """A parameter as a sentence shows it: `256`, `0.5`, `1.3, 5.2, 2.2`, `relu`."""
    match value:
        case bool():
            return "on" if value else "off"
        case float():
            return f"{value:.6g}"
        case tuple():
            return ", ".join(f"{one:.6g}" for one in value)
        case _:
            return str(value)
