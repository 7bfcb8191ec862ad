"""Deck files read whole and written to: what the library does with a file when it has changed or is to be changed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from studyapp.decks import DeckError, parse, read_file, setting_line, stamp
from studyapp.model import Card, Deck, Problem

NAMED_KEY = re.compile(r"\[(\w+)\] (?:parameter (\w+)|(\w+)):")


def read_deck(file: Path, name: str) -> tuple[Deck, str]:
    """Parse a deck file, and hash it; one that cannot be read gives a deck without cards and the problem."""
    try:
        data = read_file(file)
    except DeckError as error:
        problem = Problem(name, 0, "", str(error).removeprefix(f"{file}: "))
        return Deck(path=name, title=name, cards=(), problems=(problem,)), ""
    return parse(data, name), hashlib.sha256(data).hexdigest()


def at_its_key(problem: Problem, data: bytes) -> Problem:
    """A problem about a card's settings, at the line of the key it names, as in `[answer] value: ...`."""
    named = NAMED_KEY.match(problem.what)
    if named is None or not problem.card:
        return problem
    table, parameter, key = named.groups()
    keys = (table, "parameters", parameter) if parameter else (table, key)
    try:
        line = setting_line(data, problem.card, *keys)
    except DeckError:
        return problem  # the file changed meanwhile, and has no such card
    return replace(problem, line=line)


def stamp_card(file: Path, card: Card, parsed_sha256: str) -> None:
    """Write a card's id into its heading; DeckError unless the file still holds the bytes that were parsed."""
    data = read_file(file)
    if hashlib.sha256(data).hexdigest() != parsed_sha256:
        raise DeckError(f"{file}: has changed since it was read; `studyapp stamp` writes the ids")
    stamp(file, parsed=data, only={card.family})
