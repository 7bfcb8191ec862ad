"""How proposals are worded: prompts that say what they are about, answers as the notes have them, gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from studyapp.decks.notes.kinds import ANSWER, NoteKind, is_whole_question
from studyapp.decks.notes.lines import sentences
from studyapp.decks.notes.literal import balanced, code, inline, literal, maths, readable
from studyapp.decks.notes.reading import Item
from studyapp.decks.notes.telling import telling, words_of

NO_ANSWER = "The notes have no answer; write it here."
NOT_READ = "Not read yet; write here what it shows."
NOT_DONE = "Still to be done; write here what came of it."
MOST_LABEL_WORDS = 10
MOST_FORMULAS = 10
"""So many formulas of a statement may become its gap."""
LONGEST_TEXT = 2000
"""So many characters of a statement are looked through for what to ask."""


class Written(NamedTuple):
    """A card's prompt, as Markdown, and what stands below its heading."""

    prompt: str
    body: str
    cloze: bool = False
    unanswered: bool = False


# --- what a card is about -------------------------------------------------------------------------

_GENERAL = re.compile(
    r"(?:why|how|when|what|where|types?|kinds?|methods?|techniques?|advantages?|disadvantages?|pros?|cons?"
    r"|pros and cons"
    r"|examples?|definitions?|formulas?|goals?|idea|ideas|intuition|motivation|notes?|remarks?|steps?|issues?|problems?"
    r"|uses?|usage|properties|signs|reasons?|summary|overview|introduction|conclusions?|benefits|drawbacks|in practice"
    r"|details|applications?|general|others?|misc|advantages .*|(?:lecture|lesson|week|chapter|part|section"
    r"|unit|module|topic|day|session|seminar)\s+\d+)",
    re.I,
)
_NUMBER = re.compile(
    r"(?:lecture|lesson|week|chapter|part|section|unit|module|topic|day|session|seminar)\s+\d+\s*[:.–—-]\s*(?=\w)", re.I
)
_ASKS = re.compile(r"(?:why|how|when|where|what)\b", re.I)
_SEVERAL = re.compile(r"[^\W\d_]+(?<!s)(?<!i)(?<!u)s|issues|basics|properties|pros|cons", re.I)


_JUDGING = re.compile(
    r"(?:dis)?advan\w+.*|pros\b.*|cons\b.*|benefits|drawbacks|why|how|definitions?|issues|problems", re.I
)


def is_judging(head: str) -> bool:
    """Whether heads below this one are what is judged, and not what it asks for: under "Advantages" stand methods."""
    return _JUDGING.fullmatch(head) is not None


def is_general(head: str) -> bool:
    """Whether a head says nothing of its subject, as "Types" does."""
    return _GENERAL.fullmatch(head) is not None


@dataclass(frozen=True, slots=True)
class Texts:
    """What an item is about: its nearest head, `above` that names the subject if the head does not, and both as one."""

    head: str
    above: str
    label: str

    @classmethod
    def of(cls, path: Sequence[tuple[str, bool]], title: str) -> Texts:
        """From the heads above an item, each with whether it is a section's."""
        names = [(_short(_NUMBER.sub("", head)), section) for head, section in path]
        head, section = names[-1] if names else (_short(title), True)
        general = is_general(head)
        above = [name for name, _ in names[:-1] if not is_general(name)]
        if not general and section:
            return cls(head, "", _capital(head))
        subject = above[-1] if above else _short(title) if general else ""
        if subject.casefold() in head.casefold():
            subject = ""
        return cls(head, subject, _capital(f"{subject}, {head}" if subject else head))

    @staticmethod
    def plain(text: str) -> str:
        """A name, such as a file's, as Markdown on one line."""
        return literal(" ".join(text.split())) or "notes"

    def said(self, item: Item) -> Written:
        """A card that asks what the notes say, and tells it."""
        about = f", {item.term}" if item.term and item.term.casefold() not in self.label.casefold() else ""
        return Written(inline(f"{self.label}{about}: what do the notes say?"), _body(inline(item.text)))

    def told_apart(self, item: Item) -> str:
        """A prompt for an item that would be asked for as another one is."""
        words = f"{item.term} {item.text}".split()
        return inline(f"{self.label}: what do the notes say about “{' '.join(words[:5])}”?")


def _short(head: str) -> str:
    words = head.split()
    return head if len(words) <= MOST_LABEL_WORDS else " ".join(words[:MOST_LABEL_WORDS]) + " …"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if text[:2].islower() else text


