"""How the simulations are listed: under their topics, and only those whose texts have the words that were typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from studyapp.simulation import Description

OTHER = "Others"
"""The heading of simulations whose file names no topic; it comes last."""


def by_topic(names: Iterable[str], known: Mapping[str, Description]) -> list[tuple[str, list[str]]]:
    """The topics in alphabetical order with their simulations, in the order given; without a topic they come last."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault((known[name].topic if name in known else "") or OTHER, []).append(name)
    return sorted(found.items(), key=lambda one: (one[0] == OTHER, one[0].casefold()))


def matching(text: str, names: Iterable[str], known: Mapping[str, Description]) -> list[str]:
    """The simulations in whose texts every word of `text` occurs, whole or as a part.

    Those with all of them in the name come first, then those in name and title.

    Looked through are names, titles, topics, summaries, parameters, values, claims and misconceptions, whatever the
    case; a word with `_` and one with spaces are alike. Without any word, all.
    """
    words = text.replace("_", " ").casefold().split()
    texts = {name: _text(name, known.get(name)) for name in names}
    found = [name for name, all_of_it in texts.items() if all(word in all_of_it for word in words)]

    def rank(name: str) -> tuple[bool, bool]:
        title = known[name].title if name in known else ""
        named, called = _spoken(name), _spoken(f"{name} {title}")
        return not all(word in named for word in words), not all(word in called for word in words)

    return sorted(found, key=rank)


def _text(name: str, description: Description | None) -> str:
    if description is None:
        return _spoken(name)
    parts = [name, description.title, description.topic, description.summary]
    for parameter in description.parameters:
        parts += [parameter.name, parameter.help, *parameter.choices]
    parts += [word for value in description.values for word in (value.name, value.meaning)]
    parts += [word for claim in description.claims for word in (claim.name, claim.sentence)]
    parts += [mistake.misconception for mistake in description.mistakes]
    return _spoken(" ".join(parts))


def _spoken(text: str) -> str:
    return text.replace("_", " ").casefold()
