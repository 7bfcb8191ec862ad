"""A deck of each kind, a simulation and a folder that try to style, steer and break the screen with every text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studyapp.library import Library
from tests.studying import Clock, library
from tests.tui.screens import Seat

MARKUP = "[@click=app.quit]quit[/] [red]x[/] P(A|B) [/y] [link=https://e.vil]z[/link]"
CODES = "\x1b[31m\x1b]52;c;SGk=\x07\x1b]8;;e.vil\x07\x9b2J\x90q\x9c\x00\x08\x7f\u202edcba\u2066\u2069"
SIGNS = "a\u200bb 漢字\tc e" + "\u0301" * 20 + " [/"
TEXT = f"{MARKUP} {CODES} {SIGNS}"
OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a terminal would obey if it reached it; of these a text may only have its tabs and line feeds, laid out."""
FILE = "own [red]x[b] " + CODES.replace("\x00", "") + ".md"
FOLDER = "home [@click=app.quit]x[b] \x1b[31m\x9b2J\u202e"
LONG = "w" * 500


def text(name: str) -> str:
    """One field of a card: what it is, and what it tries."""
    return f"{name} {TEXT}"


def shown(written: str) -> str:
    """What the screen has to show of it: every character but those that a terminal obeys, blanks aside."""
    return squeezed(OBEYED.sub("", written.replace("\t", " ")))


def told(name: str) -> str:
    """What it has to show of a text that a simulation gave as one line: all characters that can be printed."""
    return "".join(one for one in shown(text(name)) if one.isprintable())


def squeezed(of: str) -> str:
    """A text without blanks, line ends and the frames of questions, since long ones wrap."""
    return "".join(of.replace("│", " ").split())


def setting(name: str) -> str:
    """A text in a card's settings, where escapes of control characters are refused when the deck is read."""
    return json.dumps(OBEYED.sub("", text(name)))


ZOO = r"""
WORD

漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢

Entities &#27;[2J &#x9b;2K &#x202e; and code `[red]@{nothing}[/]` and $\frac{1}{$ and ${[b]x}$ and [name](https://e.vil/[b]).

> quoted [/quote]

```text
[@click=app.quit]code[/] @{nothing}
```

| [b]head[/b] | more |
|-------------|------|
| [/cell]     | P    |
""".replace("WORD", LONG)
ZOO_SHOWN = (
    LONG,
    "漢" * 54,
    "Entities\ufffd[2J\ufffd2Kandcode[red]@{nothing}[/]and",
    "name(https://e.vil/%5Bb%5D)",
    "quoted[/quote]",
    "[@click=app.quit]code[/]@{nothing}",
    "[b]head[/b]more",
    "[/cell]P",
)

FIELDS = f"Hint: {text('hint')}\n\nAnalogy: {text('analogy')}\n\nSource: {text('source')}\n"
LINKED = '```toml\n[simulation]\nname = "a_hostile"\nclaims = ["holds"]\n```\n'
CARDS = {
    "choice": f"""## {text("front")} {{#choice}}

{text("more")}

- [x] {text("right")}
- [ ] {text("wrong")}

  {text("reason")}

{text("back")}

{FIELDS}
""",
    "recall": f"## {text('front')} {{#recall}}\n\n{text('more')}\n\n---\n\n{text('back')}\n{ZOO}\n{FIELDS}",
    "typed": f"""## {text("front")} {{#typed}}

{text("back")}

{FIELDS}
```toml
accept = [{setting("accepted")}, "word"]
```
""",
    "cloze": f"""## {text("front")} {{#cloze}}

before {{{{c1::{text("gap")}::{text("clue")}}}}} {text("after")}

{FIELDS}
""",
    "steps": f"""## {text("front")} {{#steps .steps}}

{text("more")}

1. {text("first")}
2. {text("last")}

{text("back")}
""",
    "refute": f"## {text('front')} {{#refute .refute}}\n\n{text('back')}\n\n{FIELDS}\n{LINKED}",
    "computed": f"""## {text("front")} at @{{chance}} {{#computed}}

{text("back")}

{FIELDS}
```toml
[simulation]
name = "a_hostile"
vary = {{ chance = [0.25, 0.5] }}

[answer]
value = "share"
tolerance = 0.1
```
""",
    "proposed": f"""## {text("front")} {{#proposed .draft}}

{text("more")}

---

{text("back")}

{FIELDS}
""",
    "failing": f"""## {text("front")} {{#failing}}

{text("back")}

```toml
[simulation]
name = "a_hostile"
parameters = {{ chance = 0.95 }}
```
""",
}
PROBLEMS = f"""#

## {text("front")} @{{nothing}} {{#broken}}

Back.

## Escaped {{#escaped}}

Back.

```toml
accept = [{json.dumps(CODES)}]
```

## {text("unstamped")}

{text("back")}
"""
"""Cards with an unknown parameter, a control character as an escape, and no id, in a deck whose file names it."""


