"""The words of studyapp: what a deck, a card, an event and a schedule are, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Number = int | float
ParameterValue = bool | int | float | str | tuple[float, ...]
"""One value of a simulation's parameter: a switch, a number, a choice, or a list of numbers."""

Day = int
"""A study day: whole days since 1970-01-01, in the learner's zone, changing at 04:00 and not at midnight."""


# --- what the files say ---------------------------------------------------------------------------


SEALED = "sealed"
"""The tag of cards that study keeps back until an exam has asked them."""

DRAFT = "draft"
"""The tag of cards that are only proposed: until it is taken away they are not due, not new, and in no exam."""


class Kind(StrEnum):
    """How a card asks."""

    BASIC = "basic"
    CHOICE = "choice"
    CLOZE = "cloze"
    COMPUTED = "computed"
    STEPS = "steps"
    REFUTE = "refute"


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice card; `reason` (Markdown, may be empty) is shown after answering."""

    text: str
    correct: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SimulationLink:
    """The simulation behind a card: a name (never a path), fixed parameters, and those drawn from the question's seed.

    `vary` gives each drawn parameter its candidates. `claims` are the claims that back this card; without any, the
    simulation only illustrates it. `figure` is the title of the figure to show, or its beginning; the first, if empty.
    """

    name: str
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    vary: Mapping[str, tuple[ParameterValue, ...]] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    line: int = 0
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a computed card asks of its simulation: a value (element `index` of an array value), and how near counts.

    Exactly one of `tolerance` (relative to the key) and `absolute` is set. With `formula` it asks for the formula in
    place of the number: symbols that the learner writes, each with the parameter that it stands for.
    """

    value: str
    tolerance: float | None = None
    absolute: float | None = None
    mistakes: tuple[str, ...] = ()
    unit: str = ""
    index: int | None = None
    line: int = 0
    formula: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """What a refute card has the learner find in the Lab: parameters at which a value crosses a bound.

    `task` says it in words. The value (element `index` of an array) is to be at least `above`, at most `below`, or
    both. `change` names the parameters that may be changed. `solution` is one way to meet it, which `verify` runs.
    """

    task: str
    value: str
    change: tuple[str, ...]
    solution: Mapping[str, ParameterValue]
    above: float | None = None
    below: float | None = None
    index: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to be asked. All texts are Markdown source as the file has it, without control characters.

    `prompt` is the heading, `front` what follows it before a `---` (or before options, steps), `back` the answer: for
    choice, computed and steps cards the explanation, for a cloze card the whole text with every `{{cN::...}}` still in
    it. A cloze text gives one card per number; each has id `heading-id:cN` and says its number in `cloze`.
    `line` is the 1-based line of the heading. `stamped` is False while the id is only the heading's slug.
    """

    id: str
    kind: Kind
    prompt: str
    deck: str
    line: int
    front: str = ""
    back: str = ""
    options: tuple[Option, ...] = ()
    steps: tuple[str, ...] = ()
    cloze: int | None = None
    accept: tuple[str, ...] = ()
    hint: str = ""
    analogy: str = ""
    source: str = ""
    part: str = ""
    tags: tuple[str, ...] = ()
    stamped: bool = True
    simulation: SimulationLink | None = None
    answer: Asked | None = None
    target: Target | None = None

    @property
    def family(self) -> str:
        """The id without its cloze number: cards of one family are siblings and are not shown close together."""
        return self.id.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a file: where, what, and what to do. `card` is empty where it concerns the file."""

    path: str
    line: int
    card: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        card = f" {self.card}:" if self.card else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{place}:{card} {self.what}{remedy}"


@dataclass(frozen=True, slots=True)
class Deck:
    """One Markdown file. `path` is relative to its decks folder, with `/`; it names the deck everywhere."""

    path: str
    title: str
    cards: tuple[Card, ...]
    problems: tuple[Problem, ...] = ()
    source: str = ""
    tags: tuple[str, ...] = ()