def part_title(text: str) -> str:
    """A title that is read back as it is written: nothing at its end is taken for attributes."""
    return " ".join(text.split()).rstrip("{}# ") or "Notes"


def page_note(pages: tuple[int, int] | None) -> str:
    """The pages of a section, as they follow a source line."""
    if pages is None:
        return ""
    return f", page {pages[0]}" if pages[0] == pages[1] else f", pages {pages[0]}-{pages[1]}"


# --- cards with an answer of their own --------------------------------------------------------------


def answer_of(item: Item, texts: Texts) -> Written | None:
    """The card of a question, a list, a paper, a chore or code; None for what is asked for by a gap."""
    match item.kind:
        case NoteKind.QUESTION:
            return _question(item, texts)
        case NoteKind.LIST:
            return _list(item, texts)
        case NoteKind.PAPER:
            about = _PAPER.sub("", item.text, count=1).rstrip(" .:?") or item.text
            return Written(inline(f"What does this paper show: {about}?"), NOT_READ, unanswered=False)
        case NoteKind.CHORE:
            return Written(inline(f"To do: {item.text}"), NOT_DONE)
        case NoteKind.CODE:
            return Written(inline(f"{texts.label}: which code do the notes give?"), _fenced(item.text))
        case _:
            return None


_PAPER = re.compile(
    r"\s*\(?\b(?:research )?papers? to read\b\)?[:.]?\s*"
    r"|^(?:papers?|references?|ref|cite)\s*(?::|on\b|about\b)?\s*",
    re.I,
)
_FIELD = re.compile(r"(Analogy|Hint)\s*:\s*(\S.*)", re.I)


_NAMES_IT = re.compile(
    r"(?:what|who) (?:is|are|was|were|does|do)\s+(?!(?:it|its|this|that|these|those|they)\b)\S+", re.I
)
"""A question that says what it is about, in four words too."""


def _question(item: Item, texts: Texts) -> Written:
    before, asked, after = _parted(item.text)
    fields: dict[str, str] = {}
    below: list[Item] = []
    for child in item.children:
        found = _FIELD.fullmatch(child.text)
        if found is not None and found[1].capitalize() not in fields:
            fields[found[1].capitalize()] = inline(found[2], begins=False)
            below += child.children
        else:
            below.append(child)
    pieces = [inline(ANSWER.sub("", after, count=1) or after)] if after else []
    pieces += [_listed(below)] if len(below) > 2 or any(one.children for one in below) else map(_paragraph, below)
    back = "\n\n".join(piece for piece in pieces if piece)
    alone = is_whole_question(asked) and (len(asked.split()) >= 5 or _NAMES_IT.match(asked) is not None)
    prompt = inline(_capital(asked) if alone else f"{texts.label}: {asked}")
    answer = "\n\n".join([back or NO_ANSWER, *(f"{name}: {text}" for name, text in fields.items())])
    return Written(prompt, f"{inline(before)}\n\n---\n\n{answer}" if before else answer, unanswered=not back)


def _parted(text: str) -> tuple[str, str, str]:
    """What stands before the question, the question, and what follows it."""
    parts = sentences(re.sub(r"\?[?!]+", "?", text))
    ends = [one.rstrip("\"')]”’ ").endswith("?") for one in parts]
    if not any(ends):
        asked = parts[0] if parts else text
        return "", f"{asked}?" if _ASKS.match(asked) and asked[-1].isalnum() else asked, " ".join(parts[1:])
    first = ends.index(True)
    last = next((at for at in range(first, len(parts)) if not ends[at]), len(parts))
    return " ".join(parts[:first]), " ".join(parts[first:last]), " ".join(parts[last:])


def _list(item: Item, texts: Texts) -> Written:
    head, label = _NUMBER.sub("", item.text), texts.label
    whole = len(item.children) > 1
    name = head if head[:2].isupper() else head[:1].lower() + head[1:]
    if texts.head.casefold() == head.casefold() or not label:
        label = texts.above or texts.head
    if _ASKS.fullmatch(head):
        prompt = f"{label}: {name}?"
    elif whole and _SEVERAL.fullmatch(head.split()[0]) and (is_general(head) or " of " in head):
        prompt = f"{label}: which {name} are there?"
    elif is_general(head):
        prompt = f"{label}, {name}: what do the notes say?"
    else:
        prompt = f"{_capital(head)}: what do the notes {'list' if whole else 'say'}?"
    return Written(inline(prompt), _listed(item.children) if whole else "\n\n".join(map(_named, item.children)))


