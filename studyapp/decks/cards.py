"""From a `##` section to its cards: kind, texts, options, steps, fields, and all that may be wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from studyapp.core.cloze import ClozeError, cloze_numbers, without_code
from studyapp.decks.blocks import Fence, Item, Labelled, Listing, Rule
from studyapp.decks.content import report_hidden, settings_of
from studyapp.decks.keylines import key_line
from studyapp.decks.sections import Section
from studyapp.decks.settings import Place, Settings, nearest
from studyapp.model import Card, Kind, Option, Problem, SimulationLink

_TASK = re.compile(r"\[([ xX])\](?:[ \t\n]+|$)")
_VERBATIM = re.compile(r"(\$[^$]+\$|`[^`]+`)")
_NEARLY_TASK = re.compile(r"^[-+*](?:\[[ xX]\]|[ \t]+\[[ xX]\](?=\w))", re.M)
_PARAMETER = re.compile(r"@\{([ \t]*[A-Za-z_][^{}\n]*)\}")
MOST_OPTIONS = 6
"""Options are chosen with the keys a to f."""

_NAMES = {
    Kind.CHOICE: "choice (a task list)",
    Kind.CLOZE: "cloze ({{c1::...}})",
    Kind.COMPUTED: "computed ([answer])",
    Kind.STEPS: "on paper (.steps)",
    Kind.REFUTE: "refutation (.refute)",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a card has from its deck and part; `broken` is the line of a part's settings that could not be read."""

    path: str
    part: str = ""
    tags: tuple[str, ...] = ()
    source: str = ""
    link: SimulationLink | None = None
    broken: int = 0


def read_card(lines: Sequence[str], section: Section, around: Surroundings) -> tuple[list[Card], list[Problem]]:
    """The card of a section, or its siblings where it is a cloze; none when anything is wrong with it."""
    draft = _Draft(lines, section, around)
    cards = draft.cards()
    return ([] if draft.problems else cards), draft.problems


class _Texts(NamedTuple):
    """The content of a card, cut up by its kind."""

    front: str
    back: str
    options: tuple[Option, ...] = ()
    steps: tuple[str, ...] = ()


