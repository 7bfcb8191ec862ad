"""A card's question on one line, as lists and title bars name the card."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content

from studyapp.core.questions import draw, fill, pose
from studyapp.model import Card, ParameterValue
from studyapp.tui.card_text import content


def question_line(card: Card, parameters: Mapping[str, ParameterValue] | None = None) -> Content:
    """The prompt's first line with its numbers filled in, of a cloze card the sentence with its gap too."""
    line = content(fill(card.prompt, draw(card, 0) if parameters is None else parameters)).first_line
    if card.cloze is None:
        return line
    return Content.assemble(line, " · ", content(pose(card, 0).front).first_line)
