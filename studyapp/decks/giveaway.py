"""An answer that stands in its own question is read and not recalled: found word for word, and never by chance.

Held against each other are the answer and what is seen before it: the prompt with the text below it, of a cloze text
the rest, with its other gaps filled in and without the explanation, and the title of the part. Other cards do not
count: what one card of a part asks, another may state.

Words are compared whole, in any case, singular or plural; a hyphenated word is one word. Articles, pronouns,
prepositions, conjunctions and forms of "to be" are left out of both. What is left of the answer gives it away

- to a choice card, if the question has all words of the key and not all those of a wrong option: in any order, but in
  one piece if there is a number, a sign, a formula or a "not" among them, which mean something at their place only;
- to a cloze gap, or to a card that is answered in words, if the question has in one piece the gap's text, an answer of
  `accept`, or where there is none, all that is on the back.

A number counts where it stands among words or is a whole formula: in $a = 1$ or $1/c$ it has another meaning. A longer
formula counts where it is a whole formula or a whole side of =, < and the like. Never counted are a symbol of one
letter, which a text has to name before it asks for it, and an answer of one word that fits everywhere ("same", "no").
Nor is a hint in a gap that offers a choice: [smaller or larger].
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from studyapp.core.cloze import cloze, gaps, maths_ranges
from studyapp.decks.texts import tokens
from studyapp.formulas import linear
from studyapp.model import Card, Kind

_LEFT_OUT = re.compile(
    "an?|the|its?|they|them|their|he|she|his|her|we|our|you|your|this|that|these|those|which|what|who|whose"
    "|of|to|in|on|at|by|for|with|from|into|over|under|through|as|than|then|and|or|nor|but|if|so|while|when|where"
    "|am|is|are|was|were|be|been|being|do|does|did|has|have|had"
)
_FITS_EVERYWHERE = re.compile(
    "yes|no|not|none|never|always|only|same|other|another|own|all|any|both|each|every|some|one|more|less|most|least"
    "|much|many|few|too|very|still|just|again|here|there|now|nothing|everything"
    r"|[^\W\d]|\$."  # and symbols of one letter
)
_NEGATION = re.compile("no|not|none|never|without")
_TOKEN = re.compile(
    r"""@\{\w+\}                                              # a number that is drawn
      | (?<!\w)[-+−]?\d+(?:[.,/]\d+)*(?:e[-+]?\d+)?(?!\w)(?:[ ]?%)?     # -0.5, 1/2, 1,000, 90 %
      | \w+(?:[-'’]\w+)*                                       # words, cross-entropy
      | [^\w\s]                                                # signs""",
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_PUNCTUATION = frozenset(".,;:!?\"'’‘“”()[]{}…«»`|_\\")
_PLURALS = (("sses", "ss"), ("biases", "bias"), ("tches", "tch"), ("nches", "nch"), ("shes", "sh"), ("xes", "x"),
            ("ies", "y"), ("s", ""))  # fmt: skip
_SINGULARS = ("ss", "us", "is", "as")
_RELATION = re.compile(r"\\(?:leq?|geq?|neq?|approx|equiv|sim|propto|to|mapsto)(?![A-Za-z])|[=<>]|[\\{}]")
_OBJECT = "\ufffc"
"""Stands for a formula while words are cut."""
_NUMBER = re.compile(r"-?\d+(?:[.,/]\d+)*")


def given_away(card: Card) -> tuple[str, str]:
    """The place that gives a card's answer away, "prompt", "text" or "title of the part", and that answer, or ("", "").

    Computed cards and those on paper have no answer in words, and are never given away.
    """
    for place, text in _before(card):
        shown = _Shown(text)
        if card.kind is Kind.CHOICE:
            key = next(option for option in card.options if option.correct)
            if shown.all_of(key.text) and not any(shown.all_of(one.text) for one in card.options if not one.correct):
                return place, key.text
        elif given := next(filter(shown.in_one_piece, _answers(card)), ""):
            return place, given
    return "", ""


def _before(card: Card) -> Iterator[tuple[str, str]]:
    """What is seen before the answer, each with its name."""
    if card.cloze is None:
        yield "prompt", f"{card.prompt}\n\n{card.front}"
    else:
        yield "prompt", card.prompt
        text = cloze(card.back, card.cloze, reveal=False)
        for gap in gaps(card.back):
            if gap.number == card.cloze and " or " in gap.hint:
                text = text.replace(gap.hint, "…")
        yield "text", text
    yield "title of the part", card.part


def _answers(card: Card) -> Sequence[str]:
    match card.kind:
        case Kind.CLOZE:
            assert card.cloze is not None
            formulas = maths_ranges(card.back)
            mine = [gap for gap in gaps(card.back) if gap.number == card.cloze]
            inside = [any(start < gap.start and gap.end < end for start, end in formulas) for gap in mine]
            told = (f"${gap.answer}$" if maths else gap.answer for gap, maths in zip(mine, inside, strict=True))
            return (*card.accept, *told)
        case Kind.BASIC | Kind.REFUTE:
            return card.accept or (card.back,)
    return ()


class _Shown:
    """A text as a reader sees it: its words in order, and the sides of its formulas."""

    def __init__(self, text: str) -> None:
        self.words, formulas = _read(text)
        sides = (_formula(side) for latex in formulas for side in _split(latex))
        self.sides = {side for side in sides if side.startswith("$")}

    def all_of(self, answer: str) -> bool:
        words, _ = _read(answer)
        if all(_WORD.fullmatch(word) and not _NEGATION.fullmatch(word) for word in words):
            return _telling(words) and {*words} <= {*self.words}
        return self.in_one_piece(answer)

    def in_one_piece(self, answer: str) -> bool:
        words, _ = _read(answer)
        if not _telling(words):
            return False
        pieces = (self.words[at : at + len(words)] for at in range(len(self.words)))
        return words in pieces or (len(words) == 1 and words[0] in self.sides)


def _telling(words: Sequence[str]) -> bool:
    """Whether an answer of these words can be given away by them."""
    return bool(words) and not (len(words) == 1 and _FITS_EVERYWHERE.fullmatch(words[0]))


def _read(text: str) -> tuple[list[str], list[str]]:
    """The words of a text that count, folded, and its formulas; among the words a formula is one with a dollar."""
    formulas: list[str] = []

    def told(token: Token) -> str:
        match token.type:
            case "math_inline" | "math_block":
                formulas.append(token.content)
                return _OBJECT
            case "inline":
                return "".join(map(told, token.children or ()))
            case "softbreak" | "hardbreak":
                return " "
        return token.content.replace(_OBJECT, " ")

    # A sign alone, such as + or #, would begin a list or a heading.
    found = _TOKEN.findall(" ".join(map(told, tokens(text)))) or _TOKEN.findall(text.replace(_OBJECT, " "))
    latex = iter(formulas)
    words = [_formula(next(latex)) if word == _OBJECT else _folded(word) for word in found]
    return [word for word in words if word not in _PUNCTUATION and not _LEFT_OUT.fullmatch(word)], formulas


def _folded(word: str) -> str:
    """A word in lower case and in the singular, as far as its ending tells."""
    word = word.casefold().replace("’", "'").replace("−", "-").replace(" ", "").removesuffix("'s")
    if len(word) > 3 and not word.endswith(_SINGULARS):
        for plural, singular in _PLURALS:
            if word.endswith(plural):
                return word.removesuffix(plural) + singular
    return word


def _formula(latex: str) -> str:
    """A formula as a word; a number stays the number that it is among words."""
    told = "".join(linear(latex).split())
    return told if _NUMBER.fullmatch(told) else f"${told}"


def _split(latex: str) -> list[str]:
    """A formula cut at each relation outside braces."""
    sides, depth, start, position = [""], 0, 0, 0
    while found := _RELATION.search(latex, position):
        position = found.end()
        match found[0]:
            case "\\":
                position += 1
            case "{":
                depth += 1
            case "}":
                depth -= 1
            case _ if not depth:
                sides.append(latex[start : found.start()])
                start = position
    return [*sides[1:], latex[start:]]
