"""The form for an exam: a preset, or decks, number, times and rules of one's own, by keys, digits or the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from studyapp import presets
from studyapp.core.exam.making import LARGEST_SEED
from studyapp.core.exam.naming import names
from studyapp.model import Card, Problem
from studyapp.presets import ExamPlan
from studyapp.presets.reading import BOUNDED
from studyapp.store import DeckRow
from studyapp.tui import wording
from studyapp.tui.card_lines import fitted
from studyapp.tui.card_text import plain
from studyapp.tui.hints import Hint, Hints
from studyapp.tui.review_text import BOLD, DIM, beside
from studyapp.tui.screen import StudyScreen

LABEL = 16
STEPS = {"questions": 1, "oral": 1, "seconds": 10, "minutes": 5, "extra_time": 0.25, "seed": 1}
BOUNDS = {**BOUNDED, "seed": (1, LARGEST_SEED, True)}
UNSET = ("seconds", "minutes", "seed")
"""Without a figure the exam finds its own; 0 takes a figure out again."""

HELPED = 12
"""On a screen of fewer lines the rows have the room that the help takes."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form: a field of the plan, with `deck` one deck of its `decks`, and what it means."""

    field: str
    label: str
    help: str
    deck: str = ""


ROWS = (
    Row("name", "Rules", "A preset: the rules and figures below start from it. Files in the folder exams add more."),
    Row("questions", "Questions", "Each topic gets its share; questions kept for exams come first."),
    Row("seconds", "A question", "How long each question is open. Without a figure, each kind has its own limit."),
    Row("minutes", "In all", "How long the exam is at most. It always ends by itself."),
    Row("extra_time", "Extra time", "Every limit is so many times as long; the report says so."),
    Row("forward_only", "Only forward", "Whether moving on locks a question, or the order is free."),
    Row("practice", "Practice", "Practice exams stay out of the statistics of questions."),
    Row("email", "E-mail first", "Whether it begins by asking for an e-mail address, which is kept nowhere."),
    Row("oral", "Explain after", "How many questions are to be explained in words afterwards; the score stays."),
    Row("seed", "Seed", "The same seed makes the same paper from the same decks. Without a figure one is drawn."),
    Row("parts", "Part", "Only questions of one part of the decks below."),
    Row("tags", "Tag", "Only questions with one tag in the decks below."),
)
DECK_HELP = "Space takes a deck in or out. With none chosen, questions come from all decks."


