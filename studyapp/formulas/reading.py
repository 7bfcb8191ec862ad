"""From LaTeX to nodes: pylatexenc's parser finds macros and braces, and the rest of TeX's rules is here.

A prime, `^` and `_` belong to what stands before them; digits make numbers; brackets and bars pair up where they
clearly do. What TeX itself would refuse is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from studyapp.formulas import symbols, syntax
from studyapp.formulas.nodes import (
    Accent,
    Call,
    Fenced,
    Fraction,
    Grid,
    Group,
    Hidden,
    Layout,
    Node,
    Root,
    Row,
    Scripted,
    Sign,
    Text,
)
from studyapp.formulas.pairing import paired
from studyapp.formulas.signs import character, group, negated, restyled, sign_of, word
from studyapp.formulas.symbols import Role
from studyapp.formulas.tokens import UnreadableError, character_of, is_nothing, kind, macro, parsed, tokens

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?![\d,])|\d+(?:\.\d+)?|\.\d+")
_LONGEST_NUMBER = 40
_PRIME = Sign("′")
_INFIX = {"over": "", "choose": "binom", "atop": "atop"}
_SCRIPTS = ("^", "_", "'")


def read(latex: str) -> Row:
    """The formula as a row of nodes; UnreadableError for what is no LaTeX."""
    return _row(parsed(latex))


def _row(nodes: Sequence[Any]) -> Row:
    return _Reader(tokens(nodes)).row()


class _Reader:
    """Walks over the tokens of one row."""

    def __init__(self, tokens: list[Any]) -> None:
        self.tokens = tokens
        self.at = 0

    def row(self) -> Row:
        """All tokens as one row; lines and columns outside a table count as aligned."""
        if any(_is_column(token) or macro(token) == "\\" for token in self.tokens):
            return (Grid(Layout.ALIGNED, _cells(self.tokens)),)
        if (infix := self.infix()) is not None:
            name = macro(self.tokens[infix])
            above, below = _Reader(self.tokens[:infix]).row(), _Reader(self.tokens[infix + 1 :]).row()
            return (Fraction(above, below) if name == "over" else Call(_INFIX[name], (above, below)),)
        nodes: list[Node] = []
        while self.at < len(self.tokens):
            nodes += self.item(nodes)
        return paired(nodes)

    def infix(self) -> int | None:
        r"""Where an `\over` or its like stands that divides this row, and not one inside `\left ... \right`."""
        depth = 0
        for place, token in enumerate(self.tokens):
            name = macro(token)
            depth += (name == "left") - (name == "right")
            if depth == 0 and name in _INFIX:
                return place
        return None

    def item(self, before: list[Node]) -> list[Node]:
        """The next thing with its scripts: none for what is not shown."""
        token = self.tokens[self.at]
        if character_of(token) in _SCRIPTS:
            return [self.scripted(Group(()))]
        if is_nothing(token):
            self.at += 1
            return []
        node = self.number() or self.nucleus()
        if node is None:
            return []
        if isinstance(node, Sign) and node.role is Role.SPACE:
            return [node] if before else []
        return [self.scripted(node)]

    def number(self) -> Node | None:
        """A run of digits, with its decimal point or the commas of its thousands."""
        digits: list[str] = []
        for token in self.tokens[self.at : self.at + _LONGEST_NUMBER]:
            if not (character_of(token) and token in "0123456789.,"):
                break
            digits.append(token)
        found = _NUMBER.match("".join(digits))
        if found is None:
            return None
        self.at += found.end()
        return Sign(found[0])

    def scripted(self, base: Node) -> Node:
        """The scripts and primes that follow, in any order; a second one of a kind is an error, as in TeX."""
        below: Row | None = None
        above: Row | None = None
        primes: list[Node] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            script = character_of(token)
            if script == "'" and above is None:
                primes.append(_PRIME)
                self.at += 1
            elif script == "^" and above is None:
                above = self.argument()
            elif script == "_" and below is None:
                below = self.argument()
            elif script in _SCRIPTS:
                raise UnreadableError("a second script in the same place")
            elif is_nothing(token):
                self.at += 1
            else:
                break
        if below is None and above is None and not primes:
            return base
        return Scripted(base, below or (), (*primes, *(above or ())))

    def argument(self) -> Row:
        """What a `^` or `_` raises or lowers: the next character, macro or braces."""
        self.at += 1
        while self.at < len(self.tokens) and is_nothing(self.tokens[self.at]):
            self.at += 1
        if self.at == len(self.tokens) or character_of(self.tokens[self.at]) in _SCRIPTS:
            raise UnreadableError("a script without anything in it")
        node = self.nucleus()
        return node.body if isinstance(node, Group) else (node,) if node else ()

    def nucleus(self) -> Node | None:
        """One thing without its scripts."""
        token = self.tokens[self.at]
        self.at += 1
        match kind(token):
            case "" if token == ":" and character_of(next(iter(self.tokens[self.at :]), "")) == "=":
                self.at += 1
                return Sign(":=", Role.RELATION)
            case "":
                return character(token)
            case "Group":
                return group(_row(token.nodelist))
            case "Math":
                return group(_row(token.nodelist))
            case "Specials":
                return Sign(" ", Role.SPACE)
            case "Environment":
                return _environment(token)
            case _:
                return self.macro(token)

    def macro(self, token: Any) -> Node | None:
        """A macro, with the braces or delimiters after it that belong to it."""
        name = macro(token)
        if name == "left":
            return self.fenced()
        if name == "middle":
            return Sign(self.delimiter(), Role.RELATION)
        if name == "right":
            raise UnreadableError(r"a \right without its \left")
        if name in syntax.TAKES:
            return _known(name, _arguments(token))
        if sign := sign_of(name):
            return sign
        return self.unknown(name)

    def unknown(self, name: str) -> Node:
        """A macro that nobody told us about: its name, and what stands in braces right after it."""
        arguments: list[Row] = []
        while self.at < len(self.tokens) and kind(self.tokens[self.at]) == "Group":
            arguments.append(_row(self.tokens[self.at].nodelist))
            self.at += 1
        arguments = [argument for argument in arguments if argument]
        return Call(name, tuple(arguments)) if arguments else Sign(name, Role.WORD)

    def fenced(self) -> Node:
        r"""What stands between `\left` and its `\right`."""
        opening = self.delimiter()
        start, depth = self.at, 1
        while self.at < len(self.tokens):
            name = macro(self.tokens[self.at])
            self.at += 1
            depth += (name == "left") - (name == "right")
            if depth == 0:
                body = _Reader(self.tokens[start : self.at - 1]).row()
                return Fenced(opening, self.delimiter(), body)
        raise UnreadableError(r"a \left without its \right")

    def delimiter(self) -> str:
        r"""The bracket or bar after `\left`, `\middle` or `\right`; empty for the invisible one."""
        while self.at < len(self.tokens) and is_nothing(self.tokens[self.at]):
            self.at += 1
        if self.at == len(self.tokens):
            raise UnreadableError("a delimiter is missing")
        token = self.tokens[self.at]
        self.at += 1
        sign = sign_of(macro(token)) if macro(token) else Sign(token) if isinstance(token, str) else None
        if sign is None or sign.text in _SCRIPTS:
            raise UnreadableError("no delimiter")
        return {".": "", "<": "⟨", ">": "⟩"}.get(sign.text, sign.text)


# --- macros with arguments ----------------------------------------------------------------------------------------


def _arguments(token: Any) -> list[Any]:
    """A macro's arguments; pylatexenc leaves them out where a macro is itself an argument without braces."""
    takes = syntax.TAKES[token.macroname]
    found = list(token.nodeargd.argnlist) if token.nodeargd and token.nodeargd.argnlist else []
    if len(found) != len(takes):
        raise UnreadableError(rf"\{token.macroname} stands where its arguments cannot follow")
    return found


