"""Cards to and from JSON, without loss: what the cache gives back equals what the parser made.

Written out field by field, because `dataclasses.asdict` takes ten times as long and a first start has 10,000 cards.
"""

from __future__ import annotations

import json
from typing import Any

from studyapp.model import Asked, Card, Kind, Option, ParameterValue, SimulationLink, Target
from studyapp.store.errors import CacheError

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_loads = json.JSONDecoder().decode


def encode(card: Card) -> str:
    """The JSON of a card; fields that have their default are left out."""
    one: dict[str, object] = {
        "id": card.id,
        "kind": card.kind.value,
        "prompt": card.prompt,
        "deck": card.deck,
        "line": card.line,
    }
    if card.front:
        one["front"] = card.front
    if card.back:
        one["back"] = card.back
    if card.options:
        one["options"] = [(option.text, option.correct, option.reason) for option in card.options]
    if card.steps:
        one["steps"] = card.steps
    if card.cloze is not None:
        one["cloze"] = card.cloze
    if card.accept:
        one["accept"] = card.accept
    if card.hint:
        one["hint"] = card.hint
    if card.analogy:
        one["analogy"] = card.analogy
    if card.source:
        one["source"] = card.source
    if card.part:
        one["part"] = card.part
    if card.tags:
        one["tags"] = card.tags
    if not card.stamped:
        one["stamped"] = False
    if (link := card.simulation) is not None:
        one["simulation"] = (link.name, dict(link.parameters), dict(link.vary), link.claims, link.line, link.figure)
    if (asked := card.answer) is not None:
        one["answer"] = (
            *(asked.value, asked.tolerance, asked.absolute, asked.mistakes),
            *(asked.unit, asked.index, asked.line, dict(asked.formula)),
        )
    if (target := card.target) is not None:
        one["target"] = (
            *(target.task, target.value, target.change, dict(target.solution)),
            *(target.above, target.below, target.index, target.line),
        )
    return _dumps(one)


def decode(text: str) -> Card:
    """The card in a JSON text; CacheError if it is none."""
    try:
        one: dict[str, Any] = _loads(text)
        simulation, answer, target = one.get("simulation"), one.get("answer"), one.get("target")
        return Card(
            id=one["id"],
            kind=Kind(one["kind"]),
            prompt=one["prompt"],
            deck=one["deck"],
            line=one["line"],
            front=one.get("front", ""),
            back=one.get("back", ""),
            options=tuple(Option(*option) for option in one.get("options", ())),
            steps=tuple(one.get("steps", ())),
            cloze=one.get("cloze"),
            accept=tuple(one.get("accept", ())),
            hint=one.get("hint", ""),
            analogy=one.get("analogy", ""),
            source=one.get("source", ""),
            part=one.get("part", ""),
            tags=tuple(one.get("tags", ())),
            stamped=one.get("stamped", True),
            simulation=None if simulation is None else _link(*simulation),
            answer=None if answer is None else _asked(*answer),
            target=None if target is None else _target(*target),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CacheError(f"a card that cannot be read: {error}") from None


def _link(
    name: str, parameters: dict[str, object], vary: dict[str, list[object]], claims: list[str], line: int, figure: str
) -> SimulationLink:
    return SimulationLink(
        name,
        {key: parameter_value(value) for key, value in parameters.items()},
        {key: tuple(parameter_value(value) for value in values) for key, values in vary.items()},
        tuple(claims),
        line,
        figure,
    )


def _asked(
    value: str,
    tolerance: float | None,
    absolute: float | None,
    mistakes: list[str],
    unit: str,
    index: int | None,
    line: int,
    formula: dict[str, str],
) -> Asked:
    return Asked(value, tolerance, absolute, tuple(mistakes), unit, index, line, formula)


def _target(
    task: str,
    value: str,
    change: list[str],
    solution: dict[str, object],
    above: float | None,
    below: float | None,
    index: int | None,
    line: int,
) -> Target:
    found = {key: parameter_value(one) for key, one in solution.items()}
    return Target(task, value, tuple(change), found, above, below, index, line)


def parameter_value(value: object) -> ParameterValue:
    """A parameter's value out of JSON, where a list of numbers lost that it is a tuple; ValueError if it is none."""
    if isinstance(value, list):
        if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in value):
            raise ValueError(f"{value!r:.60} is no list of numbers")
        return tuple(value)
    if not isinstance(value, bool | int | float | str):
        raise ValueError(f"{value!r:.60} is no parameter's value")
    return value
