"""What Home, `studyapp due` and the bare command show: how much waits in each deck, and how it has been going."""

from __future__ import annotations

from dataclasses import dataclass

from studyapp.core.forecast import days_until_level
from studyapp.exam_told import untold
from studyapp.library import Library
from studyapp.model import Day
from studyapp.planning import waiting_minutes
from studyapp.store import SittingRow

AWAY_DAYS = 7
"""After so many days without an answer a learner is welcomed back."""

WEEK, MONTH = 7, 30


@dataclass(frozen=True, slots=True)
class Row:
    """One deck, or all (`path` empty): cards due, new ones that today's limit lets in, cards per mastery level."""

    path: str
    title: str
    due: int
    new: int
    levels: tuple[int, ...]

    @property
    def mastery(self) -> float:
        """The mean level as a share of the highest, 0 to 1."""
        cards = sum(self.levels)
        return sum(level * count for level, count in enumerate(self.levels)) / (4 * cards) if cards else 0.0


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of things on a study day. `week` holds the cards due on each of the next seven days.

    `due_minutes` is what the cards due take, `needed_minutes` what they and the new ones take. `drafts` are
    proposals to be accepted. `exam` is the newest sitting whose results were shown, `ran_out` one whose time ran out,
    which the learner has not been shown.
    """

    today: Day
    rows: tuple[Row, ...]
    all: Row
    minutes: int
    done_today: int
    needed_minutes: float
    due_minutes: float
    week: tuple[int, ...]
    studied_days: int
    studied_before: bool
    problems: int
    drafts: int
    days_away: int
    level_in_days: int | None
    exam: SittingRow | None = None
    ran_out: SittingRow | None = None

    @property
    def welcome_back(self) -> bool:
        """Whether the learner was away for long and more is due than one session holds, so that new cards wait."""
        return self.days_away >= AWAY_DAYS and self.due_minutes > self.minutes


def overview(library: Library) -> Overview:
    """Look at the store once; some milliseconds for tens of thousands of cards."""
    store, today, settings = library.store, library.today, library.settings
    counts = store.counts(today)
    new_done, reviews_done = store.done_on(today)
    new_left = max(0, settings.new_a_day - new_done)
    rows = tuple(
        Row(
            deck.path,
            deck.title,
            counts[deck.path].due + counts[deck.path].drilling,
            min(new_left, counts[deck.path].new),
            counts[deck.path].mastery,
        )
        for deck in store.decks()
        if deck.path in counts
    )
    levels = tuple(sum(column) for column in zip(*(row.levels for row in rows), strict=True)) or (0,) * 5
    new = min(new_left, sum(one.new for one in counts.values()))
    everything = Row("", "All decks", sum(row.due for row in rows), new, levels)
    due_minutes, new_minutes = waiting_minutes(store, today, new)
    days = store.study_days(today - MONTH + 1)
    week = tuple(store.due_by_day(today + 1, WEEK))
    a_day = everything.due * settings.minutes / due_minutes if due_minutes else 1.0
    last = store.last_study_day()
    sittings = library.latest_sittings()
    return Overview(
        today=today,
        rows=rows,
        all=everything,
        minutes=settings.minutes,
        done_today=new_done + reviews_done,
        needed_minutes=due_minutes + new_minutes,
        due_minutes=due_minutes,
        week=week,
        studied_days=len(days),
        studied_before=store.answer_count(1) > 0,
        problems=len(library.problems()),
        drafts=store.draft_count(),
        days_away=today - last if last is not None else 0,
        level_in_days=days_until_level(everything.due, week, a_day),
        exam=next((one for one in sittings if one.right is not None and not one.rehearsal), None),
        ran_out=untold(library.places.home, sittings),
    )