def _argument(node: Any) -> Row:
    """One argument as a row; braces around it are not part of it."""
    if node is None:
        return ()
    return _row(node.nodelist) if kind(node) == "Group" else _row([node])


def _known(name: str, arguments: list[Any]) -> Node | None:
    """A macro of syntax.TAKES; None for one that shows nothing."""
    if name in syntax.HIDDEN:
        return Sign(" ", Role.SPACE) if name.endswith(("space", "phantom")) else None
    if name in syntax.TEXTS:
        return group(tuple(_words(arguments[0])))
    rows = [_argument(one) for one in arguments]
    body = rows[-1]
    if name in syntax.FRACTIONS or name == "cfrac":
        return Fraction(rows[-2], body)
    if name in symbols.ACCENTS:
        return Accent(symbols.ACCENTS[name], name.removeprefix("wide"), body)
    if name in symbols.ALPHABETS:
        return group(tuple(restyled(name, node) for node in body))
    if name in syntax.WORD_FONTS:
        return word(body, operator=name.startswith("operator"))
    match name:
        case "sqrt":
            return Root(body, rows[0])
        case "overset" | "stackrel":
            return Scripted(_marked(body), (), rows[0])
        case "underset":
            return Scripted(_marked(body), rows[0])
        case "xrightarrow" | "xleftarrow":
            return Scripted(Sign("→" if "right" in name else "←", Role.RELATION), rows[0], body)
        case "not":
            return negated(body)
        case "binom" | "dbinom" | "tbinom":
            return Call("binom", (rows[0], body))
        case "pmod" | "mod" | "pod" | "tag":
            words = (Text("mod "),) if name.endswith("mod") else ()
            return Group((Sign(" ", Role.SPACE), Fenced("(", ")", (*words, *body))))
        case "overbrace" | "underbrace" | "boxed":
            return Group(body)
        case "hidden":
            return Hidden(body)
        case "substack":
            return group(body)
    return group(body)


