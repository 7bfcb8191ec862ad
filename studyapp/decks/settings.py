"""The `toml` block of a deck, a part or a card, checked key by key, each fault with its line in the file."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, TypeVar

from studyapp.core.expressions import FUNCTIONS, SYMBOL
from studyapp.decks.clean import CONTROL
from studyapp.decks.keylines import key_line
from studyapp.decks.plaintoml import read_plain
from studyapp.model import Asked, ParameterValue, SimulationLink, Target

T = TypeVar("T")
Keys = tuple[str, ...]

TAG = re.compile(r"\w[\w-]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SIMULATION = ("name", "parameters", "vary", "claims", "figure")
_ANSWER = ("value", "tolerance", "absolute", "mistakes", "unit", "index", "formula")
_TARGET = ("task", "value", "index", "above", "below", "change", "solution")


class Place(Enum):
    """What a settings block stands under; the value is the keys that it may have there."""

    DECK = ("source", "tags")
    PART = ("source", "tags", "simulation")
    CARD = ("accept", "simulation", "answer", "target")


_ELSEWHERE = {
    (Place.CARD, "tags"): "write tags into the heading, as in '## Question {#id .tag}'",
    (Place.CARD, "source"): "write a paragraph that starts with 'Source:'",
    (Place.CARD, "hint"): "write a paragraph that starts with 'Hint:'",
    (Place.CARD, "analogy"): "write a paragraph that starts with 'Analogy:'",
    (Place.DECK, "simulation"): "put it under a part or a card",
    (Place.DECK, "answer"): "put it under a card",
    (Place.DECK, "accept"): "put it under a card",
    (Place.PART, "answer"): "put it under a card",
    (Place.DECK, "target"): "put it under a card",
    (Place.PART, "target"): "put it under a card",
    (Place.PART, "accept"): "put it under a card",
}


class Fault(NamedTuple):
    """Something wrong in a settings block; `line` counts from 1 in the file."""

    line: int
    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a block says. The link's name is empty where only the part can name the simulation."""

    source: str = ""
    tags: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    link: SimulationLink | None = None
    asked: Asked | None = None
    target: Target | None = None


def read_settings(lines: Sequence[str], first: int, place: Place) -> tuple[Settings, list[Fault]]:
    """Read the lines between the fences, the first of which is line `first` of the file; never raises."""
    table = read_plain(lines)
    if table is None:
        import tomllib

        try:
            table = tomllib.loads("\n".join(lines))
        except (ValueError, RecursionError) as error:
            return Settings(), [_syntax(error, first, len(lines))]
    reader = _Reader(lines, first, place)
    settings = reader.settings(table)
    if any("\\" in line for line in lines):
        reader.refuse_controls(table, ())
    return settings, sorted(reader.faults)


def nearest(name: str, known: Sequence[str]) -> str:
    """A remedy for a name that does not exist: the nearest one that does, else all of them."""
    from difflib import get_close_matches

    if close := get_close_matches(name, known, 1):
        return f"did you mean {close[0]!r}?"
    return f"known here: {', '.join(known)}" if known else ""


def _syntax(error: Exception, first: int, count: int) -> Fault:
    """A fault with the file's line in place of the block's own."""
    if isinstance(error, RecursionError):
        return Fault(first, "settings: values are nested too deeply", "correct the TOML")
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", str(error))
    line = first + (int(place[1]) - 1 if place and place[1] else max(count - 1, 0))
    what = str(error)[: place.start()] if place else str(error)
    return Fault(line, f"settings: {what[:1].lower()}{what[1:]}", "correct the TOML")