def _named(item: Item) -> str:
    return inline(item.term or item.text)


def _listed(items: Sequence[Item]) -> str:
    return "\n".join(_bullets(items, 0))


def _bullets(items: Sequence[Item], depth: int) -> Iterator[str]:
    for item in items:
        text = item.term or item.text
        told = " ".join(code(line) for line in text.split("\n") if line) if item.kind is NoteKind.CODE else inline(text)
        yield f"{'  ' * depth}- {told or '…'}"
        if item.kind is not NoteKind.LIST and not item.term:
            yield from _bullets(item.children, depth + 1)


def _paragraph(item: Item) -> str:
    return _fenced(item.text) if item.kind is NoteKind.CODE else inline(item.text)


def _fenced(text: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"


def _body(text: str) -> str:
    return text or NO_ANSWER


# --- gaps -----------------------------------------------------------------------------------------

_SYMBOL = re.compile(r"\\?[A-Za-z]+|.{1,3}")
_EQUALS = re.compile(r"(?<![<>!:=\\])=(?!=)")


def gapped(item: Item, texts: Texts, often: Mapping[str, int]) -> Written | None:
    """A card with a gap; None where no gap leaves a sensible question."""
    label = inline(texts.label)
    match item.kind:
        case NoteKind.DEFINITION:
            known = words_of(texts.label) | words_of(item.text)
            if words_of(item.term) <= known or item.term.casefold() in item.text.casefold():
                return None
            return Written(label, f"{_gap(item.term)}: {inline(item.text, begins=False)}", cloze=True)
        case NoteKind.FORMULA:
            found = maths(item.text)
            sides = _latex_gap(found[0][2]) if found else _plain_gap(item.text)
            if sides is None:
                return Written(inline(f"{texts.label}: which formula do the notes give?"), inline(item.text))
            return Written(label, sides, cloze=True)
        case _:
            body = _sentence_gap(item.text, words_of(texts.label), often)
            return Written(label, body, cloze=True) if body is not None else None


def _gap(text: str) -> str:
    return f"{{{{c1::{inline(text, begins=False)}}}}}"


def _latex_gap(latex: str) -> str | None:
    """A formula with a gap for its right side; None if it has none or cannot be taken apart."""
    if not readable(latex) or "\\begin" in latex:
        return None
    for equals in _EQUALS.finditer(latex):
        left, right = latex[: equals.start()].strip(), latex[equals.end() :].strip()
        if left and right and all(balanced(side) and _pairs(side) for side in (left, right)):
            return f"${left} = {{{{c1::{right}}}}}$"
    return None


def _pairs(latex: str) -> bool:
    """Whether each `\\left` has its `\\right`."""
    return latex.count("\\left") - latex.count("\\leftarrow") == latex.count("\\right") - latex.count("\\rightarrow")


def _plain_gap(text: str) -> str | None:
    equals = re.search(r"(?<![<>!:=])(=|≈|∝)(?!=)\s*", text)
    if equals is None or not text[: equals.start()].strip() or not text[equals.end() :].strip(" ."):
        return None
    return inline(text[: equals.end()]) + _gap(text[equals.end() :])


def _sentence_gap(text: str, avoid: set[str], often: Mapping[str, int]) -> str | None:
    """A statement with a gap for a formula's right side, a formula, or its most telling words."""
    formulas = maths(text)
    for start, end, latex in formulas[:MOST_FORMULAS]:
        held = _latex_gap(latex)
        if held is None and not _SYMBOL.fullmatch(latex) and len(formulas) * 3 < len(text.split()) and readable(latex):
            held = f"{{{{c1::${latex}$}}}}"
        if held is not None:
            return inline(text[:start]) + held + inline(text[end:], begins=False)
    pieces, at = [], 0
    for start, end, _ in formulas:
        pieces += [text[at:start], "\ufffc" * (end - start)]
        at = end
    shown = "".join([*pieces, text[at:]])
    if len(shown) > LONGEST_TEXT:
        shown = shown[:LONGEST_TEXT].rpartition(" ")[0]
    found = telling(shown, avoid, often)
    if found is None:
        return None
    start, end = found
    return inline(text[:start]) + _gap(text[start:end]) + inline(text[end:], begins=False)