class ExamFormScreen(StudyScreen):
    """What the exam shall be; Enter makes its paper."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "make", "make the paper and go to the lobby"),
        Binding("down,j", "move(1)", "next line"),
        Binding("up,k", "move(-1)", "line before"),
        Binding("right,l", "step(1)", "more, or the next choice"),
        Binding("left,h", "step(-1)", "less, or the choice before"),
        Binding("space", "step(1)", "take a deck in or out, switch"),
        Binding("r", "rehearsal", "rehearse: two minutes that count nowhere"),
        Binding("s", "submissions", "your submissions"),
        Binding("q,escape", "app.pop_screen", "back"),
        *(Binding(digit, f"type({digit!r})", show=False) for digit in "0123456789"),
        Binding("full_stop", "type('.')", show=False),
        Binding("backspace", "type(' ')", show=False),
    ]
    OTHER_KEYS: ClassVar[dict[str, str]] = {"0-9": "type a figure; Backspace takes a digit back"}
    CSS = """
    ExamFormScreen #scroll { height: 1fr; padding: 1 1 0 1; }
    ExamFormScreen #rows { text-wrap: nowrap; text-overflow: ellipsis; }
    ExamFormScreen #rows, ExamFormScreen #help { height: auto; link-style: none; link-color: $text;
        link-background: transparent; link-style-hover: none; link-background-hover: $panel; link-color-hover: $text; }
    ExamFormScreen #help { padding: 0 3; min-height: 2; }
    ExamFormScreen.low #help { display: none; }
    ExamFormScreen.low #scroll { padding: 0 1; }
    """

    def __init__(self, plan: ExamPlan | None = None, seed: int | None = None) -> None:
        super().__init__()
        self._plan, self._seed = plan or ExamPlan(), seed
        self._given = plan is not None
        self._presets: list[ExamPlan] = []
        self._decks: list[DeckRow] = []
        self._rows: list[Row] = list(ROWS)
        self._row = 0
        self._cards: list[Card] | None = None
        self._typed = ""
        self._wrong = ""

    def compose(self) -> ComposeResult:
        """The bar, the lines, what the one in hand means, the keys."""
        yield Static("Exam", classes="bar", markup=False)
        with VerticalScroll(id="scroll", can_focus=False):
            yield Static(id="rows")
        yield Static(id="help")
        yield Hints(id="hints")

    def on_mount(self) -> None:
        """Read presets and decks; the first preset is the proposal."""
        with self.study_app.guard():
            self._decks = self.library.store.decks()
            self._presets, wrong = presets.plans(self.library.places.home)
            self._wrong = _cannot_be_used(wrong)
        if not self._given and self._presets:
            self._take(self._presets[0])
        self._rows = [*ROWS, *(Row("decks", one.title, DECK_HELP, one.path) for one in self._decks)]
        self.query_one(Hints).show(
            [
                Hint("Enter", "make the paper", "screen.make"),
                Hint("↑↓", "line"),
                Hint("←→", "change"),
                Hint("0-9", "type a figure"),
                Hint("r", "rehearsal", "screen.rehearsal"),
                Hint("s", "submissions", "screen.submissions"),
                Hint("?", "keys", "app.keys"),
                Hint("q", "back", "app.pop_screen"),
            ]
        )
        self.renew()

    def _take(self, preset: ExamPlan) -> None:
        """Start from a preset. A deck that it names and that does not exist is said when the paper is made."""
        self._plan = preset
        with self.study_app.guard():
            self._plan = replace(preset, decks=self.library.matching(preset.decks))

    # --- showing ----------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Lay it out anew."""
        self.renew()

    def renew(self) -> None:
        """Show the plan as it is."""
        if not self.is_mounted:
            return
        lines = []
        for place, row in enumerate(self._rows):
            if place == len(ROWS):
                chosen = wording.counted(len(self._plan.decks), "deck") if self._plan.decks else "all decks"
                lines += [Content(), Content.styled(f"  {'Decks'.ljust(LABEL)}{chosen}", DIM)]
            lines.append(self._line(place, row))
        self.static("rows").update(Content("\n").join(lines))
        row = self._rows[self._row]
        said = self._wrong if row.field == "name" and self._wrong else row.help
        self.static("help").update(beside(Content(), plain(said).stylize(DIM), self.text_width - 4))
        self.set_class(self.app.size.height < HELPED, "low")
        self.call_after_refresh(self._keep_in_view)

    def _keep_in_view(self) -> None:
        """Scroll so that the line in hand is seen, once everything has its place."""
        line = self._row + 2 * (self._row >= len(ROWS))
        scroll = self.query_one("#scroll")
        height = scroll.scrollable_content_region.height
        if not scroll.scroll_offset.y <= line < scroll.scroll_offset.y + height:
            scroll.scroll_to(y=max(0, line - height // 2), animate=False)

    def _line(self, place: int, row: Row) -> Content:
        here = place == self._row
        click = Style.from_meta({"@click": f"screen.choose({place})"})
        mark = "▸ " if here else "  "
        if row.deck:
            box = "[x]" if row.deck in self._plan.decks else "[ ]"
            title = fitted(row.label, self.text_width - 8)
            return plain(f"{mark}{box} {title}").stylize(Style(bold=here) + click)
        value = self._value(row)
        name = Content.styled(f"{mark}{row.label.ljust(LABEL)}", Style(bold=here) + click)
        if not here:
            return Content.assemble(name, "  ", plain(value).stylize(click))
        less, more = (Style(bold=True) + Style.from_meta({"@click": f"screen.step({one})"}) for one in (-1, 1))
        return Content.assemble(name, ("‹ ", less), plain(value).stylize(BOLD), (" ›", more))

    def _value(self, row: Row) -> str:
        plan = self._plan
        if self._typed and row is self._rows[self._row]:
            return f"{self._typed}▏"
        match row.field:
            case "name":
                return f"{plan.name or 'your own'}{' · ' + plan.title if plan.title else ''}"
            case "parts" | "tags":
                return ", ".join(getattr(plan, row.field)) or "any"
            case "seed":
                return "drawn anew" if self._seed is None else str(self._seed)
            case "questions":
                return str(plan.questions)
            case "seconds" if plan.seconds is None:
                return "60 s on a concept, 120 s on a computed answer"
            case "seconds":
                return f"{plan.seconds:g} s"
            case "minutes" if plan.ends:
                return f"until the official end at {plan.ends}"
            case "minutes" if plan.minutes is None:
                return "what its questions take, and a quarter more"
            case "minutes":
                return f"{plan.minutes:g} min"
            case "oral":
                return str(plan.oral)
            case "extra_time":
                return "none" if plan.extra_time == 1 else f"× {plan.extra_time:g}"
        return "yes" if getattr(plan, row.field) else "no"

    # --- changing ---------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """Highlight another line."""
        self._accept()
        self._row = (self._row + step) % len(self._rows)
        self.renew()

    def action_choose(self, place: int) -> None:
        """Highlight a line; a click on the one in hand, or on a deck, changes it."""
        self._accept()
        again = place == self._row
        self._row = place
        if again or self._rows[place].deck:
            self.action_step(1)
        self.renew()

    def action_step(self, step: int) -> None:
        """Change the line in hand by one step."""
        self._accept()
        row, plan = self._rows[self._row], self._plan
        match row.field:
            case "name":
                self._next_preset(step)
            case "decks":
                chosen = set(plan.decks) ^ {row.deck}
                self._change(decks=tuple(one.path for one in self._decks if one.path in chosen), title="")
            case "forward_only" | "practice" | "email":
                self._change(**{row.field: not getattr(plan, row.field)})
            case "parts" | "tags":
                self._next_name(row.field, step)
            case field:
                low, high, _ = BOUNDS[field]
                now = self._seed if field == "seed" else getattr(plan, field)
                start = {"seconds": 60, "minutes": 45}.get(field, low)
                to = start if now is None else now + step * STEPS[field]
                none = field in UNSET and to < max(low, STEPS[field])
                self._change(**{field: None if none else min(high, max(low, to))})
        self.renew()

    def _next_name(self, field: str, step: int) -> None:
        """Another part or tag of the chosen decks, or any; of several that a preset names, the first that there is."""
        with self.study_app.guard():
            if self._cards is None:
                self._cards = list(self.library.store.cards())
            there = [(), *((name,) for name in getattr(names(self._cards, self._plan.decks), field))]
            now = getattr(self._plan, field)
            place = there.index(now) if now in there else 0
            self._change(**{field: there[(place + step) % len(there)]}, title="")

    def _next_preset(self, step: int) -> None:
        names = [one.name for one in self._presets]
        if names:
            now = names.index(self._plan.name) if self._plan.name in names else -step
            self._take(self._presets[(now + step) % len(names)])

    def _change(self, **changes: Any) -> None:
        """Change the plan, which from then on is no preset any more; a seed is none of its rules."""
        if "seed" in changes:
            self._seed = changes["seed"]
            return
        if "minutes" in changes:
            changes["ends"] = ""
        self._plan = replace(self._plan, name="", **changes)

    def action_type(self, character: str) -> None:
        """Type a figure; a blank takes its last digit back."""
        field = self._rows[self._row].field
        if field in STEPS:
            longest = max(6, len(str(BOUNDS[field][1])))
            self._typed = (self._typed + character)[:longest] if character.strip() else self._typed[:-1]
            self.renew()

    def _accept(self) -> bool:
        """Take the figure that was typed; what does not fit is said and dropped."""
        typed, self._typed = self._typed, ""
        row = self._rows[self._row]
        if not typed:
            return True
        low, high, whole = BOUNDS[row.field]
        try:
            number = int(typed) if whole else float(typed)
        except ValueError:
            number = low - 1
        if number == 0 and row.field in UNSET:
            self._change(**{row.field: None})
        elif low <= number <= high:
            self._change(**{row.field: number})
        else:
            self.study_app.say(f"{row.label}: {typed} does not fit; give {low} to {high}.", wrong=True)
            return False
        return True

    # --- leading on -------------------------------------------------------------------------------

    def action_make(self) -> None:
        """Go to the lobby, where the paper is made."""
        from studyapp.tui.exam_lobby import LobbyScreen

        if self._accept():
            self.app.switch_screen(LobbyScreen(self._plan, seed=self._seed, form=True))
        else:
            self.renew()

    def action_rehearsal(self) -> None:
        """Rehearse."""
        self.study_app.open_rehearsal(self._plan.extra_time)

    def action_submissions(self) -> None:
        """List all sittings."""
        self.study_app.open_submissions()


def _cannot_be_used(wrong: Sequence[Problem]) -> str:
    """What is wrong with the first of the presets that cannot be used, and how many more there are; empty if none."""
    if not wrong:
        return ""
    more = f"; {len(wrong) - 1} more cannot be used" if len(wrong) > 1 else ""
    return f"{wrong[0]}{more}"
