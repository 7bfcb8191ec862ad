"""Whether what cards say of simulations is so: names, bounds, and wrong answers far enough from the right one."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from studyapp.model import Asked, Card, ParameterValue, Problem, SimulationLink
from studyapp.simulation import ClaimMark, Description, Key, MistakeMark

MOST_COMBINATIONS = 2000
"""More drawn combinations than this on one card could not all be checked in a reasonable time."""


def combinations(link: SimulationLink) -> Iterator[dict[str, ParameterValue]]:
    """Every set of parameters that a question of the card can draw."""
    for drawn in itertools.product(*link.vary.values()):
        yield {**link.parameters, **dict(zip(link.vary, drawn, strict=True))}


def problems(cards: Iterable[Card], known: Mapping[str, Description]) -> list[Problem]:
    """Every simulation, parameter, claim, value and mistake that a card names and that does not exist or fit."""
    return [problem for card in cards for problem in _problems_of(card, known)]


def _problems_of(card: Card, known: Mapping[str, Description]) -> Iterator[Problem]:
    link, asked = card.simulation, card.answer
    if link is None:
        return

    def problem(what: str, remedy: str, line: int = link.line) -> Problem:
        return Problem(card.deck, line or card.line, card.id, what, remedy)

    description = known.get(link.name)
    if description is None:
        yield problem(f"[simulation] name: there is no simulation {link.name!r}", nearest(link.name, known))
        return
    if math.prod(len(candidates) for candidates in link.vary.values()) > MOST_COMBINATIONS:
        yield problem(f"[simulation] vary has more than {MOST_COMBINATIONS} combinations", "give fewer candidates")
    single = [{name: one} for name, candidates in link.vary.items() for one in candidates]
    errors = [error for given in [dict(link.parameters), *single] for error in description.errors(given)]
    for what, error in {error.what: error for error in errors}.items():  # a wrong name once, not for each candidate
        yield problem(f"[simulation] {what}", error.remedy or "correct the value")
    claims = [one.name for one in description.claims]
    for name in link.claims:
        if name not in claims:
            yield problem(f"[simulation] claims: {name!r} is not a claim of {link.name}", nearest(name, claims))
    yield from _target_problems(card, description)
    if asked is None:
        return
    yield from _formula_problems(card, asked, description)
    values = [one.name for one in description.values]
    mistakes = [one.name for one in description.mistakes if one.value == asked.value]
    about = f"about {asked.value} in {link.name}"
    if asked.value not in values:
        what = f"[answer] value: {asked.value!r} is not a value of {link.name}"
        yield problem(what, nearest(asked.value, values), asked.line)
        mistakes = [one.name for one in description.mistakes]
        about = f"of {link.name}"
    for name in asked.mistakes:
        if name not in mistakes:
            what = f"[answer] mistakes: {name!r} is not a mistake {about}"
            remedy = nearest(name, mistakes) if mistakes else "there is none, leave it out"
            yield problem(what, remedy, asked.line)


def _formula_problems(card: Card, asked: Asked, description: Description) -> Iterator[Problem]:
    """What the formula is in: numbers of the simulation that can be drawn."""
    assert card.simulation is not None
    known = {one.name: one for one in description.parameters}
    for symbol, name in asked.formula.items():
        parameter = known.get(name)
        what = remedy = ""
        if parameter is None:
            what, remedy = f"{name!r} is not a parameter of {description.name}", nearest(name, known)
        elif parameter.kind not in ("int", "float"):
            what, remedy = f"{symbol} stands for {name}, which is no number", "name a parameter that is one"
        elif name not in card.simulation.vary and (parameter.low is None or parameter.high is None):
            what, remedy = (
                f"{symbol} stands for {name}, which has no bounds to draw from",
                "give its candidates in vary",
            )
        if what:
            yield Problem(card.deck, asked.line or card.line, card.id, f"[answer] formula: {what}", remedy)
    for name in card.simulation.vary if asked.formula else ():
        if name in known and name not in asked.formula.values():
            what = f"[answer] formula: {name} varies, and no symbol stands for it"
            yield Problem(card.deck, asked.line or card.line, card.id, what, "add one, or fix it in parameters")


def _target_problems(card: Card, description: Description) -> Iterator[Problem]:
    """The parameters of a target: those that may be changed, and those that meet it."""
    link, target = card.simulation, card.target
    if link is None or target is None:
        return

    def problem(what: str, remedy: str) -> Problem:
        return Problem(card.deck, target.line or card.line, card.id, f"[target] {what}", remedy)

    # The value may be one that is only measured: which there are, a run tells, and `verify` makes it.
    names = [one.name for one in description.parameters]
    for name in target.change:
        if name not in names:
            yield problem(f"change: {name!r} is not a parameter of {link.name}", nearest(name, names))
    for name in target.solution:
        if name in names and name not in target.change:
            yield problem(f"solution: {name} is not among what may be changed", f"add {name} to change")
    for error in description.errors({**link.parameters, **target.solution}):
        yield problem(f"solution: {error.what}", error.remedy or "correct the value")


def nearest(name: str, known: Iterable[str]) -> str:
    """The remedy for a name that does not exist: the nearest one, or the list of all."""
    names = list(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"it may be {', '.join(sorted(names)[:8])}" if names else "there is none"


def silent(
    card: Card, applying: Sequence[tuple[Mapping[str, ParameterValue], Sequence[str]]], description: Description
) -> list[Problem]:
    """Claims of a card that say nothing at some of its parameters, each with the first set of them.

    `applying` holds every combination with the claims that apply there.
    """
    link = card.simulation
    if link is None:
        return []
    domains = {one.name: one.domain for one in description.claims}
    found: list[Problem] = []
    for name in link.claims:
        where = next((parameters for parameters, claims in applying if name not in claims), None)
        if where is not None:
            what = f"[simulation] claims: {name!r} does not apply at {_shown(where)}"
            domain = domains.get(name)
            remedy = f"it is about {domain}; choose such parameters" if domain else "choose other parameters"
            found.append(Problem(card.deck, link.line or card.line, card.id, what, f"{remedy}, or leave the claim out"))
    return found


def _shown(parameters: Mapping[str, ParameterValue]) -> str:
    return ", ".join(f"{name}={value}" for name, value in parameters.items()) or "the defaults"


def margin(key: float, asked: Asked) -> float:
    """How far from the key an answer still counts."""
    return asked.absolute if asked.absolute is not None else (asked.tolerance or 0.0) * abs(key)


def too_close(card: Card, keys: Sequence[tuple[Mapping[str, ParameterValue], Key]]) -> list[Problem]:
    """Where two of a computed card's numbers, its key and its mistakes, lie within twice the tolerance of each other.

    A learner's number must belong to one of them only. `keys` are those of all combinations; the first collision of
    each pair is reported.
    """
    asked = card.answer
    if asked is None:
        return []
    found: dict[tuple[str, str], Problem] = {}
    for parameters, key in keys:
        numbers = {"the key": key.value, **key.mistakes}
        for (one, first), (other, second) in itertools.combinations(numbers.items(), 2):
            if abs(first - second) <= 2 * max(margin(first, asked), margin(second, asked)):
                what = f"[answer] {one} ({first:.4g}) and {other} ({second:.4g}) are too close at {_shown(parameters)}"
                remedy = "choose other candidates, a smaller tolerance, or leave the mistake out"
                line = asked.line or card.line
                found.setdefault((one, other), Problem(card.deck, line, card.id, what, remedy))
    return list(found.values())


WORD = re.compile(r"[a-z]{3,}")


def nearest_simulations(card: Card, known: Mapping[str, Description], most: int = 5) -> list[str]:
    """The simulations whose texts share the most, and the rarest, words with a card's; for a card that names none."""
    texts = {name: _words(_text_of(description)) for name, description in known.items()}
    wanted = _words(" ".join((card.prompt, card.front, card.back, card.part, *card.tags)))
    rarity = {word: 1 / sum(word in words for words in texts.values()) for word in set().union(*texts.values())}
    score = {name: sum(rarity[word] for word in words & wanted) for name, words in texts.items()}
    return sorted(known, key=lambda name: (-score[name], name))[:most]


def _text_of(description: Description) -> str:
    marks: tuple[ClaimMark | MistakeMark, ...] = (*description.claims, *description.mistakes)
    sentences = [mark.sentence if isinstance(mark, ClaimMark) else mark.misconception for mark in marks]
    meanings = [value.meaning for value in description.values]
    name = description.name.replace("_", " ")
    return " ".join((name, description.title, description.summary, *sentences, *meanings))


def _words(text: str) -> frozenset[str]:
    """The words of a text by their first six letters: initialise, initialiser and initialisation are one."""
    return frozenset(word[:6] for word in WORD.findall(text.lower()))
