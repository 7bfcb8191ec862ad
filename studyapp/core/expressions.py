"""Arithmetic as a learner types it: a card tests the formula, so `sqrt(6/(512+256))` is as good an answer as 0.088.

A small parser by binding power (V. Pratt, "Top down operator precedence", 1973) that evaluates as it reads, in floats
only: no `eval`, and no power tower can keep it busy.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

LONGEST = 200
"""Characters in an expression, at most."""
DEEPEST = 50
"""Brackets, signs and powers nested in each other, at most."""

FUNCTIONS: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {"sqrt": math.sqrt, "exp": math.exp, "ln": math.log, "log2": math.log2, "log10": math.log10, "tanh": math.tanh}
)
CONSTANTS: Mapping[str, float] = MappingProxyType({"pi": math.pi, "π": math.pi, "e": math.e})
NO_NAMES: Mapping[str, float] = MappingProxyType({})

# How tightly an infix sign binds. A minus before a number binds like a product, so that -2^2 = -4.
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
_MINUS, _ROOT = _BINDING["*"], _BINDING["^"]

_TOKEN = re.compile(
    r"""(?P<number> (?: [0-9]+\.?[0-9]* | \.[0-9]+ ) (?: [eE][-+]?[0-9]+ )? )
      | (?P<name> [A-Za-z_α-ωΑ-Ω] [A-Za-z_α-ωΑ-Ω0-9]* )
      | (?P<sign> \*\* | \S )""",
    re.VERBOSE,
)
SYMBOL = re.compile(r"[A-Za-zα-ωΑ-Ω][A-Za-z_α-ωΑ-Ω0-9]*")
"""What may stand for a value in `names`."""

_SAME_SIGN = {"−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "÷": "/", "**": "^"}
_HINTS = {"²": ": write ^2", "³": ": write ^3", "=": ": give the value alone", ",": ": the decimal sign is a point"}


class ExpressionError(ValueError):
    """Text that has no value; the message is one clear line for the person who typed it."""


def evaluate(text: str, names: Mapping[str, float] = NO_NAMES) -> float:
    """The finite value of an expression, or an ExpressionError.

    Numbers, + - * / ^ (also **, · × ÷ − as typed), brackets, √, %, the constants pi and e, and sqrt exp ln log2 log10
    tanh. `names` are further values and go before the constants.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"that is {len(text)} characters long: {LONGEST} are the most")
    if comma := re.search(r"([0-9]+),([0-9]+)", text):
        whole, part = comma.groups()
        thousands = f" ({whole}{part} for thousands)" if len(part) == 3 else ""
        raise ExpressionError(f"write a point in place of the comma: {whole}.{part}{thousands}")
    return _Reader(_tokens(text), names).whole()


@dataclass(frozen=True, slots=True)
class _Token:
    """A number, a name, a sign, or the end; `place` counts characters from 1."""

    kind: str
    text: str
    place: int

    def __str__(self) -> str:
        text = self.text if len(self.text) <= 20 else f"{self.text[:19]}…"
        return text if text.isprintable() else ascii(text)[1:-1]


def _tokens(text: str) -> list[_Token]:
    found = [(match.lastgroup or "", match[0], match.start() + 1) for match in _TOKEN.finditer(text)]
    return [*(_Token(kind, _SAME_SIGN.get(one, one), place) for kind, one, place in found), _Token("end", "", 0)]


