"""What the screens after an exam say alike: shares and their intervals, times, states of sittings."""

from __future__ import annotations

from datetime import datetime, timedelta

from studyapp.core.durations import whole
from studyapp.core.exam.report import Answer, Outcome, Tally
from studyapp.store import SittingRow
from studyapp.tui.review_text import LETTERS

NOT_SAVED = "not saved"


def percent(share: float) -> str:
    """`71 %`."""
    return f"{100 * share:.0f} %"


def span(interval: tuple[float, float]) -> str:
    """An interval of a share: `49-87 %`."""
    low, high = interval
    return f"{100 * low:.0f}-{100 * high:.0f} %"


def tally(one: Tally) -> str:
    """`17 of 24   71 %`."""
    return f"{one.right} of {one.of}   {percent(one.share)}"


def instant(at: datetime, now: datetime) -> str:
    """When something was, in the zone of this machine: `Wed 18 Nov 14:32`, or with its year if it is another."""
    local = at.astimezone()
    if local.year == now.astimezone().year:
        return f"{local:%a} {local.day} {local:%b} {local:%H:%M}"
    return f"{local.day} {local:%b %Y} {local:%H:%M}"


def waits(started: datetime, end: int, now: datetime) -> str:
    """What is said while results wait for an official end, so many milliseconds after the start."""
    at = (started + timedelta(milliseconds=end)).astimezone()
    day = "" if at.date() == now.astimezone().date() else f"{at:%a} {at.day} {at:%b} "
    return f"Finished. Results at {day}{at:%H:%M}; stay reachable until then."


def moment(started: datetime, milliseconds: int) -> str:
    """The time of day so many milliseconds after the start: `14:33:08`."""
    return f"{(started + timedelta(milliseconds=milliseconds)).astimezone():%H:%M:%S}"


def seconds(milliseconds: float) -> str:
    """`38 s`."""
    return f"{whole(milliseconds / 1000)} s"


def chance(expected: float) -> str:
    """How many questions guessing gets right on average: `6`, `6.3`."""
    return f"{expected:.1f}".removesuffix(".0")


def kind(row: SittingRow) -> str:
    """What sort of exam it is, if no ordinary one."""
    return "rehearsal" if row.rehearsal else "practice" if row.practice else ""


def state(row: SittingRow, now: datetime) -> str:
    """Running, finished, expired, or until when its results wait."""
    if row.finished_at is None:
        return "running"
    if row.right is None:
        end = (row.started + timedelta(milliseconds=row.end)).astimezone()
        same = end.date() == now.astimezone().date()
        return f"results {end:%H:%M}" if same else f"results {end.day} {end:%b}"
    return "expired" if row.expired else "finished"


def given(answer: Answer) -> str:
    """What was answered, short: the letter, a guess, what was never saved, or why there is nothing."""
    if answer.saved is not None:
        return LETTERS[answer.saved.option] + (", a guess" if answer.saved.guess else "")
    if answer.picked is not None:
        return f"{LETTERS[answer.picked]} {NOT_SAVED}"
    return {Outcome.BLANK: "left blank", Outcome.TIMED_OUT: "timed out"}.get(answer.outcome, answer.outcome.value)


def stands_for(answer: Answer) -> str:
    """What the saved wrong option stands for, as Markdown: its named mistake, else the reason written for it."""
    saved = answer.saved
    if saved is None or answer.outcome is not Outcome.WRONG:
        return ""
    option = answer.question.options[saved.option]
    return option.mistake.replace("_", " ") or option.reason
