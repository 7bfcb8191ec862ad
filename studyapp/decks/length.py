"""How long a card's answer is on a screen, so that one that would have to be scrolled is found while it is written."""

from __future__ import annotations

import re
from textwrap import wrap

from studyapp.model import Card

COLUMNS = 74
MOST_LINES = 20
"""More lines than this are a problem in any deck."""
MOST_SHIPPED = 12
"""More lines than this are a problem in a shipped deck."""

_STANDS_ALONE = re.compile(r"(?:```|~~~|\$\$|[|>#]|[-+*] |[0-9]+[.)] )")


def answer_lines(card: Card) -> int:
    """How many lines of 74 columns a card's back takes, of a choice card its explanation; formulas as written.

    Lines of a paragraph flow together; those of fences, formulas, tables and lists do not.
    """
    if not card.back:
        return 0
    count = 0
    paragraph: list[str] = []
    closing = ""
    for line in [*card.back.split("\n"), ""]:
        text = line.strip()
        starts = _STANDS_ALONE.match(text)
        if text and not starts and not closing:
            paragraph.append(text)
            continue
        count += len(wrap(" ".join(paragraph), COLUMNS))
        paragraph = []
        if closing or (starts and starts[0] in ("```", "~~~", "$$")):
            count += max(1, len(wrap(text, COLUMNS)))
            mark = closing or (starts[0] if starts else "")
            ends = text.endswith(mark) and len(text) > len(mark) if not closing else text.endswith(mark)
            closing = "" if ends else mark
        elif starts and not text.startswith(("|", "#")):
            paragraph = [text]  # an item or a quotation goes on over the lines that follow
        else:
            count += max(1, len(wrap(text, COLUMNS)))
    return count - 1  # the blank line that ends the last paragraph