# --- what the learner did -------------------------------------------------------------------------


class Mode(StrEnum):
    """Where an answer was given. Only SPACED moves due dates."""

    SPACED = "spaced"
    LEARN = "learn"
    TEST = "test"
    MATCHING = "matching"
    CARDS = "cards"
    EXAM = "exam"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, graded 0-5. `correct` and `sure` are None where the learner graded a recall of their own.

    `seed` reproduces the question as it was shown. `due` is the day applied where it differs from SM-2's own, else
    None. `receipt` says what was computed for the question (simulation, file hash, parameters, key, values, NumPy).
    """

    card: str
    mode: Mode
    kind: Kind
    grade: int
    seed: int
    correct: bool | None = None
    sure: bool | None = None
    milliseconds: int = 0
    given: str = ""
    due: Day | None = None
    receipt: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A card put somewhere in its schedule: an import, "make due", a reset. `ease` in hundredths."""

    card: str
    n: int
    interval: int
    ease: int
    due: Day


@dataclass(frozen=True, slots=True)
class Flagged:
    """A card suspended or taken back, or buried until a day; None leaves that flag as it is."""

    card: str
    suspended: bool | None = None
    buried_until: Day | None = None


class Predicting(StrEnum):
    """How a prediction is made."""

    NUMBER = "number"
    CHOICE = "choice"
    TREND = "trend"
    CURVE = "curve"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Predicted:
    """A prediction made before a run, and what the run gave.

    NUMBER: the number said and the one measured. CHOICE: the number picked among the exact value and what named
    mistakes give, and the exact one. TREND: 1 grows, -1 falls, 0 stays, against the run before. CURVE: `drawn` and
    `found` are the heights at the handles, `predicted` is the root mean square error (in decades where `scale` is
    "log", else as a share of the curve's span), and `measured` the 0 of a perfect drawing. TARGET: the bound that a run
    was to cross, and the number measured in the run that was confirmed.
    """

    simulation: str
    value: str
    parameters: Mapping[str, ParameterValue]
    seed: int
    predicted: float
    measured: float
    confidence: str
    card: str = ""
    form: Predicting = Predicting.NUMBER
    drawn: tuple[float, ...] = ()
    found: tuple[float, ...] = ()
    scale: str = ""


@dataclass(frozen=True, slots=True)
class Relinked:
    """All that was logged for the id `card` belongs to the id `now` from here on."""

    card: str
    now: str


@dataclass(frozen=True, slots=True)
class Sat:
    """What happened in one sitting of an exam: `number` counts its events from 0, `event` is told by `core.exam`."""

    sitting: str
    number: int
    event: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Revoked:
    """An entry taken back: undo, or the first half of a correction."""

    entry: str


Event = Answered | Placed | Flagged | Predicted | Relinked | Sat | Revoked


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the log. `id`s grow with time on each device; entries of one `act` are undone together.

    `day` was computed once, when it happened: reading the log needs no clock, zone or setting.
    """

    id: str
    act: str
    device: str
    at: datetime
    day: Day
    event: Event


# --- what follows from it -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Schedule:
    """A card's place in SM-2, folded from the log. `ease` is EF in hundredths; `due` is None for a card never answered.

    `answered_on` is the last study day with an answer in Spaced. `drilling` says that a grade below 4 on that day has
    not yet been followed by a 4: the card is asked again that day, and only that day. `seen_on` is the last day with an
    answer in any mode; `mastery` is 0 (new) to 4, from evidence: `recalled_days` counts the days with a right recall
    since the last miss, and `recalled_on` is the latest.
    """

    n: int = 0
    interval: int = 0
    ease: int = 250
    due: Day | None = None
    answered_on: Day | None = None
    drilling: bool = False
    repetitions: int = 0
    failures: int = 0
    seen_on: Day | None = None
    mastery: int = 0
    recalled_days: int = 0
    recalled_on: Day | None = None
    suspended: bool = False
    buried_until: Day | None = None


UNSEEN = Schedule()
