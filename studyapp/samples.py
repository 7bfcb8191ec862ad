"""A sample of each kind of card, to begin one with: sound as it is, and no card before its words are changed."""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """A card to begin with; `about` says in a line how it is asked."""

    name: str
    about: str
    markdown: str


SAMPLES = (
    Sample(
        "Basic",
        "Recalled, and graded by you; an answer of at most four plain words is typed.",
        """\
## What is asked?

The answer first, in one sentence. Then why it is so.
""",
    ),
    Sample(
        "Choice",
        "One option is right; the text below a wrong one is shown to who picks it.",
        """\
## Which one is it?

- [x] the right one
- [ ] a wrong one

  Why it is wrong.
- [ ] another wrong one

  Why that is wrong.

Why the right one is right.
""",
    ),
    Sample(
        "Cloze",
        "Each number is a card of its own; what follows the last gap comes with the answer.",
        """\
## A text with gaps

The gradient points {{c1::uphill}}, and descent takes a step {{c2::downhill::which way}}.

What follows the last gap explains it.
""",
    ),
    Sample(
        "Computed",
        "The answer is a number that a simulation computes, with other numbers each time.",
        """\
## How large is the largest probability under softmax?

The scores are @{logits}, and the temperature is @{temperature}.

---

Divide each score by the temperature first.

```toml
[simulation]
name = "softmax_output"
parameters = { logits = [2.0, 1.0, 0.0] }
vary = { temperature = [0.5, 1.0, 2.0] }

[answer]
value = "largest_probability"
tolerance = 0.02
```
""",
    ),
    Sample(
        "With a run",
        "The card launches a simulation; `claims` names what it must show in each run.",
        """\
## What does a higher temperature do to softmax?

It makes the classes more alike. Every score is divided by it first.

```toml
[simulation]
name = "softmax_output"
parameters = { temperature = 2.0 }
```
""",
    ),
    Sample(
        "Refute",
        "What is wrong with a statement? `accept` lists answers that count when typed.",
        """\
## What is wrong with saying "it is always so"? {.refute}

The correct statement, in one sentence. Then why the other one is wrong.

```toml
accept = ["not always", "only sometimes"]
```
""",
    ),
    Sample(
        "On paper",
        "A derivation, uncovered step by step.",
        """\
## A derivation, on paper {.steps}

What has to be derived, and from what.

1. The first step, with a formula: $y = wx$
2. The next one.
3. The result.
""",
    ),
    Sample(
        "More",
        "Formulas, fields, an id and tags, for a card of any kind.",
        """\
## A question with a longer front {#an-id .a-tag .another-tag}

What stands above the line belongs to the question.

---

A formula in the text, $a^2 + b^2$, and one that stands apart:

$$\\frac{1}{n} \\sum_{i=1}^{n} x_i$$

Hint: shown before the answer, if it is asked for.

Analogy: shown after the answer, with w.

Source: where it is from.
""",
    ),
)
BASIC = SAMPLES[0].markdown


def left_of_sample(markdown: str) -> int:
    """The first line that is still a sample's own, from 1; 0 where there is none.

    Of a sample that is a true card as it is only the whole counts, and never headings, formulas and settings.
    """
    if any(markdown.split() == sample.markdown.split() for sample in SAMPLES):
        return 1
    lines = enumerate(markdown.split("\n"), 1)
    return next((number for number, line in lines if line.strip() in _TO_BE_REPLACED), 0)


_TO_BE_REPLACED = {
    line.strip()
    for sample in SAMPLES
    if sample.name not in ("Computed", "With a run")
    for line in sample.markdown.split("\n")
    if len(line.split()) > 3 and not line.startswith(("#", "$"))
}