def deck(kind: str) -> str:
    """A deck with the card of a kind, its deck's and its part's title as hostile as the rest."""
    settings = f"```toml\nsource = {setting('deck source')}\ntags = ['a-tag']\n```"
    return f"# {text(f'deck {kind}')}\n\n{settings}\n\n# {text('part')}\n\n{CARDS[kind]}"


SIMULATION = f'''"""{text("summary").replace(chr(0), "")}

More of it.
"""
# {text("comment").replace(chr(0), "")}
from dataclasses import dataclass

from studyapp.simulation import Axis, Bars, Figure, Line, Result, about, claim, expected, main, mistake, parameter

TITLE = {text("simulation")!r}
TOPIC = {text("topic")!r}


@dataclass(frozen=True)
class Parameters:
    chance: float = parameter(0.5, low=0.0, high=1.0, help={text("helps")!r}, unit={text("of")!r})
    way: str = parameter({text("fast")!r}, choices=({text("fast")!r}, {text("slow")!r}), help={text("ways")!r})


def run(parameters, rng):
    if parameters.chance > 0.9:
        raise ValueError({text("went")!r})
    curves = [Line([0, 1, 2], [0, 1, 3], {text("curve")!r}), Line([0, 1, 2], [1, 0, 0], "other")]
    bars = [Bars([{text("bar")!r}, "b"], [1.0, 2.0], {text("set")!r})]
    figures = [
        Figure({text("figure")!r}, Axis({text("across")!r}), Axis({text("up")!r}), curves),
        Figure("second", Axis("x"), Axis("y"), bars),
    ]
    return Result({{"share": parameters.chance}}, figures)


@expected({text("meaning")!r}, unit={text("share unit")!r})
def share(parameters):
    return parameters.chance


@mistake("share", {text("misconception")!r})
def mistaken(parameters):
    return 1 - parameters.chance / 3


@claim(1, {text("claims")!r}, domain={text("domain")!r})
def holds(parameters, values):
    return about(values["share"], parameters.chance, absolute=0.1)


@claim(2, "never", domain={text("silent")!r}, applies=lambda parameters: False)
def never(parameters, values):
    return about(0, 0, absolute=1)


if __name__ == "__main__":
    main()
'''


@contextmanager
def hostile_library(folder: Path, *kinds: str) -> Iterator[Library]:
    """A library of those decks, in a folder with a hostile name, with one simulation that may run and one that asks."""
    with library(folder / FOLDER, Clock(), **{kind: deck(kind) for kind in kinds}) as opened:
        for place in (opened.places.decks, opened.places.simulations):
            place.mkdir(parents=True)
        (opened.places.simulations / "a_hostile.py").write_text(SIMULATION, encoding="utf-8")
        (opened.places.simulations / "b_unread.py").write_text(f"{SIMULATION}# unread", encoding="utf-8")
        opened.laboratory.consent(opened.laboratory.source("a_hostile"))
        (opened.places.decks / FILE).write_text(PROBLEMS, encoding="utf-8")
        opened.synchronise()
        yield opened


def assert_harmless(seat: Seat) -> None:
    """No segment for the terminal has a character that is obeyed, a link, or a click that the text asked for."""
    for strip in seat.screen._compositor.render_strips():
        for segment in strip:
            assert not segment.control
            found = OBEYED.search(segment.text)
            assert found is None, f"{found[0]!r} in {segment.text!r}"
            style = segment.style
            assert style is None or style.link is None, segment
            if "[@click=app.quit]" in segment.text:
                assert style is None or style.meta.get("@click") != "app.quit", segment