def _marked(body: Row) -> Node:
    """What has something over or under it: a relation stays one, unlike in braces."""
    match body:
        case (Sign() as sign,):
            return sign
    return group(body)


def _words(argument: Any) -> list[Node]:
    r"""The argument of `\text`: words with their spaces, and formulas between dollars."""
    words: list[Node] = []
    for node in argument.nodelist if kind(argument) == "Group" else [argument]:
        match kind(node):
            case "Chars":
                words.append(Text(re.sub(r"\s+", " ", node.chars)))
            case "Math":
                words.append(group(_row(node.nodelist)))
            case "Group":
                words += _words(node)
            case "Macro" if node.macroname in syntax.TEXTS:
                words += _words(_arguments(node)[0])
            case "Macro" if sign := sign_of(node.macroname):
                words.append(Text(sign.text + node.macro_post_space))
            case "Specials":
                words.append(Text(" " if node.specials_chars == "~" else node.specials_chars))
            case _:
                raise UnreadableError("more than words in a text")
    return words


# --- tables -------------------------------------------------------------------------------------------------------


def _environment(token: Any) -> Node:
    name = str(token.environmentname).removesuffix("*")
    rows = _cells(tokens(token.nodelist))
    if name in syntax.MATRICES:
        return Grid(Layout.MATRIX, rows, *syntax.MATRICES[name])
    if name in syntax.CASES:
        return Grid(Layout.CASES, rows, "{", "}")
    return Grid(Layout.ALIGNED, rows)


def _is_column(token: Any) -> bool:
    return kind(token) == "Specials" and token.specials_chars == "&"


def _cells(tokens: list[Any]) -> tuple[tuple[Row, ...], ...]:
    """Tokens cut into rows at line breaks and into cells at `&`; an empty last row is none."""
    lines: list[list[list[Any]]] = [[[]]]
    for token in tokens:
        if macro(token) == "\\":
            lines.append([[]])
        elif _is_column(token):
            lines[-1].append([])
        else:
            lines[-1][-1].append(token)
    rows = tuple(tuple(_Reader(cell).row() for cell in line) for line in lines)
    return tuple(row for row in rows if any(row))
