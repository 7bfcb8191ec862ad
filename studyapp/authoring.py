"""Deck files read whole and written to: what the library does with a file when it has changed or is to be changed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from studyapp.decks import DeckError, card_source, parse, read_file, replace_card, setting_line, stamp
from studyapp.model import Card, Deck, Problem

NAMED_KEY = re.compile(r"\[(\w+)\] (?:parameter (\w+)|(\w+)):")
SETTINGS = re.compile(r"^(`{3,}|~{3,})toml[ \t]*\r?\n(.*?)^\1", re.DOTALL | re.MULTILINE)


def read_deck(file: Path, name: str) -> tuple[Deck, str]:
    """Parse a deck file, and hash it; one that cannot be read gives a deck without cards and the problem."""
    try:
        data = read_file(file)
    except DeckError as error:
        problem = Problem(name, 0, "", str(error).removeprefix(f"{file}: "))
        return Deck(path=name, title=name, cards=(), problems=(problem,)), ""
    return parse(data, name), hashlib.sha256(data).hexdigest()


def at_its_key(problem: Problem, file: Path) -> Problem:
    """A problem about a card's settings, at the line of the key it names, as in `[answer] value: ...`."""
    named = NAMED_KEY.match(problem.what)
    if named is None or not problem.card:
        return problem
    table, parameter, key = named.groups()
    keys = (table, "parameters", parameter) if parameter else (table, key)
    try:
        line = setting_line(read_file(file), problem.card, *keys)
    except DeckError:
        return problem  # the file changed meanwhile
    return replace(problem, line=line)


def stamp_card(file: Path, card: Card, parsed_sha256: str) -> None:
    """Write a card's id into its heading; DeckError unless the file still holds the bytes that were parsed."""
    data = read_file(file)
    if hashlib.sha256(data).hexdigest() != parsed_sha256:
        raise DeckError(f"{file}: has changed since it was read; `studyapp stamp` writes the ids")
    stamp(file, parsed=data, only={card.family})


def attach(file: Path, card: Card, simulation: str) -> None:
    """Let a card launch a simulation: write it into the card's settings. Raises DeckError, and writes nothing then."""
    data = read_file(file)
    replace_card(file, data, card, with_simulation(card_source(data, card), simulation))


def with_simulation(source: str, simulation: str) -> str:
    """A card's Markdown with a `[simulation]` table, in its settings or in new ones."""
    table = f'[simulation]\nname = "{simulation}"\n'
    found = SETTINGS.search(source)
    if found is None:
        return f"{source}\n\n```toml\n{table}```"
    return f"{source[: found.end(2)]}\n{table}{source[found.end(2) :]}"