class _Reader:
    """One pass over one expression: `token` is what comes next."""

    def __init__(self, tokens: list[_Token], names: Mapping[str, float]) -> None:
        self.rest = iter(tokens[1:])
        self.token = tokens[0]
        self.names = names
        self.depth = 0

    def whole(self) -> float:
        if self.token.kind == "end":
            raise ExpressionError("nothing to evaluate: type a number or an expression")
        value = self.expression(0)
        if self.token.kind != "end":
            raise self.unexpected()
        return value

    def expression(self, floor: int) -> float:
        """The value of what stands here, as far as its signs bind tighter than `floor`."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(f"nested too deeply: {DEEPEST} levels are the most")
        value = self.operand()
        while (binding := _BINDING.get(self.token.text, 0)) > floor:
            sign = self.take().text
            # Powers are read from the right, 2^3^2 = 2^(3^2): what follows one may bind as tightly as it does.
            value = _apply(sign, value, self.expression(binding - 1 if sign == "^" else binding))
        self.depth -= 1
        return value

    def operand(self) -> float:
        match self.token.kind, self.token.text:
            case "number", digits:
                value = _finite(float(digits), f"{self.take()} is too large a number")
            case "name", _:
                value = self.named(self.take())
            case _, "(":
                value = self.bracket()
            case _, "√":
                self.take()
                value = _call("sqrt", self.expression(_ROOT))
            case _, "-":
                self.take()
                value = -self.expression(_MINUS)
            case _, "+":
                self.take()
                value = self.expression(_MINUS)
            case "end", _:
                raise ExpressionError("a number is missing at the end")
            case _:
                raise ExpressionError(f"a number is missing before {self.token}, at character {self.token.place}")
        while self.token.text == "%":
            self.take()
            value /= 100
        return value

    def bracket(self) -> float:
        """The value of what stands between brackets."""
        self.take()
        value = self.expression(0)
        if self.token.kind == "end":
            raise ExpressionError("a closing bracket is missing")
        if self.token.text != ")":
            raise self.unexpected()
        self.take()
        return value

    def named(self, token: _Token) -> float:
        name = token.text if token.text in self.names or len(token.text) == 1 else token.text.lower()
        if name in self.names:
            try:
                return _finite(float(self.names[name]), f"{token} has no finite value")
            except OverflowError:  # a whole number of more digits than a float has room for
                raise ExpressionError(f"{token} has no finite value") from None
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in FUNCTIONS:
            if self.token.text != "(":
                raise ExpressionError(f"{name} wants brackets around its argument, as in {name}(2)")
            return _call(name, self.bracket())
        if name == "log":
            raise ExpressionError("log may mean two things: say ln, log10 or log2")
        raise ExpressionError(f"{token} is not known here; {self.known_near(name)}")

    def known_near(self, name: str) -> str:
        from difflib import (
            get_close_matches,
        )  # only a misspelling needs it, and the first screen should not wait for it

        known = [*self.names, *CONSTANTS, *FUNCTIONS]
        near = get_close_matches(name.lower(), known, n=1)
        return f"did you mean {near[0]}?" if near else f"known are {', '.join(known[:15])}"

    def take(self) -> _Token:
        taken, self.token = self.token, next(self.rest, self.token)
        return taken

    def unexpected(self) -> ExpressionError:
        """Of a token after a complete value."""
        token, place = self.token, f"at character {self.token.place}"
        if token.kind in ("number", "name") or token.text in ("(", "√"):
            return ExpressionError(f"a sign such as * is missing before {token}, {place}")
        return ExpressionError(f"{token} does not fit, {place}{_HINTS.get(token.text, '')}")


def _apply(sign: str, left: float, right: float) -> float:
    match sign:
        case "+":
            value = left + right
        case "-":
            value = left - right
        case "*":
            value = left * right
        case "/" if right == 0:
            raise ExpressionError("that divides by zero")
        case "/":
            value = left / right
        case _:
            value = _power(left, right)
    return _finite(value, "the result is too large a number")


def _power(left: float, right: float) -> float:
    try:
        return math.pow(left, right)
    except OverflowError:
        raise ExpressionError("the result is too large a number") from None
    except ValueError:
        if left == 0:
            raise ExpressionError("that divides by zero: 0 to a negative power") from None
        raise ExpressionError("a negative number to a fractional power is not a real number") from None


def _call(name: str, argument: float) -> float:
    try:
        return FUNCTIONS[name](argument)
    except OverflowError:
        raise ExpressionError(f"{name}({argument:g}) is too large a number") from None
    except ValueError:
        raise ExpressionError(f"{name}({argument:g}) is not a real number") from None


def _finite(value: float, otherwise: str) -> float:
    if math.isfinite(value):
        return value
    raise ExpressionError(otherwise)
