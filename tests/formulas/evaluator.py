"""Reads one-line formulas back, more suspiciously than any reader: everything that could be taken two ways must agree.

Numbers live in a finite field, so that equal means equal and no rounding hides a misreading; powers and roots, which a
field has not, are hashes of their arguments.
"""

from __future__ import annotations

import hashlib

FIELD = 2**61 - 1
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵃᵇᶜᵏˣʸᶻ", "0123456789+−()abckxyz", strict=True))
LOWERED = dict(zip("₀₁₂ᵢⱼ", "012ij", strict=True))
_ROOTS = {"√": 2, "∛": 3, "∜": 4}


class UndefinedError(Exception):
    """A division by zero."""


def divided(a: int, b: int) -> int:
    """The quotient in the field."""
    if b % FIELD == 0:
        raise UndefinedError
    return a * pow(b, -1, FIELD) % FIELD


def hashed(name: str, *arguments: int) -> int:
    """An arbitrary but fixed function of its arguments."""
    text = " ".join([name, *(str(one % FIELD) for one in arguments)])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest(), "big")


def power(base: int, exponent: int) -> int:
    """The base to the exponent; a root of a degree without a sign of its own is a power."""
    return hashed("power", base, exponent)


def variable(name: str) -> int:
    """The value of a letter, perhaps with a subscript."""
    return hashed("variable" + name)


def number(text: str) -> int:
    """The value of a decimal number."""
    whole, _, rest = text.partition(".")
    return divided(int(whole + rest), 10 ** len(rest))


def evaluate(text: str, *, tightly: bool) -> int:
    """The value of a one-line formula; `tightly` lets `ab` bind before `/`, else both go from left to right."""
    reader = _Reader(text, tightly)
    value = reader.sum()
    assert reader.at == len(text), f"cannot read {text!r} at {reader.at}"
    return value


class _Reader:
    def __init__(self, text: str, tightly: bool) -> None:
        self.text, self.tightly, self.at = text, tightly, 0

    def peek(self) -> str:
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1
        return self.text[self.at : self.at + 1]

    def take(self, characters: str) -> str:
        found = self.peek()
        if found and found in characters:
            self.at += 1
            return found
        return ""

    def sum(self) -> int:
        value = self.term()
        while sign := self.take("+−"):
            right = self.term()
            value = (value + right if sign == "+" else value - right) % FIELD
        return value

    def term(self) -> int:
        value = self.sides()
        while True:
            if self.take("·×"):
                value = value * self.sides() % FIELD
            elif self.take("/"):
                value = divided(value, self.sides())
            elif not self.tightly and self.starts_a_factor():
                value = value * self.factor() % FIELD
            else:
                return value

    def sides(self) -> int:
        """One factor, or all that stand side by side."""
        if self.take("−"):
            return -self.sides() % FIELD
        value = self.factor()
        while self.tightly and self.starts_a_factor():
            value = value * self.factor() % FIELD
        return value

    def starts_a_factor(self) -> bool:
        character = self.peek()
        return bool(character) and (character.isalnum() or character in "(√∛∜") and character not in RAISED

    def factor(self) -> int:
        if sign := self.take("√∛∜"):
            start = self.at
            bracketed = self.peek() == "("
            value = hashed("root", _ROOTS[sign], self.atom())
            ends = self.text[self.at : self.at + 1]
            assert bracketed or ends in ("", " ", ")", ",", "+", "−"), f"what does {self.text!r} cover at {start}?"
            assert ends not in RAISED or not ends, f"is all of it raised in {self.text!r} at {start}?"
            assert not ends.startswith("^"), f"is all of it raised in {self.text!r} at {start}?"
            return value
        base = self.atom()
        return self.powers(base)

    def powers(self, base: int) -> int:
        raised = ""
        while self.text[self.at : self.at + 1] in RAISED and self.at < len(self.text):
            raised += RAISED[self.text[self.at]]
            self.at += 1
        if raised:
            assert self.text[self.at : self.at + 1] != "^", f"two powers in a row in {self.text!r}"
            return power(base, evaluate(raised, tightly=self.tightly))
        if self.text[self.at : self.at + 1] == "^":
            self.at += 1
            exponent = self.atom()
            follows = self.text[self.at : self.at + 1]
            assert follows not in RAISED or not follows, f"a tower in {self.text!r}"
            assert follows != "^", f"a tower in {self.text!r}"
            return power(base, exponent)
        return base

    def atom(self) -> int:
        if self.take("("):
            value = self.sum()
            assert self.take(")"), f"no closing bracket in {self.text!r}"
            return value
        start = self.at
        while self.text[self.at : self.at + 1] in "0123456789." and self.at < len(self.text):
            self.at += 1
        if self.at > start and self.text[start].isascii():
            return number(self.text[start : self.at])
        assert self.peek().isalpha(), f"nothing to read in {self.text!r} at {self.at}"
        name = self.text[self.at]
        self.at += 1
        while self.text[self.at : self.at + 1] in LOWERED and self.at < len(self.text):
            name += LOWERED[self.text[self.at]]
            self.at += 1
        return variable(name)
