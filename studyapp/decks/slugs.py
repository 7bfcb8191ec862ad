"""From a heading to an id: the proposal that `studyapp stamp` writes into a file."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container
from itertools import count

LONGEST = 60
"""Characters of a proposal; longer headings are cut at a word."""

_NO_ID = re.compile(r"[^a-z0-9]+")
_COMMANDS = re.compile(r"\\[a-zA-Z]+")
_SPELLED = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "λ": "lambda"}
_GREEK = "GREEK SMALL LETTER "


def slug(heading: str) -> str:
    """The id proposed for a card: `[a-z0-9][a-z0-9-]*`, the same for the same heading, empty only for an empty one.

    A heading without any letter that ASCII can spell gets a name made of its SHA-256.
    """
    letters = heading.lower()
    if not letters.isascii():
        letters = "".join(map(_spelled, unicodedata.normalize("NFKD", letters)))
    if "\\" in letters:
        letters = _COMMANDS.sub(lambda found: f" {found[0][1:]} ", letters)
    proposal = _NO_ID.sub("-", letters).strip("-")
    if len(proposal) > LONGEST:
        proposal = (proposal[: LONGEST + 1].rpartition("-")[0] or proposal)[:LONGEST]
    if not proposal and heading.strip():
        proposal = "card-" + hashlib.sha256(heading.strip().encode()).hexdigest()[:8]
    return proposal


def _spelled(letter: str) -> str:
    """A letter in ASCII: accents dropped, σ as sigma; what has no such spelling stays."""
    if letter in _SPELLED or letter.isascii():
        return _SPELLED.get(letter, letter)
    name = unicodedata.name(letter, "")
    if name.startswith(_GREEK):
        return name.removeprefix(_GREEK).removeprefix("FINAL ").lower()
    return "" if unicodedata.combining(letter) else letter


def free(proposal: str, taken: Container[str]) -> str:
    """The proposal, or the first of `proposal-2`, `proposal-3`... that is not taken."""
    if proposal not in taken:
        return proposal
    return next(name for number in count(2) if (name := f"{proposal}-{number}") not in taken)
