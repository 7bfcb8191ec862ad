"""What kind of thing a line of lecture notes is, by its words alone: a question, a definition, a formula, a paper."""

from __future__ import annotations

import re
from enum import StrEnum

from studyapp.decks.notes.lines import is_paper


class NoteKind(StrEnum):
    """What an item of the notes is."""

    SECTION = "section"
    LIST = "list"
    STATEMENT = "statement"
    DEFINITION = "definition"
    QUESTION = "question"
    FORMULA = "formula"
    PAPER = "paper"
    CHORE = "to do"
    CODE = "code"


ANSWER = re.compile(r"^(?:A|Ans|Answer)\d*\s*[:.)]\s+", re.I)
QUESTION = re.compile(r"^(?:Q|Question)\d*\s*[:.)]\s+", re.I)
_ASKS = re.compile(
    r"(?:what|how|why|which|when|where|who|whose|whom|is|are|does|do|did|can|could|should|would|will|was|were|has|have"
    r"|in what|in which|to what|for what|name|explain|give)\b",
    re.I,
)


def is_whole_question(text: str) -> bool:
    """Whether a line is one question and nothing else, as those of a list of flashcards are."""
    ends = text.rstrip("\"')]”’ ")
    return ends.endswith("?") and _ASKS.match(text) is not None and not re.search(r"[.?!]\s", ends)


WONDERS = re.compile(r"(?:how|why|what)\s+(?:does|do|is|are|can|did|should|to)\b(?:\s+[^\s.:=]+){5,}", re.I)
"""A question of seven words and more is one without its question mark too."""
_TERM = re.compile(r"([^.?!;:=()$]{2,60}?(?:\s\([^()$]{1,30}\))?)\s*(?::|=|\s[—–-])\s+(\S.*)")
_BRACKETED = re.compile(r"([^()$.?!:;,]{2,60}?)\s+\(([^()]+(?:\([^()]*\)[^()]*)?)\)\.?")
_ASIDE = re.compile(
    r"(?:includ|i\.?e\b|e\.?g\b|for example|usual|see\b|such as|or\b|also\b|like\b|only\b|not\b|maybe)", re.I
)
_NO_TERM = re.compile(
    r"(?:note|nb|n\.b|remember|examples?|e\.?g|i\.?e|hint|tip|warning|idea|important|answer|analogy|recall|source|todo"
    r"|q|a|why|how|so|also|then|because|but|and|if|https?)",
    re.I,
)
_CLAUSE = re.compile(r"\s(?:is|are|was|were|has|have|can|does|do|means|will)\s", re.I)
MOST_TERM_WORDS = 5


def defined(text: str) -> tuple[str, str] | None:
    """The term and its meaning, of `term: text`, `term = words`, `term - text` or `term (text)`; None for others.

    What says something by itself, as "sorting is stable" does, is no term.
    """
    found = _TERM.fullmatch(text)
    if found is not None and len(found[1].split()) <= MOST_TERM_WORDS and not _NO_TERM.fullmatch(found[1].strip()):
        return None if _CLAUSE.search(found[1]) else (found[1].strip(), found[2])
    found = _BRACKETED.fullmatch(text)
    if found is None or len(found[1].split()) > MOST_TERM_WORDS + 1 or len(found[2].split()) < 2:
        return None
    if _CLAUSE.search(found[1]):
        return None
    return None if _ASIDE.match(found[2]) else (found[1].strip(), found[2])


def explains(text: str) -> bool:
    """Whether a line is a term, a colon or dash and a meaning of three words or more: no head of what follows."""
    meaning = defined(text)
    marked = meaning is not None and text[len(meaning[0]) :].lstrip()[:1] in (":", "—", "–")
    return meaning is not None and marked and len(meaning[1].split()) > 2


_EQUATION = re.compile(r"(?=[^=]*[^\W\d_])([^=:;?]{1,24}?)\s*(?:=|≈|∝|:=)\s*([^=?]+(?:=[^=?]+)?)")
_OPERATOR = re.compile(r"[-+*/^²³√Σ∑∏∫∂∇·×÷<>≤≥(){}|θσμλαβγδεη0-9]|\b[A-Za-z]\b")
_LATEX_ALONE = re.compile(r"\$\$?[^$]+\$\$?\.?")


def is_formula(text: str) -> bool:
    """Whether a line is one formula: `$...$`, or `y = f(x, θ)` in plain signs."""
    if _LATEX_ALONE.fullmatch(text):
        return True
    found = _EQUATION.fullmatch(text) if len(text) <= 120 and "$" not in text else None
    if found is None or len(found[1].split()) > 3 or not _OPERATOR.search(found[2]):
        return False
    words: list[str] = found[2].split()
    return sum(len(word) > 4 and word.isalpha() for word in words) <= 1


def kind_of(text: str, kind: NoteKind, question: bool) -> tuple[NoteKind, str, str]:
    """What a text without a head's place is, and the text and the term of it."""
    if kind in (NoteKind.CHORE, NoteKind.PAPER):
        return kind, text, ""
    if question or re.search(r"\?(?:\W|$)", text):
        return NoteKind.QUESTION, QUESTION.sub("", text, count=1) or text, ""
    text = ANSWER.sub("", text, count=1) or text
    if is_paper(text):
        return NoteKind.PAPER, text, ""
    if is_formula(text):
        return NoteKind.FORMULA, text, ""
    meaning = defined(text)
    return (NoteKind.DEFINITION, meaning[1], meaning[0]) if meaning is not None else (NoteKind.STATEMENT, text, "")