class _Draft:
    """One section being read. Its methods report what is wrong and go on, so that all problems come at once."""

    def __init__(self, lines: Sequence[str], section: Section, around: Surroundings) -> None:
        self.lines = lines
        self.section = section
        self.around = around
        self.problems: list[Problem] = []
        self.start = section.start + 1
        self.stop = section.stop
        self.fence: Fence | None = None
        self.body = "\n".join(lines[self.start : self.stop])
        # Lines that are no content, ascending: settings, fields, the rule that ends the front.
        self.cuts: list[tuple[int, int]] = []

    def report(self, line: int, what: str, remedy: str = "", /) -> None:
        self.problems.append(Problem(self.around.path, line, self.section.id, what, remedy))

    def cards(self) -> list[Card]:
        section, around = self.section, self.around
        self.check_heading()
        report_hidden(self.lines, section.blocks, self.report)
        settings, self.fence, sound = settings_of(self.lines, section.blocks, Place.CARD, self.report)
        fields = self.fields()
        rule = next((block.start for block in section.blocks if isinstance(block, Rule)), -1)
        if self.fence is not None:
            self.cuts.append((self.fence.start, self.fence.end))
        if rule >= 0:
            self.cuts.append((rule, rule + 1))
        self.cuts.sort()

        lists = [block for block in section.blocks if isinstance(block, Listing)]
        tasks = [one for one in lists if any(_TASK.match(item.text) for item in one.items)]
        numbers = self.gap_numbers()
        kind = self.kind(tasks, numbers, settings)
        link = None
        if sound:
            self.check_accept(kind, numbers, settings.accept)
            link = self.link(settings)
            self.check_parameters(link, settings.accept)

        texts = self.texts(kind, lists, tasks, rule)
        if kind is Kind.CLOZE:
            self.check_gaps(texts.back, numbers)
        if self.problems:
            return []
        title = section.title
        return [
            Card(
                id=f"{section.id}:c{number}" if number else section.id,
                kind=kind,
                prompt=title.text,
                deck=around.path,
                line=section.start + 1,
                front=texts.front,
                back=texts.back,
                options=texts.options,
                steps=texts.steps,
                cloze=number,
                accept=settings.accept,
                hint=fields.get("Hint", ""),
                analogy=fields.get("Analogy", ""),
                source=fields.get("Source", around.source),
                part=around.part,
                tags=tuple(dict.fromkeys((*around.tags, *title.tags))) if title.tags else around.tags,
                stamped=bool(title.id),
                simulation=link,
                answer=settings.asked,
                target=settings.target,
            )
            for number in (numbers or (None,))
        ]

    def texts(self, kind: Kind, lists: Sequence[Listing], tasks: Sequence[Listing], rule: int) -> _Texts:
        """Front and back, and what stands between them; `rule` is the line of the first `---`, or -1."""
        match kind:
            case Kind.CHOICE:
                listing = tasks[0]
                options = self.options(tasks)
                return _Texts(self.text(self.start, listing.start), self.text(listing.end, self.stop), options)
            case Kind.STEPS:
                return self.steps(lists, rule)
            case Kind.CLOZE:
                return _Texts("", self.text(self.start, self.stop))
        front = self.text(self.start, rule) if rule >= 0 else ""
        back = self.text(max(self.start, rule), self.stop)
        if not back and kind is not Kind.COMPUTED:
            remedy = "write it below the '---'" if rule >= 0 else "write it below the heading"
            self.report(self.section.start + 1, "the answer is empty", remedy)
        return _Texts(front, back)

    # --- heading, fields, kind

    def check_heading(self) -> None:
        section, line = self.section, self.section.start + 1
        for what, remedy in section.title.faults:
            self.report(line, what, remedy)
        if not section.title.text:
            self.report(line, "the card has no prompt", "write the question after '##'")
        if section.twin >= 0:
            remedy = "give one of the two another id"
            if not section.title.id:
                remedy = "give this card an id of its own: run 'studyapp stamp', or write {#...} after its heading"
            self.report(line, f"the id {section.id!r} is taken by the card on line {section.twin + 1}", remedy)
        if "{{c" in section.title.text:
            try:
                gaps = bool(cloze_numbers(section.title.text))
            except ClozeError:
                gaps = True
            if gaps:
                self.report(line, "the heading has a gap", "write the gap in the text below the heading")

    def fields(self) -> dict[str, str]:
        """The paragraphs that start `Analogy:`, `Hint:` or `Source:`, by that word; they are no content."""
        found: dict[str, str] = {}
        for block in self.section.blocks:
            if isinstance(block, Labelled):
                text = "\n".join(self.lines[block.start : block.end]).partition(":")[2].strip()
                if block.label in found:
                    self.report(block.start + 1, f"a second paragraph {block.label}:", "put both into one paragraph")
                elif not text:
                    self.report(block.start + 1, f"{block.label}: is empty", "write its text in the same paragraph")
                found.setdefault(block.label, text)
                self.cuts.append((block.start, block.end))
        return found

    def gap_numbers(self) -> tuple[int, ...]:
        if "{{c" not in self.body:
            return ()
        try:
            return cloze_numbers(self.body)
        except ClozeError as error:
            line = self.start + 1 + self.body.count("\n", 0, error.offset)
            self.report(line, str(error), "write gaps as {{c1::text}} or {{c1::text::hint}}, and code in backticks")
            return ()

    def kind(self, tasks: Sequence[Listing], numbers: Sequence[int], settings: Settings) -> Kind:
        marks = self.section.title.marks
        signs = {
            Kind.CHOICE: bool(tasks),
            Kind.CLOZE: bool(numbers),
            Kind.COMPUTED: settings.asked is not None,
            Kind.STEPS: "steps" in marks,
            Kind.REFUTE: "refute" in marks,
        }
        kinds = [kind for kind, given in signs.items() if given]
        if len(kinds) > 1:
            names = " and ".join(_NAMES[kind] for kind in kinds)
            self.report(self.section.start + 1, f"{len(kinds)} kinds at once: {names}", "make a card of each")
        if not kinds and "[" in self.body and (nearly := _NEARLY_TASK.search(without_code(self.body))):
            line = self.start + 1 + self.body.count("\n", 0, nearly.start())
            self.report(line, f"{nearly[0]!r} is no option", "write '- [x] ' and '- [ ] ' with both spaces")
        return kinds[0] if kinds else Kind.BASIC

    # --- options, steps, gaps

    def options(self, tasks: Sequence[Listing]) -> tuple[Option, ...]:
        listing = tasks[0]
        for more in tasks[1:]:
            what = f"a second task list; the options stand on line {listing.start + 1} already"
            self.report(more.start + 1, what, "put all options into one list, with one kind of marker")
        options: list[Option] = []
        seen: dict[str, int] = {}
        for item in listing.items:
            self.check_lazy(item, "option")
            task = _TASK.match(item.text)
            if task is None:
                self.report(item.start + 1, "this option has no [ ] or [x]", "write '- [ ] ' before a wrong one")
                continue
            text = item.text[task.end() :].strip()
            if not text:
                self.report(item.start + 1, "this option is empty", "write its text after the brackets")
            elif (twin := seen.setdefault(_essence(text), item.start)) != item.start:
                what = f"this option is the same as that on line {twin + 1}"
                self.report(item.start + 1, what, "change one of them")
            options.append(Option(text, task[1] != " ", self.inner(item, item.rest)))
        right = [item.start + 1 for item in listing.items if (task := _TASK.match(item.text)) and task[1] != " "]
        if not right:
            self.report(listing.start + 1, "no option is marked [x]", "mark the right one")
        elif len(right) > 1:
            self.report(right[1], f"{len(right)} options are marked [x]", "mark exactly one, the single best answer")
        if len(listing.items) < 2:
            self.report(listing.start + 1, "there is only one option", "write two or more")
        elif len(listing.items) > MOST_OPTIONS:
            what = f"there are {len(listing.items)} options, and keys a to f for {MOST_OPTIONS}"
            self.report(listing.items[MOST_OPTIONS].start + 1, what, "leave out the least likely ones")
        return tuple(options)

    def steps(self, lists: Sequence[Listing], rule: int) -> _Texts:
        """The steps are the first numbered list, or the first below the rule."""
        numbered = sorted((one for one in lists if one.numbered), key=lambda one: one.start < rule)
        if not numbered:
            self.report(self.section.start + 1, ".steps, but there is no numbered list", "write the steps as 1. 2. 3.")
            return _Texts("", "")
        listing = numbered[0]
        steps: list[str] = []
        for item in listing.items:
            self.check_lazy(item, "step")
            step = self.inner(item, item.start)
            if not step:
                self.report(item.start + 1, "this step is empty", "write it after its number")
            steps.append(step)
        return _Texts(self.text(self.start, listing.start), self.text(listing.end, self.stop), steps=tuple(steps))

    def check_lazy(self, item: Item, name: str) -> None:
        if item.lazy >= 0:
            what = f"this line would belong to the {name} above, for no blank line stands between"
            self.report(item.lazy + 1, what, f"put a blank line before it, or indent it by {item.offset} spaces")

    def check_gaps(self, text: str, numbers: tuple[int, ...]) -> None:
        """Gaps were counted in the whole body; a field or a `---` may have one too, or cut one in two."""
        try:
            inside = cloze_numbers(text) == numbers
        except ClozeError:
            inside = False
        if not inside and not self.problems:
            what = "a gap stands in a field, or is cut in two by a field or a '---'"
            self.report(self.section.start + 1, what, "keep each gap in one paragraph of the text")

    def inner(self, item: Item, start: int) -> str:
        """The lines of an item from `start`, without its marker and indent."""
        lines = [_outdented(line, item.offset) for line in self.lines[start : item.end]]
        if start == item.start and lines:
            lines[0] = self.lines[start].expandtabs(4)[item.offset :]
        return _trimmed(lines)

    # --- settings that depend on the rest

    def check_accept(self, kind: Kind, numbers: Sequence[int], accept: Sequence[str]) -> None:
        if not accept:
            return
        if kind in (Kind.CHOICE, Kind.COMPUTED, Kind.STEPS):
            self.report(
                self.accept_line(), f"accept: is for typed answers, and this card is {_NAMES[kind]}", "delete it"
            )
        elif len(numbers) > 1:
            self.report(self.accept_line(), "accept: cannot say which gap it is for", "give each gap a card of its own")

    def accept_line(self) -> int:
        assert self.fence is not None
        return self.fence.start + 2 + key_line(self.lines[self.fence.start + 1 : self.fence.end], ("accept",))

    def link(self, settings: Settings) -> SimulationLink | None:
        """The card's simulation: its own, or its part's with what the card adds."""
        own, part = settings.link, self.around.link
        if own is None and settings.asked is not None and part is None:
            remedy = "name it under [simulation]"
            if self.around.broken:
                remedy = f"correct the part's settings on line {self.around.broken}"
            self.report(settings.asked.line, "[answer]: no simulation to compute it", remedy)
        if own is None and settings.target is not None and part is None:
            self.report(settings.target.line, "[target]: no simulation to find it in", "name it under [simulation]")
        if own is None or (own.name and (part is None or part.name != own.name)):
            return own or part
        if part is None:
            remedy = 'write name = "..." with the simulation\'s name'
            if self.around.broken:
                remedy = f"correct the part's settings on line {self.around.broken}"
            self.report(own.line, "[simulation] name: is missing", remedy)
            return own
        fixed = {name: value for name, value in part.parameters.items() if name not in own.vary}
        return SimulationLink(part.name, {**fixed, **own.parameters}, own.vary, own.claims, own.line, own.figure)

    def check_parameters(self, link: SimulationLink | None, accept: Sequence[str]) -> None:
        """Report each `@{x}` outside code that names neither a fixed nor a drawn parameter of the card."""
        known = [*link.parameters, *link.vary] if link else []
        for line, name in self.mentions(accept):
            if name not in known:
                remedy = nearest(name.strip(), known) or "add it under [simulation], to parameters or vary"
                self.report(line, f"@{{{name}}}: the card has no parameter {name.strip()!r}", remedy)

    def mentions(self, accept: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Every `@{x}` outside code, with its line."""
        for first, text in ((self.section.start + 1, self.section.title.text), (self.start + 1, self.body)):
            if "@{" in text:
                visible = without_code(text)
                for found in _PARAMETER.finditer(visible):
                    yield first + visible.count("\n", 0, found.start()), found[1]
        for answer in accept:
            for found in _PARAMETER.finditer(answer):
                yield self.accept_line(), found[1]

    def text(self, start: int, stop: int) -> str:
        """The content between two lines, without what was cut out of it and without blank lines around."""
        pieces: list[str] = []
        for begin, end in [*self.cuts, (stop, stop)]:
            if end <= start and begin < stop:
                continue
            if piece := _trimmed(self.lines[start : min(begin, stop)]):
                pieces.append(piece)
            start = max(start, end)
            if begin >= stop:
                break
        return "\n\n".join(pieces)


def _essence(text: str) -> str:
    """What makes an option differ: not case (but in maths and code), nor spaces, nor final punctuation."""
    words = " ".join(text.split())
    text = words.rstrip(" .,;:!?…") or words
    return "".join(part if part[:1] in ("$", "`") else part.casefold() for part in _VERBATIM.split(text))


def _trimmed(lines: Sequence[str]) -> str:
    """Lines as one text, without blank ones at either end."""
    start, stop = 0, len(lines)
    while start < stop and not lines[start].strip(" \t"):
        start += 1
    while start < stop and not lines[stop - 1].strip(" \t"):
        stop -= 1
    return "\n".join(lines[start:stop])


def _outdented(line: str, offset: int) -> str:
    """A line without the first columns of its indent; a tab in the indent counts up to the next fourth column."""
    indent = len(line) - len(line.lstrip(" \t"))
    spaces = line[:indent].expandtabs(4)
    return spaces[offset:] + line[indent:]
