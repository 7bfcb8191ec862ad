"""Arithmetic as a learner types it: a card tests the formula, so `sqrt(6/(512+256))` is as good an answer as 0.088.

A small parser by binding power (V. Pratt, "Top down operator precedence", 1973) that evaluates as it reads, without
`eval`. It computes with `DIGITS` digits, so that what cancels, as in (a + b)^2 - a^2 - b^2, leaves enough of them for a
float; and with bounded exponents, so that no power tower can keep it busy.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from types import MappingProxyType

LONGEST = 200
"""Characters in an expression, at most."""
DEEPEST = 50
"""Brackets, signs and powers nested in each other, at most."""

DIGITS = 50
"""Decimal digits of every step."""

_EXACT = Context(DIGITS, Emin=-1_000_000, Emax=1_000_000, traps=[DivisionByZero, InvalidOperation, Overflow])
_ONE, _TWO = Decimal(1), Decimal(2)
_PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")


def _tanh(x: Decimal) -> Decimal:
    if x.adjusted() < -DIGITS // 2:
        return x  # the next term of the series is smaller by the square of x
    shrunk = _EXACT.exp(_EXACT.multiply(_TWO, x.copy_abs().copy_negate()))
    return _EXACT.divide(_EXACT.subtract(_ONE, shrunk), _EXACT.add(_ONE, shrunk)).copy_sign(x)


def _sin(x: Decimal) -> Decimal:
    """The Taylor series, of the angle within one turn; Overflow where too few digits tell which angle that is."""
    if x.adjusted() > DIGITS // 2:
        raise Overflow
    turned = _EXACT.remainder_near(x, _EXACT.multiply(_TWO, _PI))
    square, term, total, n = _EXACT.multiply(turned, turned).copy_negate(), turned, turned, 1
    while term and term.adjusted() > -DIGITS:
        n += 2
        term = _EXACT.divide(_EXACT.multiply(term, square), Decimal(n * (n - 1)))
        total = _EXACT.add(total, term)
    return total


FUNCTIONS: Mapping[str, Callable[[Decimal], Decimal]] = MappingProxyType(
    {
        "sqrt": _EXACT.sqrt,
        "exp": _EXACT.exp,
        "ln": _EXACT.ln,
        "log2": lambda x: _EXACT.divide(_EXACT.ln(x), _EXACT.ln(_TWO)),
        "log10": _EXACT.log10,
        "tanh": _tanh,
        "sin": _sin,
        "cos": lambda x: _sin(_EXACT.add(x, _EXACT.divide(_PI, _TWO))),
        "abs": _EXACT.abs,
    }
)
CONSTANTS: Mapping[str, Decimal] = MappingProxyType({"pi": _PI, "π": _PI, "e": _EXACT.exp(_ONE)})
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
    tanh sin cos abs. `names` are further values and go before the constants.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"that is {len(text)} characters long: {LONGEST} are the most")
    if comma := re.search(r"([0-9]+),([0-9]+)", text):
        whole, part = comma.groups()
        thousands = f" ({whole}{part} for thousands)" if len(part) == 3 else ""
        raise ExpressionError(f"write a point in place of the comma: {whole}.{part}{thousands}")
    return _finite(float(_Reader(_tokens(text), names).whole()), "the result is too large a number")


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

    def whole(self) -> Decimal:
        if self.token.kind == "end":
            raise ExpressionError("nothing to evaluate: type a number or an expression")
        value = self.expression(0)
        if self.token.kind != "end":
            raise self.unexpected()
        return value

    def expression(self, floor: int) -> Decimal:
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

    def operand(self) -> Decimal:
        match self.token.kind, self.token.text:
            case "number", _:
                value = _number(self.take())
            case "name", _:
                value = self.named(self.take())
            case _, "(":
                value = self.bracket()
            case _, "√":
                self.take()
                value = _call("sqrt", self.expression(_ROOT))
            case _, "-":
                self.take()
                value = self.expression(_MINUS).copy_negate()  # a minus would round to the digits of the thread
            case _, "+":
                self.take()
                value = self.expression(_MINUS)
            case "end", _:
                raise ExpressionError("a number is missing at the end")
            case _:
                raise ExpressionError(f"a number is missing before {self.token}, at character {self.token.place}")
        while self.token.text == "%":
            self.take()
            value = _apply("/", value, Decimal(100))
        return value

    def bracket(self) -> Decimal:
        """The value of what stands between brackets."""
        self.take()
        value = self.expression(0)
        if self.token.kind == "end":
            raise ExpressionError("a closing bracket is missing")
        if self.token.text != ")":
            raise self.unexpected()
        self.take()
        return value

    def named(self, token: _Token) -> Decimal:
        name = token.text if token.text in self.names or len(token.text) == 1 else token.text.lower()
        if name in self.names:
            try:
                return _EXACT.create_decimal_from_float(
                    _finite(float(self.names[name]), f"{token} has no finite value")
                )
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
        raise ExpressionError(f"{token} is not known here; {self.known_near(token.text)}")

    def known_near(self, name: str) -> str:
        from difflib import get_close_matches  # only a misspelling needs it: the first screen should not wait for it

        symbol = "|".join(sorted(map(re.escape, self.names), key=len, reverse=True))
        if symbol and re.fullmatch(f"(?:{symbol})+", name):
            return f"write {'*'.join(re.findall(symbol, name))}"
        known = [*self.names, *CONSTANTS, *FUNCTIONS]
        near = get_close_matches(name.lower(), known, n=1, cutoff=0.7)  # of one letter, n is not near ln
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


def _number(token: _Token) -> Decimal:
    try:
        return _EXACT.create_decimal(token.text)
    except Overflow:
        raise ExpressionError(f"{token} is too large a number") from None


def _apply(sign: str, left: Decimal, right: Decimal) -> Decimal:
    try:
        match sign:
            case "+":
                return _EXACT.add(left, right)
            case "-":
                return _EXACT.subtract(left, right)
            case "*":
                return _EXACT.multiply(left, right)
            case "/" if right == 0:
                raise ExpressionError("that divides by zero")
            case "/":
                return _EXACT.divide(left, right)
            case _:
                return _power(left, right)
    except Overflow:
        raise ExpressionError("the result is too large a number") from None


def _power(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        return _ONE
    if left == 0 and right < 0:
        raise ExpressionError("that divides by zero: 0 to a negative power")
    try:
        return _EXACT.power(left, right)
    except InvalidOperation:
        raise ExpressionError("a negative number to a fractional power is not a real number") from None


def _call(name: str, argument: Decimal) -> Decimal:
    try:
        value = FUNCTIONS[name](argument)
    except Overflow:
        raise ExpressionError(f"{name}({argument:.6g}) is too large a number") from None
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise ExpressionError(f"{name}({argument:.6g}) is not a real number")
    return value


def _finite(value: float, otherwise: str) -> float:
    if math.isfinite(value):
        return value
    raise ExpressionError(otherwise)