class _Reader:
    """Checks one block; collects every fault rather than stopping at the first."""

    def __init__(self, lines: Sequence[str], first: int, place: Place) -> None:
        self.lines = lines
        self.first = first
        self.place = place
        self.faults: list[Fault] = []

    def fault(self, keys: Keys, what: str, remedy: str) -> None:
        name = f"[{keys[0]}] {'.'.join(keys[1:])}" if len(keys) > 1 else keys[0]
        self.faults.append(Fault(self.first + key_line(self.lines, keys), f"{name}: {what}", remedy))

    def header(self, name: str) -> int:
        """The file's line of `[name]`."""
        usual = f"[{name}]"
        return self.first + (self.lines.index(usual) if usual in self.lines else key_line(self.lines, (name,)))

    # --- keys and tables

    def settings(self, table: dict[str, object]) -> Settings:
        for key in table.keys() - set(self.place.value):
            self.unknown((), key, self.place.value)
        allowed = {key: value for key, value in table.items() if key in self.place.value}
        return Settings(
            source=self.text(("source",), allowed.get("source", "")),
            tags=self.tags(allowed["tags"]) if "tags" in allowed else (),
            accept=self.texts(("accept",), allowed["accept"]) if "accept" in allowed else (),
            link=self.link(allowed["simulation"]) if "simulation" in allowed else None,
            asked=self.asked(allowed["answer"]) if "answer" in allowed else None,
            target=self.target(allowed["target"]) if "target" in allowed else None,
        )

    def unknown(self, above: Keys, key: str, known: Sequence[str]) -> None:
        """Report a key that must not stand here, with the most useful of: its right place, the nearest known name."""
        if not above and (remedy := _ELSEWHERE.get((self.place, key))):
            return self.fault((key,), f"is not a setting of a {self.place.name.lower()}", remedy)
        if above and key in self.place.value:
            remedy = f"put it above [{above[0]}]"
        elif key in _SIMULATION and above != ("simulation",) and "simulation" in self.place.value:
            remedy = "it belongs under [simulation]"
        elif key in _ANSWER and above != ("answer",) and "answer" in self.place.value:
            remedy = "it belongs under [answer]"
        else:
            remedy = nearest(key, known)
        return self.fault((*above, key), "unknown key", remedy)

    def link(self, table: object) -> SimulationLink:
        here = self.header("simulation")
        if not isinstance(table, dict):
            self.fault(("simulation",), "must be a table", "write [simulation] on a line of its own, its keys below")
            return SimulationLink("", line=here)
        for key in table.keys() - set(_SIMULATION):
            self.unknown(("simulation",), key, _SIMULATION)
        if self.place is Place.PART:
            for key in ("vary", "claims", "figure"):
                if key in table:
                    remedy = "put it under the card; a part gives its cards name and parameters"
                    self.fault(("simulation", key), "is not a setting of a part", remedy)
            table = {key: value for key, value in table.items() if key in ("name", "parameters")}
        name = self.text(("simulation", "name"), table.get("name", ""))
        if name and not _NAME.fullmatch(name):
            self.fault(("simulation", "name"), f"{name!r} is not a name", "give the simulation's name, never a path")
        elif table.get("name", "" if self.place is Place.PART else None) == "":
            self.fault(("simulation", "name"), "is missing", 'write name = "..." with the simulation\'s name')
        parameters: dict[str, ParameterValue] = {}
        vary: dict[str, tuple[ParameterValue, ...]] = {}
        if "parameters" in table:
            parameters = self.pairs("parameters", table["parameters"], self.value)
        if "vary" in table:
            vary = self.pairs("vary", table["vary"], self.candidates)
        for twice in parameters.keys() & vary.keys():
            self.fault(("simulation", "vary", twice), "is fixed in parameters too", "keep one of the two")
        claims = self.texts(("simulation", "claims"), table["claims"]) if "claims" in table else ()
        figure = self.text(("simulation", "figure"), table.get("figure", ""))
        return SimulationLink(name, parameters, vary, claims, here, figure)

    def asked(self, table: object) -> Asked:
        here = self.header("answer")
        if not isinstance(table, dict):
            self.fault(("answer",), "must be a table", "write [answer] on a line of its own, its keys below")
            return Asked("", line=here)
        for key in table.keys() - set(_ANSWER):
            self.unknown(("answer",), key, _ANSWER)
        value = self.text(("answer", "value"), table.get("value", ""))
        if not value and isinstance(table.get("value", ""), str):
            self.fault(("answer", "value"), "is missing", "name the value of the simulation that is asked for")
        tolerance, absolute = (self.positive(key, table[key]) if key in table else None for key in _ANSWER[1:3])
        if "tolerance" not in table and "absolute" not in table:
            remedy = "write tolerance = 0.05 (relative, 5 %) or absolute = ..."
            self.fault(("answer", "tolerance"), "is missing", remedy)
        elif "tolerance" in table and "absolute" in table:
            self.fault(("answer", "absolute"), "stands beside tolerance", "keep one of the two")
        elif tolerance is not None and tolerance >= 1:
            self.fault(("answer", "tolerance"), f"{tolerance:g} is 100 % or more", "it is relative: 0.05 is 5 %")
        index = self.element(("answer", "index"), table.get("index"))
        return Asked(
            value=value,
            tolerance=tolerance,
            absolute=absolute,
            mistakes=self.texts(("answer", "mistakes"), table["mistakes"]) if "mistakes" in table else (),
            unit=self.text(("answer", "unit"), table.get("unit", "")),
            index=index,
            line=here,
            formula=self.symbols(table["formula"]) if "formula" in table else {},
        )

    def element(self, keys: Keys, index: object) -> int | None:
        if index is None or (isinstance(index, int) and not isinstance(index, bool) and index >= 0):
            return index
        self.fault(keys, "must be a whole number from 0", "0 is the first element")
        return None

    def symbols(self, value: object) -> dict[str, str]:
        """The symbols of a formula with their parameters; a list names parameters that are their own symbols."""
        keys = ("answer", "formula")
        pairs = [(one, one) for one in value] if isinstance(value, list) else value
        pairs = list(pairs.items()) if isinstance(pairs, dict) else pairs
        if not isinstance(pairs, list) or not pairs:
            self.fault(keys, "must name what the formula is in", 'write formula = { a = "fan_in" } or ["fan_in"]')
            return {}
        for symbol, name in pairs:
            if not isinstance(name, str):
                self.fault(keys, f"{name!r:.40} is no parameter's name", "put it in quotes")
                return {}
            if not SYMBOL.fullmatch(symbol):
                self.fault(keys, f"{symbol!r:.40} is no symbol", "use letters and digits, a letter first")
                return {}
            if symbol in FUNCTIONS:
                self.fault(keys, f"{symbol!r} is the name of a function", "use another symbol")
                return {}
        return dict(pairs)

    def target(self, table: object) -> Target | None:
        here = self.header("target")
        if not isinstance(table, dict):
            self.fault(("target",), "must be a table", "write [target] on a line of its own, its keys below")
            return None
        for key in table.keys() - set(_TARGET):
            self.unknown(("target",), key, _TARGET)
        examples = {
            "task": 'write task = "find a gain at which ..."',
            "value": "name the value of the simulation that is to cross the bound",
            "change": 'write change = ["gain"], the parameters that may be changed',
            "solution": "write solution = { gain = 0.5 }, one way to meet it",
        }
        for key, remedy in examples.items():
            if key not in table:
                self.fault(("target", key), "is missing", remedy)
        bounds = {key: self.finite(("target", key), table[key]) for key in ("above", "below") if key in table}
        if not bounds:
            self.fault(("target", "above"), "is missing", "write above = ..., below = ..., or both")
        above, below = bounds.get("above"), bounds.get("below")
        if above is not None and below is not None and above > below:
            self.fault(("target", "above"), f"{above:g} lies over below = {below:g}", "swap them")
        if table.get("change") == []:
            self.fault(("target", "change"), "names no parameter", 'write change = ["gain"]')
        return Target(
            task=self.text(("target", "task"), table.get("task", "")),
            value=self.text(("target", "value"), table.get("value", "")),
            change=self.texts(("target", "change"), table["change"]) if "change" in table else (),
            solution=self.pairs("solution", table["solution"], self.value, "target") if "solution" in table else {},
            above=bounds.get("above"),
            below=bounds.get("below"),
            index=self.element(("target", "index"), table.get("index")),
            line=here,
        )

    # --- values

    def finite(self, keys: Keys, value: object) -> float | None:
        if _is_number(value) and isinstance(value, int | float):
            return float(value)
        self.fault(keys, "must be a number", f"write {keys[-1]} = 0.05")
        return None

    def text(self, keys: Keys, value: object) -> str:
        if isinstance(value, str):
            return value.strip()
        self.fault(keys, "must be a text", "put it in quotes")
        return ""

    def texts(self, keys: Keys, value: object) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value):
            return tuple(one.strip() for one in value)
        self.fault(keys, "must be a list of texts", f'write {keys[-1]} = ["...", "..."]')
        return ()

    def tags(self, value: object) -> tuple[str, ...]:
        tags = self.texts(("tags",), value)
        for tag in tags:
            if not TAG.fullmatch(tag):
                self.fault(("tags",), f"{tag!r} is not a tag", "use letters, digits, - and _")
        return tags

    def positive(self, key: str, value: object) -> float | None:
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf:
            return float(value)
        self.fault(("answer", key), "must be a number above 0", f"write {key} = 0.05")
        return None

    def pairs(
        self, key: str, value: object, read: Callable[[Keys, object], T | None], table: str = "simulation"
    ) -> dict[str, T]:
        """A table of parameters, each value read by `read`, which reports what it cannot use."""
        keys = (table, key)
        if not isinstance(value, dict):
            self.fault(keys, "must be a table", f"write {key} = {{ name = ... }}")
            return {}
        found = {name: read((*keys, name), inner) for name, inner in value.items()}
        return {name: inner for name, inner in found.items() if inner is not None}

    def value(self, keys: Keys, value: object) -> ParameterValue | None:
        match value:
            case bool() | int() | str():
                return value
            case float() if math.isfinite(value):
                return value
            case list() if value and all(_is_number(one) for one in value):
                return tuple(float(one) for one in value)
        self.fault(keys, "must be a number, a text, true, false or a list of numbers", "correct the value")
        return None

    def candidates(self, keys: Keys, value: object) -> tuple[ParameterValue, ...] | None:
        if not isinstance(value, list) or not value:
            self.fault(keys, "must be a list of the values to draw from", f"write {keys[-1]} = [1, 2, 3]")
            return None
        read = [self.value(keys, one) for one in value]
        return tuple(one for one in read if one is not None)

    def refuse_controls(self, value: object, keys: Keys) -> None:
        """An escape in TOML can write the very characters that are left out of the rest of the file."""
        match value:
            case str() if CONTROL.search(value) or "\r" in value:
                self.fault(keys, "has a control character", "delete the escape")
            case dict():
                for key, inner in value.items():
                    self.refuse_controls(inner, (*keys, key))
            case list():
                for inner in value:
                    self.refuse_controls(inner, keys)


def _is_number(value: object) -> bool:
    # An integer of more than 308 digits is no float.
    return not isinstance(value, bool) and (
        (isinstance(value, float) and math.isfinite(value)) or (isinstance(value, int) and abs(value) < 1e300)
    )
