"""A heading's text and its attributes, `{#id .tag}` as Pandoc writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from studyapp.decks.blocks import heading_text
from studyapp.decks.settings import TAG
from studyapp.decks.slugs import slug

ID = re.compile(r"[a-z0-9][a-z0-9-]*")
KIND_MARKS = ("steps", "refute")
"""Classes that say a card's kind; all others are tags."""

_HASHES = re.compile(r" {0,3}#+[ \t]*")
_ATTRIBUTES = re.compile(r"\{[ \t]*([.#][^{}]*)\}$")


class Title(NamedTuple):
    """A heading taken apart: `id` is empty where none is written; `faults` are pairs of what is wrong and a remedy."""

    text: str
    id: str = ""
    tags: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()


def read_heading(heading: str) -> Title:
    """Take a heading apart; never raises."""
    attributes = _attributes(heading)
    if attributes is None:
        return Title(heading.strip())
    text = heading[: attributes.start()].strip()
    ids: list[str] = []
    classes: list[str] = []
    faults: list[tuple[str, str]] = []
    for word in attributes[1].split():
        match word[0], word[1:]:
            case "#", name if ID.fullmatch(name):
                ids.append(name)
            case "#", name:
                remedy = f"did you mean '#{slug(name)}'?" if slug(name) else "write it as in {#my-card}"
                faults.append((f"'#{name}' is no id: an id has small letters, digits and hyphens", remedy))
            case ".", name if TAG.fullmatch(name):
                classes.append(name)
            case ".", name:
                faults.append((f"'.{name}' is no tag", "write it as in {#my-card .my-tag}"))
            case _:
                faults.append((f"{word!r} is neither an id nor a tag", "write them as in {#my-card .my-tag}"))
    if len(ids) > 1:
        faults.append((f"the heading has {len(ids)} ids", "keep one of them"))
    return Title(
        text=text,
        id=ids[0] if ids else "",
        tags=tuple(dict.fromkeys(name for name in classes if name not in KIND_MARKS)),
        marks=tuple(dict.fromkeys(name for name in classes if name in KIND_MARKS)),
        faults=tuple(faults),
    )


def attribute_place(heading: str) -> int | None:
    """Where in a heading's text an id goes in front of the attributes that it has; None where it has none."""
    attributes = _attributes(heading)
    return attributes.start(1) if attributes else None


def retitled(line: str, *, identity: str | None = None, tags: Sequence[str] | None = None) -> str:
    """A heading's whole line with another id (none where `identity` is empty), and with other tags; None leaves them.

    Its line end stays, and hashes that closed it are left out.
    """
    body = line.rstrip("\r\n")
    hashes = match[0] if (match := _HASHES.match(body)) else ""
    heading = heading_text(body[len(hashes) :])
    attributes = _attributes(heading) if heading else None
    text = heading if attributes is None else heading[: attributes.start()]
    words = attributes[1].split() if attributes else []
    if identity is not None:
        words = [*([f"#{identity}"] if identity else []), *(word for word in words if word[0] != "#")]
    if tags is not None:
        kept = [word for word in words if word[0] != "." or word[1:] in KIND_MARKS]
        words = [*kept, *(f".{tag}" for tag in tags)]
    written = f"{text.rstrip()} {{{' '.join(words)}}}" if words else text.rstrip()
    return hashes + written + line[len(body) :]


def _attributes(heading: str) -> re.Match[str] | None:
    start = heading.rfind("{")
    if start < 0 or heading[-1] != "}":
        return None
    # Right after a letter "{.5}" is text, as in x_{.5}; "{#" never is.
    apart = start == 0 or heading[start - 1] in " \t" or heading[start + 1] == "#"
    return _ATTRIBUTES.match(heading, start) if apart else None
